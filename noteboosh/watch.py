"""`./noteboosh.sh watch ID`: run a module's tests on every save, and show only what matters."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from noteboosh import launch, workers
from noteboosh.course import Course, Module

INTERVAL = 0.1  # seconds between two looks at the files
SETTLED = 0.05  # seconds without a further change, since editors save in several steps


def watch(course: Course, module: Module, options: Sequence[str] = ()) -> int:
    """Run until Ctrl-C, with these options for pytest. The first run warms up, each later one
    takes a fraction of a second."""
    before: dict[str, workers.Test] = {}
    try:
        for _ in changes(course.root, ["g2c", module.tests]):
            job = workers.Job(course.root, course.root, (module.tests,), tuple(options))
            run = workers.run(job)
            if sys.stdout.isatty():
                print("\033[2J\033[H", end="")  # a clean screen
            print("\n".join(screen(course, module, run, before)), flush=True)
            before = {test.id: test for test in run.tests} or before
    except KeyboardInterrupt:
        print("\nNo longer watching. Your work is where you saved it.")
    return 0


def screen(
    course: Course, module: Module, run: workers.Run, before: dict[str, workers.Test]
) -> Iterator[str]:
    """What a student wants to know after a save: what turned green or red, why, what is next."""
    took = f"{run.seconds:.1f} s · {time.strftime('%H:%M:%S')}"
    yield f"{module.id} {module.title} · {launch.summary(run, module)} · {took}"
    if run.wrong:
        yield from ("", run.wrong)
        return
    was = {id: test.failed for id, test in before.items()}
    now = [test for test in run.tests if test.id in was]
    yield from _listed("turned green", [t for t in now if was[t.id] and not t.failed])
    yield from _listed("turned red", [t for t in now if t.failed and not was[t.id]])
    if run.failures:
        first, *others = run.failures
        yield from ("", f"  {_name(first)} ({first.place})", f"    {first.error}")
        yield from _listed("also failing", others)
    yield from (f"\n  {line}" for line in run.diagnoses)
    yield ""
    yield from (f"  {name:<12} {value}" for name, value in launch.what_next(course, module, run))


def changes(root: Path, paths: list[str]) -> Iterator[None]:
    """Once at the start, then after every change to one of these files or folders."""
    seen = None
    while True:
        now = _stamps(root, paths)
        if now != seen:
            time.sleep(SETTLED)
            if now == _stamps(root, paths):
                seen = now
                yield
            continue
        time.sleep(INTERVAL)


def _stamps(root: Path, paths: list[str]) -> dict[str, tuple[int, int]]:
    found = {}
    for path in paths:
        top = root / path
        folders = os.walk(top) if top.is_dir() else [(str(top.parent), [], [top.name])]
        for folder, _, files in folders:
            for name in files:
                if name.endswith(".py"):
                    file = os.path.join(folder, name)
                    try:
                        info = os.stat(file)
                    except OSError:
                        continue  # just being replaced
                    found[file] = (info.st_mtime_ns, info.st_size)
    return found


def _listed(title: str, tests: list[workers.Test]) -> Iterator[str]:
    if tests:
        yield f"\n  {title}:"
        yield from (f"    {_name(test)}" for test in tests)


def _name(test: workers.Test) -> str:
    return test.id.partition("::")[2] or test.id
