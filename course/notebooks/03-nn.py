# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 03 Neural networks: how does a network learn from its mistakes?
#
# Read [the lesson](../../lessons/03-nn.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_nn.py`
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
from math import log, sqrt

from noteboosh.authoring import question

# %%
import math

import matplotlib.pyplot as plt
import torch
from tqdm import tqdm

from g2c.nn import SGD, CrossEntropyLoss, DecayingSGD, Linear, ReLU, Sequential
from g2c.nn import cross_entropy_backward, reset_parameters, spirals
from g2c.tensors import softmax

# %%
FULL = False  # True: exercise 9 trains three times as long
torch.set_default_dtype(torch.float64)  # so that every machine prints the same digits


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %% [markdown]
# ## 1. A linear layer by hand
#
# Each number that comes out is a dot product of the input with one row of the weight, plus one
# number of the bias. The weight has a row for each output: it is `(out_features, in_features)`.
#
# *Predict:* both rows of the output, before you run the cell.

# %%
layer = Linear(3, 2, bias=True)
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]))
    layer.bias.copy_(torch.tensor([0.5, -0.5]))
x = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
out = layer(x)
print(f"x {tuple(x.shape)}, weight {tuple(layer.weight.shape)}, out {tuple(out.shape)}")
print(out.tolist())
assert out.tolist() == [[-1.5, 3.5], [0.5, -0.5]]

# %% [markdown]
# An input of zeros lets only the bias through.

# %% [markdown]
# **Question:** A layer has the weight `[[2, -1], [0, 3], [1, 1]]` and the bias `[0, 1, -2]`. What
# does it make of `x = [1, 2]`? Write the list.

# %% tags=["author"]
import torch

from g2c.nn import Linear

asked = Linear(2, 3, bias=True)
asked.weight.data = torch.tensor([[2.0, -1.0], [0.0, 3.0], [1.0, 1.0]])
asked.bias.data = torch.tensor([0.0, 1.0, -2.0])
made = asked(torch.tensor([1.0, 2.0]))

# %%
question(
    "03.1",
    kind="list",
    key=made,
    rubric=[
        "one output for each of the three rows of the weight",
        "2·1 - 1·2 + 0 = 0, then 0·1 + 3·2 + 1 = 7, then 1·1 + 1·2 - 2 = 1",
    ],
    hints=[
        "How many numbers come out, if the weight has three rows?",
        "The first output uses the first row and the first number of the bias: 2·1 - 1·2 + 0.",
        "The second row gives 0·1 + 3·2, the third 1·1 + 1·2. Do not forget the bias.",
    ],
    solution="[0, 7, 1]",
)

# %% [markdown]
# ## 2. Why a nonlinearity
#
# Two linear layers with 32 numbers between them sound like more than one layer. We put two in a
# row and compare them with a single one whose weight is the product of their weights.
#
# *Predict:* how far apart are the outputs? And with a ReLU between the two?

# %%
first = reset_parameters(Linear(2, 32), seeded(0))
second = reset_parameters(Linear(32, 3), seeded(1))
one = Linear(2, 3)
one.weight.data = second.weight.data @ first.weight.data  # (3, 32) @ (32, 2)
x = torch.randn(100, 2, generator=seeded(2))
gaps = {}
for name, model in {
    "two layers": Sequential(first, second),
    "with a ReLU between": Sequential(first, ReLU(), second),
}.items():
    gaps[name] = (model(x) - one(x)).abs().max().item()
    print(f"{name:>19}: at most {gaps[name]:.1f} away from the single layer")
assert gaps["two layers"] < 1e-12 and gaps["with a ReLU between"] > 0.5

# %% [markdown]
# x times one matrix times another is x times the product of the two. Without something bent in
# between, a network of a hundred layers is one layer.

# %% [markdown]
# **Question:** How many parameters does `Sequential(Linear(2, 32), Linear(32, 3))` hold, without
# biases? And how many has the one layer that does the same? Write `two = …` and `one = …`.

# %% tags=["author"]
from g2c.nn import Linear, Sequential

deep = Sequential(Linear(2, 32), Linear(32, 3))
parameters = {"two": deep, "one": Linear(2, 3)}
held = {name: sum(p.numel() for p in model.parameters()) for name, model in parameters.items()}

