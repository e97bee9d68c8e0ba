"""Yours to write: two ways to bring every vector to the same size. Given: weights and precision."""

import torch
from torch import Tensor, nn


class LayerNorm(nn.Module):
    """Each vector with mean 0 and mean square 1, then scaled (and shifted) entry by entry.

    Shapes: x (..., D) -> (..., D); weight (D,) starts at 1, bias (D,), where asked for, at 0.
    `eps` is added to the variance. Computed in float32 at least, returned in the dtype of x.
    Source: Ba, Kiros and Hinton 2016, equation 4.
    """

    def __init__(
        self, d_model: int, eps: float = 1e-5, bias: bool = False, device=None, dtype=None
    ):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model, device=device, dtype=dtype))
        shift = nn.Parameter(torch.zeros(d_model, device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", shift)

    def forward(self, x: Tensor) -> Tensor:
        out = self.normalise(at_least_float32(x)) * self.weight
        return (out if self.bias is None else out + self.bias).to(x.dtype)

    def normalise(self, x: Tensor) -> Tensor:
        """The same without weight and bias.

        Shapes: x (..., D) -> (..., D).
        """
        # BEGIN SOLUTION transformer.layer_norm
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)  # divided by D, not by D - 1
        return centred / (variance + self.eps).sqrt()
        # END SOLUTION


class RMSNorm(nn.Module):
    """Each vector with mean square 1, then scaled entry by entry; its mean stays where it is.

    Shapes: x (..., D) -> (..., D); weight (D,) starts at 1.
    `eps` is added to the mean square. Computed in float32 at least, returned in the dtype of x.
    Source: Zhang and Sennrich 2019, equation 4.
    """

    def __init__(self, d_model: int, eps: float = 1e-5, device=None, dtype=None):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(d_model, device=device, dtype=dtype))

    def forward(self, x: Tensor) -> Tensor:
        return (self.normalise(at_least_float32(x)) * self.weight).to(x.dtype)

    def normalise(self, x: Tensor) -> Tensor:
        """The same without the weight.

        Shapes: x (..., D) -> (..., D).
        """
        # BEGIN SOLUTION transformer.rms_norm
        mean_square = x.square().mean(-1, keepdim=True)  # (..., 1)
        return x * (mean_square + self.eps).rsqrt()
        # END SOLUTION


def at_least_float32(x: Tensor) -> Tensor:
    # In float16 the square of 256 is already infinite; float64 stays what it is.
    return x.to(torch.promote_types(x.dtype, torch.float32))
