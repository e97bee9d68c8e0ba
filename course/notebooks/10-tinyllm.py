# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 10 Training a language model: what does it take to train one?
#
# Read [the lesson](../../lessons/10-tinyllm.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_tinyllm.py`
#
# Everything that you built meets here: your tokenizer, your transformer, your loss, your optimizer.
# As always: say to yourself what a cell will print before it runs. A blank answer is skipped, never
# wrong; if you are stuck, answer `hint, please`.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from math import log

from noteboosh.authoring import question

# %%
import math
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

# %%
from g2c.attention import MultiHeadAttention
from g2c.corpora import END_OF_TEXT, toystories
from g2c.lm import sample
from g2c.nn import reset_parameters
from g2c.pretraining import lm_cross_entropy
from g2c.tinyllm import ForeachAdamW, TokenDataset, TrainConfig, Trainer, UnusableCheckpoint
from g2c.tinyllm import load_checkpoint, plot_curve, prepare, read_log, use_fused_attention
from g2c.tinyllm import validation_loss
from g2c.tokenizer import course_tokenizer
from g2c.transformer import TransformerLM, llama_style

# %% [markdown]
# ## The run
#
# By the small settings the whole notebook takes about half a minute. With `FULL = True` the model
# is larger and learns for a quarter of an hour or more.

# %%
FULL = False
D, T, LAYERS, STEPS, STORIES = (128, 128, 4, 800, 20_000) if FULL else (64, 64, 2, 160, 2_000)
RATES = {"muon": 2e-2, "adamw": 5e-3} if FULL else {"muon": 4e-2, "adamw": 2e-2}  # max_lr
RUNS = Path(tempfile.mkdtemp(prefix="g2c-"))  # a new folder each time this cell runs
tokenizer = course_tokenizer()
V = tokenizer.vocab_size


def fresh_model(seed=0):
    config = llama_style(vocab_size=V, context_length=T, d_model=D, num_layers=LAYERS, num_heads=4)
    return reset_parameters(TransformerLM(config), torch.Generator().manual_seed(seed))


# %% [markdown]
# ## 1. A text becomes a file of ids
#
# `prepare` reads a text in pieces and writes its ids to disk; from there they are mapped into
# memory, and nothing is read before somebody looks at it. Every story ends in a separator.
#
# *Predict:* the vocabulary has 1,500 tokens. How many bytes does one id take on disk?

# %%
texts = {"train": toystories.sample(STORIES, seed=0), "val": toystories.sample(200, seed=1)}
files = {
    name: prepare(
        (story + END_OF_TEXT for story in stories), tokenizer, RUNS / f"{name}.bin", progress=False
    )
    for name, stories in texts.items()
}
train, val = (TokenDataset(files[name].ids(), V) for name in ("train", "val"))
for name, file in files.items():
    size = file.path.stat().st_size
    print(f"{name:5}: {file.num_tokens:8,} tokens, {size:9,} bytes of {file.dtype} on disk")
print(type(train.ids).__name__, "->", train.batch(2, T)[0].dtype)

# %% [markdown]
# Two bytes an id, and int64 only for the few windows of a batch: what a lookup table and a loss
# ask for. Write `tinyllm.windows` in `g2c/tinyllm/dataset.py` now, if you have not yet.

# %% [markdown]
# **Question:** A stream of 5,000,000,000 ids lies on disk as uint16. A batch is B = 64 windows of
# T = 256. How many ids does `windows` have to read for one batch?

# %%
question(
    "10.1",
    kind="number",
    key=64 * 257,
    rubric=["every window needs T + 1 ids, since its last input needs a target: 64 · 257"],
    hints=[
        "Does the length of the stream matter here?",
        "How many ids are in one window, together with the target of its last token?",
        "64 windows of 256 + 1 ids.",
    ],
)

# %% [markdown]
# ## 2. One step, in the right order
#
# Write `tinyllm.train_step` in `g2c/tinyllm/trainer.py`. Then look at the very first step of a run.
#
# *Predict:* the loss of a fresh model: log V, and the little more that module 09b found.

