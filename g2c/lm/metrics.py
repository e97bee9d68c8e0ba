# Built from course/g2c/lm/metrics.py: write only between the fence lines.
"""Yours to write: a loss in nats, told in two other ways."""

import math
from collections.abc import Sequence


def perplexity(mean_losses_nats: Sequence[float], token_counts: Sequence[int]) -> float:
    """Between how many equally likely tokens the model hesitates, over all tokens of all batches.

    `mean_losses_nats[i]` is the mean loss of batch i, which has `token_counts[i]` tokens.
    At least 1 for a loss of 0; V for a model that guesses among V. Depends on the tokenizer.
    Raises: ValueError where the two lists do not match, or there is no token.
    Source: Jelinek et al. 1977; every token counts the same, whatever the size of its batch.
    """
    if len(mean_losses_nats) != len(token_counts) or sum(token_counts) < 1:
        raise ValueError(
            f"{len(mean_losses_nats)} losses and {len(token_counts)} counts of together "
            f"{sum(token_counts)} tokens: give one count a loss, and at least one token"
        )
    # ---- your code: lm.perplexity (about 3 lines) ----
    raise NotImplementedError("lm.perplexity")
    # ---- end of your code ----


def bits_per_byte(loss_nats: float, num_tokens: int, num_bytes: int) -> float:
    """Bits the model needs for one byte of the text: comparable between tokenizers.

    `loss_nats` is the mean over the `num_tokens` tokens that stand for `num_bytes` bytes of UTF-8.
    Raises: ValueError where one of the two counts is below 1.
    Source: Shannon 1948, introduction, for bits and natural units.
    """
    if num_tokens < 1 or num_bytes < 1:
        raise ValueError(
            f"num_tokens is {num_tokens} and num_bytes {num_bytes}: both must be 1 or more; count "
            '`len(text.encode("utf-8"))` bytes'
        )
    # ---- your code: lm.bits_per_byte (about 2 lines) ----
    raise NotImplementedError("lm.bits_per_byte")
    # ---- end of your code ----
