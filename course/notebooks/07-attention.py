# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 07 Attention: how does a position look at the ones before it?
#
# Read [the lesson](../../lessons/07-attention.md) first, and keep it open beside this page. The
# tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_attention.py`
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
import time

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from g2c.attention import SelfAttention, attention_weights, causal_mask, check_mask
from g2c.attention import scaled_dot_product_attention
from g2c.embeddings import Embedding, LearnedPositionalEmbedding
from g2c.nn import CrossEntropyLoss, Linear, reset_parameters
from g2c.tensors import softmax
from g2c.training import AdamW

# %% [markdown]
# With `FULL = True` the model of exercise 7 is trained four times as long, and exercise 9 measures
# sequences of up to 8,192 positions.

# %%
FULL = False


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %% [markdown]
# ## 1. A mean with weights
#
# What a position brings back from the others is a *weighted mean* of their values. Each row of
# `weights` belongs to one position that looks, each column to one that is looked at, and every row
# has sum 1.
#
# *Predict:* the three rows of the result.

# %%
value = torch.tensor([[10.0, 0.0], [0.0, 10.0], [20.0, 20.0]])  # (S, K), one row a position
weights = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.1, 0.1, 0.8]])  # (T, S)
print(weights @ value)
assert torch.equal(weights.sum(1), torch.ones(3))

# %% [markdown]
# The first row is a copy, the second an even mean, the third leans to the last value. One matrix
# product does it for all positions at once. Everything else in this module is about where the
# weights come from.

# %% [markdown]
# **Question:** A position looks at the three values above with weights 0.5, 0.25 and 0.25. What
# does it bring back? Write two numbers in brackets.

# %% tags=["author"]
import torch

brought_back = torch.tensor([0.5, 0.25, 0.25]) @ torch.tensor(
    [[10.0, 0.0], [0.0, 10.0], [20.0, 20.0]]
)

# %%
question(
    "07.1",
    kind="list",
    key=brought_back,
    rubric=[
        "first entry: half of 10, a quarter of 0, a quarter of 20: 10",
        "second entry: half of 0, a quarter of 10, a quarter of 20: 7.5",
    ],
    hints=[
        "How many entries has one value? The result has as many.",
        "Multiply each value by its weight, and add up, entry by entry.",
        "The first entry is 0.5 · 10 + 0.25 · 0 + 0.25 · 20; the second goes the same way.",
    ],
)

# %% [markdown]
# ## 2. Who may look at whom
#
# A model that predicts the next token must not see it. So position t may look at positions 0 to t,
# itself included, and at nothing later. Write `causal_mask` in `g2c/attention/masks.py`.
#
# *Predict:* which triangle of the square is filled? Rows look, columns are looked at.

# %%
mask = causal_mask(6)
for t, row in enumerate(mask.tolist()):
    print(f"position {t} looks at  " + " ".join("▪" if may else "·" for may in row))
assert mask.dtype == torch.bool and mask[5].all() and mask[0].tolist() == [True] + [False] * 5

# %% [markdown]
# True means "may look". The first row has a single True: position 0 can only look at itself. A row
# without any would have nothing to take a mean of.

# %% [markdown]
# **Question:** How many entries of the causal mask for T positions are True? Write it with the
# letter T.

# %%
question(
    "07.2",
    kind="number",
    key="T * (T + 1) / 2",
    rubric=[
        "row t has t + 1 of them: 1 + 2 + … + T",
        "that sum is T · (T + 1) / 2: a little more than half of the square, because of the "
        "diagonal",
    ],
    hints=[
        "Count them in the picture above, where T = 6. Row by row they are 1, 2, 3, …",
        "The sum of 1 to T: pair the first with the last, the second with the last but one.",
        "There are T / 2 pairs, and each has the sum T + 1.",
    ],
)

# %% [markdown]
# ## 3. Scores become weights
#
# Every position asks with a *query*, and every position offers a *key*. How well the two fit is
# their dot product, divided by sqrt(K): the *score*. A softmax over the keys turns the scores of
# one query into weights. Write `attention_weights` in `g2c/attention/scaled_dot_product.py`.
#
# *Predict:* the scores of this query with the two keys, then the weights.

