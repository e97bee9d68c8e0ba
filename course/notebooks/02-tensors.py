# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 02 Tensors: how do we compute with many numbers at once?
#
# Read [the lesson](../../lessons/02-tensors.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_tensors.py`
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
from math import exp, log

from noteboosh.authoring import question

# %%
import math
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from tqdm import tqdm

from g2c.tensors import broadcast_shapes, matmul_loops, softmax, softmax_backward
from g2c.tensors import linear_backward, logsumexp

# %% [markdown]
# `FULL = True` measures larger matrices in exercise 3, which takes about half a minute.

# %%
FULL = False


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# %% [markdown]
# ## 1. One row of numbers
#
# A tensor is a row of numbers in memory, a shape, and strides: how many places to go on in memory
# for one step along each dimension. Everything below looks at the same twelve numbers.
#
# *Predict:* the strides of each. Which of them are not contiguous?

# %%
x = torch.arange(12).view(3, 4)
views = {"x": x, "x.T": x.T, "x[1:]": x[1:], "x[:, 1]": x[:, 1]}
views["x[0].expand(3, 4)"] = x[0].expand(3, 4)
print(f"{'':>17}  {'shape':7} {'strides':7} begins at")
for name, view in views.items():
    told = f"{tuple(view.shape)!s:7} {view.stride()!s:7} {view.storage_offset()}"
    print(f"{name:>17}: {told}  {'' if view.is_contiguous() else 'not contiguous'}")
    assert view.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()  # the same memory

# %% [markdown]
# Nothing was copied. A stride of 0 reads the same number again and again. Now change one entry of
# the transpose, and ask for its twelve numbers in one row.
#
# *Predict:* which entry of `x` is -1 afterwards? And does `x.T.view(12)` work?

# %%
x.T[3, 0] = -1
print(x, "\n")
print("x.reshape(12):  ", x.reshape(12).tolist())
print("x.T.reshape(12):", x.T.reshape(12).tolist())
try:
    x.T.view(12)
except RuntimeError:
    print("x.T.view(12):    refused, because no single stride reads them in this order")
assert x[0, 3] == -1 and x.T.reshape(12).data_ptr() != x.data_ptr()

# %% [markdown]
# `view` never copies, and refuses when it would have to; `reshape` copies then. Both read in the
# order of the indices, the last one fastest: neither ever turns rows into columns.

# %% [markdown]
# **Question:** `t = torch.zeros(2, 5, 7).transpose(1, 2)`. Write its `shape = (…)` and its
# `strides = (…)`.

# %% tags=["author"]
import torch

turned = torch.zeros(2, 5, 7).transpose(1, 2)

# %%
question(
    "02.1",
    kind="shape",
    key={"shape": list(turned.shape), "strides": list(turned.stride())},
    rubric=[
        "before the transpose the strides are (35, 7, 1): a step along a dimension skips all that "
        "comes after it",
        "transpose exchanges two sizes and the same two strides, and moves no number",
    ],
    hints=[
        "First without the transpose: how far is it from t[0, 0, 0] to t[1, 0, 0], and to "
        "t[0, 1, 0]?",
        "A contiguous (2, 5, 7) has the strides (5 · 7, 7, 1). What does a transpose exchange?",
        "Dimensions 1 and 2 change places, in the shape and in the strides alike.",
    ],
)

# %% [markdown]
# ## 2. A product of matrices, number by number
#
# Open `g2c/tensors/matmul.py`, write what stands between the two fence lines, and run the tests.
# The notebook notices the edit by itself: run the next cell again.
#
# *Predict:* the four entries of the product, by hand.

# %%
a = torch.tensor([[1, 2, 3], [0, 1, 0]])  # (N, D) = (2, 3)
b = torch.tensor([[1, 0], [0, 1], [10, 100]])  # (D, F) = (3, 2)
product = matmul_loops(a, b)
print(product)
assert torch.equal(product, a @ b)

# %% [markdown]
# The second row of `a` picks out the second row of `b`. In general each row of the product is a mix
# of the rows of `b`, and the row of `a` says how much of each.

