"""Status: one screen, data with stable keys, and a page that needs nothing but itself."""

from __future__ import annotations

import json
import re
import time

import pytest
import tiny

from noteboosh import answers, cli, course, jupyter, page, status
from noteboosh.grading import Question

SUMS = "g2c/sums/sums.py"
KEYS = {
    "module", "title", "draft", "lesson", "notebook", "opened", "written", "borrowed", "blank",
    "damaged", "exercises", "answered", "questions", "open", "hints", "done",
}  # fmt: skip


@pytest.fixture
def root(tmp_path, monkeypatch):
    tiny.make(tmp_path)
    asked = {id: answers.to_data(Question(id, "number", 32)) for id in ("01.1", "01.2")}
    tiny.write(tmp_path / "course/built/01.questions.json", json.dumps(asked))
    cell = {
        "cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None,
        "source": 'answer("01.2", r"""32""")',
    }  # fmt: skip
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    tiny.write(tmp_path / "notebooks/work/01-sums.ipynb", json.dumps(notebook))
    monkeypatch.setattr("noteboosh.course.checkout", lambda: tmp_path)
    monkeypatch.setattr("noteboosh.jupyter.open_browser", lambda url: None)
    tiny.type_in(tmp_path, SUMS, "sums.add", "return a + b")
    return tmp_path


def data(root):
    return status.status(course.load(root))


