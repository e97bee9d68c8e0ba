# Given. Built from course/g2c/transformer/__init__.py: there is nothing to write here.
"""Module 09: norms, feed-forward layers and attention, stacked into a language model."""

from g2c.transformer.activations import gelu, gelu_tanh, silu
from g2c.transformer.block import TransformerBlock, post_norm, pre_norm
from g2c.transformer.config import ModelConfig, gpt2_style, llama_style
from g2c.transformer.feed_forward import FeedForward, SwiGLU, swiglu_width
from g2c.transformer.lm import TransformerLM
from g2c.transformer.memory import sizes_at_peak
from g2c.transformer.norms import LayerNorm, RMSNorm

__all__ = [
    "FeedForward",
    "LayerNorm",
    "ModelConfig",
    "RMSNorm",
    "SwiGLU",
    "TransformerBlock",
    "TransformerLM",
    "gelu",
    "gelu_tanh",
    "gpt2_style",
    "llama_style",
    "post_norm",
    "pre_norm",
    "silu",
    "sizes_at_peak",
    "swiglu_width",
]