# %%
query = torch.tensor([[2.0, 0.0, 0.0, 0.0]])  # (1, K), K = 4
key = torch.tensor([[math.log(3), 5.0, 5.0, 5.0], [0.0, -5.0, 0.0, 9.0]])  # (2, K)
print("products", (query @ key.T).tolist())
weights = attention_weights(query, key)
print("weights ", [f"{w:.2f}" for w in weights[0].tolist()])
assert torch.allclose(weights, torch.tensor([[0.75, 0.25]]))

# %% [markdown]
# The query asks for its first entry alone, so the fives and the nine do not count. Divided by
# sqrt(4) = 2 the scores are log 3 and 0, and softmax gives e^(log 3) to 1, which is 3 to 1.

# %% [markdown]
# **Question:** After the division, a query has the scores log 2, 0 and 0 with three keys. What are
# its three weights?

# %% tags=["author"]
from math import log

three_weights = torch.tensor([log(2), 0.0, 0.0]).softmax(0)

# %%
question(
    "07.3",
    kind="list",
    key=three_weights,
    tolerance=0.005,
    rubric=[
        "e to the scores: 2, 1 and 1",
        "divided by their sum, 4: a half, a quarter and a quarter",
    ],
    hints=[
        "What is e to the power of log 2, and what is e to the power of 0?",
        "Softmax: e to each score, divided by the sum of all of them.",
        "The three powers are 2, 1 and 1; divide each by 4.",
    ],
    solution="[0.5, 0.25, 0.25]",
)

# %% [markdown]
# ## 4. Why the square root of K
#
# Take queries and keys whose entries are random with variance 1, roughly as in a fresh model. A dot
# product adds up K products, and each of them has variance 1.
#
# *Predict:* K grows from 4 to 1,024. What happens to the largest of 64 weights when nobody divides?


# %%
def largest_weights(K):
    """The spread of q·k, and the mean largest of 64 weights: undivided, and divided by sqrt(K)."""
    query = torch.randn(200, K, generator=seeded(K), dtype=torch.float64)
    key = torch.randn(64, K, generator=seeded(K + 1), dtype=torch.float64)
    products = query @ key.T
    both = softmax(products, dim=-1), attention_weights(query, key)
    return products.std().item(), *(weights.amax(-1).mean().item() for weights in both)


sizes = [4, 16, 64, 256, 1024]
spreads, plain, scaled = zip(*map(largest_weights, sizes), strict=True)
print("    K   std of q·k   largest weight: undivided   divided by sqrt(K)")
for K, *found in zip(sizes, spreads, plain, scaled, strict=True):
    print("{:5}   {:10.1f}   {:25.2f}   {:18.2f}".format(K, *found))
assert plain[-1] > 0.9 and max(scaled) < 0.2


