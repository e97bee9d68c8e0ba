# ruff: noqa: F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 01 Automatic differentiation: how does a computer take a derivative?
#
# Read [the lesson](../../lessons/01-autodiff.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal; `watch` runs them at every save:
#
# `./noteboosh.sh watch 01`
#
# **How this works.** Before a cell runs, say to yourself what it will print: a guess that turns
# out wrong teaches more than a result that is merely read. Each exercise ends in a question.
# Write your answer between the triple quotes and run its cell; it responds at once. A blank
# answer is skipped, never wrong. If you are stuck, answer `hint, please`.
#
# A cell that needs code you have not written yet says so in two lines, and the cells after it
# still run.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from noteboosh.authoring import question

from g2c import autodiff as reference

# %%
import math
import random

import matplotlib.pyplot as plt

from g2c.autodiff import (
    Value,
    divide,
    multiply,
    numerical_gradient,
    tanh,
    topological_order,
    zero_grad,
)
from g2c.autodiff.drawing import draw_graph

# %% [markdown]
# Everything below takes a few seconds. `FULL = True` lets the network at the end learn from
# several starts.

# %%
FULL = False

# %% [markdown]
# ## 1. A slope, by trying
#
# A derivative says how much a result changes per change of its input. So change the input a
# little, to both sides, and look.
#
# *Predict:* f(x) = x³ has the slope 12 at x = 2. Which of the two columns comes near to it faster?


# %%
def cube(x):
    return x**3


print("  step    one side    both sides")
for h in (0.5, 0.1, 0.01):
    one_side = (cube(2 + h) - cube(2)) / h
    both_sides = (cube(2 + h) - cube(2 - h)) / (2 * h)
    print(f"{h:6}    {one_side:8.4f}    {both_sides:10.4f}")
    assert math.isclose(one_side, 12 + 6 * h + h**2) and math.isclose(both_sides, 12 + h**2)

# %% [markdown]
# One side is off by 6h + h², both sides only by h²: a hundred times less error for a step that is
# ten times smaller. For a cube this is exact, so you can say beforehand what will be measured.

# %% [markdown]
# **Question:** Which slope does the step to both sides measure for x³ at x = 3, with a step of
# h = 0.1?

# %%
question(
    "01.1",
    kind="number",
    key=reference.numerical_gradient(lambda x: x * x * x, [3.0], 0.1)[0],
    tolerance=0.0001,
    rubric=["the true slope is 3 · 3² = 27", "the error is h² = 0.01, so 27.01 is measured"],
    hints=[
        "What is the true slope of x³ at 3?",
        "The error does not depend on x: look at the last column of the table, and at h².",
        "27, and a hundredth more.",
    ],
)

# %% [markdown]
# ## 2. What one operation knows
#
# Write the eight rules, in `arithmetic.py`, `powers.py` and `activations.py` of `g2c/autodiff/`.
# A rule takes plain numbers and gives its result, then one local derivative for each input.
#
# *Predict:* for `multiply(2.0, 5.0)`, which of the two inputs counts more when it is moved?

# %%
print("multiply(2, 5):", multiply(2.0, 5.0))
for a in (0.0, 1.0, 3.0):
    result, derivative = tanh(a)
    print(f"tanh({a:.0f}): {result:.4f}, derivative {derivative:.4f}")
assert multiply(2.0, 5.0) == (10.0, 5.0, 2.0) and tanh(0.0) == (0.0, 1.0)

# %% [markdown]
# Moving 2 counts five times, moving 5 only twice. And tanh passes changes on one to one around 0,
# but almost nothing of them at 3: there it is *saturated*.

# %% [markdown]
# **Question:** Which three numbers does the rule of division give for a = 6 and b = 3? Write a
# list: the result, the derivative for a, the derivative for b.

