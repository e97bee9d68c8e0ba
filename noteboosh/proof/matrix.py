"""The unlock matrix: which exercise unlocks which test, proved in both directions.

One instrumented run records which exercises a test enters. Then, instead of running all tests
once for every exercise:
- each test passes where everything it does not enter is blank, all of it at once: so no exercise
  outside its row can make it fail;
- with any single exercise blank, each test that enters it fails with exactly that exercise.
Every test thus runs three times, and once, briefly, for each exercise it enters.
"""

from __future__ import annotations

from noteboosh.course import Course
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.variants import blank
from noteboosh.workers import Test


def matrix(proof: Proof) -> Report:
    report = Report()
    files = [file for file in proof.test_files if file not in proof.draft_files]
    for run in proof.run([proof.job(proof.root / "course", [file]) for file in files], report):
        for test in (test for test in run.tests if test.failed):
            report.complain(test.place, f"`{test.id}` fails on the reference: {test.error}")
    traced = proof.trace(report)
    tests = {id: test for id, test in traced.items() if test.file in files}
    _nothing_else_fails(proof, report, tests)
    _all_that_enter_fail(proof, report, tests)
    _rows_belong(proof, report, tests)
    pairs = sum(len(test.entered) for test in tests.values())
    report.say(f"{len(tests)} tests, {len(proof.course.exercises)} exercises, {pairs} pairs")
    return report


def _nothing_else_fails(proof: Proof, report: Report, tests: dict[str, Test]) -> None:
    failing = _with_the_rest_blank(proof, report, list(tests.values()), "rest")
    # A value kept from an earlier test (a cache) hides what a test enters: trace it alone.
    whole = proof.folder / "instrumented"
    alone = proof.run([proof.job(whole, [id]) for id in failing], report)
    for test in (test for run in alone for test in run.tests if test.id in tests):
        tests[test.id].entered = tuple(sorted({*tests[test.id].entered, *test.entered}))
    for test in _with_the_rest_blank(
        proof, report, [tests[id] for id in failing], "again"
    ).values():
        report.complain(
            test.place,
            f"`{test.id}` fails ({test.error}) where every exercise that it does not enter is "
            "blank: it depends on one of them in a way that is not a call",
        )


def _with_the_rest_blank(
    proof: Proof, report: Report, tests: list[Test], name: str
) -> dict[str, Test]:
    """The tests that fail where all that they do not enter is blank, by id."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for test in tests:
        groups.setdefault(test.entered, []).append(test.id)
    jobs = []
    for number, (entered, ids) in enumerate(groups.items()):
        rest = [id for id in proof.course.exercises if id not in entered]
        jobs.append(proof.job(proof.variant(f"{name}-{number}", blank(rest)), ids))
    return {t.id: t for run in proof.run(jobs, report) for t in run.tests if t.failed}


def _all_that_enter_fail(proof: Proof, report: Report, tests: dict[str, Test]) -> None:
    waiting: dict[str, list[str]] = {}
    for test in tests.values():
        for id in test.entered:
            waiting.setdefault(id, []).append(test.id)
    jobs = [proof.job(proof.variant(f"no-{id}", blank([id])), waiting[id]) for id in waiting]
    for id, run in zip(waiting, proof.run(jobs, report), strict=True):
        for test in run.tests:
            if test.unwritten != id:
                shown = f"fails with `{test.error}`" if test.failed else f"is {test.outcome}"
                report.complain(
                    test.place,
                    f"`{test.id}` enters `{id}`, but with that exercise blank it {shown}: it must "
                    "fail with its NotImplementedError and nothing else",
                )


def _rows_belong(proof: Proof, report: Report, tests: dict[str, Test]) -> None:
    """Tests enter their own module and what it needs; every exercise is entered by its own."""
    course, reached = proof.course, set()
    for test in tests.values():
        allowed = _allowed(course, test.file)
        for id in test.entered:
            module = course.exercises[id].module
            if course.by_id[module].tests == test.file:
                reached.add(id)
            if id not in allowed:
                report.complain(
                    test.place,
                    f"`{test.id}` waits for `{id}` of module {module}, which it does not belong "
                    "to: add that module to `needs`, or test it there",
                )
    for exercise in (e for module in proof.finished for e in module.exercises):
        if exercise.id not in reached:
            place = f"course/{exercise.file}:{proof.sources.regions[exercise.id].line}"
            tests_file = course.by_id[exercise.module].tests
            report.complain(place, f"no test in `{tests_file}` enters `{exercise.id}`")


def _allowed(course: Course, file: str) -> set[str]:
    """The exercises that the tests of this file may wait for."""
    module = course.module_of_tests(file)
    modules = [module, *course.needs(module)] if module else []
    return {exercise.id for m in modules for exercise in m.exercises}