# %%
def plot_largest(sizes, plain, scaled, even):
    """The largest weight over the size of a head, with and without the division. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    axes.plot(sizes, plain, "o-", color="C1", label="q·k as it is")
    axes.plot(sizes, scaled, "s-", color="C0", label="q·k / sqrt(K)")
    axes.axhline(even, color="gray", linestyle=":", label=f"even weights, 1/64 = {even:.3f}")
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, sizes)
    axes.set(xlabel="K, entries of a query", ylabel="largest of 64 weights", ylim=(0, 1))
    axes.set_title(f"Undivided, a head of {sizes[-1]} looks at one place: weight {plain[-1]:.2f}")
    axes.legend()
    return axes


plot_largest(sizes, plain, scaled, 1 / 64)
# %% [markdown]
# *The picture in words:* over the size of a head, from 4 to 1,024, one curve climbs from about a
# third to almost 1: without the division the largest weight takes all. The other stays low and
# flat, a little above the dotted line of even weights.
#
# A weight near 1 is not wrong as such. But a *fresh* model should not be sure before it has learned
# anything; and where softmax is saturated its slope is almost 0, so it learns slowly.

# %% [markdown]
# **Question:** Entries are independent, with mean 0 and variance 1, and K = 400. What is the
# standard deviation of q·k before the division?

# %%
question(
    "07.4",
    kind="number",
    key=400**0.5,
    rubric=[
        "a sum of K independent products of variance 1 has variance K",
        "its standard deviation is sqrt(K): 20. Dividing by it brings the spread back to 1",
    ],
    hints=[
        "The table above has a column with it, for other K. How does it grow?",
        "Variances of independent terms add up. What is the variance of 400 of them?",
        "The standard deviation is the square root of the variance, 400.",
    ],
)

# %% [markdown]
# ## 5. Attention, for any shape
#
# Write `scaled_dot_product_attention`: the weights times the values. Whatever stands in front of
# the last two dimensions is carried along: a batch, heads, or nothing at all.
#
# The queries need not come from the same sequence as the keys. Here T = 3 positions look at S = 5
# others.
#
# *Predict:* both shapes that are printed.

# %%
query = torch.randn(2, 3, 4, generator=seeded(1))  # (B, T, K)
key = torch.randn(2, 5, 4, generator=seeded(2))  # (B, S, K)
value = torch.randn(2, 5, 7, generator=seeded(3))  # (B, S, 7): values may have another size
out = scaled_dot_product_attention(query, key, value)
print("weights", tuple(attention_weights(query, key).shape), " result", tuple(out.shape))
alone = scaled_dot_product_attention(query[1], key[1], value[1])
assert torch.allclose(out[1], alone, atol=1e-6)  # a batch is the same thing, several times

# %% [markdown]
# **Question:** Now query is (2, 8, 10, 16), key is (2, 8, 30, 16) and value is (2, 8, 30, 64).
# Write the shapes `weights = (…)` and `result = (…)`.

# %% tags=["author"]
shapes = [torch.zeros(2, 8, *size) for size in ((10, 16), (30, 16), (30, 64))]
many_weights = (shapes[0] @ shapes[1].mT).shape
many_results = (shapes[0] @ shapes[1].mT @ shapes[2]).shape

# %%
question(
    "07.5",
    kind="shape",
    key={"weights": many_weights, "result": many_results},
    rubric=[
        "weights (2, 8, 10, 30): for each of 10 queries one weight for each of 30 keys",
        "result (2, 8, 10, 64): for each query one mean of values, which have 64 entries",
        "K = 16 is summed over and is in neither of them",
    ],
    hints=[
        "Leave the first two sizes alone: they are carried along. What do the last two say?",
        "The weights have a row for each query and a column for each key.",
        "(10, 16) times (16, 30) is (10, 30); that times (30, 64) is (10, 64).",
    ],
)

# %% [markdown]
# ## 6. All three from one x
#
# In *self*-attention queries, keys and values are three projections of the same vectors: what a
# position asks for, what it offers, and what it hands over. Write the body of `SelfAttention`. Its
# mask is causal unless you give another.
#
# The leak test: change one token and see who notices. *Predict:* which places of 8 move when the
# token at place 5 changes?

# %%
layer = reset_parameters(SelfAttention(d_model=16), seeded(0))
x = torch.randn(1, 8, 16, generator=seeded(1))
other = x.clone()
other[0, 5] = torch.randn(16, generator=seeded(2))
moved = ((layer(x) - layer(other)).abs().amax(dim=-1)[0] > 1e-6).nonzero().flatten().tolist()
print("places that move:", moved)
assert moved == [5, 6, 7]

# %% [markdown]
# Nothing before place 5 moves. This is worth testing in every model you ever write: if it fails,
# the training loss looks wonderful and the model is worthless.

# %% [markdown]
# **Question:** The same thing seen from the other side: T = 6, and you take the gradient of the
# output at place 2 for the input x. At which places of x is it exactly 0? Write a list.

# %% tags=["author"]
from g2c.attention import SelfAttention
from g2c.nn import reset_parameters

judge = reset_parameters(SelfAttention(4), torch.Generator().manual_seed(0))
asked = torch.randn(1, 6, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
judge(asked)[0, 2].sum().backward()
untouched = (asked.grad[0] == 0).all(-1).nonzero().flatten()

# %%
question(
    "07.6",
    kind="list",
    key=untouched,
    rubric=[
        "place 2 sees places 0, 1 and 2, and its output depends on nothing else",
        "so the gradient is 0 at the places 3, 4 and 5: exactly, because their weights are "
        "exactly 0",
    ],
    hints=[
        "Which places of x can the output at place 2 depend on?",
        "Read row 2 of the causal mask: where it is False, nothing can come from.",
        "It sees 0, 1 and 2. The others of the six places are the answer.",
    ],
)

# %% [markdown]
# ## 7. A model that looks for the last name
#
# Now something that has to look at the right place. A text of 16 letters: capitals are names, small
# letters are filler. At every place the model is asked: **which name came last?** For `AxxBx` the
# answers are A, A, A, B, B. All that it knows comes through one layer of attention, so it must find
# the place of the last capital. We know that place, so we can mark the model on it.

# %%
LETTERS = "ABCDefghijklmnopqrst"
NAMES, V, T, D = 4, len(LETTERS), 16, 16


def name_texts(batch_size, generator):
    """Texts `ids` (B, T), and at each position the place (B, T) of the last name."""
    shape = (batch_size, T)
    is_name = torch.rand(shape, generator=generator) < 0.2
    is_name[:, 0] = True  # so that there is always an answer
    names = torch.randint(NAMES, shape, generator=generator)
    fillers = torch.randint(NAMES, V, shape, generator=generator)
    places = torch.where(is_name, torch.arange(T), 0).cummax(dim=1).values
    return torch.where(is_name, names, fillers), places


# %%
ids, places = name_texts(1, seeded(3))
print("text       ", "".join(LETTERS[i] for i in ids[0]))
print("last name  ", "".join(LETTERS[i] for i in ids.gather(1, places)[0]))


# %%
class Reader(nn.Module):
    """At each position the scores of all names; what it knows of other positions, it looked up."""

    def __init__(self, positions=True):
        super().__init__()
        self.tokens = Embedding(V, D)
        self.places = LearnedPositionalEmbedding(T, D) if positions else nn.Identity()
        self.attn, self.head = SelfAttention(D), Linear(D, NAMES)

    def forward(self, ids):
        return self.head(self.attn(self.places(self.tokens(ids))))

    def looks(self, ids):
        x = self.places(self.tokens(ids))
        return attention_weights(self.attn.q_proj(x), self.attn.k_proj(x), causal_mask(T))


# %% [markdown]
# Training is what you know from module 03: a batch, a loss over all its positions, a step.


# %%
def train(model, steps=800 if FULL else 200):
    optimizer, generator = AdamW(model.parameters(), lr=1e-2), seeded(1)
    for _ in range(steps):
        ids, places = name_texts(64, generator)
        answers = ids.gather(1, places)
        loss = CrossEntropyLoss()(model(ids).flatten(0, 1), answers.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


# %%
@torch.no_grad()
def marks(model, ids, places):
    """The share of right answers, and the mean weight on the right place."""
    right = (model(ids).argmax(-1) == ids.gather(1, places)).float().mean().item()
    return right, model.looks(ids).gather(2, places[..., None]).mean().item()


# %% [markdown]
# *Predict:* a fresh model looks here and there, by chance. What is its mean weight on the right
# place, and what could it be after 200 steps?

# %%
ids, places = name_texts(500, seeded(2))  # texts that no model is trained on
fresh = reset_parameters(Reader(), seeded(0))
trained = train(reset_parameters(Reader(), seeded(0)))
even = sum(1 / (t + 1) for t in range(T)) / T  # what even weights put on one visible place
print("               right answers   weight on the right place")
for name, model in {"before training": fresh, "after training": trained}.items():
    right, weight = marks(model, ids, places)
    print(f"{name:15}{right:12.0%}{weight:20.2f}")
print(f"{'even weights':15}{even:32.2f}")
assert marks(fresh, ids, places)[1] < 0.35 and marks(trained, ids, places)[1] > 0.85


# %%
def plot_looks(axes, weights, text, places, title):
    """One map of weights: rows look, columns are looked at, a frame on the right place."""
    axes.imshow(weights, cmap="Greys", vmin=0, vmax=1)
    axes.plot(places, range(len(text)), "s", ms=12, mfc="none", mec="C1", mew=1.8)
    axes.set_xticks(range(len(text)), text)
    axes.set_yticks(range(len(text)), text)
    looked_at = "position looked at (white: weight 0, black: weight 1)"
    axes.set(xlabel=looked_at, ylabel="position that looks", title=title)
    return axes


# %%
states = {"Before": fresh, "After": trained}
one, place = ids[:1], places[0]
text = [LETTERS[i] for i in one[0]]
_, pair = plt.subplots(1, 2, figsize=(11, 5.2), layout="constrained")
for axes, (name, model) in zip(pair, states.items(), strict=True):
    weights = model.looks(one)[0].detach()
    on_right = weights.gather(1, place[:, None]).mean()
    plot_looks(axes, weights, text, place, f"{name}: weight {on_right:.2f} on the last name")
    assert on_right < 0.4 if model is fresh else on_right > 0.85

# %% [markdown]
# *The picture in words:* two square maps for one text, rows for the position that looks, columns
# for the position looked at; the upper right half is empty in both, because nobody sees the future.
# An orange frame marks the last name in each row. Before training the grey lies here and there,
# and many frames are empty. After training almost all of it lies inside the frames: dark vertical
# bars that start at each capital and end where the next one begins.

# %% [markdown]
# **Question:** A model with even weights looks at all places it may see alike. For T = 4, what is
# the mean weight on the right place, over the four positions?

# %%
question(
    "07.7",
    kind="number",
    key=(1 + 1 / 2 + 1 / 3 + 1 / 4) / 4,
    tolerance=0.005,
    rubric=[
        "position t sees t + 1 places, so each of them gets the weight 1 / (t + 1)",
        "the mean of 1, 1/2, 1/3 and 1/4 is about 0.52",
    ],
    hints=[
        "How many places does position 0 see, and how much weight does each of them get?",
        "Position t divides its attention among t + 1 places, and one of them is the right one.",
        "The weights are 1, 1/2, 1/3 and 1/4. Take their mean.",
    ],
    solution="0.5208",
)

# %% [markdown]
# ## 8. The same without positions
#
# `Reader(positions=False)` embeds the letters and nothing else. It sees which letters stand before
# it, but not where.
#
# *Predict:* can it still find a name? Can it find the *last* one?

# %%
blind = train(reset_parameters(Reader(positions=False), seeded(0)))
right, weight = marks(blind, ids, places)
print(f"without positions: {right:.0%} right, weight {weight:.2f} on the right place")
x = torch.tensor([[0, 7, 1, 8, 0, 9]])  # A h B i A j
row = attention_weights(blind.attn.q_proj(blind.tokens(x)), blind.attn.k_proj(blind.tokens(x)))
row = row[0, -1].tolist()
print("the last letter of AhBiAj looks at", {f"{i} {LETTERS[n]}": round(w, 2)
      for i, (n, w) in enumerate(zip(x[0].tolist(), row, strict=True))})  # fmt: skip
assert 0.5 < right < 0.9 and math.isclose(row[0], row[4], rel_tol=1e-5)

# %% [markdown]
# It has learned that names matter, and looks at capitals. But the two A's get exactly the same
# weight, wherever they stand. Attention is a mean over a *set*: shuffle the keys together with
# their values, and the result is the same. Order must be put in, and that was module 05.

# %% [markdown]
# **Question:** Why do the two A's get equal weights without positions? Answer with one letter.
#
# - (a) Softmax makes all weights of a row equal.
# - (b) Their vectors are equal, so their keys are, so their scores with any query are.
# - (c) The causal mask hides the difference between them.
# - (d) The training was too short to tell them apart.

# %%
question(
    "07.8",
    kind="choice",
    key="b",
    options={
        "a": "softmax makes all weights of a row equal",
        "b": "their vectors are equal, so their keys are, so their scores are",
        "c": "the causal mask hides the difference",
        "d": "the training was too short",
    },
    rubric=[
        "without positions a vector depends on its letter alone, and so does the key made from it",
        "equal keys have equal scores with every query, and equal scores get equal weights: no "
        "training can change that",
    ],
    hints=[
        "What goes into the key of a position, when nothing says where it stands?",
        "Follow one A: its embedding, its key, its score with the last letter. Then the other A.",
        "Embedding, key and score are the same for both of them, for any weights of the layer.",
    ],
)

# %% [markdown]
# ## 9. What it costs
#
# T queries meet T keys: T² scores, and T² weights that must be kept for the backward pass. We count
# the multiplications and additions exactly, and the memory of the weights of one head.
#
# *Predict:* T doubles. By how much does each column grow?

# %%
K = 64
print("    T   multiply and add   weights in float32")
for length in (256, 512, 1024, 2048):
    x = torch.randn(length, K, generator=seeded(length))
    with FlopCounterMode(display=False) as counter:
        scaled_dot_product_attention(x, x, x)
    assert counter.get_total_flops() == 4 * length**2 * K  # 2·T²·K for scores, 2·T²·K for the mean
    weights = attention_weights(x, x)
    mib = weights.numel() * weights.element_size() / 2**20
    print(f"{length:5}   {counter.get_total_flops() / 1e6:12.1f} M   {mib:14.2f} MiB")


# %%
def plot_seconds(lengths, seconds, title):
    """Measured times over T, both logarithmic, and the line of T². Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    axes.loglog(lengths, seconds, "o-", color="C0", label="measured", base=2)
    square = [seconds[-1] * (length / lengths[-1]) ** 2 for length in lengths]
    axes.loglog(lengths, square, ":", color="gray", label="in step with T²", base=2)
    axes.set_xticks(lengths, lengths)
    axes.set_yscale("log", base=10)
    axes.set(xlabel="T, positions", ylabel="processor seconds", title=title)
    axes.legend()
    return axes


