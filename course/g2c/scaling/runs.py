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
from g2c.tinyllm.log import read_log, smoothed
from g2c.tinyllm.runs import MANIFEST, model_of, read_manifest

AXES = ("steps", "tokens", "flops", "seconds")
MANY = 1_000_000  # tokens, so that their bytes are a whole number
NAMED = 10  # as many colours as there are
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
    bytes_per_token: float | None
    vocab_size: int
    state: str
    curve: list[dict] = field(repr=False)  # of each validation: AXES and val_loss
    training: list[dict] = field(repr=False)  # of each step in the log: AXES and loss


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


def read_run(
    path: str | os.PathLike, name: str | None = None, unwritten: set[str] | None = None
) -> RunSummary:
    """The run in a folder; exercises that it needs and that are not written go to `unwritten`."""
    path, unwritten = Path(path), set() if unwritten is None else unwritten
    manifest, entries = read_manifest(path), read_log(path)
    config = model_of(manifest)

    def known(compute, *arguments):
        try:
            return compute(*arguments)
        except NotImplementedError as error:
            unwritten.add(str(error))
            return None

    T = config.context_length
    window = known(training_flops, config, T, T)

    def flops(tokens: int) -> int | None:
        return None if window is None else window * tokens // T

    def bits(loss: float | None) -> float | None:
        each = manifest.get("bytes_per_token")
        if loss is None or not each:
            return None
        return known(bits_per_byte, loss, MANY, round(MANY * each))

    def points(kind: str) -> list[dict]:
        return [
            {"steps": e["step"], "tokens": e["tokens"], "flops": flops(e["tokens"]),
             "seconds": e["seconds"], kind: e[kind]}
            for e in entries if kind in e
        ]  # fmt: skip

    curve, training = points("val_loss"), points("loss")
    last = entries[-1] if entries else {"step": 0, "tokens": 0, "seconds": 0.0}
    loss = training[-1]["loss"] if training else None
    val_loss = curve[-1]["val_loss"] if curve else None
    max_steps = manifest["training"]["max_steps"]
    reached = loss if val_loss is None or curve[-1]["steps"] < last["step"] else val_loss
    return RunSummary(
        name=name or path.name,
        parameters=manifest.get("parameters") or known(parameter_count, config),
        steps=last["step"],
        max_steps=max_steps,
        tokens=last["tokens"],
        flops=flops(last["tokens"]),
        seconds=last["seconds"],
        loss=loss,
        val_loss=val_loss,
        bits_per_byte=bits(val_loss),
        bytes_per_token=manifest.get("bytes_per_token"),
        vocab_size=config.vocab_size,
        state=_state(last["step"], max_steps, reached, math.log(config.vocab_size)),
        curve=curve,
        training=training,
    )


def _state(step: int, max_steps: int, reached: float | None, knows_nothing: float) -> str:
    if step == 0 or reached is None:
        return "not begun"
    if not math.isfinite(reached) or reached > knows_nothing:
        return "above log V"
    return "finished" if step >= max_steps else "not finished"


def comparable(runs: Sequence[RunSummary]) -> bool:
    """Whether all runs can be compared in bits per byte, as those of several tokenizers must be."""
    return all(run.bytes_per_token and (run.val_loss is None or run.bits_per_byte) for run in runs)


def plot_runs(runs: Sequence[RunSummary], *, by: str = "steps", ax=None):
    """The losses of all runs over what they had cost by then, the best ones with their names.

    Lines are the training loss, smoothed, points the validations; in bits per byte where every run
    knows the bytes of its tokens, else in nats per token. Returns: the Axes.
    Raises: ValueError where there is nothing to draw.
    """
    from matplotlib import pyplot

    if by not in AXES:
        raise ValueError(f"by is {by!r}: choose one of {AXES}")
    drawn = [run for run in runs if run.training and run.training[0][by] is not None]
    if not drawn:
        raise ValueError(f"no run has steps whose {by} are known: nothing to draw")
    in_bits = comparable(drawn)
    drawn.sort(key=lambda run: (_last(run, in_bits), run.name))
    ax = ax or pyplot.subplots(figsize=(8, 4.5), layout="constrained")[1]
    for number, run in enumerate(drawn):
        _draw_run(ax, run, by, in_bits, number)
    begins = max(run.training[0]["loss"] * _unit(run, in_bits) for run in drawn)
    unit = "bits per byte" if in_bits else "nats per token"
    ax.set(xlabel=UNITS[by], ylabel=f"loss in {unit}", xscale="log", ylim=(0, 1.1 * begins))
    ax.set_title(f"Lowest of {len(drawn)}: {drawn[0].name}, {_last(drawn[0], in_bits):.2f} {unit}")
    ax.figure.legend(fontsize="small", loc="outside right upper", frameon=False)
    return ax


def _draw_run(ax, run: RunSummary, by: str, in_bits: bool, number: int) -> None:
    """One run; from the NAMED-th best on in grey, all under one name."""
    named, unit = number < NAMED, _unit(run, in_bits)
    color, style = (f"C{number}", ("-", "--", ":", "-.")[number % 4]) if named else ("0.8", "-")
    label = run.name if named else "others" if number == NAMED else None
    order = 2 if named else 1  # the grey ones lie below
    losses = smoothed([point["loss"] * unit for point in run.training])
    ax.plot([p[by] for p in run.training], losses, style, color=color, label=label, zorder=order)
    checks = [p["val_loss"] * unit for p in run.curve]
    ax.plot([p[by] for p in run.curve], checks, "o", color=color, markersize=4, zorder=order)


def _unit(run: RunSummary, in_bits: bool) -> float:
    """What a nat per token is in the unit of the picture."""
    return 1 / math.log(2) / run.bytes_per_token if in_bits else 1.0


def _last(run: RunSummary, in_bits: bool) -> float:
    """The last validation, or else the last training loss; infinite for what is not finite."""
    loss = run.loss if run.val_loss is None else run.val_loss
    return loss * _unit(run, in_bits) if math.isfinite(loss) else math.inf
