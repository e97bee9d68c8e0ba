"""The whole model against GPT-2 and Llama as the `transformers` library has them, in float64.

Both models get the same random weights, and must give the same logits and the same gradient of
every parameter. `from_gpt2` and `from_llama` say how the library's tensors become ours; a gradient
is mapped like the weight it belongs to.
"""

import importlib
import math
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.testing import assert_close

library = pytest.importorskip(
    "transformers", reason="`transformers` is not installed: pip install -e '.[authors]'"
)

ROOT = Path(__file__).resolve().parents[2]
Tensors = dict[str, Tensor]  # by the names of a state dict

# ---- how the library's tensors become ours ----


def from_gpt2(theirs: Tensors, tied: bool = False) -> Tensors:
    """Our tensors for those of a `GPT2LMHeadModel`, for weights as for gradients.

    Its layers multiply `x @ weight`, so every matrix is (in, out); q, k and v are one.
    """
    ours = {
        "token_embeddings.weight": theirs["transformer.wte.weight"],
        "position_embeddings.weight": theirs["transformer.wpe.weight"],
        "ln_final.weight": theirs["transformer.ln_f.weight"],
        "ln_final.bias": theirs["transformer.ln_f.bias"],
    }
    if not tied:
        ours["lm_head.weight"] = theirs["lm_head.weight"]
    for i in _layers(theirs, "transformer.h"):
        there, here = f"transformer.h.{i}", f"layers.{i}"
        for kind in ("weight", "bias"):
            joined = theirs[f"{there}.attn.c_attn.{kind}"]  # (D, 3 D) or (3 D,)
            for part, columns in zip("qkv", joined.chunk(3, dim=-1), strict=True):
                ours[f"{here}.attn.{part}_proj.{kind}"] = columns
            ours[f"{here}.attn.output_proj.{kind}"] = theirs[f"{there}.attn.c_proj.{kind}"]
            ours[f"{here}.ffn.w1.{kind}"] = theirs[f"{there}.mlp.c_fc.{kind}"]
            ours[f"{here}.ffn.w2.{kind}"] = theirs[f"{there}.mlp.c_proj.{kind}"]
            ours[f"{here}.ln1.{kind}"] = theirs[f"{there}.ln_1.{kind}"]
            ours[f"{here}.ln2.{kind}"] = theirs[f"{there}.ln_2.{kind}"]
    inside = {name for name in ours if name.startswith("layers.")}
    return {name: x.T if name in inside and x.ndim == 2 else x for name, x in ours.items()}


def from_llama(theirs: Tensors, d_head: int) -> Tensors:
    """Our tensors for those of a `LlamaForCausalLM`, for weights as for gradients."""
    ours = {
        "token_embeddings.weight": theirs["model.embed_tokens.weight"],
        "lm_head.weight": theirs["lm_head.weight"],
        "ln_final.weight": theirs["model.norm.weight"],
    }
    names = {
        "attn.v_proj": "self_attn.v_proj",
        "attn.output_proj": "self_attn.o_proj",
        "ffn.w1": "mlp.gate_proj",
        "ffn.w3": "mlp.up_proj",
        "ffn.w2": "mlp.down_proj",
        "ln1": "input_layernorm",
        "ln2": "post_attention_layernorm",
    }
    for i in _layers(theirs, "model.layers"):
        for name, their_name in names.items():
            ours[f"layers.{i}.{name}.weight"] = theirs[f"model.layers.{i}.{their_name}.weight"]
        for part in "qk":
            rows = theirs[f"model.layers.{i}.self_attn.{part}_proj.weight"]
            ours[f"layers.{i}.attn.{part}_proj.weight"] = neighbours(rows, d_head)
    return ours


