# Given. Built from course/g2c/training/__init__.py: there is nothing to write here.
"""Module 03b: the optimizer of language models, clipping, and a schedule for the rate."""

from g2c.training.adamw import AdamW, adam_direction, moving_average_
from g2c.training.clipping import clip_grad_norm_, global_norm
from g2c.training.groups import decay_groups
from g2c.training.muon import Muon, orthogonalized
from g2c.training.schedule import cosine_with_warmup

__all__ = [
    "AdamW",
    "Muon",
    "adam_direction",
    "clip_grad_norm_",
    "cosine_with_warmup",
    "decay_groups",
    "global_norm",
    "moving_average_",
    "orthogonalized",
]
