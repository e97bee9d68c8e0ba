# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 05 Embeddings: how does a number get a meaning and a place?
#
# Read [the lesson](../../lessons/05-embeddings.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_embeddings.py`
#
# **How this works.** Before a cell runs, say to yourself what it will print. Each exercise ends
# in a question: write your answer between the triple quotes and run its cell; it responds at
# once. A blank answer is skipped, never wrong. If you are stuck, answer `hint, please`. A cell
# that needs code you have not written yet says so, and the cells after it still run.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from noteboosh.authoring import question

# %%
import math
import re
from collections import Counter

import matplotlib.pyplot as plt
import torch
from tqdm import tqdm

from g2c.corpora import load_corpus
from g2c.embeddings import Embedding, cosine_similarities, skipgram_pairs
from g2c.embeddings import LearnedPositionalEmbedding, SinusoidalPositionalEmbedding
from g2c.embeddings import RotaryPositionalEmbedding, angles
from g2c.nn import CrossEntropyLoss, Linear, reset_parameters
from g2c.training import AdamW

# %% [markdown]
# `FULL` turns to the longer run: more stories, more steps.

# %%
FULL = False
STORIES, STEPS = (2000, 3000) if FULL else (400, 300)
D, WINDOW = 16, 2  # numbers for each word; neighbours to each side


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %% [markdown]
# ## 1. A row of a table
#
# Open `g2c/embeddings/embedding.py`, write `embeddings.embedding`, and run the tests: `-k torch`
# behind the command picks those that compare with torch.
#
# *Predict:* a table of five rows, and the ids 3, 0, 3. Which rows get a gradient from the sum of
# all that is looked up, and how large is it?

# %%
table = reset_parameters(Embedding(5, 2), seeded(0))
ids = torch.tensor([[3, 0, 3]])
table(ids).sum().backward()
for row, (weight, grad) in enumerate(zip(table.weight.tolist(), table.weight.grad, strict=True)):
    print(f"row {row}: {weight[0]:5.2f} {weight[1]:5.2f}   gradient {grad.tolist()}")
assert table.weight.grad[:, 0].tolist() == [1, 0, 0, 2, 0]

# %% [markdown]
# What was looked up twice gets both gradients; what was not looked up gets none. A token that never
# occurs in the training text is taught nothing: its vector stays what chance made it.

# %% [markdown]
# **Question:** A table is made by `Embedding(50, 8)` and called with ids of shape (4, 16). Which
# shapes have its weight and the result? Write `weight = (…)` and `out = (…)`.

# %%
question(
    "05.1",
    kind="shape",
    key={"weight": [50, 8], "out": [4, 16, 8]},
    rubric=[
        "one row for each of the 50 ids, of 8 numbers",
        "every id of (4, 16) is replaced by 8 numbers: one dimension is added at the end",
    ],
    hints=[
        "How many different ids are there, and how many numbers stand for each?",
        "The shape of the ids stays; each of them becomes a vector.",
        "out is the shape of the ids followed by the size of a vector.",
    ],
)

# %% [markdown]
# ## 2. The company of a word
#
# Write `embeddings.skipgram_pairs`. The window reaches as far to the left as to the right.
#
# *Predict:* the pairs of "a red kite flew", with a window of 1.

# %%
words = ["a", "red", "kite", "flew"]
for centre, neighbour in skipgram_pairs(words, window=1):
    print(f"{centre:>4} → {neighbour}")
assert len(skipgram_pairs(words, window=1)) == 6

# %% [markdown]
# (Words will do as ids here: the function only moves them about.) From the left word of a pair,
# a model is asked for the right one. Every word is once the centre, and nobody had to label
# anything.

# %% [markdown]
# **Question:** How many pairs does a text of 10 words give, with a window of 2?

# %% tags=["author"]
from g2c.embeddings import skipgram_pairs

