# Given. Built from course/g2c/warmup/setup.py: there is nothing to write here.
"""Given: what can be wrong before you have written anything, each said in one sentence.

It needs nothing but Python itself, so that it also speaks where the set-up is at fault.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]  # the g2c that Python has imported
EXERCISE_FILES = ("shapes.py", "guessing.py")
DOCTOR = "`./noteboosh.sh doctor` looks further"
_OPENS = re.compile(r"^\s*#[\s-]*(your code:|BEGIN )", re.MULTILINE)
_CLOSES = re.compile(r"^\s*#[\s-]*(end of your code|END )", re.MULTILINE)


def check_setup(start: str | Path = ".") -> str:
    """`Ready: …` where all is well, else `Not ready: …`: what is wrong, and what to do.

    `start` is a folder anywhere inside the course.
    """
    root = course_folder(start)
    if root is None:
        problem: str | None = (
            f"there is no `noteboosh.sh` in `{Path(start).resolve()}` or above it: go to the "
            f"course's folder with `cd` and start again from there, where {DOCTOR}."
        )
    else:
        problem = environment_problem(root) or package_problem(root) or fence_problem()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return f"Not ready: {problem}" if problem else f"Ready: Python {version}, and your own `g2c`."


def course_folder(start: str | Path) -> Path | None:
    """The folder that holds `noteboosh.sh`: `start` itself or the nearest one above it."""
    folder = Path(start).resolve()
    return next((f for f in (folder, *folder.parents) if (f / "noteboosh.sh").is_file()), None)


def environment_problem(root: Path, prefix: str = sys.prefix) -> str | None:
    """What is wrong if another Python runs than the one in the course's `.venv`.

    Where there is no `.venv`, somebody has set this up in another way, and that is fine.
    """
    own = root / ".venv"
    # Folders are compared, not programs: `.venv/bin/python` is a link to the system's Python.
    if not own.is_dir() or os.path.realpath(own) == os.path.realpath(prefix):
        return None
    return (
        f"this is the Python of `{prefix}` and not the course's own in `{own}`: open the notebook "
        f"with `./noteboosh.sh 00` and test with `./noteboosh.sh test 00`; {DOCTOR}."
    )


def package_problem(root: Path, package: Path = PACKAGE) -> str | None:
    """What is wrong if `import g2c` finds another folder than the one you work in."""
    if os.path.realpath(package) == os.path.realpath(root / "g2c"):
        return None
    return (
        f"Python has imported `{package}` and not your own `{root / 'g2c'}`, so your edits would "
        f"change nothing: close this and open it again with `./noteboosh.sh 00`; {DOCTOR}."
    )


def fence_problem(package: Path = PACKAGE) -> str | None:
    """What is wrong if an exercise has lost one of its two fence lines."""
    for name in EXERCISE_FILES:
        text = (package / "warmup" / name).read_text("utf-8", "replace")
        if not len(_OPENS.findall(text)) == len(_CLOSES.findall(text)) == 1:
            return (
                f"`g2c/warmup/{name}` has lost one of the two fence lines around your code: "
                f"`./noteboosh.sh restore g2c/warmup/{name}` brings them back; {DOCTOR}."
            )
    return None