def test_the_data_has_a_version_and_the_keys_that_are_documented(root, capsys):
    assert cli.main(["status", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown.keys() == {"version", "at", "next", "totals", "modules"}
    assert shown["version"] == 1
    assert all(module.keys() == KEYS for module in shown["modules"])
    assert all(key in status.__doc__ for key in [*shown, *shown["totals"], *KEYS])
    assert shown["totals"] == {
        "written": 1, "borrowed": 0, "exercises": 3, "answered": 1, "questions": 2, "hints": 0,
    }  # fmt: skip
    first = shown["modules"][0]
    assert (first["written"], first["blank"]) == (["sums.add"], ["sums.double"])
    assert (first["answered"], first["open"]) == (1, ["01.1"])
    assert first["exercises"][0] == {
        "id": "sums.add", "state": "written", "file": SUMS, "line": 6, "hints": 0, "of": 3,
    }  # fmt: skip


def test_what_is_next_is_what_the_bare_command_says(root, capsys):
    cli.main([])
    said = capsys.readouterr().out
    steps = data(root)["next"]["steps"]
    assert [step["what"] for step in steps] == ["open it", "next", "write it in", "check it",
                                                "stuck?"]  # fmt: skip
    assert all(step["text"] in said for step in steps)


def test_rungs_of_exercises_and_of_questions_are_counted(root, capsys):
    cli.main(["hint", "sums.double"])
    cli.main(["hint", "sums.double"])
    answers.next_rung(root, "01.1", 3)
    found = data(root)
    assert found["modules"][0]["hints"] == {"sums.double": 2, "01.1": 1}
    assert found["totals"]["hints"] == 3
    capsys.readouterr()
    cli.main(["status"])
    assert re.search(r"01 +Sums +1/2 +- +1/2 +3\n", capsys.readouterr().out)
    cli.main(["status", "01"])
    assert "2 of 3 hints" in capsys.readouterr().out


def test_a_finished_course_has_no_next_step(root):
    tiny.type_in(root, SUMS, "sums.double", "return 2 * a")
    tiny.type_in(root, "g2c/powers/powers.py", "powers.square", "return a * a")
    work = root / "notebooks/work/01-sums.ipynb"
    text = work.read_text().replace('answer(\\"01.2', 'answer(\\"01.1')
    first = json.loads(text)["cells"]
    notebook = json.loads(work.read_text())
    notebook["cells"] += first
    work.write_text(json.dumps(notebook))
    assert data(root)["next"] is None
    assert "Everything is written and answered." in page.rendered(data(root))


# ---- the page ------------------------------------------------------------------------------------


def test_the_page_is_whole_in_itself(root, capsys):
    assert cli.main(["status", "--page"]) == 0
    out = capsys.readouterr().out
    path = root / page.PAGE
    assert page.PAGE in out and path.as_uri() in out
    text = path.read_text("utf-8")
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(|src=|href=", text)
    assert "prefers-color-scheme: dark" in text
    assert "<html lang=en>" in text and "<main>" in text and "<title>" in text


def test_every_state_has_a_word_and_a_sign_so_that_grey_is_enough(root, capsys):
    cli.main(["borrow", "02"])
    path = root / "g2c/powers/powers.py"
    path.write_text(path.read_text().replace("# ---- end of your code ----", ""))
    text = page.rendered(data(root))
    for state in ("written", "borrowed", "damaged"):
        assert f"<td>{page.SIGNS[state]} {page.WORDS[state]}</td>" in text
    assert len(set(page.SIGNS.values())) == len(status.STATES) == len(page.SIGNS)


def test_colours_of_text_are_readable_in_light_and_in_dark():
    def luminance(colour):
        full = colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:])
        parts = [int(full[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        line = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(share * p for share, p in zip((0.2126, 0.7152, 0.0722), line, strict=True))

    themes = re.findall(r":root \{(.*?)\}", page._PAGE.template, re.DOTALL)
    assert len(themes) == 2
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): (#\w+)", theme))
        for ground in ("page", "tint"):
            for ink, least in (("text", 7), ("soft", 4.5), ("line", 3)):
                pair = sorted(luminance(colours[name]) for name in (ground, ink))
                assert (pair[1] + 0.05) / (pair[0] + 0.05) >= least, (ground, ink)


def test_what_stands_in_titles_and_names_is_text_and_no_markup(root):
    found = data(root)
    found["modules"][0]["title"] = found["next"]["title"] = "<b>& Co"
    text = page.rendered(found)
    assert "<b>& Co" not in text and "&lt;b&gt;&amp; Co" in text


def test_a_page_that_cannot_be_written_stops_only_the_one_who_asked_for_it(root, capsys):
    (root / page.PAGE).mkdir(parents=True)
    assert cli.main(["status"]) == 0
    assert page.try_write(course.load(root)) is False
    assert cli.main(["status", "--page"]) == 1
    assert f"`{page.PAGE}` cannot be written" in capsys.readouterr().err
    assert not list((root / "notebooks").glob("*.new"))


def test_while_the_launcher_runs_the_page_follows_what_is_typed(root, monkeypatch):
    monkeypatch.setattr(page, "SECONDS", 0.05)
    loaded = course.load(root)
    page.write(loaded)
    with page.kept_current(loaded):
        time.sleep(0.2)
        tiny.type_in(root, SUMS, "sums.double", "return 2 * a")
        deadline = time.monotonic() + 10
        while "2 of 2 written" not in (root / page.PAGE).read_text("utf-8"):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_the_page_is_no_work_of_the_students_and_is_not_recorded(root):
    from noteboosh.timeline import walk

    page.write(course.load(root))
    assert page.PAGE not in {path for path, _ in walk(root)}


# ---- beside the notebook -------------------------------------------------------------------------


def test_the_first_start_lays_the_page_beside_the_notebook_and_later_ones_change_nothing(tmp_path):
    jupyter._arrange(tmp_path, "notebooks/work/01-sums.ipynb", page.PAGE)
    file = tmp_path / jupyter.WORKSPACE
    content = json.loads(file.read_text())
    assert content["data"][f"htmlviewer:{page.PAGE}"]["data"]["path"] == page.PAGE
    file.write_text("the student's own")
    jupyter._arrange(tmp_path, "notebooks/work/02-powers.ipynb", page.PAGE)
    assert file.read_text() == "the student's own"


def test_where_the_tabs_cannot_be_arranged_the_lab_starts_all_the_same(tmp_path):
    (tmp_path / "taken").write_text("")
    jupyter._arrange(tmp_path / "taken" / "workspaces", "a.ipynb", page.PAGE)
