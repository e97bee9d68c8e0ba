"""`.venv`: made once, kept in step with `pyproject.toml` and `constraints.txt`, repaired in place.

Standard library only: it runs under any Python 3.10 to 3.13, before there is a `.venv`.

What is installed is the list in `pyproject.toml`, pinned by `constraints.txt`, and one `.pth` file
that names the checkout. The project itself is not built, so no build backend has to be fetched and
a checkout that moved is repaired without a network; `pip install -e .` has the same effect.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import fcntl
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noteboosh import packages
from noteboosh.errors import EnvironmentProblem

RECIPE = 1  # raise it when set-up itself changes, so that every `.venv` is brought up to date
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
STAMP, LOCK, LOG = "noteboosh.json", "noteboosh.lock", "install.log"
PATH_FILE = "g2c.pth"


def ensure(root: Path, extra: str | None = None) -> None:
    """Leave `root/.venv` complete: at once if it is, else by making or repairing it, with progress
    on stderr. `extra="authors"` wants that list of `pyproject.toml` too. It may be interrupted at
    any point and called again; two at once wait for one another. Raises EnvironmentProblem."""
    root = Path(root).resolve()
    venv = root / ".venv"
    try:
        if state(root, extra) == "ready":
            return
        _refuse(root)
        venv.mkdir(exist_ok=True)
        with _alone(venv) as lock:
            if state(root, extra) != "ready":
                _set_up(root, extra, packages.Steps(venv / LOG, lock))
    except OSError as error:
        raise packages.explain(str(error), venv / LOG, _cause(error)) from error


def state(root: Path, extra: str | None = None) -> str:
    """`.venv` in one word: "ready", "absent", "foreign" (not an environment), "unfinished" (never
    completed, or parts are missing), "moved" (the checkout was), "stale" (other requirements,
    another Python, or a wish for another PyTorch). Starts no process."""
    venv = root / ".venv"
    if not os.path.lexists(venv):
        return "absent"
    if not venv.is_dir():
        return "foreign"
    stamp = _read_stamp(venv)
    if not stamp and not (venv / "pyvenv.cfg").exists():
        names = {entry.name for entry in venv.iterdir()} - {LOCK, LOG}
        return "foreign" if names else "absent"
    if not stamp.get("digest") or not (venv / "bin/python").exists():
        return "unfinished"
    if _unwanted(root, stamp, extra):
        return "stale"
    if set(stamp["files"]) - set(_files(venv)):
        return "unfinished"
    return "ready" if stamp["root"] == str(root) else "moved"


def _unwanted(root: Path, stamp: dict[str, Any], extra: str | None) -> bool:
    """Whether what the stamp says was installed is not what is asked for now."""
    wish = os.environ.get("NOTEBOOSH_TORCH", stamp["torch"]["wish"])  # unset: as it was
    # Another Python counts where this one is, or is asked to become, the one of `.venv`.
    counts = in_venv(root) or os.environ.get("NOTEBOOSH_PYTHON")
    return (
        stamp["digest"] != _digest(root)
        or stamp["extra"] not in ("authors", extra)
        or stamp["torch"]["wish"] != wish
        or bool(counts and stamp["python"] != _minor())
    )


def in_venv(root: Path) -> bool:
    """Whether this process runs on the Python of `root/.venv`."""
    return os.path.realpath(sys.prefix) == os.path.realpath(root / ".venv")


def reexec(root: Path, arguments: list[str]) -> None:
    """Go on with the same arguments on the Python of `root/.venv`; nothing if this is it."""
    if in_venv(root):
        return
    sys.stdout.flush()
    sys.stderr.flush()
    python = str(venv_python(root))
    os.execv(python, [python, str(root / "noteboosh/__main__.py"), *arguments])


def venv_python(root: Path) -> Path:
    return root / ".venv/bin/python"


def torch_note(root: Path) -> str:
    """Which PyTorch set-up chose and why, as it said then; "" before the first set-up."""
    return _read_stamp(root / ".venv").get("torch", {}).get("note", "")


# -- the stamp ----------------------------------------------------------------------------------


def _digest(root: Path) -> str:
    """Of all that decides what is installed."""
    found = hashlib.sha256(str(RECIPE).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        found.update((root / name).read_bytes())
    return found.hexdigest()


def _minor() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _site_packages(venv: Path) -> Path:
    """Of the Python that `.venv` was made with last."""
    return venv / f"lib/python{_made_with(venv)}/site-packages"


def _made_with(venv: Path) -> str:
    """Such as "3.11"; "" where `pyvenv.cfg` does not say."""
    try:
        text = (venv / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return ""
    match = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", text, re.M)
    return match[1] if match else ""


def _files(venv: Path) -> list[str]:
    """Witnesses of a complete installation: every command, every package's record, our path."""
    found = []
    with contextlib.suppress(OSError):
        found += [name for name in os.listdir(venv / "bin") if not name.startswith("python")]
        names = os.listdir(_site_packages(venv))
        found += [n for n in names if n.endswith(".dist-info") or n == PATH_FILE]
    return sorted(found)