# %%
question(
    "03.2",
    kind="number",
    key=held,
    rubric=[
        "32 · 2 and 3 · 32 numbers, 160 together",
        "the product of the two weights is (3, 2): 6 numbers say the same",
    ],
    hints=[
        "What shape has the weight of `Linear(2, 32)`?",
        "A weight is (out, in). The single layer goes from 2 straight to 3.",
        "32 · 2 + 3 · 32 for the two; 3 · 2 for the one.",
    ],
)

# %% [markdown]
# ## 3. The price of a surprise
#
# Cross-entropy is the mean of -log(probability of the right answer). Here are four models for a
# choice among three, where answer 0 is right.
#
# *Predict:* the first three losses. Does the last one overflow?

# %%
loss_function = CrossEntropyLoss()
rows = {
    "equal scores": [0.0, 0.0, 0.0],
    "sure and right": [10.0, 0.0, 0.0],
    "sure and wrong": [0.0, 10.0, 0.0],
    "beyond all doubt, and wrong": [0.0, 1e4, 0.0],
}
for name, row in rows.items():
    loss = loss_function(torch.tensor([row]), torch.tensor([0])).item()
    print(f"{name:>27}: loss {loss:10,.4f} nats, probability {math.exp(-loss):.2g}")
print(f"{'log 3':>27}: {math.log(3):15,.4f} nats")
assert loss == 1e4

# %% [markdown]
# Whoever knows nothing pays log V. Being sure and right costs almost nothing, and being sure and
# wrong costs what the scores are apart, without limit. The last probability is too small for any
# float, yet its logarithm is an ordinary number: your loss never computes that probability.

# %% [markdown]
# **Question:** Three rows give their right answers the probabilities 1/2, 1/4 and 1/8. What is the
# loss, in nats?

# %%
question(
    "03.3",
    kind="number",
    key=(log(2) + log(4) + log(8)) / 3,
    tolerance=0.005,
    rubric=[
        "the surprises are log 2, log 4 and log 8: one, two and three times log 2",
        "their mean is 2 log 2, about 1.39 nats",
        "that is the surprise at 1/4, the geometric mean of the three probabilities",
    ],
    hints=[
        "What does one row cost whose right answer has the probability 1/2?",
        "-log(1/4) is 2 log 2. The loss is the mean of the three.",
        "`(log(2) + log(4) + log(8)) / 3`, with the natural logarithm.",
    ],
    solution="2 * log(2)",
)

# %% [markdown]
# ## 4. Loss and accuracy
#
# Four rows, two classes. Three are answered rightly and one wrongly, always the same. What we
# change is only how far the two scores of each row are apart.
#
# *Predict:* which of the three has the lowest loss?

# %%
targets = torch.tensor([0, 1, 1, 0])
guesses = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])  # the last is wrong
losses = []
for margin in (0.1, math.log(3), 10.0):
    logits = margin * guesses
    accuracy = (logits.argmax(dim=1) == targets).double().mean().item()
    losses.append(loss_function(logits, targets).item())
    sure = softmax(logits, dim=1).max().item()
    print(f"gap {margin:5.2f}: {sure:7.3%} sure, {accuracy:.0%} right, loss {losses[-1]:.3f} nats")
    assert accuracy == 0.75
assert losses[1] < losses[0] < losses[2]

# %% [markdown]
# The accuracy is the same for all. The loss is lowest for the model that is 75 % sure, and 75 %
# is how often it is right. Cross-entropy wants probabilities to be honest, not high.
#
# And it moves a little with every little change of a score. The accuracy jumps or stands still:
# it has no slope, so there is nothing to walk down.

# %% [markdown]
# **Question:** In a training run the accuracy on validation points stays at 78 % from step 560 to
# step 1,200. In the same time the validation loss rises from 0.55 to 0.70 nats. What has happened?
# Answer with one letter.
#
# - (a) The code must be wrong: the two numbers contradict each other.
# - (b) The model has become surer, also of its wrong answers.
# - (c) The learning rate is too small: the model has stopped learning.
# - (d) The model now gets other points right than before, but as many.

