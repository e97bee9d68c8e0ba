# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 11 Sampling: how does a distribution become text?
#
# Read [the lesson](../../lessons/11-sampling.md) first, and keep it open beside this page. The
# tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_sampling.py`
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
import time

import matplotlib.pyplot as plt
import torch
from tqdm.auto import tqdm

# %%
from g2c.corpora import load_corpus
from g2c.nn import reset_parameters
from g2c.pretraining import get_lm_batch, lm_cross_entropy, split_token_stream
from g2c.tensors import softmax
from g2c.tokenizer import course_tokenizer
from g2c.training import AdamW, clip_grad_norm_, cosine_with_warmup
from g2c.transformer import TransformerLM

# %%
from g2c.sampling import Texts, apply_temperature, generate, generate_text, padded_positions
from g2c.sampling import padding_mask, stream_text, top_k_filter, top_p_filter, window_starts

# %% [markdown]
# ## A model that speaks
#
# All of it is yours: tokenizer, transformer, loss, optimizer, schedule. It learns from
# `toystories` for a few seconds, which is enough for words and half sentences. `FULL` trains
# twenty times as long; whole sentences need that.

# %%
FULL = False
STEPS = 2400 if FULL else 120
B, T, D = 16, 48, 64  # T is the context_length


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %%
tokenizer = course_tokenizer()
ids = torch.tensor(tokenizer.encode(load_corpus("toystories").text()))
train, val = split_token_stream(ids)
V = tokenizer.vocab_size
model = TransformerLM(vocab_size=V, context_length=T, d_model=D, num_layers=2, num_heads=4)
reset_parameters(model, seeded(0))
optimizer = AdamW(model.parameters(), lr=0.012, betas=(0.9, 0.95))
print(f"V = {V:,}, {sum(p.numel() for p in model.parameters()):,} parameters")

# %% tags=["nbval-ignore-output"]
batches, bar = seeded(1), tqdm(range(1, STEPS + 1), unit="step")
for step in bar:
    x, y = get_lm_batch(train, B, T, generator=batches)
    loss = lm_cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    clip_grad_norm_(list(model.parameters()), max_norm=1.0)
    optimizer.param_groups[0]["lr"] = cosine_with_warmup(
        step, max_lr=0.012, min_lr=0.0006, warmup_steps=10, max_steps=STEPS
    )
    optimizer.step()
    bar.set_postfix_str(f"loss {loss.item():.2f}, log V {math.log(V):.2f}")
assert loss.item() < 3

# %% [markdown]
# ## 1. Greedy
#
# Write `sampling.greedy` (and, for the texts below, go on up to `sampling.window_starts`).
#
# *Predict:* the model takes the likeliest token a hundred times. What kind of story is that?

# %%
PROMPT = "Once upon a time"
text = generate_text(model, tokenizer, PROMPT, 100, temperature=0, use_cache=False, eos_id=None)
print(text)
words = text.split()
runs = [tuple(words[i : i + 3]) for i in range(len(words) - 2)]
repeated = 1 - len(set(runs)) / len(runs)
print(f"\n{repeated:.0%} of all runs of three words stood in the text before")
assert FULL or repeated > 0.1

# %% [markdown]
# Nothing is left to chance, and the text goes in circles: what has been said once is likely to
# be said again, and the likeliest token is always taken. (With `FULL = True` the model knows better
# how a story goes on, and hardly repeats itself.)

# %% [markdown]
# **Question:** The scores of five tokens are `[-1.5, 0.2, -3.0, 0.1, -0.4]`. Which token, counted
# from 0, does greedy take?

# %% tags=["author"]
import torch

from g2c.sampling import greedy

taken = int(greedy(torch.tensor([-1.5, 0.2, -3.0, 0.1, -0.4])))

