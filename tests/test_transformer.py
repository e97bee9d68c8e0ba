"""Module 09. Write, in this order, in g2c/transformer/:

1. transformer.layer_norm      mean 0, mean square 1               (norms.py)
2. transformer.rms_norm        mean square 1                       (norms.py)
3. transformer.gelu            a smooth relu                       (activations.py)
4. transformer.gelu_tanh       its approximation                   (activations.py)
5. transformer.silu            a simpler one                       (activations.py)
6. transformer.feed_forward    wide and narrow again               (feed_forward.py)
7. transformer.swiglu          the same with a gate                (feed_forward.py)
8. transformer.pre_norm        a sublayer beside the stream        (block.py)
9. transformer.post_norm       a sublayer as the first paper has it  (block.py)
10. transformer.transformer_lm  from ids to logits                  (lm.py)

Given: the constructors, ModelConfig and its two styles, the block, and the checks of input.
Uses your modules 03, 05, 07 and 08.
"""

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as oracle
from torch.testing import assert_close

from g2c.attention import KVCache
from g2c.nn import CrossEntropyLoss, reset_parameters
from g2c.transformer import (
    FeedForward,
    LayerNorm,
    ModelConfig,
    RMSNorm,
    SwiGLU,
    TransformerBlock,
    TransformerLM,
    gelu,
    gelu_tanh,
    gpt2_style,
    llama_style,
    post_norm,
    pre_norm,
    silu,
    swiglu_width,
)

torch.set_num_threads(1)  # on tensors this small, threads mostly wait for each other

FLOAT64 = {"dtype": torch.float64}
SMALL = {"vocab_size": 11, "context_length": 8, "d_model": 12, "num_layers": 2, "num_heads": 3}
STYLES = [llama_style, gpt2_style]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=seeded(seed), **FLOAT64)


def random_ids(B, T, seed=0):
    return torch.randint(SMALL["vocab_size"], (B, T), generator=seeded(seed))


def small_model(style=llama_style, **fields):
    return reset_parameters(TransformerLM(style(**{**SMALL, **fields}), **FLOAT64), seeded())


def values_and_gradients(function, x):
    """The result, and the gradient of a fixed random mix of its entries."""
    x = x.clone().requires_grad_()
    out = function(x)
    (gradient,) = torch.autograd.grad((out * randn(*out.shape, seed=9)).sum(), x)
    return out.detach(), gradient


def test_layer_norm_by_hand():
    x = torch.tensor([[1.0, 3.0, 1.0, 3.0]])  # mean 2, variance 1: divided by 4, not by 3
    assert_close(LayerNorm(4, eps=0)(x), torch.tensor([[-1.0, 1.0, -1.0, 1.0]]))


def test_rms_norm_by_hand():
    x = torch.tensor([[1.0, 7.0, 5.0, 5.0]])  # mean square 25; the mean of 4.5 stays in
    assert_close(RMSNorm(4, eps=0)(x), x / 5)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_norms_agree_with_torch_in_values_and_gradients(eps):
    layer, rms, x = (
        LayerNorm(6, eps, bias=True, **FLOAT64),
        RMSNorm(6, eps, **FLOAT64),
        randn(2, 5, 6),
    )
    with torch.no_grad():
        for norm in (layer, rms):
            norm.weight.copy_(randn(6, seed=1))
        layer.bias.copy_(randn(6, seed=2))
    expected = values_and_gradients(
        lambda x: oracle.layer_norm(x, (6,), layer.weight, layer.bias, eps), x
    )
    assert_close(values_and_gradients(layer, x), expected)
    expected = values_and_gradients(lambda x: oracle.rms_norm(x, (6,), rms.weight, eps), x)
    assert_close(values_and_gradients(rms, x), expected)


@pytest.mark.parametrize("norm", [LayerNorm, RMSNorm])
def test_norms_do_not_overflow_in_float16(norm):
    out = norm(4)(torch.tensor([[300.0, -300.0, 300.0, -300.0]], dtype=torch.float16))
    assert_close(out, torch.tensor([[1, -1, 1, -1]], dtype=torch.float16))


@pytest.mark.parametrize(
    "ours, judge",
    [
        (gelu, oracle.gelu),
        (gelu_tanh, lambda x: oracle.gelu(x, approximate="tanh")),
        (silu, oracle.silu),
    ],
)
def test_activations_agree_with_torch_in_values_and_gradients(ours, judge):
    x = torch.cat((torch.linspace(-1000, 1000, 25, **FLOAT64), randn(50)))
    assert_close(values_and_gradients(ours, x), values_and_gradients(judge, x))


