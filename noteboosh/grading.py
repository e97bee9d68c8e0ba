"""Grade an answer against a question's key: closed kinds without running anything, never a guess.

What can be read is compared; what cannot be read gets a sentence on how to write it. A message
names the smallest correction first and never the key.
"""

from __future__ import annotations

import ast
import math
import random
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

CORRECT, MOSTLY, PARTIALLY = "correct", "mostly correct", "partially correct"
REVISE, SKIPPED = "needs revision", "skipped"
KINDS = ("number", "shape", "list", "choice", "code", "text")

_LONGEST = 5_000  # characters; nothing closed needs more, and parsing stays quick


@dataclass(frozen=True)
class Question:
    """One question. A key that is a dict asks for named parts, `x = …` and `y = …`."""

    id: str
    kind: str
    key: Any = None  # None for free text
    rubric: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    tolerance: float | None = None  # relative; None: exact for a whole number, else 1 %
    options: dict[str, str] = field(default_factory=dict)
    accept: tuple[str, ...] = ()  # further spellings of a code fragment


@dataclass(frozen=True)
class Response:
    """What an answer gets; the verdict is None where there is none to give, and `note` says why."""

    verdict: str | None
    message: str
    note: str = ""  # "recorded" or "hint"

    @property
    def label(self) -> str:
        return self.verdict or self.note


class Unreadable(ValueError):
    """The answer cannot be read as its kind; the message says how to write it."""


def grade(question: Question, text: str) -> Response:
    """The verdict on an answer, with the smallest correction; free text is only recorded."""
    if not text.strip():
        return Response(SKIPPED, "Blank answers are skipped, never wrong.")
    if question.kind == "text":
        title = "Your answer is recorded. Compare it with the points a good answer makes:"
        return Response(None, _points(title, question) or "Your answer is recorded.", "recorded")
    try:
        if len(text) > _LONGEST:
            raise Unreadable("This is too long for a closed question: write the result alone.")
        score, message = _score(question, question.key, text)
    except Unreadable as error:
        return Response(REVISE, str(error))
    except RecursionError:
        return Response(REVISE, "This is nested too deeply to be read: write it more simply.")
    if score >= 1:
        return Response(CORRECT, _points("Compare your reasons with these:", question))
    return Response(_verdict(score), message)


def _verdict(score: float) -> str:
    """What is not all right, in words; of four entries, two make it partially correct."""
    return MOSTLY if score >= 0.75 else PARTIALLY if score >= 1 / 3 else REVISE


def _points(title: str, question: Question) -> str:
    """The rubric below a title; nothing where there is none."""
    return "\n  - ".join([title, *question.rubric]) if question.rubric else ""


def _score(question: Question, key: Any, text: str) -> tuple[float, str]:
    """How much of the answer is right, 0 to 1, and what to correct. Raises Unreadable."""
    if question.kind not in ("code", "choice"):  # a comment behind the answer, Markdown around it
        text = re.sub(r"(?m)(?<=\S)[ \t]+#.*$", "", text).replace("`", " ")
    if isinstance(key, dict):
        return _score_parts(question, key, text)
    if question.kind == "code":
        return _score_code([key, *question.accept], text)
    if question.kind == "choice":
        return _score_choice(question.options, key, text)
    if isinstance(key, (list, tuple)):
        return _score_entries(question, list(_flat(key)), text)
    return _score_number(question, key, text)


# ---- named parts ---------------------------------------------------------------------------------


def _score_parts(question: Question, key: dict, text: str) -> tuple[float, str]:
    parts = _parts(text, list(key), lines_only=question.kind == "code")
    if not parts:
        lines = " and ".join(f"`{name} = ...`" for name in key)
        raise Unreadable(f"Write one line for each part: {lines}.")
    results: list[tuple[float, str]] = []
    for name, value in key.items():
        part = parts.get(name, "")
        try:
            score, message = _score(question, value, part) if part else (0.0, "it is missing.")
        except Unreadable as error:
            score, message = 0.0, str(error)
        results.append((score, f"`{name}`: {message}"))
    wrong = sorted((r for r in results if r[0] < 1), key=lambda r: -r[0])  # the nearest first
    return sum(r[0] for r in results) / len(results), "\n".join(message for _, message in wrong)


