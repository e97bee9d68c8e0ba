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
from noteboosh import fences, workers
from noteboosh.authoring import course_toml
from noteboosh.authoring.build import Built, build
from noteboosh.course import state_dir
from noteboosh.proof import scaffold
from noteboosh.proof.boundary import boundary
from noteboosh.proof.built import built
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.counts import counts
from noteboosh.proof.drafts import drafts
from noteboosh.proof.lessons import lessons
from noteboosh.proof.matrix import matrix
from noteboosh.proof.mistakes import mistakes
from noteboosh.proof.notebooks import _wrong as wrong_in
from noteboosh.proof.notebooks import notebooks
from noteboosh.proof.selftest import selftest
from noteboosh.proof.variants import Sources, blank

ROOT = Path(__file__).resolve().parents[2]

TOML = """given = []

[[module]]
id = "01"
title = "Sums"
question = "How much is it together?"
package = "g2c.sums"
tests = "tests/test_sums.py"
slug = "sums"
promise = { passed = 1, failed = 2 }
[[module.exercise]]
id = "sums.add"
hints = ["Which sign?", "It stands alone on a key.", "a + b"]
[[module.exercise]]
id = "sums.double"
hints = ["How often?", "You have written a sum.", "a + a"]

[[module]]
id = "02"
title = "Powers"
question = "How much is it, times itself?"
package = "g2c.powers"
tests = "tests/test_powers.py"
slug = "powers"
needs = ["01"]
promise = { passed = 1, failed = 1 }
[[module.exercise]]
id = "powers.square"
hints = ["How often?", "You have written a sum.", "a * a"]

[[module]]
id = "03"
title = "Roots"
question = "And back?"
package = "g2c.roots"
tests = "tests/test_roots.py"
slug = "roots"
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


LESSON = """# 01 Sums

On a fresh clone {{ module.promise["passed"] }} passed.

```sh
./noteboosh.sh hint sums.add
.venv/bin/pytest tests/test_sums.py
```
"""
NOTEBOOK = """# %% [markdown]
# # Sums: [the lesson](../../lessons/01-sums.md)

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from noteboosh.authoring import question

# %% [markdown]
# **Question:** How much is 2 + 3?

# %%
question("01.1", kind="number", key=5, hints=["Count.", "Your fingers?", "5"])

# %%
from g2c.sums.sums import add

