# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 06 Language models: what does it mean to predict text, and how do we measure it?
#
# Read [the lesson](../../lessons/06-lm.md) first, and keep it open beside this page. The tests of
# this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_lm.py`
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

from g2c.corpora import END_OF_TEXT, load_corpus, toystories
from g2c.lm import CountsBigramLM, MLPLanguageModel, NeuralBigramLM
from g2c.lm import bits_per_byte, perplexity, sample
from g2c.nn import CrossEntropyLoss, reset_parameters
from g2c.tokenizer import CharTokenizer
from g2c.training import AdamW

# %% [markdown]
# ## The text
#
# Children's stories, one token a character, and `<|endoftext|>` after each story. Nine tenths are
# to learn from, the rest to be tested on. `FULL` turns to longer trainings.

# %%
FULL = False
STEPS = 10_000 if FULL else 800
T, D, F = 8, 24, 256  # context_length, d_model and d_ff of the MLP


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %%
text = load_corpus("toystories").text()
tokenizer = CharTokenizer.from_text(text)
ids, V = torch.tensor(tokenizer.encode(text)), tokenizer.vocab_size
cut = len(ids) * 9 // 10
train, val = ids[:cut], ids[cut:]
print(f"{len(train):,} tokens to learn from, {len(val):,} to be tested on, V = {V}")
print(f"knowing nothing costs log V = {math.log(V):.2f} nats per token")

# %% [markdown]
# Every model below is tested on the same tokens: those of `val` from place T on, so that each has
# T tokens before it. `loss_of` goes through them in pieces, the last one smaller, and keeps the
# mean loss and the number of tokens of each piece.


# %%
windows = val.unfold(0, T + 1, 1)  # (N, T + 1): T tokens, and the one that follows


@torch.no_grad()
def loss_of(model, context_length=1, piece=8192):
    """Mean losses in nats and numbers of tokens, piece by piece."""
    losses, sizes = [], []
    for part in windows.split(piece):
        inputs = part[:, -1 - context_length : -1] if context_length > 1 else part[:, -2]
        losses.append(CrossEntropyLoss()(model(inputs), part[:, -1]).item())
        sizes.append(len(part))
    return losses, sizes


# %% [markdown]
# ## 1. Count pairs
#
# Write `lm.counts_bigram_fit` and `lm.counts_bigram` in `g2c/lm/bigram.py`.
#
# *Predict:* what comes after a `q`? After a full stop? After `h`?

# %%
bigram = CountsBigramLM(V)
bigram.fit(train)
for character in "q.hs":
    row = bigram.counts[tokenizer.ids[character]]
    share, best = (row / row.sum()).topk(4)
    cells = [
        f"{tokenizer.tokens[id]!r} {p:4.0%}" for p, id in zip(share, best.tolist(), strict=True)
    ]
    print(f"after {character!r}: {'   '.join(cells)}")
assert bigram.counts.sum() == len(train) - 1


