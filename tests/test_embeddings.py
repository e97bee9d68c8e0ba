"""Module 05. Write, in this order, in g2c/embeddings/:

1. embeddings.embedding             an id becomes a row of a table           (embedding.py)
2. embeddings.skipgram_pairs        words and the company they keep          (skipgram.py)
3. embeddings.learned_positions     a learned vector for each position       (positions.py)
4. embeddings.sinusoidal_positions  waves instead of learned vectors         (positions.py)
5. embeddings.rotate_pairs          positions as rotations                   (rotary.py)

Given: the tables, how they start, the ladder of angles (angles.py), and the checks of input.
"""

import math

import pytest
import torch
from torch.testing import assert_close

from g2c.embeddings import (
    Embedding,
    LearnedPositionalEmbedding,
    RotaryPositionalEmbedding,
    SinusoidalPositionalEmbedding,
    skipgram_pairs,
)
from g2c.nn import reset_parameters

FLOAT64 = {"dtype": torch.float64}


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), **FLOAT64)


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
def test_an_embedding_agrees_with_torch_in_values_and_gradients(dtype):
    table, ids = Embedding(5, 3, **FLOAT64), torch.tensor([[0, 4, 4, 1], [2, 0, 1, 1]])
    out, expected = table(ids.to(dtype)), torch.nn.functional.embedding(ids, table.weight)
    assert_close(out, expected)
    mix = randn(2, 4, 3)
    gradients = [torch.autograd.grad((y * mix).sum(), table.weight) for y in (out, expected)]
    assert_close(*gradients)


def test_embedding_weights_start_with_std_one_cut_at_three():
    weight = reset_parameters(Embedding(500, 300), torch.Generator().manual_seed(0)).weight
    # A normal distribution that is cut at 3 std keeps 0.9866 of its std.
    assert weight.std().item() == pytest.approx(0.9866, rel=0.01)
    assert 2.9 < weight.abs().max() <= 3


@pytest.mark.parametrize("bad", [-1, 5])
def test_an_id_outside_the_table_is_refused(bad):
    with pytest.raises(IndexError, match=rf"{bad}\b.*5 rows"):
        Embedding(5, 3)(torch.tensor([bad]))


def test_ids_that_are_not_integers_are_refused():
    with pytest.raises(TypeError, match="float32"):
        Embedding(5, 3)(torch.zeros(2))


def test_skipgram_pairs_by_hand():
    assert skipgram_pairs([7, 8, 9], window=1) == [(7, 8), (8, 7), (8, 9), (9, 8)]
    assert skipgram_pairs([7, 8, 9], window=5) == [(7, 8), (7, 9), (8, 7), (8, 9), (9, 7), (9, 8)]


def test_skipgram_pairs_keep_a_word_that_stands_beside_itself():
    assert skipgram_pairs([3, 3], window=1) == [(3, 3), (3, 3)]


@pytest.mark.parametrize("n, window", [(0, 1), (1, 2), (10, 3), (3, 10)])
def test_skipgram_pairs_are_as_many_as_neighbours(n, window):
    near = sum(0 < abs(i - j) <= window for i in range(n) for j in range(n))
    assert len(skipgram_pairs(range(n), window)) == near


def test_learned_positions_add_the_row_of_each_position():
    positions, x = LearnedPositionalEmbedding(8, 4, **FLOAT64), randn(2, 3, 4)
    assert_close(positions(x) - x, positions.weight[:3].expand(2, 3, 4))
    chosen = torch.tensor([[5, 0, 7], [1, 1, 2]])
    assert_close(positions(x, chosen) - x, positions.weight[chosen])


def test_sinusoidal_positions_by_hand():
    waves = SinusoidalPositionalEmbedding(3, 4, **FLOAT64)(torch.zeros(1, 3, 4, **FLOAT64))[0]
    assert_close(waves[0], torch.tensor([0.0, 1.0, 0.0, 1.0], **FLOAT64))
    slow = 2 / 100  # position 2 at theta^(-2/4)
    by_hand = [math.sin(2), math.cos(2), math.sin(slow), math.cos(slow)]
    assert_close(waves[2], torch.tensor(by_hand, **FLOAT64))


def test_sinusoidal_positions_are_added_to_the_vectors():
    table = SinusoidalPositionalEmbedding(3, 4, **FLOAT64)
    x = torch.linspace(-1, 1, 24, **FLOAT64).reshape(2, 3, 4)
    assert_close(table(x) - x, table(torch.zeros(1, 3, 4, **FLOAT64)).expand(2, 3, 4))


@pytest.mark.parametrize("table", [LearnedPositionalEmbedding, SinusoidalPositionalEmbedding])
def test_a_position_beyond_the_table_is_refused(table):
    with pytest.raises(IndexError, match=r"5 .*4"):
        table(4, 6)(torch.zeros(1, 5, 6))


def test_a_quarter_turn_by_hand():
    rope = RotaryPositionalEmbedding(theta=10_000.0, d_k=2, max_seq_len=2, **FLOAT64)
    rope.cos[1], rope.sin[1] = 0.0, 1.0  # as if the first angle were 90 degrees
    turned = rope(torch.tensor([[1.0, 0.0], [1.0, 0.0]], **FLOAT64))
    assert_close(turned, torch.tensor([[1.0, 0.0], [0.0, 1.0]], **FLOAT64))


@pytest.mark.parametrize("d_k, theta", [(2, 10_000.0), (6, 100.0), (8, 500_000.0)])
def test_rotations_are_products_of_complex_numbers_on_every_rung_of_the_ladder(d_k, theta):
    x, positions = randn(2, 3, 5, d_k), torch.arange(5, **FLOAT64)
    rungs = torch.tensor([theta ** (-2 * j / d_k) for j in range(d_k // 2)], **FLOAT64)
    spins = torch.polar(torch.ones(5, d_k // 2, **FLOAT64), positions[:, None] * rungs)
    expected = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * spins)
    rope = RotaryPositionalEmbedding(theta, d_k, max_seq_len=5, **FLOAT64)
    assert_close(rope(x), expected.flatten(-2))


def test_products_of_rotated_vectors_depend_on_their_distance_alone():
    rope = RotaryPositionalEmbedding(10_000.0, d_k=8, max_seq_len=100, **FLOAT64)
    query, key = randn(1, 8), randn(1, 8, seed=1)
    products = [
        rope(query, torch.tensor([start + 7])) @ rope(key, torch.tensor([start])).T
        for start in (0, 1, 50, 92)
    ]
    assert_close(products, [products[0]] * 4)


def test_rotations_take_the_positions_they_are_given_the_same_for_every_head():
    rope = RotaryPositionalEmbedding(10_000.0, d_k=4, max_seq_len=9, **FLOAT64)
    x, positions = randn(2, 3, 2, 4), torch.tensor([[0, 5], [8, 1]])
    turned = rope(x, positions)
    for b in range(2):
        for head in range(3):
            for t in range(2):
                alone = rope(x[b, head, t][None], positions[b, t][None])[0]
                assert_close(turned[b, head, t], alone)


def test_tables_of_angles_are_exact_and_never_saved():
    rope = RotaryPositionalEmbedding(10_000.0, d_k=4, max_seq_len=20_000)
    assert rope.state_dict() == {} and list(rope.parameters()) == []
    assert rope.cos[19_999, 0].item() == pytest.approx(math.cos(19_999), abs=1e-6)


def test_an_odd_number_of_entries_makes_no_pairs():
    with pytest.raises(ValueError, match="7 .*8"):
        RotaryPositionalEmbedding(10_000.0, d_k=7, max_seq_len=4)
