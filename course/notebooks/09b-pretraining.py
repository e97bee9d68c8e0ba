# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 09b Pretraining: how do we learn from text?
#
# Read [the lesson](../../lessons/09b-pretraining.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_pretraining_setup.py`
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
from math import log

from noteboosh.authoring import question

# %%
import math

import matplotlib.pyplot as plt
import torch

from g2c.corpora import END_OF_TEXT, load_corpus, toystories
from g2c.lm import CountsBigramLM, bits_per_byte
from g2c.nn import reset_parameters
from g2c.pretraining import document_starts, get_lm_batch, lm_cross_entropy, split_token_stream
from g2c.tokenizer import CharTokenizer
from g2c.transformer import TransformerLM

# %% [markdown]
# ## The text
#
# `CORPUS` decides what everything below reads. It may be `"toystories"` (children's stories
# written by a grammar, so that their entropy is known), `"stdlib"` (the Python sources on your
# machine), `"tinyshakespeare"` (plays, 1.1 MB, fetched the first time), or the path of a text file.
#
# A batch will be B windows of T tokens, and the models have D numbers for each token.

# %%
CORPUS = "toystories"
B, T, D = 32, 64, 64


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %%
corpus = load_corpus(CORPUS)
text = corpus.text()  # every document, each one followed by <|endoftext|>
tokenizer = CharTokenizer.from_text(text)
ids = torch.tensor(tokenizer.encode(text))
train, val = split_token_stream(ids)
V = tokenizer.vocab_size
print(f"{corpus.name}: {len(corpus.documents)} documents, {len(ids):,} tokens, V = {V}")
print(f"{len(train):,} tokens to learn from, {len(val):,} to be tested on\n")
print(tokenizer.decode(train[:300]), "…")

# %% [markdown]
# And a model that has never seen a text: a small transformer with random weights, the same one for
# the same seed. Nothing in this notebook trains it.


# %%
def fresh_model(seed):
    model = TransformerLM(vocab_size=V, context_length=T, d_model=D, num_layers=2, num_heads=4)
    return reset_parameters(model, seeded(seed))


# %% [markdown]
# ## 1. Shift a toy stream
#
# A window of T tokens is used twice: as the input `x`, and one step further on as the right
# answers `y`. Here is a stream of nine tokens:
#
# ```text
# place     0   1   2   3   4   5   6   7   8
# stream    6   1   8   0   3   3   9   2   7
# ```

# %% [markdown]
# **Question:** A window starts at place 3, with T = 5. Write `x = [...]` and `y = [...]`, one line
# each.

# %%
question(
    "09b.1",
    kind="list",
    key={"x": [0, 3, 3, 9, 2], "y": [3, 3, 9, 2, 7]},
    rubric=[
        "x is the five tokens from place 3 to place 7",
        "y is the five tokens from place 4 to place 8: each one right after its input",
        "the two threes are two tokens: both stand in x, and both in y",
    ],
    hints=[
        "How many tokens of the stream does the window touch, if every one of the five inputs "
        "needs an answer?",
        "Put a finger on place 3 and read five tokens: that is x. Move the finger one place on "
        "and read five again.",
        "x begins with 0 and ends with 2; y begins with 3 and ends with the last token of the "
        "stream.",
    ],
)

# %% [markdown]
# ## 2. Causal mask
#
# The answer to place t is the input at place t + 1: it lies in the same tensor. We change one
# token of a window, the one at place 5 of 0 to 7, and look at which places the scores move.
#
# *Predict:* at which places with the causal mask? At which without any mask?

# %%
model = fresh_model(seed=0)
x = train[None, :8]
other = x.clone()
other[0, 5] = (x[0, 5] + 1) % V
masks = {"causal mask": None, "no mask": torch.ones(8, 8, dtype=torch.bool)}
moved = {}
for name, mask in masks.items():
    change = (model(x, mask=mask) - model(other, mask=mask)).abs().amax(dim=-1)[0]
    moved[name] = (change > 1e-6).nonzero().flatten().tolist()
    print(f"{name:>11}: the scores move at places {moved[name]}")
