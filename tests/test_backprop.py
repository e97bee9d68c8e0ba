"""Module 09c. Write, in this order, in g2c/backprop/:

 1. backprop.token_loss_backward      the loss, for every logit             (loss.py)
 2. backprop.matmul_backward          a product: the head, and every w      (layers.py)
 3. backprop.gelu_backward            the nonlinearity                      (layers.py)
 4. backprop.layer_norm_backward      the norm                              (layers.py)
 5. backprop.causal_softmax_backward  from the weights to the scores        (attention.py)
 6. backprop.mix_backward             to the weights and the values         (attention.py)
 7. backprop.scores_backward          to the queries and the keys           (attention.py)
 8. backprop.attention_backward       all heads, back to x                  (attention.py)
 9. backprop.block_backward           a block in reverse                    (block.py)
10. backprop.embedding_backward       back to the two tables                (step.py)
11. backprop.causal_lm_step           the whole step                        (step.py)

Given: the way forward, what it keeps, and the checks. It stands on your softmax (02), heads and
masks (07, 08), gelu (09) and loss (09b). No exercise may use autograd; these tests use it as the
judge.
"""

import math

import pytest
import torch
from torch.testing import assert_close

from g2c.attention import merge_heads
from g2c.backprop import (
    attention_backward,
    attention_forward,
    block_backward,
    block_forward,
    causal_lm_forward,
    causal_lm_loss,
    causal_lm_step,
    causal_softmax_backward,
    embedding_backward,
    gelu_backward,
    in_order,
    layer_norm,
    layer_norm_backward,
    matmul_backward,
    mix_backward,
    new_weights,
    scores_backward,
    token_loss_backward,
    unflatten,
)
from g2c.pretraining import lm_cross_entropy

SHAPES = {  # N, T, V, D, H, L: all different, and the ends of what is possible
    "small": (2, 5, 11, 6, 3, 1),
    "one position": (3, 1, 7, 4, 2, 2),
    "four blocks": (1, 7, 5, 8, 1, 4),
    "no blocks": (4, 3, 6, 2, 1, 0),
}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def randn(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=seeded(seed), dtype=dtype)


def agree(ours, expected):
    """Each gradient to 1e-10 of its largest entry."""
    assert len(ours) == len(expected)
    for one, other in zip(ours, expected, strict=True):
        largest = other.abs().max().item()
        assert_close(one, other, rtol=0, atol=1e-10 * max(largest, 1e-3))


def autograd(function, inputs, d_out):
    """The gradients of a function's result, mixed by `d_out`, for all its inputs."""
    leaves = [value.clone().requires_grad_() for value in inputs]
    return torch.autograd.grad(function(*leaves), leaves, d_out)


