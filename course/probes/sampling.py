"""Calls that tell the known mistakes in `g2c.sampling` apart; see course/probes/tensors.py.

What is drawn by chance is told by what holds for every draw, or by shares roughly rounded.
"""

import math
from functools import partial

import torch

from g2c import sampling
from g2c.sampling.padding import pad_left as padded
from g2c.sampling.text import characters as pieces_of
from g2c.transformer import TransformerLM
from noteboosh.probing import filled, numbers

# Of 2 x 4 scores no two are equal, and the least one is the farthest from 0.
SCORES = torch.tensor([[0.5, -3.0, 1.5, 1.25], [-1.0, -0.5, -2.5, -0.75]], dtype=torch.float64)
TIED = torch.tensor([[2.0, 1.0, 2.0, 2.0], [0.5, 0.5, 0.5, 0.5]], dtype=torch.float64)
REAL = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]]).bool()


def greedy():
    yield sampling.greedy, SCORES
    yield sampling.greedy, numbers(2, 3, 5)
    yield sampling.greedy, numbers(3, 3, seed=2)
    # By chance, all of these would come out right once in 3 to the 60.
    yield sampling.greedy, torch.tensor([[1.0, 1.1, 1.0]]).expand(60, 3).clone()


def apply_temperature():
    for temperature in (0.5, 1.0, 4.0):
        yield sampling.apply_temperature, SCORES, temperature


def top_k_filter():
    for k in (1, 2, 3, 4, 7):
        yield sampling.top_k_filter, SCORES, k
        yield sampling.top_k_filter, numbers(2, 3, 5), k
    for k in (1, 2):
        yield _sorted, sampling.top_k_filter, TIED, k


def top_p_filter():
    halves = torch.tensor([[0.125, 0.5, 0.125, 0.25], [0.25, 0.125, 0.5, 0.125]]).double().log()
    for p in (0.1, 0.5, 0.6, 0.75, 0.8, 0.99):
        yield sampling.top_p_filter, halves, p
        yield sampling.top_p_filter, SCORES, p
        yield _sorted, sampling.top_p_filter, TIED, p
    yield sampling.top_p_filter, 2 * numbers(2, 3, 5), 0.7
    cut = torch.tensor([[0.4, -math.inf, 0.1, 0.3]], dtype=torch.float64)
    yield sampling.top_p_filter, cut, 0.5


def _sorted(keep, logits, amount):
    """What stays of equals, without saying which of them."""
    return keep(logits.clone(), amount).sort(-1).values


def apply_repetition_penalty():
    for ids, penalty in (([[0, 1], [2, 2]], 1.5), ([[3, 3, 3], [0, 1, 3]], 2.0)):
        yield sampling.apply_repetition_penalty, SCORES, torch.tensor(ids), penalty
    yield sampling.apply_repetition_penalty, SCORES, torch.tensor([[2], [2]]), 1.0
    yield sampling.apply_repetition_penalty, SCORES, torch.tensor([[0, 1, 2], [1, 0, 3]]), 0.5


def next_tokens():
    texts = torch.tensor([[0, 2], [1, 1]])
    for penalty in (None, 1.5, 4.0):
        how = {"temperature": 0, "repetition_penalty": penalty}
        yield partial(sampling.next_tokens, **how), SCORES, texts
    wide = torch.tensor([[0.6, 0.2, 0.2]]).log()
    steps = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).log()
    for logits, how in (
        (wide, {}), (wide, {"temperature": 0.5}), (wide, {"top_p": 0.7}),
        (wide, {"top_p": 0.7, "temperature": 0.5}), (steps, {"top_k": 2, "top_p": 0.5}),
        (steps, {"top_k": 3}), (steps, {"repetition_penalty": 8.0}),
    ):  # fmt: skip
        yield _shares, logits, how
    yield (_each_its_own,)
    yield (_twice_the_same,)


def _shares(logits, how):
    """How often each token is drawn, to the nearest quarter, and which are never."""
    rows, texts = logits.expand(900, -1), torch.zeros(900, 1, dtype=torch.int64)
    new = sampling.next_tokens(rows, texts, generator=torch.Generator().manual_seed(0), **how)
    counts = new.bincount(minlength=logits.shape[1])
    return list(new.shape), (4 * counts / 900).round().tolist(), (counts > 0).tolist()


def _each_its_own():
    """Rows that are sure, each of another token."""
    logits = 50.0 * torch.eye(5)
    return sampling.next_tokens(logits, torch.zeros(5, 1, dtype=torch.int64))


def _twice_the_same():
    draws = [
        sampling.next_tokens(
            torch.zeros(40, 50),
            torch.zeros(40, 1, dtype=torch.int64),
            generator=torch.Generator().manual_seed(1),
        )
        for _ in range(2)
    ]
    return bool((draws[0] == draws[1]).all())


