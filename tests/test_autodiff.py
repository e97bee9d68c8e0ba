"""Module 01, Automatic differentiation. Write, in this order, in g2c/autodiff/:

 1. autodiff.add                 the rule of +                           (arithmetic.py)
 2. autodiff.multiply            the rule of *                           (arithmetic.py)
 3. autodiff.divide              the rule of /                           (arithmetic.py)
 4. autodiff.power               the rule of ** with a constant exponent (powers.py)
 5. autodiff.exp                 the rule of exp                         (powers.py)
 6. autodiff.log                 the rule of the natural logarithm       (powers.py)
 7. autodiff.tanh                the rule of tanh                        (activations.py)
 8. autodiff.relu                the rule of relu                        (activations.py)
 9. autodiff.topological_order   parents before children                 (graph.py)
10. autodiff.backward            the walk back                           (graph.py)
11. autodiff.numerical_gradient  a gradient by trying                    (gradcheck.py)
12. autodiff.gradcheck           do the two agree?                       (gradcheck.py)

Given: value.py, where `Value` turns operators into your rules and keeps the history; the rules of
`-`; the checks of input above your code.
"""

import math

import pytest

from g2c.autodiff import (
    Value,
    add,
    backward,
    divide,
    exp,
    gradcheck,
    log,
    multiply,
    numerical_gradient,
    power,
    relu,
    tanh,
    topological_order,
    zero_grad,
)
from g2c.autodiff.arithmetic import negate, subtract
from g2c.autodiff.value import apply

PLACES = [-2.5, -1.0, -0.3, 0.4, 1.0, 1.7]


def assert_slopes(rule, *numbers, h=1e-5):
    """The local derivatives are what the result does when one number at a time is moved."""
    result, *derivatives = rule(*numbers)
    assert len(derivatives) == len(numbers)
    for place, derivative in enumerate(derivatives):
        above, below = list(numbers), list(numbers)
        above[place] += h
        below[place] -= h
        slope = (rule(*above)[0] - rule(*below)[0]) / (2 * h)
        assert derivative == pytest.approx(slope, rel=1e-6, abs=1e-8)


def made_of(*parents, derivatives=None):
    """A Value with these parents and local derivatives (1.0 where none are given)."""
    derivatives = derivatives or [1.0] * len(parents)
    return apply("test", lambda *numbers: (math.fsum(numbers), *derivatives), *parents)


# ---- given ----


def test_the_rules_of_minus():
    assert subtract(5.0, 2.0) == (3.0, 1.0, -1.0)
    assert negate(5.0) == (-5.0, -1.0)


def test_a_fresh_value_is_a_leaf_without_a_gradient():
    value = Value(3)
    assert (value.data, value.grad, value.parents) == (3.0, 0.0, ())
    assert repr(value) == "Value(3, grad=0)"


def test_a_value_holds_one_finite_real_number():
    for data in ("3", None, 1j, [1.0], Value(1.0)):
        with pytest.raises(TypeError, match=type(data).__name__):
            Value(data)
    for data in (math.nan, math.inf):
        with pytest.raises(ValueError, match=str(data)):
            Value(data)


def test_where_there_is_no_result_the_rules_say_so_with_their_numbers():
    for rule, numbers in [
        (divide, (3.0, 0.0)), (log, (0.0,)), (log, (-2.0,)),
        (power, (-8.0, 0.5)), (power, (0.0, -1.0)), (power, (0.0, 0.5)),
    ]:  # fmt: skip
        with pytest.raises(ValueError) as error:
            rule(*numbers)
        assert all(str(number) in str(error.value) for number in numbers)


def test_an_exponent_must_be_a_plain_number():
    for wrong in (lambda: Value(2.0) ** Value(3.0), lambda: 2 ** Value(3.0)):
        with pytest.raises(TypeError, match="exponent.*write"):
            wrong()


def test_operators_refuse_what_is_no_number():
    for other in ("1", None, [1.0]):
        with pytest.raises(TypeError, match=type(other).__name__):
            Value(1.0) + other
        with pytest.raises(TypeError, match=type(other).__name__):
            other - Value(1.0)


def test_a_rule_that_gives_too_few_derivatives_is_named():
    with pytest.raises(TypeError, match="`half`.*2 numbers"):
        apply("half", lambda a: (a / 2,), Value(1.0))


# ---- yours: the rules ----


def test_add_gives_the_sum_and_a_slope_of_one_for_each():
    assert add(2.0, 5.0) == (7.0, 1.0, 1.0)


def test_multiply_by_hand():
    result, for_a, for_b = multiply(2.0, 5.0)
    assert (result, for_a, for_b) == (10.0, 5.0, 2.0)


