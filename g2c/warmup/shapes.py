# Built from course/g2c/warmup/shapes.py: write only between the fence lines.
"""Yours to write: the shape that a matrix product has."""

from __future__ import annotations


def matmul_shape(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The shape of the product of two matrices that have the shapes `a` and `b`.

    Shapes: a (N, D), b (D, F) -> (N, F).
    Raises: ValueError where the columns of the first are not as many as the rows of the second.
    """
    if len(a) != 2 or len(b) != 2 or a[1] != b[0]:
        raise ValueError(
            f"matrices of shapes {a} and {b} cannot be multiplied: give (N, D) and (D, F) with the "
            "same D, such as (2, 3) and (3, 4)"
        )
    # ---- your code: warmup.matmul_shape (about 1 line) ----
    raise NotImplementedError("warmup.matmul_shape")
    # ---- end of your code ----