# %%
question(
    "01.2",
    kind="list",
    key=list(reference.divide(6.0, 3.0)),
    tolerance=0.01,
    rubric=[
        "the result is 2",
        "for a it is 1 / b, a third",
        "for b it is -a / b², minus two thirds: more to divide by, less comes out",
    ],
    hints=[
        "In which direction does 6 / 3 move when the 3 grows?",
        "The derivatives are 1 / b and -a / b².",
        "1 / 3, and -6 / 9.",
    ],
    solution="[2, 1/3, -2/3]",
)

# %% [markdown]
# ## 3. A number that remembers
#
# `Value` is given. Its operators call your rules and keep what the way back will need: the
# parents, and the local derivative for each of them.
#
# *Predict:* `a` is used twice. How many arrows leave it?

# %%
a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
out = (a * b + c) * a
draw_graph(out, f"(a * b + c) * a: {len(topological_order(out))} Values")
print("out:", out, " made of", out.parents, "with slopes", out.local_derivatives)
assert out.data == 8.0 and out.local_derivatives == (2.0, 4.0)

# %% [markdown]
# *The picture in words:* from left to right, `a` and `b` lead to a product, the product and `c` to
# a sum, the sum and again `a` to a last product, which holds 8. On each arrow stands a local
# derivative: -3 and 2 into the first product, 1 and 1 into the sum, 2 and 4 into the last product.
# Every grad is 0: nothing has been walked back yet.

# %% [markdown]
# **Question:** How many Values does the graph of `(a * b + c) * (a * b)` hold, with leaves `a`,
# `b` and `c`, and the product written out twice as here?

# %% tags=["author"]
a, b, c = (reference.Value(number) for number in (2.0, 3.0, 5.0))
twice = reference.topological_order((a * b + c) * (a * b))

# %%
question(
    "01.3",
    kind="number",
    key=len(twice),
    rubric=[
        "three leaves, and one Value for each operation that is carried out",
        "a * b is written twice and so computed twice: it makes two Values that know nothing of "
        "each other",
        "3 + 4 = 7",
    ],
    hints=[
        "Count the leaves, then the operations, in the order in which Python carries them out.",
        "Does Python notice that it has computed `a * b` before?",
        "Two products, a sum, and a last product: four operations on three leaves.",
    ],
)

# %% [markdown]
# ## 4. An order to walk in
#
# Write `topological_order` in `graph.py`. It lists a graph so that parents come before what was
# made of them; turned round, it is the order of the way back. On that way no Value may report
# before all its children have reported to it.
#
# *Predict:* ten thousand additions in a row. Would a function that calls itself get through?

# %%
total = Value(0.0)
for _ in range(10_000):
    total = total + 0.001
order = topological_order(total)
print(f"{len(order):,} Values, all of them once: {len(set(order)) == len(order)}")
place = {value: number for number, value in enumerate(order)}
assert all(place[p] < place[value] for value in order for p in value.parents)
assert len(order) == 20_001 and order[-1] is total

# %% [markdown]
# Python stops functions that call each other a thousand deep or so, to protect itself. A list of
# what is still to be done has no such limit. (Each `0.001` became a leaf of its own, which is why
# there are twice as many.)

# %% [markdown]
# **Question:** Here `y = x.exp()`, `z = y * y` and `out = z + x`. Which one of these is an order
# in which parents come first? Answer with one letter.
#
# - (a) x, z, y, out
# - (b) x, y, z, out
# - (c) y, x, z, out
# - (d) x, y, y, z, out

# %%
question(
    "01.4",
    kind="choice",
    key="b",
    options={
        "a": "x, z, y, out",
        "b": "x, y, z, out",
        "c": "y, x, z, out",
        "d": "x, y, y, z, out",
    },
    rubric=[
        "y is made of x, z of y, out of z and x: there is no choice here",
        "y stands once, although z uses it twice",
    ],
    hints=[
        "Which Value has no parents? Which one is made of it?",
        "Cross out every list in which something stands before what it is made of.",
        "And every list in which something stands twice.",
    ],
)

