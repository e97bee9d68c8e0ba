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
    # BEGIN SOLUTION tensors.softmax
    # The maximum cancels between numerator and denominator, so no gradient need flow through it.
    exps = (x - x.amax(dim, keepdim=True).detach()).exp()
    # Times 1 / sum: the way back through a division takes twice as many passes over x.
    return exps * exps.sum(dim, keepdim=True).reciprocal()
    # END SOLUTION


def logsumexp(x: Tensor, dim: int) -> Tensor:
    """log(sum(exp(x))) along `dim`, as if exp could not overflow: a smooth maximum.

    Shapes: x (..., V) -> (...), the dimension `dim` is gone.
    Lies between max(x) and max(x) + log(V); finite for finite scores.
    Source: Blanchard, Higham and Higham 2021, section 1.
    """
    # BEGIN SOLUTION tensors.logsumexp
    top = x.amax(dim, keepdim=True).detach()
    return (x - top).exp().sum(dim).log() + top.squeeze(dim)
    # END SOLUTION


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
    # BEGIN SOLUTION tensors.softmax_backward
    mean = (d_out * probs).sum(-1, keepdim=True)  # (..., 1)
    return probs * (d_out - mean)
    # END SOLUTION
