# Built from course/g2c/training/clipping.py: write only between the fence lines.
"""Yours to write: all gradients made shorter together, where together they are too long."""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor


def global_norm(tensors: Sequence[Tensor]) -> Tensor:
    """The length of all tensors together, as if they were one long vector.

    Shapes: a list of tensors of any shapes -> (); of no tensors at all, 0.
    Source: Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    if not tensors:
        return torch.zeros(())
    # ---- your code: training.global_norm (about 2 lines) ----
    raise NotImplementedError("training.global_norm")
    # ---- end of your code ----


@torch.no_grad()
def clip_grad_norm_(
    parameters: Iterable[Tensor] | Tensor, max_norm: float, eps: float = 1e-6
) -> Tensor:
    """Scale all gradients in place by max_norm / (norm + eps) where their norm is above max_norm.

    The norm is that of all gradients together; it is returned as it was before, shape ().
    Parameters without a gradient do not count.
    Raises: ValueError where max_norm is not above 0, or where the norm is not finite; then no
    gradient is changed.
    Source: Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    if not 0 < max_norm < math.inf:
        raise ValueError(f"max_norm is {max_norm}: give a number above 0, such as 1.0")
    if isinstance(parameters, Tensor):  # a loop over it would go over its rows
        parameters = [parameters]
    grads = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = global_norm(grads)
    if not norm.isfinite():
        bad = sum(not grad.isfinite().all() for grad in grads)
        raise ValueError(
            f"the norm of the gradients is {norm.item()} ({bad} of {len(grads)} hold numbers that "
            "are not finite), and nothing was changed: do not take this step, look at its batch "
            "and its loss, and try a lower learning rate"
        )
    # ---- your code: training.clip_grad_norm (about 5 lines) ----
    raise NotImplementedError("training.clip_grad_norm")
    # ---- end of your code ----
