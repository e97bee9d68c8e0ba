"""Calls that tell the known mistakes in `g2c.tinyllm` apart; see course/probes/tensors.py."""

import io
import tracemalloc
from types import SimpleNamespace

import numpy as np
import torch

from g2c import tinyllm
from noteboosh.probing import filled, numbers

V, T = 7, 4
torch.optim.SGD([torch.zeros(1)])  # the first optimizer of a process makes torch import for seconds


class Table(torch.nn.Module):
    """The smallest language model: the next token by a row of numbers for the last one."""

    def __init__(self):
        super().__init__()
        self.rows = torch.nn.Parameter(torch.zeros(V, V))
        self.shift = torch.nn.Parameter(torch.zeros(V))
        self.config = SimpleNamespace(context_length=T)

    def forward(self, ids):
        return self.rows[ids] + self.shift


def windows():
    ids = np.array([5, 0, 3, 9, 7, 1, 2, 8, 4, 6], dtype=np.uint16)
    for starts, length in (([0, 2], 3), ([6, 1, 4], 3), ([5], 4)):
        yield _windows, ids, starts, length
    yield _windows, np.array([40_000, 3, 65_535, 9], dtype=np.uint16), [0, 1], 2
    yield (_reads_little,)


def _windows(ids, starts, length):
    x, y = tinyllm.TokenDataset(ids, 65_536).windows(torch.tensor(starts), length)
    return x.long(), y.long(), str(x.dtype)


def _reads_little():
    dataset = tinyllm.TokenDataset(np.zeros(400_000, dtype=np.uint16), V)
    tracemalloc.start()
    try:
        dataset.windows(torch.tensor([0, 399_000]), 4)
        return tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


def train_step():
    for accumulation, max_norm, steps in ((1, 1e9, 1), (1, 1e9, 3), (1, 0.05, 2), (3, 1e9, 2)):
        yield _steps, accumulation, max_norm, steps
    yield (_wants_a_gradient,)


def _steps(accumulation, max_norm, steps):
    """Weights, losses, norms and rates after some steps on fixed batches."""
    trainer = _trainer(accumulation, max_norm)
    told = []
    for _ in range(steps):
        loss, norm = trainer.train_step()
        told.append([float(loss), float(norm), *(g["lr"] for g in trainer.optimizer.param_groups)])
    return trainer.model.rows.detach(), trainer.model.shift.detach(), told


def _wants_a_gradient():
    return bool(_trainer(1, 1e9).train_step()[0].requires_grad)


def _trainer(accumulation, max_norm):
    ids = (np.arange(60) * 3 % V).astype(np.uint16)
    model, data = filled(Table()), tinyllm.TokenDataset(ids, V)
    config = tinyllm.TrainConfig(
        max_steps=6, batch_size=2, accumulation=accumulation, max_norm=max_norm, max_lr=0.5,
        warmup_steps=2, optimizer="adamw",
    )  # fmt: skip
    trainer = tinyllm.Trainer(model, data, data, config, progress=False)
    groups = [{"params": [model.rows]}, {"params": [model.shift]}]
    trainer.optimizer = torch.optim.SGD(groups, lr=0.125)
    trainer.micro_batches = lambda: iter(
        [tuple((n + numbers(2, T, seed=s).mul(100).long()) % V for s in (0, 1 + n))
         for n in range(accumulation)]
    )  # fmt: skip
    return trainer


def training_state():
    for iteration in (0, 5):
        yield _state, iteration


def _state(iteration):
    """What is kept, read back with weights_only, after one step of an optimizer with a state."""
    model = filled(Table())
    optimizer = tinyllm.ForeachAdamW(model.parameters(), lr=0.1)
    model(torch.tensor([[1, 2]])).square().sum().backward()
    optimizer.step()
    buffer = io.BytesIO()
    state = tinyllm.training_state(model, optimizer, iteration)
    try:
        torch.save(state, buffer)
        buffer.seek(0)
        state = torch.load(buffer, weights_only=True)
    except Exception:
        return "not safe to load"
    weights = state["model"]
    names = sorted(weights) if isinstance(weights, dict) else type(weights).__name__
    kept = state["optimizer"].get("state", {})
    return sorted(state), names, state["iteration"], sorted(state["optimizer"]), len(kept)


def validation_loss():
    for length in (13, 9, 7):
        yield _validated, length


def _validated(length):
    model = filled(Table()).train()
    data = tinyllm.TokenDataset((np.arange(length) ** 2 % V).astype(np.uint16), V)
    return tinyllm.validation_loss(model, data, T), model.training
