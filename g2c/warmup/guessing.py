# Built from course/g2c/warmup/guessing.py: write only between the fence lines.
"""Yours to write: what it costs to know nothing."""

import math


def uniform_loss(vocab_size: int) -> float:
    """The loss of a model that gives every token of the vocabulary the same probability, in nats.

    The loss is -log of the probability that the right token was given; `log` is the natural one.
    Raises: ValueError where vocab_size is not a whole number from 1 on.
    Source: Shannon 1948, section 6: of all choices among V, equally likely ones are most uncertain.
    """
    if not isinstance(vocab_size, int) or vocab_size < 1:
        raise ValueError(f"vocab_size is {vocab_size!r}: give a whole number of tokens, 1 or more")
    # ---- your code: warmup.uniform_loss (about 1 line) ----
    raise NotImplementedError("warmup.uniform_loss")
    # ---- end of your code ----
