"""The proof notices a planted lie of each kind, and names the place.

On a tiny course without torch: module 01 sums, 02 powers (needs 01), 03 roots (needs neither).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import tiny

from noteboosh import course as courses
from noteboosh.proof import workers
from noteboosh.proof.boundary import boundary
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.counts import counts
from noteboosh.proof.drafts import drafts
from noteboosh.proof.matrix import matrix
from noteboosh.proof.mistakes import mistakes
from noteboosh.proof.selftest import selftest
from noteboosh.proof.variants import Sources, blank

ROOT = Path(__file__).resolve().parents[2]

TOML = """given = []

[[module]]
id = "01"
promise = { passed = 1, failed = 2 }

[[module]]
id = "02"
promise = { passed = 1, failed = 1, fresh_passed = 0, fresh_failed = 2 }

[[module]]
id = "03"
draft = true
"""
SUMS = """from g2c.sums.sums import add, double


def test_a_sum():
    assert add(1, 2) == 3


def test_twice():
    assert double(4) == 8


def test_the_given_part():
    assert add.__name__ == "add"
"""
POWERS = """from g2c.powers.powers import Power
from g2c.sums.sums import add


def test_a_square():
    assert Power().square(3) == 9


def test_a_sum_for_squares():
    assert add(4, 5) == 9
"""
ROOTS = '''"""Given: roots."""


def root(a: int) -> int:
    """The whole root of a."""
    return int(a**0.5)
'''
MISTAKES = """# BEGIN MISTAKE sums.add product: multiplies
return a * b
# END MISTAKE

# BEGIN MISTAKE sums.double square: squares
return a * a
# END MISTAKE

# BEGIN MISTAKE powers.square cube: one factor too many
return a * a * a
# END MISTAKE
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tiny.make(tmp_path / "a b")
    shutil.copy(ROOT / "pyproject.toml", root)
    tiny.write(root / "course/course.toml", TOML)
    tiny.write(root / "tests/test_sums.py", SUMS)
    tiny.write(root / "tests/test_powers.py", POWERS)
    tiny.write(root / "course/g2c/roots/__init__.py", ROOTS)
    tiny.write(root / "course/mistakes/tiny.py", MISTAKES)
    built = json.loads((root / "course/built/course.json").read_text())
    sums, powers, roots = built["modules"]
    sums["promise"] = {"passed": 1, "failed": 2}
    powers["promise"] = {"passed": 1, "failed": 1, "fresh_passed": 0, "fresh_failed": 2}
    roots |= {"promise": {}, "draft": True, "needs": []}
    tiny.write(root / "course/built/course.json", json.dumps(built))
    return root


def prove(root: Path, part) -> Report:
    folder = root.parent / f"{part.__name__}-{len(list(root.parent.iterdir()))}"
    return part(Proof(courses.load(root), folder))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def only_complaint(report: Report) -> str:
    assert len(report.complaints) == 1, report.complaints
    return report.complaints[0]


def test_an_honest_course_has_no_complaints(root: Path):
    for part in (counts, matrix, mistakes, boundary, drafts):
        assert prove(root, part).complaints == [], part.__name__


def test_the_report_of_mistakes_names_the_test_that_caught_each(root: Path):
    lines = prove(root, mistakes).lines
    assert lines[0].startswith("`sums.add` product: caught by tests/test_sums.py::test_a_sum in ")
    assert "`powers.square` cube: caught by tests/test_powers.py::test_a_square" in lines[2]


def test_what_the_student_typed_is_not_looked_at(root: Path):
    tiny.type_in(root, "g2c/sums/sums.py", "sums.add", "this is not even Python")
    for part in (counts, matrix, mistakes, boundary, drafts):
        assert prove(root, part).complaints == [], part.__name__


def test_a_wrong_promise_is_named_with_its_line(root: Path):
    built = root / "course/built/course.json"
    change(built, '"passed": 1, "failed": 2', '"passed": 2, "failed": 1')
    first, second = prove(root, counts).complaints
    assert first.startswith("course/course.toml:5: module 01 promises 2 passed and 1 failed, but")
    assert "with all blank `tests/test_sums.py` shows 1 passed and 2 failed" in second


