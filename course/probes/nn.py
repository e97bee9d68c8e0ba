"""Calls that tell the known mistakes in `g2c.nn` apart; see course/probes/tensors.py.

What is drawn by chance is told by what holds for every draw.
"""

import math
from collections import defaultdict

import torch

from g2c import nn
from noteboosh.probing import filled, leaf, numbers


class Affine(torch.nn.Module):
    """A layer that needs nothing of the course; two of them do not commute."""

    def __init__(self, factor, shift):
        super().__init__()
        self.factor, self.shift = factor, shift

    def forward(self, x):
        return self.factor * x * x + self.shift


def linear():
    for sizes, bias in (((3, 2), True), ((3, 2), False), ((3, 3), True)):
        layer = filled(nn.Linear(*sizes, bias=bias))
        for shape in ((4, 3), (2, 2, 3), (3,)):
            yield layer, leaf(*shape, seed=3)


def relu():
    yield nn.ReLU(), leaf(2, 3)
    yield nn.ReLU(), torch.tensor([0.0], requires_grad=True)
    yield nn.ReLU(), torch.tensor([-math.inf])
    yield nn.ReLU(), torch.tensor([math.inf])


def sequential():
    layers = Affine(2.0, -1.0), Affine(-0.5, 3.0), Affine(1.5, 0.25)
    for count in (1, 2, 3):
        yield nn.Sequential(*layers[:count]), leaf(2, 3)


def mse_loss():
    for shape in ((2, 3), (4,), (2, 3, 2)):
        yield nn.MSELoss(), leaf(*shape), leaf(*shape, seed=1)


def cross_entropy_loss():
    for shape, targets in (((3, 5), [1, 4, 1]), ((3, 3), [2, 0, 1]), ((4, 2), [1, 0, 0, 1])):
        yield nn.CrossEntropyLoss(), leaf(*shape), torch.tensor(targets)
    yield nn.CrossEntropyLoss(), leaf(1, 6), torch.tensor([5])
    large = torch.tensor([[1e4, 0.0, -1e4], [-1e4, 3.0, 5.0]], dtype=torch.float64)
    yield nn.CrossEntropyLoss(), large, torch.tensor([1, 0])
    yield nn.CrossEntropyLoss(), large, torch.tensor([0, 2])


def cross_entropy_backward():
    for shape, targets in (((3, 5), [1, 4, 2]), ((3, 3), [2, 0, 1]), ((1, 4), [3])):
        yield nn.cross_entropy_backward, numbers(*shape), torch.tensor(targets)
    yield nn.cross_entropy_backward, 1e4 * numbers(2, 3), torch.tensor([1, 0])


def sgd():
    for weight_decay in (0.0, 0.3):
        yield _steps, nn.SGD, 2, weight_decay


def decaying_sgd():
    for count in (1, 2, 5):
        yield _steps, nn.DecayingSGD, count, 0.0
    yield _steps, nn.DecayingSGD, 3, 0.3
    yield (_resumed,)


def _steps(kind, count, weight_decay):
    """The parameter after some steps, and its gradient, which is the optimizer's to read only."""
    parameter, optimizer = _parameter_and(kind, weight_decay)
    for _ in range(count):
        optimizer.step()
    return parameter.detach(), parameter.grad


def _resumed():
    """The parameter after two steps and, with a new optimizer from the first's state, two more."""
    parameter, first = _parameter_and(nn.DecayingSGD)
    _, second = _parameter_and(nn.DecayingSGD)
    first.step(), first.step()
    second.param_groups = first.param_groups
    second.state.update({key: dict(state) for key, state in first.state.items()})
    second.step(), second.step()
    return parameter.detach()


def _parameter_and(kind, weight_decay=0.0):
    """Made without torch's constructor, whose first call imports its compiler: two seconds."""
    parameter, optimizer = torch.nn.Parameter(numbers(3)), kind.__new__(kind)
    parameter.grad = numbers(3, seed=1)
    optimizer.state = defaultdict(dict)
    optimizer.param_groups = [{"params": [parameter], "lr": 0.1, "weight_decay": weight_decay}]
    return parameter, optimizer


def Linear_reset_parameters():
    for sizes in ((120, 80), (60, 240)):
        yield _drawn, *sizes


def _drawn(*sizes):
    """Of many weights: how wide they spread and where they are cut, in the promised std."""
    layer = nn.Linear(*sizes, bias=True)
    layer.bias.data.fill_(1.0)
    draws = []
    for _ in range(2):
        layer.reset_parameters(torch.Generator().manual_seed(0))
        draws.append(layer.weight.detach().clone())
    std = math.sqrt(2 / sum(sizes))
    spread = round(draws[0].std().item() / std, 1)
    cut = bool(draws[0].abs().max() <= 3 * std)
    return spread, cut, bool((draws[0] == draws[1]).all()), layer.bias.detach()


def Dropout_forward():
    for p in (0.0, 0.25, 0.8):
        for training in (True, False):
            yield _dropped, p, training


def _dropped(p, training):
    """Which values ones become, and the share of those kept, to one digit."""
    layer = nn.Dropout(p, generator=torch.Generator().manual_seed(0)).train(training)
    out = layer(torch.ones(4000))
    return out.unique(), round((out != 0).double().mean().item(), 1)


class _Plain(nn.SGD):
    """Its own update, so that what is told about `step` does not hang on the exercise."""

    def update_(self, parameter, lr, weight_decay):
        parameter -= lr * (parameter.grad + weight_decay * parameter)


def SGD_step():
    yield (_three_groups,)


def _three_groups():
    """Where three parameters of two groups end up, of which one has no gradient."""
    parameters = [torch.nn.Parameter(numbers(2, seed=seed)) for seed in range(3)]
    for seed in (0, 1):
        parameters[seed].grad = numbers(2, seed=seed + 5)
    optimizer = _Plain.__new__(_Plain)
    optimizer.state = defaultdict(dict)
    optimizer.param_groups = [
        {"params": [parameters[0], parameters[2]], "lr": 0.1, "weight_decay": 0.3},
        {"params": [parameters[1]], "lr": 0.7, "weight_decay": 0.0},
    ]
    optimizer.step()
    return [parameter.detach() for parameter in parameters]
