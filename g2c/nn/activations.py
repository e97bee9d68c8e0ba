# Built from course/g2c/nn/activations.py: write only between the fence lines.
"""Yours to write: one nonlinearity. Given: two more, so that you see the pattern."""

import torch
from torch import Tensor, nn


class ReLU(nn.Module):
    """Keeps what is positive and lets nothing else through.

    Shapes: x (...) -> (...).
    The gradient is 1 where x > 0 and 0 elsewhere, also at exactly 0.
    Source: Nair and Hinton 2010.
    """

    def forward(self, x: Tensor) -> Tensor:
        # ---- your code: nn.relu (about 1 line) ----
        raise NotImplementedError("nn.relu")
        # ---- end of your code ----


class Tanh(nn.Module):
    """Squashes every number into -1 … 1.

    Shapes: x (...) -> (...).
    """

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x)


class Sigmoid(nn.Module):
    """Squashes every number into 0 … 1, as a probability.

    Shapes: x (...) -> (...).
    """

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x)
