"""Calls that tell the known mistakes in `g2c.autodiff` apart; see course/probes/tensors.py.

A Value is told by its numbers. Graphs are made without the student's rules, by `_made_of`.
"""

import math

from g2c import autodiff
from g2c.autodiff.value import Value
from g2c.autodiff.value import apply as given_by

PLACES = (-2.5, -1.0, -0.3, 0.4, 1.0, 3.0)


def _pairs(rule):
    for a, b in ((2.0, 5.0), (-3.0, 0.5), (7.0, -2.0), (0.25, 0.75), (3.0, 3.0)):
        yield rule, a, b


def add():
    return _pairs(autodiff.add)


def multiply():
    return _pairs(autodiff.multiply)


def divide():
    return _pairs(autodiff.divide)


def power():
    for exponent in (-2, -1, 1, 2, 3):
        for a in PLACES:
            yield autodiff.power, a, exponent
    yield autodiff.power, 4.0, 0.5
    yield autodiff.power, 0.0, 1
    yield autodiff.power, 0.0, 3


def exp():
    for a in (*PLACES, 0.0):
        yield autodiff.exp, a


def log():
    for a in (0.01, 0.5, 1.0, math.e, 7.0):
        yield autodiff.log, a


def tanh():
    for a in (*PLACES, 0.0, 40.0):
        yield autodiff.tanh, a


def relu():
    for a in (*PLACES, 0.0):
        yield autodiff.relu, a


# ---- graphs ----


def _made_of(*parents, derivatives=None):
    derivatives = derivatives or [1.0] * len(parents)
    return given_by("probe", lambda *numbers: (math.fsum(numbers), *derivatives), *parents)


def _chain(length):
    values = [Value(1.0)]
    for _ in range(length):
        values.append(_made_of(values[-1]))
    return values


def topological_order():
    for graph in (_leaf, _two_parents, _used_twice, _ways, _ways_back, _equal_numbers, _doubling):
        yield _order, graph
    yield (_order_of_a_long_chain,)


def _order(graph):
    """How many of the Values are there, how often each, and whether parents come first."""
    everything = graph()
    order = list(autodiff.topological_order(everything[-1]))
    places = {}
    for place, value in enumerate(order):
        places.setdefault(id(value), []).append(place)
    often = [len(places.get(id(value), [])) for value in everything]
    last = places.get(id(everything[-1]), [-1])[-1]
    early = sum(
        min(places.get(id(parent), [-1])) < place
        for place, value in enumerate(order)
        for parent in value.parents
    )
    return len(order), often, last == len(order) - 1, early


def _order_of_a_long_chain():
    values = _chain(3000)
    order = autodiff.topological_order(values[-1])
    return len(order), order[0] is values[0], order[-1] is values[-1]


def _leaf():
    return [Value(1.0)]


def _two_parents():
    a, b, c = Value(1.0), Value(2.0), Value(4.0)
    both = _made_of(a, b)
    return [a, b, c, both, _made_of(both, c)]


def _used_twice():
    a = Value(1.0)
    return [a, _made_of(a, a)]


def _ways():
    """A short and a long way, in both orders of the parents."""
    chain = _chain(4)
    early, late = _made_of(chain[1], chain[4]), _made_of(chain[4], chain[1])
    return [*chain, early, late, _made_of(early, late)]


def _ways_back():
    chain = _chain(3)
    return [*chain, _made_of(chain[0], chain[3])]


def _equal_numbers():
    a, b = Value(1.0), Value(1.0)
    return [a, b, _made_of(a, b)]


def _doubling():
    values = [Value(1.0)]
    for _ in range(6):
        values.append(_made_of(values[-1], values[-1]))
    return values


# ---- gradients ----


def backward():
    for graph in (_one_way, _one_step, _diamond, _unequal_ways, _same_parent_twice):
        for calls in (1, 2):
            yield _gradients, graph, calls
    yield (_two_losses,)


def _gradients(graph, calls):
    everything = graph()
    for _ in range(calls):
        autodiff.backward(everything[-1])
    return [value.grad for value in everything]


def _one_step():
    a = Value(2.0)
    return [a, _made_of(a, derivatives=[3.0])]


def _one_way():
    a = Value(2.0)
    middle = _made_of(a, derivatives=[3.0])
    return [a, middle, _made_of(middle, derivatives=[5.0])]


def _diamond():
    a = Value(2.0)
    left, right = _made_of(a, derivatives=[3.0]), _made_of(a, derivatives=[7.0])
    return [a, left, right, _made_of(left, right, derivatives=[10.0, 100.0])]


