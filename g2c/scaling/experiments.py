# Given. Built from course/g2c/scaling/experiments.py: there is nothing to write here.
"""Given, complete: a training run that leaves behind all that is needed to compare it."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import torch

from g2c.nn import reset_parameters
from g2c.scaling.parameters import parameter_count
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer
from g2c.tinyllm.files import write_json
from g2c.tinyllm.runs import MANIFEST, versions
from g2c.transformer import ModelConfig, TransformerLM


def new_folder(parent: str | os.PathLike) -> Path:
    """A folder in `parent` that was not there before, named by the next number: 001, 002, …

    Whatever is trained into it cannot be mixed up with what an earlier session left behind.
    """
    parent = Path(parent)
    parent.mkdir(parents=True, exist_ok=True)
    taken = [int(path.name) for path in parent.iterdir() if path.name.isdecimal()]
    number = max(taken, default=0) + 1
    while True:
        folder = parent / f"{number:03d}"
        try:
            folder.mkdir()
            return folder
        except FileExistsError:  # somebody else made it in this moment
            number += 1


def run_experiment(
    folder: str | os.PathLike,
    config: ModelConfig,
    training: TrainConfig,
    train: TokenDataset,
    val: TokenDataset | None,
    *,
    bytes_per_token: float | None = None,
    floor_nats: float | None = None,
    progress: bool = False,
) -> str | None:
    """Train a fresh model, and leave a manifest and a log in a folder of its own.

    Returns: None, or, where the run diverged, what the Trainer said; what it had logged up to
    there is kept. `read_runs` compares such folders, and those of `./noteboosh.sh train`.
    The model itself is not kept: of a comparison the log is what counts.
    Raises: ValueError where the folder holds a run already: runs are never written over.
    """
    folder = Path(folder)
    if (folder / MANIFEST).exists():
        raise ValueError(f"`{folder}` holds a run already: choose another folder, or delete it")
    manifest = {
        "name": folder.name,
        "model": asdict(config),
        "training": asdict(training),
        "seed": training.seed,
        "parameters": parameter_count(config),
        "bytes_per_token": bytes_per_token,
        "floor_nats": floor_nats,
        "versions": versions(),
    }
    write_json(folder / MANIFEST, manifest)
    model = TransformerLM(config)
    reset_parameters(model, torch.Generator().manual_seed(training.seed))
    trainer = Trainer(model, train, val, training, out=folder, progress=progress)
    try:
        trainer.run()
    except FloatingPointError as error:
        return str(error)
    finally:
        for checkpoint in folder.glob("*.pt"):
            checkpoint.unlink()
    return None
