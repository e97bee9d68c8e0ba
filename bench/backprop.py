"""One training step by hand (module 09c) against the same step through autograd.

    .venv/bin/python bench/backprop.py [ROUNDS]

Time: the median over ROUNDS (default 15) pairs, by hand then autograd, after two of each. Memory:
peak live tensor storage, counted by `g2c.transformer.sizes_at_peak`. The reference is measured, on
the threads that torch takes by itself.
"""

from __future__ import annotations

import statistics
import sys
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "course"))

import torch

from g2c.backprop import causal_lm_loss, causal_lm_step, in_order, new_weights
from g2c.transformer import sizes_at_peak

# name, N windows, T tokens, V, D, heads, blocks
SIZES = [
    ("small", 8, 32, 65, 64, 4, 2),
    ("the course's shape", 12, 64, 65, 128, 4, 4),
    ("large", 8, 256, 1000, 256, 8, 4),
]
LR = 0.1


def by_autograd(tokens, *weights, num_heads, lr):
    """The same forward pass, its gradients by autograd, the same flat vector out."""
    leaves = [w.detach().requires_grad_() for w in in_order(*weights)]
    w_emb, pos_embed, *matrices, w_head = leaves
    blocks = [matrices[n : n + 6] for n in range(0, len(matrices), 6)]
    loss = causal_lm_loss(tokens, w_emb, pos_embed, blocks, w_head, num_heads=num_heads)
    gradients = torch.autograd.grad(loss, leaves)
    with torch.no_grad():
        updated = [w - lr * g for w, g in zip(leaves, gradients, strict=True)]
        return torch.cat([w.flatten() for w in updated])


def seconds(step, arguments, num_heads):
    start = time.perf_counter()
    step(*arguments, num_heads=num_heads, lr=LR)
    return time.perf_counter() - start


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    late = 0
    print(f"{'':<19} {'hand (ms)':>9} {'auto (ms)':>9} {'ratio':>6}   "
          f"{'hand (MB)':>9} {'auto (MB)':>9} {'ratio':>6}")  # fmt: skip
    for name, N, T, V, D, H, L in SIZES:
        generator = torch.Generator().manual_seed(0)
        tokens = torch.randint(0, V, (N, T + 1), generator=generator)
        arguments = (tokens, *new_weights(V, T, D, L, generator=generator))
        steps = causal_lm_step, by_autograd
        same = (step(*arguments, num_heads=H, lr=LR) for step in steps)
        torch.testing.assert_close(*same, rtol=0, atol=1e-4)
        pairs = [[seconds(step, arguments, H) for step in steps] for _ in range(rounds + 2)][2:]
        hand, auto = (statistics.median(times) for times in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        calls = [partial(step, *arguments, num_heads=H, lr=LR) for step in steps]
        peaks = [sum(sizes_at_peak(call)) for call in calls]
        late += ratio > 1 or peaks[0] > peaks[1]
        print(f"{name:<19} {1e3 * hand:>9.1f} {1e3 * auto:>9.1f} {ratio:>6.2f}   "
              f"{peaks[0] / 1e6:>9.2f} {peaks[1] / 1e6:>9.2f} {peaks[0] / peaks[1]:>6.2f}"
              )  # fmt: skip
    print("aim: both ratios at most 1 in every row")
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
