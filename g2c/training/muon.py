# Given. Built from course/g2c/training/muon.py: there is nothing to write here.
"""Given, complete: Muon, which gives a matrix steps of equal length in all its directions."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

from g2c.training.adamw import moving_average_

# Jordan et al. 2024: s -> a s + b s^3 + c s^5, five times, lifts small s fast. The price: it does
# not settle at 1 but goes on moving between about 0.7 and 1.2.
COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalized(matrix: Tensor, steps: int = 5) -> Tensor:
    """The matrix with all its singular values brought near 1; its singular vectors stay.

    Shapes: matrix (rows, cols) -> (rows, cols); a matrix of zeros stays one.
    Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
    """
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)  # no singular value is above this norm: now none is above 1
    for _ in range(steps):
        gram = x @ x.T  # of the shorter side
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(Optimizer):
    """For the weight matrices inside a network; embeddings, head and vectors go to AdamW.

    The step is 0.2 * sqrt(max(rows, cols)) * lr times an orthogonalized matrix: an entry then moves
    by about 0.2 * lr in the root mean square, about as far as AdamW's do, and both may share
    lr and weight_decay. The decay acts as in AdamW.
    Raises: ValueError for a parameter that is no matrix, or a setting out of its range.
    Source: Jordan et al. 2024; Liu et al. 2025, "Muon is Scalable for LLM Training", for decay and
    scale.
    """

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ):
        for name, value in (("lr", lr), ("weight_decay", weight_decay)):
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value}: give a number that is 0 or more")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is {momentum}: give a number from 0 to below 1")
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    def add_param_group(self, group: dict) -> None:
        """Called by the constructor too, once for each group."""
        super().add_param_group(group)
        for number, parameter in enumerate(self.param_groups[-1]["params"]):
            if parameter.ndim != 2:
                raise ValueError(
                    f"Muon takes matrices, but parameter {number} of its group has the shape "
                    f"{tuple(parameter.shape)}: give it to AdamW"
                )

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.update_(parameter, self.state[parameter], group)

    def update_(self, parameter: Tensor, state: dict, group: dict) -> None:
        """Change one matrix and its state in place."""
        if not state:
            state["momentum"] = torch.zeros_like(parameter)
        moving_average_(state["momentum"], parameter.grad, group["momentum"])
        # Nesterov's: the average as it would be if this gradient came once more.
        ahead = torch.lerp(parameter.grad, state["momentum"], group["momentum"])
        scale = 0.2 * math.sqrt(max(parameter.shape))
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.sub_(orthogonalized(ahead), alpha=group["lr"] * scale)