# %%
question(
    "03.4",
    kind="choice",
    key="b",
    options={
        "a": "the code must be wrong",
        "b": "surer, also of its wrong answers",
        "c": "the learning rate is too small",
        "d": "other points, but as many",
    },
    rubric=[
        "accuracy asks only which score is highest, the loss how high the right one is",
        "a wrong answer given with more confidence costs more, without limit",
        "other points, as many of them, would not by themselves raise the mean: only surer wrong "
        "answers cost so much more",
    ],
    hints=[
        "Which of the two numbers notices how sure the model is?",
        "Compare the second and the third line that the cell above printed.",
        "The same share is right. So the wrong answers must have become more expensive.",
    ],
)

# %% [markdown]
# ## 5. The gradient, row by row
#
# The gradient of the loss for the logits is (softmax - onehot) / N: what the model said, minus
# what was right. We look at it times N.
#
# *Predict:* the signs in each row. Which row has the largest numbers?

# %%
logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [-1.0, 4.0, 0.0]])
targets = torch.tensor([0, 2, 0])
gradient = cross_entropy_backward(logits, targets)
for probs, target, row in zip(softmax(logits, dim=1), targets, 3 * gradient, strict=True):
    said = "  ".join(f"{p:5.2f}" for p in probs.tolist())
    pushes = "  ".join(f"{g:+5.2f}" for g in row.tolist())
    print(f"said {said}, right is {target.item()}: gradient {pushes}, sum {row.sum().abs():.1f}")
assert gradient.sum(dim=1).abs().max() < 1e-15

# %% [markdown]
# A step goes *against* the gradient: the right score up, all others down, each in proportion to
# the probability that it wrongly got. The row that is sure and wrong is pushed hardest, and even
# there no number exceeds 1.
#
# Never trust a gradient that you have not compared with one found by trying. We move each logit
# a little up and a little down, and see what the loss does.

# %%
h, slopes = 1e-6, torch.empty_like(logits)
for row in range(3):
    for column in range(3):
        shift = torch.zeros_like(logits)
        shift[row, column] = h
        up, down = loss_function(logits + shift, targets), loss_function(logits - shift, targets)
        slopes[row, column] = (up - down) / (2 * h)
print("found by trying, times 3:", [[round(g, 2) for g in row] for row in (3 * slopes).tolist()])
assert (slopes - gradient).abs().max() < 1e-9

# %% [markdown]
# **Question:** A batch has N = 2 rows. In one of them softmax gives 1/2, 1/4 and 1/4, and answer 1
# is right (counted from 0). What is this row of the gradient?

# %% tags=["author"]
from g2c.nn import cross_entropy_backward

batch = torch.tensor([[0.5, 0.25, 0.25], [0.2, 0.3, 0.5]]).log()
pushed = cross_entropy_backward(batch, torch.tensor([1, 0]))[0]

# %%
question(
    "03.5",
    kind="list",
    key=pushed,
    rubric=[
        "softmax - onehot is 1/2, -3/4, 1/4",
        "divided by N = 2: 0.25, -0.375, 0.125",
        "the sum of the row is 0",
    ],
    hints=[
        "Which of the three entries is negative?",
        "Take 1 away from the probability of the right answer, and from that one only.",
        "1/2, 1/4 - 1 and 1/4, each divided by 2: the loss is a mean over two rows.",
    ],
)

# %% [markdown]
# ## 6. When a step overshoots
#
# Seen from close by, a smooth loss near a minimum looks like a parabola: c/2 · w², with the
# curvature c. Its slope is c · w, so that one step of SGD takes w to w - lr · c · w, which is
# (1 - lr · c) · w. Every step multiplies with the same factor.
#
# *Predict:* for c = 4 and the four rates below, what does the parameter do?


# %%
def walk(lr, c, steps, optimizer_class=SGD):
    """The places that one parameter visits on the parabola c/2 · w², from w = 1."""
    w = torch.nn.Parameter(torch.tensor(1.0))
    optimizer, places = optimizer_class([w], lr=lr), [1.0]
    for _ in range(steps):
        optimizer.zero_grad()
        (c / 2 * w**2).backward()
        optimizer.step()
        places.append(w.item())
    return places


