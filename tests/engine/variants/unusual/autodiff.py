# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.autodiff`: the diagnosis must be silent on them.

# BEGIN VARIANT autodiff.add minus_minus: takes away the negative
return a - -b, 1.0, 1.0
# END VARIANT

# BEGIN VARIANT autodiff.add sum_of_inputs: sum, and one slope for each input
inputs = (a, b)
return (sum(inputs), *[1.0] * len(inputs))
# END VARIANT

# BEGIN VARIANT autodiff.add autograd: torch derives it
import torch

leaves = [torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in (a, b)]
result = leaves[0] + leaves[1]
slopes = torch.autograd.grad(result, leaves)
return (result.item(), *(slope.item() for slope in slopes))
# END VARIANT

# BEGIN VARIANT autodiff.add dual_numbers: pairs of a number and its slope, for one input at a time
def total(one, other):
    return one[0] + other[0], one[1] + other[1]

result, for_a = total((a, 1.0), (b, 0.0))
_, for_b = total((a, 0.0), (b, 1.0))
return result, for_a, for_b
# END VARIANT

# BEGIN VARIANT autodiff.add grows: a tuple that grows
answer = ()
for part in (a + b, float(True), float(True)):
    answer += (part,)
return answer
# END VARIANT

# BEGIN VARIANT autodiff.add fsum: math.fsum and slopes that are whole numbers
import math

return math.fsum([a, b]), 1, 1
# END VARIANT

# BEGIN VARIANT autodiff.multiply turned_round: the inputs backwards behind the product
inputs = (a, b)
return (b * a,) + inputs[::-1]
# END VARIANT

# BEGIN VARIANT autodiff.multiply autograd: torch derives it
import torch

leaves = [torch.tensor(float(x), dtype=torch.float64, requires_grad=True) for x in (a, b)]
result = leaves[0] * leaves[1]
return (result.item(), *map(float, torch.autograd.grad(result, leaves)))
# END VARIANT

# BEGIN VARIANT autodiff.multiply dual_numbers: the product rule, for one input at a time
def product(one, other):
    (x, dx), (y, dy) = one, other
    return x * y, dx * y + x * dy

result, for_a = product((a, 1.0), (b, 0.0))
return result, for_a, product((a, 0.0), (b, 1.0))[1]
# END VARIANT

# BEGIN VARIANT autodiff.multiply others: for each input the product of all others
import math

inputs = [a, b]
others = [math.prod(inputs[:n] + inputs[n + 1 :]) for n in range(len(inputs))]
return (math.prod(inputs), *others)
# END VARIANT

# BEGIN VARIANT autodiff.multiply outer_product: numpy on the way
import numpy as np

with np.errstate(over="ignore"):
    table = np.multiply.outer([a, 1.0], [b, 1.0])  # ab, a; b, 1
return float(table[0, 0]), float(table[1, 0]), float(table[0, 1])
# END VARIANT

# BEGIN VARIANT autodiff.divide quotient_twice: all from the quotient and the inverse
inverse = b**-1
quotient = a / b
return quotient, inverse, -quotient * inverse
# END VARIANT

# BEGIN VARIANT autodiff.divide autograd: torch derives it
import torch

x, y = torch.tensor([a, b], dtype=torch.float64).unbind()
x.requires_grad_()
y.requires_grad_()
(x / y).backward()
return (x / y).item(), x.grad.item(), y.grad.item()
# END VARIANT

# BEGIN VARIANT autodiff.divide fractions: exact until the end
from fractions import Fraction

x, y = Fraction(a), Fraction(b)
return float(x / y), float(1 / y), float(-x / (y * y))
# END VARIANT

# BEGIN VARIANT autodiff.divide quotient_rule: the rule from the book, with slopes of 1 and 0
def slope(da, db):
    return (da * b - a * db) / b / b

return a / b, slope(1, 0), slope(0, 1)
# END VARIANT

# BEGIN VARIANT autodiff.divide as_a_product: a product with 1 / b, and the chain rule
def inverse(x):
    return 1 / x, -1 / x / x

