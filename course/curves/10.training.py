"""Module 10, exercise 5: the first half of the run, by the small settings. Every loss."""

from functools import cache

import numpy as np
import torch

from g2c.corpora import END_OF_TEXT, toystories
from g2c.nn import reset_parameters
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer
from g2c.tokenizer import course_tokenizer
from g2c.transformer import TransformerLM, llama_style

SIZES = {"context_length": 64, "d_model": 64, "num_layers": 2, "num_heads": 4}


@cache
def ids():
    text = "".join(story + END_OF_TEXT for story in toystories.sample(2_000, seed=0))
    return np.array(course_tokenizer().encode(text), dtype=np.uint16)


def run(seed, zero_grad=True, factor=1.0, wide=False):
    V = course_tokenizer().vocab_size
    model = TransformerLM(llama_style(vocab_size=V, **SIZES))
    generator = torch.Generator().manual_seed(seed)
    reset_parameters(model, generator)
    if wide:
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, generator=generator)
    config = TrainConfig(
        max_steps=160, batch_size=16, max_lr=factor * 4e-2, eval_every=0, fused=False, seed=seed
    )
    trainer = Trainer(model, TokenDataset(ids(), V), None, config, progress=False)
    if not zero_grad:
        trainer.optimizer.zero_grad = lambda: None
    return [entry["loss"] for entry in trainer.run(80)]


# By name: what is said of the training loop, and the arguments that make it so.
LOOPS = {
    "no_zero_grad": (
        "never calls `zero_grad()`, so every gradient is added to all the earlier ones",
        {"zero_grad": False},
    ),
    "rate_too_high": (
        "takes learning rates ten times too high",
        {"factor": 10.0},
    ),
    "rate_too_low": (
        "takes learning rates ten times too low",
        {"factor": 0.1},
    ),
    "wide_weights": (
        "starts from weights that are far too large, of standard deviation 1",
        {"wide": True},
    ),
}
# Ids in `course/mistakes`.
MISTAKES = (
    "tinyllm.windows not_shifted",
    "tinyllm.windows shifted_back",
    "tinyllm.windows shifted_by_two",
    "tinyllm.windows time_first",
    "tinyllm.train_step no_schedule",
    "tinyllm.train_step zero_grad_before_step",
    "attention.causal_mask future",
    "nn.cross_entropy_loss sum",
)
