"""Yours to write: where every gradient begins. The loss itself is module 09b's."""

from torch import Tensor

from g2c.tensors import softmax


def token_loss_backward(logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of `lm_cross_entropy` for the logits, at every position of every window.

    Shapes: logits (N, T, V), targets (N, T) -> (N, T, V); the V entries of a position have sum 0.
    A new tensor: the logits stay as they are.
    Source: Bridle 1990, for one position.
    """
    # BEGIN SOLUTION backprop.token_loss_backward
    d_logits = softmax(logits, dim=-1)
    right = d_logits.gather(-1, targets[..., None])  # (N, T, 1)
    d_logits.scatter_(-1, targets[..., None], right - 1)
    return d_logits.div_(targets.numel())
    # END SOLUTION
