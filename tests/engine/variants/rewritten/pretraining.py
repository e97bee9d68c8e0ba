# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/pretraining.py` as somebody else would write them: they measure the diagnosis.

# ---- lm_cross_entropy ----

# BEGIN VARIANT pretraining.lm_cross_entropy last_position_only: log probabilities of the last column, row by row
T, losses = logits.shape[1], []
for b in range(logits.shape[0]):
    scores = logits[b, T - 1]
    scores = scores - scores.max()
    losses.append(scores.exp().sum().log() - scores[targets[b, T - 1]])
return sum(losses) / len(losses)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy shifted_twice: pairs of places, gathered in lists
import torch

B, T, V = logits.shape
rows = [logits[b, t] for b in range(B) for t in range(T - 1)]
labels = [targets[b, t + 1] for b in range(B) for t in range(T - 1)]
if not rows:
    raise ValueError("a single token has no successor")
return CrossEntropyLoss()(torch.stack(rows), torch.stack(labels))
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy shifted_back: narrow
T, V = logits.shape[1:]
later = logits.narrow(1, 1, T - 1).reshape(-1, V)
earlier = targets.narrow(1, 0, T - 1).reshape(-1)
return CrossEntropyLoss().forward(later, earlier)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy targets_time_first: targets written down column by column
import torch

B, T, V = logits.shape
labels = torch.cat([targets[:, t] for t in range(T)])
scores = logits.reshape(-1, V)
log_probs = scores - scores.amax(-1, keepdim=True)
log_probs = log_probs - log_probs.exp().sum(-1, keepdim=True).log()
return -log_probs[torch.arange(B * T), labels].mean()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy logits_time_first: one block of rows for each time step
import torch

blocks = [logits[:, t, :] for t in range(logits.size(1))]
return CrossEntropyLoss()(torch.cat(blocks, dim=0), targets.flatten())
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy vocabulary_first: rows picked from the flat numbers with a stride
import torch

B, T, V = logits.shape
flat = logits.flatten()
rows = torch.stack([flat[i :: B * T] for i in range(B * T)])
return CrossEntropyLoss()(rows, targets.reshape(-1))
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy view_not_reshape: a view, then log probabilities and gather
V = logits.size(-1)
rows, labels = logits.view(-1, V), targets.view(-1, 1)
rows = rows - rows.amax(1, keepdim=True)
losses = rows.exp().sum(1, keepdim=True).log() - rows.gather(1, labels)
return losses.mean()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy sum_of_all: a running total over every place
total = 0.0
for scores, labels in zip(logits, targets):
    for row, label in zip(scores, labels):
        top = row.max()
        total = total + top + (row - top).exp().sum().log() - row[label]
return total
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy sum_over_time: the mean of each time step, added up
total = 0
for t in range(targets.shape[1]):
    total = total + CrossEntropyLoss()(logits[:, t], targets[:, t])
return total
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy softmax_first: probabilities by hand, window by window
loss = 0
for window, labels in zip(logits, targets):
    powers = (window - window.amax(dim=1, keepdim=True)).exp()
    loss = loss + CrossEntropyLoss()(powers / powers.sum(dim=1, keepdim=True), labels)
return loss / len(logits)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy overflowing_softmax: one place at a time, without a maximum
import torch

losses = []
for b in range(logits.shape[0]):
    for t in range(logits.shape[1]):
        e = torch.exp(logits[b, t])
        losses.append(-torch.log(e[targets[b, t]] / torch.sum(e)))
return torch.stack(losses).mean()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy share_of_wrong_guesses: one minus the accuracy, with max
import torch

hits = torch.eq(logits.max(dim=-1).indices, targets).sum()
return 1 - hits.to(logits.dtype) / targets.numel()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy perplexity: two to the number of bits
import math

import torch

scores = logits - logits.amax(-1, keepdim=True).detach()
surprise = scores.exp().sum(-1).log() - scores.gather(2, targets.unsqueeze(2)).squeeze(2)
bits = surprise.sum() / (targets.numel() * math.log(2))
return torch.exp2(bits)
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy bits: log2 throughout
import math

import torch

scores = (logits - logits.amax(-1, keepdim=True)) / math.log(2)
norm = torch.log2(torch.exp2(scores).sum(-1))
return (norm - scores.gather(-1, targets.unsqueeze(-1)).squeeze(-1)).mean()
# END VARIANT

# BEGIN VARIANT pretraining.lm_cross_entropy detached: computed where nothing is recorded
import torch

with torch.no_grad():
    rows = torch.cat(list(logits))
    return CrossEntropyLoss()(rows, torch.cat(list(targets)))
