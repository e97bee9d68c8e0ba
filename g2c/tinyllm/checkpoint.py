# Built from course/g2c/tinyllm/checkpoint.py: write only between the fence lines.
"""Yours to write: what has to be kept. Given: how it is kept, and how it is found again."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import IO, Any

import torch
from torch import nn

from g2c.tinyllm.files import replacing

Target = str | os.PathLike | IO[bytes]


class UnusableCheckpoint(ValueError):
    """Damaged, cut off, not a checkpoint, or one of another model; nothing was changed."""


def training_state(model: nn.Module, optimizer, iteration: int) -> dict:
    """All that later updates depend on, under the names "model", "optimizer" and "iteration".

    Only dicts, lists, numbers, strings and tensors, so that it can be read with weights_only.
    Source: CS336 2025, assignment 1, section 5.2, for the three parts.
    """
    # ---- your code: tinyllm.training_state (about 5 lines) ----
    raise NotImplementedError("tinyllm.training_state")
    # ---- end of your code ----


def save_checkpoint(
    model: nn.Module, optimizer, iteration: int, out: Target, *, extra: dict | None = None
) -> None:
    """Write a checkpoint to a path, atomically, or to an open binary file.

    `extra` is kept beside the training state: generators, best loss, settings.
    """
    state = {**training_state(model, optimizer, iteration), "extra": extra or {}}
    if hasattr(out, "write"):
        torch.save(state, out)
        return
    with replacing(out) as file:
        torch.save(state, file)


def load_checkpoint(src: Target, model: nn.Module, optimizer) -> int:
    """Put a saved state into model and optimizer, on the model's device; its iteration.

    Raises: UnusableCheckpoint (a ValueError) where `src` is no checkpoint, a damaged one, or one
    of another model or optimizer; then neither is changed.
    """
    return restore(read_checkpoint(src), model, optimizer, src)


def read_checkpoint(src: Target) -> dict:
    """A checkpoint as it was saved, on the CPU. Raises: as load_checkpoint."""
    try:
        state = torch.load(src, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise UnusableCheckpoint(f"there is no checkpoint `{src}`") from error
    except (RuntimeError, EOFError, pickle.UnpicklingError, OSError, ValueError, KeyError) as error:
        raise UnusableCheckpoint(
            f"{_name(src)} cannot be read as a checkpoint: it is damaged, cut off, or something "
            f"else ({type(error).__name__})"
        ) from error
    missing = [name for name in ("model", "optimizer", "iteration") if name not in _keys(state)]
    if missing:
        raise UnusableCheckpoint(
            f"{_name(src)} is no checkpoint of g2c: it lacks {', '.join(missing)}"
        )
    return state


def restore(state: dict, model: nn.Module, optimizer, src: Target = "the state") -> int:
    """As load_checkpoint, from a state that has been read."""
    _check_weights(state["model"], model, _name(src))
    now, then = optimizer.state_dict()["param_groups"], state["optimizer"].get("param_groups", [])
    if _sizes(now) != _sizes(then):
        raise UnusableCheckpoint(
            f"{_name(src)} has optimizer groups of {_sizes(then)} parameters, but this optimizer "
            f"has {_sizes(now)}: make the optimizer that it was saved with"
        )
    optimizer.load_state_dict(state["optimizer"])
    model.load_state_dict(state["model"])
    return int(state["iteration"])


def _check_weights(saved: dict, model: nn.Module, name: str) -> None:
    own = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    theirs = {key: tuple(value.shape) for key, value in saved.items()}
    for key in own.keys() | theirs.keys():
        if own.get(key) != theirs.get(key):
            raise UnusableCheckpoint(
                f"{name} is of another model: `{key}` is {theirs.get(key, 'missing')} there and "
                f"{own.get(key, 'missing')} here"
            )


def _sizes(groups: list[dict]) -> list[int]:
    return [len(group["params"]) for group in groups]


def _keys(state: Any) -> set:
    return set(state) if isinstance(state, dict) else set()


def _name(src: Target) -> str:
    return f"`{src}`" if isinstance(src, (str, os.PathLike)) else "the file"


class CheckpointFolder:
    """`step-00000200.pt` for every checkpoint of a run, the last `keep` of them, and `best.pt`."""

    def __init__(self, folder: str | os.PathLike, keep: int = 2):
        self.folder, self.keep = Path(folder), keep

    def path(self, iteration: int) -> Path:
        return self.folder / f"step-{iteration:08d}.pt"

    def all(self) -> list[Path]:
        """From the oldest to the newest."""
        return sorted(self.folder.glob("step-*.pt"))

    def save(self, model, optimizer, iteration: int, extra: dict) -> None:
        """Write it, and only then remove what is too old."""
        save_checkpoint(model, optimizer, iteration, self.path(iteration), extra=extra)
        for old in self.all()[: -self.keep]:
            old.unlink(missing_ok=True)

    def save_best(self, model, optimizer, iteration: int) -> None:
        save_checkpoint(model, optimizer, iteration, self.folder / "best.pt")
