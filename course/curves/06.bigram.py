"""Module 06, exercise 3: a table of logits learned by AdamW, 1,024 pairs a step. Every loss."""

from functools import cache

import torch

from g2c.corpora import load_corpus
from g2c.lm import NeuralBigramLM
from g2c.nn import CrossEntropyLoss, reset_parameters
from g2c.tokenizer import CharTokenizer
from g2c.training import AdamW


@cache
def text():
    text = load_corpus("toystories").text()
    tokenizer = CharTokenizer.from_text(text)
    ids = torch.tensor(tokenizer.encode(text))
    return ids[: len(ids) * 9 // 10], tokenizer.vocab_size


def run(seed, zero_grad=True, lr=0.1, shift=1):
    train, V = text()
    model = reset_parameters(NeuralBigramLM(V), torch.Generator().manual_seed(seed))
    optimizer = AdamW(model.parameters(), lr=lr, weight_decay=0)
    generator, losses = torch.Generator().manual_seed(seed + 1), []
    for _ in range(300):
        places = torch.randint(len(train) - 2, (1024,), generator=generator)
        loss = CrossEntropyLoss()(model(train[places]), train[places + shift])
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
    "shifted_twice": (
        "asks for the token after the next one: the targets are shifted twice",
        {"shift": 2},
    ),
    "rate_too_low": (
        "takes a learning rate ten times too low",
        {"lr": 0.01},
    ),
}
# Ids in `course/mistakes`.
MISTAKES = (
    "lm.neural_bigram columns",
    "lm.neural_bigram probabilities",
    "training.adamw uphill",
    "training.adamw new_tensor",
    "training.adam_direction no_root",
    "training.moving_average shares_exchanged",
    "training.moving_average never_fades",
    "nn.cross_entropy_loss sum",
    "nn.cross_entropy_loss softmax_twice",
    "nn.cross_entropy_loss bits",
    "nn.cross_entropy_loss missing_probability",
    "nn.cross_entropy_loss over_the_batch",
)