# %%
question(
    "11.1",
    kind="number",
    key=taken,
    rubric=["the highest score is 0.2", "its place, counted from 0, is 1"],
    hints=[
        "Does the size of a score count, or which one is higher on the number line?",
        "Look for the highest number; -3.0 is the lowest.",
        "0.2 is the highest. At which place does it stand, when the first place is 0?",
    ],
)

# %% [markdown]
# ## 2. Temperature
#
# The scores after a beginning, as probabilities: as they are, and at two other temperatures.
#
# *Predict:* which of the three makes the first bar highest?


# %%
def scores_after(text):
    """What the model says about the next token."""
    window = torch.tensor(tokenizer.encode(text))[-T:]
    with torch.no_grad():
        return model(window[None])[0, -1]


# %%
def plot_temperatures(probs, names):
    """Bars for the likeliest tokens, one row of panels for each temperature. Returns Axes."""
    _, panels = plt.subplots(
        1, len(probs), figsize=(9, 3), sharex=True, sharey=True, layout="constrained"
    )
    for axes, (temperature, row) in zip(panels, probs.items(), strict=True):
        axes.barh(names, row, color="C0")
        axes.set(xlabel="probability", title=f"temperature {temperature}")
    panels[0].invert_yaxis()
    return panels


# %%
logits = scores_after("Once upon a time, a")
best = logits.topk(8).indices
names = [repr(tokenizer.decode([id])) for id in best.tolist()]
probs = {t: softmax(apply_temperature(logits, t), dim=-1)[best] for t in (0.5, 1.0, 2.0)}
for t, row in probs.items():
    print(f"temperature {t}: " + "  ".join(f"{n} {p:.2f}" for n, p in zip(names, row, strict=True)))
panels = plot_temperatures(probs, names)
first = [row[0].item() for row in probs.values()]
title = (
    f"The likeliest token: {first[1]:.0%} becomes {first[0]:.0%} at 0.5, and {first[2]:.0%} at 2"
)
panels[0].figure.suptitle(title)
assert first[0] > first[1] > first[2]

# %% [markdown]
# *The picture in words:* three panels with the same eight tokens from top to bottom, the likeliest
# first. On the left, at 0.5, the first bars are long and the lower ones nearly gone; in the
# middle, as the model says it, they differ less; on the right, at 2, all are short, because
# most of the probability has gone to the many tokens that are not shown.

# %% [markdown]
# **Question:** Two tokens have the probabilities 0.8 and 0.2. Which probability does the second
# one have at temperature 0.5?

# %% tags=["author"]
import torch

from g2c.sampling import apply_temperature
from g2c.tensors import softmax

two = torch.tensor([0.8, 0.2], dtype=torch.float64).log()
second = softmax(apply_temperature(two, 0.5), dim=-1)[1].item()

# %%
question(
    "11.2",
    kind="number",
    key=second,
    tolerance=0.005,
    rubric=[
        "dividing the scores by 0.5 squares the probabilities: 0.64 and 0.04",
        "their sum must be 1 again: 0.04 / 0.68, about 0.059",
    ],
    hints=[
        "The temperature τ raises every probability to the power 1 / τ. Which power is that here?",
        "0.8 and 0.2 become 0.64 and 0.04. What is still missing?",
        "Divide by the sum: 0.04 / (0.64 + 0.04).",
    ],
    solution="0.0588",
)

# %% [markdown]
# ## 3. Top-k and top-p
#
# Write the two filters. Below, a story that the model has never seen is read token by token, and
# at each place we count how many tokens top-p would keep.
#
# *Predict:* always about the same number? Where is it 1?

# %%
story = val[:T]
with torch.no_grad():
    logits = model(story[None])[0]  # (T, V)
p = 0.9
kept = top_p_filter(logits, p).isfinite().sum(-1)
assert (top_k_filter(logits, 10).isfinite().sum(-1) == 10).all()
for t in range(12, 24):
    print(f"{tokenizer.decode([story[t].item()])!r:>12} → {kept[t]:3} tokens")


