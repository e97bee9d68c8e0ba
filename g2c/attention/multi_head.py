# Built from course/g2c/attention/multi_head.py: write only between the fence lines.
"""Yours to write: several heads in one go. Given: projections, positions, masks and the cache."""

import torch
from torch import Tensor, nn

from g2c.attention.cache import KVCache
from g2c.attention.heads import check_heads, merge_heads, share_heads, split_heads
from g2c.attention.masks import mask_or_causal
from g2c.attention.scaled_dot_product import attention_weights
from g2c.nn import Linear


class MultiHeadAttention(nn.Module):
    """H heads of causal self-attention in parallel, each on its own D / H entries.

    Shapes: x (B, T, D) -> (B, T, D); token_positions (T,) or (B, T).
    `mask` (T, S) or (B, T, S) stands instead of the causal one; S counts cached positions too.
    `num_kv_heads` below num_heads: that many keys and values, each shared by a group of heads.
    `options`: bias, device and dtype, as for Linear; `rope`: a RotaryPositionalEmbedding of d_head.
    Raises: ValueError where sizes do not divide; as rope and check_mask.
    Source: Vaswani et al. 2017, section 3.2.2; Ainslie et al. 2023 for the groups.
    """

    def __init__(self, d_model: int, num_heads: int, *, rope=None, num_kv_heads=None, **options):
        super().__init__()
        self.num_heads = num_heads
        self.num_kv_heads = num_heads if num_kv_heads is None else num_kv_heads
        check_heads(d_model, self.num_heads, self.num_kv_heads)
        d_head = d_model // num_heads
        self.q_proj = Linear(d_model, d_model, **options)
        self.k_proj = Linear(d_model, self.num_kv_heads * d_head, **options)
        self.v_proj = Linear(d_model, self.num_kv_heads * d_head, **options)
        self.output_proj = Linear(d_model, d_model, **options)
        self.rope = rope

    def forward(
        self,
        x: Tensor,
        token_positions: Tensor | None = None,
        mask: Tensor | None = None,
        cache: KVCache | None = None,
    ) -> Tensor:
        T, start = x.shape[-2], 0 if cache is None else cache.length
        S = start + T
        if token_positions is None:
            token_positions = torch.arange(start, S, device=x.device)
        mask = mask_or_causal(mask, T, S, x.device)
        if mask is not None:
            mask = mask.unsqueeze(-3)  # (..., 1, T, S): the same for all heads
        query, key, value = self.project(x, token_positions)
        if cache is not None:
            key, value = cache.append(key, value)
        if self.num_kv_heads != self.num_heads:
            key, value = share_heads(key, self.num_heads), share_heads(value, self.num_heads)
        # ---- your code: attention.multi_head_attention (about 2 lines) ----
        raise NotImplementedError("attention.multi_head_attention")
        # ---- end of your code ----

    def project(self, x: Tensor, token_positions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values of all heads; with rope, turned where positions matter.

        Shapes: x (B, T, D), token_positions (T,) -> (B, H, T, K), (B, H, T, K), (B, H, T, K).
        """
        # ---- your code: attention.project_heads (about 6 lines) ----
        raise NotImplementedError("attention.project_heads")
        # ---- end of your code ----
