# Built from course/g2c/transformer/feed_forward.py: write only between the fence lines.
"""Yours to write: what every position thinks about by itself, plain and gated."""

from collections.abc import Callable

from torch import Tensor, nn

from g2c.nn import Linear
from g2c.transformer.activations import gelu, silu


class FeedForward(nn.Module):
    """Wider, a nonlinearity, and narrow again, at every position alike.

    Shapes: x (..., D) -> (..., D); w1 widens to d_ff (4 D if not given), w2 comes back.
    Source: Vaswani et al. 2017, equation 2, with another nonlinearity.
    """

    def __init__(
        self,
        d_model: int,
        d_ff: int | None = None,
        activation: Callable[[Tensor], Tensor] = gelu,
        bias: bool = False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        d_ff = 4 * d_model if d_ff is None else d_ff
        kinds = {"bias": bias, "device": device, "dtype": dtype}
        self.w1, self.w2 = Linear(d_model, d_ff, **kinds), Linear(d_ff, d_model, **kinds)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        # ---- your code: transformer.feed_forward (about 1 line) ----
        raise NotImplementedError("transformer.feed_forward")
        # ---- end of your code ----


class SwiGLU(nn.Module):
    """Wider twice, one of the two opening and closing the other as a gate, and narrow again.

    Shapes: x (..., D) -> (..., D); w1 (the gate, through silu) and w3 widen, w2 comes back.
    d_ff is `swiglu_width(d_model)` if not given.
    Source: Shazeer 2020, equation 6.
    """

    def __init__(
        self, d_model: int, d_ff: int | None = None, bias: bool = False, device=None, dtype=None
    ):
        super().__init__()
        d_ff = swiglu_width(d_model) if d_ff is None else d_ff
        kinds = {"bias": bias, "device": device, "dtype": dtype}
        self.w1, self.w3 = Linear(d_model, d_ff, **kinds), Linear(d_model, d_ff, **kinds)
        self.w2 = Linear(d_ff, d_model, **kinds)

    def forward(self, x: Tensor) -> Tensor:
        # ---- your code: transformer.swiglu (about 1 line) ----
        raise NotImplementedError("transformer.swiglu")
        # ---- end of your code ----


def swiglu_width(d_model: int) -> int:
    """8/3 of d_model, to the nearest multiple of 64 (halves go up), and 64 at least: 512 -> 1344.

    Three matrices of 8/3 D hold as many numbers as the two of 4 D in a FeedForward.
    """
    return 64 * max(1, (d_model + 12) // 24)  # 8/3 D / 64 = D / 24
