# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/autodiff.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT autodiff.add inputs_as_slopes: the inputs unpacked behind the sum
inputs = [a, b]
return (inputs[0] + inputs[1], *inputs)
# END VARIANT

# BEGIN VARIANT autodiff.add only_the_first: a list of slopes that is filled step by step
slopes = [1.0]
slopes.append(1.0 - slopes[0])
return tuple([b + a] + slopes)
# END VARIANT

# BEGIN VARIANT autodiff.add shared_slope: one slope over the number of inputs
number = len((a, b))
each = 1 / number
return (a + b,) + (each,) * number
# END VARIANT

# BEGIN VARIANT autodiff.multiply own_factor: names for everything
product = b * a
d_a, d_b = (a, b)
return product, d_a, d_b
# END VARIANT

# BEGIN VARIANT autodiff.multiply as_a_sum: math.prod and a repeated tuple
import math

factors = (a, b)
return (math.prod(factors), *[1.0 for _ in factors])
# END VARIANT

# BEGIN VARIANT autodiff.multiply product_of_slopes: the product three times
return (b * a,) * 3
# END VARIANT

# BEGIN VARIANT autodiff.divide sign_lost: through the quotient
quotient = a / b
slope = b**-1
return quotient, slope, quotient * slope
# END VARIANT

# BEGIN VARIANT autodiff.divide square_lost: minus the quotient
quotient, inverse = a / b, 1.0 / b
return quotient, inverse, -quotient
# END VARIANT

# BEGIN VARIANT autodiff.divide numerator_lost: a negative power
return a / b, b**-1, -(b**-2)
# END VARIANT

# BEGIN VARIANT autodiff.divide first_not_divided: a list, with b times itself
answer = [a / b]
answer.append(1.0)
answer.append(-a / (b * b))
return tuple(answer)
# END VARIANT

# BEGIN VARIANT autodiff.divide slopes_swapped: named for the wrong input
for_b = 1 / b
for_a = 0 - a / (b * b)
return a / b, for_a, for_b
# END VARIANT

# BEGIN VARIANT autodiff.divide whole_numbers: divmod
whole, _ = divmod(a, b)
return whole, b**-1, -a * b**-2
# END VARIANT

# BEGIN VARIANT autodiff.power exponent_not_lowered: the result once more
result = a**exponent
slope = result * exponent
return result, slope
# END VARIANT

# BEGIN VARIANT autodiff.power factor_lost: pow, with a name for one less
lower = exponent - 1
return pow(a, exponent), pow(a, lower)
# END VARIANT

# BEGIN VARIANT autodiff.power lowered_factor: the exponent is lowered before both uses
result = a**exponent
exponent -= 1
return result, exponent * a**exponent
# END VARIANT

# BEGIN VARIANT autodiff.power brackets_forgotten: minus one at the end, with the result in a name
result = pow(a, exponent)
return result, -1 + result * exponent
# END VARIANT

# BEGIN VARIANT autodiff.power exponential: an if for numbers that have a logarithm
result = a**exponent
slope = 0.0
if a > 0:
    slope = math.log(a) * result
return result, slope
# END VARIANT

# BEGIN VARIANT autodiff.power exponent_raised: the result times the base
result = a**exponent
return result, exponent * result * a
# END VARIANT

# BEGIN VARIANT autodiff.exp like_a_power: powers of math.e
return math.e**a, a * math.e ** (a - 1)
# END VARIANT

# BEGIN VARIANT autodiff.exp the_input: a tuple that grows
answer = (math.e**a,)
answer += (a,)
return answer
# END VARIANT

# BEGIN VARIANT autodiff.exp slope_of_one: exp of zero as the slope
return math.pow(math.e, a), math.exp(0)
# END VARIANT

# BEGIN VARIANT autodiff.exp two_to_the: math.pow, one result for both
power = math.pow(2, a)
return (power,) * 2
# END VARIANT

# BEGIN VARIANT autodiff.log of_the_result: an if for the logarithm 0
answer = [math.log(a, math.e), 0.0]
if answer[0] != 0:
    answer[1] = answer[0] ** -1
return tuple(answer)
# END VARIANT

# BEGIN VARIANT autodiff.log base_two: quotients of natural logarithms
ln2 = math.log(2)
return math.log(a) / ln2, 1 / a / ln2
# END VARIANT

# BEGIN VARIANT autodiff.log like_exp: one logarithm, twice in a tuple
return (math.log(a),) * 2
# END VARIANT

# BEGIN VARIANT autodiff.log sign: minus the inverse
slope = -(a**-1)
return math.log(a, math.e), slope
# END VARIANT

