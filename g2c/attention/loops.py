# Given. Built from course/g2c/attention/loops.py: there is nothing to write here.
"""Given, complete: attention one number at a time. Slow, and the judge of the fast version."""

import math

import torch
from torch import Tensor


def attention_loops(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> Tensor:
    """What `scaled_dot_product_attention` computes, for one sequence, with loops over positions.

    Shapes: query (T, K), key (S, K), value (S, K), mask (T, S) -> (T, K).
    Source: Vaswani et al. 2017, equation 1, written out.
    """
    out = torch.zeros(len(query), value.shape[1], dtype=value.dtype)
    for t in range(len(query)):
        exps = {}
        for s in range(len(key)):
            if mask is None or mask[t, s]:
                product = sum(query[t, k] * key[s, k] for k in range(query.shape[1]))
                exps[s] = torch.exp(product / math.sqrt(query.shape[1]))
        total = sum(exps.values())
        for s, share in exps.items():
            out[t] += share / total * value[s]
    return out
