"""How quick is the feedback? Whole processes, timed in turn with what they are compared to.

    .venv/bin/python bench/feedback.py [ROUNDS]

Each row is the median of ROUNDS (default 5) pairs, A then B, after one warm-up of each.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from noteboosh import workers

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv/bin/python")

# name, the command (None: `warm_run`), what it is compared to, and the promise
ROWS = [
    ("module tests against importing torch and pytest",
     [PYTHON, "-m", "pytest", "-q", "tests/test_pretraining_setup.py"],
     [PYTHON, "-c", "import torch, pytest"], "ratio", 1.4),
    ("the same tests from a warm parent, as `watch` runs them",
     None,
     [PYTHON, "-m", "pytest", "-q", "tests/test_pretraining_setup.py"], "seconds", 0.5),
    ("a torch-free test file",
     [PYTHON, "-m", "pytest", "-q", "tests/test_tokenizer.py"],
     [PYTHON, "-c", "import pytest"], "seconds", 0.5),
    ("warm start of the launcher, without Jupyter and tests",
     ["./noteboosh.sh", "09b", "--no-launch"],
     [PYTHON, "-c", "pass"], "seconds", 0.5),
    ("set-up when nothing changed",
     ["./noteboosh.sh", "--help"],
     [PYTHON, "-c", "pass"], "seconds", 0.3),
    ("import g2c",
     [PYTHON, "-c", "import g2c"],
     [PYTHON, "-c", "pass"], "ratio", 2.0),
]  # fmt: skip


def warm_run() -> object:
    """What `watch` does after a save: a module's tests in a process forked from a warm parent."""
    return workers.run(workers.Job(ROOT, ROOT, ("tests/test_pretraining_setup.py",)))


def seconds(command: list[str] | Callable[[], object]) -> float:
    if callable(command):
        start = time.perf_counter()
        command()
        return time.perf_counter() - start
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    return time.perf_counter() - start


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    late = 0
    print(f"{'':<54} {'A (s)':>7} {'B (s)':>7} {'A/B':>6}  promised")
    for name, a, b, unit, limit in ROWS:
        a = a or warm_run
        seconds(a), seconds(b)
        pairs = [(seconds(a), seconds(b)) for _ in range(rounds)]
        time_a, time_b = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(x / y for x, y in pairs)
        kept = (ratio if unit == "ratio" else time_a) <= limit
        late += not kept
        promise = f"A/B <= {limit}" if unit == "ratio" else f"A <= {limit} s"
        verdict = "" if kept else "  NOT KEPT"
        print(f"{name:<54} {time_a:>7.2f} {time_b:>7.2f} {ratio:>6.2f}  {promise}{verdict}")
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
