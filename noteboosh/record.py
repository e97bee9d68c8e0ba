"""A record of test runs, on this machine alone, so that help is offered at the right moment.

`runs.jsonl` in the state directory has one line for each run on the student's own code: when, how
many tests passed and wait, which failed and in which way, and a digest of the code. After the same
test failed in the same way in three attempts, the report offers the next rung of the ladder of the
exercise that is most likely behind it, once; an offer that was not taken is not repeated. A run
with unchanged code is no new attempt. The rungs themselves are kept by answers.py.

A run looks closer (a profile function, to see what it enters) only at tests that have failed twice
in the same way. Nothing here may fail or slow a run: what goes wrong with the record is no matter.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType, TracebackType
from typing import Any

import pytest

from noteboosh.course import Course, Exercise, state_dir

LIMIT = 256 * 1024  # bytes; then the older half goes
ATTEMPTS = 3
LISTED = 40  # failed tests of one run
WAIT = 1.0  # seconds for another writer, then this run is left out


# ---- the file ------------------------------------------------------------------------------------


def file_of(root: Path) -> Path:
    return state_dir(root) / "runs.jsonl"


def _switch(root: Path) -> Path:
    return state_dir(root) / "runs.off"


def is_on(root: Path) -> bool:
    return not _switch(root).exists()


def turn(root: Path, on: bool) -> None:
    if on:
        _switch(root).unlink(missing_ok=True)
    else:
        _switch(root).parent.mkdir(parents=True, exist_ok=True)
        _switch(root).touch()


def clear(root: Path) -> None:
    file_of(root).unlink(missing_ok=True)


def read(root: Path) -> list[dict[str, Any]]:
    """All recorded runs, oldest first; lines that cannot be read are passed over."""
    try:
        lines = file_of(root).read_bytes().split(b"\n")
    except OSError:
        return []
    found = []
    for line in filter(None, lines):
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                found.append(entry)
    return found


def append(root: Path, entry: dict[str, Any]) -> None:
    """Add one line, whoever else writes. Raises OSError."""
    file = file_of(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    with _locked(file.with_suffix(".lock")):
        line = json.dumps(entry, separators=(",", ":")).encode("ascii") + b"\n"
        old = file.read_bytes() if file.exists() else b""
        if len(old) + len(line) > LIMIT:
            kept = old[-LIMIT // 2 :].partition(b"\n")[2]  # without the line that is cut
            temporary = file.with_suffix(".new")
            temporary.write_bytes(kept)
            os.replace(temporary, file)
            old = kept
        with open(file, "ab") as handle:
            # A writer that died may have left half a line.
            handle.write(b"\n" * (old[-1:] not in (b"", b"\n")) + line)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    import fcntl

    with open(path, "a") as handle:
        deadline = time.monotonic() + WAIT
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.005)
        yield


def summary(root: Path) -> str:
    """For the student: what is recorded, where, and how to change that."""
    runs = read(root)
    count = f"{len(runs)} test run{'s' * (len(runs) != 1)}"
    since = f", since {time.strftime('%Y-%m-%d', time.localtime(runs[0]['when']))}" if runs else ""
    lines = [f"Recorded: {count}{since}, in `{file_of(root)}`. It never leaves this machine."]
    if is_on(root):
        lines.append("`./noteboosh.sh record --off` ends the recording, `--clear` forgets it all.")
    else:
        lines.append("Recording is off: `./noteboosh.sh record --on` begins again.")
    return "\n".join(lines)


# ---- what it tells -------------------------------------------------------------------------------


def kind_of(error: BaseException) -> str:
    """In which way a test failed, the same for other numbers: the type, and the first line."""
    first = (str(error).strip().splitlines() or [""])[0]
    words = re.sub(r"[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?", "#", first)
    return f"{type(error).__name__}: {words}"[:160]


@dataclass
class Streak:
    """One test that fails in one way: in how many attempts by now, and the last one's code."""

    kind: str
    attempts: int = 0
    code: str = ""

    def add(self, code: str) -> None:
        self.attempts += code != self.code
        self.code = code