# %% [markdown]
# **Question:** How many operations does the product of a (64, 512) and a (512, 2048) matrix take,
# if the innermost line of your loops counts as one multiplication and one addition?

# %%
question(
    "02.2",
    kind="number",
    key=2 * 64 * 512 * 2048,
    tolerance=0.01,
    rubric=[
        "the innermost line runs once for each row, column and inner index: N · D · F times",
        "each time it multiplies and adds: 2 · N · D · F = 2 · 64 · 512 · 2048, about 134 million",
    ],
    hints=[
        "How often does the innermost line run?",
        "Three loops inside each other: their lengths are multiplied. N = 64, D = 512, F = 2048.",
        "`2 * N * D * F`, and you may write it just so, with numbers.",
    ],
)

# %% [markdown]
# ## 3. What it costs
#
# `a @ b` is the same 2NDF operations, in compiled code. We measure both for square matrices, and
# draw time against size with both axes logarithmic: a straight line of slope s there means that
# the time grows like size to the power s.
#
# *Predict:* the slope of the loops. And how much faster is `@` at size 24: 10 times? 1,000?


# %%
def best_seconds(multiply, size):
    """The shortest of some runs: what else the machine is doing only makes a run longer."""
    a, b = randn(2, size, size)
    seconds = []
    while len(seconds) < 2 or (sum(seconds) < 0.1 and len(seconds) < 100):
        start = time.perf_counter()
        multiply(a, b)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def slope(sizes, seconds):
    """The power of the size that the time grows with: a straight line through the logarithms."""
    return np.polyfit(np.log(sizes), np.log(seconds), deg=1)[0]


