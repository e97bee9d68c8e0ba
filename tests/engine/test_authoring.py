"""The build: what authors write becomes what students touch, or a message with its place."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from noteboosh import answers, fences, grading
from noteboosh.authoring import build, course_toml, evaluate, lesson, notebook, package, question
from noteboosh.authoring.evaluate import Code, Job
from noteboosh.authoring.problems import SourceProblem
from noteboosh.course import load
from noteboosh.errors import EnvironmentProblem, Problem

ENGINE = Path(build.__file__).parents[2]
VERBS = {"blame", "explain", "test", "borrow", "hint", "reset", "restore"}

TOML = """\
given = ["g2c.corpora"]

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
  hints = ["Which sign?", "It stands on a key of its own.", "a + b"]

[[module]]
id = "02"
title = "Powers"
question = "How much is it, times itself?"
package = "g2c.powers"
tests = "tests/test_powers.py"
slug = "powers"
needs = ["01"]
draft = true

  [[module.exercise]]
  id = "powers.square"
"""

SUMS = '''\
"""Yours to write: a sum."""


def add(a, b):
    """The sum."""
    # BEGIN SOLUTION sums.add
    return a + b
    # END SOLUTION
'''

POWERS = '''\
"""Yours to write: a square."""


def square(a):
    # BEGIN SOLUTION powers.square
    return a * a
    # END SOLUTION
'''

LESSON = """\
<!-- Authored: the page of module 01. -->
<!-- setup
import random
import numpy
import torch
from g2c.sums import add

numbers = torch.arange(4)
-->
# Sums of two numbers

