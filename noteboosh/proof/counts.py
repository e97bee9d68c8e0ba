"""What a test file shows before anything is written: exactly what the module promises."""

from __future__ import annotations

from noteboosh.course import Module
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.variants import blank
from noteboosh.workers import Run


def counts(proof: Proof) -> Report:
    """Each finished module twice: with all earlier modules complete, and with nothing written.

    `promise` holds for both, unless it names `fresh_passed` and `fresh_failed` for the second.
    """
    report, course = Report(), proof.course
    bare = proof.variant("blank", blank(course.exercises))
    jobs = []
    for module in proof.finished:
        later = course.modules[course.modules.index(module) :]
        unwritten = [exercise.id for m in later for exercise in m.exercises]
        package = proof.variant(f"up-to-{module.id}", blank(unwritten))
        jobs += [proof.job(package, [module.tests]), proof.job(bare, [module.tests])]
    runs = iter(proof.run(jobs, report))
    for module in proof.finished:
        own = {exercise.id for exercise in module.exercises}
        _compare(proof, report, module, next(runs), "", "earlier modules complete", own)
        _compare(proof, report, module, next(runs), "fresh_", "all blank", set(course.exercises))
    return report


def _compare(
    proof: Proof, report: Report, module: Module, run: Run, kind: str, state: str, ids: set[str]
) -> None:
    if run.wrong:
        return  # a complaint already
    promised = [module.promise.get(kind + key, module.promise[key]) for key in ("passed", "failed")]
    shown = [run.count("passed"), run.count("failed")]
    if shown != promised:
        report.complain(
            _place(proof, module),
            f"module {module.id} promises {promised[0]} passed and {promised[1]} failed, but with "
            f"{state} `{module.tests}` shows {shown[0]} passed and {shown[1]} failed",
        )
    for test in run.tests:
        if test.outcome == "error" or (test.failed and test.unwritten not in ids):
            where = f"in its {test.phase} " if test.outcome == "error" else ""
            report.complain(
                test.place,
                f"with {state}, `{test.id}` fails {where}with `{test.error}`: it should pass, or "
                "fail in its own call because " + _names(ids) + " is unwritten",
            )
    report.say(f"{module.id}: {shown[0]} passed, {shown[1]} failed ({state})")


def _names(ids: set[str]) -> str:
    return " or ".join(f"`{id}`" for id in sorted(ids)) if len(ids) < 4 else "an exercise"


def _place(proof: Proof, module: Module) -> str:
    """The line of the module's promise in course.toml."""
    path = proof.root / "course/course.toml"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    inside = False
    for number, line in enumerate(lines, start=1):
        key, _, value = (part.strip() for part in line.partition("="))
        inside = value.strip("\"'") == module.id if key == "id" and "." not in value else inside
        if inside and key.startswith("promise"):
            return f"course/course.toml:{number}"
    return "course/course.toml"
