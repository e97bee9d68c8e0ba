"""What is wrong in an authored file: where it stands, what it is, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from noteboosh.errors import EnvironmentProblem, Problem


class SourceProblem(Problem):
    """One thing that is wrong, with its place; the path is relative to the root."""

    def __init__(self, path: str, line: int, what: str):
        super().__init__(f"`{path}`, line {line}: {what}")
        self.path, self.line = path, line


class SourceProblems(SourceProblem):
    """Several at once; `path` and `line` are the first one's."""

    def __init__(self, problems: list[SourceProblem]):
        Problem.__init__(self, "\n".join(map(str, problems)))
        self.path, self.line = problems[0].path, problems[0].line


def raise_all(problems: Iterable[SourceProblem]) -> None:
    """Raise what there is, all of it at once, so that an author mends it in one round."""
    found = list(problems)
    if found:
        raise found[0] if len(found) == 1 else SourceProblems(found)


def read_text(root: Path, path: str) -> str:
    r"""An authored file, its line ends as \n. Raises EnvironmentProblem, SourceProblem."""
    try:
        return (root / path).read_text("utf-8")
    except FileNotFoundError:
        raise EnvironmentProblem(
            f"`{path}` is missing, so nothing can be built: only a checkout with the authored "
            "sources can be."
        ) from None
    except UnicodeDecodeError as error:
        line = (root / path).read_bytes()[: error.start].count(b"\n") + 1
        raise SourceProblem(path, line, "this is not UTF-8: save the file as UTF-8") from None
