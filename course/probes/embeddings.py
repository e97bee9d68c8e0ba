"""Calls that tell the known mistakes in `g2c.embeddings` apart; see course/probes/tensors.py."""

import torch

from g2c import embeddings
from noteboosh.probing import filled, leaf, numbers


def embedding():
    table = filled(embeddings.Embedding(5, 3))
    for ids in ([[0, 4, 2], [2, 2, 1]], [3], []):
        yield table, torch.tensor(ids, dtype=torch.int64)


def skipgram_pairs():
    for ids, window in (
        ([7, 3, 9, 5], 1), ([7, 3, 9, 5, 1, 8, 2], 2), ([4, 4, 6, 4, 6, 6, 4], 2), ([1, 2, 1], 1),
        (list(range(11)), 3),
    ):  # fmt: skip
        yield embeddings.skipgram_pairs, ids, window


def cosine_similarities():
    for shape in ((3, 4), (5, 2), (2, 3)):
        yield embeddings.cosine_similarities, leaf(*shape)


def learned_positions():
    table = filled(embeddings.LearnedPositionalEmbedding(6, 4))
    for positions in _positions():
        yield table, leaf(2, 3, 4), positions


def sinusoidal_positions():
    for d_model in (4, 6):
        table = embeddings.SinusoidalPositionalEmbedding(6, d_model, dtype=torch.float64)
        for positions in _positions():
            yield table, leaf(2, 3, d_model), positions


def _positions():
    for positions in ([0, 1, 2], [3, 5, 0], [[1, 2, 3], [4, 0, 5]]):
        yield torch.tensor(positions)
    yield None


def angles():
    for theta, dim, num_positions in ((10_000.0, 6, 3), (100.0, 8, 4), (9.0, 2, 2)):
        yield embeddings.angles, theta, dim, num_positions
    yield _far, 10_000.0, 8, 20_000


def _far(theta, dim, num_positions):
    """Where the digits that float32 lacks are large; the same for a ladder of larger angles."""
    last = embeddings.angles(theta, dim, num_positions)[-1]
    return (2e8 / last.max() * last).sin()


def rotate_pairs():
    for shape in ((3, 4), (2, 3, 6), (2, 2, 3, 2)):
        angles = numbers(shape[-2], shape[-1] // 2, seed=1)
        yield embeddings.rotate_pairs, leaf(*shape), angles.cos(), angles.sin()
