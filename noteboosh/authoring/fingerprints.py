"""Records what every probe shows on the reference and on each mistake, for noteboosh/diagnosis.py.

Only what changed is recorded anew: each entry carries a digest of all that it is made from.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from noteboosh.authoring.problems import SourceProblem, raise_all
from noteboosh.course import BUILT, Course
from noteboosh.diagnosis import PROBES, Judge, Stopped, fingerprints
from noteboosh.errors import Problem
from noteboosh.outcomes import FACETS, Outcome, first_difference, with_differences
from noteboosh.proof.calls import CallFailed, call, call_all
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.mistakes import _code, _job, _judge, _original, _own
from noteboosh.proof.variants import Mistake
from noteboosh.proof.workers import run_all

MAKERS = ("noteboosh/probing.py", "noteboosh/outcomes.py")
DIGITS, FEWER = 10, 6  # significant ones: of what is compared with a float64 result, and of the rest


def built_fingerprints(course: Course) -> dict[str, bytes]:
    """`course/built/<topic>.fingerprints.json` of every topic that has a file of probes.

    Raises SourceProblem for a mistake that equals another or the reference, in its code or in all
    that its probe tries, for one that no test catches, and for a probe that is missing.
    """
    topics = sorted(path.stem for path in (course.root / PROBES).glob("*.py"))
    if not topics:
        return {}
    with tempfile.TemporaryDirectory(prefix="noteboosh-fingerprints-") as folder:
        recorder = Recorder(Proof(course, Path(folder).resolve()), topics)
        raise_all(recorder.twins())
        prints = recorder.record()
    raise_all(recorder.indistinct(prints))
    return {f"{BUILT}/{topic}.fingerprints.json": _json(topic, prints[topic]) for topic in topics}


def observed(root: Path, course: Course, parent: Path, targets: list[str]) -> dict[str, Any]:
    """In a process of its own: the outcomes of these probes on the `g2c` in `parent`.

    A target is left out whose probe found no end.
    """
    judge, found = judge_of(course, parent), {}
    for target in targets:
        try:
            found[target] = judge.observe(target)[0]
        except Stopped:
            continue
    return found


def judge_of(course: Course, parent: Path) -> Judge:
    """In a process of its own: a judge of the `g2c` in this folder."""
    sys.path.insert(0, str(parent))
    import g2c

    assert Path(g2c.__file__).parent.parent == parent, g2c.__file__
    return Judge(course, parent)


class Recorder:
    """Everything recorded of some topics, what did not change taken from the built files."""

    def __init__(self, proof: Proof, topics: list[str]):
        self.proof, self.course, self.root, self.topics = proof, proof.course, proof.root, topics
        self.mistakes = [m for m in proof.sources.mistakes() if m.topic in topics]
        self.before = {topic: fingerprints(self.root, topic) for topic in topics}

    def record(self) -> dict[str, dict[str, Any]]:
        """By topic and target: file, digest, the reference's outcomes, and those of mistakes."""
        prints: dict[str, dict[str, Any]] = {topic: {} for topic in self.topics}
        for target, file in self.targets().items():
            topic = target.partition(".")[0]
            entry = {"file": file, "digest": self.ground(topic), "reference": [], "mistakes": {}}
            prints[topic][target] = entry
        self._references(prints)
        new = [mistake for mistake in self.mistakes if not self._kept(prints, mistake)]
        caught = self.caught(new)
        for mistake, seen in zip(new, self._observed(new), strict=True):
            entry = prints[mistake.topic][mistake.target]
            entry["mistakes"][mistake.name] |= {
                "caught": caught[mistake],
                "outcomes": dict(_differences(seen, entry["reference"])),
            }
        return prints

    # -- what is recorded --------------------------------------------------------------------

    def targets(self) -> dict[str, str]:
        """The file of each exercise and of each mistaken function, in course order."""
        exercises = self.course.exercises.values()
        found = {e.id: e.file for e in exercises if e.id.partition(".")[0] in self.topics}
        for mistake in self.mistakes:
            if mistake.target not in found:
                found[mistake.target] = self.proof.sources.function(mistake.target)[0]
        return found

    def _references(self, prints: dict[str, dict[str, Any]]) -> None:
        new = []
        for topic, target, entry in _entries(prints):
            old = self.before[topic].get(target, {})
            if old.get("digest") == entry["digest"]:
                entry["reference"] = old["reference"]
            else:
                new.append(target)
        if new:
            seen = _called(call(observed, self.root, self.course, self.root / "course", new))
            for topic, target, entry in _entries(prints):
                if target in new:
                    entry["reference"] = [_rounded(outcome, DIGITS) for outcome in seen[target]]
