"""Yours to write: the rules of two functions that bend a straight line."""

import math


def tanh(a: float) -> tuple[float, float]:
    """The hyperbolic tangent of a, between -1 and 1, and its local derivative for a."""
    # BEGIN SOLUTION autodiff.tanh
    result = math.tanh(a)
    return result, 1 - result**2
    # END SOLUTION


def relu(a: float) -> tuple[float, float]:
    """a where it is positive, else 0.0; and its local derivative for a.

    At exactly 0 there is a kink and no derivative; the course takes 0, as most libraries do.
    """
    # BEGIN SOLUTION autodiff.relu
    return (a, 1.0) if a > 0 else (0.0, 0.0)
    # END SOLUTION
