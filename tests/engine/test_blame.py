"""`blame` names the function of the student's that makes a test fail, and nobody in vain.

On a tiny course without torch: sums.add and sums.double, which calls it, powers.square, which
calls both; powers.cube stands on square.
"""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
import tiny

from noteboosh import blame, cli, fences, workers
from noteboosh import course as courses
from noteboosh.blame import Search, chosen, smallest
from noteboosh.errors import Problem

ROOT = Path(__file__).resolve().parents[2]
SUMS, POWERS = "g2c/sums/sums.py", "g2c/powers/powers.py"
SQUARE = "tests/test_powers.py::test_a_square"

SUM_TESTS = """import pytest
from g2c.sums.sums import add, double


@pytest.mark.parametrize("a", [1, 2])
def test_a_sum(a):
    assert add(a, 3) == a + 3


def test_twice():
    assert double(4) == 8
"""
POWER_TESTS = """from pathlib import Path
from g2c.powers.powers import Power
from g2c.sums.sums import double


def test_a_square():
    assert Power().square(3) == 9


def test_a_square_and_twice():
    assert Power().square(3) + double(2) == 13


def test_it_is_given():
    assert Power.name == "power"
"""
RIGHT = {
    "sums.add": "return sum((a, b))",
    "sums.double": "return 2 * a",
    "powers.square": "total = 0\nfor _ in range(a):\n    total = add(a, total)\nreturn total",
}
FILES = {"sums.add": SUMS, "sums.double": SUMS, "powers.square": POWERS}


@pytest.fixture(scope="module", autouse=True)
def workers_without_torch():
    workers.WARM, before = ["pytest"], workers.WARM
    yield
    workers.WARM = before


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    """A checkout in which the student has written everything, and rightly."""
    root = tiny.make(tmp_path / "a b")
    shutil.copy(ROOT / "pyproject.toml", root)
    tiny.write(root / "tests/test_sums.py", SUM_TESTS)
    tiny.write(root / "tests/test_powers.py", POWER_TESTS)
    for path in (POWERS, f"course/{POWERS}"):
        text = (root / path).read_text()
        (root / path).write_text(text.replace("class Power:", 'class Power:\n    name = "power"\n'))
    for id, body in RIGHT.items():
        tiny.type_in(root, FILES[id], id, body)
    monkeypatch.setattr(courses, "checkout", lambda: root)
    monkeypatch.setattr(cli, "_set_up", lambda *args, **options: None)
    return root


