"""`./noteboosh.sh explain ID`: one line of the student's own code is changed, on a copy. Which test
will fail, and why?

The answer is known because the module's tests were run on that copy. A change that no test notices
or that only breaks the program is no question: another one is tried. The same seed asks the same
question about the same code.
"""

from __future__ import annotations

import ast
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from noteboosh import fences, progress
from noteboosh.blame import busy
from noteboosh.course import Course, Exercise, Module
from noteboosh.errors import Problem, UsageProblem
from noteboosh.mutations import Mutation, mutations
from noteboosh.parts import Copies, traced_text
from noteboosh.workers import Run, Test

LIMIT = 120.0  # seconds for the tests of the unchanged module
TRIES, PATIENCE = 20, 90.0  # changes that are tried, seconds in which another one is begun
NAMED = 3  # exercises that a refusal names
OPTIONS, FAILING = 6, 3  # tests to choose from, and how many of them fail at most
# A change that ends in one of these only breaks the program.
BROKEN = ("NameError", "UnboundLocalError", "ImportError", "SyntaxError", "AttributeError")


@dataclass(frozen=True)
class Question:
    """One changed line, the tests to choose from, and what became of those that fail."""

    exercise: str
    file: str
    mutation: Mutation
    options: tuple[str, ...]  # names of test functions
    failing: dict[str, Test]  # by name, those that fail, offered or not
    seed: int

    @property
    def right(self) -> list[int]:
        """The numbers of the options that fail, from 1."""
        return [n for n, name in enumerate(self.options, 1) if name in self.failing]

    @property
    def is_good(self) -> bool:
        """There is something to choose, and a result that is wrong rather than a crash."""
        wrong = any(test.error.startswith("AssertionError") for test in self.failing.values())
        return wrong and len(self.right) < len(self.options)


def explain(
    course: Course, target: Module | Exercise, seed: int | None = None,
    answer: str | None = None, why: str = "", as_json: bool = False,
) -> int:  # fmt: skip
    """Ask, on a terminal for an answer, else by printing the question; with `answer` respond."""
    seed = random.SystemRandom().randrange(1000) if seed is None else seed
    with tempfile.TemporaryDirectory(prefix="noteboosh-explain-") as folder, busy("Running tests"):
        question = Examiner(course, target, Path(folder).resolve()).question(seed)
    module = target if isinstance(target, Module) else course.by_id[target.module]
    if answer is None and not as_json and sys.stdin.isatty():
        print("\n".join(asked(question)))
        chosen = _ask_numbers(question)
        why = _ask(question, "Why? (a sentence, or Enter) ").strip()
        print("\n" + "\n".join(answered(course, module, question, chosen, why)))
        return 0
    picked = numbers(answer, len(question.options)) if answer is not None else None
    command = f"./noteboosh.sh explain {target.id} --seed {seed} --answer NUMBERS"
    if as_json:
        print(json.dumps(_data(course, module, question, picked, why, command), indent=1))
    elif picked is None:
        print("\n".join([*asked(question), "", f"Answer with `{command}`."]))
    else:
        print("\n".join(answered(course, module, question, picked, why)))
    return 0


# ---- making a question ---------------------------------------------------------------------------


