"""Module 11, Sampling: from scores to a choice, from choices to a text, and a faster way.

The exercises, in this order:
1.  sampling.greedy                    the surest choice                     (temperature.py)
2.  sampling.apply_temperature         sharper or flatter                    (temperature.py)
3.  sampling.top_k_filter              only the k best                       (filters.py)
4.  sampling.top_p_filter              only as many as hold p                (filters.py)
5.  sampling.apply_repetition_penalty  less of what is there already         (repetition.py)
6.  sampling.next_tokens               all of it, in order                   (choice.py)
7.  sampling.step                      one token more for every text         (texts.py)
8.  sampling.window_starts             what the model still sees             (windows.py)
9.  sampling.padded_positions          where a padded text begins            (padding.py)
10. sampling.padding_mask              who may look at whom                  (padding.py)
11. sampling.cached_logits             only what is new                      (windows.py)

Given: `generate` and `stream_tokens` around your step, the texts and their windows, text in and
out, a roomy cache, and joined attention. Uses your modules 02, 03, 05, 07, 08 and 09.
"""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from g2c.attention import KVCache
from g2c.nn import reset_parameters
from g2c.sampling import (
    RoomyCache,
    Texts,
    apply_repetition_penalty,
    apply_temperature,
    cached_logits,
    generate,
    generate_text,
    greedy,
    joined,
    next_tokens,
    padded_positions,
    padding_mask,
    stream_text,
    stream_tokens,
    top_k_filter,
    top_p_filter,
    window_logits,
    window_starts,
)
from g2c.sampling.__main__ import run_folder
from g2c.sampling.padding import pad_left
from g2c.sampling.text import characters
from g2c.tokenizer import CharTokenizer, course_tokenizer
from g2c.transformer import TransformerLM, gpt2_style, llama_style


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=seeded(seed), dtype=torch.float64)


def random_ids(*shape, high=11, seed=0):
    return torch.randint(high, shape, generator=seeded(seed))


def follower(token_ids):
    """Logits (B, T, 5) of a model that is sure: after i comes i + 1, and after 4 comes 0."""
    return 1e4 * nn.functional.one_hot((token_ids + 1) % 5, 5).double()


class Watched(nn.Module):
    """A model with a context_length that notes each window it is shown, and follows on."""

    def __init__(self, context_length):
        super().__init__()
        self.context_length, self.windows = context_length, []

    def forward(self, token_ids):
        self.windows.append(token_ids.tolist())
        return follower(token_ids)


# ---- given: what is refused ----


@pytest.mark.parametrize("temperature", [0, -1.0, math.nan])
def test_a_temperature_that_is_not_above_zero_is_refused(temperature):
    with pytest.raises(ValueError, match=f"temperature is {temperature}.*greedy"):
        apply_temperature(randn(2, 5), temperature)


def test_a_filter_that_would_leave_no_token_is_refused():
    with pytest.raises(ValueError, match="k is 0"):
        top_k_filter(randn(2, 5), 0)
    for p in (0.0, -0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=f"p is {p}"):
            top_p_filter(randn(2, 5), p)


def test_a_penalty_that_is_not_above_zero_is_refused():
    with pytest.raises(ValueError, match="penalty is 0"):
        apply_repetition_penalty(randn(2, 5), random_ids(2, 3, high=5), 0)


def test_prompts_that_are_no_rows_of_tokens_are_refused():
    for prompt in (
        torch.zeros(0, dtype=torch.int64),
        [],
        [[1, 2], []],
        torch.zeros(2, 3, 1).long(),
    ):
        with pytest.raises(ValueError, match="at least one token"):
            generate(follower, prompt, 3)
    with pytest.raises(TypeError, match="float32"):
        generate(follower, torch.ones(3), 3)
    with pytest.raises(ValueError, match="max_new_tokens is -1"):
        generate(follower, [1], -1)
    with pytest.raises(ValueError, match="2 prompts"):
        stream_tokens(follower, [[1], [2]], 3)


