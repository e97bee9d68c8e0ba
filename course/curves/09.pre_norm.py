"""Module 09, exercise 9: a transformer of four layers, 50 steps of 8 windows. Every loss."""

from functools import cache

import torch

from g2c.corpora import load_corpus
from g2c.nn import CrossEntropyLoss, reset_parameters
from g2c.tokenizer import CharTokenizer
from g2c.training import AdamW
from g2c.transformer import TransformerLM, llama_style

T = 32


@cache
def text():
    text = load_corpus("toystories").text()
    tokenizer = CharTokenizer.from_text(text)
    ids = torch.tensor(tokenizer.encode(text))
    return ids[: len(ids) * 9 // 10], tokenizer.vocab_size


def run(seed, zero_grad=True, lr=0.01, shift=1):
    train, V = text()
    sizes = {"vocab_size": V, "context_length": T, "d_model": 32, "num_layers": 4, "d_ff": 64}
    model = TransformerLM(llama_style(num_heads=4, **sizes))
    reset_parameters(model, torch.Generator().manual_seed(seed))
    optimizer = AdamW(model.parameters(), lr=lr)
    generator, losses = torch.Generator().manual_seed(seed + 1), []
    for _ in range(50):
        starts = torch.randint(len(train) - T - 1, (8, 1), generator=generator)
        cut = train[starts + torch.arange(T + 2)]
        x, y = cut[:, :T], cut[:, shift : T + shift]
        loss = CrossEntropyLoss()(model(x).flatten(0, 1), y.flatten())
        if zero_grad:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# By name: what is said of the training loop, and the arguments that make it so.
LOOPS = {
    "no_zero_grad": (
        "never calls `zero_grad()`, so every gradient is added to all the earlier ones",
        {"zero_grad": False},
    ),
    "targets_not_shifted": (
        "asks for the input itself: the targets are not shifted",
        {"shift": 0},
    ),
    "rate_too_high": (
        "takes a learning rate ten times too high",
        {"lr": 0.1},
    ),
    "rate_too_low": (
        "takes a learning rate ten times too low",
        {"lr": 0.001},
    ),
}
# Ids in `course/mistakes`.
MISTAKES = (
    "attention.causal_mask future",
    "attention.causal_mask one_ahead",
    "attention.attention_weights masked_with_zero",
    "transformer.pre_norm no_residual",
    "transformer.pre_norm no_norm",
    "transformer.pre_norm post_norm",
    "transformer.rms_norm sum",
    "transformer.rms_norm no_root",
    "transformer.swiglu silu_of_the_product",
    "transformer.transformer_lm final_norm_forgotten",
    "transformer.transformer_lm same_layer_again",
    "transformer.transformer_lm tied_by_accident",
    "transformer.transformer_lm probabilities",
    "training.adamw uphill",
    "training.adamw new_tensor",
    "training.adam_direction no_correction",
    "nn.cross_entropy_loss sum",
    "nn.cross_entropy_loss bits",
)
