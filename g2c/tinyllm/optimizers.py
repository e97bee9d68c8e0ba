# Given. Built from course/g2c/tinyllm/optimizers.py: there is nothing to write here.
"""Given, complete: AdamW over many tensors at once, and two optimizers that act as one."""

from __future__ import annotations

import math

import torch
from torch import nn

from g2c.tinyllm.config import TrainConfig
from g2c.training import AdamW, Muon, decay_groups


class ForeachAdamW(AdamW):
    """Your AdamW's steps, each operation once for a whole group instead of once a parameter.

    The same numbers up to rounding (a test holds it to your `update_`), and the same state_dict.
    """

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            by_step: dict[int, list] = {}
            for parameter in parameters:
                state = self._state_of(parameter)
                state["step"] += 1
                by_step.setdefault(int(state["step"]), []).append(parameter)
            for t, same in by_step.items():  # as good as always one
                self._update_all(same, t, group)

    def _update_all(self, parameters: list, t: int, group: dict) -> None:
        (beta1, beta2), lr = group["betas"], group["lr"]
        grads = [parameter.grad for parameter in parameters]
        m = [self.state[parameter]["exp_avg"] for parameter in parameters]
        v = [self.state[parameter]["exp_avg_sq"] for parameter in parameters]
        torch._foreach_mul_(m, beta1)
        torch._foreach_add_(m, grads, alpha=1 - beta1)
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, grads, grads, 1 - beta2)
        below = torch._foreach_sqrt(v)
        torch._foreach_div_(below, math.sqrt(1 - beta2**t))
        torch._foreach_add_(below, group["eps"])
        torch._foreach_mul_(parameters, 1 - lr * group["weight_decay"])
        torch._foreach_addcdiv_(parameters, m, below, -lr / (1 - beta1**t))


class Together:
    """Several optimizers, stepped, emptied, saved and loaded as one."""

    def __init__(self, *optimizers: torch.optim.Optimizer):
        self.optimizers = optimizers

    @property
    def param_groups(self) -> list[dict]:
        """Those of all, in order; a rate that is written into one of them counts."""
        return [group for optimizer in self.optimizers for group in optimizer.param_groups]

    def zero_grad(self) -> None:
        for optimizer in self.optimizers:
            optimizer.zero_grad()

    def step(self) -> None:
        for optimizer in self.optimizers:
            optimizer.step()

    def state_dict(self) -> dict:
        """The optimizers' own in order; the groups again, so that they can be counted."""
        each = [optimizer.state_dict() for optimizer in self.optimizers]
        return {"param_groups": [g for state in each for g in state["param_groups"]], "each": each}

    def load_state_dict(self, state: dict) -> None:
        for optimizer, own in zip(self.optimizers, state["each"], strict=True):
            optimizer.load_state_dict(own)


def make_optimizer(model: nn.Module, config: TrainConfig) -> AdamW | Together:
    """AdamW for all, or, for "muon", Muon for the matrices of the layers and AdamW for the rest.

    Matrices decay, gains and biases do not. The rate is set by the Trainer at every step.
    """
    settings = {"lr": config.max_lr, "betas": config.betas}
    if config.optimizer == "adamw":
        return ForeachAdamW(decay_groups(model, config.weight_decay), **settings)
    inner = [p for p in model.layers.parameters() if p.ndim == 2 and p.requires_grad]
    chosen = set(map(id, inner))
    rest = [
        {**group, "params": [p for p in group["params"] if id(p) not in chosen]}
        for group in decay_groups(model, config.weight_decay)
    ]
    adamw = ForeachAdamW([group for group in rest if group["params"]], **settings)
    return Together(Muon(inner, lr=config.max_lr, weight_decay=config.weight_decay), adamw)
