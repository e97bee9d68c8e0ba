"""Module 09, Transformer: norms, feed-forward layers and attention become a language model.

Yours, in this order, in g2c/transformer/:
1. transformer.layer_norm      mean 0, mean square 1                 (norms.py)
2. transformer.rms_norm        mean square 1                         (norms.py)
3. transformer.gelu            a smooth relu                         (activations.py)
4. transformer.gelu_tanh       its approximation                     (activations.py)
5. transformer.silu            a simpler one                         (activations.py)
6. transformer.feed_forward    wide and narrow again                 (feed_forward.py)
7. transformer.swiglu          the same with a gate                  (feed_forward.py)
8. transformer.pre_norm        a sublayer beside the stream          (block.py)
9. transformer.post_norm       a sublayer as the first paper has it  (block.py)
10. transformer.transformer_lm  from ids to logits                   (lm.py)

Given: ModelConfig and its two styles, all constructors, the block, the checks of what comes in,
and a ledger of memory. Their tests stand first and pass before you have written anything.
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
    sizes_at_peak,
    swiglu_width,
)

torch.set_num_threads(1)  # on tensors this small, threads mostly wait for each other

FLOAT64 = {"dtype": torch.float64}
SMALL = {"vocab_size": 11, "context_length": 8, "d_model": 12, "num_layers": 2, "num_heads": 3}
STYLES = [llama_style, gpt2_style]
LEADS = [(), (5,), (2, 3), (2, 1, 3)]  # what may stand in front of the D entries of a vector
HALVES = [torch.float16, torch.bfloat16]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=seeded(seed), **FLOAT64)


def random_ids(B, T, seed=0):
    return torch.randint(SMALL["vocab_size"], (B, T), generator=seeded(seed))


def small_model(style=llama_style, **fields):
    return reset_parameters(TransformerLM(style(**{**SMALL, **fields}), **FLOAT64), seeded())


def shuffled(module):
    """The module with random numbers for every parameter, also where 1 or 0 is the start."""
    for seed, parameter in enumerate(module.parameters()):
        parameter.data.copy_(randn(*parameter.shape, seed=seed) / 2)
    return module


def values_and_gradients(function, x, parameters=()):
    """The result, and the gradients of a fixed random mix of its entries."""
    x = x.clone().requires_grad_()
    out = function(x)
    mix = (out * randn(*out.shape, seed=9)).sum()
    return out.detach(), *torch.autograd.grad(mix, [x, *parameters])


def activations():
    return torch.cat((torch.linspace(-1000, 1000, 25, **FLOAT64), 2 * randn(50)))


def assert_rounded_once(ours, exact, size):
    """`ours`, in a half precision, differs from `exact` by one rounding of `size` at most."""
    error = (ours.double() - exact).abs() / size
    assert error.max() <= torch.finfo(ours.dtype).eps


# ---- given: the configuration, the sizes, and what is refused ----


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
        ({"num_kv_heads": 2}, r"num_heads \(3\).*num_kv_heads \(2\)"),
        ({"num_layers": 0}, "num_layers is 0"),
        ({"dropout": 1.0}, r"dropout is 1\.0"),
        ({"norm": "batch"}, "norm is 'batch': choose one of"),
    ],
)
def test_sizes_and_choices_that_cannot_work_are_refused_with_a_cure(fields, message):
    with pytest.raises(ValueError, match=message):
        ModelConfig(**{**SMALL, **fields})


@pytest.mark.parametrize("d_model, d_ff", [(512, 1344), (768, 2048), (1600, 4288), (8, 64)])
def test_the_width_of_a_gate_is_the_multiple_of_64_nearest_to_8_thirds(d_model, d_ff):
    assert swiglu_width(d_model) == d_ff == SwiGLU(d_model, device="meta").w2.in_features


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


def test_rope_theta_reaches_the_rotations_of_every_layer():
    for layer in small_model(rope_theta=100.0).layers:
        angles = torch.tensor([1.0, 100**-0.5], **FLOAT64)  # of position 1: d_head is 4
        assert_close(layer.attn.rope.cos[1], angles.cos())


def test_embeddings_and_head_share_their_weights_only_where_tied_asks_for_it():
    apart, tied = small_model(), small_model(tied=True)
    assert apart.lm_head.weight.data_ptr() != apart.token_embeddings.weight.data_ptr()
    assert "lm_head.weight" not in tied.state_dict()


def test_a_window_longer_than_the_context_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match=r"9 tokens.*context_length of 8"):
        small_model()(random_ids(1, 9))


def test_a_window_counts_together_with_what_is_cached():
    caches = [KVCache() for _ in range(2)]
    for cache in caches:
        cache.append(torch.zeros(1, 3, 6, 4), torch.zeros(1, 3, 6, 4))
    with pytest.raises(ValueError, match="9 tokens .6 of them cached.*context_length of 8"):
        small_model()(random_ids(1, 3), caches=caches)


def test_ids_without_a_batch_are_refused():
    with pytest.raises(ValueError, match=r"\(5,\).*\(B, T\)"):
        small_model()(random_ids(1, 5)[0])


def test_each_layer_needs_a_cache_of_its_own():
    with pytest.raises(ValueError, match="1 caches.*2 layers"):
        small_model()(random_ids(1, 5), caches=[KVCache()])


def test_the_peak_is_the_largest_sum_of_what_lives_at_the_same_time():
    x = torch.zeros(1000)  # 4,000 bytes; there before, so it does not count

    def compute():
        kept = x.view(10, 100).T + 1  # a view has no memory of its own
        halves = [kept[:, :5] * 2 for _ in range(2)]
        del kept
        return halves[0].sum()

    assert sizes_at_peak(compute) == [4000, 2000, 2000]


# ---- yours: transformer.layer_norm ----


def test_layer_norm_by_hand():
    x = torch.tensor([[1.0, 3.0, 1.0, 3.0]])  # mean 2, variance 1: divided by 4, not by 3
    assert_close(LayerNorm(4, eps=0)(x), torch.tensor([[-1.0, 1.0, -1.0, 1.0]]))


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_layer_norm_agrees_with_torch_in_values_and_gradients(lead, eps):
    ours, x = shuffled(LayerNorm(7, eps, bias=True, **FLOAT64)), randn(*lead, 7)
    judge = torch.nn.LayerNorm(7, eps, **FLOAT64)
    judge.load_state_dict(ours.state_dict())
    expected = values_and_gradients(judge, x, judge.parameters())
    assert_close(values_and_gradients(ours, x, ours.parameters()), expected)


def test_layer_norm_looks_at_one_position_at_a_time():
    norm, x = LayerNorm(6, **FLOAT64), randn(2, 5, 6)
    apart = torch.stack([norm(x[:, t]) for t in range(5)], dim=1)
    assert_close(norm(x), apart)


def test_layer_norm_of_equal_entries_is_zero_and_has_a_gradient():
    out, gradient = values_and_gradients(LayerNorm(4, **FLOAT64), torch.full((3, 4), 2.0).double())
    assert not out.any() and gradient.isfinite().all()


@pytest.mark.parametrize("dtype", HALVES)
def test_layer_norm_computes_in_float32_and_returns_the_dtype_it_got(dtype):
    x = torch.tensor([[300.0, -300.0, 300.0, -300.0]], dtype=dtype)  # 300 squared is no float16
    assert_close(LayerNorm(4)(x), torch.tensor([[1, -1, 1, -1]], dtype=dtype))
    x = randn(3, 5).to(dtype)
    exact = LayerNorm(5, **FLOAT64)(x.double())
    assert_rounded_once(LayerNorm(5, dtype=dtype)(x), exact, exact.abs())


# ---- yours: transformer.rms_norm ----


def test_rms_norm_by_hand():
    x = torch.tensor([[1.0, 7.0, 5.0, 5.0]])  # mean square 25; the mean of 4.5 stays in
    assert_close(RMSNorm(4, eps=0)(x), x / 5)


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_rms_norm_agrees_with_torch_in_values_and_gradients(lead, eps):
    ours, x = shuffled(RMSNorm(7, eps, **FLOAT64)), randn(*lead, 7)
    judge = torch.nn.RMSNorm(7, eps, **FLOAT64)
    judge.load_state_dict(ours.state_dict())
    expected = values_and_gradients(judge, x, judge.parameters())
    assert_close(values_and_gradients(ours, x, ours.parameters()), expected)


def test_rms_norm_looks_at_one_position_at_a_time():
    norm, x = RMSNorm(6, **FLOAT64), randn(2, 5, 6)
    apart = torch.stack([norm(x[:, t]) for t in range(5)], dim=1)
    assert_close(norm(x), apart)


def test_rms_norm_of_zeros_is_zero_and_has_a_gradient():
    out, gradient = values_and_gradients(RMSNorm(4, **FLOAT64), torch.zeros(3, 4, **FLOAT64))
    assert not out.any() and gradient.isfinite().all()


@pytest.mark.parametrize("dtype", HALVES)
def test_rms_norm_computes_in_float32_and_returns_the_dtype_it_got(dtype):
    x = torch.tensor([[300.0, -300.0, 300.0, -300.0]], dtype=dtype)
    assert_close(RMSNorm(4)(x), torch.tensor([[1, -1, 1, -1]], dtype=dtype))
    x = randn(3, 5).to(dtype)
    exact = RMSNorm(5, **FLOAT64)(x.double())
    assert_rounded_once(RMSNorm(5, dtype=dtype)(x), exact, exact.abs())


# ---- yours: transformer.gelu ----


def test_gelu_agrees_with_torch_in_values_and_gradients():
    x = activations()
    assert_close(values_and_gradients(gelu, x), values_and_gradients(oracle.gelu, x))


@pytest.mark.parametrize("dtype", HALVES)
def test_gelu_of_half_precision_is_as_good_as_a_rounding_of_x(dtype):
    x = torch.linspace(-8, 8, 200).to(dtype)
    assert_rounded_once(gelu(x), oracle.gelu(x.double()), x.double().abs())


# ---- yours: transformer.gelu_tanh ----


def test_gelu_tanh_agrees_with_torch_in_values_and_gradients():
    x, judge = activations(), torch.nn.GELU(approximate="tanh")
    assert_close(values_and_gradients(gelu_tanh, x), values_and_gradients(judge, x))


def test_the_approximation_of_gelu_is_off_by_less_than_0_0005():
    x = torch.linspace(-8, 8, 1001, **FLOAT64)
    assert 0 < (gelu(x) - gelu_tanh(x)).abs().max() < 0.0005


@pytest.mark.parametrize("dtype", HALVES)
def test_gelu_tanh_of_half_precision_is_as_good_as_a_rounding_of_x(dtype):
    x = torch.linspace(-8, 8, 200).to(dtype)
    exact = oracle.gelu(x.double(), approximate="tanh")
    assert_rounded_once(gelu_tanh(x), exact, x.double().abs())


# ---- yours: transformer.silu ----


def test_silu_agrees_with_torch_in_values_and_gradients():
    x = activations()
    assert_close(values_and_gradients(silu, x), values_and_gradients(oracle.silu, x))


@pytest.mark.parametrize("dtype", HALVES)
def test_silu_of_half_precision_is_as_good_as_a_rounding_of_x(dtype):
    x = torch.linspace(-8, 8, 200).to(dtype)
    assert_rounded_once(silu(x), oracle.silu(x.double()), x.double().abs())


# ---- yours: transformer.feed_forward ----


@pytest.mark.parametrize("lead", LEADS)
def test_feed_forward_agrees_with_torch_in_values_and_gradients(lead):
    ours, x = shuffled(FeedForward(6, 10, bias=True, **FLOAT64)), randn(*lead, 6)
    layers = [torch.nn.Linear(6, 10), torch.nn.GELU(), torch.nn.Linear(10, 6)]
    judge = torch.nn.Sequential(*layers).double()
    for parameter, value in zip(judge.parameters(), ours.parameters(), strict=True):
        parameter.data.copy_(value)
    expected = values_and_gradients(judge, x, judge.parameters())
    assert_close(values_and_gradients(ours, x, ours.parameters()), expected)


def test_feed_forward_uses_the_activation_it_was_given():
    ours, x = shuffled(FeedForward(6, 10, torch.tanh, **FLOAT64)), randn(2, 3, 6)
    assert_close(ours(x), (x @ ours.w1.weight.T).tanh() @ ours.w2.weight.T)


# ---- yours: transformer.swiglu ----


@pytest.mark.parametrize("lead", LEADS)
def test_swiglu_agrees_with_its_equation_in_values_and_gradients(lead):
    ours, x = shuffled(SwiGLU(6, 10, bias=True, **FLOAT64)), randn(*lead, 6)

    def judge(x):
        gate, other = (oracle.linear(x, w.weight, w.bias) for w in (ours.w1, ours.w3))
        return oracle.linear(oracle.silu(gate) * other, ours.w2.weight, ours.w2.bias)

    expected = values_and_gradients(judge, x, ours.parameters())
    assert_close(values_and_gradients(ours, x, ours.parameters()), expected)


# ---- yours: transformer.pre_norm, transformer.post_norm ----


def block_and_judge(pre):
    """A block, and the layer of torch with the same weights; both are causal for 5 positions."""
    fields = {**SMALL, "d_model": 6, "d_ff": 10, "norm": "layer", "ffn": "gelu", "bias": True}
    ours = TransformerBlock(ModelConfig(**fields, pre_norm=pre), **FLOAT64)
    judge = torch.nn.TransformerEncoderLayer(
        6, 3, 10, dropout=0, activation="gelu", batch_first=True, norm_first=pre, **FLOAT64
    )
    for parameter, value in zip(judge.parameters(), packed(shuffled(ours)), strict=True):
        parameter.data.copy_(value)
    future = torch.ones(5, 5, dtype=torch.bool).triu(1)  # torch's masks say who must NOT look
    return ours, judge, lambda x: judge(x, src_mask=future)


def packed(block, of=lambda parameter: parameter):
    """The parameters of a block in torch's order, where one matrix holds q, k and v."""
    attn, ffn = block.attn, block.ffn
    for name in ("weight", "bias"):
        yield torch.cat([of(getattr(p, name)) for p in (attn.q_proj, attn.k_proj, attn.v_proj)])
    for part in (attn.output_proj, ffn.w1, ffn.w2, block.ln1, block.ln2):
        yield from (of(part.weight), of(part.bias))


