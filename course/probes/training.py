"""Calls that tell the known mistakes in `g2c.training` apart; see course/probes/tensors.py."""

import math
from collections import defaultdict

import torch

from g2c import training
from noteboosh.probing import numbers


def moving_average():
    for shape, beta in (((3,), 0.9), ((2, 4), 0.25), ((1,), 0.0)):
        yield _averaged, shape, beta


def _averaged(shape, beta):
    """The average after two values, and the second value, which is only to be read."""
    average, value = numbers(*shape), numbers(*shape, seed=2)
    training.moving_average_(average, numbers(*shape, seed=1), beta)
    training.moving_average_(average, value, beta)
    return average, value


def adam_direction():
    m, v = numbers(5), numbers(5, seed=1).square()
    for t, betas, eps in (
        (1, (0.9, 0.999), 1e-8),
        (2, (0.5, 0.75), 0.5),
        (7, (0.9, 0.99), 0.1),
        (40, (0.8, 0.95), 0.0),
    ):
        yield training.adam_direction, m, v, t, betas, eps
    yield training.adam_direction, torch.zeros(2), torch.zeros(2), 3, (0.9, 0.99), 1e-3


def adamw():
    for count in (1, 2, 6):
        for weight_decay in (0.0, 0.3):
            yield _steps, count, weight_decay


def _steps(count, weight_decay):
    """The parameter after some steps with changing gradients, and the last gradient.

    Not by `step`, which has a probe of its own and calls this exercise.
    """
    parameter = torch.nn.Parameter(numbers(4))
    optimizer = _optimizer([{"params": [parameter], "weight_decay": weight_decay}])
    (group,), m, v = optimizer.param_groups, torch.zeros(4).double(), torch.zeros(4).double()
    for t in range(1, count + 1):
        parameter.grad = numbers(4, seed=t)
        with torch.no_grad():
            optimizer.update_(parameter, m, v, t, group)
    return parameter.detach(), parameter.grad


def AdamW_step():
    for late in (0, 2):
        for idle in (False, True):
            yield _two_groups, late, idle
    yield (_resumed,)


def _two_groups(late, idle):
    """Two groups; the second's gradient comes some steps late, a third parameter's never."""
    first, second, third = (torch.nn.Parameter(numbers(3, seed=seed)) for seed in range(3))
    groups = [
        {"params": [first], "weight_decay": 0.3},
        {"params": [second, third] if idle else [second], "weight_decay": 0.0, "lr": 0.05},
    ]
    optimizer = _optimizer(groups)
    for step in range(4):
        first.grad = numbers(3, seed=step + 3)
        second.grad = numbers(3, seed=step + 9) if step >= late else None
        optimizer.step()
    return first.detach(), second.detach(), third.detach()


def _resumed():
    """Two steps, and two more of another optimizer that has the first one's state."""
    parameter = torch.nn.Parameter(numbers(3))
    parameter.grad = numbers(3, seed=1)
    first, second = (_optimizer([{"params": [parameter]}]) for _ in range(2))
    first.step(), first.step()
    second.state.update({key: dict(state) for key, state in first.state.items()})
    parameter.grad = numbers(3, seed=2)
    second.step(), second.step()
    return parameter.detach()


def _optimizer(groups, kind=None, **settings):
    """Made without torch's constructor, whose first call imports its compiler: two seconds."""
    kind = kind or training.AdamW
    optimizer = kind.__new__(kind)
    defaults = {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.2, **settings}
    optimizer.state = defaultdict(dict)
    optimizer.param_groups = [{**defaults, **group} for group in groups]
    return optimizer


def decay_groups():
    yield (_groups,)


def _groups():
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(numbers(2, 3))
    module.bias = torch.nn.Parameter(numbers(2))
    groups = training.decay_groups(module, 0.1)
    return [[[list(p.shape) for p in group["params"]], group["weight_decay"]] for group in groups]


def global_norm():
    for shapes in (((2, 3),), ((3,), (2, 2)), ((1, 4), (2,), (3, 3))):
        yield _norm, shapes


def _norm(shapes):
    return training.global_norm([numbers(*shape, seed=n) for n, shape in enumerate(shapes)])


def clip_grad_norm():
    for max_norm in (0.5, 2.0, 4.0, 1e3):
        for eps in (1e-6, 0.5):
            yield _clipped, max_norm, eps


def _clipped(max_norm, eps):
    """What is returned, and the gradients: of lengths about 2.6 and 2.0, so 3.3 together."""
    parameters = [torch.nn.Parameter(numbers(*shape)) for shape in ((2, 3), (3,))]
    for seed, parameter in enumerate(parameters):
        parameter.grad = numbers(*parameter.shape, seed=seed)
    norm = training.clip_grad_norm_(parameters, max_norm, eps)
    return [norm, *(parameter.grad for parameter in parameters)]


def cosine_with_warmup():
    for warmup_steps, max_steps in ((4, 12), (0, 5), (1, 3), (6, 6), (0, 0)):
        for step in (0, 1, 2, 3, 4, 5, 6, 9, 12, 15):
            yield _rate, step, warmup_steps, max_steps


def _rate(step, warmup_steps, max_steps):
    return training.cosine_with_warmup(
        step, max_lr=0.8, min_lr=0.1, warmup_steps=warmup_steps, max_steps=max_steps
    )


def orthogonalized():
    for shape in ((3, 3), (2, 5), (5, 2)):
        yield training.orthogonalized, numbers(*shape)
        yield training.orthogonalized, 100 * numbers(*shape, seed=1)


def Muon_update_():
    for shape in ((3, 3), (2, 5), (5, 2)):
        yield _muon_steps, shape


def _muon_steps(shape):
    parameter = torch.nn.Parameter(numbers(*shape))
    groups = [{"params": [parameter]}]
    optimizer = _optimizer(groups, training.Muon, momentum=1 - 1 / math.pi)
    for step in range(3):
        parameter.grad = numbers(*shape, seed=step + 1)
        optimizer.step()
    return parameter.detach()
