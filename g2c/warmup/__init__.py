# Given. Built from course/g2c/warmup/__init__.py: there is nothing to write here.
"""Module 00: the loop itself: edit, test, green, answer a question, see a hint."""
