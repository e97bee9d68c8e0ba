# Given. Built from course/g2c/sampling/__init__.py: there is nothing to write here.
"""Module 11: from scores to a choice, from choices to a text, and a memory that makes it fast."""

from g2c.sampling.cache import RoomyCache
from g2c.sampling.choice import next_tokens
from g2c.sampling.filters import top_k_filter, top_p_filter
from g2c.sampling.generate import generate, stream_tokens
from g2c.sampling.joined import joined
from g2c.sampling.padding import padded_positions, padding_mask
from g2c.sampling.repetition import apply_repetition_penalty
from g2c.sampling.temperature import apply_temperature, greedy
from g2c.sampling.text import generate_text, stream_text
from g2c.sampling.texts import Texts
from g2c.sampling.windows import cached_logits, window_logits, window_starts

__all__ = [
    "RoomyCache",
    "Texts",
    "apply_repetition_penalty",
    "apply_temperature",
    "cached_logits",
    "generate",
    "generate_text",
    "greedy",
    "joined",
    "next_tokens",
    "padded_positions",
    "padding_mask",
    "stream_text",
    "stream_tokens",
    "top_k_filter",
    "top_p_filter",
    "window_logits",
    "window_starts",
]