# %%
question(
    "05.2",
    kind="number",
    key=len(skipgram_pairs(range(10), 2)),
    rubric=[
        "in the middle every word has 4 neighbours; 10 words would give 40",
        "the first and the last word lack two each, their neighbours one each: 40 - 6 = 34",
    ],
    hints=[
        "How many neighbours has a word in the middle? The first word? The second?",
        "The ten words have 2, 3, 4, 4, 4, 4, 4, 4, 3 and 2 neighbours.",
        "Add these ten numbers up.",
    ],
)

# %% [markdown]
# ## 3. How alike are two directions?
#
# Write `embeddings.cosine_similarities`.
#
# *Predict:* of three vectors, the second points the same way as the first and is ten times as
# long; the third points the other way. Which cosines?

# %%
vectors = torch.tensor([[1.0, 2.0], [10.0, 20.0], [-1.0, -2.0]])
cosines = cosine_similarities(vectors)
print(cosines)
assert torch.allclose(cosines, torch.tensor([[1.0, 1, -1], [1, 1, -1], [-1, -1, 1]]))

# %% [markdown]
# Length does not count, only direction: two words may be alike although one vector is much longer.

# %% [markdown]
# **Question:** What is the cosine of the angle between (1, 2, 2) and (2, 2, 1)?

# %% tags=["author"]
import torch

from g2c.embeddings import cosine_similarities

# %%
question(
    "05.3",
    kind="number",
    key=cosine_similarities(torch.tensor([[1.0, 2.0, 2.0], [2.0, 2.0, 1.0]]).double())[0, 1],
    rubric=["the dot product is 2 + 4 + 2 = 8", "both have length 3, so the cosine is 8 / 9"],
    hints=[
        "What is the dot product? And how long are the two vectors?",
        "The cosine is the dot product divided by both lengths.",
        "Each has length 3, the root of 1 + 4 + 4; the dot product is 8.",
    ],
)

# %% [markdown]
# ## 4. What a skip-gram learns
#
# Now the project: words of children's stories, each with its neighbours. The model is a table and
# a linear layer: the vector of a word gives one score for every possible neighbour.

# %%
stories = load_corpus("toystories", num_documents=STORIES).documents
texts = [re.findall("[a-z]+", story.lower()) for story in stories]
counts = Counter(word for text in texts for word in text)
vocabulary = [word for word, _ in counts.most_common()]
id_of = {word: id for id, word in enumerate(vocabulary)}
V = len(vocabulary)

# %%
streams = [[id_of[word] for word in text] for text in texts]  # no window leaves its story
pairs = torch.tensor([pair for ids in streams for pair in skipgram_pairs(ids, WINDOW)])
print(f"{sum(counts.values()):,} words, {V} different ones, {len(pairs):,} pairs")
beside = ((pairs[:, 0] == id_of["dog"]) & (pairs[:, 1] == id_of["cat"])).sum().item()
print(f"dog {counts['dog']} times, cat {counts['cat']} times, beside each other {beside} times")
assert beside == 0

# %% [markdown]
# *Predict:* guessing blindly costs log V nats. Will the loss come near zero, if the model is only
# good enough?

# %% tags=["nbval-ignore-output"]
table = reset_parameters(Embedding(V, D), seeded(0))
head = reset_parameters(Linear(D, V), seeded(1))
before = table.weight.detach().clone()
optimizer = AdamW([*table.parameters(), *head.parameters()], lr=0.03)
generator, losses = seeded(2), []
for _ in tqdm(range(STEPS), desc="skip-gram"):
    centre, neighbour = pairs[torch.randint(len(pairs), (1024,), generator=generator)].T
    loss = CrossEntropyLoss()(head(table(centre)), neighbour)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

