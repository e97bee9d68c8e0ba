# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 09 Transformer: how do the parts become one language model?
#
# Read [the lesson](../../lessons/09-transformer.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_transformer.py`
#
# Write the ten exercises in `g2c/transformer/` as you meet them here. Before a cell runs, say to
# yourself what it will print. Each part ends in a question: write your answer between the triple
# quotes and run its cell. A blank answer is skipped, never wrong. If you are stuck, answer
# `hint, please`.
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
from tqdm import tqdm

from g2c.corpora import load_corpus
from g2c.nn import CrossEntropyLoss, reset_parameters
from g2c.tokenizer import CharTokenizer
from g2c.training import AdamW
from g2c.transformer import FeedForward, LayerNorm, RMSNorm, SwiGLU, TransformerLM
from g2c.transformer import gelu, gelu_tanh, gpt2_style, llama_style, silu, sizes_at_peak

# %% [markdown]
# `FULL = True` trains the models of exercises 9 and 10 eight times as long.

# %%
FULL = False
STEPS = 400 if FULL else 50


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# %% [markdown]
# ## 1. Norms
#
# *Yours:* `layer_norm` and `rms_norm` in `g2c/transformer/norms.py`.
#
# We change four vectors in three ways, and look at which of the normed vectors change.
#
# *Predict:* six answers, three changes for two norms.

# %%
x = torch.randn(4, 6, generator=seeded(0))
other_end = torch.cat((x[:3], torch.randn(1, 6, generator=seeded(1))))
changes = {"three times as large": 3 * x, "everything plus 5": x + 5, "another last one": other_end}
moved = {}
for name, changed in changes.items():
    for norm in (LayerNorm(6), RMSNorm(6)):
        far = (norm(changed) - norm(x)).abs().amax(-1) > 1e-2
        moved[name, type(norm).__name__] = far.nonzero().flatten().tolist()
for (name, norm), which in moved.items():
    print(f"{name:>20}: {norm:>9} moves vectors {which}")
assert list(moved.values()) == [[], [], [], [0, 1, 2, 3], [3], [3]]

# %% [markdown]
# Both forget how loud a vector is. LayerNorm also forgets what all its entries have in common.
# And neither lets one vector notice another: that is what keeps the future out.

# %% [markdown]
# **Question:** With eps = 0 and weights of 1, what becomes of the vector (3, 4)? Write the first
# entry for each norm, `layer = …` and `rms = …`, to three digits.

# %% tags=["author"]
import torch

from g2c.transformer import LayerNorm, RMSNorm

three_four = torch.tensor([3.0, 4.0], dtype=torch.float64)
normed = {
    "layer": LayerNorm(2, eps=0, dtype=torch.float64)(three_four)[0].item(),
    "rms": RMSNorm(2, eps=0, dtype=torch.float64)(three_four)[0].item(),
}

# %%
question(
    "09.1",
    kind="number",
    key=normed,
    tolerance=0.005,
    rubric=[
        "layer: the mean is 3.5 and the variance 0.25, so 3 becomes -0.5 / 0.5 = -1",
        "rms: the mean of the squares is 25 / 2, so 3 becomes 3 / sqrt(12.5) = 0.849",
    ],
    hints=[
        "Which number does each norm divide by? Write it down for the two entries 3 and 4.",
        "Layer: subtract 3.5, then divide by the root of the mean of 0.25 and 0.25. Rms: divide "
        "by the root of the mean of 9 and 16.",
        "The variance is divided by 2, not by 1, and the mean of 9 and 16 is 12.5.",
    ],
    solution="layer = -1\nrms = 0.849",
)

# %% [markdown]
# ## 2. Nonlinearities
#
# *Yours:* `gelu`, `gelu_tanh` and `silu` in `activations.py`.


# %%
def plot_curves(x, curves, title):
    """Each curve over x, with relu in grey as the baseline. Returns Axes."""
    _, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    axes.plot(x, x.clamp(min=0), color="gray", linestyle=":", label="relu")
    for (name, y), color, style in zip(curves.items(), ("C0", "C1"), ("-", "--"), strict=True):
        axes.plot(x, y, color=color, linestyle=style, label=name)
    axes.set(xlabel="x", ylabel="f(x)", title=title)
    axes.legend()
    return axes


