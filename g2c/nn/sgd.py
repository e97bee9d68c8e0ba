# Built from course/g2c/nn/sgd.py: write only between the fence lines.
"""Yours to write: one step downhill, and the same step with a rate that decays."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent on the loss plus weight_decay / 2 times every squared weight.

    `params` are parameters, or groups of them with an lr and weight_decay of their own.
    A parameter that has no gradient stays as it is, decay included.
    Raises: ValueError where lr or weight_decay is negative or not finite.
    Source: Robbins and Monro 1951; Krogh and Hertz 1992 for the decay.
    """

    def __init__(self, params: Iterable, lr: float = 1e-3, weight_decay: float = 0.0):
        for name, value in (("lr", lr), ("weight_decay", weight_decay)):
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value}: give a number that is 0 or more")
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.update_(parameter, group["lr"], group["weight_decay"])

    def update_(self, parameter: Tensor, lr: float, weight_decay: float) -> None:
        """Change one parameter in place, from its `.grad`, which stays as it is."""
        # ---- your code: nn.sgd (about 2 lines) ----
        raise NotImplementedError("nn.sgd")
        # ---- end of your code ----


class DecayingSGD(SGD):
    """SGD whose rate is lr / sqrt(t + 1): t counts the steps a parameter has already taken.

    The count is the optimizer's state: `self.state[parameter]["t"]`, saved by `state_dict()`.
    Source: Zinkevich 2003, theorem 1, for the rate.
    """

    def update_(self, parameter: Tensor, lr: float, weight_decay: float) -> None:
        """One step at the rate that is due, counted."""
        # ---- your code: nn.decaying_sgd (about 4 lines) ----
        raise NotImplementedError("nn.decaying_sgd")
        # ---- end of your code ----
