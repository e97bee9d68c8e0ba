# Built from course/g2c/nn/losses.py: write only between the fence lines.
"""Yours to write: two losses, and the gradient of the one that language models use."""

import torch
from torch import Tensor, nn

from g2c.tensors import logsumexp, softmax


class MSELoss(nn.Module):
    """The mean of the squared differences, over every entry.

    Shapes: prediction (...), target (...) -> ().
    Raises: ValueError where the shapes differ: (N, 1) against (N,) would compare all with all.
    """

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        if prediction.shape != target.shape:
            raise ValueError(
                f"prediction {tuple(prediction.shape)} and target {tuple(target.shape)} must have "
                "the same shape: reshape one of them"
            )
        # ---- your code: nn.mse_loss (about 1 line) ----
        raise NotImplementedError("nn.mse_loss")
        # ---- end of your code ----


class CrossEntropyLoss(nn.Module):
    """How surprised the model was by the right answers: the mean of -log(probability), in nats.

    Shapes: logits (N, V), targets (N,) -> (); one row an example, targets are ids in 0 … V - 1.
    Finite for finite logits, also where exp(logit) or log(probability) is not.
    Raises: ValueError for other shapes or ids, TypeError for targets that are not integers.
    Source: Shannon 1948; Goodfellow, Bengio and Courville 2016, section 3.13.
    """

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        _check_examples(logits, targets)
        targets = targets.long()  # gather takes no other integers
        # ---- your code: nn.cross_entropy_loss (about 2 lines) ----
        raise NotImplementedError("nn.cross_entropy_loss")
        # ---- end of your code ----


def cross_entropy_backward(logits: Tensor, targets: Tensor) -> Tensor:
    """The gradient of `CrossEntropyLoss` for the logits: what is predicted too much is positive.

    Shapes: logits (N, V), targets (N,) -> (N, V); every row has sum 0.
    Raises: as CrossEntropyLoss.
    """
    _check_examples(logits, targets)
    N, targets = logits.shape[0], targets.long()
    # ---- your code: nn.cross_entropy_backward (about 3 lines) ----
    raise NotImplementedError("nn.cross_entropy_backward")
    # ---- end of your code ----


def _check_examples(logits: Tensor, targets: Tensor) -> None:
    if logits.ndim != 2:
        V = logits.shape[-1] if logits.ndim else 1
        N = logits.numel() // max(V, 1)
        raise ValueError(
            f"logits {tuple(logits.shape)} must be (N, V), one row an example: "
            f"reshape them to ({N}, {V}), and the targets to ({N},)"
        )
    N, V = logits.shape
    if targets.shape != (N,) or N == 0:
        raise ValueError(
            f"logits {tuple(logits.shape)} need one target a row, and at least one row, but the "
            f"targets are {tuple(targets.shape)}: give targets ({N or 'N'},)"
        )
    if targets.is_floating_point() or targets.is_complex() or targets.dtype == torch.bool:
        raise TypeError(f"targets are {targets.dtype}: give ids, `targets.long()`")
    low, high = int(targets.min()), int(targets.max())
    if low < 0 or high >= V:
        raise ValueError(
            f"targets run from {low} to {high}, but the logits have {V} columns, for the ids 0 to "
            f"{V - 1}: was the text encoded with another tokenizer?"
        )