# %%
def plot_costs(costs, title):
    """Seconds by size for each name, on two logarithmic axes. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for (name, times), color, mark in zip(costs.items(), ("C1", "C0"), "os", strict=True):
        axes.loglog(list(times), list(times.values()), color=color, marker=mark, label=name)
    size, seconds = list(costs["@"].items())[-1]
    cubic = [seconds * (n / size) ** 3 for n in (size / 16, size)]
    axes.loglog((size / 16, size), cubic, color="gray", linestyle=":", label="slope 3, for the eye")
    axes.set(xlabel="size of the square matrices (N = D = F)", ylabel="time (seconds)", title=title)
    axes.legend()
    return axes


# %% tags=["nbval-ignore-output"]
loop_sizes, at_sizes = [6, 12, 24], [6, 12, 24, 64, 128, 256, 512, 1024]
if FULL:
    loop_sizes, at_sizes = [*loop_sizes, 48, 96], [*at_sizes, 2048, 4096]
loops = {n: best_seconds(matmul_loops, n) for n in tqdm(loop_sizes, disable=not FULL)}
compiled = {n: best_seconds(torch.matmul, n) for n in tqdm(at_sizes, disable=not FULL)}
for n in sorted({*loops, *compiled}):
    slow = f"loops {1e3 * loops[n]:9,.2f} ms, " if n in loops else " " * 20
    print(f"size {n:4}: {slow}@ {1e3 * compiled[n]:8,.3f} ms")

# %% tags=["nbval-ignore-output"]
grows = slope(loop_sizes, [loops[n] for n in loop_sizes])
steep = slope(at_sizes[-3:], [compiled[n] for n in at_sizes[-3:]])
times = loops[24] / compiled[24]
print(f"slope of the loops {grows:.1f}; of @ over its last three sizes {steep:.1f}")
title = f"The loops grow with slope {grows:.1f}; at size 24, @ is {times:,.0f} times as fast"
plot_costs({"loops": loops, "@": compiled}, title)
assert 1 < grows < 6 and times > 1000  # wide margins: another program may be running, too

# %% [markdown]
# *The picture in words:* two curves of time against size, both axes logarithmic. The loops are a
# straight line of slope about 3 on the left: twice the size, eight times the time. `@` runs
# thousands of times lower; it is flat at first, where making the call costs more than the
# arithmetic, and then turns up until it climbs about as steeply as the dotted line of slope 3.
#
# The arithmetic is the same, and so is the slope. What the loops pay for is everything around it:
# for two operations on numbers, Python each time asks torch for single entries, and every one of
# them is wrapped into a tensor of its own.

# %% [markdown]
# **Question:** On somebody's machine the loops take 12 seconds for two (100, 100) matrices. How
# many seconds would they take for two (1000, 1000) matrices?

# %%
question(
    "02.3",
    kind="number",
    key=12 * (1000 / 100) ** 3,
    rubric=[
        "the number of operations is 2 · N · D · F, and all three sizes grow 10 times",
        "so the time grows 10 · 10 · 10 = 1,000 times: 12,000 seconds, over three hours",
    ],
    hints=[
        "How many of the three sizes N, D and F have grown?",
        "All three, 10 times each. What does that do to N · D · F?",
        "Slope 3 on logarithmic axes: 10 times the size is 10³ times the time.",
    ],
)

# %% [markdown]
# ## 4. Which shapes fit together
#
# Write `broadcast_shapes` in `g2c/tensors/broadcasting.py`. The rule: lay the two shapes against
# each other at their *last* dimension; a dimension that one of them lacks counts as 1; each pair
# must be equal or hold a 1; a 1 stretches.
#
# *Predict:* the result of each pair, before you run the cell.

# %%
pairs = [((4, 3), (3,)), ((4, 3), (4,)), ((4, 3), (4, 1)), ((2, 5, 1, 8), (6, 1)), ((), (2, 3))]
for a, b in pairs:
    try:
        print(f"{a!s:>12} with {b!s:7} gives {broadcast_shapes(a, b)}")
    except ValueError as error:
        print(f"{a!s:>12} with {b!s:7} is refused: {str(error).partition(':')[0]}")
assert broadcast_shapes((4, 3), (4, 1)) == (4, 3) and broadcast_shapes((), (2, 3)) == (2, 3)

# %% [markdown]
# The rule is generous, and that can hurt. These predictions are perfect: each is its target.
#
# *Predict:* their mean squared error.

# %%
target = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])  # (N,)
prediction = target[:, None]  # (N, 1), as a linear layer with one output returns it
error = prediction - target
print(f"{tuple(prediction.shape)} - {tuple(target.shape)} is {tuple(error.shape)}")
print(f"mean squared error: {error.square().mean():.1f}")
assert error.square().mean() == 4 and (prediction[:, 0] - target).square().mean() == 0

# %% [markdown]
# Every prediction was compared with every target. No error is raised; only a look at the shape
# finds it.

# %% [markdown]
# **Question:** Which shapes come out? `p`: (8, 1, 6) with (7, 1). `q`: attention scores
# (2, 4, 16, 16) with a mask (16, 16). `r`: (32, 1) with (32,). Write `p = (…)`, `q = (…)` and
# `r = (…)`.

# %% tags=["author"]
from g2c.tensors import broadcast_shapes

# %%
question(
    "02.4",
    kind="shape",
    key={
        "p": list(broadcast_shapes((8, 1, 6), (7, 1))),
        "q": list(broadcast_shapes((2, 4, 16, 16), (16, 16))),
        "r": list(broadcast_shapes((32, 1), (32,))),
    },
    rubric=[
        "p: from the right 6 with 1, 1 with 7, and 8 alone: (8, 7, 6)",
        "q: the mask serves all batches and heads: (2, 4, 16, 16)",
        "r: 1 with 32, then 32 alone: (32, 32), the trap of the cell above",
    ],
    hints=[
        "Write each pair of shapes one below the other, with their right ends in one line.",
        "Fill the missing sizes on the left with 1. Then go column by column: what does a 1 do?",
        "In each column take the size that is not 1. (32,) becomes (1, 32), and it stands below "
        "(32, 1).",
    ],
)

# %% [markdown]
# ## 5. What broadcasting costs
#
# Stretching is free: it is a stride of 0. What is computed from the stretched tensor is not.
#
# *Predict:* how many bytes does each of the four hold? (A float32 takes four.)

# %%
bias = torch.ones(512)  # (D,)
stretched = bias.expand(64, 128, 512)  # (B, T, D)
kept = {"bias": bias, "bias.expand(…)": stretched}
kept |= {"… .contiguous()": stretched.contiguous(), "x + bias": torch.zeros(64, 128, 512) + bias}
for name, tensor in kept.items():
    size = tensor.untyped_storage().nbytes()
    print(
        f"{name:>15}: shape {tuple(tensor.shape)!s:14} strides {tensor.stride()!s:14} {size:10,} B"
    )
assert stretched.untyped_storage().nbytes() == 2048

# %% [markdown]
# So a bias, a mask or a mean costs no memory when it meets a larger tensor. But the result has all
# its entries. This product of matrices, for one, has no loop at all:
#
# *Predict:* how many numbers are in memory at once?

# %%
a, b = randn(20, 30), randn(30, 40, seed=1)
every = a[:, :, None] * b  # (N, D, 1) with (D, F): (N, D, F)
print(f"{tuple(every.shape)}: {every.numel():,} numbers, for a result of {20 * 40}")
assert torch.allclose(every.sum(dim=1), a @ b)

# %% [markdown]
# It is right, and it needs D times the memory of its result. `@` adds up as it goes along.

# %% [markdown]
# **Question:** N = D = F = 1,000, in float32. How many gigabytes (10⁹ bytes) does
# `a[:, :, None] * b` need?

# %%
question(
    "02.5",
    kind="number",
    key=4 * 1000**3 / 1e9,
    rubric=[
        "the table of all products has the shape (N, D, F): a billion numbers",
        "four bytes each: 4 GB, for a result of 4 MB",
    ],
    hints=[
        "What is the shape of the table before anything is summed?",
        "(1000, 1000, 1000). How many bytes does a float32 take?",
        "A billion numbers, four bytes each, divided by 10⁹.",
    ],
)

# %% [markdown]
# ## 6. Softmax without overflow
#
# Softmax turns scores into probabilities: e to each score, divided by their sum. Here is that
# formula, step by step, in float32.
#
# *Predict:* the three rows differ by a constant only. Which of them comes out right?

# %%
rows = torch.tensor([[0.0, 1.0, 2.0], [1000.0, 1001.0, 1002.0], [-1000.0, -999.0, -998.0]])
exps = rows.exp()
sums = exps.sum(dim=1, keepdim=True)
for row, powers, total, ratio in zip(rows, exps, sums, exps / sums, strict=True):
    print(f"scores {row.tolist()}: exp {[round(p, 2) for p in powers.tolist()]}, ", end="")
    print(f"sum {total.item():.2f}, softmax {[round(p, 3) for p in ratio.tolist()]}")
print("\nexp overflows above")
for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
    print(f"{math.log(torch.finfo(dtype).max):7.2f} in {dtype}")
assert (exps / sums)[1:].isnan().all()

# %% [markdown]
# inf / inf and 0 / 0 are both NaN. But one constant may be taken off all scores of a row: above
# and below the line the same factor appears, and cancels. With the maximum of the row as that
# constant, the largest exp is exp(0) = 1, and the sum lies between 1 and V.
#
# Write `softmax` in `g2c/tensors/softmax.py`. *Predict:* the three rows now.

# %%
safe = softmax(rows, dim=1)
print([[round(p, 3) for p in row] for row in safe.tolist()])
assert torch.allclose(safe, safe[:1].expand(3, 3)) and torch.allclose(safe.sum(1), torch.ones(3))

# %% [markdown]
# **Question:** What is the softmax of the three scores 500, 500 + log 3 and -inf? Write a list of
# three numbers.

# %%
question(
    "02.6",
    kind="list",
    key=[0.25, 0.75, 0],
    rubric=[
        "500 cancels: only differences of scores count, so e to the scores are as 1, 3 and 0",
        "their sum is 4; a score of -inf gets probability 0, which is how attention will hide "
        "the future",
    ],
    hints=[
        "May you take 500 off every score?",
        "Left are 0, log 3 and -inf. What is e to each of them?",
        "1, 3 and 0: divide each by their sum.",
    ],
)

# %% [markdown]
# ## 7. A smooth maximum
#
# `logsumexp` is log of the sum of the exps: the logarithm of what stands below the line in softmax.
# It needs the same care, since the maximum m can be taken out: m + log(sum(exp(x - m))). Write it.
#
# Below, one score moves from -8 to 8, and four others stay at 0. *Predict:* where is logsumexp far
# from the maximum, and how far at most?


# %%
def plot_smooth_maximum(moving, values, V, title):
    """logsumexp of one moving score and V - 1 zeros, between its two bounds. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    top = np.maximum(moving, 0)
    axes.fill_between(moving, top, top + math.log(V), color="0.9")
    axes.plot(moving, top + math.log(V), color="gray", linestyle="--", label=f"max + log {V}")
    axes.plot(moving, values, color="C0", linewidth=2.5, label="logsumexp")
    axes.plot(moving, top, color="gray", linestyle=":", linewidth=2, label="max")
    axes.set(xlabel="the score that moves (nats)", ylabel="value (nats)", title=title)
    axes.legend()
    return axes


