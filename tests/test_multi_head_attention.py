"""Module 08, Multi-head attention: several heads look at several things at once.

Given   cache.py        KVCache, the keys and values of all positions so far
        heads.py        check_heads and the check in split_heads: sizes that do not divide
                        (five tests: they pass before you have written anything)
Yours   heads.py        1. attention.split_heads: vectors cut into heads
                        2. attention.merge_heads: heads joined to vectors
        multi_head.py   3. attention.project_heads: queries, keys and values of all heads
                        4. attention.multi_head_attention: attention in every head, then one output
        heads.py        5. attention.share_heads, the stretch: one head of keys for several

Yours calls your attention weights and mask of module 07, your Linear of module 03 and your rotary
positions of module 05.
Read the names of the tests from top to bottom: they are the specification.
"""

import pytest
import torch
from torch.testing import assert_close

from g2c.attention import (
    KVCache,
    MultiHeadAttention,
    merge_heads,
    share_heads,
    split_heads,
)
from g2c.embeddings import RotaryPositionalEmbedding
from g2c.nn import reset_parameters

FLOAT64 = {"dtype": torch.float64}
oracle = torch.nn.functional.scaled_dot_product_attention


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), **FLOAT64)


def attention(d_model=12, num_heads=3, rope=False, **options):
    """A layer with random weights and biases."""
    rope = RotaryPositionalEmbedding(100.0, d_model // num_heads, 64, **FLOAT64) if rope else None
    layer = MultiHeadAttention(d_model, num_heads, rope=rope, **options, **FLOAT64)
    reset_parameters(layer, torch.Generator().manual_seed(0))
    for seed, part in enumerate(parts_of(layer)):
        if part.bias is not None:
            part.bias.data.copy_(randn(len(part.bias), seed=seed))
    return layer


def parts_of(layer):
    return layer.q_proj, layer.k_proj, layer.v_proj, layer.output_proj


def head_of(part, h, x, K=4):
    """What head h gets of a projection: the product with K rows of its weight, and no others."""
    rows = slice(h * K, (h + 1) * K)
    out = x @ part.weight[rows].T
    return out if part.bias is None else out + part.bias[rows]


def turned(x, positions):
    """Rotary positions by complex numbers: an independent way to the same result."""
    K = x.shape[-1]
    angles = positions[..., None] * 100.0 ** (-torch.arange(0, K, 2, **FLOAT64) / K)
    turns = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.unflatten(-1, (K // 2, 2)).contiguous())
    return torch.view_as_real(pairs * turns).flatten(-2)


# ---- given: sizes that do not divide, and the cache ----


@pytest.mark.parametrize(
    "d_model, num_heads, num_kv_heads, message",
    [
        (30, 4, None, r"d_model \(30\).*num_heads \(4\): try 28 or 32"),
        (12, 4, 3, r"num_heads \(4\).*num_kv_heads \(3\): try one of \[1, 2, 4\]"),
        (12, 4, 0, r"num_kv_heads \(0\)"),
    ],
)
def test_sizes_that_do_not_divide_are_refused_with_a_cure(
    d_model, num_heads, num_kv_heads, message
):
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(d_model, num_heads, num_kv_heads=num_kv_heads)


def test_vectors_that_do_not_divide_into_heads_are_refused():
    with pytest.raises(ValueError, match=r"\(2, 3, 10\).*4 heads"):
        split_heads(randn(2, 3, 10), 4)


def test_a_cache_hands_back_all_positions_in_their_order():
    cache, key, value = KVCache(), randn(2, 3, 6, 4), randn(2, 3, 6, 5, seed=1)
    for start, end in ((0, 1), (1, 4), (4, 6)):
        assert cache.length == start
        keys, values = cache.append(key[:, :, start:end], value[:, :, start:end])
        assert_close((keys, values), (key[:, :, :end], value[:, :, :end]), rtol=0, atol=0)


# ---- yours: 1. attention.split_heads ----


def test_a_head_is_a_stretch_of_each_vector():
    x = torch.arange(12).view(1, 2, 6)  # two vectors: 0 … 5 and 6 … 11
    expected = [[[[0, 1], [6, 7]], [[2, 3], [8, 9]], [[4, 5], [10, 11]]]]
    assert_close(split_heads(x, 3), torch.tensor(expected))


def test_every_entry_of_a_head_comes_from_its_own_position():
    T, D = 5, 12
    places = torch.arange(T).view(1, T, 1).expand(2, T, D)  # each entry says where it stands
    for H in (1, 3, 4, 12):
        heads = split_heads(places, H)
        assert heads.shape == (2, H, T, D // H)
        assert_close(heads, torch.arange(T).view(1, 1, T, 1).expand(2, H, T, D // H))


# ---- yours: 2. attention.merge_heads ----


def test_heads_lie_end_to_end_in_each_vector():
    heads = torch.tensor([[[[0, 1], [6, 7]], [[2, 3], [8, 9]], [[4, 5], [10, 11]]]])
    assert_close(merge_heads(heads), torch.arange(12).view(1, 2, 6))


@pytest.mark.parametrize("B, T, H, K", [(1, 1, 1, 1), (2, 5, 3, 4), (3, 2, 4, 1)])
def test_merging_undoes_splitting(B, T, H, K):
    x = randn(B, T, H * K)
    assert_close(merge_heads(split_heads(x, H)), x, rtol=0, atol=0)


# ---- yours: 3. attention.project_heads ----


@pytest.mark.parametrize("bias", [False, True])
def test_one_wide_projection_is_a_small_one_for_every_head(bias):
    layer, x = attention(bias=bias), randn(2, 5, 12)
    made = layer.project(x, torch.arange(5))
    for part, heads in zip(parts_of(layer)[:3], made, strict=True):
        assert heads.shape == (2, 3, 5, 4)
        for h in range(3):
            assert_close(heads[:, h], head_of(part, h, x))


def test_queries_and_keys_are_turned_and_values_are_not():
    plain, layer, x = attention(), attention(rope=True), randn(2, 5, 12)
    for positions in (torch.arange(5), torch.tensor([7, 0, 3, 40, 3])):
        query, key, value = plain.project(x, positions)
        expected = turned(query, positions), turned(key, positions), value
        assert_close(layer.project(x, positions), expected)


def test_every_row_of_the_batch_may_stand_at_positions_of_its_own():
    layer, x = attention(rope=True), randn(2, 5, 12)
    positions = torch.tensor([[0, 1, 2, 3, 4], [9, 8, 7, 6, 5]])
    for b in range(2):
        alone = layer.project(x[b : b + 1], positions[b])
        together = [part[b : b + 1] for part in layer.project(x, positions)]
        assert_close(together, list(alone))


def test_products_of_queries_and_keys_depend_on_distances_and_not_on_places():
    layer, x = attention(rope=True), randn(2, 5, 12)

    def products(positions):
        query, key, _ = layer.project(x, positions)
        return query @ key.transpose(-2, -1)

    assert_close(products(torch.arange(30, 35)), products(torch.arange(5)))
    assert (products(2 * torch.arange(5)) - products(torch.arange(5))).abs().max() > 1e-3


def test_there_may_be_fewer_heads_of_keys_and_values_than_of_queries():
    layer, x = attention(12, 6, num_kv_heads=2), randn(2, 5, 12)
    query, key, value = layer.project(x, torch.arange(5))
    assert query.shape == (2, 6, 5, 2) and key.shape == value.shape == (2, 2, 5, 2)
    assert_close(key[:, 1], head_of(layer.k_proj, 1, x, K=2))


# ---- yours: 4. attention.multi_head_attention ----


def test_every_head_attends_by_itself_and_the_output_mixes_them():
    layer, x = attention(), randn(2, 5, 12)
    heads = [
        oracle(*(head_of(part, h, x) for part in parts_of(layer)[:3]), is_causal=True)
        for h in range(3)
    ]
    assert_close(layer(x), torch.cat(heads, dim=-1) @ layer.output_proj.weight.T)


@pytest.mark.parametrize("D, H, T", [(12, 3, 5), (10, 1, 3), (6, 6, 4)])
def test_it_agrees_with_torch_in_values_and_gradients(D, H, T):
    layer, x = attention(D, H, bias=True), randn(2, T, D).requires_grad_()
    judge = torch.nn.MultiheadAttention(D, H, batch_first=True, **FLOAT64)
    *parts, output = parts_of(layer)
    with torch.no_grad():
        judge.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        judge.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        judge.out_proj.weight.copy_(output.weight)
        judge.out_proj.bias.copy_(output.bias)
    hidden = torch.ones(T, T, dtype=torch.bool).triu(1)  # torch's masks say who may not look
    expected = judge(x, x, x, attn_mask=hidden, need_weights=False)[0]
    out, mix = layer(x), randn(2, T, D, seed=1)
    assert_close(out, expected)
    ours = torch.autograd.grad(out, [x, *(p.weight for p in (*parts, output))], mix)
    wanted = [x, judge.in_proj_weight, judge.out_proj.weight]
    for_x, for_parts, for_output = torch.autograd.grad(expected, wanted, mix)
    assert_close(ours, (for_x, *for_parts.chunk(3), for_output))


def test_with_rotations_it_agrees_with_torch_on_turned_queries_and_keys():
    layer, x = attention(rope=True), randn(2, 5, 12)
    heads = []
    for h in range(3):
        query, key, value = (head_of(part, h, x) for part in parts_of(layer)[:3])
        places = torch.arange(5)
        heads.append(oracle(turned(query, places), turned(key, places), value, is_causal=True))
    assert_close(layer(x), torch.cat(heads, dim=-1) @ layer.output_proj.weight.T)


@pytest.mark.parametrize("rope", [False, True])
def test_changing_a_token_moves_nothing_before_it(rope):
    layer, x = attention(rope=rope), randn(2, 5, 12)
    for t in range(5):
        changed = x.clone()
        changed[:, t] = randn(2, 12, seed=t + 1)
        moved = (layer(changed) - layer(x)).abs().amax(dim=(0, 2)) > 1e-9
        assert moved.tolist() == [False] * t + [True] * (5 - t)


def test_a_mask_stands_instead_of_the_causal_one_for_each_row_of_the_batch():
    layer, x = attention(), randn(2, 4, 12)
    masks = torch.stack((torch.ones(4, 4), torch.ones(4, 4).tril())) > 0
    both_ways = layer(x[:1], mask=masks[0])
    assert_close(layer(x, mask=masks), torch.cat((both_ways, layer(x[1:]))))


@pytest.mark.parametrize("rope", [False, True])
def test_token_by_token_with_a_cache_equals_all_at_once(rope):
    layer, x, cache = attention(rope=rope), randn(2, 7, 12), KVCache()
    parts = [layer(part, cache=cache) for part in x.split([3, 1, 2, 1], dim=1)]
    assert cache.length == 7
    assert_close(torch.cat(parts, dim=1), layer(x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_stays_half_and_is_right_to_its_digits(dtype):
    layer, x = attention(rope=True).to(dtype), randn(2, 5, 12).to(dtype)
    out = layer(x)
    assert out.dtype == dtype
    exact = layer.double()(x.double())  # the same rounded weights, and all digits from there on
    assert (out.double() - exact).abs().max() < 8 * torch.finfo(dtype).eps


# ---- yours: 5. attention.share_heads (stretch) ----


def test_a_shared_head_serves_the_heads_of_its_group():
    x = torch.tensor([10.0, 20.0]).view(1, 2, 1, 1)
    assert_close(share_heads(x, 6).flatten(), torch.tensor([10.0, 10, 10, 20, 20, 20]))
    assert share_heads(randn(2, 3, 5, 4), 6).shape == (2, 6, 5, 4)


def test_grouped_heads_equal_full_heads_whose_keys_and_values_repeat():
    grouped, full, x = attention(12, 6, num_kv_heads=2), attention(12, 6), randn(2, 5, 12)
    with torch.no_grad():
        for mine, theirs in zip(parts_of(grouped), parts_of(full), strict=True):
            repeats = len(theirs.weight) // len(mine.weight)
            heads = mine.weight.unflatten(0, (-1, 1, 2)).expand(-1, repeats, -1, -1)
            theirs.weight.copy_(heads.reshape(12, 12))
    assert_close(grouped(x), full(x))


@pytest.mark.parametrize("num_kv_heads", [1, 2])
def test_a_cache_keeps_only_the_heads_that_are_shared(num_kv_heads):
    layer, x = attention(12, 6, rope=True, num_kv_heads=num_kv_heads), randn(2, 7, 12)
    cache = KVCache()
    parts = [layer(part, cache=cache) for part in x.split([3, 1, 2, 1], dim=1)]
    assert cache.key.shape == cache.value.shape == (2, num_kv_heads, 7, 2)
    assert_close(torch.cat(parts, dim=1), layer(x))
