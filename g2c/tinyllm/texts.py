# Given. Built from course/g2c/tinyllm/texts.py: there is nothing to write here.
"""Given, complete: the text of a run, in two parts: to learn from, and to be tested on."""

from __future__ import annotations

import ast
import codecs
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from g2c.corpora import END_OF_TEXT, stdlib, toystories

TRAIN_FRACTION = 0.9
BLOCK = 1 << 20


@dataclass(frozen=True)
class Part:
    """A text that can be read again and again, in chunks; documents end in `<|endoftext|>`."""

    chunks: Callable[[], Iterable[str]]
    num_bytes: int
    documents: tuple[str, ...] | None = None  # where they are in memory anyway


@dataclass(frozen=True)
class Texts:
    """What a run learns from and what it is tested on; `says` goes into the manifest."""

    train: Part
    val: Part
    says: dict
    separated: bool = True  # whether documents are told apart


def toystories_texts(num_documents: int, seed: int) -> Texts:
    """Stories to learn from, and a ninth as many, drawn apart from them, to be tested on."""
    train = toystories.sample(num_documents, seed=seed)
    val = toystories.sample(max(1, num_documents // 9), seed=seed + 1)
    says = {"name": "toystories", "documents": len(train), "seed": seed}
    return Texts(_part(train), _part(val), says)


def code_texts(num_bytes: int, seed: int) -> Texts:
    """The Python sources of this installation, shuffled; the last tenth of them to be tested on."""
    sources = stdlib.documents(max_bytes=num_bytes)
    Random(seed).shuffle(sources)
    cut = int(len(sources) * TRAIN_FRACTION)
    says = {"name": "stdlib", "documents": len(sources), "seed": seed}
    return Texts(_part(sources[:cut]), _part(sources[cut:]), says)


def mixed_texts(num_documents: int, code_bytes: int, seed: int) -> Texts:
    """Python sources, the docstrings in them as prose, and stories; shuffled, each a document.

    A source and its own docstrings are on the same side: nothing that is tested was learned from.
    """
    rng = Random(seed)
    code, stories = code_texts(code_bytes, seed), toystories_texts(num_documents, seed)
    sides = []
    shares: dict[str, int] = {}
    for files, tales in ((code.train, stories.train), (code.val, stories.val)):
        kinds = {
            "code": list(files.documents),
            "docstrings": [text for file in files.documents if (text := docstrings(file))],
            "toystories": list(tales.documents),
        }
        for kind, texts in kinds.items():
            shares[kind] = shares.get(kind, 0) + sum(len(text.encode()) for text in texts)
        documents = [text for texts in kinds.values() for text in texts]
        rng.shuffle(documents)
        sides.append(_part(documents))
    whole = sum(shares.values())
    mix = {kind: round(size / whole, 3) for kind, size in shares.items()}
    return Texts(*sides, {"name": "mix", "shares_of_bytes": mix, "bytes": shares, "seed": seed})


def docstrings(source: str) -> str:
    """All docstrings of a Python source that say more than a line, one after another."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, owners)]
    return "\n\n".join(text for text in found if text and "\n" in text)


def file_texts(train: str | os.PathLike, val: str | os.PathLike | None = None) -> Texts:
    """A UTF-8 file and another one to be tested on; without it, the last tenth of the first.

    The cut is made at the next `<|endoftext|>`, where there is one. Neither file is read whole.
    Raises: ValueError where a file is missing, empty or not UTF-8.
    """
    path = _readable(train)
    size = path.stat().st_size
    if val is not None:
        other = _readable(val)
        parts = _stretch(path, 0, size), _stretch(other, 0, other.stat().st_size)
    else:
        cut = _cut(path, int(size * TRAIN_FRACTION))
        parts = _stretch(path, 0, cut), _stretch(path, cut, size)
    says = {"name": path.stem, "file": str(path), "bytes": size, "val_file": val and str(val)}
    return Texts(*parts, says, separated=_has_separator(path))


def read_stretch(path: Path, start: int, end: int) -> Iterator[str]:
    """The text between two places of a file, in chunks.

    Raises: ValueError where it is not UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        file.seek(start)
        try:
            while block := file.read(min(BLOCK, end - file.tell())):
                if text := decoder.decode(block):
                    yield text
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise ValueError(f"`{path}` is not UTF-8 text ({error}): save it as UTF-8") from error


def _stretch(path: Path, start: int, end: int) -> Part:
    return Part(lambda: read_stretch(path, start, end), end - start)


def _part(documents: list[str]) -> Part:
    size = sum(len(document.encode()) for document in documents)
    chunks = [document + END_OF_TEXT for document in documents]
    return Part(lambda: chunks, size, tuple(documents))


def _readable(path: str | os.PathLike) -> Path:
    path = Path(path).expanduser()
    if not path.is_file() or path.stat().st_size < 2:
        raise ValueError(f"`{path}` is no file with text in it: give the path of a UTF-8 text file")
    return path


def _cut(path: Path, place: int) -> int:
    """Just behind the next separator, or, without one, the next place where a character begins."""
    separator = END_OF_TEXT.encode()
    with open(path, "rb") as file:
        file.seek(place)
        read, tail = place, b""
        while block := file.read(BLOCK):
            at = (tail + block).find(separator)
            if at >= 0:
                end = read - len(tail) + at + len(separator)
                end += _breaks(path, end)
                return end if end < path.stat().st_size else _character(path, place)
            read += len(block)
            tail = (tail + block)[-len(separator) :]
    return _character(path, place)


def _breaks(path: Path, place: int) -> int:
    """How many line breaks stand there: those behind a separator belong to the layout."""
    with open(path, "rb") as file:
        file.seek(place)
        following = file.read(64)
    return len(following) - len(following.lstrip(b"\n"))


def _character(path: Path, place: int) -> int:
    with open(path, "rb") as file:
        file.seek(place)
        following = file.read(4)
    return place + next((n for n, byte in enumerate(following) if byte & 0xC0 != 0x80), 0)


def _has_separator(path: Path) -> bool:
    end = path.stat().st_size
    tail = ""
    for chunk in read_stretch(path, 0, min(end, 64 * BLOCK)):
        if END_OF_TEXT in tail + chunk:
            return True
        tail = chunk[-len(END_OF_TEXT) :]
    return False