Exactly {{ module.promise["passed"] }} test passes, `sums.add` is the exercise, and
the sum is {{ add(2, 3) }}. See [the notebook](../notebooks/clean/01-sums.ipynb),
[the tests](../tests/test_sums.py) and [below](#the-big-idea-add).

| what | how much |
|---|---|
| log | {{ f"{log(65):.2f}" }} |

## The big idea: `add`

```sh
./noteboosh.sh test 01
```

```sh not-run
./noteboosh.sh 01
```

```
{{ numbers.tolist() }} and {{ "{{" }}
{{ torch.get_num_threads() }} thread, {{ torch.are_deterministic_algorithms_enabled() }}
{{ torch.rand(1).item(), numpy.random.rand(), random.random(), hash("a") }}
```
"""

NOTEBOOK = """\
# The source of both notebooks of module 01.

# %% [markdown]
# # Sums
# Read [the lesson](../../lessons/01-sums.md) first.

# %% tags=["author"]
import torch
from noteboosh.authoring import question
from g2c.sums import add

# %%
# %load_ext noteboosh
from noteboosh import answer
from g2c.sums import add

# %%
add(1, 1)


# %%
add(1, 1)

# %% [markdown]
# **Question:** how much is it?

# %%
question(
    "01.1",
    kind="number",
    key=add(2, 3),
    rubric=["the sum"],
    hints=["Which sign?", "Plus.", "2 + 3"],
)

# %% [markdown]
# **Question:** and its shapes?

# %%
question(
    "01.2",
    kind="shape",
    key={"x": torch.zeros(2, 3).shape, "y": torch.zeros(4).shape},
    hints=["How many rows?", "And columns?", "(2, …)"],
)

# %% [markdown]
# **Question:** and why?

# %%
question(
    "01.3",
    kind="text",
    rubric=["it names counting"],
    hints=["Count.", "On fingers.", "One by one."],
    solution='Because \\\\ "counting" goes on.',
)
"""


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


def make(root: Path) -> Path:
    for path, text in {
        "course/course.toml": TOML,
        "course/g2c/__init__.py": '"""The package."""\n',
        "course/g2c/corpora.py": '"""Given, complete: words."""\n',
        "course/g2c/sums/__init__.py": "from g2c.sums.sums import add\n",
        "course/g2c/sums/sums.py": SUMS,
        "course/g2c/sums/words.json": '{"a": 1}',
        "course/g2c/powers/__init__.py": "",
        "course/g2c/powers/powers.py": POWERS,
        "course/lessons/01-sums.md": LESSON,
        "course/notebooks/01-sums.py": NOTEBOOK,
        "tests/test_sums.py": "",
    }.items():
        put(root, path, text)
    return root


@pytest.fixture
def root(tmp_path):
    return make(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build.build(make(tmp_path_factory.mktemp("built") / "a b"))


def change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    put(root, path, text.replace(old, new, 1))


def place(text: str, part: str) -> int:
    """The line on which `part` begins."""
    return text[: text.index(part)].count("\n") + 1


# ---- the package ---------------------------------------------------------------------------------


def test_every_region_of_the_package_is_built_blank(built):
    text = built.files["g2c/sums/sums.py"].decode()
    regions = fences.regions(text, "g2c/sums/sums.py")
    assert regions["sums.add"].blank and "a + b" not in text
    assert '"""Yours to write: a sum."""' in text
    compile(text, "sums.py", "exec")


def test_the_first_line_of_a_built_file_says_whether_there_is_something_to_write(built):
    def first(path):
        return built.files[path].decode().split("\n")[0]

    assert first("g2c/sums/sums.py") == (
        "# Built from course/g2c/sums/sums.py: write only between the fence lines."
    )
    assert first("g2c/powers/__init__.py").startswith(
        "# Given. Built from course/g2c/powers/__init__.py"
    )
    assert "course/lessons/01-sums.md" in first("lessons/01-sums.md")


def test_data_files_are_copied_byte_for_byte_and_litter_is_left_out(root):
    (root / "course/g2c/sums/merges.bin").write_bytes(b"\xff\r\n\x00")
    for litter in ("sums/__pycache__/sums.cpython-311.pyc", ".DS_Store", "sums/.sums.py.swp"):
        put(root, f"course/g2c/{litter}", "x")
    files = package.built_package(root)
    assert files["g2c/sums/merges.bin"] == b"\xff\r\n\x00"
    assert sorted(files) == sorted(
        f"g2c/{name}"
        for name in (
            "__init__.py", "corpora.py", "powers/__init__.py", "powers/powers.py",
            "sums/__init__.py", "sums/merges.bin", "sums/sums.py", "sums/words.json",
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    "marker", ["BEGIN SOLUTION add", "begin solution sums.add", "BEGIN-SOLUTION"]
)
def test_a_marker_that_is_misspelt_does_not_hand_out_the_solution(root, marker):
    change(root, "course/g2c/sums/sums.py", "BEGIN SOLUTION sums.add", marker)
    change(root, "course/g2c/sums/sums.py", "END SOLUTION", "end solution")
    with pytest.raises(SourceProblem, match="not read as a marker") as caught:
        package.built_package(root)
    assert (caught.value.path, caught.value.line) == ("course/g2c/sums/sums.py", 6)


def test_files_with_the_line_ends_of_windows_build_the_same_bytes(root, built):
    path = root / "course/g2c/sums/sums.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert package.built_package(root)["g2c/sums/sums.py"] == built.files["g2c/sums/sums.py"]


# ---- course.toml ---------------------------------------------------------------------------------


def test_the_built_course_is_what_the_engine_reads(built, tmp_path):
    put(tmp_path, "course/built/course.json", built.files["course/built/course.json"].decode())
    course = load(tmp_path)
    assert [m.id for m in course.modules] == ["01", "02"]
    assert course.given == ("g2c.corpora",)
    assert course.exercise("sums.add").file == "g2c/sums/sums.py"
    assert course.exercise("sums.add").hints[-1] == "a + b"
    assert course.by_id["01"].promise == {"passed": 1, "failed": 2}
    assert course.by_id["02"].draft and course.by_id["02"].needs == ("01",)


WRONG_COURSES = {
    "unknown key": ('title = "Sums"', 'titel = "Sums"', "titel", "did you mean `title`"),
    "missing key": ('title = "Sums"\n', "", "[[module]]", "no `title`"),
    "wrong type": ('needs = ["01"]', 'needs = "01"', "needs =", "must be a list"),
    "wrong entry": ('needs = ["01"]', "needs = [1]", "needs =", "only texts"),
    "later need": ('slug = "sums"', 'slug = "sums"\nneeds = ["02"]', 'needs = ["02"]', "earlier"),
    "unknown need": ('needs = ["01"]', 'needs = ["1"]', "needs =", "is no module"),
    "own need": ('needs = ["01"]', 'needs = ["02"]', "needs =", "earlier"),
    "module twice": ('id = "02"', 'id = "01"', 'id = "01"\ntitle = "Powers"', "second time"),
    "slug twice": ('slug = "powers"', 'slug = "sums"', 'slug = "sums"\nneeds', "second time"),
    "exercise twice": ('"powers.square"', '"sums.add"', 'id = "sums.add"\n', "second time"),
    "exercise elsewhere": ('"g2c.powers"', '"g2c.sums"', 'id = "powers.square"', "outside"),
    "no region": ('"powers.square"', '"powers.squares"', 'id = "powers.squares"', "did you mean"),
    "few hints": (', "a + b"]', "]", "hints =", "2 hints"),
    "no promise": ("promise = { passed = 1, failed = 2 }\n", "", "[[module]]", "promise = {"),
    "half a promise": ("passed = 1, ", "", "promise =", "promise = {"),
    "a count misspelt": (
        "passed = 1, failed",
        "passed = 1, fresh_pass = 0, failed",
        "promise =",
        "`fresh_failed` and `fresh_passed`",
    ),
    "no tests": ("test_sums.py", "test_sum.py", "tests =", "`tests/test_sum.py` is missing"),
    "no package": ('"g2c.corpora"', '"g2c.corpus"', "given =", "no package `g2c.corpus`"),
    "bad id": ('id = "02"', 'id = "two"', 'id = "two"', "is no id"),
    "bad slug": ('slug = "powers"', 'slug = "Powers of 2"', 'slug = "Pow', "is no slug"),
    "not TOML": ("draft = true", "draft = yes", "draft =", "not TOML"),
}


@pytest.mark.parametrize("name", WRONG_COURSES)
def test_what_is_wrong_in_course_toml_is_named_with_its_line(root, name):
    old, new, where, message = WRONG_COURSES[name]
    change(root, "course/course.toml", old, new)
    text = (root / "course/course.toml").read_text("utf-8")
    with pytest.raises(SourceProblem) as caught:
        course_toml.course_data(root)
    line = text[: text.rindex(where) if "twice" in name else text.index(where)].count("\n") + 1
    expected = f"`course/course.toml`, line {line}: "
    found = [one for one in str(caught.value).split("\n") if one.startswith(expected)]
    assert any(message in one for one in found), str(caught.value)


def test_a_promise_may_differ_where_all_is_blank(root):
    counts = "passed = 1, failed = 2, fresh_passed = 0, fresh_failed = 3"
    change(root, "course/course.toml", "passed = 1, failed = 2", counts)
    assert course_toml.course_data(root)["modules"][0]["promise"]["fresh_failed"] == 3


@pytest.mark.parametrize("path", ["lessons/01-sums.md", "notebooks/01-sums.py"])
def test_a_finished_module_needs_its_lesson_and_notebook(root, path):
    (root / "course" / path).unlink()
    with pytest.raises(SourceProblem, match=f"`course/{path}` is missing.*draft = true"):
        course_toml.course_data(root)


def test_a_region_that_no_module_lists_is_named_where_it_stands(root):
    change(root, "course/course.toml", '  [[module.exercise]]\n  id = "powers.square"\n', "")
    with pytest.raises(SourceProblem, match="lists `powers.square`") as caught:
        course_toml.course_data(root)
    assert (caught.value.path, caught.value.line) == ("course/g2c/powers/powers.py", 5)


def test_a_region_that_stands_in_two_files_is_named_with_both(root):
    put(root, "course/g2c/sums/twice.py", SUMS)
    with pytest.raises(SourceProblem, match="sums/sums.py`, line 6") as caught:
        course_toml.course_data(root)
    assert (caught.value.path, caught.value.line) == ("course/g2c/sums/twice.py", 6)


@pytest.mark.parametrize("path", ["lessons/01-sum.md", "notebooks/1-sums.py"])
def test_a_page_that_no_module_names_is_refused(root, path):
    put(root, f"course/{path}", "")
    with pytest.raises(SourceProblem, match=f"`course/{path}`.*rename the file"):
        course_toml.course_data(root)


def test_all_problems_are_reported_at_once(root):
    change(root, "course/course.toml", ', "a + b"]', "]")
    change(root, "course/course.toml", 'needs = ["01"]', 'needs = ["1"]')
    with pytest.raises(SourceProblem) as caught:
        course_toml.course_data(root)
    assert len(str(caught.value).split("\n")) == 2
    assert caught.value.path == "course/course.toml"


def test_a_draft_has_neither_lesson_nor_notebook_nor_questions(built):
    assert "g2c/powers/powers.py" in built.files
    assert not [p for p in built.files if "02" in p]


def test_a_course_of_drafts_builds_and_evaluates_nothing(root, monkeypatch):
    change(root, "course/course.toml", 'slug = "sums"', 'slug = "sums"\ndraft = true')
    monkeypatch.setattr(evaluate, "_run", lambda *_: pytest.fail("a process was started"))
    assert "course/built/01.questions.json" not in build.built_files(root)


def test_a_checkout_without_the_authored_sources_says_so(tmp_path):
    with pytest.raises(EnvironmentProblem, match="`course/course.toml` is missing"):
        build.built_files(tmp_path)


def test_a_source_in_another_encoding_is_named_with_its_line(root):
    (root / "course/g2c/sums/sums.py").write_bytes(b'"""a"""\n# caf\xe9\n')
    with pytest.raises(SourceProblem, match="not UTF-8") as caught:
        course_toml.course_data(root)
    assert (caught.value.path, caught.value.line) == ("course/g2c/sums/sums.py", 2)


# ---- lessons -------------------------------------------------------------------------------------


def test_expressions_of_a_lesson_are_replaced_by_their_values_on_the_reference(built):
    text = built.files["lessons/01-sums.md"].decode()
    assert "Exactly 1 test passes" in text and "the sum is 5." in text
    assert "| log | 4.17 |" in text and "[0, 1, 2, 3] and {{" in text
    assert "1 thread, True" in text


def test_a_built_lesson_holds_nothing_of_the_author(built):
    text = built.files["lessons/01-sums.md"].decode()
    assert "setup" not in text and "Authored" not in text and "not-run" not in text
    assert text.split("\n")[2] == "# Sums of two numbers"
    assert text.count("```sh\n") == 2


def test_the_blocks_to_run_are_those_marked_sh_alone():
    (block,) = lesson.runnable_blocks(LESSON)
    assert block.code == "./noteboosh.sh test 01\n"
    assert block.line == place(LESSON, "./noteboosh.sh test 01")


def read(text, head=""):
    return lesson.read_lesson(head + text, "course/lessons/01-sums.md")


@pytest.mark.parametrize(
    "text",
    [
        "The loss is 4.17 nats.",
        "| a | b |\n|---|---|\n| x | .5 |",
        "# Section 1.2",
        "- a\n- **3.0**",
        "{{ a }} or 1.5",
        "{{ a +\n b }} or 1.5",
    ],
)
def test_a_decimal_number_typed_in_prose_is_refused_with_its_line(text):
    head = "<!-- setup\nx = 1.5\n-->\n\nFirst\nsecond\n\n"
    with pytest.raises(SourceProblem, match="typed in prose.*compute it") as caught:
        read(text, head)
    (wrong,) = [n for n, line in enumerate(text.split("\n")) if "." in line.replace("nats.", "")]
    assert caught.value.line == 8 + wrong


@pytest.mark.parametrize(
    "text",
    [
        "`4.17`, and {{ 4.17 }}",
        "```text\n4.17\n```",
        "[equation 3.1](https://arxiv.org/abs/1706.03762)",
        "<https://arxiv.org/abs/1706.03762> https://arxiv.org/abs/1706.03762",
        "In 2017. Then 1,000 tokens; module 09b.",
        "<!-- 4.17 -->",
        "{{ [1.5,\n 2.5] }}",
    ],
)
def test_numbers_in_code_links_comments_and_expressions_are_left_alone(text):
    read(text)


@pytest.mark.parametrize(
    "expression, value",
    [
        ('{{ f"{log(2):.1f}" }}', "0.7"),
        ("{{ {1: {2: 3}} }}", "{1: {2: 3}}"),
        ("{{{1: {2: 3}}}}", "{1: {2: 3}}"),
        ('{{ "{{" }}', "{{"),
        ("{{ (1 +\n 2) }}", "3"),
    ],
)
def test_an_expression_ends_where_it_is_python(expression, value):
    from math import log

    page = read(f"a {expression} b")
    (code,) = page.expressions
    assert page.texts == ("a ", " b")
    assert str(eval(f"({code.text}\n)", {"log": log})) == value


@pytest.mark.parametrize("text", ["{{ 1 +", "{{ }}", "{{ 1 + }}", "{{ 1\n\n}}"])
def test_braces_that_hold_no_expression_are_refused(text):
    with pytest.raises(SourceProblem, match="is no expression") as caught:
        read(text, "one\n\n")
    assert caught.value.line == 3


@pytest.mark.parametrize("word", ["bash", "console", "shell"])
def test_a_shell_block_is_run_or_says_that_it_is_not(word):
    with pytest.raises(SourceProblem, match="`sh`, which is run, or `sh not-run`") as caught:
        read(f"a\n\n```{word}\nls\n```\n")
    assert caught.value.line == 3


def test_a_block_that_is_run_is_typed_out():
    with pytest.raises(SourceProblem, match="typed out") as caught:
        read("```sh\nls\nls {{ module.id }}\n```\n")
    assert caught.value.line == 3


def test_a_setup_below_the_title_is_refused_and_not_shown_to_students():
    with pytest.raises(SourceProblem, match="above the page's text") as caught:
        read("# Title\n\n<!-- setup\nx = 1\n-->\n")
    assert caught.value.line == 3


# ---- what a page claims --------------------------------------------------------------------------


@pytest.fixture
def claims(root):
    course = course_toml.course_of(root, course_toml.course_data(root))
    files = package.built_package(root) | {"lessons/01-sums.md": b"# A\n\n## A b, `c`!\n\n## A\n"}
    put(root, "lessons/00-gone.md", "# Gone\n")
    put(root, "docs/page.md", "# Title\n")
    put(root, "docs/page.txt", "# Title\n")
    put(root, "tests/test_sums.py", "def test_here():\n    pass\n")
    read_file = build.reader(root, files)
    checked = lesson.Claims(course, VERBS, read_file)
    return lambda text: list(checked.problems(text, "course/lessons/x.md", "lessons/x.md"))


@pytest.mark.parametrize(
    "text, message",
    [
        ("[a](../tests/test_gone.py)", "no `tests/test_gone.py`"),
        ("![a](plot.png)", "no `lessons/plot.png`"),
        ("[a](00-gone.md)", "no `lessons/00-gone.md`"),
        ("[a](../../else/where.md)", "leaves the repository"),
        ("[a](/etc/hosts)", "leaves the repository"),
        ("[a](01-sums.md#a-c)", "no heading"),
        ("[a](#nothing)", "no heading"),
        ("[a](../docs/page.txt#title)", "no heading"),
        ("[a][ref]\n\n[ref]: ../gone.md", "no `gone.md`"),
        ("`./noteboosh.sh burrow 01`", "no module `burrow`"),
        ("`./noteboosh.sh borrow 03`", "no module `03`"),
        ("`./noteboosh.sh --fresh 7`", "no module `7`"),
        ("`./noteboosh.sh hint sums.sub`", "Did you mean `sums.add`"),
        ("`./noteboosh.sh reset sums.sub`", "no exercise `sums.sub`"),
        ("```sh not-run\n./noteboosh.sh 03\n```", "no module `03`"),
        ("Write `sums.subtract`.", "write `g2c.sums.subtract`"),
        ("`./noteboosh.sh explain sums.sub`", "no exercise `sums.sub`"),
        ("`./noteboosh.sh blame 03`", "no module `03`"),
        ("`./noteboosh.sh blame test_gone`", "no test `test_gone`"),
        ("`./noteboosh.sh test 01 -k test_gone`", "no test `test_gone`"),
        ("Run `tests/test_sums.py::test_gone`.", "no test `tests/test_sums.py::test_gone`"),
        ("It is `test_gone`.", "no test `test_gone`"),
        ("Question `01.77`.", "no question `01.77`"),
    ],
)
def test_an_untrue_link_command_or_id_is_named_with_its_line(claims, text, message):
    (problem,) = claims(f"# Title\n\nA line\n{text}\n" if text[0] != "`" else f"\n\n\n{text}\n")
    assert message in str(problem)
    assert (problem.path, problem.line) == ("course/lessons/x.md", 4 + text.startswith("```"))


def test_true_links_commands_and_ids_pass(claims):
    text = """# My title

[a](01-sums.md) [b](01-sums.md#a-b-c) [c](01-sums.md#a-1) [d](#my-title) [e](../g2c/sums/)
[f](../docs/page.md#title) [g](https://a.b/c#d) [h](mailto:a@b.c) [i](../g2c/sums/sums.py)

`./noteboosh.sh`, `./noteboosh.sh --fresh 1 --no-launch`, `./noteboosh.sh test 01 -k add`,
`./noteboosh.sh hint sums.add`, `./noteboosh.sh borrow ID`, `./noteboosh.sh reset ID|EXERCISE`,
`./noteboosh.sh blame TEST`, `./noteboosh.sh blame 01`, `./noteboosh.sh explain sums.add`, `0.5`,
`./noteboosh.sh blame test_here`, `tests/test_sums.py::test_here`, `test_here`, `test_sums.py`,
`./noteboosh.sh restore g2c/sums/sums.py`, `sums.add`, `sums.py`, `torch.log`, `g2c.sums.other`

```sh
./noteboosh.sh --help && ./noteboosh.sh 01  # opens it
```
"""
    assert claims(text) == []


def test_a_broken_link_in_a_lesson_or_notebook_stops_the_build(root, monkeypatch):
    def values(_, jobs):
        return [["1"] * len(job.wanted) if job.path.endswith(".md") else [] for job in jobs]

    monkeypatch.setattr(build, "evaluate", values)
    change(root, "course/lessons/01-sums.md", "../tests/test_sums.py", "../tests/gone.py")
    change(root, "course/notebooks/01-sums.py", "# # Sums", "# # Sums\n# `sums.gone`")
    with pytest.raises(SourceProblem) as caught:
        build.built_files(root)
    page, source = str(caught.value).split("\n")
    assert f"01-sums.md`, line {place(LESSON, '[the tests]')}: the link `../tests/gone.py`" in page
    assert "notebooks/01-sums.py`, line 5: There is no exercise `sums.gone`" in source


# ---- notebooks -----------------------------------------------------------------------------------


def cells(data: bytes):
    return nbformat.reads(data.decode(), as_version=4).cells


def test_the_clean_notebook_asks_without_a_trace_of_the_author(built):
    data = built.files["notebooks/clean/01-sums.ipynb"]
    nbformat.validate(json.loads(data))
    assert b"question(" not in data and b"rubric" not in data and b"jupytext" not in data
    sources = [cell.source for cell in cells(data)]
    assert sources[0].startswith("# Sums\nRead [the lesson](../../lessons/01-sums.md)")
    assert sources[1].startswith("%load_ext noteboosh\nfrom noteboosh import answer\n")
    assert sources[5] == '# Answer:\nanswer("01.1", r"""\n""")'
    assert all(c.outputs == [] and c.execution_count is None for c in cells(data) if "outputs" in c)
    assert all(cell.metadata == {} for cell in cells(data))


def test_the_metadata_of_a_notebook_is_small_and_names_the_kernel(built):
    metadata = json.loads(built.files["notebooks/clean/01-sums.ipynb"])["metadata"]
    assert metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
        "noteboosh": {"built_from": "course/notebooks/01-sums.py", "module": "01"},
    }


def test_the_solved_notebook_differs_only_by_its_answers_and_each_is_graded_correct(
    built, tmp_path
):
    clean = cells(built.files["notebooks/clean/01-sums.ipynb"])
    solved = built.solved["notebooks/solved/01-sums.ipynb"]
    assert [c.id for c in clean] == [c.id for c in cells(solved)]
    changed = [a.source for a, b in zip(cells(solved), clean, strict=True) if a != b]
    assert len(changed) == 3 and changed[0] == '# Answer:\nanswer("01.1", r"""\n5\n""")'
    put(
        tmp_path,
        "course/built/01.questions.json",
        built.files["course/built/01.questions.json"].decode(),
    )
    questions = answers.load_questions(tmp_path, "01")
    given = answers.notebooks.read_answers(solved)
    verdicts = [grading.grade(questions[id], text).label for id, text in given.items()]
    assert verdicts == ["correct", "correct", "recorded"]
    assert given["01.3"].strip() == 'Because \\ "counting" goes on.'


def test_the_key_in_the_data_file_is_encoded(built):
    data = json.loads(built.files["course/built/01.questions.json"])
    assert list(data) == ["01.1", "01.2", "01.3"]
    assert data["01.2"]["key"] == answers.encode_key({"x": [2, 3], "y": [4]})
    assert "key" not in data["01.3"] and data["01.3"]["rubric"] == ["it names counting"]


def source(text):
    from noteboosh.course import Module

    module = Module(
        "01", "Sums", "g2c.sums", "tests/test_sums.py", "sums", (), False,
        {"passed": 1, "failed": 2}, (),
    )  # fmt: skip
    return notebook.read_source(text, "course/notebooks/01-sums.py", module)


def ids(text):
    return [cell.id for cell in cells(notebook.clean_notebook(source(text)))]


def test_ids_of_cells_are_distinct_and_stay_when_another_cell_is_inserted():
    before = ids(NOTEBOOK)
    after = ids(NOTEBOOK.replace("# %%\nadd(1, 1)", "# %%\nadd(3, 3)\n\n# %%\nadd(1, 1)", 1))
    assert len(set(before)) == len(before)
    assert [id for id in after if id in before] == before and len(after) == len(before) + 1


def test_tags_other_than_the_authors_stay_on_the_cell():
    text = NOTEBOOK.replace("# %%\nadd(1, 1)", '# %% tags=["nbval-skip"]\nadd(1, 1)', 1)
    tagged = [c.metadata for c in cells(notebook.clean_notebook(source(text))) if c.metadata]
    assert tagged == [{"tags": ["nbval-skip"]}]


QUESTION = NOTEBOOK[
    NOTEBOOK.index("# %%\nquestion(") : NOTEBOOK.index("# %% [markdown]\n# **Question:** and its")
]
WRONG_NOTEBOOKS = {
    "long cell": ("add(1, 1)\n", "add(1, 1)\n" * 16, "add(1, 1)", "has 16 lines.*15"),
    "no lesson": ("01-sums.md", "01-sum.md", "# # Sums", "links to the lesson"),
    "no extension": ("# %load_ext noteboosh\n", "", "from noteboosh import answer", "load_ext"),
    "not announced": ("# **Question:** how", "# How", 'question(\n    "01.1"', "above a question"),
    "not asked": (QUESTION, "", "# **Question:** how", "below `..Question"),
    "not alone": ('question(\n    "01.1"', 'x = question(\n    "01.1"', "x = question", "alone"),
    "other module": ('"01.2"', '"02.2"', 'question(\n    "02.2"', "the module's id"),
    "twice": ('"01.2"', '"01.1"', 'question(\n    "01.1",\n    kind="shape"', "a second time"),
    "not Python": ("add(1, 1)\n", "x = 1\nadd(1, 1\n", "add(1, 1\n", "not Python"),
    "empty": ("add(1, 1)\n", "\n", "# %%\n\n\n\n\n# %%\nadd", "is empty"),
    "code above": ("# The source", "import torch\n# The source", "import torch", "only comments"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_NOTEBOOKS)
def test_what_is_wrong_in_the_source_of_a_notebook_is_named_with_its_line(name):
    old, new, where, message = WRONG_NOTEBOOKS[name]
    assert old in NOTEBOOK
    text = NOTEBOOK.replace(old, new, 1)
    with pytest.raises(SourceProblem, match=message) as caught:
        source(text)
    assert caught.value.path == "course/notebooks/01-sums.py"
    if name != "empty":
        assert caught.value.line == place(text, where)


def test_a_cell_of_fifteen_lines_is_allowed():
    source(NOTEBOOK.replace("add(1, 1)\n", "add(1, 1)\n" * 15, 1))


# ---- questions -----------------------------------------------------------------------------------

LADDER = ["a", "b", "c"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"kind": "essay"}, "write one of number, shape"),
        ({"kind": "number", "key": 1, "hints": ["a", "b"]}, "2 hints"),
        ({"kind": "number", "key": 1, "rubric": "one"}, "`rubric` must be a list"),
        ({"kind": "number"}, "needs a `key`"),
        ({"kind": "number", "key": [1]}, "is one number"),
        ({"kind": "number", "key": float("nan")}, "only finite numbers"),
        ({"kind": "number", "key": object()}, "holds a object"),
        ({"kind": "number", "key": 1, "options": {"a": "x"}}, "belong to kind 'choice'"),
        ({"kind": "number", "key": 1, "accept": ["1"]}, "belongs to kind 'code'"),
        ({"kind": "number", "key": 1.5, "tolerance": 1e-9}, "keep 6 digits"),
        ({"kind": "number", "key": 1.5, "tolerance": 5}, "is relative"),
        ({"kind": "number", "key": {"not a name": 1}}, "is no name"),
        ({"kind": "number", "key": 32, "solution": "31"}, "is graded needs revision"),
        ({"kind": "shape", "key": 3}, "is a list"),
        ({"kind": "shape", "key": (3,), "tolerance": 0.1}, "'number' and 'list'"),
        ({"kind": "choice", "key": "a"}, "belong to kind 'choice'"),
        ({"kind": "choice", "key": "c", "options": {"a": "x", "b": "y"}}, "none of its options"),
        ({"kind": "code", "key": "x +", "solution": "x +"}, "`x \\+` is not Python"),
        ({"kind": "code", "key": "x.T"}, "needs a `solution`"),
        ({"kind": "text", "rubric": ["x"]}, "needs a `solution`"),
        ({"kind": "text", "solution": "x"}, "needs a `rubric`"),
        ({"kind": "text", "key": 1, "rubric": ["x"], "solution": "x"}, "has no `key`"),
    ],
)
def test_a_question_that_cannot_be_asked_or_graded_is_refused(arguments, message):
    with pytest.raises(Problem, match=f"^01.1: .*{message}"):
        question("01.1", **{"hints": LADDER, **arguments})


class Tensor:
    """Has what torch's and numpy's values have."""

    def tolist(self):
        return [[0.1 + 0.2, 1], [2, 3]]


@pytest.mark.parametrize(
    "kind, key, plain, solution",
    [
        ("number", 32, 32, "32"),
        ("number", 1 / 3, 0.333333, "0.333333"),
        ("number", 12345678.0, 12345678.0, "12345678.0"),
        ("number", "B * T", "B * T", "B * T"),
        ("shape", (4, 8), [4, 8], "(4, 8)"),
        ("shape", (4,), [4], "(4,)"),
        ("shape", ("B", "T"), ["B", "T"], "(B, T)"),
        ("list", range(3), [0, 1, 2], "[0, 1, 2]"),
        ("list", Tensor(), [[0.3, 1], [2, 3]], "[[0.3, 1], [2, 3]]"),
        ("number", {"x": 1, "y": 2.5}, {"x": 1, "y": 2.5}, "x = 1\ny = 2.5"),
    ],
)
def test_a_key_becomes_plain_data_and_is_written_out_as_the_solution(kind, key, plain, solution):
    asked = question("01.1", kind=kind, key=key, hints=LADDER)
    assert (asked.key, asked.solution) == (plain, solution)


# ---- evaluation ----------------------------------------------------------------------------------


def test_everything_that_fails_is_reported_with_its_line_and_the_rest_is_still_evaluated(root):
    # What fails here needs no torch, and importing it would be most of this test's time.
    nothing = "set_num_threads = use_deterministic_algorithms = manual_seed = lambda _: None\n"
    put(root, "course/torch.py", nothing)
    page = Job(
        "course/lessons/01-sums.md",
        "01",
        (Code(2, "import sys\nprint('noise')\n"),),
        (Code(7, " 1 / 0 "), Code(8, "'fine'"), Code(9, "sys.exit(3)"), Code(10, "\n nothing")),
    )
    broken = Job("course/lessons/01-sums.md", "01", (Code(20, "x = 1\n\nx.y\n"),), (Code(30, "x"),))
    source = Job(
        "course/notebooks/01-sums.py",
        "01",
        (Code(3, "from noteboosh.authoring import question\n"),),
        (
            Code(40, 'question(\n"01.1",\nkind="number",\nhnts=[])'),
            Code(50, 'question("01.2", kind="x")'),
        ),
    )
    with pytest.raises(SourceProblem) as caught:
        evaluate.evaluate(root, [page, broken, source])
    lines = str(caught.value).split("\n")
    for line, (path, number, message) in zip(
        lines,
        [
            ("lessons/01-sums.md", 7, "ZeroDivisionError: division by zero"),
            ("lessons/01-sums.md", 9, "SystemExit: 3"),
            ("lessons/01-sums.md", 11, "NameError: name 'nothing' is not defined"),
            ("lessons/01-sums.md", 22, "AttributeError"),
            ("notebooks/01-sums.py", 40, "unexpected keyword argument 'hnts'"),
            ("notebooks/01-sums.py", 50, "01.2: `kind` is 'x'"),
        ],
        strict=True,
    ):
        assert line.startswith(f"`course/{path}`, line {number}: ") and message in line


def test_a_process_that_breaks_off_is_reported_with_what_it_said(root):
    put(root, "course/g2c/__init__.py", "raise RuntimeError('broken package')\n")
    with pytest.raises(Problem, match="(?s)broke off.*broken package"):
        evaluate.evaluate(root, [Job("a.md", "01", (), (Code(1, "1"),))])


def test_another_package_than_the_reference_is_noticed(root, monkeypatch):
    wrong = {"package": str(root / "g2c/__init__.py"), "jobs": [[["5"], []]]}
    monkeypatch.setattr(evaluate, "_run", lambda *_: wrong)
    with pytest.raises(Problem, match="not on `course/g2c`"):
        evaluate.evaluate(root, [Job("a.md", "01", (), (Code(1, "1"),))])


# ---- the whole -----------------------------------------------------------------------------------

PRINT = """
import hashlib, sys
from pathlib import Path
from noteboosh.authoring.build import build
built = build(Path(sys.argv[1]))
for path, data in {**built.files, **built.solved}.items():
    print(path, hashlib.sha256(data).hexdigest())
"""


def test_another_process_locale_folder_and_hash_seed_build_the_same_bytes_and_write_none(
    root, built
):
    put(root, "g2c/__init__.py", "raise RuntimeError('the wrong package')\n")
    strange = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONUTF8": "0"}
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    run = subprocess.run(
        [sys.executable, "-c", PRINT, str(root)],
        cwd=root,  # holds a g2c of its own
        env={**inherited, **strange, "PYTHONPATH": f"{ENGINE}{os.pathsep}{root}"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    files = {**built.files, **built.solved}
    expected = [f"{path} {hashlib.sha256(data).hexdigest()}" for path, data in files.items()]
    assert run.stdout.splitlines() == expected
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert after == before, "the build itself changes no file and leaves none behind"


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git here")
def test_stale_files_are_the_committed_ones_that_the_build_no_longer_makes(root):
    for path in ("g2c/old.py", "lessons/00-old.md", "g2c/mine.py", "docs/a.md", "g2c/new.py"):
        put(root, path, "x")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    for words in (["init", "-q"], ["add", "g2c/old.py", "g2c/new.py", "lessons", "docs"]):
        subprocess.run(["git", *words], cwd=root, env=environment, check=True)
    assert build.stale_files(root, {"g2c/new.py": b""}) == ["g2c/old.py", "lessons/00-old.md"]


def test_without_the_authors_packages_the_build_says_how_to_add_them():
    code = (
        "import sys; sys.modules['jupytext'] = None\n"
        "from noteboosh.errors import EnvironmentProblem\n"
        "try:\n    import noteboosh.authoring.build\n"
        "except EnvironmentProblem as error:\n    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ENGINE, capture_output=True, text=True)
    assert "`jupytext`" in run.stdout and "[authors]" in run.stdout
