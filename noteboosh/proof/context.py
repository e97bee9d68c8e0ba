"""What the parts of the proof share: the course, its sources, a temporary folder, and a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from noteboosh.course import Course, Module
from noteboosh.fences import Fill
from noteboosh.proof.variants import Sources
from noteboosh.workers import Job, Run, Test, run_all

if TYPE_CHECKING:
    from noteboosh.authoring.build import Built


@dataclass
class Report:
    """What a part found: lines to read, and complaints, each with its place."""

    lines: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)

    def complain(self, place: str, what: str) -> None:
        self.complaints.append(f"{place}: {what}")


class Proof:
    """One proof of one checkout. It reads the authored sources, never the student's `g2c`."""

    def __init__(self, course: Course, folder: Path):
        self.course, self.root, self.folder = course, course.root, folder
        self._trace: dict[str, Test] | None = None

    @cached_property
    def sources(self) -> Sources:
        return Sources(self.root)

    @cached_property
    def build(self) -> Built:
        """A fresh build. Raises Problem for what is wrong in the authored files."""
        from noteboosh.authoring import build  # with what it needs only once it is needed

        return build.build(self.root)

    @cached_property
    def finished(self) -> list[Module]:
        return [module for module in self.course.modules if not module.draft]

    @cached_property
    def test_files(self) -> list[str]:
        return [f"tests/{path.name}" for path in sorted((self.root / "tests").glob("test_*.py"))]

    @cached_property
    def draft_files(self) -> set[str]:
        return {module.tests for module in self.course.modules if module.draft}

    def variant(self, name: str, fills: Mapping[str, Fill], texts: Mapping[str, str] = {}) -> Path:
        """A package of its own, in the temporary folder."""
        return self.sources.write(self.folder / name, fills, texts)

    def job(self, package: Path, tests: Iterable[str], *options: str, limit: float = 300) -> Job:
        return Job(self.root, package, tuple(tests), options, limit)

    def run(self, jobs: Iterable[Job], report: Report) -> list[Run]:
        """Runs in the order of the jobs. One that is worth nothing is a complaint, and empty."""
        runs = run_all(jobs)
        for run in runs:
            if run.wrong:
                report.complain(run.job.tests[0], run.wrong)
                run.tests = []
        return runs

    def trace(self, report: Report) -> dict[str, Test]:
        """Every test and the exercises that it enters; run once, on a whole package."""
        if self._trace is None:
            package = self.variant("instrumented", self.sources.instrumented(self.course.exercises))
            runs = self.run([self.job(package, [file]) for file in self.test_files], report)
            self._trace = {test.id: test for run in runs for test in run.tests}
        return self._trace
