"""Module 06. Write, in this order, in g2c/lm/:

1. lm.counts_bigram_fit   count which token follows which            (bigram.py)
2. lm.counts_bigram       counts as probabilities                    (bigram.py)
3. lm.neural_bigram       the same table, learned                    (bigram.py)
4. lm.mlp_language_model  several tokens predict the next            (mlp.py)
5. lm.perplexity          a loss as a number of choices              (metrics.py)
6. lm.bits_per_byte       a loss that no tokenizer can flatter       (metrics.py)

Given: the constructors and the checks of input. Uses your modules 03 and 05.
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
)
from g2c.nn import CrossEntropyLoss, reset_parameters


def random_ids(*shape, high, seed=0):
    return torch.randint(high, shape, generator=torch.Generator().manual_seed(seed))


def test_counts_by_hand():
    model = CountsBigramLM(3)
    model.fit(torch.tensor([0, 1, 0, 1, 1]))
    assert_close(model.counts, torch.tensor([[0, 2, 0], [1, 1, 0], [0, 0, 0]]))


def test_counting_a_stream_in_two_parts_adds_up():
    model, ids = CountsBigramLM(5), random_ids(40, high=5)
    model.fit(ids[:21])  # the last token of one part is the first of the next
    model.fit(ids[20:])
    whole = CountsBigramLM(5)
    whole.fit(ids)
    assert_close(model.counts, whole.counts)


def test_smoothed_probabilities_by_hand():
    model = CountsBigramLM(3, smoothing=0.5)
    model.fit(torch.tensor([0, 1, 0, 1, 0, 2]))
    probs = model(torch.tensor([[0, 2]])).exp()
    assert_close(probs, torch.tensor([[[0.5, 2.5, 1.5], [1.5, 1.5, 1.5]]]) / 4.5)


def test_a_smoothing_of_zero_is_refused():
    with pytest.raises(ValueError, match=r"smoothing \(0\)"):
        CountsBigramLM(3, smoothing=0)


def test_an_id_outside_the_vocabulary_is_refused():
    with pytest.raises(IndexError, match="0 to 3.* 3"):
        CountsBigramLM(3).fit(torch.tensor([0, 3]))


def test_nothing_is_left_to_learn_where_the_logits_are_those_of_the_counts():
    ids, learned = random_ids(200, high=4), NeuralBigramLM(4)
    pairs = torch.zeros(4, 4).index_put((ids[:-1], ids[1:]), torch.ones(199), accumulate=True)
    learned.next_logits.weight.data.copy_(pairs.log() + 3)  # + 3: logits need not be normalised
    CrossEntropyLoss()(learned(ids[:-1]), ids[1:]).backward()
    assert_close(learned.next_logits.weight.grad, torch.zeros(4, 4))


def test_the_logits_of_a_neural_bigram_are_rows_of_its_table():
    model, ids = NeuralBigramLM(6), random_ids(2, 3, high=6)
    assert_close(model(ids), model.next_logits.weight[ids])


def test_the_mlp_agrees_with_its_equation():
    model = MLPLanguageModel(vocab_size=11, context_length=3, d_model=4, d_ff=5, bias=True)
    reset_parameters(model, torch.Generator().manual_seed(0))
    window = torch.tensor([[2, 10, 2]])
    x = torch.cat([model.token_embeddings.weight[id] for id in (2, 10, 2)])
    hidden = torch.tanh(model.w1.weight @ x + model.w1.bias)
    assert_close(model(window)[0], model.lm_head.weight @ hidden + model.lm_head.bias)


def test_the_mlp_predicts_one_token_for_each_window_and_refuses_other_lengths():
    model = MLPLanguageModel(vocab_size=11, context_length=3, d_model=4, d_ff=5)
    assert model(random_ids(7, 3, high=11)).shape == (7, 11)
    with pytest.raises(ValueError, match=r"\(7, 2\).*\(B, 3\)"):
        model(random_ids(7, 2, high=11))


def test_the_perplexity_of_a_guess_among_v_is_v():
    assert perplexity([math.log(65), torch.tensor(65.0).log()], [3, 5]) == pytest.approx(65)


def test_perplexity_weighs_tokens_and_not_batches():
    assert perplexity([0.0, math.log(16)], [3, 1]) == pytest.approx(2)


def test_perplexity_refuses_lists_that_do_not_match():
    with pytest.raises(ValueError, match="2 losses and 1 counts"):
        perplexity([1.0, 2.0], [3])


def test_bits_per_byte_by_hand():
    # 10 tokens at 3 bits each are 30 bits, for 15 bytes.
    assert bits_per_byte(3 * math.log(2), num_tokens=10, num_bytes=15) == pytest.approx(2)


def test_bits_per_byte_do_not_depend_on_the_tokenizer_and_perplexity_does():
    nats = 120.0  # of one text of 60 bytes, cut into 60 tokens or into 20
    assert bits_per_byte(nats / 60, 60, 60) == pytest.approx(bits_per_byte(nats / 20, 20, 60))
    assert perplexity([nats / 60], [60]) < perplexity([nats / 20], [20]) / 50