# BEGIN VARIANT autodiff.tanh square_of_the_input: cmath, and pow
import cmath

return cmath.tanh(a).real, 1.0 - pow(a, 2)
# END VARIANT

# BEGIN VARIANT autodiff.tanh like_the_sigmoid: multiplied out
t = math.tanh(a)
return t, t - t * t
# END VARIANT

# BEGIN VARIANT autodiff.tanh not_squared: minus the difference
import cmath

t = cmath.tanh(a).real
slope = -(t - 1)
return t, slope
# END VARIANT

# BEGIN VARIANT autodiff.tanh sign: the third binomial formula, turned round
t = math.tanh(a)
return t, (t - 1) * (t + 1)
# END VARIANT

# BEGIN VARIANT autodiff.tanh squared_again: a function for the slope, called with the result
def slope(x):
    t = math.tanh(x)
    return (1 - t) * (1 + t)

result = math.tanh(a)
return result, slope(result)
# END VARIANT

# BEGIN VARIANT autodiff.relu slope_at_zero: an early return for what is below
if a < 0:
    return 0.0, 0.0
return a, 1.0
# END VARIANT

# BEGIN VARIANT autodiff.relu always_one: half of the sum with the absolute value
slope = 1.0
return (a + abs(a)) / 2, slope
# END VARIANT

# BEGIN VARIANT autodiff.relu absolute: a sign, times the number
sign = -1.0
if a > 0:
    sign = 1.0
return sign * a, sign
# END VARIANT

# BEGIN VARIANT autodiff.relu result_as_slope: one number for both
kept = a if a > 0 else 0.0
return (kept,) * 2
# END VARIANT

# BEGIN VARIANT autodiff.relu leaks: a slope, times the number
slope = 1.0
if a <= 0:
    slope = 1e-2
return a * slope, slope
# END VARIANT

# BEGIN VARIANT autodiff.relu half_at_zero: the mean of the slopes on both sides
left, right = float(a > 0), float(a >= 0)
return (a if a > 0 else 0.0), (left + right) / 2
# END VARIANT

# BEGIN VARIANT autodiff.topological_order recursive: a dictionary handed on from call to call
def walk(node, done):
    for parent in node.parents:
        if parent not in done:
            walk(parent, done)
    done[node] = True
    return done

return list(walk(root, {}))
# END VARIANT

# BEGIN VARIANT autodiff.topological_order breadth_first: whole levels, turned round
levels, met = [[root]], {id(root)}
while levels[-1]:
    level = []
    for node in levels[-1]:
        for parent in node.parents:
            if id(parent) not in met:
                met.add(id(parent))
                level.append(parent)
    levels.append(level)
return [node for level in reversed(levels) for node in reversed(level)]
# END VARIANT

# BEGIN VARIANT autodiff.topological_order put_down_too_early: a deque, and a dictionary that keeps the order
from collections import deque

listed, waiting = {}, deque([root])
while waiting:
    node = waiting.popleft()
    if node in listed:
        continue
    listed[node] = len(listed)
    waiting.extendleft(node.parents)
return sorted(listed, key=listed.get, reverse=True)
# END VARIANT

# BEGIN VARIANT autodiff.topological_order shared_twice: a path that is walked down and up again
order, path = [], [(root, list(root.parents))]
while path:
    node, waiting = path[-1]
    if waiting:
        parent = waiting.pop()
        path.append((parent, list(parent.parents)))
    else:
        order.append(node)
        del path[-1]
return order
# END VARIANT

# BEGIN VARIANT autodiff.topological_order root_first: counts of children, and a node when none is left
found = {root: 0}
for node in (walk := [root]):
    for parent in node.parents:
        if parent not in found:
            found[parent] = 0
            walk.append(parent)
        found[parent] += 1
order, ready = [], [root]
while ready:
    node = ready.pop()
    order.append(node)
    for parent in node.parents:
        found[parent] -= 1
        if found[parent] == 0:
            ready.append(parent)
return order
# END VARIANT

# BEGIN VARIANT autodiff.topological_order equal_numbers_merged: a path, and the numbers that were met
order, met, path = [], {root.data}, [(root, list(root.parents))]
while path:
    node, waiting = path[-1]
    if not waiting:
        order.append(path.pop()[0])
        continue
    parent = waiting.pop()
    if parent.data not in met:
        met.add(parent.data)
        path.append((parent, list(parent.parents)))
return order
# END VARIANT

