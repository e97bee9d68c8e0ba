"""Notebooks as bytes: every text survives, no damage raises, and nothing is ever invented."""

from __future__ import annotations

import ast
import json
import random
import time

import nbformat
import pytest

from noteboosh import notebooks

HOSTILE = [
    "",
    "\n",
    "\n32\n",
    "\nx = [1, 3]\ny = [3, 9]\n",
    '"',
    "'",
    '"""',
    "'''",
    "\"\"\" and '''",
    '""" and ''' + "'''" + ' and """)\n',
    'ends with "',
    "ends with '",
    "ends with \\",
    "ends with \\\\",
    '\\"""',
    '""")',
    '"""\n)',
    'r"""raw"""',
    "\\n is no newline, \\x41 no A, \\N{BULLET} none",
    "{braces} %s {{}} %%time",
    "%time x\n!ls\n?help",
    "CRLF\r\nand CR\rand LF\n",
    "\r",
    "tab\tform\x0cfeed\x0bvertical\x00null\x1bescape\x7fdelete",
    "\x1c\x1d\x1e\x85\u2028\u2029 are lines to some",
    "\ufeffbom \u00a0nbsp \u200bzero \u202eright-to-left",
    "ψ ∂L/∂θ ≈ Σ, 漢字, é vs e\u0301, 👩‍💻, \U0001f600",
    "\ud800 alone",
    "alone \udfff",
    "# Answer:\nanswer(\"09b.9\", r\"\"\"\nnot mine\n\"\"\")",
    'answer("09b.9", "',
    '{"cell_type": "code", "source": ["answer(\\"09b.9\\", 1)"]}',
    "<<<<<<< HEAD\n=======\n>>>>>>> other",
    "`code` and ```fences```",
    'x = "it\'s"\n' * 4000,  # 100 kB with both quotes
    "漢" * 100_000,
]  # fmt: skip


def code(id: str, source: str, **more) -> dict:
    cell = {"cell_type": "code", "execution_count": None, "id": id, "metadata": {}, "outputs": []}
    return {**cell, "source": source.splitlines(keepends=True), **more}


def question(id: str, text: str = "\n") -> dict:
    spelled = notebooks.literal(text)
    return code(f"q-{id.replace('.', '-')}", f'# Answer:\nanswer("{id}", {spelled})')


