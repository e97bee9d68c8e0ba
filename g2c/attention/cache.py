# Given. Built from course/g2c/attention/cache.py: there is nothing to write here.
"""Given, complete: what one attention layer keeps, so that no position is computed twice."""

import torch
from torch import Tensor


class KVCache:
    """The keys and values of all positions so far, of one layer.

    Shapes: key, value (B, H, S, K), None before the first `append`.
    """

    def __init__(self):
        self.key: Tensor | None = None
        self.value: Tensor | None = None

    @property
    def length(self) -> int:
        """How many positions are kept: the next one has this number."""
        return 0 if self.key is None else self.key.shape[-2]

    def append(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Keep those of the next T positions as well, and return all there are.

        Shapes: key (B, H, T, K), value (B, H, T, K) -> (B, H, S, K), (B, H, S, K).
        """
        if self.key is not None:
            key = torch.cat((self.key, key), dim=-2)
            value = torch.cat((self.value, value), dim=-2)
        self.key, self.value = key, value
        return key, value
