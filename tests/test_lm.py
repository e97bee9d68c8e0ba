"""Module 06. Write, in this order, in g2c/lm/:

1. lm.counts_bigram_fit   count which token follows which            (bigram.py)
2. lm.counts_bigram       counts as probabilities                    (bigram.py)
3. lm.neural_bigram       the same table, learned                    (bigram.py)
4. lm.mlp_language_model  several tokens predict the next            (mlp.py)
5. lm.perplexity          a loss as a number of choices              (metrics.py)
6. lm.bits_per_byte       a loss that no tokenizer can flatter       (metrics.py)
7. lm.sample              a model that predicts can write            (sampling.py)

Given: the constructors and the checks of input. Uses your modules 02, 03 and 05.
"""

import math

import pytest
import torch
from torch.testing import assert_close

from g2c.lm import (
    CountsBigramLM,
    MLPLanguageModel,
    NeuralBigramLM,
    bits_per_byte,
    perplexity,
    sample,
)
from g2c.nn import CrossEntropyLoss, reset_parameters


def random_ids(*shape, high, seed=0):
    return torch.randint(high, shape, generator=torch.Generator().manual_seed(seed))


# ---- given: checks ----


def follower(token_ids):
    """Logits (B, T, 5) of a model that is sure: after i comes i + 1, and after 4 comes 0."""
    return 1e4 * torch.nn.functional.one_hot((token_ids + 1) % 5, 5).float()


def test_a_smoothing_of_zero_is_refused():
    with pytest.raises(ValueError, match=r"smoothing \(0\)"):
        CountsBigramLM(3, smoothing=0)


def test_an_id_outside_the_vocabulary_is_refused():
    with pytest.raises(IndexError, match="0 to 3.* 3"):
        CountsBigramLM(3).fit(torch.tensor([0, 3]))


def test_perplexity_refuses_lists_that_do_not_match():
    with pytest.raises(ValueError, match="2 losses and 1 counts"):
        perplexity([1.0, 2.0], [3])


def test_windows_of_another_length_are_refused():
    model = MLPLanguageModel(vocab_size=11, context_length=3, d_model=4, d_ff=5)
    with pytest.raises(ValueError, match=r"\(7, 2\).*\(B, 3\)"):
        model(random_ids(7, 2, high=11))


def test_bits_for_no_bytes_are_refused():
    with pytest.raises(ValueError, match="num_bytes 0"):
        bits_per_byte(1.0, num_tokens=3, num_bytes=0)


@pytest.mark.parametrize("shape", [(0,), (2, 3)])
def test_a_prompt_that_is_no_row_of_tokens_is_refused(shape):
    with pytest.raises(ValueError, match="prompt_ids"):
        sample(follower, torch.zeros(shape, dtype=torch.int64), 5)


# ---- 1. lm.counts_bigram_fit ----


def test_counts_by_hand():
    model = CountsBigramLM(3)
    model.fit(torch.tensor([0, 1, 0, 1, 1]))
    assert_close(model.counts, torch.tensor([[0, 2, 0], [1, 1, 0], [0, 0, 0]]))


def test_pairs_are_counted_from_the_first_token_to_the_last_and_not_around():
    model = CountsBigramLM(4)
    model.fit(torch.tensor([3, 0, 1, 2]))
    assert model.counts.nonzero().tolist() == [[0, 1], [1, 2], [3, 0]]


def test_counting_a_stream_in_two_parts_adds_up():
    model, ids = CountsBigramLM(5), random_ids(40, high=5)
    model.fit(ids[:21])  # the last token of one part is the first of the next
    model.fit(ids[20:])
    whole = CountsBigramLM(5)
    whole.fit(ids)
    assert_close(model.counts, whole.counts)


# ---- 2. lm.counts_bigram ----


def test_smoothed_probabilities_by_hand():
    model = CountsBigramLM(3, smoothing=0.5)
    model.fit(torch.tensor([0, 1, 0, 1, 0, 2]))
    probs = model(torch.tensor([[0, 2]])).exp()
    assert_close(probs, torch.tensor([[[0.5, 2.5, 1.5], [1.5, 1.5, 1.5]]]) / 4.5)


@pytest.mark.parametrize("smoothing", [0.01, 1.0, 30.0])
def test_the_probabilities_after_every_token_add_up_to_one(smoothing):
    model = CountsBigramLM(5, smoothing)
    model.fit(random_ids(30, high=4))  # token 4 never occurs
    assert_close(model(torch.arange(5)).exp().sum(-1), torch.ones(5))


# ---- 3. lm.neural_bigram ----