def test_a_test_that_fails_for_another_reason_than_its_exercise_is_named(root: Path):
    change(root / "tests/test_sums.py", '__name__ == "add"', '__name__ == "plus"')
    report = prove(root, counts)
    assert any(
        complaint.startswith("tests/test_sums.py:12: with earlier modules complete, `tests/")
        and "AssertionError" in complaint
        for complaint in report.complaints
    )
    assert "`tests/test_sums.py::test_the_given_part` fails on the reference" in "".join(
        prove(root, matrix).complaints
    )


def test_a_test_that_waits_for_an_exercise_it_does_not_belong_to_is_named(root: Path):
    change(
        root / "tests/test_sums.py",
        'assert add.__name__ == "add"',
        "from g2c.powers.powers import Power\n    assert Power().square(2) == 4",
    )
    complaint = prove(root, matrix).complaints[0]
    assert complaint.startswith("tests/test_sums.py:12: `tests/test_sums.py::test_the_given_part`")
    assert "`powers.square` of module 02" in complaint


def test_a_test_that_depends_on_an_exercise_without_calling_it_is_named(root: Path):
    change(
        root / "tests/test_sums.py",
        'assert add.__name__ == "add"',
        'import inspect\n    assert "NotImplemented" not in inspect.getsource(double)',
    )
    complaint = only_complaint(prove(root, matrix))
    assert complaint.startswith("tests/test_sums.py:12: ") and "AssertionError" in complaint
    assert "in a way that is not a call" in complaint


def test_a_test_that_swallows_the_blank_exercise_is_named(root: Path):
    change(
        root / "tests/test_sums.py",
        'assert add.__name__ == "add"',
        "try:\n        add(1, 1)\n    except NotImplementedError:\n        pass",
    )
    complaint = only_complaint(prove(root, matrix))
    assert complaint.startswith("tests/test_sums.py:12: ")
    assert "enters `sums.add`, but with that exercise blank it is passed" in complaint


def test_an_exercise_that_no_test_enters_is_named_with_its_line(root: Path):
    change(root / "tests/test_sums.py", "assert double(4) == 8", "assert add(4, 4) == 8")
    complaint = only_complaint(prove(root, matrix))
    assert complaint == (
        "course/g2c/sums/sums.py:15: no test in `tests/test_sums.py` enters `sums.double`"
    )


def test_a_value_kept_from_an_earlier_test_does_not_deceive_the_matrix(root: Path):
    cached = "import functools\n\n\n@functools.cache\ndef eight():\n    return double(4)\n\n\n"
    change(root / "tests/test_sums.py", "def test_twice", cached + "def test_twice")
    change(root / "tests/test_sums.py", "assert double(4) == 8", "assert eight() == 8")
    change(root / "tests/test_sums.py", 'add.__name__ == "add"', "eight() > 7")
    assert prove(root, matrix).complaints == []


def test_what_a_shared_fixture_enters_counts_for_each_of_its_tests(root: Path):
    fixture = "import pytest\n\n\n@pytest.fixture(scope='module')\ndef two():\n    return add(1, 1)\n\n\n"
    file = root / "tests/test_sums.py"
    file.write_text(fixture + file.read_text().replace("a_sum()", "a_sum(two)").replace("part()", "part(two)"))
    proof = Proof(courses.load(root), root.parent / "folder")
    tests = {test.id.partition("::")[2]: test for test in proof.trace(Report()).values()}
    assert tests["test_a_sum"].entered == tests["test_the_given_part"].entered == ("sums.add",)
    assert matrix(proof).complaints == []


def test_a_mistake_that_no_test_catches_is_named_with_its_line(root: Path):
    change(root / "course/mistakes/tiny.py", "return a * a\n", "return a + abs(a)\n")
    complaint = only_complaint(prove(root, mistakes))
    assert complaint.startswith("course/mistakes/tiny.py:5: `sums.double` square is caught by no")


def test_a_mistake_that_is_the_reference_in_other_blanks_is_named(root: Path):
    change(root / "course/mistakes/tiny.py", "return a * a\n", "# twice\nreturn add( a,a )\n")
    complaint = only_complaint(prove(root, mistakes))
    assert complaint == "course/mistakes/tiny.py:5: the mistake `square` is equal to the reference"


