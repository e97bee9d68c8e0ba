# Given. Built from course/g2c/transformer/memory.py: there is nothing to write here.
"""Given, complete: how much memory tensors take while something is computed."""

import weakref
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter


def sizes_at_peak(compute: Callable[[], object]) -> list[int]:
    """The bytes of every tensor that lives at the moment when together they are largest.

    Counts what `compute` makes, also inside `backward()`, and not what was there before. A view
    shares its memory and counts once; what a single operation needs inside itself is not seen.
    Their sum is the peak: the same on every machine, which the memory of a process is not.
    """
    ledger = _Ledger()
    with ledger:
        compute()
    return sorted(ledger.at_peak, reverse=True)


class _Ledger(TorchDispatchMode):
    """Sees every operation of torch, and which storages are alive after it."""

    def __init__(self):
        super().__init__()
        self.live: dict[int, int] = {}  # the bytes of each storage; 0 where it was there before
        self.at_peak: list[int] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # True has torch load its compiler first, which takes seconds

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        for tensor in _tensors((args, kwargs)):
            self.note(tensor, before=True)
        out = func(*args, **kwargs)
        for tensor in _tensors(out):
            self.note(tensor, before=False)
        if sum(self.live.values()) > sum(self.at_peak):
            self.at_peak = [size for size in self.live.values() if size]
        return out

    def note(self, tensor: Tensor, before: bool) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key not in self.live:
            self.live[key] = 0 if before else storage.nbytes()
            weakref.finalize(storage, self.live.pop, key, None)


def _tensors(values: object) -> list[Tensor]:
    return [value for value in tree_iter(values) if isinstance(value, torch.Tensor)]
