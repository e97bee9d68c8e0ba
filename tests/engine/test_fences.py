"""Regions: found by id whatever an editor did around them, rendered without touching the rest."""

import pytest
import tiny

from noteboosh.fences import BLANK, FenceError, Fill, Loan, regions, render

BLANKED = render(tiny.ADD, {"sums.add": BLANK, "sums.double": BLANK})


def test_a_blank_fence_carries_id_size_and_raises_its_own_id():
    assert (
        "    # ---- your code: sums.add (about 2 lines) ----\n"
        '    raise NotImplementedError("sums.add")\n'
        "    # ---- end of your code ----\n"
    ) in BLANKED


def test_the_size_counts_neither_comments_nor_blank_lines():
    region = regions(tiny.POWER, "x")["powers.square"]
    assert region.size == "about 4 lines"


def test_rendering_nothing_keeps_every_byte():
    odd = BLANKED.replace("about 2 lines", "2 or so").replace("# ----", "#---", 1)
    odd = odd.replace("\n", "\r\n").replace("Twice a", "Twice\x0ca\u2028")
    assert render(odd, {}) == odd


@pytest.mark.parametrize(
    "first",
    [
        "    # ---- your code: sums.add (about 2 lines) ----",
        "\t# ---- your code: sums.add (about 2 lines) ----   ",
        "    #---- your code: sums.add (as long as you like) --",
        "    # your code: sums.add",
        "    # ---- your code: sums.add (about 2 lines) ----\r",
    ],
)
def test_a_fence_is_found_by_its_id_alone(first):
    text = BLANKED.replace("    # ---- your code: sums.add (about 2 lines) ----", first)
    assert set(regions(text, "x")) == {"sums.add", "sums.double"}


def test_a_body_survives_a_round_trip_byte_for_byte():
    body = "    # mine\n\n\treturn a+b   \n  # less indented\n"
    text = render(BLANKED, {"sums.add": Fill(body, "    ")})
    assert regions(text, "x")["sums.add"].body == body
    assert render(text, {"sums.add": regions(text, "x")["sums.add"].fill()}) == text


def test_a_body_moves_to_the_indentation_of_its_fence():
    text = render(tiny.POWER, {"powers.square": Fill("if a:\n    pass\n\nreturn a * a\n", "")})
    assert "\n        if a:\n            pass\n\n        return a * a\n" in text


def test_a_crlf_file_stays_crlf_in_the_fence_that_is_filled():
    text = render(BLANKED.replace("\n", "\r\n"), {"sums.add": Fill("    return 1\r\n", "    ")})
    assert text.count("\n") == text.count("\r\n")


def test_a_loan_is_read_back_from_the_first_line():
    loan = Loan(("02", "09b"), "ab" * 20)
    text = render(BLANKED, {"sums.add": Fill("    return a + b\n", "    ", loan)})
    assert f"(about 2 lines; borrowed for 02, 09b; yours is {'ab' * 20})" in text
    region = regions(text, "x")["sums.add"]
    assert region.loan == loan and not region.begun and region.size == "about 2 lines"


@pytest.mark.parametrize("quote", ["'", '"'])
def test_an_untouched_fence_is_blank_and_a_typed_comment_makes_it_begun(quote):
    text = BLANKED.replace('"sums.add"', f"{quote}sums.add{quote}")
    assert regions(text, "x")["sums.add"].blank
    typed = text.replace("    raise", "    # an idea\n    raise", 1)
    assert regions(typed, "x")["sums.add"].begun


@pytest.mark.parametrize(
    ("damage", "line", "said"),
    [
        (lambda t: t.replace("    # ---- end of your code ----\n", "", 1), 13, "begins inside"),
        (lambda t: t[: t.rindex("    # ---- end")], 13, "end line of `sums.double` is missing"),
        (lambda t: t.replace("sums.double", "sums.add"), 13, "a second time"),
        (lambda t: "# ---- end of your code ----\n" + t, 1, "without a begin"),
    ],
)
def test_a_damaged_fence_is_an_error_with_its_line(damage, line, said):
    with pytest.raises(FenceError, match=said) as caught:
        regions(damage(BLANKED), "g2c/x.py")
    message = str(caught.value)
    assert message.startswith("`g2c/x.py`, line ")
    assert abs(caught.value.line - line) <= 1, message
