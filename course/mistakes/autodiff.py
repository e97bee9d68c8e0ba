# Mistakes that an honest beginner makes in `course/g2c/autodiff/`: each block is a body for one
# exercise, or a wrong version of a given function. A test must catch each of them.

# ---- the rules ----

# BEGIN MISTAKE autodiff.add inputs_as_slopes: this gives the inputs themselves as derivatives, as a product would have them; a sum grows one to one with each
return a + b, a, b
# END MISTAKE

# BEGIN MISTAKE autodiff.add only_the_first: this lets only the first input count: the sum grows with b just as much
return a + b, 1.0, 0.0
# END MISTAKE

# BEGIN MISTAKE autodiff.add shared_slope: this gives each input half of the slope; one to one, for each of them, is not too much
return a + b, 0.5, 0.5
# END MISTAKE

# BEGIN MISTAKE autodiff.multiply own_factor: this gives each input its own number as derivative; how much moving one factor counts is said by the other one
return a * b, a, b
# END MISTAKE

# BEGIN MISTAKE autodiff.multiply as_a_sum: this gives a slope of one to both, as in a sum; in a product the other factor decides
return a * b, 1.0, 1.0
# END MISTAKE

# BEGIN MISTAKE autodiff.multiply product_of_slopes: this multiplies the derivatives of the factors, and those are 1 and 1; the product rule keeps one factor and derives the other
result = a * b
return result, result, result
# END MISTAKE

# BEGIN MISTAKE autodiff.divide sign_lost: this lets the quotient grow with its divisor: more to divide by makes it smaller, so that derivative needs a minus
return a / b, 1 / b, a / b**2
# END MISTAKE

# BEGIN MISTAKE autodiff.divide square_lost: this divides by b where b squared belongs: the derivative of 1 / b is -1 / b ** 2
return a / b, 1 / b, -a / b
# END MISTAKE

# BEGIN MISTAKE autodiff.divide numerator_lost: this derives 1 / b and forgets that a stands above it
return a / b, 1 / b, -1 / b**2
# END MISTAKE

# BEGIN MISTAKE autodiff.divide first_not_divided: this gives a the slope 1, but a is divided by b, and so is every change of it
return a / b, 1.0, -a / b**2
# END MISTAKE

# BEGIN MISTAKE autodiff.divide slopes_swapped: this has the two derivatives in the other order: the one for a comes first
return a / b, -a / b**2, 1 / b
# END MISTAKE

# BEGIN MISTAKE autodiff.divide whole_numbers: this divides and rounds down to a whole number: `//` is for counting, `/` for derivatives
return a // b, 1 / b, -a / b**2
# END MISTAKE

# BEGIN MISTAKE autodiff.power exponent_not_lowered: this puts the exponent in front but leaves it above as it was; one less belongs there
return a**exponent, exponent * a**exponent
# END MISTAKE

# BEGIN MISTAKE autodiff.power factor_lost: this lowers the exponent but does not put it in front
return a**exponent, a ** (exponent - 1)
# END MISTAKE

# BEGIN MISTAKE autodiff.power lowered_factor: this puts the lowered exponent in front; the whole one belongs there
return a**exponent, (exponent - 1) * a ** (exponent - 1)
# END MISTAKE

# BEGIN MISTAKE autodiff.power brackets_forgotten: this takes 1 from the result: without brackets `a ** exponent - 1` is the power, minus 1
return a**exponent, exponent * a**exponent - 1
# END MISTAKE

# BEGIN MISTAKE autodiff.power exponential: this derives for the exponent; here the base moves and the exponent is a constant
return a**exponent, a**exponent * math.log(a) if a > 0 else 0.0
# END MISTAKE

# BEGIN MISTAKE autodiff.power exponent_raised: this adds 1 to the exponent, as one does to take an integral; to take a derivative it goes down by 1
return a**exponent, exponent * a ** (exponent + 1)
# END MISTAKE

# BEGIN MISTAKE autodiff.exp like_a_power: this derives as if e were the base of a power like a ** 2; exp is its own derivative
return math.exp(a), a * math.exp(a - 1)
# END MISTAKE

# BEGIN MISTAKE autodiff.exp the_input: this gives the input as derivative; exp is its own derivative, so it is the result
return math.exp(a), a
# END MISTAKE

# BEGIN MISTAKE autodiff.exp slope_of_one: this gives the slope 1, which exp has at 0 and nowhere else
return math.exp(a), 1.0
# END MISTAKE

# BEGIN MISTAKE autodiff.exp two_to_the: this raises 2 to the a; `exp` has the base e
return 2.0**a, 2.0**a
# END MISTAKE

# BEGIN MISTAKE autodiff.log of_the_result: this divides 1 by the logarithm; the slope of log is 1 divided by what went in
result = math.log(a)
return result, 1 / result if result else 0.0
# END MISTAKE

