"""What AGENTS.md tells of the tutor's tools is what they say, on the real course."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from noteboosh import course as courses
from noteboosh.blame import Search, sentences
from noteboosh.explain import Examiner
from noteboosh.fences import Fill
from noteboosh.proof.variants import Sources

ROOT = Path(__file__).resolve().parents[2]
AGENTS = (ROOT / "AGENTS.md").read_text("utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with everything of the course but `g2c`."""
    for name in ("course", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def write(root: Path, id: str = "", old: str = "", new: str = "") -> courses.Course:
    """All exercises are written, and this one wrongly."""
    sources = Sources(root)
    fills = {}
    if id:
        region = sources.regions[id]
        assert old in region.body
        fills[id] = Fill(region.body.replace(old, new), region.indent)
    sources.write(root, fills)
    return courses.load(root)


def test_blame_names_the_function_of_the_second_exchange(root, tmp_path_factory):
    test = "test_queries_and_keys_are_turned_and_values_are_not"
    course = write(root, "embeddings.rotate_pairs", "first * sin", "-first * sin")
    found = Search(course, tmp_path_factory.mktemp("copies").resolve()).verdict(test)
    assert [culprit.id for culprit in found.culprits] == ["embeddings.rotate_pairs"]
    command = found.culprits[0].command
    assert command in "\n".join(sentences(course, found))
    for said in (f"./noteboosh.sh blame {test}", "`embeddings.rotate_pairs`", command):
        assert said in AGENTS


def test_explain_asks_about_the_function_of_the_first_exchange(root, tmp_path_factory):
    course = write(root)
    exercise = course.exercises["attention.attention_weights"]
    assert f"./noteboosh.sh explain {exercise.id}" in AGENTS
    examiner = Examiner(course, exercise, tmp_path_factory.mktemp("copies").resolve())
    question = examiner.question(1)
    assert question.exercise == exercise.id and question.is_good


def test_the_ladder_has_the_word_on_the_rung_that_the_first_exchange_names():
    hints = courses.load(ROOT).exercises["attention.attention_weights"].hints
    assert "third rung of `./noteboosh.sh hint attention.attention_weights`" in AGENTS
    assert ".transpose(" in hints[2] and ".transpose(" not in hints[0] + hints[1]


def test_there_are_three_exchanges_in_which_every_tool_is_used():
    exchanges = AGENTS.partition("### Three exchanges")[2].partition("## Writing the course")[0]
    assert exchanges.count("\n**") == 3 == exchanges.count('.** *"') + exchanges.count('."** *"')
    for verb in ("test", "hint", "blame", "explain", "check", "borrow"):
        assert f"./noteboosh.sh {verb} " in exchanges
