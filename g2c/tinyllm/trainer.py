# Built from course/g2c/tinyllm/trainer.py: write only between the fence lines.
"""Yours to write: one step of training. Given: all that happens around it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

import torch
from torch import Tensor

from g2c.pretraining import lm_cross_entropy
from g2c.tinyllm import loop
from g2c.tinyllm.checkpoint import CheckpointFolder
from g2c.tinyllm.config import TrainConfig
from g2c.tinyllm.dataset import TokenDataset
from g2c.tinyllm.devices import compiled, precision_context
from g2c.tinyllm.fused import use_fused_attention
from g2c.tinyllm.optimizers import make_optimizer
from g2c.tinyllm.parallel import ALONE, Team
from g2c.training import clip_grad_norm_, cosine_with_warmup
from g2c.transformer import TransformerLM
from g2c.transformer.norms import at_least_float32


class Trainer:
    """A run: a model, its optimizer, the order of its data, and how far it has come.

    With `out`, a folder, it keeps a log and checkpoints there, and `resume` goes on from them:
    on a CPU with the same numbers, bit for bit, as if it had never been stopped.
    Validation has batches of its own and draws nothing that training would draw.
    """

    def __init__(
        self,
        model: TransformerLM,
        train: TokenDataset,
        val: TokenDataset | None,
        config: TrainConfig,
        *,
        out: str | os.PathLike | None = None,
        team: Team = ALONE,
        progress: bool = True,
    ):
        self.model, self.train, self.val, self.config = model, train, val, config
        self.team, self.progress = team, progress and team.leads
        self.device = next(model.parameters()).device
        if config.fused:
            use_fused_attention(model)
        self.optimizer = make_optimizer(model, config)
        self.forward = team.wrap(compiled(model, self.device) if config.compiled else model)
        self.order = torch.Generator().manual_seed(config.seed)
        self.iteration, self.seconds = 0, 0.0
        self.best_loss, self.last_loss = math.inf, None
        self.folder = None if out is None else CheckpointFolder(out, config.keep)

    @property
    def tokens(self) -> int:
        """How many tokens the model has learned from so far, repetitions counted."""
        windows = self.iteration * self.config.batch_size * self.config.accumulation
        return windows * self.model.config.context_length

    def train_step(self) -> tuple[Tensor, Tensor]:
        """One update of the weights; its loss, and the norm of its gradients.

        Shapes: -> (), (). The loss is the mean in nats over the micro-batches, before the update;
        the norm is the one that clip_grad_norm_ found. The rate of this update is `lr`.
        Each of the `accumulation` micro-batches counts the same in the gradient of their mean.
        """
        self.iteration += 1
        lr = self.learning_rate()
        # ---- your code: tinyllm.train_step (about 11 lines) ----
        raise NotImplementedError("tinyllm.train_step")
        # ---- end of your code ----

    def learning_rate(self) -> float:
        """The rate of update number `iteration`: the first is above 0, the last is min_lr."""
        config = self.config
        return cosine_with_warmup(
            self.iteration,
            max_lr=config.max_lr,
            min_lr=config.min_lr,
            warmup_steps=config.warmup_steps,
            max_steps=config.max_steps,
        )

    def micro_batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of one update in the order of the run, x (B, T) and y (B, T).

        Of several processes, each gets its rows of the same batch.
        """
        T = self.model.config.context_length
        for left in reversed(range(self.config.accumulation)):
            starts = self.train.starts(self.config.batch_size, T, self.order)
            x, y = self.train.windows(self.team.share(starts), T)
            if self.team.size > 1:  # the gradients of all meet once an update, not once a batch
                self.forward.require_backward_grad_sync = left == 0
            yield x.to(self.device), y.to(self.device)

    def logits(self, x: Tensor) -> Tensor:
        """What the model says, in the precision of the config, and in float32 at least.

        Shapes: x (B, T) -> (B, T, V).
        """
        with precision_context(self.device, self.config.precision):
            out = self.forward(x)
        return at_least_float32(out)

    def run(self, steps: int | None = None) -> list[dict]:
        """Train to the end, or for so many steps more; the entries of the log, see `read_log`.

        Raises: FloatingPointError where the loss or a gradient is no longer finite.
        """
        return loop.run(self, steps)

    def resume(self) -> bool:
        """Go on from the newest checkpoint in `out` that can be used; whether there was one.

        Raises: ValueError where it was saved with another model or other settings.
        """
        return loop.resume(self)
