# Given. Built from course/g2c/nn/spirals.py: there is nothing to write here.
"""Given, complete: points in the plane that no straight line can tell apart."""

import math

import torch
from torch import Tensor


def spirals(
    rows_per_arm: int,
    *,
    arms: int = 3,
    noise: float = 0.03,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> tuple[Tensor, Tensor]:
    """Points on spiral arms that wind around the origin once, and for each the number of its arm.

    Shapes: -> x (N, 2), arm (N,) with N = arms * rows_per_arm; arms are counted from 0.
    The radius grows from 0 to 1; `noise` is the std of a shift of each coordinate.
    Raises: ValueError for fewer than 1 row, fewer than 2 arms or a negative noise.
    """
    if rows_per_arm < 1 or arms < 2 or not noise >= 0:
        raise ValueError(
            f"rows_per_arm ({rows_per_arm}) must be 1 or more, arms ({arms}) 2 or more, "
            f"and noise ({noise}) 0 or more"
        )
    arm = torch.arange(arms).repeat_interleave(rows_per_arm)
    radius = torch.linspace(0, 1, rows_per_arm + 1, dtype=dtype)[1:].repeat(arms)
    angle = 2 * math.pi * (radius + arm.to(radius.dtype) / arms)
    x = torch.stack((radius * angle.cos(), radius * angle.sin()), dim=1)
    return x + noise * torch.randn(x.shape, generator=generator, dtype=dtype), arm
