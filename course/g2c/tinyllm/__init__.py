"""Module 10: a language model is trained, from a text to a checkpoint."""

from g2c.tinyllm.checkpoint import (
    CheckpointFolder,
    UnusableCheckpoint,
    load_checkpoint,
    read_checkpoint,
    save_checkpoint,
    training_state,
)
from g2c.tinyllm.config import TrainConfig
from g2c.tinyllm.dataset import TokenDataset
from g2c.tinyllm.devices import pick_device
from g2c.tinyllm.evaluation import validation_loss
from g2c.tinyllm.fused import FusedAttention, use_fused_attention
from g2c.tinyllm.log import plot_curve, read_log
from g2c.tinyllm.optimizers import ForeachAdamW, Together, make_optimizer
from g2c.tinyllm.prepare import TokenFile, prepare
from g2c.tinyllm.runs import Run, load_run, read_manifest
from g2c.tinyllm.tracks import TRACKS, Track, find_track
from g2c.tinyllm.trainer import Trainer

__all__ = [
    "TRACKS",
    "CheckpointFolder",
    "ForeachAdamW",
    "FusedAttention",
    "Run",
    "Together",
    "TokenDataset",
    "TokenFile",
    "Track",
    "TrainConfig",
    "Trainer",
    "UnusableCheckpoint",
    "find_track",
    "load_checkpoint",
    "load_run",
    "make_optimizer",
    "pick_device",
    "plot_curve",
    "prepare",
    "read_checkpoint",
    "read_log",
    "read_manifest",
    "save_checkpoint",
    "training_state",
    "use_fused_attention",
    "validation_loss",
]