# %%
def best_of(runs, length):
    x, times = torch.randn(length, K, generator=seeded(length)), []
    for _ in range(runs):
        start = time.process_time()  # of the processor: what else the machine does is left out
        scaled_dot_product_attention(x, x, x)
        times.append(time.process_time() - start)
    return min(times)


# %% tags=["nbval-ignore-output"]
lengths = [128, 256, 512, 1024, 2048] + ([4096, 8192] if FULL else [])
seconds = [best_of(5, length) for length in lengths]
for length, time_taken in zip(lengths, seconds, strict=True):
    print(f"T = {length:5}: {1000 * time_taken:8.2f} ms")
factor = seconds[-1] / seconds[1]
longer = lengths[-1] // lengths[1]
plot_seconds(lengths, seconds, f"{longer} times as long, {factor:.0f} times the time")
assert factor > 2 * longer  # far more than in step with T

# %% [markdown]
# *The picture in words:* time over T, both axes logarithmic. The measured points rise steeply from
# left to right and stay near a dotted line, along which time grows with the square of T. How near
# depends on your machine: short sequences pay for calling functions at all, long ones for weights
# that no longer fit into its cache.

# %% [markdown]
# **Question:** T grows from 1,024 to 8,192. How many `times` as much memory do the weights of one
# head take? And for T = 16,384 in float32, how many `gib` (of 2^30 bytes) are they? Write one line
# each.

