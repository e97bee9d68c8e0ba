"""The pytest plugin: the package under test, TODO lines, and a start that stays quick.

Every test runs the real `pytest` in a process of its own, on a tiny course without torch.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

ROOT = Path(__file__).resolve().parents[2]

SUMS = """
import pytest
from g2c.sums.sums import add, double

@pytest.fixture
def three():
    return add(1, 2)

def test_a_sum(): assert add(2, 3) == 5
def test_a_sum_is_symmetric(): assert add(2, 3) == add(3, 2)
def test_twice(): assert double(4) == 8
def test_the_fixture(three): assert three == 3
def test_the_given_part(): assert True
"""
POWERS = """
from g2c.powers.powers import Power
from g2c.sums.sums import add

def test_a_square(): assert Power().square(3) == 9
def test_a_sum_for_squares(): assert add(4, 5) == 9
"""
ODD = """
def test_an_unknown_id(): raise NotImplementedError("sums.minus")
def test_a_list(): raise NotImplementedError(["sums.add"])
def test_two_arguments(): raise NotImplementedError("sums.add", 2)
def test_another_error(): raise ValueError("sums.add")
def test_a_subclass():
    class Mine(NotImplementedError): pass
    raise Mine("sums.add")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a blank in its name, and pytest configured as the project's own."""
    root = tiny.make(tmp_path / "a b")
    shutil.copy(ROOT / "pyproject.toml", root)
    tiny.write(root / "tests/test_sums.py", SUMS)
    tiny.write(root / "tests/test_powers.py", POWERS)
    return root