# %%
walks = {lr: walk(lr, c=4, steps=6) for lr in (0.1, 0.25, 0.45, 0.52)}
for lr, places in walks.items():
    print(f"lr {lr:.2f}, factor {1 - 4 * lr:+.1f}:", *(f"{w:6.2f}" for w in places))
    assert all(math.isclose(w, (1 - 4 * lr) ** t, abs_tol=1e-12) for t, w in enumerate(places))


# %%
def plot_walks(walks, c, title):
    """A parabola for each rate, with the places visited on it. Returns the Axes."""
    figure, axes = plt.subplots(1, len(walks), figsize=(10, 2.9), sharey=True, layout="constrained")
    reach = 1.15 * max(abs(w) for places in walks.values() for w in places)
    line = torch.linspace(-reach, reach, 200)
    for ax, (lr, places) in zip(axes, walks.items(), strict=True):
        ax.plot(line, c / 2 * line**2, color="gray", linewidth=1)
        ax.plot(places, [c / 2 * w**2 for w in places], "o-", color="C0", markersize=4)
        ax.plot(places[:1], [c / 2], "s", color="C0", markersize=8)
        ax.set(title=f"lr = {lr}, lr · c = {lr * c:.1f}", xlabel="parameter w")
    axes[0].set_ylabel("loss")
    figure.suptitle(title)
    return axes


# %%
lrs = [lr / 100 for lr in range(2, 80, 4)]
leaves = [lr for lr in lrs if abs(walk(lr, c=4, steps=20)[-1]) > 1]
assert leaves == [lr for lr in lrs if lr > 2 / 4]
plot_walks(walks, 4, f"A step moves away from the minimum as soon as lr is above 2/c = {2 / 4}")
plt.show()

# %% [markdown]
# *The picture in words:* four parabolas, a square where each walk starts. At lr = 0.1 the points
# come down one side in ever shorter steps; at 0.25, which is 1/c, the first step lands in the
# minimum. At 0.45 each step jumps over the minimum to the other side, a little lower than before;
# at 0.52 it lands a little higher every time, and the walk climbs out of the valley.

# %% [markdown]
# **Question:** The loss is the mean of the squares of 100 numbers, and those numbers are the
# parameters. Above which learning rate does SGD move away from the minimum?

# %%
question(
    "03.6",
    kind="number",
    key=2 / (2 / 100),
    rubric=[
        "the slope for one number w is 2w / 100, so the curvature is c = 2/100",
        "2 / c = 100",
        "a learning rate is large or small only beside the curvature: 50 is safe here",
    ],
    hints=[
        "What is the derivative of the loss with respect to one of the numbers?",
        "It is 2w / 100. Compare with c · w: what is c?",
        "c = 0.02, and the limit is 2 / c.",
    ],
)

# %% [markdown]
# ## 7. One training step
#
# Gradients come from torch's `backward()`, which goes through your layers and your loss. It does
# one thing that surprises everybody once.
#
# *Predict:* the slope of 2 · w is 2, wherever w is. What are the three lines?

# %%
w = torch.nn.Parameter(torch.tensor(1.0))
for _ in range(3):
    (2 * w).backward()
    print(f"w.grad = {w.grad.item()}")
assert w.grad == 6

# %% [markdown]
# `backward()` *adds* to what is in `.grad`. That is useful where a batch comes in parts. In an
# ordinary loop the old gradients must go first, or each step repeats all steps before it.

# %% [markdown]
# **Question:** You have `model`, `x`, `targets`, `loss_function` and `optimizer`. Write the four
# lines of one training step. The first is `loss = loss_function(model(x), targets)`.

