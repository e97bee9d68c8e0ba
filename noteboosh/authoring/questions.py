"""`question(…)` in the source of a notebook: one question, its key computed on the reference."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from noteboosh import grading
from noteboosh.errors import Problem

DIGITS = 6  # of a key: what float32 gives on every machine, so that builds agree everywhere
RUNGS = 3


class QuestionProblem(Problem):
    """A question that cannot be asked or graded as it is written."""


@dataclass(frozen=True)
class Authored(grading.Question):
    """A question as students are asked it, and the answer of the solved notebook."""

    solution: str = ""


def question(
    id: str,
    *,
    kind: str,
    key: Any = None,
    rubric: Sequence[str] = (),
    hints: Sequence[str] = (),
    solution: str | None = None,
    tolerance: float | None = None,
    options: Mapping[str, str] | None = None,
    accept: Sequence[str] = (),
) -> Authored:
    """Check and return a question; tensors, sizes and tuples in its key become lists.

    Raises QuestionProblem, also where `solution` would not be graded as correct.
    """
    if kind not in grading.KINDS:
        raise QuestionProblem(f"{id}: `kind` is {kind!r}: write one of {', '.join(grading.KINDS)}")
    for name, value in (("rubric", rubric), ("hints", hints), ("accept", accept)):
        if isinstance(value, str) or not all(isinstance(entry, str) for entry in value):
            raise QuestionProblem(f"{id}: `{name}` must be a list of texts")
    try:
        key = plain(key)
    except ValueError as error:
        raise QuestionProblem(f"{id}: its key {error}") from None
    asked = Authored(
        id, kind, key, tuple(rubric), tuple(hints), tolerance, dict(options or {}), tuple(accept)
    )
    for what in (_misfit(asked), _key_problem(asked)):
        if what:
            raise QuestionProblem(f"{id}: {what}")
    return _solved(asked, solution)


def plain(value: Any) -> Any:
    """A value as JSON has it. Raises ValueError for what JSON lacks."""
    if hasattr(value, "tolist"):  # a tensor or array, of any rank
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"is or holds {value}: only finite numbers can be compared")
        return value if value.is_integer() else float(f"{value:.{DIGITS}g}")
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise ValueError(f"is or holds a {type(value).__name__}: give numbers, texts or lists of them")


def _misfit(asked: Authored) -> str | None:
    """An argument that is missing, or that says nothing for this kind."""
    if len(asked.hints) < RUNGS:
        return f"it has {len(asked.hints)} hints; a ladder has at least three"
    if (asked.key is None) != (asked.kind == "text"):
        return f"kind {asked.kind!r} {'has no' if asked.kind == 'text' else 'needs a'} `key`"
    if asked.kind == "text" and not asked.rubric:
        return "free text needs a `rubric`, the points a good answer makes"
    if bool(asked.options) != (asked.kind == "choice"):
        return "`options` belong to kind 'choice', which needs them"
    if asked.accept and asked.kind != "code":
        return "`accept` belongs to kind 'code'"
    if asked.tolerance is None:
        return None
    if asked.kind not in ("number", "list"):
        return "`tolerance` belongs to kinds 'number' and 'list'"
    if not 10 ** (1 - DIGITS) <= asked.tolerance < 1:
        return f"`tolerance` is relative, from 1e-{DIGITS - 1} (keys keep {DIGITS} digits) to 1"
    return None


def _key_problem(asked: Authored) -> str | None:
    """A key that is not of its kind; one that names parts is checked part by part."""
    parts = asked.key if isinstance(asked.key, dict) else {"x": asked.key}
    for name, key in parts.items():
        if not name.isidentifier():
            return f"the part {name!r} of its key is no name: answers write `name = …`"
        if asked.kind == "number" and (
            isinstance(key, bool) or not isinstance(key, (int, float, str))
        ):
            return f"the key of a number is one number, and it is {key!r}"
        if asked.kind in ("shape", "list") and not isinstance(key, list):
            return f"the key of a {asked.kind} is a list, and it is {key!r}"
        if asked.kind == "choice" and key not in asked.options:
            return f"the key {key!r} is none of its options {', '.join(asked.options)}"
        if asked.kind == "code" and not isinstance(key, str):
            return f"the key of code is a text, and it is {key!r}"
    for spelling in [*parts.values(), *asked.accept] if asked.kind == "code" else []:
        try:
            ast.parse(spelling)
        except SyntaxError as error:
            return f"`{spelling}` is not Python: {error.msg}"
    return None


def _solved(asked: Authored, solution: str | None) -> Authored:
    """With its solution. Raises QuestionProblem where that is missing or graded as wrong."""
    if solution is None and asked.kind in ("text", "code"):
        raise QuestionProblem(f"{asked.id}: kind {asked.kind!r} needs a `solution`")
    text = written(asked.kind, asked.key) if solution is None else solution
    if not isinstance(text, str) or not text.strip():
        raise QuestionProblem(f"{asked.id}: `solution` must be a text, and it is {text!r}")
    response = grading.grade(asked, text)
    if response.verdict not in (None, grading.CORRECT):
        raise QuestionProblem(
            f"{asked.id}: its solution `{text}` is graded {response.verdict} "
            f"({response.message}): make key and solution agree"
        )
    return replace(asked, solution=text)


def written(kind: str, key: Any) -> str:
    """A key as a student would type it: `32`, `(4, 8)`, `[1, 3]`, `b`, or a line for each part."""
    if isinstance(key, dict):
        return "\n".join(f"{name} = {written(kind, part)}" for name, part in key.items())
    if kind == "shape":
        sizes = ", ".join(map(str, key))
        return f"({sizes},)" if len(key) == 1 else f"({sizes})"
    return str(key)
