"""The curve doctor: is the loss of a training run where it belongs, and if not, why not?

`curve("06.bigram", losses)` in a notebook compares with `course/built/06.bigram.curve.json`, which
`./noteboosh.sh curves` records from `course/curves/06.bigram.py`: the same run from many seeds,
and again with each of some mistakes. No reference and no torch is needed.

A curve becomes a few numbers, one for each stretch of steps: the mean of the logarithms of its
losses there. The first step is a stretch of its own; the later ones grow longer. Of each stretch
the record holds the middle and half the width of what all seeds gave. A distance of 1 is the edge
of that; a curve is outside when the worst of its distances is above LIMIT. Then it is held against
the bands of the mistakes in the same way. Of those that it lies in, the likeliest is named: near
the middle of a narrow band. In none of them, or without a record: no claim.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noteboosh.course import BUILT, checkout
from noteboosh.errors import Problem, UsageProblem

STRETCHES = 16
LOWEST, HIGHEST = 1e-4, 1e4  # losses are cut off there, and what is no number is the highest
LIMIT = 3.0  # three times as far from the middle as any recorded seed
LEAST = 0.02  # of half a width: two per cent of a loss, more than processors differ by
ALIKE = 0.25  # mistakes whose likelihoods differ by less are not told apart
MOST = 3  # that are named

Band = list[tuple[float, float]]  # the middle, and half the width, of each stretch


def curve(id: str, losses: Iterable[Any]) -> None:
    """Say in one line whether a training curve is as recorded; what is wrong never raises."""
    try:
        print(f"{id}: {verdict(read(checkout(), str(id)), _floats(losses))}")
    except Problem as error:
        print(error)


@dataclass(frozen=True)
class Record:
    """What is recorded of one run."""

    points: int  # losses of a run
    seeds: int
    band: Band
    mistakes: dict[str, Band]
    sentences: dict[str, str]


def verdict(record: Record, losses: Sequence[float]) -> str:
    """The sentence for a curve."""
    if len(losses) != record.points:
        return (
            f"{len(losses)} losses, and recorded are runs of {record.points}: "
            "no band, so nothing is claimed."
        )
    numbers = summary(losses)
    worst, place = farthest(numbers, record.band)
    if worst <= LIMIT:
        return f"as it should be, inside the band of {record.seeds} recorded runs."
    first, last = stretches(len(losses))[place]
    middle = math.exp(record.band[place][0])
    where = f"loss {first + 1}" if last == first + 1 else f"losses {first + 1} to {last}"
    side = "above" if numbers[place] > record.band[place][0] else "below"
    said = (
        f"outside the band of {record.seeds} recorded runs, most of all at {where}: "
        f"{side} the usual {middle:.3g}."
    )
    names = looks_like(numbers, record)
    if not names:
        return f"{said} It looks like none of the recorded mistakes."
    clauses = "; or ".join(record.sentences[name] for name in names)
    return f"{said} It looks like this mistake: {clauses}."


def looks_like(numbers: Sequence[float], record: Record) -> list[str]:
    """The mistakes in whose band a curve lies, the likeliest and those nearly as likely."""
    scores = {
        name: likelihood(numbers, band)
        for name, band in record.mistakes.items()
        if farthest(numbers, band)[0] <= LIMIT
    }
    best = max(scores.values(), default=0.0)
    near = sorted((name for name in scores if scores[name] > best - ALIKE), key=scores.__getitem__)
    return near[::-1][:MOST]


# ---- the statistic -------------------------------------------------------------------------------


def stretches(points: int) -> list[tuple[int, int]]:
    """First and one past the last loss of each stretch: the first step, then longer and longer."""
    edges = [0, 1]
    for number in range(1, STRETCHES):
        edge = round(points ** (number / (STRETCHES - 1)))
        if edge > edges[-1]:
            edges.append(min(edge, points))
    return list(zip(edges, edges[1:], strict=False))


def summary(losses: Sequence[float]) -> list[float]:
    """The mean logarithm of the loss in each stretch."""
    logs = [
        math.log(min(max(loss, LOWEST), HIGHEST) if math.isfinite(loss) else HIGHEST)
        for loss in losses
    ]
    return [sum(logs[a:b]) / (b - a) for a, b in stretches(len(losses))]


def band_of(summaries: Sequence[Sequence[float]]) -> Band:
    """The middle and half the width of what many runs gave, stretch by stretch."""
    return [
        (
            round((max(values) + min(values)) / 2, 3),
            round(max((max(values) - min(values)) / 2, LEAST), 3),
        )
        for values in zip(*summaries, strict=True)
    ]


def farthest(numbers: Sequence[float], band: Band) -> tuple[float, int]:
    """The greatest distance from the middle, in half widths, and its stretch."""
    pairs = zip(numbers, band, strict=True)
    return max((abs(x - middle) / half, n) for n, (x, (middle, half)) in enumerate(pairs))


def likelihood(numbers: Sequence[float], band: Band) -> float:
    """The mean log-likelihood, were each stretch spread as exp(-distance) over its half width."""
    pairs = zip(numbers, band, strict=True)
    return sum(-abs(x - m) / half - math.log(half) for x, (m, half) in pairs) / len(band)


# ---- the record ----------------------------------------------------------------------------------


def read(root: Path, id: str) -> Record:
    """Raises UsageProblem where nothing is recorded, or what is recorded cannot be read."""
    path = root / BUILT / f"{id}.curve.json"
    try:
        return from_data(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        known = sorted(p.name.removesuffix(".curve.json") for p in path.parent.glob("*.curve.json"))
        listed = ", ".join(f"`{name}`" for name in known) or "none"
        raise UsageProblem(
            f"No band is recorded for `{id}`, so nothing is claimed. Recorded: {listed}."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(
            f"`{BUILT}/{path.name}` cannot be read ({type(error).__name__}), so nothing is "
            f"claimed. Bring it back with `git checkout -- {BUILT}`."
        ) from error


def from_data(data: dict[str, Any]) -> Record:
    entries = data["mistakes"]
    return Record(
        data["points"],
        data["seeds"],
        _band(data["band"]),
        {name: _band(entry["band"]) for name, entry in entries.items()},
        {name: entry["sentence"] for name, entry in entries.items()},
    )


def _band(data: list) -> Band:
    return [(float(middle), float(half)) for middle, half in data]


def _floats(losses: Iterable[Any]) -> list[float]:
    try:
        return [float(loss) for loss in losses]
    except (TypeError, ValueError):
        raise UsageProblem(
            "`curve` takes the id of a run and its losses, one number a step: "
            '`curve("06.bigram", losses)`.'
        ) from None
