# Given. Built from course/g2c/tensors/__init__.py: there is nothing to write here.
"""Module 02: products of matrices, broadcasting, a softmax that never overflows, derivatives."""

from g2c.tensors.broadcasting import broadcast_shapes
from g2c.tensors.linear import linear_backward
from g2c.tensors.matmul import matmul_loops
from g2c.tensors.softmax import logsumexp, softmax, softmax_backward

__all__ = [
    "broadcast_shapes",
    "linear_backward",
    "logsumexp",
    "matmul_loops",
    "softmax",
    "softmax_backward",
]
