# Given. Built from course/g2c/attention/__init__.py: there is nothing to write here.
"""Modules 07 and 08: every position looks at the positions before it, in several ways at once."""

from g2c.attention.cache import KVCache
from g2c.attention.heads import merge_heads, share_heads, split_heads
from g2c.attention.loops import attention_loops
from g2c.attention.masks import causal_mask, check_mask
from g2c.attention.multi_head import MultiHeadAttention
from g2c.attention.scaled_dot_product import attention_weights, scaled_dot_product_attention
from g2c.attention.self_attention import SelfAttention

__all__ = [
    "KVCache",
    "MultiHeadAttention",
    "SelfAttention",
    "attention_loops",
    "attention_weights",
    "causal_mask",
    "check_mask",
    "merge_heads",
    "scaled_dot_product_attention",
    "share_heads",
    "split_heads",
]