# %%
question(
    "03.7",
    kind="code",
    key="loss = loss_function(model(x), targets)\n"
    "optimizer.zero_grad()\n"
    "loss.backward()\n"
    "optimizer.step()",
    accept=[
        "optimizer.zero_grad()\n"
        "loss = loss_function(model(x), targets)\n"
        "loss.backward()\n"
        "optimizer.step()",
        "loss = loss_function(model(x), targets)\n"
        "loss.backward()\n"
        "optimizer.step()\n"
        "optimizer.zero_grad()",
        "loss = loss_function(model(x), targets)\n"
        "model.zero_grad()\n"
        "loss.backward()\n"
        "optimizer.step()",
        "model.zero_grad()\n"
        "loss = loss_function(model(x), targets)\n"
        "loss.backward()\n"
        "optimizer.step()",
        "loss = loss_function(model(x), targets)\n"
        "loss.backward()\n"
        "optimizer.step()\n"
        "model.zero_grad()",
    ],
    rubric=[
        "the old gradients are cleared at any point before `backward()` adds the new ones",
        "`backward()` before `step()`: the step reads what backward has written",
    ],
    hints=[
        "Three things are to be done with the loss and the optimizer: clear, compute, walk.",
        "The gradients of the last step must be gone before `backward()` adds new ones.",
        "After the loss: `optimizer.zero_grad()`, then the loss goes `.backward()`, and last the "
        "optimizer takes its step.",
    ],
    solution="loss = loss_function(model(x), targets)\n"
    "optimizer.zero_grad()\n"
    "loss.backward()\n"
    "optimizer.step()",
)

# %% [markdown]
# ## 8. Three spirals
#
# Now everything at once, with nothing in it but your own parts. Points lie on three arms that
# wind around each other; the network gets the two coordinates of a point and says which arm it
# is on. Every step looks at all points.


# %%
def make_model(width):
    """Two coordinates in, a score for each of three arms out."""
    layers = [Linear(2, width, bias=True), ReLU(), Linear(width, width, bias=True), ReLU()]
    return reset_parameters(Sequential(*layers, Linear(width, 3, bias=True)), seeded(0))


# %%
def training(model, x, arm, steps, lr=0.5, weight_decay=0.0):
    """Train the model; yields the number of steps taken so far, from 0 to `steps`."""
    optimizer = SGD(model.parameters(), lr=lr, weight_decay=weight_decay)
    for step in range(steps):
        yield step
        loss = loss_function(model(x), arm)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    yield steps


# %%
@torch.no_grad()
def measure(model, x, arm):
    """The loss, and the share of right answers."""
    logits = model(x)
    right = (logits.argmax(dim=1) == arm).double().mean().item()
    return loss_function(logits, arm).item(), right


# %%
side = torch.linspace(-1.3, 1.3, 120)
grid = torch.cartesian_prod(side, side)  # every place of the picture


@torch.no_grad()
def picture(model):
    """At each place of the grid: which arm the model sees there, and how sure it is."""
    sure, seen = softmax(model(grid), dim=1).max(dim=1)
    return seen.view(120, 120), sure.view(120, 120)


# %% [markdown]
# *Predict:* how many of 100 points does a classifier get right that can only draw straight lines?
# How many the network, after 60 steps, after 200, after 600?

# %%
x, arm = spirals(40, generator=seeded(0))
fresh_x, fresh_arm = spirals(200, generator=seeded(1))
line = reset_parameters(Linear(2, 3, bias=True), seeded(0))
for _ in training(line, x, arm, steps=300):
    pass
model, moments = make_model(32), {}
for step in training(model, x, arm, steps=600):
    if step in (0, 60, 200, 600):
        loss, right = measure(model, fresh_x, fresh_arm)
        moments[step] = right, picture(model)[0]
        print(f"step {step:3}: loss {loss:.2f} nats, {right:4.0%} of fresh points right")

# %%
loss, right = measure(line, fresh_x, fresh_arm)
print(f"a linear classifier: {loss:.2f} nats, {right:4.0%}; guessing: {1 / 3:4.0%}")
assert right < 0.45 and moments[600][0] > 0.93


# %%
def plot_plane(ax, heights, levels, colors, points, title):
    """What a model makes of every place of the plane, and points, each arm with its own sign."""
    shades = ax.contourf(side, side, heights.T, levels=levels, colors=colors)
    x, arm = points
    for k, (sign, color) in enumerate(zip("o^s", ["#08519c", "#b35900", "#222222"], strict=True)):
        ax.plot(*x[arm == k].T, sign, color=color, markersize=3.5, label=f"arm {k}")
    ax.set(title=title, xticks=[-1, 0, 1], yticks=[-1, 0, 1], aspect="equal", xlabel="$x_0$")
    return shades


EACH = [-0.5, 0.5, 1.5, 2.5], ["#86b6d6", "#fff2cc", "#d4d4d4"]  # a region for each arm

