"""Module 04. Write, in this order, in g2c/tokenizer/:

1. tokenizer.encode  text as ids   (char.py)
2. tokenizer.decode  ids as text   (char.py)

Given: the table of a CharTokenizer, `from_text`, and the checks of input.
"""

import subprocess
import sys

import pytest

from g2c.tokenizer import END_OF_TEXT, CharTokenizer


def test_ids_are_places_in_the_alphabet():
    assert CharTokenizer("cab").encode("abc") == [1, 2, 0]


def test_the_alphabet_of_a_text_is_its_characters_in_order():
    tokenizer = CharTokenizer.from_text("hello")
    assert tokenizer.tokens == ["e", "h", "l", "o", END_OF_TEXT]
    assert tokenizer.vocab_size == 5


def test_the_separator_is_one_id_wherever_it_stands():
    tokenizer = CharTokenizer("ab")
    end = tokenizer.eos_id
    assert end == tokenizer.vocab_size - 1 == 2
    assert tokenizer.encode(f"a{END_OF_TEXT}b") == [0, end, 1]
    assert tokenizer.encode(f"{END_OF_TEXT}{END_OF_TEXT}a{END_OF_TEXT}") == [end, end, 0, end]


def test_the_letters_of_a_separator_are_not_text():
    assert CharTokenizer.from_text(f"ab{END_OF_TEXT}ba").tokens == ["a", "b", END_OF_TEXT]


def test_half_a_separator_is_ordinary_characters():
    half = "<|end|>"
    tokenizer = CharTokenizer.from_text(half)
    assert len(tokenizer.encode(half)) == len(half)


@pytest.mark.parametrize("text", ["", "a", "naïve 東京 🙂\r\n\t", f"x{END_OF_TEXT}{END_OF_TEXT}y"])
def test_decoding_brings_back_the_text(text):
    tokenizer = CharTokenizer.from_text(text + "z")
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_every_id_stands_for_one_token():
    tokenizer = CharTokenizer("xyz")
    assert [tokenizer.decode([id]) for id in range(4)] == ["x", "y", "z", END_OF_TEXT]


def test_an_unknown_character_is_named_with_its_position_and_a_cure():
    text = f"ab{END_OF_TEXT}a<b"
    with pytest.raises(ValueError, match=rf"'<' at position {text.index('<b')} .*from_text"):
        CharTokenizer("ab").encode(text)


@pytest.mark.parametrize("bad", [-1, 3])
def test_an_id_outside_the_vocabulary_is_refused(bad):
    with pytest.raises(ValueError, match=rf"id {bad} at position 1 .*0 … 2"):
        CharTokenizer("ab").decode([0, bad])


@pytest.mark.parametrize("alphabet, message", [("", "empty"), ("abca", "'a' 2 times")])
def test_an_alphabet_that_cannot_work_is_refused(alphabet, message):
    with pytest.raises(ValueError, match=message):
        CharTokenizer(alphabet)


def test_the_tokenizer_needs_no_torch():
    import g2c

    code = "import sys; sys.path.insert(0, sys.argv[1]); import g2c.tokenizer; print(*sys.modules)"
    command = [sys.executable, "-c", code, g2c.__path__[0].removesuffix("g2c")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "g2c.tokenizer" in done.stdout.split() and "torch" not in done.stdout.split()
