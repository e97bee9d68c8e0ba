# Built from course/g2c/backprop/loss.py: write only between the fence lines.
"""Yours to write: where every gradient begins. The loss itself is module 09b's."""

from torch import Tensor

from g2c.tensors import softmax


def token_loss_backward(logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of `lm_cross_entropy` for the logits, at every position of every window.

    Shapes: logits (N, T, V), targets (N, T) -> (N, T, V); the V entries of a position have sum 0.
    A new tensor: the logits stay as they are.
    Source: Bridle 1990, for one position.
    """
    # ---- your code: backprop.token_loss_backward (about 4 lines) ----
    raise NotImplementedError("backprop.token_loss_backward")
    # ---- end of your code ----
