"""Exercise regions in source text: find them, and render a file with each region in a given state.

Two spellings mark a region. Authored files (`course/g2c`) hold the solution:

    # BEGIN SOLUTION pretraining.lm_cross_entropy
    ...
    # END SOLUTION

A student's files (`g2c`) hold a fence. Its first line carries the id, the size and, where a
solution is on loan, for which modules; that line is the only record of a loan:

    # ---- your code: pretraining.lm_cross_entropy (about 3 lines; borrowed for 09b) ----
    raise NotImplementedError("pretraining.lm_cross_entropy")
    # ---- end of your code ----

Build, borrow, return, reset, the proof's variants and a later update of the course are all
`render(text, fills)`: the same text with other bodies in its regions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from noteboosh.errors import Problem

_ID = r"(?P<id>[A-Za-z]\w*(?:\.\w+)+)"
_SOLUTION_BEGIN = re.compile(rf"^(?P<indent>\s*)#\s*BEGIN SOLUTION\s+{_ID}\s*$")
_SOLUTION_END = re.compile(r"^\s*#\s*END SOLUTION\s*$")
# Only the words and the id count: a student's editor may change blanks, dashes or the size.
_FENCE_BEGIN = re.compile(
    rf"^(?P<indent>\s*)#[\s-]*your code:\s*{_ID}\s*(?:\((?P<note>.*)\))?[\s-]*$"
)
_FENCE_END = re.compile(r"^\s*#[\s-]*end of your code[\s-]*$")
_LOAN = re.compile(r"^borrowed for (?P<for>[\w, ]+)$")
_HELD = re.compile(r"^yours is (?P<held>[0-9a-f]{40,64})$")


class FenceError(Problem):
    """A fence that cannot be read: no end, an end without a begin, nested, or twice."""

    def __init__(self, path: str, line: int, what: str):
        super().__init__(f"`{path}`, line {line}: {what}")
        self.path, self.line = path, line


@dataclass(frozen=True)
class Loan:
    """A solution on loan: for which modules, and the record of the text it stands in for."""

    borrowers: tuple[str, ...]
    held: str | None = None  # object name in the timeline; None: the fence was blank

    def __str__(self) -> str:
        text = "borrowed for " + ", ".join(self.borrowers)
        return f"{text}; yours is {self.held}" if self.held else text


@dataclass(frozen=True)
class Fill:
    """What a region is to hold: `body` as written at `indent` (None: unwritten), and its loan."""

    body: str | None
    indent: str = ""
    loan: Loan | None = None


BLANK = Fill(None)


@dataclass(frozen=True)
class Region:
    """One exercise region of a file; `body` is everything between its two marker lines."""

    id: str
    indent: str
    body: str
    line: int  # of the first marker, from 1
    size: str
    newline: str
    loan: Loan | None = None
    fence: str | None = None  # the whole text, marker lines included, of a student's fence

    @property
    def blank(self) -> bool:
        """Nothing was typed here: the fence is empty or only raises its own id."""
        lines = [line.strip() for line in self.body.splitlines() if line.strip()]
        quoted = {f"raise NotImplementedError({q}{self.id}{q})" for q in "\"'"}
        return not lines or (len(lines) == 1 and lines[0] in quoted)

    @property
    def begun(self) -> bool:
        """The student's own work stands here."""
        return not self.blank and self.loan is None

    def fill(self, loan: Loan | None = None) -> Fill:
        return BLANK if self.blank else Fill(self.body, self.indent, loan)


