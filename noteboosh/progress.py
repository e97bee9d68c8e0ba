"""Where a student stands, read from the files themselves: fences, notebooks, nothing hidden."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from noteboosh import answers, fences, loans
from noteboosh.course import Course, Exercise, Module
from noteboosh.fences import Region


@dataclass(frozen=True)
class Standing:
    """One module: its exercises by state, its questions, and which of these are answered."""

    module: Module
    written: tuple[Exercise, ...]
    borrowed: tuple[Exercise, ...]
    blank: tuple[Exercise, ...]
    damaged: tuple[Exercise, ...]
    asked: tuple[str, ...]  # ids of questions
    given: tuple[str, ...]  # of those with a saved answer
    opened: float | None  # when the working notebook was last saved

    @property
    def questions(self) -> int:
        return len(self.asked)

    @property
    def answered(self) -> int:
        return len(self.given)

    @property
    def done(self) -> bool:
        return len(self.written) == len(self.module.exercises) and self.answered == self.questions

    @property
    def open_exercises(self) -> tuple[Exercise, ...]:
        """What is still to be written, in order."""
        return tuple(e for e in self.module.exercises if e not in self.written)


def standings(course: Course) -> list[Standing]:
    """Every module of the course, in order."""
    regions = loans.read_regions(course, lambda path: _read(course.root / path))
    return [_standing(course, module, regions) for module in course.modules]


def hints_used(course: Course) -> dict[str, int]:
    """How many rungs were shown of each ladder, by the id of an exercise or a question."""
    return answers.rungs_used(course.root)


def place(course: Course, exercise: Exercise) -> str:
    """`g2c/pretraining/loss.py:31`: the file and the line where an exercise is written."""
    line = fences.line_of(course.root / exercise.file, exercise.id)
    return f"{exercise.file}:{line}" if line else exercise.file


def current(standings: list[Standing]) -> Standing | None:
    """The module to go on with: the one worked in last, else the first that is not done."""
    open_ones = [s for s in standings if not s.module.draft and not s.done]
    begun = [s for s in open_ones if s.opened is not None]
    return max(begun, key=lambda s: s.opened or 0.0) if begun else next(iter(open_ones), None)


def _standing(course: Course, module: Module, regions: dict[str, Region | None]) -> Standing:
    def those(wanted) -> tuple[Exercise, ...]:
        return tuple(e for e in module.exercises if wanted(regions[e.id]))

    questions = answers.load_questions(course.root, module.id)
    work = course.root / module.work
    given = answers.saved_answers(course.root, module) if questions else {}
    return Standing(
        module,
        written=those(lambda r: r is not None and r.begun),
        borrowed=those(lambda r: r is not None and r.loan is not None and not r.blank),
        blank=those(lambda r: r is not None and r.blank),
        damaged=those(lambda r: r is None),
        asked=tuple(questions),
        given=tuple(id for id in questions if given.get(id, "").strip()),
        opened=work.stat().st_mtime if work.exists() else None,
    )


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
