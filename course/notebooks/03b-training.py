# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 03b Training: how does a network train fast, and without blowing up?
#
# Read [the lesson](../../lessons/03b-training.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_training.py`
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

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from tqdm import tqdm

from g2c.nn import SGD, CrossEntropyLoss, Linear, ReLU, Sequential, reset_parameters
from g2c.training import AdamW, Muon, adam_direction, moving_average_, orthogonalized
from g2c.training import clip_grad_norm_, cosine_with_warmup, global_norm

# %% [markdown]
# `FULL = True` makes the sweep of exercise 7 finer and its runs longer. Everything is in float64:
# the networks are tiny, and two machines then agree to many digits.

# %%
FULL = False


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %% [markdown]
# ## 1. A narrow valley
#
# The simplest loss with a difficulty in it: two weights a and b, and (a² + 100 b²) / 2. The floor
# of this valley rises gently along a and its walls steeply along b. SGD has one rate for both.
#
# *Predict:* three rates, all close together. Which of them get down, and how fast?

# %%
CURVATURES = torch.tensor([1.0, 100.0], dtype=torch.float64)


def walk(make_optimizer, steps):
    """From (10, 1), `steps` steps down the valley: all places, and the loss at each."""
    weights = nn.Parameter(torch.tensor([10.0, 1.0], dtype=torch.float64))
    optimizer, places = make_optimizer([weights]), [weights.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        (CURVATURES * weights.square()).sum().div(2).backward()
        optimizer.step()
        places.append(weights.detach().clone())
    places = torch.stack(places)
    return places, (CURVATURES * places.square()).sum(1) / 2


# %%
sgd_walks = {lr: walk(lambda params, lr=lr: SGD(params, lr=lr), 30) for lr in (0.01, 0.018, 0.021)}
print("loss after     0      10      20      30 steps;   b in the first five places")
for lr, (places, losses) in sgd_walks.items():
    shown = " ".join(f"{losses[step].item():7.4g}" for step in (0, 10, 20, 30))
    print(f"lr {lr:5}: {shown};   ", " ".join(f"{b:5.2f}" for b in places[:5, 1].tolist()))
last = [losses[-1].item() for _, losses in sgd_walks.values()]
assert last[1] < last[0] < 100 < last[2]

# %% [markdown]
# One step multiplies a by 1 - lr · 1 and b by 1 - lr · 100. At 0.018 that is -0.8 for b: it jumps
# from wall to wall, though ever less. At 0.021 it is -1.1, and every jump is longer than the last
# one: the run *diverges*. Meanwhile a is multiplied by 0.98, and crawls. The steepest direction
# sets the limit of the rate, and the flattest one pays for it.

# %% [markdown]
# **Question:** The steepest curvature of another valley is 400. Above which rate does SGD diverge
# there?

# %%
question(
    "03b.1",
    kind="number",
    key=2 / 400,
    rubric=[
        "one step multiplies the steep weight by 1 - 400 lr",
        "it diverges where that is below -1, so above lr = 2 / 400 = 0.005",
    ],
    hints=[
        "By which factor does one step multiply the weight in that direction?",
        "The factor is 1 - 400 lr. Repeated, it goes to 0 as long as it lies between -1 and 1.",
        "Solve 1 - 400 lr = -1.",
    ],
    solution="0.005",
)

# %% [markdown]
# ## 2. A moving average
#
# Open `g2c/training/adamw.py` and write `moving_average_`. Then feed it the same value, 10, again
# and again, with beta = 0.9.
#
# *Predict:* the average begins at 0. Where is it after one step? After ten?

# %%
average = torch.zeros(1, dtype=torch.float64)
for t in range(1, 51):
    moving_average_(average, torch.full_like(average, 10.0), 0.9)
    if t in (1, 2, 3, 10, 50):
        corrected = average.item() / (1 - 0.9**t)
        print(f"t = {t:2}: {average.item():6.3f}, corrected for its start {corrected:6.3f}")
        assert math.isclose(corrected, 10)

# %% [markdown]
# The average is pulled towards the 0 it began with. How far is known exactly: after t steps the
# share beta ** t of it is still that 0. Divide by the rest, 1 - beta ** t, and it is a true average
# of what came in.

# %% [markdown]
# **Question:** Another average begins at 0, with beta = 0.8, and gets the value 10 three times.
# Where does it stand, and what must it be divided by? Write `average = …` and `correction = …`.

# %%
question(
    "03b.2",
    kind="number",
    key={"average": 10 * (1 - 0.8**3), "correction": 1 - 0.8**3},
    tolerance=0.002,
    rubric=[
        "2, then 3.6, then 4.88: each step keeps 0.8 of the old and takes 0.2 of the new",
        "the correction is 1 - 0.8 ** 3 = 0.488, and 4.88 / 0.488 = 10",
    ],
    hints=[
        "The first step: 0.8 · 0 + 0.2 · 10.",
        "Go on twice in the same way. The share of the beginning that is left is 0.8 ** 3.",
        "`correction = 1 - 0.8 ** 3`, and the average is 10 times that.",
    ],
    solution="average = 4.88\ncorrection = 0.488",
)

# %% [markdown]
# ## 3. A direction without a size
#
# Now write `adam_direction`. It divides an average of gradients, m_hat, by the root of an average
# of their squares. What is left of the gradient's size?
#
# *Predict:* four rows of gradients, 50 steps each. Which directions come out?


# %%
def directions(gradients, betas=(0.9, 0.999), corrected=True):
    """The direction at every step, with the two corrections or without."""
    m, v, found = torch.zeros(1).double(), torch.zeros(1).double(), []
    for t, gradient in enumerate(gradients, start=1):
        gradient = torch.tensor([gradient], dtype=torch.float64)
        moving_average_(m, gradient, betas[0])
        moving_average_(v, gradient.square(), betas[1])
        direction = adam_direction(m, v, t, betas, 1e-8) if corrected else m / (v.sqrt() + 1e-8)
        found.append(direction.item())
    return found


# %%
rows = {
    "always 0.001": [0.001] * 50,
    "always 1000": [1000.0] * 50,
    "+1, -1, +1, -1, …": [1.0, -1.0] * 25,
    "three times +1, once -1": [1.0, 1.0, 1.0, -1.0] * 12 + [1.0, 1.0],
}
for name, gradients in rows.items():
    found = directions(gradients)
    print(f"{name:>24}: first {found[0]:5.2f}, mean of the last 20 {sum(found[-20:]) / 20:5.2f}")
assert abs(sum(directions(rows["+1, -1, +1, -1, …"])[-20:]) / 20) < 0.01

# %% [markdown]
# The size is gone: 0.001 and 1000 both give 1. What counts is agreement. Gradients that contradict
# each other cancel in m but not in v, so the step gets short where the gradient is mostly noise.
#
# And without the corrections?

# %%
steps = range(1, 21)
without = directions([1.0] * 20, corrected=False)
for t in (1, 2, 5, 10, 20):
    print(f"t = {t:2}: {without[t - 1]:.2f} times as long without the corrections")
_, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.plot(steps, without, "o--", color="C3", markersize=4, label="without")
axes.plot(steps, directions([1.0] * 20), "o-", color="C0", markersize=4, label="corrected")
axes.set(xlabel="step t", ylabel="direction", ylim=(0, 7.5), xticks=(1, 5, 10, 15, 20))
axes.set_title(f"Without its corrections a step is up to {max(without):.1f} times too long")
axes.legend()
assert 3.1 < without[0] < 3.2 and 6 < max(without) < 7

# %% [markdown]
# *The picture in words:* for a gradient that is always 1, the corrected direction is a flat line at
# 1. Without the corrections the line begins at 3.2, rises above 6 and stays there: v remembers a
# thousand steps and m only ten, so the root of v stays too small far longer than m does.

# %% [markdown]
# **Question:** Language models are often trained with betas of 0.9 and 0.95. Without the
# corrections, how long would the very first direction be, for any gradient?

# %%
question(
    "03b.3",
    kind="number",
    key=0.1 / 0.05**0.5,
    rubric=[
        "m is 0.1 g and v is 0.05 g ** 2 after the first step",
        "0.1 / sqrt(0.05) = 0.447: here the first step would be too short",
    ],
    hints=[
        "What are m and v after one step with the gradient g?",
        "m = (1 - 0.9) g and v = (1 - 0.95) g ** 2. Divide the first by the root of the second.",
        "`0.1 / 0.05 ** 0.5`",
    ],
)

# %% [markdown]
# ## 4. AdamW in the valley
#
# Write `AdamW.update_`, four lines. Then down the same valley again.
#
# *Predict:* AdamW with a rate of 0.5 beside SGD with 0.018, thirty steps. Draw both paths in the
# air first.

# %%
sgd_places, sgd_losses = sgd_walks[0.018]
adamw_places, adamw_losses = walk(lambda p: AdamW(p, lr=0.5, weight_decay=0.0), 30)
print("loss after            0      10      20      30 steps")
for name, losses in {"SGD, 0.018": sgd_losses, "AdamW, 0.5": adamw_losses}.items():
    print(f"{name:>14}: ", " ".join(f"{losses[step].item():7.4g}" for step in (0, 10, 20, 30)))


# %%
def plot_paths(paths, title):
    """Paths over the level lines of the valley: name -> (places, style). Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    a, b = torch.meshgrid(
        torch.linspace(-3, 11, 200), torch.linspace(-1.2, 1.2, 200), indexing="xy"
    )
    height = (CURVATURES[0] * a**2 + CURVATURES[1] * b**2) / 2
    axes.contour(a, b, height, levels=[1, 5, 15, 30, 50, 75, 100], colors="0.8", linewidths=0.8)
    for name, (places, style) in paths.items():
        axes.plot(*places.T, style, label=name, markersize=4, linewidth=1)
    axes.plot(0, 0, "k*", markersize=10)
    axes.set(xlabel="a, curvature 1", ylabel="b, curvature 100", title=title)
    axes.legend(loc="lower left")
    return axes


# %%
share = adamw_losses[-1].item() / sgd_losses[-1].item()
assert share < 0.2
plot_paths(
    {"SGD": (sgd_places, "C1o--"), "AdamW": (adamw_places, "C0s-")},
    f"After 30 steps AdamW's loss is {share:.0%} of SGD's",
)

# %% [markdown]
# *The picture in words:* flat ellipses around a star, the minimum. SGD starts at the right, jumps
# up and down between the walls in ever smaller zigzags, and has done less than half of the way
# after thirty steps. AdamW leaves the same point diagonally, as fast along a as along b. It swings
# through the bottom of the valley in two wide, smooth waves, because m remembers where it came
# from, runs a little past the star, and is close to it at the end.

# %% [markdown]
# AdamW divides each weight's gradient by its own size, and so it needs no rate that fits all
# curvatures. It is no magic: the rate is now the *length of a step*, near the minimum too. That is
# one reason why the rate has to fall towards the end of a run.

# %% [markdown]
# **Question:** A weight is 1, and its gradient is exactly 0 at every step. AdamW runs with
# lr = 0.01 and weight_decay = 0.1. Where is the weight after 1,000 steps?

# %%
question(
    "03b.4",
    kind="number",
    key=(1 - 0.01 * 0.1) ** 1000,
    rubric=[
        "the direction is 0, so only the decay acts: a factor of 1 - 0.01 · 0.1 = 0.999 a step",
        "0.999 ** 1000 = 0.368",
    ],
    hints=[
        "What are m and v, and so the direction, if no gradient was ever different from 0?",
        "Only the decay is left. By which factor does it multiply the weight at each step?",
        "The factor is 1 - lr · weight_decay = 0.999, a thousand times.",
    ],
)

# %% [markdown]
# ## 5. The W in AdamW
#
# Before AdamW, decay was added to the gradient: grad + weight_decay · weight, the derivative of a
# penalty on large weights. `torch.optim.Adam` still does that. Two weights begin at 1; their
# gradients are pure noise, 100 times larger for the second one. All that pulls either of them
# anywhere is the decay.
#
# *Predict:* four numbers, each optimizer's two weights after 500 steps.


# %%
def decayed(optimizer_class):
    weights = nn.Parameter(torch.ones(2, 200, dtype=torch.float64))  # 200 pairs, to average over
    optimizer = optimizer_class([weights], lr=0.003, weight_decay=0.5)
    generator, sizes = seeded(1), torch.tensor([[1.0], [100.0]], dtype=torch.float64)
    for _ in range(500):
        weights.grad = sizes * torch.randn(2, 200, generator=generator, dtype=torch.float64)
        optimizer.step()
    return weights.detach().mean(1).tolist()


apart, inside = decayed(AdamW), decayed(torch.optim.Adam)
print(f"decay apart from the gradient, AdamW:  {apart[0]:.2f} and {apart[1]:.2f}")
print(f"decay inside the gradient, Adam:       {inside[0]:.2f} and {inside[1]:.2f}")
print(f"nothing but the decay:                 {(1 - 0.003 * 0.5) ** 500:.2f}")

# %%
assert abs(apart[0] - apart[1]) < 0.02 and abs(apart[0] - (1 - 0.003 * 0.5) ** 500) < 0.03
assert inside[1] - inside[0] > 0.2

# %% [markdown]
# **Question:** Why does the decay pull both weights equally in AdamW, and so unequally when it is
# part of the gradient? Two or three sentences.

# %%
question(
    "03b.5",
    kind="text",
    rubric=[
        "inside the gradient, the decay is divided by the root of v like the rest of it",
        "where gradients are large, that root is large, so hardly any decay is left: the second "
        "weight",
        "AdamW multiplies the weight itself by 1 - lr · weight_decay, which no gradient's size "
        "enters",
    ],
    hints=[
        "Follow the term weight_decay · weight through m, v and the direction.",
        "By what is the sum of gradient and decay divided? How large is that for the second?",
        "In AdamW the decay never goes through the division. What does it multiply?",
    ],
    solution=(
        "Added to the gradient, the decay passes through the direction too, and is divided by the "
        "root of v.\n"
        "For the second weight that root is about 100, so almost nothing of the decay is left. "
        "AdamW multiplies\n"
        "the weight by 1 - lr * weight_decay, apart from the gradient, so both shrink alike."
    ),
)

# %% [markdown]
# ## 6. One bad batch
#
# From here on a real task: points of three arms of a spiral, and a network that is to say which arm
# a point belongs to. Knowing nothing costs log 3 = 1.10 nats.


# %%
def spirals(N, seed, noise=0.15):
    """N points (N, 2) of three arms that wind round each other, and the arm of each (N,)."""
    generator, arms = seeded(seed), torch.arange(N) % 3
    radius = torch.rand(N, generator=generator, dtype=torch.float64).sqrt()
    blur = noise * torch.randn(N, generator=generator, dtype=torch.float64)
    angle = 6 * radius + 2 * math.pi / 3 * arms + blur
    return 2 * radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1), arms


def network():
    sizes = {"bias": True, "dtype": torch.float64}
    layers = Linear(2, 32, **sizes), ReLU(), Linear(32, 32, **sizes), ReLU(), Linear(32, 3, **sizes)
    return reset_parameters(Sequential(*layers), seeded(0))


# %%
train_rows, val_rows = spirals(300, seed=0), spirals(300, seed=1)
loss_of = CrossEntropyLoss()

# %% [markdown]
# Somebody's data file has one broken row: a point 1,000 times too far out, with the wrong label. In
# step 75 of 150 it gets into the batch, once.
#
# Write `global_norm` and `clip_grad_norm_` in `g2c/training/clipping.py`.
#
# *Predict:* what does the loss on the good rows look like after step 75? And if gradients are
# clipped to a norm of 1?


# %%
def train_with_a_bad_batch(max_norm=None):
    """After every step the loss on the good rows, and the norm before clipping."""
    model, history = network(), []
    optimizer, (x, y) = SGD(model.parameters(), lr=1.0), train_rows
    for step in range(1, 151):
        bad = (torch.arange(len(y)) == 5) & (step == 75)
        batch, labels = torch.where(bad[:, None], 1000 * x, x), torch.where(bad, (y + 1) % 3, y)
        optimizer.zero_grad()
        loss_of(model(batch), labels).backward()
        norm = global_norm([parameter.grad for parameter in model.parameters()])
        if max_norm:
            clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        history.append([loss_of(model(x), y).item(), norm.item()])
    return torch.tensor(history).T


# %%
bad_batch = {"not clipped": train_with_a_bad_batch(), "clipped to 1": train_with_a_bad_batch(1.0)}
print("                  norm at step 74, at 75     loss after step 74, after 75, after 150")
for name, (losses, norms) in bad_batch.items():
    shown = [norms[73], norms[74], losses[73], losses[74], losses[149]]
    print(f"{name:>14}: {shown[0]:13.2f} {shown[1]:10.1f}", *(f"{n:13.3f}" for n in shown[2:]))
assert bad_batch["not clipped"][0][149] > 0.9 and bad_batch["clipped to 1"][0][149] < 0.1
assert all(norms[74] > 50 * norms[73] for _, norms in bad_batch.values())


# %%
def plot_losses(rows, title, **settings):
    """Loss at every step, on a log axis: name -> (losses, style). Returns Axes."""
    _, axes = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
    for name, (losses, style) in rows.items():
        axes.semilogy(range(1, len(losses) + 1), losses, style, label=name)
    axes.axhline(math.log(3), color="gray", linestyle=":", label="log 3: knowing nothing")
    axes.set(xlabel="step", ylabel="loss (nats)", title=title, **settings)
    axes.legend()
    return axes


styles = {"not clipped": "C3--", "clipped to 1": "C0-"}
rows = {name: (losses, styles[name]) for name, (losses, _) in bad_batch.items()}
plot_losses(rows, "One bad row destroys what 74 steps have learned")

# %% [markdown]
# *The picture in words:* both curves fall together, with some bumps, for 74 steps. At step 75 the
# one without clipping shoots up by three powers of ten, comes down again within some ten steps,
# and from then on lies on the dotted line of knowing nothing. The clipped one doubles at step 75,
# is back where it was three steps later, and goes on falling.

# %% [markdown]
# Clipping keeps the direction, and shortens the step. It does not make a bad batch good, but one
# batch can no longer do more harm than any other. And the norm that `clip_grad_norm_` returns, the
# one *before* clipping, tells you that something was there.

# %% [markdown]
# **Question:** Two parameters have the gradients (3, 4) and (12, 0). They are clipped to
# max_norm = 6.5, with a negligible eps. Write all four numbers that are left, in one list.

# %%
question(
    "03b.6",
    kind="list",
    key=[1.5, 2.0, 6.0, 0.0],
    rubric=[
        "the norm of all four together is sqrt(9 + 16 + 144) = 13",
        "the one factor for all is 6.5 / 13 = 0.5",
    ],
    hints=[
        "How long is the vector (3, 4, 12, 0)?",
        "There is one norm, 13, and one factor for both gradients.",
        "The factor is 6.5 / 13.",
    ],
)

# %% [markdown]
# ## 7. Which rate?
#
# There is no formula for the rate; one tries. Here the same network is trained by AdamW with eight
# rates from 0.0003 to 3, and by SGD with rates ten times as large, always from the same beginning.
#
# *Predict:* draw the final loss against the rate, both on log axes. What shape has it? What happens
# at the right end?


# %%
def train(make_optimizer, steps, rate=None, zero_grad=True, rows=train_rows):
    """Loss on `rows` and on the held-out rows, before every step: (2, steps)."""
    model, history, (x, y) = network(), [], rows
    optimizer = make_optimizer(model.parameters())
    for step in range(1, steps + 1):
        loss = loss_of(model(x), y)
        with torch.no_grad():
            history.append([loss.item(), loss_of(model(val_rows[0]), val_rows[1]).item()])
        if zero_grad:
            optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups if rate else ():
            group["lr"] = rate(step)
        optimizer.step()
    return torch.tensor(history).T


# %% tags=["nbval-ignore-output"]
STEPS = 400 if FULL else 80
exponents = [n / 4 for n in range(-14, 7)] if FULL else [-3.5, -2.5, -2, -1.5, -1, -0.5, 0, 0.5]
kinds = {"AdamW": (AdamW, 0), "SGD": (SGD, 1)}  # SGD's rates are ten times as large
found = {name: {} for name in kinds}
for exponent in tqdm(exponents):
    for name, (kind, shift) in kinds.items():
        lr = 10 ** (exponent + shift)
        found[name][lr] = train(lambda params, kind=kind, lr=lr: kind(params, lr=lr), STEPS)[0]
sweep = found

# %%
best = {name: min(runs, key=lambda lr, runs=runs: runs[lr][-1]) for name, runs in sweep.items()}
for name, runs in sweep.items():
    print(f"{name}: loss after {STEPS} steps")
    for lr, losses in runs.items():
        worst = f", and {losses.max():.3g} on the way" if losses.max() > 1.5 else ""
        mark = "   <- the best" if lr == best[name] else ""
        print(f"  rate {lr:8.4f}: {losses[-1]:8.4f}{worst}{mark}")
    assert min(runs) < best[name] < max(runs) and runs[max(runs)].max() > 5


# %%
def plot_sweep(final, title):
    """Final loss against the rate, both on log axes: name -> (rates, losses, style)."""
    _, axes = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
    for name, (rates, losses, style) in final.items():
        axes.loglog(rates, losses, style, label=name)
    axes.axhline(math.log(3), color="gray", linestyle=":", label="log 3: knowing nothing")
    axes.set(xlabel="learning rate", ylabel=f"loss after {STEPS} steps (nats)", title=title)
    axes.legend()
    return axes


# %%
styles = {"AdamW": "C0s-", "SGD": "C1o--"}
final = {
    name: (list(runs), [losses[-1] for losses in runs.values()], styles[name])
    for name, runs in sweep.items()
}
plot_sweep(final, f"AdamW is best near {best['AdamW']:.2g}, SGD near {best['SGD']:.2g}")

# %% [markdown]
# *The picture in words:* two bowls. From left to right AdamW's loss falls over three powers of ten,
# reaches its bottom, and rises again, more steeply than it fell. SGD's bowl lies further to the
# right and higher up. At the left ends both are near the dotted line, because they have hardly
# moved. The runs at the right ends blew up on the way: AdamW's has recovered in part, and SGD's
# ends above the dotted line.

# %%
curves = {
    f"{name}, rate {best[name]:.2g}": (sweep[name][best[name]], styles[name][:2] + styles[name][3:])
    for name in sweep
}
ratio = sweep["SGD"][best["SGD"]][-1] / sweep["AdamW"][best["AdamW"]][-1]
print(f"after {STEPS} steps, each at its best rate: SGD's loss is {ratio:.0f} times AdamW's")
assert ratio > 10
plot_losses(curves, f"Each at its best rate, AdamW ends {ratio:.0f} times lower")

# %% [markdown]
# *The picture in words:* both curves fall from the dotted line. AdamW's is soon below SGD's, falls
# faster, and after the last step lies more than a power of ten below it.

# %% [markdown]
# **Question:** Somebody writes: "At a rate of 0.1 we found AdamW far better than SGD." Why is that
# no fair comparison, and what would be one? And which of two rates would you choose for a long run,
# the one with the lowest loss in a sweep of short runs, or one somewhat to the left of it? Why?

# %%
question(
    "03b.7",
    kind="text",
    rubric=[
        "a rate means different things: for AdamW about the length of a step, for SGD a factor of "
        "the gradient",
        "fair is each at its own best rate, found by a sweep of equal effort",
        "somewhat to the left: the bowl is steeper on the right, and a little too much costs more "
        "than a little too little",
        "a long run meets more chances to blow up than the short runs of the sweep did",
    ],
    hints=[
        "What does a rate of 0.1 mean for the length of a step of AdamW? And of SGD?",
        "Compare the two bottoms of the bowls, not two points above the same rate.",
        "Look at both sides of AdamW's bowl: what does a rate cost that is three times too low, "
        "and what one that is three times too high?",
    ],
    solution=(
        "For AdamW the rate is about the length of a step in every weight, for SGD a factor in "
        "front of the\n"
        "gradient: the same number is not the same choice. Fair is a sweep for each, and then the "
        "best against\n"
        "the best. For a long run I would stay somewhat to the left of the best rate: on the right "
        "the loss\n"
        "rises steeply, and a long run has more occasions to blow up than the short ones of the "
        "sweep."
    ),
)

# %% [markdown]
# ## 8. A rate that rises and falls
#
# Write `cosine_with_warmup` in `g2c/training/schedule.py`. An optimizer counts its updates from 1.
#
# *Predict:* the rates of updates 1, 20, 60 and 100, for a warm-up of 20 steps of 100, max_lr 0.2
# and min_lr 0.02.


# %%
def schedule(step, warmup_steps=20):
    return cosine_with_warmup(
        step, max_lr=0.2, min_lr=0.02, warmup_steps=warmup_steps, max_steps=100
    )


for step in (0, 1, 2, 10, 20, 60, 99, 100):
    print(f"update {step:3}: {schedule(step):.4f}", "(there is no update 0)" if step == 0 else "")
assert math.isclose(schedule(1), 0.2 / 20) and schedule(100) == 0.02 < schedule(99)


# %%
def plot_schedule(rates, marked, title):
    """The rate of updates 1, 2, …, with the numbers of some of them. Returns Axes."""
    _, axes = plt.subplots(figsize=(6.5, 3), layout="constrained")
    axes.plot(range(1, len(rates) + 1), rates, "C0-")
    for step in marked:
        axes.plot(step, rates[step - 1], "C0o")
        label = f"update {step}: {rates[step - 1]:.2g}"
        axes.annotate(label, (step, rates[step - 1]), (6, 4), textcoords="offset points")
    axes.set(xlabel="update", ylabel="learning rate", title=title, ylim=(0, 0.23), xlim=(-2, 130))
    return axes


# %%
plot_schedule(
    [schedule(step) for step in range(1, 101)],
    (1, 20, 60, 100),
    f"From {schedule(1):.2g} up to {schedule(20):.2g}, and down to {schedule(100):.2g}",
)

# %% [markdown]
# *The picture in words:* a straight line rises steeply from update 1 to the peak at update 20. From
# there half a cosine leads down: flat at first, steepest at update 60, flat again at the end.

# %% [markdown]
# What is the warm-up for? A rate that is right later may be too high for the first steps: the
# network is a stranger there, and v knows one gradient only.

# %%
warm = train(AdamW, 100, rate=schedule)[0]
cold = train(AdamW, 100, rate=lambda step: schedule(step, warmup_steps=0))[0]
print(f"{'':>14}  highest loss of the first 20 steps")
for name, losses in {"with warm-up": warm, "without": cold}.items():
    print(f"{name:>14}: {losses[:20].max():6.2f}")
assert cold[:20].max() > 1.5 * warm[:20].max()

# %% [markdown]
# The curve doctor holds your losses against those of many runs that went right, and, where they lie
# outside, against the curves of known mistakes; where it has no match, it says so.

# %%
from noteboosh import curve

curve("03b.warm_up", warm)
curve("03b.warm_up", cold)

# %% [markdown]
# **Question:** A run of 1,000 updates has max_lr = 0.0006, min_lr = 0.00006 and 100 steps of
# warm-up. Which rate has its first update, and which its last? By mistake, a training loop passes
# 0 … 999. Which rate has the first update then? Write `first = …`, `last = …` and `mistake = …`.

# %%
question(
    "03b.8",
    kind="number",
    key={"first": 0.000006, "last": 0.00006, "mistake": 0},
    rubric=[
        "update 1 has 1/100 of max_lr: 0.000006",
        "update 1,000 has exactly min_lr",
        "step 0 has the rate 0: the first update would do nothing, and the last never reach min_lr",
    ],
    hints=[
        "The first update is step 1 of 100 on the way up.",
        "In the warm-up the rate is step / warmup_steps · max_lr; at max_steps it is min_lr.",
        "For the mistake, put in step = 0.",
    ],
    solution="first = 6e-6\nlast = 6e-5\nmistake = 0",
)

# %% [markdown]
# ## 9. What do these curves tell you?
#
# Five runs, each with one thing wrong. The causes, in order:
#
# 1. the rate is much too low;
# 2. the rate is much too high;
# 3. there is no warm-up for a high rate that then falls;
# 4. the network overfits: it is trained on 60 rows, with much noise;
# 5. `zero_grad()` is missing, so every gradient is added to all the earlier ones.

# %%
few = spirals(60, seed=5, noise=0.6)
causes = {
    1: lambda: train(lambda params: AdamW(params, lr=3e-4), 120),
    2: lambda: train(lambda params: AdamW(params, lr=1.0), 120),
    3: lambda: train(AdamW, 120, rate=lambda step: schedule(step, warmup_steps=0)),
    4: lambda: train(lambda params: AdamW(params, lr=0.02), 120, rows=few),
    5: lambda: train(lambda params: AdamW(params, lr=0.01), 120, zero_grad=False),
}
order = (torch.randperm(5, generator=seeded(8)) + 1).tolist()  # nobody reads this as numbers
curves = {panel: causes[cause]() for panel, cause in zip("ABCDE", order, strict=True)}


# %%
def plot_panels(curves, title):
    """One panel for each run: loss on what it is trained on, and on held-out rows."""
    figure, panels = plt.subplots(1, 5, figsize=(11, 2.8), sharey=True, layout="constrained")
    for axes, (name, (losses, held_out)) in zip(panels, curves.items(), strict=True):
        axes.plot(losses, "C0-", label="trained on")
        axes.plot(held_out, "C1--", label="held out")
        axes.axhline(math.log(3), color="gray", linestyle=":")
        axes.set(title=name, xlabel="step", ylim=(0, 3))
    panels[0].set_ylabel("loss (nats)")
    panels[0].legend(fontsize="small")
    figure.suptitle(title)
    return panels


plot_panels(curves, "Five runs, five causes: which is which?")

# %%
print("loss at step:        " + "".join(f"{step:8}" for step in (1, 3, 10, 30, 60, 90, 120)))
for panel, run in curves.items():
    for name, losses in zip(("trained on", "held out"), run, strict=True):
        shown = "".join(f"{losses[step - 1]:8.2f}" for step in (1, 3, 10, 30, 60, 90, 120))
        print(f"{panel}, {name:>10}:       {shown}")

# %% [markdown]
# *The picture in words:* five panels with a solid line for the rows trained on and a dashed one for
# held-out rows; a dotted line at log 3. The numbers of the table are their outlines; describing
# them here would be answering the question.

# %% [markdown]
# **Question:** Which cause belongs to which panel? Write the numbers of the causes for A, B, C, D
# and E, in a list.

# %% tags=["author"]
import torch

order = (torch.randperm(5, generator=torch.Generator().manual_seed(8)) + 1).tolist()

# %%
question(
    "03b.9",
    kind="list",
    key=order,
    rubric=[
        "too low: everything is smooth, falls slowly, and is far from flat at the end",
        "too high: jumps high at once, and goes on jumping or stays high",
        "no warm-up: one leap at the very beginning, then an ordinary curve",
        "overfitting: the two lines part, and the dashed one rises",
        "no zero_grad: falls normally at first, then swings in slow, growing waves, because old "
        "gradients push on",
    ],
    hints=[
        "Begin with the one in which the two lines go different ways.",
        "Two curves leap up at the start. Which of them then behaves, because its rate falls?",
        "Sums of old gradients act like a heavy ball: they push on after the minimum, and come "
        "back late.",
    ],
)

# %% [markdown]
# ## 10. Stretch: Muon, an optimizer for matrices
#
# AdamW treats a matrix as a bag of numbers. Muon asks what the matrix *does*: it stretches some
# directions and shrinks others, and by how much, its singular values tell. A gradient has few large
# ones and many small ones, so a plain step goes almost entirely along the few. Muon brings them all
# near 1 before it steps. `g2c/training/muon.py` is given: read it, it is short.
#
# *Predict:* the singular values of a gradient of the middle layer, before and after.

# %%
model = network()
optimizer = AdamW(model.parameters(), lr=0.01)
for _ in range(20):
    optimizer.zero_grad()
    loss_of(model(train_rows[0]), train_rows[1]).backward()
    optimizer.step()
gradient = model.layers[2].weight.grad
before = torch.linalg.svdvals(gradient) / gradient.norm()
after = torch.linalg.svdvals(orthogonalized(gradient))
print("singular value number:       1       3       5      10      15      20      25")
for name, values in {"gradient / norm": before, "orthogonalized": after}.items():
    print(f"{name:>21}:", "".join(f"{values[n - 1]:8.4f}" for n in (1, 3, 5, 10, 15, 20, 25)))
assert before[9] < 0.05 and after[9] > 0.6 and after[0] < 1.25

# %% [markdown]
# No singular value was computed on the way: five times the same polynomial in the matrix, which
# multiplies a small singular value by 3.4445 each time, 485 in all. What was above about
# 0.0015 ends near 1, between 0.7 and 1.2; what was far below that does not make it, and
# hardly matters.
#
# Muon is for the matrices inside a network. Everything else stays with AdamW: two optimizers, side
# by side.


# %%
def train_with_muon(lr, steps):
    """The middle matrix by Muon, the rest by AdamW: losses, and how far that matrix moved."""
    model, losses, moves = network(), [], []
    matrix = model.layers[2].weight
    others = [parameter for parameter in model.parameters() if parameter is not matrix]
    optimizers = [Muon([matrix], lr=lr), AdamW(others, lr=lr)]
    for _ in range(steps):
        loss, old = loss_of(model(train_rows[0]), train_rows[1]), matrix.detach().clone()
        model.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
        moves.append((matrix.detach() - old).square().mean().sqrt().item() / lr)
    return losses, moves


# %%
print("rate    AdamW alone    with Muon    one step of Muon, root mean square of an entry")
for lr in (0.01, 0.03, 0.1):
    alone = train(lambda params, lr=lr: AdamW(params, lr=lr), 80)[0]
    losses, moves = train_with_muon(lr, 80)
    typical = sum(moves[:20]) / 20
    print(f"{lr:4}   {alone[-1]:12.6f} {losses[-1]:12.6f}    {typical:.2f} times the rate")
    assert 0.1 < typical < 0.25

# %% [markdown]
# The last column would be 0.2 if all singular values were exactly 1; here some stay at 0, because
# some units of the network never fire. And one small matrix proves nothing: Muon loses at the low
# rate and wins at the high one. Its authors report that larger models need fewer steps with it than
# with AdamW. Fair would be a sweep for each, as in exercise 7.

# %% [markdown]
# **Question:** A matrix (64, 256) whose 64 singular values are all 1 has 64 as the sum of its
# squared entries. What is the root mean square of its entries? And with which factor must Muon
# multiply it so that this becomes 0.2, as for AdamW's steps? Write `rms = …` and `factor = …`.

# %%
question(
    "03b.10",
    kind="number",
    key={"rms": (64 / (64 * 256)) ** 0.5, "factor": 0.2 * 256**0.5},
    rubric=[
        "64 / (64 · 256) = 1 / 256 is the mean square, its root is 1 / 16 = 0.0625",
        "0.2 / 0.0625 = 3.2, which is 0.2 · sqrt(max(rows, cols))",
    ],
    hints=[
        "How many entries has the matrix? The mean square is the sum of the squares over that.",
        "The mean square is 1 / 256. Take its root.",
        "`factor = 0.2 / rms`; compare it with 0.2 · sqrt(max(64, 256)).",
    ],
    solution="rms = 0.0625\nfactor = 3.2",
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 03b` reads your saved answers and shows them in one list. You have an
# optimizer, a safety belt and a timetable. In module 10 they train a language model; until then,
# whenever a curve looks odd, come back to exercise 9.