# %%
V, moving = 5, torch.arange(-80, 81, dtype=torch.float64) / 10
scores = torch.zeros(161, V, dtype=torch.float64)
scores[:, 0] = moving
smooth = logsumexp(scores, dim=1)
gap = smooth - scores.amax(dim=1)
for at in range(0, 161, 20):
    print(f"score {moving[at]:4.0f}: logsumexp {smooth[at]:.2f}, {gap[at]:.2f} above the maximum")
title = f"logsumexp: at most log {V} = {gap.max():.2f} above the maximum"
plot_smooth_maximum(moving.numpy(), smooth.numpy(), V, title)
assert math.isclose(gap.max(), math.log(V)) and moving[gap.argmax()] == 0

# %% [markdown]
# *The picture in words:* two parallel lines with one bend each, the maximum and, log 5 higher, its
# upper bound. Between them runs one smooth curve: it touches the upper line where all five scores
# are equal, leaves it on both sides, and comes down onto the maximum where the moving score is far
# above the others. Far to the left four equal scores remain: it stays log 4 above the maximum.
#
# How steep is it? *Predict:* the gradient of logsumexp is something you know.

# %%
four = randn(4, seed=3).requires_grad_()
logsumexp(four, dim=0).backward()
print("gradient of logsumexp:", [round(g, 4) for g in four.grad.tolist()])
print("softmax:              ", [round(p, 4) for p in softmax(four, dim=0).tolist()])
assert torch.allclose(four.grad, softmax(four, dim=0))