# %%
seen = torch.zeros(V, V, dtype=torch.float64)
seen.index_put_((pairs[:, 0], pairs[:, 1]), torch.ones(len(pairs)).double(), accumulate=True)
given = seen / seen.sum(1, keepdim=True)  # how often each neighbour, for each centre
floor = -(seen[seen > 0] * given[seen > 0].log()).sum().item() / len(pairs)
last = sum(losses[-20:]) / 20
print(f"log V {math.log(V):.2f}, first step {losses[0]:.2f}, last steps {last:.2f} nats")
print(f"whoever knew every frequency of these pairs would still pay {floor:.2f}")
assert losses[0] > math.log(V) > last > floor

# %% [markdown]
# A word does not tell who its neighbours are, only who they may be; so the loss stays far from
# zero. We do not want its predictions. We want the table that it had to make for them.


# %%
GROUPS = {
    "names": "lily ben mia tom anna",
    "pets": "dog cat rabbit goat pony",
    "weather": "sunny cloudy windy rainy chilly",
    "character": "kind brave curious clever gentle",
    "elders": "grandma grandpa mother father",
    "numbers": "two three four five six",
}
shown = [word for group in GROUPS.values() for word in group.split()]
group_of = torch.tensor([n for n, g in enumerate(GROUPS.values()) for _ in g.split()])
same_group = group_of[:, None] == group_of
other_word = ~torch.eye(len(shown), dtype=torch.bool)


# %%
def within_and_between(weight):
    """Mean cosine of two words of one group, mean cosine of words of two groups, all cosines."""
    cosines = cosine_similarities(weight[[id_of[word] for word in shown]])
    return cosines[same_group & other_word].mean(), cosines[~same_group].mean(), cosines


# %%
def plot_similarities(axes, cosines, title, labels):
    """A square map, one row and one column for each word; returns its image."""
    image = axes.imshow(cosines, vmin=-1, vmax=1, cmap="viridis")
    ends = [len(group.split()) for group in GROUPS.values()]
    for end in torch.tensor(ends).cumsum(0)[:-1].tolist():
        axes.axhline(end - 0.5, color="black", linewidth=0.6)
        axes.axvline(end - 0.5, color="black", linewidth=0.6)
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set_xticks([])
    axes.set_title(title)
    return image


# %%
figure, both = plt.subplots(1, 2, figsize=(10, 5), layout="constrained")
print("mean cosine   within a group   between groups")
for axes, name, weight in zip(
    both, ("at the start", "trained"), (before, table.weight.detach()), strict=True
):
    within, between, cosines = within_and_between(weight)
    print(f"{name:>12} {within:14.2f} {between:16.2f}")
    title = f"{name}: {within:.2f} within groups, {between:.2f} between"
    image = plot_similarities(axes, cosines, title, shown)
figure.colorbar(image, ax=both, label="cosine similarity", shrink=0.8)
assert within > between + 0.3  # of the trained table, the last in the loop

# %% [markdown]
# *The picture in words:* two square maps with a row and a column for each of 29 words, ordered by
# group. At the start all cells but the bright diagonal lie irregularly around zero. After training,
# bright squares stand out along the diagonal, one for each group: names are like names, pets like
# pets. Nobody told the model that there are groups.

# %%
unit = cosine_similarities(table.weight.detach())
for word in ("dog", "lily", "sunny", "three"):
    nearest = unit[id_of[word]].topk(5).indices[1:].tolist()
    print(f"nearest to {word:>6}: {', '.join(vocabulary[id] for id in nearest)}")
pets = ["cat", "rabbit", "goat", "pony", "parrot", "donkey", "hen", "tortoise"]
assert vocabulary[unit[id_of["dog"]].topk(2).indices[1]] in pets

# %% [markdown]
# **Question:** In these stories "dog" and "cat" never stand near each other. Why do they get
# similar vectors all the same? And what would a skip-gram say about "hot" and "cold"? A few
# sentences.