def _parts(text: str, names: list[str], lines_only: bool) -> dict[str, str]:
    """The texts behind `name =`; inside code a name also stands in calls, so only line starts."""
    named = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    before, sign = (r"^[ \t]*", "=(?!=)") if lines_only else (r"(?<![\w.])", "(?:=(?!=)|:)")
    marks = list(re.finditer(rf"(?m){before}(?P<name>{named})\s*{sign}", text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    return {
        mark["name"]: re.sub(r"(?:[\s,;]|\band\b)+$", "", text[mark.end() : end])
        for mark, end in zip(marks, ends, strict=bool(marks))
    }


# ---- numbers -------------------------------------------------------------------------------------

_SIGNS = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/",
     "\u2044": "/", "\u2248": "=", "~": "=", "^": "**", "$": " "}
)  # fmt: skip
_HOW = "Write one number, or a sum or product of numbers such as `2*3` or `log(2)`."
_FUNCTIONS = {"log": math.log, "ln": math.log, "log2": math.log2, "log10": math.log10,
              "exp": math.exp, "sqrt": math.sqrt}  # fmt: skip
_CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf}
_LIBRARIES = {"math", "np", "numpy", "torch"}
_OPERATIONS: dict[type, Any] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: math.pow,  # of floats: no exponent can hang it
}


def read_number(text: str) -> float:
    """The number a student wrote: `32`, `= 32`, `4*8 = 32`, `about 4.17 nats`, `1,000`, `1/3`.

    Raises Unreadable.
    """
    text = _plain(text)
    if "<" in text or ">" in text:
        raise Unreadable("Write the number itself, not a bound.")
    if re.search(r"\d,\d", text):
        raise Unreadable("Write one number, with a point before its decimals.")
    last = next((part for part in reversed(text.split("=")) if part.strip()), "")
    # A number or sign that would be left out makes the answer another one.
    value = _value_among(last, beside=r"(?![-+*/]+$)\D*")
    if value is None:
        raise Unreadable(_HOW if re.search(r"\d", text) else f"There is no number in it. {_HOW}")
    return value


def _plain(text: str) -> str:
    text = re.sub(r"\btensor\(([-+.\de]+)(?:,[^()]*)?\)", r"\1", text)  # as torch prints it
    text = text.translate(_SIGNS)
    text = re.sub(r"(?<![\d.])(\d{1,3}(?:,\d{3})+)(?![\d,])", lambda m: m[0].replace(",", ""), text)
    text = re.sub(r"(\d)(nats?|bits?|bytes?|tokens?|%)", r"\1 \2", text)
    text = re.sub(r"\b(log|ln|log2|log10|exp|sqrt) +(\d[\d.]*)", r"\1(\2)", text)
    # 4 x 8 and B x T, but not 0x20
    return re.sub(r"(?<!\b0)(?<=[\d)])\s*[xX]\s*(?=[\d(])|(?<=[A-Z])\s+x\s+(?=[A-Z])", "*", text)


def _value_among(text: str, beside: str, letters: bool = False) -> float | None:
    """The value of the longest run of words that is arithmetic, all others matching `beside`."""
    words = [word for part in text.split() if (word := part.rstrip(".,;:!?"))][:40]
    spans = [(start, end) for start in range(len(words)) for end in range(start, len(words))]
    for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
        rest = words[:start] + words[end + 1 :]
        if all(re.fullmatch(beside, word) for word in rest):
            value = _value_of(" ".join(words[start : end + 1]), letters)
            if value is not None:
                return value
    return None


def _value_of(text: str, letters: bool = False) -> float | None:
    try:
        value = _walk(_parse(text.strip(), "eval").body, letters)
    except (ArithmeticError, ValueError):
        return None
    return None if math.isnan(value) else value


def _walk(node: Any, letters: bool) -> float:
    """The value of an arithmetic expression of literals. Raises ValueError for anything else."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_walk(operand, letters)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _walk(operand, letters)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
            return _OPERATIONS[type(op)](_walk(left, letters), _walk(right, letters))
        case ast.Call(func=func, args=[argument], keywords=[]):
            return _FUNCTIONS[_known(func, _FUNCTIONS)](_walk(argument, letters))
        case ast.List(elts=[entry]) | ast.Tuple(elts=[entry]):
            return _walk(entry, letters)
        case ast.Name(id=name) if letters:
            size = name.upper() if len(name) == 1 else name
            return 1 + random.Random(size).random()  # two products agree when their letters do
        case ast.Name() | ast.Attribute():
            return _CONSTANTS[_known(node, _CONSTANTS)]
    raise ValueError("not arithmetic")


def _known(node: Any, names: dict) -> str:
    """`log` of `log` or `math.log`. Raises ValueError if it is none of `names`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="math"), attr=name):
            pass
        case ast.Attribute(value=ast.Name(id=library), attr=name) if library in _LIBRARIES:
            pass
        case _:
            raise ValueError("not a name")
    if name not in names:
        raise ValueError(f"unknown name {name}")
    return name