# %% [markdown]
# ## 5. The way back
#
# Write `backward`. The root's derivative for itself is 1. From there every Value hands to each of
# its parents its own `grad` times the local derivative on the arrow between them; where several
# arrows leave a parent, what comes back over them is added.
#
# *Predict:* the `grad` of `a` in the graph of exercise 3, from the numbers on its arrows.

# %%
a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c")
out = (a * b + c) * a
out.backward()
draw_graph(out, f"Two ways lead to a: 4 + 2 · 1 · (-3) = {a.grad:g}")
for leaf in (a, b, c):
    print(f"d out / d {leaf.label} = {leaf.grad:g}")
assert [a.grad, b.grad, c.grad] == [-2.0, 4.0, 2.0]

# %% [markdown]
# *The picture in words:* the graph of exercise 3 with its gradients: 1 at the root, 2 at the sum,
# at the first product and at `c`, 4 at `b`, and -2 at `a`, whose two arrows bring 4 and -6.

# %% [markdown]
# **Question:** Now a = 3, b = 2 and c = -4 in `out = (a * b + c) * a`. Write the three derivatives
# of `out` as a list, for a, b and c in this order. Do it by hand.

# %% tags=["author"]
leaves = [reference.Value(number) for number in (3.0, 2.0, -4.0)]
a, b, c = leaves
((a * b + c) * a).backward()

# %%
question(
    "01.5",
    kind="list",
    key=[leaf.grad for leaf in leaves],
    rubric=[
        "two ways lead to a: directly, the sum 2, and through the product, a times b = 6",
        "to b leads one way: a times a = 9",
        "to c leads one way: a = 3",
    ],
    hints=[
        "Compute forwards first: the product, the sum, and out.",
        "The last product hands its sum to a, and a to its sum. The sum hands on what it got, "
        "unchanged, to both its parents.",
        "What arrives at the first product is 3: from there, 3 times b goes to a and 3 times a "
        "to b.",
    ],
)

# %% [markdown]
# ## 6. Gradients add up
#
# In the leaves, a new call of `backward` adds to what is there. The other Values of the graph
# start from 0 in each call.
#
# *Predict:* what is `x.grad` after the first, the second and the third call?

# %%
x = Value(2.0)
square = x * x
for call in (1, 2, 3):
    square.backward()
    print(f"after call {call}: x.grad = {x.grad:g}")
assert x.grad == 12.0
zero_grad([x])
square.backward()
print(f"after zero_grad and one more call: {x.grad:g}")
assert x.grad == 4.0

# %% [markdown]
# This is how PyTorch does it too. It is useful: the gradients of several losses, one after the
# other, add up to that of their sum, and only one graph at a time is in memory. It is also a trap:
# a training loop that forgets `zero_grad` follows the sum of all gradients since it began.

# %% [markdown]
# **Question:** A beginner writes `parent.grad = …` instead of `parent.grad += …`. What does
# `backward` then give for x * x, for x + y, and for a network in which one weight is used for
# four examples? And why does a test with an expression in which every Value is used once not
# notice it? Two to four sentences.

# %%
question(
    "01.6",
    kind="text",
    rubric=[
        "x * x has the derivative 2x, as two ways lead to x; with `=` only one of them counts, so "
        "x comes out",
        "x + y stays right: one way leads to each",
        "of the four examples only the last one to report moves the weight",
        "where every Value is used once, there is one way and nothing to add, so `=` and `+=` do "
        "the same to a fresh graph",
    ],
    hints=[
        "How many arrows lead from x into x * x? What does the second one do to what the first "
        "one brought?",
        "A weight that is used for four examples has four arrows.",
        "When do `=` and `+=` give the same result?",
    ],
    solution=(
        "For x * x it gives x and not 2x: two arrows lead to x, and what the second one brings\n"
        "overwrites the first. x + y stays right, because one arrow leads to each. Of four\n"
        "examples only the one that reports last moves the weight. If every Value is used once,\n"
        "nothing has to be added, so such a test cannot tell the two apart."
    ),
)