# %%
question(
    "05.4",
    kind="text",
    rubric=[
        "the vector of a word has to predict the word's neighbours, and nothing else",
        "dog and cat have the same neighbours (brown, named, her), so the same vector does for "
        "both",
        "they need not meet: likeness here means being replaceable, not being together",
        "hot and cold stand in the same places, so they come out similar: opposites are not told "
        "apart well",
    ],
    hints=[
        "What does the model use the vector of `dog` for?",
        "Write down three words that often stand beside `dog`. Then do it for `cat`.",
        'Put "hot" into "the soup is …". What else fits there?',
    ],
    solution=(
        "A word's vector is used for one thing: to predict its neighbours. Dog and cat have the "
        "same ones (brown,\n"
        "named, her), so training moves their vectors to the same place, although they never "
        "meet. Similar means\n"
        "that one could stand where the other stands. Hot and cold also stand in the same "
        "places, so a skip-gram\n"
        "finds them similar, although they are opposites."
    ),
)

# %% [markdown]
# ## 5. Words without places
#
# A table does not know where a token stands. Here are two sentences of the same words; of the
# vectors of each sentence we take the largest value of every entry.
#
# *Predict:* do the results differ? And when learned positions are added? (Write
# `embeddings.learned_positions` first.)

# %%
one = torch.tensor([id_of[word] for word in ["the", "dog", "ran", "to", "the", "cat"]])
other = torch.tensor([id_of[word] for word in ["the", "cat", "ran", "to", "the", "dog"]])
positions = reset_parameters(LearnedPositionalEmbedding(10, D), seeded(3))
with torch.no_grad():
    x, y = table(one)[None], table(other)[None]
    without = (x.amax(dim=1) - y.amax(dim=1)).abs().max().item()
    placed = (positions(x).amax(dim=1) - positions(y).amax(dim=1)).abs().max().item()
print(f"largest difference: {without:.2f} without positions, {placed:.2f} with them")
assert without == 0 and placed > 0.1

# %% [markdown]
# Without positions, the two sentences are the same heap of vectors. Attention, too, sees a heap:
# in module 07 you will find that without a mask and without positions it cannot tell one order
# from another.

# %% [markdown]
# **Question:** x_t is the vector of the token at position t, and p_t that of the position. Which
# of these can tell one order of the same tokens from another? Answer with one letter.
#
# - (a) the sum of all x_t
# - (b) the sum of all x_t + p_t
# - (c) the largest value of x_t, entry by entry
# - (d) the largest value of x_t + p_t, entry by entry

# %%
question(
    "05.5",
    kind="choice",
    key="d",
    options={
        "a": "the sum of all x_t",
        "b": "the sum of all x_t + p_t",
        "c": "the largest x_t",
        "d": "the largest x_t + p_t",
    },
    rubric=[
        "a and c do not see positions at all",
        "b adds all positions up, whichever token stands there: a sum of sums forgets who stood "
        "where",
        "in d, what a token contributes depends on where it stands",
    ],
    hints=[
        "Two of the four do not contain positions at all.",
        "Write the sum in (b) as two sums. Does either depend on the order of the tokens?",
        "Adding p_t is not enough: something that is no sum has to follow.",
    ],
)

# %% [markdown]
# ## 6. The ladder of angles
#
# Write `embeddings.angles`. Sinusoidal and rotary positions both stand on it: pair j turns by
# theta^(-2j / dim) radians at every position.
#
# *Predict:* with dim = 32 and theta = 10,000 there are 16 pairs. How long, in positions, is a full
# turn of the first pair, and of the last?