def test_what_only_a_transformer_can_do_is_refused_for_other_models():
    with pytest.raises(TypeError, match="function is no TransformerLM"):
        generate(follower, [[1, 2], [3]], 2)
    with pytest.raises(TypeError, match="use_cache=False"):
        generate(follower, [1, 2], 2, use_cache=True)


@pytest.mark.parametrize("keep", [0, 9])
def test_a_window_can_keep_no_more_than_the_context_and_no_less_than_one(keep):
    with pytest.raises(ValueError, match=f"keep is {keep}.*context_length is 8"):
        generate(Watched(8), [1, 2], 2, keep=keep)


def test_where_nothing_was_trained_the_play_command_says_how_to_begin(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for track, named in ((None, "stories"), ("tinyllm", "tinyllm")):
        with pytest.raises(ValueError, match=f"train one first.*noteboosh.sh train {named}"):
            run_folder(track, None)


# ---- given: padding, a roomy cache, and text in pieces ----


def test_shorter_prompts_are_filled_up_before_their_beginning():
    prompts = [torch.tensor(row) for row in ([7, 8], [1, 2, 3, 4], [5])]
    assert pad_left(prompts).tolist() == [[7, 7, 7, 8], [1, 2, 3, 4], [5, 5, 5, 5]]


def test_a_roomy_cache_hands_back_what_a_plain_one_does():
    plain, roomy = KVCache(), RoomyCache(9)
    for T in (4, 1, 1, 3):
        key, value = randn(2, 3, T, 4, seed=T), randn(2, 3, T, 5, seed=T + 9)
        assert_close(roomy.append(key, value), plain.append(key, value))
        assert roomy.length == plain.length
    with pytest.raises(ValueError, match="10 positions .9 of them cached.*for 9"):
        roomy.append(randn(2, 3, 1, 4), randn(2, 3, 1, 5))


def test_streamed_text_never_breaks_a_character():
    tokenizer = course_tokenizer()
    ids = [tokenizer.ids[bytes([byte])] for byte in "né 🦜!".encode()]  # a token for each byte
    pieces = list(characters(tokenizer, iter(ids)))
    assert pieces == ["n", "é", " ", "🦜", "!"]


def test_streamed_bytes_that_are_no_text_come_out_as_decode_has_them():
    tokenizer = course_tokenizer()
    for bad in (b"\xff\xf0\x9f", b"a\xe2\x82", b"\xc3(\xa9", b"\xf0\x9f\x98", b"\xed\xa0\x80x"):
        ids = [tokenizer.ids[bytes([byte])] for byte in bad]
        text = bad.decode("utf-8", errors="replace")
        assert "".join(characters(tokenizer, iter(ids))) == text


def test_a_tokenizer_of_another_model_is_refused():
    model = Watched(8)
    model.config = llama_style(vocab_size=5, context_length=8, d_model=4, num_layers=1, num_heads=1)
    with pytest.raises(ValueError, match="5 tokens.*3"):
        generate_text(model, CharTokenizer("ab"), "a")


# ---- 1. sampling.greedy ----


def test_the_highest_score_of_each_row_wins():
    logits = torch.tensor([[0.1, 2.0, -3.0, 1.0], [-5.0, -4.0, -9.0, -1.0], [7.0, 0.0, 6.9, 0.0]])
    assert greedy(logits).tolist() == [1, 3, 0]
    assert (
        greedy(torch.tensor([[1.0, 1.1, 1.0]]).expand(90, 3)) == 1
    ).all()  # no matter how little


def test_one_token_comes_out_whatever_stands_before_the_scores():
    assert greedy(randn(7)).shape == () and greedy(randn(2, 3, 7)).shape == (2, 3)
    assert greedy(randn(2, 3, 7)).dtype == torch.int64


# ---- 2. sampling.apply_temperature ----


def test_one_half_squares_the_probabilities_and_two_takes_their_roots():
    probs = torch.tensor([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1]], dtype=torch.float64)
    for temperature, power in ((0.5, 2.0), (2.0, 0.5), (1.0, 1.0), (0.25, 4.0)):
        expected = probs**power / (probs**power).sum(-1, keepdim=True)
        assert_close(apply_temperature(probs.log(), temperature).softmax(-1), expected)


