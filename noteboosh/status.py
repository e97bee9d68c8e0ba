"""Where a student stands, as data: what `status` prints, `--json` writes and the page shows.

The JSON text of version 1 has these keys, and a later version 1 may only add to them:

    version    1
    at         when it was read, "2026-03-01T18:30:00+01:00"
    next       null, or module, title and steps, a list of {"what", "text"}: what to do now
    totals     written, borrowed, exercises, answered, questions, hints: numbers of the whole course
    modules    in course order, each with
      module, title, draft, lesson, notebook    (paths relative to the checkout)
      opened                                    when its notebook was saved last, or null
      written, borrowed, blank, damaged         ids of exercises by state, each in one
      exercises    each with id, state, file, line (or null), hints and of: rungs shown, of all
      answered, questions                       numbers
      open         ids of the questions without a saved answer
      hints        rungs shown by id, of its exercises and its questions, where there were any
      done         everything is written and answered
"""

from __future__ import annotations

import time
from typing import Any

from noteboosh import fences, launch, progress
from noteboosh.course import Course, Exercise, Module
from noteboosh.progress import Standing

VERSION = 1
STATES = ("written", "borrowed", "blank", "damaged")


def status(course: Course, only: Module | None = None) -> dict[str, Any]:
    """The data of the whole course; with `only`, of that module alone in `modules`."""
    standings, hints = progress.standings(course), progress.hints_used(course)
    modules = [_module(course, standing, hints) for standing in standings]
    return {
        "version": VERSION,
        "at": _moment(time.time()),
        "next": _next(course, standings),
        "totals": _totals(modules),
        "modules": [m for m in modules if only is None or m["module"] == only.id],
    }


def _module(course: Course, standing: Standing, hints: dict[str, int]) -> dict[str, Any]:
    module = standing.module
    states = {e.id: state for state in STATES for e in getattr(standing, state)}
    ids = [*states, *standing.asked]
    return {
        "module": module.id,
        "title": module.title,
        "draft": module.draft,
        "lesson": module.lesson,
        "notebook": module.work,
        "opened": None if standing.opened is None else _moment(standing.opened),
        **{state: [e.id for e in getattr(standing, state)] for state in STATES},
        "exercises": [_exercise(course, e, states[e.id], hints) for e in module.exercises],
        "answered": standing.answered,
        "questions": standing.questions,
        "open": [id for id in standing.asked if id not in standing.given],
        "hints": {id: hints[id] for id in ids if id in hints},
        "done": standing.done,
    }


def _exercise(
    course: Course, exercise: Exercise, state: str, hints: dict[str, int]
) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "state": state,
        "file": exercise.file,
        "line": fences.line_of(course.root / exercise.file, exercise.id),
        "hints": hints.get(exercise.id, 0),
        "of": len(exercise.hints),
    }


def _next(course: Course, standings: list[Standing]) -> dict[str, Any] | None:
    standing = progress.current(standings)
    if standing is None:
        return None
    module = standing.module
    rows = [("open it", f"`./noteboosh.sh {module.id}`"), *launch.what_next(course, module)]
    steps = [{"what": what, "text": text} for what, text in rows]
    return {"module": module.id, "title": module.title, "steps": steps}


def _totals(modules: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "written": sum(len(m["written"]) for m in modules),
        "borrowed": sum(len(m["borrowed"]) for m in modules),
        "exercises": sum(len(m["exercises"]) for m in modules),
        "answered": sum(m["answered"] for m in modules),
        "questions": sum(m["questions"] for m in modules),
        "hints": sum(sum(m["hints"].values()) for m in modules),
    }


def _moment(seconds: float) -> str:
    text = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(seconds))
    return f"{text[:-2]}:{text[-2:]}"
