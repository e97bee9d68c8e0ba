# ruff: noqa: F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 09c Backprop by hand: what does `backward()` do inside a transformer?
#
# Read [the lesson](../../lessons/09c-backprop.md) first: it derives every formula that you write.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_backprop.py`
#
# As always, say to yourself what a cell will print before it runs. The exercises below follow the
# gradient on its way back, from the loss to the embeddings; write the functions as you meet them,
# in the order of the tests.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from math import log

from noteboosh.authoring import question

# %%
import math

import matplotlib.pyplot as plt
import torch

import g2c.backprop as bp
from g2c.corpora import load_corpus
from g2c.pretraining import get_lm_batch, split_token_stream
from g2c.tokenizer import CharTokenizer

# %% [markdown]
# ## The model and a batch
#
# A small causal model: N windows of T characters, D numbers for each, H heads, L blocks. Weights
# are (in, out) here and are used as `x @ w`. Everything is in float64, so that a difference of
# 1e-12 means something.

# %%
N, T, D, H, L = 4, 8, 16, 4, 2


def seeded(seed):
    return torch.Generator().manual_seed(seed)


text = load_corpus("toystories", num_documents=400).text()
tokenizer = CharTokenizer.from_text(text)
V = tokenizer.vocab_size
train, val = split_token_stream(torch.tensor(tokenizer.encode(text)))
weights = bp.new_weights(V, T, D, L, generator=seeded(0), dtype=torch.float64)
x, y = get_lm_batch(train, N, T, generator=seeded(1))
tokens = torch.cat((x, y[:, -1:]), dim=1)  # (N, T + 1): inputs and targets in one
print(f"V = {V}, {sum(w.numel() for w in bp.in_order(*weights)):,} weights")

# %% [markdown]
# The whole way in one picture: data flows up, the gradient of the loss flows down, and at each
# stop it has exactly the shape of what came by on the way up.


# %%
def plot_flow(stops, title):
    """Boxes from the bottom up, each with a name and a shape, joined by two arrows. Gives Axes."""
    _, axes = plt.subplots(figsize=(6.4, 5.6), layout="constrained")
    for height, (name, shape) in enumerate(stops):
        axes.text(0.36, height, name, ha="center", va="center", bbox={"fc": "white", "ec": "0.6"})
        axes.text(0.95, height, shape, ha="right", va="center", family="monospace")
        for place, color, ends in ((0.31, "C0", (0.3, 0.75)), (0.41, "C1", (0.75, 0.3))):
            if height + 1 < len(stops) and (height or color == "C0"):  # ids get no gradient
                start, end = ((place, height + share) for share in ends)
                axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color})
    axes.text(0.02, 0.5, "data, up", color="C0")
    axes.text(0.02, len(stops) - 1.5, "gradient, down", color="C1")
    axes.set(title=title, xlim=(0, 1), ylim=(-0.6, len(stops) - 0.4))
    axes.axis("off")
    return axes


# %%
stops = [
    ("tokens", "(N, T)"),
    ("w_emb[tokens] + pos_embed", "(N, T, D)"),
    ("query, key, value", "3 × (N, H, T, K)"),
    ("scores, softmax: weights", "(N, H, T, T)"),
    ("weights @ value, merged, w_o", "(N, T, D)"),
    ("+ x, norm", "(N, T, D)"),
    ("w_mlp1, gelu, w_mlp2", "(N, T, D)"),
    ("+, norm   (end of a block)", "(N, T, D)"),
    ("w_head: logits", "(N, T, V)"),
    ("loss", "()"),
]

# %%
axes = plot_flow(stops, "Each gradient has the shape of what it is the gradient of")
for start, end in ((1, 5), (5, 7)):  # around attention and MLP, both ways
    way = {"arrowstyle": "<|-|>", "color": "0.6", "connectionstyle": "arc3,rad=-0.3"}
    axes.annotate("", (0.17, end), (0.17, start), arrowprops=way)

# %% [markdown]
# *The picture in words:* ten stops from the tokens at the bottom to the loss at the top, with the
# shape of the data at each. An arrow up (data) and an arrow down (gradient) join each stop to the
# next; only the tokens get no gradient. Two grey arcs lead around attention and MLP, for both. The
# six stops from the queries to the second norm repeat L times.