# %%
def plot_kept(kept, k):
    """How many tokens top-p keeps at each place, and the line of top-k. Returns Axes."""
    _, axes = plt.subplots(figsize=(8, 3), layout="constrained")
    axes.bar(range(len(kept)), kept, color="C0", label="top-p")
    axes.axhline(k, color="gray", linestyle=":", label=f"top-k, k = {k}")
    axes.set(xlabel="place in the text", ylabel="tokens kept (log scale)", yscale="log")
    axes.set_ylim(0.8, 5 * max(kept))  # room for the legend
    axes.legend(loc="upper right", ncols=2)
    return axes


# %%
few, many = int(kept.min()), int(kept.max())
axes = plot_kept(kept.tolist(), 10)
axes.set_title(f"p = {p} keeps between {few} and {many} tokens")
print(f"fewest {few}, median {kept.median()}, most {many}")
assert few < 10 < many

# %% [markdown]
# *The picture in words:* one bar for each place of the text, on a scale on which every step is a
# factor of ten. Many bars reach one or two tokens, others dozens or more. A dotted line at 10 is
# what top-k keeps everywhere: too much where the model is sure, too little where it is not.

# %% [markdown]
# **Question:** Six tokens have the probabilities `[0.05, 0.4, 0.1, 0.25, 0.05, 0.15]`. Which ids
# does top-p keep for p = 0.75? Write them as a list, in rising order.

# %% tags=["author"]
import torch

from g2c.sampling import top_p_filter

six = torch.tensor([0.05, 0.4, 0.1, 0.25, 0.05, 0.15], dtype=torch.float64).log()
stay = top_p_filter(six, 0.75).isfinite().nonzero().flatten()

# %%
question(
    "11.3",
    kind="list",
    key=stay,
    rubric=[
        "from the top: 0.4, then 0.65, then 0.8",
        "the third token is the one that crosses 0.75, and it stays",
        "these are the ids 1, 3 and 5",
    ],
    hints=[
        "Sort downwards in your head and add up. After how many tokens have you 0.75 or more?",
        "0.4 + 0.25 is 0.65, which is too little.",
        "Three tokens stay: those with 0.4, 0.25 and 0.15. Where do they stand?",
    ],
)

# %% [markdown]
# ## 4. A penalty for repetition
#
# Write `sampling.apply_repetition_penalty`. Then the greedy story of exercise 1 once more, with a
# penalty.
#
# *Predict:* fewer repetitions. A better story?

# %%
shares = {}
for penalty in (1.0, 1.1, 1.5):
    text = generate_text(
        model, tokenizer, PROMPT, 60, temperature=0, repetition_penalty=penalty, use_cache=False,
        eos_id=None,
    )  # fmt: skip
    words = text.split()
    shares[penalty] = 1 - len(set(words)) / len(words)
    print(f"penalty {penalty}: {shares[penalty]:.0%} of its words came before\n  {text}\n")
assert FULL or shares[1.5] < shares[1.0]

# %% [markdown]
# The circles are gone. But "a", "the" and the full stop are punished like everything else, and a
# text cannot do without them: with a strong penalty the model is driven into words that it holds
# for improbable.

# %% [markdown]
# **Question:** A token that is in the text already has the score -3. Which score does it have
# with a penalty of 1.5?

# %% tags=["author"]
import torch

from g2c.sampling import apply_repetition_penalty

penalised = apply_repetition_penalty(torch.tensor([[-3.0]]), torch.tensor([[0]]), 1.5).item()

# %%
question(
    "11.4",
    kind="number",
    key=penalised,
    tolerance=0.001,
    rubric=["the score is negative, so it is multiplied: -4.5", "-2 would make it more probable"],
    hints=[
        "After the penalty the token must be less probable than before.",
        "Which is lower, -3 / 1.5 or -3 times 1.5?",
        "Below 0 the penalty multiplies.",
    ],
)