# %%
config = TrainConfig(
    max_steps=STEPS, batch_size=16, max_lr=RATES["muon"], eval_every=STEPS // 4, fused=False
)
trainer = Trainer(fresh_model(), train, val, config, progress=False)
loss, grad_norm = trainer.train_step()
print(f"loss {loss.item():.2f} nats, log V + D / (D + V) = {math.log(V) + D / (D + V):.2f}")
print(f"the norm of the gradients was {grad_norm:.2f}, the rate {trainer.learning_rate():.5f}")
assert abs(loss.item() - math.log(V) - D / (D + V)) < 0.2

# %% [markdown]
# `fused=False` means that your own attention is used, all of it. It is the default; a faster way
# comes in exercise 11.

# %% [markdown]
# **Question:** The gradients of the last update are still there. Put these into the order of the
# next one; write the letters in a list, such as `[a, b, …]`: a clip the gradients, b forward, loss
# and backward, c empty the gradients, d step of the optimizer. (The rate is set before them all.)

# %%
question(
    "10.2",
    kind="list",
    key=["c", "b", "a", "d"],
    rubric=[
        "empty, forward and loss and backward, clip, step",
        "clipping comes after backward, because there is nothing to clip before it, and before "
        "the step, which uses what it finds",
    ],
    hints=[
        "Which part makes the gradients, and which part uses them up?",
        "backward adds to what is there already. What has to happen before?",
        "Between backward and step only one of them has any sense.",
    ],
)

# %% [markdown]
# ## 3. First, overfit one batch
#
# Before any long run: can the model learn eight windows by heart? If not, a part is broken, and no
# amount of data will mend it.
#
# *Predict:* how far down can this loss go? Is the entropy of the stories its floor?

# %%
small = TrainConfig(max_steps=40, batch_size=8, max_lr=2e-2, eval_every=0)
learner = Trainer(fresh_model(), train, None, small, progress=False)
batch = next(learner.micro_batches())
learner.micro_batches = lambda: iter([batch])
entries = learner.run()
for entry in entries[::8] + entries[-1:]:
    print(f"step {entry['step']:3}: {entry['loss']:.4f} nats")
assert entries[-1]["loss"] < 0.1

# %% [markdown]
# Far below the entropy of the text, which is about 0.3 nats a token: the model has learned these
# windows, and nothing about stories. As a check of all the parts together it costs a second.

# %% [markdown]
# **Question:** A friend's model reaches 0.05 nats on one batch. In a real run its validation loss
# falls to the score of someone who only knows how often each token occurs, and stays there. Which
# of these could be the reason? Answer with one letter.
#
# - (a) The optimizer gets no gradients.
# - (b) The targets are drawn from other windows than the inputs.
# - (c) The loss is computed in float32 and not in float64.
# - (d) Validation uses fixed batches.

# %%
question(
    "10.3",
    kind="choice",
    key="b",
    options={
        "a": "the optimizer gets no gradients",
        "b": "the targets are drawn from other windows than the inputs",
        "c": "the loss is computed in float32 and not in float64",
        "d": "validation uses fixed batches",
    },
    rubric=[
        "one fixed batch can be learned by heart even where inputs and targets have nothing to do "
        "with each other; on new text only the frequencies of the tokens are left to be learned",
        "without gradients the one batch would not have been learned either",
    ],
    hints=[
        "Which of the reasons would already have stopped the one batch?",
        "What can be learned by heart, but not understood?",
        "If the right answer to a window came from somewhere else in the text, could you still "
        "memorise it? And what could you learn about the answers to the next window?",
    ],
)

# %% [markdown]
# ## 4. Wrong orders make no noise
#
# No error says that two lines stand in the wrong order. Here four wrong orders are made around
# your own `train_step`, three of them by an optimizer that plays a trick on it. The fourth is to
# clip after the step: the step has then used the gradients as they came, so to the weights it is
# the same as a `max_norm` out of reach.


# %%
class NeverEmptied(ForeachAdamW):
    """As if zero_grad were forgotten."""

    def zero_grad(self, set_to_none=True):
        pass


class EmptiedBeforeStep(ForeachAdamW):
    """As if zero_grad stood between backward and step."""

    def step(self):
        self.zero_grad()
        super().step()


# %%
class RateAfterStep(ForeachAdamW):
    """As if the rate were set behind the step: each step has the rate of the one before it."""

    def step(self):
        group = self.param_groups[0]
        new, group["lr"] = group["lr"], getattr(self, "left", self.defaults["lr"])
        super().step()
        self.left = new


