# Given. Built from course/g2c/tokenizer/__init__.py: there is nothing to write here.
"""Module 04: text as a list of numbers, and back. Needs no torch."""

from g2c.tokenizer.char import END_OF_TEXT, CharTokenizer

__all__ = ["END_OF_TEXT", "CharTokenizer"]