# %%
figure, axes = plt.subplots(1, 4, figsize=(11, 3.4), sharey=True, layout="constrained")
for ax, (step, (right, seen)) in zip(axes, moments.items(), strict=True):
    plot_plane(ax, seen, *EACH, (x, arm), f"step {step}: {right:.0%} right")
axes[0].set_ylabel("$x_1$")
axes[-1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
begin, end = moments[0][0], moments[600][0]
figure.suptitle(f"The boundary winds itself between the arms: from {begin:.0%} to {end:.0%}")
plt.show()

# %% [markdown]
# *The picture in words:* the same three arms in four panels, circles, triangles and squares, and
# behind them the region that the network gives to each arm. At step 0 the regions are wedges that
# have nothing to do with the points. At step 60 they are still three wedges, turned to where the
# outer points of each arm lie, and in the centre one of them begins to bend; at step 200 all three
# reach around the centre; at step 600 each region is a spiral band that follows its arm.

# %% [markdown]
# **Question:** Why can a linear classifier do hardly better than guessing here, however long it is
# trained? What do the layers with their ReLUs do about it? A few sentences.

# %%
question(
    "03.8",
    kind="text",
    rubric=[
        "a linear classifier cuts the plane with straight lines, and each arm winds all the way "
        "around the centre, so every such piece holds points of all arms",
        "more steps do not help: the best straight cut is already found",
        "a ReLU bends: the network cuts the plane with pieces of straight lines and joins them, "
        "so its boundary can wind",
        "its parameters are found by the same small steps against the gradient of one number",
    ],
    hints=[
        "Draw one straight line through the centre. Which arms lie on each side of it?",
        "What is a function made of linear layers and ReLUs, if you look at it very closely?",
        "It is flat piece by piece, with folds between the pieces. What shape can a boundary "
        "along many such pieces have?",
    ],
    solution=(
        "A linear classifier divides the plane by straight lines, and since every arm goes once "
        "around the\n"
        "centre, each piece holds points of all three arms: the best cut is only a little better "
        "than guessing,\n"
        "and more steps cannot change that. A network with ReLUs is linear piece by piece, with "
        "folds in between,\n"
        "so its boundary consists of many short straight pieces and can wind between the arms. "
        "The gradient of\n"
        "the loss moves all the folds at once, a little at each step."
    ),
)

# %% [markdown]
# ## 9. Learned by heart
#
# Now few points, scattered widely, and a network with far more parameters than points. The
# validation points come from the same arms and are never trained on. The same training runs
# three times, with three strengths of weight decay; each step then also shrinks every parameter
# by lr · weight_decay of its size.
#
# *Predict:* the shape of six curves: training loss and validation loss, for each strength.

# %%
few = spirals(30, noise=0.1, generator=seeded(0))
val = spirals(200, noise=0.1, generator=seeded(100))
steps = 3600 if FULL else 1200


def run(weight_decay):
    """A network trained on few points, and on the way (step, training loss, validation loss)."""
    model, losses = make_model(64), []
    taken = training(model, *few, steps, lr=0.3, weight_decay=weight_decay)
    for step in tqdm(taken, total=steps + 1, desc=f"weight decay {weight_decay}"):
        if step % 20 == 0:
            losses.append((step, measure(model, *few)[0], measure(model, *val)[0]))
    return model, losses


# %% tags=["nbval-ignore-output"]
results = {weight_decay: run(weight_decay) for weight_decay in (0.0, 0.003, 0.02)}
runs = {weight_decay: losses for weight_decay, (_, losses) in results.items()}
ends = {
    weight_decay: (measure(model, *val)[1], picture(model)[1])
    for weight_decay, (model, _) in results.items()
}


# %%
def very_sure(weight_decay):
    """The share of the picture in which one arm gets a probability above 99 %."""
    return (ends[weight_decay][1] > 0.99).double().mean().item()


# %%
size = sum(parameter.numel() for parameter in results[0.0][0].parameters())
print(f"{size:,} parameters, {len(few[0])} points")
print("weight decay  training  validation  lowest  at step  right  very sure")
for weight_decay, losses in runs.items():
    _, train_loss, val_loss = losses[-1]
    right, certain = ends[weight_decay][0], very_sure(weight_decay)
    best, at = min((val_loss, step) for step, _, val_loss in losses)
    shown = f"{train_loss:8.2f}  {val_loss:10.2f}  {best:6.2f}"
    print(f"{weight_decay:12}  {shown}  {at:7}  {right:5.0%}  {certain:9.0%}")

# %%
none, some, much = ([val_loss for _, _, val_loss in losses] for losses in runs.values())
assert none[-1] > min(none) + 0.1  # it rises again: overfitting
assert some[-1] < none[-1] - 0.1  # weight decay keeps it down
assert min(much) > min(none) + 0.1  # and too much of it keeps it from learning

# %% [markdown]
# The curve doctor holds your losses against those of many runs that went right, and, where they lie
# outside, against the curves of known mistakes; where it has no match, it says so.

# %%
from noteboosh import curve

train_losses = [train_loss for _, train_loss, _ in runs[0.0]]  # without weight decay
curve("03.by_heart", train_losses[:21])  # the first 400 steps


# %%
def plot_runs(runs, title):
    """Training and validation loss over the steps, a panel for each weight decay."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True, layout="constrained")
    for ax, (weight_decay, losses) in zip(axes, runs.items(), strict=True):
        step, train_loss, val_loss = zip(*losses, strict=True)
        ax.plot(step, train_loss, color="C0", label="training")
        ax.plot(step, val_loss, "--", color="C1", label="validation")
        ax.axhline(math.log(3), color="gray", linestyle=":", label="log 3, knowing nothing")
        ax.set(title=f"weight decay {weight_decay}", xlabel="step", ylim=(0, 1.25))
    axes[0].set_ylabel("loss (nats)")
    axes[-1].legend(loc="lower left")
    figure.suptitle(title)
    return axes


# %%
rise, saved = none[-1] - min(none), none[-1] - some[-1]
title = f"Learned by heart, the validation loss rises by {rise:.2f}; "
plot_runs(runs, title + f"a little weight decay saves {saved:.2f}")
plt.show()

# %% [markdown]
# *The picture in words:* three panels with the training loss as a solid line, the validation loss
# dashed, and a dotted line at log 3. Without weight decay the training loss sinks towards zero;
# the validation loss sinks with it at first, turns near step 600, and climbs. With 0.003 both
# sink, and the dashed line stays near its lowest point. With 0.02 the two lines stay together, high
# up, not far below the dotted one. (The small jumps are steps that overshot, as in exercise 6: the
# rate is not far from the limit.)

# %%
figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.4), sharey=True, layout="constrained")
grades = [0.33, 0.5, 0.7, 0.9, 0.99, 1.0], ["#ffffff", "#eeeeee", "#d0d0d0", "#b4b4b4", "#929292"]
for ax, (weight_decay, (right, sure)) in zip(axes, ends.items(), strict=True):
    title = f"weight decay {weight_decay}: {right:.0%} right"
    shades = plot_plane(ax, sure, *grades, few, title)
axes[0].set_ylabel("$x_1$")
figure.colorbar(shades, ax=axes, label="highest probability")
before, after = very_sure(0.0), very_sure(0.003)
title = f"Without weight decay very sure of {before:.0%} of the plane"
figure.suptitle(f"{title}, with a little of {after:.0%}")
assert after < before - 0.1 and abs(ends[0.0][0] - ends[0.003][0]) < 0.05
plt.show()

# %% [markdown]
# *The picture in words:* the darker a place, the surer the network; "very sure" means above 99 %.
# Without weight decay most of the plane is dark, with narrow bright seams between the arms, also
# where points of several arms lie mixed. With 0.003 the seams are wider. With 0.02 the plane is
# pale, and in the middle the network hardly knows anything.

# %% [markdown]
# **Question:** How do you see in the curves that a network has begun to learn its points by heart?
# At which step would you have stopped the first run, and what do you need in order to know? What
# does weight decay do to the two losses, and why is the accuracy of the first two runs nearly the
# same? A few sentences.

# %%
question(
    "03.9",
    kind="text",
    rubric=[
        "the training loss goes on sinking while the validation loss turns and rises: from there "
        "on it learns what is true of these points only",
        "stop where the validation loss is lowest; that takes points that are never trained on",
        "weight decay raises the training loss and lowers the final validation loss, because small "
        "weights cannot make sharp folds or very sure answers",
        "too much of it keeps the network from fitting anything: both losses stay high",
        "the accuracy counts answers, and overfitting here shows as too much confidence in wrong "
        "ones, which only the loss notices",
    ],
    hints=[
        "In the first panel, compare the directions of the two curves after step 600.",
        "Which of the two curves could you not have drawn without holding points back?",
        "Exercise 4: what can make a loss rise while the share of right answers stays the same?",
    ],
    solution=(
        "The training loss keeps sinking while the validation loss turns round and rises: what is "
        "learned from\n"
        "then on is true of the training points only. I would have stopped where the dashed curve "
        "is lowest, and\n"
        "to see that I need points that were never trained on. Weight decay costs some training "
        "loss and keeps the\n"
        "validation loss down: with small weights the network cannot fold sharply around single "
        "points or be very\n"
        "sure. Too much of it and nothing is learned. The accuracy hardly differs because the "
        "same points are\n"
        "wrong; without weight decay the network is merely surer of its wrong answers."
    ),
)

# %% [markdown]
# ## Beyond the page
#
# One more exercise, for those who want to go on.

# %% [markdown]
# ## 10. A rate that falls
#
# Back to the mean of 100 squares, with its limit at lr = 100; we follow one of the numbers, since
# all of them fare alike. `DecayingSGD` divides the rate by sqrt(t + 1), where t counts the steps
# taken so far, so that every rate is below any limit some day.
#
# *Predict:* the loss after 10 steps, compared with the first, for lr = 10, 100 and 1000.

# %%
c = 2 / 100
for lr in (10, 100, 1000):
    kinds = {"constant": SGD, "decaying": DecayingSGD}
    times = {name: walk(lr, c, 10, kind)[-1] ** 2 for name, kind in kinds.items()}
    print(f"lr {lr:4}:", *(f"{name} {ratio:9.2g}   " for name, ratio in times.items()))
    assert (times["constant"] > 1) == (lr > 100)

# %% [markdown]
# At 10 the decaying rate is the slower one: nothing had to be mended, and its steps got shorter. At
# 100 the constant rate hops between two places for ever, while the decaying one comes to rest: its
# fourth rate is 100 / sqrt(4) = 50, which is 1/c. At 1000 both explode. But watch the second one
# for longer.

# %%
far = [abs(w) for w in walk(1000, c, 300, DecayingSGD)]
for t in (10, 50, 99, 200, 300):
    print(f"after {t:3} steps: {far[t]:7.1g} times as far from the minimum as at the start")
assert far[99] > 0.999 * max(far) and far[300] < far[200] < far[99]

# %% [markdown]
# As soon as the rate is below 2/c, every step goes nearer. On one parabola that mends anything. A
# network that has been thrown that far does not come back to where it was: its loss is no parabola
# out there, and float32 may have overflowed on the way.

# %% [markdown]
# **Question:** On a parabola with curvature c = 1, `DecayingSGD` starts with lr = 25. Which is the
# first step, counted from t = 0, that brings the parameter nearer to the minimum?

# %% tags=["author"]
nearer = next(t for t in range(1000) if abs(1 - 25 / sqrt(t + 1)) < 1)

# %%
question(
    "03.10",
    kind="number",
    key=nearer,
    rubric=[
        "step t multiplies with 1 - 25 / sqrt(t + 1), and that is between -1 and 1 when "
        "25 / sqrt(t + 1) is below 2",
        "t + 1 must be above (25 / 2)² = 156.25, so t + 1 = 157",
    ],
    hints=[
        "With which factor does step t multiply the parameter?",
        "The step goes nearer when the rate is below 2 / c = 2. The rate is 25 / sqrt(t + 1).",
        "t + 1 must be above 12.5 · 12.5 = 156.25. Which t is the first?",
    ],
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 03` reads your saved answers and shows them in one list. You have every part
# of a network that learns: layers, a loss, its gradient, a step. Module 03b makes the step
# cleverer, and the language models from module 06 on are trained by the very same four lines.
