# Given. Built from course/g2c/corpora/resume.py: there is nothing to write here.
"""Given code: one file from the network, from where an earlier try stopped.

What has arrived is in a file `….part`, and beside it `….part.json` says of what it is a part: the
URL, the size of the whole, and the server's own mark of this version of it (the ETag, or else its
date). The next try asks only for the rest, on condition that the mark is still the same. A server
that cannot do that sends all of it again, and it is taken from its start.
"""

from __future__ import annotations

import json
import re
import shutil
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

SILENCE_SECONDS = 30.0  # after which the connection counts as cut
BLOCK_BYTES = 1 << 18


class FetchError(ValueError):
    """A corpus cannot be had. The message says why, what was kept and what to do."""


class _Unlike(Exception):
    """What the server would go on with does not belong to what was begun."""


def note_of(part: Path) -> Path:
    """The file beside a part that says of what it is a part."""
    return part.with_name(part.name + ".json")


def drop(part: Path) -> None:
    """Forget what has arrived."""
    part.unlink(missing_ok=True)
    note_of(part).unlink(missing_ok=True)


def download(url: str, part: Path, *, size: int | None, sum_is_known: bool) -> None:
    """Complete the file `part`; if an earlier call began it, only the rest is asked for.

    `size` is in bytes, None if only the server knows it. A part without a mark is continued only
    where a known sum will show whether its two halves belong together.
    Raises: FetchError with the reason; what has arrived stays.
    """
    begun = _begun(part, url, sum_is_known)
    if begun and begun["have"] == begun["total"]:
        return  # an earlier call stopped between the last byte and the check of the sum
    try:
        with urlopen(_request(url, begun), timeout=SILENCE_SECONDS) as response:
            have = _start(response, begun)
            total = _total(response, begun if have else {}, size)
            note = {"url": url, "total": total, "mark": _mark(response)}
            _receive(response, part, have, note)
    except (_Unlike, HTTPError) as error:
        if isinstance(error, HTTPError) and not (error.code == 416 and begun):
            raise FetchError(f"the server answers {error.code} {error.reason}") from error
        drop(part)  # 416: the file there is now shorter than what is here
        download(url, part, size=size, sum_is_known=sum_is_known)
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        raise FetchError(said) from error


def _begun(part: Path, url: str, sum_is_known: bool) -> dict:
    """What an earlier call left to go on with: its note, and how many bytes we `have`."""
    try:
        begun = json.loads(note_of(part).read_text(encoding="utf-8"))
        begun["have"] = part.stat().st_size
        usable = begun["url"] == url and 0 < begun["have"] <= begun["total"]
        return begun if usable and (begun["mark"] or sum_is_known) else {}
    except (OSError, ValueError, LookupError, TypeError):  # nothing, or a note that was cut off
        return {}


def _request(url: str, begun: dict) -> Request:
    request = Request(url, headers={"User-Agent": "g2c"})
    if begun:
        request.add_header("Range", f"bytes={begun['have']}-")
        if begun["mark"]:
            request.add_header("If-Range", begun["mark"])
    return request


def _mark(response: HTTPResponse) -> str | None:
    """What tells versions apart; a weak ETag does not, two of that name may differ in bytes."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def _start(response: HTTPResponse, begun: dict) -> int:
    """The byte at which the answer starts: 0, where the server sends all of it."""
    if response.status != 206:
        return 0
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
    same = _mark(response) in (begun["mark"], None)
    if not same or span is None or span.groups() != (str(begun["have"]), str(begun["total"])):
        raise _Unlike
    return begun["have"]


def _total(response: HTTPResponse, begun: dict, size: int | None) -> int:
    """The size of the whole file, on which the server and what is known must agree."""
    if begun:
        return begun["total"]
    stated = response.headers.get("Content-Length")
    if stated is None and size is None:
        raise FetchError("the server does not say how long the file is, so a cut would go unseen")
    if None not in (stated, size) and int(stated) != size:
        raise FetchError(
            f"the server offers {int(stated):,} bytes instead of {size:,}: another file, or the "
            "login page of a network"
        )
    return int(stated) if size is None else size


def _receive(response: HTTPResponse, part: Path, have: int, note: dict) -> None:
    from tqdm import tqdm  # here, so that built-in corpora load without it

    total = note["total"]
    if not have:
        drop(part)  # before the new note, so that an old part never lies beside it
    free = shutil.disk_usage(part.parent).free
    if free < total - have:
        raise FetchError(f"`{part.parent}` has {free:,} bytes free, of {total - have:,} needed")
    if not have:
        note_of(part).write_text(json.dumps(note), encoding="utf-8")
    bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=part.stem, delay=1)
    # Without a buffer of its own, the file holds at any moment all that has arrived.
    with bar, open(part, "ab", buffering=0) as file:
        while have < total and (block := response.read1(min(BLOCK_BYTES, total - have))):
            _write(file, block)
            have += len(block)
            bar.update(len(block))
    if have < total:
        raise FetchError(f"the connection was cut after {have:,} of {total:,} bytes")


def _write(file: FileIO, block: bytes) -> None:
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise FetchError(f"`{file.name}` cannot be written: {error.strerror}") from error
