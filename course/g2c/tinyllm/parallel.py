"""Given, complete: several processes that train one model, each on its share of every batch."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel  # outside the boundary: gradients of all


@dataclass(frozen=True)
class Team:
    """Who of how many this process is; alone it is number 0 of 1."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """The one process that writes files and draws bars."""
        return self.rank == 0

    def share(self, rows: Tensor) -> Tensor:
        """This process's rows of a batch that all of them drew alike.

        Raises: ValueError where the rows do not divide: then means would be of unequal shares.
        """
        if len(rows) % self.size:
            raise ValueError(
                f"batch_size ({len(rows)}) must be a multiple of the {self.size} processes"
            )
        return rows[self.rank :: self.size]

    def sum(self, value: Tensor) -> Tensor:
        if self.size > 1:
            value = value.clone()
            distributed.all_reduce(value)
        return value

    def gather(self, value: Any) -> list[Any]:
        """The values of all processes, by rank."""
        each = [value] * self.size
        if self.size > 1:
            distributed.all_gather_object(each, value)
        return each

    def wait(self) -> None:
        """Go on when all are here."""
        if self.size > 1:
            distributed.barrier()

    def wrap(self, model: nn.Module) -> nn.Module:
        """A model whose backward averages the gradients of all processes."""
        return DistributedDataParallel(model) if self.size > 1 else model


ALONE = Team()


@contextmanager
def gather_team(device: torch.device) -> Iterator[Team]:
    """The team that `torchrun` started, or this process alone."""
    if not distributed.is_torchelastic_launched():
        yield ALONE
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    team = Team(distributed.get_rank(), distributed.get_world_size())
    if device.type == "cuda":
        torch.cuda.set_device(team.rank % torch.cuda.device_count())
    yield team
    # Not in a `finally`: where this process fails, waiting for the others would be for ever.
    team.wait()
    gc.collect()  # a model that outlives its process group can abort at exit
    distributed.destroy_process_group()