# %% [markdown]
# ## 7. How small a step?
#
# Write `numerical_gradient` in `gradcheck.py`. Then: the smaller the step, the better?
#
# *Predict:* the error for e^x at 1, when eps goes from 0.1 down to 10⁻¹⁵. Where is it smallest?

# %%
powers = range(1, 16)
one_side, both_sides = [], []
for n in powers:
    eps = 10.0**-n
    (slope,) = numerical_gradient(lambda x: x.exp(), [1.0], eps)
    both_sides.append(abs(slope - math.e) / math.e)
    one_side.append(abs((math.exp(1 + eps) - math.exp(1)) / eps - math.e) / math.e)
    if n % 2:
        print(f"eps 1e-{n:02}: error {both_sides[-1]:.0e} both sides, {one_side[-1]:.0e} one side")
best, best_one = (1 + errors.index(min(errors)) for errors in (both_sides, one_side))


# %%
def plot_errors(powers, both_sides, one_side, title):
    """The error against eps, one curve for each way to step. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    steps = [10.0**-n for n in powers]
    axes.loglog(steps, one_side, "s--", color="C1", label="a step to one side")
    axes.loglog(steps, both_sides, "o-", color="C0", label="a step to both sides")
    axes.loglog(steps, [1e-16 / h for h in steps], ":", color="gray", label="1e-16 / eps: rounding")
    axes.set(xlabel="eps (step)", ylabel="relative error of the slope", title=title)
    axes.set_ylim(1e-12, 10)
    axes.legend()
    return axes


plot_errors(powers, both_sides, one_side, f"Both sides: the error is smallest at 1e-{best}")
assert 4 < best < 8 and 6 < best_one < 10 and min(both_sides) < 1e-9 < 1e-3 < both_sides[-1]

# %% [markdown]
# *The picture in words:* two curves shaped like a V, over steps from 10⁻¹⁵ to 0.1. On the right the
# error falls with the step: for a step to one side in proportion to it, for a step to both sides
# with its square, down to about 10⁻¹¹ at steps between 10⁻⁷ and 10⁻⁵. One side is lowest at 10⁻⁸,
# though never as low. To the left of that both rise near a dotted line, 10⁻¹⁶ divided by the step,
# until at 10⁻¹⁵ hardly one digit is right.

# %% [markdown]
# **Question:** Why does the error grow again when the step gets very small? Answer with one
# letter.
#
# - (a) The formula is only right for steps that are not too small.
# - (b) e^x is computed wrongly by the computer.
# - (c) The two results agree in nearly all their digits, so little but rounding is left of their
#   difference, and that is divided by a tiny number.
# - (d) 1 + eps becomes larger than a float can hold.

# %%
question(
    "01.7",
    kind="choice",
    key="c",
    options={
        "a": "the formula is only right for steps that are not too small",
        "b": "e^x is computed wrongly by the computer",
        "c": "the two results agree in nearly all their digits",
        "d": "1 + eps becomes larger than a float can hold",
    },
    rubric=[
        "a float keeps about 16 digits; where two numbers agree in 12 of them, their difference "
        "has 4 that mean something",
        "dividing by 2 · eps makes that rounding large: it is of the order of 1e-16 / eps",
    ],
    hints=[
        "Write down e^(1 + h) and e^(1 - h) for h = 1e-12, as far as 16 digits go.",
        "How many digits of their difference mean something?",
        "The dotted line is rounding divided by the step.",
    ],
)

# %% [markdown]
# ## 8. One way back for all inputs
#
# A numerical gradient calls the function twice for each input. `backward` walks the graph once,
# however many inputs there are. We count the Values that each of them handles.
#
# *Predict:* what happens to the two numbers when there are ten times as many inputs?


# %%
def product_sum(*values):
    """A function of n inputs with n - 1 products and n - 2 sums."""
    pairs = zip(values[1:-1], values[2:], strict=True)
    return sum((p * q for p, q in pairs), values[0] * values[1])


for n in (10, 100, 1000):
    inputs = [Value(0.5) for _ in range(n)]
    graph = len(topological_order(product_sum(*inputs)))
    print(f"{n:5} inputs: backward walks {graph:5,} Values, trying makes {2 * n * graph:11,}")
    assert graph == 3 * n - 3

# %% [markdown]
# The way back costs about as much as the way there, for all inputs together. This is why models
# with billions of parameters can be trained at all, and it works because there is *one* loss at
# the end: with many outputs and one input, walking forwards would be the cheap direction.

# %% [markdown]
# **Question:** A network has 1,000,000 parameters, and computing its loss once takes 0.01 seconds.
# How many hours does one gradient by central differences take?

# %%
question(
    "01.8",
    kind="number",
    key=2 * 1_000_000 * 0.01 / 3600,
    tolerance=0.02,
    rubric=[
        "two losses for each parameter: 2,000,000",
        "20,000 seconds, about 5.6 hours, for one single step",
    ],
    hints=[
        "How many times is the loss computed for one parameter? For all of them?",
        "2,000,000 times 0.01 seconds.",
        "Divide the seconds by 3600.",
    ],
    solution="5.56",
)

# %% [markdown]
# ## 9. The graph is the memory
#
# A Value keeps its parents, they keep theirs, and so a result keeps everything it was computed
# from. As long as you hold it, Python cannot throw any of it away.
#
# *Predict:* how large do the graphs of the two totals become in 100 steps?

# %%
weight = Value(0.5)
total_of_values, total_of_numbers = Value(0.0), 0.0
for step in range(1, 101):
    loss = (weight * step - 1) ** 2
    total_of_values = total_of_values + loss
    total_of_numbers += loss.data
    if step in (1, 10, 100):
        print(f"step {step:3}: {len(topological_order(total_of_values)):4} Values behind the total")
assert total_of_values.data == total_of_numbers
assert len(topological_order(total_of_values)) == 2 + 100 * 6
print("Behind the total of plain numbers there is no Value at all.")

# %% [markdown]
# **Question:** A training run becomes slower and takes more and more memory. Its loop contains
# `losses.append(loss)`, and after the loop the mean of `losses` is printed. What is kept in memory
# and why, and what do you change? Two or three sentences.

# %%
question(
    "01.9",
    kind="text",
    rubric=[
        "the list holds Values, and each of them holds the whole graph of its step through its "
        "parents",
        "so no graph can be thrown away, and the memory grows with every step",
        "keep the plain number instead: `losses.append(loss.data)`",
    ],
    hints=[
        "What does `loss.parents` hold? And the parents of those?",
        "When can Python throw away a graph that is not needed any more?",
        "You want to print numbers. Does a number need a history?",
    ],
    solution=(
        "The list keeps every loss, a loss keeps its parents, and they keep theirs, so the graphs\n"
        "of all steps stay in memory. For printing, the number is enough:\n"
        "`losses.append(loss.data)`. Then each graph goes as soon as the next loss takes its place."
    ),
)

# %% [markdown]
# ## 10. The project: XOR with nothing but `Value`
#
# Two inputs, each 0 or 1; the answer is 1 if exactly one of them is 1. No straight line through
# the plane separates the ones from the zeros, so a network needs a bend. Ours has four hidden
# neurons, `tanh(w1 * x1 + w2 * x2 + bias)`, and adds them up, each with a weight of its own. The
# loss is the mean squared error.

# %%
POINTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]
STEPS, RATE, HIDDEN = 300, 0.2, 4


def fresh_parameters(seed):
    """w1, w2, bias and output weight of each hidden neuron, then the bias of the output."""
    chance = random.Random(seed)
    return [Value(chance.gauss(0, 0.5)) for _ in range(4 * HIDDEN + 1)]


# %%
def predict(parameters, x1, x2, bend=Value.tanh):
    out = parameters[-1]
    for place in range(0, 4 * HIDDEN, 4):
        w1, w2, bias, weight = parameters[place : place + 4]
        out = out + weight * bend(w1 * x1 + w2 * x2 + bias)
    return out


def loss_of(parameters, bend=Value.tanh):
    pairs = zip(POINTS, TARGETS, strict=True)
    return sum((predict(parameters, *point, bend) - target) ** 2 for point, target in pairs) / 4


# %%
def train(seed, bend=Value.tanh):
    """The parameters after all steps, and the loss before each of them."""
    parameters, losses = fresh_parameters(seed), []
    for _ in range(STEPS):
        loss = loss_of(parameters, bend)
        losses.append(loss.data)  # the number, not the graph
        zero_grad(parameters)
        loss.backward()
        for parameter in parameters:
            parameter.data -= RATE * parameter.grad
    return parameters, losses


# %% [markdown]
# *Predict:* the best constant answer is one half, and costs 0.25. Where does the loss start, and
# where does it end?

# %%
parameters, losses = train(seed=2)
size = len(topological_order(loss_of(parameters)))
print(f"{len(parameters)} parameters, {size} Values in the graph of one loss")
for step in (0, 10, 50, 100, 200):
    print(f"step {step:3}: loss {losses[step]:.4f}")
answers = [predict(parameters, *point).data for point in POINTS]
for point, answered in zip(POINTS, answers, strict=True):
    print(f"{point}: {answered:.3f}")
assert losses[-1] < 1e-4 and all(abs(a - t) < 0.05 for a, t in zip(answers, TARGETS, strict=True))
for seed in range(8 if FULL else 0):
    print(f"seed {seed}: loss {train(seed)[1][-1]:.1e}")


# %%
def plot_losses(curves, title):
    """One curve of losses for each name, over the steps. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    for (name, losses), style in zip(curves.items(), ("C0-", "C1--"), strict=False):
        axes.semilogy(losses, style, label=name)
    axes.axhline(0.25, color="gray", linestyle=":", label="always one half: 0.25")
    axes.set(xlabel="step", ylabel="mean squared error", title=title)
    axes.legend()
    return axes


