# Built from course/g2c/tensors/softmax.py: write only between the fence lines.
"""Yours to write: softmax, logsumexp and a derivative, safe for scores of any size.

The trap in the first two: exp overflows float32 at about 88.7, and inf / inf is NaN.
"""

from torch import Tensor


def softmax(x: Tensor, dim: int) -> Tensor:
    """Scores as probabilities: each at least 0, with sum 1 along `dim`.

    Shapes: x (..., V) -> (..., V), any number of dimensions.
    Never NaN for finite scores; a score of -inf gets probability 0 if one beside it is finite.
    Source: Goodfellow, Bengio and Courville 2016, Deep Learning, equation 4.1.
    """
    # ---- your code: tensors.softmax (about 2 lines) ----
    raise NotImplementedError("tensors.softmax")
    # ---- end of your code ----


def logsumexp(x: Tensor, dim: int) -> Tensor:
    """log(sum(exp(x))) along `dim`, as if exp could not overflow: a smooth maximum.

    Shapes: x (..., V) -> (...), the dimension `dim` is gone.
    Lies between max(x) and max(x) + log(V); finite for finite scores.
    Source: Blanchard, Higham and Higham 2021, section 1.
    """
    # ---- your code: tensors.logsumexp (about 2 lines) ----
    raise NotImplementedError("tensors.logsumexp")
    # ---- end of your code ----


def softmax_backward(d_out: Tensor, probs: Tensor) -> Tensor:
    """The gradient for the scores, given the gradient for the probabilities they turned into.

    Shapes: d_out (..., V), probs (..., V) -> (..., V); probs = softmax(scores, dim=-1).
    Every row of the result has sum 0: adding a constant to all scores changes nothing.
    Raises: ValueError where the two shapes differ.
    Source: Bridle 1990, where softmax got its name.
    """
    if d_out.shape != probs.shape:
        raise ValueError(
            f"d_out {tuple(d_out.shape)} and probs {tuple(probs.shape)} must have one shape: give "
            "one gradient for each probability"
        )
    # ---- your code: tensors.softmax_backward (about 2 lines) ----
    raise NotImplementedError("tensors.softmax_backward")
    # ---- end of your code ----