def neighbours(rows: Tensor, d_head: int) -> Tensor:
    """The rows of a q or k projection, in each head with every pair side by side.

    The library turns entry j of a head together with entry j + K/2, we turn 2j with 2j + 1.
    Shapes: rows (H * K, D) -> (H * K, D).
    """
    halves = rows.unflatten(0, (-1, 2, d_head // 2))  # (H, 2, K / 2, D)
    return halves.transpose(1, 2).reshape(rows.shape)


def _layers(theirs: Tensors, above: str) -> range:
    depth = above.count(".") + 1
    return range(1 + max(int(n.split(".")[depth]) for n in theirs if n.startswith(f"{above}.")))


# ---- the two models ----


class Float64(TorchFunctionMode):
    """Lets the library compute in float64 where it asks for float32, as in Llama's norm."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        wider = {torch.float32: torch.float64}
        args = [wider.get(x, x) if isinstance(x, torch.dtype) else x for x in args]
        kwargs = {
            name: wider.get(x, x) if isinstance(x, torch.dtype) else x
            for name, x in (kwargs or {}).items()
        }
        return (torch.Tensor.double if func is torch.Tensor.float else func)(*args, **kwargs)


@pytest.fixture(scope="module")
def ours() -> Iterator:
    """`g2c.transformer` of the reference, whatever stands in the checkout's own `g2c`."""
    mine = [name for name in sys.modules if name.partition(".")[0] == "g2c"]
    before = {name: sys.modules.pop(name) for name in mine}
    sys.path.insert(0, str(ROOT / "course"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = importlib.import_module("g2c.transformer")
        assert Path(found.__file__).is_relative_to(ROOT / "course")
        yield found
    finally:
        torch.set_num_threads(threads)
        sys.path.remove(str(ROOT / "course"))
        for name in [name for name in sys.modules if name.partition(".")[0] == "g2c"]:
            del sys.modules[name]
        sys.modules |= before


def filled(model: torch.nn.Module) -> torch.nn.Module:
    """With random numbers for every parameter, also where the library starts with 1 or 0."""
    generator = torch.Generator().manual_seed(0)
    for parameter in model.parameters():
        parameter.data.normal_(0, 0.4, generator=generator)
    return model


def loss_of(logits: Tensor) -> Tensor:
    """A fixed random mix of all logits, so that every one of them sends a gradient back."""
    generator = torch.Generator().manual_seed(1)
    mix = torch.randn(logits.shape, generator=generator, dtype=torch.float64)
    return (logits * mix).sum() + logits.logsumexp(-1).sum()


def gradients(model: torch.nn.Module) -> Tensors:
    return {name: parameter.grad for name, parameter in model.named_parameters()}


def random_ids(V: int, B: int, T: int) -> Tensor:
    return torch.randint(V, (B, T), generator=torch.Generator().manual_seed(B * T))


def gpt2(V, T, D, L, H, F, tied):
    config = library.GPT2Config(
        vocab_size=V, n_positions=T, n_embd=D, n_layer=L, n_head=H, n_inner=F,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
        tie_word_embeddings=tied, attn_implementation="eager",
    )  # fmt: skip
    with Float64():
        return filled(library.GPT2LMHeadModel(config).double())


def llama(V, T, D, L, H, groups, F, theta):
    config = library.LlamaConfig(
        vocab_size=V, max_position_embeddings=T, hidden_size=D, num_hidden_layers=L,
        num_attention_heads=H, num_key_value_heads=groups, intermediate_size=F,
        rope_theta=theta, rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=0,
        tie_word_embeddings=False, attn_implementation="eager",
    )  # fmt: skip
    with Float64():  # also the frequencies of the rotations are computed when it is made
        return filled(library.LlamaForCausalLM(config).double())


def assert_equal_logits_and_gradients(model, theirs, translate, ids, scale=1.0):
    """With `scale` before our logits; each tensor is compared to 1e-11 of its largest entry."""
    model.load_state_dict(translate(theirs.state_dict()))
    with Float64():
        expected = theirs(ids).logits
    logits = scale * model(ids)
    assert_close(logits, expected, rtol=0, atol=1e-11 * expected.abs().max().item())
    loss_of(logits).backward()
    loss_of(expected).backward()
    found, wanted = gradients(model), translate(gradients(theirs))
    assert found.keys() == wanted.keys()
    largest = {name: gradient.abs().max().item() for name, gradient in wanted.items()}
    for name, gradient in wanted.items():
        size = largest[name]
        if name.endswith("k_proj.bias"):  # adds the same to all scores of a query: its slope is 0
            size = largest[name.replace("k_proj", "q_proj")]
            assert largest[name] < 1e-11 * size
        assert size > 0, f"{name} has no part in the loss, so nothing was compared"
        assert_close(found[name], gradient, rtol=0, atol=1e-11 * size, msg=f"gradient of {name}")


# ---- what must agree ----


# B, T, H, K, L, F: all different, and D = H * K
GPT2_SIZES = [(2, 7, 3, 4, 1, 10), (4, 9, 1, 5, 2, 6), (1, 2, 5, 3, 3, 8)]


@pytest.mark.parametrize("B, T, H, K, L, F", GPT2_SIZES)
def test_a_gpt2_has_the_logits_and_gradients_of_the_library(ours, B, T, H, K, L, F):
    V, context, D = 11, 9, H * K
    theirs = gpt2(V, context, D, L, H, F, tied=False)
    config = ours.gpt2_style(
        vocab_size=V, context_length=context, d_model=D, num_layers=L, num_heads=H, d_ff=F
    )
    model = ours.TransformerLM(config, dtype=torch.float64)
    assert_equal_logits_and_gradients(model, theirs, from_gpt2, random_ids(V, B, T))


@pytest.mark.parametrize("B, T, H, K, L, F", GPT2_SIZES[:2])
def test_a_tied_gpt2_agrees_once_our_division_by_sqrt_d_is_undone(ours, B, T, H, K, L, F):
    V, context, D = 11, 9, H * K
    theirs = gpt2(V, context, D, L, H, F, tied=True)
    config = ours.gpt2_style(
        vocab_size=V, context_length=context, d_model=D, num_layers=L, num_heads=H, d_ff=F,
        tied=True,
    )  # fmt: skip
    model = ours.TransformerLM(config, dtype=torch.float64)
    translate = partial(from_gpt2, tied=True)
    ids, scale = random_ids(V, B, T), math.sqrt(D)
    assert_equal_logits_and_gradients(model, theirs, translate, ids, scale)


# B, T, H, groups, K, L, F and theta
@pytest.mark.parametrize(
    "B, T, H, groups, K, L, F, theta",
    [
        (2, 7, 3, 3, 4, 1, 10, 10000.0),  # a key for each query
        (3, 5, 6, 2, 8, 2, 9, 500.0),  # grouped queries
        (1, 9, 4, 1, 2, 3, 7, 10000.0),  # one key for all
    ],
)
def test_a_llama_has_the_logits_and_gradients_of_the_library(ours, B, T, H, groups, K, L, F, theta):
    V, context, D = 11, 9, H * K
    theirs = llama(V, context, D, L, H, groups, F, theta)
    config = ours.llama_style(
        vocab_size=V, context_length=context, d_model=D, num_layers=L, num_heads=H,
        num_kv_heads=groups, d_ff=F, rope_theta=theta,
    )  # fmt: skip
    model = ours.TransformerLM(config, dtype=torch.float64)
    translate = partial(from_llama, d_head=K)
    assert_equal_logits_and_gradients(model, theirs, translate, random_ids(V, B, T))


def test_pairs_that_lie_half_a_head_apart_become_neighbours():
    rows = torch.arange(12)[:, None]  # two heads of six rows: pairs 0-3, 1-4, 2-5 and so on
    assert neighbours(rows, 6).flatten().tolist() == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]
