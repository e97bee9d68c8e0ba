"""Recorded training curves still hold: each run, from two seeds that are not in the record, lies in
its band; a mistake of its loop lies outside, and fits what is recorded of it.

The rest was measured when it was recorded, and stands in the record: no false alarm on fresh
seeds, and most of the mistakes' fresh runs named.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from noteboosh import curves as doctor
from noteboosh.errors import Problem
from noteboosh.proof.calls import CallFailed
from noteboosh.proof.context import Proof, Report

SEEDS = (3000, 3001)
SHARE = 0.8  # of the fresh runs of the mistakes that are to be named


def curves(proof: Proof) -> Report:
    from noteboosh.authoring import curves as recorder

    report = Report()
    ids = recorder.ids(proof.root)
    with ThreadPoolExecutor(2) as pool:
        for one in pool.map(lambda id: _one(proof, id), ids):
            report.lines += one.lines
            report.complaints += one.complaints
    built = {path.name for path in (proof.root / doctor.BUILT).glob("*.curve.json")}
    for name in sorted(built - {f"{id}.curve.json" for id in ids}):
        report.complain(f"{doctor.BUILT}/{name}", "is recorded from nothing any more: remove it")
    return report


def _one(proof: Proof, id: str) -> Report:
    from noteboosh.authoring import curves as recorder

    report, place = Report(), f"{recorder.FOLDER}/{id}.py"
    try:
        record = doctor.read(proof.root, id)
        right, *wrong = recorder.kinds(proof, id)
        losses = recorder.run_each(proof, id, right, SEEDS)
        loop = next((k for k in wrong if k.name in record.mistakes and k.options), None)
        mistaken = recorder.run_each(proof, id, loop, SEEDS[:1]) if loop else []
    except (Problem, CallFailed) as problem:
        report.complain(place, str(problem))
        return report
    again = f"record it again with `./noteboosh.sh curves {id}`"
    for seed, one in zip(SEEDS, losses, strict=True):
        said = doctor.verdict(record, one)
        if not said.startswith("as it should be"):
            report.complain(place, f"seed {seed} is {said} If that is right, {again}")
    if any(doctor.verdict(record, one).startswith("as it should be") for one in mistaken):
        report.complain(place, f"the mistake `{loop and loop.name}` is not seen: {again}")
    unknown = record.mistakes.keys() - {kind.name for kind in wrong}
    if unknown:
        report.complain(place, f"`{min(unknown)}` is recorded, and no longer there: {again}")
    _measured(report, proof, id, place)
    return report


def _measured(report: Report, proof: Proof, id: str, place: str) -> None:
    """What was measured when it was recorded."""
    from noteboosh.authoring import curves as recorder

    alarms, seeds, named, runs = recorder.measured(proof.root, id)
    report.say(f"{id}: {alarms} alarms on {seeds} fresh seeds, {named} of {runs} mistaken named")
    if alarms:
        report.complain(place, f"{alarms} of {seeds} fresh seeds give a false alarm")
    if named < SHARE * runs:
        report.complain(place, f"only {named} of {runs} fresh runs of its mistakes are named")
