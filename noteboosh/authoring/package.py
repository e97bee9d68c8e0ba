"""`course/g2c`, the complete package, becomes `g2c`: the same files with every exercise a hole."""

from __future__ import annotations

import re
from pathlib import Path

from noteboosh import fences
from noteboosh.authoring.problems import SourceProblem, raise_all, read_text

SOURCE = "course/g2c"
_MARKER = re.compile(r"#.*\b(?:BEGIN|END)[\W_]+SOLUTION\b", re.IGNORECASE)


def source_files(root: Path) -> list[str]:
    """Every authored file of the package, sorted; what editors and Python leave behind is none."""
    found = (path.relative_to(root) for path in (root / SOURCE).rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not _litter(path))


def _litter(path: Path) -> bool:
    return path.suffix == ".pyc" or any(p.startswith(".") or p == "__pycache__" for p in path.parts)


def places(root: Path) -> dict[str, tuple[str, int]]:
    """File and line of every region by exercise id. Raises FenceError, SourceProblem."""
    found: dict[str, tuple[str, int]] = {}
    problems: list[SourceProblem] = []
    for path in source_files(root):
        regions = fences.regions(read_text(root, path), path) if path.endswith(".py") else {}
        for id, region in regions.items():
            if id in found:
                first = "`{}`, line {}".format(*found[id])
                what = f"`{id}` stands here a second time (first in {first}): rename one of them"
                problems.append(SourceProblem(path, region.line, what))
            found.setdefault(id, (path, region.line))
    raise_all(problems)
    return found


def built_package(root: Path) -> dict[str, bytes]:
    """`g2c/**`: Python files with their regions blank, all others byte for byte."""
    return {
        path.removeprefix("course/"): _hollow(root, path).encode("utf-8")
        if path.endswith(".py")
        else (root / path).read_bytes()
        for path in source_files(root)
    }


def _hollow(root: Path, path: str) -> str:
    text = read_text(root, path)
    blank = dict.fromkeys(fences.regions(text, path), fences.BLANK)
    built = _owner(path, bool(blank)) + fences.render(text, blank, path)
    # A marker that was not read as one would hand its solution to the student.
    for number, line in enumerate(text.split("\n"), start=1):
        if _MARKER.search(line) and line.strip() in built:
            what = f"`{line.strip()}` is not read as a marker: write `# BEGIN SOLUTION topic.name` "
            raise SourceProblem(path, number, f"{what}and `# END SOLUTION`, each on its own line")
    return built


def _owner(path: str, holes: bool) -> str:
    """The first line, which tells a student what is theirs."""
    if holes:
        return f"# Built from {path}: write only between the fence lines.\n"
    return f"# Given. Built from {path}: there is nothing to write here.\n"