# %% [markdown]
# ## 1. Shapes first
#
# *Predict:* which shapes have the gradients of the logits, of the head's weights and of the
# table of embeddings?

# %% [markdown]
# **Question:** For N = 4, T = 8, D = 16 and V = 50, write `d_logits = (…)`, `d_w_head = (…)` and
# `d_w_emb = (…)`.

# %%
question(
    "09c.1",
    kind="shape",
    key={"d_logits": [4, 8, 50], "d_w_head": [16, 50], "d_w_emb": [50, 16]},
    rubric=[
        "a gradient has the shape of what it is the gradient of",
        "the logits are (N, T, V), the head (D, V), the table (V, D)",
        "N and T do not appear in the gradients of weights: they were summed over",
    ],
    hints=[
        "How does one number, the loss, change when you move one entry of a tensor? How many "
        "such numbers are there?",
        "One for each entry: so the gradient of a tensor has the tensor's own shape.",
        "Weights are (in, out) here: the head takes D numbers and gives V scores.",
    ],
)

# %% [markdown]
# ## 2. Where the gradient begins
#
# Write `backprop.token_loss_backward` in `g2c/backprop/loss.py`. It starts at every position of
# every window.
#
# *Predict:* the signs of the entries, and their sum at one position.

# %%
logits, final, caches = bp.causal_lm_forward(x, *weights, num_heads=H)
d_logits = bp.token_loss_backward(logits, y)
entries = d_logits[0, 0]
right = y[0, 0].item()
print(f"right token {tokenizer.decode([right])!r}: {entries[right]:+.5f}")
print(f"the {V - 1} others together:  {entries.sum() - entries[right]:+.5f}")
print(f"the largest of the others: {entries.where(entries > 0, 0).max():+.5f}")
print(f"positions with a gradient: {(d_logits.abs().amax(-1) > 0).sum()} of {N * T}")
assert entries[right] < 0 and abs(entries.sum()) < 1e-15

# %% [markdown]
# What was predicted too much is pushed down, the right token up, and the pushes of one position
# cancel. Each position has 1 / (N T) of the whole.

# %% [markdown]
# **Question:** All V logits of a position are equal, and N T = 32. What is the gradient at the
# right token's logit, for V = 10? (Mind the sign.)

# %%
question(
    "09c.2",
    kind="number",
    key=(1 / 10 - 1) / 32,
    tolerance=0.001,
    rubric=[
        "softmax of equal logits is 1 / V = 0.1 everywhere",
        "minus the one-hot: 0.1 - 1 = -0.9 at the right token",
        "divided by N T = 32, because the loss is a mean: -0.028125",
    ],
    hints=[
        "Which probability does the model give to the right token, and which should it have been?",
        "(softmax - one_hot) / (N T): what is each of the three here?",
        "(0.1 - 1) / 32",
    ],
)

# %% [markdown]
# ## 3. A product, used N T times
#
# Now `backprop.matmul_backward`. The head is one matrix, but all positions of all windows went
# through it.
#
# *Predict:* what would be left of `d_w_head` if you computed it from the first window alone?

# %%
d_final, d_w_head = bp.matmul_backward(d_logits, final, weights[3])
shares = [
    bp.matmul_backward(d_logits[n : n + 1], final[n : n + 1], weights[3])[1] for n in range(N)
]
print("d_final", tuple(d_final.shape), " d_w_head", tuple(d_w_head.shape))
for n, share in enumerate(shares):
    print(f"window {n}: a share of length {share.norm():.4f}")
print(f"together:        length {d_w_head.norm():.4f}, their sum exactly:", end=" ")
print(torch.allclose(sum(shares), d_w_head, rtol=0, atol=1e-15))
assert torch.allclose(sum(shares), d_w_head, rtol=0, atol=1e-15)

# %% [markdown]
# The shares point in different directions, so together they are shorter than their lengths added
# up: that is what a larger batch is for.

# %% [markdown]
# **Question:** `x` is (N, T, D), `d_out` is (N, T, F) and `out = x @ w`. Write the gradient of
# `w`, shape (D, F), in one expression.

