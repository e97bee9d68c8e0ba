"""Undo takes one step back, whatever was typed since; restore brings one thing back."""

import json

import pytest
import tiny

from noteboosh import course as course_module
from noteboosh import history, loans
from noteboosh.errors import Protected, UsageProblem
from noteboosh.timeline import Timeline
from noteboosh.transaction import transaction

SUMS, POWERS, WORK = "g2c/sums/sums.py", "g2c/powers/powers.py", "notebooks/work/01-sums.ipynb"


@pytest.fixture
def course(tmp_path):
    return course_module.load(tiny.make(tmp_path / "a b"))


def borrow(course, id, force=False):
    module = course.module(id)
    with transaction(course.root, f"borrow {id}") as change:
        loans.borrow(course, change, [*course.needs(module), module], module, force)


def text(course, path):
    return (course.root / path).read_text("utf-8")


def notebook(*cells):
    """(cell id, source) pairs as a notebook of code cells."""
    made = [
        {"cell_type": "code", "execution_count": None, "id": id, "metadata": {}, "outputs": [],
         "source": source}
        for id, source in cells
    ]  # fmt: skip
    data = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def sources(course):
    cells = json.loads(text(course, WORK))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def write_work(course, data, title="launch 01"):
    with transaction(course.root, title) as change:
        change.write(WORK, data)


def test_undo_brings_back_every_byte_and_a_second_undo_is_a_redo(course):
    before = text(course, SUMS), text(course, POWERS)
    borrow(course, "02")
    after = text(course, SUMS), text(course, POWERS)
    assert history.undo(course.root) == ("undo: borrow 02", [])
    assert (text(course, SUMS), text(course, POWERS)) == before
    assert history.undo(course.root) == ("redo: borrow 02", [])
    assert (text(course, SUMS), text(course, POWERS)) == after
    assert history.undo(course.root)[0] == "undo: borrow 02"
    assert (text(course, SUMS), text(course, POWERS)) == before


def test_undo_in_a_file_worked_in_since_takes_back_only_the_fences_of_that_step(course):
    tiny.type_in(course.root, SUMS, "sums.double", "return 2 * a")
    borrow(course, "01")  # fills sums.add only
    tiny.type_in(course.root, SUMS, "sums.double", "return a + a  # better")
    history.undo(course.root)
    regions = loans.read_regions(course, lambda path: (course.root / path).read_bytes())
    assert regions["sums.add"].blank
    assert "better" in regions["sums.double"].body


def test_undo_records_what_it_replaces(course):
    borrow(course, "01")
    edited = text(course, SUMS).replace("total = a + b", "total = b + a  # edited")
    (course.root / SUMS).write_text(edited)
    history.undo(course.root)
    assert "edited" not in text(course, SUMS)
    assert edited.encode() in [data for _, data in Timeline(course.root).versions(SUMS)]


def test_undo_of_fresh_brings_the_old_notebook_back_and_keeps_cells_written_since(course):
    old = notebook(("a", "old a"), ("b", "same"))
    write_work(course, old)
    write_work(course, notebook(("a", "clean a"), ("b", "same")), "launch --fresh 01")
    (course.root / WORK).write_bytes(
        notebook(("a", "clean a"), ("b", "typed since"), ("c", "new cell"))
    )
    history.undo(course.root)
    assert sources(course) == {"a": "old a", "b": "typed since", "c": "new cell"}


def test_undo_of_making_a_notebook_worked_in_since_keeps_it_and_says_so(course):
    write_work(course, notebook(("a", "")))
    (course.root / WORK).write_bytes(notebook(("a", "typed")))
    _, kept = history.undo(course.root)
    assert WORK in kept[0] and sources(course) == {"a": "typed"}


def test_undo_removes_a_file_that_the_step_made(course):
    write_work(course, notebook(("a", "")))
    history.undo(course.root)
    assert not (course.root / WORK).exists()


def test_undo_with_nothing_done_is_protected(course):
    with pytest.raises(Protected, match="nothing to undo"):
        history.undo(course.root)


def test_restore_brings_back_one_exercise_and_leaves_the_rest(course):
    tiny.type_in(course.root, SUMS, "sums.add", "return a + b  # first")
    with transaction(course.root, "look"):
        pass
    tiny.type_in(course.root, SUMS, "sums.add", "return 0")
    tiny.type_in(course.root, SUMS, "sums.double", "return 2 * a")
    path, _ = history.restore(course, "sums.add")
    assert path == SUMS and "# first" in text(course, SUMS) and "2 * a" in text(course, SUMS)
    history.restore(course, "sums.add")
    assert "return 0" in text(course, SUMS), "the state before a restore can be restored"


def test_restore_of_an_exercise_never_brings_back_a_loan_or_an_empty_fence(course):
    tiny.type_in(course.root, SUMS, "sums.add", "return a + b  # mine")
    borrow(course, "01", force=True)
    with transaction(course.root, "reset") as change:
        loans.reset(course, change, [course.exercises["sums.add"]])
    history.restore(course, "sums.add")
    assert (
        "# mine" in text(course, SUMS) and "borrowed" not in text(course, SUMS).split("double")[0]
    )


def test_restore_brings_back_one_answer(course):
    answered = notebook(("a", '# Answer:\nanswer("01.1", r"""my words""")'), ("b", "x"))
    (course.root / WORK).parent.mkdir(parents=True)
    (course.root / WORK).write_bytes(answered)
    with transaction(course.root, "look"):
        pass
    (course.root / WORK).write_bytes(
        notebook(("a", '# Answer:\nanswer("01.1", r"""""")'), ("b", "y"))
    )
    history.restore(course, "01.1")
    assert "my words" in sources(course)["a"] and sources(course)["b"] == "y"


def test_restore_brings_back_a_deleted_file_and_one_at_a_number(course):
    note = course.root / "note.txt"
    for words in ("one", "two", "three"):
        note.write_text(words)
        with transaction(course.root, "look"):
            pass
    numbers = [entry.number for entry in history.listing(course, "note.txt")]
    note.unlink()
    history.restore(course, "note.txt")
    assert note.read_text() == "three"
    history.restore(course, "note.txt", numbers[-1])
    assert note.read_text() == "one"


def test_restore_of_something_never_recorded_says_what_to_do(course):
    with pytest.raises(UsageProblem, match="timeline"):
        history.restore(course, "g2c/nowhere.py")
    with pytest.raises(UsageProblem, match="neither a file"):
        history.restore(course, "/etc/hosts")


def test_the_timeline_lists_steps_and_work_newest_first(course):
    borrow(course, "01")
    tiny.type_in(course.root, POWERS, "powers.square", "return a * a")
    borrow(course, "02")
    titles = [entry.title for entry in history.listing(course)]
    assert titles == ["borrow 02", "your work", "borrow 01", "your work"]
    numbers = [entry.number for entry in history.listing(course)]
    assert numbers == [4, 3, 2, 1]
    assert [e.title for e in history.listing(course, "powers.square")] == ["your work"] * 2
