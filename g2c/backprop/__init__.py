# Given. Built from course/g2c/backprop/__init__.py: there is nothing to write here.
"""Module 09c: one training step of a language model, every derivative by hand."""
