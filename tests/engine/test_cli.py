"""The command line as a student types it: what it prints, what it changes, its exit code."""

import json
import subprocess
import sys

import pytest
import tiny

from noteboosh import cli
from noteboosh import course as course_module

SUMS, POWERS = "g2c/sums/sums.py", "g2c/powers/powers.py"
WORK, ARCHIVE = "notebooks/work/02-powers.ipynb", "notebooks/archive"


def notebook(answer=""):
    cells = [
        ("markdown", "t", "# Powers"),
        ("code", "a", f'# Answer:\nanswer("02.1", r"""{answer}""")'),
    ]
    made = []
    for kind, id, source in cells:
        cell = {"cell_type": kind, "id": id, "metadata": {}, "source": source.splitlines(True)}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append(cell)
    data = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(data, indent=1) + "\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = tiny.make(tmp_path / "a b")
    for id, slug in (("01", "sums"), ("02", "powers"), ("03", "roots")):
        tiny.write(root / f"notebooks/clean/{id}-{slug}.ipynb", notebook())
    monkeypatch.setattr(course_module, "checkout", lambda: root)
    monkeypatch.setattr(cli, "_set_up", lambda *args, **options: None)
    return root


@pytest.fixture
def run(root, capsys):
    def run(*arguments):
        code = cli.main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def text(root, path):
    return (root / path).read_text("utf-8")


# -- finding one's way -------------------------------------------------------------------------


def test_no_argument_says_what_to_do_next(run):
    code, out, _ = run()
    assert code == 0
    assert "./noteboosh.sh 01" in out and f"{SUMS}:6" in out and "hint sums.add" in out


def test_no_argument_goes_on_with_the_module_worked_in_last(run):
    run("02", "--no-launch")
    assert "./noteboosh.sh 02" in run()[1]


@pytest.mark.parametrize("spelling", ["02", "2", "002", "powers", "02-powers", "POWERS"])
def test_a_module_is_known_by_every_spelling_of_its_id(run, root, spelling):
    assert run(spelling, "--no-launch")[0] == 0
    assert (root / WORK).exists()


def test_an_unknown_module_lists_the_modules_and_suggests_the_nearest(run):
    code, _, err = run("powerz")
    assert code == 2
    assert "Did you mean `02`?" in err and "01  Sums" in err and "03  Roots" in err


def test_a_misspelt_verb_is_recognised(run):
    code, _, err = run("statsu")
    assert code == 2 and "./noteboosh.sh status" in err


@pytest.mark.parametrize("verb", [[], *([verb] for verb in cli.VERBS)], ids=lambda v: v[-1:])
def test_every_verb_has_help(verb, root, capsys):
    with pytest.raises(SystemExit) if verb else _nothing() as left:
        cli.main([*verb, "--help"])
    assert "./noteboosh.sh" in capsys.readouterr().out
    assert not verb or left.value.code == 0


def _nothing():
    import contextlib

    return contextlib.nullcontext()


# -- launching ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    ["--fresh 02 --no-launch", "02 --no-launch --fresh", "--no-launch --fresh 2"],
)
def test_flags_may_stand_in_any_position(run, root, arguments):
    run("02", "--no-launch")
    (root / WORK).write_text(notebook("typed"))
    assert run(*arguments.split())[0] == 0
    archived = list((root / ARCHIVE).iterdir())
    assert [p.read_text() for p in archived] == [notebook("typed")]
    assert text(root, WORK) == notebook()


def test_launching_borrows_what_the_module_needs_and_says_so(run, root):
    _, out, _ = run("02", "--no-launch")
    assert "Borrowed for 02: 2 unwritten exercises of modules 01" in out
    assert text(root, SUMS).count("borrowed for 02") == 2
    assert "borrowed" not in text(root, POWERS)


def test_launching_keeps_the_working_notebook(run, root):
    run("02", "--no-launch")
    (root / WORK).write_text(notebook("typed"))
    run("02", "--no-launch")
    assert text(root, WORK) == notebook("typed")


def test_launching_a_module_returns_its_own_loans(run, root):
    run("borrow", "02")
    _, out, _ = run("02", "--no-launch")
    assert "Yours to write again: `powers.square`" in out
    assert "borrowed" not in text(root, POWERS) and "borrowed for 02" in text(root, SUMS)


def test_fresh_twice_in_a_second_overwrites_no_archive(run, root):
    run("02", "--no-launch")
    for words in ("one", "two", "three"):
        (root / WORK).write_text(notebook(words))
        run("--fresh", "02", "--no-launch")
    archived = {p.read_text() for p in (root / ARCHIVE).iterdir()}
    assert archived == {notebook(words) for words in ("one", "two", "three")}


def test_fresh_with_code_empties_the_modules_exercises_only(run, root):
    tiny.type_in(root, SUMS, "sums.add", "return a + b")
    tiny.type_in(root, POWERS, "powers.square", "return a * a")
    run("--fresh", "02", "--code", "--no-launch")
    assert 'NotImplementedError("powers.square")' in text(root, POWERS)
    assert "return a + b" in text(root, SUMS)


