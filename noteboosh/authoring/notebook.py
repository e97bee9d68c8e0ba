"""One py:percent source becomes two notebooks: clean, answers blank, and solved, answers filled in.

Neither is executed here. Ids of cells are hashes, so that two builds are byte-identical.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jupytext
import nbformat

from noteboosh.authoring.evaluate import Code, Job
from noteboosh.authoring.problems import SourceProblem, raise_all
from noteboosh.course import Module
from noteboosh.notebooks import literal

LONGEST = 15  # lines of a code cell
FIRST_CODE = ["%load_ext noteboosh", "from noteboosh import answer"]
_MARKER = re.compile(r"^# ?%%(?=\s|$)", re.MULTILINE)
_MAGIC = re.compile(r"^(\s*)(?=[%!?])", re.MULTILINE)
_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Cell:
    """One cell of the source; `line` is the first of its text, `asks` the id of its question."""

    kind: str
    line: int
    text: str
    tags: tuple[str, ...] = ()
    asks: str | None = None

    @property
    def author(self) -> bool:
        return "author" in self.tags


@dataclass(frozen=True)
class Source:
    """The source of a module's notebooks, read and checked."""

    path: str
    module: Module
    cells: tuple[Cell, ...]

    @property
    def questions(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.asks]

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "markdown" and not cell.author]

    def job(self) -> Job:
        """What its questions ask of the reference: the author's cells first, in order."""
        setup = tuple(Code(cell.line, cell.text) for cell in self.cells if cell.author)
        return Job(
            self.path, self.module.id, setup, tuple(Code(c.line, c.text) for c in self.questions)
        )


def read_source(text: str, path: str, module: Module) -> Source:
    """Read a py:percent text. Raises SourceProblem for everything in it that is wrong."""
    markers = list(_MARKER.finditer(text))
    begin = markers[0].start() if markers else len(text)
    above = [line for line in text[:begin].split("\n") if line.strip()]
    if not markers or any(not line.startswith("#") for line in above):
        raise SourceProblem(path, 1, "only comments may stand above the first cell, `# %%`")
    nodes = jupytext.reads(text[begin:], fmt="py:percent").cells
    if len(nodes) != len(markers):
        what = f"{len(markers)} lines begin with `# %%`, but they make {len(nodes)} cells"
        raise SourceProblem(path, 1, f"{what}: is there one inside a text in quotes?")
    ends = [*(m.start() for m in markers[1:]), len(text)]
    cells = [
        _cell(node, text, marker.end(), end, path)
        for node, marker, end in zip(nodes, markers, ends, strict=True)
    ]
    source = Source(path, module, tuple(cells))
    raise_all(_problems(source))
    return source


def _cell(node: Any, text: str, begin: int, end: int, path: str) -> Cell:
    begin = text.find("\n", begin, end) + 1 or end
    blank = len(text[begin:end]) - len(text[begin:end].lstrip())
    line = text.count("\n", 0, begin + blank) + 1
    tags = tuple(node.metadata.get("tags", []))
    asks = _asked(node.source, line, path) if node.cell_type == "code" else None
    return Cell(node.cell_type, line, node.source, tags, None if "author" in tags else asks)


def _asked(text: str, line: int, path: str) -> str | None:
    """The id of the question, if the cell is one. Raises SourceProblem for one not on its own."""
    try:
        tree = ast.parse(_MAGIC.sub(r"\1# ", text))
    except SyntaxError as error:
        at = line + (error.lineno or 1) - 1
        raise SourceProblem(path, at, f"this cell is not Python: {error.msg}") from None
    calls = [node for node in ast.walk(tree) if _calls_question(node)]
    if not calls:
        return None
    match tree.body:
        case [ast.Expr(value=ast.Call(args=[ast.Constant(value=str() as id)]))]:
            return id
    what = 'a question stands alone in its cell, its id typed out: `question("…", kind=…)`'
    raise SourceProblem(path, line, what)


