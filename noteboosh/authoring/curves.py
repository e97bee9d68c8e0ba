"""Records the curves of a training run, `course/curves/<id>.py`, for noteboosh/curves.py.

Such a file defines `run(seed, **options)`, which gives the losses of one run; LOOPS, mistakes of
the training loop, each with a sentence and the options that make it; and MISTAKES, ids in
`course/mistakes` as "target name". Every mistake runs in a package of its own. One that the curve
does not show is left out of the record and named by the command. How often fresh seeds, which are
not in the record, give an alarm or the right name is measured and recorded with it.
"""

from __future__ import annotations

import json
import os
import runpy
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noteboosh import curves
from noteboosh.authoring.fingerprints import judge_of
from noteboosh.course import BUILT, Course
from noteboosh.diagnosis import as_clause
from noteboosh.errors import Problem, UsageProblem
from noteboosh.proof.calls import CallFailed, call
from noteboosh.proof.context import Proof

FOLDER = "course/curves"
SEEDS = range(32)  # of the band
FRESH = range(1000, 1040)  # on which false alarms are counted
MISTAKEN = range(100, 116)  # of each mistake
MISTAKEN_FRESH = range(2000, 2008)  # on which it must be named
CHUNK = 8  # runs in one process
SHOWN = 0.75  # of the fresh runs of a mistake must be seen, or the curve does not show it


@dataclass(frozen=True)
class Kind:
    """One way to run: right, or with one mistake."""

    name: str  # "" where it is right
    sentence: str
    options: tuple[tuple[str, Any], ...]  # of the run: what makes a mistake of the loop
    package: Path


def ids(root: Path) -> list[str]:
    return sorted(path.stem for path in (root / FOLDER).glob("*.py"))


def built_curves(root: Path) -> dict[str, bytes]:
    """The recorded files as they are: the build keeps them, the command records them."""
    paths = [root / BUILT / f"{id}.curve.json" for id in ids(root)]
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in paths if p.exists()}


def measured(root: Path, id: str) -> tuple[int, int, int, int]:
    """Of a record: false alarms and fresh seeds, mistaken runs that were named and their number."""
    data = json.loads((root / BUILT / f"{id}.curve.json").read_text("utf-8"))
    named = [mistake["named"] for mistake in data["mistakes"].values()]
    runs = len(MISTAKEN_FRESH) * len(named)
    return data["fresh"]["alarms"], data["fresh"]["seeds"], sum(named), runs


def record_all(course: Course, wanted: Sequence[str]) -> Iterator[str]:
    """Record these runs, or all, and write them; one line each. Raises Problem."""
    known = ids(course.root)
    for id in wanted:
        if id not in known:
            raise UsageProblem(f"There is no `{FOLDER}/{id}.py`. There are: {', '.join(known)}.")
    with tempfile.TemporaryDirectory(prefix="noteboosh-curves-") as folder:
        proof = Proof(course, Path(folder).resolve())
        for id in wanted or known:
            data, hidden = recorded(proof, id)
            path = course.root / BUILT / f"{id}.curve.json"
            path.write_text(_json(data), "utf-8")
            alarms, seeds, named, runs = measured(course.root, id)
            yield (
                f"{id}: {alarms} alarms on {seeds} fresh seeds; {named} of {runs} fresh runs of "
                f"{len(data['mistakes'])} mistakes named; {path.stat().st_size:,} bytes"
            )
            for name in hidden:
                yield f"  not shown by the curve: {name}"


