# Given. Built from course/g2c/corpora/corpus.py: there is nothing to write here.
"""Given code: a corpus is a name and its documents: built in, fetched, or read from a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from g2c.corpora import stdlib, toystories
from g2c.corpora.fetching import SOURCES, fetch
from g2c.corpora.reading import END_OF_TEXT, first_within, iter_documents

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
    cache: str | os.PathLike | None = None,
) -> Corpus:
    """A corpus by its name, or else the UTF-8 text file of that path.

    `num_documents` and `seed` are for `toystories`. Of `stdlib`, `tinystories` and
    `tinystories-valid` you get the first whole documents within `max_bytes`;
    `iter_documents(fetch("tinystories"))` goes through all of them. A file is read whole, and is
    one document unless it holds `<|endoftext|>` between several. `cache`: see `fetch`.
    Raises: ValueError if there is no such corpus, it cannot be fetched or it is not a text.
    """
    name = os.fspath(name_or_path)
    if name == "toystories":
        return Corpus(name, tuple(toystories.sample(num_documents, seed=seed)))
    if name == "stdlib":
        return Corpus(name, tuple(stdlib.documents(max_bytes=max_bytes)))
    if name in SOURCES:
        documents = iter_documents(fetch(name, cache=cache))
        if name != "tinyshakespeare":  # one document, of a size that fits anywhere
            documents = first_within(documents, max_bytes)
        return Corpus(name, tuple(documents))
    return _read(Path(name).expanduser())


def _read(path: Path) -> Corpus:
    built_in = " or ".join(f"`{name}`" for name in BUILT_IN)
    if not path.is_file():
        fetched = " or ".join(f"`{name}`" for name in SOURCES)
        raise ValueError(
            f"no corpus `{path}`: give a built-in one, {built_in}, one to be fetched, {fetched}, "
            "or the path of a text file"
        )
    corpus = Corpus(path.stem, tuple(iter_documents(path)))
    if not corpus.documents:
        raise ValueError(f"`{path}` holds no text: give another file, or {built_in}")
    return corpus
