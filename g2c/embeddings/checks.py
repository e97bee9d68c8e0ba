# Given. Built from course/g2c/embeddings/checks.py: there is nothing to write here.
"""Given, complete: which rows of a table are asked for, and refusing those it does not have."""

import torch
from torch import Tensor


def check_rows(ids: Tensor, num_rows: int, what: str) -> None:
    """Raises TypeError where `ids` are not integers, IndexError where one is not 0 … num_rows - 1.

    On an accelerator the range is left to torch: looking would make every step wait for the device.
    """
    if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
        raise TypeError(f"{what} are {ids.dtype}: give integers, `.long()`")
    if ids.device.type != "cpu" or torch.compiler.is_compiling() or ids.numel() == 0:
        return
    low, high = (int(end) for end in ids.long().aminmax())
    if low < 0 or high >= num_rows:  # a negative id would count from the end, silently
        raise IndexError(
            f"{what} run from {low} to {high}, but the table has {num_rows} rows, 0 to "
            f"{num_rows - 1}: use ids that fit, or make the table larger"
        )


def positions_of(x: Tensor, token_positions: Tensor | None, num_positions: int) -> Tensor:
    """The positions of the T vectors in x (..., T, D): those given, or 0 … T - 1; checked."""
    if token_positions is None:
        T = x.shape[-2]
        if num_positions < T:
            raise IndexError(
                f"{T} positions do not fit into a table of {num_positions}: give fewer tokens, or "
                "make the table larger"
            )
        return torch.arange(T, device=x.device)
    check_rows(token_positions, num_positions, "token positions")
    return token_positions.long()
