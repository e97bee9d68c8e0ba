# ruff: noqa: E402, F401, F811, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 08 Multi-head attention: how does a position look at several things at once?
#
# Read [the lesson](../../lessons/08-multi-head.md) first, and keep it open beside this page. The
# tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_multi_head_attention.py`
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
import torch

from noteboosh.authoring import question

# %%
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from tqdm import tqdm

from g2c.attention import KVCache, MultiHeadAttention, attention_weights, causal_mask
from g2c.attention import merge_heads, scaled_dot_product_attention, share_heads, split_heads
from g2c.embeddings import Embedding, RotaryPositionalEmbedding
from g2c.nn import CrossEntropyLoss, Linear, reset_parameters
from g2c.training import AdamW

# %% [markdown]
# With `FULL = True` the models of exercise 7 are trained five times as long.

# %%
FULL = False


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %% [markdown]
# ## 1. Two things at once
#
# A head has one row of weights for each position. To know *who bit whom*, a position must look at
# two places. One head can only look half at each of them, and a mean does not know which was which.
#
# *Predict:* does the even mean tell "dog man" from "man dog"? Do two heads?

# %%
dog, man = torch.tensor([1.0, 0.0, 2.0, 5.0]), torch.tensor([0.0, 3.0, 4.0, 1.0])  # values
for name, value in {"dog man": torch.stack((dog, man)), "man dog": torch.stack((man, dog))}.items():
    one_head = torch.tensor([0.5, 0.5]) @ value
    first = torch.tensor([1.0, 0.0]) @ value[:, :2]  # a head that looks at place 0
    second = torch.tensor([0.0, 1.0]) @ value[:, 2:]  # a head that looks at place 1
    two_heads = torch.cat((first, second))
    print(f"{name}: one head {one_head.tolist()}   two heads {two_heads.tolist()}")

# %% [markdown]
# One head of four entries brings back the same mixture for both. Two heads of two entries each
# bring back less of each word, but they keep apart where it stood.

# %% [markdown]
# **Question:** D = 6 and three heads. Head 0 looks at place 2, head 1 at place 0, head 2 half at
# place 0 and half at place 1, each in its own stretch of two entries. The values are
# `[1, 2, 3, 4, 5, 6]`, `[10, 20, 30, 40, 50, 60]` and `[7, 7, 8, 8, 9, 9]`. What do the heads bring
# back, end to end? Write six numbers.

# %% tags=["author"]
three = torch.tensor([[1.0, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60], [7, 7, 8, 8, 9, 9]])
looks = torch.tensor([[0.0, 0, 1], [1, 0, 0], [0.5, 0.5, 0]])
end_to_end = torch.cat([looks[h] @ three[:, 2 * h : 2 * h + 2] for h in range(3)])

# %%
question(
    "08.1",
    kind="list",
    key=end_to_end,
    rubric=[
        "head 0 copies the first two entries of place 2: 7, 7",
        "head 1 copies the middle two of place 0: 3, 4",
        "head 2 takes the mean of the last two of places 0 and 1: 27.5, 33",
    ],
    hints=[
        "Which two of the six entries belong to head 0? To head 1? To head 2?",
        "Cut each value into three stretches of two. Head h only ever sees stretch h.",
        "Heads 0 and 1 copy; head 2 takes the mean of [5, 6] and [50, 60].",
    ],
)

# %% [markdown]
# ## 2. Cut into heads
#
# Write `split_heads` in `g2c/attention/heads.py`: (B, T, D) becomes (B, H, T, K). The tempting
# short way is one `reshape(B, H, T, K)`. It has the right shape. To see what it does, every entry
# of this x holds the number of the position that it belongs to.
#
# *Predict:* which numbers stand in head 0, cut the right way and the short way?

