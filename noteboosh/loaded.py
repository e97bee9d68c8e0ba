"""What a running Python has loaded, compared with the files it came from and with newer objects.

A function counts as changed when its instructions do: where it stands in its file does not matter.
So a reload that reached it, by whatever means, is seen as what it is.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import gc
import inspect
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

PARTS = ("co_argcount", "co_kwonlyargcount", "co_posonlyargcount", "co_freevars")
IDLE = {"CACHE", "PUSH_NULL", "PRECALL", "RESUME", "NOP", "EXTENDED_ARG"}
SAME = {"LOAD_METHOD": "LOAD_ATTR", "CALL_METHOD": "CALL_FUNCTION"}
PLAIN = (bool, int, float, complex, str, bytes, tuple, list, dict, set)
MOST = 50_000  # objects that are looked through for old ones
DEPTH = 12


def codes(text: str | bytes, path: str = "") -> dict[str, CodeType]:
    """The code of every function in a source by dotted name. Raises SyntaxError or ValueError."""
    found: dict[str, CodeType] = {}

    def collect(code: CodeType, inside: str) -> None:
        for part in code.co_consts:
            if not isinstance(part, CodeType) or part.co_name.startswith("<"):
                continue
            found[inside + part.co_name] = part
            if not part.co_flags & inspect.CO_OPTIMIZED:  # the body of a class
                collect(part, f"{inside}{part.co_name}.")

    collect(compile(text, path, "exec", dont_inherit=True), "")
    return {name: code for name, code in found.items() if code.co_flags & inspect.CO_OPTIMIZED}


def constants(text: str | bytes) -> dict[str, Any]:
    """The plain values that a source gives to names and parameters, by dotted name."""
    found: dict[str, Any] = {}

    def collect(body: list[ast.stmt], inside: str) -> None:
        for node in body:
            match node:
                case ast.ClassDef(name=name):
                    collect(node.body, f"{inside}{name}.")
                case ast.FunctionDef(name=name, args=ast.arguments(defaults=values)) if values:
                    keep(f"{inside}{name}", ast.Tuple(values, ast.Load()))
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    keep(f"{inside}{name}", value)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    keep(f"{inside}{name}", value)

    def keep(name: str, value: ast.expr) -> None:
        found.pop(name, None)  # the last one counts
        with contextlib.suppress(ValueError, TypeError):
            found[name] = ast.literal_eval(value)

    collect(ast.parse(text).body, "")
    return found


def same_code(one: CodeType, other: CodeType) -> bool:
    """Whether two functions do the same, wherever they stand and however they were compiled."""
    return one is other or _meaning(one) == _meaning(other)


def _meaning(code: CodeType) -> list[Any]:
    """Its parameters and instructions. A call of `torch.empty` is compiled in one way where the
    `import` stands in the same source, and in another in a part of it that was loaded anew."""
    found: list[Any] = [[getattr(code, part) for part in PARTS]]
    for step in dis.get_instructions(code):
        if step.opname in IDLE:
            continue
        value = step.argval
        if isinstance(value, CodeType):
            value = _meaning(value)
        elif step.opcode in dis.hasjrel or step.opcode in dis.hasjabs:
            value = None  # where to: follows from the rest
        found.append((SAME.get(step.opname, step.opname), repr(value)))
    return found


def functions(namespace: Mapping[str, Any], module: str) -> dict[str, FunctionType]:
    """The functions and methods that a module defines, by dotted name, as they are in memory."""
    found: dict[str, FunctionType] = {}
    for value in list(namespace.values()):
        if isinstance(value, type) and value.__module__ == module:
            for part in vars(value).values():
                found |= {f.__qualname__: f for f in _unwrapped(part) if f.__module__ == module}
            found |= functions(
                {n: v for n, v in vars(value).items() if isinstance(v, type) and v is not value},
                module,
            )
        else:
            found |= {f.__qualname__: f for f in _unwrapped(value) if f.__module__ == module}
    return found


def _unwrapped(value: Any) -> Iterator[FunctionType]:
    """The plain functions behind a function, method, property or decorated function."""
    parts = [getattr(value, name, None) for name in ("fget", "fset", "fdel", "__func__")]
    for part in (value, *parts):
        if isinstance(part, (FunctionType, functools._lru_cache_wrapper)):
            yield from _innermost(part)


def _innermost(function: Any) -> Iterator[FunctionType]:
    """What a decorated function really calls. Its `__wrapped__` does not say so after a reload,
    which may have changed that attribute and cannot change what the wrapper has enclosed."""
    for _ in range(DEPTH):
        wrapped = getattr(function, "__wrapped__", None)
        if wrapped is None:
            break
        cells = getattr(function, "__closure__", None) or ()
        enclosed = [cell.cell_contents for cell in cells if _filled(cell)]
        own = (f for f in enclosed if isinstance(f, FunctionType))
        same = (f for f in own if f.__qualname__ == function.__qualname__)
        function = next(same, wrapped)
    if isinstance(function, FunctionType):
        yield function


def behind(namespace: Mapping[str, Any], module: str, text: str | bytes) -> list[str]:
    """What in a module is not what its source says. Raises SyntaxError or ValueError."""
    wanted, loaded = codes(text), functions(namespace, module)
    old = [
        name
        for name, code in wanted.items()
        if (name in loaded and not same_code(loaded[name].__code__, code))
        or (name not in loaded and name not in namespace and "." not in name)
    ]
    for name, value in constants(text).items():
        now = _constant(namespace, loaded, name)
        if name not in old and isinstance(now, PLAIN) and not _equal(now, value):
            old.append(name)
    return old


def _constant(namespace: Mapping[str, Any], loaded: Mapping[str, FunctionType], name: str) -> Any:
    """The value of a name now, of a function its defaults."""
    if name in loaded:
        return loaded[name].__defaults__
    first, *rest = name.split(".")
    value = namespace.get(first)
    for part in rest:
        value = vars(value).get(part) if isinstance(value, type) else None
    return value


def same_thing(old: Any, new: Any) -> bool:
    """Whether an object from before behaves like the one that has its name now."""
    if old is new:
        return True
    if isinstance(old, type) and isinstance(new, type):
        ones, others = (functions({"c": c}, c.__module__) for c in (old, new))
        return ones.keys() == others.keys() and all(
            same_code(ones[name].__code__, others[name].__code__) for name in ones
        )
    for one, other in zip(_unwrapped(old), _unwrapped(new), strict=False):
        return same_code(one.__code__, other.__code__)
    return type(old) is type(new) and _equal(old, new)


def _equal(old: Any, new: Any) -> bool:
    try:
        return bool(old == new)
    except Exception:  # tensors, arrays
        return False


def renew(old: Any, new: Any) -> None:
    """Let every function behind `old` run the code of `new`, for those who still hold it."""
    for one, other in zip(_unwrapped(old), _unwrapped(new), strict=False):
        try:
            one.__code__ = other.__code__
        except ValueError:  # another number of variables from outside
            continue
        one.__defaults__, one.__kwdefaults__ = other.__defaults__, other.__kwdefaults__


def adopt(classes: Mapping[type, type]) -> None:
    """Make all instances of old classes instances of the new ones, where their layout allows it."""
    for thing in gc.get_objects():
        new = classes.get(type(thing))
        if new is not None:
            try:
                object.__setattr__(thing, "__class__", new)
            except TypeError:
                continue


def holds(value: Any, wanted: Any) -> bool:
    """Whether `wanted(object)` is true of a value or of something inside it."""
    seen: set[int] = set()
    level = [value]
    for _ in range(DEPTH):
        following: list[Any] = []
        for thing in level:
            if id(thing) in seen or isinstance(thing, ModuleType):
                continue
            seen.add(id(thing))
            if wanted(thing):
                return True
            if len(seen) > MOST:
                return False
            following += _inside(thing)
        level = following
    return False


def _inside(thing: Any) -> Iterable[Any]:
    if isinstance(thing, (str, bytes, int, float, type)):
        return ()
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (list, tuple, set, frozenset)):
        return list(thing)
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, FunctionType):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if _filled(cell)]
        return [*cells, *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    own = getattr(thing, "__dict__", None)
    return list(own.values()) if isinstance(own, dict) else ()


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