def _read_stamp(venv: Path) -> dict[str, Any]:
    try:
        return json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _replace(path: Path, text: str) -> None:
    """Write `path` whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


@contextlib.contextmanager
def _alone(venv: Path) -> Iterator[tuple[int, ...]]:
    """Hold the lock of `.venv`; yields the descriptors that a child keeps it by."""
    with open(venv / LOCK, "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work on this `.venv`: waiting for it.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:  # a file system without locks: go on without
            pass
        yield (lock.fileno(),)


def _cause(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "disk"
    return "permission" if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else "other"


# -- making and repairing -----------------------------------------------------------------------


def _refuse(root: Path) -> None:
    if _minor() not in PYTHONS:
        raise EnvironmentProblem(
            f"This is Python {platform.python_version()}; the course needs {PYTHONS[0]} to "
            f"{PYTHONS[-1]}. Name one in NOTEBOOSH_PYTHON, then run the same command again."
        )
    if state(root) == "foreign":
        raise EnvironmentProblem(
            f"`{root / '.venv'}` exists and is not a Python environment, so it was left alone. "
            "Move it away (`mv .venv venv-old`), then run the same command again."
        )


def _set_up(root: Path, extra: str | None, steps: packages.Steps) -> None:
    """From whatever `.venv` is to a complete one; the stamp comes last."""
    start, venv = time.monotonic(), root / ".venv"
    stamp, before = _read_stamp(venv), state(root, extra)
    print(f"Setting up `.venv` ({before}); the log is `.venv/{LOG}`:", file=sys.stderr)
    steps.log.write_bytes(b"")
    ours = bool(stamp) or before == "absent"
    stamp = {"root": str(root), "extra": None, "torch": {}} | stamp
    if before != "moved":
        if ours:
            _replace(venv / STAMP, json.dumps(stamp | {"digest": None}))
        _make_python(venv, ours, steps)
    if stamp["root"] != str(root):
        _settle(venv, steps)
    _replace(_site_packages(venv) / PATH_FILE, f"{root}\n")
    if before != "moved":
        stamp["extra"] = extra or stamp["extra"]
        stamp["torch"] = _install(root, stamp["extra"], stamp["torch"], steps)
    stamp |= {"root": str(root), "python": _made_with(venv)}
    stamp |= {"digest": _digest(root), "files": _files(venv)}
    _replace(venv / STAMP, json.dumps(stamp, indent=1))
    print(f"`.venv` is ready after {time.monotonic() - start:.0f} s.", file=sys.stderr)


def _make_python(venv: Path, ours: bool, steps: packages.Steps) -> None:
    """A Python in `.venv` that runs, with pip. Packages are kept where they fit it; only an
    environment that set-up made is ever emptied."""
    made_with, runs = _made_with(venv), _runs(venv)
    chosen = os.environ.get("NOTEBOOSH_PYTHON") and not in_venv(venv.parent)
    if runs not in PYTHONS or runs != made_with or (chosen and runs != _minor()):
        if made_with not in ("", _minor()):
            if not ours:
                raise EnvironmentProblem(
                    f"`{venv}` is of Python {made_with}, does not fit and was not made by this "
                    "command, so it was left alone. Move it away (`mv .venv venv-old`), then run "
                    "the same command again."
                )
            _empty(venv)
        for link in venv.glob("bin/python*"):  # `venv` does not replace one that leads nowhere
            link.unlink()
        base = getattr(sys, "_base_executable", None) or sys.executable
        make = [base, "-m", "venv", "--without-pip", str(venv)]  # with: it hides pip's errors
        _step(steps, f"An environment of Python {_minor()}", make)
    _drop_half_installed(_site_packages(venv))
    if not any(_site_packages(venv).glob("pip-*.dist-info")):
        python = str(venv / "bin/python")
        _step(steps, "pip", [python, "-m", "ensurepip", "--upgrade", "--default-pip"])


def _step(steps: packages.Steps, title: str, command: list[str]) -> None:
    code, output = steps.run(title, command)
    if code:
        raise packages.explain(output, steps.log)


def _runs(venv: Path) -> str:
    """The version of the Python in `.venv`, such as "3.11"; "" if it does not run."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    command = [str(venv / "bin/python"), "-S", "-E", "-c", code]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _empty(venv: Path) -> None:
    # `pyvenv.cfg` last: as long as it is there, an interrupted run empties the rest again
    for entry in sorted(venv.iterdir(), key=lambda entry: entry.name == "pyvenv.cfg"):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in (STAMP, LOCK, LOG):
            entry.unlink()


