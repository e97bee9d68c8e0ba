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
    """Train a fresh model in a folder of its own, with a manifest, a log and a checkpoint.

    Returns: None, or, where the run diverged, what the Trainer said; what it had logged up to
    there is kept. `read_runs` compares such folders, and those of `./noteboosh.sh train`.
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
    return None
