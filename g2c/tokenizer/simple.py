# Built from course/g2c/tokenizer/simple.py: write only between the fence lines.
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
    # ---- your code: tokenizer.encode_word (about 3 lines) ----
    raise NotImplementedError("tokenizer.encode_word")
    # ---- end of your code ----


def encode_text(
    text: str, ids: Mapping[bytes, int], ranks: Mapping[Pair, int], special_tokens: Sequence[str]
) -> list[int]:
    """The ids of a text: special tokens stay whole, no token reaches across two pre-tokens.

    `ids` tells the id of every token, special tokens included (by their UTF-8 bytes).
    """
    check_text(text)
    # ---- your code: tokenizer.encode_text (about 6 lines) ----
    raise NotImplementedError("tokenizer.encode_text")
    # ---- end of your code ----