class Examiner:
    """Changes lines on copies of the student's package, and runs the module's tests on each."""

    def __init__(self, course: Course, target: Module | Exercise, folder: Path):
        self.course = course
        self.module = target if isinstance(target, Module) else course.by_id[target.module]
        exercises = [target] if isinstance(target, Exercise) else list(self.module.exercises)
        self.copies = Copies(course.root, folder, LIMIT)
        self.package = self.copies.package
        self.own = [e for e in exercises if self._is_own(e)]
        self.wanted = exercises

    def _is_own(self, exercise: Exercise) -> bool:
        try:
            text = self.package.texts[exercise.file]
            return fences.regions(text, exercise.file)[exercise.id].begun
        except (KeyError, Problem):
            return False

    def question(self, seed: int) -> Question:
        """The question of this seed. Raises Problem where the module is not green."""
        if not (self.course.root / self.module.tests).exists():
            raise UsageProblem(f"Module {self.module.id} has no tests yet.")
        tests = self._green()
        order = random.Random(seed)
        changes = [(file, one) for file in self.files for one in self._mutations(file)]
        order.shuffle(changes)
        start, fallback = time.monotonic(), None
        for file, mutation in changes[:TRIES]:
            if time.monotonic() - start > PATIENCE:
                break
            found = self._tried(file, mutation, tests, order, seed)
            if found and found.is_good:
                return found
            fallback = fallback or found
        if fallback:
            return fallback
        raise Problem(
            f"No single changed line of yours makes a test of {self.module.id} fail in a way worth "
            f"asking about (seed {seed}, {self.copies.runs} runs). Another seed tries other lines."
        )

    @cached_property
    def files(self) -> list[str]:
        return list(dict.fromkeys(exercise.file for exercise in self.own))

    def _mutations(self, file: str) -> Iterator[Mutation]:
        ids = [exercise.id for exercise in self.own if exercise.file == file]
        return mutations(self.package.texts[file], file, ids)

    def _green(self) -> list[Test]:
        """The module's tests on the unchanged copy, with what they enter. Raises Problem."""
        files = {exercise.file for exercise in self.module.exercises}
        traced = {
            f: traced_text(self.package.texts[f], f) for f in files if f in self.package.texts
        }
        run = self._run(traced, (self.module.tests,))
        missing = self._missing(run)
        if missing:
            raise Problem(f"Module {self.module.id} is not green yet: {missing}.")
        if not self.own:
            what = "it is" if len(self.wanted) == 1 else "all of it is"
            raise Problem(
                f"There is no line of yours to change in "
                f"`{self.wanted[0].id if len(self.wanted) == 1 else self.module.id}`: {what} on "
                f"loan. `./noteboosh.sh {self.module.id}` gives it back to be written."
            )
        self.copies.limit = 5 + 5 * run.seconds
        return run.tests

    def _missing(self, run: Run) -> str:
        """What keeps the module from being green, in words; empty where nothing does."""
        unwritten = dict.fromkeys(test.unwritten for test in run.tests if test.unwritten)
        exercises = [self.course.exercises[id] for id in unwritten if id]
        parts = [
            f"`{e.id}` is not written ({progress.place(self.course, e)})" for e in exercises[:NAMED]
        ]
        if len(exercises) > NAMED:
            parts.append(f"nor are {len(exercises) - NAMED} more")
        if run.failures:
            first = run.failures[0]
            more = f" and {len(run.failures) - 1} more" if len(run.failures) > 1 else ""
            parts.append(f"`{first.id}`{more} fail{'s' * (not more)}")
        if not parts and (run.wrong or not run.tests):
            parts.append(run.wrong.partition("\n")[0] or "no test was run")
        return "; ".join(parts)

    def _tried(
        self, file: str, mutation: Mutation, tests: list[Test], order: random.Random, seed: int
    ) -> Question | None:
        """A question, if this change makes a test fail in a way that can be reasoned about."""
        changed = {file: mutation.applied(self.package.texts[file])}
        near = [test.id for test in tests if mutation.exercise in test.entered]
        tried = self._run(changed, tuple(near), "-x") if near else None
        if tried is None or not self._is_telling(tried):
            return None
        run = self._run(changed, (self.module.tests,))
        if not self._is_telling(run):
            return None
        names = list(dict.fromkeys(name_of(test.id) for test in run.tests))
        failing = {name_of(t.id): t for t in reversed(run.tests) if t.failed}
        entering = {name_of(id) for id in near}
        options = _options(names, failing, entering, order)
        return Question(mutation.exercise, file, mutation, options, failing, seed)

    def _is_telling(self, run: Run) -> bool:
        """It ended, and every test that fails does so in its own words, at least one."""
        failing = [test for test in run.tests if test.failed]
        return bool(failing) and not run.wrong and all(
            test.phase == "call" and not test.error.startswith(BROKEN) for test in failing
        )  # fmt: skip

    def _run(self, changed: dict[str, str], tests: tuple[str, ...], *options: str) -> Run:
        return self.copies.run({**self.package.texts, **changed}, tests, *options)


def name_of(id: str) -> str:
    """`test_a_sum` of `tests/test_sums.py::test_a_sum[2]`."""
    return id.partition("[")[0].rpartition("::")[2]


