"""Calls that tell the known mistakes in `g2c.tensors` apart: each exercise's function is tried on
inputs where a wrong one gives something else. What right ones give is recorded by the build."""

import math

import torch

from g2c import tensors
from noteboosh.probing import leaf, numbers


def matmul_loops():
    yield tensors.matmul_loops, numbers(3, 4), numbers(4, 2, seed=1)
    yield tensors.matmul_loops, numbers(1, 5), numbers(5, 1, seed=1)
    yield tensors.matmul_loops, numbers(2, 2), numbers(2, 3, seed=1)
    yield tensors.matmul_loops, numbers(3, 3), numbers(3, 3, seed=1)


def broadcast_shapes():
    for a, b in (
        ((2, 3), (3,)), ((4, 1, 3), (2, 1)), ((5, 1, 1), (1, 2, 3)), ((), (2, 7)),
        ((0,), (1,)), ((1, 4), (0, 1)), ((2, 3), (2, 4)), ((3, 4), (4, 3)), ((2, 3), (2, 3)),
    ):  # fmt: skip
        yield tensors.broadcast_shapes, a, b


def softmax():
    for x, dim in (*_scores(), (torch.tensor([[0.5, -math.inf, 1.0]]), 1)):
        yield tensors.softmax, x, dim


def logsumexp():
    for x, dim in _scores():
        yield tensors.logsumexp, x, dim


def _scores():
    for dim in (0, 1, -1):
        yield leaf(2, 3, 5), dim
    yield leaf(4, 3, seed=1), 0
    yield leaf(4, 3, seed=1), 1
    yield leaf(3, 1, 4), 2
    yield leaf(3, 3), 1
    yield leaf(3, 3), 0
    yield numbers(2, 4), 1  # a tensor that may be changed in place, and must not be
    # Beyond what exp takes in float64 as well, and exact in float32.
    for top in (1e4, -1e4):
        yield ((8 * numbers(2, 3)).round() / 8 + top).requires_grad_(), 1
    far_apart = (8 * numbers(3, 2)).round() / 8 + torch.tensor([[0.0], [-2000.0], [-4000.0]])
    yield far_apart.requires_grad_(), 1


def linear_backward():
    for N, D, F in ((3, 4, 2), (3, 3, 3), (1, 2, 3)):
        yield tensors.linear_backward, numbers(N, F), numbers(N, D, seed=1), numbers(F, D, seed=2)


def softmax_backward():
    for shape in ((2, 3), (2, 2, 4), (3, 3), (4,)):
        probs = numbers(*shape, seed=1) + 2.5
        yield tensors.softmax_backward, numbers(*shape), probs / probs.sum(-1, keepdim=True)