# %% [markdown]
# ## 5. Three knobs, one text
#
# Write `sampling.next_tokens` and `sampling.step`. The same seed each time: what differs comes
# from the knobs.
#
# *Predict:* which line is the dullest, and which is the wildest?

# %%
knobs = {
    "temperature 0": {"temperature": 0},
    "temperature 0.7": {"temperature": 0.7},
    "as it is": {},
    "temperature 1.5": {"temperature": 1.5},
    "as it is, top-k 5": {"top_k": 5},
    "temperature 1.5, top-p 0.8": {"temperature": 1.5, "top_p": 0.8},
}
for name, how in knobs.items():
    text = generate_text(
        model, tokenizer, PROMPT, 50, generator=seeded(4), use_cache=False, eos_id=None, **how
    )
    print(f"{name}:\n  {text!r}\n")


# %%
def surprise(text_ids):
    """The mean of -log p of each token but the first, by the model's own opinion."""
    with torch.no_grad():
        return lm_cross_entropy(model(text_ids[:, :-1]), text_ids[:, 1:]).item()


prompts = torch.tensor([tokenizer.encode(PROMPT)]).repeat(10, 1)
rows = {}
for name, how in knobs.items():
    texts = generate(model, prompts, 40, generator=seeded(5), **how)
    rows[name] = surprise(texts)
    print(f"{rows[name]:5.2f} nats per token: {name}")
order = [rows[n] for n in ("temperature 0", "temperature 0.7", "as it is", "temperature 1.5")]
assert order == sorted(order) and rows["as it is, top-k 5"] < rows["as it is"]

# %% [markdown]
# The numbers say how surprised the model is by its own texts. A low number is no praise: the
# greedy text has the lowest one.

# %% [markdown]
# **Question:** A friend filters first and applies the temperature last. Everything runs. What
# does top-p with p = 0.9 then do that it should not, at a temperature of 0.5 and at one of 2? Two
# or three sentences.

# %%
question(
    "11.5",
    kind="text",
    rubric=[
        "top-p then measures the mass of another distribution than the one that is drawn from",
        "at 0.5 the true distribution is sharper: fewer tokens hold 0.9 of it, so too many stay",
        "at 2 it is flatter: more tokens are needed for 0.9, so too few stay",
    ],
    hints=[
        "Which distribution does top-p see, and from which one is the token drawn?",
        "At 0.5 the likeliest tokens hold more than before. Are more or fewer of them needed for "
        "0.9?",
        "Say it for both directions: a sharper distribution needs fewer tokens for the same mass, "
        "a flatter one more.",
    ],
    solution=(
        "Top-p measures the distribution before the temperature, but the token is drawn from the "
        "one after it.\n"
        "At 0.5 the final distribution is sharper, so fewer tokens would hold 0.9 of it: my "
        "friend keeps too many.\n"
        "At 2 it is flatter, and the tokens that stay hold less than 0.9 of it: too few are kept."
    ),
)

# %% [markdown]
# ## 6. Several prompts at once
#
# Write `sampling.padded_positions` and `sampling.padding_mask`. Three prompts of different
# lengths, in one batch:
#
# *Predict:* what stands in the row of a padding position?

# %%
real = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]]).bool()
print("positions", padded_positions(real).tolist())
for row in padding_mask(real)[0].int().tolist():
    print("row of the first text", row)

# %% [markdown]
# Padding looks at itself and is looked at by nobody. So a text says in a batch what it says
# alone:

# %%
starts = ["Once", "Once upon a time, there was a", "One sunny day"]
prompts = [torch.tensor(tokenizer.encode(text)) for text in starts]
print("lengths", [len(prompt) for prompt in prompts])
together = generate(model, prompts, 12, temperature=0)
for prompt, text in zip(prompts, together, strict=True):
    alone = generate(model, prompt, 12, temperature=0)
    print(f"{torch.equal(text, alone)}: {tokenizer.decode(text)!r}")
    assert torch.equal(text, alone)

