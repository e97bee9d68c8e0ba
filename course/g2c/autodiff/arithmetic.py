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
    # BEGIN SOLUTION autodiff.add
    return a + b, 1.0, 1.0
    # END SOLUTION


def multiply(a: float, b: float) -> tuple[float, float, float]:
    """a * b, and its local derivatives for a and for b."""
    # BEGIN SOLUTION autodiff.multiply
    return a * b, b, a
    # END SOLUTION


def divide(a: float, b: float) -> tuple[float, float, float]:
    """a / b, and its local derivatives for a and for b.

    Raises: ValueError where b is 0.
    """
    if b == 0:
        raise ValueError(f"{a} / {b} is not defined: keep the divisor away from 0")
    # BEGIN SOLUTION autodiff.divide
    return a / b, 1 / b, -a / b / b
    # END SOLUTION