# BEGIN MISTAKE autodiff.log base_two: this takes the logarithm to base 2, and its slope; in this course `log` is the natural one
return math.log2(a), 1 / (a * math.log(2))
# END MISTAKE

# BEGIN MISTAKE autodiff.log like_exp: this takes log for its own derivative; that is exp
result = math.log(a)
return result, result
# END MISTAKE

# BEGIN MISTAKE autodiff.log sign: this lets the logarithm fall; it rises everywhere, only ever more slowly
return math.log(a), -1 / a
# END MISTAKE

# BEGIN MISTAKE autodiff.tanh square_of_the_input: this takes 1 - a ** 2 as the slope; what is squared is the result, tanh(a)
return math.tanh(a), 1 - a**2
# END MISTAKE

# BEGIN MISTAKE autodiff.tanh like_the_sigmoid: this is the slope of the sigmoid, s * (1 - s); that of tanh is 1 - t ** 2
result = math.tanh(a)
return result, result * (1 - result)
# END MISTAKE

# BEGIN MISTAKE autodiff.tanh not_squared: this takes 1 minus the result without squaring it, so the slope would be largest far to the left
result = math.tanh(a)
return result, 1 - result
# END MISTAKE

# BEGIN MISTAKE autodiff.tanh sign: this has the sign the other way round: tanh rises everywhere
result = math.tanh(a)
return result, result**2 - 1
# END MISTAKE

# BEGIN MISTAKE autodiff.tanh squared_again: this takes tanh of the result once more before it squares; the result is tanh(a) already
result = math.tanh(a)
return result, 1 - math.tanh(result) ** 2
# END MISTAKE

# BEGIN MISTAKE autodiff.relu slope_at_zero: this is right everywhere but at exactly 0, where the course takes the slope 0, not 1
return (a, 1.0) if a >= 0 else (0.0, 0.0)
# END MISTAKE

# BEGIN MISTAKE autodiff.relu always_one: this stops negative numbers but lets their changes pass: where the result is 0 it does not move
return max(a, 0.0), 1.0
# END MISTAKE

# BEGIN MISTAKE autodiff.relu absolute: this turns negative numbers round instead of stopping them
return (a, 1.0) if a > 0 else (-a, -1.0)
# END MISTAKE

# BEGIN MISTAKE autodiff.relu result_as_slope: this gives the result as derivative; where a number passes, its changes pass one to one
return max(a, 0.0), max(a, 0.0)
# END MISTAKE

# BEGIN MISTAKE autodiff.relu leaks: this lets a little of the negative numbers through, which is another function, the leaky relu
return (a, 1.0) if a > 0 else (0.01 * a, 0.01)
# END MISTAKE

# BEGIN MISTAKE autodiff.relu half_at_zero: this takes one half at exactly 0, which trying from both sides would give; the course takes 0, as most libraries do
return max(a, 0.0), 1.0 if a > 0 else 0.5 if a == 0 else 0.0
# END MISTAKE

# ---- the order ----

# BEGIN MISTAKE autodiff.topological_order recursive: this calls itself once for each step back, and Python stops that at about a thousand: keep a list of what is still to do instead
order, seen = [], set()

def visit(node):
    if node not in seen:
        seen.add(node)
        for parent in node.parents:
            visit(parent)
        order.append(node)

visit(root)
return order
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order breadth_first: this goes back level by level and turns the list round; with a short and a long way to the same Value, a parent can end up behind its child
found, seen = [root], {root}
for node in found:
    for parent in node.parents:
        if parent not in seen:
            seen.add(parent)
            found.append(parent)
return found[::-1]
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order put_down_too_early: this lists a Value as soon as it is met, going back; one that is met early may still be a parent of one that is met later
found, seen, stack = [], set(), [root]
while stack:
    node = stack.pop()
    if node not in seen:
        seen.add(node)
        found.append(node)
        stack.extend(node.parents)
return found[::-1]
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order shared_twice: this lists a Value once for every way that leads to it, so it hands on its gradient several times; remember which have been seen
order, stack = [], [(root, False)]
while stack:
    node, parents_done = stack.pop()
    if parents_done:
        order.append(node)
    else:
        stack.append((node, True))
        stack.extend((parent, False) for parent in node.parents)
return order
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order root_first: this puts children before their parents; the list is asked for the other way round, the root last
order, seen, stack = [], set(), [(root, False)]
while stack:
    node, parents_done = stack.pop()
    if parents_done:
        order.append(node)
    elif node not in seen:
        seen.add(node)
        stack.append((node, True))
        stack.extend((parent, False) for parent in node.parents)