def run(root: Path, *words: str, cwd: str = ".", **env: str) -> tuple[int, str]:
    """Plain pytest, as a student runs it: exit code and all that it printed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COLUMNS", "CI"))}
    clean |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **env}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("pytest")), "-p", "no:cacheprovider", *words],
        cwd=root / cwd, env=clean, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_counts_stay_those_of_pytest(root: Path):
    code, text = run(root, "tests/test_sums.py")
    assert code == 1
    assert "3 failed, 1 passed, 1 error in" in text


def test_each_exercise_gets_one_line_with_its_place_and_the_number_of_tests(root: Path):
    _, text = run(root, "tests/test_sums.py")
    assert "TODO: not written yet" in text
    lines = text.splitlines()
    assert "sums.add  g2c/sums/sums.py:6  3 tests wait for it" in lines
    assert "sums.double  g2c/sums/sums.py:13  1 test waits for it" in lines
    assert (root / "g2c/sums/sums.py").read_text().splitlines()[5].strip().startswith("# ---- your")


def test_an_unwritten_exercise_is_in_no_section_of_failures(root: Path):
    for style in ("auto", "short", "long", "line", "native", "no"):
        _, text = run(root, "tests/test_sums.py", f"--tb={style}")
        assert "= FAILURES =" not in text and "= ERRORS =" not in text
        assert "sums.add  g2c/sums/sums.py:6  3 tests wait for it" in text


def test_a_real_failure_beside_it_is_shown_as_ever(root: Path):
    wrong = SUMS.replace("assert True", "assert 1 == 2")
    tiny.write(root / "tests/test_sums.py", wrong)
    for style in ("auto", "native"):
        _, text = run(root, "tests/test_sums.py", f"--tb={style}")
        failures = text.partition("= FAILURES =")[2].partition("= TODO")[0]
        assert "test_the_given_part" in failures and "1 == 2" in failures
        assert "sums.add" not in failures
    assert "4 failed, 1 error in" in text


def test_every_failing_test_keeps_a_line_that_names_the_exercise(root: Path):
    _, text = run(root, COLUMNS="80")
    short = text.partition("short test summary info")[2]
    for exercise, test in [
        ("powers.square", "tests/test_powers.py::test_a_square"),
        ("sums.add", "tests/test_powers.py::test_a_sum_for_squares"),
        ("sums.add", "tests/test_sums.py::test_a_sum_is_symmetric"),
        ("sums.add", "tests/test_sums.py::test_the_fixture"),
        ("sums.double", "tests/test_sums.py::test_twice"),
    ]:
        assert f"TODO {exercise} in {test}" in short


def test_no_line_repeats_the_error_where_pytest_does_not_cut_its_messages(root: Path):
    for words, env in (([], {"CI": "true"}), (["-vv"], {})):
        for style in ("auto", "short", "native", "no"):
            _, text = run(root, f"--tb={style}", *words, **env)
            assert "TODO sums.double in tests/test_sums.py::test_twice" in text
            assert "NotImplementedError" not in text


def test_an_exercise_of_another_module_names_the_borrow_that_helps(root: Path):
    _, text = run(root, "tests/test_powers.py")
    line = next(line for line in text.splitlines() if line.startswith("sums.add"))
    assert "module 01" in line and "`./noteboosh.sh borrow 01`" in line
    own = next(line for line in text.splitlines() if line.startswith("powers.square"))
    assert "borrow" not in own


def test_verbose_shows_the_word(root: Path):
    _, text = run(root, "-v", "tests/test_sums.py")
    assert re.search(r"^tests/test_sums.py::test_twice TODO +\[", text, re.M)
    assert re.search(r"^tests/test_sums.py::test_the_fixture TODO +\[", text, re.M)


def test_it_works_with_the_usual_options(root: Path):
    code, text = run(root, "-x", "tests/test_sums.py")
    assert code == 1 and "sums.add  g2c/sums/sums.py:6  1 test waits for it" in text
    code, text = run(root, "-q", "-rN", "tests/test_sums.py")
    assert code == 1 and "3 tests wait for it" in text and "short test summary" not in text


def test_only_a_known_id_as_the_only_argument_means_unwritten(root: Path):
    tiny.write(root / "tests/test_odd.py", ODD)
    _, text = run(root, "tests/test_odd.py")
    assert "5 failed in" in text and "FFFFF" in text
    assert "TODO" not in text


def test_a_written_exercise_passes_and_is_named_no_more(root: Path):
    tiny.type_in(root, "g2c/sums/sums.py", "sums.add", "return a + b")
    _, text = run(root, "tests/test_sums.py")
    assert "1 failed, 4 passed" in text
    assert "sums.add" not in text and "sums.double  g2c" in text


def test_a_damaged_fence_costs_the_line_number_only(root: Path):
    file = root / "g2c/sums/sums.py"
    file.write_text(file.read_text().replace("# ---- end of your code ----", ""))
    _, text = run(root, "tests/test_sums.py")
    assert "sums.add  g2c/sums/sums.py  3 tests wait for it" in text


@pytest.mark.parametrize("data", [None, "{", "[]", '{"modules": [{}], "given": []}'])
def test_without_the_data_of_the_course_it_is_plain_pytest(root: Path, data: str | None):
    file = root / "course/built/course.json"
    file.unlink() if data is None else file.write_text(data)
    code, text = run(root, "tests/test_sums.py")
    assert code == 1 and "3 failed, 1 passed, 1 error in" in text
    assert "no TODO lines" in text and "= FAILURES =" in text


@pytest.mark.parametrize("cwd", [".", "tests", "g2c/sums"])
def test_it_runs_from_anywhere_in_the_checkout(root: Path, cwd: str):
    _, text = run(root, str(root / "tests/test_sums.py"), cwd=cwd)
    assert f"your code in `{root / 'g2c'}`" in text
    place = os.path.relpath(root / "g2c/sums/sums.py", root / cwd)
    assert f"sums.add  {place}:6  3 tests" in text


def test_without_arguments_it_runs_the_student_tests_alone(root: Path):
    tiny.write(root / "tests/engine/test_engine.py", "def test_of_the_engine(): assert False")
    _, text = run(root)
    assert "collected 7 items" in text


def test_the_reference_is_tested_on_request(root: Path):
    code, text = run(root, "--reference")
    assert code == 0 and "7 passed" in text
    assert f"the reference in `{root / 'course/g2c'}`" in text


def test_a_checkout_without_solutions_says_so(root: Path):
    shutil.rmtree(root / "course/g2c")
    code, text = run(root, "--reference")
    assert code == 4 and "`--reference` needs the solutions in `course/g2c`" in text
    assert "Traceback" not in text


def test_another_package_is_tested_by_its_folder(root: Path):
    other = shutil.copytree(root / "course/g2c", root / "else where/g2c").parent
    code, text = run(root, "--package", str(other))
    assert code == 0 and f"g2c under test: `{other / 'g2c'}`" in text


def test_a_package_that_is_not_there_is_one_message(root: Path):
    code, text = run(root, "--package", str(root / "nowhere"))
    assert code == 4 and f"There is no `{root}/nowhere/g2c/__init__.py`" in text
    assert "Traceback" not in text


def test_pythonpath_does_not_change_the_package_under_test(root: Path):
    _, text = run(root, PYTHONPATH=f"{root / 'course'}{os.pathsep}{ROOT}")
    assert "5 failed, 1 passed, 1 error in" in text  # as without it: not the reference


def test_the_wrong_package_stops_the_run_and_names_both(root: Path):
    (root / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(root / 'course')!r})\nimport g2c\n"
    )
    code, text = run(root, "tests/test_sums.py")
    assert code == 4 and "passed" not in text
    assert f"`{root}/course/g2c/__init__.py` was imported" in text
    assert f"`{root}/g2c/__init__.py` is wanted" in text


def test_an_interrupted_change_is_finished_first(root: Path):
    from noteboosh import transaction

    def die(step: str) -> None:
        if step == "journal":
            raise KeyboardInterrupt

    transaction.checkpoint, old = die, transaction.checkpoint
    try:
        with pytest.raises(KeyboardInterrupt), transaction.transaction(root, "half") as change:
            change.write("g2c/sums/sums.py", (root / "course/g2c/sums/sums.py").read_bytes())
    finally:
        transaction.checkpoint = old
    assert "raise NotImplementedError" in (root / "g2c/sums/sums.py").read_text()
    _, text = run(root, "tests/test_sums.py")
    assert "5 passed" in text


def test_a_plain_run_loads_no_plugin_it_does_not_need(root: Path):
    _, text = run(root, "--trace-config", "--collect-only")
    loaded = text.partition("active plugins")[2]
    assert "noteboosh.pytest_plugin" in loaded  # so this is where the others would show
    for name in ("nbval", "xdist", "anyio", "hypothesis", "platformdirs"):
        assert name not in loaded


def test_the_plugin_itself_imports_neither_torch_nor_rich():
    code = "import sys, noteboosh.pytest_plugin as p; print({'torch', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
