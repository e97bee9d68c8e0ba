"""Yours to write: positions as rotations, seen by attention as distances."""

import torch
from torch import Tensor, nn

from g2c.embeddings.angles import angle_tables
from g2c.embeddings.checks import positions_of


class RotaryPositionalEmbedding(nn.Module):
    """Turns each pair of entries (2j, 2j + 1) by position * theta^(-2j / d_k), counterclockwise.

    Shapes: x (..., T, K), token_positions (T,) or (B, T) -> (..., T, K).
    Positions (B, T) are the same for all dimensions between B and T, such as the heads.
    Raises: ValueError where d_k is odd or not K, IndexError for positions beyond max_seq_len - 1.
    Source: Su et al. 2021 (RoFormer), equations 15 and 34.
    """

    def __init__(self, theta: float, d_k: int, max_seq_len: int, device=None, dtype=None):
        super().__init__()
        self.d_k, self.max_seq_len = d_k, max_seq_len
        cos, sin = angle_tables(theta, d_k, max_seq_len, device, dtype)
        self.register_buffer("cos", cos, persistent=False)  # computed, so never saved
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x: Tensor, token_positions: Tensor | None = None) -> Tensor:
        if x.shape[-1] != self.d_k:
            raise ValueError(
                f"x {tuple(x.shape)} ends in {x.shape[-1]} entries, but the rotations are for "
                f"{self.d_k}: d_k must be the size of one head"
            )
        token_positions = positions_of(x, token_positions, self.max_seq_len)
        cos, sin = self.cos[token_positions], self.sin[token_positions]  # (T, K/2) or (B, T, K/2)
        if token_positions.ndim == 2:  # dimensions of size 1 for all that stands between B and T
            between = [1] * (x.ndim - 3)
            cos = cos.unflatten(0, (-1, *between))
            sin = sin.unflatten(0, (-1, *between))
        return rotate_pairs(x, cos, sin).to(x.dtype)


def rotate_pairs(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Each pair of neighbours (2j, 2j + 1) in the last dimension, turned by the j-th angle.

    Shapes: x (..., T, K), cos (T, K / 2), sin (T, K / 2) -> (..., T, K).
    A turn by a positive angle takes (1, 0) towards (0, 1); lengths stay what they were.
    Source: Su et al. 2021 (RoFormer), equation 34.
    """
    # BEGIN SOLUTION embeddings.rotate_pairs
    first, second = x.unflatten(-1, (-1, 2)).unbind(-1)  # (..., T, K / 2)
    turned = (first * cos - second * sin, first * sin + second * cos)
    return torch.stack(turned, dim=-1).flatten(-2)
    # END SOLUTION