under = next(step for step, loss in enumerate(losses) if loss < 0.01)
plot_losses({"XOR": losses}, f"After {under} steps the loss is below 0.01")
assert 20 < under < 200

# %% [markdown]
# *The picture in words:* the loss starts above 1, falls within a few steps to the dotted line at
# 0.25, the price of always answering one half, stays near it for a while, and then falls
# ever faster, below 0.01 in fewer than a hundred steps. From there on it is a straight line on the
# logarithmic axis: the same share of the loss goes with every step.


# %%
def plot_surface(answer_at, title, most=1.5, cells=36):
    """The answers over the plane, the line at one half, and the four points. Returns Axes."""
    _, axes = plt.subplots(figsize=(5.4, 4.4), layout="constrained")
    places = [-0.5 + (most + 0.5) * n / (cells - 1) for n in range(cells)]
    heights = [[answer_at(x1, x2) for x1 in places] for x2 in places]
    levels = [-0.5 + 0.25 * n for n in range(9)]
    shown = axes.contourf(places, places, heights, levels, cmap="cividis", extend="both")
    axes.figure.colorbar(shown, label="answer of the network")
    axes.contour(places, places, heights, [0.5], colors="white", linewidths=2)
    for (x1, x2), target in zip(POINTS, TARGETS, strict=True):
        axes.plot(x1, x2, "s" if target else "o", ms=11, mfc="white", mec="black", mew=2)
    axes.set(xlabel="x1", ylabel="x2", title=title)
    return axes