assert moved == {"causal mask": [5, 6, 7], "no mask": list(range(8))}

# %% [markdown]
# With the mask, places 0 to 4 cannot notice the change. Place 4 is the one that is asked for the
# token at place 5, and it is in the dark about it, as it should be.

# %% [markdown]
# **Question:** Suppose you trained without the mask, with the same inputs and targets. What would
# happen to the training loss, why, and what would the model be worth when it has to write a text
# itself? Three or four sentences.

# %%
question(
    "09b.2",
    kind="text",
    rubric=[
        "the answer to place t stands in the input, at place t + 1, so without a mask the model "
        "can read it",
        "the training loss falls far below what is honestly possible, because copying is enough",
        "only the last place of a window has no answer to copy: its next token is not in the input",
        "when it writes, the next token does not exist yet, so there is nothing to copy and the "
        "model is nearly worthless",
        "with the causal mask every place is an honest question, and so all T may be asked in one "
        "forward pass",
    ],
    hints=[
        "Where in `x` does the token stand that place 4 is asked for?",
        "Attention without a mask may look at place t + 1. What is the easiest thing to learn "
        "then?",
        "Think of the moment when the model writes: which token would it copy, and does that "
        "token exist yet?",
    ],
    solution=(
        "Place t is asked for the token at place t + 1, and that token is part of the input. "
        "Without the mask,\n"
        "attention learns to look one place ahead and to copy what is there, so the training loss "
        "falls far\n"
        "below anything honest; only the last place of each window still has to guess. When the "
        "model writes,\n"
        "the next token is not there to be copied, and it has learned nothing else. With the "
        "mask, all T places\n"
        "of a window are honest questions."
    ),
)

# %% [markdown]
# ## 3. Inspect `get_lm_batch`
#
# It is written already: `g2c/pretraining/data.py`. Read its docstring, then read a batch.
#
# *Predict:* how does the text on the right differ from the text on the left?

# %%
x, y = get_lm_batch(train, 4, 30, generator=seeded(1))
for inputs, targets in zip(x, y, strict=True):
    print(f"{tokenizer.decode(inputs)!r:36} →  {tokenizer.decode(targets)!r}")
assert torch.equal(x[:, 1:], y[:, :-1])  # where the two overlap, they are equal

# %% [markdown]
# Chance decides where a window starts. To see which starts it can choose, we take a stream in
# which every token is the number of its own place, and draw many windows.
#
# *Predict:* the stream has 10 tokens and T = 4. Which starts occur? How often is each?

# %%
places = torch.arange(10)
windows, _ = get_lm_batch(places, 7000, 4, generator=seeded(2))
counts = windows[:, 0].bincount(minlength=10).tolist()
for start, count in enumerate(counts):
    print(f"start {start}: {count:5,} times  {'▪' * (count // 50)}")
assert all(counts[:6]) and not any(counts[6:])

# %% [markdown]
# Start 5 is the last one: its window is 5, 6, 7, 8, and the answer to 8 is 9. From start 6 the
# last input would be 9, and nothing follows it.

# %% [markdown]
# **Question:** From how many different places can a window start, in a stream of N tokens with T
# tokens a window? Write it with the letters N and T.

# %%
question(
    "09b.3",
    kind="number",
    key="N - T",
    rubric=[
        "a window needs T + 1 tokens, because its last input needs a target",
        "the starts are 0 to N - T - 1, and those are N - T",
    ],
    hints=[
        "Count them for N = 10 and T = 4 in the output above.",
        "A window and the answer to its last token are T + 1 tokens. Where does the last such run "
        "begin?",
        "The last start is N - (T + 1). Do not forget that the first one is 0.",
    ],
)

# %% [markdown]
# ## 4. Implement `lm_cross_entropy`
#
# Open `g2c/pretraining/loss.py` and write what stands between the two fence lines. Then run the
# tests (the command stands at the top). The notebook notices the edit by itself: run the next
# cell again.
#
# *Predict:* all scores are equal here, for five tokens. Which loss do you expect?

