# Built from course/g2c/scaling/parameters.py: write only between the fence lines.
"""Yours to write: how many numbers a model learns, and where they are."""

from g2c.transformer import ModelConfig, swiglu_width

# Layers and d_model of the GPT-2 family (Radford et al. 2019, table 2), with the parts of a Llama:
# RMSNorm, SwiGLU with d_ff = 4 D, rotary positions, an untied head, no biases.
_SIZES = {"small": (12, 768, 12), "medium": (24, 1024, 16), "large": (36, 1280, 20),
          "xl": (48, 1600, 25)}  # fmt: skip
GPT2_SIZES = {
    name: ModelConfig(
        vocab_size=50257,
        context_length=1024,
        d_model=D,
        num_layers=L,
        num_heads=H,
        d_ff=4 * D,
    )
    for name, (L, D, H) in _SIZES.items()
}


def ffn_width(config: ModelConfig) -> int:
    """d_ff, also where the config leaves it to the model."""
    if config.d_ff is not None:
        return config.d_ff
    return swiglu_width(config.d_model) if config.ffn == "swiglu" else 4 * config.d_model


def kv_width(config: ModelConfig) -> int:
    """How many numbers the keys of one position are, all heads together; the values as many."""
    groups = config.num_heads if config.num_kv_heads is None else config.num_kv_heads
    return groups * config.d_head


def linear_numbers(in_features: int, out_features: int, bias: bool) -> int:
    """What a Linear learns: its matrix, and its shift where it has one."""
    return in_features * out_features + (out_features if bias else 0)


def parameter_table(config: ModelConfig) -> dict[str, int]:
    """How many numbers each part of a TransformerLM learns; all layers together.

    Parts: embeddings, positions, attention, ffn, norms, head; 0 for what a model does not have.
    A tied head learns nothing of its own: it is the table of the embeddings. `lm_head` never has
    a bias; LayerNorm has one where the config asks for biases, RMSNorm never.
    Source: Vaswani et al. 2017; Shazeer 2020, equation 6; Ainslie et al. 2023, section 2.2.
    """
    V, D, L, bias = config.vocab_size, config.d_model, config.num_layers, config.bias
    F, kv, gated = ffn_width(config), kv_width(config), config.ffn == "swiglu"
    # ---- your code: scaling.parameter_table (about 11 lines) ----
    raise NotImplementedError("scaling.parameter_table")
    # ---- end of your code ----


def parameter_count(config: ModelConfig) -> int:
    """How many numbers a TransformerLM with this config learns, without building one."""
    return sum(parameter_table(config).values())
