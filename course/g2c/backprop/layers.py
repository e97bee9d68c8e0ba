"""Yours to write: the derivatives of a product, of GELU and of a layer norm."""

import math

import torch
from torch import Tensor

EPS = 1e-5  # added to the variance


def matmul_backward(d_out: Tensor, x: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients (d_x, d_w) of `out = x @ w`; one matrix serves all windows and positions.

    Shapes: d_out (N, T, F), x (N, T, D), w (D, F) -> (N, T, D), (D, F).
    Source: Rumelhart, Hinton and Williams 1986, for a layer without its nonlinearity.
    """
    # BEGIN SOLUTION backprop.matmul_backward
    d_x = d_out @ w.T
    d_w = x.flatten(0, 1).T @ d_out.flatten(0, 1)  # (D, N * T) @ (N * T, F)
    return d_x, d_w
    # END SOLUTION


def gelu_backward(d_out: Tensor, x: Tensor) -> Tensor:
    """The gradient for x of `gelu(x) = x * Phi(x)`, Phi the normal distribution function.

    Shapes: d_out (...), x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2, for the exact form.
    """
    # BEGIN SOLUTION backprop.gelu_backward
    share = 0.5 * (1 + torch.erf(x / math.sqrt(2)))  # Phi(x)
    density = torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)  # its derivative
    return d_out * (share + x * density)
    # END SOLUTION


def layer_norm(x: Tensor) -> tuple[Tensor, Tensor]:
    """Each vector with mean 0 and mean square 1, and by what it was multiplied for that.

    Shapes: x (..., D) -> (..., D), (..., 1).
    Without weight and bias; `EPS` is added to the variance.
    Source: Ba, Kiros and Hinton 2016, equation 4.
    """
    centred = x - x.mean(-1, keepdim=True)
    inverse_std = (centred.square().mean(-1, keepdim=True) + EPS).rsqrt()  # (..., 1)
    return centred * inverse_std, inverse_std


def layer_norm_backward(d_out: Tensor, normed: Tensor, inverse_std: Tensor) -> Tensor:
    """The gradient for x of `layer_norm(x)`, from what it returned.

    Shapes: d_out (..., D), normed (..., D), inverse_std (..., 1) -> (..., D).
    Every vector of the result has sum 0, and nearly no part along `normed`.
    """
    # BEGIN SOLUTION backprop.layer_norm_backward
    mean = d_out.mean(-1, keepdim=True)
    along = (d_out * normed).mean(-1, keepdim=True)
    return (d_out - mean - normed * along) * inverse_std
    # END SOLUTION
