"""Yours to write: encoding, one word and then a text. What `BPETokenizer` is checked against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from g2c.tokenizer.checks import BYTES, check_text
from g2c.tokenizer.pairs import Pair, Tokens, merge_pair
from g2c.tokenizer.splitting import pre_tokens, word_bytes


def encode_word(word: bytes, ranks: Mapping[Pair, int]) -> Tokens:
    """The tokens of one pre-token: merges are made in the order in which they were learned.

    `ranks` tells the place of each merge in that order, from 0. Joined, the tokens are `word`.
    """
    tokens: Tokens = tuple(BYTES[byte] for byte in word)
    # BEGIN SOLUTION tokenizer.encode_word
    while known := [pair for pair in pairwise(tokens) if pair in ranks]:
        tokens = merge_pair(tokens, min(known, key=ranks.__getitem__))
    return tokens
    # END SOLUTION


def encode_text(
    text: str, ids: Mapping[bytes, int], ranks: Mapping[Pair, int], special_tokens: Sequence[str]
) -> list[int]:
    """The ids of a text: special tokens stay whole, no token reaches across two pre-tokens.

    `ids` tells the id of every token, special tokens included (by their UTF-8 bytes).
    """
    check_text(text)
    # BEGIN SOLUTION tokenizer.encode_text
    found: list[int] = []
    for word in pre_tokens(text, special_tokens):
        whole = word in special_tokens
        tokens = [word.encode()] if whole else encode_word(word_bytes(word), ranks)
        found += [ids[token] for token in tokens]
    return found
    # END SOLUTION