@pytest.fixture
def run(root, capsys):
    def run(*words):
        code = cli.main(["blame", *words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def write(root, **bodies):
    for name, body in bodies.items():
        id = next(id for id in FILES if id.endswith(f".{name}"))
        tiny.type_in(root, FILES[id], id, body)


def verdict(run, *words):
    code, out, _ = run(*words, "--json")
    return code, json.loads(out)


def culprits(run, *words):
    return [culprit["id"] for culprit in verdict(run, *words)[1]["culprits"]]


# ---- the search ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 7, 16, 89])
def test_one_of_n_is_found_in_about_log2_n_runs(number):
    for guilty in range(number):
        runs = []

        def passes(exchanged, guilty=guilty, runs=runs):
            runs.append(exchanged)
            return guilty in exchanged

        assert smallest(range(number), passes) == [guilty]
        assert len(runs) <= math.ceil(math.log2(number)) + 1


@pytest.mark.parametrize("guilty", [{0, 1}, {3, 15}, {2, 7, 8}, set(range(16))])
def test_several_are_found_together_and_none_besides(guilty):
    assert set(smallest(range(16), lambda exchanged: guilty <= set(exchanged))) == guilty


def test_either_of_two_is_enough_and_one_is_found():
    assert len(smallest(range(16), lambda exchanged: bool({3, 9} & set(exchanged)))) == 1


# ---- whom it names -------------------------------------------------------------------------------


def test_an_earlier_function_is_named_with_its_place_and_the_test_that_catches_it(root, run):
    write(root, add="return a - b")
    code, out, _ = run("test_a_square")
    line = fences.line_of(root / SUMS, "sums.add")
    assert code == 0 and f"`{SQUARE}` fails: AssertionError: assert" in out
    assert f"`sums.add` of module 01, Sums, yours, in {SUMS}:{line}" in out
    assert "./noteboosh.sh test 01 -k test_a_sum" in out
    assert "./noteboosh.sh hint sums.add" in out
    assert "sums.double" not in out and "powers.square" not in out


def test_the_modules_own_function_is_named_too(root, run):
    write(root, square="return a + a + a + a")
    _, out, _ = run("test_a_square")
    assert "`powers.square` of this module" in out and "sums.add" not in out


def test_two_that_break_it_are_both_named(root, run):
    write(root, double="return a", square="return a")
    code, found = verdict(run, "test_a_square_and_twice")
    assert [c["id"] for c in found["culprits"]] == ["sums.double", "powers.square"]
    assert code == 0 and found["kind"] == "all"


def test_two_that_only_break_it_together_are_said_to(root, run):
    """Each agrees with the reference's other one, but not with the student's."""
    write(
        root,
        double="import g2c.sums.sums as sums\nsums.shift = 1\nreturn 2 * a",
        square="import g2c.sums.sums as sums\ntotal = a * a + getattr(sums, 'shift', 0)\n"
        "return total",
    )
    tiny.write(root / "tests/test_powers.py", POWER_TESTS.replace(
        "Power().square(3) + double(2)", "double(2) + Power().square(3)"))  # fmt: skip
    code, found = verdict(run, "test_a_square_and_twice")
    assert (code, found["kind"]) == (0, "together")
    assert [c["id"] for c in found["culprits"]] == ["sums.double", "powers.square"]


def test_a_module_stands_for_its_first_failing_test(root, run):
    write(root, add="return a - b")
    assert verdict(run, "02")[1]["test"] == SQUARE
    assert culprits(run, "tests/test_powers.py") == ["sums.add"]
    assert culprits(run, SQUARE) == ["sums.add"]


def test_a_test_with_parameters_stands_for_those_that_fail(root, run):
    write(root, add="return a + b if a == 1 else 0")
    assert verdict(run, "tests/test_sums.py::test_a_sum")[1]["test"].endswith("test_a_sum[2]")


def test_a_function_that_python_cannot_read_is_named(root, run):
    write(root, add="return a +")
    assert culprits(run, "test_a_square") == culprits(run, "02") == ["sums.add"]


def test_a_function_that_never_ends_is_named(root, run, monkeypatch):
    monkeypatch.setattr(blame, "LIMIT", 3.0)
    monkeypatch.setattr(blame, "LEAST", 1.5)
    write(root, add="while True:\n    a += 1")
    assert culprits(run, "test_a_square") == ["sums.add"]


def test_a_helper_and_an_import_of_the_students_own_stay(root, run):
    """Where a function stands on code of theirs beside it, that code is not taken away."""
    text = (root / SUMS).read_text()
    (root / SUMS).write_text("import operator\n" + text + "\n\ndef plus(a, b):\n    return a + b\n")
    write(root, add="return plus(a, b)", double="return operator.mul(a, 3)")
    assert culprits(run, "test_a_square_and_twice") == ["sums.double"]


def test_a_loan_that_was_edited_is_said_to_be_one(root, run):
    cli.main(["borrow", "01", "--force"])
    (root / SUMS).write_text((root / SUMS).read_text().replace("total = a + b", "total = a"))
    _, out, _ = run("test_a_square")
    assert "`sums.add` of module 01, Sums, on loan and edited" in out


def test_what_its_own_tests_do_not_catch_is_said(root, run):
    write(root, add="return a + b if b <= 3 else 0")
    _, out, _ = run("test_a_square")
    assert "`sums.add`" in out and "its own module's tests pass with it" in out


# ---- whom it does not name -----------------------------------------------------------------------


def test_a_test_that_passes_has_nobody_to_blame(root, run):
    for words in ("test_a_square", "02"):
        code, out, _ = run(words)
        assert code == 0 and "there is nobody to blame" in out


def test_an_unwritten_exercise_is_named_and_not_blamed(root, run):
    cli.main(["reset", "sums.add"])
    code, out, _ = run("test_a_square")
    assert code == 0 and "not written yet, not because any is wrong" in out
    assert f"`sums.add`, module 01, {SUMS}:" in out and "borrow 01" in out


def test_what_is_unwritten_behind_the_mistake_is_told(root, run):
    write(root, square="return 1", double='raise NotImplementedError("sums.double")')
    tiny.write(root / "tests/test_powers.py", POWER_TESTS.replace(
        "Power().square(3) + double(2) == 13",
        "Power().square(3) == 9 and double(2) == 4"))  # fmt: skip
    _, found = verdict(run, "test_a_square_and_twice")
    assert [c["id"] for c in found["culprits"]] == ["powers.square"]
    assert found["waits"] == ["sums.double"]


def test_an_edited_test_is_named_and_no_function(root, run):
    tiny.write(root / "tests/test_powers.py", POWER_TESTS.replace("== 9", "== 8"))
    code, out, _ = run("test_a_square")
    assert code == 1 and "fails on the reference too, so none of your functions" in out
    assert "tests/test_powers.py" in out


def test_a_committed_test_and_an_edited_one_are_told_apart(root):
    from clone import git

    shutil.rmtree(root / ".git")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "x")
    assert "as it was committed" in blame.as_committed(root, "tests/test_sums.py")
    (root / "tests/test_sums.py").write_text("edited")
    assert "git checkout HEAD -- tests/test_sums.py" in blame.as_committed(
        root, "tests/test_sums.py"
    )


def test_given_code_that_is_not_as_built_is_named_by_its_file(root, run):
    (root / POWERS).write_text((root / POWERS).read_text().replace('"power"', '"tower"'))
    code, out, _ = run("test_it_is_given")
    assert code == 0 and f"`{POWERS}`: its given code is not as it was built" in out
    assert "powers.square" not in out


def test_a_missing_file_is_given_code_that_is_not_as_built(root, run):
    (root / POWERS).unlink()
    assert culprits(run, "test_a_square") == [POWERS]


def test_a_damaged_fence_does_not_hide_who_is_wrong(root, run):
    path = root / SUMS
    path.write_text(path.read_text().replace("# ---- end of your code ----", "", 1))
    write_wrong = path.read_text().replace("return sum((a, b))", "return a * b")
    path.write_text(write_wrong)
    assert culprits(run, "test_a_square") == [SUMS]


def test_a_flaky_test_is_said_to_be_flaky(root, run):
    """Its outcome is another one in every second run."""
    count = root.parent / "count"
    count.write_text("")
    write(
        root,
        square=f"from pathlib import Path\ncount = Path({str(count)!r})\n"
        "count.write_text(count.read_text() + 'x')\n"
        "return 9 if len(count.read_text()) % 2 == 0 else 0",
    )
    code, out, _ = run("test_a_square")
    assert code == 1 and "is flaky: of two runs on the same code" in out


# ---- how it works --------------------------------------------------------------------------------


def test_the_students_files_are_only_read(root, run):
    write(root, add="return a - b", double="return a")
    files = [p for p in root.rglob("*") if p.is_file()]
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files}
    run("test_a_square_and_twice")
    files = [p for p in root.rglob("*") if p.is_file() and ".git" not in p.parts]
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files}
    assert after.items() <= before.items() and len(after) == len(
        [p for p in before if ".git" not in p.parts]
    )