# %% [markdown]
# **Question:** A row of a batch is `[padding, padding, padding, "the", "cat"]`. Write its
# positions, and the last row of its mask as ones and zeros: `positions = [...]` and
# `last = [...]`.

# %% tags=["author"]
import torch

from g2c.sampling import padded_positions, padding_mask

cat = torch.tensor([[False, False, False, True, True]])

# %%
question(
    "11.6",
    kind="list",
    key={"positions": padded_positions(cat)[0], "last": padding_mask(cat)[0, -1].int()},
    rubric=[
        "the first real token is at position 0, as it is alone, and padding gets 0 as well",
        "the last token looks at the two real ones, itself included",
    ],
    hints=[
        "At which positions do the two words stand when there is no padding?",
        "Positions: padding gets 0, then it counts from 0. The mask: who may the last one see?",
        "The last row allows the last two columns only.",
    ],
)

# %% [markdown]
# ## 7. A window that moves
#
# Write `sampling.window_starts`. Here a text grows to 12 tokens, and the model sees at most 6.
#
# *Predict:* in how many steps does each window move?

# %%
for keep in (6, 3):
    starts, moves = [0], []
    for columns in range(1, 13):
        before, starts = starts, window_starts(starts, columns, context_length=6, keep=keep)
        moves.append(starts != before)
        seen = "·" * starts[0] + "▪" * (columns - starts[0])
        print(f"keep {keep}: {seen:12} {'moved' if moves[-1] else ''}")
    print()
    assert sum(moves) == (6 if keep == 6 else 2)

# %% [markdown]
# A window that keeps all it can moves with every token once it is full. One that keeps less moves
# seldom, and has less to look at right afterwards.

# %% [markdown]
# **Question:** context_length is 100 and keep is 60. The window is full, with 100 tokens, and one
# more is written. How many further tokens can be written before the window moves again?

# %% tags=["author"]
from g2c.sampling import window_starts

begin, further = window_starts([0], 101, 100, 60), 0
while window_starts(begin, 101 + further + 1, 100, 60) == begin:
    further += 1

# %%
question(
    "11.7",
    kind="number",
    key=further,
    rubric=["after the move the window has 60 tokens", "it moves again when there would be 101"],
    hints=[
        "How many tokens are in the window right after it has moved?",
        "60, and with each token one more, as long as they are 100 at most.",
        "From 60 to 100.",
    ],
)

# %% [markdown]
# ## 8. The cache
#
# Write `sampling.cached_logits`. Then the same text is written with and without it, in float64,
# far beyond the context.
#
# *Predict:* how far apart are the probabilities?

# %%
exact = TransformerLM(model.config, dtype=torch.float64)
exact.load_state_dict(model.state_dict())
prompt = [torch.tensor(tokenizer.encode(PROMPT))]
plain, cached = Texts(exact, prompt, keep=20), Texts(exact, prompt, keep=20, use_cache=True)
worst = 0.0
for _ in range(2 * T):
    one, other = (softmax(texts.logits(), dim=-1) for texts in (plain, cached))
    worst = max(worst, (one - other).abs().max().item())
    for texts in (plain, cached):
        texts.append(one.argmax(-1))
print(f"{2 * T} tokens, a context of {T}: the largest difference is below 1e-12: {worst < 1e-12}")
assert worst < 1e-9 and plain.starts == cached.starts != [0]

# %% [markdown]
# And what it computes. A model that counts its columns:


# %%
def columns_of(prompt_length, new, keep=None, use_cache=True):
    """How many columns the model computes to write so many tokens."""
    counted = []
    texts = Texts(model, [val[:prompt_length]], keep=keep, use_cache=use_cache)
    handle = texts.model.register_forward_pre_hook(
        lambda module, inputs: counted.append(inputs[0].shape[1])
    )
    for _ in range(new):
        texts.step(temperature=0)
    handle.remove()
    return sum(counted)


