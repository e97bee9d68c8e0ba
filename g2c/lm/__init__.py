# Given. Built from course/g2c/lm/__init__.py: there is nothing to write here.
"""Module 06: language models before attention, and two ways to say how good one is."""

from g2c.lm.bigram import CountsBigramLM, NeuralBigramLM
from g2c.lm.metrics import bits_per_byte, perplexity
from g2c.lm.mlp import MLPLanguageModel
from g2c.lm.sampling import sample

__all__ = [
    "CountsBigramLM",
    "MLPLanguageModel",
    "NeuralBigramLM",
    "bits_per_byte",
    "perplexity",
    "sample",
]
