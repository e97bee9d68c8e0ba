# Built from course/g2c/autodiff/graph.py: write only between the fence lines.
"""Yours to write: an order in which to walk back through a computation, and the walk itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from g2c.autodiff.value import Value


def topological_order(root: Value) -> list[Value]:
    """Every Value that `root` was computed from, and `root`: each once, parents before children.

    Values are told apart by which object they are; two may hold the same number.
    The graph may be far deeper than Python allows functions to call each other.
    Source: Knuth 1968, The Art of Computer Programming, volume 1, section 2.2.3.
    """
    # ---- your code: autodiff.topological_order (about 11 lines) ----
    raise NotImplementedError("autodiff.topological_order")
    # ---- end of your code ----


def backward(root: Value) -> None:
    """The derivative of `root` for every Value that it was computed from, into their `grad`.

    Leaves keep what they hold already, and the new derivative is added to it: two calls give the
    sum of both. Everything that was computed starts from 0.0 in each call.
    Source: Linnainmaa 1976, for the method; Griewank and Walther 2008, section 3.2.
    """
    order = topological_order(root)
    # ---- your code: autodiff.backward (about 7 lines) ----
    raise NotImplementedError("autodiff.backward")
    # ---- end of your code ----