# %%
for new in (1, 10, 40):
    without, within = (columns_of(8, new, use_cache=use) for use in (False, True))
    print(f"{new:2} new tokens after 8: {without:5,} columns without, {within:3} with a cache")
    assert within == 8 + new - 1 and without == sum(range(8, 8 + new))

# %% [markdown]
# **Question:** A prompt has 10 tokens, 50 are to be written, and all fit into the context. How
# many columns does the model compute in all, without a cache and with one? Write
# `without = …` and `with_cache = …`.

# %% tags=["author"]
without, with_cache = sum(range(10, 60)), 10 + 49

# %%
question(
    "11.8",
    kind="number",
    key={"without": without, "with_cache": with_cache},
    rubric=[
        "without: windows of 10, 11, … 59 columns, together 1,725",
        "with: the prompt once, then one column for each token but the last: 59",
    ],
    hints=[
        "How long is the window when the first token is chosen? And when the last one is?",
        "The 50th token is chosen from a window of 59. Nothing is computed for that token itself.",
        "Without: 10 + 11 + … + 59, which is 50 times the mean, 34.5. With: 10 for the first "
        "token, and 1 for each of the 49 others.",
    ],
)

# %% [markdown]
# ## 9. What a token costs
#
# Now with a clock. A model with a context of 256 and random weights (time does not depend on
# what they are) writes one text, and each step is timed; once without a cache, twice with one.
#
# *Predict:* three curves over the length of the text, up to 320 tokens. Which of them jump?

# %%
CONTEXT, LENGTH = 256, 320
large = TransformerLM(vocab_size=V, context_length=CONTEXT, d_model=D, num_layers=2, num_heads=4)
reset_parameters(large, seeded(0))


def milliseconds(**options):
    """For every step of one text, how long it took."""
    texts, times = Texts(large, [val[:1]], **options), []
    for _ in range(LENGTH):
        start = time.perf_counter()
        texts.step(temperature=0)
        times.append(1e3 * (time.perf_counter() - start))
    return times