def step():
    for eos_id in (None, 4, 2):
        for how in (
            {"temperature": 0}, {"temperature": 0, "repetition_penalty": 30.0}, {"top_k": 1}
        ):  # fmt: skip
            yield _written, eos_id, how


def _written(eos_id, how):
    """What a model writes that has a first and a second choice, step by step."""

    def model(token_ids):
        follows = (token_ids[..., None] + 1) % 5 == torch.arange(5)
        second = (token_ids[..., None] + 2) % 5 == torch.arange(5)
        return 1.0 + 2.0 * follows.double() + second.double()

    prompts = [torch.tensor(prompt) for prompt in ([0, 1], [3, 2], [4, 0])]
    texts = sampling.Texts(model, prompts, eos_id=eos_id)
    new = [texts.step(**how).clone() for _ in range(5)]
    return *new, texts.ids.clone(), texts.ended.int()


def window_starts():
    for starts, columns, keep in (
        ([0, 2, 5], 8, 8), ([0, 2, 5], 9, 8), ([0, 2, 5], 9, 3), ([4, 0], 30, 6), ([7, 1], 10, 8),
        ([3, 0, 2], 8, 4), ([0], 12, 1),
    ):  # fmt: skip
        yield sampling.window_starts, starts, columns, 8, keep


def padded_positions():
    yield sampling.padded_positions, REAL
    yield sampling.padded_positions, REAL[:2, 1:]


def padding_mask():
    yield sampling.padding_mask, REAL
    yield sampling.padding_mask, REAL[:, 2:]


def _models():
    sizes = {"vocab_size": 7, "context_length": 6, "d_model": 4, "num_layers": 2, "num_heads": 2}
    for style in ({}, {"positions": "learned"}):
        yield filled(TransformerLM(**sizes, d_ff=3, **style))


IDS = torch.tensor([[0, 6, 1, 3, 3], [5, 2, 2, 4, 0], [6, 6, 2, 1, 5]])


def cached_logits():
    for model in _models():
        for real in (None, REAL):
            for ends in ([5], [3, 4, 5], [2, 5]):
                yield _grown, model, real, ends


def _grown(model, real, ends):
    """The logits at each of these ends, and how many columns the model computed for them."""
    columns = []

    class Watched:
        def __call__(self, token_ids, token_positions=None, mask=None, caches=None):
            columns.append(token_ids.shape[1])
            return model(token_ids, token_positions, mask, caches)

    caches = [sampling.RoomyCache(6) for _ in model.layers]
    with torch.no_grad():
        logits = [
            sampling.cached_logits(
                Watched(), IDS[:, :end], None if real is None else real[:, :end], caches
            )
            for end in ends
        ]
    return *logits, columns


# ---- the given functions ----


def pad_left():
    yield padded, [torch.tensor(row) for row in ([3, 1], [4, 5, 6, 2], [2])]
    yield padded, [torch.tensor(row) for row in ([1, 2], [3, 4])]


def window_logits():
    for model in _models():
        yield _without_gradients, model, None
        yield _without_gradients, model, REAL


def _without_gradients(model, real):
    with torch.no_grad():
        return sampling.window_logits(model, IDS, real)


class Bytes:
    """A tokenizer whose tokens are bytes."""

    def decode_bytes(self, ids):
        return bytes(ids)

    def decode(self, ids):
        return self.decode_bytes(ids).decode("utf-8", errors="replace")


def characters():
    for text in (b"abc", "n\u00e9\u20ac".encode(), b"a\xe2\x82", b"\xffb"):
        yield _pieces, list(text)


def _pieces(ids):
    return list(pieces_of(Bytes(), iter(ids)))


def Texts_crop():
    for keep in (6, 2):
        for use_cache in (False, True):
            yield _cropped, keep, use_cache


def _cropped(keep, use_cache):
    texts = sampling.Texts(next(_models()), list(IDS), keep=keep, use_cache=use_cache)
    logits = []
    for new in torch.tensor([[1, 2, 3], [4, 5, 6], [0, 1, 2]]):
        logits.append(texts.logits().clone())
        texts.append(new)
    return *logits, texts.logits().clone(), texts.starts


def RoomyCache_append():
    for parts in ((4, 1, 2), (1, 1, 1), (7,)):
        yield _kept, parts


def _kept(parts):
    cache, out = sampling.RoomyCache(7), []
    for T in parts:
        pair = cache.append(numbers(1, 2, T, 3, seed=T), numbers(1, 2, T, 3, seed=T + 1))
        out += [part.clone() for part in pair]
    return *out, cache.length