def test_multiply_has_the_slopes_that_trying_gives():
    for a in PLACES:
        assert_slopes(multiply, a, 3.0)


def test_divide_by_hand():
    assert divide(6.0, 2.0) == pytest.approx((3.0, 0.5, -1.5))


def test_divide_has_the_slopes_that_trying_gives():
    for b in PLACES:
        assert_slopes(divide, 3.0, b)
        assert_slopes(divide, b, -2.0)


def test_power_by_hand():
    assert power(3.0, 2) == pytest.approx((9.0, 6.0))
    assert power(2.0, -1) == pytest.approx((0.5, -0.25))
    assert power(4.0, 0.5) == pytest.approx((2.0, 0.25))


def test_power_has_the_slopes_that_trying_gives():
    for exponent in (-2, -1, 1, 2, 3):
        for a in PLACES:
            assert_slopes(lambda a, n=exponent: power(a, n), a)


def test_power_one_is_also_derived_at_zero():
    assert power(0.0, 1) == (0.0, 1.0)
    assert power(0.0, 3) == (0.0, 0.0)


def test_exp_is_its_own_slope():
    assert exp(0.0) == (1.0, 1.0)
    for a in PLACES:
        result, derivative = exp(a)
        assert result == derivative == pytest.approx(math.e**a)


def test_log_undoes_exp():
    for a in PLACES:
        assert log(math.exp(a))[0] == pytest.approx(a)


def test_log_has_the_slopes_that_trying_gives():
    for a in (0.01, 0.5, 1.0, 7.0):
        assert_slopes(log, a, h=1e-7)


def test_tanh_is_steepest_at_zero_and_flat_far_out():
    assert tanh(0.0) == (0.0, 1.0)
    assert tanh(40.0) == pytest.approx((1.0, 0.0), abs=1e-15)
    assert tanh(-40.0) == pytest.approx((-1.0, 0.0), abs=1e-15)


def test_tanh_has_the_slopes_that_trying_gives():
    for a in PLACES:
        assert tanh(a)[0] == pytest.approx(math.tanh(a))
        assert_slopes(tanh, a)


def test_relu_keeps_positive_numbers_and_stops_the_others():
    assert relu(2.5) == (2.5, 1.0)
    assert relu(-2.5) == (0.0, 0.0)


def test_relu_takes_the_slope_zero_at_zero():
    assert relu(0.0) == (0.0, 0.0)


# ---- given again: from operators to your rules ----


def test_operators_compute_what_python_computes_with_plain_numbers_on_either_side():
    for calculate in (
        lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b,
    ):  # fmt: skip
        expected = calculate(7.0, 2.0)
        for a, b in [(Value(7.0), Value(2.0)), (Value(7.0), 2), (7, Value(2.0))]:
            assert calculate(a, b).data == expected
    assert (-Value(7.0)).data == -7.0
    assert sum([Value(7.0), Value(2.0)]).data == 9.0


def test_functions_of_a_value_apply_their_rules():
    x = Value(0.7)
    for result, rule in [(x.exp(), exp), (x.log(), log), (x.tanh(), tanh), (x.relu(), relu)]:
        assert (result.data, *result.local_derivatives) == rule(0.7)
        assert result.parents == (x,)
    assert ((x**3).data, *(x**3).local_derivatives) == power(0.7, 3)
    assert (x**0).data == 1.0


def test_a_result_remembers_its_parents_and_leaves_them_as_they_are():
    a, b = Value(2.0), Value(5.0)
    product = a * b
    assert product.parents == (a, b) and product.local_derivatives == (5.0, 2.0)
    assert (a.data, b.data, a.parents, a.grad) == (2.0, 5.0, (), 0.0)


def test_numbers_that_grow_beyond_every_float_are_refused():
    for overflow in (lambda: Value(1000.0).exp(), lambda: Value(1e200) * 1e200):
        with pytest.raises(ValueError, match=r"`(exp|\*)`"):
            overflow()


# ---- yours: autodiff.topological_order ----


def assert_in_order(root, expected):
    """All expected Values, each of them once, behind its parents."""
    order = topological_order(root)
    assert len(order) == len(expected)
    assert {id(value) for value in order} == {id(value) for value in expected}
    place = {id(value): number for number, value in enumerate(order)}
    for value in order:
        assert all(place[id(parent)] < place[id(value)] for parent in value.parents)


def test_a_leaf_stands_alone_in_its_order():
    leaf = Value(1.0)
    assert_in_order(leaf, [leaf])


def test_parents_come_before_what_was_made_of_them():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    both = made_of(a, b)
    root = made_of(both, c)
    assert_in_order(root, [a, b, c, both, root])
    assert_in_order(both, [a, b, both])


