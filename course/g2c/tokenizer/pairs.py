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
    # BEGIN SOLUTION tokenizer.pair_counts
    counts: dict[Pair, int] = {}
    for tokens, count in words.items():
        for pair in pairwise(tokens):
            counts[pair] = counts.get(pair, 0) + count
    return counts
    # END SOLUTION


def merge_pair(tokens: Tokens, pair: Pair) -> Tokens:
    """The word with every occurrence of `pair` replaced by one token that joins the two.

    Read from left to right, and no token is used twice: (a, a, a) becomes (aa, a).
    """
    # BEGIN SOLUTION tokenizer.merge_pair
    merged, place = [], 0
    while place < len(tokens):
        if tokens[place : place + 2] == pair:
            merged.append(pair[0] + pair[1])
            place += 2
        else:
            merged.append(tokens[place])
            place += 1
    return tuple(merged)
    # END SOLUTION


def best_pair(counts: Mapping[Pair, int]) -> Pair:
    """The pair that occurs most often; of several, the lexicographically greatest.

    Pairs are compared as Python compares tuples of bytes. `counts` is not empty.
    """
    # BEGIN SOLUTION tokenizer.best_pair
    return max(counts, key=lambda pair: (counts[pair], pair))
    # END SOLUTION
