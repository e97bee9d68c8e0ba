"""Evaluate what lessons and notebooks ask of the reference, in a few child processes.

A child has `course/` first on its path, so that `import g2c` is the complete package, and says
so. It runs with one thread, fixed seeds and no locale, so that the same sources give the same
values everywhere. What fails comes back with its place; the rest is evaluated all the same.
"""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noteboosh.authoring import course_toml
from noteboosh.authoring.problems import SourceProblem, raise_all
from noteboosh.authoring.questions import Authored, question
from noteboosh.errors import Problem

CHILDREN = 4  # at most: each imports torch, and runs on one thread
_START = (
    "import sys; sys.path[:1] = sys.argv[1:]; "
    "from noteboosh.authoring.evaluate import child; child()"
)


@dataclass(frozen=True)
class Code:
    """A piece of Python, and the line on which it begins."""

    line: int
    text: str


@dataclass(frozen=True)
class Job:
    """One source: what to run first, and the expressions whose values are wanted.

    The value of a call of `question` is that question, every other value is made a text.
    """

    path: str
    module: str
    setup: tuple[Code, ...]
    wanted: tuple[Code, ...]


def evaluate(root: Path, jobs: Sequence[Job]) -> list[list[Any]]:
    """The values of each job: texts, and Authored questions.

    Raises SourceProblem for all that fails, Problem where the child broke off or used another g2c.
    """
    if not any(job.setup or job.wanted for job in jobs):
        return [[] for _ in jobs]
    number = min(CHILDREN, len(jobs), os.cpu_count() or 1)
    with ThreadPoolExecutor(number) as pool:
        shares = [jobs[start::number] for start in range(number)]
        outcomes = list(pool.map(lambda share: _run(root, share), shares))
    done: list[Any] = [None] * len(jobs)
    for start, outcome in enumerate(outcomes):
        if outcome["package"] != str((root / "course/g2c/__init__.py").resolve()):
            raise Problem(
                f"The lessons were evaluated on `{outcome['package']}` and not on `course/g2c`, "
                "so their numbers are worth nothing: is `course/g2c/__init__.py` there?"
            )
        done[start::number] = outcome["jobs"]
    raise_all(
        SourceProblem(job.path, line, what)
        for job, (_, problems) in zip(jobs, done, strict=True)
        for line, what in problems
    )
    return [
        [question(**value) if isinstance(value, dict) else value for value in values]
        for values, _ in done
    ]


def _run(root: Path, jobs: Sequence[Job]) -> dict[str, Any]:
    wanted = {"root": str(root), "jobs": [asdict(job) for job in jobs]}
    engine = Path(__file__).resolve().parents[2]
    process = subprocess.run(
        [sys.executable, "-s", "-c", _START, str((root / "course").resolve()), str(engine)],
        input=json.dumps(wanted), capture_output=True, encoding="utf-8", errors="replace",
        cwd=root, env=_environment(),
    )  # fmt: skip
    if process.returncode or not process.stdout:
        tail = "\n".join(process.stderr.strip().split("\n")[-12:])
        raise Problem(
            "The process that evaluates the lessons on `course/g2c` broke off "
            f"(exit code {process.returncode}). It said:\n{tail}"
        )
    return json.loads(process.stdout)


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    fixed = {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",  # nothing is left behind in `course`
        "LC_ALL": "C",
        "TZ": "UTC",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "agg",
    }
    return {**kept, **fixed}


# ---- in the child --------------------------------------------------------------------------------


def child() -> None:
    """Read the jobs from stdin and write their values to stdout, one JSON text each."""
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what authored code prints must not mix with the values
    wanted = json.load(sys.stdin)
    root = Path(wanted["root"])

    import g2c

    course = course_toml.course_of(root, course_toml.course_data(root))
    done = []
    for job in wanted["jobs"]:
        _same_start()
        module = course.by_id[job["module"]]
        names = {"__name__": "__build__", "module": module, "course": course, "log": math.log}
        done.append(_one(job, names))
    package = str(Path(g2c.__file__ or "").resolve())
    json.dump({"package": package, "jobs": done}, results)
    results.close()


def _same_start() -> None:
    """Each job starts alike, whatever ran before it."""
    import numpy
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(0)
    numpy.random.seed(0)
    random.seed(0)


def _one(job: dict[str, Any], names: dict[str, Any]) -> tuple[list[Any], list[tuple[int, str]]]:
    """The values of a job, and where and why there is none."""
    values: list[Any] = []
    problems: list[tuple[int, str]] = []
    for code in job["setup"]:
        try:
            exec(_compiled(job["path"], code, code["text"], "exec"), names)
        except (Exception, SystemExit) as error:
            return values, [_failure(error, job["path"], code["line"])]
    for code in job["wanted"]:
        try:
            value = eval(_compiled(job["path"], code, f"({code['text']}\n)", "eval"), names)
            values.append(asdict(value) if isinstance(value, Authored) else str(value))
        except (Exception, SystemExit) as error:
            problems.append(_failure(error, job["path"], code["line"]))
    return values, problems


def _compiled(path: str, code: dict[str, Any], text: str, mode: str) -> Any:
    """Compiled so that its line numbers are those of the source."""
    return compile("\n" * (code["line"] - 1) + text, path, mode)


def _failure(error: BaseException, path: str, line: int) -> tuple[int, str]:
    frames = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == path]
    if isinstance(error, SyntaxError) and error.filename == path:
        frames.append(error.lineno)
    at = next((n for n in reversed(frames) if n is not None), line)
    if isinstance(error, Problem):
        return at, str(error)
    return at, f"this fails on the reference: {type(error).__name__}: {error}"