def test_the_approximation_of_gelu_is_off_by_less_than_0_0005():
    x = torch.linspace(-8, 8, 1001, **FLOAT64)
    assert 0 < (gelu(x) - gelu_tanh(x)).abs().max() < 0.0005


def test_feed_forward_agrees_with_its_equation():
    layer, x = reset_parameters(FeedForward(6, 10, bias=True, **FLOAT64), seeded()), randn(2, 3, 6)
    wide = oracle.gelu(oracle.linear(x, layer.w1.weight, layer.w1.bias))
    assert_close(layer(x), oracle.linear(wide, layer.w2.weight, layer.w2.bias))


def test_swiglu_agrees_with_its_equation():
    layer, x = reset_parameters(SwiGLU(6, 10, **FLOAT64), seeded()), randn(2, 3, 6)
    wide = oracle.silu(x @ layer.w1.weight.T) * (x @ layer.w3.weight.T)
    assert_close(layer(x), wide @ layer.w2.weight.T)


@pytest.mark.parametrize("d_model, d_ff", [(512, 1344), (768, 2048), (1600, 4288), (8, 64)])
def test_the_width_of_a_gate_is_the_multiple_of_64_nearest_to_8_thirds(d_model, d_ff):
    assert swiglu_width(d_model) == d_ff == SwiGLU(d_model, device="meta").w2.in_features


def test_pre_norm_lets_the_stream_through_and_post_norm_norms_it():
    x, double, add_one = torch.tensor([1.0, 2.0]), (lambda x: 2 * x), (lambda x: x + 1)
    assert_close(pre_norm(x, norm=double, sublayer=add_one), torch.tensor([4.0, 7.0]))
    assert_close(post_norm(x, norm=double, sublayer=add_one), torch.tensor([6.0, 10.0]))


@pytest.mark.parametrize("pre", [True, False])
def test_a_block_is_attention_and_then_a_feed_forward(pre):
    block = TransformerBlock(llama_style(**SMALL, pre_norm=pre), **FLOAT64)
    x = reset_parameters(block, seeded()) and randn(2, 5, 12)
    if pre:
        y = x + block.attn(block.ln1(x))
        expected = y + block.ffn(block.ln2(y))
    else:
        y = block.ln1(x + block.attn(x))
        expected = block.ln2(y + block.ffn(y))
    assert_close(block(x), expected)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("pre", [True, False])
def test_a_position_never_sees_a_later_token(style, pre):
    model, ids = small_model(style, pre_norm=pre), random_ids(2, 8)
    logits = model(ids)
    for t in range(8):
        changed = ids.clone()
        changed[:, t] = (changed[:, t] + 1) % 11
        moved = (model(changed) - logits).abs().amax((0, 2)) > 1e-9
        assert not moved[:t].any() and moved[t]


def test_logits_come_from_the_stream_through_the_final_norm_and_the_head():
    model, ids = small_model(), random_ids(2, 5)
    x = model.token_embeddings.weight[ids]
    for layer in model.layers:
        x = layer(x)
    x = x * (x.square().mean(-1, keepdim=True) + 1e-5).rsqrt()
    assert_close(model(ids), x @ model.lm_head.weight.T)


def test_learned_positions_tell_equal_tokens_apart():
    ids = torch.zeros(1, 4, dtype=torch.long)
    with_places, without = small_model(gpt2_style)(ids)[0], small_model(llama_style)(ids)[0]
    assert (with_places[0] - with_places[1]).abs().max() > 1e-3
    assert_close(without, without[:1].expand(4, 11))  # rotations only matter between tokens


def test_the_state_dict_has_the_agreed_names_and_shapes():
    shapes = {name: tuple(x.shape) for name, x in small_model(d_ff=20).state_dict().items()}
    expected = {"token_embeddings.weight": (11, 12), "ln_final.weight": (12,)}
    expected["lm_head.weight"] = (11, 12)
    for i in range(2):
        for part in "qkv":
            expected[f"layers.{i}.attn.{part}_proj.weight"] = (12, 12)
        expected[f"layers.{i}.attn.output_proj.weight"] = (12, 12)
        expected |= {f"layers.{i}.ln{n}.weight": (12,) for n in (1, 2)}
        expected |= {f"layers.{i}.ffn.w{n}.weight": (20, 12) for n in (1, 3)}
        expected[f"layers.{i}.ffn.w2.weight"] = (12, 20)
    assert shapes == expected


