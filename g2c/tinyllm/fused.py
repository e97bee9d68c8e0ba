# Given. Built from course/g2c/tinyllm/fused.py: there is nothing to write here.
"""Given, complete: attention in one kernel, used only where it is shown to be your attention."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

# outside the boundary: this file shows a faster way to the numbers that the course's code computes.
from torch.nn.functional import scaled_dot_product_attention  # outside the boundary: fused

from g2c.attention import KVCache, MultiHeadAttention, merge_heads, share_heads
from g2c.attention.masks import mask_or_causal


class FusedAttention(MultiHeadAttention):
    """The same layer, with the same parameters, that never writes the (T, T) weights down.

    Shapes, arguments and errors: as MultiHeadAttention.
    Source: Dao et al. 2022 (FlashAttention).
    """

    def __init__(self, attention: MultiHeadAttention):
        nn.Module.__init__(self)
        self.num_heads, self.num_kv_heads = attention.num_heads, attention.num_kv_heads
        self.q_proj, self.k_proj = attention.q_proj, attention.k_proj
        self.v_proj, self.output_proj = attention.v_proj, attention.output_proj
        self.rope = attention.rope

    def forward(
        self,
        x: Tensor,
        token_positions: Tensor | None = None,
        mask: Tensor | None = None,
        cache: KVCache | None = None,
    ) -> Tensor:
        T, start = x.shape[-2], 0 if cache is None else cache.length
        if token_positions is None:
            token_positions = torch.arange(start, start + T, device=x.device)
        causal = mask is None and start == 0
        if not causal:
            mask = mask_or_causal(mask, T, start + T, x.device)
            mask = mask if mask is None else mask.unsqueeze(-3)
        query, key, value = self.project(x, token_positions)
        if cache is not None:
            key, value = cache.append(key, value)
        if self.num_kv_heads != self.num_heads:
            key, value = share_heads(key, self.num_heads), share_heads(value, self.num_heads)
        heads = scaled_dot_product_attention(query, key, value, mask, is_causal=causal)
        return self.output_proj(merge_heads(heads))


def use_fused_attention(model: nn.Module) -> nn.Module:
    """Exchange every attention layer of a TransformerLM for its fused form, in place.

    Before that, a copy of the first one is compared with it in float64, values and gradients.
    Raises: ValueError where they differ: then the model stays as it is.
    """
    check_fused(model.layers[0].attn)
    for layer in model.layers:
        layer.attn = FusedAttention(layer.attn)
    return model


def check_fused(attention: MultiHeadAttention, tolerance: float = 1e-9) -> None:
    """Raises ValueError where the fused form and `attention` differ in a value or a gradient."""
    own = copy.deepcopy(attention).to(device="cpu", dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    T = 8 if own.rope is None else min(8, own.rope.max_seq_len)
    shape = (2, T, own.q_proj.in_features)
    x = torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
    results = []
    for layer in (own, FusedAttention(own)):
        out = layer(x)
        grads = torch.autograd.grad(out.square().sum(), (x, *own.parameters()))
        results.append((out.detach(), *grads))
    # Of the largest entry of all: a bias of the keys has no gradient but for rounding.
    scale = max(tensor.abs().max() for tensor in results[0])
    for mine, fused in zip(*results, strict=True):
        gap = (mine - fused).abs().max() / scale
        if not gap <= tolerance:
            raise ValueError(
                f"your attention and the fused one differ by {gap:.1e} of the largest entry: run "
                "`./noteboosh.sh test 08`, or train with `fused=False` to see yours as it is"
            )
