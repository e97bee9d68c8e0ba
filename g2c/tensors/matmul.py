# Built from course/g2c/tensors/matmul.py: write only between the fence lines.
"""Yours to write: a matrix product, number by number."""

import torch
from torch import Tensor


def matmul_loops(a: Tensor, b: Tensor) -> Tensor:
    """The matrix product of `a` and `b`, without a matrix product: slow, and easy to believe.

    Shapes: a (N, D), b (D, F) -> (N, F), of the dtype and on the device of `a`.
    Raises: ValueError where the columns of `a` are not as many as the rows of `b`.
    Source: Golub and Van Loan 2013, Matrix Computations, section 1.1.
    """
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
        raise ValueError(
            f"a {tuple(a.shape)} and b {tuple(b.shape)} cannot be multiplied: give a (N, D) and "
            "b (D, F) with the same D, transposing one of them if need be"
        )
    # ---- your code: tensors.matmul_loops (about 7 lines) ----
    raise NotImplementedError("tensors.matmul_loops")
    # ---- end of your code ----
