"""Module 08. Write, in this order, in g2c/attention/:

1. attention.split_heads           vectors cut into heads                    (heads.py)
2. attention.merge_heads           heads joined to vectors                   (heads.py)
3. attention.project_heads         queries, keys and values of all heads     (multi_head.py)
4. attention.multi_head_attention  attention in every head, then one output  (multi_head.py)
5. attention.share_heads           stretch: a head of keys for several       (heads.py)

Given: the projections, the cache (cache.py), masks and positions. Uses your module 07 and your
rotary positions of module 05.
"""

import pytest
import torch
from torch.testing import assert_close

from g2c.attention import (
    KVCache,
    MultiHeadAttention,
    causal_mask,
    merge_heads,
    scaled_dot_product_attention,
    share_heads,
    split_heads,
)
from g2c.embeddings import RotaryPositionalEmbedding
from g2c.nn import reset_parameters

FLOAT64 = {"dtype": torch.float64}


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), **FLOAT64)


def attention(d_model=12, num_heads=3, rope=False, **options):
    rope = RotaryPositionalEmbedding(100.0, d_model // num_heads, 64, **FLOAT64) if rope else None
    layer = MultiHeadAttention(d_model, num_heads, rope=rope, **options, **FLOAT64)
    return reset_parameters(layer, torch.Generator().manual_seed(0))


def test_a_head_is_a_stretch_of_each_vector():
    x = torch.arange(12).view(1, 2, 6)  # two vectors: 0 … 5 and 6 … 11
    expected = [[[[0, 1], [6, 7]], [[2, 3], [8, 9]], [[4, 5], [10, 11]]]]
    assert_close(split_heads(x, 3), torch.tensor(expected))


@pytest.mark.parametrize("B, T, H, K", [(1, 1, 1, 1), (2, 5, 3, 4), (3, 2, 4, 1)])
def test_merging_undoes_splitting(B, T, H, K):
    x = randn(B, T, H * K)
    assert split_heads(x, H).shape == (B, H, T, K)
    assert_close(merge_heads(split_heads(x, H)), x, rtol=0, atol=0)


def test_every_head_is_attention_on_its_own_stretch_of_the_projections():
    layer, x = attention(), randn(2, 5, 12)
    heads = []
    for h in range(3):
        rows = slice(4 * h, 4 * h + 4)  # a (K, D) projection of its own
        projections = (layer.q_proj, layer.k_proj, layer.v_proj)
        query, key, value = (x @ p.weight[rows].T for p in projections)
        heads.append(scaled_dot_product_attention(query, key, value, causal_mask(5)))
    assert_close(layer(x), torch.cat(heads, dim=-1) @ layer.output_proj.weight.T)


def test_it_agrees_with_torch_in_values_and_gradients():
    layer, x = attention(bias=True), randn(2, 5, 12).requires_grad_()
    judge = torch.nn.MultiheadAttention(12, 3, batch_first=True, **FLOAT64)
    parts = (layer.q_proj, layer.k_proj, layer.v_proj)
    with torch.no_grad():
        judge.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        judge.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        judge.out_proj.weight.copy_(layer.output_proj.weight)
        judge.out_proj.bias.copy_(layer.output_proj.bias)
    expected = judge(x, x, x, attn_mask=~causal_mask(5), need_weights=False)[0]
    out, mix = layer(x), randn(2, 5, 12, seed=1)
    assert_close(out, expected)
    assert_close(torch.autograd.grad(out, x, mix), torch.autograd.grad(expected, x, mix))


@pytest.mark.parametrize("rope", [False, True])
def test_it_never_looks_at_the_future(rope):
    layer, x = attention(rope=rope), randn(2, 5, 12).requires_grad_()
    for t in range(5):
        (gradient,) = torch.autograd.grad(layer(x)[:, t].sum(), x)
        assert gradient[:, : t + 1].any() and not gradient[:, t + 1 :].any()


def test_a_mask_stands_instead_of_the_causal_one_for_each_row_of_the_batch():
    layer, x = attention(), randn(2, 4, 12)
    masks = torch.stack((torch.ones(4, 4, dtype=torch.bool), causal_mask(4)))
    both_ways = layer(x[:1], mask=masks[0])
    assert_close(layer(x, mask=masks), torch.cat((both_ways, layer(x[1:]))))


def test_rotations_see_distances_and_not_places():
    layer, x = attention(rope=True), randn(2, 5, 12)
    assert_close(layer(x, token_positions=torch.arange(30, 35)), layer(x))
    stretched = layer(x, token_positions=2 * torch.arange(5))
    assert (stretched - layer(x)).abs().max() > 1e-3


def test_values_are_not_rotated():
    layer, x = attention(rope=True), randn(2, 1, 12)
    expected = x @ layer.v_proj.weight.T @ layer.output_proj.weight.T  # one position: weight 1
    assert_close(layer(x, token_positions=torch.tensor([17])), expected)


@pytest.mark.parametrize("rope", [False, True])
@pytest.mark.parametrize("num_kv_heads", [None, 1])
def test_token_by_token_with_a_cache_equals_all_at_once(rope, num_kv_heads):
    layer, x, cache = attention(rope=rope, num_kv_heads=num_kv_heads), randn(2, 7, 12), KVCache()
    parts = [layer(part, cache=cache) for part in x.split([3, 1, 2, 1], dim=1)]
    assert cache.length == 7
    assert_close(torch.cat(parts, dim=1), layer(x))


def test_a_shared_head_serves_the_heads_of_its_group():
    x = torch.tensor([10.0, 20.0]).view(1, 2, 1, 1)
    assert_close(share_heads(x, 6).flatten(), torch.tensor([10.0, 10, 10, 20, 20, 20]))


def test_grouped_heads_equal_full_heads_whose_keys_and_values_repeat():
    grouped, full, x = attention(12, 6, num_kv_heads=2), attention(12, 6), randn(2, 5, 12)
    with torch.no_grad():
        for part in ("q_proj", "k_proj", "v_proj", "output_proj"):
            weight = getattr(grouped, part).weight
            if part in ("k_proj", "v_proj"):
                weight = weight.view(2, 1, 2, 12).expand(2, 3, 2, 12).reshape(12, 12)
            getattr(full, part).weight.copy_(weight)
    assert_close(grouped(x), full(x))


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