# %%
question(
    "09c.3",
    kind="code",
    key="x.flatten(0, 1).T @ d_out.flatten(0, 1)",
    accept=[
        "d_w = x.flatten(0, 1).T @ d_out.flatten(0, 1)",
        "x.reshape(-1, D).T @ d_out.reshape(-1, F)",
        "d_w = x.reshape(-1, D).T @ d_out.reshape(-1, F)",
        "x.reshape(N * T, D).T @ d_out.reshape(N * T, F)",
        "d_w = x.reshape(N * T, D).T @ d_out.reshape(N * T, F)",
        "x.view(-1, D).T @ d_out.view(-1, F)",
        "x.reshape(-1, x.shape[-1]).T @ d_out.reshape(-1, d_out.shape[-1])",
        "x.flatten(0, 1).mT @ d_out.flatten(0, 1)",
        "x.flatten(0, -2).T @ d_out.flatten(0, -2)",
        "(x.transpose(1, 2) @ d_out).sum(0)",
        "(x.transpose(-2, -1) @ d_out).sum(0)",
        "d_w = (x.transpose(-2, -1) @ d_out).sum(0)",
        "(x.mT @ d_out).sum(0)",
        "torch.einsum('ntd,ntf->df', x, d_out)",
        "d_w = torch.einsum('ntd,ntf->df', x, d_out)",
        "torch.einsum('ntd, ntf -> df', x, d_out)",
    ],
    rubric=[
        "one matrix serves N T positions, so its gradient is a sum over all of them",
        "made rows (N T, D) and (N T, F), the sum is one product: x transposed, times d_out",
    ],
    hints=[
        "Which dimensions of `x` and `d_out` must disappear, and how does a matrix product make "
        "a dimension disappear?",
        "Make one dimension of N and T first: `flatten(0, 1)`.",
        "(D, N T) @ (N T, F): the first factor is x, flattened and transposed.",
    ],
    solution="x.flatten(0, 1).T @ d_out.flatten(0, 1)",
)

# %% [markdown]
# ## 4. Through GELU
#
# Write `backprop.gelu_backward`. The slope of GELU is not a gate between 0 and 1.
#
# *Predict:* how small and how large does the slope become?


# %%
def plot_slope(places, slopes, title):
    """The slope of GELU over x, with lines at 0 and 1. Gives Axes."""
    _, axes = plt.subplots(figsize=(6.4, 2.8), layout="constrained")
    axes.plot(places, slopes, color="C1")
    for height in (0, 1):
        axes.axhline(height, color="gray", linestyle=":")
    axes.set(xlabel="x", ylabel="slope of gelu", title=title)
    return axes


# %%
places = torch.linspace(-4, 4, 801, dtype=torch.float64)
slopes = bp.gelu_backward(torch.ones_like(places), places)
low, high = slopes.min().item(), slopes.max().item()
print(f"slope at -4, 0 and 4: {slopes[0]:.4f}, {slopes[400]:.4f}, {slopes[-1]:.4f}")
plot_slope(places, slopes, f"The slope of GELU runs from {low:.2f} to {high:.2f}")
assert low < -0.12 and high > 1.12 and abs(slopes[400] - 0.5) < 1e-12

# %% [markdown]
# *The picture in words:* from almost 0 on the left the slope dips below 0, rises through 0.5 at
# x = 0, overshoots 1 and comes back to it.

# %% [markdown]
# **Question:** A unit stands at x = 0, and the gradient that arrives from above is -3. What does
# `gelu_backward` hand on?

# %%
question(
    "09c.4",
    kind="number",
    key=-3 * 0.5,
    rubric=["the slope at 0 is Phi(0) + 0 · phi(0) = 0.5", "times what arrives: -1.5"],
    hints=[
        "What is the slope at 0, in the picture?",
        "Phi(0) is the probability that a standard normal number lies below 0.",
        "The chain rule multiplies: 0.5 · (-3).",
    ],
)

# %% [markdown]
# ## 5. Through the norm
#
# Write `backprop.layer_norm_backward`. Adding a constant to all entries of a vector changes
# nothing behind the norm, and neither does making it longer.
#
# *Predict:* a gradient arrives that pushes all entries alike; another pushes along the vector
# itself. What is left of either behind the norm?

