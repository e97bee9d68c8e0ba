# Given. Built from course/g2c/tokenizer/tiktoken_export.py: there is nothing to write here.
"""Given code: to and from `tiktoken`, the tokenizer library of OpenAI's models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from g2c.corpora.notation import GPT2_PATTERN
from g2c.tokenizer.pairs import Pair

if TYPE_CHECKING:
    import tiktoken


def encoding(
    ids: Mapping[bytes, int], merges: Sequence[Pair], special_tokens: Sequence[str]
) -> tiktoken.Encoding:
    """For `tiktoken` a token's id is its rank, so ids have to rise as merges were learned."""
    import tiktoken

    made = [ids[first + second] for first, second in merges]
    for rank, (one, next_one) in enumerate(pairwise(made)):
        if one > next_one:
            raise ValueError(
                f"merge {rank} makes id {one} and merge {rank + 1} makes id {next_one}: tiktoken "
                "merges by id, so number the tokens in the order of the merges, as `train_bpe` does"
            )
    specials = {token: ids[token.encode()] for token in special_tokens}
    ranks = {token: id for token, id in ids.items() if id not in specials.values()}
    return tiktoken.Encoding(
        "g2c", pat_str=GPT2_PATTERN, mergeable_ranks=ranks, special_tokens=specials
    )


def tiktoken_encoding(name: str = "gpt2") -> tiktoken.Encoding:
    """One of OpenAI's tokenizers; `tiktoken` fetches its table once and keeps it.

    Raises: ConnectionError where that fails, with what works without a network.
    """
    import tiktoken

    try:
        return tiktoken.get_encoding(name)
    except OSError as error:  # what `requests` raises is one, too
        raise ConnectionError(
            f"tiktoken has to fetch the table of `{name}` once, and could not "
            f"({type(error).__name__}). Without a network: `course_tokenizer()` is built in, and "
            "`train_bpe` makes your own, which `BPETokenizer.to_tiktoken()` hands to tiktoken"
        ) from error