def _unequal_ways():
    a, b = Value(2.0), Value(0.5)
    shared = _made_of(a, b, derivatives=[2.0, -1.5])
    longer = _made_of(shared, derivatives=[3.0])
    return [a, b, shared, longer, _made_of(shared, longer, derivatives=[7.0, 11.0])]


def _same_parent_twice():
    a = Value(2.0)
    return [a, _made_of(a, a, derivatives=[3.0, 4.0])]


def _two_losses():
    a = Value(2.0)
    shared = _made_of(a, derivatives=[3.0])
    for derivative in (5.0, 7.0):
        autodiff.backward(_made_of(shared, derivatives=[derivative]))
    return a.grad


# ---- by trying ----


def _polynomial(a, b, c):
    """Not with operators, so that no rule is entered."""
    x, y, z = a.data, b.data, c.data
    slopes = 3 * x**2 + y * z, x * z + 2 * y, x * y
    return given_by("probe", lambda *numbers: (x**3 + x * y * z + y**2, *slopes), a, b, c)


def _exponential(a):
    return given_by("probe", lambda x: (math.exp(x), math.exp(x)), a)


def numerical_gradient():
    for eps in (0.5, 0.125, 0.01):
        for xs in ([1.0, 2.0, -3.0], [0.5, -1.5, 0.25]):
            yield _by_trying, _polynomial, xs, eps
    for x in (0.1, 1.0, 3.0):
        yield _digits, x
    yield _by_trying, _polynomial, [0.1, 0.2, 0.3], 0.3


def _by_trying(f, xs, eps):
    return autodiff.numerical_gradient(f, xs, eps), xs == [float(repr(x)) for x in xs]


def _digits(x):
    """Whether nine digits are right where nobody says how large the steps are."""
    (slope,) = autodiff.numerical_gradient(_exponential, [x])
    return round(slope, 2), abs(slope / math.exp(x) - 1) < 1e-9


def _wrong(errors, scale=1.0):
    """The polynomial times `scale`, with these errors in its derivatives."""

    def f(*values):
        right = _polynomial(*values)
        slopes = [d * scale + e for d, e in zip(right.local_derivatives, errors, strict=True)]
        return given_by("probe", lambda *numbers: (right.data * scale, *slopes), *values)

    return f


def _level(a):
    """x^3 - 3x: at 1 its slope is 0, and trying gives a little rounding."""
    return given_by("probe", lambda x: (x * x * x - 3 * x, 3 * x * x - 3), a)


def gradcheck():
    xs = [1.0, 2.0, -3.0]
    for errors in (
        (0.0, 0.0, 0.0), (0.5, 0.0, 0.0), (-0.5, 0.0, 0.0), (0.0, 0.0, 0.5), (0.0, 0.0, -0.5),
        (0.5, -0.5, 0.0), (0.5, 0.5, 0.5), (-0.5, -0.5, -0.5), (1e-4, 1e-4, 1e-4),
    ):  # fmt: skip
        yield _agree, errors, xs, {}
    yield _agree, (1e-4, 1e-4, 1e-4), xs, {"tolerance": 1e-2}
    yield _agree, (1e-4, 1e-4, 1e-4), xs, {"tolerance": 1e-5}
    yield _agree_at_scale, 1e8
    yield (_agree_where_it_is_level,)


def _agree(errors, xs, options):
    return bool(autodiff.gradcheck(_wrong(errors), xs, **options))


def _agree_at_scale(scale):
    return bool(autodiff.gradcheck(_wrong((0.0, 0.0, 0.0), scale), [1.3, 0.7, -2.1]))


def _agree_where_it_is_level():
    return bool(autodiff.gradcheck(_level, [1.0]))


# ---- given ----


def Value___rsub__():
    yield _data_of, "__rsub__", 7.0
    yield _data_of, "__rsub__", -1.0


def Value___rtruediv__():
    yield _data_of, "__rtruediv__", 7.0
    yield _data_of, "__rtruediv__", -1.0


def _data_of(operator, other):
    return getattr(Value(2.0), operator)(other).data


def zero_grad():
    yield (_cleared,)


def _cleared():
    a, b = Value(2.0), Value(3.0)
    a.grad = b.grad = 5.0
    autodiff.zero_grad([a, b])
    return a.data, a.grad, b.data, b.grad


def apply():
    yield (_history,)


def _history():
    a, b = Value(2.0), Value(3.0)
    made = _made_of(a, b, derivatives=[5.0, 7.0])
    return made.data, len(made.parents), list(made.local_derivatives)
