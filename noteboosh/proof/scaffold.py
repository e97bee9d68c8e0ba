"""A whole checkout in a temporary folder, with a `.venv` of its own: where notebooks and the
commands of lessons run as they would for a student, and cannot touch the student's own.

Its `.venv` holds no packages: it borrows those of the Python that runs the proof by one path file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from pathlib import Path

from noteboosh import environment, fences
from noteboosh.proof.context import Proof

COPIED = ("noteboosh.sh", "pyproject.toml", "constraints.txt", "README.md", ".gitignore")
FOLDERS = ("noteboosh", "tests", "course")
LITTER = shutil.ignore_patterns("__pycache__", ".*_cache", "*.pyc")


def checkout(proof: Proof, name: str, written: Iterable[str] = ()) -> Path:
    """A fresh clone after set-up, in which these exercises are written; gives back its root."""
    root = proof.folder / name
    for folder in FOLDERS:
        shutil.copytree(proof.root / folder, root / folder, ignore=LITTER)
    for file in filter(lambda file: (proof.root / file).exists(), COPIED):
        shutil.copy(proof.root / file, root / file)
    fills = {id: proof.sources.regions[id].fill() for id in written}
    for path, data in proof.build.files.items():
        if path.endswith(".py"):
            own = fences.regions(text := data.decode("utf-8"), path).keys() & fills.keys()
            data = fences.render(text, {id: fills[id] for id in own}, path).encode("utf-8")
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    _environment(root)
    return root


def python(root: Path) -> str:
    return str(root / ".venv/bin/python")


def variables(root: Path) -> dict[str, str]:
    """The environment of a command there: nothing of the user's Python, Jupyter or git."""
    foreign = ("PYTHON", "JUPYTER", "IPYTHON", "PYTEST", "GIT_", "VIRTUAL_ENV", "MPLBACKEND")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    own = {name: str(root.parent / f"{root.name}.{name}") for name in ("data", "config", "runtime")}
    return {
        **kept,
        "JUPYTER_DATA_DIR": own["data"],
        "JUPYTER_CONFIG_DIR": own["config"],
        "JUPYTER_RUNTIME_DIR": own["runtime"],
        "IPYTHONDIR": own["config"],
        "OMP_NUM_THREADS": "1",  # several run at once
        "GIT_AUTHOR_NAME": "proof", "GIT_AUTHOR_EMAIL": "proof@example.org",
        "GIT_COMMITTER_NAME": "proof", "GIT_COMMITTER_EMAIL": "proof@example.org",
    }  # fmt: skip


def commit(root: Path) -> None:
    """Make it a repository, all of it committed."""
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "a fresh clone"]):
        subprocess.run(["git", *words], cwd=root, env=variables(root), check=True)


def _environment(root: Path) -> None:
    """A `.venv` that set-up takes for its own and finds complete."""
    folder = root / ".venv"
    venv.create(folder, symlinks=True)
    packages = folder / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    (packages / environment.PATH_FILE).write_text(f"{root}\n", "utf-8")
    paths = {sysconfig.get_path("purelib"): 0, sysconfig.get_path("platlib"): 0}
    (packages / "packages.pth").write_text("".join(f"{path}\n" for path in paths), "utf-8")
    pytest = folder / "bin/pytest"
    pytest.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m pytest "$@"\n', "utf-8")
    pytest.chmod(0o755)
    stamp = {
        "root": str(root),
        "digest": environment._digest(root),
        "extra": "authors",
        "torch": {"wish": os.environ.get("NOTEBOOSH_TORCH", ""), "note": ""},
        "python": environment._minor(),
        "files": environment._files(folder),
    }
    (folder / environment.STAMP).write_text(json.dumps(stamp), "utf-8")