def _calls_question(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == "question"


# ---- what must be true of a source ---------------------------------------------------------------


def _problems(source: Source) -> Iterator[SourceProblem]:
    emitted = [cell for cell in source.cells if not cell.author]
    for line, what in (*_openings(source.module, emitted), *_each(emitted), *_asking(source)):
        yield SourceProblem(source.path, line, what)


def _openings(module: Module, cells: list[Cell]) -> Iterator[tuple[int, str]]:
    link = f"](../../{module.lesson})"
    if not cells or cells[0].kind != "markdown" or link not in cells[0].text:
        line = cells[0].line if cells else 1
        yield line, f"the first cell is Markdown and links to the lesson, `[…{link}`"
    code = [cell for cell in cells if cell.kind == "code"]
    if not code or code[0].text.split("\n")[:2] != FIRST_CODE:
        line = code[0].line if code else 1
        yield line, f"the first code cell begins with `# {FIRST_CODE[0]}`, then `{FIRST_CODE[1]}`"


def _each(cells: list[Cell]) -> Iterator[tuple[int, str]]:
    for cell in cells:
        lines = cell.text.count("\n") + 1
        if not cell.text.strip():
            yield cell.line, "this cell is empty: remove it"
        elif cell.kind == "code" and not cell.asks and lines > LONGEST:
            what = f"this code cell has {lines} lines, and at most {LONGEST} are allowed"
            yield cell.line, f"{what}: move code into the package, or cut the cell in two"


def _asking(source: Source) -> Iterator[tuple[int, str]]:
    """A question is a Markdown cell and a call, and its id is the module's and its own."""
    cells = [cell for cell in source.cells if not cell.author]
    for before, cell in zip([None, *cells], [*cells, None], strict=True):
        announced = before is not None and before.kind == "markdown" and _announces(before)
        if cell is not None and cell.asks and not announced:
            yield cell.line, "above a question stands a Markdown cell that begins `**Question:**`"
        if before is not None and announced and not (cell and cell.asks):
            yield before.line, "below `**Question:**` stands the cell with its `question(…)`"
    seen: set[str] = set()
    for cell in source.questions:
        id = str(cell.asks)
        if not re.fullmatch(rf"{re.escape(source.module.id)}\.\w+", id):
            yield cell.line, f"`{id}` must be the module's id and a number, `{source.module.id}.1`"
        if id in seen:
            yield cell.line, f"`{id}` is asked a second time: give it a number of its own"
        seen.add(id)


def _announces(cell: Cell) -> bool:
    return cell.text.lstrip().startswith("**Question:**")


# ---- the two notebooks ---------------------------------------------------------------------------


def clean_notebook(source: Source) -> bytes:
    """The student's: an empty answer for each question, nothing of the author's cells."""
    return _notebook(source, {})


def solved_notebook(source: Source, solutions: Mapping[str, str]) -> bytes:
    """The same cells with the solutions, by question id, as answers; not executed."""
    return _notebook(source, solutions)


def _notebook(source: Source, solutions: Mapping[str, str]) -> bytes:
    seen: Counter[tuple[str, str]] = Counter()
    cells = []
    for cell in source.cells:
        if cell.author:
            continue
        clean = _answer_cell(cell.asks, "") if cell.asks else cell.text
        text = _answer_cell(cell.asks, solutions.get(cell.asks, "")) if cell.asks else clean
        # The id is made of the clean text, so that a cell keeps it in both notebooks.
        cells.append(_node(cell, text, _cell_id(source, cell.kind, clean, seen)))
    built_from = {"built_from": source.path, "module": source.module.id}
    notebook = nbformat.from_dict(
        {
            "cells": cells,
            "metadata": {**_METADATA, "noteboosh": built_from},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
    nbformat.validate(notebook)
    return (nbformat.writes(notebook, version=4).rstrip("\n") + "\n").encode("utf-8")


def _answer_cell(id: str, solution: str) -> str:
    text = f"\n{solution.strip(chr(10))}\n" if solution else "\n"
    return f'# Answer:\nanswer("{id}", {literal(text)})'


def _node(cell: Cell, text: str, id: str) -> dict[str, Any]:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    node: dict[str, Any] = {
        "cell_type": cell.kind, "id": id, "metadata": metadata, "source": text
    }  # fmt: skip
    return {**node, "execution_count": None, "outputs": []} if cell.kind == "code" else node


def _cell_id(source: Source, kind: str, text: str, seen: Counter[tuple[str, str]]) -> str:
    """From module, content and how often the same content stood above: stable under insertions."""
    seen[kind, text] += 1
    parts = "\0".join([source.module.id, kind, text, str(seen[kind, text])])
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()[:12]
