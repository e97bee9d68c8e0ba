"""`./noteboosh.sh build`: write the built files, keeping what stands inside a student's fences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from noteboosh import fences
from noteboosh.authoring.build import built_files, stale_files
from noteboosh.authoring.fingerprints import table
from noteboosh.loans import decode, encode
from noteboosh.transaction import Change, transaction


def write_built(root: Path) -> Iterator[str]:
    """Write what the build makes and remove what it no longer makes; one line for each change."""
    built = built_files(root)
    with transaction(root, "build") as change:
        for path, data in built.items():
            change.write(path, _with_work(change, path, data))
        for path in stale_files(root, built):
            change.remove(path)
    for path in change.changed:
        yield f"{'written' if path in built else 'removed'}  {path}"
    yield from table(built)
    yield f"{len(built)} files built, {len(change.changed)} changed."


def _with_work(change: Change, path: str, data: bytes) -> bytes:
    """The built file with the work and the loans that stand in its fences now."""
    current = change.read(path)
    if current is None or not path.startswith("g2c/") or not path.endswith(".py"):
        return data
    new = fences.regions(decode(data), path)
    now = fences.regions(decode(current), path)
    fills = {id: r.fill(r.loan) for id, r in now.items() if id in new and not r.blank}
    return encode(fences.render(decode(data), fills, path))
