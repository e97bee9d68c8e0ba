# Built from course/g2c/training/clipping.py: write only between the fence lines.
"""Yours to write: all gradients made shorter together, where together they are too long."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor


@torch.no_grad()
def clip_grad_norm_(parameters: Iterable[Tensor], max_norm: float, eps: float = 1e-6) -> Tensor:
    """Scale all gradients in place by max_norm / (norm + eps) where their norm is above max_norm.

    The norm is one for all gradients as if they were one vector; it is returned as it was before.
    Parameters without a gradient do not count.
    Raises: ValueError where max_norm is not above 0, or the norm is not finite; then no gradient
    is changed.
    Source: Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    if not 0 < max_norm < math.inf:
        raise ValueError(f"max_norm is {max_norm}: give a number above 0, such as 1.0")
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    # ---- your code: training.clip_grad_norm (about 8 lines) ----
    raise NotImplementedError("training.clip_grad_norm")
    # ---- end of your code ----
