"""Module 03b: the optimizer of language models, clipping, and a schedule for the rate."""

from g2c.training.adamw import AdamW
from g2c.training.clipping import clip_grad_norm_
from g2c.training.schedule import cosine_with_warmup

__all__ = ["AdamW", "clip_grad_norm_", "cosine_with_warmup"]
