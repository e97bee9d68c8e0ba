"""pytest for the course: which `g2c` is tested, and what is unwritten. PYTEST_DONT_REWRITE

The package under test is the checkout's own `g2c`, with `--reference` the one in `course`, with
`--package PARENT` the one inside that folder. It is imported before any test file, and a run on
another package than the one asked for is refused: PYTHONPATH, a stray conftest or an installed
copy could otherwise make every test pass on the wrong code.

A NotImplementedError whose only argument is the id of an exercise means "unwritten", and nothing
else does. Such a test fails and counts as any other, but it is shown as TODO, and each exercise
gets one line in place of its tracebacks.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from pathlib import Path

import pytest

from noteboosh import course as courses
from noteboosh import fences, record
from noteboosh.errors import Problem

_CATEGORIES = ("failed", "error")  # where pytest counts a failed call, and a failed fixture
_header = pytest.StashKey[list[str]]()
_unwritten = pytest.StashKey["Unwritten"]()
offers = pytest.StashKey[list[str]]()  # of a hint, after the same failure three times
diagnoses = pytest.StashKey[list[str]]()  # what the failing functions behave like


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("g2c", "the package under test")
    group.addoption("--reference", action="store_true", help="test the solutions in `course/g2c`")
    group.addoption("--package", metavar="PARENT", help="test the `g2c` inside this folder")
    group.addoption("--no-record", action="store_true", help="leave no record of this run")


def pytest_configure(config: pytest.Config) -> None:
    root = config.rootpath if (config.rootpath / "g2c").is_dir() else courses.checkout()
    try:
        _finish_interrupted(root)
        parent, what = _package(config, root)
        _use(parent)
    except Problem as problem:
        raise pytest.UsageError(str(problem)) from None
    config.stash[_header] = [f"g2c under test: {what}"]
    try:
        unwritten = Unwritten(courses.load(root), parent, config.invocation_params.dir)
    except Exception as error:  # without the course's data this is pytest as anywhere else
        config.stash[_header].append(f"no TODO lines, because {error}")
        return
    config.stash[_unwritten] = unwritten
    config.pluginmanager.register(unwritten, "g2c-unwritten")
    if parent == root and record.wanted(config, root):
        # After the other, which diagnoses what failed, so that the offer knows of it.
        config.pluginmanager.register(record.Recorder(unwritten.course, config), "g2c-record")


def pytest_report_header(config: pytest.Config) -> list[str]:
    return config.stash[_header]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config):
    if unwritten := config.stash.get(_unwritten, None):
        unwritten.show(terminalreporter)
    if lines := config.stash.get(diagnoses, []):
        terminalreporter.section("what this behaves like", yellow=True)
        for line in lines:
            terminalreporter.write_line(line)
    for line in config.stash.get(offers, []):
        terminalreporter.write_line(f"\n{line}")


def _finish_interrupted(root: Path) -> None:
    if (courses.state_dir(root) / "journal.json").exists():
        from noteboosh import transaction  # only here: every other start is quicker without it

        transaction.finish(root)


def _package(config: pytest.Config, root: Path) -> tuple[Path, str]:
    """The folder that holds the package to test, and what to call that package."""
    if config.getoption("package"):
        parent = Path(config.getoption("package")).absolute()
        return parent, f"`{parent / 'g2c'}`"
    if not config.getoption("reference"):
        return root, f"your code in `{root / 'g2c'}`"
    if not (root / "course/g2c").is_dir():
        raise Problem("`--reference` needs the solutions in `course/g2c`, and they are not here.")
    return root / "course", f"the reference in `{root / 'course/g2c'}`"


def _use(parent: Path) -> None:
    """Import g2c from this folder and no other. Raises Problem."""
    wanted = parent / "g2c" / "__init__.py"
    if not wanted.is_file():
        raise Problem(
            f"There is no `{wanted}` to test.\n"
            "Bring yours back with `git checkout -- g2c`, or name a folder that holds a `g2c`."
        )
    sys.path.insert(0, str(parent))
    try:
        found = importlib.import_module("g2c").__file__
    except Exception as error:
        raise Problem(f"`{wanted}` cannot be imported.\n{type(error).__name__}: {error}") from error
    if found is None or Path(found).resolve() != wanted.resolve():
        raise Problem(
            f"The wrong package is under test: `{found}` was imported, `{wanted}` is wanted.\n"
            "Something imported the other one first: look for an `import g2c` in a conftest.py, "
            "or start pytest in a fresh process."
        )


class Unwritten:
    """Marks each report of a test that met an unwritten exercise, and shows it as TODO."""

    def __init__(self, course: courses.Course, parent: Path, start: Path):
        self.course, self.parent, self.start = course, parent, start
        self.stats: dict[str, list] = {}  # pytest's own, while FAILURES is written
        self.shown = False
        self.failed: list[str] = []  # tests that failed for another reason

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo):
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if report.failed:
            self.failed.append(report.nodeid)
        if report.failed and type(error) is NotImplementedError and len(error.args) == 1:
            id = error.args[0]
            if isinstance(id, str) and id in self.course.exercises:
                report.unwritten = id
                self.failed.pop()
                with contextlib.suppress(AttributeError):  # a text, where some option made it one
                    # The TODO line says it all, also where CI keeps pytest from cutting messages.
                    report.longrepr.reprcrash = None
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Where the student's own code is wrong, say what it behaves like."""
        if self.failed and self.parent == self.course.root:
            from noteboosh.diagnosis import explain  # only here: a green run is quicker without it

            with contextlib.suppress(Exception):  # the tests have spoken; this is an extra
                session.config.stash[diagnoses] = explain(self.course, self.failed)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport):
        if not hasattr(report, "unwritten"):
            return None
        # The short summary cuts the message after a long test name: so there the word says it.
        word = f"TODO {report.unwritten} in" if self.shown else "TODO"
        return _CATEGORIES[report.when != "call"], "T", (word, {"yellow": True})

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter):
        """FAILURES and ERRORS list what is in `stats`: leave the unwritten out until `show`."""
        stats = terminalreporter.stats
        self.stats = {name: stats[name] for name in _CATEGORIES if name in stats}
        for name, reports in self.stats.items():
            stats[name] = [report for report in reports if not hasattr(report, "unwritten")]
        return (yield)

    def show(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line an exercise, after FAILURES; the short summary that follows lists each test."""
        terminalreporter.stats.update(self.stats)
        self.shown = True
        waiting: dict[str, set[str]] = {}
        for report in (r for reports in self.stats.values() for r in reports):
            if hasattr(report, "unwritten"):
                waiting.setdefault(report.unwritten, set()).add(report.nodeid)
        if waiting:
            terminalreporter.section("TODO: not written yet", yellow=True)
        for id, exercise in self.course.exercises.items():  # in course order: the first comes first
            if id in waiting:
                terminalreporter.write_line(self._line(exercise, waiting[id]))

    def _line(self, exercise: courses.Exercise, tests: set[str]) -> str:
        tests_of_module = self.course.by_id[exercise.module].tests
        wait = "1 test waits" if len(tests) == 1 else f"{len(tests)} tests wait"
        line = f"{exercise.id}  {self._place(exercise)}  {wait} for it"
        if all(test.partition("::")[0] == tests_of_module for test in tests):
            return line
        cure = f"`./noteboosh.sh borrow {exercise.module}` lends it to you"
        return f"{line}; it belongs to module {exercise.module}: {cure}"

    def _place(self, exercise: courses.Exercise) -> str:
        """`g2c/nn/losses.py:41`, as seen from where pytest was started."""
        path = self.parent / exercise.file
        shown = os.path.relpath(path, self.start)
        line = fences.line_of(path, exercise.id)
        return f"{shown}:{line}" if line else shown  # `doctor` explains a damaged fence