# %%
def plot_counts(model, letters):
    """A map of log-probabilities: down the last token, to the right the next one."""
    places = torch.tensor([tokenizer.ids[letter] for letter in letters])
    _, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    image = axes.imshow(model(places).exp()[:, places], cmap="viridis", vmin=0, vmax=1)
    names = ["␣" if letter == " " else letter for letter in letters]
    axes.set_xticks(range(len(names)), names, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(xlabel="next token", ylabel="last token")
    plt.colorbar(image, ax=axes, label="probability", shrink=0.8)
    return axes


# %%
letters = " abcdefghijklmnopqrstuvwxyz"
after = bigram(torch.arange(V)).exp()
sure = [c for c in letters if after[tokenizer.ids[c]].max() > 0.6]
axes = plot_counts(bigram, letters)
axes.set_title(f"{len(sure)} of {len(letters)} leave little choice: {' '.join(sure)}")
assert after[tokenizer.ids["q"]].argmax() == tokenizer.ids["u"] and "q" in sure

# %% [markdown]
# *The picture in words:* a dark square map with one row and one column for the space and each
# letter. In most rows a few cells are a little brighter. A handful of rows have one bright cell:
# after q comes u, after v comes e; many letters are followed by the space on the left.

# %% [markdown]
# **Question:** Ids 0 and 1 only, and the stream `0 0 1 0 1 1 1 0`. Write the two rows of the
# counts: `row0 = [...]` and `row1 = [...]`.

# %% tags=["author"]
import torch

from g2c.lm import CountsBigramLM

counted = CountsBigramLM(2)
counted.fit(torch.tensor([0, 0, 1, 0, 1, 1, 1, 0]))

# %%
question(
    "06.1",
    kind="list",
    key={"row0": counted.counts[0], "row1": counted.counts[1]},
    rubric=[
        "8 tokens make 7 pairs: 00, 01, 10, 01, 11, 11, 10",
        "row 0 counts what followed a 0: one 0, two 1; row 1 what followed a 1: two 0, two 1",
    ],
    hints=[
        "How many pairs of neighbours are there in eight tokens?",
        "Write the pairs down, one below the other, overlapping by one token.",
        "The pairs are 00, 01, 10, 01, 11, 11, 10. Those that begin with 0 go into row 0.",
    ],
)

# %% [markdown]
# ## 2. What was never seen
#
# A pair that does not occur in what is counted may well occur later. Without smoothing it would
# have probability 0 and cost infinitely many nats. To see this we count only the first 5,000
# tokens.
#
# *Predict:* which smoothing is best: a tiny one, 1, or a large one?

# %%
by_smoothing = {}
for smoothing in (1e-9, 1e-3, 0.1, 1, 10, 1000):
    small = CountsBigramLM(V, smoothing)
    small.fit(train[:5000])
    by_smoothing[smoothing] = math.log(perplexity(*loss_of(small)))
    print(f"smoothing {smoothing:>6g}: {by_smoothing[smoothing]:.3f} nats per token")
unseen = (small.counts[windows[:, -2], windows[:, -1]] == 0).float().mean().item()
print(f"{unseen:.1%} of the pairs to be tested on are not among those counted")
best = min(by_smoothing, key=by_smoothing.get)
assert 1e-9 < best < 1000 and 0 < unseen < 0.1

# %% [markdown]
# Few pairs are new, but with next to no smoothing each of them costs dearly. Too much smoothing
# drowns the counts, and in the end all tokens are alike: log V. (With all of `train`, every pair of
# the test has been seen, and anything small will do.)

# %% [markdown]
# **Question:** After some token, token 0 was seen three times, token 1 never, token 2 once. V = 3
# and the smoothing is 1. Which probability has token 1 after it?

# %%
question(
    "06.2",
    kind="number",
    key=1 / 7,
    rubric=["the smoothed counts are 4, 1 and 2, together 7", "so token 1 gets 1/7, about 0.143"],
    hints=[
        "Add the smoothing to all three counts first.",
        "The smoothed counts are 4, 1 and 2. By what do you divide?",
        "By their sum, 7.",
    ],
)

# %% [markdown]
# ## 3. The same table, learned
#
# Write `lm.neural_bigram`. It begins with random logits and walks downhill.
#
# *Predict:* will it do better than counting?

# %% tags=["nbval-ignore-output"]
learned = reset_parameters(NeuralBigramLM(V), seeded(0))
optimizer, generator, curve = AdamW(learned.parameters(), lr=0.1, weight_decay=0), seeded(1), []
for _ in tqdm(range(300), desc="bigram"):
    places = torch.randint(len(train) - 1, (1024,), generator=generator)
    loss = CrossEntropyLoss()(learned(train[places]), train[places + 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    curve.append(loss.item())


# %%
def plot_curve(curve, line, title):
    """A loss over its steps, and a dotted line for what counting reaches. Returns Axes."""
    _, axes = plt.subplots(figsize=(6, 3), layout="constrained")
    axes.plot(curve, color="C0", label="learned bigram, batch by batch")
    axes.axhline(line, color="gray", linestyle=":", label="counted bigram")
    axes.set(xlabel="step", ylabel="loss (nats per token)", title=title, ylim=(0, None))
    axes.legend()
    return axes


# %%
counted, taught = (math.log(perplexity(*loss_of(model))) for model in (bigram, learned))
print(f"first step {curve[0]:.2f} nats; expected: log V + 1/2 = {math.log(V) + 0.5:.2f}")
print(f"on the part to be tested on: counted {counted:.3f}, learned {taught:.3f} nats per token")
plot_curve(curve, counted, f"Learning ends {abs(taught - counted):.2f} nats from counting")
assert abs(curve[0] - math.log(V) - 0.5) < 0.3 and abs(taught - counted) < 0.05

# %% [markdown]
# *The picture in words:* the loss falls steeply from more than 4 nats and then lies flat on a
# dotted line at about 2.3, where counting is without any training.

# %% [markdown]
# The curve doctor holds your losses against those of many runs that went right, and, where they lie
# outside, against the curves of known mistakes; where it has no match, it says so.

# %%
import noteboosh

noteboosh.curve("06.bigram", curve)

# %% [markdown]
# **Question:** A friend wants to improve the learned bigram: more layers, between the last token
# and the logits of the next one. What is the most that this can bring on the *training* text?
# Answer with one letter.
#
# - (a) Any loss down to the entropy of the text, if the network is large enough.
# - (b) Nothing below the loss of the unsmoothed counts: with one token of context they are the best
#   possible.
# - (c) A loss of zero, because the training text can be learned by heart.

# %%
question(
    "06.3",
    kind="choice",
    key="b",
    options={"a": "down to the entropy", "b": "no better than the counts", "c": "zero"},
    rubric=[
        "whatever the network, it gives one distribution for each last token",
        "on a text the best distribution after a token is how often each token followed it: the "
        "counts",
        "what is missing is context, not layers",
    ],
    hints=[
        "How many different inputs does such a model have?",
        "For each of the V inputs it gives one distribution. Which one is best on the training "
        "text?",
        "The gradient of cross-entropy is predicted minus observed frequencies: where is it zero?",
    ],
)

# %% [markdown]
# ## 4. More than one token
#
# Write `lm.mlp_language_model`. It sees T tokens at once: their vectors, laid end to end.
#
# *Predict:* with 8 characters instead of one, from about 2.3 nats down to …?

# %% tags=["nbval-ignore-output"]
mlp = reset_parameters(MLPLanguageModel(V, T, D, F), seeded(2))
optimizer, generator = AdamW(mlp.parameters(), lr=0.01), seeded(3)
examples = train.unfold(0, T + 1, 1)  # (N, T + 1)
for step in tqdm(range(STEPS), desc="MLP"):
    optimizer.param_groups[0]["lr"] = 0.01 * (1 - step / STEPS)  # large steps first
    batch = examples[torch.randint(len(examples), (256,), generator=generator)]
    loss = CrossEntropyLoss()(mlp(batch[:, :-1]), batch[:, -1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# %%
size = sum(parameter.numel() for parameter in mlp.parameters())
eight = math.log(perplexity(*loss_of(mlp, T)))
print(f"MLP: {size:,} parameters, {eight:.2f} nats per token on the part to be tested on")
print(f"a table of counts for {T} tokens of context would have {V ** (T + 1):,} cells")
assert eight < counted - 0.8

# %% [markdown]
# A table has a row for every possible context and learns nothing from one row about another. The
# MLP shares: contexts with similar vectors get similar predictions. But its context has a fixed
# length, each place has its own weights in `w1`, and twice the context takes twice the columns.

# %% [markdown]
# **Question:** `MLPLanguageModel(vocab_size=50, context_length=6, d_model=10, d_ff=30)`. Which
# shapes have `w1.weight` and `lm_head.weight`, and the logits for token ids of shape (4, 6)? Write
# `w1 = (…)`, `head = (…)` and `logits = (…)`.

# %%
question(
    "06.4",
    kind="shape",
    key={"w1": [30, 60], "head": [50, 30], "logits": [4, 50]},
    rubric=[
        "weights are (out_features, in_features)",
        "six vectors of 10 numbers end to end are 60 inputs, and d_ff = 30 outputs",
        "one prediction for each window: (4, 50)",
    ],
    hints=[
        "How many numbers come into `w1` for one window?",
        "The weight of a Linear is (out_features, in_features).",
        "w1 takes 6 · 10 numbers to 30, the head takes 30 to 50.",
    ],
)

# %% [markdown]
# ## 5. Perplexity
#
# Write `lm.perplexity`. Between how many equally likely tokens does a model hesitate? It is e to
# the mean loss over *all* tokens.
#
# *Predict:* we test story by story, and stories have different lengths. Is the mean of their
# perplexities larger or smaller than the perplexity of all of them?

# %%
ends = (val == tokenizer.eos_id).nonzero().flatten().tolist()
losses, sizes = [], []
for start, end in zip(ends, ends[1:], strict=False):
    story = val[start : end + 1]  # from one separator to the next
    losses.append(CrossEntropyLoss()(bigram(story[:-1]), story[1:]).item())
    sizes.append(len(story) - 1)
right = perplexity(losses, sizes)
mean_of_means = math.exp(sum(losses) / len(losses))
mean_of_perplexities = sum(math.exp(loss) for loss in losses) / len(losses)
print(f"{len(sizes)} stories of {min(sizes)} to {max(sizes)} tokens")
print(f"over every token {right:.4f}, as if stories were equally long {mean_of_means:.4f}")
print(f"mean of the perplexities {mean_of_perplexities:.4f}")
assert mean_of_perplexities > mean_of_means and right != mean_of_means

# %% [markdown]
# Here the stories are alike, so the numbers are close. With a last batch of one hard token they
# would not be. The mean of perplexities can never be smaller than e to the mean of the losses,
# because e^x bends upwards.

# %% [markdown]
# **Question:** A test runs in two batches: 96 tokens with a mean loss of 2 nats, and the last 4
# tokens with a mean of 4.5 nats. What is the perplexity?

# %% tags=["author"]
import math

from g2c.lm import perplexity

# %%
question(
    "06.5",
    kind="number",
    key=perplexity([2.0, 4.5], [96, 4]),
    tolerance=0.005,
    rubric=[
        "the total is 96 · 2 + 4 · 4.5 = 210 nats for 100 tokens: 2.1 nats a token",
        "e^2.1 is about 8.17",
    ],
    hints=[
        "How many nats do all 100 tokens cost together?",
        "Add 96 · 2 and 4 · 4.5, divide by the number of all tokens, and take e to that power.",
        "The mean is 210 / 100 nats.",
    ],
)

# %% [markdown]
# ## 6. One text, cut in two ways
#
# Write `lm.bits_per_byte`. The grammar of the stories gives every whole story a probability. It
# does not care how we cut the story into tokens.
#
# *Predict:* the same story costs the same nats. What happens to the perplexity if the tokens are
# words? To the bits per byte?

# %%
stories = tokenizer.decode(val).split(END_OF_TEXT)[1:-1]  # the first and the last may be cut
nats = -sum(toystories.log_prob(story) for story in stories)
num_bytes = sum(len(story.encode()) for story in stories)
cuts = {"characters": list, "words": re.compile(r" ?\w+| ?[^\w\s]+|\s").findall}
rows = {}
for name, tokens_of in cuts.items():
    assert all("".join(tokens_of(story)) == story for story in stories)  # nothing gets lost
    n = sum(len(tokens_of(story)) for story in stories)
    rows[name] = perplexity([nats / n], [n]), bits_per_byte(nats / n, n, num_bytes)
    print(f"{n:6,} {name:>10}: perplexity {rows[name][0]:.3f}, bits per byte {rows[name][1]:.4f}")
assert rows["words"][0] > rows["characters"][0] + 0.2
assert math.isclose(rows["words"][1], rows["characters"][1])

# %% [markdown]
# It is the same prediction of the same text both times. Perplexity counts choices per token, and
# a word holds more choices than a character. Bits per byte do not know what a token is.
#
# *Predict:* now two different models. Both know only how often a token occurs, in one the tokens
# are characters, in the other words. Which has the lower perplexity, which the fewer bits per byte?

# %%
learn_from = tokenizer.decode(train).split(END_OF_TEXT)[:-1]
for name, tokens_of in cuts.items():
    counts = Counter(token for story in learn_from for token in tokens_of(story))
    total = sum(counts.values()) + len(counts) + 1  # + 1 each, and one for all that is unknown
    test = [token for story in stories for token in tokens_of(story)]
    loss = -sum(math.log((counts[token] + 1) / total) for token in test) / len(test)
    rows[name] = perplexity([loss], [len(test)]), bits_per_byte(loss, len(test), num_bytes)
    print(f"{name:>10}: perplexity {rows[name][0]:6.1f}, bits per byte {rows[name][1]:.2f}")
assert rows["words"][0] > 5 * rows["characters"][0] and rows["words"][1] < rows["characters"][1]

# %% [markdown]
# The model of words has by far the higher perplexity, and is by far the better model of this text.

# %% [markdown]
# **Question:** A model pays 2.5 nats for a token, and its tokens are 4 bytes long on average. How
# many bits per byte is that?

# %% tags=["author"]
from g2c.lm import bits_per_byte

# %%
question(
    "06.6",
    kind="number",
    key=bits_per_byte(2.5, 100, 400),
    rubric=["2.5 nats are 2.5 / log 2 = 3.61 bits a token", "over 4 bytes that is about 0.90"],
    hints=[
        "How many bits are 2.5 nats? A bit is log 2 nats.",
        "Bits a token, divided by bytes a token.",
        "2.5 / 0.693 is 3.61 bits for one token.",
    ],
)

# %% [markdown]
# ## 7. Let them write
#
# Write `lm.sample`. Every model that gives probabilities can write: draw a token, append it, ask
# again.
#
# *Predict:* what will a text look like in which each character knows only the one before it? And
# one in which it knows the eight before it?

# %%
prompt = torch.tensor(tokenizer.encode("Once upon a time"))
writers = {"bigram": (bigram, 1), "MLP": (mlp, T)}
for name, (model, context_length) in writers.items():
    written = sample(model, prompt, 300, context_length=context_length, generator=seeded(4))
    assert written[: len(prompt)].equal(prompt) and len(written) == len(prompt) + 300
    print(f"{name}: {tokenizer.decode(written)}\n")


# %%
def share_of_words(model, context_length):
    """Which share of what a model writes are words that occur in the stories."""
    ids = sample(model, prompt, 2000, context_length=context_length, generator=seeded(5))
    words = re.findall(r"\w+", tokenizer.decode(ids))[4:-1]  # without the prompt and the cut end
    return sum(word in known for word in words) / len(words)


known = set(re.findall(r"\w+", text))
shares = {name: share_of_words(*writer) for name, writer in writers.items()}
for name, share in shares.items():
    print(f"{name:>6}: {share:.0%} of its words are words of the stories")
assert shares["MLP"] > shares["bigram"] + 0.2

# %% [markdown]
# **Question:** Compare the two texts. What has each of the models learned, what do both lack, and
# where in the second text can you see that its context is only eight characters? A few sentences.

# %%
question(
    "06.7",
    kind="text",
    rubric=[
        "the bigram gets frequent letters and pairs right, and word lengths roughly; few words are "
        "words",
        "of the MLP's words about half exist, and two or three of them in a row often fit",
        "neither keeps to a topic: names and things change from sentence to sentence",
        "eight characters are one or two words, so who the story is about has left the window long "
        "before the name is needed again",
    ],
    hints=[
        "Read the first text aloud: which letters follow each other as in English?",
        "Does the second text keep the same name, animal or thing for three sentences?",
        "How many words fit into eight characters?",
    ],
    solution=(
        "The bigram has learned which characters are frequent and which follow each other; its "
        "words have roughly\n"
        "the right lengths, but few exist. About half of the MLP's words exist, and two or "
        "three in a row often\n"
        "fit. Neither tells a story: eight characters are one or two words, so the name of the "
        "child or the thing\n"
        "that was lost is out of sight when it is needed, and another one appears instead."
    ),
)

# %% [markdown]
# ## 8. How much is left?
#
# One table of everything so far, on the same tokens; and below it the entropy of the grammar that
# wrote the stories, which no model can beat in expectation.
#
# *Predict:* from log V down to the entropy: which part of this way has the MLP gone?

# %%
share = (train.bincount(minlength=V) + 1) / (len(train) + V)
tested_models = {
    "uniform": loss_of(lambda ids: torch.zeros(len(ids), V)),
    "unigram": loss_of(lambda ids: share.log().expand(len(ids), V)),
    "bigram, counted": loss_of(bigram),
    "bigram, learned": loss_of(learned),
    f"MLP, {T} tokens": loss_of(mlp, T),
}
by_model = {name: math.log(perplexity(*row)) for name, row in tested_models.items()}
by_model["entropy of the text"] = toystories.floor_nats(len)

# %%
tested = tokenizer.decode(val[T:]).replace(END_OF_TEXT, "")
print(f"{'model':>20}   nats per token   perplexity   bits per byte")
for name, loss in by_model.items():
    bits = bits_per_byte(loss, len(val) - T, len(tested.encode()))
    print(f"{name:>20} {loss:16.2f} {math.exp(loss):12.2f} {bits:15.2f}")
values = list(by_model.values())
gone = (values[0] - values[4]) / (values[0] - values[5])
print(f"the MLP has gone {gone:.0%} of the way; {values[4] - values[5]:.2f} nats are left")
assert values[0] > values[1] > values[2] > values[4] > values[5]


# %%
def plot_ladder(nats, title):
    """One bar for each model, and a line at the entropy. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    *models, floor = nats
    axes.barh(models, [nats[name] for name in models], color="C0")
    for height, name in enumerate(models):
        axes.text(nats[name], height, f" {nats[name]:.2f}", va="center")
    axes.axvline(nats[floor], color="black", linestyle=":")
    axes.text(nats[floor], -0.75, f" {floor}: {nats[floor]:.2f}", va="center")
    axes.set(xlabel="loss (nats per token)", title=title, xlim=(0, 1.12 * max(nats.values())))
    axes.set_ylim(len(models) - 0.5, -1.1)  # the first model on top
    return axes


plot_ladder(by_model, f"{values[4] - values[5]:.2f} nats are left for attention to win")

# %% [markdown]
# *The picture in words:* five bars, from long to short: uniform, unigram, the two bigrams equally
# long, and the MLP, which ends at about 0.7 nats. A dotted line stands far to the left of all their
# ends, at 0.08: the entropy. What is left lies between.

# %% [markdown]
# What could tell the next character better? The name of the hero, the thing that was lost: words
# that stand a hundred characters back. A table cannot go there, and an MLP would need a column of
# weights for every place. From module 07 on, each position chooses where to look.

# %% [markdown]
# **Question:** A model pays 0.70 nats per character on a text whose entropy is 0.08 nats per
# character. By which factor would its perplexity shrink, if it became perfect?

# %%
question(
    "06.8",
    kind="number",
    key=math.exp(0.70 - 0.08),
    tolerance=0.01,
    rubric=[
        "the perplexity goes from e^0.70 = 2.01 to e^0.08 = 1.08",
        "that is a factor of e^0.62, about 1.86: differences of losses are factors of perplexity",
    ],
    hints=[
        "Which perplexity belongs to each of the two losses?",
        "Divide e^0.70 by e^0.08.",
        "A quotient of powers is the power of the difference, 0.62.",
    ],
)

# %% [markdown]
# ## 9. Beyond the page: longer tables
#
# Why not simply count longer contexts? Here are tables for one to six tokens of context, smoothed
# by 0.01.
#
# *Predict:* does the loss fall all the way? And which share of the contexts to be tested on has
# the table never seen?


# %%
def number_of(windows):
    """One whole number for each window, so that equal windows have equal numbers."""
    digits = V ** torch.arange(windows.shape[1] - 1, -1, -1)
    return (windows * digits).sum(dim=1)


def count(table, wanted):
    """How often each wanted number occurs in the sorted table."""
    left, right = (torch.searchsorted(table, wanted, right=side) for side in (False, True))
    return right - left


# %%
by_length = {}
for n in range(1, 7):
    table = number_of(train.unfold(0, n + 1, 1)).sort().values
    contexts = number_of(train[:-1].unfold(0, n, 1)).sort().values
    seen = count(contexts, number_of(windows[:, -1 - n : -1]))
    pair = count(table, number_of(windows[:, -1 - n :]))
    loss = -((pair + 0.01) / (seen + 0.01 * V)).log().mean().item()
    by_length[n] = loss
    print(
        f"{n} tokens: {V ** (n + 1):>17,} cells, {(seen == 0).float().mean():6.2%} unseen, ", end=""
    )
    print(f"{loss:.2f} nats per token")
assert by_length[1] > by_length[2] > by_length[3] > by_length[4]
assert FULL or by_length[6] < eight

# %% [markdown]
# These stories come from a small grammar and repeat themselves: with six tokens of context almost
# nothing is new, and counting even beats our MLP after its few seconds of training. This is a
# property of the text. In real text most contexts of six words have never been seen before, and
# the table grows by a factor of V for each token of context.

# %% [markdown]
# **Question:** How many cells has a table of counts for 3 tokens of context, with V = 60?

# %%
question(
    "06.9",
    kind="number",
    key=60**4,
    rubric=["60 · 60 · 60 contexts, and 60 next tokens for each: 60^4 = 12,960,000"],
    hints=[
        "How many different contexts of three tokens are there?",
        "Each of the 60^3 contexts has a row. How long is a row?",
        "60^3 rows of 60 cells.",
    ],
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 06` reads your saved answers and shows them in one list. You can say in one
# number how well a model predicts a text, and you know how far the simplest ones get. The next
# modules build what closes most of the rest.
