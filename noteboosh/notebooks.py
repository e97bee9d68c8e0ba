"""Notebooks as bytes: read the answers of one however damaged, and put answers and cells in place.

Nothing here reads or writes a file; the transaction does. What Jupyter saves is JSON with an
indent of 1 and a newline at the end, and that is what is written here, so that a notebook in
which nothing changed keeps its bytes.
"""

from __future__ import annotations

import ast
import codecs
import json
import re
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = 4
_COMPUTED = "the answer is not a plain text between quotes"

# `answer("09b.3", r"""`, and the same up to the quotes and bracket that close it.
_NAME = r"^[ \t]*(?:noteboosh\.)?answer\(\s*(?P<q>[\"'])(?P<id>[^\"'\\\n]+)(?P=q)\s*,?\s*"
_OPEN = r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>\"\"\"|'''|\"|')"
_BEGUN = re.compile(rf"{_NAME}(?:{_OPEN})?", re.MULTILINE)
_CALL = re.compile(
    rf"{_NAME}(?P<literal>{_OPEN}(?:\\.|[^\\])*?(?P=quote))\s*,?\s*\)", re.MULTILINE | re.DOTALL
)
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)

# Where a cell begins in damaged JSON: Jupyter and nbformat sort the keys of a cell.
_CELL = re.compile(r'\{\s*"(?:attachments|cell_type)"\s*:')
_CODE = re.compile(r'"cell_type"\s*:\s*"code"')
_SOURCE = re.compile(r'"source"\s*:\s*(?P<list>\[?)')
_STRING = re.compile(
    r'[\s,]*"(?P<body>(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)(?P<end>"?)', re.DOTALL
)
# json accepts raw newlines inside a string only when it is not strict.
_lenient = json.JSONDecoder(strict=False)


@dataclass(frozen=True)
class Answer:
    """One `answer(id, text)` call; `problem` says why its text is not certain, else None."""

    id: str
    text: str
    problem: str | None = None

    @property
    def broken(self) -> bool:
        """Python cannot read the cell; an expression that is no plain text runs all the same."""
        return self.problem not in (None, _COMPUTED)


def answers(raw: bytes) -> dict[str, Answer]:
    """The answers of a notebook by question id, as far as they can be read; never raises.

    Of an answer that stands there twice, the last one that is not blank counts.
    """
    found: dict[str, Answer] = {}
    for cell in _cells(raw):
        for answer in answers_in(_source(cell)) if _is_code(cell) else ():
            if answer.text.strip() or answer.id not in found:
                found[answer.id] = answer
    return found


def read_answers(raw: bytes) -> dict[str, str]:
    """The texts of `answers(raw)` by question id."""
    return {id: answer.text for id, answer in answers(raw).items()}


def answers_in(source: str) -> list[Answer]:
    """The answers of one code cell, read without running anything."""
    tree = _parse(source)
    if tree is not None:
        return [answer for node in ast.walk(tree) if (answer := _of_call(source, node))]
    if begun := _BEGUN.search(source):
        return [_beside_magics(source, begun["id"]) or _broken(source, begun)]
    return []


def is_sound(raw: bytes) -> str | None:
    """None, or in a few words what is wrong with a notebook or with an answer in it."""
    if not raw.strip():
        return "it is empty"
    try:
        notebook = _load(raw)
    except ValueError as error:
        return str(error)
    if notebook.get("nbformat") != FORMAT:
        return f"its format is {notebook.get('nbformat')!r}, and only {FORMAT} can be opened"
    if not notebook["cells"]:
        return "it has no cells"
    for number, cell in enumerate(notebook["cells"], start=1):
        if not _is_cell(cell):
            return f"cell {number} is damaged"
    broken = (a for a in answers(raw).values() if a.broken)
    return next((f"{a.id}: {a.problem}" for a in broken), None)


def carry_over(clean: bytes, answers: Mapping[str, str]) -> bytes:
    """The notebook `clean` with these answers in the cells of their questions.

    A cell that changes loses its outputs: they responded to another text. Also mends a notebook
    whose answers do not parse: `carry_over(raw, read_answers(raw))`. Raises ValueError where
    `clean` is no notebook.
    """
    notebook = _load(clean)
    for cell in filter(_is_code, notebook["cells"]):
        source = old = _source(cell)
        for found in answers_in(old):
            text = answers.get(found.id)
            if text is not None and (text != found.text or found.broken):
                source = _put(source, found, text)
        if source != old:
            cell.update(source=source.splitlines(keepends=True), outputs=[], execution_count=None)
    return _dump(notebook)