class BrokenBatch(Trainer):
    """Its tenth batch is broken: the scores, and with them the gradients, are far too large."""

    def logits(self, x):
        return super().logits(x) * (1000 if self.iteration == 10 else 1)


# %% [markdown]
# *Predict:* by the loss at the end alone, how many of the wrong orders would you find?


# %%
def thirty_steps(optimizer=ForeachAdamW, kind=Trainer, max_norm=1.0):
    """The weights after 30 steps, and the mean loss of the last five."""
    settings = {"max_steps": 30, "batch_size": 8, "max_lr": 1e-2, "max_norm": max_norm}
    run = TrainConfig(optimizer="adamw", eval_every=0, **settings)
    trainer = kind(fresh_model(), train, None, run, progress=False)
    trainer.optimizer = optimizer(trainer.model.parameters(), lr=run.max_lr)
    losses = [entry["loss"] for entry in trainer.run()]
    weights = torch.cat([p.detach().flatten() for p in trainer.model.parameters()])
    return weights, sum(losses[-5:]) / 5


# %%
runs = {
    "as it should be": thirty_steps(),
    "gradients never emptied": thirty_steps(NeverEmptied),
    "emptied before the step": thirty_steps(EmptiedBeforeStep),
    "rate set after the step": thirty_steps(RateAfterStep),
    "one broken batch, clipped": thirty_steps(kind=BrokenBatch),
    "the same, clipped too late": thirty_steps(kind=BrokenBatch, max_norm=1e9),
}
right, right_loss = runs["as it should be"]
start = torch.cat([p.detach().flatten() for p in fresh_model().parameters()])
print(f"{'':28}loss at the end   weights off by")
for name, (weights, loss) in runs.items():
    print(f"{name:28}{loss:15.2f}{(weights - right).norm() / (right - start).norm():17.0%}")

# %%
ends = {name: loss for name, (_, loss) in runs.items()}
for quiet in ("gradients never emptied", "rate set after the step"):
    assert abs(ends[quiet] - right_loss) < 0.8
for loud in ("emptied before the step", "the same, clipped too late"):
    assert ends[loud] > right_loss + 1
assert ends["one broken batch, clipped"] < right_loss + 0.4

# %% [markdown]
# The last column is how far the weights are from those of the right run, as a share of the way
# that it went. Two of the wrong orders end near the loss of the right one, and yet with other
# weights: whoever sees only their curve would call it a fair run. The loss is no test of the
# order. Clipping too late shows only on the day of the broken batch, and AdamW remembers it: with
# that one gradient in both its averages it goes on in the wrong direction for a while, and what
# later batches say hardly counts. So the tests compare weights, update by update.

# %% [markdown]
# **Question:** `zero_grad` is forgotten, the optimizer is plain SGD, and every batch has the same
# gradient g. With the right order ten steps at the rate 0.1 move a weight by 10 · 0.1 · g. How far,
# as a multiple of g, do they move it without `zero_grad`?

# %% tags=["author"]
import torch

weight = torch.nn.Parameter(torch.zeros((), dtype=torch.float64))
plain = torch.optim.SGD([weight], lr=0.1)
for _ in range(10):
    (-weight).backward()  # g = -1, so a step moves the weight up
    plain.step()
moved = weight.item()

# %%
question(
    "10.4",
    kind="number",
    key=round(moved, 6),
    rubric=[
        "step k uses k · g, because backward has added g to what was there k times",
        "0.1 · (1 + 2 + … + 10) = 5.5, instead of 1",
    ],
    hints=[
        "What is in `grad` when the second step begins to use it?",
        "The k-th step uses k · g.",
        "Add up 1 to 10, and multiply by the rate.",
    ],
)

# %% [markdown]
# ## 5. Train, and watch
#
# Now the real thing, with a folder: a log, checkpoints, and every so often a look at the
# validation text. The entropy of the stories is known, so we know where the end is.