def test_a_run_on_another_package_is_refused(root, tmp_path, monkeypatch):
    search = Search(courses.load(root), tmp_path)
    real = workers.run

    def elsewhere(job):
        run = real(job)
        run.package = str(root / "g2c/__init__.py")
        return run

    monkeypatch.setattr(workers, "run", elsewhere)
    with pytest.raises(Problem, match="instead of the copy"):
        search.passes(SQUARE, [])


def test_functions_that_the_test_does_not_enter_are_no_suspects(root, tmp_path):
    write(root, add="return a - b", double="return 0")
    search = Search(courses.load(root), tmp_path)
    found = search.verdict("test_a_square")
    assert [c.id for c in found.culprits] == ["sums.add"]
    assert search.parts.exercises == ["sums.add", "sums.double", "powers.square"]


def test_without_the_solutions_it_says_so_in_one_sentence(root, run):
    shutil.rmtree(root / "course/g2c")
    code, _, err = run("test_a_square")
    assert code == 3 and "comes without the solutions" in err and err.count("\n") == 1


def test_a_name_that_fits_several_tests_lists_them(root, run):
    code, _, err = run("a_")
    assert code == 2 and "fits" in err and SQUARE in err
    code, _, err = run("test_nothing")
    assert code == 2 and "There is no test `test_nothing`" in err


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("t.py::test_a", ["t.py::test_a[1]", "t.py::test_a[2]"]),
        ("test_a", ["t.py::test_a[1]", "t.py::test_a[2]"]),
        ("t.py::test_a[2]", ["t.py::test_a[2]"]),
        ("_ab", ["t.py::test_ab"]),
    ],
)
def test_a_test_is_known_by_its_id_or_a_part_of_it(text, found):
    assert chosen(text, ["t.py::test_a[1]", "t.py::test_a[2]", "t.py::test_ab"]) == found
