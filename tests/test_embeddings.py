"""Module 05. Write, in this order, in g2c/embeddings/:

1. embeddings.embedding             an id becomes a row of a table           (embedding.py)
2. embeddings.skipgram_pairs        words and the company they keep          (skipgram.py)
3. embeddings.cosine_similarities   how alike two directions are             (similarity.py)
4. embeddings.learned_positions     a learned vector for each position       (positions.py)
5. embeddings.angles                the ladder from fast to slow             (angles.py)
6. embeddings.sinusoidal_positions  waves instead of learned vectors         (positions.py)
7. embeddings.rotate_pairs          positions as rotations                   (rotary.py)

Given: the tables and how they start, which positions are meant, and the checks of input.
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
    angles,
    cosine_similarities,
    rotate_pairs,
    skipgram_pairs,
)
from g2c.nn import reset_parameters

FLOAT64 = {"dtype": torch.float64}


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), **FLOAT64)


def float64(*numbers):
    return torch.tensor(numbers, **FLOAT64)


# ---- given: tables and checks ----


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


def test_a_window_without_neighbours_is_refused():
    with pytest.raises(ValueError, match="window is 0"):
        skipgram_pairs([7, 8, 9], window=0)


def test_a_vector_of_zeros_has_no_direction():
    with pytest.raises(ValueError, match=r"rows \[1\].*\(2, 3\)"):
        cosine_similarities(torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))


def test_a_learned_position_beyond_the_table_is_refused():
    with pytest.raises(IndexError, match=r"5 .*4"):
        LearnedPositionalEmbedding(4, 6)(torch.zeros(1, 5, 6))


def test_an_odd_number_of_entries_makes_no_pairs():
    with pytest.raises(ValueError, match="7 .*8"):
        RotaryPositionalEmbedding(10_000.0, d_k=7, max_seq_len=4)


# ---- 1. embeddings.embedding ----


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
def test_an_embedding_agrees_with_torch_in_values_and_gradients(dtype):
    table, ids = Embedding(5, 3, **FLOAT64), torch.tensor([[0, 4, 4, 1], [2, 0, 1, 1]])
    out, expected = table(ids.to(dtype)), torch.nn.functional.embedding(ids, table.weight)
    assert_close(out, expected)
    mix = randn(2, 4, 3)
    gradients = [torch.autograd.grad((y * mix).sum(), table.weight) for y in (out, expected)]
    assert_close(*gradients)


def test_looking_up_a_row_is_multiplying_with_a_one_hot_vector():
    table, ids = Embedding(6, 4, **FLOAT64), torch.tensor([5, 0, 5])
    one_hot = torch.nn.functional.one_hot(ids, 6).double()
    assert_close(table(ids), one_hot @ table.weight)


# ---- 2. embeddings.skipgram_pairs ----


def test_skipgram_pairs_by_hand():
    assert skipgram_pairs([7, 8, 9], window=1) == [(7, 8), (8, 7), (8, 9), (9, 8)]
    assert skipgram_pairs([7, 8, 9], window=5) == [(7, 8), (7, 9), (8, 7), (8, 9), (9, 7), (9, 8)]


def test_skipgram_pairs_keep_a_word_that_stands_beside_itself():
    assert skipgram_pairs([3, 3], window=1) == [(3, 3), (3, 3)]


@pytest.mark.parametrize("n, window", [(0, 1), (1, 2), (10, 3), (3, 10)])
def test_skipgram_pairs_are_as_many_as_neighbours(n, window):
    near = sum(0 < abs(i - j) <= window for i in range(n) for j in range(n))
    assert len(skipgram_pairs(range(n), window)) == near


# ---- 3. embeddings.cosine_similarities ----


def test_cosines_of_four_directions_by_hand():
    vectors = torch.tensor([[3.0, 4.0], [0.0, 2.0], [-6.0, -8.0], [8.0, -6.0]], **FLOAT64)
    by_hand = [[1, 0.8, -1, 0], [0.8, 1, -0.8, -0.6], [-1, -0.8, 1, 0], [0, -0.6, 0, 1]]
    assert_close(cosine_similarities(vectors), torch.tensor(by_hand, **FLOAT64))


def test_cosines_do_not_depend_on_lengths():
    vectors, lengths = randn(5, 3), float64(0.01, 1, 2, 30, 500)
    assert_close(cosine_similarities(vectors * lengths[:, None]), cosine_similarities(vectors))


def test_cosines_agree_with_torch():
    vectors = randn(6, 4)
    expected = torch.nn.functional.cosine_similarity(vectors[:, None], vectors[None], dim=-1)
    assert_close(cosine_similarities(vectors), expected)


# ---- 4. embeddings.learned_positions ----


def test_learned_positions_add_the_row_of_each_position():
    positions, x = LearnedPositionalEmbedding(8, 4, **FLOAT64), randn(2, 3, 4)
    assert_close(positions(x) - x, positions.weight[:3].expand(2, 3, 4))
    chosen = torch.tensor([[5, 0, 7], [1, 1, 2]])
    assert_close(positions(x, chosen) - x, positions.weight[chosen])


def test_learned_positions_learn():
    positions = LearnedPositionalEmbedding(5, 2, **FLOAT64)
    positions(torch.zeros(3, 4, 2, **FLOAT64)).sum().backward()
    # Three rows of the batch use positions 0 to 3; position 4 is not used.
    assert_close(positions.weight.grad, float64(3, 3, 3, 3, 0)[:, None].expand(5, 2))


# ---- 5. embeddings.angles ----


def test_angles_by_hand():
    by_hand = [[0, 0, 0], [1, 0.1, 0.01], [2, 0.2, 0.02], [3, 0.3, 0.03]]
    assert_close(angles(1000.0, dim=6, num_positions=4), torch.tensor(by_hand, **FLOAT64))


@pytest.mark.parametrize("theta, dim", [(10_000.0, 64), (500_000.0, 10), (100.0, 2)])
def test_every_rung_of_the_ladder_is_slower_by_the_same_factor(theta, dim):
    frequencies = angles(theta, dim, num_positions=2)[1]  # a turn of one position
    assert frequencies[0].item() == 1 and len(frequencies) == dim // 2
    factor = theta ** (2 / dim)
    assert_close(frequencies[:-1] / frequencies[1:], torch.full((dim // 2 - 1,), factor, **FLOAT64))


@pytest.mark.parametrize(
    "table", [RotaryPositionalEmbedding, SinusoidalPositionalEmbedding], ids=["rotary", "waves"]
)
def test_tables_of_angles_are_computed_and_never_saved(table):
    table = table(10_000.0, 4, 6) if table is RotaryPositionalEmbedding else table(6, 4)
    assert table.state_dict() == {} and list(table.parameters()) == []


def test_angles_are_exact_far_from_the_start():
    rope = RotaryPositionalEmbedding(10_000.0, d_k=8, max_seq_len=20_000)
    by_hand = [math.cos(19_999 * frequency) for frequency in (1, 0.1, 0.01, 0.001)]
    assert rope.cos[19_999].tolist() == pytest.approx(by_hand, abs=1e-6)  # a float32 table


def test_a_sinusoidal_position_beyond_the_table_is_refused():
    with pytest.raises(IndexError, match=r"5 .*4"):
        SinusoidalPositionalEmbedding(4, 6)(torch.zeros(1, 5, 6))


# ---- 6. embeddings.sinusoidal_positions ----


def test_sinusoidal_positions_by_hand():
    waves = SinusoidalPositionalEmbedding(3, 4, **FLOAT64)(torch.zeros(1, 3, 4, **FLOAT64))[0]
    assert_close(waves[0], float64(0, 1, 0, 1))
    slow = 2 / 100  # position 2 at theta^(-2/4)
    assert_close(waves[2], float64(math.sin(2), math.cos(2), math.sin(slow), math.cos(slow)))


def test_sinusoidal_positions_are_added_to_the_vectors():
    table = SinusoidalPositionalEmbedding(3, 4, **FLOAT64)
    x = torch.linspace(-1, 1, 24, **FLOAT64).reshape(2, 3, 4)
    assert_close(table(x) - x, table(torch.zeros(1, 3, 4, **FLOAT64)).expand(2, 3, 4))


def test_sinusoidal_positions_take_the_positions_they_are_given():
    table, x = SinusoidalPositionalEmbedding(9, 6, **FLOAT64), randn(2, 3, 6)
    whole = table(torch.zeros(1, 9, 6, **FLOAT64))[0]
    chosen = torch.tensor([[5, 0, 8], [1, 1, 2]])
    assert_close(table(x, chosen) - x, whole[chosen])


# ---- 7. embeddings.rotate_pairs ----


def test_quarter_turns_by_hand():
    x = float64(1, 0, 0, 1, 5, 6)[None]
    quarter, none, half = (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)  # cosine and sine of the angles
    cos, sin = torch.tensor([quarter, none, half], **FLOAT64).T[:, None]
    assert_close(rotate_pairs(x, cos, sin), float64(0, 1, 0, 1, -5, -6)[None])
    assert_close(rotate_pairs(x, sin, cos), float64(1, 0, -1, 0, 6, -5)[None])


def test_a_turn_keeps_the_length_of_every_pair():
    x, turn = randn(2, 4, 6), randn(4, 3, seed=1)
    turned = rotate_pairs(x, turn.cos(), turn.sin())
    assert_close(turned.unflatten(-1, (3, 2)).norm(dim=-1), x.unflatten(-1, (3, 2)).norm(dim=-1))


def test_a_turn_leaves_its_input_as_it_was():
    x, turn = randn(2, 4, 6), randn(4, 3, seed=1)
    rotate_pairs(x, turn.cos(), turn.sin())
    assert torch.equal(x, randn(2, 4, 6))


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

    def score(m, n):
        return (rope(query, torch.tensor([m])) @ rope(key, torch.tensor([n])).T).item()

    assert [score(n + 7, n) for n in (1, 50, 92)] == pytest.approx([score(7, 0)] * 3)
    assert abs(score(7, 0) - score(0, 7)) > 0.1  # before is not after
    assert abs(score(7, 0) - score(8, 0)) > 0.1  # nor is one place as good as the next


def test_rotations_take_the_positions_they_are_given_the_same_for_every_head():
    rope = RotaryPositionalEmbedding(10_000.0, d_k=4, max_seq_len=9, **FLOAT64)
    x, positions = randn(2, 3, 2, 4), torch.tensor([[0, 5], [8, 1]])
    turned = rope(x, positions)
    for b in range(2):
        for head in range(3):
            for t in range(2):
                alone = rope(x[b, head, t][None], positions[b, t][None])[0]
                assert_close(turned[b, head, t], alone)