def test_nothing_is_left_to_learn_where_the_logits_are_those_of_the_counts():
    ids, learned = random_ids(200, high=4), NeuralBigramLM(4)
    pairs = torch.zeros(4, 4).index_put((ids[:-1], ids[1:]), torch.ones(199), accumulate=True)
    learned.next_logits.weight.data.copy_(pairs.log() + 3)  # + 3: logits need not be normalised
    CrossEntropyLoss()(learned(ids[:-1]), ids[1:]).backward()
    assert_close(learned.next_logits.weight.grad, torch.zeros(4, 4))


def test_the_logits_of_a_neural_bigram_are_rows_of_its_table():
    model, ids = NeuralBigramLM(6), random_ids(2, 3, high=6)
    assert_close(model(ids), model.next_logits.weight[ids])


# ---- 4. lm.mlp_language_model ----


def test_the_mlp_agrees_with_its_equation():
    model = MLPLanguageModel(vocab_size=11, context_length=3, d_model=4, d_ff=5, bias=True)
    reset_parameters(model, torch.Generator().manual_seed(0))
    window = torch.tensor([[2, 10, 2]])
    x = torch.cat([model.token_embeddings.weight[id] for id in (2, 10, 2)])
    hidden = torch.tanh(model.w1.weight @ x + model.w1.bias)
    assert_close(model(window)[0], model.lm_head.weight @ hidden + model.lm_head.bias)


def test_the_mlp_predicts_one_token_for_each_window():
    model = MLPLanguageModel(vocab_size=11, context_length=3, d_model=4, d_ff=5)
    assert model(random_ids(7, 3, high=11)).shape == (7, 11)


def test_the_mlp_knows_at_which_place_a_token_stood():
    model = MLPLanguageModel(vocab_size=11, context_length=2, d_model=4, d_ff=5)
    one, other = model(torch.tensor([[3, 8], [8, 3]]))
    assert (one - other).abs().max() > 1e-3


# ---- 5. lm.perplexity ----


def test_the_perplexity_of_a_guess_among_v_is_v():
    assert perplexity([math.log(65), torch.tensor(65.0).log()], [3, 5]) == pytest.approx(65)


def test_perplexity_weighs_tokens_and_not_batches():
    assert perplexity([0.0, math.log(16)], [3, 1]) == pytest.approx(2)


# ---- 6. lm.bits_per_byte ----


def test_bits_per_byte_by_hand():
    # 10 tokens at 3 bits each are 30 bits, for 15 bytes.
    assert bits_per_byte(3 * math.log(2), num_tokens=10, num_bytes=15) == pytest.approx(2)


def test_bits_per_byte_do_not_depend_on_the_tokenizer_and_perplexity_does():
    nats = 120.0  # of one text of 60 bytes, cut into 60 tokens or into 20
    assert bits_per_byte(nats / 60, 60, 60) == pytest.approx(bits_per_byte(nats / 20, 20, 60))
    assert perplexity([nats / 60], [60]) < perplexity([nats / 20], [20]) / 50


# ---- 7. lm.sample ----


def test_a_model_that_is_sure_writes_what_it_must():
    assert sample(follower, torch.tensor([2, 3]), 4).tolist() == [2, 3, 4, 0, 1, 2]


def test_a_model_with_one_prediction_for_each_window_can_write_as_well():
    def last_only(token_ids):
        return follower(token_ids)[:, -1]  # (B, V), as from an MLP

    assert sample(last_only, torch.tensor([4]), 3).tolist() == [4, 0, 1, 2]


@pytest.mark.parametrize("context_length, lengths", [(None, [2, 3, 4, 5]), (3, [2, 3, 3, 3])])
def test_the_model_sees_the_last_tokens_and_no_more_than_the_context(context_length, lengths):
    windows = []

    def watched(token_ids):
        windows.append(token_ids.tolist())
        return follower(token_ids)

    ids = sample(watched, torch.tensor([0, 1]), 4, context_length=context_length)
    ends = [ids[: 2 + step].tolist() for step in range(4)]
    expected = [[end[-length:]] for end, length in zip(ends, lengths, strict=True)]
    assert windows == expected


def test_tokens_are_drawn_as_often_as_they_are_probable():
    probs, draws = torch.tensor([0.5, 0.3, 0.2, 0.0]), 2000
    generator = torch.Generator().manual_seed(0)

    def same_every_time(token_ids):
        return probs.log().expand(1, token_ids.shape[1], 4)

    ids = sample(same_every_time, torch.tensor([3]), draws, context_length=1, generator=generator)
    shares = ids[1:].bincount(minlength=4) / draws
    spread = (probs * (1 - probs) / draws).sqrt()
    assert ((shares - probs).abs() <= 4 * spread).all()


def test_the_generator_alone_decides_what_is_drawn():
    def undecided(token_ids):
        return torch.zeros(1, token_ids.shape[1], 50)

    before = torch.get_rng_state()
    first, again, other = (
        sample(undecided, torch.tensor([0]), 20, generator=torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)  # torch's own generator was left alone