value, moves = inverse(b)
return a * value, value, a * moves
# END VARIANT

# BEGIN VARIANT autodiff.divide step_by_step: divides what it has once more
answer = [a / b, 1.0 / b]
answer.append(-(answer[0] / b))
return tuple(answer)
# END VARIANT

# BEGIN VARIANT autodiff.power lowered_first: one power less, and then once more the base
lower = a ** (exponent - 1)
return lower * a, exponent * lower
# END VARIANT

# BEGIN VARIANT autodiff.power quotient: the result over the base, where the base is not 0
result = a**exponent
if a != 0:
    return result, exponent * result / a
return result, 1.0 if exponent == 1 else 0.0
# END VARIANT

# BEGIN VARIANT autodiff.power math_pow: math.pow, and the slope as a power with a factor
return math.pow(a, exponent), math.pow(a, exponent - 1.0) * exponent
# END VARIANT

# BEGIN VARIANT autodiff.power squaring: squares and products where the exponent is a whole number
def whole(base, n):
    if n < 0:
        return whole(1 / base, -n)
    result = 1.0
    while n:
        if n % 2:
            result *= base
        n //= 2
        if n:
            base *= base
    return result

if exponent != int(exponent):
    return a**exponent, a ** (exponent - 1) * exponent
n = int(exponent)
return whole(a, n), n * whole(a, n - 1)
# END VARIANT

# BEGIN VARIANT autodiff.power autograd: torch derives it
import torch

base = torch.tensor(float(a), dtype=torch.float64, requires_grad=True)
result = base**exponent
result.backward()
return float(result), float(base.grad)
# END VARIANT

# BEGIN VARIANT autodiff.power logarithm: e to the exponent times the logarithm of the size, and a sign
def signed(n):
    if a == 0:
        return 1.0 if n == 0 else 0.0
    size = math.exp(n * math.log(abs(a)))
    return -size if a < 0 and n % 2 == 1 else size

return signed(exponent), exponent * signed(exponent - 1)
# END VARIANT

# BEGIN VARIANT autodiff.exp half_squared: the square of e to the half
result = math.exp(a / 2) ** 2
return result, result
# END VARIANT

# BEGIN VARIANT autodiff.exp e_to_the: a power of math.e, twice
return (math.e**a,) * 2
# END VARIANT

# BEGIN VARIANT autodiff.exp series: the series of a small part, squared again and again
halvings, x = 0, a
while abs(x) > 0.5:
    x, halvings = x / 2, halvings + 1
term = result = 1.0
for n in range(1, 20):
    term *= x / n
    result += term
for _ in range(halvings):
    result *= result
return result, result
# END VARIANT

# BEGIN VARIANT autodiff.exp decimal: 28 digits, and then a float
from decimal import Decimal

result = float(Decimal(a).exp())
return result, result
# END VARIANT

# BEGIN VARIANT autodiff.exp complex_plane: the real part of cmath's exp
import cmath

value = cmath.exp(complex(a, 0.0))
return value.real, abs(value)
# END VARIANT

# BEGIN VARIANT autodiff.exp autograd: torch derives it
import torch

x = torch.tensor(float(a), dtype=torch.float64, requires_grad=True)
y = x.exp()
return y.item(), torch.autograd.grad(y, x)[0].item()
# END VARIANT

# BEGIN VARIANT autodiff.log power_of_minus_one: a negative power as the slope
return math.log(a, math.e), a**-1
# END VARIANT

# BEGIN VARIANT autodiff.log bits: mantissa and exponent apart
rest, bits = math.frexp(a)
return math.log(rest) + bits * math.log(2), 1.0 / a
# END VARIANT

# BEGIN VARIANT autodiff.log roots: four times the logarithm of the fourth root
return 4 * math.log(math.sqrt(math.sqrt(a))), 1 / a
# END VARIANT

