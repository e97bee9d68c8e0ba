# Given. Built from course/g2c/autodiff/value.py: there is nothing to write here.
"""Given, complete: a number that remembers how it was made. The rules it applies are yours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from numbers import Real

from g2c.autodiff import graph
from g2c.autodiff.activations import relu, tanh
from g2c.autodiff.arithmetic import add, divide, multiply, negate, subtract
from g2c.autodiff.powers import exp, log, power

Rule = Callable[..., tuple[float, ...]]


class Value:
    """One number, with the parents it was computed from and its local derivative for each.

    A Value that was not computed is a leaf: it has no parents. `grad` is 0.0 until `backward` is
    called on a Value that was computed from this one. `label` is for pictures only.
    Raises: TypeError for what is no real number, ValueError for one that is not finite.
    Source: Baydin et al. 2018, section 3.2: reverse mode, the tape kept as a graph.
    """

    __slots__ = ("data", "grad", "label", "local_derivatives", "parents")

    def __init__(self, data: float, label: str = ""):
        if not isinstance(data, Real):
            raise TypeError(f"{data!r} is a {type(data).__name__}: a Value holds one plain number")
        if not math.isfinite(data):
            made_by = f"`{label}` gave {data}" if label else f"the number is {data}"
            raise ValueError(f"{made_by}: a Value must be finite, so keep the numbers smaller")
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self.parents: tuple[Value, ...] = ()
        self.local_derivatives: tuple[float, ...] = ()

    def backward(self) -> None:
        """Put the derivative of this Value into the `grad` of all that it was computed from."""
        graph.backward(self)

    # ---- operators, with Values and with plain numbers on either side ----

    def __neg__(self) -> Value:
        return apply("neg", negate, self)

    def __add__(self, other: Value | float) -> Value:
        return _apply_to_both("+", add, self, other)

    def __radd__(self, other: float) -> Value:
        return _apply_to_both("+", add, other, self)

    def __sub__(self, other: Value | float) -> Value:
        return _apply_to_both("-", subtract, self, other)

    def __rsub__(self, other: float) -> Value:
        return _apply_to_both("-", subtract, other, self)

    def __mul__(self, other: Value | float) -> Value:
        return _apply_to_both("*", multiply, self, other)

    def __rmul__(self, other: float) -> Value:
        return _apply_to_both("*", multiply, other, self)

    def __truediv__(self, other: Value | float) -> Value:
        return _apply_to_both("/", divide, self, other)

    def __rtruediv__(self, other: float) -> Value:
        return _apply_to_both("/", divide, other, self)

    def __pow__(self, exponent: float) -> Value:
        if not isinstance(exponent, Real):
            raise TypeError(
                f"the exponent is a {type(exponent).__name__}: `**` takes a plain number; for two "
                "Values write `(exponent * base.log()).exp()`"
            )
        if exponent == 0:
            return Value(1.0)  # whatever the base, so there is nothing to derive
        return apply(f"** {exponent:g}", partial(power, exponent=exponent), self)

    def __rpow__(self, base: float) -> Value:
        raise TypeError(
            f"{base} ** Value: the exponent must be a plain number; for a Value in the exponent "
            f"write `(value * math.log({base})).exp()`"
        )

    # ---- functions ----

    def exp(self) -> Value:
        return apply("exp", exp, self)

    def log(self) -> Value:
        return apply("log", log, self)

    def tanh(self) -> Value:
        return apply("tanh", tanh, self)

    def relu(self) -> Value:
        return apply("relu", relu, self)

    def __repr__(self) -> str:
        return f"Value({self.data:.6g}, grad={self.grad:.6g})"


def apply(label: str, rule: Rule, *parents: Value) -> Value:
    """The Value that a rule computes, with its history.

    Raises: ValueError where the result is larger than any float, TypeError where the rule does not
    give a result and one derivative for each parent.
    """
    numbers = [parent.data for parent in parents]
    try:
        given = rule(*numbers)
    except OverflowError as error:
        raise ValueError(
            f"`{label}` of {numbers} is larger than any float: keep the numbers smaller"
        ) from error
    if not isinstance(given, tuple) or len(given) != 1 + len(parents):
        raise TypeError(
            f"the rule of `{label}` gave {given!r}: it must give {1 + len(parents)} numbers, its "
            f"result and a local derivative for each of {len(parents)} inputs"
        )
    result = Value(given[0], label)
    result.parents, result.local_derivatives = parents, given[1:]
    return result


def zero_grad(values: Iterable[Value]) -> None:
    """Set every `grad` back to 0.0, so that the next `backward` starts anew."""
    for value in values:
        value.grad = 0.0


def _apply_to_both(label: str, rule: Rule, a: Value | float, b: Value | float) -> Value:
    """Plain numbers become leaves; for anything else Python says that the operator has no use."""
    if not all(isinstance(side, (Value, Real)) for side in (a, b)):
        return NotImplemented
    return apply(label, rule, *(s if isinstance(s, Value) else Value(s) for s in (a, b)))
