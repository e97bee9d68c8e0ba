# Built from course/g2c/transformer/lm.py: write only between the fence lines.
"""Yours to write: from ids to logits. Given: the parts of the model and the checks."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from g2c.attention import KVCache
from g2c.embeddings import (
    Embedding,
    LearnedPositionalEmbedding,
    RotaryPositionalEmbedding,
    SinusoidalPositionalEmbedding,
)
from g2c.nn import Dropout, Linear
from g2c.transformer.block import TransformerBlock, make_norm
from g2c.transformer.config import ModelConfig


class TransformerLM(nn.Module):
    """A language model: `TransformerLM(config)`, or `TransformerLM(**fields)` of a ModelConfig.

    Shapes: token_ids (B, T), token_positions (T,) or (B, T) -> logits (B, T, V).
    `logits[b, t]` sees `token_ids[b, :t + 1]` alone, and with `caches` (one a layer) all before.
    Raises: ValueError where T, with what is cached, is above context_length; as check_mask.
    Source: Radford et al. 2018 and 2019; Touvron et al. 2023.
    """

    def __init__(self, config: ModelConfig | None = None, *, device=None, dtype=None, **fields):
        super().__init__()
        if config is not None and fields:
            raise TypeError(f"give a config or fields, not both: {', '.join(fields)}")
        self.config = config = config or ModelConfig(**fields)
        kinds = {"device": device, "dtype": dtype}
        self.token_embeddings = Embedding(config.vocab_size, config.d_model, **kinds)
        self.position_embeddings, rope = make_positions(config, **kinds)
        self.dropout = Dropout(config.dropout)
        layers = (TransformerBlock(config, rope, **kinds) for _ in range(config.num_layers))
        self.layers = nn.ModuleList(layers)
        self.ln_final = make_norm(config, **kinds) if config.pre_norm else None
        self.lm_head = None if config.tied else Linear(config.d_model, config.vocab_size, **kinds)

    def forward(
        self,
        token_ids: Tensor,
        token_positions: Tensor | None = None,
        mask: Tensor | None = None,
        caches: Sequence[KVCache] | None = None,
    ) -> Tensor:
        start = caches[0].length if caches else 0
        end = check_window(token_ids, start, self.config.context_length)
        if token_positions is None:
            token_positions = torch.arange(start, end, device=token_ids.device)
        caches = caches or [None] * len(self.layers)
        if len(caches) != len(self.layers):
            raise ValueError(
                f"{len(caches)} caches for {len(self.layers)} layers: give one a layer"
            )
        # ---- your code: transformer.transformer_lm (about 7 lines) ----
        raise NotImplementedError("transformer.transformer_lm")
        # ---- end of your code ----

    def head(self, x: Tensor) -> Tensor:
        """Logits from the last vectors: by `lm_head`, or, tied, by the token embeddings.

        Shapes: x (B, T, D) -> (B, T, V).
        Source: Press and Wolf 2017 for the tied head.
        """
        if self.lm_head is not None:
            return self.lm_head(x)
        # A product of D entries of mean square 1 spreads like sqrt(D): without the division a
        # fresh model loses 81 nats at V = 65 and D = 128, with it 7.3 (it expects the current
        # token again, which x still holds). Dividing by D gives log V, but learns far slower.
        return x @ self.token_embeddings.weight.T / math.sqrt(self.config.d_model)


def check_window(token_ids: Tensor, start: int, context_length: int) -> int:
    """The number of positions there will be. Raises ValueError where they do not fit."""
    if token_ids.ndim != 2:
        raise ValueError(
            f"token_ids {tuple(token_ids.shape)} must be (B, T): one window is `ids[None]`"
        )
    end = start + token_ids.shape[1]
    if end > context_length:
        raise ValueError(
            f"{end} tokens ({start} of them cached) do not fit into a context_length of "
            f"{context_length}: give fewer, or make the model with a larger context_length"
        )
    return end


def make_positions(config: ModelConfig, **kinds) -> tuple[nn.Module | None, nn.Module | None]:
    """What is added to the embeddings, and what turns queries and keys: one of them is None."""
    T, D = config.context_length, config.d_model
    if config.positions == "rope":
        # One for all layers: it learns nothing, and its tables are the same.
        return None, RotaryPositionalEmbedding(config.rope_theta, config.d_head, T, **kinds)
    if config.positions == "learned":
        return LearnedPositionalEmbedding(T, D, **kinds), None
    return SinusoidalPositionalEmbedding(T, D, **kinds), None
