"""Module 09b, Pretraining: a stream of token ids becomes one number.

Given   data.py  split_token_stream, get_lm_batch, windows_at, document_starts
                 (ten tests: they pass before you have written anything)
Yours   loss.py  1. pretraining.lm_cross_entropy   (five tests; it calls your module 03)
                 The check of the two shapes above your code is given.

Read the names of the tests from top to bottom: they are the specification.
"""

import math

import pytest
import torch

from g2c.pretraining import (
    document_starts,
    get_lm_batch,
    lm_cross_entropy,
    split_token_stream,
    windows_at,
)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def stream(length: int) -> torch.Tensor:
    """A stream in which every token occurs once, so that a token tells its own place."""
    return torch.randperm(length, generator=seeded(length)) + 100


# ---- given: the split ----


def test_the_two_parts_joined_are_the_stream_again():
    ids = stream(23)
    for train_fraction in (0.05, 0.5, 0.9, 0.99):
        train, val = split_token_stream(ids, train_fraction)
        assert train.tolist() + val.tolist() == ids.tolist()


def test_the_training_part_is_the_fraction_rounded_down():
    for length, train_fraction, n in [(10, 0.5, 5), (7, 0.5, 3), (19, 0.9, 17), (2, 0.9, 1)]:
        train, _ = split_token_stream(stream(length), train_fraction)
        assert len(train) == n
    assert len(split_token_stream(stream(50))[0]) == 45  # nine tenths unless you say otherwise


def test_a_split_that_leaves_a_part_empty_is_refused():
    for length, train_fraction in [(10, 0.0), (10, 1.0), (10, -0.1), (10, 9), (1, 0.9), (3, 0.1)]:
        with pytest.raises(ValueError, match=str(train_fraction)):
            split_token_stream(stream(length), train_fraction)


# ---- given: the windows ----


def test_the_only_window_of_five_tokens_and_its_targets():
    x, y = get_lm_batch(torch.tensor([4, 7, 1, 3, 9]), 2, 4, generator=seeded())
    assert x.tolist() == [[4, 7, 1, 3], [4, 7, 1, 3]]
    assert y.tolist() == [[7, 1, 3, 9], [7, 1, 3, 9]]


def test_every_target_is_the_token_after_its_input_in_the_stream():
    ids = stream(40)
    place = {int(token): at for at, token in enumerate(ids)}
    x, y = get_lm_batch(ids, 30, 6, generator=seeded(1))
    assert x.shape == y.shape == (30, 6)
    for inputs, targets in zip(x.tolist(), y.tolist(), strict=True):
        start = place[inputs[0]]
        assert [place[token] for token in inputs] == list(range(start, start + 6))
        assert [place[token] for token in targets] == list(range(start + 1, start + 7))


def test_every_start_from_the_first_to_the_last_is_equally_likely():
    ids, rows = stream(12), 8000
    x, _ = get_lm_batch(ids, rows, 4, generator=seeded(2))
    counts = torch.tensor([int((x[:, 0] == token).sum()) for token in ids])
    starts = 8  # 0 … 12 - 4 - 1
    share = rows / starts
    assert counts[starts:].sum() == 0
    spread = math.sqrt(share * (1 - 1 / starts))  # standard deviation of one count
    assert (counts[:starts] - share).abs().max() < 4 * spread


def test_the_generator_alone_decides_the_batch():
    ids = stream(500)
    before = torch.get_rng_state()
    first, again, other = (get_lm_batch(ids, 9, 5, generator=seeded(s)) for s in (3, 3, 4))
    assert torch.equal(torch.stack(first), torch.stack(again))
    assert not torch.equal(torch.stack(first), torch.stack(other))
    assert torch.equal(torch.get_rng_state(), before)  # torch's own generator was left alone


def test_batches_keep_the_dtype_of_the_stream():
    for dtype in (torch.uint8, torch.int32, torch.int64):
        x, y = get_lm_batch(torch.zeros(90, dtype=dtype), 3, 7, generator=seeded())
        assert x.dtype == y.dtype == dtype


