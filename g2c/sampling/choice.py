# Built from course/g2c/sampling/choice.py: write only between the fence lines.
"""Yours to write: one token out of the scores for all of them."""

import torch
from torch import Tensor

from g2c.sampling.filters import top_k_filter, top_p_filter
from g2c.sampling.repetition import apply_repetition_penalty
from g2c.sampling.temperature import apply_temperature, greedy
from g2c.tensors import softmax
from g2c.transformer.norms import at_least_float32


def next_tokens(
    logits: Tensor,
    token_ids: Tensor,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    repetition_penalty: float | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """For each text its next token, drawn by its probability; temperature 0 takes the likeliest.

    Shapes: logits (B, V), token_ids (B, N) -> (B,); the texts so far are for the penalty.
    The order: penalty, temperature, top-k, top-p, each of them where it is given.
    Raises: as these do.
    Source: Holtzman et al. 2020, sections 3.1 to 3.3.
    """
    logits = at_least_float32(logits)  # sums need the digits
    # ---- your code: sampling.next_tokens (about 11 lines) ----
    raise NotImplementedError("sampling.next_tokens")
    # ---- end of your code ----
