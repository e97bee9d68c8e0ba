# Built from course/g2c/backprop/attention.py: write only between the fence lines.
"""Yours to write: the way back through causal attention. Given: the way forward."""

import math
from typing import NamedTuple

from torch import Tensor

from g2c.attention import causal_mask, merge_heads, split_heads
from g2c.backprop.layers import matmul_backward
from g2c.tensors import softmax


class AttentionCache(NamedTuple):
    """What the way forward keeps for the way back."""

    x: Tensor  # (N, T, D), what went in
    query: Tensor  # (N, H, T, K)
    key: Tensor  # (N, H, T, K)
    value: Tensor  # (N, H, T, K)
    weights: Tensor  # (N, H, T, T), after the softmax
    merged: Tensor  # (N, T, D), the heads side by side, before w_o


def attention_forward(
    x: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor, num_heads: int
) -> tuple[Tensor, AttentionCache]:
    """Causal multi-head attention, as in module 08, with weights (D, D) used as `x @ w`.

    Shapes: x (N, T, D), each w (D, D) -> (N, T, D), and what the way back needs.
    Source: Vaswani et al. 2017, section 3.2.2.
    """
    query, key, value = (split_heads(x @ w, num_heads) for w in (w_q, w_k, w_v))
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (N, H, T, T)
    forbidden = ~causal_mask(x.shape[-2], x.device)
    weights = softmax(scores.masked_fill(forbidden, -math.inf), dim=-1)
    merged = merge_heads(weights @ value)
    return merged @ w_o, AttentionCache(x, query, key, value, weights, merged)


def mix_backward(d_heads: Tensor, weights: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients (d_weights, d_value) of `heads = weights @ value`.

    Shapes: d_heads (..., T, K), weights (..., T, T), value (..., T, K) -> (..., T, T), (..., T, K).
    """
    # ---- your code: backprop.mix_backward (about 1 line) ----
    raise NotImplementedError("backprop.mix_backward")
    # ---- end of your code ----


def causal_softmax_backward(d_weights: Tensor, weights: Tensor) -> Tensor:
    """The gradient for the scores, masked ones included, given the one for the weights.

    Shapes: d_weights (..., T, T), weights (..., T, T) -> (..., T, T).
    Exactly 0 where the weight is 0: a forbidden position gets no gradient. Every row has sum 0.
    """
    # ---- your code: backprop.causal_softmax_backward (about 2 lines) ----
    raise NotImplementedError("backprop.causal_softmax_backward")
    # ---- end of your code ----


def scores_backward(d_scores: Tensor, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients (d_query, d_key) of `scores = query @ key^T / sqrt(K)`.

    Shapes: d_scores (..., T, T), query (..., T, K), key (..., T, K) -> (..., T, K), (..., T, K).
    """
    # ---- your code: backprop.scores_backward (about 2 lines) ----
    raise NotImplementedError("backprop.scores_backward")
    # ---- end of your code ----


def attention_backward(
    d_out: Tensor, cache: AttentionCache, w_q: Tensor, w_k: Tensor, w_v: Tensor, w_o: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor, Tensor]]:
    """The gradient for x of `attention_forward`, and those for w_q, w_k, w_v and w_o.

    Shapes: d_out (N, T, D), each w (D, D) -> (N, T, D), and four (D, D).
    x went three ways, so its gradient is a sum of three.
    """
    num_heads = cache.query.shape[1]
    # ---- your code: backprop.attention_backward (about 8 lines) ----
    raise NotImplementedError("backprop.attention_backward")
    # ---- end of your code ----
