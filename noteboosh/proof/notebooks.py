"""Notebooks run: the solved ones as they are, the clean ones for somebody who has written nothing.

Each run has a checkout and a kernel of its own. nbval compares a second run of a solved notebook
with the first. It passes over cells that were not executed, so these are looked for here.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from noteboosh.course import Module
from noteboosh.proof import scaffold
from noteboosh.proof.context import Proof, Report

CELL = 120  # seconds that one cell may take
TRACEBACK = "Traceback (most recent call last)"


def notebooks(proof: Proof) -> Report:
    """Three runs a module, two at a time: solved; clean with nothing written; clean with all
    earlier modules complete."""
    report, course = Report(), proof.course
    complete = scaffold.checkout(proof, "complete", course.exercises)
    bare = scaffold.checkout(proof, "bare")
    with ThreadPoolExecutor(2) as pool:
        runs = []
        for module in proof.finished:
            earlier = course.modules[: course.modules.index(module)]
            written = [exercise.id for m in earlier for exercise in m.exercises]
            ready = scaffold.checkout(proof, f"ready-for-{module.id}", written)
            runs += [
                pool.submit(_solved, proof, module, complete),
                pool.submit(_clean, proof, module, bare, "nothing written"),
                pool.submit(_clean, proof, module, ready, "earlier modules complete"),
            ]
    for run in runs:
        report.lines += run.result().lines
        report.complaints += run.result().complaints
    return report


def _solved(proof: Proof, module: Module, root: Path) -> Report:
    report = Report()
    path = f"notebooks/solved/{module.name}.ipynb"
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(proof.build.solved[path])
    start = time.monotonic()
    if _run(proof, module, root, path, report):
        _curves(report, path, target.read_text("utf-8"))
        seconds = time.monotonic() - start
        _compare(proof, module, root, path, report)
        report.say(f"{module.id} solved: {seconds:.1f} s, and again under nbval")
    return report


def _clean(proof: Proof, module: Module, root: Path, state: str) -> Report:
    report = Report()
    start = time.monotonic()
    if _run(proof, module, root, module.clean, report):
        report.say(f"{module.id} clean, {state}: {time.monotonic() - start:.1f} s")
    report.complaints = [f"{complaint} ({state})" for complaint in report.complaints]
    return report


def _run(proof: Proof, module: Module, root: Path, path: str, report: Report) -> bool:
    """Execute a notebook in its checkout, and look at what it shows."""
    words = [scaffold.python(root), "-m", "noteboosh.proof.execute", str(root / path), str(CELL)]
    variables = {**scaffold.variables(root), "JPY_SESSION_NAME": str(root / path)}
    run = subprocess.run(words, cwd=root, env=variables, capture_output=True, encoding="utf-8")
    if run.returncode:
        report.complain(path, f"could not be run at all:\n{run.stderr[-2000:]}")
        return False
    outcome = json.loads(run.stdout)
    if Path(outcome["package"]).resolve() != (root / "g2c/__init__.py").resolve():
        report.complain(path, f"ran on `{outcome['package']}` and not on `{root}/g2c`")
        return False
    places = _places(proof, module)
    if outcome["stopped"] is not None:
        report.complain(places[outcome["stopped"]], f"this cell stopped `{path}`: {outcome['why']}")
        return False
    cells = json.loads((root / path).read_text("utf-8"))["cells"]
    for place, cell in zip(places, cells, strict=True):
        for what in _wrong(cell):
            report.complain(place, f"in `{path}` this cell {what}")
    return not report.complaints


def _wrong(cell: dict) -> list[str]:
    if cell["cell_type"] != "code":
        return []
    if cell["execution_count"] is None:
        return ["was not executed"]
    errors = [o["ename"] for o in cell["outputs"] if o["output_type"] == "error"]
    texts = ["".join(o["text"]) for o in cell["outputs"] if o["output_type"] == "stream"]
    return [f"ends in {name}" for name in errors] or [
        "shows a traceback" for text in texts if TRACEBACK in text
    ]


def _curves(report: Report, path: str, text: str) -> None:
    """Of each training run the first curve that is shown to the curve doctor is a right one."""
    seen: set[str] = set()
    for id, said in re.findall(r"\"(\d\w*\.\w+): (as it should be|outside)", text):
        if id not in seen and said == "outside":
            report.complain(path, f"its own curve `{id}` is outside the recorded band")
        seen.add(id)


def _compare(proof: Proof, module: Module, root: Path, path: str, report: Report) -> None:
    options = ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL}"]
    plain = ["-c", "/dev/null", "--rootdir", str(root), "-p", "no:cacheprovider", "-q", "-rfE"]
    words = [scaffold.python(root), "-m", "pytest", *plain, *options, path]
    run = subprocess.run(
        words, cwd=root, env=scaffold.variables(root), capture_output=True, encoding="utf-8"
    )
    if run.returncode == 0:
        return
    code = [n for n, cell in enumerate(_cells(proof, module)) if cell.kind == "code"]
    found = sorted({int(n) for n in re.findall(r"::Cell (\d+)", run.stdout)})
    for number in found:
        report.complain(
            _places(proof, module)[code[number]], f"`{path}` shows something else when run again"
        )
    report.lines += run.stdout.splitlines()[-60:]
    if not found:
        report.complain(path, f"nbval ended with {run.returncode}: {run.stderr[-2000:]}")


def _places(proof: Proof, module: Module) -> list[str]:
    """The place in the source of each cell."""
    return [f"course/notebooks/{module.name}.py:{cell.line}" for cell in _cells(proof, module)]


def _cells(proof: Proof, module: Module) -> list:
    from noteboosh.authoring.notebook import read_source

    path = f"course/notebooks/{module.name}.py"
    source = read_source((proof.root / path).read_text("utf-8"), path, module)
    return [cell for cell in source.cells if not cell.author]