# BEGIN VARIANT autodiff.topological_order leaves_left_out: everything first, the leaves filtered out at the end
order, met, path = [], {id(root)}, [(root, iter(root.parents))]
while path:
    node, parents = path[-1]
    for parent in parents:
        if id(parent) not in met:
            met.add(id(parent))
            path.append((parent, iter(parent.parents)))
            break
    else:
        order.append(node)
        path.pop()
return list(filter(lambda node: len(node.parents) > 0, order))
# END VARIANT

# BEGIN VARIANT autodiff.topological_order root_left_out: everything first, the last cut off
order, met, path = [], {root}, [(root, list(root.parents))]
while path:
    node, waiting = path[-1]
    if waiting:
        parent = waiting.pop()
        if parent not in met:
            met.add(parent)
            path.append((parent, list(parent.parents)))
    else:
        path.pop()
        order.append(node)
return order[: len(order) - 1]
# END VARIANT

# BEGIN VARIANT autodiff.topological_order one_step_only: a loop over the parents of the root
found = []
for parent in root.parents:
    if not any(parent is other for other in found):
        found.append(parent)
found.append(root)
return found
# END VARIANT

# BEGIN VARIANT autodiff.backward assigned: indices from the end
root.grad = (0.0 if root.parents else root.grad) + 1.0
for place in range(len(order) - 1, -1, -1):
    node = order[place]
    for nth in range(len(node.parents)):
        node.parents[nth].grad = node.grad * node.local_derivatives[nth]
# END VARIANT

# BEGIN VARIANT autodiff.backward seed_forgotten: gradients in a dictionary, written at the end
flow = dict.fromkeys(order, 0.0)
for node in order[::-1]:
    for nth, parent in enumerate(node.parents):
        flow[parent] += node.local_derivatives[nth] * flow[node]
for node, grad in flow.items():
    node.grad = grad if node.parents else node.grad + grad
# END VARIANT

# BEGIN VARIANT autodiff.backward forwards: taken from the front of the list until it is empty
for node in filter(lambda node: node.parents, order):
    node.grad = 0.0
root.grad = root.grad + 1.0
while order:
    node = order.pop(0)
    upstream = node.grad
    for nth, slope in enumerate(node.local_derivatives):
        node.parents[nth].grad += upstream * slope
# END VARIANT

# BEGIN VARIANT autodiff.backward inner_kept: taken from the end of the list until it is empty
setattr(root, "grad", 1.0)
while order:
    node = order.pop()
    for nth, slope in enumerate(node.local_derivatives):
        parent = node.parents[nth]
        parent.grad = parent.grad + slope * node.grad
# END VARIANT

# BEGIN VARIANT autodiff.backward leaves_cleared: a dictionary of gradients, written over all
flow = {node: 0.0 for node in order}
flow[root] = 1.0
for node in reversed(order):
    for parent, slope in zip(node.parents, node.local_derivatives):
        flow[parent] = flow[parent] + flow[node] * slope
for node in order:
    node.grad = flow[node]
# END VARIANT

# BEGIN VARIANT autodiff.backward local_only: a dictionary of sums, in the order of the list
sums = {node: 0.0 if node.parents else node.grad for node in order}
sums[root] += 1.0
for node in order:
    for nth, parent in enumerate(node.parents):
        sums[parent] += node.local_derivatives[nth]
for node in sums:
    node.grad = sums[node]
# END VARIANT

# BEGIN VARIANT autodiff.backward added_along_the_way: two additions, from the end of the list
for node in order:
    node.grad *= not node.parents
root.grad += 1.0
for place in range(1, len(order) + 1):
    node = order[-place]
    for nth, parent in enumerate(node.parents):
        parent.grad += node.grad
        parent.grad += node.local_derivatives[nth]
# END VARIANT

# BEGIN VARIANT autodiff.backward times_the_number: a dictionary of sums with the numbers of the children
sums = {node: node.grad * (not node.parents) for node in order}
sums[root] += 1
for child in order:
    number = child.data
    for parent, slope in zip(child.parents, child.local_derivatives):
        sums[parent] += number * slope
for node, total in sums.items():
    node.grad = total
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient forward_difference: the start computed once, slices around what moves
start = at(xs)
return [(at([*xs[:n], x + eps, *xs[n + 1 :]]) - start) / eps for n, x in enumerate(xs)]
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient half_the_way: a function that moves one number
def moved(place, step):
    return at([x + step if n == place else x for n, x in enumerate(xs)])

return [(moved(n, eps) - moved(n, -eps)) / eps for n in range(len(xs))]
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient without_brackets: half the difference, times eps
def moved(place, step):
    numbers = list(xs)
    numbers[place] = numbers[place] + step
    return at(numbers)