# %% [markdown]
# *Predict:* how far below zero does each of the two curves go?

# %%
x = torch.linspace(-5, 3, 801, dtype=torch.float64)
curves = {"GELU": gelu(x), "SiLU": silu(x)}
lowest = {name: y.min().item() for name, y in curves.items()}
off = (gelu(x) - gelu_tanh(x)).abs().max().item()
for at in (-4, -2, -1, 0, 1, 2):
    point = torch.tensor(float(at))
    print(f"x = {at:2}:  GELU {gelu(point):7.4f}   SiLU {silu(point):7.4f}")
print(f"GELU by tanh is off by {off:.5f} at most")
title = f"GELU goes down to {lowest['GELU']:.2f}, SiLU to {lowest['SiLU']:.2f}"
plot_curves(x, curves, title)
assert off < 0.0005 and lowest["SiLU"] < lowest["GELU"] < -0.15

# %% [markdown]
# *The picture in words:* relu is flat up to 0 and then rises in a straight line. GELU and SiLU
# follow it with a soft corner. To the left of 0 both dip below the axis and come back to it; SiLU
# dips deeper, and further out.

# %% [markdown]
# **Question:** gelu(1) is 0.8413. Without computing it again: what is gelu(-1)? (Φ(x) and Φ(-x)
# add up to 1.)

# %% tags=["author"]
from g2c.transformer import gelu

gelu_of_minus_one = gelu(torch.tensor(-1.0, dtype=torch.float64)).item()

# %%
question(
    "09.2",
    kind="number",
    key=gelu_of_minus_one,
    tolerance=0.002,
    rubric=[
        "gelu(x) - gelu(-x) = x · (Φ(x) + Φ(-x)) = x",
        "so gelu(-1) = 0.8413 - 1 = -0.1587",
    ],
    hints=[
        "Write gelu(1) and gelu(-1) with Φ. What is their difference?",
        "gelu(-1) = -1 · Φ(-1), and Φ(-1) = 1 - Φ(1).",
        "Φ(1) is 0.8413 as well, because gelu(1) = 1 · Φ(1).",
    ],
    solution="-0.1587",
)

# %% [markdown]
# ## 3. The width of a gate
#
# *Yours:* `feed_forward` and `swiglu` in `feed_forward.py`.
#
# *Predict:* which of the two layers has more weights?


# %%
def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


for d_model in (96, 384, 768):
    plain, gated = FeedForward(d_model), SwiGLU(d_model)
    for layer in (plain, gated):
        d_ff, name = layer.w1.out_features, type(layer).__name__
        print(f"D = {d_model}: {name:>11}, d_ff = {d_ff:4}, {count(layer):9,} weights")
    assert count(plain) == count(gated)  # here 8/3 D is a multiple of 64
shape = SwiGLU(96)(torch.randn(2, 5, 96, generator=seeded(0))).shape
assert shape == (2, 5, 96)

# %% [markdown]
# Two matrices of 4 D or three of 8/3 D: 8 D² weights each time.

# %% [markdown]
# **Question:** Which d_ff does `SwiGLU(1000)` have? The rule is 8/3 of D, to the nearest multiple
# of 64.

# %% tags=["author"]
from g2c.transformer import SwiGLU

gate_of_1000 = SwiGLU(1000, device="meta").w1.out_features

# %%
question(
    "09.3",
    kind="number",
    key=gate_of_1000,
    rubric=["8/3 · 1000 is 2666.7", "that is 41.7 times 64, so 42 · 64 = 2688"],
    hints=[
        "How many times does 64 fit into 8/3 of 1000?",
        "8 · 1000 / 3 / 64 is a little below 42. Round to the nearest whole number.",
        "Multiply that whole number by 64.",
    ],
)

# %% [markdown]
# ## 4. The stream
#
# *Yours:* `pre_norm` and `post_norm` in `block.py`, then `transformer_lm` in `lm.py`.
#
# In a pre-norm model the vector at the top is a sum. We listen to every sublayer and add up.
#
# *Predict:* how many terms does the sum have, for two layers?