# %%
def plot_ladder(theta, dim, T):
    """Left the length of a full turn of each pair, right three of the waves. Returns Axes."""
    _, (ladder, waves) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
    turns = 2 * math.pi / angles(theta, dim, 2)[1]
    ladder.semilogy(range(dim // 2), turns, "o-", color="C0")
    ladder.axhline(T, color="gray", linestyle=":", label=f"a context of {T} positions")
    ladder.set(xlabel="pair j", ylabel="positions for a full turn")
    ladder.legend()
    for j, style in ((0, "-"), (dim // 8, "--"), (dim // 4, ":")):
        waves.plot(angles(theta, dim, 64)[:, j].cos(), f"C0{style}", label=f"pair {j}")
    waves.set(xlabel="position", ylabel="cosine of the angle")
    waves.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ladder, waves


# %%
theta, dim, T = 10_000.0, 32, 1024
turns = (2 * math.pi / angles(theta, dim, 2)[1]).tolist()
for j in (0, 1, 2, dim // 4, dim // 2 - 1):
    print(f"pair {j:2}: a full turn in {turns[j]:9,.1f} positions")
factor = turns[1] / turns[0]
assert all(math.isclose(b / a, factor) for a, b in zip(turns, turns[1:], strict=False))
slow = sum(turn > T for turn in turns)
ladder, waves = plot_ladder(theta, dim, T)
ladder.set_title(f"Each pair is {factor:.2f} times slower than the last")
waves.set_title("Fast pairs tell neighbours apart, slow ones regions")
print(f"{slow} of {len(turns)} pairs do not finish one turn within {T} positions")

# %% [markdown]
# *The picture in words:* on the left the length of a turn over the number of the pair, on a
# logarithmic scale: a straight line that rises from 6 positions to some 35,000, and crosses a
# dotted line at 1024 about half way. On the right three waves over 64 positions: pair 0 swings
# ten times, pair 4 swings once, pair 8 has hardly left its highest point.

# %% [markdown]
# **Question:** How many positions does a full turn of the *last* pair take, for dim = 8 and
# theta = 10,000?

# %% tags=["author"]
import math

# %%
question(
    "05.6",
    kind="number",
    key=2 * math.pi * 10_000 ** (6 / 8),
    rubric=[
        "there are 4 pairs, and the last has j = 3",
        "it turns by 10,000^(-6/8), which is 1 / 1000 radian at a position",
        "a full turn is 2 pi radians: about 6,283 positions",
    ],
    hints=[
        "How many pairs are there, and which j has the last one?",
        "A full turn is 2 pi radians. By how many radians does the last pair turn at a position?",
        "j = 3, so it turns by 10,000^(-6/8) = 1/1000.",
    ],
)

# %% [markdown]
# ## 7. Waves added
#
# Write `embeddings.sinusoidal_positions`. The same waves are added to every vector, whatever the
# token.
#
# *Predict:* what is added at position 0? And is the pattern of a later position ever the same?

# %%
sinusoidal = SinusoidalPositionalEmbedding(1000, 8)
patterns = sinusoidal(torch.zeros(1, 1000, 8))[0]
for position in (0, 1, 2, 44):
    print(f"position {position:2}:", " ".join(f"{value:5.2f}" for value in patterns[position]))
apart = (patterns[:, None, :] - patterns).norm(dim=-1) + 10 * torch.eye(1000)
print(f"no two of 1000 positions are closer than {apart.min():.3f}")
assert patterns[0].tolist() == [0, 1] * 4 and apart.min() > 0.5

# %% [markdown]
# At position 44 the first pair is almost where it was at 0 (44 is close to 7 full turns), so on
# its own it would take the one for the other. The slower pairs say that it is another turn.

# %% [markdown]
# **Question:** What is added to a vector of D = 4 at position 3, for theta = 10,000? Write the
# four numbers in their order, each with two decimals.

# %%
question(
    "05.7",
    kind="list",
    key=[round(f(angle), 4) for angle in (3, 0.03) for f in (math.sin, math.cos)],
    tolerance=0.05,
    rubric=[
        "the two angles at position 3 are 3 and 3 / 100",
        "sine and cosine stand side by side, pair by pair: sin 3, cos 3, sin 0.03, cos 0.03",
    ],
    hints=[
        "How many angles are there for D = 4? What are the frequencies?",
        "The frequencies are 1 and 10,000^(-2/4) = 1/100. Times the position, they are the angles.",
        "The order is sin 3, cos 3, sin 0.03, cos 0.03, in radians.",
    ],
)

# %% [markdown]
# ## 8. Positions as rotations
#
# Write `embeddings.rotate_pairs`. Nothing is added now: each pair of entries is a point in a
# plane, and is turned.
#
# *Predict:* the point (1, 0) in both pairs, at positions 0 to 5. Where is it in the first pair,
# where in the second, which turns ten times more slowly here?

# %%
rope = RotaryPositionalEmbedding(theta=100.0, d_k=4, max_seq_len=200)
x = torch.tensor([1.0, 0.0, 1.0, 0.0]).expand(6, 4)
turned = rope(x)  # (6, 4)
_, planes = plt.subplots(1, 2, figsize=(8, 4.2), layout="constrained")
for j, axes in enumerate(planes):
    axes.add_patch(plt.Circle((0, 0), 1, fill=False, color="lightgray"))
    for position, (a, b) in enumerate(turned[:, 2 * j : 2 * j + 2].tolist()):
        axes.annotate("", (a, b), (0, 0), arrowprops={"arrowstyle": "->", "color": "C0"})
        axes.text(1.15 * a, 1.15 * b, position, ha="center", va="center")
    step = math.degrees(math.atan2(turned[1, 2 * j + 1], turned[1, 2 * j]))
    axes.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal")
    axes.set(xlabel=f"entry {2 * j}", ylabel=f"entry {2 * j + 1}")
    axes.set_title(f"Pair {j}: {step:.1f} degrees a position")

# %%
for position, row in enumerate(turned.tolist()):
    print(f"position {position}:", " ".join(f"{value:5.2f}" for value in row))
assert torch.allclose(turned.unflatten(-1, (2, 2)).norm(dim=-1), torch.ones(6, 2))

# %% [markdown]
# *The picture in words:* two circles of radius 1 with arrows from the centre, numbered 0 to 5.
# Arrow 0 points to the right in both. In pair 0 the arrows go counterclockwise almost once around;
# in pair 1 they open like a narrow fan, up to 29 degrees. No arrow changes its length.

# %% [markdown]
# **Question:** A pair is (3, 4), and the angle is a quarter turn (cosine 0, sine 1). Which pair
# comes out?

# %% tags=["author"]
from g2c.embeddings import rotate_pairs

# %%
question(
    "05.8",
    kind="list",
    key=rotate_pairs(
        torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0]]), torch.tensor([[1.0]])
    ).flatten(),
    rubric=["(a cos - b sin, a sin + b cos) with cos = 0 and sin = 1 is (-b, a) = (-4, 3)"],
    hints=[
        "Draw it: turn the arrow to (3, 4) counterclockwise until it stands at a right angle to "
        "itself.",
        "The new pair is (a cos - b sin, a sin + b cos).",
        "With cosine 0 and sine 1 that is (-b, a).",
    ],
)

# %% [markdown]
# ## 9. Only the distance counts
#
# Attention compares a query at position m with a key at position n by their dot product. We put
# the same query and the same key at every pair of positions: once rotated, once with learned
# positions added.
#
# *Predict:* a map of all scores, m down and n to the right. What pattern do rotations give?

# %%
K, T = 16, 24
query, key = torch.randn(2, 1, K, generator=seeded(4)).expand(2, T, K)
rope = RotaryPositionalEmbedding(10_000.0, K, max_seq_len=1000)
learned = reset_parameters(LearnedPositionalEmbedding(T, K), seeded(5))
maps = {"rotated": rope(query) @ rope(key).T}
maps["learned"] = (learned(query[None])[0] @ learned(key[None])[0].T).detach()
spread = {}
for name, scores in maps.items():
    diagonals = [scores.diagonal(-distance) for distance in range(-T + 2, T - 1)]
    spread[name] = max((d.max() - d.min()).item() for d in diagonals)
    print(f"{name}: along a diagonal, where n - m is the same, scores differ by {spread[name]:.4f}")
assert spread["rotated"] < 1e-3 < 1 < spread["learned"]

# %%
_, both = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
titles = ["Rotated: constant along each diagonal", "Learned, added: no such pattern"]
for axes, title, scores in zip(both, titles, maps.values(), strict=True):
    image = axes.imshow(scores, cmap="viridis")
    axes.set(xlabel="position n of the key", ylabel="position m of the query", title=title)
    plt.colorbar(image, ax=axes, label="score", shrink=0.8)

# %% [markdown]
# *The picture in words:* two square maps of scores. On the left, stripes run from the upper left
# to the lower right: a score depends on n - m and on nothing else. On the right there are irregular
# rows and columns, and a brighter diagonal, where query and key got the same vector added.

# %%
far = torch.tensor([907]), torch.tensor([900])
near = torch.tensor([7]), torch.tensor([0])
for m, n in (near, far):
    score = (rope(query[:1], m) @ rope(key[:1], n).T).item()
    print(f"query at {m.item():3}, key at {n.item():3}: {score:.4f}")
    assert math.isclose(score, maps["rotated"][7, 0], abs_tol=1e-3)

# %% [markdown]
# Turning both vectors by the same angle changes nothing between them. So a pattern such as "look
# seven tokens back" is learned once and holds everywhere.

# %% [markdown]
# **Question:** A rotated query at position 12 and a rotated key at position 5 have a score. Which
# other positions of the same two vectors give the same score? Answer with one letter.
#
# - (a) query at 5, key at 12
# - (b) query at 24, key at 10
# - (c) query at 107, key at 100
# - (d) query at 12, key at 12

# %%
question(
    "05.9",
    kind="choice",
    key="c",
    options={
        "a": "query at 5, key at 12",
        "b": "query at 24, key at 10",
        "c": "query at 107, key at 100",
        "d": "query at 12, key at 12",
    },
    rubric=[
        "what counts is the distance with its sign, n - m = -7",
        "107 and 100 have it too; in (a) the sign is turned round, and in (b) the distance is "
        "doubled",
    ],
    hints=[
        "Which number made of 12 and 5 decides the score?",
        "It is the difference, with its sign: before is not after.",
        "The key stands 7 places before the query. Where is that so as well?",
    ],
)

# %% [markdown]
# ## 10. One token at a time
#
# When a model writes, it keeps the rotated keys of the past and computes only the new token. That
# token comes alone, as a window of length 1.
#
# *Predict:* the last of six tokens, alone: does `rope(x)` turn it as it was turned among the six?

# %%
window = torch.randn(2, 3, 6, K, generator=seeded(6))  # (B, H, T, K)
whole = rope(window)[:, :, 5:]
newest = window[:, :, 5:]  # (B, H, 1, K)
for name, alone in (
    ("without positions", rope(newest)),
    ("at position 5", rope(newest, torch.tensor([5]))),
):
    print(f"{name:>17}: differs by {(alone - whole).abs().max():.4f}")
assert torch.allclose(rope(newest, torch.tensor([5])), whole)
assert not torch.allclose(rope(newest), whole)

# %% [markdown]
# Alone it stands at the beginning, unless it is told otherwise. Hence `token_positions`: (T,) for
# all rows alike, or (B, T) where every row has its own.

# %% [markdown]
# **Question:** A cache holds 40 tokens, at positions 0 to 39. The vectors of three new tokens are
# `x`, (B, H, 3, K). Write the one call that rotates them.

# %%
question(
    "05.10",
    kind="code",
    key="rope(x, torch.tensor([40, 41, 42]))",
    accept=[
        "rope(x, torch.arange(40, 43))",
        "rope(x, 40 + torch.arange(3))",
        "rope(x, torch.arange(3) + 40)",
        "rope(x, token_positions=torch.tensor([40, 41, 42]))",
        "rope(x, token_positions=torch.arange(40, 43))",
        "rope(x, token_positions=40 + torch.arange(3))",
        "rope(x, token_positions=torch.arange(3) + 40)",
        "x = rope(x, torch.tensor([40, 41, 42]))",
        "x = rope(x, torch.arange(40, 43))",
        "x = rope(x, token_positions=torch.arange(40, 43))",
        "rope(x, torch.arange(start=40, end=43))",
    ],
    rubric=[
        "40 tokens fill the positions 0 to 39, so the new ones stand at 40, 41 and 42",
        "positions (T,) are the same for every row and every head",
    ],
    hints=[
        "At which position stands the first of the new tokens?",
        "`rope` takes the positions as its second argument, a tensor of integers.",
        "The positions are 40, 41, 42: `torch.arange` makes them.",
    ],
    solution="rope(x, torch.arange(40, 43))",
)

# %% [markdown]
# ## 11. Beyond the page: neighbours or halves
#
# Here neighbours are pairs: entries 0 and 1, 2 and 3. Many models pair entry j with entry
# j + K/2 instead. Is it the same thing?
#
# *Predict:* take a vector, put its entries in the order 0, 2, 4, …, 1, 3, 5, …, and rotate by
# halves. How does that compare with rotating neighbours?


# %%
def rotate_halves(x, cos, sin):
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)


order = torch.cat((torch.arange(0, K, 2), torch.arange(1, K, 2)))  # the even ones first
cos, sin = rope.cos[:T], rope.sin[:T]
halves = rotate_halves(query[:, order], cos, sin)
print("reordered:", torch.allclose(halves, rope(query)[:, order], atol=1e-6))
print("as it is: ", torch.allclose(rotate_halves(query, cos, sin), rope(query), atol=1e-6))
scores = rotate_halves(query, cos, sin) @ rotate_halves(key, cos, sin).T
diagonal = scores.diagonal()
print(f"halves, too, see distances alone: {(diagonal.max() - diagonal.min()).item():.4f}")
assert torch.allclose(halves, rope(query)[:, order], atol=1e-6)
assert not torch.allclose(scores, maps["rotated"], atol=0.1)

# %% [markdown]
# The two are the same but for the names of the entries. Either works, if a model is trained with
# it.

# %% [markdown]
# **Question:** You load the weights of a model that was trained with halves into your transformer,
# which pairs neighbours. What do you notice, at which point? And how could you mend it without
# touching the code of `rotate_pairs`? A few sentences.

# %%
question(
    "05.11",
    kind="text",
    rubric=[
        "nothing raises an error: all shapes are right",
        "the scores of attention are wrong wherever positions differ, so the loss is far too high "
        "and the text is poor",
        "put the rows of the query and key projections into another order, the same for both, "
        "within each head: j and j + K/2 become neighbours",
        "values and the output projection stay as they are, because they are not rotated",
    ],
    hints=[
        "Is there any shape that does not fit?",
        "The two ways differ in the order of the entries of queries and keys. Which weights make "
        "these entries?",
        "Each entry of a query is made by one row of its projection. In which order must the rows "
        "stand, so that entries j and j + K/2 become neighbours?",
    ],
    solution=(
        "No error: every shape fits. But pairs are turned that do not belong together, so "
        "attention gets wrong\n"
        "scores for all tokens at different positions; the loss is much too high, and what the "
        "model writes is\n"
        "poor. Each entry of a query or key is made by one row of its projection. I reorder the "
        "rows of q_proj and\n"
        "k_proj within each head, 0, K/2, 1, K/2 + 1, …, so that what was paired by halves "
        "becomes neighbours.\n"
        "Values are not rotated, so v_proj and output_proj stay."
    ),
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 05` reads your saved answers and shows them in one list. Ids have become
# vectors that know what they mean and where they stand. In module 06 they predict the next token,
# and from module 07 on they look at each other.
