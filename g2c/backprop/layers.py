# Built from course/g2c/backprop/layers.py: write only between the fence lines.
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
    # ---- your code: backprop.matmul_backward (about 3 lines) ----
    raise NotImplementedError("backprop.matmul_backward")
    # ---- end of your code ----


def gelu_backward(d_out: Tensor, x: Tensor) -> Tensor:
    """The gradient for x of `gelu(x) = x * Phi(x)`, Phi the normal distribution function.

    Shapes: d_out (...), x (...) -> (...).
    Source: Hendrycks and Gimpel 2016, section 2, for the exact form.
    """
    # ---- your code: backprop.gelu_backward (about 3 lines) ----
    raise NotImplementedError("backprop.gelu_backward")
    # ---- end of your code ----


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
    # ---- your code: backprop.layer_norm_backward (about 3 lines) ----
    raise NotImplementedError("backprop.layer_norm_backward")
    # ---- end of your code ----
