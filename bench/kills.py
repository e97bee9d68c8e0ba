"""Runs that are killed at random moments and resumed, against one that never was.

    .venv/bin/python bench/kills.py [KILLS]

A small run with dropout, by Muon, with a checkpoint every 4 steps, is started KILLS times (default
50) and killed with SIGKILL after a random time, each time going on from what the last one left;
then it runs to its end. Its weights, and the losses in its log, must be those of the uninterrupted
run, bit for bit.
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


def state(out: Path) -> dict:
    return torch.load(sorted(out.glob("step-*.pt"))[-1], weights_only=True)


def losses(out: Path) -> list:
    entries = map(json.loads, (out / "log.jsonl").read_text().splitlines())
    return [(entry["step"], entry.get("loss"), entry.get("val_loss")) for entry in entries]


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "g2c").symlink_to(ROOT / "course/g2c")
        whole = to_the_end(folder, "whole")
        reached = []
        for _ in range(kills):
            process = start(folder, "killed")
            time.sleep(rng.uniform(0.2, 1.0) * whole)
            process.send_signal(signal.SIGKILL)
            process.wait()
            checkpoints = sorted((folder / "killed").glob("step-*.pt"))
            reached.append(int(checkpoints[-1].stem[5:]) if checkpoints else 0)
            if reached[-1] == 400:  # at its end: this round begins again
                subprocess.run(["rm", "-r", str(folder / "killed")], check=True)
        to_the_end(folder, "killed")
        one, other = state(folder / "whole"), state(folder / "killed")
        same = all(torch.equal(one["model"][key], other["model"][key]) for key in one["model"])
        logs = losses(folder / "whole") == losses(folder / "killed")
    print(f"{kills} kills, the last checkpoints then: {reached}")
    print(f"weights identical: {same}; losses of the log identical: {logs}")
    return 0 if same and logs else 1


if __name__ == "__main__":
    raise SystemExit(main())
