# ruff: noqa: F401, I001  cells stand alone, and the built notebook uses `answer`

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
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer, UnusableCheckpoint, load_checkpoint
from g2c.tinyllm import plot_curve, prepare, read_log, use_fused_attention, validation_loss
from g2c.tokenizer import course_tokenizer
from g2c.transformer import TransformerLM, llama_style

# %% [markdown]
# ## The run
#
# By the small settings the whole notebook takes about half a minute. With `FULL = True` the model
# is larger and learns for some minutes.

# %%
FULL = False
D, T, LAYERS, STEPS, STORIES = (128, 128, 4, 800, 20_000) if FULL else (64, 64, 2, 160, 2_000)
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
# memory, and nothing is read before somebody looks at it.
#
# *Predict:* the vocabulary has 1,500 tokens. How many bytes does one id take on disk?

# %%
texts = {"train": toystories.sample(STORIES, seed=0), "val": toystories.sample(200, seed=1)}
files = {}
for name, stories in texts.items():
    chunks = (story + END_OF_TEXT for story in stories)
    files[name] = prepare(chunks, tokenizer, RUNS / f"{name}.bin", progress=False)
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
# *Predict:* the loss of a fresh model. (log V, and the little more that module 09b found.)

# %%
config = TrainConfig(max_steps=STEPS, batch_size=16, max_lr=4e-2, eval_every=STEPS // 4)
trainer = Trainer(fresh_model(), train, val, config, progress=False)
loss, grad_norm = trainer.train_step()
print(f"loss {loss.item():.2f} nats, log V + D / (D + V) = {math.log(V) + D / (D + V):.2f}")
print(f"the gradients were {grad_norm:.2f} long, the rate was {trainer.learning_rate():.5f}")
assert abs(loss.item() - math.log(V) - D / (D + V)) < 0.2

# %% [markdown]
# The parts of a step make no noise when they stand in a wrong order: the loss still falls. Here is
# what one of them does. Three runs take 20 steps at a small rate with plain gradients; one of them
# meets a broken batch, whose gradient is ten thousand times too long.


# %%
class Plain(torch.optim.SGD):
    """SGD that can clip at the right moment, or only after its step."""

    clips_first = True

    def step(self):
        parameters = self.param_groups[0]["params"]
        if self.clips_first:
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        super().step()


# %%
def far_after_a_broken_batch(clips_first):
    model = fresh_model()
    optimizer = Plain(model.parameters(), lr=0.1)
    optimizer.clips_first = clips_first
    before = torch.cat([p.detach().flatten().clone() for p in model.parameters()])
    x, y = train.batch(8, T, generator=torch.Generator().manual_seed(0))
    (1e4 * lm_cross_entropy(model(x), y)).backward()
    optimizer.step()
    after = torch.cat([p.detach().flatten() for p in model.parameters()])
    return (after - before).norm().item()


# %%
moved = {first: far_after_a_broken_batch(first) for first in (True, False)}
print(f"clipped before the step: all weights together moved by {moved[True]:8.2f}")
print(f"clipped after the step:  all weights together moved by {moved[False]:8.2f}")
assert moved[True] < 0.11 and moved[False] > 100

# %% [markdown]
# **Question:** Put these into the order of one update; write the letters in a list, such as
# `[a, b, …]`: a clip the gradients, b forward and loss, c empty the gradients, d step of the
# optimizer, e backward. (The rate is set before all of them.)

# %%
question(
    "10.2",
    kind="list",
    key=["c", "b", "e", "a", "d"],
    rubric=[
        "empty, forward and loss, backward, clip, step",
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
small = TrainConfig(max_steps=60, batch_size=8, max_lr=2e-2, eval_every=0)
learner = Trainer(fresh_model(), train, None, small, progress=False)
batch = next(learner.micro_batches())
learner.micro_batches = lambda: iter([batch])
entries = learner.run()
for entry in entries[::12] + entries[-1:]:
    print(f"step {entry['step']:3}: {entry['loss']:.4f} nats")
assert entries[-1]["loss"] < 0.1

# %% [markdown]
# Below the entropy of the text: it has learned these windows, and nothing about stories.

# %% [markdown]
# **Question:** A friend's model reaches 0.05 nats on one batch, but in a real run its validation
# loss never goes below log V. Which of these could be the reason?

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
        "with each other, and nothing of that carries over to another text",
        "without gradients the one batch would not have been learned either",
    ],
    hints=[
        "Which of the reasons would already have stopped the one batch?",
        "What can be learned by heart, but not understood?",
        "If the right answer to a window came from somewhere else in the text, could you still "
        "memorise it?",
    ],
    solution="b",
)

# %% [markdown]
# ## 4. Train, and watch
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
# *The picture in words:* the training loss falls steeply from above the dotted line at log V and
# then ever more slowly; the validation points lie on it; the black line of the entropy is far below
# both, and the gap is what is still to be learned.
#
# During the run the model is tested on eight fixed batches, the same each time, so that two points
# differ because of the model and not because of the draw. At the end it is tested on all of the
# text.
#
# The log holds more than losses: what the norms say, and what a step costs.

# %% tags=["nbval-ignore-output"]
steps = [entry for entry in log_of_run if "loss" in entry]
for entry in steps[:: STEPS // 5]:
    print(f"step {entry['step']:4}: rate {entry['lr']:.5f}, gradients {entry['grad_norm']:5.2f}")
for check in (entry for entry in log_of_run if "activation_rms" in entry):
    layers = ", ".join(f"{rms:.2f}" for rms in check["activation_rms"])
    print(f"step {check['step']:4}: weights {check['weight_norm']:.1f}, layers {layers}")
print(f"{steps[-1]['tokens'] / steps[-1]['seconds']:,.0f} tokens a second")
clipped = sum(entry["grad_norm"] > config.max_norm for entry in steps)
print(f"{clipped} of {len(steps)} steps were clipped")

# %% [markdown]
# **Question:** In another run the last lines of the log say: loss 2.31, 2.30, 2.33, then 4.9, 6.8,
# nan; and grad_norm 0.4, 0.5, 3.1, 90, 2,000. Which was the first sign of trouble, and name two
# things that you would try. Two or three sentences.

# %%
question(
    "10.4",
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
# ## 5. Stop it, and go on
#
# Write `tinyllm.training_state` in `g2c/tinyllm/checkpoint.py`. Then we start the same run again,
# stop it in the middle, throw the objects away, and go on from the folder.
#
# *Predict:* how much will its weights differ from those of the run that was never stopped?

# %% tags=["nbval-ignore-output"]
Trainer(fresh_model(), train, val, config, out=RUNS / "broken").run(STEPS // 2)

resumed = Trainer(fresh_model(seed=99), train, val, config, out=RUNS / "broken")
resumed.resume()
print(f"going on from step {resumed.iteration}")
resumed.run()
pairs = zip(whole.model.parameters(), resumed.model.parameters(), strict=True)
differences = [(a - b).abs().max().item() for a, b in pairs]
print(f"largest difference in any weight: {max(differences)}")
assert max(differences) == 0.0

# %% [markdown]
# Not small: zero. The weights alone would not have done it. Here is all that is kept, and what
# happens to a file whose end is missing.

# %%
newest = sorted((RUNS / "broken").glob("step-*.pt"))[-1]
state = torch.load(newest, weights_only=True)
for name, part in state.items():
    print(f"{name:10} {', '.join(part) if name == 'extra' else type(part).__name__}")
damaged = RUNS / "damaged.pt"
damaged.write_bytes(newest.read_bytes()[:-1000])
try:
    load_checkpoint(damaged, resumed.model, resumed.optimizer)
except UnusableCheckpoint as error:
    print(f"\n{str(error).replace(str(RUNS), 'runs')}")

# %% [markdown]
# **Question:** You resume with the weights and the iteration alone; the optimizer starts empty.
# What is different in the next steps, and why does the loss often jump? Two or three sentences.

# %%
question(
    "10.5",
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
# ## 6. A batch that does not fit
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
    "10.6",
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
# ## 7. Two optimizers, one number of steps
#
# The runs above used Muon for the matrices of the layers. Here is the same run with AdamW alone.
# Each has the best of the rates 0.01, 0.02 and 0.04, tried once: 0.04 for Muon, 0.02 for AdamW.

# %% tags=["nbval-ignore-output"]
by_adamw = replace(config, optimizer="adamw", max_lr=2e-2, min_lr=2e-3, checkpoint_every=0)
other = Trainer(fresh_model(), train, val, by_adamw)
ends = {"muon": exact, "adamw": other.run()[-1]["val_loss"]}
for name, loss in ends.items():
    print(f"{name:6} {loss:.3f} nats on validation, {loss - floor:.3f} above the floor")
assert ends["muon"] < ends["adamw"]

# %% [markdown]
# One seed, one small model, 160 steps: enough to see that the choice matters, not enough to say by
# how much in another run. And a step of Muon costs more. Module 12 compares in earnest.

# %% [markdown]
# **Question:** You want to claim that one optimizer is better than another. Name three things that
# must be equal, or equally well chosen, on both sides.

# %%
question(
    "10.7",
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
# ## 8. A faster way to the same numbers
#
# `use_fused_attention` exchanges your attention for a kernel of the library, after it has compared
# the two. What happens if yours is off by a thousandth?


# %%
class Louder(MultiHeadAttention):
    def forward(self, *arguments):
        return 1.001 * super().forward(*arguments)


use_fused_attention(fresh_model())
print("your attention and the fused one agree")
model = fresh_model()
model.layers[0].attn.__class__ = Louder
try:
    use_fused_attention(model)
except ValueError as error:
    print(error)

# %% [markdown]
# ## 9. Let it speak

# %%
prompt = torch.tensor(tokenizer.encode("Once upon a time"))
generator = torch.Generator().manual_seed(0)
whole.model.eval()
ids = sample(whole.model, prompt, 120, context_length=T, generator=generator)
text = tokenizer.decode(ids).split(END_OF_TEXT)[0]
print(text)

# %% [markdown]
# *In words of your own:* what has it learned, and what not? Words, sentences, names that stay the
# same, a plot that ends? The next module gives you ways to choose from what it says.
#
# A model with a name is trained in the terminal, and goes on where it was stopped:
#
# `./noteboosh.sh train stories`
#
# `./noteboosh.sh train stories --resume`

# %% [markdown]
# **Question:** The validation loss of this model is some way above the floor. What is the
# perplexity of a model that reaches a floor of 0.30 nats per token exactly? Two digits behind the
# point.

# %%
question(
    "10.8",
    kind="number",
    key=1.34986,
    tolerance=0.005,
    rubric=["exp(0.30), about 1.35: on average it is about as unsure as between 1.35 tokens"],
    hints=[
        "Perplexity is the exponential of a loss in nats.",
        "A floor of 0 would be a perplexity of 1: always sure, always right.",
        "`math.exp(0.30)`",
    ],
    solution="1.35",
)
