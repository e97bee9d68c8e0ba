# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 12 Scaling: what will it cost, and what will it bring?
#
# Read [the lesson](../../lessons/12-scaling.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_scaling.py`
#
# The first half counts what a model will cost. The second half trains many tiny models and
# compares them. As always: say to yourself what a cell will print before it runs. A blank answer is
# skipped, never wrong; if you are stuck, answer `hint, please`.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from noteboosh.authoring import question

# %%
import math
import shutil
from dataclasses import replace

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from tqdm.auto import tqdm

from g2c.attention import KVCache
from g2c.corpora import END_OF_TEXT, toystories
from g2c.lm import CountsBigramLM
from g2c.pretraining import lm_cross_entropy
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer, read_log
from g2c.tokenizer import CharTokenizer, course_tokenizer
from g2c.transformer import TransformerLM, llama_style, sizes_at_peak

# %%
from g2c.scaling import GPT2_SIZES, activation_bytes, decoding_flops, fit_power_law, flop_shares
from g2c.scaling import forward_flops, iso_flop, memory_ledger, parameter_count, parameter_table
from g2c.scaling import new_folder, plot_runs, power_law_above, read_run, read_runs
from g2c.scaling import rule_of_six, run_experiment, squared_error
from g2c.scaling import total_flops, training_flops
from g2c.scaling.command import main

# %% [markdown]
# ## 1. Parameters, without a model
#
# Write `scaling.parameter_table` in `g2c/scaling/parameters.py`. Then look at four sizes of the
# GPT-2 family, with RMSNorm, SwiGLU (d_ff = 4 D), rotary positions and an untied head.
#
# *Predict:* how many parameters has XL, with 48 layers of D = 1600? And in which size do the tables
# for the vocabulary, embeddings and head, weigh most?

# %%
print(f"{'':8}{'parameters':>15}{'vocabulary':>12}{'attention':>11}{'ffn':>6}")
for name, config in GPT2_SIZES.items():
    table, count = parameter_table(config), parameter_count(config)
    tables = table["embeddings"] + table["head"]
    shares = [tables / count, table["attention"] / count, table["ffn"] / count]
    print(f"{name:8}{count:15,}{shares[0]:12.0%}{shares[1]:11.0%}{shares[2]:6.0%}")
xl = GPT2_SIZES["xl"]
assert parameter_count(xl) == 2_127_057_600
built = TransformerLM(xl, device="meta")  # shapes without numbers: it takes no memory
assert parameter_count(xl) == sum(p.numel() for p in built.parameters())

# %% [markdown]
# **Question:** How many bytes does it take just to load XL in float32? Write the number, in
# gigabytes of 10⁹ bytes.

# %% tags=["author"]
from g2c.scaling import GPT2_SIZES, parameter_count

xl_gigabytes = 4 * parameter_count(GPT2_SIZES["xl"]) / 1e9

# %%
question(
    "12.1",
    kind="number",
    key=round(xl_gigabytes, 3),
    tolerance=0.005,
    rubric=["a float32 number takes 4 bytes", "4 · 2,127,057,600 bytes are about 8.51 GB"],
    hints=[
        "How many bits does one float32 number have?",
        "The cell prints the number of parameters. Each takes four bytes.",
        "Multiply by 4, then divide by 10⁹.",
    ],
    solution=f"{xl_gigabytes:.2f}",
)

# %% [markdown]
# ## 2. A forward pass, product by product
#
# Write `scaling.product_flops` and `scaling.layer_products` in `g2c/scaling/flops.py`.
#
# *Predict:* which single row of this table is the largest?

# %%
products = forward_flops(xl, 1024)
print(f"{'product':12}{'m':>7}{'n':>7}{'p':>7}{'count':>7}{'GFLOPs':>10}")
for row in products:
    sizes = f"{row.m:7,}{row.n:7,}{row.p:7,}{row.count:7,}"
    print(f"{row.name:12}{sizes}{row.flops / 1e9:10,.1f}")
print(f"one window of 1,024 tokens: {total_flops(products) / 1e12:.2f} TFLOPs")
assert total_flops(products) == 4_513_336_524_800

# %% [markdown]
# Now the shares of the four parts, for four sizes of the model and the same window.
#
# *Predict:* which shares grow with the size of the model, and which shrink?

# %%
LOOKS = {"projections": ("C0", ""), "attention": ("C3", "//"), "ffn": ("C1", ".."),
         "head": ("0.75", "")}  # fmt: skip


