# Built from course/g2c/sampling/temperature.py: write only between the fence lines.
"""Yours to write: the surest choice, and how sure a choice should be."""

from torch import Tensor


def greedy(logits: Tensor) -> Tensor:
    """The token with the highest score, for each row.

    Shapes: logits (..., V) -> (...).
    """
    # ---- your code: sampling.greedy (about 1 line) ----
    raise NotImplementedError("sampling.greedy")
    # ---- end of your code ----


def apply_temperature(logits: Tensor, temperature: float) -> Tensor:
    """Scores whose softmax is sharper for a temperature below 1, and flatter above 1.

    Shapes: logits (..., V) -> (..., V).
    Towards 0 all probability goes to the highest score, towards infinity to all tokens alike.
    Raises: ValueError where the temperature is not above 0.
    Source: Ackley, Hinton and Sejnowski 1985, where it is the temperature of a physical system.
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature is {temperature}: give a number above 0; `generate` takes 0 for greedy"
        )
    # ---- your code: sampling.apply_temperature (about 1 line) ----
    raise NotImplementedError("sampling.apply_temperature")
    # ---- end of your code ----
