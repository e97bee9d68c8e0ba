"""Records what every probe shows on the reference and on each mistake, for noteboosh/diagnosis.py.

Only what changed is recorded anew: each entry carries a digest of all that it is made from.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from noteboosh.authoring.problems import SourceProblem, raise_all
from noteboosh.course import BUILT, Course
from noteboosh.diagnosis import PROBES, Judge, fingerprints
from noteboosh.errors import Problem
from noteboosh.outcomes import FACETS, Outcome, first_difference, with_differences
from noteboosh.proof.calls import CallFailed, call, call_each
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.mistakes import code_of, job_of, judge, original_of, own_tests
from noteboosh.proof.variants import Mistake
from noteboosh.workers import run_all

MAKERS = ("noteboosh/probing.py", "noteboosh/outcomes.py")
DIGITS = 10  # significant ones: enough to see that a result was computed in float32

Prints = dict[str, dict[str, Any]]  # by target: file, digest, reference, mistakes


def built_fingerprints(course: Course) -> dict[str, bytes]:
    """`course/built/<topic>.fingerprints.json` of every topic that has a file of probes.

    Raises SourceProblem for a mistake that equals another or the reference, in its code or in all
    that its probe tries, for one that no test catches, and for a probe that is missing.
    """
    topics = sorted(path.stem for path in (course.root / PROBES).glob("*.py"))
    if not topics:
        return {}
    with tempfile.TemporaryDirectory(prefix="noteboosh-fingerprints-") as folder:
        prints = record(Proof(course, Path(folder).resolve()), topics)
    files = {}
    for topic in topics:
        own = {id: entry for id, entry in prints.items() if id.partition(".")[0] == topic}
        files[f"{BUILT}/{topic}.fingerprints.json"] = _json(topic, own)
    return files


def record(proof: Proof, topics: Sequence[str]) -> Prints:
    """All fingerprints of these topics. Raises SourceProblem."""
    mistakes = [mistake for mistake in proof.sources.mistakes() if mistake.topic in topics]
    raise_all(_twins(proof, mistakes))
    before: Prints = {}
    for topic in topics:
        before |= fingerprints(proof.root, topic)
    prints = _references(proof, topics, mistakes, before)
    _mistakes(proof, mistakes, prints, before)
    raise_all(_indistinct(mistakes, prints))
    return prints


def table(files: Mapping[str, bytes]) -> Iterator[str]:
    """From built files: each target with its number of mistakes, and the tests that catch them."""
    found = [data for path, data in files.items() if path.endswith(".fingerprints.json")]
    prints = {id: entry for data in found for id, entry in json.loads(data)["targets"].items()}
    width = max(map(len, prints), default=0)
    for target, entry in prints.items():
        caught = [mistake["caught"] or "no test yet" for mistake in entry["mistakes"].values()]
        names = (test.rpartition("::")[2].partition("[")[0] for test in caught)
        tests = ", ".join(dict.fromkeys(names))
        yield f"{target:<{width}}  {len(caught):>3}  {tests}".rstrip()


# ---- recording -----------------------------------------------------------------------------------


def judge_of(course: Course, parent: Path) -> Judge:
    """The judge of the `g2c` in this folder, which takes the place of any imported before."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "g2c"]:
        del sys.modules[name]
    sys.path.insert(0, str(parent))
    found = importlib.import_module("g2c").__file__
    if Path(str(found)).parent.parent != parent:
        raise ImportError(f"`{found}` was imported, not the package in `{parent}`")
    return Judge(course, parent)


def observed(course: Course, jobs: list[tuple[Path, list[str]]]) -> list[list[list[Outcome]]]:
    """In a process of its own: by package and target, the outcomes of the probe."""
    found = []
    for parent, targets in jobs:
        judge = judge_of(course, parent)
        found.append([judge.observe(target)[0] for target in targets])
    return found


def _references(
    proof: Proof, topics: Sequence[str], mistakes: list[Mistake], before: Prints
) -> Prints:
    """Every exercise of these topics and every mistaken function, without its mistakes yet."""
    exercises = proof.course.exercises.values()
    files = {e.id: e.file for e in exercises if e.id.partition(".")[0] in topics}
    for target in (m.target for m in mistakes if m.target not in files):
        files[target] = proof.sources.function(target)[0]
    digests = {topic: _digest(*_ground(proof, topic)) for topic in topics}
    prints: Prints = {}
    for target, file in files.items():
        digest = digests[target.partition(".")[0]]
        old = before.get(target, {})
        kept = old.get("reference") if old.get("digest") == digest else None
        prints[target] = {"file": file, "digest": digest, "reference": kept, "mistakes": {}}
    new = [target for target, entry in prints.items() if entry["reference"] is None]
    if new:
        try:
            (seen,) = call(observed, proof.course, [(proof.root / "course", new)])
        except CallFailed as failure:
            raise Problem(f"the probes do not run on the reference:\n{failure}") from None
        for target, recorded in zip(new, seen, strict=True):
            prints[target]["reference"] = _rounded(recorded)
    return prints


