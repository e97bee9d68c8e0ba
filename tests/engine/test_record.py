"""The record of test runs: what is kept, for how long, and when a hint is offered."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny

from noteboosh import answers, cli, launch, watch, workers
from noteboosh import course as courses
from noteboosh.record import ATTEMPTS, LIMIT, History, append, file_of, kind_of, read

ROOT = Path(__file__).resolve().parents[2]
SUMS, POWERS = "g2c/sums/sums.py", "g2c/powers/powers.py"

SUM_TESTS = """
from g2c.sums.sums import add, double

def test_a_sum(): assert add(2, 3) == 5
def test_twice(): assert double(4) == 8
"""
POWER_TESTS = """
from g2c.powers.powers import Power

def test_a_square(): assert Power().square(3) == 9
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tiny.make(tmp_path / "a b")
    shutil.copy(ROOT / "pyproject.toml", root)
    tiny.write(root / "tests/test_sums.py", SUM_TESTS)
    tiny.write(root / "tests/test_powers.py", POWER_TESTS)
    for name in ("runs.jsonl", "runs.off"):
        assert not (courses.state_dir(root) / name).exists()
    return root


def run(root: Path, *words: str) -> str:
    """Plain pytest, as a student runs it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COLUMNS", "CI"))}
    clean |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("pytest")), "-p", "no:cacheprovider", *words],
        cwd=root, env=clean, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def attempts(root: Path, count: int, body: str = "return a - b  # {}", *words: str) -> list[str]:
    """Runs after as many edits of sums.add, which leave it wrong."""
    texts = []
    for number in range(count):
        tiny.type_in(root, SUMS, "sums.add", body.format(number))
        texts.append(run(root, *(words or ("tests/test_sums.py",))))
    return texts


OFFER = "`./noteboosh.sh hint sums.add`"


# ---- what is kept --------------------------------------------------------------------------------


def test_a_run_of_plain_pytest_leaves_one_line_inside_the_state_directory(root):
    attempts(root, 1)
    (entry,) = read(root)
    assert file_of(root) == courses.state_dir(root) / "runs.jsonl"
    assert entry["failed"] == [["tests/test_sums.py::test_a_sum", "AssertionError: assert # == #"]]
    assert entry["passed"] == 0 and entry["waiting"] == 1
    assert abs(entry["when"] - time.time()) < 100


def test_the_verb_test_is_recorded_through_the_same_plugin(root, monkeypatch):
    """And hands `--no-record` over."""
    commands = []
    monkeypatch.setattr(courses, "checkout", lambda: root)
    for name in ("_set_up", "_record"):
        monkeypatch.setattr(cli, name, lambda *args, **options: None)
    monkeypatch.setattr(
        cli.subprocess, "run",
        lambda words, **_: commands.append(words[3:]) or subprocess.CompletedProcess(words, 0),
    )  # fmt: skip
    cli.main(["test", "01", "--no-record", "-x"])
    cli.main(["test", "01"])
    assert commands == [["--no-record", "tests/test_sums.py", "-x"], ["tests/test_sums.py"]]


def test_watch_is_recorded_and_opening_a_notebook_is_not(root, monkeypatch, capsys):
    monkeypatch.setattr(workers, "WARM", ["pytest"])
    monkeypatch.setattr(watch, "changes", lambda *_: iter([None]))
    course = courses.load(root)
    launch._run_tests(course, course.module("01"))
    watch.watch(course, course.module("01"), ["--no-record"])
    assert read(root) == []
    watch.watch(course, course.module("01"))
    assert len(read(root)) == 1


@pytest.mark.parametrize(
    "words", [["--no-record"], ["--reference"], ["--package", "course"], ["--collect-only"]]
)
def test_other_runs_leave_none(root, words):
    run(root, *words)
    assert read(root) == []


def test_it_is_turned_off_for_good_and_on_again(root, monkeypatch, capsys):
    monkeypatch.setattr(courses, "checkout", lambda: root)
    assert cli.main(["record", "--off"]) == 0
    assert "off" in capsys.readouterr().out
    run(root)
    assert read(root) == []
    cli.main(["record", "--on"])
    run(root)
    assert len(read(root)) == 1
    assert cli.main(["record"]) == 0
    said = capsys.readouterr().out
    assert "1 test run, since" in said and str(file_of(root)) in said
    cli.main(["record", "--clear"])
    assert read(root) == []


def test_it_stays_within_its_size_and_keeps_the_newest(root):
    for number in range(3000):
        append(root, {"number": number, "failed": [["t.py::test_a", "x" * 100]]})
    entries = read(root)
    assert file_of(root).stat().st_size <= LIMIT
    numbers = [entry["number"] for entry in entries]
    assert numbers == list(range(numbers[0], 3000)) and len(numbers) > 500


@pytest.mark.parametrize("rest", [b'{"when": 1, "fai', b"\xff\xfe", b"[1]", b"3", b"{}"])
def test_a_line_cut_short_costs_that_line_only(root, rest):
    append(root, {"number": 1})
    with open(file_of(root), "ab") as file:
        file.write(rest)
    append(root, {"number": 2})
    assert [e["number"] for e in read(root) if e] == [1, 2]
    run(root)
    assert len(read(root)) >= 3


def _write_many(root: Path, name: str) -> None:
    for number in range(50):
        append(root, {"name": name, "number": number})


def test_writers_at_the_same_time_lose_nothing(root):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(root, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    entries = read(root)
    for name in "abc":
        assert [e["number"] for e in entries if e["name"] == name] == list(range(50))


def test_a_record_that_cannot_be_written_costs_nothing(root):
    file_of(root).parent.mkdir(parents=True, exist_ok=True)
    file_of(root).mkdir()
    assert "2 failed" in attempts(root, 1)[0]


def test_a_full_record_is_read_in_a_few_milliseconds(root):
    entry = {"when": 1.0, "failed": [["tests/test_a.py::test_b", "E: x"]] * 5, "code": "1"}
    line = json.dumps(entry) + "\n"
    tiny.write(file_of(root), line * (LIMIT // len(line)))
    start = time.process_time()
    History(read(root))
    append(root, entry)
    assert time.process_time() - start < 0.1


# ---- when a hint is offered ----------------------------------------------------------------------


def test_the_third_failure_of_the_same_kind_offers_the_next_rung_once(root):
    texts = attempts(root, 6)
    assert [OFFER in text for text in texts] == [False, False, True, False, False, False]
    (line,) = [line for line in texts[2].splitlines() if OFFER in line]
    assert line.startswith("`test_a_sum` fails the same way for the third time. Hint 1 of 3")
    assert "blame" not in line  # it enters no other module


def test_a_taken_offer_is_followed_by_the_next_one(root):
    attempts(root, 3)
    assert answers.next_rung(root, "sums.add", 3) == 1
    texts = attempts(root, 4, "return a * b  # {}")
    assert [OFFER in text for text in texts] == [False, False, True, False]
    assert "Hint 2 of 3" in texts[2]


def test_without_a_further_rung_nothing_is_offered(root):
    answers.all_rungs(root, "sums.add", 3)
    assert not any(OFFER in text for text in attempts(root, 4))


def test_a_run_with_unchanged_code_is_no_new_attempt(root):
    attempts(root, 1)
    assert not any(OFFER in run(root, "tests/test_sums.py") for _ in range(3))
    assert [OFFER in text for text in attempts(root, 3, "return a * b  # {}")][1]


def test_another_kind_of_failure_begins_anew(root):
    attempts(root, 2)
    attempts(root, 1, "return a + c  # {}")
    assert not any(OFFER in text for text in attempts(root, 2))


def test_a_test_that_passed_in_between_begins_anew_and_may_be_offered_again(root):
    attempts(root, 3)
    attempts(root, 1, "return a + b  # {}")
    texts = attempts(root, 3)
    assert [OFFER in text for text in texts] == [False, False, True]


def test_what_is_unwritten_is_no_failure(root):
    for number in range(4):
        (root / SUMS).write_text((root / SUMS).read_text() + f"# {number}\n")
        assert "may help" not in run(root)


def test_the_exercise_that_an_error_came_through_is_the_one(root):
    tiny.type_in(root, POWERS, "powers.square", "return add(a, a, a)")
    for number in range(3):
        (root / POWERS).write_text((root / POWERS).read_text() + f"# {number}\n")
        text = run(root, "tests/test_powers.py")
    assert "`./noteboosh.sh hint powers.square`" in text


def test_where_an_earlier_module_is_entered_blame_is_named_in_the_same_line(root):
    tiny.type_in(root, SUMS, "sums.add", "return a - b")
    tiny.type_in(root, POWERS, "powers.square", "return add(a, a)")
    for number in range(3):
        (root / POWERS).write_text((root / POWERS).read_text() + f"# {number}\n")
        text = run(root, "tests/test_powers.py")
    (line,) = [line for line in text.splitlines() if "may help" in line]
    assert "hint powers.square`" in line
    assert "`./noteboosh.sh blame tests/test_powers.py::test_a_square`" in line


def test_a_borrowed_function_is_never_the_one(root, monkeypatch, capsys):
    monkeypatch.setattr(courses, "checkout", lambda: root)
    cli.main(["borrow", "02"])
    (root / SUMS).write_text((root / SUMS).read_text().replace("total = a + b", "total = a"))
    for number in range(4):
        (root / SUMS).write_text((root / SUMS).read_text() + f"# {number}\n")
        assert "may help" not in run(root)


def test_watch_shows_the_offer_too(root, monkeypatch, capsys):
    attempts(root, 2)
    tiny.type_in(root, SUMS, "sums.add", "return a - b  # third")
    monkeypatch.setattr(workers, "WARM", ["pytest"])
    monkeypatch.setattr(watch, "changes", lambda *_: iter([None]))
    course = courses.load(root)
    watch.watch(course, course.module("01"))
    assert OFFER in capsys.readouterr().out


def test_the_kind_of_a_failure_is_the_same_for_other_numbers():
    def kind(text):
        return kind_of(AssertionError(text))

    assert kind("assert 1.5 == -2e-3\n more 7") == kind("assert 12 == 4")
    assert kind("shape [2, 3]") != kind("values differ")
    assert kind_of(ValueError("x")) != kind("x")


def test_only_tests_that_failed_twice_are_looked_at_closely():
    def entry(*failed, code):
        return {"failed": [[test, "E: x"] for test in failed], "code": code}

    history = History([entry("a", "b", code="1"), entry("a", code="2"), {"odd": 1}])
    assert history.suspects() == {"a"} and ATTEMPTS == 3


# ---- hints that were used ------------------------------------------------------------------------


def test_status_shows_which_rungs_were_used(root, monkeypatch, capsys):
    monkeypatch.setattr(courses, "checkout", lambda: root)
    for _ in range(2):
        cli.main(["hint", "sums.add"])
    cli.main(["hint", "powers.square", "--all"])
    capsys.readouterr()
    cli.main(["status", "01"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.endswith("2 of 3 hints") for line in lines if "sums.add" in line] == [True]
    assert not any("hints" in line for line in lines if "sums.double" in line)
    cli.main(["status", "--json"])
    rows = {row["module"]: row["hints"] for row in json.loads(capsys.readouterr().out)["modules"]}
    assert rows == {"01": {"sums.add": 2}, "02": {"powers.square": 3}, "03": {}}
