# Built from course/g2c/scaling/memory.py: write only between the fence lines.
"""Yours to write: what has to be in memory while a model learns. Given: the activations."""

from dataclasses import dataclass

import torch

from g2c.scaling.budget import matrix_numbers
from g2c.scaling.parameters import ffn_width, parameter_count
from g2c.transformer import ModelConfig

OPTIMIZERS = ("sgd", "adamw", "muon")
# Of d_ff numbers for each token: how many are kept for the way back, and how many that takes.
FFN_NUMBERS = {"swiglu": (5, 2), "gelu_tanh": (5, 2), "gelu": (4, 4)}


@dataclass(frozen=True)
class MemoryLedger:
    """The bytes of a training step, by what they are for."""

    weights: int
    gradients: int
    optimizer_state: int
    activations: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer_state + self.activations


def memory_ledger(
    config: ModelConfig,
    batch_size: int,
    T: int,
    optimizer: str = "adamw",
    dtype: torch.dtype = torch.float32,
) -> MemoryLedger:
    """What lies in memory at the fullest moment of a step that adds to gradients already there.

    Weights, gradients and the optimizer's state all have the `dtype` of the model. "sgd" keeps
    nothing, "adamw" its two averages; "muon" keeps one for the matrices inside the layers, and
    leaves all the rest to AdamW.
    Raises: ValueError for an optimizer that is not in OPTIMIZERS, and as activation_bytes.
    Source: Rajbhandari et al. 2020 (ZeRO), section 3.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer is {optimizer!r}: choose one of {OPTIMIZERS}")
    activations = activation_bytes(config, batch_size, T, dtype)
    inner = matrix_numbers(config) - config.vocab_size * config.d_model  # all matrices but the head
    # ---- your code: scaling.memory_ledger (about 9 lines) ----
    raise NotImplementedError("scaling.memory_ledger")
    # ---- end of your code ----


def activation_bytes(
    config: ModelConfig, batch_size: int, T: int, dtype: torch.dtype = torch.float32
) -> dict[str, int]:
    """What the course's TransformerLM keeps of B windows of T tokens for the way back, by part.

    Measured once, written down, and tested against what lives: read off `TransformerLM` by hooks
    on what autograd saves. Another way to write the same model keeps another amount: fused
    attention, for one, has no `scores`. `in_flight` is what the fullest moment needs on top.
    Raises: ValueError for sizes below 1, or dropout, whose masks are not counted here.
    """
    if batch_size < 1 or not 1 <= T <= config.context_length:
        raise ValueError(
            f"batch_size is {batch_size} and T {T}: give 1 or more, and T of at most "
            f"context_length ({config.context_length})"
        )
    if config.dropout:
        raise ValueError(f"dropout is {config.dropout}: its masks are not counted, give 0")
    V, D, H, L = config.vocab_size, config.d_model, config.num_heads, config.num_layers
    F, wide, flying = ffn_width(config), *FFN_NUMBERS[config.ffn]
    norms, last = (2 * L + 1, 0) if config.pre_norm else (2 * L, D)
    size, exact = dtype.itemsize, max(dtype.itemsize, 4)  # norms and loss: float32 at least
    each_token = {
        "norms": norms * D * (2 * exact + size) + last * size,
        "attention": L * (4 * D + 2 * H) * size,
        "scores": L * 2 * H * T * size,  # T for each token: this is where T * T is
        "ffn": L * wide * F * size,
        # The fullest moment is in the loss, or on the way back in the last feed-forward, or in the
        # last attention, when what the loss and that feed-forward needed has been let go.
        "in_flight": max(4 * V * exact, (flying * F - 2 * D) * size, (2 * H * T - wide * F) * size),
    }
    return {part: batch_size * T * each for part, each in each_token.items()}