def recorded(proof: Proof, id: str) -> tuple[dict[str, Any], list[str]]:
    """The record of a run, and the mistakes that its curve does not show. Raises Problem."""
    right, *wrong = kinds(proof, id)
    known, fresh = (run_each(proof, id, right, seeds) for seeds in (SEEDS, FRESH))
    data: dict[str, Any] = {
        "built_from": f"{FOLDER}/{id}.py",
        "points": len(known[0]),
        "seeds": len(SEEDS),
        "band": curves.band_of([curves.summary(losses) for losses in known]),
        "mistakes": {},
    }
    alarms = sum(_outside(data, losses) for losses in fresh)
    data["fresh"] = {"seeds": len(fresh), "alarms": alarms}
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        runs = list(pool.map(lambda kind: _tried(proof, id, kind), wrong))
    shown = {kind: losses for kind, losses in zip(wrong, runs, strict=True) if _seen(data, losses)}
    for kind, losses in shown.items():
        band = curves.band_of([curves.summary(one) for one in losses[: len(MISTAKEN)]])
        data["mistakes"][kind.name] = {"sentence": kind.sentence, "band": band}
    record = curves.from_data(data)
    for kind, losses in shown.items():
        fresh = losses[len(MISTAKEN) :]
        found = [curves.looks_like(curves.summary(one), record) for one in fresh]
        data["mistakes"][kind.name]["named"] = sum(kind.name in names for names in found)
    return data, [kind.name for kind in wrong if kind not in shown]


def _seen(data: dict[str, Any], losses: list[list[float]]) -> bool:
    """Whether fresh runs of a mistake mostly lie outside the band of the right ones."""
    fresh = losses[len(MISTAKEN) :]
    return bool(fresh) and sum(_outside(data, one) for one in fresh) >= SHOWN * len(fresh)


def kinds(proof: Proof, id: str) -> list[Kind]:
    """The right way, then every mistake. Raises Problem for one that does not exist."""
    path = proof.root / FOLDER / f"{id}.py"
    names = call(_settings, proof.course, proof.root / "course", path)
    found = [Kind("", "", (), proof.root / "course")]
    for name, (sentence, options) in names["LOOPS"].items():
        said = f"the training loop {sentence}"
        found.append(Kind(f"loop {name}", said, tuple(options.items()), proof.root / "course"))
    mistakes = {f"{m.target} {m.name}": m for m in proof.sources.mistakes()}
    for name in names["MISTAKES"]:
        if name not in mistakes:
            raise Problem(f"`{FOLDER}/{id}.py`: there is no mistake `{name}` in `course/mistakes`")
        one = mistakes[name]
        package = proof.variant(f"curve-{one.target}-{one.name}", *proof.sources.mistaken(one))
        said = f"`{one.target}`: {as_clause(one.sentence)}"
        found.append(Kind(name, said, (), package))
    return found


def run_each(proof: Proof, id: str, kind: Kind, seeds: Sequence[int]) -> list[list[float]]:
    """The losses of each seed, side by side in processes of their own. Raises CallFailed."""
    path = proof.root / FOLDER / f"{id}.py"
    chunks = [seeds[start : start + CHUNK] for start in range(0, len(seeds), CHUNK)]

    def one(chunk: Sequence[int]) -> list[list[float]]:
        options = dict(kind.options)
        return call(runs, proof.course, kind.package, path, chunk, options, limit=600.0)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [losses for part in pool.map(one, chunks) for losses in part]


def _tried(proof: Proof, id: str, kind: Kind) -> list[list[float]]:
    """Known and fresh runs of a mistake; none where it does not run to its end."""
    try:
        return run_each(proof, id, kind, [*MISTAKEN, *MISTAKEN_FRESH])
    except CallFailed:
        return []


def runs(
    course: Course, parent: Path, path: Path, seeds: Sequence[int], options: dict[str, Any]
) -> list[list[float]]:
    """In a process of its own: the losses from each of these seeds, on the `g2c` in `parent`."""
    judge_of(course, parent)
    run = runpy.run_path(str(path))["run"]
    return [[float(loss) for loss in run(seed, **options)] for seed in seeds]


def _settings(course: Course, parent: Path, path: Path) -> dict[str, Any]:
    judge_of(course, parent)
    names = runpy.run_path(str(path))
    return {name: names[name] for name in ("LOOPS", "MISTAKES")}


def _outside(data: dict[str, Any], losses: Sequence[float]) -> bool:
    if len(losses) != data["points"]:
        return True
    return curves.farthest(curves.summary(losses), data["band"])[0] > curves.LIMIT


def _json(data: dict[str, Any]) -> str:
    """One line a mistake."""
    head = {key: value for key, value in data.items() if key != "mistakes"}
    lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in data["mistakes"].items())
    return json.dumps(head)[:-1] + ', "mistakes": {\n' + ",\n".join(lines) + "\n}}\n"
