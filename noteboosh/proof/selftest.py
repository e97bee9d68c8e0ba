"""`selftest`: all parts of the proof, each with its time against its budget.

It reads the authored sources, builds what it runs in a temporary folder outside the checkout, and
leaves the student's `g2c` alone. Budgets are for two cores; NOTEBOOSH_BUDGET=2 doubles them.
"""

from __future__ import annotations

import importlib
import os
import tempfile
import time
import traceback
from pathlib import Path

from noteboosh.course import Course
from noteboosh.errors import Problem, UsageProblem
from noteboosh.proof.context import Proof, Report

# Each part: the module of noteboosh.proof that holds it, and its budget in seconds.
PARTS = {
    "boundary": ("boundary", 10),
    "style": ("tools", 60),
    "built": ("built", 90),
    "drafts": ("drafts", 60),
    "counts": ("counts", 90),
    "matrix": ("matrix", 360),
    "mistakes": ("mistakes", 500),
    "diagnoses": ("diagnoses", 500),
    "curves": ("curves", 120),
    "lessons": ("lessons", 60),
    "notebooks": ("notebooks", 600),
    "install": ("tools", 240),
    "engine": ("tools", 600),
    "browser": ("tools", 120),
}


def selftest(course: Course, only: list[str] | None = None) -> int:
    """Print every part's time and complaints; 0 where all is as promised, else 1."""
    unknown = sorted(set(only or []) - set(PARTS))
    if unknown:
        raise UsageProblem(f"There is no part `{unknown[0]}`. The parts: {', '.join(PARTS)}.")
    _patience()
    failed, begin = [], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="noteboosh-proof-") as folder:
        proof = Proof(course, Path(folder).resolve())
        for name in PARTS:
            if only is None or name in only:
                print(f"{name:<10}", end="", flush=True)
                if not _show(name, *_timed(name, proof)):
                    failed.append(name)
    total = time.monotonic() - begin
    verdict = f"not true: {', '.join(failed)}" if failed else "all that was asked for is true"
    print(f"{'together':<10}{total:6.1f} s  {verdict}")
    return 1 if failed else 0


def _patience() -> float:
    """How many times its budget a part may take here."""
    given = os.environ.get("NOTEBOOSH_BUDGET", "1")
    try:
        return float(given)
    except ValueError:
        raise UsageProblem(f"NOTEBOOSH_BUDGET is `{given}`; make it a number, such as 2.") from None


def _timed(name: str, proof: Proof) -> tuple[Report, float]:
    start = time.monotonic()
    try:
        module = importlib.import_module(f"noteboosh.proof.{PARTS[name][0]}")
        report = getattr(module, name)(proof)
    except Problem as problem:
        report = Report(complaints=[str(problem)])
    except Exception:  # the proof of the other parts goes on
        report = Report(complaints=[f"this part broke off:\n{traceback.format_exc()}"])
    return report, time.monotonic() - start


def _show(name: str, report: Report, seconds: float) -> bool:
    budget = PARTS[name][1] * _patience()
    if seconds > budget:
        report.complaints.append(f"{name}: {seconds:.0f} s, over its budget of {budget:.0f} s")
    verdict = f"{len(report.complaints)} complaints" if report.complaints else "true"
    print(f"{seconds:6.1f} s of {budget:3.0f} s  {verdict}")
    for line in report.lines:
        print(f"    {line}")
    for complaint in report.complaints:
        print("  ! " + complaint.replace("\n", "\n    "))
    return not report.complaints
