"""`./noteboosh.sh blame TEST`: which of the student's functions make a test fail.

The test runs on copies of the student's package in which some functions are the reference's. Half
of the suspects are exchanged, then half of those that matter, until the smallest set is left with
which the test passes. Suspects are only functions written otherwise than the reference that the
test enters, so that four or five runs are enough. The student's own files are only read.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from noteboosh import progress
from noteboosh.course import Course
from noteboosh.errors import Problem, UsageProblem
from noteboosh.parts import Copies, Parts
from noteboosh.workers import Run, Test

LIMIT = 120.0  # seconds for the first run; the later ones are given what it shows they need
LEAST = 5.0  # seconds for a run, however quick the test
SHOWN = 8  # tests that are listed where a name fits several


@dataclass
class Culprit:
    """A part that breaks the test: an exercise, or the given code of a file."""

    id: str
    place: str
    module: str | None = None
    failing: list[str] = field(default_factory=list)  # tests of its own module that catch it
    loan: bool = False

    @property
    def command(self) -> str:
        """Tests it on its own; empty where nothing does."""
        name = self.failing[0].partition("::")[2].partition("[")[0] if self.failing else ""
        name = name.rpartition("::")[2]
        return f"./noteboosh.sh test {self.module} -k {name}" if name else ""


@dataclass
class Verdict:
    """`kind`: passes, unwritten, flaky, test (fails on the reference too), alone, all (each
    breaks it), or together (only in company)."""

    kind: str
    test: str
    error: str = ""
    culprits: list[Culprit] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)  # unwritten exercises it needs as well
    changed: list[str] = field(default_factory=list)  # given files that are not as built
    runs: int = 0

    @property
    def exit_code(self) -> int:
        return 1 if self.kind in ("flaky", "test") else 0


def blame(course: Course, text: str, as_json: bool = False) -> int:
    """Print who breaks a test; 0, or 1 where it fails for no reason in the student's code."""
    with tempfile.TemporaryDirectory(prefix="noteboosh-blame-") as folder, busy("Trying parts"):
        verdict = Search(course, Path(folder).resolve()).verdict(text)
    if as_json:
        commands = {culprit.id: culprit.command for culprit in verdict.culprits}
        print(json.dumps(asdict(verdict) | {"commands": commands}, indent=1))
    else:
        print("\n".join(sentences(course, verdict)))
    return verdict.exit_code


@contextlib.contextmanager
def busy(what: str) -> Iterator[None]:
    """Shows, on a terminal, that something goes on."""
    from rich.console import Console

    with Console(stderr=True).status(f"{what} on copies of your code …"):
        yield


def smallest(suspects: Sequence[str], passes: Callable[[list[str]], bool]) -> list[str]:
    """The fewest suspects that must be exchanged for the test to pass, by bisection.

    With all of them it passes, with none it fails. One is found in about log2(n) runs.
    """
    found: list[str] = []
    suspects = list(suspects)
    while suspects:
        low, high = 0, len(suspects)  # fails with the first `low` of them, passes with `high`
        while high - low > 1:
            middle = (low + high) // 2
            if passes(found + suspects[:middle]):
                high = middle
            else:
                low = middle
        found.append(suspects[high - 1])
        suspects = suspects[: high - 1]
        if not suspects or passes(found):
            break
    for one in found[:-1]:  # what was needed at first may not be needed with the others
        rest = [other for other in found if other != one]
        if passes(rest):
            found = rest
    return found


