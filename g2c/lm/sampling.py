# Built from course/g2c/lm/sampling.py: write only between the fence lines.
"""Yours to write: a model that predicts the next token can write."""

from collections.abc import Callable

import torch
from torch import Tensor

from g2c.tensors import softmax


@torch.no_grad()
def sample(
    model: Callable[[Tensor], Tensor],
    prompt_ids: Tensor,
    max_new_tokens: int,
    *,
    context_length: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The prompt, and after it tokens that the model drew: each by its probability, one by one.

    Shapes: prompt_ids (T,) -> (T + max_new_tokens,).
    The model gets a batch of one window, of the last `context_length` tokens at most, and returns
    logits (1, T, V), or (1, V) where it predicts one token for each window.
    Raises: ValueError where the prompt is not (T,) with T > 0, or a number is out of range.
    """
    if prompt_ids.ndim != 1 or len(prompt_ids) == 0:
        raise ValueError(
            f"prompt_ids {tuple(prompt_ids.shape)} must be (T,) with at least one token: there is "
            "no next token without one before it"
        )
    if max_new_tokens < 0 or (context_length is not None and context_length < 1):
        raise ValueError(
            f"max_new_tokens ({max_new_tokens}) must be 0 or more, and context_length "
            f"({context_length}) 1 or more, or None for all tokens"
        )
    ids = prompt_ids.long()
    # ---- your code: lm.sample (about 6 lines) ----
    raise NotImplementedError("lm.sample")
    # ---- end of your code ----
