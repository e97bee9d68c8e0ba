# Given. Built from course/g2c/tinyllm/evaluation.py: there is nothing to write here.
"""Given, complete: how good a model is on text that it never learned from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from g2c.pretraining import lm_cross_entropy
from g2c.tinyllm.dataset import TokenDataset
from g2c.tinyllm.parallel import ALONE, Team
from g2c.training import global_norm


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """No dropout, no gradients; afterwards the model is in the mode that it was in."""
    before = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(before)


def validation_loss(
    model: nn.Module,
    dataset: TokenDataset,
    context_length: int,
    *,
    batch_size: int = 64,
    team: Team = ALONE,
) -> float:
    """The mean loss in nats over every token of the split but the first, each predicted once.

    Windows follow one another, the last one shorter; each begins without memory of the one before,
    so its first predictions have little to go by. The same number every time.
    """
    device = next(model.parameters()).device
    N = len(dataset) - 1  # targets
    if N < 1:
        raise ValueError("the split holds one token: there is nothing to predict")
    full = torch.arange(0, N - context_length + 1, context_length)
    batches = [(starts, context_length) for starts in full.split(batch_size)]
    if N % context_length:
        batches.append((torch.tensor([N - N % context_length]), N % context_length))
    total = torch.zeros((), dtype=torch.float64)
    with evaluating(model):
        for starts, T in batches[team.rank :: team.size]:
            x, y = dataset.windows(starts, T)
            loss = lm_cross_entropy(model(x.to(device)), y.to(device))
            total += loss.double().cpu() * y.numel()
    return team.sum(total).item() / N


def mean_loss(model: nn.Module, batches: list[tuple[Tensor, Tensor]], team: Team = ALONE) -> float:
    """The mean loss in nats over batches of equal size."""
    total = torch.zeros((), dtype=torch.float64)
    with evaluating(model):
        for x, y in batches[team.rank :: team.size]:
            total += lm_cross_entropy(model(x), y).double().cpu()
    return team.sum(total).item() / len(batches)


def activation_rms(model: nn.Module, x: Tensor) -> list[float]:
    """The root mean square of what leaves each layer, from the first to the last.

    Shapes: x (B, T) of ids.
    """
    found: list[float] = []

    def note(module: nn.Module, arguments: tuple, out: Tensor) -> None:
        found.append(out.float().square().mean().sqrt().item())

    hooks = [layer.register_forward_hook(note) for layer in model.layers]
    try:
        with evaluating(model):
            model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def weight_norm(model: nn.Module) -> float:
    """The length of all weights together."""
    return global_norm([parameter.detach() for parameter in model.parameters()]).item()
