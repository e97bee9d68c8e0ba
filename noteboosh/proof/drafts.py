"""Drafts, whose own issue is still to come: they build, import, and pass the tests they have."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from noteboosh.proof.context import Proof, Report
from noteboosh.proof.variants import blank

# Imports each package in a fresh process, from the folder given and no other.
_IMPORT = """
import importlib, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
failed = {}
for name in sys.argv[2:]:
    try:
        file = importlib.import_module(name).__file__ or ""
        if not file.startswith(sys.argv[1]):
            failed[name] = "comes from `" + file + "`"
    except Exception as error:
        failed[name] = "cannot be imported: " + type(error).__name__ + ": " + str(error)
print(json.dumps(failed))
"""


def drafts(proof: Proof) -> Report:
    report = Report()
    modules = [module for module in proof.course.modules if module.draft]
    packages = list(dict.fromkeys(module.package for module in modules))
    bare = proof.variant("blank-drafts", blank(proof.course.exercises))
    for parent, state in ((proof.root / "course", "complete"), (bare, "blank")):
        for package, what in _imports(parent, packages).items():
            report.complain(f"course/{package.replace('.', '/')}", f"{state}, it {what}")
    files = [module.tests for module in modules if (proof.root / module.tests).is_file()]
    jobs = [proof.job(proof.root / "course", [file]) for file in dict.fromkeys(files)]
    for run in proof.run(jobs, report):
        for test in (test for test in run.tests if test.failed):
            report.complain(test.place, f"`{test.id}` fails on the reference: {test.error}")
    for module in modules:
        tests = "with tests" if module.tests in files else "no tests yet"
        report.say(f"{module.id} {module.title}: {len(module.exercises)} exercises, {tests}")
    return report


def _imports(parent: Path, packages: list[str]) -> dict[str, str]:
    """What is wrong with importing each package; empty where all is well."""
    if not packages:
        return {}
    words = [sys.executable, "-I", "-c", _IMPORT, str(parent), *packages]
    run = subprocess.run(words, capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else dict.fromkeys(packages, run.stderr)