# %% [markdown]
# **Question:** What is the logsumexp of eight scores that are all 5? Two decimals are enough.

# %%
question(
    "02.7",
    kind="number",
    key=5 + log(8),
    tolerance=0.002,
    rubric=[
        "the sum is 8 · e^5, and its logarithm log 8 + 5: about 7.08",
        "with all scores equal, logsumexp reaches its upper bound, maximum + log V",
    ],
    hints=[
        "Write the sum of eight equal exps as a product, then take the logarithm.",
        "Which of the two bounds does logsumexp reach when all scores are equal?",
        "The maximum is 5, and V = 8: `5 + log(8)`.",
    ],
)

# %% [markdown]
# ## 8. Backwards through a linear layer
#
# Forward: `out = x @ weight.T`, with x (N, D), weight (F, D), out (N, F). Backwards comes `d_out`,
# which says how much the loss rises with each entry of `out`. Write `linear_backward` in
# `g2c/tensors/linear.py`.
#
# Then we ask the function itself: move one entry by eps to either side, and see how much the loss
# moves. *Predict:* how many entries of `out` move with one entry of x? With one of weight?


# %%
def differences(function, x, d_out, eps=1e-5):
    """The gradient of (function(x) * d_out).sum(), entry by entry, by central differences."""
    gradient = torch.zeros_like(x)
    for place in range(x.numel()):
        step = torch.zeros_like(x)
        step.view(-1)[place] = eps
        rise = (function(x + step) - function(x - step)) * d_out
        gradient.view(-1)[place] = rise.sum() / (2 * eps)
    return gradient


