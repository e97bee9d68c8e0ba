"""Module 02. Write, in this order, in g2c/tensors/:

1. tensors.matmul_loops      a matrix product with three loops          (matmul.py)
2. tensors.broadcast_shapes  which shapes fit together, and into what   (broadcasting.py)
3. tensors.softmax           scores as probabilities, without overflow  (softmax.py)
4. tensors.logsumexp         the logarithm below the softmax            (softmax.py)
5. tensors.linear_backward   the gradients of a linear layer            (linear.py)
6. tensors.softmax_backward  the gradient of softmax                    (softmax.py)

Given: the checks of shapes, and everything above and below the marked regions.
"""

import math

import pytest
import torch
from torch.testing import assert_close

from g2c.tensors import (
    broadcast_shapes,
    linear_backward,
    logsumexp,
    matmul_loops,
    softmax,
    softmax_backward,
)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def values_and_gradients(function, x):
    """The result, and the gradient of a fixed random mix of its entries."""
    x = x.clone().requires_grad_()
    out = function(x)
    (gradient,) = torch.autograd.grad((out * randn(*out.shape, seed=9)).sum(), x)
    return out.detach(), gradient


def test_matmul_of_two_small_matrices_by_hand():
    a = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    b = torch.tensor([[10.0], [1.0]])
    assert_close(matmul_loops(a, b), torch.tensor([[12.0], [34.0], [56.0]]))


@pytest.mark.parametrize("N, D, F", [(1, 1, 1), (2, 5, 3), (4, 1, 2), (3, 2, 0)])
def test_matmul_agrees_with_torch(N, D, F):
    a, b = randn(N, D), randn(D, F, seed=1)
    assert_close(matmul_loops(a, b), a @ b)


def test_matmul_refuses_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(2, 4\)"):
        matmul_loops(randn(2, 3), randn(2, 4))


@pytest.mark.parametrize(
    "a, b",
    [((3, 1), (1, 4)), ((2, 3, 4), (4,)), ((), (5, 2)), ((1,), (0, 1)), ((7, 1, 5), (1, 6, 1))],
)
def test_shapes_broadcast_as_torch_broadcasts_them(a, b):
    assert broadcast_shapes(a, b) == tuple(torch.broadcast_shapes(a, b))
    assert broadcast_shapes(b, a) == tuple(torch.broadcast_shapes(a, b))


@pytest.mark.parametrize("a, b", [((3,), (4,)), ((2, 3), (2,)), ((0,), (2,))])
def test_shapes_that_do_not_fit_are_named_in_the_error(a, b):
    with pytest.raises(ValueError) as error:
        broadcast_shapes(a, b)
    assert str(a) in str(error.value) and str(b) in str(error.value)


def test_softmax_of_equal_scores_is_uniform():
    assert_close(softmax(torch.full((2, 4), 7.0), dim=-1), torch.full((2, 4), 0.25))


def test_softmax_of_log_odds_by_hand():
    scores = torch.tensor([0.0, math.log(2), math.log(5)])
    assert_close(softmax(scores, dim=0), torch.tensor([1 / 8, 2 / 8, 5 / 8]))


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
def test_softmax_agrees_with_torch_along_any_dimension(dim):
    x = randn(2, 3, 4)
    ours = values_and_gradients(lambda x: softmax(x, dim), x)
    assert_close(ours, values_and_gradients(lambda x: torch.softmax(x, dim), x))


def test_softmax_does_not_overflow_where_exp_does():
    scores = torch.tensor([[1e4, 9_999.0, -1e4, -math.inf], [-1e4, -1e4, -2e4, -1e4]])
    assert torch.exp(torch.tensor(89.0)).isinf()  # float32 ends at about exp(88.7)
    assert_close(softmax(scores, dim=1), torch.softmax(scores, dim=1))


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_logsumexp_agrees_with_torch_along_any_dimension(dim):
    x = randn(3, 5)
    ours = values_and_gradients(lambda x: logsumexp(x, dim), x)
    assert_close(ours, values_and_gradients(lambda x: torch.logsumexp(x, dim), x))


def test_logsumexp_lies_between_the_maximum_and_log_v_above_it():
    top, V = 1e4, 8
    assert_close(logsumexp(torch.full((V,), top), dim=0), torch.tensor(top + math.log(V)))
    assert_close(logsumexp(torch.tensor([top, 0.0, -top]), dim=0), torch.tensor(top))


def test_linear_backward_agrees_with_autograd():
    x, weight, d_out = randn(5, 3), randn(2, 3, seed=1), randn(5, 2, seed=2)
    leaves = x.clone().requires_grad_(), weight.clone().requires_grad_()
    expected = torch.autograd.grad(leaves[0] @ leaves[1].T, leaves, d_out)
    assert_close(linear_backward(d_out, x, weight), expected)


def test_softmax_backward_agrees_with_autograd():
    scores, d_out = randn(2, 3, 5).requires_grad_(), randn(2, 3, 5, seed=1)
    probs = torch.softmax(scores, dim=-1)
    (expected,) = torch.autograd.grad(probs, scores, d_out)
    assert_close(softmax_backward(d_out, probs.detach()), expected)


def test_softmax_backward_moves_no_probability_for_a_gradient_that_is_constant():
    probs = torch.softmax(randn(4, 6), dim=-1)
    assert_close(softmax_backward(torch.full_like(probs, 3.0), probs), torch.zeros_like(probs))