def model(shape, dtype=torch.float64, seed=0):
    """Tokens in which some repeat, and weights: the arguments of `causal_lm_step`."""
    N, T, V, D, _, L = shape
    generator = seeded(seed)
    tokens = torch.randint(0, V, (N, T + 1), generator=generator)
    tokens[:, T // 2] = tokens[:, 0]

    def draw(*sizes):
        return torch.randn(sizes, generator=generator, dtype=dtype) / sizes[0] ** 0.5

    blocks = [tuple(draw(D, D) for _ in range(6)) for _ in range(L)]
    return tokens, draw(V, D), draw(T, D), blocks, draw(D, V)


def flat(*weights):
    return torch.cat([w.flatten() for w in in_order(*weights)])


def expected_step(shape, arguments, lr):
    """The step as autograd takes it."""
    tokens, *weights = arguments
    vector = flat(*weights).requires_grad_()
    loss = causal_lm_loss(tokens, *unflatten(vector, weights), num_heads=shape[4])
    (gradient,) = torch.autograd.grad(loss, vector)
    return vector.detach() - lr * gradient


# ---- 1: the loss ---------------------------------------------------------------------------------


def test_the_loss_of_equal_logits_is_log_v_at_every_position():
    assert_close(
        lm_cross_entropy(torch.zeros(2, 3, 7), torch.ones(2, 3).long()), torch.tensor(7.0).log()
    )


def test_the_loss_pushes_by_what_was_said_less_what_was_right_by_hand():
    logits = torch.tensor([[[0.0, math.log(3)]], [[math.log(7), 0.0]]], dtype=torch.float64)
    d_logits = token_loss_backward(logits, torch.tensor([[1], [1]]))
    expected = torch.tensor([[[1 / 8, -1 / 8]], [[7 / 16, -7 / 16]]], dtype=torch.float64)
    assert_close(d_logits, expected)


def test_every_position_of_every_window_has_its_share_of_the_loss():
    logits, targets = randn(2, 3, 5), torch.randint(0, 5, (2, 3), generator=seeded(1))
    d_logits = token_loss_backward(logits, targets)
    agree([d_logits], autograd(lambda z: lm_cross_entropy(z, targets), [logits], torch.tensor(1.0)))
    assert (d_logits.abs().amax(-1) > 0).all()


# ---- 2 to 4: product, GELU, norm -----------------------------------------------------------------


def test_a_matrix_gets_the_sum_over_all_positions_by_hand():
    x = torch.tensor([[[1.0], [2.0]], [[3.0], [4.0]]])
    d_out, w = torch.ones(2, 2, 1), torch.tensor([[5.0]])
    d_x, d_w = matmul_backward(d_out, x, w)
    assert_close(d_w, torch.tensor([[10.0]]))
    assert_close(d_x, torch.full((2, 2, 1), 5.0))


def test_the_gradients_of_a_product_agree_with_autograd():
    x, w, d_out = randn(2, 3, 4), randn(4, 5, seed=1), randn(2, 3, 5, seed=2)
    agree(matmul_backward(d_out, x, w), autograd(torch.matmul, [x, w], d_out))


def test_the_gradient_of_gelu_agrees_with_autograd_and_with_known_values():
    x, d_out = 3 * randn(2, 3, 4), randn(2, 3, 4, seed=1)
    agree([gelu_backward(d_out, x)], autograd(torch.nn.functional.gelu, [x], d_out))
    ends = torch.tensor([-30.0, 0.0, 30.0])
    assert_close(gelu_backward(torch.ones(3), ends), torch.tensor([0.0, 0.5, 1.0]))


def test_the_gradient_of_the_norm_agrees_with_autograd():
    x, d_out = randn(2, 3, 5), randn(2, 3, 5, seed=1)
    ours = layer_norm_backward(d_out, *layer_norm(x))
    agree([ours], autograd(lambda x: layer_norm(x)[0], [x], d_out))


def test_the_norm_hears_nothing_of_a_push_that_it_takes_away_again():
    """A constant added to a vector, or a factor, changes nothing behind the norm."""
    x = randn(2, 3, 5)
    d_x = layer_norm_backward(randn(2, 3, 5, seed=1), *layer_norm(x))
    assert_close(d_x.sum(-1), torch.zeros(2, 3, dtype=torch.float64))
    assert ((d_x * x).sum(-1).abs() < 1e-3 * d_x.norm(dim=-1)).all()  # not 0, because of eps


# ---- 5 to 8: attention ---------------------------------------------------------------------------


def test_scores_get_the_gradient_of_a_softmax_and_forbidden_ones_none():
    scores, d_weights = randn(2, 3, 4, 4), randn(2, 3, 4, 4, seed=1)
    forbidden = torch.ones(4, 4).triu(1).bool()

    def weights_of(scores):
        return torch.softmax(scores.masked_fill(forbidden, -math.inf), dim=-1)

    d_scores = causal_softmax_backward(d_weights, weights_of(scores))
    agree([d_scores], autograd(weights_of, [scores], d_weights))
    assert not d_scores[..., forbidden].any()


def test_weights_and_values_share_the_gradient_of_their_product():
    weights, value, d_heads = (
        randn(2, 3, 4, 4),
        randn(2, 3, 4, 5, seed=1),
        randn(2, 3, 4, 5, seed=2),
    )
    agree(mix_backward(d_heads, weights, value), autograd(torch.matmul, [weights, value], d_heads))


def test_queries_and_keys_get_the_gradient_of_the_scaled_scores():
    query, key, d_scores = randn(2, 3, 4, 5), randn(2, 3, 4, 5, seed=1), randn(2, 3, 4, 4, seed=2)

    def scores(query, key):
        return query @ key.transpose(-2, -1) / math.sqrt(5)

    agree(scores_backward(d_scores, query, key), autograd(scores, [query, key], d_scores))


@pytest.mark.parametrize("N, T, D, H", [(2, 5, 6, 3), (3, 1, 4, 2), (1, 4, 5, 1)])
def test_attention_agrees_with_autograd_for_x_and_its_four_matrices(N, T, D, H):
    x, d_out = randn(N, T, D), randn(N, T, D, seed=1)
    weights = [randn(D, D, seed=seed) for seed in range(2, 6)]
    _, cache = attention_forward(x, *weights, H)
    d_x, d_weights = attention_backward(d_out, cache, *weights)
    expected = autograd(lambda *v: attention_forward(*v, H)[0], [x, *weights], d_out)
    agree([d_x, *d_weights], expected)


def test_the_first_position_is_not_blamed_on_the_others():
    """Position 0 attends to itself alone: d_x of all later ones is 0 where only it is pushed."""
    x, weights = randn(1, 4, 6), [randn(6, 6, seed=seed) for seed in range(1, 5)]
    d_out = torch.zeros_like(x)
    d_out[:, 0] = 1
    _, cache = attention_forward(x, *weights, 2)
    d_x, _ = attention_backward(d_out, cache, *weights)
    assert d_x[:, 0].any() and not d_x[:, 1:].any()
    assert_close(cache.merged, merge_heads(cache.weights @ cache.value))


# ---- 9 to 11: block, tables, step ----------------------------------------------------------------


@pytest.mark.parametrize("N, T, D, H", [(2, 5, 6, 3), (3, 1, 4, 2)])
def test_a_block_agrees_with_autograd_for_x_and_its_six_matrices(N, T, D, H):
    x, d_out = randn(N, T, D), randn(N, T, D, seed=1)
    block = [randn(D, D, seed=seed) for seed in range(2, 8)]
    _, cache = block_forward(x, block, H)
    d_x, d_block = block_backward(d_out, cache, block)
    expected = autograd(lambda x, *b: block_forward(x, b, H)[0], [x, *block], d_out)
    agree([d_x, *d_block], expected)


def test_a_token_that_occurs_twice_gets_both_gradients_by_hand():
    d_x = torch.tensor([[[1.0], [2.0]], [[4.0], [8.0]]])
    d_w_emb, d_pos_embed = embedding_backward(d_x, torch.tensor([[3, 3], [0, 3]]), 5)
    assert_close(d_w_emb, torch.tensor([[4.0], [0.0], [0.0], [11.0], [0.0]]))
    assert_close(d_pos_embed, torch.tensor([[5.0], [10.0]]))


@pytest.mark.parametrize("name", SHAPES)
def test_the_step_agrees_with_autograd(name):
    shape = SHAPES[name]
    arguments = model(shape)
    ours = causal_lm_step(*arguments, num_heads=shape[4], lr=1.0)
    before, expected = flat(*arguments[1:]), expected_step(shape, arguments, lr=1.0)
    # The gradients, matrix by matrix: the step less where it began.
    moves = (unflatten(before - after, arguments[1:]) for after in (ours, expected))
    agree(*(in_order(*move) for move in moves))


def test_the_step_agrees_with_central_differences():
    shape = (2, 3, 5, 4, 2, 1)
    tokens, *weights = model(shape)
    before = flat(*weights)
    ours = before - causal_lm_step(tokens, *weights, num_heads=2, lr=1.0)
    for place in range(0, len(before), 7):
        losses = []
        for move in (1e-5, -1e-5):
            moved = before.clone()
            moved[place] += move
            losses.append(causal_lm_loss(tokens, *unflatten(moved, weights), num_heads=2).item())
        assert ours[place].item() == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=1e-8)


