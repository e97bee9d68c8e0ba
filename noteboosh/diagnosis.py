"""Which mistake a function behaves like, told from what it returns; without the reference.

The build records the outcomes of every probe (noteboosh/probing.py) on the reference and on each
known mistake: `course/built/<topic>.fingerprints.json`. Here the same probes run on the `g2c` that
this process has imported. Two outcomes are compared facet by facet, the most telling first. A
mistake differs from the reference in some first facet; a function is named as that mistake if in
all facets up to this one it agrees with the mistake, on every call, and not with the reference.

Nothing is guessed: no match, no claim; and no claim about a function that calls another one which
is unwritten, or does not itself agree with the reference in every facet.
"""

from __future__ import annotations

import ast
import json
import runpy
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

from noteboosh import fences
from noteboosh.course import BUILT, Course
from noteboosh.errors import Problem
from noteboosh.outcomes import FACETS, Outcome, first_difference, with_differences
from noteboosh.probing import Stopped, contained, limited, outcomes

PROBES = "course/probes"
SECONDS = 2.0  # for one probe, whatever the function does


@dataclass(frozen=True)
class Diagnosis:
    """A function that behaves exactly like a known mistake, or several that nothing tells apart."""

    target: str
    place: str  # `g2c/pretraining/loss.py:21`
    mistakes: tuple[str, ...]
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        said = [as_clause(sentence) for sentence in self.sentences]
        which = "this" if len(said) == 1 else "these, which nothing tells apart"
        return f"`{self.target}` ({self.place}) behaves exactly like {which}: {'; or '.join(said)}."


def as_clause(sentence: str) -> str:
    """A mistake's sentence, told of a function that has been named."""
    return f"it {sentence.removeprefix('this ')}" if sentence.startswith("this ") else sentence


def explain(course: Course, failed: Iterable[str]) -> list[str]:
    """One line for each function that explains failed tests, given as ids; in course order.

    Looked at is the student's own code: of the modules whose tests failed, and what that calls.
    """
    files = {test.partition("::")[0] for test in failed}
    modules = [module for module in course.modules if module.tests in files]
    if not modules:
        return []
    topics = {module.package.removeprefix("g2c.") for module in modules}
    own = [exercise.id for module in modules for exercise in module.exercises]
    known = [id for topic in sorted(topics) for id in fingerprints(course.root, topic)]
    given = [id for id in known if id not in course.exercises]
    return [str(found) for found in diagnose(course, [*own, *given])]


def diagnose(course: Course, targets: Iterable[str]) -> list[Diagnosis]:
    """What is wrong with these exercises, and with those they call, in the imported `g2c`.

    Only what the student wrote is named. Nothing where this is not the main thread.
    """
    package = sys.modules.get("g2c")
    if package is None or threading.current_thread() is not threading.main_thread():
        return []
    if not package.__file__ or not hasattr(signal, "setitimer"):
        return []
    judge = Judge(course, Path(package.__file__).parent.parent)
    for target in targets:
        judge.verdict(target)
    return judge.diagnoses()


def matching(seen: list[Outcome], prints: dict[str, Any]) -> list[str]:
    """The mistakes that these outcomes match, by name; better matches keep out the others."""
    reference = prints["reference"]
    depths: dict[str, int] = {}
    for name, mistake in prints["mistakes"].items():
        recorded = with_differences(reference, mistake["outcomes"])
        level = first_difference(recorded, reference, reference)
        depth = first_difference(seen, recorded, reference)
        if level < depth and level == first_difference(seen, reference, reference):
            depths[name] = depth
    return [name for name, depth in depths.items() if depth == max(depths.values())]


@dataclass(frozen=True)
class Verdict:
    """`right`: as the reference in every facet. `mistakes`: the names of those it behaves like."""

    right: bool = False
    mistakes: tuple[str, ...] = ()


