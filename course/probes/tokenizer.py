"""Calls that tell the known mistakes in `g2c.tokenizer` apart; see course/probes/tensors.py."""

from g2c.tokenizer import END_OF_TEXT, CharTokenizer

TEXTS = ("cab", "", f"a{END_OF_TEXT}b", f"{END_OF_TEXT}ba{END_OF_TEXT}{END_OF_TEXT}c", END_OF_TEXT)


def encode():
    plain, whole = CharTokenizer("abc"), CharTokenizer.from_text("abc <|> endoftext")
    for text in TEXTS:
        yield plain.encode, text  # the letters of the separator are not in this alphabet
        yield whole.encode, text


def decode():
    tokenizer = CharTokenizer("bca")
    for ids in ([2, 0, 1, 1], [], [3], [0, 3, 3, 2], [3, 1, 3]):
        yield tokenizer.decode, ids