def lines_of(text: str) -> list[str]:
    r"""Lines with their ends; only \n ends a line (str.splitlines also cuts at form feeds)."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def parse(text: str, path: str) -> list[str | Region]:
    """Cut a file into plain text and regions, in order. Raises FenceError."""
    parts: list[str | Region] = []
    plain: list[str] = []
    seen: dict[str, int] = {}
    begin: re.Match | None = None
    body: list[str] = []  # with the marker line that opens it
    start = 0
    for number, line in enumerate(lines_of(text), start=1):
        bare = line.rstrip("\r\n")
        opens = _SOLUTION_BEGIN.match(bare) or _FENCE_BEGIN.match(bare)
        closes = _SOLUTION_END.match(bare) or _FENCE_END.match(bare)
        if opens and begin:
            raise FenceError(path, number, f"`{opens['id']}` begins inside `{begin['id']}`, "
                             f"whose end line (since line {start}) is missing")  # fmt: skip
        if closes and not begin:
            raise FenceError(path, number, "an end line without a begin line above it")
        if opens:
            if opens["id"] in seen:
                raise FenceError(path, number, f"`{opens['id']}` stands here a second time "
                                 f"(first in line {seen[opens['id']]})")  # fmt: skip
            seen[opens["id"]] = start = number
            parts.append("".join(plain))
            begin, plain, body = opens, [], [line]
        elif closes and begin:
            parts.append(_region(begin, body, start, line))
            begin = None
        else:
            (body if begin else plain).append(line)
    if begin:
        raise FenceError(path, start, f"the end line of `{begin['id']}` is missing: "
                         "put `# ---- end of your code ----` below your code")  # fmt: skip
    parts.append("".join(plain))
    return parts


def regions(text: str, path: str) -> dict[str, Region]:
    """The regions of a file by exercise id. Raises FenceError."""
    return {part.id: part for part in parse(text, path) if isinstance(part, Region)}


def line_of(path: Path, id: str) -> int | None:
    """Where the fence of an exercise begins in a file, from 1; None where it cannot be read."""
    try:
        return regions(path.read_text("utf-8", "surrogateescape"), path.name)[id].line
    except (OSError, KeyError, Problem):
        return None


def render(text: str, fills: Mapping[str, Fill], path: str = "source") -> str:
    """The same file with fences, the regions named in `fills` holding those bodies."""
    return "".join(
        part if isinstance(part, str) else _rendered(part, fills.get(part.id))
        for part in parse(text, path)
    )


def _region(begin: re.Match, lines: list[str], line: int, last: str) -> Region:
    newline = "\r\n" if last.endswith("\r\n") else "\n"
    body = "".join(lines[1:])
    if "note" not in begin.re.groupindex:
        return Region(begin["id"], begin["indent"], body, line, _size(body), newline)
    borrowers: tuple[str, ...] = ()
    held, rest = None, []
    for part in filter(None, map(str.strip, (begin["note"] or "").split(";"))):
        if lent := _LOAN.match(part):
            borrowers = tuple(id.strip() for id in lent["for"].split(",") if id.strip())
        elif yours := _HELD.match(part):
            held = yours["held"]
        else:
            rest.append(part)
    loan = Loan(borrowers, held) if borrowers else None
    fence = lines[0] + body + last
    return Region(begin["id"], begin["indent"], body, line, "; ".join(rest), newline, loan, fence)


def _size(body: str) -> str:
    """How much is to be written, counted on the solution: comments and blank lines are free."""
    count = sum(1 for line in body.splitlines() if line.strip() and line.strip()[0] != "#")
    return f"about {count} line{'s' * (count != 1)}"


def _rendered(region: Region, fill: Fill | None) -> str:
    """One region's text: as it is where nothing is asked for, a solution inside a fence."""
    if fill is None and region.fence is not None:
        return region.fence
    fill = fill or region.fill()
    if fill.body is None:
        body = f'{region.indent}raise NotImplementedError("{region.id}"){region.newline}'
    else:
        body = _shift(fill.body, fill.indent, region.indent)
    note = "; ".join(filter(None, [region.size, str(fill.loan) if fill.loan else ""]))
    note = f" ({note})" if note else ""
    first = f"{region.indent}# ---- your code: {region.id}{note} ----{region.newline}"
    return f"{first}{body}{region.indent}# ---- end of your code ----{region.newline}"


def _shift(body: str, written_at: str, indent: str) -> str:
    """Move a body to another indentation; at its own indentation it stays byte for byte."""
    if written_at == indent:
        return body
    return "".join(
        indent + line[len(written_at) :] if line.startswith(written_at) and line.strip() else line
        for line in lines_of(body)
    )
