# Given. Built from course/g2c/corpora/grammar.py: there is nothing to write here.
"""Given code: a probabilistic grammar whose probabilities, entropy and mean lengths are exact.

Why exact: a text tells all of its choices (see `choices.py`), so it has one derivation, its
probability is the product over that derivation, and the entropy of the choices is the entropy
of the text. Choices are drawn independently, so every mean is a finite sum over the grammar.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable
from functools import cache
from random import Random

from g2c.corpora.choices import Choice, Recall, Symbols, Text, choices_in
from g2c.corpora.notation import pre_tokens, read_grammar


class Grammar:
    """The texts of the rule `start` in a notation (see `notation.py`).

    Raises: ValueError if the notation cannot be read, if alternatives cannot be told apart, or
    if a variable is recalled before its draw or drawn again.
    """

    def __init__(self, notation: str, start: str = "story"):
        self.start = read_grammar(notation, start)
        self.choices = choices_in(self.start)
        for choice in self.choices:
            choice.decisions  # noqa: B018  built now: a grammar that exists is a prefix code

    def derive(self, choose: Callable[[Choice], int], write: Callable[[Text], object]) -> None:
        """Go through one text from left to right: `choose` at each choice, `write` each run."""
        values: dict[str | None, int] = {}

        def go(symbols: Symbols) -> None:
            for symbol in symbols:
                if not isinstance(symbol, Choice):
                    write(symbol)
                elif isinstance(symbol, Recall):
                    go(symbol.alternatives[values[symbol.variable]])
                else:
                    index = values[symbol.variable] = choose(symbol)
                    go(symbol.alternatives[index])

        go(self.start)

    def sample(self, rng: Random) -> str:
        """A text; each choice takes one `rng.random()`."""
        pieces: list[str] = []

        def choose(choice: Choice) -> int:
            return bisect(choice.cumulative, rng.random() * choice.cumulative[-1])

        self.derive(choose, pieces.extend)
        return "".join(pieces)

    def parse(self, text: str) -> list[tuple[Choice, int]]:
        """The choices that make `text`, each with the index of the alternative it took.

        Raises: ValueError if none do; it says where, what stands there and what could.
        """
        found = (*pre_tokens(text), None)  # None: the end
        path: list[tuple[Choice, int]] = []
        position = 0

        def choose(choice: Choice) -> int:
            node, ahead = choice.decisions, position
            while not isinstance(node, int):
                _expect(node, found, ahead)
                node, ahead = node[found[ahead]], ahead + 1
            path.append((choice, node))
            return node

        def read(run: Text) -> None:
            nonlocal position
            for pre_token in run:
                _expect((pre_token,), found, position)
                position += 1

        self.derive(choose, read)
        _expect((None,), found, position)
        return path

    def log_prob(self, text: str) -> float:
        """The log-probability of `text` in nats. Raises: as `parse`."""
        return sum(choice.log_probs[index] for choice, index in self.parse(text))

    def entropy_nats(self) -> float:
        """The mean of `-log_prob(text)` over the texts."""
        return _mean_of_sum(self.start, {}, lambda choice: choice.entropy_nats, lambda text: 0)

    def expected_length(self, measure: Callable[[str], int]) -> float:
        """The mean length of a text, which is the sum of `measure(pre_token)` over it."""
        return _mean_of_sum(self.start, {}, lambda choice: 0, cache(measure))


def _mean_of_sum(symbols: Symbols, values: dict, of_choice: Callable, of_pre_token: Callable):
    """The mean, over the texts of `symbols`, of a sum over their choices and pre-tokens.

    It is the sum of the parts' means. A part depends on no draw but those inside it and the
    `values` it recalls, so it is averaged over these few alone, and the mean stays exact.
    """
    total = 0.0
    for symbol in symbols:
        if not isinstance(symbol, Choice):
            total += sum(map(of_pre_token, symbol))
        elif symbol.variable in values:
            settled = symbol.alternatives[values[symbol.variable]]
            total += _mean_of_sum(settled, values, of_choice, of_pre_token)
        else:
            total += 0 if isinstance(symbol, Recall) else of_choice(symbol)
            for index, p in enumerate(symbol.probabilities):
                known = {**values, symbol.variable: index} if symbol.variable else values
                inside = symbol.alternatives[index]
                total += p * _mean_of_sum(inside, known, of_choice, of_pre_token)
    return total


def _expect(expected: Iterable[str | None], found: tuple[str | None, ...], position: int) -> None:
    """Raises: ValueError unless the pre-token at `position` is one of the `expected`."""
    if found[position] not in expected:
        shown = ["the end" if each is None else repr(each) for each in (found[position], *expected)]
        more = f" or {len(shown) - 7} others" if len(shown) > 7 else ""
        raise ValueError(
            f"no text of this grammar: pre-token {position} (character "
            f"{sum(len(each) for each in found[:position] if each)}) is {shown[0]}, "
            f"expected {' or '.join(shown[1:7])}{more}"
        )
