# Given. Built from course/g2c/corpora/toystories.py: there is nothing to write here.
"""Given code: children's stories, as many as you like, of which the entropy is known exactly.

A story is drawn from a grammar (`story_plots.py` with the words of `story_words.py`). Every
choice the grammar makes can be read back from the story, so the entropy of the choices is the
entropy of the text, and no model that predicts these stories can have a lower expected loss:
this is the floor in every plot of a loss. It is computed from the grammar, not estimated.

What a floor counts. A text of stories ends each one with a separator, `<|endoftext|>`. No story
begins another story, so after the last word the separator is certain: it adds to the length
(one token of a tokenizer that reserves it an id) and nothing to the entropy. A model that sees
a window without the story's beginning knows less, so its floor lies a little higher.

Token counts are exact for every tokenizer that cuts text as GPT-2 does before it does anything
else, and for characters and bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from g2c.corpora.grammar import Grammar
from g2c.corpora.story_plots import PLOTS
from g2c.corpora.story_words import WORDS


@cache
def grammar() -> Grammar:
    """The grammar of the stories, read once."""
    return Grammar(WORDS + PLOTS)


def sample(num_documents: int, *, seed: int = 0) -> list[str]:
    """`num_documents` independent stories; with the same seed, more of them begin with the same.

    They are the same on every machine and Python: the only source of chance is
    `random.Random(seed).random()`, whose sequence Python promises to keep, and it is compared
    with whole-number weights.
    """
    if num_documents < 0:
        raise ValueError(f"num_documents ({num_documents}) is negative: ask for 0 or more stories")
    rng = Random(seed)
    return [grammar().sample(rng) for _ in range(num_documents)]


def log_prob(document: str) -> float:
    """The log-probability in nats of one story without its separator, by parsing it.

    Over a validation text, minus the sum of it is the loss of a model that knows the grammar.
    Raises: ValueError that says where the text stops being a story, what is there and what
    the grammar expected.
    """
    return grammar().log_prob(document)


def entropy_nats() -> float:
    """The expected `-log_prob` of a story: nats in a document."""
    return grammar().entropy_nats()


def expected_length(measure: Callable[[str], int]) -> float:
    """The expected length of a story, without its separator.

    `measure` tells the length of one pre-token: `len` for characters,
    `lambda text: len(text.encode())` for bytes, `lambda text: len(tokenizer.encode(text))`
    for tokens. The length of a story is the sum over its pre-tokens.
    """
    return grammar().expected_length(measure)


def floor_nats(measure: Callable[[str], int], *, separator_length: int = 1) -> float:
    """The lowest expected loss in nats for one unit of `measure`, over a long text of stories.

    It is the entropy of a story over the expected length of a story and its separator, which
    is one token, or 13 characters or bytes when spelt out (0: a text without separators).
    """
    return entropy_nats() / (expected_length(measure) + separator_length)
