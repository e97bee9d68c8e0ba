"""Small changes of one line of Python: another operator, axis, constant, order, or no line at all.

A change is read off the syntax tree and made in the text, so that the rest of the line stays as
its author wrote it. It always compiles; whether it matters, only a run can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from noteboosh import fences


@dataclass(frozen=True)
class Mutation:
    """One line of a file, before and after, and what was changed in words."""

    exercise: str
    line: int  # from 1
    before: str
    after: str
    what: str

    def applied(self, text: str) -> str:
        lines = fences.lines_of(text)
        lines[self.line - 1] = lines[self.line - 1].replace(self.before, self.after, 1)
        return "".join(lines)


@dataclass(frozen=True)
class Edit:
    """The bytes from `start` to `stop` of one line become `new`."""

    line: int
    start: int
    stop: int
    new: str
    what: str


OPERATORS: dict[type, tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-",)), ast.Sub: ("-", ("+",)), ast.Mult: ("*", ("+", "/")),
    ast.Div: ("/", ("*",)), ast.FloorDiv: ("//", ("%",)), ast.Mod: ("%", ("//",)),
    ast.Pow: ("**", ("*",)), ast.Lt: ("<", ("<=", ">")), ast.LtE: ("<=", ("<",)),
    ast.Gt: (">", (">=", "<")), ast.GtE: (">=", (">",)), ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)), ast.And: ("and", ("or",)), ast.Or: ("or", ("and",)),
}  # fmt: skip
ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod)  # a - b is not b - a
NAMES = {
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "amax": "amin", "amin": "amax",
    "argmax": "argmin", "zeros": "ones", "ones": "zeros", "sin": "cos", "cos": "sin",
    "sqrt": "square", "square": "abs", "log": "log2", "triu": "tril", "tril": "triu",
    "floor": "ceil", "ceil": "floor", "append": "remove", "add_": "sub_", "sub_": "add_",
    "mul_": "div_", "var": "std", "keys": "values", "any": "all", "all": "any",
    "sorted": "list",
}  # fmt: skip


def mutations(text: str, path: str, ids: list[str]) -> Iterator[Mutation]:
    """All changes of one line in the regions of these exercises, in the order of the text."""
    regions, lines = fences.regions(text, path), fences.lines_of(text)
    tree = ast.parse(text)
    edits = list(_edits(tree, [line.encode("utf-8") for line in lines]))
    for id in (id for id in ids if id in regions):
        first = regions[id].line + 1
        last = first + len(fences.lines_of(regions[id].body)) - 1
        for edit in sorted(edits, key=lambda edit: (edit.line, edit.start, edit.new)):
            if first <= edit.line <= last:
                found = _mutation(id, lines[edit.line - 1], edit)
                if _compiles(found.applied(text), tree):
                    yield found


def _mutation(id: str, line: str, edit: Edit) -> Mutation:
    data = line.encode("utf-8")
    changed = (data[: edit.start] + edit.new.encode("utf-8") + data[edit.stop :]).decode("utf-8")
    return Mutation(id, edit.line, line.rstrip("\r\n"), changed.rstrip("\r\n"), edit.what)


def _compiles(text: str, before: ast.AST) -> bool:
    try:
        tree = ast.parse(text)
        compile(tree, "mutation", "exec")
    except (SyntaxError, ValueError):
        return False
    return ast.dump(tree) != ast.dump(before)


# ---- what can be changed -------------------------------------------------------------------------


def _edits(tree: ast.AST, lines: list[bytes]) -> Iterator[Edit]:
    signed = {
        node.operand
        for node in ast.walk(tree)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    }
    for node in (node for node in ast.walk(tree) if _is_plain(node, signed)):
        for kind, change in CHANGES.items():
            if isinstance(node, kind):
                yield from change(node, lines)
        for _, block in ast.iter_fields(node):
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield from _removals(block)


def _is_plain(node: ast.AST, signed: set[ast.expr]) -> bool:
    """Whether it is anything but the 1 of a -1, which is changed with its sign."""
    return not (isinstance(node, ast.Constant) and node in signed)


def _within(node: ast.AST, new: str, what: str) -> Iterator[Edit]:
    """The text of a node that stands on one line, exchanged."""
    if node.lineno == node.end_lineno:  # type: ignore[attr-defined]
        yield Edit(node.lineno, node.col_offset, node.end_col_offset, new, what)  # type: ignore[attr-defined]


def _gap(left: ast.AST, right: ast.AST, sign: str, lines: list[bytes]) -> tuple[int, int] | None:
    """Where the operator between two operands stands, if all is on one line."""
    if left.end_lineno != right.lineno:  # type: ignore[attr-defined]
        return None
    start, stop = left.end_col_offset, right.col_offset  # type: ignore[attr-defined]
    between = lines[right.lineno - 1][start:stop]  # type: ignore[attr-defined]
    found = re.search(rb"(?<!\w)" + re.escape(sign.encode()) + rb"(?!\w)", between)
    return (start + found.start(), start + found.end()) if found else None


def _operator(
    left: ast.AST, kind: ast.AST, right: ast.AST, lines: list[bytes]
) -> Iterator[Edit]:  # fmt: skip
    sign, others = OPERATORS.get(type(kind), ("", ()))
    place = _gap(left, right, sign, lines) if sign else None
    if place:
        for other in others:
            yield Edit(right.lineno, *place, other, f"`{sign}` became `{other}`")  # type: ignore[attr-defined]


def _binary(node: ast.BinOp, lines: list[bytes]) -> Iterator[Edit]:
    yield from _operator(node.left, node.op, node.right, lines)
    if isinstance(node.op, ORDERED) and node.lineno == node.end_lineno:
        sign = "@" if isinstance(node.op, ast.MatMult) else OPERATORS[type(node.op)][0]
        place = _gap(node.left, node.right, sign, lines)
        if place:
            line = lines[node.lineno - 1]
            left = line[node.col_offset : place[0]].decode("utf-8").strip()
            right = line[place[1] : node.end_col_offset].decode("utf-8").strip()
            yield from _within(node, f"{right} {sign} {left}", f"the operands of `{sign}` swapped")


def _compare(node: ast.Compare, lines: list[bytes]) -> Iterator[Edit]:
    left = node.left
    for kind, right in zip(node.ops, node.comparators, strict=True):
        yield from _operator(left, kind, right, lines)
        left = right


def _both(node: ast.BoolOp, lines: list[bytes]) -> Iterator[Edit]:
    if len(node.values) == 2:
        yield from _operator(node.values[0], node.op, node.values[1], lines)


def _unary(node: ast.UnaryOp, lines: list[bytes]) -> Iterator[Edit]:
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if isinstance(value, int):
            for other in (1 - value, value, -1 - value):
                yield from _within(node, str(other), f"`-{value}` became `{other}`")
            return
    if isinstance(node.op, (ast.USub, ast.Not)) and node.lineno == node.operand.lineno:
        sign = "-" if isinstance(node.op, ast.USub) else "not"
        yield Edit(
            node.lineno, node.col_offset, node.operand.col_offset, "", f"`{sign}` taken away"
        )


def _constant(node: ast.Constant, lines: list[bytes]) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool):
        yield from _within(node, str(not value), f"`{value}` became `{not value}`")
    elif isinstance(value, (int, float)):
        if isinstance(value, int):
            others: list[float] = [value + 1, *[value - 1] * (value > 0)]
        else:
            others = [2 * value if value else 1.0]
        for other in others:
            yield from _within(node, str(other), f"`{value}` became `{other}`")


def _name(node: ast.Call, lines: list[bytes]) -> Iterator[Edit]:
    """Another function is called, or this one with its first two arguments swapped."""
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in NAMES and called.lineno == called.end_lineno:
        stop = called.end_col_offset or 0
        start = stop - len(name.encode("utf-8"))
        yield Edit(called.lineno, start, stop, NAMES[name], f"`{name}` became `{NAMES[name]}`")
    yield from _swap(node.args[:2], lines, f"two arguments of `{name}` swapped")


def _tuple(node: ast.Tuple, lines: list[bytes]) -> Iterator[Edit]:
    if isinstance(node.ctx, ast.Load):
        yield from _swap(node.elts[:2], lines, "two entries swapped")


def _swap(pair: list[ast.expr], lines: list[bytes], what: str) -> Iterator[Edit]:
    if len(pair) < 2 or any(isinstance(one, ast.Starred) for one in pair):
        return
    one, two = pair
    if one.lineno == one.end_lineno == two.lineno == two.end_lineno:
        line = lines[one.lineno - 1]
        first = line[one.col_offset : one.end_col_offset]
        between = line[one.end_col_offset : two.col_offset]
        second = line[two.col_offset : two.end_col_offset]
        swapped = (second + between + first).decode("utf-8")
        yield Edit(one.lineno, one.col_offset, two.end_col_offset or 0, swapped, what)


def _dict(node: ast.Dict, lines: list[bytes]) -> Iterator[Edit]:
    """What stands under a key by its bare name becomes one more."""
    for value in node.values:
        if isinstance(value, ast.Name):
            other = f"{value.id} + 1"
            yield from _within(value, other, f"`{value.id}` became `{other}`")


def _in_place(node: ast.AugAssign, lines: list[bytes]) -> Iterator[Edit]:
    sign, others = OPERATORS.get(type(node.op), ("", ()))
    place = _gap(node.target, node.value, f"{sign}=", lines) if sign else None
    for other in others if place else ():
        assert place
        yield Edit(node.lineno, *place, f"{other}=", f"`{sign}=` became `{other}=`")


def _loop(node: ast.For | ast.comprehension, lines: list[bytes]) -> Iterator[Edit]:
    """The other way round, where that is possible without a copy."""
    source = node.iter
    called = getattr(source.func, "id", "") if isinstance(source, ast.Call) else "range"
    if called == "range" and source.lineno == source.end_lineno:
        text = lines[source.lineno - 1][source.col_offset : source.end_col_offset].decode("utf-8")
        yield from _within(source, f"reversed({text})", "the order turned round")


def _result(node: ast.Return, lines: list[bytes]) -> Iterator[Edit]:
    """The first thing that comes back gets a minus sign."""
    value = node.value
    if isinstance(value, ast.Tuple) and value.elts:
        value = value.elts[0]
    if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
        yield Edit(value.lineno, value.col_offset, value.col_offset, "-", "a minus sign came in")


def _removals(block: list[ast.stmt]) -> Iterator[Edit]:
    """Lines that can be left out: what comes after them still finds its names."""
    known: set[str] = set()
    for statement in block:
        if isinstance(statement, ast.Assign):
            targets = [t.id if isinstance(t, ast.Name) else "" for t in statement.targets]
            removable = all(name in known or not name for name in targets)
            known |= set(targets)
        else:
            is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            removable = is_call or isinstance(statement, ast.AugAssign)
        if removable:
            yield from _within(statement, "pass", "this line was left out")


CHANGES: dict[type, Callable[..., Iterator[Edit]]] = {
    ast.BinOp: _binary, ast.Compare: _compare, ast.BoolOp: _both, ast.UnaryOp: _unary,
    ast.Constant: _constant, ast.Call: _name, ast.Tuple: _tuple, ast.Dict: _dict,
    ast.AugAssign: _in_place, ast.For: _loop, ast.comprehension: _loop, ast.Return: _result,
}  # fmt: skip
