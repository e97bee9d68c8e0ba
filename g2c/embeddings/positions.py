# Built from course/g2c/embeddings/positions.py: write only between the fence lines.
"""Yours to write: two ways to add to a vector the place where it stands."""

import torch
from torch import Tensor, nn

from g2c.embeddings.angles import angle_tables
from g2c.embeddings.checks import positions_of
from g2c.embeddings.embedding import Embedding


class LearnedPositionalEmbedding(Embedding):
    """Adds a learned vector for each position, from a table with context_length rows.

    Shapes: x (B, T, D), token_positions (T,) or (B, T) -> (B, T, D).
    Without token_positions the positions are 0 … T - 1.
    Raises: IndexError where a position is not in 0 … context_length - 1.
    Source: Gehring et al. 2017, section 3.1.
    """

    def __init__(self, context_length: int, d_model: int, device=None, dtype=None):
        super().__init__(context_length, d_model, device=device, dtype=dtype)

    def forward(self, x: Tensor, token_positions: Tensor | None = None) -> Tensor:
        token_positions = positions_of(x, token_positions, self.num_embeddings)
        # ---- your code: embeddings.learned_positions (about 1 line) ----
        raise NotImplementedError("embeddings.learned_positions")
        # ---- end of your code ----


class SinusoidalPositionalEmbedding(nn.Module):
    """Adds a fixed pattern of waves: entry 2j is the sine of the j-th angle, 2j + 1 its cosine.

    Shapes: x (B, T, D), token_positions (T,) or (B, T) -> (B, T, D).
    The j-th angle is position * theta^(-2j / D), j = 0 … D/2 - 1; positions count from 0.
    Raises: as LearnedPositionalEmbedding, and ValueError where d_model is odd.
    Source: Vaswani et al. 2017, section 3.5.
    """

    def __init__(
        self, context_length: int, d_model: int, theta: float = 10000.0, device=None, dtype=None
    ):
        super().__init__()
        cos, sin = angle_tables(theta, d_model, context_length, device, dtype)
        self.register_buffer("cos", cos, persistent=False)  # computed, so never saved
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x: Tensor, token_positions: Tensor | None = None) -> Tensor:
        token_positions = positions_of(x, token_positions, self.cos.shape[0])
        # ---- your code: embeddings.sinusoidal_positions (about 2 lines) ----
        raise NotImplementedError("embeddings.sinusoidal_positions")
        # ---- end of your code ----