def assert_agrees_with_torch(pre):
    ours, judge, judged = block_and_judge(pre)
    x = randn(2, 5, 6)
    out, *expected = values_and_gradients(judged, x, judge.parameters())
    parameters = list(ours.parameters())
    ours_out, of_x, *gradients = values_and_gradients(ours, x, parameters)
    by_parameter = dict(zip(parameters, gradients, strict=True))
    assert_close(ours_out, out)
    assert_close([of_x, *packed(ours, by_parameter.get)], expected)


def test_pre_norm_lets_the_stream_through():
    x, double, add_one = torch.tensor([1.0, 2.0]), (lambda x: 2 * x), (lambda x: x + 1)
    assert_close(pre_norm(x, norm=double, sublayer=add_one), torch.tensor([4.0, 7.0]))


def test_a_silent_sublayer_leaves_the_stream_as_it_is():
    x = randn(2, 5, 6)
    assert torch.equal(pre_norm(x, LayerNorm(6, **FLOAT64), torch.zeros_like), x)


def test_a_pre_norm_block_agrees_with_torch_in_values_and_gradients():
    assert_agrees_with_torch(pre=True)


def test_post_norm_norms_the_sum():
    x, double, add_one = torch.tensor([1.0, 2.0]), (lambda x: 2 * x), (lambda x: x + 1)
    assert_close(post_norm(x, norm=double, sublayer=add_one), torch.tensor([6.0, 10.0]))


