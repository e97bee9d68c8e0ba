# Given. Built from course/g2c/nn/dropout.py: there is nothing to write here.
"""Given, complete: dropout, on in training and off in evaluation."""

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """In training each entry is zeroed with probability `p` and the others are scaled up.

    Shapes: x (...) -> (...); in evaluation (`module.eval()`) x comes back as it is.
    The scale 1 / (1 - p) keeps the expected value. Without a generator torch's own is used.
    Raises: ValueError where p is not in 0 <= p < 1.
    Source: Srivastava et al. 2014, section 10 (inverted dropout).
    """

    def __init__(self, p: float, generator: torch.Generator | None = None):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}: give a probability from 0 to below 1, such as 0.1")
        self.p, self.generator = p, generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
        return x * kept / (1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"