# %%
right = sum((a > 0.5) == t for a, t in zip(answers, TARGETS, strict=True))
plot_surface(
    lambda *x: predict(parameters, *x).data, f"A band between two lines: {right} of 4 are right"
)
assert right == 4

# %% [markdown]
# *The picture in words:* the plane from -0.5 to 1.5 in both directions. A dark band runs across it
# from one corner to the other and holds the circles (0, 0) and (1, 1), whose answer is 0; on either
# side of it, in the bright corners, lie the squares (0, 1) and (1, 0), whose answer is 1. Two bent
# white lines, where the answer is one half, bound the band.

# %% [markdown]
# **Question:** Write the one line of the training loop that moves a `parameter` downhill, with a
# learning rate called `RATE`.

# %%
question(
    "01.10",
    kind="code",
    key="parameter.data -= RATE * parameter.grad",
    accept=[
        "parameter.data = parameter.data - RATE * parameter.grad",
        "parameter.data -= parameter.grad * RATE",
        "parameter.data = parameter.data - parameter.grad * RATE",
        "parameter.data += -RATE * parameter.grad",
        "parameter.data = parameter.data + -RATE * parameter.grad",
        "parameter.data = -RATE * parameter.grad + parameter.data",
    ],
    rubric=[
        "the gradient points uphill, so it is subtracted",
        "the plain number is changed in place: a new Value would have another history, and would "
        "not be the one in the list",
    ],
    hints=[
        "In which direction does the gradient point?",
        "What has to change: the Value, or the number inside it?",
        "It is one line of the function `train` above.",
    ],
    solution="parameter.data -= RATE * parameter.grad",
)

