"""Given, complete: the log of a run, one JSON object a line, and its picture."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

from g2c.tinyllm.files import replacing

NAME = "log.jsonl"


class RunLog:
    """Lines that are on disk as soon as they are written; `after` starts again behind that step.

    A run that was stopped and goes on from an earlier checkpoint repeats some steps: what an
    existing log says about them is dropped first, and so is a last line that was cut off.
    """

    def __init__(self, folder: str | os.PathLike, after: int = 0):
        path = Path(folder) / NAME
        old = [entry for entry in read_log(path) if entry["step"] <= after] if after else []
        with replacing(path) as file:
            file.writelines(json.dumps(entry).encode() + b"\n" for entry in old)
        self.file = open(path, "a", encoding="utf-8")  # noqa: SIM115  closed on exit

    def __enter__(self) -> RunLog:
        return self

    def __exit__(self, *error) -> None:
        self.file.close()

    def write(self, entry: dict) -> None:
        self.file.write(json.dumps(entry) + "\n")
        self.file.flush()


def read_log(path: str | os.PathLike) -> list[dict]:
    """The entries of a log, or of the log in a run's folder; none where there is no such file.

    `step`, `tokens` and `seconds` say when; `loss`, `lr` and `grad_norm` stand in entries of
    training steps, `val_loss` and `exact` in those of validations. All losses are in nats.
    """
    path = Path(path)
    path = path / NAME if path.is_dir() else path
    if not path.exists():
        return []
    entries = []
    for line in path.read_text("utf-8").splitlines():
        try:
            entries.append(json.loads(line))
        except json.JSONDecodeError:  # whoever was killed while writing it left half a line
            continue
    return entries


def plot_curve(
    entries: Sequence[dict],
    *,
    vocab_size: int,
    floor_nats: float | None = None,
    by: str = "step",
    ax=None,
):
    """Loss over steps, tokens or seconds, with log V above it and, where it is known, the floor.

    The training loss is drawn as it is, and as its mean over a twentieth of the run.
    Returns: the Axes. Raises: ValueError where there is no training step in `entries`.
    """
    from matplotlib import pyplot

    steps = [entry for entry in entries if "loss" in entry]
    checks = [entry for entry in entries if "val_loss" in entry]
    if not steps:
        raise ValueError("there is no training step to draw: train first")
    ax = ax or pyplot.subplots(figsize=(7, 4), layout="constrained")[1]
    losses = [entry["loss"] for entry in steps]
    when = [entry[by] for entry in steps]
    ax.plot(when, losses, color="0.8", linewidth=0.8)
    ax.plot(when, smoothed(losses), color="C0", label="training, smoothed")
    if checks:
        places, values = [c[by] for c in checks], [c["val_loss"] for c in checks]
        ax.plot(places, values, "o--", color="C1", markersize=4, label="validation")
    ax.axhline(math.log(vocab_size), color="0.4", linestyle=":", label="log V: knows nothing")
    if floor_nats is not None:
        ax.axhline(floor_nats, color="black", linestyle="-.", label="entropy: knows the grammar")
    last = checks[-1]["val_loss"] if checks else smoothed(losses)[-1]
    ax.set(xlabel={"step": "step", "tokens": "tokens", "seconds": "time in s"}[by],
           ylabel="loss in nats per token")  # fmt: skip
    ax.set_title(f"From {losses[0]:.2f} to {last:.2f} nats in {steps[-1]['step']} steps")
    ax.legend()
    return ax


def smoothed(values: Sequence[float]) -> list[float]:
    """Each value as the mean of itself and those before it, over a twentieth of all."""
    width = max(1, len(values) // 20)
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    return [(sums[i + 1] - sums[max(0, i + 1 - width)]) / min(i + 1, width)
            for i in range(len(values))]  # fmt: skip