def test_a_post_norm_block_agrees_with_torch_in_values_and_gradients():
    assert_agrees_with_torch(pre=False)


@pytest.mark.parametrize("pre", [True, False])
def test_a_llama_block_is_attention_and_then_a_feed_forward(pre):
    block = shuffled(TransformerBlock(llama_style(**SMALL, pre_norm=pre), **FLOAT64))
    x = randn(2, 5, 12)
    if pre:
        y = x + block.attn(block.ln1(x))
        expected = y + block.ffn(block.ln2(y))
    else:
        y = block.ln1(x + block.attn(x))
        expected = block.ln2(y + block.ffn(y))
    assert_close(block(x), expected)


# ---- yours: transformer.transformer_lm ----


@pytest.mark.parametrize("style", STYLES)
def test_logits_come_from_the_stream_through_the_final_norm_and_the_head(style):
    model, ids = shuffled(small_model(style)), random_ids(2, 5)
    x = model.token_embeddings.weight[ids]
    if style is gpt2_style:
        x = x + model.position_embeddings.weight[:5]
    for layer in model.layers:
        x = layer(x)
    norm = model.ln_final
    if style is gpt2_style:
        x = oracle.layer_norm(x, (12,), norm.weight, norm.bias, 1e-5)
    else:
        x = oracle.rms_norm(x, (12,), norm.weight, 1e-5)
    assert_close(model(ids), x @ model.lm_head.weight.T)