def test_the_ratio_of_scores_stays_and_their_distance_shrinks_with_the_temperature():
    logits = randn(3, 6)
    assert_close(apply_temperature(logits, 4.0) * 4.0, logits)
    assert_close(apply_temperature(logits, 1), logits)


def test_the_scores_of_the_caller_stay_what_they_were():
    logits = randn(3, 6)
    apply_temperature(logits, 0.7)
    assert_close(logits, randn(3, 6), rtol=0, atol=0)


# ---- 3. sampling.top_k_filter ----


def test_only_the_k_highest_stay_where_and_as_they_are():
    logits = torch.tensor([[1.0, 4.0, 2.0, 3.0], [-1.0, -4.0, -2.0, -3.0]])
    out = torch.tensor([[-math.inf, 4.0, -math.inf, 3.0], [-1.0, -math.inf, -2.0, -math.inf]])
    assert_close(top_k_filter(logits, 2), out)
    assert_close(logits, torch.tensor([[1.0, 4.0, 2.0, 3.0], [-1.0, -4.0, -2.0, -3.0]]))


def test_exactly_k_stay_among_equals():
    logits = torch.tensor([[3.0, 1.0, 3.0, 3.0, 2.0], [5.0, 5.0, 5.0, 5.0, 5.0]])
    for k in (1, 2, 4):
        out = top_k_filter(logits, k)
        assert out.isfinite().sum(-1).tolist() == [k, k]
        assert_close(out[out.isfinite()].view(2, k).sum(-1), logits.topk(k).values.sum(-1))


def test_a_k_of_the_vocabulary_or_more_changes_nothing():
    logits = randn(2, 3, 5)
    assert_close(top_k_filter(logits, 5), logits)
    assert_close(top_k_filter(logits, 50), logits)


# ---- 4. sampling.top_p_filter ----


def kept(probs, p):
    """Which tokens of this distribution stay, by their ids."""
    logits = torch.tensor(probs, dtype=torch.float64).log()
    return top_p_filter(logits, p).isfinite().nonzero().flatten().tolist()


def test_the_token_that_reaches_p_stays_and_the_next_one_goes():
    probs = [0.125, 0.5, 0.125, 0.25]
    for p, expected in ((0.1, [1]), (0.5, [1]), (0.51, [1, 3]), (0.75, [1, 3]), (0.8, [0, 1, 3])):
        assert kept(probs, p) == expected


def test_of_equals_no_more_stay_than_are_needed():
    assert len(kept([0.25, 0.25, 0.25, 0.25], 0.5)) == 2
    assert len(kept([0.25, 0.25, 0.25, 0.25], 0.55)) == 3
    some = kept([0.125, 0.25, 0.125, 0.25, 0.125, 0.125], 0.625)
    assert len(some) == 3 and {1, 3} < {*some}


def test_what_stays_is_the_smallest_set_that_holds_p():
    logits = 2 * randn(4, 3, 9)
    for p in (0.05, 0.4, 0.9, 0.999):
        out = top_p_filter(logits, p)
        for row, probs in zip(out.flatten(0, 1), logits.flatten(0, 1).softmax(-1), strict=True):
            inside, outside = probs[row.isfinite()], probs[row.isinf()]
            assert inside.sum() >= p > inside.sum() - inside.min()
            assert len(outside) == 0 or inside.min() > outside.max()
        assert_close(out[out.isfinite()], logits[out.isfinite()], rtol=0, atol=0)
        assert (out[~out.isfinite()] == -math.inf).all()


