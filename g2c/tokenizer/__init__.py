# Given. Built from course/g2c/tokenizer/__init__.py: there is nothing to write here.
"""Module 04: text as a list of numbers, and back. Needs no torch."""

from g2c.tokenizer.bpe import BPETokenizer
from g2c.tokenizer.char import END_OF_TEXT, CharTokenizer
from g2c.tokenizer.course import course_tokenizer
from g2c.tokenizer.pairs import Pair, Tokens, best_pair, merge_pair, pair_counts
from g2c.tokenizer.rescan import learn_merges, train_bpe_rescan
from g2c.tokenizer.simple import encode_text, encode_word
from g2c.tokenizer.splitting import pre_tokens, split_special
from g2c.tokenizer.tiktoken_export import tiktoken_encoding
from g2c.tokenizer.train import train_bpe

__all__ = [
    "END_OF_TEXT",
    "BPETokenizer",
    "CharTokenizer",
    "Pair",
    "Tokens",
    "best_pair",
    "course_tokenizer",
    "encode_text",
    "encode_word",
    "learn_merges",
    "merge_pair",
    "pair_counts",
    "pre_tokens",
    "split_special",
    "tiktoken_encoding",
    "train_bpe",
    "train_bpe_rescan",
]