class Search:
    """Runs on copies of one package, in a temporary folder."""

    def __init__(self, course: Course, folder: Path):
        self.course = course
        self.copies = Copies(course.root, folder, LIMIT)
        self.parts = Parts(course, self.copies.package)

    def run(self, tests: Sequence[str], exchanged: Collection[str], *options: str) -> Run:
        """These tests with these parts from the reference. Raises Problem on a wrong package."""
        return self.copies.run(self.parts.texts(exchanged), tests, *options)

    def outcome(self, test: str, exchanged: Sequence[str]) -> Test:
        """What becomes of one test; one that cannot be collected or does not end has failed."""
        run = self.run([test], exchanged)
        found = next((t for t in run.tests if t.id == test), None)
        if found is None:
            errors = [t.error for t in run.tests if t.phase == "collect"]
            why = errors[0] if errors else run.wrong.partition("\n")[0] or "it was not run"
            found = Test(test, "", "error", "collect", why)
        found.error = found.error or run.wrong.partition("\n")[0]
        return found

    def passes(self, test: str, exchanged: Sequence[str]) -> bool:
        return self.outcome(test, [*self.parts.blank, *exchanged]).outcome == "passed"

    # -- the steps -----------------------------------------------------------------------------

    def verdict(self, text: str) -> Verdict:
        ids = find_tests(self, text)
        first = self._first_failing(ids)
        if isinstance(first, Verdict):
            return first
        again = self.outcome(first.id, [])
        if not again.failed or again.unwritten != first.unwritten:
            return Verdict("flaky", first.id, first.error, runs=self.copies.runs)
        if first.unwritten:
            return Verdict("unwritten", first.id, waits=[first.unwritten], runs=self.copies.runs)
        first.error = first.error or again.error  # none where it did not end
        return self._search(first, {*first.entered, *again.entered})

    def _first_failing(self, ids: list[str]) -> Test | Verdict:
        """The first test that fails, rather a wrong one than one that waits for an exercise."""
        run = self.run(ids, [])
        seen = {test.id: test for test in run.tests}
        if "::" in ids[0] and ids[0] not in seen:  # not collected
            return self.outcome(ids[0], [])
        failing = [test for test in run.tests if test.failed]
        wrong = [test for test in failing if not test.unwritten]
        if failing and "::" not in (wrong or failing)[0].id:
            return self._uncollected((wrong or failing)[0].id)
        if failing:
            return next(
                (test for test in wrong if test.outcome != "running"), (wrong or failing)[0]
            )
        if run.wrong:
            raise Problem(run.wrong)
        return Verdict("passes", ids[0].partition("[")[0], runs=self.copies.runs)

    def _uncollected(self, file: str) -> Test:
        """The first test of a file that cannot be imported on the student's package."""
        return self.outcome(collected(self, [file])[0], [])

    def _search(self, failing: Test, entered: set[str]) -> Verdict:
        test, parts = failing.id, self.parts
        whole = self.outcome(test, [*parts.blank, *parts.exercises])
        suspects = list(parts.exercises)
        if whole.outcome != "passed":
            if not self.passes(test, [*parts.exercises, *parts.given]):
                return Verdict("test", test, failing.error, runs=self.copies.runs)
            suspects += parts.given
        self.copies.limit = LEAST + 10 * whole.seconds
        if parts.blank and self.passes(test, []):  # with the unwritten ones filled in
            waits = [id for id in parts.blank if id in whole.entered]
            return Verdict("unwritten", test, waits=waits, runs=self.copies.runs)
        near = [part for part in suspects if part in {*entered, *whole.entered, *parts.given}]
        if len(near) < len(suspects) and self.passes(test, near):
            suspects = near
        found = smallest(suspects, lambda exchanged: self.passes(test, exchanged))
        return self._named(failing, found)

    def _named(self, failing: Test, found: list[str]) -> Verdict:
        """Whether those found break the test by themselves, or only beside other functions."""
        test, parts = failing.id, self.parts
        others = [id for id in parts.exercises if id not in found]
        kind = "alone" if len(found) == 1 else "all"
        if others and self.passes(test, others):
            kind = "together"
            kept = smallest(others, lambda back: not self.passes(
                test, [id for id in others if id not in back]))  # fmt: skip
            found = [*found, *kept]
        now = self.outcome(test, found) if parts.blank else None
        order = [*self.course.exercises, *parts.given]
        return Verdict(
            kind, test, failing.error, [self._culprit(id) for id in sorted(found, key=order.index)],
            waits=[now.unwritten] if now and now.unwritten else [],
            changed=parts.given, runs=self.copies.runs,
        )  # fmt: skip

    def _culprit(self, id: str) -> Culprit:
        exercise = self.course.exercises.get(id)
        if exercise is None:
            return Culprit(id, id)
        module, region = self.course.by_id[exercise.module], self.parts.regions[id]
        place = progress.place(self.course, exercise)
        culprit = Culprit(id, place, module.id, loan=bool(region and region.loan))
        if (self.course.root / module.tests).exists():
            others = [*self.parts.blank, *(e for e in self.parts.exercises if e != id)]
            tests = self.run([module.tests], others).tests
            culprit.failing = [t.id for t in tests if t.failed and "::" in t.id]
        return culprit


# ---- which test ----------------------------------------------------------------------------------


def find_tests(search: Search, text: str) -> list[str]:
    """A test file, or the ids of one test, one for each parameter. Raises UsageProblem."""
    course = search.course
    files = [m.tests for m in course.modules if (course.root / m.tests).exists()]
    if text in files:
        return [text]
    with contextlib.suppress(UsageProblem):
        module = course.module(text)
        if module.tests in files:
            return [module.tests]
    named = [file for file in files if "::" in text and file.endswith(text.partition("::")[0])]
    known = collected(search, named or files)
    return chosen(text, known)