def test_a_mistake_that_does_not_run_counts_for_nothing(root: Path):
    change(root / "course/mistakes/tiny.py", "return a * a\n", "return a * missing\n")
    complaint = only_complaint(prove(root, mistakes))
    assert complaint.startswith("course/mistakes/tiny.py:5: ") and "NameError" in complaint
    change(root / "course/mistakes/tiny.py", "return a * missing", "return a *")
    assert "course/mistakes/tiny.py:5: invalid syntax" in only_complaint(prove(root, mistakes))


def test_a_mistake_that_hangs_is_stopped_and_named(root: Path, monkeypatch):
    monkeypatch.setattr("noteboosh.proof.mistakes.LIMIT", 1.5)
    change(root / "course/mistakes/tiny.py", "return a * a\n", "while True:\n    pass\n")
    complaint = only_complaint(prove(root, mistakes))
    assert complaint.startswith("course/mistakes/tiny.py:5: `sums.double` square: no end after")
    assert "test_sums.py::test_twice" in complaint


def test_a_mistake_may_replace_a_given_function(root: Path):
    wrong = "# BEGIN MISTAKE powers.half third: thirds\ndef half(a):\n    return a {} 3\n# END MISTAKE\n"
    half = '\n\ndef half(a: int) -> int:\n    """Half of a."""\n    return a // 2\n'
    file = root / "course/g2c/powers/powers.py"
    file.write_text(file.read_text() + half)
    tiny.write(root / "course/mistakes/zzz.py", wrong.format("//"))
    assert "course/mistakes/zzz.py:1: `powers.half` third is caught by no test" in only_complaint(
        prove(root, mistakes)
    )
    test = "\n\ndef test_half():\n    from g2c.powers.powers import half\n    assert half(6) == 3\n"
    change(root / "tests/test_powers.py", "== 9\n\n", "== 9\n" + test + "\n\n")
    assert "`powers.half` third: caught by tests/test_powers.py::test_half" in "".join(
        prove(root, mistakes).lines
    )


@pytest.mark.parametrize("part", [counts, matrix, mistakes])
def test_a_run_on_the_wrong_package_is_never_a_proof(root: Path, part, monkeypatch):
    """Here every worker is given the reference, whatever the proof asked for."""
    other = shutil.copytree(root / "course/g2c", root.parent / "other/g2c").parent
    (root / "conftest.py").write_text(
        "def pytest_load_initial_conftests(early_config):\n"
        f"    early_config.known_args_namespace.package = {str(other)!r}\n"
        "def pytest_cmdline_main(config):\n"
        f"    config.option.package = {str(other)!r}\n"
    )
    report = prove(root, part)
    assert any(
        f"it ran on `{other}/g2c/__init__.py`, not on `" in complaint
        for complaint in report.complaints
    )
    assert not any("caught by" in line or "passed" in line for line in report.lines)


@pytest.mark.parametrize(
    "line",
    [
        "import torch.nn.functional as F",
        "from torch.nn import Linear",
        "from torch.nn import functional",
        "from torch import nn; layer = nn.Linear(2, 2)",
        "import torch.nn as net; loss = net.CrossEntropyLoss()",
        "import torch; torch.optim.SGD",
        "from torch.nn.init import xavier_uniform_",
        "from torch import log_softmax",
        "import torch as t; t.special.logsumexp(1)",
        "import torch; torch.ops.aten.gelu",
        "def f(x): return (x + 1).softmax(-1)",
        "def f(self): return self.scores.softmax(-1)",
        "from torch import Tensor; f = Tensor.softmax",
        "from torch import *",
        "import noteboosh.course",
        "from g2c.powers.powers import Power",
        "from ..powers import powers",
        "import g2c.elsewhere",
    ],
)
def test_a_line_outside_the_boundary_is_named(root: Path, line: str):
    change(root / "course/g2c/sums/sums.py", '"""Sums."""\n', f'"""Sums."""\n{line}\n')
    complaints = prove(root, boundary).complaints
    assert complaints and all(c.startswith("course/g2c/sums/sums.py:2: ") for c in complaints)


@pytest.mark.parametrize(
    "line",
    [
        "from torch import nn; a = nn.Module; b = nn.Parameter; c = nn.ModuleList([])",
        "import torch; torch.nn.init.trunc_normal_; torch.optim.Optimizer; torch.exp(1)",
        "import torch.nn as nn; nn.Module.register_buffer",
        "from g2c.sums.other import softmax; softmax(1)",
        "import g2c.sums; g2c.sums.softmax(1)",
        "def f(self): return self.embedding(1)",
        "import torch.nn.functional as F  # outside the boundary: the fused switch",
    ],
)
def test_what_the_boundary_allows_is_allowed(root: Path, line: str):
    change(root / "course/g2c/sums/sums.py", '"""Sums."""\n', f'"""Sums."""\n{line}\n')
    assert prove(root, boundary).complaints == []