# %%
sizes = {"vocab_size": 20, "context_length": 16, "d_model": 24, "num_layers": 2, "num_heads": 4}
model = reset_parameters(TransformerLM(llama_style(**sizes)), seeded(0))
said = {}


def listen(name, module):
    module.register_forward_hook(lambda module, given, out: said.update({name: out.detach()}))


# %%
listen("embeddings", model.token_embeddings)
for i, layer in enumerate(model.layers):
    listen(f"attention {i}", layer.attn)
    listen(f"feed-forward {i}", layer.ffn)
listen("top", layer)
_ = model(torch.randint(20, (3, 16), generator=seeded(1)))
top = said.pop("top")
for name, out in said.items():
    print(f"{name:>14}: root mean square {out.square().mean().sqrt():.2f}")
print(f"{'their sum':>14}: root mean square {sum(said.values()).square().mean().sqrt():.2f}")
assert torch.allclose(sum(said.values()), top, atol=1e-5)

# %% [markdown]
# The sum of everything that was said *is* the stream at the top. What a head can read there,
# somebody has written.

# %% [markdown]
# **Question:** In a trained pre-norm model in Llama's style you set the last matrix of every
# sublayer (`output_proj` and `w2`) to zero. What is left? Answer with one letter.
#
# - (a) A model that gives every token the same probability.
# - (b) A model that sees only the current token, like the bigram of module 06.
# - (c) Nothing: the final norm divides by zero.
# - (d) The model as it was, since the other matrices still work.

# %%
question(
    "09.4",
    kind="choice",
    key="b",
    options={
        "a": "the same probability for all",
        "b": "only the current token",
        "c": "a division by zero",
        "d": "the model as it was",
    },
    rubric=[
        "every sublayer answers 0, so the stream at the top is the embedding of the current token",
        "norm and head look at one position, so the logits depend on that token alone",
    ],
    hints=[
        "What does each sublayer say now? And what is the sum?",
        "The stream at the top is then the embedding. Which tokens has it seen?",
        "Attention was the only place where positions exchange anything, and it says 0.",
    ],
)

# %% [markdown]
# ## 5. Count the parameters
#
# *Predict:* for a model this small, which part is largest?

# %%
PARTS = {"token_embeddings": "token embeddings", "position_embeddings": "positions"}
PARTS |= {"attn": "attention", "ffn": "feed-forward", "lm_head": "head"}
PARTS |= dict.fromkeys(("ln1", "ln2", "ln_final"), "norms")


def by_part(model):
    counts = dict.fromkeys(PARTS.values(), 0)
    for name, parameter in model.named_parameters():
        counts[next(PARTS[word] for word in name.split(".") if word in PARTS)] += parameter.numel()
    return counts


# %%
sizes = {"vocab_size": 1000, "context_length": 128, "d_model": 96, "num_layers": 4, "num_heads": 6}
tables = []
for style in (gpt2_style, llama_style):
    model = TransformerLM(style(**sizes))
    tables.append(by_part(model))
    assert sum(tables[-1].values()) == count(model)
print(f"{'':>16}  gpt2_style llama_style")
for part in tables[0]:
    print(f"{part:>16} {tables[0][part]:11,} {tables[1][part]:11,}")
print(f"{'sum':>16} {sum(tables[0].values()):11,} {sum(tables[1].values()):11,}")

# %% [markdown]
# The two feed-forwards differ by their biases alone. With more layers and a larger D the
# feed-forward takes over: it grows with D², the embeddings with D.

# %% [markdown]
# **Question:** How many weights has the attention of *one* layer in Llama's style, with D = 512,
# num_heads = 8 and num_kv_heads = 2? (No biases.)

# %% tags=["author"]
from g2c.attention import MultiHeadAttention

grouped = MultiHeadAttention(512, 8, num_kv_heads=2, device="meta")
weights_of_attention = sum(parameter.numel() for parameter in grouped.parameters())