# %%
vector = torch.randn(1, D, generator=seeded(2), dtype=torch.float64)
normed, inverse_std = bp.layer_norm(vector)
pushes = {
    "all entries alike": torch.ones_like(vector),
    "along the vector": normed,
    "in a random direction": torch.randn(1, D, generator=seeded(3), dtype=torch.float64),
}
for name, push in pushes.items():
    left = bp.layer_norm_backward(push, normed, inverse_std)
    print(f"{name:>21}: in {push.norm():.3f}, out {left.norm():.6f}, sum {left.sum():+.1e}")
    assert abs(left.sum()) < 1e-12 and (left.norm() < 1e-3) == ("random" not in name)

# %% [markdown]
# The two directions that the norm cannot see are taken out of the gradient. (Along the vector a
# trace is left, because of eps.)

# %% [markdown]
# **Question:** Why must the entries of every `d_x` behind `layer_norm_backward` add up to 0? Two
# or three sentences, without a formula if you can.

# %%
question(
    "09c.5",
    kind="text",
    rubric=[
        "adding the same number to all entries of x does not change its norm's output, because "
        "the mean is subtracted",
        "so moving x in that direction cannot change the loss",
        "the change of the loss in that direction is the sum of the gradient's entries, so that "
        "sum is 0",
    ],
    hints=[
        "What happens to layer_norm(x) if you add 5 to every entry of x?",
        "And what, then, happens to the loss? How does the gradient tell you the change of the "
        "loss along a direction?",
        "The change along (1, 1, …, 1) is the sum of the entries of the gradient.",
    ],
    solution=(
        "Adding one number to all entries of x moves their mean by the same number, and the norm "
        "takes the mean away,\nso its output, and with it the loss, stays as it was. The change of "
        "the loss in the direction (1, …, 1) is the sum\nof the entries of the gradient, so this "
        "sum has to be 0."
    ),
)

# %% [markdown]
# ## 6. Through attention
#
# Write the four functions of `g2c/backprop/attention.py`. The weights are causal, and so are
# the gradients of the scores.
#
# *Predict:* which entries of `d_scores`, a T × T square, can be different from 0?

# %%
attention = caches[-1].attention
d_heads = torch.randn(attention.value.shape, generator=seeded(4), dtype=torch.float64)
d_weights, d_value = bp.mix_backward(d_heads, attention.weights, attention.value)
d_scores = bp.causal_softmax_backward(d_weights, attention.weights)
print("d_weights: not 0 at", (d_weights[0, 0].abs() > 1e-12).sum().item(), "of", T * T, "places")
print("d_scores:  not 0 at", (d_scores[0, 0].abs() > 1e-12).sum().item(), "of", T * T, "places")
print(f"largest sum of a row of d_scores: {d_scores.sum(-1).abs().max():.0e}")
assert (d_scores[0, 0].abs() > 1e-12).sum() == T * (T + 1) // 2 - 1


# %%
def plot_square(values, title):
    """The sizes of a T × T gradient, as a grey square; white is 0. Gives Axes."""
    _, axes = plt.subplots(figsize=(3.6, 3.2), layout="constrained")
    image = axes.imshow(values, cmap="Greys", vmin=0)
    plt.colorbar(image, ax=axes, shrink=0.8)
    axes.set(xlabel="position looked at", ylabel="position that looks", title=title)
    return axes


axes = plot_square(d_scores[0, 0].abs(), "No gradient for what was forbidden")

# %% [markdown]
# *The picture in words:* a lower triangle of grey fields; all fields above the diagonal are white,
# and so is the single field of the first row.
#
# What was forbidden has weight 0, and the derivative of a softmax multiplies by the weight. In the
# first row one weight is 1 whatever its score is, so nothing can be learned from it.

# %% [markdown]
# **Question:** One head and one window of T positions. At how many places can `d_scores` be
# different from 0? Write it with the letter T.

# %%
question(
    "09c.6",
    kind="number",
    key="T * (T + 1) / 2 - 1",
    rubric=[
        "the lower triangle with its diagonal has T (T + 1) / 2 places",
        "the first row has a single allowed place, whose weight is always 1: its gradient is 0",
    ],
    hints=[
        "Count the fields of the picture row by row.",
        "Row t has t + 1 allowed places. One row is special.",
        "1 + 2 + … + T is T (T + 1) / 2. Take away the one place of the first row.",
    ],
)