# BEGIN VARIANT autodiff.log area: twice the inverse of the hyperbolic tangent, of the mantissa
rest, bits = math.frexp(a)
return bits * math.log(2) + 2 * math.atanh((rest - 1) / (rest + 1)), math.pow(a, -1)
# END VARIANT

# BEGIN VARIANT autodiff.log complex_plane: the real part of cmath's log
import cmath

return cmath.log(a).real, (1 / complex(a)).real
# END VARIANT

# BEGIN VARIANT autodiff.log autograd: torch derives it
import torch

x = torch.tensor([a], dtype=torch.float64, requires_grad=True)
x.log().sum().backward()
return x.detach().log().item(), x.grad.item()
# END VARIANT

# BEGIN VARIANT autodiff.tanh binomial: one minus t times one plus t
t = math.tanh(a)
return t, (1 - t) * (1 + t)
# END VARIANT

# BEGIN VARIANT autodiff.tanh expm1: from e to minus twice the size, and the sign
e = math.expm1(-2 * abs(a))
t = math.copysign(-e / (2 + e), a)
return t, 1.0 - t * t
# END VARIANT

# BEGIN VARIANT autodiff.tanh complex_plane: cmath
import cmath

t = cmath.tanh(a)
return t.real, (1 - t * t).real
# END VARIANT

# BEGIN VARIANT autodiff.tanh autograd: torch derives it
import torch

x = torch.tensor(float(a), dtype=torch.float64).requires_grad_()
y = torch.tanh(x)
y.backward()
return y.item(), x.grad.item()
# END VARIANT

# BEGIN VARIANT autodiff.tanh numpy: numpy's numbers, and Python's at the end
import numpy as np

t = np.tanh(np.float64(a))
return float(t), float(1 - np.square(t))
# END VARIANT

# BEGIN VARIANT autodiff.tanh half_the_way: the sum of two halves
half = math.tanh(a / 2)
t = 2 * half / (1 + half**2)
return t, 1 - t**2
# END VARIANT

# BEGIN VARIANT autodiff.relu maximum: max, and a comparison as a number
return max(a, 0.0), float(a > 0)
# END VARIANT

# BEGIN VARIANT autodiff.relu half_sum: half of it and half of the absolute value
size = abs(a)
return a / 2 + size / 2, (1.0 if size and size == a else 0.0)
# END VARIANT

# BEGIN VARIANT autodiff.relu sorted: the larger of two in order
return sorted((a, 0.0))[1], [0.0, 1.0][a > 0]
# END VARIANT

# BEGIN VARIANT autodiff.relu autograd: torch derives it
import torch

x = torch.tensor(float(a), dtype=torch.float64, requires_grad=True)
torch.relu(x).backward()
return torch.relu(x.detach()).item(), x.grad.item()
# END VARIANT

# BEGIN VARIANT autodiff.relu gate: a gate times the number
gate = 0.0 if a <= 0 else 1.0
return gate * a, gate
# END VARIANT

# BEGIN VARIANT autodiff.relu rows_of_a_table: a dictionary of the two cases
return {True: (a, 1.0), False: (0.0, 0.0)}[a > 0.0]
# END VARIANT

# BEGIN VARIANT autodiff.topological_order standard_library: graphlib
from graphlib import TopologicalSorter

parents, waiting = {}, [root]
while waiting:
    node = waiting.pop()
    if node not in parents:
        parents[node] = set(node.parents)
        waiting += node.parents
return list(TopologicalSorter(parents).static_order())
# END VARIANT

# BEGIN VARIANT autodiff.topological_order from_the_root: counts of children, then the list turned round
missing = {root: 0}
for node in (found := [root]):
    for parent in node.parents:
        if parent not in missing:
            missing[parent] = 0
            found.append(parent)
        missing[parent] += 1
order = [root]
for node in order:
    for parent in node.parents:
        missing[parent] -= 1
        if not missing[parent]:
            order.append(parent)
order.reverse()
return order
# END VARIANT

