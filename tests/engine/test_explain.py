"""`explain` asks about a line changed on a copy, and knows the answer because it ran it."""

from __future__ import annotations

import ast
import builtins
import json
import shutil
import sys
import time
from pathlib import Path

import pytest
import tiny

from noteboosh import cli, explain, fences, workers
from noteboosh import course as courses
from noteboosh.errors import Problem
from noteboosh.explain import Examiner, Question, numbers, verdict
from noteboosh.mutations import Mutation, mutations
from noteboosh.workers import Test

ROOT = Path(__file__).resolve().parents[2]
SUMS, POWERS = "g2c/sums/sums.py", "g2c/powers/powers.py"

SUM_TESTS = '''from g2c.sums.sums import add, double


def test_a_sum():
    """A sum is the one and the other."""
    assert add(2, 3) == 5


def test_nothing_is_added():
    assert add(0, 4) == 4


def test_twice():
    assert double(4) == 8


def test_given():
    assert True
'''
POWER_TESTS = """from g2c.powers.powers import Power


def test_a_square():
    assert Power().square(3) == 9


def test_nothing():
    assert Power().square(0) == 0


def test_given():
    assert Power()
"""
RIGHT = {
    "sums.add": "return a + b",
    "sums.double": "return 2 * a",
    "powers.square": "total = 0\nfor _ in range(a):\n    total = add(total, a)\nreturn total",
}
FILES = {"sums.add": SUMS, "sums.double": SUMS, "powers.square": POWERS}


@pytest.fixture(scope="module", autouse=True)
def workers_without_torch():
    workers.WARM, before = ["pytest"], workers.WARM
    yield
    workers.WARM = before


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    """A student's checkout, without the authored sources, in which everything is written."""
    root = tiny.make(tmp_path / "a b")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.rmtree(root / "course/g2c")
    tiny.write(root / "tests/test_sums.py", SUM_TESTS)
    tiny.write(root / "tests/test_powers.py", POWER_TESTS)
    for id, body in RIGHT.items():
        tiny.type_in(root, FILES[id], id, body)
    monkeypatch.setattr(courses, "checkout", lambda: root)
    monkeypatch.setattr(cli, "_set_up", lambda *args, **options: None)
    return root


@pytest.fixture
def run(root, capsys):
    def run(*words):
        code = cli.main(["explain", *map(str, words)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def asked(run, *words):
    return json.loads(run(*words, "--json")[1])


def only(monkeypatch, *changes):
    """These changes of sums.add, in this order."""
    found = [
        Mutation("sums.add", 7, "    return a + b", f"    {after}", after) for after in changes
    ]
    monkeypatch.setattr(explain, "mutations", lambda *_: iter(found))
    monkeypatch.setattr(explain.random.Random, "shuffle", lambda self, listed: None)


# ---- the question --------------------------------------------------------------------------------


def test_the_answer_is_what_the_tests_say_about_the_changed_copy(root, run, tmp_path):
    """Made by hand once more, for every question of some seeds."""
    for seed in range(2):
        question = solved = asked(run, "01", "--seed", seed, "--answer", "1")
        copy = tmp_path / f"copy {seed}"
        shutil.copytree(root / "g2c", copy / "g2c")
        file = copy / question["file"]
        lines = file.read_text().split("\n")
        assert lines[question["line"] - 1] == question["before"]
        lines[question["line"] - 1] = question["after"]
        file.write_text("\n".join(lines))
        result = workers.run(workers.Job(root, copy, ("tests/test_sums.py",)))
        failed = {explain.name_of(test.id) for test in result.tests if test.failed}
        offered = set(question["options"])
        region = fences.regions((root / SUMS).read_text(), SUMS)[question["exercise"]]
        assert question["before"] in region.body.split("\n")  # of the student's own
        right = {question["options"][number - 1] for number in solved["right"]}
        assert right == failed & offered and right and offered - right


def test_a_seed_asks_the_same_question_again(run):
    first = asked(run, "01", "--seed", 5)
    assert asked(run, "01", "--seed", 5) == first
    others = (asked(run, "01", "--seed", seed) for seed in range(20))
    assert any((q["line"], q["after"]) != (first["line"], first["after"]) for q in others)


def test_an_exercise_is_asked_about_alone(run):
    assert asked(run, "sums.double", "--seed", 1)["exercise"] == "sums.double"


def test_a_change_that_no_test_notices_is_no_question(root, run, monkeypatch):
    only(monkeypatch, "return b + a", "return +a + b", "return a - b")
    assert asked(run, "01", "--seed", 1)["after"] == "    return a - b"


def test_a_change_that_only_breaks_the_program_is_no_question(root, run, monkeypatch):
    only(monkeypatch, "return a + c", "raise ImportError", "return a.b", "return a - b")
    assert asked(run, "01", "--seed", 1)["after"] == "    return a - b"


def test_a_change_that_never_ends_is_given_up_in_time(root, run, monkeypatch):
    real = Examiner._green

    def quick(self):
        tests = real(self)
        self.copies.limit = 1.0
        return tests

    monkeypatch.setattr(Examiner, "_green", quick)
    only(monkeypatch, "while True: pass", "return a - b")
    start = time.monotonic()
    assert asked(run, "01", "--seed", 1)["after"] == "    return a - b"
    assert time.monotonic() - start < 30


def test_a_wrong_result_is_preferred_to_an_error(root, run, monkeypatch):
    only(monkeypatch, "return a / 0", "return a - b")
    assert asked(run, "01", "--seed", 1)["after"] == "    return a - b"
    only(monkeypatch, "return a / 0")
    assert asked(run, "01", "--seed", 1)["after"] == "    return a / 0"


def test_where_nothing_can_be_asked_it_says_so(root, run, monkeypatch):
    only(monkeypatch, "return b + a")
    code, _, err = run("01", "--seed", 7)
    assert code == 1 and "No single changed line" in err and "seed 7" in err


def test_the_students_files_are_only_read(root, run):
    files = [p for p in root.rglob("*") if p.is_file()]
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files}
    run("01", "--seed", 1, "--answer", 1)
    files = [p for p in root.rglob("*") if p.is_file()]
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files} == before


