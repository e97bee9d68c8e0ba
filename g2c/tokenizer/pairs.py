# Built from course/g2c/tokenizer/pairs.py: write only between the fence lines.
"""Yours to write: the three moves of byte-pair encoding. Needs nothing but Python."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

Tokens = tuple[bytes, ...]  # a word, cut into tokens; joined they are its bytes
Pair = tuple[bytes, bytes]  # two tokens that stand next to each other


def pair_counts(words: Mapping[Tokens, int]) -> dict[Pair, int]:
    """How often each pair of neighbouring tokens occurs in a text.

    `words` tells how often each word occurs in the text. Places may overlap: the word
    (a, a, a) holds the pair (a, a) twice. A pair that does not occur is not listed.
    """
    # ---- your code: tokenizer.pair_counts (about 5 lines) ----
    raise NotImplementedError("tokenizer.pair_counts")
    # ---- end of your code ----


def merge_pair(tokens: Tokens, pair: Pair) -> Tokens:
    """The word with every occurrence of `pair` replaced by one token that joins the two.

    Read from left to right, and no token is used twice: (a, a, a) becomes (aa, a).
    """
    # ---- your code: tokenizer.merge_pair (about 9 lines) ----
    raise NotImplementedError("tokenizer.merge_pair")
    # ---- end of your code ----


def best_pair(counts: Mapping[Pair, int]) -> Pair:
    """The pair that occurs most often; of several, the lexicographically greatest.

    Pairs are compared as Python compares tuples of bytes. `counts` is not empty.
    """
    # ---- your code: tokenizer.best_pair (about 1 line) ----
    raise NotImplementedError("tokenizer.best_pair")
    # ---- end of your code ----
