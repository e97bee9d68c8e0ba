# Built from course/g2c/sampling/filters.py: write only between the fence lines.
"""Yours to write: two ways to leave out what is improbable. Its score becomes minus infinity."""

import math

import torch
from torch import Tensor

from g2c.tensors import softmax


def top_k_filter(logits: Tensor, k: int) -> Tensor:
    """The k highest scores of each row stay where and as they are, all others become -inf.

    Shapes: logits (..., V) -> (..., V).
    Exactly k stay, whichever they are among equals; all of them where k is V or more.
    Raises: ValueError where k is below 1.
    Source: Fan, Lewis and Dauphin 2018 (Hierarchical Neural Story Generation).
    """
    if k < 1:
        raise ValueError(f"k is {k}: give 1 or more, so that a token is left to choose")
    # ---- your code: sampling.top_k_filter (about 3 lines) ----
    raise NotImplementedError("sampling.top_k_filter")
    # ---- end of your code ----


def top_p_filter(logits: Tensor, p: float) -> Tensor:
    """The fewest most probable tokens that hold a probability of p or more stay; others get -inf.

    Shapes: logits (..., V) -> (..., V).
    Of equals no more stay than are needed, whichever they are; p = 1 changes nothing.
    Raises: ValueError where p is not above 0 and at most 1.
    Source: Holtzman et al. 2020, section 3.1 (nucleus sampling).
    """
    if not 0 < p <= 1:
        raise ValueError(f"p is {p}: give a probability above 0, and 1 to leave nothing out")
    if p == 1:
        return logits  # a sum in floating point may reach 1 before its last, smallest terms
    # ---- your code: sampling.top_p_filter (about 6 lines) ----
    raise NotImplementedError("sampling.top_p_filter")
    # ---- end of your code ----