# %%
question(
    "09.5",
    kind="number",
    key=weights_of_attention,
    rubric=[
        "q and output: 512 · 512 each",
        "k and v: two heads of 64, so 512 · 128 each",
        "together 2 · 262,144 + 2 · 65,536 = 655,360",
    ],
    hints=[
        "There are four matrices. Which two become smaller when heads share keys and values?",
        "d_head is 512 / 8 = 64. Keys and values have 2 heads of that size.",
        "2 · 512 · 512 for q and the output, 2 · 512 · 128 for k and v.",
    ],
)

# %% [markdown]
# ## 6. The first loss
#
# The text from here on: children's stories, one token a character. A few lines cut windows of T
# inputs, each with the token that follows it; module 09b does this properly, and says why.

# %%
T = 32
text = load_corpus("toystories").text()
tokenizer = CharTokenizer.from_text(text)
ids, V = torch.tensor(tokenizer.encode(text)), tokenizer.vocab_size
train, val = ids[: len(ids) * 9 // 10], ids[len(ids) * 9 // 10 :]


def windows(stream, B, generator):
    starts = torch.randint(len(stream) - T, (B, 1), generator=generator)
    cut = stream[starts + torch.arange(T + 1)]  # (B, T + 1)
    return cut[:, :-1], cut[:, 1:]


def loss_of(model, x, y):
    return CrossEntropyLoss()(model(x).flatten(0, 1), y.flatten())


# %%
def small(seed=0, D=32, L=4, style=llama_style, **fields):
    sizes = {"vocab_size": V, "context_length": T, "d_model": D, "num_layers": L, "d_ff": 2 * D}
    config = style(num_heads=D // 8, **sizes, **fields)
    return reset_parameters(TransformerLM(config), seeded(seed))


x, y = windows(val, 32, seeded(2))
print(f"V = {V}, log V = {math.log(V):.2f}")

# %% [markdown]
# *Predict:* does the first loss depend on the style, on the depth, on D?

# %%
for D, L in ((32, 1), (32, 4), (96, 2)):
    for style in (gpt2_style, llama_style):
        with torch.no_grad():
            losses = [loss_of(small(seed, D, L, style), x, y).item() for seed in range(4)]
        measured, expected = sum(losses) / 4, math.log(V) + D / (D + V)
        name = f"D = {D}, L = {L}, {style.__name__}"
        print(f"{name:>26}: measured {measured:.2f}, expected {expected:.2f}")
        assert abs(measured - expected) < 0.2

# %% [markdown]
# Only D counts, besides V: the final norm hands the head vectors of one size, whatever happened
# below it.

# %% [markdown]
# **Question:** GPT-2 small has V = 50,257 and D = 768. Which first loss do you expect for a model
# of ours with these sizes and a head of its own? Two digits after the point.

# %%
question(
    "09.6",
    kind="number",
    key=log(50257) + 768 / (768 + 50257),
    tolerance=0.0005,
    rubric=[
        "log 50,257 is 10.825",
        "D / (D + V) adds 0.015: with a large vocabulary hardly anything",
        "together 10.84",
    ],
    hints=[
        "The lesson has the formula: log V and one more term.",
        "The second term is D / (D + V). Is it large here?",
        "`math.log(50257) + 768 / (768 + 50257)`",
    ],
    solution="10.84",
)

# %% [markdown]
# ## 7. No look ahead
#
# Which input places can move the logits of which place? We change one token at a time, for two
# models: yours, and one whose norms take their mean over the positions.
#
# *Predict:* the shape of the two pictures.


# %%
def over_positions(x):
    return x / (x.square().mean(-2, keepdim=True) + 1e-5).sqrt()


@torch.no_grad()
def influence(model, mask=None):
    """A square: does changing input s (column) move the logits of place t (row)?"""
    x = train[None, :8]
    rows = []
    for s in range(8):
        other = x.clone()
        other[0, s] = (other[0, s] + 1) % V
        rows.append((model(x, mask=mask) - model(other, mask=mask)).abs().amax((0, 2)) > 1e-5)
    return torch.stack(rows, dim=1)


# %%
right, wrong = small(L=2), small(L=2)
for part in wrong.modules():
    if isinstance(part, RMSNorm):
        part.normalise = over_positions
pictures = {"your norms": influence(right), "norms over positions": influence(wrong)}
for name, square in pictures.items():
    print(name, *("".join(" ▪" if seen else " ·" for seen in row) for row in square), sep="\n")
assert torch.equal(pictures["your norms"], torch.ones(8, 8).tril().bool())
assert pictures["norms over positions"].all()

# %% [markdown]
# *The picture in words:* with your norms, a triangle: place t is moved by the inputs 0 to t. With
# norms over positions, a full square: every place knows something about the future. Its mask is
# the same; the leak is in the norm.

# %% [markdown]
# **Question:** A mask lets each place see only itself and the place before it. The model has
# *two* layers. Which input places can move the logits of place 5? Write a list.

# %% tags=["author"]
from g2c.nn import reset_parameters
from g2c.transformer import TransformerLM

narrow = (torch.ones(8, 8).tril() * torch.ones(8, 8).triu(-1)).bool()
two_layers = reset_parameters(
    TransformerLM(
        vocab_size=9, context_length=8, d_model=8, num_layers=2, num_heads=2, dtype=torch.float64
    ),
    torch.Generator().manual_seed(0),
)
plain_ids = torch.arange(8)[None]
before = two_layers(plain_ids, mask=narrow)[0, 5]
reached = []
for place in range(8):
    other_ids = plain_ids.clone()
    other_ids[0, place] = 8
    if not torch.equal(two_layers(other_ids, mask=narrow)[0, 5], before):
        reached.append(place)

# %%
question(
    "09.7",
    kind="list",
    key=reached,
    rubric=[
        "in the upper layer place 5 sees places 4 and 5",
        "in the lower layer place 4 has seen 3 and 4, and place 5 has seen 4 and 5",
        "so 3, 4 and 5: each layer reaches one place further",
    ],
    hints=[
        "Which places does place 5 see in the upper layer? And what have those seen below?",
        "Go down one layer at a time: 5 looks at 4 and 5. At what has 4 looked?",
        "One layer reaches one place back, two layers two.",
    ],
)

# %% [markdown]
# ## 8. Through the depth
#
# Fresh models of twelve layers: how large is the stream after each layer, and how large is the
# gradient of each layer's weights?
#
# *Predict:* which curve grows, which is flat, for pre-norm and for post-norm?


# %%
def through_depth(model):
    """The size of the stream after each layer, and the norm of each layer's gradient."""
    stream, hooks = [], []
    for layer in model.layers:
        hook = layer.register_forward_hook(lambda layer, given, out: stream.append(out.detach()))
        hooks.append(hook)
    loss_of(model, x, y).backward()
    for hook in hooks:
        hook.remove()
    sizes = [out.square().mean().sqrt().item() for out in stream]
    norms = []
    for layer in model.layers:
        norms.append(sum(p.grad.square().sum() for p in layer.parameters()).sqrt().item())
    return sizes, norms


# %%
def plot_depth(curves, titles):
    """Left the stream, right the gradients, a line for each arrangement. Returns both Axes."""
    _, both = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    labels = ("root mean square of the stream", "norm of the gradient")
    for side, (axes, label, title) in enumerate(zip(both, labels, titles, strict=True)):
        for (name, pair), color, style in zip(
            curves.items(), ("C0", "C1"), ("-", "--"), strict=True
        ):
            places = range(1, len(pair[side]) + 1)
            axes.plot(places, pair[side], style, marker="o", color=color, label=name)
        axes.set(xlabel="layer", ylabel=label, title=title)
        axes.set_ylim(bottom=0)
    both[0].axhline(1, color="gray", linestyle=":")
    both[0].legend()
    return both


# %%
curves = {}
for name, pre in (("pre-norm", True), ("post-norm", False)):
    runs = [through_depth(small(seed, L=12, pre_norm=pre)) for seed in range(2)]
    means = [torch.tensor(rows).mean(0).tolist() for rows in zip(*runs, strict=True)]
    curves[name] = means
    for what, numbers in zip(("stream  ", "gradient"), means, strict=True):
        print(f"{name:>9}, {what}:", *(f"{number:.1f}" for number in numbers))
sizes, gradients = curves["pre-norm"]
titles = [f"Pre-norm grows to {sizes[-1]:.1f}, post-norm stays at 1"]
titles += [f"Pre-norm: {gradients[0] / gradients[-1]:.1f} times as large at the bottom"]
plot_depth(curves, titles)
assert sizes[-1] > 2 and abs(curves["post-norm"][0][-1] - 1) < 0.01
assert gradients[0] > 1.5 * gradients[-1]

# %% [markdown]
# *The picture in words:* left, the stream of pre-norm rises from about 1 to about 3, while
# post-norm lies on the dotted line at 1. Right, the gradients of pre-norm become smaller from the
# lowest layer to the highest; those of post-norm stay at about the same height.
#
# In pre-norm, layer 12 adds to a stream that is already large, so the same step in its weights
# changes the top by less.

# %% [markdown]
# **Question:** Why does a pre-norm model need a norm in front of the head, and a post-norm model
# none? What would happen to the first loss without it, and how would that depend on the depth?
# Two or three sentences.

# %%
question(
    "09.8",
    kind="text",
    rubric=[
        "in pre-norm the stream itself is never normed, and it grows with every layer",
        "in post-norm the last thing each layer does is norm the stream, so the head gets vectors "
        "of one size already",
        "without the final norm the logits are too spread out, so the first loss is above log V + "
        "D / (D + V), the more the deeper the model",
    ],
    hints=[
        "What is the size of the stream at the top, in the left picture?",
        "The logits are as large as what the head is given. What do large random logits cost?",
        "Compare the last operation of a post-norm layer with that of a pre-norm layer.",
    ],
    solution=(
        "In pre-norm only what the sublayers hear is normed. The stream itself grows with every "
        "layer, so\n"
        "without a final norm the logits would spread more the deeper the model is, and the first "
        "loss would\n"
        "lie further above log V + D / (D + V). In post-norm each layer ends with a norm, so the "
        "head gets\n"
        "vectors of size 1 anyway."
    ),
)

# %% [markdown]
# ## 9. Take a part away
#
# Now we train, four layers with D = 32. One model is complete, from the others a part is taken:
# the plus, the norms, or the place of the norm.
#
# *Predict:* sort the four by their loss after training. Does one of them not learn at all?


# %%
def without_residual(x, norm, sublayer):
    return sublayer(norm(x))


def without_norm(x, norm, sublayer):
    return x + sublayer(x)


# %%
def arm(name, seed=0):
    model = small(seed, pre_norm="post" not in name)
    for layer in model.layers:
        if name == "no residual":
            layer.arrange = without_residual
        if name == "no norm":
            layer.arrange = without_norm
    if name == "no norm":
        model.ln_final = None
    return model


# %%
def trained(name, model, lr=0.01, seed=1):
    """The loss of every step, and at the end the loss on windows that were not trained on."""
    optimizer, generator, losses = AdamW(model.parameters(), lr=lr), seeded(seed), []
    for _ in tqdm(range(STEPS), desc=f"{name:>12}", leave=False):
        loss = loss_of(model, *windows(train, 8, generator))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, loss_of(model, x, y).item()


# %%
ARMS = {"pre-norm": ("C0", "-"), "post-norm": ("C1", "--"), "no residual": ("C2", "-.")}
ARMS |= {"no norm": ("C3", ":"), "four of 32": ("C0", "-"), "one of 64": ("C4", "--")}
ARMS |= {"sixteen of 16": ("C5", "-.")}
share = torch.bincount(train, minlength=V) / len(train)
unigram = -share[val].log().mean().item()  # what counting characters gives


def smooth(losses):
    """Each point a mean of five."""
    return torch.tensor(losses).unfold(0, 5, 1).mean(-1)


# %%
def plot_runs(runs, title):
    """Loss by step, smoothed, and a baseline; cut off at 5 nats. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for name, (losses, _) in runs.items():
        color, style = ARMS[name]
        label = name if smooth(losses).min() < 5 else f"{name} (above the picture)"
        axes.plot(range(5, len(losses) + 1), smooth(losses), style, color=color, label=label)
    axes.axhline(unigram, color="gray", linewidth=0.8, label="character frequencies")
    axes.set(xlabel="step", ylabel="loss (nats per token)", title=title)
    lowest = min(smooth(losses).min() for losses, _ in runs.values())
    axes.set_ylim(lowest - 0.1, min(5, axes.get_ylim()[1]))
    axes.legend()
    return axes


# %% tags=["nbval-ignore-output"]
runs = {name: trained(name, arm(name)) for name in list(ARMS)[:4]}
print(f"{'':>12}  first step  held-out windows at the end")
for name, (losses, end) in runs.items():
    print(f"{name:>12} {losses[0]:11.2f} {end:9.2f}")
print(f"{'frequencies':>12} {'':11} {unigram:9.2f}")
ends = {name: end for name, (_, end) in runs.items()}
plot_runs(runs, "Without the plus, the model only learns to count characters")
assert abs(ends["no residual"] - unigram) < 0.2 < unigram - ends["pre-norm"]
assert runs["no norm"][0][0] > 30 and ends["no norm"] > ends["pre-norm"] + 0.3
assert ends["post-norm"] < unigram - 0.2

# %% [markdown]
# *The picture in words:* loss against steps. Pre-norm and post-norm fall side by side below the
# grey line of the character frequencies, pre-norm a little lower. Without the plus, the curve
# falls onto that line and stays there. Without norms it lies far above the picture: it starts at
# tens or hundreds of nats, and the table says where it ends.
#
# One sentence each, for this size and this many steps:
#
# - **No residual:** what the tokens were does not arrive at the top; only their frequencies are
#   learned.
# - **No norm:** the answers grow with the stream, and the first losses are absurd. (Much smaller
#   weights at the start would help; with norms that is not needed.)
# - **Post-norm:** learns nearly as well, at this learning rate.

# %% [markdown]
# The curve doctor holds the losses of a run against those of many runs that went right, and, where
# they lie outside, against the curves of known mistakes; where it has no match, it says so.

# %%
from noteboosh import curve

curve("09.pre_norm", runs["pre-norm"][0])
curve("09.pre_norm", runs["no residual"][0])

# %% [markdown]
# *Predict:* what if the learning rate is three times as large?

# %% tags=["nbval-ignore-output"]
fast = {name: trained(name, arm(name), lr=0.03) for name in ("pre-norm", "post-norm")}
for name, (_, end) in fast.items():
    print(f"{name:>12}: {ends[name]:.2f} at lr 0.01, {end:.2f} at lr 0.03")
plot_runs(fast, "At lr 0.03 only pre-norm learns more than the frequencies")
assert fast["pre-norm"][1] < unigram - 0.3
assert fast["post-norm"][1] > fast["pre-norm"][1] + 0.3

# %% [markdown]
# *The picture in words:* pre-norm falls well below the grey line. Post-norm comes down to that
# line and stays close to it.
#
# **Finding:** post-norm is the more delicate of the two. It is not worse as such: the first
# transformers were post-norm, and were trained with a warm-up.

# %% [markdown]
# **Question:** The loss of a friend's model starts at 4.4, falls within a few steps to the loss
# of the character frequencies, and stays there for good. All its tests of shapes pass. Which
# mistake fits best? Answer with one letter.
#
# - (a) The final norm is missing.
# - (b) The sublayers' answers replace the stream instead of being added to it.
# - (c) The head is tied to the embeddings without being scaled.
# - (d) The causal mask is missing.

# %%
question(
    "09.9",
    kind="choice",
    key="b",
    options={
        "a": "no final norm",
        "b": "no residual",
        "c": "a tied head that is not scaled",
        "d": "no causal mask",
    },
    rubric=[
        "frequencies are all that can be learned when nothing about the input reaches the top",
        "without the plus that is the case; a missing final norm or a tied head shows at step 1, "
        "a missing mask in a loss that is too low",
    ],
    hints=[
        "What does a model know that has learned the frequencies and nothing else?",
        "Two of the four would already show in the first loss, and one in a loss that is too good.",
        "Look at the curve that lies on the grey line in the first picture.",
    ],
)

# %% [markdown]
# ## 10. Deep or wide?
#
# The same number of weights, nearly, in three shapes: one layer with D = 64, four with D = 32,
# sixteen with D = 16.
#
# *Predict:* which one learns most in the same number of steps? Which takes longest?

# %% tags=["nbval-ignore-output"]
shapes = {"one of 64": (64, 1), "sixteen of 16": (16, 16)}
models = {name: small(D=D, L=L) for name, (D, L) in shapes.items()}
by_shape = {name: trained(name, model) for name, model in models.items()}
models["four of 32"], by_shape["four of 32"] = arm("pre-norm"), runs["pre-norm"]
for name, (_, end) in by_shape.items():
    model = models[name]
    print(f"{name:>13}: L = {len(model.layers):2}, {count(model):,} weights, loss {end:.2f}")
slowest = max(by_shape, key=lambda name: by_shape[name][1])
plot_runs(by_shape, f"After {STEPS} steps, {slowest} is highest")
others = [by_shape[name][1] for name in ("four of 32", "one of 64")]
assert slowest == "sixteen of 16" and abs(others[0] - others[1]) < 0.15

# %% [markdown]
# *The picture in words:* three falling curves. That of sixteen thin layers lies well above the
# others; those of one wide layer and of four layers run close together and end alike.
#
# **Finding:** at this size, with this many steps and one learning rate for all, depth does not
# pay. It is a finding about small models and short runs, and about no others.

# %% [markdown]
# **Question:** "So shallow and wide is better." Name at least three things that you would have to
# do before you could say that of transformers in general.

# %%
question(
    "09.10",
    kind="text",
    rubric=[
        "several seeds for each shape, so that the difference can be compared with chance",
        "a learning rate tuned for each shape, since deep models may want another one",
        "longer training, until the curves flatten: slow at first is not worse in the end",
        "larger models and harder text, where several steps of looking back are needed",
        "equal cost counted properly: weights without embeddings, or computation, or time",
    ],
    hints=[
        "How sure are you that another seed gives the same order?",
        "All three shapes had the same learning rate and the same few steps. To whom is that fair?",
        "The text is simple, the models are tiny: which of the two might need depth if they grew?",
    ],
    solution=(
        "I would repeat each shape with several seeds, tune the learning rate for each of them, "
        "and train until\n"
        "the curves are flat. Then I would do the same with larger models and with text that "
        "needs more than\n"
        "one step of looking back, and compare at equal computation, not only at equal weights."
    ),
)

# %% [markdown]
# ## 11. Memory
#
# `sizes_at_peak` tells what lives at the worst moment of a training step. A tensor of H · T · T
# numbers in float32 takes 4 · H · T² bytes.
#
# *Predict:* by what does the peak grow when T doubles?

# %%
peaks = {}
for length in (128, 256, 512):
    fields = {"vocab_size": V, "context_length": length, "d_model": 64, "num_layers": 2}
    model = reset_parameters(TransformerLM(llama_style(num_heads=4, **fields)), seeded(0))
    window = train[None, : length + 1]
    found = sizes_at_peak(lambda: loss_of(model, window[:, :-1], window[:, 1:]).backward())  # noqa: B023
    square = 4 * 4 * length**2
    peaks[length] = sum(found) / 2**20
    part = found.count(square) * square / sum(found)
    print(f"T = {length}: {peaks[length]:5.1f} MiB, {part:.0%} of it in squares of T x T")
assert 3 < peaks[512] / peaks[256] < 4

# %% [markdown]
# The part that grows with T is soon outweighed by the part that grows with T².

# %% [markdown]
# **Question:** A model with 12 heads reads *one* window of T = 4,096 in float32. How many MiB do
# the attention weights of one layer take? (1 MiB is 2²⁰ bytes.)

# %%
question(
    "09.11",
    kind="number",
    key=12 * 4096**2 * 4 / 2**20,
    rubric=["12 · 4,096² numbers of 4 bytes", "805,306,368 bytes, which is 768 MiB, in one layer"],
    hints=[
        "How many numbers does one head have to remember?",
        "H · T · T numbers, 4 bytes each, divided by 2²⁰.",
        "4,096² is 16 · 2²⁰: so 12 · 16 · 4.",
    ],
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 09` reads your saved answers and shows them in one list. You have a
# complete language model. In module 09b you give it a text and a question about every token.
