"""Diagnoses name what they should and nothing else, measured on code not used to make them.

- By the built fingerprints the reference is right, and every mistake is named as itself, and not
  what calls it.
- `tests/engine/variants/rewritten`: each mistake written again in another style; at least nine in
  ten are named.
- `tests/engine/variants/unusual`: correct implementations that nobody would expect; neither they
  nor what calls them gets a diagnosis.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from noteboosh.authoring.fingerprints import judge_of
from noteboosh.course import Course
from noteboosh.errors import Problem
from noteboosh.proof.calls import CallFailed, call, call_each
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.variants import Mistake, parse_mistakes

VARIANTS = "tests/engine/variants"
SHARE = 0.9  # of the rewritten mistakes that must be named

Named = dict[str, list[str]]  # mistakes by target


def diagnoses(proof: Proof) -> Report:
    report = Report()
    try:
        callers = call(callers_of, proof.course, proof.root / "course")
        known = [m for m in proof.sources.mistakes() if (proof.root / _probes(m)).is_file()]
        rewritten, unusual = (variants(proof.root, kind) for kind in ("rewritten", "unusual"))
    except (Problem, CallFailed) as problem:
        report.complaints.append(str(problem))
        return report
    _known(report, _judged(proof, report, known, callers))
    _rewritten(report, _judged(proof, report, rewritten))
    _unusual(report, _judged(proof, report, unusual, callers))
    return report


def _known(report: Report, judged: list[tuple[Mistake, Named]]) -> None:
    for mistake, named in judged:
        names = named.pop(mistake.target, [])
        what = f"`{mistake.target}` {mistake.name}"
        if mistake.name not in names:
            report.complain(mistake.place, f"{what} is not named")
        elif len(names) > 1:
            report.say(f"`{mistake.target}`: not told apart: {', '.join(names)}")
        for target in named:
            report.complain(mistake.place, f"{what}: `{target}`, which calls it, is diagnosed")


def _rewritten(report: Report, judged: list[tuple[Mistake, Named]]) -> None:
    missed = [one for one, named in judged if one.name not in named.get(one.target, [])]
    number = len(judged) - len(missed)
    report.say(f"{number} of {len(judged)} rewritten mistakes are named")
    for variant in missed:
        report.say(f"missed: {variant.place} `{variant.target}` {variant.name}")
    if number < SHARE * len(judged):
        by_target = Counter(variant.target for variant in missed).most_common(3)
        worst = ", ".join(f"`{target}` ({count})" for target, count in by_target)
        what = f"{number} of {len(judged)} are named, mostly not {worst}"
        report.complain(f"{VARIANTS}/rewritten", what)


def _unusual(report: Report, judged: list[tuple[Mistake, Named]]) -> None:
    for variant, named in judged:
        for target, names in named.items():
            what = f"`{variant.target}` {variant.name} is right, but `{target}` is diagnosed"
            report.complain(variant.place, f"{what} as {', '.join(names)}")
    report.say(f"{len(judged)} unusual implementations")


def variants(root: Path, kind: str) -> list[Mistake]:
    """The variants of one kind, in the form of mistakes. Raises Problem with the place."""
    found: list[Mistake] = []
    for path in sorted((root / VARIANTS / kind).glob("*.py")):
        text = path.read_text("utf-8")
        for edge in ("BEGIN", "END"):
            text = text.replace(f"# {edge} VARIANT", f"# {edge} MISTAKE")
        found += parse_mistakes(text, path.relative_to(root).as_posix())
    return found


def named_in(course: Course, jobs: list[tuple[Path, list[str]]]) -> list[Named]:
    """In a process of its own: what is diagnosed in each package, of these targets."""
    found = []
    for parent, targets in jobs:
        judge = judge_of(course, parent)
        for target in targets:
            judge.verdict(target)
        found.append({one.target: list(one.mistakes) for one in judge.diagnoses()})
    return found


def callers_of(course: Course, parent: Path) -> dict[str, list[str]]:
    """In a process of its own: by target, what enters it on the reference. Raises Problem."""
    judge = judge_of(course, parent)
    callers: dict[str, list[str]] = {}
    for target in (id for prints in judge.recorded.values() for id in prints):
        if not judge.verdict(target).right:
            raise Problem(f"the reference's `{target}` is not as it was recorded: build again")
        for other in judge.observe(target)[1] - {target}:
            callers.setdefault(other, []).append(target)
    return callers


def _probes(mistake: Mistake) -> str:
    return f"course/probes/{mistake.topic}.py"


def _judged(
    proof: Proof, report: Report, bodies: list[Mistake], callers: Mapping[str, list[str]] = {}
) -> list[tuple[Mistake, Named]]:
    """Each with what it is diagnosed as; with `callers`, these are looked at too."""
    jobs = []
    for body in bodies:
        name = "-".join([Path(body.place).parent.name, body.target, body.name])
        package = proof.variant(name, *proof.sources.mistaken(body))
        jobs.append((package, [body.target, *callers.get(body.target, [])]))
    found = []
    for body, named in zip(bodies, call_each(named_in, proof.course, jobs), strict=True):
        if isinstance(named, CallFailed):
            report.complain(body.place, f"`{body.target}` {body.name}: {named}")
        else:
            found.append((body, named))
    return found
