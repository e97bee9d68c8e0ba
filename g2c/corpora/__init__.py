# Given. Built from course/g2c/corpora/__init__.py: there is nothing to write here.
"""Given code: texts to train on, built in or from a file. Needs no torch."""

from g2c.corpora import stdlib, toystories
from g2c.corpora.corpus import BUILT_IN, END_OF_TEXT, Corpus, load_corpus

__all__ = ["BUILT_IN", "END_OF_TEXT", "Corpus", "load_corpus", "stdlib", "toystories"]