class Judge:
    """Runs probes on the package in `parent`, each at most once; callees are judged as well."""

    def __init__(self, course: Course, parent: Path):
        self.course, self.parent = course, parent
        self.verdicts: dict[str, Verdict] = {}
        self._probes: dict[str, dict[str, Any]] = {}

    def verdict(self, target: str) -> Verdict:
        if target not in self.verdicts:
            self.verdicts[target] = Verdict()  # of a function that calls itself, for now
            self.verdicts[target] = self._verdict(target)
        return self.verdicts[target]

    def diagnoses(self) -> list[Diagnosis]:
        """Of all judged so far, in course order, without what is borrowed."""
        order = {id: number for number, id in enumerate(self.course.exercises)}
        found = [target for target, verdict in self.verdicts.items() if verdict.mistakes]
        return [
            self._diagnosis(target)
            for target in sorted(found, key=lambda target: order.get(target, len(order)))
            if self.places[target].own
        ]

    def _diagnosis(self, target: str) -> Diagnosis:
        names, place = self.verdicts[target].mistakes, self.places[target]
        mistakes = self.prints(target)["mistakes"]
        return Diagnosis(
            target, f"{place.file}:{place.line}", names,
            tuple(mistakes[name]["sentence"] for name in names),
        )  # fmt: skip

    def _verdict(self, target: str) -> Verdict:
        prints = self.prints(target)
        if not prints or target not in self.places or self.places[target].blank:
            return Verdict()
        try:
            seen, entered = self.observe(target)
        except Stopped as stopped:
            self._blame(stopped)
            return Verdict()
        except Exception:  # what the probe stands on cannot be imported or made
            return Verdict()
        if not all(self.verdict(other).right for other in sorted(entered - {target})):
            return Verdict()
        reference = prints["reference"]
        right = first_difference(seen, reference, reference) == len(FACETS)
        return Verdict(right, () if right else tuple(matching(seen, prints)))

    def _blame(self, stopped: Stopped) -> None:
        """The innermost function where a probe was stopped is not right: it costs its time once."""
        inside, trace = None, stopped.__traceback__
        while trace:
            code, trace = trace.tb_frame.f_code, trace.tb_next
            inside = self.functions.get((code.co_filename, code.co_firstlineno), inside)
        if inside:
            self.verdicts.setdefault(inside, Verdict())

    def observe(self, target: str) -> tuple[list[Outcome], set[str]]:
        """The outcomes of a probe, and the targets that it entered.

        Raises Stopped where time is up or a function was entered that is not right.
        """
        probe, entered = self.probe(target), {target}

        def notice(frame: FrameType, event: str, arg: object) -> None:
            code = frame.f_code
            if event == "call" and (code.co_filename, code.co_firstlineno) in self.functions:
                other = self.functions[code.co_filename, code.co_firstlineno]
                if other != target and not self.verdicts.get(other, Verdict(True)).right:
                    raise Stopped
                entered.add(other)

        before = sys.getprofile()
        with contained():
            try:
                with limited(SECONDS):
                    sys.setprofile(notice)
                    seen = list(outcomes(probe()))
            finally:
                sys.setprofile(before)
        return seen, entered

    def prints(self, target: str) -> dict[str, Any]:
        """What is recorded of a target; empty where nothing is."""
        return self.recorded[target.partition(".")[0]].get(target, {})

    def probe(self, target: str) -> Callable[[], Iterable[tuple]]:
        """Raises Problem where there is none."""
        topic, _, name = target.partition(".")
        path = f"{PROBES}/{topic}.py"
        if topic not in self._probes:
            self._probes[topic] = runpy.run_path(str(self.course.root / path))
        if (name := name.replace(".", "_")) not in self._probes[topic]:
            raise Problem(f"`{target}` has no probe `{name}` in `{path}`")
        return self._probes[topic][name]

    @cached_property
    def recorded(self) -> dict[str, dict[str, Any]]:
        topics = {id.partition(".")[0] for id in self.course.exercises}
        return {topic: fingerprints(self.course.root, topic) for topic in topics}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where all exercises stand, and the given functions of which mistakes are recorded."""
        files: dict[str, list[str]] = {}
        for exercise in self.course.exercises.values():
            files.setdefault(exercise.file, [])
        for prints in self.recorded.values():
            for target in prints.keys() - self.course.exercises.keys():
                files.setdefault(prints[target]["file"], []).append(target)
        found: dict[str, Place] = {}
        for file, given in files.items():
            try:
                found |= _places((self.parent / file).read_text("utf-8"), file, tuple(given))
            except (OSError, ValueError, SyntaxError, Problem):
                continue  # cannot have been imported as it is now
        return found

    @cached_property
    def functions(self) -> dict[tuple[str, int], str]:
        """The target by file and first line of its function, as its code object has them."""
        return {(str(self.parent / p.file), p.first): id for id, p in self.places.items()}


def fingerprints(root: Path, topic: str) -> dict[str, Any]:
    """What is recorded, by target; empty where nothing is."""
    try:
        text = (root / BUILT / f"{topic}.fingerprints.json").read_text("utf-8")
        return json.loads(text)["targets"]
    except (OSError, ValueError, KeyError):
        return {}


@dataclass(frozen=True)
class Place:
    """Where a target stands: `first` is the first line of its function, `line` what to show."""

    file: str
    line: int
    first: int
    own: bool = True  # neither blank nor borrowed
    blank: bool = False


@lru_cache
def _places(text: str, file: str, given: tuple[str, ...]) -> dict[str, Place]:
    regions, found = fences.regions(text, file), {}
    for name, node in _functions(ast.parse(text)):
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        for id, region in regions.items():
            if node.lineno < region.line <= (node.end_lineno or 0):  # the innermost comes last
                found[id] = Place(file, region.line, first, region.begun, region.blank)
        for target in (target for target in given if target.partition(".")[2] == name):
            found[target] = Place(file, node.lineno, first)
    return found


def _functions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with its dotted name, outer ones before inner ones."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if isinstance(node, ast.FunctionDef):
                yield f"{inside}{node.name}", node
            yield from _functions(node, f"{inside}{node.name}.")
        else:
            yield from _functions(node, inside)
