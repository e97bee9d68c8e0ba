"""Module 02, Tensors: many numbers at once, and the derivatives that carry the rest of the course.

Yours, in this order, in g2c/tensors/:
  1. tensors.matmul_loops      a matrix product with three loops          matmul.py
  2. tensors.broadcast_shapes  which shapes fit together, and into what   broadcasting.py
  3. tensors.softmax           scores as probabilities, without overflow  softmax.py
  4. tensors.logsumexp         the logarithm of the sum below a softmax   softmax.py
  5. tensors.linear_backward   the gradients of a linear layer            linear.py
  6. tensors.softmax_backward  the gradient of softmax                    softmax.py
Given: the checks of shapes above your code (three tests: they pass from the beginning).

Read the names of the tests from top to bottom: they are the specification.
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


def by_finite_differences(function, x, d_out, eps=1e-5):
    """How much (function(x) * d_out).sum() changes with each entry of x, one entry at a time."""
    gradient = torch.zeros_like(x)
    for place in range(x.numel()):
        step = torch.zeros_like(x)
        step.view(-1)[place] = eps
        rise = (function(x + step) - function(x - step)) * d_out
        gradient.view(-1)[place] = rise.sum() / (2 * eps)
    return gradient


# ---- tensors.matmul_loops ----


def test_two_small_matrices_are_multiplied_as_by_hand():
    a = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    b = torch.tensor([[10.0], [1.0]])
    assert_close(matmul_loops(a, b), torch.tensor([[12.0], [34.0], [56.0]]))


@pytest.mark.parametrize("N, D, F", [(2, 5, 3), (3, 3, 3), (1, 1, 1), (4, 1, 2), (3, 2, 0)])
def test_matmul_loops_agrees_with_torch_in_float64(N, D, F):
    a, b = randn(N, D), randn(D, F, seed=1)
    assert_close(matmul_loops(a, b), a @ b)


def test_factors_that_do_not_fit_are_named_in_the_error():
    for a, b in [((2, 3), (2, 4)), ((3,), (3, 2)), ((2, 3), (3,))]:
        with pytest.raises(ValueError) as error:
            matmul_loops(randn(*a), randn(*b))
        assert str(a) in str(error.value) and str(b) in str(error.value)


# ---- tensors.broadcast_shapes ----


@pytest.mark.parametrize(
    "a, b, both",
    [((4, 3), (3,), (4, 3)), ((5, 1), (5,), (5, 5)), ((2, 1, 3), (4, 1), (2, 4, 3))],
)
def test_shapes_worked_by_hand(a, b, both):
    assert broadcast_shapes(a, b) == both


@pytest.mark.parametrize(
    "a, b",
    [((3, 1), (1, 4)), ((2, 3, 4), (4,)), ((), (5, 2)), ((1,), (0, 1)), ((7, 1, 5), (1, 6, 1))],
)
def test_shapes_broadcast_as_torch_broadcasts_them_in_either_order(a, b):
    assert broadcast_shapes(a, b) == tuple(torch.broadcast_shapes(a, b))
    assert broadcast_shapes(b, a) == tuple(torch.broadcast_shapes(a, b))


@pytest.mark.parametrize("a, b", [((3,), (4,)), ((2, 3), (2,)), ((0,), (2,))])
def test_shapes_that_do_not_fit_are_named_in_the_error(a, b):
    with pytest.raises(ValueError) as error:
        broadcast_shapes(a, b)
    assert str(a) in str(error.value) and str(b) in str(error.value)


# ---- tensors.softmax ----


def test_softmax_of_log_odds_by_hand():
    scores = torch.tensor([0.0, math.log(2), math.log(5)])
    assert_close(softmax(scores, dim=0), torch.tensor([1 / 8, 2 / 8, 5 / 8]))


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
def test_softmax_agrees_with_torch_along_any_dimension(dim):
    x = randn(2, 3, 4)
    ours = values_and_gradients(lambda x: softmax(x, dim), x)
    assert_close(ours, values_and_gradients(lambda x: torch.softmax(x, dim), x))


@pytest.mark.parametrize("dim", [0, 1])
def test_each_line_of_a_square_sums_to_one(dim):
    # In a square no shape betrays a maximum or a sum that was taken along the other dimension.
    assert_close(softmax(randn(4, 4), dim).sum(dim), torch.ones(4, dtype=torch.float64))


def test_softmax_does_not_overflow_where_exp_does():
    scores = torch.tensor([[1e4, 9_999.0, -1e4, -math.inf], [-1e4, -1e4, -2e4, -1e4]])
    assert torch.exp(torch.tensor(89.0)).isinf()  # float32 ends at about exp(88.7)
    assert_close(softmax(scores, dim=1), torch.softmax(scores, dim=1))


def test_softmax_leaves_its_scores_as_they_were():
    scores = randn(2, 5)
    softmax(scores, dim=1)
    assert_close(scores, randn(2, 5), rtol=0, atol=0)


# ---- tensors.logsumexp ----


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
def test_logsumexp_agrees_with_torch_along_any_dimension(dim):
    x = randn(3, 1, 5)
    ours = values_and_gradients(lambda x: logsumexp(x, dim), x)
    assert_close(ours, values_and_gradients(lambda x: torch.logsumexp(x, dim), x))


def test_logsumexp_of_equal_scores_is_log_v_above_them():
    for top, V in [(1e4, 8), (-1e4, 3), (0.0, 65)]:
        assert_close(logsumexp(torch.full((V,), top), dim=0), torch.tensor(top + math.log(V)))


def test_logsumexp_of_scores_far_apart_is_the_largest_of_each_row():
    scores = torch.tensor([[1e4, 0.0, -1e4], [-1e4, -2e4, -3e4]])
    assert_close(logsumexp(scores, dim=1), torch.tensor([1e4, -1e4]))


# ---- tensors.linear_backward ----


@pytest.mark.parametrize("N, D, F", [(5, 3, 2), (3, 4, 4), (1, 2, 6)])
def test_linear_backward_agrees_with_finite_differences(N, D, F):
    x, weight, d_out = randn(N, D), randn(F, D, seed=1), randn(N, F, seed=2)
    d_x, d_weight = linear_backward(d_out, x, weight)
    assert_close(d_x, by_finite_differences(lambda x: x @ weight.T, x, d_out))
    assert_close(d_weight, by_finite_differences(lambda weight: x @ weight.T, weight, d_out))


def test_linear_backward_agrees_with_autograd():
    x, weight, d_out = randn(5, 3), randn(2, 3, seed=1), randn(5, 2, seed=2)
    leaves = x.clone().requires_grad_(), weight.clone().requires_grad_()
    expected = torch.autograd.grad(leaves[0] @ leaves[1].T, leaves, d_out)
    assert_close(linear_backward(d_out, x, weight), expected)


def test_three_shapes_that_are_not_of_one_product_are_named_in_the_error():
    misfits = [((5, 2), (5, 3), (3, 2)), ((2, 5), (5, 3), (2, 3)), ((2,), (3,), (2, 3))]
    for d_out, x, weight in misfits:
        with pytest.raises(ValueError) as error:
            linear_backward(randn(*d_out), randn(*x), randn(*weight))
        assert all(str(shape) in str(error.value) for shape in (d_out, x, weight))


# ---- tensors.softmax_backward ----


def test_softmax_backward_by_hand():
    # The weighted mean of d_out is 4 * 0.5 + 8 * 0.25 = 4; then 0.5 * 0, 0.25 * 4, 0.25 * -4.
    probs = torch.tensor([0.5, 0.25, 0.25])
    d_scores = softmax_backward(torch.tensor([4.0, 8.0, 0.0]), probs)
    assert_close(d_scores, torch.tensor([0.0, 1.0, -1.0]))


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4), (3, 3)])
def test_softmax_backward_agrees_with_finite_differences(shape):
    scores, d_out = randn(*shape), randn(*shape, seed=1)
    expected = by_finite_differences(lambda x: torch.softmax(x, dim=-1), scores, d_out)
    assert_close(softmax_backward(d_out, torch.softmax(scores, dim=-1)), expected)


def test_softmax_backward_agrees_with_autograd():
    scores, d_out = randn(2, 3, 5).requires_grad_(), randn(2, 3, 5, seed=1)
    probs = torch.softmax(scores, dim=-1)
    (expected,) = torch.autograd.grad(probs, scores, d_out)
    assert_close(softmax_backward(d_out, probs.detach()), expected)


def test_the_same_gradient_for_every_probability_moves_no_score():
    probs = torch.softmax(randn(4, 6), dim=-1)
    assert_close(softmax_backward(torch.full_like(probs, 3.0), probs), torch.zeros_like(probs))


def test_two_shapes_that_differ_are_named_in_the_error():
    for d_out, probs in [((3,), (2, 3)), ((3, 2), (2, 3))]:  # the first would broadcast
        with pytest.raises(ValueError) as error:
            softmax_backward(randn(*d_out), randn(*probs))
        assert str(d_out) in str(error.value) and str(probs) in str(error.value)
