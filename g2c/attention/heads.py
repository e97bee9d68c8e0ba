# Built from course/g2c/attention/heads.py: write only between the fence lines.
"""Yours to write: cutting vectors into heads, joining them again, and sharing a head."""

from torch import Tensor


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Head h gets the h-th stretch of D / H neighbouring entries of each vector.

    Shapes: x (B, T, D) -> (B, H, T, K) with K = D / H.
    Raises: ValueError where D is not a multiple of num_heads.
    """
    B, T, D = x.shape
    if D % num_heads:
        raise ValueError(
            f"x {tuple(x.shape)} ends in {D} entries, which do not divide into {num_heads} heads: "
            "use a multiple of num_heads"
        )
    # ---- your code: attention.split_heads (about 1 line) ----
    raise NotImplementedError("attention.split_heads")
    # ---- end of your code ----


def merge_heads(heads: Tensor) -> Tensor:
    """The vectors of all heads end to end: what `split_heads` took apart.

    Shapes: heads (B, H, T, K) -> (B, T, D) with D = H * K.
    """
    # ---- your code: attention.merge_heads (about 1 line) ----
    raise NotImplementedError("attention.merge_heads")
    # ---- end of your code ----


def share_heads(x: Tensor, num_heads: int) -> Tensor:
    """Stretch goal: each of the few heads of keys or values, once for every head of its group.

    Shapes: x (B, G, S, K) -> (B, H, S, K); the first H / G heads share head 0, the next head 1, …
    Source: Ainslie et al. 2023 (grouped-query attention), section 2.2.
    """
    # ---- your code: attention.share_heads (about 1 line) ----
    raise NotImplementedError("attention.share_heads")
    # ---- end of your code ----


def check_heads(d_model: int, num_heads: int, num_kv_heads: int) -> None:
    """Raises ValueError, with a cure, where D does not divide into H heads, or H into groups."""
    if min(d_model, num_heads, num_kv_heads) < 1:
        raise ValueError(
            f"d_model ({d_model}), num_heads ({num_heads}) and num_kv_heads ({num_kv_heads}) must "
            "be 1 or more"
        )
    if d_model % num_heads:
        below = d_model - d_model % num_heads
        near = f"{below} or {below + num_heads}" if below else f"{num_heads}"
        raise ValueError(
            f"d_model ({d_model}) must be a multiple of num_heads ({num_heads}): try {near}"
        )
    if num_heads % num_kv_heads:
        fits = [n for n in range(1, num_heads + 1) if num_heads % n == 0]
        raise ValueError(
            f"num_heads ({num_heads}) must be a multiple of num_kv_heads ({num_kv_heads}): "
            f"try one of {fits}"
        )