def literal(text: str) -> str:
    """A Python literal of a text: raw in triple quotes wherever that is exact, else escaped."""
    for quote in ('"""', "'''"):
        if _typable(text) and _evaluate(spelling := f"r{quote}{text}{quote}") == text:
            return spelling
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    # Surrogates, carriage returns and control characters do not survive as themselves.
    return '"""' + re.sub(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", _escape, escaped) + '"""'


def archive_name(existing: Iterable[str], name: str, when: time.struct_time) -> str:
    """`<name>.<timestamp>.ipynb`, unlike every existing name, whatever its case."""
    taken = {other.lower() for other in existing}
    stem = candidate = f"{name}.{time.strftime('%Y-%m-%d-%H%M%S', when)}"
    number = 1
    while f"{candidate}.ipynb".lower() in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return f"{candidate}.ipynb"


def cells_by_id(raw: bytes) -> dict[str, dict]:
    """The cells in order by id; an answer cell without one by its question. Raises ValueError."""
    found: dict[str, dict] = {}
    for cell in _load(raw)["cells"]:
        key = next(iter(_keys(cell)), None)
        if key is not None:
            found.setdefault(key, cell)
    return found


def replace_cells(raw: bytes, cells: Mapping[str, dict | None], order: Iterable[str] = ()) -> bytes:
    """The notebook with single cells replaced, removed (None) or put back.

    A key is a cell's id or, for an answer, its question's. A cell that is no longer there comes
    after its nearest neighbour above in `order` (the keys of the version it is from), or last.
    Raises ValueError where `raw` is no notebook.
    """
    notebook = _load(raw)
    present, order = notebook["cells"], list(order)
    for key, cell in cells.items():
        at = _index(present, key)
        if at is None and cell is not None:
            present.insert(_place(present, key, order), cell)
        elif at is not None:
            present[at : at + 1] = [] if cell is None else [cell]
    return _dump(notebook)


def _load(raw: bytes) -> dict:
    """The notebook with its list of cells. Raises ValueError that says what is wrong."""
    try:
        notebook = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("it is not a UTF-8 text") from error
    except json.JSONDecodeError as error:
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        what = "it ends in the middle" if cut else f"it is not valid JSON (line {error.lineno})"
        raise ValueError(what) from error
    except (RecursionError, ValueError) as error:  # absurdly nested; a number of 5,000 digits
        raise ValueError("it is not valid JSON") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("it is JSON, but no notebook")
    return notebook


def _dump(notebook: dict) -> bytes:
    text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "backslashreplace")  # a lone surrogate becomes a JSON escape


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata"), dict):
        return False
    source, kind = cell.get("source"), cell.get("cell_type")
    lines = [source] if isinstance(source, str) else source
    text = isinstance(lines, list) and all(isinstance(line, str) for line in lines)
    outputs = kind != "code" or isinstance(cell.get("outputs"), list)
    return text and outputs and kind in ("code", "markdown", "raw")


def _source(cell: dict) -> str:
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))


def _keys(cell: Any) -> Iterator[str]:
    """What a cell answers to: its id, then its questions. Ids of cells hold no point, theirs do."""
    if isinstance(cell, dict) and isinstance(cell.get("id"), str):
        yield cell["id"]
    if _is_code(cell):
        yield from (answer.id for answer in answers_in(_source(cell)))


def _index(cells: list, key: str) -> int | None:
    return next((n for n, cell in enumerate(cells) if key in _keys(cell)), None)


def _place(cells: list, key: str, order: list[str]) -> int:
    if key not in order:
        return len(cells)
    above = (_index(cells, other) for other in reversed(order[: order.index(key)]))
    return next((at + 1 for at in above if at is not None), 0)


def _cells(raw: bytes) -> Iterator[dict]:
    """Every cell that can be made out, in sound JSON or in what is left of it."""
    try:
        yield from _load(raw)["cells"]
    except ValueError:
        # Not final: of a character cut in two at the end, nothing is kept.
        decoder = codecs.getincrementaldecoder(json.detect_encoding(raw))("replace")
        yield from _salvage(decoder.decode(raw))