# %%
T, D, H = 4, 8, 2
x = torch.arange(T).view(1, T, 1).expand(1, T, D)  # (B, T, D), B = 1
right = split_heads(x, H)
short = x.reshape(1, H, T, D // H)
for h in range(H):
    print(f"head {h}: right {right[0, h].tolist()}\n        short {short[0, h].tolist()}")
assert right.shape == short.shape and not torch.equal(right, short)
assert all((right[0, :, t] == t).all() for t in range(T))


# %%
def plot_origins(axes, origins, title):
    """Squares (T, K) of one head; each says and shows by its grey which position it came from."""
    axes.imshow(origins, cmap="Greys", vmin=-1, vmax=6, aspect="auto")
    for t, row in enumerate(origins.tolist()):
        for k, place in enumerate(row):
            axes.text(k, t, place, ha="center", va="center")
    axes.set_xticks(range(origins.shape[1]))
    axes.set_yticks(range(origins.shape[0]))
    axes.set(xlabel="entry of the head", ylabel="position", title=title)
    return axes


# %%
_, grid = plt.subplots(2, 2, figsize=(8, 5), layout="constrained", sharex=True)
for axes, (way, heads) in zip(grid, {"Split": right, "Reshaped": short}.items(), strict=True):
    for h in range(H):
        mixed = sum(len(set(row)) > 1 or row[0] != t for t, row in enumerate(heads[0, h].tolist()))
        title = f"{way}, head {h}: {mixed or 'no'} row{'s' * (mixed != 1)} from elsewhere"
        plot_origins(axes[h], heads[0, h], title)
        assert bool(mixed) == (way == "Reshaped")

# %% [markdown]
# *The picture in words:* four tables of four rows and four columns, each square with the number of
# the position that its entry came from. In the upper two, the split heads, row 0 holds only zeros,
# row 1 only ones, and so on. In the lower two, head 0 holds positions 0 and 1 alone, each in two
# rows, and head 1 positions 2 and 3. Row 1 of head 0 is position 0; row 2 of head 1 is position 3.
#
# With the short way "position 1" of head 0 would not be position 1, and the mask would hide the
# wrong things: the future leaks in, without any error.

# %% [markdown]
# **Question:** D = 24 and 4 heads. Entry 13 of a vector, counted from 0: which `head` gets it, and
# as which `entry` of that head? Write one line each, counted from 0.

# %%
question(
    "08.2",
    kind="number",
    key={"head": 13 // 6, "entry": 13 % 6},
    rubric=[
        "each head has K = 24 / 4 = 6 entries: head 0 gets 0 to 5, head 1 gets 6 to 11",
        "13 = 2 · 6 + 1: head 2, entry 1",
    ],
    hints=[
        "How many entries has one head?",
        "The first stretch of 6 is head 0's, the next is head 1's, …",
        "13 divided by 6: the whole part is the head, the remainder the entry.",
    ],
)

# %% [markdown]
# ## 3. Join again
#
# Write `merge_heads`: it takes back what `split_heads` did, so its steps are the same ones in
# reverse. Without the transpose the shape is right and the content is not.
#
# *Predict:* for two positions and two heads of two entries, both lines.

# %%
vectors = torch.tensor([[[0, 1, 2, 3], [10, 11, 12, 13]]])  # (B, T, D) = (1, 2, 4)
heads = split_heads(vectors, 2)
print("merged  ", merge_heads(heads)[0].tolist())
print("as it is", heads.reshape(1, 2, 4)[0].tolist())
assert torch.equal(merge_heads(heads), vectors)

# %% [markdown]
# The second line gives position 0 a piece of position 1: again the future, without any error.

# %% [markdown]
# **Question:** x is (4, 10, 48), and there are 6 heads. Which shape has `split_heads(x, 6)`? Which
# have the weights of all heads in self-attention? Which has what `merge_heads` makes? Write
# `heads = (…)`, `weights = (…)` and `merged = (…)`.

# %% tags=["author"]
from g2c.attention import attention_weights, merge_heads, split_heads

six = split_heads(torch.zeros(4, 10, 48), 6)

# %%
question(
    "08.3",
    kind="shape",
    key={
        "heads": six.shape,
        "weights": attention_weights(six, six).shape,
        "merged": merge_heads(six).shape,
    },
    rubric=[
        "heads (4, 6, 10, 8): K = 48 / 6 = 8",
        "weights (4, 6, 10, 10): one square of T by T for each head",
        "merged (4, 10, 48): the shape of x again",
    ],
    hints=[
        "How many entries has a head? And where do the heads stand among the sizes?",
        "The heads stand behind the batch, in front of the positions, so that attention carries "
        "them along.",
        "(B, H, T, K), then (B, H, T, T), then (B, T, D).",
    ],
)

# %% [markdown]
# ## 4. H small projections are one wide one
#
# The original formula gives every head a small projection of its own, from D to K entries. Nobody
# computes it like that. Stack the small matrices, and one product does the work of all.
#
# *Predict:* are the results equal? And the gradients?

# %%
B, T, D, H = 2, 5, 12, 3
K = D // H
x = torch.randn(B, T, D, generator=seeded(0), dtype=torch.float64)
small = [torch.randn(K, D, generator=seeded(h + 1), dtype=torch.float64) for h in range(H)]
wide = torch.cat(small).requires_grad_()  # (H · K, D) = (D, D)
small = [matrix.requires_grad_() for matrix in small]
by_head = torch.stack([x @ matrix.T for matrix in small], dim=1)  # H products
at_once = split_heads(x @ wide.T, H)  # one product
mix = torch.randn(B, H, T, K, generator=seeded(9), dtype=torch.float64)
by_head_grads = torch.autograd.grad(by_head, small, mix)
(at_once_grad,) = torch.autograd.grad(at_once, wide, mix)
apart = (by_head - at_once).abs().max(), (torch.cat(by_head_grads) - at_once_grad).abs().max()
print("results equal to 12 digits:", apart[0] < 1e-12, " gradients:", apart[1] < 1e-12)
assert max(apart) < 1e-12

# %% [markdown]
# They are the same numbers: rows 0 to K - 1 of the wide matrix are head 0's projection, the next K
# rows are head 1's. So a layer has three products for queries, keys and values, however many heads.

# %% [markdown]
# **Question:** How many numbers are there in the four matrices of a layer, `q_proj`, `k_proj`,
# `v_proj` and `output_proj`, for D and H, when every head has keys of its own? Write it with
# letters.

# %%
question(
    "08.4",
    kind="number",
    key="4 * D * D",
    rubric=[
        "each of the four is a (D, D) matrix: 4 · D² numbers",
        "H is not in it: more heads are smaller heads",
    ],
    hints=[
        "What size has the wide matrix above? How many such matrices are there?",
        "H heads of K = D / H entries: H · K rows, D columns.",
        "Four matrices of D rows and D columns.",
    ],
)

# %% [markdown]
# ## 5. Rotations inside attention
#
# Write `project` in `g2c/attention/multi_head.py`. With `rope`, queries and keys are turned by the
# angle of their position; their product then depends on how far apart they are, not on where.
#
# All tokens are the same here, and queries and keys are not changed by their projections. So only
# positions make a difference.
#
# *Predict:* the score of the last query with each key, over the distance. And from place 100 on?

# %%
T, D = 48, 32
rope = RotaryPositionalEmbedding(theta=10000.0, d_k=D, max_seq_len=256)
layer = MultiHeadAttention(D, num_heads=1, rope=rope)
for part in (layer.q_proj, layer.k_proj):
    part.weight.data = torch.eye(D)
constant = torch.ones(1, T, D)  # the same token everywhere


@torch.no_grad()
def scores_by_distance(start):
    """The scores of the last of T queries, at distances 0, 1, 2, …; positions count from start."""
    query, key, _ = layer.project(constant, torch.arange(start, start + T))
    return (query[0, 0, -1] @ key[0, 0].T / math.sqrt(D)).flip(0).tolist()


# %%
def plot_scores(scores, baseline, title):
    """Scores over distance for several starts, one marker each. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for (start, row), style in zip(scores.items(), ("C0-", "C1."), strict=True):
        axes.plot(row, style, label=f"positions from {start} on")
    axes.axhline(baseline, color="gray", linestyle=":", label="without rotations")
    axes.set(xlabel="distance between query and key, in positions", ylabel="score", title=title)
    axes.legend()
    return axes


# %%
scores = {start: scores_by_distance(start) for start in (0, 100)}
apart = max(abs(a - b) for a, b in zip(*scores.values(), strict=True))
for distance in (0, 1, 2, 4, 8, 16, 32):
    print(f"distance {distance:2}: score {scores[0][distance]:5.2f}")
plot_scores(scores, D / math.sqrt(D), "The score depends on the distance alone")
assert apart < 1e-3 and scores[0][0] == max(scores[0])

# %% [markdown]
# *The picture in words:* over the distance from 0 to 47 a curve falls steeply from its maximum at
# distance 0, about 5.7, and then goes up and down in waves that sink slowly. Dots that belong to
# positions from 100 on lie exactly on it. A dotted line at the height of the maximum marks the
# score without rotations, the same at every distance.
#
# A real layer learns its projections, and with them which distance scores highest: you will see one
# that has learned "two back". Values are *not* turned: they are what is handed over, and it shall
# be the same wherever it came from.

# %% [markdown]
# **Question:** With rotations, and the same two tokens, which key position s has the same score
# with the query at position 21 as key position 30 has with the query at position 34?

# %%
question(
    "08.5",
    kind="number",
    key=21 - (34 - 30),
    rubric=["34 - 30 = 4 positions apart, and so are 21 and 17"],
    hints=[
        "What does the score depend on, besides the two tokens?",
        "How far is 30 from 34? Go as far back from 21.",
        "Four positions before 21.",
    ],
)

# %% [markdown]
# ## 6. The whole layer
#
# Write the last lines of `forward`: attention in every head, merge, and the output projection. We
# compare with PyTorch's own layer, given the same weights.
#
# *Predict:* is it the same, to how many digits?

# %%
D, H, T = 12, 3, 5
layer = reset_parameters(MultiHeadAttention(D, H), seeded(0))
parts = [layer.q_proj, layer.k_proj, layer.v_proj]
judge = nn.MultiheadAttention(D, H, bias=False, batch_first=True)
judge.in_proj_weight.data = torch.cat([part.weight.data for part in parts])
judge.out_proj.weight.data = layer.output_proj.weight.data
x = torch.randn(2, T, D, generator=seeded(1))
theirs, _ = judge(x, x, x, attn_mask=~causal_mask(T))  # their True means "may not look"
apart = (layer(x) - theirs).abs().max().item()
print("the same to six digits:", apart < 1e-5)
assert apart < 1e-5

# %% [markdown]
# Without the output projection the heads would lie side by side for ever. It mixes them, so that
# the next layer can use what two heads found together.

# %% [markdown]
# **Question:** D = 512 and 8 heads. By which number are the dot products divided?

# %%
question(
    "08.6",
    kind="number",
    key=(512 // 8) ** 0.5,
    rubric=[
        "a dot product runs over the K = 512 / 8 = 64 entries of one head",
        "so it is divided by sqrt(64) = 8, not by sqrt(512), which is about 22.6",
    ],
    hints=[
        "Over how many entries does one dot product run?",
        "One head has K = D / H entries, and the divisor is sqrt(K).",
        "sqrt(512 / 8).",
    ],
)

# %% [markdown]
# ## 7. One head, two heads
#
# Each model reads random tokens and must say at every position **which token stood one place back,
# and which two places back**. Everything it knows comes through one attention layer. Both models
# have equally many parameters.

# %%
V, T, D, B = 8, 12, 32, 32


class Reader(nn.Module):
    """For each position two rows of scores: for the token one back, and for the one two back."""

    def __init__(self, num_heads):
        super().__init__()
        rope = RotaryPositionalEmbedding(theta=100.0, d_k=D // num_heads, max_seq_len=T)
        self.tokens, self.head = Embedding(V, D), Linear(D, 2 * V)
        # A bias lets a query ask for a distance whatever its token is.
        self.attn = MultiHeadAttention(D, num_heads, rope=rope, bias=True)

    def forward(self, ids):
        return self.head(self.attn(self.tokens(ids))).unflatten(-1, (2, V))[:, 2:]


# %%
def questions(batch_size, generator):
    """Tokens (B, T), and for positions 2 to T - 1 the tokens one and two back (B, T - 2, 2)."""
    ids = torch.randint(V, (batch_size, T), generator=generator)
    return ids, torch.stack((ids[:, 1:-1], ids[:, :-2]), dim=-1)


def train(model, steps=1000 if FULL else 200):
    optimizer, generator = AdamW(model.parameters(), lr=1e-2), seeded(1)
    for _ in tqdm(range(steps), desc=f"heads: {model.attn.num_heads}"):
        ids, answers = questions(B, generator)
        loss = CrossEntropyLoss()(model(ids).flatten(0, 2), answers.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


# %% [markdown]
# *Predict:* how well does one head answer the two questions? And two heads?

# %% tags=["nbval-ignore-output"]
models = {H: train(reset_parameters(Reader(H), seeded(0))) for H in (1, 2)}

# %%
ids, answers = questions(500, seeded(2))  # tokens that no model is trained on
right = {}
print(f"         one back   two back   parameters   (a blind guess: {1 / V:.0%})")
for H, model in models.items():
    with torch.no_grad():
        right[H] = (model(ids).argmax(-1) == answers).float().mean(dim=(0, 1)).tolist()
    parameters = sum(p.numel() for p in model.parameters())
    print(f"{H} head{'s' * (H > 1):1} {right[H][0]:10.0%} {right[H][1]:10.0%} {parameters:12,}")
assert min(right[2]) > 0.95 and min(right[1]) < 0.5


# %%
def plot_looks(axes, weights, title):
    """The mean weights of one head: rows look, columns are looked at. Returns Axes."""
    axes.imshow(weights, cmap="Greys", vmin=0, vmax=1)
    axes.set(xlabel="position looked at", ylabel="position that looks", title=title)
    axes.set_xticks(range(0, T, 2))
    axes.set_yticks(range(0, T, 2))
    return axes


# %%
@torch.no_grad()
def mean_looks(model):
    """The weights of each head, as a mean over all texts: (H, T, T)."""
    query, key, _ = model.attn.project(model.tokens(ids), torch.arange(T))
    return attention_weights(query, key, causal_mask(T)).mean(0)


# %%
maps = [(H, h, head) for H, model in models.items() for h, head in enumerate(mean_looks(model))]
_, row = plt.subplots(1, 3, figsize=(13, 4.5), layout="constrained")
favourites = {}
for axes, (H, h, weights) in zip(row, maps, strict=True):
    back = [weights.diagonal(-n)[2:].mean().item() for n in range(4)]  # 0 to 3 places back
    best = max(range(4), key=back.__getitem__)
    favourites.setdefault(H, set()).add(best)
    name = "One head" if H == 1 else f"Two heads, {h}"
    plot_looks(axes, weights, f"{name}: {back[1]:.2f} one back, {back[2]:.2f} two back")
    print(f"{name:13} " + ", ".join(f"{n} back {weight:.2f}" for n, weight in enumerate(back)))
assert favourites[2] == {1, 2} and maps[0][2].diagonal(-2).mean() > 0.2

# %% [markdown]
# *The picture in words:* three square maps, rows for the position that looks, white for weight 0
# and black for 1. The single head has two grey lines below the diagonal, one place back and two
# places back, about half the weight on each. Of the two heads one has a dark line one place back,
# the other a dark line two places back.
#
# So the single head did look at both places. One of them got the larger share, and the linear layer
# behind it reads off which token that was. The token with the smaller share it cannot read.

# %% [markdown]
# **Question:** Both models have equally many parameters, so what did the second head buy? And why
# is it not enough for the single head to look half at each place? Two or three sentences.

# %%
question(
    "08.7",
    kind="text",
    rubric=[
        "a head has one row of weights for a position: a second head means a second row, so that "
        "two places can be looked at independently",
        "half and half brings back one mixture of both values, almost the same for both orders, "
        "so what stood where is lost",
        "the price: each head has half as many entries to look with and to bring back",
    ],
    hints=[
        "Exercise 1 had this case, with a dog and a man.",
        "How many rows of weights does a position have in the one model, how many in the other?",
        "Say what a half-and-half mean loses, and what two separate stretches of entries keep.",
    ],
    solution=(
        "A second head is a second row of weights, so that a position can look at two places "
        "independently, and\n"
        "what they bring back lies in stretches of its own. Half and half brings back one mixture "
        "that is almost the\n"
        "same for both orders, so what stood where is lost. The price is that each of two heads "
        "has only half the entries."
    ),
)

# %% [markdown]
# ## 8. What a cache holds
#
# A model that writes keeps the keys and values of all positions so far, so that no position is
# computed twice: the *KV cache*. It grows with every token, in every layer. If several heads of
# queries *share* a head of keys and values, it shrinks: this is grouped-query attention.
#
# The numbers of Llama 2 70B: 80 layers, 64 heads of 128 entries, two bytes for a number. It shares
# each of 8 heads of keys among 8 heads of queries.
#
# *Predict:* how many GiB would 4,096 tokens take with all 64 heads of keys, and with 8?


# %%
def cache_bytes(tokens, num_layers, num_kv_heads, d_head, bytes_each=2):
    return 2 * tokens * num_layers * num_kv_heads * d_head * bytes_each  # 2: keys and values


for num_kv_heads in (64, 8, 1):
    each = cache_bytes(1, 80, num_kv_heads, 128)
    whole = cache_bytes(4096, 80, num_kv_heads, 128) / 2**30
    print(
        f"{num_kv_heads:2} heads of keys: {each / 1024:6,.0f} KiB a token, {whole:5.2f} GiB in all"
    )
layer, cache = MultiHeadAttention(32, 8, num_kv_heads=2), KVCache()
layer.project(torch.zeros(1, 1, 32), torch.arange(1))  # says so if it is not written yet
layer(torch.zeros(1, 10, 32), cache=cache)
kept = sum(part.numel() * part.element_size() for part in (cache.key, cache.value))
assert kept == cache_bytes(10, 1, 2, 4, bytes_each=4)  # the formula counts a real cache

# %% [markdown]
# **Question:** A model has 12 layers and 12 heads of 64 entries; a number takes two bytes. How many
# MiB (of 2^20 bytes) is its cache for 1,024 tokens, with all heads of keys (`full`), and with 3
# (`grouped`)? Write one line each.

# %%
question(
    "08.8",
    kind="number",
    key={
        "full": 2 * 1024 * 12 * 12 * 64 * 2 / 2**20,
        "grouped": 2 * 1024 * 12 * 3 * 64 * 2 / 2**20,
    },
    rubric=[
        "keys and values: 2 · 1,024 tokens · 12 layers · 12 heads · 64 entries · 2 bytes = 36 MiB",
        "a quarter of the heads, a quarter of the memory: 9 MiB",
    ],
    hints=[
        "Which numbers are kept for one token, in one layer? Do not forget the values.",
        "Multiply: 2 (keys and values), tokens, layers, heads of keys, entries, bytes.",
        "`2 * 1024 * 12 * 12 * 64 * 2 / 2**20`, and the same with 3 heads.",
    ],
)

# %% [markdown]
# ## 9. Sharing heads (stretch)
#
# Write `share_heads`: few heads of keys, (B, G, S, K), are handed to many heads of queries,
# (B, H, S, K). Neighbours share: with H = 6 and G = 2 the order is A A A B B B.
#
# *Predict:* the two printed lines.

# %%
few = torch.tensor([10, 20]).view(1, 2, 1, 1)  # two heads of one entry
shared = share_heads(few, 6)
print("shared  ", shared.flatten().tolist())
print("repeated", few.repeat(1, 3, 1, 1).flatten().tolist())
assert shared.flatten().tolist() == [10, 10, 10, 20, 20, 20]
for num_kv_heads in (8, 2, 1):
    layer = MultiHeadAttention(32, 8, num_kv_heads=num_kv_heads)
    print(
        f"{num_kv_heads} heads of keys: {sum(p.numel() for p in layer.parameters()):,} parameters"
    )

# %% [markdown]
# The second order, A B A B A B, would train as well; but whoever loads weights that were trained
# with the first gets nonsense.

# %% [markdown]
# **Question:** Eight heads of queries share two heads of keys. Which head of keys, 0 or 1, does
# each of the eight use? Write a list of eight numbers.

# %% tags=["author"]
from g2c.attention import share_heads

users = share_heads(torch.arange(2).view(1, 2, 1, 1), 8).flatten()

# %%
question(
    "08.9",
    kind="list",
    key=users,
    rubric=["H / G = 4 neighbours share: the first four use head 0, the last four head 1"],
    hints=[
        "How many heads of queries are there for each head of keys?",
        "The first H / G heads share head 0, the next ones head 1.",
        "Four zeros, then four ones.",
    ],
)

# %% [markdown]
# ## Beyond the page
#
# Two more exercises, for those who want to go on.

# %% [markdown]
# ## 10. Token by token
#
# With a cache, a layer is given only the new positions; it takes the keys and values of the old
# ones from the cache. The result must be what it would be for all at once.
#
# *Predict:* how many positions go through the projections in each of the two ways?

# %%
rope = RotaryPositionalEmbedding(theta=100.0, d_k=8, max_seq_len=64, dtype=torch.float64)
layer = MultiHeadAttention(32, 4, rope=rope, dtype=torch.float64)
x = torch.randn(1, 10, 32, generator=seeded(3), dtype=torch.float64)
with torch.no_grad():
    cache = KVCache()
    with_cache = torch.cat([layer(x[:, t : t + 1], cache=cache) for t in range(10)], dim=1)
    without = torch.cat([layer(x[:, : t + 1])[:, -1:] for t in range(10)], dim=1)
assert torch.allclose(with_cache, without, atol=1e-12)
print("the same result; the cache holds", cache.length, "positions")

# %% [markdown]
# This works because of the causal mask: no key and no value of an old position depends on a new
# one.

# %% [markdown]
# **Question:** A model writes 100 tokens one at a time, from an empty start, each time computing
# everything it does not have. How many positions go through `k_proj` of one layer in all, `without`
# a cache and `with_cache`? Write one line each.

# %%
question(
    "08.10",
    kind="number",
    key={"without": 100 * 101 // 2, "with_cache": 100},
    rubric=[
        "without a cache step t computes t positions again: 1 + 2 + … + 100 = 5,050",
        "with a cache every position is computed once: 100",
    ],
    hints=[
        "Without a cache, how many positions does step 1 compute, step 2, step 100?",
        "Add up 1 to 100; with a cache each step adds a single one.",
        "100 · 101 / 2, and 100.",
    ],
)

# %% [markdown]
# ## 11. Each head writes by itself
#
# The output projection reads all heads at once. But a product with vectors laid end to end is a sum
# of products: each head has K columns of `output_proj.weight` of its own, and what a layer says is
# the *sum* of what its heads say.
#
# *Predict:* is the sum exact?

# %%
D, H, T = 12, 3, 5
K = D // H
layer = reset_parameters(MultiHeadAttention(D, H, dtype=torch.float64), seeded(0))
x = torch.randn(1, T, D, generator=seeded(1), dtype=torch.float64)
with torch.no_grad():
    query, key, value = layer.project(x, torch.arange(T))
    heads = scaled_dot_product_attention(query, key, value, causal_mask(T))
    columns = layer.output_proj.weight.split(K, dim=1)  # (D, K) for each head
    said = [heads[:, h] @ columns[h].T for h in range(H)]
    assert torch.allclose(sum(said), layer(x), atol=1e-12)
print("each head says", tuple(said[0].shape), "and the layer says their sum")

# %% [markdown]
# So a head can be switched off and the rest stays what it was. This is how people find out what a
# head is for.

# %% [markdown]
# **Question:** Write the expression for the columns of `layer.output_proj.weight` that belong to
# head h, as a slice with `h` and `K`.

# %%
question(
    "08.11",
    kind="code",
    key="layer.output_proj.weight[:, h * K : (h + 1) * K]",
    accept=[
        "layer.output_proj.weight[:, h * K : h * K + K]",
        "layer.output_proj.weight[:, K * h : K * (h + 1)]",
        "layer.output_proj.weight[:, K * h : K * h + K]",
        "layer.output_proj.weight[:, h * K : K * (h + 1)]",
        "layer.output_proj.weight[..., h * K : (h + 1) * K]",
        "layer.output_proj.weight[:, K * h : (h + 1) * K]",
        "layer.output_proj.weight.split(K, dim=1)[h]",
        "layer.output_proj.weight.split(K, 1)[h]",
        "layer.output_proj.weight[:, h * K : K + h * K]",
    ],
    rubric=[
        "weights are (out_features, in_features): the inputs, the merged heads, are the columns",
        "head h has the columns h · K to (h + 1) · K - 1",
    ],
    hints=[
        "Which dimension of a Linear's weight belongs to its input?",
        "All rows, and K columns: from where to where?",
        "`layer.output_proj.weight[:, … : …]`, from h · K up to, not including, (h + 1) · K.",
    ],
    solution="layer.output_proj.weight[:, h * K : (h + 1) * K]",
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 08` reads your saved answers and shows them in one list. You now have the
# whole attention layer of a language model, with rotations, groups and a cache. In module 09 it
# gets a neighbour that thinks, and a stream that flows past both.
