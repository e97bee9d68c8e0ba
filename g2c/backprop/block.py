# Built from course/g2c/backprop/block.py: write only between the fence lines.
"""Yours to write: a whole block in reverse. Given: the block."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from g2c.backprop.attention import AttentionCache, attention_backward, attention_forward
from g2c.backprop.layers import gelu_backward, layer_norm, layer_norm_backward, matmul_backward
from g2c.transformer import gelu


class BlockCache(NamedTuple):
    """What a block keeps for the way back; gelu(wide) is cheap, and is computed again."""

    attention: AttentionCache
    middle: Tensor  # (N, T, D), after the first norm
    middle_inverse_std: Tensor  # (N, T, 1)
    wide: Tensor  # (N, T, D), before GELU
    out: Tensor  # (N, T, D), after the second norm
    out_inverse_std: Tensor  # (N, T, 1)


def block_forward(x: Tensor, block: Sequence[Tensor], num_heads: int) -> tuple[Tensor, BlockCache]:
    """A post-norm block: `y = LN(x + attention(x))`, then `LN(y + gelu(y @ w_mlp1) @ w_mlp2)`.

    Shapes: x (N, T, D), block six times (D, D): w_q, w_k, w_v, w_o, w_mlp1, w_mlp2 -> (N, T, D).
    Source: Vaswani et al. 2017, section 3.1, for the post-norm; Radford et al. 2018 for GELU.
    """
    *attention_weights, w_mlp1, w_mlp2 = block
    attended, attention = attention_forward(x, *attention_weights, num_heads)
    middle, middle_inverse_std = layer_norm(x + attended)
    wide = middle @ w_mlp1
    out, out_inverse_std = layer_norm(middle + gelu(wide) @ w_mlp2)
    return out, BlockCache(attention, middle, middle_inverse_std, wide, out, out_inverse_std)


def block_backward(
    d_out: Tensor, cache: BlockCache, block: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The gradient for x of `block_forward`, and those for its six matrices, in their order.

    Shapes: d_out (N, T, D), block six times (D, D) -> (N, T, D), and six (D, D).
    """
    *attention_weights, w_mlp1, w_mlp2 = block
    # ---- your code: backprop.block_backward (about 8 lines) ----
    raise NotImplementedError("backprop.block_backward")
    # ---- end of your code ----