def test_without_a_final_norm_the_head_reads_the_last_layer():
    model, ids = small_model(pre_norm=False), random_ids(2, 5)
    x = model.token_embeddings.weight[ids]
    for layer in model.layers:
        x = layer(x)
    assert model.ln_final is None  # the last post-norm has normed already
    assert_close(model(ids), x @ model.lm_head.weight.T)


def test_learned_positions_tell_equal_tokens_apart():
    ids = torch.zeros(1, 4, dtype=torch.long)
    with_places, without = small_model(gpt2_style)(ids)[0], small_model(llama_style)(ids)[0]
    assert (with_places[0] - with_places[1]).abs().max() > 1e-3
    assert_close(without, without[:1].expand(4, 11))  # rotations only matter between tokens


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


@pytest.mark.parametrize("style", STYLES)
def test_every_parameter_learns_but_for_the_bias_of_keys_that_softmax_does_not_see(style):
    model = small_model(style)
    model(random_ids(3, 8)).square().sum().backward()
    for name, parameter in model.named_parameters():
        largest = parameter.grad.abs().max()
        # It adds the same number to all scores of a query.
        assert largest < 1e-9 if name.endswith("k_proj.bias") else largest > 1e-3


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


def test_a_tied_head_gives_logits_of_a_bearable_size():
    model = small_model(tied=True, vocab_size=500, d_model=96)
    spread = model(random_ids(4, 8)).std().item()
    assert spread == pytest.approx(1, abs=0.15)  # undivided it would be sqrt(96), about 10


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("dtype", HALVES)
def test_a_model_in_half_precision_gives_nearly_the_same_logits_in_its_own_dtype(style, dtype):
    model, ids = small_model(style), random_ids(2, 7)
    exact = model(ids).detach()
    logits = model.to(dtype)(ids)
    assert logits.dtype == dtype
    assert (logits.double() - exact).abs().max() < 10 * torch.finfo(dtype).eps * exact.abs().max()


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


def test_a_model_overfits_one_small_batch():
    model, ids = small_model(num_layers=1), random_ids(2, 8)
    parameters = list(model.parameters())
    for _ in range(25):
        loss = CrossEntropyLoss()(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        for parameter, gradient in zip(
            parameters, torch.autograd.grad(loss, parameters), strict=True
        ):
            parameter.data -= 0.5 * gradient
    assert loss.item() < 0.1