def plot_shares(rows, title):
    """A bar for each name, cut into the shares of its FLOPs. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 1.3 + 0.4 * len(rows)), layout="constrained")
    names, left = list(reversed(rows)), [0.0] * len(rows)
    for part, (color, hatch) in LOOKS.items():
        widths = [rows[name][part] for name in names]
        axes.barh(names, widths, left=left, color=color, hatch=hatch, edgecolor="white", label=part)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set(xlabel="share of the FLOPs of a forward pass", title=title, xlim=(0, 1))
    axes.figure.legend(ncols=4, loc="outside lower center", frameon=False)
    return axes


# %%
shares = {name: flop_shares(forward_flops(c, 1024)) for name, c in GPT2_SIZES.items()}
for name, row in shares.items():
    print(f"{name:8}" + "".join(f"{part:>13} {share:4.0%}" for part, share in row.items()))
small, large = shares["small"], shares["xl"]
grow = [part for part in small if large[part] > small[part]]
assert grow == ["projections", "ffn"]
plot_shares(shares, f"The larger the model, the more goes to {' and '.join(grow)}")

# %% [markdown]
# *The picture in words:* four bars of the same length, cut into four pieces. From small to XL the
# piece for the head shrinks from almost a quarter to less than a twentieth, and the one for
# attention (scores and mix) from a ninth to a fourteenth; projections and feed-forward take what
# becomes free.

# %% [markdown]
# **Question:** At a fixed window, the FLOPs of a layer's matrices grow with D². With which power of
# D do scores and mix grow, for one layer? Write the exponent.

# %%
question(
    "12.2",
    kind="number",
    key=1,
    rubric=[
        "scores and mix cost 2 · T · K · T in each of H heads, twice: 4 · T² · D, since H · K = D",
        "so they grow with the first power of D, and their share shrinks in larger models",
    ],
    hints=[
        "Read the rows `scores` and `mix`. What is count times K?",
        "In each of H heads: 2 · T · K · S. Multiply by H, and remember that H · K = D.",
        "4 · T · T · D: how often does D stand there?",
    ],
)

# %% [markdown]
# ## 3. A window of 16,384 tokens
#
# *Predict:* XL reads a window sixteen times as long. Does the pass cost sixteen times as much? And
# which part takes most of it now?

# %%
longer = replace(xl, context_length=16384)
long_products = forward_flops(longer, 16384)
factor = total_flops(long_products) / total_flops(products)
print(f"{total_flops(long_products) / 1e12:.1f} TFLOPs, {factor:.1f} times as much")
rows = {"T = 1,024": flop_shares(products), "T = 16,384": flop_shares(long_products)}
for name, row in rows.items():
    print(f"{name:11}" + "".join(f"{part:>13} {share:4.0%}" for part, share in row.items()))
share = rows["T = 16,384"]["attention"]
assert share > 0.5 and 33 < factor < 34
plot_shares(rows, f"At T = 16,384 attention takes {share:.0%} of GPT-2 XL")

# %% [markdown]
# *The picture in words:* two bars. In the upper one, at T = 1,024, scores and mix are a thin slice;
# in the lower one, at T = 16,384, they fill more than half, and all other parts are squeezed.

# %% [markdown]
# **Question:** The window became 16 times as long. By which factor grew the FLOPs of the products
# with learned matrices, and by which those of scores and mix? Write `matrices = …` and
# `attention = …`.

# %%
question(
    "12.3",
    kind="number",
    key={"matrices": 16, "attention": 16**2},
    rubric=[
        "a learned matrix meets each token once: 16 times the tokens, 16 times the cost",
        "in scores and mix each token meets each other: 16 · 16 = 256 times",
    ],
    hints=[
        "In which rows of the table does T stand once, and in which twice?",
        "m = T in all of them; in scores p is T as well, in mix n.",
        "Once: times 16. Twice: times 16 · 16.",
    ],
)

# %% [markdown]
# ## 4. The rule 6ND, and where it fails
#
# Write `scaling.training_flops` in `g2c/scaling/budget.py`. The rule of thumb says that training
# takes 6 FLOPs for each learned number in a matrix and each token. It leaves out scores and mix.
#
# *Predict:* by how much is the rule off for XL at T = 1,024? And at 16,384?

# %%
for T in (128, 1024, 4096, 16384):
    config = replace(xl, context_length=T)
    exact, rule = training_flops(config, T, T), rule_of_six(config, T)
    print(f"T = {T:6,}: {exact / rule:.2f} times what the rule says")
assert 1.07 < training_flops(xl, 1024, 1024) / rule_of_six(xl, 1024) < 1.08
assert exact / rule > 2
wrong = 6 * parameter_count(GPT2_SIZES["small"]) / rule_of_six(GPT2_SIZES["small"], 1)
print(f"N with the embeddings, for small: {wrong:.2f} times the rule's N")

# %% [markdown]
# The rule is good while the window is short beside the width of the model. And N is not the number
# of parameters: the table of embeddings is looked up in, no token is multiplied with it.

# %% [markdown]
# **Question:** A model has D = 1,000 and SwiGLU with d_ff = 4 D, so its layer has 16 D² numbers in
# matrices. At which T do scores and mix cost as much as all the matrices of the layer? (Leave the
# head aside, and write the number.)

# %%
question(
    "12.4",
    kind="number",
    key=8 * 1000,
    rubric=[
        "the matrices cost 2 · 16 D² a token, scores and mix 4 · T · D a token",
        "both are equal at T = 8 D = 8,000",
    ],
    hints=[
        "What do the 16 D² numbers cost for one token? What do scores and mix cost for one token?",
        "A token costs 2 FLOPs a number in a matrix; scores and mix are 4 · T · D a token.",
        "Solve 4 · T · D = 2 · 16 · D² for T.",
    ],
)

# %% [markdown]
# ## 5. What has to be in memory
#
# Write `scaling.memory_ledger` in `g2c/scaling/memory.py`. Here it meets a real training step,
# whose tensors are counted while they live.
#
# *Predict:* which of the four is the largest, for this small model with 16 windows?


# %%
def measured_peak(config, batch_size, accumulation):
    """The most bytes that tensors take at once, in two steps of training from the very start."""
    data = TokenDataset(np.arange(2000, dtype=np.uint16) % config.vocab_size, config.vocab_size)
    kept = []

    def train():
        model = TransformerLM(config)
        training = TrainConfig(max_steps=2, batch_size=batch_size, accumulation=accumulation,
                               optimizer="adamw")  # fmt: skip
        kept.append(Trainer(model, data, None, training, progress=False))
        for _ in range(2):
            kept[0].train_step()

    return sum(sizes_at_peak(train))


# %%
config = llama_style(vocab_size=300, context_length=64, d_model=64, num_layers=2, num_heads=4)
ledger = memory_ledger(config, 16, 64)
for name in ("weights", "gradients", "optimizer_state", "activations", "total"):
    print(f"{name:16} {getattr(ledger, name) / 1e6:7.2f} MB")
peak = measured_peak(config, 16, accumulation=2)
print(f"{'measured':16} {peak / 1e6:7.2f} MB")
assert abs(ledger.total / peak - 1) < 0.1
for part, size in activation_bytes(config, 16, 64).items():
    print(f"  of the activations, {part:10} {size / 1e6:6.2f} MB")

# %% [markdown]
# Large models turn this round: their weights, and what the optimizer keeps for each of them, fill
# the memory before the first window arrives.
#
# One subtlety. The ledger is for a step that adds to gradients already there (`accumulation=2`).
# Without accumulation, gradients come into being while activations go, and the peak is lower:

# %%
alone = measured_peak(config, 16, accumulation=1)
print(f"without accumulation {alone / 1e6:.2f} MB; the gradients are {ledger.gradients / 1e6:.2f}")
assert abs((peak - alone) / ledger.gradients - 1) < 0.1
fixed = memory_ledger(xl, 1, 1024)
print(f"XL, one window of 1,024 tokens: {fixed.total / 1e9:.0f} GB, of which activations "
      f"{fixed.activations / 1e9:.0f} GB")  # fmt: skip

# %% [markdown]
# **Question:** Training in float32 with AdamW: how many bytes for each parameter, before any
# activation? Write the number.

# %%
question(
    "12.5",
    kind="number",
    key=16,
    rubric=["weight, gradient and two averages: four numbers of four bytes, 16 bytes"],
    hints=[
        "Which numbers of the size of the weights are there at the fullest moment?",
        "The weight, its gradient, and what AdamW keeps. How many averages has AdamW?",
        "Four numbers of four bytes each.",
    ],
)

# %% [markdown]
# ## Experiments
#
# From here on models are trained, all of them on the same stories. Each run leaves a folder with a
# manifest and a log, so that any two can be compared; all of this session's are in one folder of
# their own below `runs/scaling`. `FULL = True` trains longer: minutes instead of seconds.

# %%
FULL = False
LENGTH = 8 if FULL else 1  # how much longer everything is trained
RUNS = new_folder("../../runs/scaling")  # never one that is there already
T, B = 32, 8
stories, held_back = toystories.sample(600 * LENGTH, seed=0), toystories.sample(40, seed=1)
text, val_text = (END_OF_TEXT.join(part) + END_OF_TEXT for part in (stories, held_back))
num_bytes = len(val_text.replace(END_OF_TEXT, "").encode())


def datasets(tokenizer):
    """To learn from and to be tested on; how many bytes a token of the test stands for."""
    train, val = (np.array(tokenizer.encode(t), dtype=np.uint16) for t in (text, val_text))
    V = tokenizer.vocab_size
    return TokenDataset(train, V), TokenDataset(val, V), num_bytes / len(val)


# %%
words = datasets(course_tokenizer())
V = words[1].vocab_size
true_floor, log_v = -sum(map(toystories.log_prob, held_back)) / len(words[1]), math.log(V)
print(f"log V is {log_v:.2f} nats; nobody can expect less than {true_floor:.3f}")


# %%
def tiny(D, T, vocab_size):
    """A model of one layer."""
    return llama_style(vocab_size=vocab_size, context_length=T, d_model=D, d_ff=2 * D,
                       num_layers=1, num_heads=max(1, D // 16))  # fmt: skip


def run(name, *, D=32, T=T, B=B, steps, max_lr=0.03, optimizer="adamw", data=words):
    """Train a new model in a folder of its own. Returns its summary."""
    shutil.rmtree(RUNS / name, ignore_errors=True)
    train, val, bytes_per_token = data
    config = tiny(D, T, val.vocab_size)
    training = TrainConfig(max_steps=LENGTH * steps, batch_size=B, max_lr=max_lr,
                           optimizer=optimizer, eval_every=0)  # fmt: skip
    run_experiment(RUNS / name, config, training, train, val, bytes_per_token=bytes_per_token)
    return read_run(RUNS / name)


# %% [markdown]
# ## 6. Learning rates, one of them too large
#
# The search goes by factors, not by steps of equal size: what counts is the order of magnitude.
#
# *Predict:* where is the best rate, and how far is it from the first one that diverges?

# %% tags=["nbval-ignore-output"]
rates = (0.001, 0.003, 0.01, 0.03, 0.1, 1.0, 10.0)
sweep = {lr: run(f"lr-{lr:g}", steps=30, max_lr=lr) for lr in tqdm(rates)}
ends = {lr: math.inf if r.val_loss is None else r.val_loss for lr, r in sweep.items()}
for lr, result in sweep.items():
    print(f"max_lr {lr:6g}: {ends[lr]:8.2f} nats  {result.state}")
best = min(ends, key=ends.get)
diverged = [lr for lr, result in sweep.items() if result.state == "above log V"]
assert LENGTH > 1 or (diverged and min(diverged) > 10 * best)
assert max(rates) > best > min(rates)


# %%
def plot_sweep(sweep, title):
    """The learning curve of each rate, and where knowing nothing lies. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    marks = dict(zip(sweep, "osv^Dx+*Pp<>", strict=False))  # further rates may be tried
    for lr in sweep:
        steps = [entry for entry in read_log(RUNS / f"lr-{lr:g}") if "loss" in entry]
        x, y = [e["step"] for e in steps], [e["loss"] for e in steps]
        axes.plot(x, y, marker=marks[lr], markevery=0.15, markersize=4, label=f"{lr:g}")
    axes.axhline(log_v, color="gray", linestyle=":", label="log V")
    axes.set(xlabel="step", ylabel="training loss (nats per token)", title=title, ylim=(0, 14))
    axes.legend(title="max_lr", loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return axes


# %% tags=["nbval-ignore-output"]
edge = f"{min(diverged):g} ends" if diverged else "none ends"
plot_sweep(sweep, f"Best at {best:g}; {edge} above log V")

# %% [markdown]
# *The picture in words:* seven curves from the same start, a little above log V. Those with small
# rates fall slowly; the best one ends lowest. At a rate of 1 the loss first jumps far above log V
# and comes back down as the rate decays; at 10 it leaves the picture at the top and does not
# return. (With `FULL = True` there is time enough for it to come back, to just below log V.)

# %% [markdown]
# Some say that the best rate lies "at the edge of stability". Look at what these runs say, and note
# that warmup, clipping, AdamW's steps of bounded size and a rate that decays all soften the edge.

# %% [markdown]
# **Question:** What do the seven runs say about that saying: how does the best rate relate to the
# first that diverges, what happens in between, and how would you go on searching? A few sentences.

# %%
question(
    "12.6",
    kind="text",
    rubric=[
        "the loss improves with the rate up to the best one, and then gets worse again",
        "the first rate that ends above log V is far above the best one, here by more than a "
        "factor of ten: the best lies below the edge, not at it",
        "in between, runs are damaged without diverging: the loss jumps up at first and recovers "
        "in part as the rate decays, so a finite loss is no proof of a good rate",
        "go on with finer factors around the best rate, and with longer runs, because the best "
        "rate of a short run need not be that of a long one",
    ],
    hints=[
        "Read the table from small to large rates. Where does it turn?",
        "How many times larger than the best rate is the first one that is above log V at the end? "
        "Look at the curves in between.",
        "Three parts: where the best one is, what the runs between best and divergence do, and "
        "which rates you would try next.",
    ],
    solution=(
        "The loss falls with growing rates up to about 0.03 and then rises again. The first run "
        "that ends above\n"
        "log V has a rate hundreds of times larger, so here the best rate lies well below the "
        "edge. In between the\n"
        "runs do not blow up, but they are damaged: the loss jumps at first and comes down only "
        "when the rate has\n"
        "decayed. I would try factors of about 1.5 around 0.03, and check the winner in a longer "
        "run."
    ),
)

# %% [markdown]
# ## 7. Batch size and context length
#
# The same number of tokens, cut in different ways.
#
# *Predict:* is it better to make many small steps or few large ones? And is a longer window better,
# at the same number of tokens a step?

# %% tags=["nbval-ignore-output"]
batches = {b: run(f"batch-{b}", B=b, steps=320 // b) for b in tqdm((4, 8, 16))}
windows = {t: run(f"context-{t}", T=t, B=256 // t, steps=40) for t in tqdm((8, 32, 128))}
cuts = {f"B = {b:2}, T =  32": result for b, result in batches.items()}
cuts |= {f"B = {256 // t:2}, T = {t:3}": result for t, result in windows.items()}
for name, r in cuts.items():
    print(f"{name}: {r.steps:3} steps, {r.tokens:,} tokens, {r.flops:.2e} FLOPs, "
          f"{r.seconds:.1f} s: {r.val_loss:.2f} nats")  # fmt: skip
assert len({result.tokens for result in [*batches.values(), *windows.values()]}) == 1
assert batches[4].val_loss < batches[16].val_loss
assert windows[128].flops > windows[8].flops
assert LENGTH > 1 or abs(windows[128].val_loss - windows[8].val_loss) < 0.3

# %% [markdown]
# So early in training the gradient of a few windows is good enough, and more steps win; each costs
# overhead, which is why the small batch took longer. Later the noise of small batches begins to
# hurt, and larger ones pay. Longer windows cost more for the same tokens and bring little here:
# what stood far back is of no use yet to a model that has not learned what its neighbours say.

# %% [markdown]
# **Question:** A run has B = 16, T = 64 and 500 steps. You change to B = 64 at the same T, and want
# the same number of tokens. How many steps is that?

# %%
question(
    "12.7",
    kind="number",
    key=16 * 64 * 500 // (64 * 64),
    rubric=["tokens are B · T · steps: 512,000", "with 64 · 64 tokens a step that is 125 steps"],
    hints=[
        "How many tokens does one step see?",
        "B · T · steps must stay the same.",
        "B grew by a factor of 4, and T did not change.",
    ],
)

# %% [markdown]
# ## 8. Equal budgets
#
# Four sizes of the model, one budget in FLOPs. `iso_flop` works out how many steps each may take.
#
# *Predict:* the largest model learns most from each token, the smallest sees most tokens. Who wins?

# %% tags=["nbval-ignore-output"]
BUDGET = 2e9
sizes = {D: tiny(D, T, V) for D in (4, 8, 16, 32)}
plans = dict(zip(sizes, iso_flop(sizes.values(), B, BUDGET), strict=True))
equal = {}
for D, plan in tqdm(plans.items()):
    equal[D] = run(f"iso-{D}", D=D, steps=plan.steps, max_lr=0.1 * (16 / D) ** 0.5)
for D, r in equal.items():
    step = training_flops(sizes[D], T, B * T)
    print(f"D = {D:2}: {r.parameters:7,} parameters, {LENGTH * BUDGET:.1e} / {step:,} = "
          f"{r.steps:5,} steps, {r.tokens:7,} tokens: {r.val_loss:.2f} nats")  # fmt: skip
assert LENGTH > 1 or max(equal[4].val_loss, equal[32].val_loss) > equal[8].val_loss


# %%
def plot_equal(results, title):
    """The loss of each model over its size, all for the same FLOPs. Returns Axes."""
    _, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    results = sorted(results, key=lambda result: result.parameters)
    x, y = [r.parameters for r in results], [r.val_loss for r in results]
    axes.plot(x, y, "o-", color="C0")
    axes.set(xlabel="parameters, and tokens that the budget buys", xscale="log", title=title,
             ylabel="validation loss (nats per token)")  # fmt: skip
    axes.set_xticks(x, [f"{r.parameters:,}\n{r.tokens:,} tokens" for r in results])
    axes.minorticks_off()
    axes.margins(0.1)
    return axes


# %% tags=["nbval-ignore-output"]
best_size = min(equal, key=lambda D: equal[D].val_loss)
others = [f"{D}" for D in equal if best_size != D]
title = f"For {LENGTH * BUDGET:.0e} FLOPs D = {best_size} is better than {', '.join(others)}"
plot_equal(equal.values(), title)
assert LENGTH > 1 or best_size not in (4, 32)

# %% [markdown]
# *The picture in words:* four points in the shape of a U, from a model of 12,000 parameters on the
# left to one of 106,000 on the right. The smallest has seen almost ten times as many tokens as the
# largest; the lowest loss lies between them.

# %% [markdown]
# Two things to be careful with. The rate was set by a rule of thumb (smaller for wider models), and
# a fair comparison would search it for each size. (Give eight times the budget, `FULL = True`, and
# see where the best size moves.) And equal FLOPs are not equal seconds: a tiny
# model leaves the machine waiting between its many small steps.

# %% [markdown]
# **Question:** A budget of 6 · 10¹² FLOPs; one model takes 2 · 10⁹ FLOPs a step, another
# 5 · 10⁹. How many steps may each take? Write `first = …` and `second = …`.

# %%
question(
    "12.8",
    kind="number",
    key={"first": 3000, "second": 1200},
    rubric=["steps are the budget over the FLOPs of a step: 3,000 and 1,200"],
    hints=[
        "What is the same for both runs?",
        "Steps times FLOPs a step is the budget.",
        "6 · 10¹² / (2 · 10⁹), and the same with 5.",
    ],
)

# %% [markdown]
# ## 9. A power law, and a floor that we know
#
# Write `scaling.power_law_above` in `g2c/scaling/power_law.py`. First a case in which the law is
# nearly perfect: counted pairs of characters, on more and more text.
#
# *Predict:* the entropy of the stories is about 0.08 nats a character. Will the floor of the fit be
# that?

# %%
letters = datasets(CharTokenizer.from_text(text + val_text))
stream, test = (torch.from_numpy(part.ids.astype(np.int64)) for part in letters[:2])
letter_floor = -sum(map(toystories.log_prob, held_back)) / len(test)
lengths, losses = [len(stream) // 2**n for n in range(5, -1, -1)], []
for length in lengths:
    pairs = CountsBigramLM(letters[1].vocab_size)
    pairs.fit(stream[:length])
    losses.append(lm_cross_entropy(pairs(test[None, :-1]), test[None, 1:]).item())
    print(f"{length:8,} characters: {losses[-1]:.3f} nats")
law = fit_power_law(lengths, losses)
print(f"fit: {law.floor:.2f} + {law.scale:.0f} · size^-{law.exponent:.2f}")
print(f"entropy of the stories: {letter_floor:.2f} nats per character")
assert max(abs(law(n) / loss - 1) for n, loss in zip(lengths, losses, strict=True)) < 0.005
assert law.floor > 20 * letter_floor

# %% [markdown]
# The fit is within half a percent everywhere, and its floor is nowhere near the entropy of the
# text. It is the floor of *this kind of model*: what remains when one character of context is all
# there is. More text will not get below it; another model will.
#
# Now transformers, each trained to the end of its own schedule.
#
# *Predict:* five runs, each twice as long as the one before. What floor will the fit find?

# %% tags=["nbval-ignore-output"]
steps = (10, 20, 40, 80, 160)
runs = [run(f"law-{n}", steps=n, max_lr=0.04, optimizer="muon") for n in tqdm(steps)]
flops, losses = [r.flops for r in runs], [r.val_loss for r in runs]
laws = {"the best floor": fit_power_law(flops, losses),
        "the true floor": power_law_above(true_floor, flops, losses)}  # fmt: skip
for name, law in laws.items():
    off = math.sqrt(squared_error(law, flops, losses) / len(flops))
    print(f"{name}: {law.floor:.3f}, exponent {law.exponent:.2f}, off by {off:.1%}; "
          f"100 times the FLOPs: {law(100 * flops[-1]):.2f} nats")  # fmt: skip
    assert off < 0.1


# %%
def plot_laws(flops, losses, laws, title):
    """What was measured, laws through it far beyond, and the true floor. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
    beyond = np.geomspace(flops[0], 100_000 * flops[-1], 100)
    for (name, law), style in zip(laws.items(), ("C1--", "C0-"), strict=True):
        axes.plot(beyond, [law(c) for c in beyond], style, label=f"law with {name}")
    axes.plot(flops, losses, "o", color="black", label="measured")
    axes.axhline(true_floor, color="black", linestyle="-.", label="entropy of the stories")
    axes.set(xlabel="FLOPs", ylabel="validation loss (nats per token)", xscale="log", title=title)
    axes.legend(frameon=False)
    return axes


# %% tags=["nbval-ignore-output"]
gap = abs(laws["the best floor"].floor - true_floor)
assert LENGTH > 1 or laws["the best floor"].floor < true_floor  # where no model can go
plot_laws(flops, losses, laws, f"Five short runs miss the true floor by {gap:.2f} nats")

# %% [markdown]
# *The picture in words:* five points fall steeply on the left. Two curves go through them that can
# hardly be told apart there; far to the right, where nothing was measured, they part. One sinks
# below the line of the true entropy, where no model can go; the other, which was told that floor,
# approaches it from above.
#
# How much worse do other floors fit? And where would each of them lead?

# %% tags=["nbval-ignore-output"]
off = {}
for floor in [floor for floor in (0.0, 0.3, 0.6, 0.9) if floor < min(losses)]:
    law = power_law_above(floor, flops, losses)
    off[floor] = math.sqrt(squared_error(law, flops, losses) / len(flops))
    print(f"floor {floor:.1f}: off by {off[floor]:.1%}; with 1,000 times the FLOPs of the last "
          f"run {law(1000 * flops[-1]):.2f} nats")  # fmt: skip
assert LENGTH > 1 or max(off.values()) < 0.1

# %% [markdown]
# The best floor is zero, the lowest that was tried, and yet the others fit not much worse: with
# another seed (try it: `seed=1` in the TrainConfig of `run`) these losses move by up to four
# percent, too. The last point is still far above all of these floors, and only points that come
# near a floor can see it. So these runs say how fast the loss falls in the range that was measured,
# and nothing about where it will end. For real text nobody knows the true floor, and whoever reads
# an "irreducible" loss off such a fit has no way to notice. Here you had one. With `FULL = True`
# the runs are eight times as long, and even then the best floor is zero.

# %% [markdown]
# **Question:** One fit had a floor far above the entropy of the text, the other one below it. What
# does the floor of a fit mean in each case, and when would you trust it? A few sentences.

# %%
question(
    "12.9",
    kind="text",
    rubric=[
        "for counted pairs the floor is that of the model: with one character of context no amount "
        "of text helps further",
        "for the transformers the runs are too short to bend: many floors fit about equally well, "
        "so the fit's floor is hardly determined",
        "a floor below the entropy is impossible on fresh text, which shows that the fit must not "
        "be extended that far",
        "trust it where the measured losses come near it and flatten, and then as the floor of "
        "this family of models trained in this way, not of the text",
    ],
    hints=[
        "What can a model that sees one character never know, however much it reads?",
        "For the transformers: how much worse was the law with the true floor? What follows if "
        "both fit about equally well?",
        "Say what each floor belongs to (the model, or nothing at all), and what the points would "
        "have to look like for you to believe one.",
    ],
    solution=(
        "The pairs' floor belongs to the kind of model: whoever sees one character cannot do "
        "better, and the data\n"
        "flatten there, so I believe it as that. The transformers' floor is hardly determined: "
        "the points do not\n"
        "bend yet, laws with quite different floors fit about equally well, and the best of them "
        "promises less than\n"
        "the entropy, which is impossible. I would trust a floor only if the measured losses "
        "come close to it."
    ),
)

# %% [markdown]
# ## 10. Loss per token is not comparable, bits per byte are
#
# The same stories, for a model over characters and one over the course's tokens. Both learn from
# the same number of FLOPs.
#
# *Predict:* which has the lower loss in nats per token? Which is the better model?

# %% tags=["nbval-ignore-output"]
of_words = run("words", steps=40)
(plan,) = iso_flop([tiny(32, T, letters[1].vocab_size)], B, of_words.flops / LENGTH)
of_letters = run("letters", steps=plan.steps, data=letters)
for name, r in {"characters": of_letters, "tokens": of_words}.items():
    print(f"{name:10}: {r.flops:.2e} FLOPs, {r.val_loss:.2f} nats per token, "
          f"{r.bits_per_byte:.2f} bits per byte")  # fmt: skip
assert of_letters.val_loss < of_words.val_loss
assert of_letters.bits_per_byte > of_words.bits_per_byte

# %% [markdown]
# The order is reversed. A character is a small question and a token a large one; only the cost of a
# whole text, divided by its bytes, asks both models for the same.

# %% [markdown]
# **Question:** A model loses 2.8 nats a token, and a token of its vocabulary stands for 4 bytes on
# average. How many bits per byte is that?

# %% tags=["author"]
from g2c.lm import bits_per_byte

# %%
question(
    "12.10",
    kind="number",
    key=bits_per_byte(2.8, 1, 4),
    tolerance=0.01,
    rubric=["2.8 nats are 2.8 / ln 2 = 4.04 bits", "over 4 bytes: about 1.01 bits per byte"],
    hints=[
        "How many bits is one nat?",
        "Divide by ln 2, about 0.693, to get bits a token; a token is 4 bytes.",
        "2.8 / 0.693 / 4",
    ],
    solution=f"{bits_per_byte(2.8, 1, 4):.2f}",
)

# %% [markdown]
# ## 11. Writing a text, with and without a cache
#
# First a small model that really writes, 30 tokens after a prompt of 24, while torch counts the
# FLOPs of all its products.

# %%
from torch.utils.flop_counter import FlopCounterMode


@torch.no_grad()
def write(model, prompt, new, cached):
    """Greedy, with or without a cache; how many FLOPs torch counts. ids: (1, T)."""
    ids = torch.zeros(1, prompt, dtype=torch.long)
    caches = [KVCache() for _ in model.layers] if cached else None
    with FlopCounterMode(display=False) as counter:
        for _ in range(new):
            held = caches[0].length if cached else 0
            scores = model(ids[:, held:], caches=caches)[:, -1:]
            ids = torch.cat((ids, scores.argmax(-1)), dim=1)
    return counter.get_total_flops()


# %%
little = llama_style(vocab_size=300, context_length=64, d_model=64, num_layers=2, num_heads=4)
for cached in (False, True):
    found = write(TransformerLM(little), 24, 30, cached)
    print(f"{'with' if cached else 'without'} a cache: torch counts {found:,} FLOPs")
    assert found == decoding_flops(little, 24, 30, cached=cached)

# %% [markdown]
# `decoding_flops` gives the same numbers, to the last FLOP, so we may ask it about a model that we
# could not run here.
#
# *Predict:* XL has a prompt of 24 tokens and writes 1,000 more. How many times as much does it cost
# without a cache?

# %%
for new in (10, 100, 1000):
    naive, cached = (decoding_flops(xl, 24, new, cached=cached) for cached in (False, True))
    print(f"{new:5,} tokens: {naive / 1e12:9.1f} TFLOPs without a cache, "
          f"{cached / 1e12:5.2f} with: {naive / cached:3.0f} times")  # fmt: skip
assert naive / cached > 400

# %% [markdown]
# Without a cache every new token pays for all that stands before it, again. With it, a token costs
# about two FLOPs for each number in a matrix, as if it were alone, and its own row of scores.

# %% [markdown]
# **Question:** With a cache and a short text, about how many FLOPs does one new token take, for a
# model with 10⁹ numbers in its matrices? Write the number.

# %%
question(
    "12.11",
    kind="number",
    key=2 * 10**9,
    tolerance=0.01,
    rubric=["each number in a matrix is multiplied once and added once: 2 · 10⁹ FLOPs"],
    hints=[
        "What happens to one number of a matrix when one row goes through it?",
        "In 2mnp, m is 1 now, and n · p are the numbers of the matrix.",
        "Two FLOPs for each of the 10⁹ numbers.",
    ],
)

# %% [markdown]
# ## All runs together
#
# Every run of this page is a folder. `./noteboosh.sh runs` lists all that there are below `runs/`;
# here is what it says about this page's own. By FLOPs and by seconds the order is not the same.

# %% tags=["nbval-ignore-output"]
main(["--in", str(RUNS), "--by", "flops"])
first, second = equal[4], sweep[best]
print(f"\n{first.name} before {second.name} by FLOPs, and behind it by seconds")
assert first.flops < second.flops and first.seconds > second.seconds
plot_runs(read_runs(RUNS).runs, by="flops")

# %% [markdown]
# *The picture in words:* all curves begin at the loss of a fresh model, those over tokens at the
# same height, the one over characters far above them, because here the unit is bits per byte. The
# ten best are drawn in colour. The small models of exercise 8 come down first; the longest run of
# exercise 9 ends lowest, furthest to the right. One grey curve leaves the picture at the top.

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 12` reads your saved answers and shows them in one list. You can now say
# what a model will cost before it exists, compare runs by what they spent, and tell a measured
# number from one that was only extrapolated.