def test_a_gpt2_has_biases_and_learned_positions():
    names = set(small_model(gpt2_style).state_dict())
    assert {"position_embeddings.weight", "layers.0.attn.q_proj.bias", "ln_final.bias"} <= names
    assert "lm_head.bias" not in names and "layers.0.ffn.w3.weight" not in names


@pytest.mark.parametrize("style", STYLES)
def test_a_fresh_model_loses_as_much_as_the_spread_of_its_logits_predicts(style):
    V, D, T = 256, 64, 64
    fields = {"vocab_size": V, "context_length": T, "d_model": D, "num_layers": 2, "num_heads": 4}
    model = reset_parameters(TransformerLM(style(**fields)), seeded())
    ids, targets = torch.randint(V, (2, 16, T), generator=seeded(1))
    with torch.no_grad():
        loss = CrossEntropyLoss()(model(ids).flatten(0, 1), targets.flatten()).item()
    assert loss == pytest.approx(math.log(V) + D / (D + V), abs=0.12)


def test_a_model_whose_head_is_zero_loses_exactly_log_v():
    model = small_model()
    torch.nn.init.zeros_(model.lm_head.weight)
    loss = CrossEntropyLoss()(model(random_ids(2, 5)).flatten(0, 1), random_ids(2, 5, 1).flatten())
    assert loss.item() == pytest.approx(math.log(11), abs=1e-12)


def test_a_tied_head_has_no_weights_of_its_own_and_logits_of_a_bearable_size():
    model = small_model(tied=True, vocab_size=500, d_model=96)
    assert "lm_head.weight" not in model.state_dict()
    spread = model(random_ids(4, 8)).std().item()
    assert spread == pytest.approx(1, abs=0.15)  # undivided it would be sqrt(96), about 10


@pytest.mark.parametrize("style", STYLES)
def test_token_by_token_with_caches_equals_all_at_once(style):
    model, ids = small_model(style), random_ids(2, 8)
    caches = [KVCache() for _ in model.layers]
    parts = [model(part, caches=caches) for part in ids.split([3, 1, 4], dim=1)]
    assert_close(torch.cat(parts, dim=1), model(ids))


def test_a_mask_of_the_caller_stands_instead_of_the_causal_one():
    model, ids, changed = small_model(num_layers=1), random_ids(1, 5), random_ids(1, 5)
    changed[0, 4] = (changed[0, 4] + 1) % 11
    both_ways = torch.ones(5, 5, dtype=torch.bool)
    moved = model(changed, mask=both_ways) - model(ids, mask=both_ways)
    assert (moved.abs().amax(-1) > 1e-9).all()


def test_dropout_falls_on_the_embeddings_too_and_only_in_training():
    model, ids = small_model(dropout=0.5), random_ids(2, 5)
    for layer in model.layers:
        layer.dropout.p = 0
    model.dropout.generator = seeded()
    in_training = model(ids)
    assert (in_training - model.eval()(ids)).abs().max() > 1e-3
    assert_close(model(ids), small_model()(ids))


def test_a_window_longer_than_the_context_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"9 tokens.*context_length of 8"):
        small_model()(random_ids(1, 9))


def test_ids_without_a_batch_are_refused():
    with pytest.raises(ValueError, match=r"\(5,\).*\(B, T\)"):
        small_model()(random_ids(1, 5)[0])


def test_a_model_overfits_one_small_batch():
    model, ids = small_model(num_layers=1), random_ids(2, 8)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.03)
    for _ in range(25):
        loss = CrossEntropyLoss()(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1


def test_a_config_is_checked_and_cannot_be_changed():
    config = llama_style(**SMALL)
    assert TransformerLM(**SMALL).config == config == ModelConfig(**SMALL)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.d_model = 24


@pytest.mark.parametrize(
    "fields, message",
    [
        ({"d_model": 30, "num_heads": 4}, r"d_model \(30\).*try 28 or 32"),
        ({"d_model": 9}, r"d_model \(9\) / num_heads \(3\) = 3 is odd"),
        ({"num_layers": 0}, "num_layers is 0"),
        ({"norm": "batch"}, "norm is 'batch': choose one of"),
    ],
)
def test_sizes_and_choices_that_cannot_work_are_refused_with_a_cure(fields, message):
    with pytest.raises(ValueError, match=message):
        ModelConfig(**{**SMALL, **fields})