def _mistakes(proof: Proof, mistakes: list[Mistake], prints: Prints, before: Prints) -> None:
    """Put the mistakes into their targets' entries: `outcomes`, and `caught`, the test."""
    new: dict[str, dict[Mistake, dict[str, Any]]] = {"recorded": {}, "proved": {}}
    for mistake in mistakes:
        target = prints[mistake.target]
        old = before.get(mistake.target, {}).get("mistakes", {}).get(mistake.name, {})
        entry = target["mistakes"][mistake.name] = {
            "sentence": mistake.sentence,
            "recorded": _digest(target["digest"], mistake.body),
            "proved": _digest(mistake.body, *_tests(proof, mistake)),  # selftest proves all again
            "caught": old.get("caught"),
            "outcomes": old.get("outcomes"),
        }
        for digest in new:
            if entry[digest] != old.get(digest):
                new[digest][mistake] = entry
    for mistake, test in _caught(proof, list(new["proved"])).items():
        new["proved"][mistake]["caught"] = test
    jobs = [(_package(proof, mistake), [mistake.target]) for mistake in new["recorded"]]
    found = call_each(observed, proof.course, jobs)
    for (mistake, entry), seen in zip(new["recorded"].items(), found, strict=True):
        if isinstance(seen, CallFailed):
            raise _problem(mistake, f"its probe does not come to an end:\n{seen}")
        entry["outcomes"] = dict(_differences(seen[0], prints[mistake.target]["reference"]))


def _package(proof: Proof, mistake: Mistake) -> Path:
    name = f"mistake-{mistake.target}-{mistake.name}"
    return proof.variant(name, *proof.sources.mistaken(mistake))


def _differences(seen: list[Outcome], reference: list[Outcome]) -> Iterator[tuple[str, Outcome]]:
    """What differs from the reference in any facet."""
    if len(seen) != len(reference):
        raise Problem(f"the probe made {len(seen)} calls, on the reference {len(reference)}")
    for number, (one, right) in enumerate(zip(seen, reference, strict=True)):
        if first_difference([one], [right], [right]) < len(FACETS):
            yield str(number), _rounded(one)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    return value


def _ground(proof: Proof, topic: str) -> Iterator[str]:
    """All that a topic's fingerprints are made from, but for the mistakes."""
    for path in (*MAKERS, f"{PROBES}/{topic}.py"):
        yield (proof.root / path).read_text("utf-8")
    course = proof.course
    own = [module for module in course.modules if module.package == f"g2c.{topic}"]
    packages = {m.package for module in own for m in (module, *course.needs(module))}
    folders = tuple(f"{name.replace('.', '/')}/" for name in (*packages, *course.given))
    for name, text in proof.sources.texts.items():
        if name.startswith(folders):
            yield text


def _tests(proof: Proof, mistake: Mistake) -> Iterator[str]:
    for file in own_tests(proof, mistake) or []:
        yield (proof.root / file).read_text("utf-8")


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()[:16]


def _json(topic: str, prints: Prints) -> bytes:
    """One line a target."""
    lines = (f"{json.dumps(id)}: {json.dumps(entry)}" for id, entry in prints.items())
    head = f'{{"built_from": "{PROBES}/{topic}.py and course/mistakes", "targets": {{\n'
    return (head + ",\n".join(lines) + "\n}}\n").encode("utf-8")


# ---- refusing ------------------------------------------------------------------------------------


def _problem(mistake: Mistake, what: str) -> SourceProblem:
    path, _, line = mistake.place.rpartition(":")
    return SourceProblem(path, int(line), f"`{mistake.target}` {mistake.name}: {what}")


def _twins(proof: Proof, mistakes: list[Mistake]) -> Iterator[SourceProblem]:
    """Mistakes that are the same code as another one, or as the reference."""
    seen: dict[tuple[str, ...], str] = {}
    for mistake in mistakes:
        try:
            original = (mistake.target, *code_of(original_of(proof, mistake)))
            code = (mistake.target, *code_of(mistake.body))
        except (Problem, SyntaxError) as error:
            yield _problem(mistake, str(error))
            continue
        seen.setdefault(original, "the reference")
        if code in seen:
            yield _problem(mistake, f"this is the same code as {seen[code]}: remove one of them")
        seen.setdefault(code, f"`{mistake.name}` ({mistake.place})")


def _indistinct(mistakes: list[Mistake], prints: Prints) -> Iterator[SourceProblem]:
    """Mistakes that their probe cannot tell from the reference, or from any broken body."""
    for mistake in mistakes:
        entry = prints[mistake.target]
        reference, outcomes = entry["reference"], entry["mistakes"][mistake.name]["outcomes"]
        where = f"in `{PROBES}/{mistake.topic}.py`"
        if not outcomes:
            what = f"no call {where} tells it from the reference: add one that does"
            yield _problem(mistake, what)
        elif all("raised" in str(o["value"]) for o in with_differences(reference, outcomes)):
            yield _problem(mistake, f"every call {where} raises: add one that does not")


def _caught(proof: Proof, mistakes: list[Mistake]) -> dict[Mistake, str | None]:
    """The test that catches each; None for a draft without tests. Raises SourceProblem."""
    report, jobs = Report(), {}
    for mistake in mistakes:
        if own_tests(proof, mistake) is not None:
            jobs[mistake] = job_of(proof, report, mistake)
    found: dict[Mistake, str | None] = dict.fromkeys(mistakes)
    for mistake, run in zip(jobs, run_all(jobs.values()), strict=True):
        judge(report, mistake, run)
        found[mistake] = next((test.id for test in run.tests if test.failed), None)
    if report.complaints:
        raise Problem("\n".join(report.complaints))
    return found