def _options(
    names: Sequence[str], failing: dict[str, Test], entering: set[str], order: random.Random
) -> tuple[str, ...]:
    """Some that fail and some that do not, rather of those that run the changed function; in the
    order of the file."""
    wrong = order.sample(sorted(failing), min(len(failing), FAILING))
    passing = [name for name in names if name not in failing]
    order.shuffle(passing)
    passing.sort(key=lambda name: name not in entering)
    picked = {*wrong, *passing[: OPTIONS - len(wrong)]}
    return tuple(name for name in names if name in picked)


# ---- asking and answering ------------------------------------------------------------------------


def asked(question: Question) -> list[str]:
    """The question as it is shown."""
    mutation = question.mutation
    lines = [
        f"`{question.exercise}` · {question.file}:{mutation.line} · on a copy, this line of yours",
        f"    {mutation.before.strip()}",
        "becomes",
        f"    {mutation.after.strip()}",
        "",
        "Which of these tests fail now, one or several?",
    ]
    width = len(str(len(question.options)))
    return lines + [f"  {n:>{width}}  {name}" for n, name in enumerate(question.options, 1)]


def _ask_numbers(question: Question) -> list[int]:
    while True:
        try:
            text = _ask(question, "\nThe numbers, such as 2 or 1,3: ")
            return numbers(text, len(question.options))
        except UsageProblem as problem:
            print(problem)


def _ask(question: Question, prompt: str) -> str:
    try:
        return input(prompt)
    except EOFError:
        raise Problem(
            f"\nStopped. The same question comes again with `--seed {question.seed}`."
        ) from None


def numbers(text: str, count: int) -> list[int]:
    """`1,3` or `1 3`. Raises UsageProblem."""
    words = text.replace(",", " ").split()
    if not words or not all(word.isdecimal() and 1 <= int(word) <= count for word in words):
        raise UsageProblem(f"`{text}` is no answer: give numbers from 1 to {count}, such as 1,2.")
    return sorted({int(word) for word in words})


def verdict(question: Question, picked: Sequence[int]) -> str:
    """right, partly right (some of them, or one too many) or not right."""
    right = set(question.right)
    if right == set(picked):
        return "right"
    return "partly right" if right & set(picked) else "not right"


def answered(
    course: Course, module: Module, question: Question, picked: Sequence[int], why: str
) -> list[str]:
    """What happened, beside what was expected."""
    said = ", ".join(str(number) for number in question.right)
    count = "fails" if len(question.right) == 1 else "fail"
    lines = [f"{verdict(question, picked).capitalize()}: {said} {count}."]
    for number in question.right:
        test = question.failing[question.options[number - 1]]
        lines += ["", f"  {number}  {sentence(course, module, name_of(test.id))}  ({test.place})"]
        lines += [f"     {line}" for line in test.said.splitlines() if line.strip()]
    more = len(question.failing) - len(question.right)
    if more:
        lines += ["", f"{more} further test{'s' * (more > 1)} of the module failed as well."]
    lines += ["", f"What was done: {question.mutation.what}."]
    if why:
        lines += [f"You wrote: {why}", "Do the numbers above say the same?"]
    lines.append(f"Your file is as it was. Seed {question.seed} asks this again.")
    return lines


def sentence(course: Course, module: Module, name: str) -> str:
    """What a test claims: its docstring, else its name read as a sentence."""
    try:
        tree = ast.parse((course.root / module.tests).read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        tree = ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            docstring = ast.get_docstring(node)
            if docstring:
                return docstring.split("\n")[0]
    return name.removeprefix("test_").replace("_", " ")


def _data(
    course: Course, module: Module, question: Question, picked: list[int] | None,
    why: str, command: str,
) -> dict[str, Any]:  # fmt: skip
    """The question, and only once it is answered what happened."""
    mutation = question.mutation
    data = {
        "module": module.id, "exercise": question.exercise, "file": question.file,
        "line": mutation.line, "before": mutation.before, "after": mutation.after,
        "options": list(question.options), "seed": question.seed,
    }  # fmt: skip
    if picked is None:
        return data | {"answer_with": command}
    tests = [
        {"number": n, "test": test.id, "claim": sentence(course, module, name_of(test.id)),
         "said": test.said}
        for n in question.right
        for test in [question.failing[question.options[n - 1]]]
    ]  # fmt: skip
    return data | {
        "answer": picked, "why": why, "verdict": verdict(question, picked),
        "right": question.right, "failed": tests, "what": mutation.what,
        "others_failed": len(question.failing) - len(question.right),
    }  # fmt: skip