def test_a_p_of_one_leaves_nothing_out():
    logits = torch.tensor([[0.0, -200.0, -80.0]])  # the first alone has a probability of 1.0
    assert_close(top_p_filter(logits, 1.0), logits)
    assert_close(logits, torch.tensor([[0.0, -200.0, -80.0]]))


def test_top_p_after_top_k_counts_only_what_is_left():
    logits = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).double().log()
    out = top_p_filter(top_k_filter(logits, 2), 0.5)  # of the two that are left the first has 4/7
    assert out.isfinite().tolist() == [[True, False, False, False]]


# ---- 5. sampling.apply_repetition_penalty ----


def test_seen_tokens_become_less_probable_whatever_their_sign():
    logits = torch.tensor([[2.0, -2.0, 0.0, 1.0, -1.0]])
    out = apply_repetition_penalty(logits, torch.tensor([[0, 1, 2]]), 1.25)
    assert_close(out, torch.tensor([[1.6, -2.5, 0.0, 1.0, -1.0]]))
    assert_close(logits, torch.tensor([[2.0, -2.0, 0.0, 1.0, -1.0]]))


def test_a_token_that_came_often_is_punished_once():
    out = apply_repetition_penalty(torch.tensor([[4.0, 3.0]]), torch.tensor([[0, 0, 0]]), 2.0)
    assert_close(out, torch.tensor([[2.0, 3.0]]))


def test_each_text_is_punished_for_its_own_tokens():
    logits = torch.ones(2, 3)
    out = apply_repetition_penalty(logits, torch.tensor([[0, 1], [2, 2]]), 4.0)
    assert_close(out, torch.tensor([[0.25, 0.25, 1.0], [1.0, 1.0, 0.25]]))


def test_a_penalty_of_one_changes_nothing():
    logits = randn(3, 7)
    assert_close(apply_repetition_penalty(logits, random_ids(3, 9, high=7), 1.0), logits)


# ---- 6. sampling.next_tokens ----

NONE = torch.zeros(1, 1, dtype=torch.int64)


def shares(logits, n=4000, **choice):
    """How often each token is chosen, out of n rows with these scores."""
    rows = logits.expand(n, -1)
    ids = next_tokens(rows, NONE.expand(n, 1), generator=seeded(1), **choice)
    assert ids.shape == (n,)
    return ids.bincount(minlength=logits.shape[-1]) / n


def test_tokens_are_drawn_as_often_as_they_are_probable():
    probs = torch.tensor([[0.5, 0.05, 0.3, 0.15]])
    assert_close(shares(probs.log()), probs[0], rtol=0, atol=0.03)


def test_a_temperature_of_zero_takes_the_likeliest_and_draws_nothing():
    generator, before = seeded(3), seeded(3).get_state()
    logits = torch.tensor([[0.0, 0.1, 0.05], [2.0, 0.0, 1.9]])
    ids = next_tokens(logits, random_ids(2, 4, high=3), temperature=0, generator=generator)
    assert ids.tolist() == [1, 0] and torch.equal(generator.get_state(), before)


def test_the_temperature_reaches_the_draw():
    probs = torch.tensor([[0.8, 0.2]])  # squared, 0.64 and 0.04
    assert_close(shares(probs.log(), temperature=0.5)[1].item(), 0.04 / 0.68, rtol=0, atol=0.02)
    assert_close(shares(probs.log(), temperature=2.0)[1].item(), 1 / 3, rtol=0, atol=0.03)


def test_what_a_filter_leaves_out_is_never_drawn():
    logits = torch.tensor([[0.1, 0.4, 0.2, 0.3]]).log()
    assert (shares(logits, top_k=2) > 0).tolist() == [False, True, False, True]
    assert (shares(logits, top_p=0.8) > 0).tolist() == [False, True, True, True]


