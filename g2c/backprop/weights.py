# Given. Built from course/g2c/backprop/weights.py: there is nothing to write here.
"""Given, complete: the weights, made, laid end to end and back; and refusing what does not fit."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

BLOCK = ("w_q", "w_k", "w_v", "w_o", "w_mlp1", "w_mlp2")
Blocks = Sequence[Sequence[Tensor]]
Weights = tuple[Tensor, Tensor, Blocks, Tensor]  # w_emb, pos_embed, blocks, w_head


def new_weights(
    vocab_size: int, context_length: int, d_model: int, num_blocks: int, *,
    generator: torch.Generator, dtype: torch.dtype | None = None,
) -> Weights:  # fmt: skip
    """A fresh model: w_emb (V, D), pos_embed (T, D), num_blocks times six (D, D), w_head (D, V).

    Matrices start with std sqrt(2 / (in + out)), w_emb with 1 and pos_embed with 0.1.
    """
    V, T, D = vocab_size, context_length, d_model

    def draw(rows: int, columns: int, std: float) -> Tensor:
        return torch.randn(rows, columns, generator=generator, dtype=dtype) * std

    blocks = [[draw(D, D, D**-0.5) for _ in BLOCK] for _ in range(num_blocks)]
    return draw(V, D, 1), draw(T, D, 0.1), blocks, draw(D, V, math.sqrt(2 / (D + V)))


def in_order(w_emb: Tensor, pos_embed: Tensor, blocks: Blocks, w_head: Tensor) -> list[Tensor]:
    """All weights in the order of the flat vector that `causal_lm_step` returns."""
    return [w_emb, pos_embed, *(w for block in blocks for w in block), w_head]


def unflatten(flat: Tensor, like: Weights) -> Weights:
    """The weights in a flat vector, as views of it, in the shapes of `like`.

    Shapes: flat (P,).
    Raises: ValueError where the vector is not as long as the weights together.
    """
    shapes = [w.shape for w in in_order(*like)]
    total = sum(math.prod(shape) for shape in shapes)
    if flat.shape != (total,):
        raise ValueError(f"flat {tuple(flat.shape)} must be ({total},), one entry for each weight")
    parts = flat.split([math.prod(shape) for shape in shapes])
    w_emb, pos_embed, *matrices, w_head = (p.view(s) for p, s in zip(parts, shapes, strict=True))
    size = len(BLOCK)
    blocks = [matrices[start : start + size] for start in range(0, len(matrices), size)]
    return w_emb, pos_embed, blocks, w_head


def check_model(
    w_emb: Tensor, pos_embed: Tensor, blocks: Blocks, w_head: Tensor, num_heads: int
) -> None:
    """Raises ValueError, with the shapes and a cure, for weights that make no model."""
    if w_emb.ndim != 2 or pos_embed.ndim != 2 or pos_embed.shape[1:] != w_emb.shape[1:]:
        raise ValueError(
            f"w_emb {tuple(w_emb.shape)} and pos_embed {tuple(pos_embed.shape)} must be (V, D) and "
            "(T, D) with the same D"
        )
    V, D = w_emb.shape
    if w_head.shape != (D, V):
        raise ValueError(
            f"w_head {tuple(w_head.shape)} must be (D, V) = ({D}, {V}): weights are (in, out) here"
        )
    if num_heads < 1 or D % num_heads:
        raise ValueError(
            f"D ({D}) must be a multiple of num_heads ({num_heads}): try "
            f"{[H for H in range(1, D + 1) if D % H == 0]}"
        )
    for number, block in enumerate(blocks):
        if len(block) != len(BLOCK):
            raise ValueError(
                f"block {number} holds {len(block)} matrices: give six, {', '.join(BLOCK)}"
            )
        for name, w in zip(BLOCK, block, strict=True):
            if w.shape != (D, D):
                raise ValueError(
                    f"{name} of block {number} is {tuple(w.shape)}: it must be ({D}, {D})"
                )


def check_tokens(tokens: Tensor, length: int, vocab_size: int) -> None:
    """Raises ValueError for another shape than (N, length), TypeError or IndexError for bad ids."""
    if tokens.ndim != 2 or tokens.shape[1] != length or tokens.shape[0] < 1:
        raise ValueError(
            f"tokens {tuple(tokens.shape)} must be (N, {length}): pos_embed has a row for each of "
            "the T inputs, and the targets are one token further on"
        )
    if tokens.is_floating_point() or tokens.is_complex() or tokens.dtype == torch.bool:
        raise TypeError(f"tokens are {tokens.dtype}: give ids, `tokens.long()`")
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= vocab_size:
        raise IndexError(
            f"tokens run from {low} to {high}, but w_emb has {vocab_size} rows, for the ids 0 to "
            f"{vocab_size - 1}"
        )