# %% [markdown]
# ## 11. Without the bend
#
# The same network, with nothing in the place of tanh.
#
# *Predict:* where does its loss end?

# %%
straight, straight_losses = train(seed=2, bend=lambda value: value)
end = straight_losses[-1]
curves = {"with tanh": losses, "without": straight_losses}
plot_losses(curves, f"Without a bend the loss ends at {end:.2f}")
for name, curve in curves.items():
    print(f"{name:>9}: {curve[0]:.2f} at first, {curve[-1]:.4f} in the end")
assert abs(end - 0.25) < 0.001 and losses[-1] < 0.0001

# %% [markdown]
# *The picture in words:* two curves over 300 steps. With tanh the loss falls far below 0.0001;
# without it the loss first jumps up, is on the dotted line at 0.25 after a few steps, and stays.

# %% [markdown]
# **Question:** Why can this network without tanh not do better than 0.25, however many hidden
# neurons it has? Two to four sentences.

# %%
question(
    "01.11",
    kind="text",
    rubric=[
        "sums and weights of sums are again a weighted sum: without a bend the whole network is "
        "u1 * x1 + u2 * x2 + u0, for any number of neurons",
        "such a function has a straight line where it is one half, and no line separates the two "
        "diagonals of the square",
        "the best it can do is to answer one half everywhere, and (1/2)² = 0.25",
    ],
    hints=[
        "Write the network out for two hidden neurons without tanh, and sort by x1 and x2.",
        "What does the place where such a function is one half look like?",
        "The answers at (0, 0) and (1, 1) add up to the same as those at (0, 1) and (1, 0). What "
        "would XOR need?",
    ],
    solution=(
        "Without tanh every neuron is a weighted sum of x1, x2 and 1, and a weighted sum of those\n"
        "is one again, so the whole network is u1 * x1 + u2 * x2 + u0. Its answers at (0, 0) and\n"
        "(1, 1) add up to the same as those at (0, 1) and (1, 0), and XOR would need 0 and 2. The\n"
        "best compromise is one half everywhere, and that costs 0.25."
    ),
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 01` reads your saved answers and shows them in one list. What you have
# written is what `loss.backward()` means in every library: rules for single operations, an order,
# and one walk back. Module 02 does the same with whole tensors, where one rule stands for a
# million of yours.