def collected(search: Search, files: Sequence[str]) -> list[str]:
    """The ids of all tests in these files, in order. Raises Problem where there are none."""
    parts = search.parts
    run = search.run(files, [*parts.solutions, *parts.reference], "--collect-only", "-q")
    ids = [test.id for test in run.tests if test.outcome == "collected"]
    if not ids:
        errors = "\n".join(test.error for test in run.tests) or run.output
        raise Problem(
            f"`{', '.join(files)}` cannot be collected even with the reference: {errors}\n"
            f"{as_committed(search.course.root, files[0])}"
        )
    return ids


def chosen(text: str, known: Sequence[str]) -> list[str]:
    """The ids of the one test function that `text` means. Raises UsageProblem."""
    for fits in (
        lambda id: id == text,
        lambda id: id.partition("[")[0] == text,
        lambda id: id.partition("[")[0].endswith((f"::{text}", f"/{text}")),
        lambda id: text in id,
    ):
        found = [id for id in known if fits(id)]
        functions = list(dict.fromkeys(id.partition("[")[0] for id in found))
        if len(functions) == 1:
            return found
        if functions:
            listed = "\n".join(f"  {name}" for name in functions[:SHOWN])
            more = f"\n  and {len(functions) - SHOWN} more" if len(functions) > SHOWN else ""
            raise UsageProblem(f"`{text}` fits {len(functions)} tests; name one:\n{listed}{more}")
    raise UsageProblem(
        f"There is no test `{text}`. `./noteboosh.sh test ID` lists the failing ones of a module."
    )


def as_committed(root: Path, file: str) -> str:
    """Whether a test file was edited, in a sentence."""
    words = ["git", "diff", "--quiet", "HEAD", "--", file]
    try:
        code = subprocess.run(words, cwd=root, capture_output=True, check=False).returncode
    except OSError:
        code = 2
    if code == 1:
        return (
            f"`{file}` was edited: `git diff HEAD -- {file}` shows what, and "
            f"`git checkout HEAD -- {file}` takes it back."
        )
    if code == 0:
        return f"`{file}` is as it was committed: `./noteboosh.sh doctor` examines the machine."
    return f"Compare `{file}` with that of a fresh clone."


# ---- what is printed -----------------------------------------------------------------------------


def sentences(course: Course, verdict: Verdict) -> list[str]:
    """The answer, the smallest true thing first."""
    test, file = verdict.test, verdict.test.partition("::")[0]
    if verdict.kind == "passes":
        verb = "passes" if "::" in test else "pass"
        return [f"`{test}` {verb}: there is nobody to blame."]
    if verdict.kind == "flaky":
        return [f"`{test}` is flaky: of two runs on the same code it came out differently.",
                "Does a function draw random numbers without a generator of its own, or keep "
                "something from one call to the next?"]  # fmt: skip
    if verdict.kind == "unwritten":
        return [f"`{test}` fails because code is not written yet, not because any is wrong:",
                *(_todo(course, id) for id in verdict.waits)]  # fmt: skip
    if verdict.kind == "test":
        return [f"`{test}` fails on the reference too, so none of your functions is to blame:",
                f"  {verdict.error}", as_committed(course.root, file)]  # fmt: skip
    lines = [f"`{test}` fails: {verdict.error}", "", _claim(verdict)]
    for culprit in verdict.culprits:
        lines += _about(course, culprit, file)
    lines += [f"With that mended it waits for `{id}`." for id in verdict.waits]
    lines.append(f"\nFound in {verdict.runs} runs on copies; your files are as they were.")
    return lines


def _todo(course: Course, id: str) -> str:
    exercise = course.exercises[id]
    return (
        f"  `{id}`, module {exercise.module}, {progress.place(course, exercise)}  "
        f"(`./noteboosh.sh hint {id}`, or `./noteboosh.sh borrow {exercise.module}`)"
    )


def _claim(verdict: Verdict) -> str:
    if verdict.kind == "alone":
        return "One part breaks it: with the reference's in its place the test passes."
    if verdict.kind == "all":
        return f"{len(verdict.culprits)} parts break it; it passes once all of them are mended."
    return "These break it together: each fits the reference, but they do not fit each other."


def _about(course: Course, culprit: Culprit, file: str) -> list[str]:
    if culprit.module is None:
        return [
            f"  `{culprit.id}`: its given code is not as it was built; `./noteboosh.sh restore "
            f"{culprit.id}` brings an earlier state back, `git diff HEAD` shows what changed."
        ]
    module = course.by_id[culprit.module]
    whose = "on loan and edited" if culprit.loan else "yours"
    where = "of this module" if module.tests == file else f"of module {module.id}, {module.title}"
    lines = [f"  `{culprit.id}` {where}, {whose}, in {culprit.place}"]
    if culprit.command:
        lines.append(f"    test it on its own  {culprit.command}")
    else:
        lines.append("    its own module's tests pass with it: read its docstring, the contract")
    return [*lines, f"    a hint              ./noteboosh.sh hint {culprit.id}"]
