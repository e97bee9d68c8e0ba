"""Everything that is built from `course/`, as bytes by path; nothing is written here."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noteboosh import answers
from noteboosh.authoring.questions import Authored
from noteboosh.course import BUILT, Course
from noteboosh.errors import EnvironmentProblem

# Where built files stand, and nothing else does.
FOLDERS = ("g2c", "lessons", "notebooks/clean", BUILT)

try:
    from noteboosh.authoring import course_toml, package
    from noteboosh.authoring.curves import built_curves
    from noteboosh.authoring.evaluate import evaluate
    from noteboosh.authoring.fingerprints import built_fingerprints
    from noteboosh.authoring.lesson import Claims, Lesson, read_lesson
    from noteboosh.authoring.notebook import Source, clean_notebook, read_source, solved_notebook
    from noteboosh.authoring.problems import SourceProblem, raise_all, read_text
except ModuleNotFoundError as error:
    raise EnvironmentProblem(
        f"The build needs the package `{error.name}`, which a learner's install leaves out. "
        'Add it with `.venv/bin/python -m pip install -c constraints.txt -e ".[authors]"`.'
    ) from error


@dataclass(frozen=True)
class Built:
    """What one build makes: the committed files, and the solved notebooks, which are not."""

    files: dict[str, bytes]
    solved: dict[str, bytes]


def built_files(root: Path) -> dict[str, bytes]:
    """Every built file by its path relative to `root`. Raises Problem, with path and line."""
    return build(root).files


def build(root: Path) -> Built:
    """Build everything; the same sources give the same bytes on every machine.

    Raises SourceProblem for what is wrong in `course/`, EnvironmentProblem where it is missing.
    """
    data = course_toml.course_data(root)
    course = course_toml.course_of(root, data)
    pages = _Pages.read(course)
    files = package.built_package(root)
    files[f"{BUILT}/course.json"] = _json(data)
    for lesson, values in zip(pages.lessons, pages.texts, strict=True):
        files[lesson.path.removeprefix("course/")] = lesson.shown(values).encode("utf-8")
    solved = {}
    for source, asked in zip(pages.notebooks, pages.asked, strict=True):
        module = source.module
        entries = {question.id: answers.to_data(question) for question in asked}
        files[f"{BUILT}/{module.id}.questions.json"] = _json(entries)
        files[module.clean] = clean_notebook(source)
        solutions = {question.id: question.solution for question in asked}
        solved[f"notebooks/solved/{module.name}.ipynb"] = solved_notebook(source, solutions)
    files |= pictures(root)
    raise_all(_untrue(course, pages, files))
    files |= built_fingerprints(course) | built_curves(root)
    return Built(dict(sorted(files.items())), solved)


@dataclass(frozen=True)
class _Pages:
    """Lessons and notebook sources of all modules that are no drafts, with their values."""

    lessons: list[Lesson]
    notebooks: list[Source]
    texts: list[list[str]]
    asked: list[list[Authored]]

    @staticmethod
    def read(course: Course) -> _Pages:
        modules = [module for module in course.modules if not module.draft]
        lessons, notebooks, jobs = [], [], []
        for module in modules:
            path = f"course/{module.lesson}"
            lessons.append(read_lesson(read_text(course.root, path), path))
            path = f"course/notebooks/{module.name}.py"
            notebooks.append(read_source(read_text(course.root, path), path, module))
        jobs = [lesson.job(m.id) for lesson, m in zip(lessons, modules, strict=True)]
        values = evaluate(course.root, [*jobs, *(source.job() for source in notebooks)])
        return _Pages(lessons, notebooks, values[: len(jobs)], values[len(jobs) :])


def _untrue(course: Course, pages: _Pages, files: Mapping[str, bytes]) -> Iterator[SourceProblem]:
    """Links, commands and ids that do not exist, in lessons and in the prose of notebooks."""
    claims = Claims(course, verbs(course), reader(course.root, files))
    for lesson, values in zip(pages.lessons, pages.texts, strict=True):
        home = lesson.path.removeprefix("course/")
        yield from claims.problems(lesson.numbered(values), lesson.path, home)
    for source in pages.notebooks:
        for cell in source.markdown:
            yield from claims.problems(cell.text, source.path, source.module.clean, cell.line)


def pictures(root: Path) -> dict[str, bytes]:
    """The pictures of the lessons, as they are; programs in `bench/` draw them."""
    paths = sorted((root / "course/lessons").glob("*.svg"))
    return {f"lessons/{path.name}": path.read_bytes() for path in paths}


def verbs(course: Course) -> set[str]:
    """The verbs of `./noteboosh.sh`, the programs of the course among them."""
    from noteboosh.cli import VERBS

    return {*VERBS, *course.verbs}


def reader(root: Path, files: Mapping[str, bytes]) -> Callable[[str], bytes | None]:
    """Read a file of the repository as it is after this build; b"" for a folder, else None."""

    def read(path: str) -> bytes | None:
        if path in files:
            return files[path]
        if any(file.startswith(f"{path}/") for file in files):
            return b""
        if path.startswith((*(f"{folder}/" for folder in FOLDERS), "notebooks/")):
            return None  # stale, or the reader's own
        on_disk = root / path
        return on_disk.read_bytes() if on_disk.is_file() else b"" if on_disk.is_dir() else None

    return read


def stale_files(root: Path, built: Mapping[str, bytes]) -> list[str]:
    """Committed files in the folders of built files that the build no longer makes."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--", *FOLDERS],
            cwd=root, env=environment, capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        return []
    tracked = filter(None, listing.stdout.decode("utf-8", "surrogateescape").split("\0"))
    return sorted(path for path in tracked if path not in built and (root / path).exists())


def _json(data: Any) -> bytes:
    """In the order given, which is the author's."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
