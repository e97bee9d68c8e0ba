# Given. Built from course/g2c/corpora/notation.py: there is nothing to write here.
"""Given code: how a grammar is written down, and the reader of that notation.

    color = 3 red | 2 blue        a rule: its alternatives, each after its weight
    story                         a rule that takes several lines, one or more alternatives a line
      2 {new hero.name} has a {color} hat.
        Now {hero.he} smiles.     a deeper line goes on with the line above
      1 Nobody has a hat.
    hero: name he                 a variable: its columns,
      5 Lily | she                then a line for each value: its weight, and one cell a column
      4 Ben  | he

`{color}` draws from a rule. `{new hero.name}` draws a variable and writes one of its cells;
`{hero.he}` writes another cell of the same value, however far down the story. Cells may hold
placeholders too. A written `\\n` is a line break, and a line after `#` is a comment.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import regex

from g2c.corpora.choices import Choice, Recall, Symbols

# How GPT-2 cuts a text before it merges bytes: a word keeps the blank before it (Radford 2019).
GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_PLACEHOLDER = re.compile(r"( ?)\{(new )?(\w+)(?:\.(\w+))?\}")


def pre_tokens(text: str) -> tuple[str, ...]:
    """The pieces of `text` as GPT-2 cuts it; joined they are `text` again."""
    return tuple(regex.findall(GPT2_PATTERN, text))


def read_grammar(notation: str, start: str) -> Symbols:
    """The rule `start` and all that it leads to.

    Raises: ValueError where a line cannot be read, a name is unknown or given twice, or a rule
    contains itself.
    """
    return _Reader(_read_tables(notation)).symbols(f"{{{start}}}")


class _Table(NamedTuple):
    """A rule (it has no columns) or a variable: for each row its weight and its cells."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]


class _Reader:
    """Turns cells into symbols. Equal placeholders become one choice, so a loop is noticed."""

    def __init__(self, tables: dict[str, _Table]):
        self.tables = tables
        self.known: dict[tuple, Choice | None] = {}

    def symbols(self, text: str) -> Symbols:
        """The symbols of `text`. A blank before a placeholder goes to what will stand there."""
        if any(mark in _PLACEHOLDER.sub("", text) for mark in "{}"):
            raise ValueError(f"a brace without its partner, or a misspelt placeholder: `{text}`")
        found: list = []
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            found += [pre_tokens(text[end : match.start()]), self.choice(*match.groups())]
            end = match.end()
        return tuple(symbol for symbol in (*found, pre_tokens(text[end:])) if symbol)

    def choice(self, blank: str, new: str | None, name: str, column: str | None) -> Choice:
        key = blank, new, name, column
        if key not in self.known:
            self.known[key] = None  # being read
            cells = self.cells(name, column)
            self.known[key] = (Recall if column and not new else Choice)(
                name=f"{name}.{column}" if column else name,
                weights=tuple(weight for weight, _ in cells),
                alternatives=tuple(self.symbols(blank + text) for _, text in cells),
                variable=name if column else None,
            )
        choice = self.known[key]
        if choice is None:
            raise ValueError(f"`{name}` contains itself, so its texts would never end")
        return choice

    def cells(self, name: str, column: str | None) -> list[tuple[int, str]]:
        """The weights and texts of a rule, or of one column of a variable."""
        columns, rows = self.tables.get(name, _Table([], []))
        if not rows or (column not in columns if columns else column):
            known = ", ".join(f"{name}.{each}" for each in columns) or ", ".join(self.tables)
            asked = f"{name}.{column}" if column else name
            raise ValueError(f"no table for `{{{asked}}}`; known here: {known}")
        place = columns.index(column) if column else 0
        return [(weight, texts[place]) for weight, texts in rows]


def _read_tables(notation: str) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    name = ""
    for line in _whole_lines(notation):
        if not line.startswith(" "):
            name, _, columns = line.partition(":")
            if name in tables:
                raise ValueError(f"`{name}` is written twice; give one of them another name")
            tables[name] = _Table(columns.split(), [])
            continue
        width = len(tables[name].columns) or 1
        texts = [text.strip() for text in line.replace("\\n", "\n").split("|")]
        for cells in [texts] if width > 1 else [[text] for text in texts]:
            tables[name].rows.append(_weighted(name, width, cells))
    return tables


def _whole_lines(notation: str) -> list[str]:
    """Lines with their continuations joined, `name = …` in two; no comments, no empty lines."""
    whole: list[str] = []
    for line in notation.splitlines():
        if line.startswith("    "):
            whole[-1] += " " + line.strip()
        elif line.strip() and not line.startswith("#"):
            whole += re.split(r" =(?= )", line, maxsplit=1)  # a rule in one line: two lines
    return whole


def _weighted(name: str, width: int, cells: list[str]) -> tuple[int, list[str]]:
    weight, _, first = cells[0].partition(" ")
    if not weight.isdecimal() or int(weight) == 0 or len(cells) != width:
        line = " | ".join(cells)
        raise ValueError(f"`{name}` needs a weight above 0 and {width} cells in each row: `{line}`")
    return int(weight), [first.strip(), *cells[1:]]