# %%
N, D, F = 4, 3, 2
x, weight, d_out = randn(N, D), randn(F, D, seed=1), randn(N, F, seed=2)
other_x, other_weight = x.clone(), weight.clone()
other_x[1, 2] += 1
other_weight[1, 2] += 1
print("which entries of out, (N, F), move with x[1, 2], and which with weight[1, 2]?")
print((other_x @ weight.T != x @ weight.T).int().tolist())
print((x @ other_weight.T != x @ weight.T).int().tolist())

# %%
d_x, d_weight = linear_backward(d_out, x, weight)
for name, ours, measured in (
    ("d_x", d_x, differences(lambda x: x @ weight.T, x, d_out)),
    ("d_weight", d_weight, differences(lambda weight: x @ weight.T, weight, d_out)),
):
    print(f"{name:>8} {tuple(ours.shape)}: differs by less than 1e-8 from what is measured")
    assert (ours - measured).abs().max() < 1e-8

# %% [markdown]
# An entry of weight was used once in each of the N rows, so N terms add up in its gradient. An
# entry of x was used once for each of the F outputs of its own row. What was used several times
# gets the sum.

# %% [markdown]
# **Question:** With a bias, the layer is `out = x @ weight.T + bias`, and bias (F,) is broadcast
# over the N rows. Write the one expression that gives its gradient, of shape (F,), from `d_out`.

# %%
question(
    "02.8",
    kind="code",
    key="d_out.sum(0)",
    accept=[
        f"{name}{call}"
        for name in ("", "d_bias = ")
        for call in (
            "d_out.sum(0)",
            "d_out.sum(dim=0)",
            "d_out.sum(axis=0)",
            "d_out.sum((0,))",
            "d_out.sum([0])",
            "d_out.sum(-2)",
            "d_out.sum(dim=-2)",
            "torch.sum(d_out, 0)",
            "torch.sum(d_out, dim=0)",
            "torch.sum(d_out, axis=0)",
        )
    ],
    rubric=[
        "each entry of the bias was used in all N rows: its gradient is a sum over them",
        "forwards a broadcast, backwards a sum over what was stretched",
    ],
    hints=[
        "If `bias[f]` rises by a little, which entries of `out` rise, and by how much?",
        "All N entries of column f, each by the same amount. What was used N times gets the sum.",
        "From (N, F) to (F,): add up along dimension 0.",
    ],
    solution="d_out.sum(0)",
)

# %% [markdown]
# ## 9. Backwards through softmax
#
# Every probability depends on every score: the derivatives form a square, the Jacobian. Entry
# (i, j) says how much probability i rises with score j: p_i (1 - p_i) on the diagonal, -p_i p_j
# elsewhere.
#
# *Predict:* the signs, and the sum of each row.

# %%
scores = torch.tensor([2.0, 1.0, 0.0, -1.0], dtype=torch.float64)
probs = torch.softmax(scores, dim=0)
jacobian = torch.diag(probs) - torch.outer(probs, probs)
for p, row in zip(probs, jacobian, strict=True):
    print(f"p = {p:.2f}:", *(f"{entry:6.2f}" for entry in row), f"   sum {row.sum().abs():.2f}")
eye = torch.eye(4, dtype=torch.float64)
measured = torch.stack([differences(lambda x: torch.softmax(x, dim=0), scores, one) for one in eye])
assert (jacobian - measured).abs().max() < 1e-8

# %% [markdown]
# Raise one score, and its own probability rises at the cost of all others. Raise all scores alike,
# and nothing moves: that is what the zero sums say.
#
# For V = 50,257 this square would have 2.5 billion entries, for a single row of scores. You need
# none of them. Write `softmax_backward`: one weighted mean a row, and one product.

