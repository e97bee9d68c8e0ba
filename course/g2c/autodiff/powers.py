"""Yours to write: the rules of powers, of exp and of the natural logarithm."""

import math


def power(a: float, exponent: float) -> tuple[float, float]:
    """a ** exponent, and its local derivative for a; the exponent is a constant, not 0.

    Raises: ValueError where the result or its derivative is no real number.
    """
    if a < 0 and exponent % 1 != 0:
        raise ValueError(
            f"({a}) ** {exponent} is no real number: a negative number takes whole exponents only"
        )
    if a == 0 and exponent < 1:
        raise ValueError(
            f"{a} ** {exponent} has no derivative at 0: keep the base away from 0, or use an "
            "exponent of 1 or more"
        )
    # BEGIN SOLUTION autodiff.power
    return a**exponent, exponent * a ** (exponent - 1)
    # END SOLUTION


def exp(a: float) -> tuple[float, float]:
    """e to the a, and its local derivative for a."""
    # BEGIN SOLUTION autodiff.exp
    result = math.exp(a)
    return result, result
    # END SOLUTION


def log(a: float) -> tuple[float, float]:
    """The natural logarithm of a, and its local derivative for a.

    Raises: ValueError where a is 0 or below.
    """
    if a <= 0:
        raise ValueError(f"log({a}) is not defined: only numbers above 0 have a logarithm")
    # BEGIN SOLUTION autodiff.log
    return math.log(a), 1 / a
    # END SOLUTION
