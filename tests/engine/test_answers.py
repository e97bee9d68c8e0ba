"""Questions: what counts as right, what a wrong answer is told, hints, and the saved notebook."""

from __future__ import annotations

import json
import math
import os
import stat
import string
from pathlib import Path

import pytest
import tiny
from test_notebooks import HOSTILE, code, notebook, question

from noteboosh import answers, course, grading
from noteboosh.errors import EnvironmentProblem, UsageProblem
from noteboosh.grading import CORRECT, MOSTLY, PARTIALLY, REVISE, SKIPPED, Question, grade

LOSS = math.log(65)
OPTIONS = {"a": "It hides the future.", "b": "It shuffles the targets."}
SHIFT = {"x": [1, 3, 9, 2], "y": [3, 9, 2, 6]}
LINE = "y = ids[s + 1 : s + T + 1]"
THREE_LINES = (
    "B, T, V = logits.shape\nflat = logits.reshape(B * T, V)\nloss(flat, targets.reshape(B * T))"
)
FIRST, SECOND, THIRD = THREE_LINES.split("\n")


def verdict(kind: str, key: object, text: str, **more) -> str | None:
    return grade(Question("01.1", kind, key, **more), text).verdict


def message(kind: str, key: object, text: str, **more) -> str:
    return grade(Question("01.1", kind, key, **more), text).message


# ---- what counts as right ------------------------------------------------------------------------