# %%
logits = torch.zeros(2, 3, 5)  # (B, T, V)
targets = torch.tensor([[0, 4, 1], [2, 2, 3]])  # (B, T)
loss = lm_cross_entropy(logits, targets)
print(f"loss {loss.item():.4f}, log 5 = {math.log(5):.4f}")
assert math.isclose(loss.item(), math.log(5), rel_tol=1e-6)

# %% [markdown]
# Flattened, every position of every window is one row, and row r of the logits is marked against
# entry r of the targets.

# %% [markdown]
# **Question:** A batch has B = 4 windows of T = 8 tokens. Flattened in the order in which it lies
# in memory, which window `b` and which position `t` does row 13 come from? Count everything from
# 0, and write `b = …` and `t = …`.

# %%
question(
    "09b.4",
    kind="number",
    key={"b": 13 // 8, "t": 13 % 8},
    rubric=[
        "the rows of window 0 come first: rows 0 to 7",
        "row 13 is position 5 of window 1: 13 = 1 · 8 + 5",
    ],
    hints=[
        "Which rows does window 0 fill, if its 8 positions come first?",
        "Row r stands for b and t with r = b · T + t.",
        "13 divided by 8: the whole part is one answer, the remainder the other.",
    ],
)

# %% [markdown]
# ## 5. Flatten shapes
#
# A mistake of order does not change a shape, so nothing complains. To see it, we need a model
# that knows something: the counted pairs of module 06, on windows it has not seen.
#
# *Predict:* the second line lays out the targets time first, `y.T`, and the logits window first.
# Larger or smaller, and by how much?

# %%
bigram = CountsBigramLM(V)
bigram.fit(train)
x, y = get_lm_batch(val, B, T, generator=seeded(3))
logits = bigram(x)
print(f"logits {tuple(logits.shape)}, targets {tuple(y.shape)}: {y.numel():,} examples")
same_order = lm_cross_entropy(logits, y).item()
other_order = lm_cross_entropy(logits, y.T.reshape(B, T)).item()
print(f"both in the same order:  {same_order:.2f} nats")
print(f"targets time first:      {other_order:.2f} nats")
print(f"log V, knowing nothing:  {math.log(V):.2f} nats")
assert other_order > (math.log(V) if CORPUS == "toystories" else same_order + 0.5)

# %% [markdown]
# Each prediction was marked against a token from somewhere else. With `toystories` that is worse
# than knowing nothing.

# %% [markdown]
# **Question:** Now B = 8, T = 32 and V = 50. Which shapes have the flattened logits, the
# flattened targets and the loss? Write `rows = (…)`, `labels = (…)` and `loss = (…)`, where `()`
# is the shape of a single number. (The first size of `rows` is the number of examples in the
# batch.)

# %%
question(
    "09b.5",
    kind="shape",
    key={"rows": [8 * 32, 50], "labels": [8 * 32], "loss": []},
    rubric=[
        "a batch of B windows of T tokens holds B · T examples: 256",
        "rows (256, 50): the scores of one position stay together",
        "labels (256,): one right answer a row",
        "the loss is one number, the mean over the 256 rows",
    ],
    hints=[
        "How many times was the model asked for a next token?",
        "The first two dimensions become one; the vocabulary stays.",
        "rows is (B · T, V), labels is (B · T,) and the mean has no dimension left.",
    ],
    solution="rows = (256, 50)\nlabels = (256,)\nloss = ()",
)

# %% [markdown]
# ## 6. log V
#
# Three models without any text in them: one gives every token the same score, one gives the right
# token 20 and all others 0, and one gives 20 to a wrong token.
#
# *Predict:* the three losses. Which of them is the worst possible?

# %%
x, y = get_lm_batch(val, 4, 6, generator=seeded(4))
equal = torch.zeros(4, 6, V)
right = equal.scatter(2, y[..., None], 20.0)
wrong = equal.scatter(2, (y[..., None] + 1) % V, 20.0)
names = ["equal scores", "sure and right", "sure and wrong"]
losses = [lm_cross_entropy(scores, y).item() for scores in (equal, right, wrong)]
for name, loss in zip(names, losses, strict=True):
    print(f"{name:>14}: {loss:7.4f} nats, perplexity {math.exp(loss):,.1f}")
print(f"{'log V':>14}: {math.log(V):7.4f} nats, V = {V}")
assert math.isclose(losses[0], math.log(V), rel_tol=1e-6) and losses[2] > 19

# %% [markdown]
# Equal scores cost log V, whatever the targets. This is the score of knowing nothing, and not the
# worst: who is sure of the wrong thing pays more, the surer the more.

# %% [markdown]
# **Question:** The vocabulary of GPT-2 has 50,257 tokens. What is the loss, in nats, of a model
# that gives all of them the same probability?

# %%
question(
    "09b.6",
    kind="number",
    key=log(50257),
    tolerance=0.002,
    rubric=["log 50,257, with the natural logarithm: about 10.82 nats"],
    hints=[
        "What probability does such a model give to the right token, whichever it is?",
        "The loss is -log p, and here p is 1 / V everywhere.",
        "`math.log(50257)`: nats are natural logarithms, not base 2 or 10.",
    ],
    solution=f"{log(50257):.2f}",
)

# %% [markdown]
# ## 7. A random model
#
# Now a real transformer before its first step. Its logits are not equal but random, and that costs
# half their variance: the expected loss is about log V + D / (D + V).
#
# And how far down can a loss go at all? For `toystories` this is known. Every story has an exact
# probability, so we can add up -log p over the whole stories of the validation part; for other
# texts nobody knows the floor, and the cell says so.

# %%
floor = None
if CORPUS == "toystories":
    stories = tokenizer.decode(val).split(END_OF_TEXT)[1:-1]  # the first and the last may be cut
    nats = -sum(toystories.log_prob(story) for story in stories)
    floor = nats / sum(len(story) + 1 for story in stories)  # + 1: the separator
    print(f"{floor:.3f} nats per token for the {len(stories)} whole stories to be tested on")
    print(f"{toystories.floor_nats(len):.3f} for all the stories that the grammar can write")
    assert abs(floor - toystories.floor_nats(len)) < 0.01
else:
    print(f"The entropy of `{corpus.name}` is not known.")


# %%
def plot_losses(rows, title):
    """One row of points for each name, and a dotted line at log V. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
    for height, (name, losses) in enumerate(rows.items()):
        color = "C1" if "measured" in name else "C0"
        axes.plot(losses, [height] * len(losses), "o", color=color, alpha=0.7)
        axes.text(max(losses), height, f"  {sum(losses) / len(losses):.2f}", va="center")
    axes.axvline(math.log(V), color="gray", linestyle=":")
    right = max(max(losses) for losses in rows.values())
    axes.set(xlabel="loss (nats per token)", title=title, xlim=(0, 1.15 * right))
    axes.set_yticks(range(len(rows)), list(rows))
    axes.margins(y=0.2)
    return axes


# %% [markdown]
# *Predict:* where do eight fresh models land: at log V, above it, or below?

# %%
x, y = get_lm_batch(val, B, T, generator=seeded(5))
with torch.no_grad():
    fresh = [lm_cross_entropy(fresh_model(seed)(x), y).item() for seed in range(8)]
    pairs = lm_cross_entropy(bigram(x), y).item()
above = sum(fresh) / len(fresh) - math.log(V)
rows = {} if floor is None else {"entropy of the text": [floor]}
rows |= {"counted pairs (06)": [pairs], "log V": [math.log(V)]}
rows |= {"fresh model, expected": [math.log(V) + D / (D + V)], "fresh model, measured": fresh}
for name, losses in rows.items():
    print(f"{name:>21}: {sum(losses) / len(losses):.2f} nats per token")
plot_losses(rows, f"A fresh model starts {above:.2f} nats above log V")
assert abs(above - D / (D + V)) < 0.2 and (CORPUS != "toystories" or min(fresh) > math.log(V))

# %% [markdown]
# *The picture in words, for `toystories`:* one row for each kind of model, its loss to the right.
# Eight points for the fresh models lie scattered around the expected start, all of them to the
# right of a dotted line at log V; counted pairs lie halfway between that line and zero; the entropy
# of the text lies almost at zero. Between the dotted line and this floor is all there is to learn.

# %% [markdown]
# **Question:** You make a model with D = 300 for a vocabulary of V = 100. Which loss do you
# expect at its first step, in nats?

# %%
question(
    "09b.7",
    kind="number",
    key=log(100) + 300 / (300 + 100),
    tolerance=0.005,
    rubric=[
        "log 100, about 4.61, is what equal scores would cost",
        "the random logits add D / (D + V) = 300 / 400 = 0.75",
        "together about 5.36 nats",
    ],
    hints=[
        "What would it be if all its logits were equal? And are they?",
        "The formula is at the beginning of this exercise: log V, and a part that depends on D "
        "and V.",
        "`math.log(100) + 300 / (300 + 100)`",
    ],
    solution=f"{log(100) + 300 / 400:.2f}",
)

# %% [markdown]
# ## Beyond the page
#
# Four more exercises, for those who want to go on.

# %% [markdown]
# ## 8. What the first loss cannot tell you
#
# Targets may be wrong in many ways. Here a fresh model is asked for the next token, for its own
# input, and for tokens in random order.
#
# *Predict:* which of the three costs least at step 1?

# %%
x, y = get_lm_batch(val, B, T, generator=seeded(6))
mixed = y.flatten()[torch.randperm(y.numel(), generator=seeded(7))].reshape(B, T)
kinds = {"the next token": y, "the input itself": x, "tokens in random order": mixed}
models = [fresh_model(seed) for seed in range(8)]
with torch.no_grad():
    for name, targets in kinds.items():
        first = sum(lm_cross_entropy(model(x), targets).item() for model in models) / 8
        print(f"{name:>22}: {first:.2f} nats, mean of 8 models")
        assert abs(first - math.log(V) - D / (D + V)) < 0.3

# %% [markdown]
# A model that knows nothing is surprised by all of them about alike. The first loss checks the
# model and the formula: the spread of the logits, the mean, the V. It cannot check the questions.
# Whether those are right shows only once the model learns.

# %% [markdown]
# **Question:** A training run on `toystories` starts at 4.5 nats a token. At step 50 the loss is
# 0.04, on batches that the model has never seen before. What do you do? Answer with one letter.
#
# - (a) Be glad, and stop: the model has learned the stories.
# - (b) Go on: the loss falls as it should.
# - (c) Look for a mistake: honest questions on this text cannot be answered that well.
# - (d) Lower the learning rate: a loss must not fall so fast.

# %%
question(
    "09b.8",
    kind="choice",
    key="c",
    options={
        "a": "be glad, and stop",
        "b": "go on",
        "c": "look for a mistake",
        "d": "lower the learning rate",
    },
    rubric=[
        "0.04 lies below the entropy floor of the text, about 0.08, which no model can beat on "
        "new text",
        "so the questions must give their answers away: y == x, or no causal mask",
    ],
    hints=[
        "Exercise 7 printed a number that no honest loss on new stories stays below. Compare.",
        "What kind of question can be answered almost perfectly after 50 steps?",
        "The batches are new to the model, so it has not learned them by heart, and the floor is "
        "about 0.08.",
    ],
)

# %% [markdown]
# ## 9. The other place for the shift
#
# Here the shift is in the batch. Many libraries put it into the loss: they hand the same window
# over as input and as labels. Do both, and no error tells you.
#
# *Predict:* the counted pairs predict the next token. How will they do when asked for the one
# after it?

# %%
x, y = get_lm_batch(val, B, T, generator=seeded(8))
logits = bigram(x)
once = lm_cross_entropy(logits, y).item()
twice = lm_cross_entropy(logits[:, :-1], y[:, 1:]).item()
never = lm_cross_entropy(logits, x).item()
print(
    f"shifted once {once:.2f}, twice {twice:.2f}, never {never:.2f} nats; log V {math.log(V):.2f}"
)
assert once < twice and once < never

# %% [markdown]
# Marked against the token after the next one, or against their own input, the same predictions
# look bad. But this model had learned from the right questions. One that is trained on wrong
# ones is also marked by wrong ones: its loss falls, and it fails only when it writes.

# %% [markdown]
# **Question:** Your colleague's batches are windows `w` of shape (B, T + 1), not shifted, and
# `logits = model(w)` has the shape (B, T + 1, V). Write the one call of `lm_cross_entropy` that
# trains this model to predict the next token.

# %%
question(
    "09b.9",
    kind="code",
    key="lm_cross_entropy(logits[:, :-1], w[:, 1:])",
    accept=[
        "loss = lm_cross_entropy(logits[:, :-1], w[:, 1:])",
        "lm_cross_entropy(logits[:, :-1, :], w[:, 1:])",
        "loss = lm_cross_entropy(logits[:, :-1, :], w[:, 1:])",
        "lm_cross_entropy(logits=logits[:, :-1], targets=w[:, 1:])",
        "lm_cross_entropy(logits[:, :-1], targets=w[:, 1:])",
        "lm_cross_entropy(logits[:, 0:-1], w[:, 1:])",
        "lm_cross_entropy(logits[..., :-1, :], w[..., 1:])",
        "lm_cross_entropy(logits[:, :-1, :], targets=w[:, 1:])",
        "lm_cross_entropy(logits[:, :-1, :], w[:, 1:]).backward()",
        "lm_cross_entropy(logits[:, :-1], w[:, 1:]).backward()",
        "lm_cross_entropy(logits[:, :T], w[:, 1:])",
        "loss = lm_cross_entropy(logits[:, :T], w[:, 1:])",
    ],
    rubric=[
        "the logits of the last position have no answer in the window: they are left out",
        "the first token of the window is nobody's answer: it is left out of the targets",
    ],
    hints=[
        "Which position of `logits` has no right answer inside `w`? Which token of `w` is no "
        "answer to any position?",
        "Position t of the logits belongs to token t + 1 of the window. Cut one tensor at its "
        "end, the other at its beginning.",
        "Both must come out with T positions: all but the last of `logits`, all but the first of "
        "`w`.",
    ],
    solution="lm_cross_entropy(logits[:, :-1], w[:, 1:])",
)

# %% [markdown]
# ## 10. Where one document ends
#
# The stream joins all documents. A window drawn anywhere may hold the end of one and the
# beginning of another; `document_starts` lists the windows that do not.
#
# *Predict:* does the share of windows that cross a boundary grow in step with T?

# %%
end = int((ids == tokenizer.eos_id).nonzero()[0])
print(repr(tokenizer.decode(ids[max(0, end - 40) : end + 40])), "\n")
for length in (16, 64, 256):
    inside = document_starts(ids, length, tokenizer.eos_id)
    crossing = 1 - len(inside) / (len(ids) - length)
    print(f"T = {length:3}: {crossing:4.0%} of all windows cross a boundary")

# %% [markdown]
# A window may *begin* with a separator, and may have one as its *last target*: beginnings and
# ends of documents are worth learning. What counts as crossing is a separator in between, and
# there are T - 1 places for it.

# %% [markdown]
# **Question:** In a long stream every document has 99 tokens and one separator after it. Which
# share of all starts gives a window that stays inside one document, for T = 31? Write a number
# between 0 and 1.

# %% tags=["author"]
import torch

from g2c.pretraining import document_starts

documents = torch.tensor([0] * 99 + [1]).repeat(10_000)
share_inside = len(document_starts(documents, 31, 1)) / (len(documents) - 31)

# %%
question(
    "09b.10",
    kind="number",
    key=round(share_inside, 3),
    tolerance=0.005,
    rubric=[
        "the pattern repeats every 100 tokens, so it is enough to count 100 starts",
        "a start is bad when one of the places 1 to T - 1 of its window is a separator: 30 starts "
        "of 100",
        "so 70 of 100 stay inside",
    ],
    hints=[
        "The stream repeats itself every 100 tokens: count the bad starts among 100.",
        "Hold the separator fixed and slide the window over it. At how many places inside the "
        "window may it not be?",
        "The bad places are 1 to T - 1 of the window: that many starts in 100 are bad.",
    ],
)

# %% [markdown]
# ## 11. The corpus is the behaviour
#
# The same model, the same loss, two corpora: stories, and the Python sources on your machine. One
# tokenizer for both, so that each model can read the other text. Because a character of one text
# may take more bytes than a character of another, we compare in bits per byte.
#
# *Predict:* four numbers, each model on each text. Which are small, and which are larger than
# knowing nothing?

# %%
texts = {name: load_corpus(name).text() for name in ("toystories", "stdlib")}
both = CharTokenizer.from_text("".join(texts.values()))
streams = {name: torch.tensor(both.encode(text)) for name, text in texts.items()}
parts = {name: split_token_stream(stream) for name, stream in streams.items()}


# %%
def bits(model, stream):
    """What the model needs for one byte of the text in this stream."""
    loss = lm_cross_entropy(model(stream[None, :-1]), stream[None, 1:]).item()
    text = both.decode(stream[1:]).replace(END_OF_TEXT, "")
    return bits_per_byte(loss, len(stream) - 1, len(text.encode()))


for learned, (learn_from, _) in parts.items():
    model = CountsBigramLM(both.vocab_size)
    model.fit(learn_from)
    row = {name: bits(model, test) for name, (_, test) in parts.items()}
    print(f"learned from {learned:>10}:", *(f"{name} {b:5.2f}" for name, b in row.items()))
    assert min(row, key=row.get) == learned
print(f"knowing nothing: about {math.log2(both.vocab_size):.2f}, log V in bits")

# %% [markdown]
# **Question:** What do these four numbers say about choosing a corpus? And why would it have been
# unfair to compare two models with *different* tokenizers by their nats per token? A few
# sentences.

# %%
question(
    "09b.11",
    kind="text",
    rubric=[
        "each model predicts well what it has learned from, and badly the other text, with the "
        "same architecture and loss",
        "so the corpus decides what a model can do: choose it for the result you want, and "
        "validate on the same kind of text",
        "a low loss may also mean that the text is easy: the two diagonal numbers do not rank the "
        "models",
        "a token of another tokenizer stands for another amount of text, so nats per token count "
        "different things",
        "bytes are the same for everybody: bits per byte divide the whole cost by the length of "
        "the text itself",
    ],
    hints=[
        "Compare along a row first: one model, two texts.",
        "If one tokenizer makes half as many tokens of the same text, what happens to the loss "
        "per token when the total stays the same?",
        "Think of the total cost of a whole text in bits. By what can you divide it so that the "
        "tokenizer drops out?",
    ],
    solution=(
        "Each model does well on the text it has learned from and badly on the other, although "
        "architecture and\n"
        "loss are the same: what is in the corpus is what the model can do, so I choose the "
        "corpus for the result\n"
        "I want and hold back a part of the same kind. The two good numbers do not say which "
        "model is better,\n"
        "because one text may simply be easier. Nats per token depend on how much text a token "
        "stands for: a\n"
        "tokenizer with longer tokens has fewer, costlier ones. Bits per byte divide the whole "
        "cost by the length\n"
        "of the text, which no tokenizer changes."
    ),
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 09b` reads your saved answers and shows them in one list. You now have
# what a training loop needs: questions from a text, and one number that says how well they are
# answered. In module 09c you take the gradient of that number by hand, and in module 10 you make
# it small.
