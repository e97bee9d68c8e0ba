# Built from course/g2c/training/adamw.py: write only between the fence lines.
"""Yours to write: a moving average, the direction that AdamW makes of two, and its step."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer


def moving_average_(average: Tensor, value: Tensor, beta: float) -> None:
    """Change `average` in place: the share beta of it stays, the rest comes from `value`.

    Shapes: average (...), value (...) -> None; both of one shape, and value stays as it is.
    beta is in 0 <= beta < 1; the larger it is, the longer the average remembers.
    Source: Kingma and Ba 2015, algorithm 1.
    """
    # ---- your code: training.moving_average (about 1 line) ----
    raise NotImplementedError("training.moving_average")
    # ---- end of your code ----


def adam_direction(m: Tensor, v: Tensor, t: int, betas: tuple[float, float], eps: float) -> Tensor:
    """Where Adam wants to go, about 1 in size in every entry: m_hat / (sqrt(v_hat) + eps).

    Shapes: m (...), v (...) -> (...); neither is changed.
    m and v are the moving averages, with betas[0] and betas[1], of t gradients and of their
    squares; both began at 0, and hats mean that this beginning is corrected for. t is 1 or more.
    Source: Kingma and Ba 2015, algorithm 1 and section 3.
    """
    # ---- your code: training.adam_direction (about 3 lines) ----
    raise NotImplementedError("training.adam_direction")
    # ---- end of your code ----


class AdamW(Optimizer):
    """Steps of about lr in every entry, whatever the size of its gradient; decay apart from it.

    `params` are parameters, or groups of them with settings of their own.
    A parameter that has no gradient stays as it is, decay included, and its t does not move.
    Raises: ValueError where a setting is out of its range.
    Source: Loshchilov and Hutter 2019, algorithm 2, as torch.optim.AdamW reads it: the decay is
    lr * weight_decay, and acts before the step.
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
        if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas are {betas}: give two numbers from 0 to below 1")
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, settings)

    @torch.no_grad()
    def step(self) -> None:
        """Change every parameter that has a gradient; gradients stay as they are."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    state = self._state_of(parameter)
                    state["step"] += 1
                    m, v, t = state["exp_avg"], state["exp_avg_sq"], int(state["step"])
                    self.update_(parameter, m, v, t, group)

    def _state_of(self, parameter: Tensor) -> dict:
        state = self.state[parameter]
        if not state:  # torch's names, so that torch.optim.AdamW can go on from a state_dict
            state["step"] = 0
            state["exp_avg"] = torch.zeros_like(parameter)
            state["exp_avg_sq"] = torch.zeros_like(parameter)
        return state

    def update_(self, parameter: Tensor, m: Tensor, v: Tensor, t: int, group: dict) -> None:
        """Step number t of one parameter, from its `.grad`: m, v and the parameter change in place.

        Shapes: parameter (...), m (...), v (...) -> None; t is 1 in the first step.
        """
        lr, betas, eps, weight_decay = (
            group[name] for name in ("lr", "betas", "eps", "weight_decay")
        )
        # ---- your code: training.adamw (about 4 lines) ----
        raise NotImplementedError("training.adamw")
        # ---- end of your code ----
