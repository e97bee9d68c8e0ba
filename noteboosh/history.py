"""Going back: undo the last step, list the timeline, bring one thing back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from noteboosh import fences, notebooks
from noteboosh.course import Course
from noteboosh.errors import Protected, UsageProblem
from noteboosh.fences import Fill
from noteboosh.loans import decode, encode
from noteboosh.timeline import Entry, Timeline
from noteboosh.transaction import Change, finish, transaction


def undo(root: Path) -> tuple[str, list[str]]:
    """Take the last step back; a second undo is a redo. Returns its title and what was kept.

    Files that are still as the step left them return whole; in the others only the fences or
    cells of that step do. Raises Protected where there is no step.
    """
    finish(root)
    step = next((e for e in Timeline(root).entries() if e.is_step), None)
    if step is None:
        raise Protected("There is nothing to undo: no command has changed anything here yet.")
    verb, _, title = step.title.rpartition(": ")
    title = f"{'redo' if verb == 'undo' else 'undo'}: {title}"
    kept: list[str] = []
    with transaction(root, title) as change:
        before = change.timeline.parent(step.commit)
        for path in step.files:
            old = change.timeline.read(before, path) if before else None
            new = change.timeline.read(step.commit, path)
            _take_back(change, path, old, new, kept)
    return title, kept


def _take_back(change: Change, path: str, old: bytes | None, new: bytes | None, kept: list[str]):
    current = change.read(path)
    if current == new or current is None:
        change.write(path, old) if old is not None else change.remove(path)
    elif old is None or new is None:
        kept.append(f"`{path}` stays: you have worked in it since.")
    elif path.endswith(".ipynb"):
        merged = _merge_cells(current, old, new)
        if merged is None:
            kept.append(f"`{path}` stays: it is not a notebook that can be read.")
        else:
            change.write(path, merged)
    elif path.endswith(".py"):
        try:
            change.write(path, _merge_fences(path, current, old, new))
        except fences.FenceError as error:
            kept.append(f"{error}. The file stays as it is.")
    else:
        kept.append(f"`{path}` stays: it was changed since.")


def _merge_fences(path: str, current: bytes, old: bytes, new: bytes) -> bytes:
    """The current file with the step's own fences as they were before it."""
    was, became = (fences.regions(decode(data), path) for data in (old, new))
    fills: dict[str, Fill] = {
        id: region.fill(region.loan)
        for id, region in was.items()
        if id in became and (region.body, region.loan) != (became[id].body, became[id].loan)
    }
    return encode(fences.render(decode(current), fills, path))


def _merge_cells(current: bytes, old: bytes, new: bytes) -> bytes | None:
    """The current notebook with the step's own cells as they were before it."""
    try:
        was, became = notebooks.cells_by_id(old), notebooks.cells_by_id(new)
        changes = {id: was.get(id) for id in {**was, **became} if was.get(id) != became.get(id)}
        return notebooks.replace_cells(current, changes, order=was)
    except ValueError:
        return None


def listing(course: Course, target: str | None = None) -> Iterator[Entry]:
    """The timeline, newest first; only what concerns `target` (a file, exercise or answer)."""
    path = _path_of(course, target) if target else None
    for entry in Timeline(course.root).entries():
        if path is None or path in entry.files:
            yield entry


def restore(course: Course, target: str, number: int | None = None) -> tuple[str, Entry]:
    """Bring back one file, exercise or answer as it was at entry `number` (default: the newest
    recorded state that differs from the present one). Returns what came back and from where."""
    path = _path_of(course, target)
    with transaction(course.root, f"restore {target}") as change:
        current = change.read(path)
        for entry, data in change.timeline.versions(path):
            if number is not None and entry.number > number:
                continue
            new = _version(course, target, path, current, data)
            if new is not None and new != current:
                change.write(path, new)
                return path, entry
            if number is not None:
                break
    at = f" at entry {number}" if number is not None else ""
    raise UsageProblem(
        f"The timeline has no other state of `{target}`{at}. "
        f"`./noteboosh.sh timeline {target}` lists what there is."
    )


def _version(
    course: Course, target: str, path: str, current: bytes | None, data: bytes
) -> bytes | None:
    """The present file with `target` as it stood in `data`; None if nothing was written there."""
    if target in course.exercises:
        region = fences.regions(decode(data), path).get(target)
        if region is None or region.blank or region.loan:
            return None
        return encode(fences.render(decode(current or data), {target: region.fill()}, path))
    if _question_module(course, target):
        text = notebooks.read_answers(data).get(target, "")
        if not text.strip():
            return None
        with contextlib.suppress(ValueError):  # the present one may be no notebook at all
            return notebooks.carry_over(current or data, {target: text})
    return data


def _path_of(course: Course, target: str) -> str:
    """The file that holds a target. Raises UsageProblem for something outside the checkout."""
    if target in course.exercises:
        return course.exercises[target].file
    if module := _question_module(course, target):
        return module.work
    full = Path(target) if Path(target).is_absolute() else course.root / target
    try:
        return full.resolve().relative_to(course.root.resolve()).as_posix()
    except ValueError:
        raise UsageProblem(
            f"`{target}` is neither a file of this checkout, nor an exercise, nor an answer "
            "such as `09b.3`."
        ) from None


def _question_module(course: Course, target: str):
    """The module whose answer `09b.3` names, or None."""
    id, dot, number = target.partition(".")
    return course.by_id.get(id) if dot and number.isdigit() else None
