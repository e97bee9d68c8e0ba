"""The guard of a notebook: one line above the output of a cell whose kernel is not what it seems.

It speaks where the kernel runs on another Python than the checkout's, on code that is not what the
files hold, or on borrowed parts; of each once, until it changes. `%reload_g2c` loads all of `g2c`
anew. A cell in which nothing has changed costs some dozens of `stat`, well under a millisecond.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from noteboosh import fences, loaded

MAGIC = "%reload_g2c"
FEW = 4  # so many names are listed, of more a number is said


@dataclass
class Seen:
    """One module of `g2c` when the guard last looked at it."""

    stat: tuple[int, int]
    text: bytes
    names: dict[str, Any]
    loans: dict[str, str] = field(default_factory=dict)  # module by exercise, as the fences say


class Guard:
    """Watches the `g2c` of one IPython session."""

    def __init__(self, ip: Any, root: Path, modules: dict[str, str]):
        self.ip, self.root = ip, root
        self.modules = modules  # of each exercise
        self.seen: dict[str, Seen] = {}
        self.said: set[str] = set()
        self.lent: set[str] = set()
        self.left: dict[
            str, tuple[Any, str, str]
        ] = {}  # names from before: value, module, attribute
        self.started = 0  # the last cell, in nanoseconds since the epoch

    def look(self, info: Any = None) -> None:
        """Before a cell: print what is new. Whatever goes wrong here, the cell runs."""
        self.started = time.time_ns()
        try:
            for line in self.news():
                print(f"noteboosh: {line}")
        except Exception:
            return

    def news(self) -> Iterator[str]:
        """The lines of what is not as it seems, each once."""
        lines = [*self._places(), *self._changes(), *self._loans()]
        for line in lines:
            if line not in self.said:
                yield line
        self.said |= set(lines)

    def _places(self) -> Iterator[str]:
        own, here = self.root / ".venv", Path(sys.prefix)
        if own.is_dir() and not _same_folder(own, here):
            yield (
                f"this kernel runs on the Python in `{here}` and not on the checkout's `.venv`: "
                "choose its kernel in the menu, or open the notebook with `./noteboosh.sh`."
            )
        file = getattr(sys.modules.get("g2c"), "__file__", None)
        if file and not _same_folder(Path(file).parent.parent, self.root):
            yield (
                f"`g2c` comes from `{Path(file).parent}` and not from this checkout "
                f"(`{self.root}`): restart the kernel, and open the notebook from there."
            )

    # -- borrowed parts ------------------------------------------------------------------------

    def _loans(self) -> Iterator[str]:
        lent = {id: module for seen in self.seen.values() for id, module in seen.loans.items()}
        new = {id: module for id, module in lent.items() if id not in self.lent}
        self.lent = set(lent)
        if len(new) > FEW:
            shown = f"{len(new)} exercises of {_listed(sorted(set(new.values())), 'module')}"
        else:
            shown = _names(new)
        if new:
            plural = "are" if len(new) > 1 else "is"
            yield f"on loan, and so not your own code, {plural} {shown}."
            self.said.clear()  # the same parts may be lent again later

    def _lent(self, text: bytes, name: str) -> dict[str, str]:
        if b"borrowed for" not in text:
            return {}
        try:
            regions = fences.regions(text.decode("utf-8", "surrogateescape"), name)
        except fences.FenceError:
            return {}
        return {id: self.modules.get(id, "?") for id, r in regions.items() if r.loan}

    # -- edits ---------------------------------------------------------------------------------

    def note(self, result: Any = None) -> None:
        """After a cell: what it imported is as its files are, unless they were saved meanwhile."""
        with contextlib.suppress(Exception):
            for name, module in _g2c():
                stat = _stat(Path(str(module.__file__)))
                if name not in self.seen and stat and stat[0] < self.started:
                    self._take(name, module)

    def _changes(self) -> Iterator[str]:
        old: dict[str, str] = {}  # what is old in this notebook -> its file
        made: set[tuple[str, str]] = (
            set()
        )  # module and class whose instances are now made otherwise
        for name, module in _g2c():
            before = self.seen.get(name)
            now = self._take(name, module)
            if now is None or (before and before.text == now.text):
                continue
            shown = _shown(self.root, Path(str(module.__file__)))
            yield from self._edited(module, shown, now.text)
            if before:
                old |= dict.fromkeys(self._left_behind(before.names, module), shown)
                made |= {(name, cls) for cls in _made_otherwise(before.text, now.text)}
        yield from self._remains(old, made)

    def _take(self, name: str, module: ModuleType) -> Seen | None:
        """Look at the file of a module; None where it is as it was."""
        path = Path(str(module.__file__))
        stat = _stat(path)
        if stat is None or (name in self.seen and self.seen[name].stat == stat):
            return None
        try:
            text = path.read_bytes()
        except OSError:
            return None
        self.seen[name] = Seen(stat, text, dict(vars(module)), self._lent(text, path.name))
        return self.seen[name]

    def _edited(self, module: ModuleType, path: str, text: bytes) -> Iterator[str]:
        """A module that is still what its file held before."""
        try:
            behind = loaded.behind(vars(module), module.__name__, text)
        except (SyntaxError, ValueError) as error:
            what = f"line {error.lineno}: {error.msg}" if isinstance(error, SyntaxError) else error
            yield f"`{path}` cannot be loaded ({what}), so its version of before runs on."
            return
        if behind:
            yield (
                f"`{path}` is newer on the disk than in this kernel "
                f"({_names(behind)}): `{MAGIC}` loads it."
            )

    def _left_behind(self, before: dict[str, Any], module: ModuleType) -> Iterator[str]:
        """Names of the notebook that still mean what a module held before it was loaded anew."""
        now = vars(module)
        for name, value in list(self.ip.user_ns.items()):
            for attribute in _attributes(before, module.__name__, name, value):
                new = now.get(attribute, value)
                if not loaded.same_thing(value, new):
                    self.left[name] = value, module.__name__, attribute
                    yield name

    def _remains(self, old: dict[str, str], made: set[tuple[str, str]]) -> Iterator[str]:
        """What in the notebook is from before an edit."""
        if old:
            verb = "are" if len(old) > 1 else "is"
            files = _names(sorted(set(old.values())))
            yield (
                f"{_names(old)} in this notebook {verb} older than {files} on the disk: "
                f"`{MAGIC}` renews {'them' if len(old) > 1 else 'it'}."
            )
        if holders := self.holders(lambda thing: _is_made_by(type(thing), made)):
            by = _names(sorted(f"{cls}.__init__" for _, cls in made))
            yield f"{self._with_cells(holders)} made by {by} of before its edit: {_again(holders)}."

    # -- what the notebook holds ---------------------------------------------------------------

    def holders(self, wanted: Any) -> list[str]:
        """The names of the notebook behind which there is a thing that is wanted."""
        hidden = {"In", "Out", "get_ipython", "exit", "quit", "open"}
        own = self.ip.user_ns_hidden if hasattr(self.ip, "user_ns_hidden") else {}
        return [
            name
            for name, value in list(self.ip.user_ns.items())
            if not name.startswith("_")
            and name not in hidden
            and own.get(name, self) is not value
            and loaded.holds(value, wanted)
        ]

    def _with_cells(self, names: list[str]) -> str:
        """`model` (cell [4]) was, or: `model` (cell [4]) and `optimizer` (cell [5]) were."""
        places = {name: self._cell_of(name) for name in names[:FEW]}
        shown = [f"`{name}`" + (f" (cell [{n}])" if n else "") for name, n in places.items()]
        if len(names) > FEW:
            shown.append(f"{len(names) - FEW} more")
        joined = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
        return f"{joined} {'were' if len(names) > 1 else 'was'}"

    def _cell_of(self, name: str) -> int:
        """The number of the last cell that made a name; 0 where none is known."""
        cells = list(self.ip.user_ns.get("In") or [])
        for number in range(len(cells) - 1, 0, -1):
            if name in cells[number] and name in assigned(self.ip, cells[number]):
                return number
        return 0

    # -- the reload ----------------------------------------------------------------------------

    def reload(self, line: str = "") -> None:
        """Load all of `g2c` anew, and let the names of the notebook mean the new things."""
        before = dict(_g2c())
        if not before:
            print("Nothing of `g2c` is imported yet.")
            return
        old = {name: dict(vars(module)) for name, module in before.items()}
        failed = _imported_anew(before)
        if failed:
            print(f"{failed} Nothing was changed: what was loaded before runs on.")
            return
        renewed, classes = self._renewed(before, old)
        stale = {kind for kind, new in classes.items() if _made_by_other_code(kind, new)}
        loaded.adopt(classes)
        made = {(kind.__module__, kind.__qualname__) for kind in stale}
        self._forget()
        print(f"Loaded anew: {len(before)} modules of `g2c`. {_renewal(renewed)}")
        left = self.holders(
            lambda thing: type(thing) in classes or _is_made_by(type(thing), made)
            or (isinstance(thing, type) and thing in classes)
        )  # fmt: skip
        if left:
            print(f"{self._with_cells(left)} made by code of before: {_again(left)}.")

    def _renewed(
        self, before: dict[str, ModuleType], old: dict[str, dict[str, Any]]
    ) -> tuple[list[str], dict[type, type]]:
        """Give names of the notebook, and functions held elsewhere, their new meaning: the names,
        and the new class of each old one."""
        modules = {id(module): sys.modules[n] for n, module in before.items() if n in sys.modules}
        for name, value in list(self.ip.user_ns.items()):
            self.ip.user_ns[name] = modules.get(id(value), value)
        renewed: set[str] = set()
        classes: dict[type, type] = {}
        for module, names in old.items():
            now = vars(sys.modules[module]) if module in sys.modules else {}
            renewed |= set(self._rebound(module, names, now))
            for attribute, value in names.items():
                new = now.get(attribute)
                if isinstance(value, type) and isinstance(new, type) and new is not value:
                    classes[value] = new
                elif new is not None and new is not value:
                    loaded.renew(value, new)
        return sorted(renewed), classes

    def _rebound(self, module: str, names: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
        """The names of the notebook that got what a module holds now."""
        for name, value in list(self.ip.user_ns.items()):
            found = list(_attributes(names, module, name, value))
            left = self.left.get(name)
            if left and left[0] is value and left[1] == module:
                found.append(left[2])
            for attribute in found:
                if attribute in now and now[attribute] is not value:
                    self.ip.user_ns[name] = now[attribute]
                    loaded.renew(value, now[attribute])
                    yield name

    def _forget(self) -> None:
        self.seen.clear()
        self.left.clear()
        self.said.clear()
        self.started = time.time_ns()
        self.note()


def assigned(ip: Any, cell: str) -> set[str]:
    """The names that a cell makes: variables, functions, classes, imports."""
    try:
        tree = ast.parse(ip.transform_cell(cell))
    except (SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=alias):
                names.add(alias or name.partition(".")[0])
    return names


def _g2c() -> Iterator[tuple[str, ModuleType]]:
    for name, module in list(sys.modules.items()):
        if (name == "g2c" or name.startswith("g2c.")) and getattr(module, "__file__", None):
            yield name, module


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _same_folder(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _shown(root: Path, path: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)


def _attributes(names: dict[str, Any], module: str, name: str, value: Any) -> Iterator[str]:
    """Under which name a module holds or held this very thing; a plain value counts under its own
    alone, a function or class wherever it says that it comes from there."""
    if isinstance(value, ModuleType) or name.startswith("_"):
        return
    if isinstance(value, loaded.PLAIN):
        if name in names and loaded.same_thing(value, names[name]):
            yield name
    elif getattr(value, "__module__", None) == module and hasattr(value, "__qualname__"):
        if value.__qualname__ in names:
            yield value.__qualname__
    else:
        yield from (attribute for attribute, held in names.items() if held is value is not None)


def _made_otherwise(before: bytes, text: bytes) -> set[str]:
    """The classes whose constructor an edit changed."""
    try:
        old, new = loaded.codes(before), loaded.codes(text)
    except (SyntaxError, ValueError):
        return set()
    return {
        name.rpartition(".")[0]
        for name in old.keys() & new.keys()
        if name.endswith(".__init__") and not loaded.same_code(old[name], new[name])
    }


def _made_by_other_code(old: type, new: type) -> bool:
    ones, others = (loaded.functions({"c": c}, c.__module__) for c in (old, new))
    names = [name for name in {*ones, *others} if name.endswith(".__init__")]
    return any(
        name not in ones
        or name not in others
        or not loaded.same_code(ones[name].__code__, others[name].__code__)
        for name in names
    )


def _is_made_by(kind: type, made: set[tuple[str, str]]) -> bool:
    return bool(made) and any((c.__module__, c.__qualname__) in made for c in kind.__mro__)


def _imported_anew(before: dict[str, ModuleType]) -> str:
    """Import all of these modules once more; "" or, where one cannot be, what is wrong with it."""
    for name in before:
        del sys.modules[name]
    importlib.invalidate_caches()
    for name, module in before.items():
        if not Path(str(module.__file__)).exists():
            continue
        try:
            importlib.import_module(name)
        except BaseException as error:
            for other in [other for other, _ in _g2c()]:
                del sys.modules[other]
            sys.modules.update(before)
            if not isinstance(error, Exception):
                raise
            return f"`{name}` cannot be loaded ({type(error).__name__}: {error})."
    return ""


def _names(names: Iterable[str]) -> str:
    """`a`, `b` and 3 more."""
    listed = [f"`{name}`" for name in names]
    more = len(listed) - FEW
    return ", ".join(listed[:FEW]) + (f" and {more} more" if more > 0 else "")


def _listed(ids: list[str], word: str) -> str:
    return f"{word}{'s' if len(ids) > 1 else ''} {', '.join(ids)}"


def _again(names: list[str]) -> str:
    """What to do about things that were made by older code."""
    return "run these cells again" if len(names) > 1 else "run that cell again"


def _renewal(names: list[str]) -> str:
    if not names:
        return "No name of this notebook needed renewing."
    return f"Renewed in this notebook: {_names(names)}."
