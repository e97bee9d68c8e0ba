"""Yours to write: the surest choice, and how sure a choice should be."""

from torch import Tensor


def greedy(logits: Tensor) -> Tensor:
    """The token with the highest score, for each row.

    Shapes: logits (..., V) -> (...).
    """
    # BEGIN SOLUTION sampling.greedy
    return logits.argmax(-1)
    # END SOLUTION


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
    # BEGIN SOLUTION sampling.apply_temperature
    return logits / temperature
    # END SOLUTION
