"""Given, complete: where to compute, and in which precision."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


def pick_device(name: str | None = None) -> torch.device:
    """The one of that name, or the best there is: cuda, then mps, then cpu.

    Raises: ValueError where the machine has no such device.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name is None:
        return torch.device(next((kind for kind, found in there.items() if found), "cpu"))
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"there is no device {name!r}: give cpu, cuda or mps") from error
    if not there.get(device.type, device.type == "cpu"):
        raise ValueError(f"this machine has no {device.type}: leave `--device` out, or give cpu")
    return device


def precision_context(device: torch.device, precision: str) -> AbstractContextManager:
    """For "bfloat16": matrix products in 16 bits, with float32's range, so no loss scaling.

    Raises: ValueError where the device has no bfloat16.
    """
    if precision == "float32":
        return nullcontext()
    if device.type == "cuda" and not torch.cuda.is_bf16_supported():
        raise ValueError("this GPU has no bfloat16: use precision=float32")
    return torch.autocast(device.type, dtype=torch.bfloat16)


def compiled(model: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """The model through torch.compile: the same numbers up to rounding, after a wait."""
    return torch.compile(model, backend="aot_eager" if device.type == "mps" else "inductor")
