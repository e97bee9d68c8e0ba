"""Calls that tell the known mistakes in `g2c.transformer` apart; see course/probes/tensors.py."""

from functools import partial

import torch

from g2c import transformer
from g2c.attention import KVCache
from g2c.transformer import lm, norms
from noteboosh.probing import filled, leaf, numbers

IDS = torch.tensor([[0, 6, 1, 3], [5, 2, 2, 4]])


def layer_norm():
    yield from _normed(transformer.LayerNorm)


def rms_norm():
    yield from _normed(transformer.RMSNorm)


def _normed(norm):
    yield filled(norm(5)), leaf(2, 3, 5, seed=2)
    yield filled(norm(3)), leaf(3, seed=2)
    for size in (1e-3, 100.0):  # where eps weighs as much as the variance, and where it is nothing
        yield filled(norm(4)), (size * numbers(2, 4, seed=2)).requires_grad_()


def gelu():
    yield from _points(transformer.gelu)


def gelu_tanh():
    yield from _points(transformer.gelu_tanh)


def silu():
    yield from _points(transformer.silu)


def _points(function):
    yield function, leaf(2, 3)
    for point in (-1000.0, -2.2, 0.0, 2.7, 1000.0):
        yield function, torch.tensor([point], dtype=torch.float64, requires_grad=True)


def feed_forward():
    for bias in (False, True):
        ffn = transformer.FeedForward(3, 3, lambda x: torch.tanh(x) + x * x, bias=bias)
        yield filled(ffn), leaf(2, 4, 3, seed=5)


def swiglu():
    for bias in (False, True):
        yield filled(transformer.SwiGLU(3, 5, bias=bias)), leaf(2, 4, 3, seed=6)


def pre_norm():
    yield transformer.pre_norm, leaf(2, 3, 4), _norm, _sublayer
    yield transformer.pre_norm, leaf(1, 2, 2), _sublayer, _norm


def post_norm():
    yield transformer.post_norm, leaf(2, 3, 4), _norm, _sublayer
    yield transformer.post_norm, leaf(1, 2, 2), _sublayer, _norm


def _norm(x):
    return torch.tanh(x) + 0.5


def _sublayer(x):
    return x * x - x.flip(-1)


def transformer_lm():
    for model in _models():
        yield model, IDS
        yield model, IDS[:, :3], torch.tensor([5, 0, 2])
        mask = torch.tensor([[1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 1, 1]]).bool()
        yield model, IDS, None, mask
        yield (partial(_continued, model),)
        model.dropout = Double()  # visible, and not a matter of chance
        yield model, IDS


def _models():
    sizes = {"vocab_size": 7, "context_length": 6, "d_model": 4, "num_layers": 2, "num_heads": 2}
    for style in (
        {"d_ff": 3}, {"d_ff": 3, "positions": "learned"}, {"ffn": "gelu", "pre_norm": False},
        {"d_ff": 3, "tied": True},
    ):  # fmt: skip
        yield filled(transformer.TransformerLM(**sizes, **style))


def _continued(model):
    """The logits of the second half, of which the first is cached."""
    caches = [KVCache(), KVCache()]
    model(IDS[:, :2], caches=caches)
    return model(IDS[:, 2:], caches=caches)


class Double(torch.nn.Module):
    def forward(self, x):
        return 2 * x


# ---- the given functions ----


def at_least_float32():
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        yield norms.at_least_float32, numbers(2, 3).to(dtype)


def swiglu_width():
    for d_model in (8, 20, 100, 512, 768, 1600):
        yield transformer.swiglu_width, d_model


def check_window():
    for start, T in ((0, 3), (0, 6), (0, 7), (4, 2), (4, 3), (6, 1)):
        yield lm.check_window, torch.zeros(2, T, dtype=torch.int64), start, 6
    yield lm.check_window, torch.zeros(3, dtype=torch.int64), 0, 6


def make_positions():
    for theta in (10000.0, 50.0):
        yield _turned, theta


def _turned(theta):
    sizes = {"vocab_size": 7, "context_length": 6, "d_model": 8, "num_layers": 1, "num_heads": 2}
    _, rope = lm.make_positions(transformer.ModelConfig(**sizes, rope_theta=theta))
    return rope.cos


def TransformerLM_head():
    for model in _models():
        yield model.head, leaf(2, 3, 4)


def TransformerBlock_forward():
    for style in ({}, {"pre_norm": False, "norm": "layer", "bias": True}):
        model = transformer.TransformerLM(
            vocab_size=7, context_length=6, d_model=4, num_layers=1, num_heads=2, d_ff=3, **style
        )
        yield filled(model.layers[0]), leaf(2, 4, 4)
