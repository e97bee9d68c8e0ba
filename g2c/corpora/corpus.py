# Given. Built from course/g2c/corpora/corpus.py: there is nothing to write here.
"""Given code: a corpus is a name and its documents, built in or read from a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from g2c.corpora import stdlib, toystories

END_OF_TEXT = "<|endoftext|>"
BUILT_IN = ("toystories", "stdlib")


@dataclass(frozen=True)
class Corpus:
    """Documents, each a text without a separator."""

    name: str
    documents: tuple[str, ...]

    def text(self, separator: str = END_OF_TEXT) -> str:
        """All documents in order, each one followed by the separator, the last one too."""
        return "".join(document + separator for document in self.documents)


def load_corpus(
    name_or_path: str | os.PathLike,
    *,
    num_documents: int = 1000,
    seed: int = 0,
    max_bytes: int = 1_000_000,
) -> Corpus:
    """A built-in corpus by its name, or else the UTF-8 text file of that path.

    `num_documents` and `seed` are for `toystories`, `max_bytes` is for `stdlib`; a file is read
    whole, and is one document unless it holds `<|endoftext|>` between several.
    Raises: ValueError if there is no such corpus or the file is not a text.
    """
    name = os.fspath(name_or_path)
    if name == "toystories":
        return Corpus(name, tuple(toystories.sample(num_documents, seed=seed)))
    if name == "stdlib":
        return Corpus(name, tuple(stdlib.documents(max_bytes=max_bytes)))
    return Corpus(Path(name).stem, _read_documents(Path(name).expanduser()))


def _read_documents(path: Path) -> tuple[str, ...]:
    built_in = " or ".join(f"`{name}`" for name in BUILT_IN)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"`{path}` is not UTF-8 text ({error}): save it as UTF-8") from error
    except OSError as error:
        raise ValueError(
            f"no corpus `{path}` ({error.strerror}): give a built-in one, {built_in}, or the path "
            "of a text file. `tinyshakespeare` and `tinystories` cannot be fetched yet: for them, "
            "too, give the path of a copy on disk"
        ) from error
    pieces = text.split(END_OF_TEXT)
    if len(pieces) > 1:  # such files often break the line around a separator
        pieces = [piece.strip("\n") for piece in pieces]
    if not any(piece.strip() for piece in pieces):
        raise ValueError(f"`{path}` holds no text: give another file, or {built_in}")
    return tuple(piece for piece in pieces if piece.strip())