slopes = []
for n in range(len(xs)):
    half = (moved(n, +eps) - moved(n, -eps)) * 0.5
    slopes.append(half * eps)
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient eps_too_small: a step of its own, slices around what moves
h = 1e-14
slopes = []
for n, x in enumerate(xs):
    before, after = list(xs[:n]), list(xs[n + 1 :])
    slopes += [(at(before + [x + h] + after) - at(before + [x - h] + after)) / h / 2]
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient all_at_once: map, and a repeated list
high = at(list(map(lambda x: x + eps, xs)))
low = at(list(map(lambda x: x - eps, xs)))
return [(high - low) / eps / 2] * len(xs)
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient callers_list_moved: a function that moves by eps and back, first up
def slope(n):
    xs[n] = xs[n] + eps
    high = at(xs)
    xs[n] = xs[n] - eps * 2
    low = at(xs)
    xs[n] = xs[n] + eps
    return (high - low) / (eps + eps)

return list(map(slope, range(len(xs))))
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient never_put_back: numbers up to this one moved, the others still
slopes = []
for n in range(1, len(xs) + 1):
    rest = list(xs[n:])
    high = [x + eps for x in xs[:n]] + rest
    low = [x - eps for x in xs[:n]] + rest
    slopes.append((at(high) - at(low)) / eps / 2)
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient downhill: divided by a negative step
slopes = []
for n in range(len(xs)):
    ends = []
    for step in (eps, -eps):
        numbers = list(xs)
        numbers[n] += step
        ends.append(at(numbers))
    slopes.append((ends[0] - ends[1]) / (-2 * eps))
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck signed: refuses what lies above
result.backward()
for n, derivative in enumerate(numerical):
    allowed = tolerance * max(abs(derivative), 1.0)
    if values[n].grad - derivative > allowed:
        return False
return True
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck any_will_do: true at the first that agrees
result.backward()
for n in range(len(values)):
    size = abs(numerical[n]) if abs(numerical[n]) > 1 else 1.0
    if abs(numerical[n] - values[n].grad) <= tolerance * size:
        return True
return False
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck absolute_only: the largest difference of all
result.backward()
differences = [abs(v.grad - d) for v, d in zip(values, numerical)]
return max(differences, default=0.0) <= tolerance
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck relative_only: counts those that do not agree
result.backward()
wrong = 0
for value, derivative in zip(values, numerical):
    difference = value.grad - derivative
    if not -tolerance * abs(derivative) <= difference <= tolerance * abs(derivative):
        wrong += 1
return wrong == 0
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck never_walked_back: reads the grads into a list, and a loop
grads = [value.grad for value in values]
for grad, derivative in zip(grads, numerical):
    if abs(derivative - grad) > max(tolerance, tolerance * abs(derivative)):
        return False
return True
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck averaged: running sums, and a mean
result.backward()
total, scale, number = 0.0, 0.0, len(values)
for n in range(number):
    total += values[n].grad - numerical[n]
    scale += max(abs(numerical[n]), 1)
mean = total / max(number, 1)
return -tolerance * scale <= mean <= tolerance * scale
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck first_only: names for the first of each, two bounds
result.backward()
grad, derivative = values[0].grad, numerical[0]
allowed = tolerance if abs(derivative) < 1 else tolerance * abs(derivative)
return -allowed <= derivative - grad <= allowed
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck own_tolerance: a constant, and not any
SMALL = 1 / 1_000_000
result.backward()
grads = (value.grad for value in values)
return not any(abs(g - d) > max(SMALL, SMALL * abs(d)) for g, d in zip(grads, numerical))
# END VARIANT

# BEGIN VARIANT autodiff.Value.__rsub__ turned_round: hands it on to the other method
def __rsub__(self, other):
    return self.__sub__(other)
# END VARIANT

# BEGIN VARIANT autodiff.Value.__rtruediv__ turned_round: hands it on to the other method
def __rtruediv__(self, other):
    return Value.__truediv__(self, other)
# END VARIANT

# BEGIN VARIANT autodiff.zero_grad numbers_cleared: setattr, from an iterator
def zero_grad(values):
    values = iter(values)
    while (value := next(values, None)) is not None:
        setattr(value, "data", 0.0)
# END VARIANT

# BEGIN VARIANT autodiff.apply history_lost: unpacks what the rule gives
def apply(label, rule, *parents):
    numbers = [parent.data for parent in parents]
    given = rule(*numbers)
    if len(given) - len(parents) != 1:
        raise TypeError(f"`{label}` must give {len(parents) + 1} numbers, not {len(given)}")
    data, *_ = given
    return Value(data=data, label=label)
# END VARIANT
