"""The one primitive that changes files in a checkout, so that nothing typed can be lost.

    with transaction(root, "borrow 09b") as change:
        change.write("g2c/nn/losses.py", text)

It (1) takes the lock and finishes an interrupted change, (2) records the old state in the
timeline, lets the caller plan, (3) writes a journal that holds every new content, (4) replaces
each file atomically, (5) records the step and (6) removes the journal. Killed anywhere, the next
command (or pytest's start) finds the old state, or the journal and finishes the new one.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from noteboosh.course import state_dir
from noteboosh.errors import EnvironmentProblem, Problem
from noteboosh.timeline import Timeline, blob_name

PATIENCE = 30.0  # seconds to wait for another command


def checkpoint(step: str) -> None:
    """Called after each step; tests replace it to die here."""


class Change:
    """What one transaction is about to do. Paths are relative to the root, with slashes."""

    def __init__(self, root: Path, timeline: Timeline, before: str):
        self.root, self.timeline = root, timeline
        self.before = before  # the commit that holds the state before this change
        self._read: dict[str, bytes | None] = {}
        self._new: dict[str, bytes | None] = {}

    def read(self, path: str) -> bytes | None:
        """The content as this change would leave it; None where there is no file."""
        if path in self._new:
            return self._new[path]
        if path not in self._read:
            self._read[path] = _content(self.root / path)
        return self._read[path]

    def write(self, path: str, data: bytes) -> None:
        self.read(path)
        self._new[path] = data

    def remove(self, path: str) -> None:
        self.read(path)
        self._new[path] = None

    @property
    def changed(self) -> list[str]:
        return sorted(path for path, data in self._new.items() if data != self._read[path])


@contextmanager
def transaction(root: Path, title: str, facts: dict | None = None) -> Iterator[Change]:
    """Plan changes under the lock; on leaving without an exception they are made, all of them."""
    with locked(root):
        _finish(root)
        timeline = Timeline(root)
        change = Change(root, timeline, timeline.record())
        for path in timeline.left_out:
            _say(f"Not recorded, so not protected: `{path}`")
        checkpoint("recorded")
        yield change
        if not change.changed:
            return
        if any(timeline.names.get(p) != blob_name(d) for p, d in change._read.items() if d):
            change.before = timeline.record()  # somebody saved a file while we planned
        _write_journal(root, title, facts or {}, change)
        checkpoint("journal")
        _finish(root)


def finish(root: Path) -> None:
    """Finish a change that was interrupted; does nothing where there is none."""
    if (state_dir(root) / "journal.json").exists():
        with locked(root):
            _finish(root)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """The one lock of a checkout; it goes with the process that holds it."""
    state = state_dir(root)
    try:
        state.mkdir(parents=True, exist_ok=True)
        handle = open(state / "lock", "a+")  # noqa: SIM115 (closed below, with the lock)
    except OSError as error:
        raise EnvironmentProblem(
            f"`{state}` cannot be written ({error.strerror}); the record of your work lives there. "
            "Make the checkout writable, then try again. Nothing was changed."
        ) from error
    with handle:
        _wait_for(handle)
        yield


def _wait_for(handle) -> None:
    start, told = time.monotonic(), False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            waited = time.monotonic() - start
        if waited > PATIENCE:
            raise EnvironmentProblem(
                f"Another noteboosh command has been at work here for {PATIENCE:.0f} seconds. "
                "Wait for it or end it, then try again. Nothing was changed."
            )
        if waited > 1 and not told:
            _say("Waiting for another noteboosh command in this checkout …")
            told = True
        time.sleep(0.02)


def _write_journal(root: Path, title: str, facts: dict, change: Change) -> None:
    files = []
    for path in change.changed:
        old, new = change._read[path], change._new[path]
        files.append({
            "path": path,
            "old": None if old is None else blob_name(old),
            "new": None if new is None else base64.b64encode(new).decode("ascii"),
        })  # fmt: skip
    journal = {"id": uuid.uuid4().hex, "title": title, "facts": facts, "files": files}
    _replace(state_dir(root) / "journal.json", json.dumps(journal).encode("ascii"))


def _finish(root: Path) -> None:
    """Carry out the journal, from wherever it was left. The lock is held."""
    path = state_dir(root) / "journal.json"
    if not path.exists():
        return
    try:
        journal = json.loads(path.read_text("ascii"))
    except ValueError:
        path.replace(path.with_suffix(".damaged"))
        _say(f"An unreadable `{path.name}` was put aside; the change it began was not made.")
        return
    timeline = Timeline(root)
    done: dict[str, tuple[int, bytes | None]] = {}
    for item in journal["files"]:
        new = None if item["new"] is None else base64.b64decode(item["new"])
        if _put(root, item["path"], item["old"], new):
            done[item["path"]] = (0 if new is None else (root / item["path"]).stat().st_mode, new)
        else:
            _say(f"`{item['path']}` was saved by somebody else meanwhile: left as it is.")
        checkpoint(f"replaced {item['path']}")
    newest = next(timeline.entries(), None)
    if newest is None or newest.facts.get("id") != journal["id"]:
        timeline.record_step(journal["title"], {"id": journal["id"], **journal["facts"]}, done)
    checkpoint("step recorded")
    path.unlink()
    checkpoint("journal removed")


def _put(root: Path, path: str, old: str | None, new: bytes | None) -> bool:
    """Replace one file, unless it is neither in its old nor in its new state."""
    target = Path(os.path.realpath(root / path))
    current = _content(target)
    if current == new:
        return True
    if (None if current is None else blob_name(current)) != old:
        return False
    try:
        if new is None:
            target.unlink()
        else:
            _replace(target, new)
    except OSError as error:
        raise Problem(
            f"`{path}` cannot be written: {error.strerror}.\nMake it writable (or make room on the "
            "disk) and run any command again: it finishes what was begun. Nothing is lost."
        ) from error
    return True


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target, then rename over it: readers see the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.new")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        os.chmod(temporary, target.stat().st_mode & 0o7777)
    os.replace(temporary, target)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Problem(f"`{path}` cannot be read: {error.strerror}. Nothing was changed.") from error


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
