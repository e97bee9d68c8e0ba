"""Calls that tell the known mistakes in `g2c.attention` apart; see course/probes/tensors.py."""

import torch

from g2c import attention
from g2c.attention.heads import check_heads as heads_checked
from g2c.attention.masks import mask_or_causal as mask_chosen
from g2c.embeddings import RotaryPositionalEmbedding
from noteboosh.probing import filled, leaf, numbers

# In every row something is allowed and, but for the last, one thing is not.
MASK = torch.tensor([[1, 1, 0, 1], [1, 1, 1, 0], [0, 1, 1, 1], [1, 1, 1, 1]]).bool()
NOTHING = torch.tensor([[1, 1, 0], [0, 0, 0], [0, 1, 1]]).bool()  # row 1 may attend to nothing


def causal_mask():
    for T in (1, 2, 5):
        yield attention.causal_mask, T


def attention_weights():
    yield attention.attention_weights, leaf(2, 3, 5), leaf(2, 6, 5, seed=1)
    yield attention.attention_weights, leaf(2, 4, 5), leaf(2, 4, 5, seed=1), MASK
    yield attention.attention_weights, leaf(4, 3), leaf(4, 3, seed=1), torch.ones(4, 4).tril() > 0
    masks = torch.stack((MASK, MASK.flip(0)))[:, None]  # (B, 1, T, S)
    yield attention.attention_weights, leaf(2, 3, 4, 2), leaf(2, 3, 4, 2, seed=1), masks
    # Allowed keys score about -4000, the forbidden one about 0: no finite penalty hides that.
    key = torch.where(MASK[..., None], -3000.0, 0.125).double().expand(4, 4, 2).clone()
    yield attention.attention_weights, torch.ones(4, 1, 2).double(), key, MASK[:, None]


def scaled_dot_product_attention():
    for mask in (None, MASK):
        inputs = leaf(2, 4, 3), leaf(2, 4, 3, seed=1), leaf(2, 4, 3, seed=2)
        yield attention.scaled_dot_product_attention, *inputs, mask
    inputs = leaf(3, 5), leaf(4, 5, seed=1), leaf(4, 2, seed=2)
    yield attention.scaled_dot_product_attention, *inputs, MASK[:3]


def self_attention():
    for bias in (False, True):
        layer = filled(attention.SelfAttention(5, bias=bias))
        yield layer, leaf(2, 4, 5, seed=4)
        yield layer, leaf(2, 4, 5, seed=4), MASK


def attention_loops():
    yield attention.attention_loops, numbers(2, 3), numbers(3, 3, seed=1), numbers(3, 2, seed=2)
    inputs = numbers(4, 2), numbers(4, 2, seed=1), numbers(4, 2, seed=2)
    yield attention.attention_loops, *inputs, MASK


def check_mask():
    whole = torch.ones(3, 3).bool()
    for mask in (whole, NOTHING, NOTHING.T, whole.float(), whole.int(), whole[None], whole[:2]):
        yield attention.check_mask, mask, 3, 3


def mask_or_causal():
    for T, S in ((3, 3), (2, 5), (1, 4), (1, 1)):
        yield mask_chosen, None, T, S
    for mask in (MASK[:3, :3], NOTHING):
        yield mask_chosen, mask, 3, 3


def split_heads():
    for shape, num_heads in (((2, 3, 6), 3), ((2, 4, 6), 2), ((1, 4, 4), 4), ((2, 2, 4), 2)):
        yield attention.split_heads, leaf(*shape), num_heads


def merge_heads():
    for shape in ((2, 3, 4, 2), (1, 2, 2, 3), (2, 4, 3, 1)):
        yield attention.merge_heads, leaf(*shape)


def share_heads():
    for shape, num_heads in (((2, 2, 3, 4), 4), ((1, 3, 2, 2), 6), ((2, 1, 3, 2), 3)):
        yield attention.share_heads, leaf(*shape), num_heads


def project_heads():
    places = torch.tensor([[4, 0, 2], [1, 5, 3]])
    for layer in _layers():
        for positions in (torch.arange(3), torch.arange(2, 5), places):
            yield layer.project, leaf(2, 3, 8, seed=5), positions


def multi_head_attention():
    for layer in _layers():
        yield layer, leaf(2, 4, 8, seed=5)
        yield layer, leaf(2, 4, 8, seed=5), None, MASK


def _layers():
    rope = RotaryPositionalEmbedding(10.0, 2, 6, dtype=torch.float64)
    for options in ({}, {"rope": rope}, {"rope": rope, "num_kv_heads": 2}):
        yield filled(attention.MultiHeadAttention(8, 4, **options))


def KVCache_append():
    for lengths in ((3,), (2, 1), (1, 2, 1)):
        yield _appended, lengths


def _appended(lengths):
    cache = attention.KVCache()
    parts = [(numbers(1, 2, n, 2, seed=n), numbers(1, 2, n, 3, seed=n + 9)) for n in lengths]
    return [cache.append(*part) for part in parts], cache.length


def check_heads():
    for sizes in ((8, 4, 4), (8, 4, 2), (8, 4, 3), (30, 4, 4), (8, 4, 0), (3, 4, 4)):
        yield heads_checked, *sizes
