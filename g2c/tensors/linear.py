# Built from course/g2c/tensors/linear.py: write only between the fence lines.
"""Yours to write: the derivatives of a linear layer, two products for one."""

from torch import Tensor


def linear_backward(d_out: Tensor, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients (d_x, d_weight) of `out = x @ weight.T`, given the gradient of `out`.

    Shapes: d_out (N, F), x (N, D), weight (F, D) -> (N, D), (F, D).
    Each gradient has the shape of what it is the gradient of; d_weight is a sum over the N rows.
    Raises: ValueError where the three shapes do not belong to one product.
    Source: Rumelhart, Hinton and Williams 1986, for a layer without its nonlinearity.
    """
    matrices = d_out.ndim == x.ndim == weight.ndim == 2
    if not matrices or (*d_out.shape, x.shape[1]) != (len(x), *weight.shape):
        raise ValueError(
            f"d_out {tuple(d_out.shape)}, x {tuple(x.shape)} and weight {tuple(weight.shape)} "
            "do not belong together: give d_out (N, F), x (N, D) and weight (F, D)"
        )
    # ---- your code: tensors.linear_backward (about 3 lines) ----
    raise NotImplementedError("tensors.linear_backward")
    # ---- end of your code ----
