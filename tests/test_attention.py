"""Module 07. Write, in this order, in g2c/attention/:

1. attention.causal_mask                   who may look at whom       (masks.py)
2. attention.attention_weights             who looks at whom          (scaled_dot_product.py)
3. attention.scaled_dot_product_attention  what they bring back       (scaled_dot_product.py)
4. attention.self_attention                all three from one x       (self_attention.py)

Given: attention with loops (loops.py), which judges yours, the refusing of masks that cannot
work, and the projections. Uses your softmax of module 02 and your Linear of module 03.
"""

import math

import pytest
import torch
from torch.testing import assert_close

from g2c.attention import (
    SelfAttention,
    attention_loops,
    attention_weights,
    causal_mask,
    scaled_dot_product_attention,
)
from g2c.nn import reset_parameters

oracle = torch.nn.functional.scaled_dot_product_attention


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def values_and_gradients(function, *inputs):
    """The result, and the gradients of a fixed random mix of its entries."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    out = function(*inputs)
    return out.detach(), *torch.autograd.grad((out * randn(*out.shape, seed=9)).sum(), inputs)


def self_attention(d_model):
    layer = SelfAttention(d_model, dtype=torch.float64)
    return reset_parameters(layer, torch.Generator().manual_seed(0))


def test_the_causal_mask_by_hand():
    expected = [[True, False, False], [True, True, False], [True, True, True]]
    assert_close(causal_mask(3), torch.tensor(expected))


def test_weights_by_hand():
    query = torch.tensor([[2.0, 0.0, 0.0, 0.0]])
    key = torch.tensor([[math.log(3), 5.0, 5.0, 5.0], [0.0, -5.0, 0.0, 9.0]])  # scores log 3 and 0
    assert_close(attention_weights(query, key), torch.tensor([[0.75, 0.25]]))


@pytest.mark.parametrize("lead", [(), (2,), (2, 3), (2, 1, 3)])
def test_weights_are_probabilities_over_the_keys(lead):
    weights = attention_weights(randn(*lead, 4, 5), randn(*lead, 6, 5, seed=1))
    assert weights.shape == (*lead, 4, 6) and (weights >= 0).all()
    assert_close(weights.sum(-1), torch.ones(*lead, 4, dtype=torch.float64))


def test_weights_are_exactly_zero_where_the_mask_forbids():
    weights = attention_weights(100 * randn(2, 4, 5), 100 * randn(2, 4, 5, seed=1), causal_mask(4))
    assert not weights[:, ~causal_mask(4)].any()


def test_scores_keep_their_spread_whatever_the_size_of_a_head():
    for K in (4, 256):
        query, key = randn(64, K), randn(64, K, seed=1)
        spread = attention_weights(query, key).log().var(-1, correction=0).mean().item()
        assert spread == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("masked", [False, True])
def test_attention_agrees_with_the_loops(masked):
    query, key, value = randn(4, 3), randn(6, 3, seed=1), randn(6, 2, seed=2)
    mask = causal_mask(6)[2:] if masked else None
    expected = attention_loops(query, key, value, mask)
    assert_close(scaled_dot_product_attention(query, key, value, mask), expected)


@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_agrees_with_torch_in_values_and_gradients(lead, masked):
    inputs = randn(*lead, 4, 5), randn(*lead, 6, 5, seed=1), randn(*lead, 6, 7, seed=2)
    mask = torch.arange(6) <= torch.arange(4)[:, None] + 1 if masked else None
    ours = values_and_gradients(lambda *x: scaled_dot_product_attention(*x, mask), *inputs)
    assert_close(ours, values_and_gradients(lambda *x: oracle(*x, attn_mask=mask), *inputs))


def test_attention_does_not_care_about_the_order_of_keys_without_a_mask():
    query, key, value = randn(4, 3), randn(6, 3, seed=1), randn(6, 3, seed=2)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    shuffled = scaled_dot_product_attention(query, key[order], value[order])
    assert_close(shuffled, scaled_dot_product_attention(query, key, value))


def test_a_position_that_may_attend_to_nothing_is_an_error_and_never_nan():
    mask = causal_mask(4)
    mask[2] = False
    with pytest.raises(ValueError, match=r"row \(2,\).*attend to nothing"):
        scaled_dot_product_attention(randn(4, 3), randn(4, 3), randn(4, 3), mask)


def test_a_mask_of_numbers_is_refused():
    with pytest.raises(TypeError, match="float32"):
        scaled_dot_product_attention(randn(4, 3), randn(4, 3), randn(4, 3), torch.zeros(4, 4))


def test_a_mask_of_another_size_is_refused():
    mask = torch.ones(4, 4, dtype=torch.bool)
    with pytest.raises(ValueError, match=r"\(4, 4\).*4 queries and 6 keys"):
        scaled_dot_product_attention(randn(4, 3), randn(6, 3), randn(6, 3), mask)


def test_self_attention_is_attention_between_three_projections():
    layer, x = self_attention(6), randn(2, 5, 6)
    query, key, value = (x @ p.weight.T for p in (layer.q_proj, layer.k_proj, layer.v_proj))
    assert_close(layer(x), oracle(query, key, value, is_causal=True))


def test_self_attention_never_looks_at_the_future():
    layer, x = self_attention(6), randn(2, 5, 6).requires_grad_()
    for t in range(5):
        (gradient,) = torch.autograd.grad(layer(x)[:, t].sum(), x)
        assert gradient[:, : t + 1].any() and not gradient[:, t + 1 :].any()


def test_self_attention_looks_both_ways_where_a_mask_allows_it():
    layer, x = self_attention(6), randn(2, 5, 6)
    both_ways = layer(x, mask=torch.ones(5, 5, dtype=torch.bool))
    reversed_too = layer(x.flip(1), mask=torch.ones(5, 5, dtype=torch.bool)).flip(1)
    assert_close(both_ways, reversed_too)
