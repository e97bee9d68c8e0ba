# Given. Built from course/g2c/corpora/fetching.py: there is nothing to write here.
"""Given code: corpora from the network, fetched once, checked by their sum, kept on this machine.

They lie in the user's cache (`cache_folder()`, or any folder by `cache=`), outside of every clone
of the course: no clone carries them, all share them, and `git clean` leaves them alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from g2c.corpora.resume import FetchError, download, drop

BLOCK_BYTES = 1 << 20
COMMAND = ".venv/bin/python -m g2c.corpora fetch"


@dataclass(frozen=True)
class Source:
    """Where a corpus is published. `sha256` is None where the course knows no sum.

    Then the sum of the first copy is written beside it, in a file `….sha256` as `sha256sum`
    writes it, and every later copy must have that sum.
    """

    url: str
    about: str
    size: int | None = None  # in bytes
    sha256: str | None = None


_TINYSTORIES = "https://huggingface.co/datasets/roneneldan/TinyStories/resolve/main/"
SOURCES = {
    "tinyshakespeare": Source(
        "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        "1.1 MB",
        1_115_394,
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ),
    "tinystories": Source(_TINYSTORIES + "TinyStoriesV2-GPT4-train.txt", "2.2 GB"),
    "tinystories-valid": Source(_TINYSTORIES + "TinyStoriesV2-GPT4-valid.txt", "23 MB"),
}


def cache_folder() -> Path:
    """Where corpora are kept unless a call says otherwise."""
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "g2c" / "corpora"


def fetch(
    name: str, *, cache: str | os.PathLike | None = None, given: str | os.PathLike | None = None
) -> Path:
    """The file of a corpus of `SOURCES`, fetched if it is not in the folder `cache` yet.

    `given` is a copy on disk to take instead of the network's. Either way the sum is checked, at
    every call, and the file appears complete or not at all.
    Raises: FetchError that says what to do; a cut download is kept and continued by the next call.
    """
    if name not in SOURCES:
        raise FetchError(f"`{name}` is not to be fetched: there are {', '.join(SOURCES)}")
    folder = cache_folder() if cache is None else Path(cache).expanduser()
    path = folder / f"{name}.txt"
    try:
        if path.exists() and given is None:
            return _checked(name, path, path)
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(path):
            if given is not None:
                return _checked(name, _copy(Path(given).expanduser(), path), path)
            return _checked(name, path if path.exists() else _download(name, path), path)
    except OSError as error:
        place = error.filename or folder
        raise FetchError(f"`{name}`: `{place}`: {error.strerror or error}") from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time; another one waits, and finds the file there."""
    import fcntl  # here, because Windows has none, and nothing else needs it

    with open(path.with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another process is fetching `{path.name}`: waiting for it", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _download(name: str, path: Path) -> Path:
    source, part = SOURCES[name], path.with_suffix(".part")
    known = source.sha256 or _recorded(path)
    try:
        download(source.url, part, size=source.size, sum_is_known=known is not None)
    except FetchError as error:
        kept = part.stat().st_size if part.exists() else 0
        more = f" The {kept:,} bytes in `{part}` are kept; the next try goes on there." * (kept > 0)
        raise FetchError(
            f"`{name}` ({source.about}) is not on this machine yet, and fetching it from "
            f"{source.url} did not work: {error}.{more} {_elsewhere(name)} Without a network there "
            "are the built-in corpora `toystories` and `stdlib`."
        ) from error
    return part


def _elsewhere(name: str) -> str:
    return (
        f"Try again with a network, or get the file on another machine and give it: `{COMMAND} "
        f"{name} --from FILE`, or for one training run `--data FILE`."
    )


def _copy(given: Path, path: Path) -> Path:
    if path.exists() and given.samefile(path):
        return path
    target = path.with_suffix(".copy")
    try:
        with open(given, "rb") as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy, BLOCK_BYTES)
    except BaseException:  # a stop by Ctrl-C too
        target.unlink(missing_ok=True)
        raise
    return target


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file of any size, in hexadecimal digits."""
    from tqdm import tqdm

    found, size = hashlib.sha256(), path.stat().st_size
    bar = tqdm(total=size, unit="B", unit_scale=True, desc=f"check {path.stem}", delay=1)
    with bar, open(path, "rb") as file:
        while block := file.read(BLOCK_BYTES):
            found.update(block)
            bar.update(len(block))
    return found.hexdigest()


def _recorded(path: Path) -> str | None:
    record = path.with_suffix(".sha256")
    return record.read_text(encoding="utf-8").split()[0] if record.exists() else None


def _checked(name: str, arrived: Path, path: Path) -> Path:
    """Make the file that has arrived the corpus `path`, if its sum is right."""
    expected, found = SOURCES[name].sha256 or _recorded(path), sha256_of(arrived)
    if expected not in (found, None):
        aside = path.with_suffix(".wrong")
        arrived.replace(aside)
        if arrived.suffix == ".copy":
            aside.unlink()  # whoever gave it has it
        drop(path.with_suffix(".part"))
        raise FetchError(_wrong_sum(name, found, expected, path))
    if SOURCES[name].sha256 is None and expected is None:
        record = f"{found}  {path.name}\n"
        path.with_suffix(".sha256").write_text(record, encoding="utf-8")
    if arrived != path:
        with open(arrived, "rb") as file:
            os.fsync(file.fileno())  # on the disk before it gets its name
        arrived.replace(path)
        drop(path.with_suffix(".part"))
    return path


def _wrong_sum(name: str, found: str, expected: str, path: Path) -> str:
    aside, record = path.with_suffix(".wrong"), path.with_suffix(".sha256")
    whose = (
        "the course knows it with" if SOURCES[name].sha256 else f"the first copy (`{record}`) had"
    )
    where = f" It was put aside as `{aside}`: look how it begins, then delete it." * aside.exists()
    other = f" If the publisher has changed it, delete `{record}`." * record.exists()
    return (
        f"`{name}`: the file has the SHA-256 {found}, but {whose} {expected}: it is damaged, or "
        f"another text.{where}{other} {_elsewhere(name)}"
    )
