"""Yours to write: the first layer in reverse, and the whole step. Given: the model."""

import torch
from torch import Tensor

from g2c.backprop.block import BlockCache, block_backward, block_forward
from g2c.backprop.layers import matmul_backward
from g2c.backprop.loss import token_loss_backward
from g2c.backprop.weights import Blocks, check_model, check_tokens, in_order
from g2c.pretraining import lm_cross_entropy


def causal_lm_forward(
    inputs: Tensor, w_emb: Tensor, pos_embed: Tensor, blocks: Blocks, w_head: Tensor, *,
    num_heads: int,
) -> tuple[Tensor, Tensor, list[BlockCache]]:  # fmt: skip
    """Logits, what the head saw, and what each block keeps for the way back.

    Shapes: inputs (N, T), w_emb (V, D), pos_embed (T, D), w_head (D, V) -> (N, T, V), (N, T, D).
    Raises: as causal_lm_step.
    Source: Radford et al. 2018, section 3.1, with norms that have no weights.
    """
    check_model(w_emb, pos_embed, blocks, w_head, num_heads)
    check_tokens(inputs, pos_embed.shape[0], w_emb.shape[0])
    return _forward(inputs, w_emb, pos_embed, blocks, w_head, num_heads)


def _forward(
    inputs: Tensor, w_emb: Tensor, pos_embed: Tensor, blocks: Blocks, w_head: Tensor, num_heads: int
) -> tuple[Tensor, Tensor, list[BlockCache]]:
    """`causal_lm_forward` of what has been checked.

    Shapes: inputs (N, T), w_emb (V, D), pos_embed (T, D), w_head (D, V) -> (N, T, V), (N, T, D).
    """
    x = w_emb[inputs] + pos_embed
    caches = []
    for block in blocks:
        x, cache = block_forward(x, block, num_heads)
        caches.append(cache)
    return x @ w_head, x, caches


def causal_lm_loss(
    tokens: Tensor, w_emb: Tensor, pos_embed: Tensor, blocks: Blocks, w_head: Tensor, *,
    num_heads: int,
) -> Tensor:  # fmt: skip
    """The mean loss in nats of predicting, at each position, the token that follows.

    Shapes: tokens (N, T + 1), w_emb (V, D), pos_embed (T, D), w_head (D, V) -> ().
    Raises: as causal_lm_step.
    """
    check_model(w_emb, pos_embed, blocks, w_head, num_heads)
    check_tokens(tokens, pos_embed.shape[0] + 1, w_emb.shape[0])
    logits, _, _ = _forward(tokens[:, :-1], w_emb, pos_embed, blocks, w_head, num_heads)
    return lm_cross_entropy(logits, tokens[:, 1:])


def embedding_backward(d_x: Tensor, inputs: Tensor, vocab_size: int) -> tuple[Tensor, Tensor]:
    """The gradients (d_w_emb, d_pos_embed) of `x = w_emb[inputs] + pos_embed`.

    Shapes: d_x (N, T, D), inputs (N, T) -> (V, D), (T, D).
    A token that occurs many times gets the sum; one that does not occur gets 0.
    """
    # BEGIN SOLUTION backprop.embedding_backward
    d_w_emb = d_x.new_zeros(vocab_size, d_x.shape[-1])
    d_w_emb.index_add_(0, inputs.flatten(), d_x.flatten(0, 1))
    return d_w_emb, d_x.sum(0)
    # END SOLUTION


@torch.no_grad()
def causal_lm_step(
    tokens: Tensor, w_emb: Tensor, pos_embed: Tensor, blocks: Blocks, w_head: Tensor, *,
    num_heads: int, lr: float,
) -> Tensor:  # fmt: skip
    """One step of SGD on `causal_lm_loss`: all updated weights in one flat tensor, none in place.

    Shapes: tokens (N, T + 1), w_emb (V, D), pos_embed (T, D), w_head (D, V) -> (P,).
    In the order w_emb, pos_embed, the six matrices of each block, w_head: P is the number of
    parameters, V * D + T * D + 6 * D * D a block + D * V.
    Raises: ValueError where shapes do not belong together or D is no multiple of num_heads,
    TypeError for tokens that are not integers, IndexError for tokens that are not 0 … V - 1.
    Source: Radford et al. 2018, equation 1, and the chain rule.
    """
    check_model(w_emb, pos_embed, blocks, w_head, num_heads)
    check_tokens(tokens, pos_embed.shape[0] + 1, w_emb.shape[0])
    inputs, targets = tokens[:, :-1].long(), tokens[:, 1:].long()
    logits, x, caches = _forward(inputs, w_emb, pos_embed, blocks, w_head, num_heads)
    # BEGIN SOLUTION backprop.causal_lm_step
    d_x, d_w_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
    d_blocks: list[Tensor] = []
    for block in reversed(blocks):
        d_x, d_block = block_backward(d_x, caches.pop(), block)  # popped: its memory is free
        d_blocks = [*d_block, *d_blocks]
    gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0]), *d_blocks, d_w_head]
    weights = in_order(w_emb, pos_embed, blocks, w_head)
    updated = [w - lr * grad for w, grad in zip(weights, gradients, strict=True)]
    return torch.cat([w.flatten() for w in updated])
    # END SOLUTION
