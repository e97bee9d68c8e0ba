# Built from course/g2c/pretraining/loss.py: write only between the fence lines.
"""Yours to write: the number that pretraining makes small."""

from torch import Tensor

from g2c.nn import CrossEntropyLoss


def lm_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """How badly the next token was predicted: the mean over all B * T positions, in nats.

    Shapes: logits (B, T, V), targets (B, T) -> ().
    logits[b, t] is scored against targets[b, t]: the batch is shifted already.
    Raises: ValueError where the two shapes do not belong together.
    Source: Radford et al. 2018 (GPT-1), equation 1, divided by the number of tokens.
    """
    # Given: (T, B) targets hold as many numbers as (B, T) ones, so flattening would not notice.
    if logits.ndim != 3 or targets.shape != logits.shape[:2]:
        raise ValueError(
            f"logits {tuple(logits.shape)} and targets {tuple(targets.shape)} do not belong "
            "together: give logits (B, T, V) and targets (B, T) of the same B and T"
        )
    # ---- your code: pretraining.lm_cross_entropy (about 3 lines) ----
    raise NotImplementedError("pretraining.lm_cross_entropy")
    # ---- end of your code ----