def test_a_run_on_another_package_is_refused(root, run, monkeypatch):
    real = workers.run

    def elsewhere(job):
        result = real(job)
        result.package = str(root / "g2c/__init__.py")
        return result

    monkeypatch.setattr(workers, "run", elsewhere)
    code, _, err = run("01")
    assert code == 1 and "instead of the copy" in err


# ---- refusing ------------------------------------------------------------------------------------


def test_what_is_unwritten_is_named_in_one_sentence(root, run):
    tiny.type_in(root, SUMS, "sums.double", 'raise NotImplementedError("sums.double")')
    code, _, err = run("01")
    line = fences.line_of(root / SUMS, "sums.double")
    assert code == 1 and err == (
        f"Module 01 is not green yet: `sums.double` is not written ({SUMS}:{line}).\n"
    )


def test_what_fails_is_named_in_one_sentence(root, run):
    tiny.type_in(root, SUMS, "sums.add", "return a * b")
    code, _, err = run("01")
    assert code == 1 and "Module 01 is not green yet: " in err
    assert "`tests/test_sums.py::test_a_sum` and 1 more fail." in err


def test_a_syntax_error_is_not_green_either(root, run):
    tiny.type_in(root, SUMS, "sums.add", "return a +")
    code, _, err = run("01")
    assert code == 1 and "not green yet" in err and "Traceback" not in err


def test_what_is_on_loan_is_not_asked_about(root, run):
    text = (root / SUMS).read_text()
    for size in ("about 2 lines", "about 1 line"):
        text = text.replace(f"({size})", f"({size}; borrowed for 02)")
    (root / SUMS).write_text(text)
    code, _, err = run("01")
    assert code == 1 and "`01`: all of it is on loan" in err
    assert run("02", "--seed", 1)[0] == 0


def test_a_module_without_tests_is_a_usage_error(run):
    code, _, err = run("03")
    assert code == 2 and "has no tests yet" in err


# ---- answering -----------------------------------------------------------------------------------


def test_the_response_shows_the_numbers_and_the_sentence_of_the_test(root, run, monkeypatch):
    only(monkeypatch, "return a - b")
    question = asked(run, "01", "--seed", 1)
    number = question["options"].index("test_a_sum") + 1
    code, out, _ = run("01", "--seed", 1, "--answer", number, "--why", "it subtracts")
    assert code == 0 and out.startswith("Partly right: ")
    assert "A sum is the one and the other." in out and "assert -1 == 5" in out
    assert "  nothing is added  " in out  # a name read as a sentence
    assert "You wrote: it subtracts" in out and "seed 1" in out.lower()


def test_a_right_answer_is_right(root, run, monkeypatch):
    only(monkeypatch, "return a - b")
    solved = asked(run, "01", "--seed", 1, "--answer", "1")
    right = ",".join(map(str, solved["right"]))
    again = asked(run, "01", "--seed", 1, "--answer", right, "--why", "x")
    assert (again["verdict"], again["why"]) == ("right", "x")
    assert {entry["claim"] for entry in again["failed"]} == {
        "A sum is the one and the other.", "nothing is added",
    }  # fmt: skip


def test_without_a_terminal_the_question_says_how_to_answer_and_not_what(run):
    code, out, _ = run("01", "--seed", 2)
    assert code == 0 and "`./noteboosh.sh explain 01 --seed 2 --answer NUMBERS`" in out
    assert "fails" not in out and "failing" not in json.dumps(asked(run, "01", "--seed", 2))