def test_the_step_in_float32_agrees_to_four_digits():
    shape = (2, 5, 11, 6, 3, 2)
    arguments = model(shape, dtype=torch.float32)
    ours = causal_lm_step(*arguments, num_heads=3, lr=1.0)
    expected = expected_step(shape, arguments, lr=1.0)
    gradient = flat(*arguments[1:]) - expected
    assert ours.dtype == torch.float32
    assert_close(ours, expected, rtol=0, atol=1e-4 * gradient.abs().max().item())


def test_the_learning_rate_scales_the_step():
    shape = SHAPES["small"]
    tokens, *weights = model(shape)
    moves = [
        causal_lm_step(tokens, *weights, num_heads=3, lr=lr) - flat(*weights) for lr in (0.1, 0.3)
    ]
    assert_close(3 * moves[0], moves[1])


def test_the_step_changes_no_weight_and_needs_no_autograd():
    shape = SHAPES["small"]
    tokens, *weights = model(shape)
    before, ids = flat(*weights), tokens.clone()
    asking = flat(*weights).requires_grad_()
    outs = [causal_lm_step(tokens, *unflatten(asking, weights), num_heads=3, lr=0.1)]
    with torch.no_grad():
        outs.append(causal_lm_step(tokens, *weights, num_heads=3, lr=0.1))
    assert_close(*outs, rtol=0, atol=1e-12)  # not equal: a view may be added up in another order
    assert not any(out.requires_grad for out in outs)
    assert torch.equal(flat(*weights), before) and torch.equal(tokens, ids)


