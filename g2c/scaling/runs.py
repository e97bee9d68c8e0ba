# Given. Built from course/g2c/scaling/runs.py: there is nothing to write here.
"""Given, complete: the folders of training runs, read so that they can be compared."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from g2c.lm import bits_per_byte
from g2c.scaling.budget import training_flops
from g2c.scaling.parameters import parameter_count
from g2c.tinyllm.log import NAME as LOG
from g2c.tinyllm.log import read_log
from g2c.tinyllm.runs import MANIFEST, model_of, read_manifest

AXES = ("steps", "tokens", "flops", "seconds")
MANY = 1_000_000  # tokens, so that their bytes are a whole number
UNITS = {"steps": "steps", "tokens": "tokens", "flops": "FLOPs", "seconds": "time in s"}


@dataclass(frozen=True)
class RunSummary:
    """What one run has cost, and how far it came. None: not known, or not measured."""

    name: str
    parameters: int | None
    steps: int
    max_steps: int
    tokens: int
    flops: int | None
    seconds: float
    loss: float | None
    val_loss: float | None
    bits_per_byte: float | None
    state: str
    curve: list[dict] = field(repr=False)  # of each validation: AXES and val_loss


@dataclass(frozen=True)
class Runs:
    """All runs below a folder, the damaged ones by name with what is wrong, and open exercises."""

    runs: list[RunSummary]
    damaged: dict[str, str]
    unwritten: set[str]


def read_runs(folder: str | os.PathLike) -> Runs:
    """Every folder that has a manifest or a log, at any depth; no folder at all has no runs."""
    folder = Path(folder)
    found = {path.parent for name in (MANIFEST, LOG) for path in folder.rglob(name)}
    runs, damaged, unwritten = [], {}, set()
    for path in sorted(found):
        name = path.relative_to(folder).as_posix()
        try:
            runs.append(read_run(path, name, unwritten))
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
            damaged[name] = f"{type(error).__name__}: {error}"
    return Runs(runs, damaged, unwritten)


def read_run(path: Path, name: str, unwritten: set[str]) -> RunSummary:
    """One run; exercises that its numbers need and that are not written go to `unwritten`."""
    manifest, entries = read_manifest(path), read_log(path)
    config = model_of(manifest)

    def known(compute, *arguments):
        try:
            return compute(*arguments)
        except NotImplementedError as error:
            unwritten.add(str(error))
            return None

    def flops(tokens: int) -> int | None:
        return known(training_flops, config, config.context_length, tokens)

    def bits(loss: float | None) -> float | None:
        each = manifest.get("bytes_per_token")
        if loss is None or not each:
            return None
        return known(bits_per_byte, loss, MANY, round(MANY * each))

    curve = [
        {"steps": e["step"], "tokens": e["tokens"], "flops": flops(e["tokens"]),
         "seconds": e["seconds"], "val_loss": e["val_loss"]}
        for e in entries if "val_loss" in e
    ]  # fmt: skip
    last = entries[-1] if entries else {"step": 0, "tokens": 0, "seconds": 0.0}
    losses = [e["loss"] for e in entries if "loss" in e]
    loss, val_loss = losses[-1] if losses else None, curve[-1]["val_loss"] if curve else None
    max_steps = manifest["training"]["max_steps"]
    reached = loss if val_loss is None or curve[-1]["steps"] < last["step"] else val_loss
    return RunSummary(
        name=name,
        parameters=manifest.get("parameters") or known(parameter_count, config),
        steps=last["step"],
        max_steps=max_steps,
        tokens=last["tokens"],
        flops=flops(last["tokens"]),
        seconds=last["seconds"],
        loss=loss,
        val_loss=val_loss,
        bits_per_byte=bits(val_loss),
        state=_state(last["step"], max_steps, reached, math.log(config.vocab_size)),
        curve=curve,
    )


def _state(step: int, max_steps: int, reached: float | None, knows_nothing: float) -> str:
    if step == 0 or reached is None:
        return "not begun"
    if not math.isfinite(reached) or reached > knows_nothing:
        return "above log V"
    return "finished" if step >= max_steps else "not finished"


def plot_runs(runs: Sequence[RunSummary], *, by: str = "steps", ax=None):
    """The validation losses of all runs over what they had cost by then. Returns the Axes.

    Raises: ValueError where there is nothing to draw.
    """
    from matplotlib import pyplot

    if by not in AXES:
        raise ValueError(f"by is {by!r}: choose one of {AXES}")
    drawn = [run for run in runs if run.curve and run.curve[0][by] is not None]
    if not drawn:
        raise ValueError(f"no run has a validation whose {by} are known: nothing to draw")
    ax = ax or pyplot.subplots(figsize=(7, 4), layout="constrained")[1]
    for number, run in enumerate(drawn):
        points = [(c[by], c["val_loss"]) for c in run.curve if math.isfinite(c["val_loss"])]
        style = ("-", "--", ":", "-.")[number % 4]
        ax.plot(*zip(*points, strict=True), style, marker="o", markersize=3, label=run.name)
    best = min(drawn, key=lambda run: run.val_loss if math.isfinite(run.val_loss) else math.inf)
    ax.set(xlabel=UNITS[by], ylabel="validation loss in nats per token", xscale="log")
    ax.set_title(f"Lowest at the end: {best.name}, {best.val_loss:.2f} nats")
    ax.legend(fontsize="small")
    return ax
