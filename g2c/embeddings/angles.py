# Given. Built from course/g2c/embeddings/angles.py: there is nothing to write here.
"""Given, complete: the ladder of frequencies that sinusoidal and rotary positions share."""

import torch
from torch import Tensor


def angle_tables(
    theta: float, dim: int, num_positions: int, device=None, dtype=None
) -> tuple[Tensor, Tensor]:
    """The cosine and the sine of position * theta^(-2j / dim), for j = 0 … dim/2 - 1.

    Shapes: -> (num_positions, dim / 2), (num_positions, dim / 2); positions count from 0.
    Raises: ValueError where dim is odd, or dim, num_positions or theta is not above 0.
    Source: Vaswani et al. 2017, section 3.5; Su et al. 2021, section 3.2.2.
    """
    if dim < 1 or dim % 2:
        raise ValueError(
            f"{dim} entries do not make whole pairs: give an even number, such as {dim + dim % 2}"
        )
    if num_positions < 1 or theta <= 0:
        raise ValueError(
            f"num_positions ({num_positions}) must be 1 or more, theta ({theta}) above 0"
        )
    # In float64: at position 16,000 a float32 angle is off by about 0.001.
    exponents = -torch.arange(0, dim, 2, dtype=torch.float64) / dim  # (dim / 2,)
    positions = torch.arange(num_positions, dtype=torch.float64)
    angles = positions[:, None] * theta**exponents  # (num_positions, dim / 2)
    dtype = dtype or torch.get_default_dtype()
    return angles.cos().to(device, dtype), angles.sin().to(device, dtype)