def test_twenty_steps_on_one_window_make_the_loss_small():
    shape = (1, 6, 5, 8, 2, 1)
    tokens, *weights = model(shape)
    first = causal_lm_loss(tokens, *weights, num_heads=2)
    for _ in range(20):
        weights = unflatten(causal_lm_step(tokens, *weights, num_heads=2, lr=0.5), weights)
    assert causal_lm_loss(tokens, *weights, num_heads=2) < first / 3


# ---- given ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change, error, words",
    [
        ({"tokens": torch.zeros(2, 4).long()}, ValueError, r"\(2, 4\).*\(N, 6\)"),
        ({"tokens": torch.zeros(2, 6)}, TypeError, "float32"),
        ({"tokens": torch.full((2, 6), 11)}, IndexError, "11 rows"),
        ({"tokens": torch.full((2, 6), -1)}, IndexError, "from -1"),
        ({"pos_embed": torch.zeros(5, 7)}, ValueError, r"\(11, 6\).*\(5, 7\)"),
        ({"w_head": torch.zeros(11, 6)}, ValueError, r"\(11, 6\).*\(6, 11\)"),
        ({"blocks": [[torch.zeros(6, 6)] * 5]}, ValueError, "5 matrices.*six"),
        ({"blocks": [[torch.zeros(6, 5)] * 6]}, ValueError, r"w_q of block 0 is \(6, 5\)"),
        ({"num_heads": 4}, ValueError, r"D \(6\).*num_heads \(4\)"),
    ],
)
def test_what_does_not_belong_together_is_refused(change, error, words):
    names = ("tokens", "w_emb", "pos_embed", "blocks", "w_head")
    arguments = dict(zip(names, model(SHAPES["small"]), strict=True)) | {"num_heads": 3} | change
    with pytest.raises(error, match=words):
        causal_lm_loss(**arguments)
    with pytest.raises(error, match=words):
        causal_lm_step(**arguments, lr=0.1)


def test_the_forward_pass_gives_logits_and_keeps_what_each_block_needs():
    shape = N, T, V, D, H, L = (2, 5, 11, 6, 3, 2)
    tokens, *weights = model(shape)
    logits, x, caches = causal_lm_forward(tokens[:, :-1], *weights, num_heads=H)
    assert logits.shape == (N, T, V) and x.shape == (N, T, D) and len(caches) == L
    assert_close(logits, x @ weights[-1])
    assert caches[0].attention.weights.shape == (N, H, T, T)


def test_fresh_weights_start_as_promised_and_survive_the_flat_vector():
    weights = new_weights(300, 20, 100, 2, generator=seeded())
    w_emb, pos_embed, blocks, w_head = weights
    stds = [w.std().item() for w in (w_emb, pos_embed, blocks[1][5], w_head)]
    assert stds == pytest.approx([1, 0.1, 0.1, math.sqrt(2 / 400)], rel=0.05)
    again = unflatten(flat(*weights), weights)
    pairs = zip(in_order(*weights), in_order(*again), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    with pytest.raises(ValueError, match="one entry for each weight"):
        unflatten(torch.zeros(7), weights)
