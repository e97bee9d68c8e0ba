# Built from course/g2c/autodiff/powers.py: write only between the fence lines.
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
    # ---- your code: autodiff.power (about 1 line) ----
    raise NotImplementedError("autodiff.power")
    # ---- end of your code ----


def exp(a: float) -> tuple[float, float]:
    """e to the a, and its local derivative for a."""
    # ---- your code: autodiff.exp (about 2 lines) ----
    raise NotImplementedError("autodiff.exp")
    # ---- end of your code ----


def log(a: float) -> tuple[float, float]:
    """The natural logarithm of a, and its local derivative for a.

    Raises: ValueError where a is 0 or below.
    """
    if a <= 0:
        raise ValueError(f"log({a}) is not defined: only numbers above 0 have a logarithm")
    # ---- your code: autodiff.log (about 1 line) ----
    raise NotImplementedError("autodiff.log")
    # ---- end of your code ----