# %%
def smooth(times):
    """The median of each time and its neighbours: without what disturbed the machine."""
    parts = (sorted(times[max(0, t - 4) : t + 5]) for t in range(len(times)))
    return [part[len(part) // 2] for part in parts]


# %%
def plot_costs(costs):
    """Milliseconds of each token over the length of the text. Returns Axes."""
    _, axes = plt.subplots(figsize=(8, 3.4), layout="constrained")
    for number, (name, times) in enumerate(costs.items()):
        axes.plot(smooth(times), ("-", "--", ":")[number], color=f"C{number}", label=name)
    axes.axvline(CONTEXT, color="gray", linewidth=0.8)
    place = {"xycoords": ("data", "axes fraction"), "rotation": 90, "ha": "right", "va": "bottom"}
    axes.annotate("context full ", (CONTEXT, 0.5), color="gray", **place)
    axes.set(xlabel="tokens in the text", ylabel="time for a token (ms)", ylim=(0, None))
    axes.legend(loc="upper left")
    return axes


# %% tags=["nbval-ignore-output"]
costs = {
    "without a cache": milliseconds(),
    "with, the window moves by one": milliseconds(use_cache=True),
    "with, the window keeps its half": milliseconds(use_cache=True, keep=CONTEXT // 2),
}
for name, times in costs.items():
    parts = [sorted(times[a : a + 50])[25] for a in (10, 200, 265)]
    print(f"{name:>32}: {parts[0]:5.2f} ms early, {parts[1]:5.2f} late, {parts[2]:5.2f} when full")
full = {name: sum(times[200:250]) / 50 for name, times in costs.items()}
plain, cached = full["without a cache"], full["with, the window keeps its half"]
axes = plot_costs(costs)
axes.set_title(f"At 200 to 250 tokens, the cache makes a token {plain / cached:.1f} times cheaper")
assert plain > 1.5 * cached

# %% [markdown]
# *The picture in words:* without a cache the line rises as the text grows, until the context is
# full, and then stays level. With a cache both lines run flat near the bottom. Where the context
# is full, one of them jumps up to the line without a cache and stays there, because its cache is
# made anew for every token; the other stays at the bottom.

# %% [markdown]
# **Question:** After the context is full, a window that moves by one makes its cache worthless.
# Why can the kept keys not simply be used on, with the oldest column dropped? Two reasons, in two
# or three sentences; think of learned positions, and of the second layer.

# %%
question(
    "11.9",
    kind="text",
    rubric=[
        "every token that stays gets a new position, and with learned or sinusoidal positions "
        "another vector, so another key",
        "in the second layer and above, keys come from vectors that have looked at the dropped "
        "tokens; a window without those gives other vectors",
        "so the numbers would not be those of the window as it is now, whatever kind of positions",
    ],
    hints=[
        "At which position stands a token after the window has moved by one? What was added to "
        "its vector before?",
        "With rotary positions only distances count in the scores. But where does a key of layer 2 "
        "come from?",
        "It is made from what layer 1 gave out, and that had looked at the token that is now gone.",
    ],
    solution=(
        "All positions are counted from the beginning of the window, so every token gets another "
        "one, and with\n"
        "learned positions another vector and another key. And in the second layer the keys are "
        "made from vectors\n"
        "that have already looked at the token that was dropped; a model that sees only the new "
        "window has others.\n"
        "That holds for rotary positions too."
    ),
)

# %% [markdown]
# ## 10. Text as it comes
#
# A token is a few bytes, and not always whole characters.
#
# *Predict:* what does `decode` make of each of these tokens by itself?

# %%
bird = "a 🦜 é"
pieces = tokenizer.encode(bird)
print("bytes of the tokens   ", [tokenizer.decode_bytes([id]) for id in pieces])
print("decoded one by one    ", [tokenizer.decode([id]) for id in pieces])
print("decoded together      ", repr(tokenizer.decode(pieces)))
assert tokenizer.decode(pieces) == bird
assert "".join(tokenizer.decode([id]) for id in pieces) != bird

# %% [markdown]
# `stream_text` keeps bytes back until their character is whole. In the terminal, with a model of
# module 10: `./noteboosh.sh play`.

# %%
streamed = []
for piece in stream_text(model, tokenizer, PROMPT, 40, temperature=0.7, generator=seeded(6)):
    streamed.append(piece)
    print(piece, end="|")
same = generate_text(model, tokenizer, PROMPT, 40, temperature=0.7, generator=seeded(6))
assert PROMPT + "".join(streamed) == same

# %% [markdown]
# **Question:** A character of three bytes is spread over two tokens, two bytes in the first and
# one in the second. What does `stream_text` give out after the first token, and after the second?
# Answer with one letter.
#
# - (a) � and then �
# - (b) nothing, and then the character
# - (c) two thirds of the character, then the rest
# - (d) nothing at all: such a character is left out

# %%
question(
    "11.10",
    kind="choice",
    key="b",
    options={
        "a": "� and then �",
        "b": "nothing, and then the character",
        "c": "two thirds of the character, then the rest",
        "d": "nothing at all",
    },
    rubric=[
        "two of three bytes are no character yet, so they wait",
        "with the third byte the character is whole and comes out",
    ],
    hints=[
        "Can a terminal show two thirds of a character?",
        "The decoder knows from the first byte how many are to come.",
        "It waits for the rest, and then gives out the whole.",
    ],
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 11` reads your saved answers. Your model speaks, in batches, with three
# knobs and a memory. What it says depends on what it has learned: module 12 asks how much model
# and how much text a given budget should buy.
