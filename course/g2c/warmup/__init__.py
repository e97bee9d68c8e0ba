"""Module 00: the loop itself: edit, test, green, answer a question, see a hint."""
