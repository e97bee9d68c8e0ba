"""`watch` runs at every save and keeps the screen to what matters."""

import threading

import pytest
import tiny

from noteboosh import course as course_module
from noteboosh import watch
from noteboosh.workers import Job, Run, Test

TESTS = "tests/test_sums.py"


@pytest.fixture
def course(tmp_path):
    return course_module.load(tiny.make(tmp_path / "a b"))


def result(course, **outcomes):
    """A run of the module's tests; `todo` is a failure that waits for an exercise."""
    tests = []
    for name, outcome in outcomes.items():
        test = Test(f"{TESTS}::{name}", f"{TESTS}:7", "passed" if outcome == "passed" else "failed")
        if outcome == "todo":
            test.unwritten = "sums.add"
        elif outcome != "passed":
            test.error = outcome
        tests.append(test)
    return Run(Job(course.root, course.root, (TESTS,)), tests, code=1)


def shown(course, run, before=None):
    before = {test.id: test for test in before.tests} if before else {}
    return "\n".join(watch.screen(course, course.module("01"), run, before))


def test_the_first_screen_counts_and_names_the_next_exercise(course):
    text = shown(course, result(course, test_a="passed", test_b="todo"))
    assert "1 passed, 1 wait for code to be written" in text
    assert "sums.add" in text and "g2c/sums/sums.py:6" in text
    assert "turned" not in text


def test_only_what_changed_its_colour_is_listed(course):
    before = result(course, test_a="todo", test_b="passed", test_c="passed")
    now = result(course, test_a="passed", test_b="AssertionError('5 != 4')", test_c="passed")
    green, _, red = shown(course, now, before).partition("turned red")
    assert "turned green:\n    test_a" in green and "test_b" in red
    assert "test_c" not in green + red
    assert "AssertionError('5 != 4')" in red and f"{TESTS}:7" in red


def test_one_failure_is_shown_whole_and_the_others_by_name(course):
    text = shown(course, result(course, test_a="AssertionError('x')", test_b="ValueError('y')"))
    assert "AssertionError('x')" in text and "also failing:\n    test_b" in text
    assert "ValueError('y')" not in text
    assert "mend what `test_a` found" in text and "answer the questions" not in text


def test_a_diagnosis_is_shown(course):
    run = result(course, test_a="AssertionError('x')")
    run.diagnoses = ["`sums.add` behaves exactly like this: it adds twice"]
    assert "it adds twice" in shown(course, run)


def test_a_run_that_could_not_be_is_explained(course):
    run = result(course)
    run.wrong = "no end after 120 s, in test_a"
    assert "no end after 120 s, in test_a" in shown(course, run)


def test_every_save_is_one_run_and_other_files_are_none(course):
    seen, saves = [], watch.changes(course.root, ["g2c", TESTS])
    next(saves)  # the start

    def wait():
        next(saves)
        seen.append(True)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    tiny.write(course.root / "g2c/notes.txt", "no code")
    waiting.join(4 * watch.INTERVAL)
    assert not seen
    tiny.type_in(course.root, "g2c/sums/sums.py", "sums.add", "return a + b")
    waiting.join(10)
    assert seen


def test_a_test_file_that_appears_is_seen(course):
    saves = watch.changes(course.root, ["g2c", TESTS])
    next(saves)
    tiny.write(course.root / TESTS, "def test_a(): pass")
    waiting = threading.Thread(target=lambda: next(saves), daemon=True)
    waiting.start()
    waiting.join(10)
    assert not waiting.is_alive()
