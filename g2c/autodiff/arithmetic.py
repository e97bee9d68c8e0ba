# Built from course/g2c/autodiff/arithmetic.py: write only between the fence lines.
"""Yours to write: what + * and / must know about themselves.

A rule takes plain numbers. It gives its result and then, for each input in turn, the local
derivative: how much the result changes per change of that input, the others held still. Two rules
are given as examples of the form.
"""


def negate(a: float) -> tuple[float, float]:
    """-a, and its local derivative for a."""
    return -a, -1.0


def subtract(a: float, b: float) -> tuple[float, float, float]:
    """a - b, and its local derivatives for a and for b."""
    return a - b, 1.0, -1.0


def add(a: float, b: float) -> tuple[float, float, float]:
    """a + b, and its local derivatives for a and for b."""
    # ---- your code: autodiff.add (about 1 line) ----
    raise NotImplementedError("autodiff.add")
    # ---- end of your code ----


def multiply(a: float, b: float) -> tuple[float, float, float]:
    """a * b, and its local derivatives for a and for b."""
    # ---- your code: autodiff.multiply (about 1 line) ----
    raise NotImplementedError("autodiff.multiply")
    # ---- end of your code ----


def divide(a: float, b: float) -> tuple[float, float, float]:
    """a / b, and its local derivatives for a and for b.

    Raises: ValueError where b is 0.
    """
    if b == 0:
        raise ValueError(f"{a} / {b} is not defined: keep the divisor away from 0")
    # ---- your code: autodiff.divide (about 1 line) ----
    raise NotImplementedError("autodiff.divide")
    # ---- end of your code ----
