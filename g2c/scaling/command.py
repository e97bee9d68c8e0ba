# Given. Built from course/g2c/scaling/command.py: there is nothing to write here.
"""Given, complete: `./noteboosh.sh runs`, which is `python -m g2c.scaling`."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from g2c.scaling.runs import AXES, Runs, RunSummary, comparable, plot_runs, read_runs

PICTURE = "runs.png"


def main(arguments: Sequence[str] | None = None) -> None:
    """List the runs of a folder, or draw them."""
    options = _options(arguments)
    found = read_runs(options.folder)
    for name, problem in found.damaged.items():
        print(f"`{name}` is left out, its files are damaged: {problem}", file=sys.stderr)
    for exercise in sorted(found.unwritten):
        print(f"Some numbers need `{exercise}`, which is not written yet.", file=sys.stderr)
    by = options.by or ("bits_per_byte" if comparable(found.runs) else "val_loss")
    runs = sorted(found.runs, key=lambda run: _place(run, by))
    if options.json:
        print(json.dumps(_plain(found, runs), indent=2))
    elif not runs:
        print(f"There is no run in `{options.folder}` yet: `./noteboosh.sh train stories` makes "
              "one, and so does the notebook of module 12.")  # fmt: skip
    else:
        _print_table(runs)
    if options.plot is not None and runs:
        _draw(runs, options)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./noteboosh.sh runs",
        description="Compare training runs: what they cost, and how far they came.",
    )
    add = parser.add_argument
    add("--by", choices=AXES, help="sort by what runs cost (else by their loss), and draw over it")
    add("--in", dest="folder", type=Path, default=Path("runs"), metavar="DIR", help="where (runs)")
    add("--plot", nargs="?", const="", metavar="FILE", help=f"draw the losses (DIR/{PICTURE})")
    add("--json", action="store_true", help="for programs")
    return parser.parse_args(arguments)


def _place(run: RunSummary, by: str) -> tuple:
    """Where a run stands in the table: what is not known comes last."""
    value = getattr(run, by)
    known = value is not None and math.isfinite(value)
    return (not known, value if known else 0, run.name)


def _print_table(runs: Sequence[RunSummary]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    columns = ("run", "parameters", "steps", "tokens", "FLOPs", "seconds", "val. nats", "bits/byte")
    for column in columns:
        table.add_column(column, justify="left" if column == "run" else "right", overflow="fold")
    table.add_column("state", overflow="fold")
    for run in runs:
        table.add_row(
            run.name, _number(run.parameters, ",d"), f"{run.steps:,}", f"{run.tokens:,}",
            _number(run.flops, ".2e"), f"{run.seconds:,.1f}", _number(run.val_loss, ".4f"),
            _number(run.bits_per_byte, ".4f"), run.state,
        )  # fmt: skip
    # Into a file or a pipe a row stays one line, however wide it is.
    Console(highlight=False, width=None if sys.stdout.isatty() else 200).print(table)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _plain(found: Runs, runs: Sequence[RunSummary]) -> dict:
    """As JSON has it, which knows no infinity and no NaN."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [plain(entry) for entry in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    told = [{k: v for k, v in asdict(run).items() if k != "training"} for run in runs]
    return {"runs": plain(told), "damaged": found.damaged}


def _draw(runs: Sequence[RunSummary], options: argparse.Namespace) -> None:
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    ax = plot_runs(runs, by=options.by or "steps")
    file = Path(options.plot) if options.plot else options.folder / PICTURE
    ax.figure.savefig(file, dpi=150)
    print(f"The picture is `{file}`.", file=sys.stderr if options.json else sys.stdout)
