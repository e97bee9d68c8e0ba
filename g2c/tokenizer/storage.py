# Given. Built from course/g2c/tokenizer/storage.py: there is nothing to write here.
"""Given code: a tokenizer as a JSON file.

Bytes are written as the characters with their numbers (latin-1), and a merge as two ids.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from g2c.tokenizer.pairs import Pair

FORMAT, VERSION = "g2c byte-level BPE", 1


def write(
    path: str | os.PathLike,
    vocab: Mapping[int, bytes],
    merges: Iterable[Pair],
    special_tokens: Iterable[str],
) -> None:
    """The same tokenizer gives the same bytes; the file is replaced in one step."""
    ids = {token: id for id, token in vocab.items()}
    data = {
        "format": FORMAT,
        "version": VERSION,
        "special_tokens": list(special_tokens),
        "vocab": [token.decode("latin-1") for token in vocab.values()],
        "merges": [[ids[first], ids[second]] for first, second in merges],
    }
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
    new = Path(f"{os.fspath(path)}.new")
    new.write_bytes(("{\n" + ",\n".join(lines) + "\n}\n").encode())
    os.replace(new, path)


def read(path: str | os.PathLike) -> tuple[dict[int, bytes], list[Pair], list[str]]:
    """`vocab`, `merges` and `special_tokens`. Raises: ValueError for any other file."""
    try:
        data = json.loads(Path(path).read_bytes())
        found = (data["format"], data["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"`{path}` is no tokenizer ({error!r}): give a file that `BPETokenizer.save` wrote"
        ) from error
    if found != (FORMAT, VERSION):
        raise ValueError(
            f"`{path}` is {found[0]!r}, version {found[1]}; this code reads {FORMAT!r}, version "
            f"{VERSION}: save the tokenizer again with this code"
        )
    try:
        tokens = [token.encode("latin-1") for token in data["vocab"]]
        merges = [(tokens[first], tokens[second]) for first, second in data["merges"]]
        return dict(enumerate(tokens)), merges, data["special_tokens"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"`{path}` is damaged ({error!r}): save the tokenizer again") from error
