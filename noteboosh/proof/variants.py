"""Variants of the package: the authored sources with other bodies in their regions.

The reference is `course/g2c` itself. A scaffold has some fences blank, a mistake has one wrong
body, and in the instrumented package every exercise says its id when it is entered. All of them
are `fences.render` with other fills, written to a folder of their own; nothing else copies code.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from noteboosh import fences
from noteboosh.errors import Problem
from noteboosh.fences import BLANK, Fill, Region

_BEGIN = re.compile(r"^# BEGIN MISTAKE (?P<target>\S+) (?P<name>\w+): (?P<sentence>\S.*)$")
_END = "# END MISTAKE"


@dataclass(frozen=True)
class Mistake:
    """A plausible wrong body for an exercise, or a wrong version of a whole given function."""

    target: str  # `pretraining.lm_cross_entropy`
    name: str
    sentence: str
    body: str
    place: str  # `course/mistakes/pretraining.py:12`

    @property
    def topic(self) -> str:
        return self.target.partition(".")[0]


class Sources:
    """The authored package, read once."""

    def __init__(self, root: Path):
        self.root, self.folder = root, root / "course"
        files = [p for p in sorted((self.folder / "g2c").rglob("*")) if p.is_file()]
        files = [p for p in files if p.parent.name != "__pycache__"]
        self.texts = {self._name(p): p.read_text("utf-8") for p in files if p.suffix == ".py"}
        self.data = {self._name(p): p for p in files if p.suffix != ".py"}

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    @cached_property
    def regions(self) -> dict[str, Region]:
        found = [fences.regions(text, f"course/{name}") for name, text in self.texts.items()]
        return {id: region for regions in found for id, region in regions.items()}

    def write(self, parent: Path, fills: Mapping[str, Fill], texts: Mapping[str, str] = {}) -> Path:
        """A package `g2c` in `parent`; `texts` stand in for files. Gives back `parent`."""
        for name, text in {**self.texts, **texts}.items():
            own = tuple((id, fills[id]) for id in _ids(text) if id in fills)
            target = parent / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_render(text, own, name), "utf-8")
        for name, path in self.data.items():
            (parent / name).parent.mkdir(parents=True, exist_ok=True)
            if not (parent / name).is_symlink():  # a package may be written twice
                (parent / name).symlink_to(path)
        return parent

    def instrumented(self, ids: Iterable[str]) -> dict[str, Fill]:
        """Fills whose first line reports that the exercise was entered (reporter.py)."""
        regions = {id: self.regions[id] for id in ids}
        return {
            id: Fill(f'{region.indent}__g2c_enter__("{id}")\n{region.body}', region.indent)
            for id, region in regions.items()
        }

    def mistaken(self, mistake: Mistake) -> tuple[dict[str, Fill], dict[str, str]]:
        """Fills and texts of the package with this mistake. Raises Problem."""
        if mistake.target in self.regions:
            return {mistake.target: Fill(mistake.body, "")}, {}
        name, node = self.function(mistake.target)
        lines = fences.lines_of(self.texts[name])
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        indent = " " * node.col_offset
        lines[first - 1 : node.end_lineno] = [textwrap.indent(mistake.body, indent)]
        return {}, {name: "".join(lines)}

    def function(self, target: str) -> tuple[str, ast.FunctionDef]:
        """The file and the node of a given function, `topic.function` or `topic.Class.method`."""
        topic, *path = target.split(".")
        for name, text in self.texts.items():
            if name.startswith(f"g2c/{topic}/"):
                node = _find(ast.parse(text), path)
                if node is not None:
                    return name, node
        raise Problem(f"there is no exercise and no function `{target}` in `course/g2c/{topic}`")

    def mistakes(self) -> list[Mistake]:
        """All mistakes in `course/mistakes`, in order. Raises Problem with the place."""
        found: list[Mistake] = []
        for path in sorted((self.folder / "mistakes").glob("*.py")):
            found += parse_mistakes(path.read_text("utf-8"), path.relative_to(self.root).as_posix())
        return found


def blank(ids: Iterable[str]) -> dict[str, Fill]:
    return dict.fromkeys(ids, BLANK)


@lru_cache(maxsize=4096)
def _render(text: str, fills: tuple[tuple[str, Fill], ...], name: str) -> str:
    return fences.render(text, dict(fills), name)


@lru_cache(maxsize=1024)
def _ids(text: str) -> tuple[str, ...]:
    return tuple(fences.regions(text, "source"))


def _find(tree: ast.AST, path: list[str]) -> ast.FunctionDef | None:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == path[0]:
            if len(path) > 1:
                return _find(node, path[1:])
            return node if isinstance(node, ast.FunctionDef) else None
    return None


def parse_mistakes(text: str, path: str) -> list[Mistake]:
    found: list[Mistake] = []
    begin: re.Match[str] | None = None
    body: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("# BEGIN MISTAKE"):
            if begin:
                raise Problem(f"{path}:{number}: a mistake begins inside another one")
            start, begin, body = number, _BEGIN.match(line), []
            if not begin:
                raise Problem(f"{path}:{number}: write `# BEGIN MISTAKE topic.name name: sentence`")
        elif line.rstrip() == _END:
            if not begin:
                raise Problem(f"{path}:{number}: an end line without a begin line above it")
            code = textwrap.dedent("\n".join(body)).strip("\n") + "\n"
            found.append(Mistake(**begin.groupdict(), body=code, place=f"{path}:{start}"))
            begin = None
        elif begin:
            body.append(line)
    if begin:
        raise Problem(f"{path}:{start}: the end line `{_END}` is missing")
    return found