# BEGIN VARIANT autodiff.topological_order from_the_leaves: counts of parents, beginning with the leaves
children, missing, waiting = {root: []}, {}, [root]
while waiting:
    node = waiting.pop()
    missing[node] = len(node.parents)
    for parent in node.parents:
        if parent not in children:
            children[parent] = []
            waiting.append(parent)
        children[parent].append(node)
order = [node for node, number in missing.items() if number == 0]
for node in order:
    for child in children[node]:
        missing[child] -= 1
        if missing[child] == 0:
            order.append(child)
return order
# END VARIANT

# BEGIN VARIANT autodiff.topological_order generators: functions that stop and wait for their parents
def visit(node):
    for parent in node.parents:
        if id(parent) not in seen:
            seen.add(id(parent))
            yield visit(parent)
    order.append(node)

order, seen, running = [], {id(root)}, [visit(root)]
while running:
    called = next(running[-1], None)
    running.append(called) if called else running.pop()
return order
# END VARIANT

# BEGIN VARIANT autodiff.topological_order peeking: looks at the top, and takes it once its parents are done
done, stack = {}, [root]
while stack:
    node = stack[-1]
    todo = [parent for parent in node.parents if parent not in done]
    if todo:
        stack.extend(todo)
    else:
        done[stack.pop()] = None
return list(done)
# END VARIANT

# BEGIN VARIANT autodiff.topological_order by_height: the length of the longest way up decides
height, stack = {}, [root]
while stack:
    node = stack.pop()
    if node in height:
        continue
    open_parents = [parent for parent in node.parents if parent not in height]
    if open_parents:
        stack += [node, *open_parents]
    else:
        height[node] = 1 + max((height[parent] for parent in node.parents), default=0)
return sorted(height, key=height.__getitem__)
# END VARIANT

# BEGIN VARIANT autodiff.backward dictionary: gradients in a dictionary, written at the end
flow = dict.fromkeys(order, 0.0)
flow[root] = 1.0
while order:
    node = order.pop()
    for nth, parent in enumerate(node.parents):
        flow[parent] += flow[node] * node.local_derivatives[nth]
for node, grad in flow.items():
    node.grad = grad if node.parents else node.grad + grad
# END VARIANT

# BEGIN VARIANT autodiff.backward pulling: every Value asks its children
children = {node: [] for node in order}
for child in order:
    for parent, slope in zip(child.parents, child.local_derivatives):
        children[parent].append((child, slope))
gradients = {}
for node in order[::-1]:
    seed = 1.0 if node is root else 0.0
    gradients[node] = sum((gradients[child] * slope for child, slope in children[node]), seed)
for node in order:
    node.grad = gradients[node] + (0.0 if node.parents else node.grad)
# END VARIANT

# BEGIN VARIANT autodiff.backward put_back: clears all, walks, and adds what the leaves had
before = [(node, node.grad) for node in order if not node.parents]
for node in order:
    node.grad = float(node is root)
for place in range(len(order)):
    node = order[-1 - place]
    for nth in range(len(node.parents)):
        node.parents[nth].grad += node.grad * node.local_derivatives[nth]
for leaf, grad in before:
    leaf.grad += grad
# END VARIANT

# BEGIN VARIANT autodiff.backward exact_sums: lists of shares, added up by math.fsum
import math

shares = {node: [] if node.parents else [node.grad] for node in order}
shares[root].append(1.0)
for node in reversed(order):
    node.grad = math.fsum(shares[node])
    for parent, slope in zip(node.parents, node.local_derivatives):
        shares[parent].append(slope * node.grad)
# END VARIANT

# BEGIN VARIANT autodiff.backward edges: a list of all edges from the end to the start
edges = [
    (child, nth) for child in reversed(order) for nth, _ in enumerate(child.parents)
]
for computed in {child for child, _ in edges}:
    computed.grad = 0.0
root.grad = root.grad + 1.0
for child, nth in edges:
    parent = child.parents[nth]
    setattr(parent, "grad", parent.grad + child.local_derivatives[nth] * child.grad)
# END VARIANT

# BEGIN VARIANT autodiff.backward handed_on: what has been handed on is forgotten, and noted beside
noted = {}
for node in order:
    node.grad = 0.0 if node.parents else node.grad
