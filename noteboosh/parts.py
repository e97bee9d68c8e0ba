"""A student's package, copied, with some of its parts exchanged for the reference's.

A part is an exercise, by its id, or the given code of a file, by its path: all of it that stands
outside the fences. Nothing here touches the student's own files.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from noteboosh import fences, loans, workers
from noteboosh.course import Course
from noteboosh.errors import EnvironmentProblem, Problem
from noteboosh.fences import Fill, Region
from noteboosh.workers import Job, Run

_OWNER = re.compile(r"\A# (?:Given\. )?Built from [^\n]*\n")  # the first line of a built file


class Package:
    """The files of a checkout's `g2c`, as they were when this was made."""

    def __init__(self, root: Path):
        folder = root / "g2c"
        files = [
            p for p in sorted(folder.rglob("*")) if p.is_file() and "__pycache__" not in p.parts
        ]
        names = {path.relative_to(root).as_posix(): path for path in files}
        self.data = {name: path for name, path in names.items() if path.suffix != ".py"}
        self.texts = {
            name: loans.decode(path.read_bytes())
            for name, path in names.items()
            if path.suffix == ".py"
        }

    def write(self, parent: Path, texts: Mapping[str, str]) -> Path:
        """A copy in `parent`, with `texts` for its Python files; gives back `parent`."""
        for name, text in texts.items():
            (parent / name).parent.mkdir(parents=True, exist_ok=True)
            (parent / name).write_bytes(loans.encode(text))
        for name, path in self.data.items():
            (parent / name).parent.mkdir(parents=True, exist_ok=True)
            (parent / name).symlink_to(path)
        return parent


class Copies:
    """Runs tests on copies of a package, each in a folder of its own."""

    def __init__(self, root: Path, folder: Path, limit: float):
        self.root, self.folder, self.limit = root, folder, limit
        self.package, self.runs = Package(root), 0

    def run(self, texts: Mapping[str, str], tests: Sequence[str], *options: str) -> Run:
        """These tests on a copy with these Python files. Raises Problem on a wrong package."""
        self.runs += 1
        copy = self.package.write(self.folder / f"{self.runs}", texts)
        run = workers.run(Job(self.root, copy, tuple(tests), options, self.limit))
        wanted = copy / "g2c/__init__.py"
        if run.code is not None and (not run.package or Path(run.package).resolve() != wanted):
            raise Problem(
                f"This run counts for nothing: it was on `{run.package}` instead of the copy "
                f"`{wanted}`. Look for an `import g2c` in a conftest.py.\n{run.output}".rstrip()
            )
        return run


class Parts:
    """Where a student's package and the reference differ. Raises EnvironmentProblem without one."""

    def __init__(self, course: Course, package: Package):
        from noteboosh.proof.variants import Sources

        self.course, self.package = course, package
        sources = Sources(course.root)
        if set(course.exercises) - set(sources.regions):
            raise EnvironmentProblem(
                "This copy of the course comes without the solutions (`course/g2c`), so there is "
                "nothing to compare your functions with: `./noteboosh.sh test` of the earlier "
                "modules, one by one, finds a wrong one, too."
            )
        self.reference = sources.texts
        self.solutions: dict[str, Region] = sources.regions
        self.regions = loans.read_regions(course, self._read)

    def _read(self, path: str) -> bytes | None:
        text = self.package.texts.get(path)
        return None if text is None else loans.encode(text)

    @cached_property
    def exercises(self) -> list[str]:
        """Those written otherwise than the reference, in course order."""
        return [
            id
            for id, region in self.regions.items()
            if region and not region.blank and not same_code(region.body, self.solutions[id].body)
        ]

    @cached_property
    def blank(self) -> list[str]:
        return [id for id, region in self.regions.items() if region and region.blank]

    @cached_property
    def given(self) -> list[str]:
        """The files whose given code is not as it was built, or whose fences cannot be read."""
        return [path for path in self.reference if not self._as_built(path)]

    def _as_built(self, path: str) -> bool:
        own, reference = self.package.texts.get(path), self.reference[path]
        wanted = fences.regions(reference, path)
        if own is None or any(self.regions.get(id) is None for id in wanted):
            return False
        blank = dict.fromkeys(wanted, fences.BLANK)
        emptied = fences.render(_OWNER.sub("", own), blank, path)
        return same_code(emptied, fences.render(reference, blank, path))

    def texts(self, exchanged: Collection[str]) -> dict[str, str]:
        """The Python files with these parts from the reference; exercises report when entered."""
        found = {
            path: self._text(path, exchanged) for path in {**self.reference, **self.package.texts}
        }
        return {path: traced_text(text, path) for path, text in found.items() if text is not None}

    def _text(self, path: str, exchanged: Collection[str]) -> str | None:
        own, reference = self.package.texts.get(path), self.reference.get(path)
        ids = [e.id for e in self.course.exercises.values() if e.file == path]
        if path in exchanged and reference is not None:
            kept = [id for id in ids if id not in exchanged]
            held = {id: region for id in kept if (region := self.regions[id])}
            return fences.render(reference, {i: _fill(r) for i, r in held.items()}, path)
        taken = {id: self.solutions[id] for id in ids if id in exchanged and self.regions[id]}
        if own is None or not taken:
            return own
        return fences.render(own, {id: _fill(region) for id, region in taken.items()}, path)


def _fill(region: Region) -> Fill:
    return Fill(region.body, region.indent)


def traced_text(text: str, path: str) -> str:
    """The file with a first line in each written exercise that reports it was entered."""
    try:
        found = fences.regions(text, path)
    except fences.FenceError:
        return text
    fills = {
        id: Fill(f'{region.indent}__g2c_enter__("{id}")\n{region.body}', region.indent)
        for id, region in found.items()
        if not region.blank
    }
    return fences.render(text, fills, path)


def same_code(one: str, other: str) -> bool:
    """Whether two texts are the same code, whatever their comments and blank lines."""
    try:
        return list(_code(one)) == list(_code(other))
    except (SyntaxError, ValueError):
        return one == other


def _code(text: str) -> Iterator[str]:
    yield from (ast.dump(statement) for statement in ast.parse(textwrap.dedent(text)).body)