def test_on_a_terminal_it_asks_until_it_is_answered(root, run, monkeypatch):
    only(monkeypatch, "return a - b")
    replies = iter(["", "nine", "99", "1, 3", "because"])
    prompts = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", lambda prompt: prompts.append(prompt) or next(replies))
    code, out, _ = run("01", "--seed", 1)
    assert code == 0 and len(prompts) == 5 and prompts[-1].startswith("Why?")
    assert "    return a + b" in out and "    return a - b" in out
    assert out.count("is no answer: give numbers from 1 to") == 3
    assert "You wrote: because" in out


def test_the_end_of_the_input_is_no_traceback(root, run, monkeypatch):
    def end(prompt):
        raise EOFError

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", end)
    code, _, err = run("01", "--seed", 1)
    assert code == 1 and "--seed 1" in err


@pytest.mark.parametrize("words", [["--answer", "1"], ["--seed", "x"]])
def test_a_wrong_option_is_a_usage_error(root, words):
    with pytest.raises(SystemExit) as left:
        cli.main(["explain", "01", *words])
    assert left.value.code == 2


def test_an_answer_out_of_range_is_a_usage_error(run):
    code, _, err = run("01", "--seed", 1, "--answer", "77")
    assert code == 2 and "give numbers from 1 to" in err


def test_answers_are_compared_as_sets():
    change = Mutation("sums.add", 1, "a", "b", "c")
    failing = {name: Test(name, "") for name in ("b", "c")}
    question = Question("sums.add", SUMS, change, ("a", "b", "c"), failing, 1)
    assert question.right == [2, 3]
    picks = {"right": "3,2", "partly right": "1 2", "not right": "1"}
    for word, text in picks.items():
        assert verdict(question, numbers(text, 3)) == word


# ---- changing a line -----------------------------------------------------------------------------

CODE = """def f(x, y):
    # ---- your code: sums.add (about 9 lines) ----
{}
    # ---- end of your code ----


def given(a, b):
    return a + b
"""


def changes(*lines):
    text = CODE.format("\n".join(f"    {line}" for line in lines))
    found = list(mutations(text, "f.py", ["sums.add"]))
    return text, found


def after(line):
    return [m.after.strip() for m in changes(line)[1]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return x + y  # é", ["return x - y  # é"]),
        ("return x - y", ["return x + y", "return y - x"]),
        ("return x @ y.T", ["return y.T @ x"]),
        ("return x < y", ["return x <= y", "return x > y"]),
        ("return x and y", ["return x or y"]),
        ("return not x", ["return x"]),
        ("return x.sum(-1)", ["return x.mean(-1)", "return x.sum(-2)", "return x.sum(0)"]),
        ("return g(x, dim=0, keep=True)", ["dim=1", "keep=False"]),
        ("return g(x, y)", ["return g(y, x)"]),
        ("return x, y", ["return y, x", "return -x, y"]),
        ('return {"x": x, "y": y.T}', ['return {"x": x + 1, "y": y.T}']),
        ("return [z for z in x]", ["return [z for z in reversed(x)]"]),
        ("return 0.5 * x", ["1.0 * x", "0.5 + x", "0.5 / x"]),
    ],
)
def test_a_line_is_changed_in_one_place(line, expected):
    found = after(line)
    for one in expected:
        assert any(one in line for line in found), found


def test_a_line_is_left_out_where_the_rest_still_has_its_names():
    _, found = changes("z = x", "z = z * y", "x.append(z)", "return z")
    assert [m.before.strip() for m in found if m.after.strip() == "pass"] == [
        "z = z * y", "x.append(z)",
    ]  # fmt: skip


def test_every_change_is_of_one_line_inside_the_fence_and_compiles():
    text, found = changes("z = (x - 1) * (y / 2)", "z += len([1, 2]) ** 2", "return -z if z else 0")
    assert len(found) > 12 and len({(m.line, m.after) for m in found}) == len(found)
    for one in found:
        changed = one.applied(text).split("\n")
        pairs = enumerate(zip(changed, text.split("\n"), strict=True), 1)
        assert [n for n, (a, b) in pairs if a != b] == [one.line]
        assert ast.parse("\n".join(changed)) and 3 <= one.line <= 5


def test_the_real_course_has_changes_for_every_exercise():
    course = courses.load(ROOT)
    poor = []
    for exercise in course.exercises.values():
        text = (ROOT / "course" / exercise.file).read_text("utf-8")
        if not list(mutations(text, exercise.file, [exercise.id])):
            poor.append(exercise.id)
    assert poor == []


def test_a_problem_of_the_package_is_no_traceback(root, tmp_path):
    with pytest.raises(Problem):
        (root / SUMS).write_text("x = (")
        Examiner(courses.load(root), courses.load(root).module("01"), tmp_path).question(1)