class History:
    """What the record says by now: the streaks of failing tests, and the offers that stand."""

    def __init__(self, entries: Iterable[dict[str, Any]]):
        self.streaks: dict[str, Streak] = {}
        self.offered: dict[str, tuple[int, str]] = {}  # by exercise: the rung, and for which test
        for entry in entries:
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
                self.add(entry)

    def add(self, entry: dict[str, Any]) -> None:
        for test in entry.get("mended", []):
            self.streaks.pop(test, None)
            self.offered = {e: offer for e, offer in self.offered.items() if offer[1] != test}
        for test, kind in entry["failed"]:
            streak = self.streaks.get(test)
            if streak is None or streak.kind != kind:
                streak = self.streaks[test] = Streak(kind)
            streak.add(entry["code"])
        if offer := entry.get("offered"):
            self.offered[offer["exercise"]] = (offer["rung"], offer["test"])
            self.streaks[offer["test"]].attempts = 0

    def is_stuck(self, test: str) -> bool:
        return test in self.streaks and self.streaks[test].attempts >= ATTEMPTS

    def next_offer(self, course: Course, exercise: Exercise) -> int:
        """The next rung of a ladder; 0 where there is none, or where it was offered already."""
        from noteboosh.answers import rungs_used

        rung = rungs_used(course.root).get(exercise.id, 0) + 1
        offered = self.offered.get(exercise.id, (0, ""))[0]
        return rung if offered < rung <= len(exercise.hints) else 0

    def suspects(self) -> set[str]:
        """The tests that could be offered help if they fail once more."""
        return {test for test, one in self.streaks.items() if one.attempts >= ATTEMPTS - 1}


def wanted(config: pytest.Config, root: Path) -> bool:
    """Whether a run on the student's code is to be recorded."""
    option = config.getoption
    return not (
        option("no_record") or option("collectonly") or hasattr(config, "workerinput")
    ) and (is_on(root))


# ---- during a run --------------------------------------------------------------------------------


class Recorder:
    """The pytest plugin that writes the record, and makes the offer."""

    def __init__(self, course: Course, config: pytest.Config):
        self.course, self.config = course, config
        self.start = time.time()
        self.failed: dict[str, str] = {}
        self.waiting: set[str] = set()
        self.passed: set[str] = set()
        self.entered: dict[str, list[CodeType]] = {}  # of suspects, in the order of entering
        self.raised: dict[str, TracebackType | None] = {}

    @cached_property
    def history(self) -> History:
        return History(read(self.course.root))

    @cached_property
    def suspects(self) -> set[str]:
        return self.history.suspects()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        if item.nodeid not in self.suspects or sys.getprofile():
            return (yield)
        seen: dict[CodeType, None] = {}
        own = str(self.course.root / "g2c")

        def notice(frame, event, arg) -> None:
            if event == "call" and frame.f_code.co_filename.startswith(own):
                seen.setdefault(frame.f_code)

        sys.setprofile(notice)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            self.entered[item.nodeid] = list(seen)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo):
        report = yield
        if report.failed and call.excinfo:
            report.kind = kind_of(call.excinfo.value)
            if item.nodeid in self.suspects:
                self.raised[item.nodeid] = call.excinfo.tb
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if hasattr(report, "unwritten"):
            self.waiting.add(report.nodeid)
        elif report.failed:
            self.failed.setdefault(report.nodeid, getattr(report, "kind", "Error: "))
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        if self.failed or self.waiting or self.passed:
            with contextlib.suppress(Exception):  # the tests have spoken; this is an extra
                self._finish()

    def _finish(self) -> None:
        passed = self.passed - self.failed.keys() - self.waiting
        entry: dict[str, Any] = {
            "when": round(self.start, 1),
            "seconds": round(time.time() - self.start, 2),
            "passed": len(passed),
            "waiting": len(self.waiting - self.failed.keys()),
            "failed": list(self.failed.items())[:LISTED],
            "code": digest(self.course) if self.failed else "",
            "mended": sorted(passed & self.history.streaks.keys()),
        }
        self.history.add(entry)
        if offer := self._offer():
            entry["offered"] = offer
        append(self.course.root, entry)

    def _offer(self) -> dict[str, Any] | None:
        """What the report offers, if anything: it is put where the report finds it."""
        from noteboosh.pytest_plugin import diagnoses, offers

        diagnosed = [line.split("`")[1] for line in self.config.stash.get(diagnoses, [])]
        again = [test for test in self.failed if self.history.is_stuck(test)]
        for test in (test for test in again if test in self.entered):
            advice = Advice(self.course, test, self.entered[test], self.raised.get(test))
            exercise = advice.exercise(diagnosed)
            rung = self.history.next_offer(self.course, exercise) if exercise else 0
            if exercise and rung:
                self.config.stash[offers] = [advice.sentence(exercise, rung)]
                return {"test": test, "exercise": exercise.id, "rung": rung}
        return None