def _install(
    root: Path, extra: str | None, before: dict[str, str], steps: packages.Steps
) -> dict[str, str]:
    """All packages; returns what to remember of PyTorch."""
    venv = root / ".venv"
    wanted = packages.requirements(root, extra)
    installer = packages.Installer(venv / "bin/python", root / "constraints.txt", steps)
    wish = os.environ.get("NOTEBOOSH_TORCH", before.get("wish", ""))
    torch = {"wish": wish, "note": ""}
    for requirement in wanted:
        if re.match(r"torch\b(?!-)", requirement):
            torch["note"] = _install_torch(installer, requirement, wish, before)
    installer.install(f"{len(wanted)} packages and what they need", wanted)
    return torch


def _install_torch(
    installer: packages.Installer, requirement: str, wish: str, before: dict[str, str]
) -> str:
    """Says and returns which PyTorch it is, and why."""
    choice = packages.choose_torch(
        wish,
        platform.system(),
        packages.has_nvidia_driver,
        lambda url: packages.index_answers(url, installer.steps.environ),
    )
    anew = bool(before) and before["wish"] != wish
    packages.install_torch(installer, requirement, choice, anew)
    build = packages.torch_build(_site_packages(installer.python.parents[1]))
    note = f"{build}: {choice.why}"
    cure = "" if wish else " (NOTEBOOSH_TORCH overrides: `cpu`, `cuda` or an index)"
    print(f"  {note}{cure}", file=sys.stderr)
    return note


def _drop_half_installed(site_packages: Path) -> None:
    """Forget every package that is not wholly there, so that it is installed again. What pip had
    set aside when it was killed starts with `~`."""
    for info in site_packages.glob("*.dist-info"):
        if not _whole(info):
            shutil.rmtree(info)
    for aside in site_packages.glob("~*"):
        shutil.rmtree(aside, ignore_errors=True)


def _whole(info: Path) -> bool:
    """Whether all files of a package are there. pip and uv write INSTALLER after them, and uv
    copies a RECORD that does not name the commands yet."""
    try:
        with open(info / "RECORD", encoding="utf-8", newline="") as record:
            names = [row[0] for row in csv.reader(record) if row]
    except OSError:
        return False
    return (info / "INSTALLER").exists() and all(
        os.path.exists(info.parent / name) for name in names if not name.endswith(".pyc")
    )


# -- a checkout that moved ----------------------------------------------------------------------


def _settle(venv: Path, steps: packages.Steps) -> None:
    """Write the new place of `.venv` where the old one stood: activation scripts, `pyvenv.cfg`
    (both by `venv` itself) and the first lines of the commands. Needs no network."""
    python = venv / "bin/python"
    _step(steps, "The new place", [str(python), "-m", "venv", "--without-pip", str(venv)])
    for command in (venv / "bin").iterdir():
        if command.is_file() and not command.is_symlink():
            text = command.read_bytes()
            moved = _start_line(text, str(python))
            if moved != text:
                mode = command.stat().st_mode
                command.write_bytes(moved)
                command.chmod(mode)


def _start_line(text: bytes, python: str) -> bytes:
    """`text` started by `python` if a Python of some `.venv` starts it now: by `#!python`, or, for
    a path that is long or has a space, by way of /bin/sh."""
    plain = re.match(rb"#!([^\n]*/\.venv/bin/python[\d.]*)\r?\n", text)
    by_shell = re.match(rb"#!/bin/sh\n'''exec' [^\n]*/\.venv/bin/python[^\n]*\n' '''\n", text)
    match = plain or by_shell
    if not match:
        return text
    start = f"#!{python}\n"
    if shlex.quote(python) != python or len(start) > 127:  # Linux reads no more of such a line
        start = f"#!/bin/sh\n'''exec' {shlex.quote(python)} \"$0\" \"$@\"\n' '''\n"
    return os.fsencode(start) + text[match.end() :]