# %%
d_probs = torch.tensor([1.0, 0.0, -2.0, 0.5], dtype=torch.float64)
d_scores = softmax_backward(d_probs, probs)
print("without the Jacobian:", [round(d, 4) for d in d_scores.tolist()])
print("with the Jacobian:   ", [round(d, 4) for d in (jacobian @ d_probs).tolist()])
assert torch.allclose(d_scores, jacobian @ d_probs) and d_scores.sum().abs() < 1e-12

# %% [markdown]
# **Question:** The probabilities are 1/2, 1/4, 1/4, and the gradient that arrives is 1, 0, 0. What
# do the three scores get? Write a list of three numbers.

# %% tags=["author"]
import torch

from g2c.tensors import softmax_backward

d_three = softmax_backward(torch.tensor([1.0, 0, 0]), torch.tensor([0.5, 0.25, 0.25]))

# %%
question(
    "02.9",
    kind="list",
    key=d_three,
    rubric=[
        "the mean of the gradient, weighted by the probabilities, is 1/2",
        "each score gets its probability times how far its gradient lies above that mean: "
        "1/2 · 1/2, 1/4 · (-1/2), 1/4 · (-1/2)",
        "they add up to 0, as always",
    ],
    hints=[
        "What is the mean of the gradient, each entry weighted by its probability?",
        "That mean is 1/2. How far above it, or below, is each entry?",
        "Multiply each difference, 1/2, -1/2 and -1/2, by its probability.",
    ],
)

# %% [markdown]
# ## Beyond the page
#
# Two more exercises, for those who want to go on.

# %% [markdown]
# ## 10. Temperature
#
# Divide all scores by a number before softmax, the *temperature*. In module 11 it decides how
# daring your model writes.
#
# *Predict:* what becomes of the probabilities as the temperature goes to 0? And as it grows?


# %%
def plot_temperature(temperatures, probs, scores, title):
    """The probability of each score by temperature, and a dotted line at 1/V. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for column, score in enumerate(scores):
        shade = str(0.65 * column / len(scores))
        axes.semilogx(temperatures, probs[:, column], color=shade, label=f"score {score:g}")
    axes.axhline(1 / len(scores), color="C3", linestyle=":", label=f"1 / {len(scores)}")
    axes.set(xlabel="temperature", ylabel="probability", title=title)
    axes.legend()
    return axes


# %%
scores = torch.tensor([3.0, 2.0, 1.0, 0.0], dtype=torch.float64)
temperatures = torch.logspace(-1, 2, 61, dtype=torch.float64)
shares = softmax(scores / temperatures[:, None], dim=1)  # (61, 1) with (4,): (61, 4)
for at in range(0, 61, 10):
    row = " ".join(f"{p:5.3f}" for p in shares[at])
    print(f"temperature {temperatures[at]:6.2f}: {row}")
title = f"From the largest score alone ({shares[0, 0]:.0%}) to {shares[-1, 0]:.0%} for each"
plot_temperature(temperatures.numpy(), shares.numpy(), scores.tolist(), title)
assert shares[0, 0] > 0.999 and (shares[-1] - 0.25).abs().max() < 0.01

# %% [markdown]
# *The picture in words:* four curves over the temperature, from 0.1 to 100, drawn on a logarithmic
# axis. On the left the largest score has all the probability. To the right its curve falls and the
# others rise, the second even above the dotted line at 1/4 for a while. They never change their
# order, and on the right edge all four have come to that line.

# %% [markdown]
# **Question:** Two scores are 3 and 1. How many times as likely is the first as the second, at
# temperature 2?

# %%
question(
    "02.10",
    kind="number",
    key=exp((3 - 1) / 2),
    rubric=[
        "the sum below the line is the same for both, so the ratio is e^(3/2) / e^(1/2)",
        "that is e to the difference over the temperature: e^(2/2), about 2.72; at temperature 1 "
        "it would be e², about 7.39",
    ],
    hints=[
        "Both probabilities are divided by the same sum. What remains of their ratio?",
        "e^a / e^b = e^(a - b), with both scores divided by the temperature first.",
        "`exp((3 - 1) / 2)`",
    ],
)

# %% [markdown]
# ## 11. How small a step?
#
# A difference is not yet a derivative: the step eps should be small. We measure the gradient of
# logsumexp, which is exactly softmax, with steps from 0.1 down to 10⁻¹², in float64 and in float32.
#
# *Predict:* what happens to the error as the step gets smaller and smaller?


# %%
def plot_errors(errors, title):
    """Largest error of the gradient by step, for each dtype, on logarithmic axes. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
    for (name, by_step), color, mark in zip(errors.items(), ("C0", "C1"), "os", strict=True):
        axes.loglog(list(by_step), list(by_step.values()), color=color, marker=mark, label=name)
    axes.set(xlabel="step eps", ylabel="largest error of the gradient", title=title)
    axes.legend()
    return axes


