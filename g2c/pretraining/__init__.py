# Given. Built from course/g2c/pretraining/__init__.py: there is nothing to write here.
"""Module 09b: from a stream of token ids to one number that says how well it is predicted."""

from g2c.pretraining.data import document_starts, get_lm_batch, split_token_stream, windows_at
from g2c.pretraining.loss import lm_cross_entropy

__all__ = [
    "document_starts",
    "get_lm_batch",
    "lm_cross_entropy",
    "split_token_stream",
    "windows_at",
]
