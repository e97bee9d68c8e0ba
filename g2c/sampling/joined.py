# Given. Built from course/g2c/sampling/joined.py: there is nothing to write here.
"""Given, complete: the same attention in fewer steps, for the moment when a model speaks.

One new token is so little work that most of the time goes into starting operations. So queries,
keys and values come from one product, and rotary positions turn queries and keys in one go.
"""

import copy

import torch
from torch import Tensor, nn

from g2c.attention import KVCache, MultiHeadAttention, attention_weights, merge_heads, share_heads
from g2c.attention.masks import mask_or_causal
from g2c.transformer import TransformerLM


class JoinedAttention(nn.Module):
    """What this MultiHeadAttention computes, with its weights side by side: a copy, to read only.

    Shapes and arguments: those of MultiHeadAttention.
    """

    def __init__(self, attn: MultiHeadAttention):
        super().__init__()
        parts = (attn.q_proj, attn.k_proj, attn.v_proj)
        self.heads, self.groups = attn.num_heads, attn.num_kv_heads
        self.weight = torch.cat([part.weight.detach() for part in parts]).T  # (D, (H + 2 G) K)
        biased = parts[0].bias is not None
        self.bias = torch.cat([part.bias.detach() for part in parts]) if biased else None
        self.output_proj, self.rope = attn.output_proj, attn.rope
        self.turns = None
        if self.rope is not None and self.rope.cos.dtype in (torch.float32, torch.float64):
            # A turn by an angle is a product with cos + i sin; neighbours are one complex number.
            self.turns = torch.complex(self.rope.cos, self.rope.sin)  # (context_length, K / 2)

    def forward(
        self,
        x: Tensor,
        token_positions: Tensor | None = None,
        mask: Tensor | None = None,
        cache: KVCache | None = None,
    ) -> Tensor:
        T, start = x.shape[-2], 0 if cache is None else cache.length
        mask = mask_or_causal(mask, T, start + T, x.device)
        if mask is not None:
            mask = mask.unsqueeze(-3)
        if token_positions is None:
            token_positions = torch.arange(start, start + T, device=x.device)
        all_three = x @ self.weight if self.bias is None else x @ self.weight + self.bias
        all_three = all_three.unflatten(-1, (self.heads + 2 * self.groups, -1)).transpose(1, 2)
        turning, value = all_three.split((self.heads + self.groups, self.groups), dim=1)
        query, key = self.turn(turning, token_positions).split((self.heads, self.groups), dim=1)
        if cache is not None:
            key, value = cache.append(key, value)
        if self.groups != self.heads:
            key, value = share_heads(key, self.heads), share_heads(value, self.heads)
        return self.output_proj(merge_heads(attention_weights(query, key, mask) @ value))

    def turn(self, x: Tensor, token_positions: Tensor) -> Tensor:
        """Rotary positions for queries and keys together.

        Shapes: x (B, H + G, T, K), token_positions (T,) or (B, T) -> (B, H + G, T, K).
        """
        if self.rope is None:
            return x
        if self.turns is None:
            return self.rope(x, token_positions)
        turns = self.turns[token_positions]
        if turns.ndim == 3:  # (B, T, K / 2): the same for all heads
            turns = turns.unsqueeze(1)
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * turns).flatten(-2)


def joined(model: TransformerLM) -> TransformerLM:
    """The same model with JoinedAttention in every layer; it shares all other weights.

    For reading only: a later training step of `model` does not reach the joined copies.
    """
    twin = copy.copy(model)
    twin._modules = dict(model._modules)
    twin.layers = nn.ModuleList()
    for layer in model.layers:
        other = copy.copy(layer)
        other._modules = dict(layer._modules)
        other.attn = JoinedAttention(layer.attn)
        twin.layers.append(other)
    return twin