# %% tags=["nbval-ignore-output"]
point, steps = randn(8, seed=4), [10.0**-k for k in range(1, 13)]
exact, one = softmax(point, dim=0), torch.tensor(1.0)
errors = {"float64": {}, "float32": {}}
for name, by_step in errors.items():
    typed = point.to(getattr(torch, name))
    for eps in steps:
        measured = differences(lambda x: logsumexp(x, dim=0), typed, one, eps)
        by_step[eps] = (measured.double() - exact).abs().max().item()
for eps in steps:
    print(f"eps {eps:.0e}:", *(f"{name} {errors[name][eps]:.0e}" for name in errors), sep="   ")

# %% tags=["nbval-ignore-output"]
best = {name: min(by_step, key=by_step.get) for name, by_step in errors.items()}
plot_errors(
    errors, f"Best step: {best['float64']:.0e} in float64, {best['float32']:.0e} in float32"
)
assert 1e-7 < best["float64"] < 1e-3 and errors["float64"][best["float64"]] < 1e-8
assert min(errors["float32"].values()) > 100 * min(errors["float64"].values())

# %% [markdown]
# *The picture in words:* two curves shaped like a V. From the right both come down together, a
# hundred times lower for a step ten times smaller. float32 turns round at a step of about a
# hundredth and climbs again, with little left of the gradient below a step of 10⁻⁶; float64 goes on
# down to a step of about 10⁻⁵, and its lowest error is far below the other's.

# %% [markdown]
# **Question:** Why does the error first fall with the step and then rise again? And why do the
# tests of this course check derivatives in float64? A few sentences.

# %%
question(
    "02.11",
    kind="text",
    rubric=[
        "the function is curved, so a difference over a long step is not yet its slope; for a "
        "central difference this error falls with the square of the step",
        "each value is rounded, and the difference of two almost equal values keeps the rounding "
        "and little else",
        "that error is divided by the step, so it grows as the step shrinks; the best step lies "
        "in between",
        "float64 rounds about 500 million times more finely than float32, so the difference to a "
        "right derivative is tiny, and a wrong one cannot hide in it",
    ],
    hints=[
        "On the right of the V the step is long. Is the slope the same at both of its ends?",
        "On the left the two values are almost equal. How many of their digits differ, and which "
        "digits are rounded away?",
        "The first error shrinks with the step. The second is a rounding error divided by the "
        "step.",
    ],
    solution=(
        "Over a long step the curve bends, so the difference is not the slope at the point; with "
        "a central\n"
        "difference this error is 100 times smaller for a step 10 times smaller. But both values "
        "are rounded,\n"
        "and for a tiny step they agree in almost all digits: what is left of the difference is "
        "mostly rounding,\n"
        "and it is divided by a tiny number. In float64 rounding is so much finer that a right "
        "derivative agrees\n"
        "to eight digits or more, and a wrong one stands out. In float32 a small mistake could "
        "pass for rounding."
    ),
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 02` reads your saved answers and shows them in one list. You can now say
# what shape comes out before you run a line, what it costs, where it would overflow, and how a
# gradient goes back through it. Module 03 makes layers of these pieces, and losses.
