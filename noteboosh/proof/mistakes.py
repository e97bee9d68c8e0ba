"""Every plausible mistake is caught: by a test, by name, in time, and not by accident."""

from __future__ import annotations

import ast
import textwrap

from noteboosh.errors import Problem
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.variants import Mistake
from noteboosh.workers import Job, Run, run_all

LIMIT = 60.0  # seconds; a mistake is caught in about one
# A body that ends in one of these is broken, not mistaken: it says nothing about the tests.
BROKEN = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "SyntaxError")


def mistakes(proof: Proof) -> Report:
    report = Report()
    try:
        every = proof.sources.mistakes()
    except Problem as problem:
        report.complaints.append(str(problem))
        return report
    tested = [mistake for mistake in every if own_tests(proof, mistake) is not None]
    jobs: dict[Mistake, Job] = {}
    for mistake in tested:
        try:
            jobs[mistake] = job_of(proof, report, mistake)
        except (Problem, SyntaxError) as problem:
            report.complain(mistake.place, str(problem))
    for mistake, run in zip(jobs, run_all(jobs.values()), strict=True):
        judge(report, mistake, run)
    if len(tested) < len(every):
        report.say(f"{len(every) - len(tested)} more belong to drafts without tests")
    return report


def job_of(proof: Proof, report: Report, mistake: Mistake) -> Job:
    """The run that must catch it: its own module's tests that enter it. Raises Problem."""
    if _same(mistake.body, original_of(proof, mistake)):
        raise Problem(f"the mistake `{mistake.name}` is equal to the reference")
    own = tests = own_tests(proof, mistake) or []
    # Of a given function all tests run: one that fails has entered it, whatever the trace says.
    if mistake.target in proof.course.exercises:
        traced = proof.trace(report).values()
        tests = [t.id for t in traced if t.file in own and mistake.target in t.entered]
    if not tests:
        raise Problem(f"no test enters `{mistake.target}`, so none can catch `{mistake.name}`")
    fills, texts = proof.sources.mistaken(mistake)
    name = f"mistake-{mistake.target}-{mistake.name}"
    return proof.job(proof.variant(name, fills, texts), tests, "-x", limit=LIMIT)


def judge(report: Report, mistake: Mistake, run: Run) -> None:
    what = f"`{mistake.target}` {mistake.name}"
    caught = next((test for test in run.tests if test.failed), None)
    if run.wrong:
        report.complain(mistake.place, f"{what}: {run.wrong}")
    elif caught is None:
        report.complain(mistake.place, f"{what} is caught by no test ({len(run.tests)} passed)")
    elif caught.error.startswith(BROKEN):
        report.complain(mistake.place, f"{what} does not run: {caught.error}")
    else:
        report.say(f"{what}: caught by {caught.id} in {run.seconds:.1f} s")


def own_tests(proof: Proof, mistake: Mistake) -> list[str] | None:
    """The test files that must catch it; None for a draft that has no tests yet."""
    exercise = proof.course.exercises.get(mistake.target)
    modules = [
        module
        for module in proof.course.modules
        if (module.id == exercise.module if exercise else module.package == f"g2c.{mistake.topic}")
    ]
    files = [module.tests for module in modules if module.tests in proof.test_files]
    return files if files or not all(module.draft for module in modules) else None


def original_of(proof: Proof, mistake: Mistake) -> str:
    if mistake.target in proof.sources.regions:
        return proof.sources.regions[mistake.target].body
    return ast.unparse(proof.sources.function(mistake.target)[1])


def _same(one: str, other: str) -> bool:
    """Whether two bodies are the same code, whatever their comments, docstring and annotations."""
    return code_of(one) == code_of(other)


def code_of(text: str) -> list[str]:
    body = ast.parse(textwrap.dedent(text)).body
    if len(body) == 1 and isinstance(body[0], ast.FunctionDef):
        docstring = ast.get_docstring(body[0]) is not None
        body = body[0].body[docstring:]
    return [ast.dump(statement) for statement in body]