def test_top_p_measures_what_the_temperature_has_made():
    logits = torch.tensor([[0.6, 0.2, 0.2]]).log()  # squared, the first has 0.36 of 0.44
    assert (shares(logits, top_p=0.7) > 0).tolist() == [True, True, False]
    assert (shares(logits, top_p=0.7, temperature=0.5) > 0).tolist() == [True, False, False]


def test_top_p_measures_what_top_k_has_left():
    logits = torch.tensor([[0.4, 0.3, 0.2, 0.1]]).log()  # of two, the first has 4 of 7
    assert (shares(logits, top_k=2, top_p=0.5) > 0).tolist() == [True, False, False, False]


def test_the_penalty_counts_for_the_likeliest_too():
    logits = torch.tensor([[3.0, 2.9, 0.0], [-2.0, -2.5, -2.1]])
    texts = torch.tensor([[0, 0], [2, 0]])
    ids = next_tokens(logits, texts, temperature=0, repetition_penalty=1.5)
    assert ids.tolist() == [1, 1]


def test_the_same_generator_draws_the_same_tokens_and_leaves_the_global_one_alone():
    logits, texts, before = randn(40, 9), random_ids(40, 2, high=9), torch.get_rng_state()
    first, again, other = (next_tokens(logits, texts, generator=seeded(s)) for s in (3, 3, 4))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


# ---- 7. sampling.step ----


def test_a_model_that_is_sure_writes_what_it_must():
    assert generate(follower, torch.tensor([2, 3]), 4).tolist() == [2, 3, 4, 0, 1, 2]
    assert generate(follower, [4], 0).tolist() == [4]


def test_all_texts_of_a_batch_grow_by_one_token_a_step():
    texts = Texts(follower, [torch.tensor([0, 1]), torch.tensor([3, 3])])
    assert texts.step(temperature=0).tolist() == [2, 4]
    assert texts.step(temperature=0).tolist() == [3, 0]
    assert texts.ids.tolist() == [[0, 1, 2, 3], [3, 3, 4, 0]]


def test_a_model_with_one_prediction_for_each_window_can_write_as_well():
    out = generate(lambda ids: follower(ids)[:, -1], torch.tensor([[4], [2]]), 3)
    assert out.tolist() == [[4, 0, 1, 2], [2, 3, 4, 0]]


def test_a_text_ends_with_its_end_and_waits_there_for_the_others():
    prompts = torch.tensor([[2], [0], [4]])
    out = generate(follower, prompts, 9, eos_id=4)
    assert out.tolist() == [[2, 3, 4, 4, 4, 4], [0, 1, 2, 3, 4, 4], [4, 0, 1, 2, 3, 4]]
    separate = generate(follower, list(prompts), 9, eos_id=4)
    assert [text.tolist() for text in separate] == [[2, 3, 4], [0, 1, 2, 3, 4], [4, 0, 1, 2, 3, 4]]


def test_without_an_end_the_texts_go_on():
    assert len(generate(follower, [0], 12)) == 13


def test_the_same_seed_gives_the_same_text_twice():
    def unsure(token_ids):
        return follower(token_ids) / 1e4

    first, again, other = (generate(unsure, [1], 30, generator=seeded(s)) for s in (5, 5, 6))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_the_penalty_looks_at_the_whole_text():
    def stubborn(token_ids):
        return torch.tensor([5.0, 4.0, 3.0, 2.0]).expand(*token_ids.shape, 4)

    out = generate(stubborn, [0], 3, temperature=0, repetition_penalty=3.0)
    assert out.tolist() == [0, 1, 2, 3]


def test_a_stream_gives_the_tokens_of_generate_one_by_one():
    prompt = torch.tensor([2, 2])
    stream = stream_tokens(follower, prompt, 9, eos_id=1, temperature=0)
    assert next(stream) == 3 and list(stream) == [4, 0, 1]
    assert generate(follower, prompt, 9, eos_id=1, temperature=0)[2:].tolist() == [3, 4, 0, 1]


