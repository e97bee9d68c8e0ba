"""Runs that are killed at random moments and resumed, against one that never was.

    .venv/bin/python bench/kills.py [KILLS]

A small run with dropout, by Muon, with a checkpoint every 4 steps, is started KILLS times (default
50) and killed with SIGKILL after a random time, each time going on from what the last one left;
whenever one comes to its end before the signal, the next one begins anew. The weights of each, and
the losses in its log, must be those of the uninterrupted run, bit for bit.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = ["stories", "--steps", "400", "--eval-every", "20", "--set", "num_documents=60",
             "d_model=32", "num_layers=2", "num_heads=2", "batch_size=4", "context_length=32",
             "dropout=0.1", "checkpoint_every=4"]  # fmt: skip


def start(folder: Path, out: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "g2c.tinyllm", *ARGUMENTS, "--out", out, "--resume"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "OMP_NUM_THREADS": "1"})  # fmt: skip


def to_the_end(folder: Path, out: str) -> float:
    begin = time.perf_counter()
    process = start(folder, out)
    _, error = process.communicate()
    if process.returncode:
        raise SystemExit(error)
    return time.perf_counter() - begin


def killed(folder: Path, out: str, after: float) -> bool:
    """Whether the run was still alive when the signal came."""
    process = start(folder, out)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def state(out: Path) -> dict:
    return torch.load(sorted(out.glob("step-*.pt"))[-1], weights_only=True)


def losses(out: Path) -> list:
    entries = map(json.loads, (out / "log.jsonl").read_text().splitlines())
    return [(entry["step"], entry.get("loss"), entry.get("val_loss")) for entry in entries]


def same(one: Path, other: Path) -> bool:
    a, b = state(one)["model"], state(other)["model"]
    weights = a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)
    return weights and losses(one) == losses(other)


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "g2c").symlink_to(ROOT / "course/g2c")
        whole = to_the_end(folder, "whole")
        runs, equal, left = 0, 0, kills
        while left:
            runs += 1
            out = f"killed-{runs}"
            while left and killed(folder, out, rng.uniform(0.2, 0.9) * whole):
                left -= 1
            to_the_end(folder, out)  # says so and changes nothing where it was finished
            equal += same(folder / "whole", folder / out)
    print(f"{kills} kills of {runs} runs; {equal} of these ended with the weights and the losses "
          "of the run that never stopped, bit for bit")  # fmt: skip
    return 0 if equal == runs else 1


if __name__ == "__main__":
    raise SystemExit(main())
