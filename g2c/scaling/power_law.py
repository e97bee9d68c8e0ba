# Built from course/g2c/scaling/power_law.py: write only between the fence lines.
"""Yours to write: a line through logarithms. Given: the search for what no size can take away."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PowerLaw:
    """A loss that falls with size towards a floor: floor + scale * size ** -exponent.

    Source: Henighan et al. 2020, equation 1.1.
    """

    floor: float
    scale: float
    exponent: float

    def __call__(self, size: float) -> float:
        return self.floor + self.scale * size**-self.exponent


def power_law_above(floor: float, sizes: Sequence[float], losses: Sequence[float]) -> PowerLaw:
    """The power law with this floor that lies nearest to what was measured.

    Nearest means: least squares between logarithms, those of the losses' parts above the floor.
    Sizes may be parameters, tokens or FLOPs; a loss that falls has a positive exponent.
    Raises: ValueError where there are not two different sizes, or a loss is not above the floor.
    Source: Legendre 1805 for least squares.
    """
    if len(sizes) != len(losses) or len(set(sizes)) < 2 or min(sizes) <= 0:
        raise ValueError(
            f"sizes {list(sizes)} and losses {list(losses)}: give as many of the one as of the "
            "other, at least two different sizes, and all of them above 0"
        )
    if min(losses) <= floor:
        raise ValueError(f"a loss of {min(losses)} is not above the floor of {floor}: lower it")
    # ---- your code: scaling.power_law_above (about 6 lines) ----
    raise NotImplementedError("scaling.power_law_above")
    # ---- end of your code ----


def squared_error(law: PowerLaw, sizes: Sequence[float], losses: Sequence[float]) -> float:
    """How far a law is from what was measured: squares of the differences of log losses, summed."""
    pairs = zip(sizes, losses, strict=True)
    return sum(math.log(law(size) / loss) ** 2 for size, loss in pairs)


def fit_power_law(
    sizes: Sequence[float], losses: Sequence[float], *, floors: Sequence[float] | None = None
) -> PowerLaw:
    """The best of the laws with one of these floors: 0 to just below the lowest loss, if not given.

    Raises: ValueError with fewer than three sizes, through which many laws go, or as
    power_law_above.
    """
    if len(set(sizes)) < 3:
        raise ValueError(f"{len(set(sizes))} sizes leave the law open: give three or more")
    if floors is None:
        lowest = min(losses)
        floors = [lowest * i / GRID for i in range(GRID)]
    laws = [power_law_above(floor, sizes, losses) for floor in floors]
    return min(laws, key=lambda law: squared_error(law, sizes, losses))


GRID = 1000  # floors to be tried: the answer is within a thousandth of the lowest loss
