# Built from course/g2c/transformer/block.py: write only between the fence lines.
"""Yours to write: how a layer adds to what flows through it. Given: one layer put together."""

from collections.abc import Callable

from torch import Tensor, nn

from g2c.attention import KVCache, MultiHeadAttention
from g2c.nn import Dropout
from g2c.transformer.activations import gelu, gelu_tanh
from g2c.transformer.config import ModelConfig
from g2c.transformer.feed_forward import FeedForward, SwiGLU
from g2c.transformer.norms import LayerNorm, RMSNorm

Function = Callable[[Tensor], Tensor]


def pre_norm(x: Tensor, norm: Function, sublayer: Function) -> Tensor:
    """The stream x plus what the sublayer says to the normed x; x itself passes untouched.

    Shapes: x (B, T, D) -> (B, T, D).
    Source: Xiong et al. 2020, figure 1 (b).
    """
    # ---- your code: transformer.pre_norm (about 1 line) ----
    raise NotImplementedError("transformer.pre_norm")
    # ---- end of your code ----


def post_norm(x: Tensor, norm: Function, sublayer: Function) -> Tensor:
    """The sum of x and what the sublayer says to it, normed.

    Shapes: x (B, T, D) -> (B, T, D).
    Source: Vaswani et al. 2017, section 3.1.
    """
    # ---- your code: transformer.post_norm (about 1 line) ----
    raise NotImplementedError("transformer.post_norm")
    # ---- end of your code ----


class TransformerBlock(nn.Module):
    """One layer: attention, where positions talk, then a feed-forward, where each thinks.

    Shapes: x (B, T, D) -> (B, T, D); the other arguments are those of MultiHeadAttention.
    Dropout, where the config asks for it, falls on what each of the two says.
    """

    def __init__(self, config: ModelConfig, rope: nn.Module | None = None, device=None, dtype=None):
        super().__init__()
        kinds = {"device": device, "dtype": dtype}
        self.arrange = pre_norm if config.pre_norm else post_norm
        self.ln1, self.ln2 = make_norm(config, **kinds), make_norm(config, **kinds)
        self.attn = MultiHeadAttention(
            config.d_model,
            config.num_heads,
            num_kv_heads=config.num_kv_heads,
            rope=rope,
            bias=config.bias,
            **kinds,
        )
        self.ffn = make_ffn(config, **kinds)
        self.dropout = Dropout(config.dropout)

    def forward(
        self,
        x: Tensor,
        token_positions: Tensor | None = None,
        mask: Tensor | None = None,
        cache: KVCache | None = None,
    ) -> Tensor:
        def attend(x: Tensor) -> Tensor:
            return self.dropout(self.attn(x, token_positions, mask, cache))

        def think(x: Tensor) -> Tensor:
            return self.dropout(self.ffn(x))

        x = self.arrange(x, self.ln1, attend)
        return self.arrange(x, self.ln2, think)


def make_norm(config: ModelConfig, **kinds) -> nn.Module:
    if config.norm == "layer":
        return LayerNorm(config.d_model, bias=config.bias, **kinds)
    return RMSNorm(config.d_model, **kinds)


def make_ffn(config: ModelConfig, **kinds) -> nn.Module:
    kinds["bias"] = config.bias
    if config.ffn == "swiglu":
        return SwiGLU(config.d_model, config.d_ff, **kinds)
    activation = gelu_tanh if config.ffn == "gelu_tanh" else gelu
    return FeedForward(config.d_model, config.d_ff, activation, **kinds)
