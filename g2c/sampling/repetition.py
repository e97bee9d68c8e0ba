# Built from course/g2c/sampling/repetition.py: write only between the fence lines.
"""Yours to write: making a token that is in the text already less probable."""

import torch
from torch import Tensor


def apply_repetition_penalty(logits: Tensor, token_ids: Tensor, penalty: float) -> Tensor:
    """Scores of the tokens in `token_ids`, moved down by the factor `penalty`, each one once.

    Shapes: logits (B, V), token_ids (B, N) -> (B, V).
    A positive score is divided by the penalty and a negative one multiplied: both make a token
    less probable. 1 changes nothing; a penalty below 1 rewards repetition.
    Raises: ValueError where the penalty is not above 0.
    Source: Keskar et al. 2019 (CTRL), section 4.1, whose formula only divides.
    """
    if not penalty > 0:
        raise ValueError(f"penalty is {penalty}: give a number above 0, such as 1.2")
    # ---- your code: sampling.apply_repetition_penalty (about 3 lines) ----
    raise NotImplementedError("sampling.apply_repetition_penalty")
    # ---- end of your code ----
