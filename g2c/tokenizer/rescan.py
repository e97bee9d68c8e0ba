# Built from course/g2c/tokenizer/rescan.py: write only between the fence lines.
"""Training as the textbook has it: count all pairs again for every merge. Yours: the loop.

It is slow and easy to believe, so it is what `train_bpe` is checked against.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from g2c.tokenizer.checks import BYTES, check_vocab_size, checked_special_tokens
from g2c.tokenizer.pairs import Pair, Tokens, best_pair, merge_pair, pair_counts
from g2c.tokenizer.splitting import count_words


def learn_merges(words: Mapping[Tokens, int], num_merges: int) -> list[Pair]:
    """The pairs to merge, in order: each is the best one after all earlier merges are done.

    Fewer than `num_merges` where no pair is left. `words` itself is not changed.
    Source: Sennrich, Haddow and Birch 2016, section 3.2 (there on characters).
    """
    # ---- your code: tokenizer.learn_merges (about 6 lines) ----
    raise NotImplementedError("tokenizer.learn_merges")
    # ---- end of your code ----


def train_bpe_rescan(
    source: str | os.PathLike | Iterable[str],
    vocab_size: int,
    special_tokens: Iterable[str] | None = None,
) -> tuple[dict[int, bytes], list[Pair]]:
    """What `train_bpe` gives, by `learn_merges`."""
    special_tokens = checked_special_tokens(special_tokens)
    check_vocab_size(vocab_size, special_tokens)
    counted = count_words(source, special_tokens)
    words = {tuple(BYTES[byte] for byte in word): count for word, count in counted.items()}
    merges = learn_merges(words, vocab_size - len(BYTES) - len(special_tokens))
    return vocabulary(merges, special_tokens), merges


def vocabulary(merges: Iterable[Pair], special_tokens: Iterable[str]) -> dict[int, bytes]:
    """The tokens by id: the 256 bytes, the special tokens, then one for each merge.

    So a byte's id is its value, and a larger vocabulary of the same text only adds ids.
    """
    specials = [token.encode() for token in special_tokens]
    return dict(enumerate([*BYTES, *specials, *(first + second for first, second in merges)]))