print(add(2, 3))
"""


@pytest.fixture(scope="module", autouse=True)
def workers_without_torch():
    """Nothing here needs it, and it takes seconds to import."""
    workers.WARM, before = ["pytest"], workers.WARM
    yield
    workers.WARM = before


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make(tmp_path / "a b")


def make(root: Path) -> Path:
    tiny.make(root)
    shutil.copy(ROOT / "pyproject.toml", root)
    tiny.write(root / "course/course.toml", TOML)
    tiny.write(root / "tests/test_sums.py", SUMS)
    tiny.write(root / "tests/test_powers.py", POWERS)
    tiny.write(root / "course/g2c/roots/__init__.py", ROOTS)
    tiny.write(root / "course/mistakes/tiny.py", MISTAKES)
    for id, name in (("01", "sums"), ("02", "powers")):
        tiny.write(root / f"course/lessons/{id}-{name}.md", LESSON)
        notebook = NOTEBOOK.replace("01", id).replace(f"{id}-sums.md", f"{id}-{name}.md")
        tiny.write(root / f"course/notebooks/{id}-{name}.py", notebook)
    built = course_toml.course_data(root)
    built["modules"][1]["promise"] |= {"fresh_passed": 0, "fresh_failed": 2}
    tiny.write(root / "course/built/course.json", json.dumps(built))
    return root


def prove(root: Path, part, build: Built | None = None) -> Report:
    folder = root.parent / f"{part.__name__}-{len(list(root.parent.iterdir()))}"
    proof = Proof(courses.load(root), folder)
    if build:
        proof.build = build  # made once for all: it takes seconds
    return part(proof)


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
    for part in (counts, matrix, boundary):
        assert prove(root, part).complaints == [], part.__name__


def test_a_wrong_promise_is_named_with_its_line(root: Path):
    built = root / "course/built/course.json"
    change(built, '"passed": 1, "failed": 2', '"passed": 2, "failed": 1')
    first, second = prove(root, counts).complaints
    assert first.startswith("course/course.toml:10: module 01 promises 2 passed and 1 failed, but")
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
    fixture = (
        "import pytest\n\n\n@pytest.fixture(scope='module')\ndef two():\n    return add(1, 1)\n\n\n"
    )
    file = root / "tests/test_sums.py"
    file.write_text(
        fixture + file.read_text().replace("a_sum()", "a_sum(two)").replace("part()", "part(two)")
    )
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
    head = "# BEGIN MISTAKE powers.half third: thirds\n"
    wrong = f"{head}def half(a):\n    return a // 3\n# END MISTAKE\n"
    half = '\n\ndef half(a: int) -> int:\n    """Half of a."""\n    return a // 2\n'
    file = root / "course/g2c/powers/powers.py"
    file.write_text(file.read_text() + half)
    tiny.write(root / "course/mistakes/zzz.py", wrong)
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
    assert run.wrong == "the process died, in tests/test_sums.py::test_twice"


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


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> tuple[Path, Built]:
    """A checkout in which everything was built, for `built_root` to copy, and that build."""
    root = make(tmp_path_factory.mktemp("built") / "a b")
    ignore = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(ROOT / "noteboosh", root / "noteboosh", ignore=ignore)
    for file in ("noteboosh.sh", "constraints.txt"):
        shutil.copy(ROOT / file, root)
    made = build(root)
    for path, data in made.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root, made


@pytest.fixture
def built_root(fresh: tuple[Path, Built], tmp_path: Path) -> Path:
    shutil.copytree(fresh[0], tmp_path / "a b")
    return tmp_path / "a b"


@pytest.fixture
def made(fresh: tuple[Path, Built]) -> Built:
    return fresh[1]


def test_an_honest_build_has_no_complaints_also_where_somebody_worked(
    built_root: Path, made: Built
):
    assert prove(built_root, built, made).complaints == []
    tiny.type_in(built_root, "g2c/sums/sums.py", "sums.add", "return b + a  # mine")
    tiny.type_in(built_root, "g2c/sums/sums.py", "sums.double", "return add(a, a)")
    assert prove(built_root, built, made).complaints == []


def test_what_is_stale_missing_or_changed_is_named(built_root: Path, made: Built):
    change(built_root / "notebooks/clean/01-sums.ipynb", "How much is 2 + 3?", "How much is 2?")
    change(built_root / "lessons/02-powers.md", "1 passed", "3 passed")
    change(built_root / "g2c/powers/powers.py", "a times a", "a squared")
    (built_root / "g2c/roots/__init__.py").unlink()
    complaints = sorted(prove(built_root, built, made).complaints)
    assert [complaint.partition(" ")[0] for complaint in complaints] == [
        "g2c/powers/powers.py:9:",
        "g2c/roots/__init__.py:",
        "lessons/02-powers.md:5:",
        "notebooks/clean/01-sums.ipynb:27:",
    ]
    assert all("`./noteboosh.sh build`" in complaint for complaint in complaints)


def test_a_leaked_solution_is_named(built_root: Path, made: Built):
    text = Sources(built_root).regions["sums.add"].body
    body = "\n".join(line.removeprefix("    ") for line in text.rstrip().split("\n"))
    tiny.type_in(built_root, "g2c/sums/sums.py", "sums.add", body)
    complaint = only_complaint(prove(built_root, built, made))
    assert complaint.startswith("g2c/sums/sums.py:7: the fence of `sums.add` holds the reference's")


def test_a_loan_is_no_leak(built_root: Path, made: Built):
    file = built_root / "g2c/sums/sums.py"
    region = Sources(built_root).regions["sums.add"]
    loan = fences.Loan(("02",))
    file.write_text(fences.render(file.read_text(), {"sums.add": region.fill(loan)}))
    assert "borrowed for 02" in file.read_text()
    assert prove(built_root, built, made).complaints == []


def test_in_a_fresh_clone_every_fence_must_be_empty(built_root: Path, made: Built):
    tiny.type_in(built_root, "g2c/sums/sums.py", "sums.double", "return 2 * a")
    shutil.rmtree(built_root / ".git")
    scaffold.commit(built_root)
    complaint = only_complaint(prove(built_root, built, made))
    assert complaint == "g2c/sums/sums.py:14: the fence of `sums.double` holds a solution"
    state_dir(built_root).mkdir()  # from now on somebody has worked here
    assert prove(built_root, built, made).complaints == []


def test_a_solution_outside_its_fence_is_named(built_root: Path, made: Built):
    change(built_root / "g2c/sums/sums.py", 'raise NotImplementedError("sums.add")', "pass")
    change(built_root / "g2c/sums/sums.py", "# ---- end of your code ----", "# ----")
    complaint = only_complaint(prove(built_root, built, made))
    assert complaint.startswith("g2c/sums/sums.py") and "`sums.add`" in complaint


def test_the_commands_of_a_lesson_are_run_where_a_student_would(built_root: Path, made: Built):
    assert prove(built_root, lessons, made).complaints == []


def test_a_count_typed_in_a_lesson_or_a_command_that_fails_is_named(built_root: Path, made: Built):
    page = built_root / "course/lessons/01-sums.md"
    change(page, '{{ module.promise["passed"] }} passed', "2 passed and 1 of the tests failed")
    change(page, "./noteboosh.sh hint", "ls missing.txt\n./noteboosh.sh hint")
    first, second, third = prove(built_root, lessons, made).complaints
    assert first.startswith("course/lessons/01-sums.md:3: `2 passed` is typed by hand")
    assert second.startswith("course/lessons/01-sums.md:3: `1 of the tests failed` is typed")
    assert third.startswith("course/lessons/01-sums.md:6: `ls missing.txt` ends with ")


def test_a_page_beside_the_lessons_says_what_is_true(built_root: Path, made: Built):
    rows = "| 01 | [Sums](lessons/01-sums.md) | `g2c.sums` |\n"
    rows += "| 02 | [Powers](lessons/02-powers.md) | `g2c.powers` |\n"
    rows += "| 03 | Roots (draft) | `g2c.roots` |\n"
    readme = built_root / "README.md"
    readme.write_text(f"| | module | package |\n|---|---|---|\n{rows}", "utf-8")
    assert prove(built_root, lessons, made).complaints == []
    change(readme, "[Powers](lessons/02-powers.md)", "Powers (draft)")
    complaint = only_complaint(prove(built_root, lessons, made))
    assert complaint.startswith("README.md: the table of modules is not true: no row says `| 02 |")
    readme.write_text(rows + "\n`./noteboosh.sh frobnicate` or [no](docs/page.md)\n", "utf-8")
    command, link = sorted(prove(built_root, lessons, made).complaints)
    assert command.startswith("`README.md`, line 5: `./noteboosh.sh frobnicate`")
    assert link.startswith("`README.md`, line 5: the link `docs/page.md` leads nowhere")


def test_what_the_build_refuses_is_a_complaint_with_its_place(built_root: Path, capsys):
    change(built_root / "course/lessons/01-sums.md", "On a fresh clone", "On 1.5 fresh clones")
    assert selftest(courses.load(built_root), ["lessons"]) == 1
    assert "  ! `course/lessons/01-sums.md`, line 3: 1.5 is typed" in capsys.readouterr().out


def test_notebooks_that_fail_or_change_are_named(built_root: Path):
    """One cell prints another number at each run, the other fails where `add` is not written."""
    source = built_root / "course/notebooks/01-sums.py"
    lies = "import os\n\nprint(os.getpid())\n\n# %%\nassert add.__code__.co_nlocals == 3"
    change(source, "print(add(2, 3))", lies)
    change(built_root / "course/course.toml", 'needs = ["01"]', 'needs = ["01"]\ndraft = true')
    change(built_root / "course/built/course.json", '"draft": false', '"draft": 0')
    change(built_root / "course/built/course.json", '"draft": false', '"draft": true')
    for page in ("lessons/02-powers.md", "notebooks/02-powers.py"):
        (built_root / "course" / page).unlink()
    changed, *stopped = sorted(prove(built_root, notebooks).complaints)
    place = "course/notebooks/01-sums.py"
    path = "notebooks/solved/01-sums.ipynb"
    assert changed == f"{place}:18: `{path}` shows something else when run again"
    begin = f"{place}:25: this cell stopped `notebooks/clean/01-sums.ipynb`: AssertionError:"
    assert stopped == [f"{begin} (earlier modules complete)", f"{begin} (nothing written)"]


def test_a_cell_that_was_not_executed_is_a_complaint():
    cell = {"cell_type": "code", "execution_count": None, "outputs": []}
    assert wrong_in(cell) == ["was not executed"]
    trace = {"output_type": "stream", "text": ["Traceback (most recent call last):\n"]}
    assert wrong_in({**cell, "execution_count": 1, "outputs": [trace]}) == ["shows a traceback"]
    error = {"output_type": "error", "ename": "NameError"}
    assert wrong_in({**cell, "execution_count": 1, "outputs": [error]}) == ["ends in NameError"]


def test_selftest_prints_times_and_complaints_and_leaves_nothing_behind(root: Path, capsys):
    before = sorted(path for path in root.rglob("*"))
    assert selftest(courses.load(root), ["counts", "boundary"]) == 0
    change(root / "tests/test_sums.py", 'add.__name__ == "add"', "False")
    assert selftest(courses.load(root), ["counts"]) == 1
    text = capsys.readouterr().out
    assert "s of  90 s  true" in text and "not true: counts" in text
    assert "  ! course/course.toml:10: module 01 promises" in text
    assert sorted(path for path in root.rglob("*")) == before


def test_a_part_over_its_budget_is_a_complaint(root: Path, monkeypatch, capsys):
    monkeypatch.setenv("NOTEBOOSH_BUDGET", "0")
    assert selftest(courses.load(root), ["boundary"]) == 1
    assert "over its budget of 0 s" in capsys.readouterr().out