# %% tags=["nbval-ignore-output"]
floor = -sum(map(toystories.log_prob, texts["val"])) / files["val"].num_tokens
config = replace(config, checkpoint_every=STEPS // 4)
whole = Trainer(fresh_model(), train, val, config, out=RUNS / "whole")
log_of_run = whole.run()

# %% tags=["nbval-ignore-output"]
plot_curve(log_of_run, vocab_size=V, floor_nats=floor)
for check in (entry for entry in log_of_run if "val_loss" in entry):
    kind = "all of it" if check["exact"] else "fixed batches"
    print(f"step {check['step']:4}: {check['val_loss']:.3f} nats on validation, {kind}")
exact = log_of_run[-1]["val_loss"]
print(f"the floor, {floor:.3f} nats, is {exact - floor:.3f} away; log V was {math.log(V):.3f}")
assert floor < exact < 0.5 * math.log(V)

# %% [markdown]
# *The picture in words:* the training loss falls steeply from the dotted line at log V and then
# ever more slowly; the validation points lie close to it; the black line of the entropy is below
# both, and the gap is what is still to be learned.
#
# The folder holds the same log, one JSON object a line, by step, by tokens and by seconds. It says
# more than losses: what the norms do, and what a step costs.

# %% tags=["nbval-ignore-output"]
entries = read_log(RUNS / "whole")
assert entries == log_of_run
steps = [entry for entry in entries if "loss" in entry]
for entry in steps[:: STEPS // 5]:
    print(f"step {entry['step']:4}: rate {entry['lr']:.5f}, gradients {entry['grad_norm']:5.2f}")
for check in (entry for entry in entries if "activation_rms" in entry):
    layers = ", ".join(f"{rms:.2f}" for rms in check["activation_rms"])
    print(f"step {check['step']:4}: weights {check['weight_norm']:.1f}, out of the layers {layers}")
tokens, seconds = steps[-1]["tokens"], steps[-1]["seconds"]
print(f"{tokens:,} tokens in {seconds:.1f} s, {tokens / seconds:,.0f} a second")
clipped = sum(entry["grad_norm"] > config.max_norm for entry in steps)
print(f"{clipped} of {len(steps)} steps were clipped")
assert tokens == STEPS * 16 * T

# %% [markdown]
# `grad_norm` is measured before the clipping, "out of the layers" is the root mean square of what
# each layer hands on. What you want to see is that nothing grows without an end. The norm of the
# weights even falls here: the embeddings began large, and they decay.

# %% [markdown]
# The curve doctor has seen many seeds of the first half of this run, by the small settings.

# %%
from noteboosh import curve

if not FULL:
    curve("10.training", [entry["loss"] for entry in steps[:80]])

# %% [markdown]
# **Question:** In another run the last lines of the log say: loss 2.31, 2.30, 2.33, then 4.9, 6.8,
# nan; and grad_norm 0.4, 0.5, 3.1, 90, 2,000. Which was the first sign of trouble, and name two
# things that you would try. Two or three sentences.

# %%
question(
    "10.5",
    kind="text",
    rubric=[
        "the norm of the gradients grew (3.1, then 90) one step before the loss did",
        "a lower max_lr",
        "a longer warm-up, or clipping at a smaller norm, or a look at the batch of that step",
    ],
    hints=[
        "Compare the two rows step by step: which one left its usual size first?",
        "The loss of a step is measured before its update, the gradient decides the update.",
        "Large steps come from large gradients and a large rate: what limits each of them?",
    ],
    solution=(
        "The norm of the gradients, which went from 0.5 to 3.1 while the loss still looked\n"
        "normal. I would go back to the last checkpoint and try a lower max_lr or more warm-up\n"
        "steps, check that gradients are clipped, and look at the batch of that step."
    ),
)

# %% [markdown]
# ## 6. Two kinds of validation
#
# On the way the model is tested on a few fixed batches, at the end on the whole split. Why fixed?
# And why not the whole split each time?
#
# *Predict:* the loss on batches that are drawn anew each time: how far do they scatter?


# %%
def on_batch(seed):
    """The loss on one batch of the validation text."""
    x, y = val.batch(16, T, generator=torch.Generator().manual_seed(seed))
    whole.model.eval()
    with torch.inference_mode():
        return lm_cross_entropy(whole.model(x), y).item()


drawn = [on_batch(seed) for seed in range(20)]
again = [validation_loss(whole.model, val, T, batch_size=size) for size in (16, 64)]
print(f"20 batches: from {min(drawn):.3f} to {max(drawn):.3f} nats")
print(f"the same batch twice: {on_batch(0):.6f} and {on_batch(0):.6f}")
print(f"the whole split, in batches of 16 and of 64: {again[0]:.6f} and {again[1]:.6f}")
assert on_batch(0) == on_batch(0) and abs(again[0] - again[1]) < 1e-5

# %% [markdown]
# Two batches may differ by more than the model learns in many steps; on the same batches every
# difference is the model's own. The whole split gives one number, however it is cut into batches,
# and costs more. It is the one to report.
#
# For it the split is cut into windows that follow one another, and the last one is shorter. Every
# token but the first is predicted once, and every one counts the same.

# %% [markdown]
# **Question:** A split has 1,001 tokens, and T = 64. How many full windows are there, and how many
# tokens does the last, shorter one predict? Write both in a list.

# %%
question(
    "10.6",
    kind="list",
    key=list(divmod(1001 - 1, 64)),
    rubric=[
        "1,000 tokens are predicted, all but the first",
        "15 full windows of 64, and 40 more: a mean over the 16 windows would count these 40 as "
        "much as 64 others",
    ],
    hints=[
        "How many of the 1,001 tokens have one before them?",
        "Divide what is to be predicted by T; what is left over?",
        "1,000 = 15 · 64 + ?",
    ],
)

# %% [markdown]
# ## 7. Stop it, and go on
#
# Write `tinyllm.training_state` in `g2c/tinyllm/checkpoint.py`. Then we start the same run again,
# stop it in the middle, throw the objects away, and go on from the folder.
#
# *Predict:* how much will its weights differ from those of the run that was never stopped?

# %% tags=["nbval-ignore-output"]
Trainer(fresh_model(), train, val, config, out=RUNS / "stopped").run(STEPS // 2)

resumed = Trainer(fresh_model(seed=99), train, val, config, out=RUNS / "stopped")
resumed.resume()
print(f"going on from step {resumed.iteration}")
resumed.run()
pairs = list(zip(whole.model.parameters(), resumed.model.parameters(), strict=True))
print(f"largest difference in any weight: {max((a - b).abs().max().item() for a, b in pairs)}")
logs = [[e["loss"] for e in read_log(RUNS / n) if "loss" in e] for n in ("whole", "stopped")]
print(f"losses in the logs: {len(logs[0])} and {len(logs[1])}, equal: {logs[0] == logs[1]}")
assert all(torch.equal(a, b) for a, b in pairs) and logs[0] == logs[1]

# %% [markdown]
# Not small: zero. The weights alone would not have done it. Here is all that is kept, and what is
# said about a file whose end is missing.

# %%
newest = resumed.folder.all()[-1]
state = torch.load(newest, weights_only=True)
print("model:     ", ", ".join(list(state["model"])[:2]), "…", len(state["model"]), "tensors")
print("optimizer: ", len(state["optimizer"]["param_groups"]), "groups, and the averages")
print("iteration: ", state["iteration"])
print("extra:     ", ", ".join(state["extra"]))
damaged = RUNS / "damaged.pt"
damaged.write_bytes(newest.read_bytes()[:-1000])
try:
    load_checkpoint(damaged, resumed.model, resumed.optimizer)
except UnusableCheckpoint as error:
    print(str(error).replace(str(RUNS), "runs"))

# %% [markdown]
# `order` is the generator that draws the windows, `generators` are those that dropout uses.
# `resume` names a file like the damaged one and takes the checkpoint before it.

# %% [markdown]
# **Question:** You resume with the weights and the iteration alone; the optimizer starts empty.
# What is different in the next steps, and why does the loss often jump? Two or three sentences.

# %%
question(
    "10.7",
    kind="text",
    rubric=[
        "the moving averages of gradients and squares start at 0 again",
        "the direction and the size of the steps are then estimated from one or a few gradients, "
        "at a rate that is no longer in its warm-up",
        "the run is no longer the one that it would have been (not the same bits)",
    ],
    hints=[
        "What does AdamW remember between two steps?",
        "What is m, and what is v, after one gradient? What does dividing one by the root of the "
        "other give then?",
        "Warm-up exists because the first steps know little. Where in the schedule is this one?",
    ],
    solution=(
        "AdamW's moving averages are lost. The first steps then have about the full size of the\n"
        "rate in every entry, with signs from a single batch, in the middle of the schedule and\n"
        "without a warm-up. The loss can jump, and the run is another one from there on."
    ),
)

# %% [markdown]
# ## 8. When the loss is not finite
#
# Three steps go well. Then one weight becomes infinite, as an overflow would make it.
#
# *Predict:* what should a run do that has six hours to go?

# %%
broken = Trainer(fresh_model(), train, None, config, out=RUNS / "broken", progress=False)
broken.run(3)
broken.model.lm_head.weight.data[0, 0] = math.inf
before = [parameter.detach().clone() for parameter in broken.model.parameters()]
try:
    broken.run()
except FloatingPointError as error:
    print(str(error).replace(str(RUNS), "runs"))
    stopped = broken.iteration
unchanged = zip(before, broken.model.parameters(), strict=True)
assert stopped == 4 and all(torch.equal(a, b) for a, b in unchanged)

# %% [markdown]
# It stops, says since when, and names the checkpoint to go back to. Nothing was written into it,
# and nothing into the weights: your `clip_grad_norm_` refuses a norm that is not a number.

# %% [markdown]
# **Question:** Suppose a run without such a guard takes one step with a gradient in which a single
# entry is NaN, clipped by `grad *= max_norm / norm` as a whole. What do the weights look like
# after this step, and after the next? Answer with one letter.
#
# - (a) One weight is NaN, and it stays one.
# - (b) One weight is NaN after the step, and the next step mends it.
# - (c) The norm is NaN too, so all weights that have a gradient are NaN at once.
# - (d) The clipping removes the NaN.

# %%
question(
    "10.8",
    kind="choice",
    key="c",
    options={
        "a": "one weight is NaN, and it stays one",
        "b": "one weight is NaN after the step, and the next step mends it",
        "c": "the norm is NaN too, so all weights that have a gradient are NaN at once",
        "d": "the clipping removes the NaN",
    },
    rubric=[
        "the norm of all gradients together is NaN as soon as one entry is",
        "every gradient is multiplied by it, so every weight is NaN after the step, and no later "
        "step can mend that: only a checkpoint can",
    ],
    hints=[
        "What is the square root of a sum in which one term is NaN?",
        "By what does clipping multiply every gradient?",
        "NaN times anything is NaN, and a weight minus NaN too.",
    ],
)

# %% [markdown]
# ## 9. A batch that does not fit
#
# *Predict:* four micro-batches of 4 windows against one batch of 16: how far apart are the weights
# after 5 steps? With float32, and with float64?

# %%
gaps = {}
for dtype in (torch.float32, torch.float64):
    ends = []
    for batch_size, accumulation in ((16, 1), (4, 4)):
        settings = TrainConfig(max_steps=5, batch_size=batch_size, accumulation=accumulation)
        run = Trainer(fresh_model().to(dtype), train, None, settings, progress=False)
        run.run()
        ends.append(torch.cat([p.detach().flatten() for p in run.model.parameters()]))
    gaps[dtype] = (ends[0] - ends[1]).abs().max().item()
    print(f"{str(dtype):14} largest difference {gaps[dtype]:.0e}")
assert gaps[torch.float64] < 1e-9 < gaps[torch.float32]

# %% [markdown]
# The same update but for rounding: the order of a sum. Muon lifts small singular values, and so
# rounding too; that is why float32 shows more than its last digit.

# %% [markdown]
# **Question:** The loss of each micro-batch is a mean over its own tokens. By what must it be
# divided before `backward`, with B windows a micro-batch, T tokens a window and A micro-batches?
# Write it with the letters B, T and A.

# %%
question(
    "10.9",
    kind="number",
    key="A",
    rubric=["by A: the sum of the A gradients, each divided by A, is the gradient of their mean"],
    hints=[
        "backward adds up gradients. What is the mean of A numbers?",
        "B and T are in the mean already.",
        "The gradient of the large batch is the mean of the A gradients of its parts.",
    ],
)

# %% [markdown]
# ## 10. Two optimizers, one number of steps
#
# The runs above used Muon for the matrices of the layers. Here is the same run with AdamW alone.
# Each has a rate near its best: for the small settings 0.01, 0.02, 0.04 and 0.08 were tried once,
# and none of them was better than these by more than 0.02 nats.

# %% tags=["nbval-ignore-output"]
rate = RATES["adamw"]
by_adamw = replace(config, optimizer="adamw", max_lr=rate, min_lr=rate / 10, checkpoint_every=0)
other = Trainer(fresh_model(), train, val, by_adamw)
ends = {"muon": exact, "adamw": other.run()[-1]["val_loss"]}
for name, loss in ends.items():
    print(f"{name:6} {loss:.3f} nats on validation, {loss - floor:.3f} above the floor")
assert FULL or ends["muon"] < ends["adamw"]  # in the long run they come close

# %% [markdown]
# One seed, one small model, few steps: enough to see that the choice matters, not enough to say by
# how much in another run. And a step of Muon costs more. Module 12 compares in earnest.

# %% [markdown]
# **Question:** You want to claim that one optimizer is better than another. Name three things that
# must be equal, or equally well chosen, on both sides.

# %%
question(
    "10.10",
    kind="text",
    rubric=[
        "the budget: the same number of tokens, or the same time or FLOPs, said which",
        "each at its own best rate, found with the same effort, on a part of the training text",
        "the same model, data and exact validation loss, over several seeds",
    ],
    hints=[
        "Two runs have the same number of steps. Did they cost the same?",
        "Is the best rate of one also the best rate of the other?",
        "How large is the difference between two seeds of the same run?",
    ],
    solution=(
        "The same budget (and say in what: tokens, seconds or FLOPs); for each its own best\n"
        "learning rate, searched with the same effort and not on the validation text; the same\n"
        "model and data, and several seeds, because two runs of the same recipe differ as well."
    ),
)

# %% [markdown]
# ## 11. A faster way to the same numbers
#
# Your attention writes the (T, T) weights of every head down. A fused kernel computes the same
# without them. `use_fused_attention` exchanges yours for it, after it has compared the two in
# float64, values and gradients. What happens if yours is off by a thousandth?


# %%
class Louder(MultiHeadAttention):
    def forward(self, *arguments, **named):
        return 1.001 * super().forward(*arguments, **named)


model = fresh_model()
model.layers[0].attn.__class__ = Louder
try:
    use_fused_attention(model)
except ValueError as error:
    print(error)

# %% [markdown]
# It is noticed at the output already. (The number is below a thousandth because the largest entry
# of all, by which it is measured, is one of a gradient.)
#
# *Predict:* ten steps with and without the switch: by how much do the losses differ?

# %%
losses = {}
for fused in (False, True):
    short = replace(config, max_steps=10, warmup_steps=2, eval_every=0, fused=fused)
    run = Trainer(fresh_model(), train, None, short, progress=False)
    losses[fused] = [entry["loss"] for entry in run.run()]
    print(type(run.model.layers[0].attn).__name__, f"{losses[fused][-1]:.4f} nats")
gap = max(abs(a - b) for a, b in zip(losses[False], losses[True], strict=True))
print(f"largest difference of two losses: {gap:.0e} nats")
assert gap < 1e-3

# %% [markdown]
# The same but for rounding. At T = 64 there is little to win; the weights grow with T².

# %% [markdown]
# **Question:** B = 8, H = 16, T = 1024, float32. How many bytes do the attention weights of one
# layer take that a fused kernel never writes down?

# %%
question(
    "10.11",
    kind="number",
    key=8 * 16 * 1024**2 * 4,
    tolerance=0.03,
    rubric=["B · H · T · T numbers of 4 bytes: 536,870,912, half a gibibyte for each layer"],
    hints=[
        "Every head of every window has its own weights. What is their shape?",
        "(B, H, T, T), and a float32 has 4 bytes.",
        "8 · 16 · 1024 · 1024 · 4",
    ],
)

# %% [markdown]
# ## Let it speak

# %%
prompt = torch.tensor(tokenizer.encode("Once upon a time"))
generator = torch.Generator().manual_seed(0)
whole.model.eval()
ids = sample(whole.model, prompt, 120, context_length=T, generator=generator)
print(tokenizer.decode(ids).split(END_OF_TEXT)[0])
assert len(ids) == len(prompt) + 120

# %% [markdown]
# *In words of your own:* what has it learned, and what not? Words, sentences, names that stay the
# same, a plot that ends? Module 11 gives you ways to choose from what it says.
#
# A model with a name is trained in the terminal, and goes on where it was stopped:
#
# `./noteboosh.sh train stories`
#
# `./noteboosh.sh train stories --resume`

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 10` reads your saved answers and shows them in one list. Everything from
# module 00 on has now met in one loop, and its result can write.