# END VARIANT

# ---- the given functions ----

# BEGIN VARIANT pretraining.get_lm_batch copies_the_input: one table of places, used twice
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(0, ids.numel() - context_length, (batch_size,), generator=generator)
    index = starts.unsqueeze(1) + torch.arange(context_length)
    return ids[index], ids[index]
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch shifted_right_targets: one window of T + 1 tokens, cut the wrong way
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    windows = ids.unfold(0, context_length + 1, 1)
    starts = torch.randint(len(windows), (batch_size,), generator=generator)
    chosen = windows[starts]
    return chosen[:, 1:], chosen[:, :-1]
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch past_the_end: loops that cut slices and add a dimension
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    T = context_length
    starts = torch.randint(0, 1 + ids.shape[0] - T, (batch_size,), generator=generator)
    inputs, labels = [], []
    for start in starts:
        window = ids[start : start + T + 1]
        inputs.append(window[:T])
        labels.append(window[1:])
    return torch.stack(tuple(inputs), 0), torch.stack(tuple(labels), 0)
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch last_start_unreachable: all windows at once, and the last one left out
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    windows = ids.unfold(0, context_length + 1, 1)
    starts = torch.randint(0, windows.shape[0] - 1, (batch_size,), generator=generator)
    return windows[starts][:, :context_length], windows[starts][:, 1:]
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch first_start_unreachable: the lowest start in an if, windows of T + 1 tokens
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    last = len(ids) - context_length - 1
    low = 1 if last >= 1 else 0
    starts = torch.randint(low, last + 1, (batch_size,), generator=generator)
    index = starts[:, None] + torch.arange(context_length + 1)
    both = ids[index]
    return both[:, :-1], both[:, 1:]
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch shuffled_tokens: shuffled in a list
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    order = torch.randperm(ids.numel(), generator=generator).tolist()
    mixed = torch.stack([ids[place] for place in order])
    windows = mixed.unfold(0, context_length + 1, 1)
    chosen = windows[torch.randint(len(windows), (batch_size,), generator=generator)]
    return chosen[:, :-1].contiguous(), chosen[:, 1:].contiguous()
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch one_start_for_all: one window, expanded
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    start = int(torch.randint(len(ids) - context_length, (1,), generator=generator))
    window = ids[start : start + context_length + 1]
    return (
        window[:-1].expand(batch_size, context_length),
        window[1:].expand(batch_size, context_length),
    )
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch global_generator: index_select, with torch's own generator
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    T = context_length
    starts = torch.randint(high=ids.shape[0] - T, size=[batch_size])
    places = (starts.view(-1, 1) + torch.arange(T).view(1, -1)).flatten()
    x = ids.index_select(0, places).view(batch_size, T)
    y = ids.index_select(0, places + 1).view(batch_size, T)
    return x, y
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch cast_to_float: the stream becomes float32 first
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    numbers = ids.to(torch.float32)
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    windows = numbers.unfold(0, context_length + 1, 1)[starts]
    return windows[:, :-1], windows[:, 1:]
# END VARIANT

# BEGIN VARIANT pretraining.get_lm_batch cast_to_int32: filled into tables of int32
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    x = torch.zeros(batch_size, context_length, dtype=torch.int32)
    y = torch.zeros_like(x)
    for row, start in enumerate(starts.tolist()):
        x[row] = ids[start : start + context_length]
        y[row] = ids[start + 1 : start + 1 + context_length]
    return x, y
# END VARIANT

# BEGIN VARIANT pretraining.split_token_stream shuffled_split: a shuffled copy, split by sizes
def split_token_stream(ids, train_fraction=0.9):
    shuffled = ids.index_select(0, torch.randperm(ids.shape[0]))
    n = int(train_fraction * ids.shape[0])
    return shuffled[:n], shuffled[n:]
# END VARIANT

# BEGIN VARIANT pretraining.split_token_stream lost_token: counts from the first token after the cut
def split_token_stream(ids, train_fraction=0.9):
    after = 1 + int(train_fraction * ids.numel())
    train, val = ids[: after - 1], ids[after:]
    return train, val
# END VARIANT

# BEGIN VARIANT pretraining.document_starts separators_anywhere_refused: a loop over every start
def document_starts(ids, context_length, separator_id):
    _check_window(ids, context_length)
    tokens, starts = ids.tolist(), []
    for start in range(len(tokens) - context_length):
        if separator_id not in tokens[start : start + context_length + 1]:
            starts.append(start)
    return torch.tensor(starts, dtype=torch.int64)
# END VARIANT