# %%
question(
    "07.9",
    kind="number",
    key={"times": (8192 // 1024) ** 2, "gib": 16384**2 * 4 / 2**30},
    rubric=[
        "8 times as long, so 8² = 64 times as many weights",
        "16,384² weights of 4 bytes are 2^14 · 2^14 · 2^2 = 2^30 bytes, 1 GiB: for one head, one "
        "layer and one text",
    ],
    hints=[
        "How many weights are there for T positions? A float32 has four bytes.",
        "The number of weights is T². T grows eightfold: what does its square do?",
        "16,384 is 2^14. Multiply 2^14 · 2^14 · 4 bytes, and divide by 2^30.",
    ],
)

# %% [markdown]
# ## Beyond the page
#
# Two more exercises, for those who want to go on.

# %% [markdown]
# ## 10. Masking too late
#
# Why must a forbidden score become minus infinity *before* the softmax? It would be simpler to set
# forbidden *weights* to 0 after it. Here is that mistake, and a key of the future is changed.
#
# *Predict:* do the weights of position 1 change when the key at place 3 does?

# %%
query, key = (torch.randn(4, 8, generator=seeded(s), dtype=torch.float64) for s in (1, 2))
other = key.clone()
other[3] = query[1]  # position 1 must not see it, though nothing fits it better
for name, keys in {"as it was": key, "key 3 changed": other}.items():
    late = attention_weights(query, keys) * causal_mask(4)
    right = attention_weights(query, keys, causal_mask(4))
    shown = [" ".join(f"{w:.3f}" for w in weights[1].tolist()) for weights in (late, right)]
    print(f"{name:>13}:  masked too late {shown[0]}   right {shown[1]}")
    assert torch.allclose(right.sum(-1), torch.ones(4).double()) and late[1].sum() < 0.9  # no mean

# %% [markdown]
# **Question:** What is wrong with the weights that were masked too late? Name both things, and say
# why minus infinity before the softmax does better. Two or three sentences.

# %%
question(
    "07.10",
    kind="text",
    rubric=[
        "the rows no longer have sum 1, so what comes back is no mean any more but shrinks",
        "the forbidden keys are still in the sum that softmax divides by, so the future shows "
        "through: information leaks although no forbidden weight is left",
        "e to minus infinity is exactly 0, so a hidden key takes part neither above nor below the "
        "fraction line, and the rest has sum 1",
    ],
    hints=[
        "Add up the weights of position 1 in each of the four cases.",
        "By what does softmax divide, and who contributes to it?",
        "What is e to the power of minus infinity? So what does a hidden key add to the sum?",
    ],
    solution=(
        "The rows do not have sum 1 any more, so the result is no mean but something smaller. And "
        "the forbidden\n"
        "key was still part of the sum that softmax divides by: when it changes, the visible "
        "weights change, and\n"
        "the future leaks in. With minus infinity before the softmax a hidden key adds e^-inf = 0 "
        "to that sum,\n"
        "as if it were not there."
    ),
)

# %% [markdown]
# ## 11. A row without keys
#
# Texts of different lengths in one batch are filled up. Say `real` (B, T) is True at real tokens,
# and the filling stands at the *beginning*. Then a position of the filling sees nothing at all:
# itself it may not, and before it there is only filling. Its softmax would be 0 / 0.
#
# *Predict:* what happens?

# %%
real = torch.tensor([[True, True, True, True], [False, False, True, True]])  # (B, T)
mask = causal_mask(4) & real[:, None, :]  # (B, T, T): causal, and only real keys
try:
    check_mask(mask, 4, 4)
except ValueError as error:
    print(error)
else:
    raise AssertionError("this mask should have been refused")

# %% [markdown]
# `scaled_dot_product_attention` and `SelfAttention` look at every mask that a caller gives them in
# this way. Without the check the row would become NaN, and after one backward pass so would all
# parameters.

# %% [markdown]
# **Question:** Write one expression for a mask (B, T, T) that is causal, shows only real keys, and
# lets every position look at least at itself. You have `T`, `real`, `causal_mask` and `torch.eye`.

# %%
question(
    "07.11",
    kind="code",
    key="causal_mask(T) & real[:, None, :] | torch.eye(T, dtype=torch.bool)",
    accept=[
        "causal_mask(T) & real[:, None] | torch.eye(T, dtype=torch.bool)",
        "causal_mask(T) & real.unsqueeze(1) | torch.eye(T, dtype=torch.bool)",
        "real[:, None, :] & causal_mask(T) | torch.eye(T, dtype=torch.bool)",
        "real[:, None] & causal_mask(T) | torch.eye(T, dtype=torch.bool)",
        "torch.eye(T, dtype=torch.bool) | causal_mask(T) & real[:, None, :]",
        "torch.eye(T, dtype=torch.bool) | causal_mask(T) & real[:, None]",
        "torch.eye(T, dtype=torch.bool) | real[:, None, :] & causal_mask(T)",
        "causal_mask(T) & real[:, None, :] | torch.eye(T).bool()",
        "causal_mask(T) & real[:, None] | torch.eye(T).bool()",
        "causal_mask(T) & (real[:, None, :] | torch.eye(T, dtype=torch.bool))",
        "causal_mask(T) & (real[:, None] | torch.eye(T, dtype=torch.bool))",
        "causal_mask(T) & (real[:, None, :] | torch.eye(T).bool())",
        "causal_mask(T) & (real[:, None] | torch.eye(T).bool())",
    ],
    rubric=[
        "`&` of the causal mask (T, T) and the real keys (B, 1, T)",
        "`|` with the diagonal, as booleans: every position may look at itself",
    ],
    hints=[
        "The cell above has the first two demands. The third is one more term.",
        "`torch.eye(T)` is the diagonal. It must be boolean, and joined by `|`, or.",
        "`… | torch.eye(T, dtype=torch.bool)`, behind the mask of the cell above with T for 4.",
    ],
    solution="causal_mask(T) & real[:, None, :] | torch.eye(T, dtype=torch.bool)",
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 07` reads your saved answers and shows them in one list. You have written
# the one place in a language model where positions talk to each other. It could look for one thing
# at a time; in module 08 it looks for several.
