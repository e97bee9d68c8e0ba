# Given. Built from course/g2c/corpora/reading.py: there is nothing to write here.
"""Given code: the documents of a text file, one after the other, whatever the size of the file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

END_OF_TEXT = "<|endoftext|>"
BLOCK_CHARACTERS = 1 << 18


def iter_documents(
    path: str | os.PathLike, separator: str = END_OF_TEXT, *, block: int = BLOCK_CHARACTERS
) -> Iterator[str]:
    """The documents of a UTF-8 text file, in order; blank ones are left out.

    A file without a separator is one document, given as it is. In others the line breaks around a
    separator, which such files often have, belong to no document. No more is held in memory than
    a document and a `block`, in characters.
    Raises: ValueError where the file cannot be read or is not a text, at the first `next`.
    """
    if not separator or block < 1:
        raise ValueError(f"separator {separator!r} and block ({block}) need at least one character")
    pieces = _cut(_blocks(Path(path).expanduser(), block), separator)
    first, second = next(pieces), next(pieces, None)
    if second is None:
        yield from filter(str.strip, [first])
        return
    for piece in chain([first, second], pieces):
        if piece.strip():
            yield piece.strip("\n")


def first_within(documents: Iterable[str], max_bytes: int) -> Iterator[str]:
    """The first whole documents that together hold at most `max_bytes` of UTF-8."""
    for document in documents:
        max_bytes -= len(document.encode())
        if max_bytes < 0:
            return
        yield document


def _blocks(path: Path, block: int) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8") as file:
            while text := file.read(block):
                yield text
    except UnicodeDecodeError as error:
        raise ValueError(f"`{path}` is not UTF-8 text ({error}): save it as UTF-8") from error
    except OSError as error:
        raise ValueError(f"`{path}` cannot be read: {error.strerror}") from error


def _cut(blocks: Iterable[str], separator: str) -> Iterator[str]:
    """All that stands before, between and behind separators, which blocks may cut in two."""
    held: list[str] = []  # of a document that goes on, all but its last characters
    last = ""  # these, one fewer than a separator has: they may begin one
    for text in blocks:
        first, *others = (last + text).split(separator)
        for other in others:
            yield "".join([*held, first])
            held, first = [], other
        cut = max(0, len(first) - len(separator) + 1)
        held.append(first[:cut])
        last = first[cut:]
    yield "".join([*held, last])
