"""Module 00, Warm-up. Write, in this order, in g2c/warmup/:

1. warmup.matmul_shape   the shape of a matrix product        (shapes.py)
2. warmup.uniform_loss   what it costs to know nothing        (guessing.py)

Given: the checks of input above your code, and setup.py, which looks at the set-up itself. Its
tests stand first: if one of them fails, read its sentence before you write anything.
"""

import math
from pathlib import Path

import pytest

from g2c.warmup import check_setup, matmul_shape, uniform_loss
from g2c.warmup.setup import (
    course_folder,
    environment_problem,
    fence_problem,
    package_problem,
)

ROOT = Path(__file__).resolve().parents[1]


def assert_useful(problem: str | None, *words: object) -> None:
    """A problem names what was found and what to do, and where to go from there."""
    assert problem is not None
    for word in (*words, "./noteboosh.sh"):
        assert str(word) in problem


@pytest.fixture
def course(tmp_path):
    """A course's folder as far as set-up sees it: the launcher, a `.venv`, and a `g2c`."""
    root = tmp_path / "course"
    for folder in (".venv", "g2c/warmup", "notebooks/work"):
        (root / folder).mkdir(parents=True)
    (root / "noteboosh.sh").touch()
    for name in ("shapes.py", "guessing.py"):
        text = f"# ---- your code: warmup.{name[:-3]} ----\n# ---- end of your code ----\n"
        (root / "g2c/warmup" / name).write_text(text)
    return root


# ---- given: the set-up ----


def test_this_very_set_up_is_ready():
    if problem := environment_problem(ROOT) or fence_problem():
        pytest.fail(problem, pytrace=False)


def test_the_course_is_found_from_any_folder_inside_it(course):
    assert course_folder(course) == course_folder(course / "notebooks/work") == course
    assert course_folder(course.parent) is None
    assert_useful(check_setup(course.parent), "Not ready", course.parent, "cd")


def test_another_python_is_named_and_the_courses_own_is_not(course):
    other = course.parent / "another"
    assert_useful(environment_problem(course, prefix=str(other)), other, course / ".venv")
    assert environment_problem(course, prefix=str(course / ".venv")) is None
    (course.parent / "link").symlink_to(course)  # another spelling of the same folder
    assert environment_problem(course, prefix=str(course.parent / "link/.venv")) is None


def test_a_g2c_from_elsewhere_is_named_and_your_own_is_not(course):
    other = course.parent / "elsewhere/g2c"
    assert_useful(package_problem(course, package=other), other, course / "g2c")
    assert package_problem(course, package=course / "g2c") is None


def test_a_lost_fence_line_is_named_with_its_file(course):
    assert fence_problem(course / "g2c") is None
    path = course / "g2c/warmup/guessing.py"
    for text in ("# ---- end of your code ----\n", "# ---- your code: a.b ----\n", "", 2 * "#\n"):
        path.write_text(text)
        assert_useful(fence_problem(course / "g2c"), "g2c/warmup/guessing.py")


# ---- given: the checks of input ----


def test_matrices_that_do_not_fit_are_refused_with_both_shapes():
    for a, b in [((2, 3), (4, 5)), ((2, 3), (2, 3)), ((3,), (3, 4)), ((2, 3), (3, 4, 5))]:
        with pytest.raises(ValueError) as error:
            matmul_shape(a, b)
        assert str(a) in str(error.value) and str(b) in str(error.value)


def test_a_vocabulary_without_tokens_is_refused():
    for vocab_size in (0, -5, 2.5):
        with pytest.raises(ValueError, match=str(vocab_size)):
            uniform_loss(vocab_size)


# ---- yours: warmup.matmul_shape ----


def test_the_product_of_two_by_three_and_three_by_four_is_two_by_four():
    assert matmul_shape((2, 3), (3, 4)) == (2, 4)


def test_a_row_times_a_column_is_one_number_and_a_column_times_a_row_a_whole_matrix():
    assert matmul_shape((1, 5), (5, 1)) == (1, 1)
    assert matmul_shape((5, 1), (1, 5)) == (5, 5)


def test_it_does_not_matter_which_of_two_products_is_taken_first():
    a, b, c = (2, 7), (7, 3), (3, 11)
    assert matmul_shape(matmul_shape(a, b), c) == matmul_shape(a, matmul_shape(b, c)) == (2, 11)


# ---- yours: warmup.uniform_loss ----


def test_one_token_to_choose_from_costs_nothing():
    assert uniform_loss(1) == 0.0


def test_a_probability_of_one_in_sixty_five_costs_its_negative_logarithm():
    assert uniform_loss(65) == pytest.approx(-math.log(1 / 65), rel=1e-12)


def test_one_choice_among_six_costs_as_much_as_one_of_two_and_then_one_of_three():
    assert uniform_loss(6) == pytest.approx(uniform_loss(2) + uniform_loss(3), rel=1e-12)


def test_the_loss_is_in_nats():
    assert math.exp(uniform_loss(50257)) == pytest.approx(50257)