def notebook(*cells: dict) -> bytes:
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Title ψ\n"]}
    data = {"cells": [title, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


CLEAN = notebook(code("start", "from noteboosh import answer"), question("01.1"), question("01.2"))


# ---- every text survives -------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_every_text_comes_back_from_python_and_from_the_notebook(text):
    assert ast.literal_eval(notebooks.literal(text)) == text
    carried = notebooks.carry_over(CLEAN, {"01.1": text, "01.2": "\nother\n"})
    assert notebooks.read_answers(carried) == {"01.1": text, "01.2": "\nother\n"}
    assert notebooks.is_sound(carried) is None
    nbformat.validate(nbformat.reads(carried.decode(), as_version=4))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_a_text_survives_jupyter_rewriting_the_notebook(text):
    carried = notebooks.carry_over(CLEAN, {"01.1": text})
    rewritten = nbformat.writes(nbformat.reads(carried.decode(), as_version=4)).encode()
    assert notebooks.read_answers(rewritten)["01.1"] == text
    data = json.loads(carried)
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"])
    assert notebooks.read_answers(json.dumps(data).encode())["01.1"] == text


def test_random_texts_of_nasty_pieces_survive():
    chance = random.Random(0)
    pieces = ['"', "'", "\\", "\n", "\r", ")", "r", "x", " ", "#", "\x00", "ψ", "\ud834", "{", "%"]
    for _ in range(300):
        text = "".join(chance.choices(pieces, k=chance.randrange(12)))
        carried = notebooks.carry_over(CLEAN, {"01.2": text})
        assert notebooks.read_answers(carried)["01.2"] == text, ascii(text)


def test_an_ordinary_answer_is_spelled_as_the_clean_cell_is():
    assert notebooks.literal("\n4 * 8 = 32\n") == 'r"""\n4 * 8 = 32\n"""'
    assert notebooks.literal("C:\\new") == 'r"""C:\\new"""'


def test_carrying_nothing_over_keeps_every_byte_of_what_jupyter_wrote():
    jupyters = (nbformat.writes(nbformat.reads(CLEAN.decode(), as_version=4)) + "\n").encode()
    for raw in (CLEAN, jupyters):
        assert notebooks.carry_over(raw, {}) == raw
        assert notebooks.carry_over(raw, {"01.1": "\n", "99.1": "no such question"}) == raw


def test_only_the_cell_of_the_answer_changes_and_its_stale_response_goes():
    output = {"name": "stdout", "output_type": "stream", "text": ["01.1: needs revision\n"]}
    cell = question("01.1", "31") | {"outputs": [output], "execution_count": 7}
    other = code("mine", "x = 1", outputs=[output], execution_count=8)
    raw = notebook(other, cell)
    old, new = json.loads(raw), json.loads(notebooks.carry_over(raw, {"01.1": "32"}))
    assert new["cells"][:2] == old["cells"][:2]
    assert (new["cells"][2]["outputs"], new["cells"][2]["execution_count"]) == ([], None)
    assert new["cells"][2]["source"] == ["# Answer:\n", 'answer("01.1", r"""32""")']


def test_other_code_in_an_answer_cell_stays_in_place():
    source = '# Answer:\nx = 4 * 8\nanswer("01.1", "old")  # mine\nprint(x)\n'
    carried = notebooks.carry_over(notebook(code("a", source)), {"01.1": "new"})
    after = "".join(json.loads(carried)["cells"][1]["source"])
    assert after == source.replace('"old"', 'r"""new"""')


# ---- answers that do not parse -------------------------------------------------------------------

BROKEN = {
    "unclosed": ('answer("01.1", r"""\n32\n', "\n32\n", "the quotes do not close"),
    "one quote short": ('answer("01.1", r"""\n32\n"")', '\n32\n"")', "the quotes do not close"),
    "no bracket": ('answer("01.1", r"""\n32\n"""', "\n32\n", "the quotes do not close"),
    "quotes inside": (
        'answer("01.1", r"""\nsay """hi""" twice\n""")',
        '\nsay """hi""" twice\n',
        '""" stands inside the answer and ends it too early',
    ),
    "quote at the end": ('answer("01.1", r"""say "hi"""")', 'say "hi"', "Python cannot read"),
    "backslash at the end": ('answer("01.1", r"""a\\""")', "a\\", "Python cannot read"),
    "two lines in single quotes": ('answer("01.1", "one\ntwo")', "one\ntwo", "Python cannot read"),
    "no quotes": ('answer("01.1", it must be 4)', "it must be 4", "does not stand between quotes"),
    "broken beside it": ('answer("01.1", r"""32""")\nx = = 1', "32", "Python cannot read"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_does_not_parse_is_named_and_read(name):
    source, text, problem = BROKEN[name]
    raw = notebook(code("a", f"# Answer:\n{source}"), question("01.2", "fine"))
    found = notebooks.answers(raw)
    assert found["01.1"].text == text
    assert problem in found["01.1"].problem
    assert found["01.2"] == notebooks.Answer("01.2", "fine")
    assert notebooks.is_sound(raw) == f"01.1: {found['01.1'].problem}"
    mended = notebooks.carry_over(raw, notebooks.read_answers(raw))
    assert notebooks.answers(mended)["01.1"] == notebooks.Answer("01.1", text)
    assert notebooks.is_sound(mended) is None


@pytest.mark.parametrize("text", ['f"""{x}"""', "text", "4 * 8", '"32" if x else "64"'])
def test_an_answer_that_is_computed_is_shown_as_written_and_left_alone(text):
    raw = notebook(code("a", f'# Answer:\nanswer("01.1", {text})'))
    problem = "the answer is not a plain text between quotes"
    assert notebooks.answers(raw) == {"01.1": notebooks.Answer("01.1", text, problem)}
    assert notebooks.is_sound(raw) is None
    assert notebooks.carry_over(raw, notebooks.read_answers(raw)) == raw
    carried = notebooks.carry_over(raw, {"01.1": "32"})
    assert notebooks.answers(carried) == {"01.1": notebooks.Answer("01.1", "32")}


def test_lines_of_ipython_beside_an_answer_are_no_problem():
    source = '%%time\n# Answer:\n!ls -l\nanswer("01.1", r"""\n!kept\n%kept\n""")\n%timeit x'
    [found] = notebooks.answers_in(source)
    assert found == notebooks.Answer("01.1", "\n!kept\n%kept\n")


def test_an_answer_is_found_without_its_comment_and_however_it_is_quoted():
    for source in (
        "answer('01.1', 'x')",
        'noteboosh.answer("01.1", "x",)',
        "answer('01.1','''x''')",
    ):
        assert notebooks.answers_in(source) == [notebooks.Answer("01.1", "x")]
    assert notebooks.answers_in('answer("01.1", 32)') == [notebooks.Answer("01.1", "32")]
    assert notebooks.answers_in('answer("01.1")') == [notebooks.Answer("01.1", "")]


def test_what_only_looks_like_an_answer_is_none():
    assert notebooks.answers_in('print("""\nanswer("01.1", "x")\n""")') == []
    assert notebooks.answers_in('# answer("01.1", "x")') == []
    quoted = {**code("m", 'answer("01.1", "x")'), "cell_type": "markdown"}
    assert notebooks.read_answers(notebook(quoted)) == {}


def test_of_an_answer_given_twice_the_last_that_is_not_blank_counts():
    raw = notebook(question("01.1", "first"), question("01.1", "second"), question("01.1", "\n"))
    assert notebooks.read_answers(raw) == {"01.1": "second"}


# ---- damaged notebooks ---------------------------------------------------------------------------

TRUE = {
    "01.1": '\nsay "hi" — 👩‍💻 \\ \\\\\n',
    "01.2": "\r\"\"\" '''\ud834\x00",
    "01.10": "\nlast \\n ∂\n",
}
DAMAGED = {
    "as jupyter writes it": notebook(
        question("01.1", TRUE["01.1"]), question("01.2", TRUE["01.2"]),
        question("01.10", TRUE["01.10"])
    ).decode().encode(),
    "on one line, escaped": json.dumps(
        {"nbformat": 4, "metadata": {}, "cells": [
            {**question(id, text), "source": "".join(question(id, text)["source"])}
            for id, text in TRUE.items()
        ]}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_cut_at_any_byte_the_answers_are_beginnings_of_the_true_ones(name):
    raw = DAMAGED[name]
    assert notebooks.read_answers(raw) == TRUE
    best = dict.fromkeys(TRUE, 0)
    for end in range(len(raw)):
        for id, text in notebooks.read_answers(raw[:end]).items():
            assert TRUE[id].startswith(text), (end, id, text)
            assert len(text) >= best[id] - 10, "a longer file never gives a much shorter answer"
            best[id] = max(best[id], len(text))
    # All of it is there some bytes before the end, and what was saved whole is read whole.
    assert best == {id: len(text) for id, text in TRUE.items()}


@pytest.mark.parametrize("name", DAMAGED)
def test_cut_anywhere_a_notebook_is_not_sound(name):
    raw = DAMAGED[name].rstrip()
    assert notebooks.is_sound(raw) is None
    for end in range(len(raw)):
        assert notebooks.is_sound(raw[:end]), end


def test_cells_behind_a_damaged_one_are_read_too():
    raw = DAMAGED["as jupyter writes it"]
    hole = raw.index(b"01.1")
    text = raw[:hole] + b'\n<<<<<<< HEAD "\n' + raw[hole + 40 :]
    found = notebooks.read_answers(text)
    assert {id: found.get(id) for id in ("01.2", "01.10")} == {
        k: TRUE[k] for k in ("01.2", "01.10")
    }


def test_no_damage_whatever_raises():
    chance = random.Random(1)
    raw = DAMAGED["as jupyter writes it"]
    for _ in range(300):
        damaged = bytearray(raw)
        for _ in range(chance.randrange(1, 20)):
            at = chance.randrange(len(damaged))
            if chance.random() < 0.5:
                damaged[at] = chance.randrange(256)
            else:
                del damaged[at : at + chance.randrange(40)]
        notebooks.is_sound(bytes(damaged))
        assert notebooks.read_answers(bytes(damaged)).keys() is not None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_answers_of_a_file_in_another_encoding_are_read(encoding):
    raw = notebook(question("01.1", "\nψ\n")).decode().encode(encoding)
    assert notebooks.read_answers(raw) == {"01.1": "\nψ\n"}
    assert notebooks.is_sound(raw), "Jupyter opens UTF-8 without a mark and nothing else"


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"\xff\xfe\xfa", "it is not a UTF-8 text"),
        (b'{"cells": [', "it ends in the middle"),
        (b'{"cells": [], "x": "abc', "it ends in the middle"),
        (b'{\n"cells": oops}', "it is not valid JSON (line 2)"),
        (b"[" * 100_000, "it is not valid JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "it is"),  # not JSON since Python limits such numbers
        (b"[]", "it is JSON, but no notebook"),
        (b'{"cells": {}}', "it is JSON, but no notebook"),
        (b'{"cells": [], "nbformat": 3}', "its format is 3, and only 4 can be opened"),
        (b'{"cells": [], "nbformat": 4}', "it has no cells"),
        (b'{"cells": [1], "nbformat": 4}', "cell 1 is damaged"),
        (notebook({"cell_type": "code"}), "cell 2 is damaged"),
        (notebook(code("a", "") | {"source": [1]}), "cell 2 is damaged"),
        (notebook(code("a", "") | {"outputs": None}), "cell 2 is damaged"),
        (notebook(code("a", "") | {"cell_type": "other"}), "cell 2 is damaged"),
    ],
)
def test_what_is_wrong_with_a_notebook_is_said(raw, wrong):
    assert notebooks.is_sound(raw).startswith(wrong)
    assert notebooks.read_answers(raw) == {}


def test_putting_answers_or_cells_into_what_is_no_notebook_is_refused():
    with pytest.raises(ValueError, match="ends in the middle"):
        notebooks.carry_over(b'{"cells": [', {})
    with pytest.raises(ValueError, match="no notebook"):
        notebooks.replace_cells(b"{}", {})
    with pytest.raises(ValueError, match="no notebook"):
        notebooks.cells_by_id(b"[]")


# ---- names and single cells ----------------------------------------------------------------------


def test_archive_names_never_collide_whatever_the_case():
    when = time.strptime("2031-02-03 04:05:06", "%Y-%m-%d %H:%M:%S")
    existing: list[str] = []
    for _ in range(4):
        existing.append(notebooks.archive_name(existing, "09b-pretraining", when).upper())
    assert existing[0] == "09B-PRETRAINING.2031-02-03-040506.IPYNB"
    assert len(set(existing)) == 4
    assert all(name.endswith(".IPYNB") for name in existing)


def three() -> tuple[bytes, dict[str, dict]]:
    raw = notebook(code("one", "1\n"), question("01.1", "mine"), code("three", "3\n"))
    return raw, notebooks.cells_by_id(raw)


def test_cells_come_in_order_by_their_id():
    raw, cells = three()
    assert list(cells) == ["title", "one", "q-01-1", "three"]
    assert cells["three"]["source"] == ["3\n"]
    without = {**cells["q-01-1"]}
    del without["id"]
    assert list(notebooks.cells_by_id(notebook(without))) == ["title", "01.1"]


def test_replacing_a_cell_by_itself_keeps_every_byte():
    raw, cells = three()
    assert notebooks.replace_cells(raw, cells) == raw


def test_one_cell_is_replaced_and_the_others_stay():
    raw, cells = three()
    old = {**cells["one"], "source": ["was\n"]}
    changed = notebooks.cells_by_id(notebooks.replace_cells(raw, {"one": old}))
    assert changed == {**cells, "one": old}
    assert list(changed) == list(cells)


def test_an_answer_cell_is_found_by_its_question():
    raw, cells = three()
    changed = notebooks.replace_cells(raw, {"01.1": question("01.1", "old")})
    assert notebooks.read_answers(changed) == {"01.1": "old"}
    assert list(notebooks.cells_by_id(changed)) == list(cells)


def test_a_removed_cell_returns_below_the_neighbour_it_had():
    raw, cells = three()
    order = list(cells)
    for key in order:
        without = notebooks.replace_cells(raw, {key: None})
        assert key not in notebooks.cells_by_id(without)
        assert notebooks.replace_cells(without, {key: cells[key]}, order) == raw
    last = notebooks.replace_cells(without, {"new": code("new", "4")})
    assert list(notebooks.cells_by_id(last))[-1] == "new"
    assert notebooks.replace_cells(raw, {"absent": None}) == raw
