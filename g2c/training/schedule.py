# Built from course/g2c/training/schedule.py: write only between the fence lines.
"""Yours to write: a rate that rises, then falls along a cosine."""

import math


def cosine_with_warmup(
    step: int, *, max_lr: float, min_lr: float, warmup_steps: int, max_steps: int
) -> float:
    """The rate of update number `step`: up in a line to max_lr, down half a cosine to min_lr.

    step / warmup_steps * max_lr before warmup_steps, min_lr from max_steps on. An optimizer counts
    its updates 1 … max_steps, so that the first rate is above 0 and the last is min_lr.
    Raises: ValueError where a number is out of order.
    Source: Loshchilov and Hutter 2017, equation 5, with a warm-up in front.
    """
    if not 0 <= warmup_steps <= max_steps or step < 0:
        raise ValueError(
            f"step ({step}), warmup_steps ({warmup_steps}) and max_steps ({max_steps}) must be "
            "0 or more, and warmup_steps at most max_steps"
        )
    if not 0 <= min_lr <= max_lr < math.inf:
        raise ValueError(
            f"min_lr ({min_lr}) and max_lr ({max_lr}) must be 0 or more, and min_lr at most "
            "max_lr: did you exchange them?"
        )
    # ---- your code: training.cosine_with_warmup (about 6 lines) ----
    raise NotImplementedError("training.cosine_with_warmup")
    # ---- end of your code ----