def _close(value: float, key: float, tolerance: float | None) -> bool:
    if tolerance is None:
        tolerance = 1e-9 if float(key).is_integer() else 0.01
    return value == key or math.isclose(value, key, rel_tol=tolerance)


def _score_number(question: Question, key: Any, text: str) -> tuple[float, str]:
    if isinstance(key, str):  # an expression in letters, such as `B * T`
        parts = _plain(text).split("=")
        values = [_value_among(part, beside="[a-z]{2,}", letters=True) for part in parts]
        same = any(v is not None and math.isclose(v, _letters(key) or 0.0) for v in values)
        if not same and not re.search(r"\b[A-Za-z]\b", text):
            return 0.0, "Write it with the letters, such as `2 * A + 1`."
        return (1.0, "") if same else (0.0, "Another value. Try it on a small case by hand.")
    value = read_number(text)
    percent = "%" in text and _close(value / 100, key, question.tolerance)
    if percent or _close(value, key, question.tolerance):
        return 1.0, ""
    if _close(-value, key, question.tolerance):
        return 0.5, "The size is right, its sign is not."
    size = "too large" if value > key else "too small"
    whole = float(key).is_integer() and question.tolerance is None
    if not whole and math.isclose(value, key, rel_tol=3 * (question.tolerance or 0.01)):
        return 0.75, f"Close, but {size}: compute it with more digits."
    return 0.0, f"The number is {size}."


# ---- lists and shapes ----------------------------------------------------------------------------


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for entry in value:
            yield from _flat(entry)
    else:
        yield value


def _score_entries(question: Question, key: list, text: str) -> tuple[float, str]:
    shape = question.kind == "shape"
    words = ("size", "sizes") if shape else ("entry", "entries")
    mine = _entries(text, shape, alone=len(key) == 1)
    agree = [_agrees(k, entry, question.tolerance) for k, entry in zip(key, mine, strict=False)]
    share = sum(agree) / max(len(key), len(mine), 1)
    if len(mine) != len(key):
        what = "The shape" if shape else "The list"
        asked = f"{what} has {_count(len(key), words)}, yours has {_number_word(len(mine))}."
        return (0.0 if shape else share), asked
    if all(agree):
        return 1.0, ""
    if _same_entries(key, mine, question.tolerance):
        return max(share, 0.5), f"These are the right {words[1]}, in another order."
    wrong = [n for n, right in enumerate(agree) if not right]
    some = f"{_number_word(sum(agree)).capitalize()} of the {_count(len(key), words)}"
    agrees = "agree" if sum(agree) > 1 else "agrees"
    first = _ordinal(wrong[0], len(key))
    if not isinstance(key[wrong[0]], str) and _value_of(_plain(mine[wrong[0]])) is None:
        return share, f"{some} {agrees}; the {first} is not a number."
    return share, f"{some} {agrees}; look at the {first}."


def _entries(text: str, shape: bool, alone: bool) -> list[str]:
    """The entries of `[1, 3]`, `(1, 3)`, `1, 3`, `1 3`, nested or in a call such as `tensor(…)`."""
    text = re.sub(r"^\s*[A-Za-z_][\w.]*\s*=(?!=)", "", text).strip().rstrip(".;")
    if shape:
        text = re.sub(r"(?<=[\w)])\s+[xX]\s+(?=[\w(])|\s*\u00d7\s*", ", ", text)
        text = re.sub(r"(?<=\d)[xX](?=\d)", ", ", text)
        text = "()" if text.lower() == "scalar" else text
    text = text.translate(_SIGNS).strip()
    first, last = re.search(r"[\[(]|$", text), max(text.rfind("]"), text.rfind(")"))
    inside = text[first.start() : last + 1] if first else ""  # "the list [1, 3], because ..."
    if "," in text or alone or not re.search(r"\s", text):  # `1 -1` is two entries
        for candidate in filter(None, (text, inside)):
            try:
                return list(_leaves(_parse(candidate, "eval").body))
            except Unreadable:
                continue
    parts = re.split(r"[\s,;]+", re.sub(r"[\[\](){}]", " ", inside or text))
    entries = [word for part in parts if (word := part.strip("'\""))]
    if not entries:
        raise Unreadable("Write the entries between brackets, with commas: `[..., ...]`.")
    return entries


