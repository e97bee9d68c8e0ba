"""The curve doctor: no false alarm, mistakes by name, and no claim where nothing is known."""

from __future__ import annotations

import json
import math
import random
import tempfile
from pathlib import Path

import pytest

import noteboosh
from noteboosh import course, curves
from noteboosh.authoring import build
from noteboosh.authoring import curves as recorder
from noteboosh.proof.context import Proof

ROOT = Path(noteboosh.__file__).parents[1]
RUNS = recorder.ids(ROOT)
FRESH = range(5000, 5002)  # seeds that no record has seen


def falling(seed, start=4.0, speed=0.02, points=100):
    noise = random.Random(seed)
    start *= 1 + noise.uniform(-0.05, 0.05)
    return [1 + start * math.exp(-speed * n) + noise.uniform(-0.1, 0.1) for n in range(points)]


@pytest.fixture
def record():
    def band(**settings):
        return curves.band_of([curves.summary(falling(seed, **settings)) for seed in range(24)])

    mistakes = {"slow": band(speed=0.002), "high": band(start=40.0)}
    sentences = {"slow": "`a.b`: it is slow", "high": "`a.c`: it is high"}
    return curves.Record(100, 24, band(), mistakes, sentences)


# ---- the statistic -------------------------------------------------------------------------------


def test_the_stretches_cover_every_loss_once_and_begin_with_the_first_alone():
    for points in (1, 2, 7, 61, 100, 10_000):
        found = curves.stretches(points)
        assert found[0] == (0, 1) and found[-1][1] == points
        assert all(a[1] == b[0] and a[0] < a[1] for a, b in zip(found, found[1:], strict=False))
        assert len(found) <= curves.STRETCHES


def test_a_curve_from_a_fresh_seed_is_inside(record):
    said = {curves.verdict(record, falling(seed)) for seed in range(1000, 1200)}
    assert said == {"as it should be, inside the band of 24 recorded runs."}


def test_a_curve_of_a_mistake_is_called_by_its_name_and_place(record):
    for seed in range(1000, 1020):
        said = curves.verdict(record, falling(seed, speed=0.002))
        assert said.startswith("outside the band of 24 recorded runs, most of all at losses ")
        assert said.endswith("It looks like this mistake: `a.b`: it is slow.")
    said = curves.verdict(record, falling(7, start=40.0))
    assert "above the usual" in said and "`a.c`: it is high" in said and "`a.b`" not in said


def test_a_curve_like_no_mistake_gets_no_name(record):
    said = curves.verdict(record, [0.2] * 100)
    assert "below the usual" in said
    assert said.endswith("It looks like none of the recorded mistakes.")


def test_mistakes_that_nothing_tells_apart_are_named_together(record):
    record.mistakes["twin"] = record.mistakes["slow"]
    record.sentences["twin"] = "`a.d`: it is slow too"
    said = curves.verdict(record, falling(7, speed=0.002))
    assert "it is slow too" in said and "; or `a.b`: it is slow" in said


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -3.0, 0.0])
def test_a_loss_that_is_no_sensible_number_is_outside_and_breaks_nothing(record, value):
    assert curves.verdict(record, [*falling(1)[:-1], value] * 1).startswith("outside")


def test_another_number_of_losses_is_no_claim(record):
    said = curves.verdict(record, falling(1)[:50])
    assert said == "50 losses, and recorded are runs of 100: no band, so nothing is claimed."


def test_the_last_digits_of_a_processor_change_nothing(record):
    for seed in range(1000, 1010):
        shaken = [loss * (1 + 1e-3 * (-1) ** n) for n, loss in enumerate(falling(seed))]
        assert curves.verdict(record, shaken).startswith("as it should be")
    assert all(half >= curves.LEAST for _, half in record.band)


# ---- in a notebook -------------------------------------------------------------------------------


def test_without_a_record_nothing_is_claimed_and_nothing_raises(capsys):
    noteboosh.curve("99.nothing", [1.0])
    noteboosh.curve(RUNS[0], ["a", None])
    noteboosh.curve(RUNS[0], 3)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("No band is recorded for `99.nothing`, so nothing is claimed.")
    assert f"`{RUNS[0]}`" in first
    assert all(line.startswith("`curve` takes the id of a run and its losses") for line in rest)


def test_a_damaged_record_says_what_helps(tmp_path):
    (tmp_path / course.BUILT).mkdir(parents=True)
    (tmp_path / course.BUILT / "a.curve.json").write_text('{"points": ')
    with pytest.raises(noteboosh.errors.UsageProblem, match="git checkout"):
        curves.read(tmp_path, "a")


def test_tensors_are_taken_as_well_as_lists(capsys):
    torch = pytest.importorskip("torch")
    noteboosh.curve(RUNS[0], torch.ones(3))
    assert "3 losses, and recorded are runs of" in capsys.readouterr().out


# ---- the records of the course -------------------------------------------------------------------


@pytest.mark.parametrize("id", RUNS)
def test_a_record_is_small_complete_and_kept_by_the_build(id):
    path = ROOT / course.BUILT / f"{id}.curve.json"
    data = json.loads(path.read_text("utf-8"))
    assert path.stat().st_size < 10_000
    assert data["seeds"] >= 20 and data["built_from"] == f"{recorder.FOLDER}/{id}.py"
    assert len(data["band"]) == len(curves.stretches(data["points"]))
    assert build.built_curves(ROOT)[f"{course.BUILT}/{id}.curve.json"] == path.read_bytes()


@pytest.mark.parametrize("id", RUNS)
def test_no_fresh_seed_gave_a_false_alarm_and_most_mistakes_were_named(id):
    alarms, seeds, named, runs = recorder.measured(ROOT, id)
    assert (alarms, seeds) == (0, len(recorder.FRESH))
    assert named >= 0.8 * runs


@pytest.mark.parametrize("id", RUNS)
def test_seeds_that_nobody_has_seen_are_inside_and_a_forgotten_zero_grad_is_named(id):
    record = curves.read(ROOT, id)
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(course.load(ROOT), Path(folder).resolve())
        right, *wrong = recorder.kinds(proof, id)
        fresh = recorder.run_each(proof, id, right, FRESH)
        forgotten = next(kind for kind in wrong if kind.name == "loop no_zero_grad")
        mistaken = recorder.run_each(proof, id, forgotten, FRESH)
    said = [curves.verdict(record, losses) for losses in fresh]
    assert all(text.startswith("as it should be") for text in said), said
    said = [curves.verdict(record, losses) for losses in mistaken]
    assert all("zero_grad" in text for text in said), said


@pytest.mark.parametrize("id", RUNS)
def test_a_notebook_asks_for_every_recorded_run(id):
    found = [p for p in (ROOT / "course/notebooks").glob("*.py") if f'"{id}"' in p.read_text()]
    assert [path.name.partition("-")[0] for path in found] == [id.partition(".")[0]]


def test_an_unknown_run_is_named_with_those_there_are():
    with pytest.raises(noteboosh.errors.UsageProblem, match=r"course/curves/99.py.*03.by_heart"):
        list(recorder.record_all(course.load(ROOT), ["99"]))
