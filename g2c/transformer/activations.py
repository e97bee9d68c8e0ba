# Built from course/g2c/transformer/activations.py: write only between the fence lines.
"""Yours to write: the nonlinearities of GPT-2 and Llama."""

import math

import torch
from torch import Tensor


def gelu(x: Tensor) -> Tensor:
    """x times the probability that a standard normal number is below x.

    Shapes: x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2.
    """
    # ---- your code: transformer.gelu (about 1 line) ----
    raise NotImplementedError("transformer.gelu")
    # ---- end of your code ----


def gelu_tanh(x: Tensor) -> Tensor:
    """GELU as GPT-2 approximates it, with tanh: never off by more than 0.0005.

    Shapes: x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2.
    """
    # ---- your code: transformer.gelu_tanh (about 2 lines) ----
    raise NotImplementedError("transformer.gelu_tanh")
    # ---- end of your code ----


def silu(x: Tensor) -> Tensor:
    """x times its own sigmoid: nearly 0 far below 0, nearly x far above.

    Shapes: x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2; Elfwing, Uchibe and Doya 2017.
    """
    # ---- your code: transformer.silu (about 1 line) ----
    raise NotImplementedError("transformer.silu")
    # ---- end of your code ----