root.grad += 1.0
for node in filter(lambda node: node.parents, order[::-1]):
    noted[node], node.grad = node.grad, 0.0
    for parent, slope in zip(node.parents, node.local_derivatives):
        parent.grad += slope * noted[node]
for node in noted:
    node.grad = noted[node]
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient slices: one line, slices around what moves
return [
    (at([*xs[:n], x + eps, *xs[n + 1 :]]) - at([*xs[:n], x - eps, *xs[n + 1 :]])) / (2 * eps)
    for n, x in enumerate(xs)
]
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient one_copy: one copy, moved and put back from memory
numbers, slopes = list(xs), []
for n, x in enumerate(xs):
    numbers[n] = x + eps
    difference = at(numbers)
    numbers[n] = x - eps
    difference -= at(numbers)
    numbers[n] = x
    slopes.append(difference / eps / 2)
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient rows_of_a_matrix: numpy, a row for each number
import numpy as np

start = np.asarray(xs, dtype=float)
steps = np.eye(len(xs)) * eps
return [float(at(start + row) - at(start - row)) / (2 * eps) for row in steps]
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient measured_step: divided by how far the number has really moved
slopes = []
for n in range(len(xs)):
    high, low = tuple(xs), tuple(xs)
    high = high[:n] + (xs[n] + eps,) + high[n + 1 :]
    low = low[:n] + (xs[n] - eps,) + low[n + 1 :]
    slopes.append((at(high) - at(low)) / (high[n] - low[n]))
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient mean_of_both_sides: the mean of a step up and a step down
def moved(n, step):
    return at([x + step * (n == place) for place, x in enumerate(xs)])

middle = at(xs)
ups = [(moved(n, eps) - middle) / eps for n in range(len(xs))]
downs = [(middle - moved(n, -eps)) / eps for n in range(len(xs))]
return [(up + down) / 2 for up, down in zip(ups, downs)]
# END VARIANT

# BEGIN VARIANT autodiff.numerical_gradient two_lists: from one list to the other, a number at a time
before, after, slopes = [], list(xs), []
while after:
    x, *after = after
    high, low = (at([*before, x + sign * eps, *after]) for sign in (1, -1))
    slopes.append((high - low) / (2 * eps))
    before.append(x)
return slopes
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck loop: false at the first that does not agree
result.backward()
for n, derivative in enumerate(numerical):
    allowed = tolerance if abs(derivative) < 1 else tolerance * abs(derivative)
    if not abs(derivative - values[n].grad) <= allowed:
        return False
return True
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck not_any: none may differ by more
from g2c.autodiff import graph

graph.backward(result)
pairs = [(value.grad, derivative) for value, derivative in zip(values, numerical)]
return not any(abs(g - d) > max(tolerance, tolerance * abs(d)) for g, d in pairs)
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck counting: counts those that agree
result.backward()
agree = 0
for value, derivative in zip(values, numerical):
    agree += abs(value.grad - derivative) <= tolerance * max(1, derivative, -derivative)
return agree == len(values)
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck tensors: compared as tensors
import torch

result.backward()
grads = torch.tensor([value.grad for value in values], dtype=torch.float64)
slopes = torch.tensor(numerical, dtype=torch.float64)
return bool(((grads - slopes).abs() <= slopes.abs().clamp(min=1.0) * tolerance).all())
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck two_bounds: between a lower and an upper bound
result.backward()
inside = True
for value, derivative in zip(values, numerical):
    allowed = max(abs(derivative) * tolerance, tolerance)
    inside = inside and -allowed <= value.grad - derivative <= allowed
return inside
# END VARIANT

# BEGIN VARIANT autodiff.gradcheck worst: the largest share of what is allowed
result.backward()
excess = [
    abs(value.grad - derivative) - tolerance * max(1.0, abs(derivative))
    for value, derivative in zip(values, numerical)
]
return max(excess, default=-1.0) <= 0
# END VARIANT
