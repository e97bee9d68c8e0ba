"""Yours to write: one step of AdamW."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer


class AdamW(Optimizer):
    """Steps of about lr in every entry, whatever the size of its gradient; decay apart from it.

    `params` are parameters, or groups of them with settings of their own.
    A parameter that has no gradient stays as it is, decay included.
    Raises: ValueError where a setting is out of its range.
    Source: Loshchilov and Hutter 2019, algorithm 2, in the order of torch.optim.AdamW.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        for name, value in (("lr", lr), ("eps", eps), ("weight_decay", weight_decay)):
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value}: give a number that is 0 or more")
        for value in betas:
            if not 0 <= value < 1:
                raise ValueError(f"betas are {betas}: give two numbers from 0 to below 1")
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, settings)

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.update_(parameter, self.state[parameter], group)

    def update_(self, parameter: Tensor, state: dict, group: dict) -> None:
        """Change one parameter and its state (`t`, `m`, `v`) in place."""
        if not state:
            state |= {"t": 0, "m": torch.zeros_like(parameter), "v": torch.zeros_like(parameter)}
        # BEGIN SOLUTION training.adamw
        lr, (beta1, beta2), grad = group["lr"], group["betas"], parameter.grad
        state["t"] += 1
        state["m"].mul_(beta1).add_(grad, alpha=1 - beta1)
        state["v"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        m_hat = state["m"] / (1 - beta1 ** state["t"])
        v_hat = state["v"] / (1 - beta2 ** state["t"])
        parameter.mul_(1 - lr * group["weight_decay"])
        parameter.sub_(lr * m_hat / (v_hat.sqrt() + group["eps"]))
        # END SOLUTION
