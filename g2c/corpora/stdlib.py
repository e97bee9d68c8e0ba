# Given. Built from course/g2c/corpora/stdlib.py: there is nothing to write here.
"""Given code: the Python sources of the reader's own installation, always there to be read."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from g2c.corpora.reading import first_within

SKIPPED_FOLDERS = {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}


def documents(*, max_bytes: int = 1_000_000) -> list[str]:
    """The first whole files that together hold at most `max_bytes` of UTF-8, one a document.

    The order is fixed: a folder's files by name, then its folders by name. Empty files, files
    that are not UTF-8 and tests are left out. The text depends on the version of Python.
    Raises: ValueError if not even one file fits.
    """
    root = Path(sysconfig.get_paths()["stdlib"])
    chosen = list(first_within(_texts(root), max_bytes))
    if not chosen:
        raise ValueError(
            f"max_bytes ({max_bytes}) leaves room for no Python source of `{root}`: "
            "try 1000000, or the corpus `toystories` if that folder has no sources"
        )
    return chosen


def _texts(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        for name in sorted(files):
            if name.endswith(".py"):
                try:
                    text = Path(folder, name).read_text(encoding="utf-8")
                except (UnicodeDecodeError, OSError):  # OSError: a broken link, a locked file
                    continue
                if text:
                    yield text
