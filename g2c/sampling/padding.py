# Built from course/g2c/sampling/padding.py: write only between the fence lines.
"""Yours to write: texts of different lengths in one batch. Given: filling them up on the left."""

from collections.abc import Sequence

import torch
from torch import Tensor

from g2c.attention import causal_mask


def pad_left(prompts: Sequence[Tensor]) -> Tensor:
    """All prompts end in the same column; before a shorter one its own first token is repeated.

    Shapes: prompts (T,) of different T -> (B, N) for the longest N.
    Not a token of its own: none is free for it, and a penalty counts each token once anyway.
    """
    N = max(len(prompt) for prompt in prompts)
    rows = [torch.cat((prompt[:1].expand(N - len(prompt)), prompt)) for prompt in prompts]
    return torch.stack(rows)


def padded_positions(real: Tensor) -> Tensor:
    """The position of each token in its own text, counted from 0 at the first real one.

    Shapes: real (B, S), False for padding -> (B, S), int64; padding gets 0.
    """
    # ---- your code: sampling.padded_positions (about 1 line) ----
    raise NotImplementedError("sampling.padded_positions")
    # ---- end of your code ----


def padding_mask(real: Tensor) -> Tensor:
    """Who may look at whom: the causal mask, but at no padding. Padding looks at itself alone.

    Shapes: real (B, S), False for padding -> (B, S, S): `mask[b, t, s]` is True where t may
    attend to s.
    """
    # ---- your code: sampling.padding_mask (about 3 lines) ----
    raise NotImplementedError("sampling.padding_mask")
    # ---- end of your code ----
