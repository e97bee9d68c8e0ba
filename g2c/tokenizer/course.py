# Given. Built from course/g2c/tokenizer/course.py: there is nothing to write here.
"""Given code: the tokenizer that the course's own models use, small and always there.

It learns from 100 toystories and from `samples.txt`, a few pages of prose, dialogue, source code
and other languages that were written for it. Not from the course's lessons, because an edit
there would change every later loss; not from `stdlib`, which differs between versions of Python.
So everybody has the same tokenizer, and `tests/engine/test_tokenizer_oracle.py` trains it again.
After a change, write the file anew; in the folder `course`:

    ../.venv/bin/python -c "from g2c.tokenizer import course as c; c.train().save(c.FILE)"
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from g2c.corpora import END_OF_TEXT, toystories
from g2c.tokenizer.bpe import BPETokenizer
from g2c.tokenizer.train import train_bpe

FILE = Path(__file__).with_name("course.json")
SAMPLES = Path(__file__).with_name("samples.txt")
STORIES = 100
# Bytes per token on stories / Python / Shakespeare: 3.3 / 1.9 / 1.9 with 1,000 tokens, 3.8 / 2.0 /
# 2.1 with 1,500. Further pairs occur three times or less in these texts: too seldom to learn from.
VOCAB_SIZE = 1500


@cache
def course_tokenizer() -> BPETokenizer:
    """1,500 tokens, `<|endoftext|>` one of them, the same for everybody and without a network."""
    return BPETokenizer.load(FILE)


def train() -> BPETokenizer:
    """The same tokenizer, trained again."""
    texts = [*toystories.sample(STORIES), SAMPLES.read_bytes().decode()]
    return BPETokenizer(*train_bpe(texts, VOCAB_SIZE, [END_OF_TEXT]), [END_OF_TEXT])
