"""Borrowing fills what nobody has begun, and returning restores what each fence held."""

import pytest
import tiny

from noteboosh import course as course_module
from noteboosh import fences, loans
from noteboosh.errors import EnvironmentProblem
from noteboosh.transaction import transaction

SUMS, POWERS = "g2c/sums/sums.py", "g2c/powers/powers.py"


@pytest.fixture
def course(tmp_path):
    return course_module.load(tiny.make(tmp_path / "a b"))


def do(course, action, *args, **options):
    with transaction(course.root, action.__name__) as change:
        return action(course, change, *args, **options)


def borrow(course, id, **options):
    module = course.module(id)
    modules = [*course.needs(module), module]
    return do(course, loans.borrow, modules, module, **options)


def state(course):
    return loans.read_regions(course, lambda path: (course.root / path).read_bytes())


def bytes_of(course):
    return {path: (course.root / path).read_bytes() for path in (SUMS, POWERS)}


def test_borrowing_fills_the_module_and_everything_it_needs(course):
    assert borrow(course, "02").done == ["sums.add", "sums.double", "powers.square"]
    for region in state(course).values():
        assert region.loan == fences.Loan(("02",))
    text = (course.root / SUMS).read_text()
    assert "    # ---- your code: sums.add (about 2 lines; borrowed for 02) ----\n" in text
    assert "    total = a + b\n" in text


def test_returning_makes_every_file_as_it_was(course):
    before = bytes_of(course)
    borrow(course, "02")
    do(course, loans.give_back, course.module("02"))
    assert bytes_of(course) == before


def test_begun_work_is_named_and_left_alone(course):
    tiny.type_in(course.root, SUMS, "sums.add", "return b + a")
    report = borrow(course, "02")
    assert report.kept == ["sums.add"]
    assert "return b + a" in (course.root / SUMS).read_text()
    assert state(course)["sums.double"].loan


def test_forcing_records_the_work_and_returning_brings_it_back(course):
    tiny.type_in(course.root, SUMS, "sums.add", "return b + a  # mine")
    before = bytes_of(course)
    borrow(course, "01", force=True)
    region = state(course)["sums.add"]
    assert region.loan.held and "mine" not in region.body
    do(course, loans.give_back, course.module("01"))
    assert bytes_of(course) == before


def test_a_loan_that_two_modules_need_ends_with_the_second(course):
    borrow(course, "01")
    borrow(course, "02")
    report = do(course, loans.give_back, course.module("01"))
    assert report.shared == ["sums.add", "sums.double"] and not report.done
    assert state(course)["sums.add"].loan == fences.Loan(("02",))
    do(course, loans.give_back, course.module("02"))
    assert state(course)["sums.add"].blank


def test_returning_all_ends_every_loan(course):
    before = bytes_of(course)
    borrow(course, "01")
    borrow(course, "02")
    do(course, loans.give_back, None)
    assert bytes_of(course) == before


def test_launching_a_module_returns_its_own_loans_whoever_needs_them(course):
    borrow(course, "02")
    report = do(course, loans.give_back_own, course.module("01"))
    assert report.done == ["sums.add", "sums.double"]
    assert state(course)["sums.add"].blank and state(course)["powers.square"].loan


def test_an_edited_loan_is_named_and_can_be_restored(course):
    from noteboosh.timeline import Timeline

    borrow(course, "01")
    text = (course.root / SUMS).read_text().replace("total = a + b", "total = b + a")
    (course.root / SUMS).write_text(text)
    assert do(course, loans.give_back, course.module("01")).edited == ["sums.add"]
    recorded = [data for _, data in Timeline(course.root).versions(SUMS)]
    assert text.encode() in recorded


def test_a_loan_whose_record_is_gone_stays_and_says_so(course):
    tiny.type_in(course.root, SUMS, "sums.add", "return b + a")
    borrow(course, "01", force=True)
    text = (course.root / SUMS).read_text()
    held = state(course)["sums.add"].loan.held
    (course.root / SUMS).write_text(text.replace(held, "0" * 40))
    report = do(course, loans.give_back, course.module("01"))
    assert "sums.add" in report.problems[0] and "timeline" in report.problems[0]
    assert state(course)["sums.add"].loan


def test_resetting_empties_fences_only(course):
    before = bytes_of(course)
    tiny.type_in(course.root, SUMS, "sums.add", "return 5")
    do(course, loans.reset, [course.exercises["sums.add"]])
    assert bytes_of(course) == before


def test_text_outside_the_fences_is_kept(course):
    path = course.root / SUMS
    path.write_text("import math  # mine\n" + path.read_text() + "\n\ndef helper():\n    pass\n")
    before = path.read_bytes()
    borrow(course, "01")
    assert path.read_text().startswith("import math  # mine\n")
    do(course, loans.give_back, course.module("01"))
    assert path.read_bytes() == before


def test_a_damaged_file_is_named_and_the_others_are_filled(course):
    path = course.root / SUMS
    path.write_text(path.read_text().replace("# ---- end of your code ----", "", 1))
    damaged = path.read_bytes()
    report = borrow(course, "02")
    assert report.done == ["powers.square"]
    assert SUMS in report.problems[0] and "line" in report.problems[0]
    assert path.read_bytes() == damaged


def test_a_missing_file_is_named_with_the_command_that_brings_it_back(course):
    (course.root / SUMS).unlink()
    report = borrow(course, "02")
    assert f"`./noteboosh.sh restore {SUMS}`" in report.problems[0]


def test_a_file_that_is_not_utf8_keeps_its_bytes(course):
    path = course.root / SUMS
    before = b"# caf\xe9\n" + path.read_bytes()
    path.write_bytes(before)
    borrow(course, "01")
    do(course, loans.give_back, course.module("01"))
    assert path.read_bytes() == before


def test_without_the_solutions_borrowing_says_so(course):
    import shutil

    shutil.rmtree(course.root / "course/g2c")
    with pytest.raises(EnvironmentProblem, match="comes without the solutions"):
        borrow(course, "01")