return order[::-1]
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order equal_numbers_merged: this remembers the numbers that it has seen and not the Values: two that hold the same number are taken for one
order, seen, stack = [], set(), [(root, False)]
while stack:
    node, parents_done = stack.pop()
    if parents_done:
        order.append(node)
    elif node.data not in seen:
        seen.add(node.data)
        stack.append((node, True))
        stack.extend((parent, False) for parent in node.parents)
return order
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order leaves_left_out: this leaves out what has no parents, but the leaves are the ones whose derivatives are wanted
order, seen, stack = [], set(), [(root, False)]
while stack:
    node, parents_done = stack.pop()
    if parents_done:
        order.append(node)
    elif node not in seen and node.parents:
        seen.add(node)
        stack.append((node, True))
        stack.extend((parent, False) for parent in node.parents)
return order
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order root_left_out: this lists all that the root was made from and leaves out the root, where the walk begins
order, seen, stack = [], {root}, [(parent, False) for parent in root.parents]
while stack:
    node, parents_done = stack.pop()
    if parents_done:
        order.append(node)
    elif node not in seen:
        seen.add(node)
        stack.append((node, True))
        stack.extend((parent, False) for parent in node.parents)
return order
# END MISTAKE

# BEGIN MISTAKE autodiff.topological_order one_step_only: this lists the parents of the root and goes no further back
return [*dict.fromkeys(root.parents), root]
# END MISTAKE

# ---- the walk ----

# BEGIN MISTAKE autodiff.backward assigned: this writes `=` where `+=` belongs: of a Value that is used in several places, only the last one to report counts
for node in order:
    if node.parents:
        node.grad = 0.0
root.grad += 1.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad = derivative * node.grad
# END MISTAKE

# BEGIN MISTAKE autodiff.backward seed_forgotten: this starts with a gradient of 0 at the root, and 0 times anything stays 0: the derivative of the root for itself is 1
for node in order:
    if node.parents:
        node.grad = 0.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative * node.grad
# END MISTAKE

# BEGIN MISTAKE autodiff.backward forwards: this walks from the leaves to the root, so every Value reports before its own gradient has arrived; begin at the end of the order
for node in order:
    if node.parents:
        node.grad = 0.0
root.grad += 1.0
for node in order:
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative * node.grad
# END MISTAKE

# BEGIN MISTAKE autodiff.backward inner_kept: this never clears what was computed: in a second call its old gradient is handed on again, and the leaves get too much
root.grad = 1.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative * node.grad
# END MISTAKE

# BEGIN MISTAKE autodiff.backward leaves_cleared: this clears the leaves too, so a second call forgets the first: leaves add up until `zero_grad` is called
for node in order:
    node.grad = 0.0
root.grad = 1.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative * node.grad
# END MISTAKE

# BEGIN MISTAKE autodiff.backward local_only: this adds up local derivatives without what came from the root: along a way derivatives are multiplied
for node in order:
    if node.parents:
        node.grad = 0.0
root.grad += 1.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative
# END MISTAKE

# BEGIN MISTAKE autodiff.backward added_along_the_way: this adds where the chain rule multiplies: along a way derivatives are factors
for node in order:
    if node.parents:
        node.grad = 0.0
root.grad += 1.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative + node.grad
# END MISTAKE

# BEGIN MISTAKE autodiff.backward times_the_number: this multiplies with the number that a Value holds; its gradient belongs there
for node in order:
    if node.parents:
        node.grad = 0.0
root.grad += 1.0
for node in reversed(order):
    for parent, derivative in zip(node.parents, node.local_derivatives):
        parent.grad += derivative * node.data
# END MISTAKE

# ---- by trying ----

# BEGIN MISTAKE autodiff.numerical_gradient forward_difference: this steps to one side only: its error shrinks with eps, that of a step to both sides with eps squared
gradient = []
for place in range(len(xs)):
    above = list(xs)
    above[place] += eps
    gradient.append((at(above) - at(xs)) / eps)
return gradient
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient half_the_way: this divides by eps, but from one point to the other it is 2 * eps
gradient = []
for place in range(len(xs)):
    above, below = list(xs), list(xs)
    above[place] += eps
    below[place] -= eps
    gradient.append((at(above) - at(below)) / eps)
return gradient
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient without_brackets: this divides by 2 and then multiplies by eps: `/ 2 * eps` needs brackets around the two
gradient = []
for place in range(len(xs)):
    above, below = list(xs), list(xs)
    above[place] += eps
    below[place] -= eps
    gradient.append((at(above) - at(below)) / 2 * eps)
return gradient
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient eps_too_small: this makes the step so small that the two results agree in almost all their digits, and their difference is mostly rounding
eps = 1e-14
gradient = []
for place in range(len(xs)):
    above, below = list(xs), list(xs)
    above[place] += eps
    below[place] -= eps
    gradient.append((at(above) - at(below)) / (2 * eps))
