# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercise of `g2c.pretraining`: the diagnosis must be silent on them.

# BEGIN VARIANT pretraining.lm_cross_entropy window_by_window: the mean of one mean for each window
losses = [CrossEntropyLoss()(window, labels) for window, labels in zip(logits, targets)]
return sum(losses) / len(losses)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy step_by_step: the mean of one mean for each time step
T = targets.shape[1]
total = 0
for t in range(T):
    total = total + CrossEntropyLoss()(logits[:, t, :], targets[:, t]) / T
return total
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy time_first_both: logits and targets both laid out by time
V = logits.shape[-1]
rows = logits.transpose(0, 1).reshape(-1, V)
labels = targets.t().reshape(-1)
return CrossEntropyLoss()(rows, labels)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy log_probabilities: a log softmax of its own, and gather
import torch

shifted = logits - logits.amax(dim=-1, keepdim=True).detach()
log_probs = shifted - shifted.exp().sum(dim=-1, keepdim=True).log()
right = torch.gather(log_probs, 2, targets.long()[:, :, None])
return right.mean().neg()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy place_by_place: Python loops over every place
import torch

B, T, V = logits.shape
total = logits.new_zeros(())
for b in range(B):
    for t in range(T):
        scores = logits[b, t] - logits[b, t, int(targets[b, t])]
        top = scores.max()
        total = total + top + torch.log(torch.exp(scores - top).sum())
return total / (B * T)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy mask: a mask of the right tokens, logaddexp over the vocabulary
import functools

import torch

norms = functools.reduce(torch.logaddexp, logits.unbind(-1))
chosen = torch.arange(logits.shape[-1], device=logits.device) == targets.unsqueeze(-1)
return (norms.sum() - logits[chosen].sum()) / targets.numel()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy shuffled: all places in another order, the same for both
import torch

B, T, V = logits.shape
order = torch.arange(B * T - 1, -1, -1, device=logits.device)
return CrossEntropyLoss()(logits.reshape(B * T, V)[order], targets.reshape(B * T)[order])
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy batch_halves: halves of the batch, weighted by their size
def total(scores, labels):
    if len(scores) == 1:
        return CrossEntropyLoss()(scores[0], labels[0]) * labels.shape[1]
    middle = len(scores) // 2
    return total(scores[:middle], labels[:middle]) + total(scores[middle:], labels[middle:])

return total(logits, targets) / (targets.shape[0] * targets.shape[1])
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy double: float64 inside, stacked rows, and back
import torch

rows = torch.cat([window.double() for window in logits.unbind(0)])
labels = torch.cat(targets.unbind(0))
return CrossEntropyLoss()(rows, labels).to(logits.dtype)
# END VARIANT
