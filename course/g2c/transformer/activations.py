"""Yours to write: the nonlinearities of GPT-2 and Llama."""

import math

import torch
from torch import Tensor


def gelu(x: Tensor) -> Tensor:
    """x times the probability that a standard normal number is below x.

    Shapes: x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2.
    """
    # BEGIN SOLUTION transformer.gelu
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    # END SOLUTION


def gelu_tanh(x: Tensor) -> Tensor:
    """GELU as GPT-2 approximates it, with tanh: never off by more than 0.0005.

    Shapes: x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2.
    """
    # BEGIN SOLUTION transformer.gelu_tanh
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    return 0.5 * x * (1 + torch.tanh(inner))
    # END SOLUTION


def silu(x: Tensor) -> Tensor:
    """x times its own sigmoid: nearly 0 far below 0, nearly x far above.

    Shapes: x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2; Elfwing, Uchibe and Doya 2017.
    """
    # BEGIN SOLUTION transformer.silu
    return x * torch.sigmoid(x)
    # END SOLUTION
