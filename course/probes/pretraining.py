"""Calls that tell the known mistakes in `g2c.pretraining` apart; see course/probes/tensors.py.

What is drawn by chance is told by what holds for every draw.
"""

import torch

from g2c import pretraining
from noteboosh.probing import leaf, numbers


def lm_cross_entropy():
    for B, T, V in ((2, 3, 5), (3, 3, 4), (1, 4, 3), (4, 2, 2)):
        yield pretraining.lm_cross_entropy, leaf(B, T, V), _targets(B, T, V)
    turned = leaf(2, 5, 4).transpose(1, 2)  # (B, V, T) in memory: it has no view as (B * T, V)
    yield pretraining.lm_cross_entropy, turned, _targets(2, 4, 5)
    large = 1e4 * numbers(2, 3, 4)
    yield pretraining.lm_cross_entropy, large, _targets(2, 3, 4)


def _targets(B, T, V):
    return torch.arange(B * T).reshape(B, T) * 3 % V


def get_lm_batch():
    for N, context_length in ((20, 4), (9, 1), (12, 7)):
        yield _windows, N, context_length
    yield (_twice_the_same,)


def _windows(N, context_length):
    """Of many windows of 100, 101, …: their order, what their targets are, which starts occur."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.arange(100, 100 + N)
    x, y = pretraining.get_lm_batch(ids, 600, context_length, generator=generator)
    ahead, starts = (y - x).unique().tolist(), x[:, 0].unique().tolist()
    if not (x - x[:, :1] == torch.arange(context_length)).all() or len(ahead) > 1:
        told = "not in the order of the text"
    elif len(starts) == 1:
        told = [ahead, "all the same"]
    else:
        told = [ahead, 100 in starts, 99 + N - context_length in starts]
    return list(x.shape), list(y.shape), told, x[:0], y[:0]  # the last two for their kind


def _twice_the_same():
    draws = [
        pretraining.get_lm_batch(
            torch.arange(50), 40, 4, generator=torch.Generator().manual_seed(1)
        )[0]
        for _ in range(2)
    ]
    return bool((draws[0] == draws[1]).all())


def split_token_stream():
    for N, fraction in ((40, 0.9), (11, 0.5), (37, 0.25)):  # each part long enough to be mixed
        yield _parts, N, fraction


def _parts(N, fraction):
    """The sizes, whether each part is in the order of the text, where the second begins."""
    one, other = pretraining.split_token_stream(torch.arange(N), fraction)
    ordered = [bool((part.diff() == 1).all()) for part in (one, other)]
    return len(one), len(other), ordered, other[0].item() if all(ordered) else "mixed"


def document_starts():
    ids = torch.tensor([0, 5, 6, 7, 0, 8, 9, 0, 0, 4, 4, 4, 4, 0])
    for context_length in (1, 2, 3, 4):
        yield pretraining.document_starts, ids, context_length, 0