class Advice:
    """Which exercise is most likely behind a test that keeps failing, and what to say of it."""

    def __init__(
        self, course: Course, test: str, entered: Iterable[CodeType], trace: TracebackType | None
    ):
        from noteboosh.diagnosis import Judge

        self.course, self.test, self.trace = course, test, trace
        self.judge = Judge(course, course.root)
        self.entered = self._own(entered)

    def exercise(self, diagnosed: list[str]) -> Exercise | None:
        """Diagnosed, or an error came through it, or named as the test is, or the first of its own
        module that the test enters; else the last of all. None where all is borrowed."""
        file, _, words = self.test.partition("::")
        own = [id for id in self.entered if self._tests_of(id) == file]
        named = [id for id in own if id.partition(".")[2].replace(".", "_") in words]
        named.sort(key=len, reverse=True)  # `softmax_backward` before `softmax`
        likely = [id for id in diagnosed if id in self.entered] + self._raising() + named + own
        found = [*likely, *reversed(self.entered)]
        return self.course.exercises[found[0]] if found else None

    def sentence(self, exercise: Exercise, rung: int) -> str:
        line = (
            f"`{self.test.rpartition('::')[2]}` fails the same way for the third time. Hint {rung} "
            f"of {len(exercise.hints)} may help: `./noteboosh.sh hint {exercise.id}`"
        )
        others = {self.course.exercises[id].module for id in self.entered} - {exercise.module}
        if others and (self.course.root / "course/g2c").is_dir():
            name = self.test.partition("[")[0]
            line += f"; whether an earlier function is the reason, `./noteboosh.sh blame {name}`"
        return f"{line}."

    def _own(self, codes: Iterable[CodeType]) -> list[str]:
        """The exercises that the student wrote among these functions, in their order."""
        known, places = self.judge.functions, self.judge.places
        found = [known.get((code.co_filename, code.co_firstlineno)) for code in codes]
        return [id for id in found if id in self.course.exercises and places[id].own]

    def _raising(self) -> list[str]:
        """The innermost of the student's exercises that an error came through."""
        codes, trace = [], self.trace
        while trace:
            codes.append(trace.tb_frame.f_code)
            trace = trace.tb_next
        return self._own(codes)[-1:]

    def _tests_of(self, id: str) -> str:
        return self.course.by_id[self.course.exercises[id].module].tests


def digest(course: Course) -> str:
    """Of all files that hold exercises."""
    total = hashlib.sha1()
    for path in {exercise.file: None for exercise in course.exercises.values()}:
        with contextlib.suppress(OSError):
            total.update((course.root / path).read_bytes())
    return total.hexdigest()[:12]
