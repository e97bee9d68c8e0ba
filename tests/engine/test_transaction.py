"""Nothing typed can be lost: killed at any step, disturbed by others, or short of rights."""

import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
import tiny

from noteboosh import course as course_module
from noteboosh import loans, transaction
from noteboosh.course import state_dir
from noteboosh.errors import EnvironmentProblem, Problem
from noteboosh.timeline import Timeline

SUMS, POWERS = "g2c/sums/sums.py", "g2c/powers/powers.py"
fork = multiprocessing.get_context("fork")


@pytest.fixture
def root(tmp_path):
    return tiny.make(tmp_path / "a b")


def tree(root):
    """Every file of the checkout but the engine's own; names of commits carry their time."""
    return {
        path.relative_to(root).as_posix(): re.sub(rb"[0-9a-f]{40}", b"NAME", path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts and ".noteboosh" not in path.parts
    }


def is_recorded(root, files):
    timeline = Timeline(root)
    return all(data in [d for _, d in timeline.versions(path)] for path, data in files.items())


# -- the operations that change files, each as a student would meet it -------------------------


def borrow(root):
    course = course_module.load(root)
    with transaction.transaction(root, "borrow 02") as change:
        loans.borrow(course, change, course.modules[:2], course.module("02"), force=True)


def give_back(root):
    course = course_module.load(root)
    with transaction.transaction(root, "return --all") as change:
        loans.give_back(course, change, None)


def reset(root):
    course = course_module.load(root)
    with transaction.transaction(root, "reset 01") as change:
        loans.reset(course, change, course.exercises.values())


def fresh(root):
    with transaction.transaction(root, "--fresh") as change:
        old = change.read("notebooks/work/n.ipynb")
        change.write("notebooks/archive/n.1.ipynb", old)
        change.write("notebooks/work/n.ipynb", b"clean")


def undo(root):
    from noteboosh import history

    history.undo(root)


def remove(root):
    with transaction.transaction(root, "remove") as change:
        change.remove(SUMS)
        change.write(POWERS, b"new\n")


OPERATIONS = [borrow, give_back, reset, fresh, undo, remove]


def worked_in(root):
    """A checkout with a loan, work of the student's and an ignored notebook."""
    course = course_module.load(root)
    with transaction.transaction(root, "borrow 01") as change:
        loans.borrow(course, change, course.modules[:1], course.module("01"))
    tiny.type_in(root, POWERS, "powers.square", "return a * a  # mine")
    tiny.write(root / "notebooks/work/n.ipynb", "typed in the browser")
    return root


def die_at(root, operation, count):
    """Run an operation in a process that is killed at its count-th checkpoint."""

    def body():
        calls = iter(range(count))

        def checkpoint(step):
            if next(calls, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        transaction.checkpoint = checkpoint
        operation(root)

    process = fork.Process(target=body)
    process.start()
    process.join(30)
    return process.exitcode


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.__name__)
def test_killed_at_any_step_leaves_the_old_state_or_the_new_one(operation, tmp_path):
    start = worked_in(tiny.make(tmp_path / "start"))
    old = tree(start)
    whole = shutil.copytree(start, tmp_path / "whole")
    operation(whole)
    new = tree(whole)
    assert new != old
    for count in range(100):
        root = shutil.copytree(start, tmp_path / str(count))
        exit_code = die_at(root, operation, count)
        transaction.finish(root)
        assert tree(root) in (old, new), f"killed at checkpoint {count}"
        assert not (state_dir(root) / "journal.json").exists()
        assert not list(root.rglob("*.new")), "a half-written file was left"
        assert tree(root) == old or is_recorded(root, old)
        if exit_code == 0:
            break
        assert exit_code == -signal.SIGKILL
        operation_again(operation, root)
    assert count >= 5, "the operation has a checkpoint after each of its steps"


def operation_again(operation, root):
    """After a kill the next command works as if nothing had happened."""
    with transaction.transaction(root, "next") as change:
        change.write("note.txt", operation.__name__.encode())
    assert (root / "note.txt").read_text() == operation.__name__


def test_the_state_before_every_step_is_in_the_timeline(root):
    worked_in(root)
    before = tree(root)
    borrow(root)
    assert is_recorded(root, before)


def test_ignored_files_nested_repositories_and_line_endings_are_recorded_as_they_are(root):
    subprocess.run(["git", "init", "-q", root / "mine"], check=True)
    tiny.write(root / ".gitignore", "*\n")
    tiny.write(root / ".gitattributes", "* text eol=lf\n")
    odd = {
        "mine/code.py": b"a\r\nb\n\xff\x00",
        'notes "q" \\ \u00e9\n x.txt': b"odd name",
        "-dash": b"",
    }
    for path, data in odd.items():
        (root / path).write_bytes(data)
    (root / "link").symlink_to("nowhere")
    timeline = Timeline(root)
    with transaction.transaction(root, "look"):
        pass
    for path, data in odd.items():
        assert timeline.read(timeline.head(), path) == data
    assert timeline.read(timeline.head(), "link") == b"nowhere"


def test_hostile_git_settings_do_not_reach_the_record(root, monkeypatch):
    home = root.parent / "home"
    tiny.write(home / ".gitconfig", "[core]\n\tautocrlf = input\n[commit]\n\tgpgsign = true\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    (root / "note").write_bytes(b"a\r\nb")
    with transaction.transaction(root, "look"):
        pass
    timeline = Timeline(root)
    assert timeline.read(timeline.head(), "note") == b"a\r\nb"


def test_git_clean_cannot_reach_the_record(tmp_path):
    root = tiny.make(tmp_path / "clone")
    shutil.rmtree(root / ".git")
    subprocess.run(["git", "init", "-q", root], check=True)
    worked_in(root)
    subprocess.run(["git", "-C", root, "clean", "-fdxq"], check=True)
    timeline = Timeline(root)
    assert timeline.read(timeline.head(), "notebooks/work/n.ipynb") is None
    borrow_commit = next(timeline.entries())
    assert borrow_commit.title == "borrow 01"


def test_stale_locks_of_git_are_no_obstacle(root):
    worked_in(root)
    git = Timeline(root).git_dir
    for name in ("index.lock", "HEAD.lock", "refs/heads/timeline.lock"):
        (git / name).write_text("")
    borrow(root)
    assert next(Timeline(root).entries()).title == "borrow 02"


def test_without_a_git_directory_the_record_is_kept_in_the_checkout(root):
    shutil.rmtree(root / ".git")
    worked_in(root)
    assert (root / ".noteboosh/timeline.git/HEAD").exists()


def test_a_file_above_20_megabytes_is_named_once_and_left_out(root, capsys):
    with open(root / "large.bin", "wb") as file:
        file.truncate(20 * 2**20 + 1)
    for _ in range(2):
        with transaction.transaction(root, "look"):
            pass
    assert capsys.readouterr().err.count("large.bin") == 1
    assert Timeline(root).read(Timeline(root).head(), "large.bin") is None


def test_a_file_changed_within_the_same_time_stamp_is_recorded(root):
    path = root / "note"
    stamps = []
    for text in ("one", "two"):
        path.write_text(text)
        os.utime(path, ns=(10**18, 10**18))
        stamps.append(path.stat().st_size)
        with transaction.transaction(root, "look"):
            pass
    assert stamps[0] == stamps[1]
    assert [d for _, d in Timeline(root).versions("note")] == [b"two", b"one"]


def test_nothing_changed_records_no_step(root):
    with transaction.transaction(root, "nothing") as change:
        change.write(SUMS, change.read(SUMS))
    assert not any(e.is_step for e in Timeline(root).entries())


def test_a_failing_plan_changes_nothing(root):
    before = tree(root)
    with pytest.raises(ValueError, match="planned"), transaction.transaction(root, "x") as change:
        change.write(SUMS, b"")
        raise ValueError("planned")
    assert tree(root) == before


def test_a_file_saved_while_the_change_is_made_is_left_alone_and_named(root, monkeypatch, capsys):
    worked_in(root)

    def save_meanwhile(step):
        if step == "journal":
            (root / SUMS).write_text("# typed just now\n")

    monkeypatch.setattr(transaction, "checkpoint", save_meanwhile)
    give_back(root)
    assert (root / SUMS).read_text() == "# typed just now\n"
    assert SUMS in capsys.readouterr().err


def test_a_file_saved_while_the_change_is_planned_is_recorded(root):
    with transaction.transaction(root, "late") as change:
        (root / SUMS).write_text("# typed just now\n")
        change.write(SUMS, b"# the engine's\n")
    versions = [data for _, data in Timeline(root).versions(SUMS)]
    assert versions[:2] == [b"# the engine's\n", b"# typed just now\n"]


def append(root, name):
    for number in range(5):
        with transaction.transaction(root, f"{name} {number}") as change:
            text = change.read("note.txt") or b""
            change.write("note.txt", text + f"{name} {number}\n".encode())


def test_two_at_once_wait_for_each_other(root):
    workers = [fork.Process(target=append, args=(root, name)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    lines = (root / "note.txt").read_text().splitlines()
    assert sorted(lines) == [f"{name} {number}" for name in "ab" for number in range(5)]
    assert sum(e.is_step for e in Timeline(root).entries()) == 10


def test_a_command_that_waits_too_long_says_so_and_changes_nothing(root, monkeypatch):
    holding, release = fork.Event(), fork.Event()

    def hold():
        with transaction.locked(root):
            holding.set()
            release.wait(10)

    process = fork.Process(target=hold)
    process.start()
    assert holding.wait(10)
    monkeypatch.setattr(transaction, "PATIENCE", 0.1)
    with pytest.raises(EnvironmentProblem, match="Another noteboosh command"):
        append(root, "late")
    release.set()
    process.join(10)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_named_and_finished_later(root):
    (root / "g2c/sums").chmod(0o555)
    with pytest.raises(Problem, match="cannot be written"):
        borrow(root)
    (root / "g2c/sums").chmod(0o755)
    transaction.finish(root)
    assert b"borrowed" in (root / SUMS).read_bytes()


def test_a_disk_that_fills_up_is_named_and_the_change_finished_later(root, monkeypatch):
    real, calls = transaction._replace, []

    def full(target, data):
        calls.append(target)
        if len(calls) == 2:  # the journal is written, the first file is not
            raise OSError(28, "No space left on device")
        real(target, data)

    monkeypatch.setattr(transaction, "_replace", full)
    with pytest.raises(Problem, match="No space left on device"):
        borrow(root)
    monkeypatch.setattr(transaction, "_replace", real)
    transaction.finish(root)
    assert b"borrowed" in (root / SUMS).read_bytes() and b"borrowed" in (root / POWERS).read_bytes()


def test_a_damaged_journal_is_put_aside(root, capsys):
    worked_in(root)
    (state_dir(root) / "journal.json").write_text('{"id": "half')
    transaction.finish(root)
    assert (state_dir(root) / "journal.damaged").exists()
    assert "put aside" in capsys.readouterr().err


def test_the_cache_of_stats_is_no_more_than_a_cache(root):
    worked_in(root)
    (state_dir(root) / "stat.json").write_text(json.dumps({"commit": "x", "files": {}}))
    tiny.write(root / "note.txt", "new")
    borrow(root)
    timeline = Timeline(root)
    assert timeline.read(timeline.head(), "note.txt") == b"new"
    assert timeline.read(timeline.head(), SUMS) == (root / SUMS).read_bytes()


def test_without_git_the_message_names_the_cure(root, monkeypatch):
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(EnvironmentProblem, match="`git` is not installed"):
        append(root, "a")


def test_the_engine_starts_without_torch_or_a_notebook_library():
    code = (
        "import sys, noteboosh.history, noteboosh.loans\n"
        "print([m for m in ('torch', 'nbformat', 'rich', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_transaction_without_change_is_quick(root):
    """Not a timing of the machine: it must start few processes, whatever their speed."""
    worked_in(root)
    calls = []
    real = subprocess.run
    time.sleep(0)

    def counted(*args, **options):
        calls.append(args)
        return real(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", counted)
        with transaction.transaction(root, "look"):
            pass
        with transaction.transaction(root, "look"):
            pass
    assert len(calls) <= 3
