"""What a function does on fixed inputs, as outcomes that can be recorded and compared.

A probe is a generator in `course/probes/<topic>.py`, named like its exercise. It yields calls,
`yield softmax, x, 0`: the function, then its arguments. Of each call is kept what it returns or
that it raises, the gradients that reach the inputs and parameters that ask for one, and which
tensors it changed under way. Large tensors are kept as a few weighted sums of their entries.

Needs torch only where the probe does.
"""

from __future__ import annotations

import copy
import math
import random
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from types import FrameType
from typing import Any

from noteboosh.outcomes import GOLDEN, Outcome, written


class Stopped(BaseException):
    """The end of a probe: out of time, or in a function that is not as it should be."""


def numbers(*shape: int, seed: int = 0) -> Any:
    """A float64 tensor of numbers between -2 and 2, no two alike; the same on every machine."""
    import torch

    places = torch.arange(1, math.prod(shape) + 1, dtype=torch.float64) + 100 * seed
    return (places * GOLDEN % 1 * 4 - 2).reshape(shape)


def leaf(*shape: int, seed: int = 0) -> Any:
    """The same, of which the gradient is wanted."""
    return numbers(*shape, seed=seed).requires_grad_()


def filled(module: Any) -> Any:
    """The module in float64, with such numbers for its parameters."""
    for seed, parameter in enumerate(module.double().parameters()):
        parameter.data.copy_(numbers(*parameter.shape, seed=seed) / 2)
    return module


def outcomes(calls: Iterable[tuple]) -> Iterator[Outcome]:
    """The outcome of each call, in order."""
    for function, *inputs in calls:
        leaves = [_copy(value) for value in inputs]
        # Not the leaves themselves: torch refuses to change those in place, and changes are seen.
        given = [value.clone() if _asks(value) else _copy(value) for value in leaves]
        try:
            returned = function(*given)
        except (Exception, SystemExit) as error:
            yield {"value": {"raised": type(error).__name__}}
            continue
        outcome: Outcome = {"value": written(returned)}
        owner = getattr(function, "__self__", function)
        parameters = owner.parameters() if hasattr(owner, "parameters") else ()
        if gradient := _gradient(returned, [*filter(_asks, leaves), *parameters]):
            outcome["gradient"] = gradient
        pairs = enumerate(zip(leaves, given, strict=True))
        if changed := [n for n, (old, new) in pairs if written(old) != written(new)]:
            outcome["changed"] = changed
        yield outcome


def _copy(value: Any) -> Any:
    if hasattr(value, "detach"):  # torch deep-copies no view that asks for a gradient
        return value.detach().clone().requires_grad_(value.requires_grad)
    return copy.deepcopy(value)


def _asks(value: Any) -> bool:
    return getattr(value, "requires_grad", False)


def _gradient(returned: Any, leaves: list) -> Any:
    """Of a weighted sum of what came back, for all leaves one after the other.

    What is not connected has the gradient 0, so that a lost history is seen where it matters.
    """
    if not leaves:
        return None
    torch = sys.modules["torch"]
    parts = returned if isinstance(returned, (tuple, list)) else [returned]
    parts = [part for part in parts if _asks(part)]
    gradients: list = [None] * len(leaves)
    if parts:
        weights = [numbers(*part.shape, seed=1).to(part) for part in parts]
        total = sum((part * weight).sum() for part, weight in zip(parts, weights, strict=True))
        try:
            gradients = torch.autograd.grad(total, leaves, allow_unused=True)
        except RuntimeError as error:  # something was changed that was still needed
            return {"raised": type(error).__name__}
    zeros = [torch.zeros_like(leaf) for leaf in leaves]
    pairs = zip(gradients, zeros, strict=True)
    whole = torch.cat([(zero if grad is None else grad).flatten() for grad, zero in pairs])
    return written(whole)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises Stopped when time is up, again and again: a bare `except` may swallow the first."""
    late = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal late
        late = True
        raise Stopped

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if late:
        raise Stopped


@contextmanager
def contained() -> Iterator[None]:
    """Nothing is printed, and what a function changes for all is put back."""
    torch = sys.modules.get("torch")
    state = random.getstate()
    with ExitStack() as stack:
        for quiet in (redirect_stdout(StringIO()), redirect_stderr(StringIO())):
            stack.enter_context(quiet)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        if torch:
            stack.enter_context(torch.random.fork_rng(devices=[]))
            stack.enter_context(torch.enable_grad())
            stack.callback(torch.set_default_dtype, torch.get_default_dtype())
            stack.callback(torch.set_num_threads, torch.get_num_threads())
            torch.set_default_dtype(torch.float32)
            torch.default_generator.manual_seed(0)  # what is drawn without a seed is the same, too
        random.seed(0)
        try:
            yield
        finally:
            random.setstate(state)
