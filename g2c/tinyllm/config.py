# Given. Built from course/g2c/tinyllm/config.py: there is nothing to write here.
"""Given, complete: all the choices of a training run."""

from __future__ import annotations

import math
from dataclasses import dataclass

OPTIMIZERS = ("muon", "adamw")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class TrainConfig:
    """How to train; what to train is a ModelConfig. T is the model's context_length.

    One update sees batch_size * accumulation windows, batch_size of them at a time.
    `eval_every=0` validates at the end alone; during a run on `eval_batches` fixed batches, at the
    end on the whole split. `checkpoint_every=0` keeps the last state alone.
    `min_lr=None` is a tenth of max_lr. `fused` and `compiled` change the speed, not the result.
    Raises: ValueError for numbers that are out of range, with a cure.
    """

    max_steps: int
    batch_size: int = 24
    accumulation: int = 1
    max_lr: float = 6e-3
    min_lr: float | None = None
    warmup_steps: int | None = None
    optimizer: str = "muon"
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.1
    max_norm: float = 1.0
    precision: str = "float32"
    fused: bool = False
    compiled: bool = False
    eval_every: int = 100
    eval_batches: int = 8
    log_every: int = 1
    checkpoint_every: int = 200
    keep: int = 2
    seed: int = 0

    def __post_init__(self):
        self._fill("min_lr", self.max_lr / 10)
        self._fill("warmup_steps", min(100, self.max_steps // 10))
        for name in ("batch_size", "accumulation", "eval_batches", "log_every", "keep"):
            self._need(name, getattr(self, name) >= 1, "1 or more")
        for name in ("max_steps", "eval_every", "checkpoint_every", "warmup_steps", "weight_decay"):
            self._need(name, 0 <= getattr(self, name) < math.inf, "0 or more")
        self._need("max_lr", 0 < self.max_lr < math.inf, "a number above 0, such as 1e-3")
        self._need("min_lr", 0 <= self.min_lr <= self.max_lr, "a number from 0 to max_lr")
        self._need("max_norm", 0 < self.max_norm < math.inf, "a number above 0, such as 1.0")
        self._need("warmup_steps", self.warmup_steps <= self.max_steps, "at most max_steps")
        self._need("optimizer", self.optimizer in OPTIMIZERS, f"one of {OPTIMIZERS}")
        self._need("precision", self.precision in PRECISIONS, f"one of {PRECISIONS}")

    def _fill(self, name: str, value) -> None:
        if getattr(self, name) is None:
            object.__setattr__(self, name, value)

    def _need(self, name: str, fine: bool, cure: str) -> None:
        if not fine:
            raise ValueError(f"{name} is {getattr(self, name)!r}: give {cure}")