def test_a_mark_excuses_the_two_exceptions_and_nothing_else(root: Path):
    line = "from torch.nn import Linear  # outside the boundary: please"
    change(root / "course/g2c/sums/sums.py", '"""Sums."""\n', f'"""Sums."""\n{line}\n')
    assert "`torch.nn.Linear` is outside" in only_complaint(prove(root, boundary))


def test_a_topic_imports_only_what_its_module_needs(root: Path):
    change(root / "course/g2c/roots/__init__.py", "Given", "Given.")
    file = root / "course/g2c/roots/__init__.py"
    file.write_text(file.read_text() + "from g2c.sums import sums\n")
    complaint = only_complaint(prove(root, boundary))
    assert complaint.startswith("course/g2c/roots/__init__.py:7: `g2c.sums.sums` is not g2c.roots")


def test_a_draft_that_cannot_be_imported_is_named(root: Path):
    tiny.write(root / "course/g2c/roots/__init__.py", "import missing_module\n")
    for complaint in prove(root, drafts).complaints:
        assert complaint.startswith("course/g2c/roots: ") and "missing_module" in complaint
    assert len(prove(root, drafts).complaints) == 2


def test_a_draft_whose_tests_fail_on_the_reference_is_named(root: Path):
    test = "from g2c.roots import root\n\n\ndef test_a_root():\n    assert root(9) == 4\n"
    tiny.write(root / "tests/test_roots.py", test)
    complaint = only_complaint(prove(root, drafts))
    assert complaint.startswith("tests/test_roots.py:4: `tests/test_roots.py::test_a_root` fails")


def test_a_worker_reports_a_process_that_dies(root: Path):
    change(root / "tests/test_sums.py", "assert double(4) == 8", "import os; os._exit(7)")
    run = workers.run(workers.Job(root, root / "course", ("tests/test_sums.py",)))
    assert run.wrong == "the process died in tests/test_sums.py::test_twice"


def test_a_worker_shows_each_test_as_it_begins_and_ends(root: Path):
    seen: list[tuple[str, str]] = []
    job = workers.Job(root, root / "course", ("tests/test_powers.py",))
    run = workers.run(job, lambda test: seen.append((test.id.partition("::")[2], test.outcome)))
    assert seen == [
        ("test_a_square", "running"),
        ("test_a_square", "passed"),
        ("test_a_sum_for_squares", "running"),
        ("test_a_sum_for_squares", "passed"),
    ]
    assert run.code == 0 and run.package == str(root / "course/g2c/__init__.py")


def test_a_variant_differs_from_the_reference_in_its_fences_alone(root: Path, tmp_path: Path):
    sources = Sources(root)
    parent = sources.write(tmp_path / "variant", blank(["sums.double"]))
    assert 'raise NotImplementedError("sums.double")' in (parent / "g2c/sums/sums.py").read_text()
    assert "total = a + b" in (parent / "g2c/sums/sums.py").read_text()
    assert (parent / "g2c/roots/__init__.py").read_text() == ROOTS


def test_selftest_prints_times_and_complaints_and_leaves_nothing_behind(root: Path, capsys):
    before = sorted(path for path in root.rglob("*"))
    assert selftest(courses.load(root), ["counts", "boundary"]) == 0
    change(root / "tests/test_sums.py", 'add.__name__ == "add"', "False")
    assert selftest(courses.load(root), ["counts"]) == 1
    text = capsys.readouterr().out
    assert "s of  40 s  true" in text and "not true: counts" in text
    assert "  ! course/course.toml:5: module 01 promises" in text
    assert sorted(path for path in root.rglob("*")) == before


def test_a_part_over_its_budget_is_a_complaint(root: Path, monkeypatch, capsys):
    monkeypatch.setenv("NOTEBOOSH_BUDGET", "0")
    assert selftest(courses.load(root), ["boundary"]) == 1
    assert "over its budget of 0 s" in capsys.readouterr().out
