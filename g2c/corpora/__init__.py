# Given. Built from course/g2c/corpora/__init__.py: there is nothing to write here.
"""Given code: texts to train on, built in, fetched or from a file. Needs no torch."""

from g2c.corpora import stdlib, toystories
from g2c.corpora.corpus import BUILT_IN, Corpus, load_corpus
from g2c.corpora.fetching import SOURCES, cache_folder, fetch
from g2c.corpora.reading import END_OF_TEXT, iter_documents
from g2c.corpora.resume import FetchError

__all__ = [
    "BUILT_IN",
    "END_OF_TEXT",
    "SOURCES",
    "Corpus",
    "FetchError",
    "cache_folder",
    "fetch",
    "iter_documents",
    "load_corpus",
    "stdlib",
    "toystories",
]
