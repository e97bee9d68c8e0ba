"""Yours to write: the rule by which tensors of different shapes fit together."""

from itertools import zip_longest


def broadcast_shapes(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that `x + y` has for an `x` of shape `a` and a `y` of shape `b`.

    Raises: ValueError, with both shapes, where they do not fit together.
    Source: NumPy user guide, Broadcasting, General broadcasting rules.
    """
    pairs = list(zip_longest(reversed(a), reversed(b), fillvalue=1))  # last dimension first

    # BEGIN SOLUTION tensors.broadcast_shapes
    if any(m != n and 1 not in (m, n) for m, n in pairs):
        raise ValueError(
            f"shapes {a} and {b} do not broadcast: from the right, each pair of sizes must be "
            "equal or hold a 1"
        )
    # Not max(m, n): a size of 0 against a 1 gives 0.
    return tuple(n if m == 1 else m for m, n in reversed(pairs))
    # END SOLUTION