def _leaves(node: Any) -> Iterator[str]:
    match node:
        case ast.Tuple(elts=entries) | ast.List(elts=entries) | ast.Set(elts=entries):
            for entry in entries:
                yield from _leaves(entry)
        case ast.Call(args=[ast.Tuple() | ast.List() as inner]):
            yield from _leaves(inner)
        case ast.Constant(value=str() as word):
            yield word
        case _:
            yield ast.unparse(node)


def _agrees(key: Any, entry: str, tolerance: float | None) -> bool:
    if not isinstance(key, str):
        value = _value_of(_plain(entry))
        return value is not None and _close(value, key, tolerance)
    if entry.strip().strip("'\"") == key.strip():
        return True
    value, wanted = _value_of(_plain(entry), letters=True), _letters(key)
    return None not in (value, wanted) and math.isclose(value, wanted, rel_tol=1e-9)  # type: ignore[arg-type]


def _letters(key: str) -> float | None:
    """The value of a key in letters; only capitals are sizes, so words are compared as words."""
    return _value_of(key, letters=True) if re.fullmatch(r"[A-Z\d\s*/+()-]+", key) else None


def _same_entries(key: list, mine: list[str], tolerance: float | None) -> bool:
    left = list(mine)
    for wanted in key:
        at = next((n for n, entry in enumerate(left) if _agrees(wanted, entry, tolerance)), None)
        if at is None:
            return False
        del left[at]
    return True


_NUMBERS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]


def _number_word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _count(number: int, words: tuple[str, str]) -> str:
    return f"{_number_word(number)} {words[number != 1]}".replace("none", "no")


def _ordinal(index: int, length: int) -> str:
    if index == length - 1:
        return "last"
    return _ORDINALS[index] if index < len(_ORDINALS) else f"{index + 1}th"


# ---- choices -------------------------------------------------------------------------------------


def _score_choice(options: dict[str, str], key: str, text: str) -> tuple[float, str]:
    chosen = _choice(options, text)
    if chosen.lower() == key.lower():
        return 1.0, ""
    return 0.0, f"({chosen}) is not it: say what would follow from it, and compare the others."


def _choice(options: dict[str, str], text: str) -> str:
    """The letter chosen: `b`, `(B)`, `b) …`, `b because …`, or an option's text."""
    letters = {letter.lower(): letter for letter in options}
    named = "|".join(map(re.escape, letters))
    said = re.match(
        rf"(?:(?:the )?answer(?: is)?:?\s*|option\s+)?[(`'\"*]*({named})[)`'\"*]*"
        r"(?:\s*$|\s*[).:,;-]|\s+(?:because|since|as)\b|\s*\n)",
        text.strip().lower(),
    )
    if said:
        return letters[said[1]]
    mine = _words(text)
    same = [letter for letter, option in options.items() if _words(option) == mine]
    held = [letter for letter, option in options.items() if _words(option) in mine]
    if len(same) == 1 or len(held) == 1:
        return (same or held)[0]
    raise Unreadable(f"Write one letter: {', '.join(options)}.")


def _words(text: str) -> str:
    return " ".join(["", *re.findall(r"[^\W_]+", text.lower()), ""])


# ---- code ----------------------------------------------------------------------------------------

_OWN = "="  # begins no name in Python
# Where Python evaluates children in another order than the one the tree lists them in.
_EVALUATED: dict[type, tuple[str, ...]] = {
    ast.Assign: ("value", "targets"),
    ast.AnnAssign: ("annotation", "value", "target"),
    ast.NamedExpr: ("value", "target"),
    ast.For: ("iter", "target", "body", "orelse"),
    ast.comprehension: ("iter", "target", "ifs"),
    ast.ListComp: ("generators", "elt"),
    ast.SetComp: ("generators", "elt"),
    ast.GeneratorExp: ("generators", "elt"),
    ast.DictComp: ("generators", "key", "value"),
}