def test_a_value_used_twice_stands_in_the_order_once():
    a = Value(1.0)
    root = made_of(a, a)
    assert_in_order(root, [a, root])


def test_a_short_way_and_a_long_way_to_the_same_value():
    a = Value(1.0)
    chain = [made_of(a)]
    for _ in range(3):
        chain.append(made_of(chain[-1]))
    for parents in [(a, chain[-1]), (chain[-1], a)]:
        root = made_of(*parents)
        assert_in_order(root, [a, *chain, root])
    early, late = made_of(chain[0], chain[3]), made_of(chain[3], chain[0])
    both = made_of(early, late)
    assert_in_order(both, [a, *chain, early, late, both])


def test_two_values_with_the_same_number_are_two():
    a, b = Value(1.0), Value(1.0)
    root = made_of(a, b)
    assert_in_order(root, [a, b, root])


def test_ways_that_double_at_every_step_are_walked_once():
    values = [Value(0.001)]
    for _ in range(12):
        values.append(made_of(values[-1], values[-1]))
    assert_in_order(values[-1], values)


def test_a_chain_of_ten_thousand_values_is_not_too_deep():
    chain = [Value(1.0)]
    for _ in range(10_000):
        chain.append(made_of(chain[-1]))
    assert_in_order(chain[-1], chain)


# ---- yours: autodiff.backward ----


def test_derivatives_along_one_way_are_multiplied():
    a = Value(1.0)
    middle = made_of(a, derivatives=[3.0])
    root = made_of(middle, derivatives=[5.0])
    root.backward()
    assert (root.grad, middle.grad, a.grad) == (1.0, 5.0, 15.0)


def test_different_ways_to_the_same_value_are_added_up():
    a = Value(1.0)
    left, right = made_of(a, derivatives=[2.0]), made_of(a, derivatives=[3.0])
    root = made_of(left, right, a, derivatives=[10.0, 100.0, 1000.0])
    root.backward()
    assert a.grad == 2.0 * 10.0 + 3.0 * 100.0 + 1000.0


def test_a_value_times_itself_has_twice_itself_as_derivative():
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0


def test_a_value_waits_until_all_its_children_have_reported():
    a = Value(1.0)
    shared = made_of(a, derivatives=[2.0])
    longer = made_of(made_of(shared, derivatives=[3.0]), derivatives=[5.0])
    root = made_of(shared, longer, derivatives=[7.0, 11.0])
    root.backward()
    assert shared.grad == 7.0 + 3.0 * 5.0 * 11.0
    assert a.grad == 2.0 * shared.grad


def test_two_calls_on_one_graph_add_up_in_the_leaves():
    a = Value(1.0)
    middle = made_of(a, derivatives=[3.0])
    root = made_of(middle, derivatives=[5.0])
    root.backward()
    root.backward()
    assert a.grad == 2 * 15.0
    assert (root.grad, middle.grad) == (1.0, 5.0)  # what was computed starts anew in each call


def test_two_losses_that_share_a_value_add_up_in_the_leaves():
    a = Value(1.0)
    shared = made_of(a, derivatives=[3.0])
    for derivative in (5.0, 7.0):
        made_of(shared, derivatives=[derivative]).backward()
    assert a.grad == 3.0 * 5.0 + 3.0 * 7.0


def test_zero_grad_starts_anew():
    a = Value(1.0)
    root = made_of(a, derivatives=[3.0])
    for _ in range(2):
        zero_grad([a])
        root.backward()
    assert a.grad == 3.0


def test_a_value_that_was_not_used_gets_nothing():
    a, b = Value(1.0), Value(1.0)
    made_of(b)
    made_of(a).backward()
    assert (a.grad, b.grad) == (1.0, 0.0)


def test_one_neuron_by_hand():
    w, x, b = Value(0.5), Value(3.0), Value(-1.0)
    out = (w * x + b).tanh()
    out.backward()
    slope = 1 - math.tanh(0.5) ** 2
    assert [v.grad for v in (w, x, b)] == pytest.approx([3.0 * slope, 0.5 * slope, slope])


def test_every_operation_in_one_expression_by_hand():
    a, b = Value(2.0), Value(4.0)
    out = 3 * a**2 / b - (a * b).log() + (-b).exp() + (a - b).relu() + (b - a).relu()
    out.backward()
    assert out.data == pytest.approx(3 - math.log(8) + math.exp(-4) + 2)
    assert a.grad == pytest.approx(6 * 2 / 4 - 1 / 2 - 1)
    assert b.grad == pytest.approx(-3 * 4 / 16 - 1 / 4 - math.exp(-4) + 1)


