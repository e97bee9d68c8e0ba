"""`doctor`: what this machine and this checkout have and lack, each with its cure.

It changes nothing, needs no `.venv`, and asks no network.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from noteboosh import course, environment, fences, packages
from noteboosh.errors import Problem

AGAIN = "run `./noteboosh.sh MODULE --no-launch`"
CURES = {
    "foreign": "move it away: `mv .venv venv-old`; it is no Python environment",
    "unfinished": f"{AGAIN}: it completes what is there",
    "moved": f"{AGAIN}: it repairs the paths, also without a network",
    "stale": f"{AGAIN}: it brings it up to date",
}
ASK = """
import json, torch, jupyterlab, pytest
mps = torch.backends.mps.is_available()
device = "cuda" if torch.cuda.is_available() else "mps" if mps else "cpu"
print(json.dumps([torch.__version__, device, jupyterlab.__version__]))
"""


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what it is like, and the cure where that is a problem."""

    what: str
    said: str
    cure: str = ""

    @property
    def state(self) -> str:
        return "problem" if self.cure else "ok"


def doctor(root: Path, as_json: bool = False) -> int:
    """Print all findings on stdout; 0 if no one is a problem, else 3."""
    findings = []
    for finding in examine(root.resolve()):
        findings.append(finding)
        if not as_json:
            print(f"{finding.state:<8} {finding.what:<10} {finding.said}", flush=True)
            if finding.cure:
                print(f"{'':<19} {finding.cure}")
    if as_json:
        print(json.dumps([{"state": f.state} | asdict(f) for f in findings], indent=2))
    return 3 if any(finding.cure for finding in findings) else 0


def examine(root: Path) -> Iterator[Finding]:
    """Look at one thing after the other."""
    yield _python()
    yield _git()
    yield from _venv(root)
    yield _disk(root)
    yield _port()
    yield _course(root)


def _python() -> Finding:
    said = f"{platform.python_version()} at `{sys.executable}`, {platform.platform()}"
    fits = f"{sys.version_info[0]}.{sys.version_info[1]}" in environment.PYTHONS
    return Finding("Python", said, "" if fits else "name a Python 3.10 to 3.13 in NOTEBOOSH_PYTHON")


def _git() -> Finding:
    how = "`xcode-select --install`" if sys.platform == "darwin" else "your system's package `git`"
    try:
        answer = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return Finding("git", "it does not run", f"install {how}")
    return Finding("git", answer.stdout.strip(), f"install {how}" if answer.returncode else "")


def _venv(root: Path) -> Iterator[Finding]:
    try:
        state = environment.state(root)
    except OSError as error:
        yield Finding(".venv", f"it cannot be judged: {error}", "`git checkout -- .` in the folder")
        return
    if state == "absent":
        yield Finding(".venv", "not made yet: the first launch makes it")
        return
    yield Finding(".venv", state, CURES.get(state, ""))
    if environment.venv_python(root).exists():
        yield from _packages(root)


def _packages(root: Path) -> Iterator[Finding]:
    """What the environment's own Python says of torch and Jupyter."""
    command = [str(environment.venv_python(root)), "-I", "-c", ASK]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
        torch, device, jupyterlab = json.loads(answer.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        output = answer.stderr if isinstance(error, ValueError) else str(error)
        last = (output.strip().splitlines() or ["they said nothing"])[-1]
        cure = f"`rm -rf .venv`, then {AGAIN}"
        yield Finding("packages", f"they do not work: {last}", cure)
        return
    note = environment.torch_note(root)
    unused = device == "cpu" and packages.has_nvidia_driver()
    cure = f"it leaves the NVIDIA GPU unused: with NOTEBOOSH_TORCH=cuda set, {AGAIN}"
    said = f"{torch} on {device}" + (f"; set-up took {note}" if note else "")
    yield Finding("PyTorch", said, cure if unused else "")
    yield Finding("JupyterLab", jupyterlab)


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free / 1e9
    short = free < 2 and not (root / ".venv").exists() or free < 0.2
    return Finding("disk", f"{free:.1f} GB free", "make room: set-up needs 1.5 GB" if short else "")


def _port() -> Finding:
    """Jupyter takes the first free port from 8888 on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8888))
            return Finding("port", "8888 is free")
        except OSError:
            pass
        try:
            probe.bind(("127.0.0.1", 0))
            return Finding("port", "8888 is taken; Jupyter takes the next free one")
        except OSError as error:
            return Finding("port", f"127.0.0.1: {error}", "allow this program to listen there")


def _course(root: Path) -> Finding:
    try:
        modules = course.load(root)
        for file in sorted({exercise.file for exercise in modules.exercises.values()}):
            fences.regions((root / file).read_text("utf-8"), file)
    except Problem as problem:
        said, _, cure = str(problem).partition("\n")
        return Finding("course", said, cure or "mend that line, or `./noteboosh.sh undo`")
    except (OSError, UnicodeError) as error:
        return Finding("course", str(error), f"`git checkout -- '{os.path.relpath(file)}'`")
    return Finding("course", f"{len(modules.modules)} modules, all fences whole")
