# Built from course/g2c/autodiff/gradcheck.py: write only between the fence lines.
"""Yours to write: a gradient that knows nothing of graphs, and a comparison with the one that does.

`f` is a function of Values that gives a Value: `lambda a, b: (a * b).tanh()`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from g2c.autodiff.value import Value


def numerical_gradient(
    f: Callable[..., Value], xs: Sequence[float], eps: float = 1e-5
) -> list[float]:
    """How much f(*xs) changes per change of each number in xs, by central differences.

    One number for each of xs, which stay as they are. The error is of the order of eps ** 2, as
    long as rounding, of the order of 1e-16 / eps, does not outgrow it.
    Raises: ValueError where eps is not above 0, TypeError where f gives no Value.
    Source: LeVeque 2007, section 1.1.
    """
    if not eps > 0:
        raise ValueError(f"eps is {eps}: give a small number above 0, such as 1e-5")

    def at(numbers: Sequence[float]) -> float:
        """The number that f gives for these."""
        return _checked(f(*(Value(number) for number in numbers))).data

    # ---- your code: autodiff.numerical_gradient (about 7 lines) ----
    raise NotImplementedError("autodiff.numerical_gradient")
    # ---- end of your code ----


def gradcheck(
    f: Callable[..., Value], xs: Sequence[float], *, eps: float = 1e-5, tolerance: float = 1e-6
) -> bool:
    """Whether `backward` and `numerical_gradient` agree on every derivative of f at xs.

    They agree where they differ by at most `tolerance`, or by at most `tolerance` times the
    numerical derivative where that is above 1 or below -1.
    Raises: as numerical_gradient.
    """
    numerical = numerical_gradient(f, xs, eps)
    values = [Value(x) for x in xs]
    result = _checked(f(*values))

    # ---- your code: autodiff.gradcheck (about 5 lines) ----
    raise NotImplementedError("autodiff.gradcheck")
    # ---- end of your code ----


def _checked(result: Value) -> Value:
    if not isinstance(result, Value):
        raise TypeError(
            f"f gave {result!r}, a {type(result).__name__}: it must compute with the Values it is "
            "given, and give a Value"
        )
    return result
