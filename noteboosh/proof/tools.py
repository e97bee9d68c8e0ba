"""What other programs prove: the engine's own tests, the browser's, formatting, lint and types."""

from __future__ import annotations

import subprocess
import sys

from noteboosh.proof.context import Proof, Report

INSTALL, BROWSER = "tests/engine/test_new_user.py", "tests/engine/test_browser.py"
STYLE = (
    ("ruff", "check", "--output-format=concise", "--quiet", "."),
    ("ruff", "format", "--check", "--output-format=concise", "--quiet", "."),
    ("mypy", "noteboosh"),
)


def engine(proof: Proof) -> Report:
    apart = [f"--ignore={path}" for path in (INSTALL, BROWSER)]
    return _pytest(proof, "tests/engine", *apart, "-n2", "--dist=loadfile")


def install(proof: Proof) -> Report:
    return _pytest(proof, INSTALL)


def browser(proof: Proof) -> Report:
    return _pytest(proof, BROWSER)


def style(proof: Proof) -> Report:
    report = Report()
    for words in STYLE:
        run = _run(proof, *words)
        if run.returncode:
            shown = (run.stdout + run.stderr).strip().splitlines()
            report.complaints += [f"{' '.join(words[:2])}: {line}" for line in shown]
    return report


def _pytest(proof: Proof, *words: str) -> Report:
    report = Report()
    run = _run(proof, "pytest", "-q", "-rfEs", "--tb=short", *words)
    lines = run.stdout.splitlines()
    report.lines = [line for line in lines if line.startswith("SKIPPED")] + lines[-1:]
    if run.returncode:
        failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
        report.complaints = failed or [f"pytest ended with {run.returncode}: {run.stderr[-2000:]}"]
        report.lines += lines
    return report


def _run(proof: Proof, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, cwd=proof.root, capture_output=True, text=True, encoding="utf-8")
