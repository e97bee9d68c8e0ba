"""Module 03b, exercise 8: a small network, AdamW, a rate that rises and falls. Every loss."""

import math

import torch

from g2c.nn import CrossEntropyLoss, Linear, ReLU, Sequential, reset_parameters
from g2c.training import AdamW, cosine_with_warmup


def spirals(N, seed, noise=0.15):
    generator, arms = torch.Generator().manual_seed(seed), torch.arange(N) % 3
    radius = torch.rand(N, generator=generator, dtype=torch.float64).sqrt()
    blur = noise * torch.randn(N, generator=generator, dtype=torch.float64)
    angle = 6 * radius + 2 * math.pi / 3 * arms + blur
    return 2 * radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1), arms


def run(seed, zero_grad=True, warmup_steps=20, factor=1.0):
    sizes = {"bias": True, "dtype": torch.float64}
    layers = Linear(2, 32, **sizes), ReLU(), Linear(32, 32, **sizes), ReLU(), Linear(32, 3, **sizes)
    model = reset_parameters(Sequential(*layers), torch.Generator().manual_seed(seed))
    optimizer, (x, y), losses = AdamW(model.parameters()), spirals(300, seed=0), []
    for step in range(1, 101):
        loss = CrossEntropyLoss()(model(x), y)
        losses.append(loss.item())
        if zero_grad:
            optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = factor * cosine_with_warmup(
                step, max_lr=0.2, min_lr=0.02, warmup_steps=warmup_steps, max_steps=100
            )
        optimizer.step()
    return losses


# By name: what is said of the training loop, and the arguments that make it so.
LOOPS = {
    "no_zero_grad": (
        "never calls `zero_grad()`, so every gradient is added to all the earlier ones",
        {"zero_grad": False},
    ),
    "no_warm_up": (
        "begins with the highest rate, without a warm-up",
        {"warmup_steps": 0},
    ),
    "rate_too_low": (
        "takes learning rates ten times too low",
        {"factor": 0.1},
    ),
}
# Ids in `course/mistakes`.
MISTAKES = (
    "training.adamw uphill",
    "training.adamw new_tensor",
    "training.adamw decay_without_rate",
    "training.adamw not_squared",
    "training.adamw square_of_the_average",
    "training.adamw betas_exchanged",
    "training.adam_direction no_correction",
    "training.adam_direction no_root",
    "training.adam_direction only_v_corrected",
    "training.moving_average shares_exchanged",
    "training.moving_average new_tensor",
    "training.moving_average all_of_the_new",
    "training.moving_average never_fades",
    "training.cosine_with_warmup cosine_from_zero",
    "training.cosine_with_warmup whole_cosine",
    "training.cosine_with_warmup whole_division",
    "nn.cross_entropy_loss sum",
    "nn.cross_entropy_loss softmax_twice",
    "nn.cross_entropy_loss bits",
)