def _score_code(spellings: list[str], text: str) -> tuple[float, str]:
    """Statement by statement, the tree of a fragment against that of each accepted spelling."""
    source = _fragment(text)
    mine = _statements(source)
    keys = [_statements(_fragment(spelling)) for spelling in spellings]
    if any(_result(mine) == _result(key) for key in keys):
        return 1.0, ""
    key = max(keys, key=lambda key: _agreeing(mine, key))
    share = _agreeing(mine, key) / max(len(mine), len(key))
    if not mine:
        raise Unreadable("There are only comments in it: write the code.")
    pairs = zip(mine, key, strict=False)
    first = next(((a, b) for a, b in pairs if ast.dump(a) != ast.dump(b)), None)
    if first is None:
        kind = "missing at the end" if len(mine) < len(key) else "too many at the end"
        return share, f"What agrees is right; there is a statement {kind}."
    path = list(_difference(*first))
    segments = [ast.get_source_segment(source, node) or "" for node in path]
    at = [f" at `{s}`" for s in segments if s.count("\n") == 0 and source.count(s) == 1]
    return share, f"Line {path[-1].lineno} differs first{at[-1] if at else ''}."


def _fragment(text: str) -> str:
    """The code itself: no Markdown fence around it, no indentation of its own."""
    fenced = re.search(r"^\s*```\w*\n(.*?)^\s*```", text, re.DOTALL | re.MULTILINE)
    return textwrap.dedent((fenced[1] if fenced else text).strip("\n").expandtabs(4)).strip()


def _statements(source: str) -> list[Any]:
    tree = _parse(source, "exec")
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list):
            node.body = [s for s in node.body if not _is_remark(s)]  # type: ignore[attr-defined]
        if isinstance(node, ast.Constant):
            node.kind = None  # u"" is ""
    _rename(tree)
    return tree.body


def _result(statements: list[Any]) -> str:
    """A fragment of one statement: `loss = f(x)` and `return f(x)` say what `f(x)` says."""
    match statements:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value)] if name.startswith(_OWN):
            return ast.dump(value)
        case [ast.Return(value=ast.expr() as value)] | [ast.Expr(value=value)]:
            return ast.dump(value)
    return ast.dump(ast.Module(statements, []))


def _is_remark(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Expr) and isinstance(getattr(value, "value", None), str)


def _rename(tree: ast.Module) -> None:
    """Number the names that the fragment itself assigns before it reads them."""
    own: dict[str, str] = {}
    free: set[str] = set()
    for node in _in_order(tree):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)) if name not in own:
                free.add(name)
            case ast.Name(id=name, ctx=ast.Load()) if name not in own:
                free.add(name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                if name not in own and name not in free:
                    own[name] = f"{_OWN}{len(own)}"
    for node in ast.walk(tree):
        for attribute in {ast.Name: "id", ast.arg: "arg", ast.FunctionDef: "name"}.items():
            if isinstance(node, attribute[0]):
                name = getattr(node, attribute[1])
                setattr(node, attribute[1], own.get(name, name))


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name in _EVALUATED.get(type(node), node._fields):
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _in_order(child)


def _dumps(statements: list[Any]) -> list[str]:
    return [ast.dump(statement) for statement in statements]


def _agreeing(mine: list[Any], key: list[Any]) -> int:
    """How many statements agree, in their order."""
    matcher = SequenceMatcher(None, _dumps(mine), _dumps(key), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def _difference(mine: Any, key: Any) -> Iterator[Any]:
    """Ever smaller parts of `mine` around its first difference, as far as they have a place."""
    yield mine
    for name in mine._fields if type(mine) is type(key) else ():
        a, b = getattr(mine, name, None), getattr(key, name, None)
        if isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return
            a, b = next(((x, y) for x, y in zip(a, b, strict=True) if not _same(x, y)), (a, a))
        if not _same(a, b):
            if hasattr(a, "lineno"):
                yield from _difference(a, b)
            return


def _same(a: Any, b: Any) -> bool:
    both = isinstance(a, ast.AST) and isinstance(b, ast.AST)
    return ast.dump(a) == ast.dump(b) if both else a == b


def _parse(text: str, mode: str) -> Any:
    """The syntax tree. Raises Unreadable."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes such as "\d"
        try:
            return ast.parse(text, mode=mode)
        except SyntaxError as error:
            raise Unreadable(
                f"Python cannot read line {error.lineno or 1}: {error.msg}."
            ) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise Unreadable("Python cannot read this.") from error
