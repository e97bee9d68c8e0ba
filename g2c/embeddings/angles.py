# Built from course/g2c/embeddings/angles.py: write only between the fence lines.
"""Yours to write: the ladder of angles that sinusoidal and rotary positions share."""

import torch
from torch import Tensor


def angles(theta: float, dim: int, num_positions: int) -> Tensor:
    """How far the j-th pair has turned at each position: position * theta^(-2j / dim), in radians.

    Shapes: -> (num_positions, dim / 2), float64; positions count from 0, j = 0 … dim/2 - 1.
    Source: Vaswani et al. 2017, section 3.5; Su et al. 2021 (RoFormer), section 3.2.2.
    """
    # Everything in float64: at position 16,000 a float32 angle is off by about 0.001.
    # ---- your code: embeddings.angles (about 3 lines) ----
    raise NotImplementedError("embeddings.angles")
    # ---- end of your code ----


def angle_tables(
    theta: float, dim: int, num_positions: int, device=None, dtype=None
) -> tuple[Tensor, Tensor]:
    """The cosine and the sine of every angle.

    Shapes: -> (num_positions, dim / 2), (num_positions, dim / 2).
    Raises: ValueError where dim is odd, or dim, num_positions or theta is not above 0.
    """
    if dim < 1 or dim % 2:
        raise ValueError(
            f"{dim} entries do not make whole pairs: give an even number, such as {dim + dim % 2}"
        )
    if num_positions < 1 or theta <= 0:
        raise ValueError(
            f"num_positions ({num_positions}) must be 1 or more, theta ({theta}) above 0"
        )
    table = angles(theta, dim, num_positions)
    dtype = dtype or torch.get_default_dtype()
    return table.cos().to(device, dtype), table.sin().to(device, dtype)