return gradient
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient all_at_once: this moves all numbers together, so every entry is the sum of all derivatives; move one and hold the others
above = [x + eps for x in xs]
below = [x - eps for x in xs]
slope = (at(above) - at(below)) / (2 * eps)
return [slope for _ in xs]
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient callers_list_moved: this moves the caller's own numbers and puts them back by arithmetic, which rounds: work on a copy
gradient = []
for place in range(len(xs)):
    xs[place] += eps
    above = at(xs)
    xs[place] -= 2 * eps
    below = at(xs)
    xs[place] += eps
    gradient.append((above - below) / (2 * eps))
return gradient
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient never_put_back: this copies the numbers once, before the loop, so each step is taken from where the last one ended
above, below, gradient = list(xs), list(xs), []
for place in range(len(xs)):
    above[place] += eps
    below[place] -= eps
    gradient.append((at(above) - at(below)) / (2 * eps))
return gradient
# END MISTAKE

# BEGIN MISTAKE autodiff.numerical_gradient downhill: this subtracts the upper result from the lower one, so every sign is wrong
gradient = []
for place in range(len(xs)):
    above, below = list(xs), list(xs)
    above[place] += eps
    below[place] -= eps
    gradient.append((at(below) - at(above)) / (2 * eps))
return gradient
# END MISTAKE

# ---- do the two agree? ----

# BEGIN MISTAKE autodiff.gradcheck signed: this compares the difference with its sign, so a gradient that is far too small passes: take `abs`
result.backward()
return all(
    value.grad - derivative <= tolerance * max(1.0, abs(derivative))
    for value, derivative in zip(values, numerical)
)
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck any_will_do: this is content with one derivative that agrees; all of them have to
result.backward()
return any(
    abs(value.grad - derivative) <= tolerance * max(1.0, abs(derivative))
    for value, derivative in zip(values, numerical)
)
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck absolute_only: this asks large derivatives for more digits than they have: the tolerance has to grow with their size
result.backward()
return all(
    abs(value.grad - derivative) <= tolerance for value, derivative in zip(values, numerical)
)
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck relative_only: this allows a derivative of about 0 no rounding at all, because the tolerance shrinks with it: below 1 it should stay as it is
result.backward()
return all(
    abs(value.grad - derivative) <= tolerance * abs(derivative)
    for value, derivative in zip(values, numerical)
)
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck never_walked_back: this compares before `backward` has been called, when every grad is still 0.0
return all(
    abs(value.grad - derivative) <= tolerance * max(1.0, abs(derivative))
    for value, derivative in zip(values, numerical)
)
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck averaged: this compares the mean difference, in which a wrong derivative hides among right ones; each has to agree by itself
result.backward()
scale = sum(max(1.0, abs(derivative)) for derivative in numerical)
difference = sum(value.grad - derivative for value, derivative in zip(values, numerical))
return abs(difference) <= len(values) * tolerance * scale
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck first_only: this looks at the first derivative and forgets the others
result.backward()
return abs(values[0].grad - numerical[0]) <= tolerance * max(1.0, abs(numerical[0]))
# END MISTAKE

# BEGIN MISTAKE autodiff.gradcheck own_tolerance: this has a tolerance of its own and ignores the one it was given
result.backward()
return all(
    abs(value.grad - derivative) <= 1e-6 * max(1.0, abs(derivative))
    for value, derivative in zip(values, numerical)
)
# END MISTAKE

# ---- given code: what the operators must not lose ----

# BEGIN MISTAKE autodiff.Value.__rsub__ turned_round: 2 - x arrives as x.__rsub__(2): this computes x - 2
def __rsub__(self, other: float) -> Value:
    return _apply_to_both("-", subtract, self, other)
# END MISTAKE

# BEGIN MISTAKE autodiff.Value.__rtruediv__ turned_round: 2 / x arrives as x.__rtruediv__(2): this computes x / 2
def __rtruediv__(self, other: float) -> Value:
    return _apply_to_both("/", divide, self, other)
# END MISTAKE

# BEGIN MISTAKE autodiff.zero_grad numbers_cleared: this sets the numbers themselves to 0, and all that was learned is lost
def zero_grad(values: Iterable[Value]) -> None:
    for value in values:
        value.data = 0.0
# END MISTAKE

# BEGIN MISTAKE autodiff.apply history_lost: this computes the right number and forgets where it came from, so no derivative finds its way back
def apply(label: str, rule: Rule, *parents: Value) -> Value:
    given = rule(*(parent.data for parent in parents))
    if len(given) != 1 + len(parents):
        raise TypeError(f"the rule of `{label}` must give {1 + len(parents)} numbers")
    return Value(given[0], label)
# END MISTAKE