RIGHT = [
    ("number", 32, [
        "32", " 32\n", "= 32", "4*8 = 32", "B*T = 4*8 = 32", "about 32", "~32", "32.0", "32.",
        "(32)", "[32]", "`32`", "32 examples", "There are 4 x 8 = 32 pairs.", "4×8", "4 · 8", "2^5",
        "2**5", "64/2", "+32", "3.2e1", "n = 32  # B times T", "16 + 16", "-(-32)", "sqrt(1024)",
    ]),
    ("number", LOSS, [
        "4.17", "4.17 nats", "4.17nats", "about 4.17", "≈ 4.174 nats", "log(65)", "ln(65) ≈ 4.17",
        "log 65", "math.log(65)", "np.log(65)", "torch.log(65)", "tensor(4.1744)",
        "tensor(4.1744, grad_fn=<NllLossBackward0>)", "log2(65) * log(2)", "4.2",
    ]),
    ("number", 1000, ["1000", "1_000", "1,000", "10**3", "1e3"]),
    ("number", 2_127_057_600, ["2,127,057,600", "2_127_057_600", "2127057600"]),
    ("number", -0.5, ["-0.5", "−0.5", "-1/2", "–.5"]),
    ("number", math.inf, ["inf", "math.inf"]),
    ("number", "B * T", ["B*T", "T * B", "B x T", "B·T examples", "B * T = 4*8",
                         "the answer is T * B", "b * t"]),
    ("number", "N - T", ["N - T", "(N - T - 1) + 1", "there are N - T starts", "-T + N"]),
    ("number", 0.7, ["70%", "70 %", "0.7", "7/10"]),
    ("number", 70, ["70%", "70"]),
    ("shape", [8, 16, 65], [
        "(8, 16, 65)", "8, 16, 65", "[8, 16, 65]", "8x16x65", "8 x 16 x 65", "8 × 16 × 65",
        "8 16 65", "torch.Size([8, 16, 65])", "(2*4, 16, 65)", "x.shape = (8, 16, 65).",
    ]),
    ("shape", ["B*T", "V"], ["(B*T, V)", "(T * B, V)", "B*T, V", "B*T x V", "[B * T, V]"]),
    ("shape", [128], ["(128,)", "128", "[128]", "8*16", "torch.Size([128])"]),
    ("shape", [], ["()", "[]", "scalar", "torch.Size([])"]),
    ("list", [1, 3, 9, 2], [
        "[1, 3, 9, 2]", "1, 3, 9, 2", "1 3 9 2", "1; 3; 9; 2", "(1, 3, 9, 2)", "x = [1, 3, 9, 2]",
        "tensor([1, 3, 9, 2])", "tensor([1, 3, 9, 2], device='cuda:0')", "the list [1, 3, 9, 2]",
        "[1 3 9 2]", "[1, 3, 3*3, 2]", "[1, 3, 9, 2].",
    ]),
    ("list", [1, -1, 0.5], ["1 -1 0.5", "[1, -1, 1/2]", "1, −1, .5"]),
    ("list", [[1, 0], [1, 1]], ["[[1, 0], [1, 1]]", "1 0\n1 1", "[[True, False], [True, True]]"]),
    ("list", ["the", "king"], ["the, king", "['the', 'king']", "the king", '"the", "king"']),
    ("list", SHIFT, [
        "x = [1, 3, 9, 2]\ny = [3, 9, 2, 6]", "y = 3 9 2 6\nx = 1 3 9 2", "x: 1,3,9,2\ny: 3,9,2,6",
        "x = [1, 3, 9, 2], y = [3, 9, 2, 6]", "x=[1,3,9,2] y=[3,9,2,6]",
        "x = [1,3,9,2] and y = [3,9,2,6]", "`x = [1, 3, 9, 2]`\n`y = [3, 9, 2, 6]`",
        "x = [1, 3, 9, 2]  # inputs\ny = [3, 9, 2, 6]  # targets",
    ]),
    ("number", {"B": 4, "loss": LOSS}, ["B = 4\nloss = log(65)", "loss: 4.17 nats; B: 4",
                                        "B=4 loss=4.17"]),
    ("shape", {"rows": [256, 50], "loss": []},
     ["rows = (256, 50)\nloss = ()", "rows: 256x50, loss: scalar"]),
    ("choice", "a", [
        "a", "A", "(a)", "a)", "`a`", "a.", "option a", "Answer: a", "a because it does",
        "a, as said", "a) It hides the future.", "It hides the future.", "it hides the future",
        "I think it hides the future, for every row.",
    ]),
    ("code", LINE, [
        LINE, "y=ids[s+1:s+T+1]", "y = ( ids[(s + 1) : (s + T + 1)] )  # one further",
        "target = ids[s + 1 : s + T + 1]", "ids[s+1:s+T+1]", "return ids[s+1:s+T+1]",
        "    y = ids[s + 1 : s + T + 1]",
        "```python\ny = ids[s + 1 : s + T + 1]\n```", '"""Shift."""\ny = ids[s + 1 : s + T + 1]',
    ]),
    ("code", THREE_LINES, [
        "b, t, v = logits.shape\nx = logits.reshape(b * t, v)\nloss(x, targets.reshape(b * t,))",
    ]),
    ("code", "f('x', \"y\", [i * i for i in range(n)])",
     ["f(\"x\", 'y', [(k*k) for k in range(n)],)"]),
    ("code", {"x": "ids[s : s + T]", "y": "ids[s + 1 : s + T + 1]"},
     ["x = ids[s:s+T]\ny = ids[s+1:s+T+1]", "y = ids[s+1:s+T+1]  # y\nx = ids[s:s+T]"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "key", "text"), [(kind, key, text) for kind, key, texts in RIGHT for text in texts]
)
def test_every_way_of_writing_what_is_right_is_correct(kind, key, text):
    assert verdict(kind, key, text, options=OPTIONS) == CORRECT


@pytest.mark.parametrize(
    ("kind", "key", "text", "expected", "says"),
    [
        ("number", 32, "31", REVISE, "too small"),
        ("number", 32, "32.01", REVISE, "too large"),
        ("number", 32, "-32", PARTIALLY, "sign"),
        ("number", 32, "9e999", REVISE, "too large"),
        ("number", LOSS, "4.1", MOSTLY, "more digits"),
        ("number", LOSS, "4.0", REVISE, "too small"),
        ("number", LOSS, "6.02 bits", REVISE, "too large"),
        ("number", "B * T", "B * V", REVISE, "small case"),
        ("number", "B * T", "32", REVISE, "letters"),
        ("shape", [8, 16, 65], "(128, 65)", REVISE, "has three sizes, yours has two"),
        ("shape", [8, 16, 65], "(8, 16, 64)", PARTIALLY, "Two of the three sizes agree"),
        ("shape", [8, 16, 65], "(65, 16, 8)", PARTIALLY, "another order"),
        ("shape", [8, 16, 65], "(B, T, V)", REVISE, "the first is not a number"),
        ("list", [1, 3, 9, 2], "[1, 3, 9, 6]", MOSTLY,
         "Three of the four entries agree; look at the last."),
        ("list", [1, 3, 9, 2], "[3, 3, 2, 2]", PARTIALLY,
         "Two of the four entries agree; look at the first."),
        ("list", [1, 3, 9, 2], "[3, 9, 2, 6]", REVISE, "None of the four"),
        ("list", [1, 3, 9, 2], "[1, 3, 2, 9]", PARTIALLY, "another order"),
        ("list", [1, 3, 9, 2], "[1, 3, 9]", MOSTLY, "has four entries, yours has three"),
        ("list", SHIFT, "x = [1, 3, 9, 2]\ny = [1, 3, 9, 2]", PARTIALLY, "`y`: None of the four"),
        ("list", SHIFT, "x = [1, 3, 9, 2]", PARTIALLY, "`y`: it is missing"),
        ("list", SHIFT, "x = [1, 3, 9, 2]\ny =", PARTIALLY, "`y`: it is missing"),
        ("number", 0.7, "71%", REVISE, "too large"),
        ("list", SHIFT, "x = [1, 3, 9, 9]\ny = [1, 3, 9, 2]", PARTIALLY, "`x`: Three of the four"),
        ("choice", "a", "b", REVISE, "(b) is not it"),
        ("code", LINE, "y = ids[s + 1 : s + T]", REVISE, "Line 1 differs first at `s + T`"),
        ("code", LINE, "y = ids[s - 1 : s + T + 1]", REVISE, "Line 1 differs first at `s - 1`"),
        ("code", THREE_LINES, THREE_LINES.replace("B * T, V", "B, V"), PARTIALLY, "Line 2"),
        ("code", THREE_LINES, "\n".join([FIRST, THIRD, SECOND]), PARTIALLY, "Line 2"),
        ("code", THREE_LINES, THREE_LINES + "\nprint(flat)", MOSTLY, "too many at the end"),
        ("code", THREE_LINES, THREE_LINES.rpartition("\n")[0], PARTIALLY, "missing at the end"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_its_smallest_correction(kind, key, text, expected, says):
    assert verdict(kind, key, text, options=OPTIONS) == expected
    assert says in message(kind, key, text, options=OPTIONS)


def test_the_nearest_part_is_corrected_first():
    told = message("list", SHIFT, "x = [9, 9, 9, 9]\ny = [3, 9, 2, 7]").splitlines()
    assert [line[:3] for line in told] == ["`y`", "`x`"]


@pytest.mark.parametrize(
    ("kind", "key", "text", "how"),
    [
        ("number", 32, "B * T", "no number"),
        ("number", 32, "thirty-two", "no number"),
        ("number", 32, "32 or 33", "Write one number"),
        ("number", 3.2, "3,2", "a point before its decimals"),
        ("number", 32, "< 33", "not a bound"),
        ("number", 32, "1/0", "Write one number"),
        ("number", 32, "9**9**9**9", "Write one number"),
        ("number", 32, "__import__('os').getpid() * 0 + 32", "Write one number"),
        ("number", 32, "(lambda: 32)()", "Write one number"),
        ("list", SHIFT, "[1, 3, 9, 2]", "`x = ...` and `y = ...`"),
        ("choice", "a", "c", "Write one letter: a, b"),
        ("choice", "a", "a loss of sight", "Write one letter"),
        ("choice", "a", "either", "Write one letter"),
        ("code", LINE, "y = ids[", "Python cannot read line 1"),
        ("code", LINE, "take the slice one further", "Python cannot read line 1"),
        ("code", LINE, "# only a remark", "only comments"),
        ("list", [1, 3], "[]", "has two entries, yours has none"),
        ("number", 32, "1+" * 4000 + "1", "too long"),
        ("code", LINE, "f(" * 60 + ")" * 60, "differs first"),
        ("code", LINE, "lambda:" * 600 + "0", ""),
        ("number", 32, "-" * 4000 + "1", ""),
    ],
)
def test_what_cannot_be_read_needs_revision_and_is_told_how_to_write_it(kind, key, text, how):
    assert verdict(kind, key, text, options=OPTIONS) == REVISE
    assert how in message(kind, key, text, options=OPTIONS)


def test_a_name_that_the_fragment_reads_before_it_assigns_keeps_its_name():
    key = "total = total + loss.item()"
    assert verdict("code", key, "total = total + loss.item()") == CORRECT
    assert verdict("code", key, "other = other + loss.item()") == REVISE
    assert verdict("code", "n += 1", "m += 1") == REVISE
    assert verdict("code", "loss(x, dim=-1)", "loss(x, axis=-1)") == REVISE


def test_further_spellings_are_accepted():
    more = ("loss(logits.flatten(0, 1), targets.flatten())",)
    text = "loss( logits.flatten(0, 1), targets.flatten() )"
    assert verdict("code", THREE_LINES, text, accept=more) == CORRECT
    assert verdict("code", THREE_LINES, text) == REVISE


def test_code_is_never_run(tmp_path):
    trap = f"y = open({str(tmp_path / 'run')!r}, 'w')"
    for kind, key in [("code", LINE), ("number", 1), ("list", [1]), ("shape", [1])]:
        assert verdict(kind, key, trap) == REVISE
    assert not list(tmp_path.iterdir())


def test_a_tolerance_of_its_own_replaces_the_usual_one():
    assert verdict("number", 100, "103", tolerance=0.05) == CORRECT
    assert verdict("number", 100.5, "101", tolerance=1e-6) == REVISE
    assert verdict("list", [0.25, 0.75], "[0.2501, 0.75]") == CORRECT
    assert verdict("list", [0.25, 0.75], "[0.2501, 0.75]", tolerance=1e-9) == PARTIALLY


def test_blank_is_skipped_for_every_kind_and_never_wrong():
    for kind in grading.KINDS:
        for blank in ("", "\n", " \t\r\n", "\u00a0"):
            assert verdict(kind, 1, blank) == SKIPPED


def test_a_correct_answer_is_shown_the_reasons_and_no_other_one_is():
    asked = Question("01.1", "number", 32, ("4 rows of 8",))
    assert grade(asked, "32").message == "Compare your reasons with these:\n  - 4 rows of 8"
    for text in ("31", "", "none"):
        assert "4 rows" not in grade(asked, text).message


def test_free_text_is_recorded_beside_the_rubric_and_gets_no_verdict():
    response = grade(Question("01.1", "text", rubric=("names the mask", "says why")), "because")
    assert (response.verdict, response.label) == (None, "recorded")
    assert response.message.endswith("\n  - names the mask\n  - says why")


ONE_OF_EACH = {
    "number": 31.25, "shape": [8, 17, 65], "list": [11, 13, 19, 12], "choice": "b", "code": LINE,
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE_OF_EACH)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_no_text_whatever_raises_and_no_message_holds_the_key(kind, text):
    response = grade(Question("01.1", kind, ONE_OF_EACH[kind], options=OPTIONS), text)
    assert response.verdict in (CORRECT, MOSTLY, PARTIALLY, REVISE, SKIPPED)
    for secret in ("31.25", "17", "11", "13", "19", "ids[s", "shuffles"):
        assert secret not in response.message


# ---- keys and the data file ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [32, LOSS, -0.0, math.inf, "B * T", [1, [2, 3]], SHIFT, LINE, "ψ 漢 \ud800", None, True],
)
def test_a_key_comes_back_as_it_was(value):
    spelled = answers.encode_key(value)
    assert answers.decode_key(spelled) == value
    assert spelled.isascii()


def test_a_key_is_not_readable_at_a_glance():
    for value, tell in [(32, "32"), ([1, 3, 9, 2], "3, 9"), (LINE, "ids"), ("a", '"a"')]:
        spelled = answers.encode_key(value)
        assert tell not in spelled.partition(":")[2]
        assert spelled == answers.encode_key(value), "two builds are byte-identical"


def test_keys_computed_by_torch_or_numpy_are_kept_as_plain_numbers():
    numpy = pytest.importorskip("numpy")
    assert answers.decode_key(answers.encode_key(numpy.arange(3))) == [0, 1, 2]
    assert answers.decode_key(answers.encode_key({"x": numpy.float64(0.5), "y": (2, 3)})) == {
        "x": 0.5,
        "y": [2, 3],
    }


def test_a_key_of_another_version_is_refused():
    with pytest.raises(ValueError, match="another version"):
        answers.decode_key("2:abc")


QUESTIONS = [
    Question("01.1", "number", 32, ("thirty-two",), ("first?", "second", "almost")),
    Question("01.2", "text", rubric=("names the mask",), hints=("look up",)),
    Question("01.3", "choice", "b", ("b",), (), options=OPTIONS),
    Question("01.4", "code", LINE, (), (), accept=("ids[s + 1 :][:T]",)),
    Question("01.5", "list", SHIFT, (), (), tolerance=0.1),
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    tiny.make(tmp_path)
    data = {q.id: answers.to_data(q) for q in QUESTIONS}
    tiny.write(tmp_path / "course/built/01.questions.json", json.dumps(data))
    other = {"02.1": answers.to_data(Question("02.1", "number", 7))}
    tiny.write(tmp_path / "course/built/02.questions.json", json.dumps(other))
    monkeypatch.setattr(answers, "checkout", lambda: tmp_path)
    return tmp_path


def test_questions_come_back_from_their_file_in_order(root):
    assert list(answers.load_questions(root, "01").values()) == QUESTIONS
    assert answers.load_questions(root, "03") == {}
    text = (root / "course/built/01.questions.json").read_text()
    assert "thirty-two" in text
    assert "ids[s" not in text


def test_a_kind_that_cannot_be_graded_is_refused_when_it_is_built():
    with pytest.raises(ValueError, match=r"01\.1: kind 'essay' is none of number"):
        answers.to_data(Question("01.1", "essay"))


OLD_KEY = '{"01.1": {"kind": "number", "key": "2:x", "rubric": [], "hints": []}}'


@pytest.mark.parametrize("text", ["{", "[]", '{"01.1": {}}', '{"01.1": 3}', OLD_KEY])
def test_a_damaged_data_file_is_one_clear_message(root, text, capsys):
    (root / "course/built/01.questions.json").write_text(text)
    with pytest.raises(EnvironmentProblem, match=r"01\.questions\.json` cannot be read"):
        answers.load_questions(root, "01")
    answers.answer("01.1", "32")
    assert "git checkout -- course/built" in capsys.readouterr().out


# ---- answer() ------------------------------------------------------------------------------------


def say(capsys, id: str, *text) -> str:
    assert answers.answer(id, *text) is None
    return capsys.readouterr().out.rstrip("\n")


def test_answer_responds_at_once(root, capsys):
    assert say(capsys, "01.4", f"\n{LINE}\n") == "01.4: correct."
    assert say(capsys, "01.1", "\n4*8 = 32\n") == (
        "01.1: correct. Compare your reasons with these:\n    - thirty-two"
    )
    assert say(capsys, "01.1", "31") == "01.1: needs revision. The number is too small."
    assert say(capsys, "01.1", "\n").startswith("01.1: skipped. ")
    assert say(capsys, "01.1").startswith("01.1: skipped. ")
    assert say(capsys, "01.1", 32).startswith("01.1: correct.")
    assert say(capsys, "01.1", None).startswith("01.1: skipped. ")
    assert say(capsys, "01.2", "so") == (
        "01.2: Your answer is recorded. Compare it with the points a good answer makes:\n"
        "    - names the mask"
    )


def test_an_unknown_question_names_the_nearest(root, capsys):
    assert say(capsys, "01.11", "x") == "There is no question `01.11`. Did you mean `01.1`?"
    assert say(capsys, "../01.1", "x").startswith("There is no question `../01.1`.")
    assert say(capsys, "", "x") == "There is no question ``."
    assert say(capsys, 1.5, "x").startswith("There is no question `1.5`.")


def test_a_request_climbs_the_ladder_and_the_last_hint_stays(root, capsys):
    expected = ["Hint 1 of 3: first?", "Hint 2 of 3: second", "Hint 3 of 3: almost"]
    for hint in expected:
        assert say(capsys, "01.1", "hint please").startswith(f"01.1: {hint}\n")
    assert say(capsys, "01.1", "hint please") == (
        "01.1: Hint 3 of 3: almost\n  That was the last hint; here it is again."
    )
    assert "This is the last one" in say(capsys, "01.2", "hint?")
    assert say(capsys, "01.3", "hint?") == "01.3: There are no hints for this question."
    assert say(capsys, "01.1", "32").startswith("01.1: correct.")


def test_the_ladder_of_an_exercise_climbs_too(root):
    assert [answers.next_rung(root, "sums.add", 3) for _ in range(5)] == [1, 2, 3, 3, 3]
    assert answers.next_rung(root, "sums.double", 3) == 1


UNREAD = [b"", b"{", b"[1]", b'{"01.1": 3}', b'{"01.1": ["x", 1]}', b'{"01.1": [-5, ""]}', b"\xff"]


@pytest.mark.parametrize("content", UNREAD)
def test_a_damaged_record_of_hints_starts_the_ladder_again(root, capsys, content):
    folder = course.state_dir(root)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hints.json").write_bytes(content)
    assert "Hint 1 of 3" in say(capsys, "01.1", "hint")
    assert "Hint 2 of 3" in say(capsys, "01.1", "hint")


def test_a_hint_is_shown_where_nothing_can_be_recorded(root, capsys, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError()))
    assert "Hint 1 of 3" in say(capsys, "01.1", "hint")


def test_the_record_of_hints_is_one_ordinary_file_without_leftovers(root, capsys):
    say(capsys, "01.1", "hint")
    folder = course.state_dir(root)
    assert [path.name for path in folder.iterdir()] == ["hints.json"]
    assert stat.S_ISREG((folder / "hints.json").stat().st_mode)


REQUESTS = """
hint|hint please|Hint, please!|please hint|a hint|another hint|I need another hint|next hint please
can I get a hint?|Could I have a hint please?|can you give me a hint|give me a clue|Give me a hint!
I need a hint|I'd like a hint|i want one more hint|hints?|any hints|one more clue please|clue?
may I see the next hint for question 3|hint for 09b.3 please|I'm stuck, hint please|no idea, hint?
I do not get it. Hint please|I don't know, give me a hint|please show me a small hint|more hints
I don’t understand the reshape, can I get a hint?|help me with a hint|a nudge please|show me a tip
"""

NO_REQUESTS = """
32|The hint says to flatten first, so 32|a causal mask gives no hint of the future
without a hint: 32|I do not need a hint|no hint please|it is hinted at in the lesson
the clue is the causal mask|the next token is the only hint the model gets about the text
The logits are flattened; can the mask give a hint of what comes next, or is that cheating?
please do not take the last position only: the hint in the lesson says to average over all
chint please|hintplease|help|please|can I get the answer?|x = [1, 3]
"""


def test_requests_for_a_hint_are_understood():
    for line in REQUESTS.strip().splitlines():
        for text in line.split("|"):
            assert answers.asks_for_hint(text), text


def test_answers_that_merely_mention_a_hint_are_graded():
    for line in NO_REQUESTS.strip().splitlines():
        for text in line.split("|"):
            assert not answers.asks_for_hint(text), text


def test_a_request_has_at_most_a_dozen_words():
    dozen = "please give me a small hint for this question I am lost"
    assert dozen.count(" ") == 11
    assert answers.asks_for_hint(dozen)
    assert not answers.asks_for_hint(f"{dozen} here")


# ---- check ---------------------------------------------------------------------------------------


@pytest.fixture
def module(root) -> tuple[course.Course, course.Module]:
    loaded = course.load(root)
    return loaded, loaded.module("01")


def save(root: Path, *cells: dict) -> None:
    path = root / "notebooks/work/01-sums.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook(*cells))


def check(module, capsys, **options) -> str:
    assert answers.check(*module, **options) == 0
    return capsys.readouterr().out


def test_check_says_what_answer_would_say_about_the_saved_file(root, module, capsys):
    save(root, question("01.1", "31"), question("01.2", "so"), question("01.3"),
         question("01.4", LINE), question("01.5", "hint please"))  # fmt: skip
    shown = check(module, capsys)
    table = {line.split(maxsplit=1)[0]: line.split(maxsplit=1)[1]
             for line in shown.splitlines() if line.startswith("  01.")}  # fmt: skip
    assert table == {
        "01.1": "needs revision", "01.2": "recorded", "01.3": "skipped", "01.4": "correct",
        "01.5": "hint",
    }  # fmt: skip
    assert "01.1: The number is too small." in shown
    assert "- names the mask" in shown


def test_check_names_an_answer_that_does_not_parse_and_grades_what_it_reads(root, module, capsys):
    save(root, code("a", '# Answer:\nanswer("01.1", r"""\n32\n'), question("01.4", "y = ids["))
    shown = check(module, capsys)
    assert "01.1: the quotes do not close." in shown
    [first, *_] = answers.checked_answers(*module)
    assert (first.result, first.answer, first.problem) == (
        "correct", "\n32\n", "the quotes do not close"
    )  # fmt: skip


def test_check_reads_without_running_anything(root, module, capsys):
    trap = root / "ran"
    save(root, code("a", f'# Answer:\nopen({str(trap)!r}, "w")\nanswer("01.1", "32")'))
    assert "correct" in check(module, capsys)
    assert not trap.exists()


def test_check_on_a_notebook_saved_half_way_grades_what_is_left(root, module, capsys):
    save(root, question("01.1", "32"), question("01.4", LINE))
    path = root / "notebooks/work/01-sums.ipynb"
    path.write_bytes(path.read_bytes()[:-60])
    assert "01.1  correct" in check(module, capsys)


def test_check_repeats_the_hint_of_a_request_until_it_is_worded_anew(root, module, capsys):
    save(root, question("01.1", "hint please"))
    assert "Hint 1 of 3" in say(capsys, "01.1", "\nhint please\n")
    for _ in range(3):
        assert "Hint 1 of 3" in check(module, capsys)
    save(root, question("01.1", "another hint please"))
    assert "Hint 2 of 3" in check(module, capsys)
    assert "Hint 2 of 3" in check(module, capsys)


def test_check_for_programs_holds_all_that_grading_needs(root, module, capsys):
    save(root, question("01.1", "31"), question("01.99", "stray"))
    data = json.loads(check(module, capsys, as_json=True))
    assert data["module"] == "01"
    assert data["notebook"] == "notebooks/work/01-sums.ipynb"
    rows = {row["question"]: row for row in data["answers"]}
    assert list(rows) == ["01.1", "01.2", "01.3", "01.4", "01.5", "01.99"]
    assert rows["01.1"] == {
        "question": "01.1", "kind": "number", "result": "needs revision",
        "message": "The number is too small.", "answer": "31", "problem": None,
        "rubric": ["thirty-two"],
    }  # fmt: skip
    assert rows["01.2"]["result"] == "skipped"
    assert "not in the notebook" in rows["01.2"]["message"]
    assert rows["01.99"]["result"] == "unknown"


def test_check_before_there_is_a_notebook_says_how_to_make_it(root, module):
    with pytest.raises(UsageProblem, match=r"`\./noteboosh\.sh 01` makes"):
        answers.check(*module)
    assert answers.saved_answers(root, module[1]) == {}
    with pytest.raises(UsageProblem, match="Module 03 has no questions yet"):
        answers.check(module[0], module[0].module("03"))


def test_saved_answers_are_texts_by_question(root, module):
    save(root, question("01.1", "31"), question("01.2"))
    assert answers.saved_answers(root, module[1]) == {"01.1": "31", "01.2": "\n"}


def test_printed_messages_survive_a_console_of_ascii_only(root, module, capsys):
    save(root, *(question(q.id, "x = [1]") for q in QUESTIONS), question("01.9", "stray"))
    assert set(check(module, capsys)) <= set(string.printable)
