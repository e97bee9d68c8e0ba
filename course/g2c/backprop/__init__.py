"""Module 09c: one training step of a language model, every derivative by hand.

Weights are (in, out) here and are used as `x @ w`: the one exception to the course's convention.
N windows of T tokens; `d_x` is the gradient of the loss for `x`, and has the shape of `x`.
"""

from g2c.backprop.attention import (
    AttentionCache,
    attention_backward,
    attention_forward,
    causal_softmax_backward,
    mix_backward,
    scores_backward,
)
from g2c.backprop.block import BlockCache, block_backward, block_forward
from g2c.backprop.layers import (
    gelu_backward,
    layer_norm,
    layer_norm_backward,
    matmul_backward,
)
from g2c.backprop.loss import token_loss_backward
from g2c.backprop.step import (
    causal_lm_forward,
    causal_lm_loss,
    causal_lm_step,
    embedding_backward,
)
from g2c.backprop.weights import in_order, new_weights, unflatten

__all__ = [
    "AttentionCache",
    "BlockCache",
    "attention_backward",
    "attention_forward",
    "block_backward",
    "block_forward",
    "causal_lm_forward",
    "causal_lm_loss",
    "causal_lm_step",
    "causal_softmax_backward",
    "embedding_backward",
    "gelu_backward",
    "in_order",
    "layer_norm",
    "layer_norm_backward",
    "matmul_backward",
    "mix_backward",
    "new_weights",
    "scores_backward",
    "token_loss_backward",
    "unflatten",
]