# %% [markdown]
# ## 7. Who is to blame?
#
# `backprop.attention_backward` joins the pieces: x went three ways, so three gradients come back
# to it. Now push at one position only, and look where the gradient arrives.
#
# *Predict:* the push is at position 2 of 0 to 7. At which positions is `d_x` not 0?

# %%
d_out = torch.zeros(N, T, D, dtype=torch.float64)
d_out[:, 2] = 1
d_x, d_matrices = bp.attention_backward(d_out, attention, *weights[2][-1][:4])
blamed = (d_x[0].abs().amax(-1) > 0).nonzero().flatten().tolist()
print("d_x is not 0 at positions", blamed)
print("gradients of w_q, w_k, w_v, w_o:", [f"{d_w.norm():.2f}" for d_w in d_matrices])
assert blamed == [0, 1, 2]

# %% [markdown]
# The mask that keeps position 2 from looking ahead keeps the blame from going there. Backwards,
# attention sends each gradient to where its data came from.

# %% [markdown]
# **Question:** Suppose only the *last* position of each window had a loss. At which positions of
# the embeddings would the gradient arrive? Answer with one letter.
#
# - (a) at the last position only
# - (b) at all positions
# - (c) at all positions but the last
# - (d) at none, because the last position may not look ahead

# %%
question(
    "09c.7",
    kind="choice",
    key="b",
    options={"a": "the last", "b": "all", "c": "all but the last", "d": "none"},
    rubric=[
        "the last position attends to all positions, itself included",
        "so all of them took part in its prediction, and all get a gradient",
    ],
    hints=[
        "Where did the data of the last position come from?",
        "In the cell above, replace the 2 by the last position and run it again.",
        "A position sends gradient to exactly those positions that it could see.",
    ],
)

# %% [markdown]
# ## 8. A block in reverse
#
# `backprop.block_backward` walks the block from its end to its beginning. At a plus sign the
# gradient goes both ways undivided.
#
# Here are the stops on the way back, out of order: (a) the norm after the MLP, (b) GELU, (c) the
# attention, (d) the norm after the attention, (e) w_mlp1, (f) w_mlp2.

# %%
d_x, d_block = bp.block_backward(d_final, caches[-1], weights[2][-1])
names = ("w_q", "w_k", "w_v", "w_o", "w_mlp1", "w_mlp2")
for name, d_w in zip(names, d_block, strict=True):
    print(f"{name:>6}: {d_w.norm():.4f}  {'▪' * round(150 * d_w.norm().item())}")
print(f"the gradient that arrives {d_final.norm():.4f}, that leaves {d_x.norm():.4f}")
assert d_block[0].norm() < d_block[2].norm()

# %% [markdown]
# Queries and keys get the smallest gradients here: they decide only in which proportion the values
# are mixed, and what counts for that is how much the values differ, not how large they are.

# %% [markdown]
# **Question:** In which order does the gradient meet these stops? Write a list of letters, such as
# `["c", "a", "b", "d", "e", "f"]`.

# %%
question(
    "09c.8",
    kind="list",
    key=["a", "f", "b", "e", "d", "c"],
    rubric=[
        "the block's last operation is the norm after the MLP: it comes first",
        "then w_mlp2, GELU and w_mlp1, from the outside in",
        "then the norm after the attention, and the attention last",
    ],
    hints=[
        "Write down the order on the way forward first.",
        "Forward: attention, its norm, w_mlp1, GELU, w_mlp2, the last norm.",
        "Backward is the same list from its end.",
    ],
    solution='["a", "f", "b", "e", "d", "c"]',
)

# %% [markdown]
# ## 9. Back to the table
#
# `backprop.embedding_backward` is the last derivative. A token that occurs five times in the batch
# was used five times.
#
# *Predict:* how many of the V rows of `d_w_emb` are not 0?

# %%
d_w_emb, d_pos_embed = bp.embedding_backward(d_x, x, V)
used = (d_w_emb.abs().amax(-1) > 0).sum().item()
ids, counts = x.unique(return_counts=True)
print(f"rows of d_w_emb that are not 0: {used} of {V}")
print(f"different tokens in the batch:  {len(ids)}, of {x.numel()} in all")
top = ids[counts.argmax()].item()
print(f"the most frequent, {tokenizer.decode([top])!r}, occurs {counts.max()} times")
assert used == len(ids)

