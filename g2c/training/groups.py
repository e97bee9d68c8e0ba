# Given. Built from course/g2c/training/groups.py: there is nothing to write here.
"""Given, complete: which parameters an optimizer should decay, and which not."""

from torch import nn


def decay_groups(module: nn.Module, weight_decay: float) -> list[dict]:
    """Two groups for an optimizer: matrices with this decay, biases and the gains of norms with 0.

    A group without parameters is left out; so are parameters that do not ask for a gradient.
    """
    groups = [{"params": [], "weight_decay": weight_decay}, {"params": [], "weight_decay": 0.0}]
    for parameter in module.parameters():  # a tied one comes once
        if parameter.requires_grad:
            groups[parameter.ndim < 2]["params"].append(parameter)
    return [group for group in groups if group["params"]]