def test_the_function_and_the_method_do_the_same():
    a = Value(1.0)
    backward(made_of(a, derivatives=[4.0]))
    assert a.grad == 4.0


def test_ten_thousand_steps_back():
    x = total = Value(1.0)
    for _ in range(10_000):
        total = total + 0.001
    total.backward()
    assert x.grad == 1.0


# ---- yours: autodiff.numerical_gradient ----


def test_a_step_size_that_is_no_step_is_refused():
    for eps in (0.0, -1e-5):
        with pytest.raises(ValueError, match=str(eps)):
            numerical_gradient(lambda a: a, [1.0], eps)


def test_a_slope_by_hand():
    assert numerical_gradient(lambda x: x * x, [3.0]) == pytest.approx([6.0])


def test_each_number_is_moved_alone():
    gradient = numerical_gradient(lambda a, b, c: a * b * c, [2.0, 3.0, 5.0])
    assert gradient == pytest.approx([15.0, 10.0, 6.0])


def test_the_error_of_a_cube_is_the_square_of_the_step():
    # ((x + h)^3 - (x - h)^3) / 2h = 3x^2 + h^2
    for eps in (0.5, 0.1, 0.01):
        (slope,) = numerical_gradient(lambda x: x * x * x, [2.0], eps)
        assert slope - 12.0 == pytest.approx(eps**2, rel=1e-6)


def test_without_saying_how_large_the_steps_are_nine_digits_are_right():
    for x in (0.1, 1.0, 3.0):
        (slope,) = numerical_gradient(lambda v: v.exp(), [x])
        assert slope == pytest.approx(math.exp(x), rel=1e-9)


def test_the_numbers_stay_as_they_are():
    xs = [0.1, 0.2, 0.3]
    numerical_gradient(lambda a, b, c: a + b + c, xs)
    assert xs == [0.1, 0.2, 0.3]
    assert numerical_gradient(lambda a, b: a * b, (2.0, 3.0)) == pytest.approx([3.0, 2.0])


def test_a_function_that_gives_no_value_is_named():
    with pytest.raises(TypeError, match="float"):
        numerical_gradient(lambda a: 3.0, [1.0])


# ---- yours: autodiff.gradcheck ----


def wrong(x, error):
    """2x, with a local derivative that is wrong by this much."""
    return apply("wrong", lambda a: (2 * a, 2.0 + error), x)


def test_right_derivatives_agree():
    assert gradcheck(lambda a, b: (a * b + b).tanh() / a, [0.7, -1.2]) is True
    assert gradcheck(lambda a, b, c: (a**3).exp() - (b * c).log() * c.relu(), [0.4, 2.0, 3.0])


def test_one_wrong_derivative_among_right_ones_is_enough():
    for error in (0.5, -0.5, 1e-4, -1e-4):
        assert gradcheck(lambda a, b, e=error: a * b + wrong(a, e), [2.0, 3.0]) is False
        assert gradcheck(lambda a, b, e=error: a * b + wrong(b, e), [2.0, 3.0]) is False


def test_two_wrong_derivatives_do_not_make_up_for_one_another():
    assert not gradcheck(lambda a, b: wrong(a, 0.5) + wrong(b, -0.5), [2.0, 3.0])


def test_large_derivatives_are_compared_by_their_digits():
    assert gradcheck(lambda a: 1e6 * a.exp(), [1.3])
    assert not gradcheck(lambda a: 1e6 * a.exp() + wrong(a, 1e3), [1.3])


def test_a_derivative_of_zero_agrees_with_the_rounding_beside_it():
    def level_at_one(x):  # 3x^2 - 3 is 0 there
        return x * x * x - 3 * x

    (slope,) = numerical_gradient(level_at_one, [1.0])
    assert slope != 0.0 and abs(slope) < 1e-9
    assert gradcheck(level_at_one, [1.0])


def test_the_tolerance_is_yours_to_choose():
    assert gradcheck(lambda a: wrong(a, 1e-4), [1.0], tolerance=1e-3)
    assert not gradcheck(lambda a: wrong(a, 1e-4), [1.0], tolerance=1e-5)


def test_at_a_kink_the_two_cannot_agree():
    assert gradcheck(lambda a: a.relu(), [0.1]) and gradcheck(lambda a: a.relu(), [-0.1])
    assert not gradcheck(lambda a: a.relu(), [0.0])  # by trying from both sides: one half


def test_checking_changes_nothing():
    xs = [0.5, 2.0]
    assert gradcheck(lambda a, b: a / b, xs) and gradcheck(lambda a, b: a / b, xs)
    assert xs == [0.5, 2.0]