# %% [markdown]
# **Question:** A batch holds the inputs `[[7, 7, 2], [0, 7, 2]]`, and V = 10. How many rows of
# `d_w_emb` are different from 0, and of how many gradients is row 7 the sum? Write `rows = …` and
# `sevens = …`.

# %%
question(
    "09c.9",
    kind="number",
    key={"rows": len({7, 2, 0}), "sevens": [7, 7, 2, 0, 7, 2].count(7)},
    rubric=[
        "three different tokens occur: rows 0, 2 and 7",
        "7 occurs three times, and its row is the sum of three gradients",
    ],
    hints=[
        "Which rows of the table were looked up?",
        "A row that was not used cannot have changed the loss.",
        "Count the sevens: each of them brings its own gradient back to the same row.",
    ],
)

# %% [markdown]
# ## 10. The whole step
#
# With `backprop.causal_lm_step` you have written a training step without autograd. Here it trains
# a model on the stories, next to autograd doing the same.
#
# *Predict:* how far apart will the two curves be after 150 steps?

# %%
STEPS, LR = 150, 0.3
fresh = bp.new_weights(V, 32, 32, 1, generator=seeded(5))


def batch(seed, size=16, length=32, stream=train):
    """Windows (size, length + 1): inputs and targets in one."""
    inputs, targets = get_lm_batch(stream, size, length, generator=seeded(seed))
    return torch.cat((inputs, targets[:, -1:]), dim=1)


# %%
def by_autograd(tokens, *weights, num_heads, lr):
    """The same step, its gradients by autograd."""
    leaves = [w.detach().clone().requires_grad_() for w in bp.in_order(*weights)]
    shaped = bp.unflatten(torch.cat([leaf.flatten() for leaf in leaves]), weights)
    grads = torch.autograd.grad(bp.causal_lm_loss(tokens, *shaped, num_heads=num_heads), leaves)
    return torch.cat([(w - lr * g).flatten() for w, g in zip(leaves, grads, strict=True)]).detach()


# %%
def curve(step):
    """The loss on held-out windows every ten steps, and the weights at the end."""
    weights, losses, held_out = fresh, [], batch(0, size=32, stream=val)
    for number in range(STEPS + 1):
        if number % 10 == 0:
            losses.append(bp.causal_lm_loss(held_out, *weights, num_heads=4).item())
        if number < STEPS:
            flat = step(batch(100 + number), *weights, num_heads=4, lr=LR)
            weights = bp.unflatten(flat, weights)
    return losses, flat


# %%
curves = {"by hand": curve(bp.causal_lm_step), "autograd": curve(by_autograd)}
apart = (curves["by hand"][1] - curves["autograd"][1]).abs().max().item()
for name, (losses, _) in curves.items():
    print(f"{name:>8}: from {losses[0]:.2f} to {losses[-1]:.2f} nats per character")
print(f"the two sets of weights differ by {apart:.0e} at most")
assert apart < 1e-3 and curves["by hand"][0][-1] < 3


# %%
def plot_curves(curves, title):
    """Loss over steps for each name, the second one dashed on top. Gives Axes."""
    _, axes = plt.subplots(figsize=(6.4, 3), layout="constrained")
    for (name, (losses, _)), style in zip(curves.items(), ("-", "--"), strict=True):
        axes.plot(range(0, STEPS + 1, 10), losses, style, label=name, linewidth=2)
    axes.axhline(math.log(V), color="gray", linestyle=":")
    axes.text(STEPS, math.log(V), "log V", ha="right", va="bottom", color="gray")
    axes.set(xlabel="step", ylabel="held-out loss (nats)", title=title)
    axes.legend()
    return axes


# %%
axes = plot_curves(curves, "By hand and by autograd: one curve on top of the other")

# %% [markdown]
# *The picture in words:* both curves start a little above log V and fall to about six tenths of
# it; they lie on top of each other all the way.
#
# The small differences are roundings: the two add the same numbers in another order.

