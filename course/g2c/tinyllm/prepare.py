"""Given, complete: a text of any length becomes a file of token ids, a piece at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from tqdm import tqdm

from g2c.corpora import END_OF_TEXT
from g2c.tinyllm.files import replacing

CHUNK = 1 << 20  # characters read together


class Tokenizer(Protocol):
    """What a CharTokenizer and a BPETokenizer have in common."""

    @property
    def vocab_size(self) -> int: ...
    @property
    def eos_id(self) -> int: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, ids: Iterable[int]) -> str: ...


@dataclass(frozen=True)
class TokenFile:
    """Ids on disk, and what they were made of; `num_bytes` counts UTF-8 without the separators."""

    path: Path
    dtype: str
    num_tokens: int
    num_bytes: int

    def ids(self) -> np.ndarray:
        """The ids as an `np.memmap`: read from disk where they are looked at.

        Raises: ValueError where the file has another length than it was written with.
        """
        size = np.dtype(self.dtype).itemsize
        found = self.path.stat().st_size if self.path.exists() else 0
        if found != size * self.num_tokens:
            raise ValueError(
                f"`{self.path}` has {found} bytes instead of {size * self.num_tokens}: delete its "
                "folder and prepare the text again"
            )
        return np.memmap(self.path, dtype=self.dtype, mode="r", shape=(self.num_tokens,))


def prepare(
    chunks: Iterable[str],
    tokenizer: Tokenizer,
    path: str | os.PathLike,
    *,
    total_bytes: int | None = None,
    progress: bool = True,
) -> TokenFile:
    """Write the ids of a text that comes in chunks; separators are `<|endoftext|>` in the text.

    uint16 where the vocabulary fits into it, else uint32. The file appears when it is complete, and
    no more than a few chunks are in memory at once.
    Raises: ValueError where there is no text, or a character that the tokenizer does not know.
    """
    path = Path(path)
    dtype = "uint16" if tokenizer.vocab_size <= 1 << 16 else "uint32"
    num_tokens = 0
    bar = tqdm(total=total_bytes, unit="B", unit_scale=True, desc=path.name, disable=not progress)
    counted = _counting(chunks, bar)
    with bar, replacing(path) as file:
        for ids in _encoded(counted, tokenizer):
            file.write(np.asarray(ids, dtype=dtype).tobytes())
            num_tokens += len(ids)
        if num_tokens == 0:
            raise ValueError(f"there is no text to prepare for `{path}`: give a longer one")
    return TokenFile(path, dtype, num_tokens, counted.num_bytes)


class _counting:
    """Whole pieces of a text on their way to a tokenizer, their bytes counted."""

    def __init__(self, chunks: Iterable[str], bar: tqdm):
        self.pieces, self.bar, self.num_bytes = whole_pieces(chunks), bar, 0

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces:
            yield piece
            size = len(piece.replace(END_OF_TEXT, "").encode())
            self.num_bytes += size
            self.bar.update(size)


def whole_pieces(chunks: Iterable[str]) -> Iterator[str]:
    """The same text in pieces that never end inside a separator.

    Line breaks around a separator belong to the layout of a file, and are left out.
    """
    rest, start = "", False
    for chunk in chunks:
        text = rest + chunk
        keep = len(text) - _open_end(text)
        piece, rest = text[:keep], text[keep:]
        if piece:
            yield _without_breaks(piece, start)
            start = piece.rstrip("\n").endswith(END_OF_TEXT)
    if rest:
        yield _without_breaks(rest, start)


def _open_end(text: str) -> int:
    """How many last characters could belong to a separator, or to the breaks before it."""
    longest = min(len(END_OF_TEXT) - 1, len(text))
    cut = next((n for n in range(longest, 0, -1) if text.endswith(END_OF_TEXT[:n])), 0)
    before = text[: len(text) - cut]
    return len(text) - len(before.rstrip("\n"))


def _without_breaks(piece: str, after_separator: bool) -> str:
    parts = piece.split(END_OF_TEXT)
    last = len(parts) - 1
    for i, part in enumerate(parts):
        if i > 0 or after_separator:
            part = part.lstrip("\n")
        parts[i] = part.rstrip("\n") if i < last else part
    return END_OF_TEXT.join(parts)


def _encoded(pieces: Iterable[str], tokenizer: Tokenizer) -> Iterator[list[int]]:
    stream = getattr(tokenizer, "encode_iterable", None)
    if stream is None:  # characters: where a piece ends makes no difference
        yield from (tokenizer.encode(piece) for piece in pieces)
        return
    ids = []
    for id in stream(pieces):
        ids.append(id)
        if len(ids) == CHUNK:
            yield ids
            ids = []
    if ids:
        yield ids
