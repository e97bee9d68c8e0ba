# Given. Built from course/g2c/embeddings/__init__.py: there is nothing to write here.
"""Module 05: ids become vectors, and vectors learn where they stand."""

from g2c.embeddings.angles import angles
from g2c.embeddings.embedding import Embedding
from g2c.embeddings.positions import LearnedPositionalEmbedding, SinusoidalPositionalEmbedding
from g2c.embeddings.rotary import RotaryPositionalEmbedding, rotate_pairs
from g2c.embeddings.similarity import cosine_similarities
from g2c.embeddings.skipgram import skipgram_pairs

__all__ = [
    "Embedding",
    "LearnedPositionalEmbedding",
    "RotaryPositionalEmbedding",
    "SinusoidalPositionalEmbedding",
    "angles",
    "cosine_similarities",
    "rotate_pairs",
    "skipgram_pairs",
]
