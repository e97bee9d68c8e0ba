# Given. Built from course/g2c/tinyllm/loop.py: there is nothing to write here.
"""Given, complete: what happens around the steps of a run: log, validation, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from tqdm import tqdm

from g2c.tinyllm.checkpoint import UnusableCheckpoint, read_checkpoint, restore
from g2c.tinyllm.evaluation import activation_rms, mean_loss, validation_loss, weight_norm
from g2c.tinyllm.log import RunLog

if TYPE_CHECKING:
    from g2c.tinyllm.trainer import Trainer

# A run may be resumed with others of these: they change what is seen of it, not what it does.
OBSERVING = {"eval_every", "eval_batches", "log_every", "checkpoint_every", "keep"}


def run(trainer: Trainer, steps: int | None) -> list[dict]:
    """As Trainer.run."""
    max_steps = trainer.config.max_steps
    end = max_steps if steps is None else min(max_steps, trainer.iteration + steps)
    log = None
    if trainer.folder and trainer.team.leads:
        log = RunLog(trainer.folder.folder, after=trainer.iteration)
    bar = tqdm(total=end, initial=trainer.iteration, unit="step", disable=not trainer.progress)
    entries = []
    with bar, log or nullcontext():
        for entry in _entries(trainer, end):
            entries.append(entry)
            if log:
                log.write(entry)
            bar.set_postfix_str(_brief(entry, trainer), refresh=False)
            bar.update(trainer.iteration - bar.n)
    return entries


def _entries(trainer: Trainer, end: int) -> Iterator[dict]:
    config = trainer.config
    begin, first = time.perf_counter() - trainer.seconds, trainer.iteration + 1
    fixed = _fixed_batches(trainer)
    while trainer.iteration < end:
        trainer.model.train()
        measured = _checked_step(trainer)
        trainer.seconds = time.perf_counter() - begin
        i = trainer.iteration
        if _due(i, config.log_every) or i in (first, end):
            yield {**_now(trainer), **measured}
        if trainer.val and _due(i, config.eval_every):
            yield _validate(trainer, fixed)
        if trainer.val and i == config.max_steps:
            yield _validate_whole(trainer)
        trainer.seconds = time.perf_counter() - begin
        if trainer.folder and (_due(i, config.checkpoint_every) or i == end):
            save(trainer)


def _due(iteration: int, every: int) -> bool:
    return every > 0 and iteration % every == 0


def _now(trainer: Trainer) -> dict:
    seconds = round(trainer.seconds, 4)
    return {"step": trainer.iteration, "tokens": trainer.tokens, "seconds": seconds}


def _brief(entry: dict, trainer: Trainer) -> str:
    name = "loss" if "loss" in entry else "val_loss"
    return f"{name} {entry[name]:.3f}, {trainer.tokens / max(trainer.seconds, 1e-9):,.0f} tokens/s"


def _checked_step(trainer: Trainer) -> dict:
    """One train_step. Raises: FloatingPointError, which says since when, where it went wrong."""
    try:
        loss, grad_norm = trainer.train_step()
    except ValueError as error:
        if _all_finite(p.grad for p in trainer.model.parameters() if p.grad is not None):
            raise
        raise FloatingPointError(_not_finite(trainer, "a gradient")) from error  # of the clipping
    mean = (trainer.team.sum(loss.detach()) / trainer.team.size).item()
    if not math.isfinite(mean):
        raise FloatingPointError(_not_finite(trainer, "the loss"))
    trainer.last_loss = mean
    return {"loss": mean, "lr": trainer.learning_rate(), "grad_norm": float(grad_norm)}


def _all_finite(tensors) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors)


def _not_finite(trainer: Trainer, what: str) -> str:
    i, loss = trainer.iteration, trainer.last_loss
    since = "it was the first one here" if loss is None else f"step {i - 1} was at {loss:.4g} nats"
    kept = trainer.folder.all() if trainer.folder else []
    back = f" The last checkpoint is `{kept[-1]}`." if kept else ""
    return (
        f"step {i}: {what} is not finite, and the run stops; {since}.{back} Look at the norm of "
        "the gradients in the steps before it, and try a lower max_lr or more warmup_steps"
    )


def _fixed_batches(trainer: Trainer) -> list:
    """The same for every validation of a run, and drawn apart from the order of training."""
    if not trainer.val or not trainer.config.eval_every:
        return []
    generator = torch.Generator().manual_seed(trainer.config.seed + 1)
    size, T = trainer.config.batch_size, trainer.model.config.context_length
    return [
        trainer.val.batch(size, T, device=trainer.device, generator=generator)
        for _ in range(trainer.config.eval_batches)
    ]


def _validate(trainer: Trainer, fixed: list) -> dict:
    loss = mean_loss(trainer.model, fixed, trainer.team)
    if loss < trainer.best_loss:
        trainer.best_loss = loss
        if trainer.folder and trainer.team.leads:
            trainer.folder.save_best(trainer.model, trainer.optimizer, trainer.iteration)
    return {
        **_now(trainer),
        "val_loss": loss,
        "exact": False,
        "weight_norm": weight_norm(trainer.model),
        "activation_rms": activation_rms(trainer.model, fixed[0][0]),
    }


def _validate_whole(trainer: Trainer) -> dict:
    T = trainer.model.config.context_length
    loss = validation_loss(trainer.model, trainer.val, T, team=trainer.team)
    return {**_now(trainer), "val_loss": loss, "exact": True}


def save(trainer: Trainer) -> None:
    """Write a checkpoint from which `resume` goes on as if nothing had happened."""
    each = trainer.team.gather(_generators(trainer))
    if not trainer.team.leads:
        return
    extra = {
        "order": trainer.order.get_state(),
        "generators": each,
        "seconds": trainer.seconds,
        "best_loss": trainer.best_loss,
        "settings": settings(trainer),
    }
    trainer.folder.save(trainer.model, trainer.optimizer, trainer.iteration, extra)


def resume(trainer: Trainer) -> bool:
    """As Trainer.resume."""
    if trainer.folder is None:
        raise ValueError("this Trainer has no folder to resume from: give `out`")
    for path in reversed(trainer.folder.all()):
        try:
            state = read_checkpoint(path)
            _check_settings(state["extra"].get("settings", {}), settings(trainer))
            trainer.iteration = restore(state, trainer.model, trainer.optimizer, path)
        except UnusableCheckpoint as error:
            tqdm.write(f"{error}: the one before it is used")
            continue
        extra = state["extra"]
        trainer.seconds, trainer.best_loss = extra["seconds"], extra["best_loss"]
        trainer.order.set_state(extra["order"])
        if trainer.team.rank < len(extra["generators"]):
            _set_generators(trainer, extra["generators"][trainer.team.rank])
        return True
    return False


def _generators(trainer: Trainer) -> dict[str, Tensor]:
    """The state of what dropout draws from, which is another one in each process."""
    cuda = trainer.device.type == "cuda"
    own = {"cuda": torch.cuda.get_rng_state(trainer.device)} if cuda else {}
    return {"cpu": torch.get_rng_state(), **own}


def _set_generators(trainer: Trainer, states: dict[str, Tensor]) -> None:
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and trainer.device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], trainer.device)


def settings(trainer: Trainer) -> dict:
    """All that decides what a run does, by name."""
    training = {k: v for k, v in asdict(trainer.config).items() if k not in OBSERVING}
    model = asdict(trainer.model.config)
    return {**{f"model.{k}": v for k, v in model.items()}, **training, "tokens": len(trainer.train)}


def _check_settings(then: dict, now: dict) -> None:
    for name in now:
        if name in then and then[name] != now[name]:
            raise ValueError(
                f"the run in this folder has {name}={then[name]!r}, but now it is {now[name]!r}: "
                "resume with the same settings, or start a new run in another folder"
            )
