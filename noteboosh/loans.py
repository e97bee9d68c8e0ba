"""Solutions on loan: borrow, return and reset the exercises in a student's `g2c/`.

A loan is the note in a fence's first line and nothing else. Every function here plans inside a
`Change` (see transaction.py) and says what it did in a `Report`; none of them touches work that
a student has begun, unless forced, and then the note names the record of that work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from noteboosh import fences
from noteboosh.course import Course, Exercise, Module
from noteboosh.errors import EnvironmentProblem, Problem
from noteboosh.fences import BLANK, Fill, Loan, Region
from noteboosh.transaction import Change

# What to do with one region: a new content, or None to leave it.
Plan = Callable[[Exercise, Region], "Fill | None"]


@dataclass
class Report:
    """What happened, as exercise ids; `problems` are sentences."""

    done: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # begun by the student, left alone
    shared: list[str] = field(default_factory=list)  # still on loan for another module
    edited: list[str] = field(default_factory=list)  # loans with changes of the student's
    problems: list[str] = field(default_factory=list)


def decode(data: bytes) -> str:
    """Source bytes as text that encodes back to the same bytes, whatever they are."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def read_regions(course: Course, read: Callable[[str], bytes | None]) -> dict[str, Region | None]:
    """The student's regions of all exercises; None where a file or a fence cannot be read."""
    found: dict[str, Region | None] = dict.fromkeys(course.exercises)
    for path in {e.file: None for e in course.exercises.values()}:
        data = read(path)
        try:
            here = fences.regions(decode(data), path) if data is not None else {}
        except fences.FenceError:
            here = {}
        found |= {id: region for id, region in here.items() if id in found}
    return found


def borrow(course: Course, change: Change, modules: Iterable[Module], borrower: Module,
           force: bool = False) -> Report:  # fmt: skip
    """Fill the untouched exercises of `modules` with their solutions, on loan for `borrower`."""
    report = Report()
    solutions = _solutions(course)

    def plan(exercise: Exercise, region: Region) -> Fill | None:
        if region.begun and not force:
            report.kept.append(exercise.id)
            return None
        if region.loan:
            if borrower.id in region.loan.borrowers:
                return None
            report.shared.append(exercise.id)
            return region.fill(Loan((*region.loan.borrowers, borrower.id), region.loan.held))
        held = change.before if region.begun else None
        solution = solutions[exercise.id]
        report.done.append(exercise.id)
        return Fill(solution.body, solution.indent, Loan((borrower.id,), held))

    _apply(course, change, modules, plan, report)
    return report


def give_back(course: Course, change: Change, borrower: Module | None) -> Report:
    """End every loan for `borrower` (None: for anybody) and restore what each fence held."""
    report = Report()

    def plan(exercise: Exercise, region: Region) -> Fill | None:
        if not region.loan or (borrower and borrower.id not in region.loan.borrowers):
            return None
        rest = tuple(b for b in region.loan.borrowers if borrower and b != borrower.id)
        if rest:
            report.shared.append(exercise.id)
            return region.fill(Loan(rest, region.loan.held))
        return _ended(course, change, exercise, region, report)

    _apply(course, change, course.modules, plan, report)
    return report


def give_back_own(course: Course, change: Change, module: Module) -> Report:
    """End every loan on the exercises of `module`: the student is about to write them."""
    report = Report()

    def plan(exercise: Exercise, region: Region) -> Fill | None:
        return _ended(course, change, exercise, region, report) if region.loan else None

    _apply(course, change, [module], plan, report)
    return report


def reset(course: Course, change: Change, exercises: Iterable[Exercise]) -> Report:
    """Empty these fences."""
    report, wanted = Report(), {e.id for e in exercises}

    def plan(exercise: Exercise, region: Region) -> Fill | None:
        if exercise.id not in wanted or region.blank:
            return None
        report.done.append(exercise.id)
        return BLANK

    _apply(course, change, course.modules, plan, report)
    return report


def _ended(
    course: Course, change: Change, exercise: Exercise, region: Region, report: Report
) -> Fill | None:
    """What the fence held before the loan; None (and a problem) where its record is gone."""
    assert region.loan
    if _was_edited(course, exercise, region):
        report.edited.append(exercise.id)
    if region.loan.held:
        try:
            data = change.timeline.read(region.loan.held, exercise.file)
            held = fences.regions(decode(data or b""), exercise.file)[exercise.id]
        except (KeyError, Problem):
            report.problems.append(
                f"`{exercise.id}` stays on loan: the record of your own text "
                f"({region.loan.held[:12]}) is not in this checkout's timeline. "
                f"`./noteboosh.sh reset {exercise.id}` empties the fence."
            )
            return None
        report.done.append(exercise.id)
        return held.fill()
    report.done.append(exercise.id)
    return BLANK


def _apply(
    course: Course, change: Change, modules: Iterable[Module], plan: Plan, report: Report
) -> None:
    """Render each file of these modules with the fills that `plan` chooses."""
    exercises = [e for module in modules for e in module.exercises]
    for path in {e.file: None for e in exercises}:
        data = change.read(path)
        if data is None:
            report.problems.append(
                f"`{path}` is missing. `./noteboosh.sh restore {path}` brings it back."
            )
            continue
        try:
            regions = fences.regions(decode(data), path)
        except fences.FenceError as error:
            report.problems.append(f"{error}. The file was left alone.")
            continue
        fills = {}
        for exercise in (e for e in exercises if e.file == path):
            region = regions.get(exercise.id)
            if region is None:
                report.problems.append(
                    f"`{path}` has no fence for `{exercise.id}` any more; it was left alone. "
                    f"`./noteboosh.sh restore {path}` brings an earlier version back."
                )
            elif (fill := plan(exercise, region)) is not None:
                fills[exercise.id] = fill
        if fills:
            change.write(path, encode(fences.render(decode(data), fills, path)))


def _solutions(course: Course) -> dict[str, Region]:
    """The reference's regions. Raises EnvironmentProblem where this copy comes without them."""
    found: dict[str, Region] = {}
    for path in {e.file: None for e in course.exercises.values()}:
        found |= _reference(course, path)
    if set(course.exercises) - set(found):
        raise EnvironmentProblem(
            "This copy of the course comes without the solutions (`course/g2c`), so nothing can "
            "be borrowed. `./noteboosh.sh hint EXERCISE` helps, and so does your instructor."
        )
    return found


def _reference(course: Course, path: str) -> dict[str, Region]:
    try:
        text = (course.root / "course" / path).read_text("utf-8")
    except OSError:
        return {}
    return fences.regions(text, f"course/{path}")


def _was_edited(course: Course, exercise: Exercise, region: Region) -> bool:
    solution = _reference(course, exercise.file).get(exercise.id)
    return solution is not None and region.body.split() != solution.body.split()