def _salvage(text: str) -> Iterator[dict]:
    starts = [match.start() for match in _CELL.finditer(text)]
    end = 0
    for start, following in zip(starts, [*starts[1:], len(text)], strict=False):
        if start < end:  # inside an output of the cell before
            continue
        try:
            cell, end = _lenient.raw_decode(text, start)
            yield cell
        except (ValueError, RecursionError):
            part = text[start:following]
            if _CODE.search(part):
                yield {"cell_type": "code", "source": "".join(_strings(part))}


def _strings(part: str) -> Iterator[str]:
    """The source of a damaged cell, up to where its text breaks off."""
    *_, source = [None, *_SOURCE.finditer(part)]  # the last: outputs come before it
    position = source.end() if source else len(part)
    while string := _STRING.match(part, position):
        text = _lenient.decode(f'"{string["body"]}"')
        # Half of an escaped pair is no character.
        yield text if string["end"] else re.sub("[\ud800-\udbff]$", "", text)
        if not (string["end"] and source and source["list"]):
            return
        position = string.end()


def _parse(source: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes such as "\d"
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _evaluate(spelling: str) -> str | None:
    tree = _parse(spelling)
    value = tree.body[0].value if tree and len(tree.body) == 1 else None  # type: ignore[attr-defined]
    text = value.value if isinstance(value, ast.Constant) else None
    return text if isinstance(text, str) else None


def _typable(text: str) -> bool:
    """Holds nothing that an editor would change or hide: only \\n, \\t and visible characters."""
    return re.search(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", text) is None


def _escape(match: re.Match) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _of_call(source: str, node: ast.AST) -> Answer | None:
    """The answer of a syntax node, if it is a call of `answer` that names its question."""
    if not isinstance(node, ast.Call) or not node.args:
        return None
    name = getattr(node.func, "id", getattr(node.func, "attr", None))
    id = getattr(node.args[0], "value", None)
    if name != "answer" or not isinstance(id, str):
        return None
    if len(node.args) == 1:
        return Answer(id, "")
    if isinstance(node.args[1], ast.Constant):
        value = node.args[1].value
        return Answer(id, "" if value is None else str(value))
    text = ast.get_source_segment(source, node.args[1]) or ""
    return Answer(id, text, _COMPUTED)


def _beside_magics(source: str, id: str) -> Answer | None:
    """The answer of a cell that is sound but for lines of IPython (`%time`, `!ls`)."""
    call = _CALL.search(source)
    if not call or call["id"] != id:
        return None
    text = _evaluate(call["literal"])
    rest = _MAGIC.sub("", source[: call.start()]) + "\npass" + _MAGIC.sub("", source[call.end() :])
    return Answer(id, text) if text is not None and _parse(rest) else None


def _broken(source: str, begun: re.Match) -> Answer:
    """An answer whose call does not parse: its text up to the last quotes that could close it."""
    rest, quote = source[begun.end() :], begun["quote"] or ""
    closed = re.match(rf"(.*){quote}\s*,?\s*\)[ \t]*$", rest, re.DOTALL | re.MULTILINE)
    if not quote:
        text = closed[1] if closed else ""
        return Answer(begun["id"], text, "the answer does not stand between quotes")
    # Without a bracket, quotes at the end are what was saved of the closing ones.
    text = closed[1] if closed else re.sub(rf"{quote[0]}{{1,{len(quote)}}}\s*\Z", "", rest)
    if begun["prefix"] not in ("r", "R"):
        text = _unescaped(text, quote[0] * 3)
    if not closed:
        problem = "the quotes do not close"
    elif quote in text:
        problem = f"{quote} stands inside the answer and ends it too early"
    else:
        problem = "Python cannot read the cell"
    return Answer(begun["id"], text, problem)


def _unescaped(text: str, quote: str) -> str:
    r"""The value of a literal's inside; of an escape cut in two (`\u00` …) nothing is kept."""
    for length in range(len(text), max(len(text) - 10, 0) - 1, -1):
        value = _evaluate(f"{quote}{text[:length]}{quote}")
        if value is not None:
            return value
    return text


def _put(source: str, found: Answer, text: str) -> str:
    """The cell with another text in its call; a cell that does not parse is written anew."""
    for call in _CALL.finditer(source):
        if call["id"] == found.id and not found.broken:
            changed = (
                source[: call.start("literal")] + literal(text) + source[call.end("literal") :]
            )
            if Answer(found.id, text) in answers_in(changed):
                return changed
    return f"# Answer:\nanswer({json.dumps(found.id, ensure_ascii=False)}, {literal(text)})"
