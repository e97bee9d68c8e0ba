"""Yours to write: who looks at whom, and what they bring back."""

import math

from torch import Tensor

from g2c.attention.masks import check_mask
from g2c.tensors import softmax


def attention_weights(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """How much each position looks at each position it may see.

    Shapes: query (..., T, K), key (..., S, K), mask (T, S) -> (..., T, S).
    Every row has sum 1, and exactly 0 where `mask` is False; no row of it may be False throughout.
    Source: Vaswani et al. 2017, equation 1, before the product with the values.
    """
    # BEGIN SOLUTION attention.attention_weights
    # The scale on the queries: K numbers for each position instead of S.
    scores = query / math.sqrt(query.shape[-1]) @ key.transpose(-2, -1)  # (..., T, S)
    if mask is not None:
        # Filled where it is small, and added: the way back through a sum costs nothing.
        scores = scores + scores.new_zeros(mask.shape).masked_fill(~mask, -math.inf)
    return softmax(scores, dim=-1)
    # END SOLUTION


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> Tensor:
    """What each position brings back: a mean of the values, weighted by how much it looks at them.

    Shapes: query (..., T, K), key (..., S, K), value (..., S, K), mask (T, S) -> (..., T, K).
    A mask may have more dimensions in front; without one, every position sees every other.
    Values may have another size than K: the result has theirs.
    Raises: as check_mask, and ValueError where the shapes do not belong together.
    Source: Vaswani et al. 2017, equation 1.
    """
    T, S = query.shape[-2], key.shape[-2]
    if query.shape[-1] != key.shape[-1] or value.shape[-2] != S:
        raise ValueError(
            f"query {tuple(query.shape)}, key {tuple(key.shape)} and value {tuple(value.shape)}: "
            "queries and keys need the same size, keys and values the same number"
        )
    if mask is not None:
        check_mask(mask, T, S)
    # BEGIN SOLUTION attention.scaled_dot_product_attention
    return attention_weights(query, key, mask) @ value
    # END SOLUTION