def test_what_is_written_can_be_trained_on():
    table = torch.randn(5, 5, generator=seeded(), requires_grad=True)
    ids = generate(lambda ids: table[ids], torch.tensor([[1], [2]]), 4, generator=seeded())
    table[ids].sum().backward()
    assert_close(table.grad.sum().item(), 50.0)


def test_writing_needs_no_dropout_and_training_goes_on_afterwards():
    class Dropping(nn.Module):
        def forward(self, token_ids):
            return follower(token_ids) * (0 if self.training else 1)

    model = Dropping().train()
    assert generate(model, [0], 8, temperature=0).tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3]
    assert model.training


def test_text_goes_in_and_comes_out_to_the_end_of_the_document():
    tokenizer = CharTokenizer("abcd")  # after d comes the separator, and after it a
    assert generate_text(follower, tokenizer, "b") == "bcd"
    assert generate_text(follower, tokenizer, "") == "abcd"
    assert generate_text(follower, tokenizer, "b", eos_id=None, max_new_tokens=2) == "bcd"
    assert list(stream_text(follower, tokenizer, "b", temperature=0)) == ["c", "d"]


# ---- 8. sampling.window_starts ----


def test_a_window_moves_only_when_it_has_become_too_long():
    assert window_starts([0, 2, 5], 8, context_length=8, keep=8) == [0, 2, 5]
    assert window_starts([0, 2, 5], 9, context_length=8, keep=8) == [1, 2, 5]
    assert window_starts([0, 2, 5], 9, context_length=8, keep=3) == [6, 2, 5]
    assert window_starts([4, 0], 30, context_length=6, keep=6) == [24, 24]


def test_a_full_window_drops_one_token_for_every_new_one():
    model = Watched(3)
    generate(model, torch.tensor([1, 2]), 4, temperature=0)
    assert model.windows == [[[1, 2]], [[1, 2, 3]], [[2, 3, 4]], [[3, 4, 0]]]


def test_a_window_that_keeps_less_has_room_to_grow_again():
    model = Watched(4)
    generate(model, torch.tensor([0, 1, 2]), 5, temperature=0, keep=2)
    assert model.windows == [[[0, 1, 2]], [[0, 1, 2, 3]], [[3, 4]], [[3, 4, 0]], [[3, 4, 0, 1]]]


def test_a_prompt_longer_than_the_context_keeps_its_end_and_comes_back_whole():
    model, prompt = small_model(), random_ids(20)
    out = generate(model, prompt, 1, temperature=0)
    assert out[:20].tolist() == prompt.tolist()
    assert out[20] == model(prompt[None, -8:])[0, -1].argmax()


# ---- 9. sampling.padded_positions ----


def small_model(style=llama_style, **fields):
    sizes = {"vocab_size": 11, "context_length": 8, "d_model": 12, "num_layers": 2, "num_heads": 2}
    config = style(**{**sizes, "d_ff": 7, **fields})
    return reset_parameters(TransformerLM(config, dtype=torch.float64), seeded(4))


STYLES = {
    "llama": {},
    "gpt2": {"style": gpt2_style},
    "sinusoidal": {"positions": "sinusoidal", "pre_norm": False},
    "grouped": {"num_heads": 6, "num_kv_heads": 2, "tied": True},
}
styles = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)

REAL = torch.tensor([[0, 0, 1, 1], [1, 1, 1, 1], [0, 0, 0, 1]]).bool()


def test_positions_count_from_the_first_token_that_is_no_padding():
    expected = [[0, 0, 0, 1], [0, 1, 2, 3], [0, 0, 0, 0]]
    assert padded_positions(REAL).tolist() == expected
    assert padded_positions(REAL).dtype == torch.int64


# ---- 10. sampling.padding_mask ----


