"""Module 07, Attention: every position looks at the ones before it.

Given   loops.py                attention_loops, one number at a time: the judge of yours
        masks.py                check_mask, mask_or_causal: a mask that cannot work is refused
                                (six tests: they pass before you have written anything)
Yours   masks.py                1. attention.causal_mask: who may look at whom
        scaled_dot_product.py   2. attention.attention_weights: who looks at whom
                                3. attention.scaled_dot_product_attention: what they bring back
        self_attention.py       4. attention.self_attention: all three from one x

Yours calls your softmax of module 02 and your Linear of module 03.
Read the names of the tests from top to bottom: they are the specification.
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
    check_mask,
    scaled_dot_product_attention,
)
from g2c.nn import reset_parameters

oracle = torch.nn.functional.scaled_dot_product_attention


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def before_or_at(T, S):
    """For the last T of S positions: True at the keys up to a position's own place."""
    return torch.tensor([[s <= S - T + t for s in range(S)] for t in range(T)])


def values_and_gradients(function, *inputs):
    """The result, and the gradients of a fixed random mix of its entries."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    out = function(*inputs)
    return out.detach(), *torch.autograd.grad((out * randn(*out.shape, seed=9)).sum(), inputs)


def self_attention(d_model, bias=False):
    layer = SelfAttention(d_model, bias=bias, dtype=torch.float64)
    return reset_parameters(layer, torch.Generator().manual_seed(0))


# ---- given: the loops, and masks that cannot work ----


def test_the_loops_by_hand():
    query, key = torch.tensor([[2.0, 0.0, 0.0, 0.0]]), torch.zeros(2, 4)
    key[0, 0] = math.log(3)  # scores log 3 and 0, so weights 3/4 and 1/4
    value = torch.tensor([[8.0, 0.0], [0.0, 4.0]])
    assert_close(attention_loops(query, key, value), torch.tensor([[6.0, 1.0]]))
    second_only = torch.tensor([[False, True]])
    assert_close(attention_loops(query, key, value, second_only), torch.tensor([[0.0, 4.0]]))


def test_a_position_that_may_attend_to_nothing_is_an_error_and_never_nan():
    mask = before_or_at(4, 4)
    mask[2] = False
    with pytest.raises(ValueError, match=r"row \(2,\).*attend to nothing"):
        scaled_dot_product_attention(randn(4, 3), randn(4, 3), randn(4, 3), mask)
    with pytest.raises(ValueError, match=r"row \(1, 2\).*attend to nothing"):
        self_attention(3)(randn(2, 4, 3), mask=torch.stack((before_or_at(4, 4), mask)))


def test_a_key_that_nobody_looks_at_is_no_error():
    mask = torch.ones(3, 5, dtype=torch.bool)
    mask[:, 4] = False
    assert check_mask(mask, 3, 5) is None


def test_a_mask_of_numbers_is_refused():
    for mask in (torch.ones(4, 4), torch.ones(4, 4, dtype=torch.int64)):
        with pytest.raises(TypeError, match=str(mask.dtype)):
            scaled_dot_product_attention(randn(4, 3), randn(4, 3), randn(4, 3), mask)


def test_a_mask_of_another_size_is_refused():
    for shape in [(4, 4), (6, 4), (6,), (2, 3, 6)]:
        mask = torch.ones(shape, dtype=torch.bool)
        with pytest.raises(ValueError, match="4 queries and 6 keys") as error:
            scaled_dot_product_attention(randn(4, 3), randn(6, 3), randn(6, 3), mask)
        assert str(shape) in str(error.value)


def test_shapes_that_do_not_belong_together_are_refused():
    for key, value in [((6, 5), (6, 3)), ((6, 3), (5, 3))]:
        with pytest.raises(ValueError) as error:
            scaled_dot_product_attention(randn(4, 3), randn(*key), randn(*value))
        assert all(str(shape) in str(error.value) for shape in ((4, 3), key, value))


# ---- yours: 1. attention.causal_mask ----


def test_the_causal_mask_by_hand():
    expected = [[True, False, False], [True, True, False], [True, True, True]]
    assert_close(causal_mask(3), torch.tensor(expected))


def test_position_t_may_look_at_t_plus_one_places():
    for T in (1, 2, 7):
        mask = causal_mask(T)
        assert mask.shape == (T, T) and mask.dtype == torch.bool
        assert mask.sum(1).tolist() == list(range(1, T + 1))


# ---- yours: 2. attention.attention_weights ----


def test_weights_by_hand():
    query = torch.tensor([[2.0, 0.0, 0.0, 0.0]])
    key = torch.tensor([[math.log(3), 5.0, 5.0, 5.0], [0.0, -5.0, 0.0, 9.0]])  # scores log 3 and 0
    assert_close(attention_weights(query, key), torch.tensor([[0.75, 0.25]]))


@pytest.mark.parametrize("lead", [(), (2,), (2, 3), (2, 1, 3)])
def test_weights_are_probabilities_over_the_keys(lead):
    weights = attention_weights(randn(*lead, 4, 5), randn(*lead, 6, 5, seed=1))
    assert weights.shape == (*lead, 4, 6) and (weights >= 0).all()
    assert_close(weights.sum(-1), torch.ones(*lead, 4, dtype=torch.float64))


def test_a_row_with_a_mask_is_what_it_would_be_without_the_hidden_keys():
    query, key = randn(2, 3, 5), randn(2, 6, 5, seed=1)
    weights = attention_weights(query, key, before_or_at(3, 6))
    for t in range(3):
        shorter = attention_weights(query[:, t : t + 1], key[:, : 4 + t])
        assert_close(weights[:, t : t + 1, : 4 + t], shorter)


def test_weights_are_exactly_zero_where_the_mask_forbids():
    mask = before_or_at(4, 4)
    weights = attention_weights(100 * randn(2, 4, 5), 100 * randn(2, 4, 5, seed=1), mask)
    assert not weights[:, ~mask].any()
    assert_close(weights.sum(-1), torch.ones(2, 4, dtype=torch.float64))


def test_scores_keep_their_spread_whatever_the_size_of_a_head():
    for K in (4, 256):
        weights = attention_weights(randn(64, K), randn(64, K, seed=1))
        spread = weights.log().var(-1, correction=0).mean().item()  # of scores, row by row
        assert spread == pytest.approx(1, abs=0.15)


def test_scores_of_ten_thousand_stay_finite_in_float32():
    query = torch.tensor([[2e4, 0.0, 0.0, 0.0]], requires_grad=True)
    key = torch.tensor([[1.0, 0, 0, 0], [-1.0, 0, 0, 0], [1.0, 0, 0, 0]])  # 1e4, -1e4 and 1e4
    mask = torch.tensor([[True, True, False]])
    weights = torch.cat((attention_weights(query, key), attention_weights(query, key, mask)))
    assert_close(weights, torch.tensor([[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]]))
    (gradient,) = torch.autograd.grad(weights[:, 0].sum(), query)
    assert gradient.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_stays_half_and_is_right_to_its_digits(dtype):
    query, key = randn(2, 3, 5).to(dtype), randn(2, 6, 5, seed=1).to(dtype)
    for mask in (None, before_or_at(3, 6)):
        weights = attention_weights(query, key, mask)
        assert weights.dtype == dtype
        exact = attention_weights(query.double(), key.double(), mask)
        assert (weights.double() - exact).abs().max() < 4 * torch.finfo(dtype).eps


# ---- yours: 3. attention.scaled_dot_product_attention ----


@pytest.mark.parametrize("masked", [False, True])
def test_attention_agrees_with_the_loops(masked):
    query, key, value = randn(4, 3), randn(6, 3, seed=1), randn(6, 2, seed=2)
    mask = before_or_at(4, 6) if masked else None
    expected = attention_loops(query, key, value, mask)
    assert_close(scaled_dot_product_attention(query, key, value, mask), expected)


@pytest.mark.parametrize("lead", [(), (2,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_agrees_with_torch_in_values_and_gradients(lead, masked):
    inputs = randn(*lead, 4, 5), randn(*lead, 6, 5, seed=1), randn(*lead, 6, 7, seed=2)
    mask = before_or_at(4, 6) if masked else None
    ours = values_and_gradients(lambda *x: scaled_dot_product_attention(*x, mask), *inputs)
    assert_close(ours, values_and_gradients(lambda *x: oracle(*x, attn_mask=mask), *inputs))


def test_every_row_of_a_batch_may_have_a_mask_of_its_own():
    query, key, value = randn(2, 3, 4, 5), randn(2, 3, 6, 5, seed=1), randn(2, 3, 6, 7, seed=2)
    masks = torch.stack((before_or_at(4, 6), torch.ones(4, 6) > 0))[:, None]  # (B, 1, T, S)
    out = scaled_dot_product_attention(query, key, value, masks)
    assert_close(out, oracle(query, key, value, attn_mask=masks))


def test_attention_does_not_care_about_the_order_of_keys_without_a_mask():
    query, key, value = randn(4, 3), randn(6, 3, seed=1), randn(6, 3, seed=2)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    shuffled = scaled_dot_product_attention(query, key[order], value[order])
    assert_close(shuffled, scaled_dot_product_attention(query, key, value))


def test_a_result_never_leaves_the_range_of_the_values():
    value = randn(2, 6, 7, seed=2)
    out = scaled_dot_product_attention(3 * randn(2, 4, 5), randn(2, 6, 5, seed=1), value)
    low, high = (end[:, None] for end in value.aminmax(dim=1))
    assert ((low - 1e-12 < out) & (out < high + 1e-12)).all()


# ---- yours: 4. attention.self_attention ----


@pytest.mark.parametrize("bias", [False, True])
def test_self_attention_is_attention_between_three_projections(bias):
    layer, x = self_attention(6, bias), randn(2, 5, 6)
    parts = (layer.q_proj, layer.k_proj, layer.v_proj)
    for seed, part in enumerate(parts if bias else ()):
        part.bias.data.copy_(randn(6, seed=seed))

    def expected(x):
        linear = torch.nn.functional.linear
        return oracle(*(linear(x, part.weight, part.bias) for part in parts), is_causal=True)

    assert_close(values_and_gradients(layer, x), values_and_gradients(expected, x))


def test_changing_a_token_moves_nothing_before_it():
    layer, x = self_attention(6), randn(2, 5, 6)
    for t in range(5):
        changed = x.clone()
        changed[:, t] = randn(2, 6, seed=t + 1)
        moved = (layer(changed) - layer(x)).abs().amax(dim=(0, 2)) > 1e-9
        assert moved.tolist() == [False] * t + [True] * (5 - t)


def test_no_gradient_comes_from_the_future():
    layer, x = self_attention(6), randn(2, 5, 6).requires_grad_()
    for t in range(5):
        (gradient,) = torch.autograd.grad(layer(x)[:, t].sum(), x)
        assert gradient[:, : t + 1].any() and not gradient[:, t + 1 :].any()


def test_self_attention_looks_both_ways_where_a_mask_allows_it():
    layer, x = self_attention(6), randn(2, 5, 6)
    everywhere = torch.ones(5, 5, dtype=torch.bool)
    reversed_too = layer(x.flip(1), mask=everywhere).flip(1)
    assert_close(layer(x, mask=everywhere), reversed_too)


def test_a_mask_for_each_row_of_the_batch_stands_instead_of_the_causal_one():
    layer, x = self_attention(6), randn(2, 5, 6)
    masks = torch.stack((torch.ones(5, 5, dtype=torch.bool), before_or_at(5, 5)))
    alone = layer(x[:1], mask=masks[0])
    assert_close(layer(x, mask=masks), torch.cat((alone, layer(x[1:]))))