def test_what_cannot_be_sampled_is_refused():
    with pytest.raises(ValueError, match="holds 6 tokens.* 6 needs 7"):
        get_lm_batch(stream(6), 2, 6, generator=seeded())  # the last input would lack its target
    for shape, batch_size, context_length in [((7, 1), 2, 3), ((7,), 0, 3), ((7,), 2, 0)]:
        with pytest.raises(ValueError):
            get_lm_batch(torch.ones(shape), batch_size, context_length, generator=seeded())


def test_document_starts_are_all_windows_without_a_separator_inside():
    separator, T = 5, 4
    ids = torch.randint(6, (80,), generator=seeded(5))
    starts = document_starts(ids, T, separator)
    inside = [separator not in ids[s + 1 : s + T].tolist() for s in range(80 - T)]
    assert starts.tolist() == [s for s, stays in enumerate(inside) if stays]
    x, y = windows_at(ids, starts, T)
    assert separator in x[:, 0] and separator in y[:, -1]  # a document may begin, or end
    assert separator not in x[:, 1:] and separator not in y[:, :-1]


# ---- yours: pretraining.lm_cross_entropy ----


def test_a_batch_worked_by_hand():
    # Each row of counts sums to 32: after softmax, log counts are probabilities of count / 32.
    counts = [[[16, 8, 8], [20, 4, 8], [14, 4, 14]], [[25, 2, 5], [10, 16, 6], [30, 1, 1]]]
    targets = torch.tensor([[0, 2, 1], [1, 1, 2]])  # counts 16, 8, 4 and 2, 16, 1
    # The right tokens get 1/2, 1/4, 1/8 and 1/16, 1/2, 1/32: 1 + 2 + 3 + 4 + 1 + 5 halvings.
    loss = lm_cross_entropy(torch.tensor(counts).log(), targets)
    assert loss.item() == pytest.approx(16 / 6 * math.log(2))


def test_equal_logits_cost_the_logarithm_of_the_vocabulary():
    for B, T, V in [(1, 1, 2), (2, 5, 3), (7, 4, 65)]:
        targets = torch.randint(V, (B, T), generator=seeded(V))
        assert lm_cross_entropy(torch.zeros(B, T, V), targets).item() == pytest.approx(math.log(V))


def test_value_and_gradient_agree_with_torch():
    for B, T, V in [(2, 3, 5), (5, 2, 7), (1, 6, 4)]:
        targets = torch.randint(V, (B, T), generator=seeded(B))
        logits = torch.randn(B, V, T, generator=seeded(T), dtype=torch.float64, requires_grad=True)
        loss = lm_cross_entropy(logits.transpose(1, 2), targets)  # (B, T, V), not contiguous
        oracle = torch.nn.functional.cross_entropy(logits, targets)
        assert loss.item() == pytest.approx(oracle.item(), rel=1e-12)
        (gradient,), (expected,) = (torch.autograd.grad(value, logits) for value in (loss, oracle))
        assert (gradient - expected).abs().max().item() < 1e-14


def test_logits_of_ten_thousand_stay_finite():
    logits = torch.tensor([[[1e4, 0.0, -1e4], [1e4, 0.0, -1e4]]])
    assert lm_cross_entropy(logits, torch.tensor([[0, 0]])).item() == pytest.approx(0.0)
    assert lm_cross_entropy(logits, torch.tensor([[0, 1]])).item() == pytest.approx(5e3)


def test_shapes_that_do_not_belong_together_are_refused():
    logits = torch.randn(2, 3, 4, generator=seeded())
    assert lm_cross_entropy(logits, torch.zeros(2, 3, dtype=torch.int64)).shape == ()
    for shape in [(3, 2), (6,), (2, 2), (2, 3, 1)]:  # (3, 2): as many numbers, other order
        with pytest.raises(ValueError) as error:
            lm_cross_entropy(logits, torch.zeros(shape, dtype=torch.int64))
        assert "(2, 3, 4)" in str(error.value) and str(shape) in str(error.value)
