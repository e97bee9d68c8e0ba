"""Module 09c: one training step of a language model, every derivative by hand."""