@pytest.mark.parametrize("fresh", [[], ["--fresh"]])
@pytest.mark.parametrize(
    "damage",
    [lambda t: t[:-40], lambda t: "", lambda t: "not json", lambda t: '{"cells": 3}'],
    ids=["half-saved", "empty", "not json", "not a notebook"],
)
def test_a_damaged_notebook_never_blocks_and_is_kept_byte_for_byte(run, root, damage, fresh):
    run("02", "--no-launch")
    damaged = damage(notebook("my words"))
    (root / WORK).write_text(damaged)
    code, _, _ = run(*fresh, "02", "--no-launch")
    assert code == 0
    assert [p.read_text() for p in (root / ARCHIVE).iterdir()] == [damaged]
    answers_kept = "my words" in damaged and not fresh
    assert json.loads(text(root, WORK))["cells"]
    assert ("my words" in text(root, WORK)) == answers_kept


def test_an_answer_that_does_not_parse_is_mended_and_other_cells_stay(run, root):
    run("02", "--no-launch")
    broken = json.loads(notebook("my words"))
    broken["cells"][0]["source"] = ["# My own title"]
    broken["cells"][1]["source"] = ["# Answer:\n", 'answer("02.1", r"""my words']
    (root / WORK).write_text(json.dumps(broken))
    assert run("02", "--no-launch")[0] == 0
    assert "My own title" in text(root, WORK) and "my words" in text(root, WORK)
    from noteboosh import notebooks

    assert notebooks.is_sound((root / WORK).read_bytes()) is None
    assert [json.loads(p.read_text()) for p in (root / ARCHIVE).iterdir()] == [broken]


def test_launching_twice_changes_nothing_the_second_time(run, root):
    run("02", "--no-launch")
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and ".git" not in p.parts}
    run("02", "--no-launch")
    after = {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and ".git" not in p.parts}
    assert after == before


def test_launching_where_a_fence_is_damaged_goes_on_and_names_it(run, root):
    damaged = text(root, SUMS).replace("# ---- end of your code ----", "", 1)
    (root / SUMS).write_text(damaged)
    code, _, err = run("02", "--no-launch")
    assert code == 0 and f"`{SUMS}`, line" in err
    assert text(root, SUMS) == damaged and (root / WORK).exists()


def test_launching_without_the_solutions_goes_on_and_says_so(run, root):
    import shutil

    shutil.rmtree(root / "course/g2c")
    code, _, err = run("02", "--no-launch")
    assert code == 0 and "comes without the solutions" in err and (root / WORK).exists()


# -- loans and history -------------------------------------------------------------------------


def test_borrow_and_return_and_undo_through_the_command_line(run, root):
    before = text(root, SUMS), text(root, POWERS)
    assert run("borrow", "02")[0] == 0
    assert run("return", "02")[0] == 0
    assert (text(root, SUMS), text(root, POWERS)) == before
    assert run("undo")[1] == "Done: undo: return 02.\n"
    assert "borrowed for 02" in text(root, POWERS)


def test_borrowing_what_is_all_begun_exits_4_and_names_it(run, root):
    tiny.type_in(root, SUMS, "sums.add", "return 1")
    tiny.type_in(root, SUMS, "sums.double", "return 2")
    code, out, _ = run("borrow", "01")
    assert code == 4 and "`sums.add`" in out and "--force" in out


@pytest.mark.parametrize("arguments", [["return"], ["return", "02", "--all"], ["reset"]])
def test_a_verb_without_its_argument_is_a_usage_error(arguments, root):
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2


def test_reset_takes_a_module_or_an_exercise(run, root):
    tiny.type_in(root, SUMS, "sums.add", "return 1")
    tiny.type_in(root, SUMS, "sums.double", "return 2")
    assert "`sums.add`" in run("reset", "sums.add")[1]
    assert "return 2" in text(root, SUMS)
    assert "`sums.double`" in run("reset", "01")[1]


def test_restore_names_where_it_came_from(run, root):
    tiny.type_in(root, SUMS, "sums.add", "return a + b  # mine")
    run("reset", "01")
    code, out, _ = run("restore", "sums.add")
    assert code == 0 and SUMS in out and "# mine" in text(root, SUMS)


def test_a_hint_climbs_its_ladder_a_rung_at_a_time(run):
    shown = [run("hint", "sums.add")[1] for _ in range(4)]
    assert [f"Hint {n} of 3" in out for n, out in zip((1, 2, 3, 3), shown, strict=True)] == [
        True
    ] * 4
    assert run("hint", "add")[0] == 0
    assert json.loads(run("hint", "sums.add", "--all", "--json")[1])["hints"] == ["a", "b", "c"]


def test_status_counts_from_the_files(run, root):
    tiny.type_in(root, SUMS, "sums.add", "return a + b")
    run("borrow", "02")
    rows = {row["module"]: row for row in json.loads(run("status", "--json")[1])["modules"]}
    assert rows["01"]["written"] == ["sums.add"] and rows["01"]["borrowed"] == ["sums.double"]
    assert rows["02"]["borrowed"] == ["powers.square"]
    assert "1/2" in run("status")[1]


def test_an_unreadable_course_names_the_cure(run, root):
    (root / "course/built/course.json").write_text("{")
    code, _, err = run("status")
    assert code == 3 and "git checkout -- course/built" in err


def test_messages_survive_an_encoding_that_lacks_their_letters():
    code = "import sys; from noteboosh import cli; sys.exit(cli.main(['--help']))"
    environment = {"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0 and b"noteboosh" in done.stdout
