# Built from course/g2c/attention/masks.py: write only between the fence lines.
"""Yours to write: who may look at whom. Given: refusing a mask that cannot work."""

import torch
from torch import Tensor


def causal_mask(T: int, device=None) -> Tensor:
    """A position may attend to itself and to what came before it, never to what comes after.

    Shapes: -> (T, T), boolean: `mask[t, s]` is True where t may attend to s.
    Source: Vaswani et al. 2017, section 3.2.3.
    """
    # ---- your code: attention.causal_mask (about 2 lines) ----
    raise NotImplementedError("attention.causal_mask")
    # ---- end of your code ----


def mask_or_causal(mask: Tensor | None, T: int, S: int, device=None) -> Tensor | None:
    """The caller's mask, checked, or else the causal one for the last T of S positions.

    Shapes: -> (T, S), or what the caller gave; None where a single position may attend to all.
    Raises: as check_mask.
    """
    if mask is not None:
        check_mask(mask, T, S)
        return mask
    return causal_mask(S, device)[S - T :] if T > 1 else None


def check_mask(mask: Tensor, T: int, S: int) -> None:
    """For the masks of callers; one built from `causal_mask` needs no look, which costs a sync.

    Raises: TypeError where the mask is not boolean, ValueError where it does not fit T queries
    and S keys, or where a position may attend to nothing (its softmax would be NaN).
    """
    if mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}: give booleans, True where t may attend to s")
    if mask.ndim < 2 or mask.shape[-2] not in (1, T) or mask.shape[-1] not in (1, S):
        raise ValueError(
            f"mask {tuple(mask.shape)} does not fit {T} queries and {S} keys: give (..., {T}, {S})"
        )
    empty = ~mask.any(-1)  # (..., T)
    if empty.any():
        row = tuple(empty.nonzero()[0].tolist())
        raise ValueError(
            f"row {row} of mask {tuple(mask.shape)} is False everywhere, so that position may "
            "attend to nothing: let it attend at least to itself"
        )