def test_nobody_looks_at_padding_and_padding_looks_at_itself():
    mask = padding_mask(REAL)
    assert mask.shape == (3, 4, 4) and mask.dtype == torch.bool
    expected = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]
    assert mask[0].int().tolist() == expected
    assert torch.equal(mask[1], torch.ones(4, 4).tril().bool())
    assert torch.equal(mask[2], torch.eye(4).bool())


@styles
def test_a_row_of_a_padded_batch_says_what_it_says_alone(style):
    model = small_model(**style)
    rows = [random_ids(n, seed=n) for n in (3, 7, 1)]
    ids, real = pad_left(rows), torch.arange(7) >= torch.tensor([[4], [0], [6]])
    logits = window_logits(model, ids, real)
    for row, out in zip(rows, logits, strict=True):
        assert_close(out, window_logits(model, row[None])[0], rtol=0, atol=1e-12)


@styles
def test_a_row_of_a_padded_batch_goes_on_as_it_does_alone(style):
    model, rows = small_model(**style), [random_ids(n, seed=n) for n in (4, 9, 6)]
    for keep in (None, 3):
        together = generate(model, rows, 6, temperature=0, keep=keep)
        for row, text in zip(rows, together, strict=True):
            alone = generate(model, row, 6, temperature=0, keep=keep)
            assert text.tolist() == alone.tolist()


# ---- 11. sampling.cached_logits ----


class Counted(nn.Module):
    """A TransformerLM that notes how many columns it is given, and at which positions."""

    def __init__(self, model):
        super().__init__()
        self.model, self.calls = model, []

    def forward(self, token_ids, token_positions=None, mask=None, caches=None):
        self.calls.append(token_ids.shape[1])
        return self.model(token_ids, token_positions, mask, caches)


def new_caches(model):
    return [RoomyCache(8) for _ in model.layers]


@styles
@pytest.mark.parametrize("real", [None, torch.arange(7) >= torch.tensor([[2], [0]])])
def test_the_cache_changes_no_number(style, real):
    model, ids = small_model(**style), random_ids(2, 7)
    for version in (model, joined(model)):
        caches = new_caches(model)
        for end in (4, 5, 6, 7):
            part = None if real is None else real[:, :end]
            expected = window_logits(model, ids[:, :end], part)
            out = cached_logits(version, ids[:, :end], part, caches)
            assert_close(out, expected, rtol=0, atol=1e-12)
            assert [cache.length for cache in caches] == [end, end]


@pytest.mark.parametrize("real", [None, torch.arange(6) >= torch.tensor([[2], [0]])])
def test_only_what_is_new_is_computed(real):
    model = small_model()
    counted, caches = Counted(model), new_caches(model)
    for end in (3, 4, 6):
        part = None if real is None else real[:, :end]
        cached_logits(counted, random_ids(2, 6)[:, :end], part, caches)
    assert counted.calls == [3, 1, 2]


@styles
@pytest.mark.parametrize("keep", [None, 5])
def test_with_a_cache_every_probability_is_the_same_before_and_after_a_crop(style, keep):
    model, rows = small_model(**style), [random_ids(n, seed=n) for n in (2, 5)]
    plain, cached = Texts(model, rows, keep=keep), Texts(model, rows, keep=keep, use_cache=True)
    for _ in range(9):  # the second text is full after 3 steps, the first after 6
        probs, same = plain.logits().softmax(-1), cached.logits().softmax(-1)
        assert_close(same, probs, rtol=0, atol=1e-9)
        for texts in (plain, cached):
            texts.append(probs.argmax(-1))


@styles
def test_with_a_cache_the_same_text_is_written(style):
    model, prompts = small_model(**style), [random_ids(n, seed=n) for n in (4, 12, 1)]
    for choice in ({"temperature": 0}, {"top_p": 0.9, "repetition_penalty": 1.2, "keep": 4}):
        with_cache, without = (
            generate(model, prompts, 9, generator=seeded(2), use_cache=use_cache, **choice)
            for use_cache in (True, False)
        )
        assert [t.tolist() for t in with_cache] == [t.tolist() for t in without]
