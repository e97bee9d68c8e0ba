# Given. Built from course/g2c/transformer/config.py: there is nothing to write here.
"""Given, complete: all the choices that make one transformer different from another."""

from dataclasses import dataclass

from g2c.attention.heads import check_heads

CHOICES = {
    "norm": ("rms", "layer"),
    "ffn": ("swiglu", "gelu", "gelu_tanh"),
    "positions": ("rope", "learned", "sinusoidal"),
}


@dataclass(frozen=True)
class ModelConfig:
    """The sizes and choices of a TransformerLM; checked when made, never changed after.

    `num_kv_heads=None` means num_heads; `d_ff=None` means 4 D, for swiglu `swiglu_width(D)`.
    `tied=True` uses the token embeddings as the last layer, see TransformerLM.
    Raises: ValueError for sizes that do not fit together, with a cure.
    """

    vocab_size: int
    context_length: int
    d_model: int
    num_layers: int
    num_heads: int
    num_kv_heads: int | None = None
    d_ff: int | None = None
    rope_theta: float = 10000.0
    norm: str = "rms"
    ffn: str = "swiglu"
    positions: str = "rope"
    pre_norm: bool = True
    bias: bool = False
    tied: bool = False
    dropout: float = 0.0

    def __post_init__(self):
        for name in ("vocab_size", "context_length", "num_layers", "d_ff"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is {value}: give 1 or more")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout}: give a probability from 0 to below 1")
        groups = self.num_heads if self.num_kv_heads is None else self.num_kv_heads
        check_heads(self.d_model, self.num_heads, groups)
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}: choose one of {choices}")
        if self.positions == "rope" and self.d_head % 2:
            raise ValueError(
                f"d_model ({self.d_model}) / num_heads ({self.num_heads}) = {self.d_head} is odd, "
                "but rope turns pairs: use sizes that make it even"
            )

    @property
    def d_head(self) -> int:
        return self.d_model // self.num_heads


def gpt2_style(**fields) -> ModelConfig:
    """LayerNorm, GELU by tanh, learned positions, biases; any field given wins.

    Source: Radford et al. 2019, section 2.3. The head is untied here unless you say `tied=True`.
    """
    style = {"norm": "layer", "ffn": "gelu_tanh", "positions": "learned", "bias": True}
    return ModelConfig(**{**style, **fields})


def llama_style(**fields) -> ModelConfig:
    """RMSNorm, SwiGLU, rotary positions, no biases; any field given wins.

    Source: Touvron et al. 2023, section 2.2.
    """
    style = {"norm": "rms", "ffn": "swiglu", "positions": "rope", "bias": False}
    return ModelConfig(**{**style, **fields})