# %% [markdown]
# **Question:** `causal_lm_step` keeps the activations of all blocks and gives each up as soon as
# its block is done. Why can it not simply compute them again from the block's output? And what
# would you do if there were no memory to keep them? Two or three sentences.

# %%
question(
    "09c.10",
    kind="text",
    rubric=[
        "the derivatives need the values at which they are taken: inputs of products, attention "
        "weights, the numbers before GELU",
        "a block is not invertible, so its input does not follow from its output",
        "with little memory one keeps only some of them (the inputs of the blocks, say) and runs "
        "the forward pass of a block again on the way back",
        "that trades time for memory; its usual name is gradient checkpointing",
    ],
    hints=[
        "What does `matmul_backward` need besides the gradient that arrives?",
        "Can you tell what went into a norm or an attention from what came out?",
        "You can run a block forward twice. What do you have to keep for that?",
    ],
    solution=(
        "Every derivative is taken at a place: the product needs its input, the softmax its "
        "weights, GELU the numbers\nbefore it. These do not follow from the block's output, "
        "because a norm and an attention lose information.\nWith little memory I would keep only "
        "each block's input and run the block forward a second time on the way\nback: more time, "
        "less memory."
    ),
)

# %% [markdown]
# ## 11. How much does a window teach?
#
# A masked language model hides some tokens (15 in 100 is usual) and has a loss at those alone. A
# causal one has a loss at every position. What is that worth? We compare the gradient of a batch
# with the gradient of a very large batch, once counting all positions, once counting 15 in 100 of
# them, drawn anew each time.
#
# *Predict:* which points better to where the large batch points, and how many windows would the
# other one need to catch up?


# %%
def direction(tokens, weights, share, generator):
    """The gradient, of length 1, of the mean loss over a random share of all positions."""
    vector = torch.cat([w.flatten() for w in bp.in_order(*weights)]).requires_grad_()
    shaped = bp.unflatten(vector, weights)
    logits, _, _ = bp.causal_lm_forward(tokens[:, :-1], *shaped, num_heads=4)
    right = logits.gather(-1, tokens[:, 1:, None])[..., 0]
    losses = torch.logsumexp(logits, dim=-1) - right  # (N, T)
    counted = torch.rand(losses.shape, generator=generator) < share
    (gradient,) = torch.autograd.grad(losses[counted].mean(), vector)
    return gradient / gradient.norm()


# %%
trained = bp.unflatten(curves["by hand"][1], fresh)
target = direction(batch(1, size=1024), trained, 1.0, seeded(0))
arms = {"all positions": (16, 1.0), "15 in 100": (16, 0.15), "15 in 100, more windows": (107, 0.15)}
found = {}
for name, (size, share) in arms.items():
    several = [direction(batch(s, size), trained, share, seeded(s)) @ target for s in range(20, 32)]
    found[name] = sum(several).item() / len(several)
    print(f"{name:>24}: {size:3} windows, cosine with the large batch {found[name]:.2f}")
assert found["all positions"] > found["15 in 100"] + 0.1
assert abs(found["all positions"] - found["15 in 100, more windows"]) < 0.1

# %% [markdown]
# Counting all positions, 16 windows point where about 107 would if 15 in 100 counted: 100 / 15, or
# 6.7 times as many. The forward pass costs the same either way. (What a masked model gets in
# return: it sees both sides of the gap. It is another question, and for writing text, left to
# right, the wrong one.)

# %% [markdown]
# **Question:** A batch has 16 windows of 32 tokens. How many predictions does a causal model learn
# from, and how many on average does a masked one that hides 15 in 100? Write `causal = …` and
# `masked = …`.

# %%
question(
    "09c.11",
    kind="number",
    key={"causal": 16 * 32, "masked": 16 * 32 * 0.15},
    tolerance=0.01,
    rubric=[
        "a causal model has a loss at every position: 16 · 32 = 512",
        "a masked one at 15 in 100 of them: 76.8 on average",
    ],
    hints=[
        "How many rows does the loss average over, in each case?",
        "A causal model is asked once at every position.",
        "512, and 15 in 100 of that.",
    ],
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 09c` reads your saved answers and shows them in one list. There is nothing
# left in `loss.backward()` that you have not written. From here on the course lets autograd do it,
# and you know what it does.
