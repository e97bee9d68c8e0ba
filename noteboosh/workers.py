"""pytest in fresh processes that start warm: they fork from a parent that has imported torch.

That parent has run nothing: one matrix product in it, and a child that uses torch's threads
hangs. Where fork is unsafe (macOS) a worker is spawned instead, slower and otherwise the same.

A worker reports what it tested: `Run.package` is the file of the `g2c` that its tests imported,
and `Run.wrong` says what makes the run worth nothing, such as another package than the one asked
for. Who reads `Run.tests` must look at `wrong` first.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The last one is what `torch.testing.assert_close` imports at its first call, half a second long.
WARM = ["torch", "numpy", "pytest", "torch.distributed.tensor"]


@dataclass(frozen=True)
class Job:
    """One pytest run: on which package, what, how, and for how long at most."""

    root: Path  # the checkout whose tests and configuration are used
    package: Path  # the folder that holds the `g2c` to test
    tests: tuple[str, ...]  # files or test ids, relative to the root
    options: tuple[str, ...] = ()
    limit: float = 120.0  # seconds


@dataclass
class Test:
    """What became of one test, in all its phases."""

    __test__ = False  # pytest is not to collect it

    id: str
    place: str  # `tests/test_nn.py:12`
    outcome: str = "running"  # then passed, skipped, failed, or error outside the test's own call
    phase: str = ""  # collect, setup, call, teardown: where it failed
    error: str = ""  # `AssertionError: …`, one line
    said: str = ""  # the same with the lines below it, where the numbers are
    unwritten: str | None = None  # the exercise that a failure waits for
    entered: tuple[str, ...] = ()  # exercises it entered, in an instrumented package
    seconds: float = 0.0

    @property
    def file(self) -> str:
        return self.id.partition("::")[0]

    @property
    def failed(self) -> bool:
        return self.outcome in ("failed", "error", "running")


@dataclass
class Run:
    """The outcome of a job; `code` is pytest's exit code, None where it did not get that far."""

    job: Job
    tests: list[Test] = field(default_factory=list)
    code: int | None = None
    package: str | None = None
    output: str = ""
    diagnoses: list[str] = field(default_factory=list)  # and the offer of a hint
    wrong: str = ""
    seconds: float = 0.0

    @property
    def failures(self) -> list[Test]:
        """The tests that failed for another reason than an unwritten exercise."""
        return [test for test in self.tests if test.failed and not test.unwritten]

    def count(self, outcome: str) -> int:
        return sum(test.outcome == outcome for test in self.tests)


def run(job: Job, watch: Callable[[Test], object] = lambda test: None) -> Run:
    """Run one job in a worker; `watch` sees each test as it begins and as it ends."""
    result, start = Run(job), time.monotonic()
    with warm_process(_work, job) as receiver:
        _receive(receiver, result, start + job.limit, watch)
    result.seconds = time.monotonic() - start
    return result


@contextmanager
def warm_process(work: Callable, *inputs: Any) -> Iterator[Any]:
    """`work(sender, *inputs)` in a process of its own, which is killed in the end; yields the
    receiver of what it sends."""
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload(WARM)  # type: ignore[attr-defined]
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(sender, *inputs))  # type: ignore[attr-defined]
    process.start()
    sender.close()
    try:
        yield receiver
    finally:
        process.kill()
        process.join()
        receiver.close()


def settle() -> None:
    """What every such process does first."""
    gc.freeze()  # what the parent imported is no garbage: collections are quick
    sys.dont_write_bytecode = True  # leaves nothing behind in the checkout
    os.environ["OMP_NUM_THREADS"] = "1"  # workers share the cores
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    if "tqdm" in sys.modules:  # its own lock is a semaphore that outlives a process that is killed
        sys.modules["tqdm"].tqdm.set_lock(threading.RLock())


def run_all(jobs: Iterable[Job], at_once: int | None = None) -> list[Run]:
    """Run jobs side by side, one a core unless said otherwise; results in the order of the jobs."""
    pool = ThreadPoolExecutor(at_once or os.cpu_count() or 1)
    try:
        return list(pool.map(run, jobs))
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C no further one begins


def _receive(receiver, result: Run, deadline: float, watch: Callable[[Test], object]) -> None:
    tests: dict[str, Test] = {}
    try:
        while result.code is None:
            if not receiver.poll(max(0.0, deadline - time.monotonic())):
                raise TimeoutError(f"no end after {result.job.limit:g} s")
            message = receiver.recv()
            if isinstance(message, Test):
                tests[message.id] = message
                watch(message)
            else:
                result.code, result.package, result.output, result.diagnoses = message
        result.wrong = _wrong(result)
    except (EOFError, TimeoutError) as error:
        now = next((test.id for test in tests.values() if test.outcome == "running"), "the start")
        result.wrong = f"{str(error) or 'the process died'}, in {now}"
    result.tests = list(tests.values())


def _wrong(result: Run) -> str:
    wanted = result.job.package / "g2c" / "__init__.py"
    if result.package is None or Path(result.package).resolve() != wanted.resolve():
        return f"it ran on `{result.package}`, not on `{wanted}`\n{result.output}".rstrip()
    if result.code not in (0, 1):
        return f"pytest ended with exit code {result.code}\n{result.output}".rstrip()
    return ""


def _work(sender, job: Job) -> None:
    """The worker: one pytest run, and the package it was on."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        settle()
        os.chdir(job.root)
        import pytest

        from noteboosh.reporter import Reporter

        where = ["-c", f"{job.root / 'pyproject.toml'}", "--rootdir", f"{job.root}"]
        what = ["--package", f"{job.package}", "-p", "no:cacheprovider", *job.options, *job.tests]
        reporter = Reporter(sender.send)
        code = int(pytest.main([*where, *what], plugins=[reporter]))
        sys.stdout.flush()
        output.seek(0)
        package = getattr(sys.modules.get("g2c"), "__file__", None)
        sender.send((code, package, output.read()[-4000:], reporter.diagnoses))
