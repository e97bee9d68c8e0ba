"""Calls that tell the known mistakes in `g2c.backprop` apart; see course/probes/tensors.py."""

import torch

from g2c import backprop
from noteboosh.probing import numbers


def token_loss_backward():
    for shape, targets in (
        ((2, 3, 5), [[1, 4, 1], [0, 2, 2]]),
        ((1, 4, 3), [[2, 0, 1, 1]]),
        ((3, 2, 4), [[0, 3], [1, 1], [2, 0]]),
    ):
        yield backprop.token_loss_backward, numbers(*shape), torch.tensor(targets)
    large = torch.tensor([[[1e4, 0.0, -1e4]]], dtype=torch.float64)
    yield backprop.token_loss_backward, large, torch.tensor([[1]])


def matmul_backward():
    for N, T, D, F in ((2, 3, 4, 5), (2, 3, 4, 4), (1, 1, 3, 2)):
        d_out, x, w = numbers(N, T, F), numbers(N, T, D, seed=1), numbers(D, F, seed=2)
        yield backprop.matmul_backward, d_out, x, w


def gelu_backward():
    yield backprop.gelu_backward, numbers(2, 3), 2 * numbers(2, 3, seed=1)
    yield backprop.gelu_backward, numbers(5, seed=2), numbers(5, seed=3)
    yield backprop.gelu_backward, numbers(2, 2, 3), 8 * numbers(2, 2, 3, seed=4)


def layer_norm_backward():
    for shape in ((2, 3, 5), (4, 6), (1, 2, 2)):
        x = numbers(*shape) * 3 + 1
        centred = x - x.mean(-1, keepdim=True)
        inverse_std = (centred.square().mean(-1, keepdim=True) + 1e-5).rsqrt()
        yield (
            backprop.layer_norm_backward,
            numbers(*shape, seed=1),
            centred * inverse_std,
            inverse_std,
        )


def causal_softmax_backward():
    for shape in ((2, 3, 4, 4), (1, 1, 3, 3), (2, 5, 5)):
        yield backprop.causal_softmax_backward, numbers(*shape, seed=1), _weights(*shape)


def mix_backward():
    for lead, T, K in (((2, 3), 4, 5), ((1, 2), 3, 3), ((2,), 2, 4)):
        d_heads, value = numbers(*lead, T, K), numbers(*lead, T, K, seed=1)
        yield backprop.mix_backward, d_heads, _weights(*lead, T, T), value


def scores_backward():
    for lead, T, K in (((2, 3), 4, 5), ((1, 2), 3, 3), ((2,), 2, 4)):
        query, key = numbers(*lead, T, K, seed=1), numbers(*lead, T, K, seed=2)
        yield backprop.scores_backward, numbers(*lead, T, T), query, key


def attention_backward():
    for N, T, D, H in ((2, 3, 6, 3), (1, 4, 4, 2), (2, 2, 3, 1)):
        x, *weights = _matrices(5, N, T, D)
        _, cache = backprop.attention_forward(x, *weights, H)
        yield backprop.attention_backward, numbers(N, T, D, seed=9), cache, *weights


def block_backward():
    for N, T, D, H in ((2, 3, 6, 3), (1, 4, 4, 2), (2, 2, 3, 1)):
        x, *block = _matrices(7, N, T, D)
        _, cache = backprop.block_forward(x, block, H)
        yield backprop.block_backward, numbers(N, T, D, seed=9), cache, block


def embedding_backward():
    for N, T, D, V, ids in (
        (2, 2, 3, 5, [[3, 3], [0, 3]]),
        (1, 3, 2, 4, [[1, 2, 1]]),
        (3, 1, 2, 3, [[2], [0], [2]]),
    ):
        yield backprop.embedding_backward, numbers(N, T, D), torch.tensor(ids), V


def causal_lm_step():
    for V, D, H, L, tokens in (
        (5, 4, 2, 1, [[0, 1, 2, 3], [4, 4, 0, 1]]),
        (4, 6, 3, 2, [[3, 1, 1, 0, 2]]),
        (3, 2, 1, 0, [[0, 2, 2], [1, 0, 1]]),
    ):
        T = len(tokens[0]) - 1
        blocks = [_matrices(7, 1, 1, D, seed=10 * n)[1:] for n in range(L)]
        w_emb, pos_embed, w_head = numbers(V, D), numbers(T, D, seed=1), numbers(D, V, seed=2)
        for lr in (0.5, 2.0):
            yield _step, H, lr, torch.tensor(tokens), w_emb, pos_embed, blocks, w_head


def _step(num_heads, lr, tokens, *weights):
    return backprop.causal_lm_step(tokens, *weights, num_heads=num_heads, lr=lr)


def _matrices(number, N, T, D, seed=0):
    """An x (N, T, D), then square matrices, none of them like another."""
    matrices = [numbers(D, D, seed=seed + n) / 2 for n in range(1, number)]
    return [numbers(N, T, D, seed=seed), *matrices]


def _weights(*shape):
    """Attention weights as a causal softmax gives them, made without one."""
    weights = (numbers(*shape, seed=3) + 2.5).tril()
    return weights / weights.sum(-1, keepdim=True)
