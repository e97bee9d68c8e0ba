"""The course as data: modules in order and their exercises, read from `course/built/course.json`.

Authors write `course/course.toml`; the build turns it into that file, so that the engine starts
without a TOML parser (Python 3.10 has none) and works where the authored sources are left out.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from noteboosh.errors import EnvironmentProblem, UsageProblem

BUILT = "course/built"


@dataclass(frozen=True)
class Exercise:
    """One region to write: its file relative to the root, its module, its hints in order."""

    id: str
    module: str
    file: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Module:
    """One step of the course. Paths are relative to the root."""

    id: str
    title: str
    package: str
    tests: str
    slug: str
    needs: tuple[str, ...]
    draft: bool
    promise: dict[str, int]  # counts of its tests before anything is written
    exercises: tuple[Exercise, ...]
    verb: dict[str, str] = field(default_factory=dict)  # the command that runs its package, if any

    @property
    def name(self) -> str:
        return f"{self.id}-{self.slug}"

    @property
    def lesson(self) -> str:
        return f"lessons/{self.name}.md"

    @property
    def clean(self) -> str:
        return f"notebooks/clean/{self.name}.ipynb"

    @property
    def work(self) -> str:
        return f"notebooks/work/{self.name}.ipynb"


@dataclass(frozen=True)
class Course:
    """All modules in course order."""

    root: Path
    modules: tuple[Module, ...]
    given: tuple[str, ...] = field(default=())  # packages without exercises

    @cached_property
    def by_id(self) -> dict[str, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        return {e.id: e for module in self.modules for e in module.exercises}

    @cached_property
    def verbs(self) -> dict[str, Module]:
        """The commands that are programs of the course: the module whose package each one runs."""
        return {module.verb["name"]: module for module in self.modules if module.verb}

    def module(self, text: str) -> Module:
        """The module a user means: `09b`, `9b` and `09B` are the same. Raises UsageProblem."""
        wanted = _plain(text)
        for module in self.modules:
            if wanted in (_plain(module.id), module.slug, _plain(module.name)):
                return module
        raise UsageProblem(self._unknown(text))

    def exercise(self, text: str) -> Exercise:
        """The exercise with this id, or the only one whose last part it is. Raises UsageProblem."""
        if text in self.exercises:
            return self.exercises[text]
        found = [e for e in self.exercises.values() if e.id.split(".")[-1] == text]
        if len(found) == 1:
            return found[0]
        near = difflib.get_close_matches(text, self.exercises, n=1, cutoff=0.4)
        cure = f"Did you mean `{near[0]}`?" if near else "`./noteboosh.sh status ID` lists them."
        raise UsageProblem(f"There is no exercise `{text}`. {cure}")

    def target(self, text: str) -> Module | Exercise:
        """A module or an exercise, whichever `text` names. Raises UsageProblem."""
        try:
            return self.module(text)
        except UsageProblem:
            if "." in text or "_" in text:
                return self.exercise(text)
            raise

    def needs(self, module: Module) -> list[Module]:
        """Everything `module` stands on, in course order, without itself."""
        wanted: set[str] = set()
        queue = list(module.needs)
        while queue:
            id = queue.pop()
            if id not in wanted:
                wanted.add(id)
                queue.extend(self.by_id[id].needs)
        return [m for m in self.modules if m.id in wanted]

    def module_of_tests(self, path: str) -> Module | None:
        return next((m for m in self.modules if m.tests == path), None)

    def _unknown(self, text: str) -> str:
        names = {_plain(m.id): m.id for m in self.modules}
        names |= {m.slug: m.id for m in self.modules}
        near = difflib.get_close_matches(_plain(text), names, n=1, cutoff=0.3)
        suggestion = f" Did you mean `{names[near[0]]}`?" if near else ""
        width = max(len(m.id) for m in self.modules)
        listing = "\n".join(
            f"  {m.id:<{width}}  {m.title}{' (draft)' if m.draft else ''}" for m in self.modules
        )
        return f"There is no module `{text}`.{suggestion}\n\nThe modules:\n{listing}"


def checkout() -> Path:
    """The root of the checkout that this engine belongs to."""
    return Path(__file__).resolve().parent.parent


def load(root: Path | None = None) -> Course:
    """Read the built course. Raises EnvironmentProblem where it is missing or damaged."""
    root = root or checkout()
    path = root / BUILT / "course.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        return Course(root, tuple(_module(m) for m in data["modules"]), tuple(data["given"]))
    except (OSError, ValueError, KeyError) as error:
        raise EnvironmentProblem(
            f"`{BUILT}/course.json` cannot be read ({type(error).__name__}: {error}).\n"
            f"Bring it back with `git checkout -- {BUILT}`, or as an author run "
            "`./noteboosh.sh build`."
        ) from error


def _module(data: dict) -> Module:
    exercises = tuple(
        Exercise(e["id"], data["id"], e["file"], tuple(e["hints"])) for e in data["exercises"]
    )
    plain = {k: data[k] for k in ("id", "title", "package", "tests", "slug", "draft", "promise")}
    verb = data.get("verb", {})
    return Module(needs=tuple(data["needs"]), exercises=exercises, verb=verb, **plain)


def _plain(text: str) -> str:
    """`09B` and `9b` are one module; so is `module 9b`."""
    text = text.strip().lower().removeprefix("module").strip(" -_")
    return re.sub(r"^0+(?=\d)", "", text)


def state_dir(root: Path) -> Path:
    """Where the engine keeps its record: inside the git directory, safe from `git clean`."""
    local = root / ".noteboosh"
    git = root / ".git"
    if local.is_dir():
        return local
    if git.is_file():  # a worktree or submodule: the file names the real directory
        named = git.read_text("utf-8", "replace").partition("gitdir:")[2].strip()
        git = Path(os.path.normpath(root / named))
    return git / "noteboosh" if git.is_dir() else local
