# Given. Built from course/g2c/corpora/choices.py: there is nothing to write here.
"""Given code: the choices of a grammar, and how to read from a text which way each one went.

The alternatives of a choice form a prefix code over pre-tokens: no text of one alternative begins
or equals a text of another. So whoever reads from left to right always knows which alternative
was taken, and different choices always give different texts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Union

Text = tuple[str, ...]  # a run of pre-tokens, never empty
Symbols = tuple[Union[Text, "Choice"], ...]


@dataclass(frozen=True, eq=False)
class Choice:
    """A draw of one alternative by weight. If it is a variable's, the draw is remembered."""

    name: str
    weights: tuple[int, ...]
    alternatives: tuple[Symbols, ...]
    variable: str | None = None

    @cached_property
    def cumulative(self) -> tuple[int, ...]:
        return tuple(accumulate(self.weights))

    @cached_property
    def probabilities(self) -> tuple[float, ...]:
        return tuple(weight / self.cumulative[-1] for weight in self.weights)

    @cached_property
    def log_probs(self) -> tuple[float, ...]:
        return tuple(math.log(probability) for probability in self.probabilities)

    @cached_property
    def entropy_nats(self) -> float:
        return -sum(p * math.log(p) for p in self.probabilities)

    @cached_property
    def decisions(self) -> dict | int:
        """Which alternative a text has taken: a tree to walk down along its next pre-tokens.

        Its leaves are indices of alternatives. It exists if and only if the alternatives form a
        prefix code. Raises: ValueError that names two of them if they do not.
        """
        if len(self.alternatives) == 1:
            return 0
        return _tell_apart(self.name, {i: [a] for i, a in enumerate(self.alternatives)}, "")


class Recall(Choice):
    """A cell of the value that the variable was given at its draw: nothing is drawn here."""


def choices_in(symbols: Symbols) -> list[Choice]:
    """Every choice that can come up, each once; recalls are not choices.

    Raises: ValueError where a variable could be recalled before its draw, or drawn again.
    """
    found: dict[Choice, None] = {}

    def visit(symbols: Symbols, drawn: frozenset) -> frozenset:
        """Returns the variables that are drawn for certain once `symbols` are written."""
        for symbol in symbols:
            if not isinstance(symbol, Choice):
                continue
            if isinstance(symbol, Recall) != (symbol.variable in drawn):
                fault = "drawn twice" if symbol.variable in drawn else "recalled before its draw"
                raise ValueError(f"`{symbol.name}`: the variable `{symbol.variable}` is {fault}")
            if not isinstance(symbol, Recall):
                found[symbol] = None
            inside = drawn | {symbol.variable} if symbol.variable else drawn
            drawn = frozenset.intersection(*(visit(a, inside) for a in symbol.alternatives))
        return drawn

    visit(symbols, frozenset())
    return list(found)


def _tell_apart(name: str, able: Mapping[int, Iterable[Symbols]], so_far: str) -> dict:
    """The decision tree for the alternatives, two or more, that are able to begin `so_far`."""
    branches: dict[str, dict[int, dict[Symbols, None]]] = defaultdict(lambda: defaultdict(dict))
    for index, continuations in able.items():
        for first, rest in _first_steps(continuations):
            if first is None:
                other = next(i for i in able if i != index)
                raise ValueError(
                    f"`{name}` is no prefix code: {so_far!r} is all of alternative {index + 1} and "
                    f"begins alternative {other + 1}; change a word in one of them"
                )
            branches[first][index][rest] = None  # a dict serves as an ordered set
    return {
        first: _tell_apart(name, still, so_far + first) if len(still) > 1 else next(iter(still))
        for first, still in branches.items()
    }


def _first_steps(continuations: Iterable[Symbols]) -> Iterator[tuple[str | None, Symbols]]:
    """Every first pre-token with all that may follow it; None where a text has ended.

    A recall counts as any cell of its column, whatever the draw was. That is more than can be
    written, so what is told apart here is told apart in every text.
    """
    for symbols in continuations:
        if not symbols:
            yield None, ()
        elif isinstance(head := symbols[0], Choice):
            yield from _first_steps((*inside, *symbols[1:]) for inside in head.alternatives)
        else:
            yield head[0], (head[1:], *symbols[1:]) if head[1:] else symbols[1:]
