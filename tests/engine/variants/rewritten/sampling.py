# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/sampling.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT sampling.greedy over_the_batch: row against row, the best so far kept
import torch

best, winner = logits[0], torch.zeros_like(logits[0], dtype=torch.int64)
for number, row in enumerate(logits):
    better = row > best
    best = torch.where(better, row, best)
    winner = torch.where(better, number, winner)
return winner
# END VARIANT

# BEGIN VARIANT sampling.greedy of_all_rows: one flat list of Python numbers
import torch

flat = logits.flatten().tolist()
return torch.tensor(flat.index(max(flat)), device=logits.device)
# END VARIANT

# BEGIN VARIANT sampling.greedy the_score: sorted, and the last of each row
scores, _ = logits.sort(dim=-1)
return scores[..., -1]
# END VARIANT

# BEGIN VARIANT sampling.greedy the_lowest: the maximum of the scores with their sign turned
opposite = logits.neg().max(dim=-1)
return opposite.indices
# END VARIANT

# BEGIN VARIANT sampling.greedy by_sampling: a distribution object of torch
from torch.distributions import Categorical

return Categorical(logits=logits).sample()
# END VARIANT

# BEGIN VARIANT sampling.greedy the_farthest_from_zero: the larger of each score and its opposite
import torch

return torch.maximum(logits, -logits).max(-1)[1]
# END VARIANT

# BEGIN VARIANT sampling.greedy dimension_kept: topk with k = 1
_, ids = logits.topk(1, dim=-1)
return ids
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature multiplied: row after row, stacked
import torch

return torch.stack([torch.mul(row, temperature) for row in logits])
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature subtracted: a tensor full of the temperature
import torch

shift = torch.full_like(logits, temperature)
return torch.sub(logits, shift)
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature probabilities: exponentials over their sum, by hand
highest = logits.amax(dim=-1, keepdim=True)
powers = ((logits - highest) / temperature).exp()
total = powers.sum(dim=-1, keepdim=True)
return powers / total
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature probabilities_divided: through torch's log_softmax
log_probs = logits.log_softmax(-1)
return log_probs.exp().div(temperature)
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature in_place: written back through an index
scaled = logits / temperature
logits[...] = scaled
return logits
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature positive_only: split into the part above 0 and the part below
above = logits.clamp(min=0)
below = logits.clamp(max=0)
return above / temperature + below
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter zeros: ranks from sorting twice
ranks = logits.argsort(dim=-1, descending=True).argsort(dim=-1)
return torch.where(ranks < k, logits, torch.zeros_like(logits))
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter ties_kept: the k-th of the sorted scores as a threshold
V = logits.shape[-1]
threshold = logits.sort(dim=-1, descending=True).values[..., min(k, V) - 1].unsqueeze(-1)
minus_infinity = torch.full_like(logits, float("-inf"))
return torch.where(logits >= threshold, logits, minus_infinity)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter ties_lost: kthvalue from below, strictly above it
V = logits.shape[-1]
kth = torch.kthvalue(logits, V - min(k, V) + 1, dim=-1, keepdim=True).values
out = logits.clone()
out[~(logits > kth)] = -math.inf
return out
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter over_the_batch: a flat mask of what stays
flat = logits.reshape(-1)
keep = torch.zeros(len(flat), dtype=torch.bool, device=logits.device)
keep[torch.argsort(flat, descending=True)[:k]] = True
return logits.masked_fill(~keep.reshape(logits.shape), -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter more_than_there_are: a loop over ranks that may run out of them
order = torch.argsort(logits, dim=-1, descending=True)
keep = torch.zeros_like(logits, dtype=torch.bool)
for rank in range(k):
    place = order.select(-1, rank)
    keep.scatter_(-1, place.unsqueeze(-1), True)
return logits.masked_fill(keep.logical_not(), -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter the_lowest: ranks from sorting upwards twice
rank = logits.argsort(-1).argsort(-1)
return torch.where(rank < k, logits, torch.full_like(logits, -math.inf))
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter not_put_back: the values of topk, filled up at their end
V = logits.size(-1)
values, _ = torch.topk(logits, k if k < V else V)
return torch.nn.functional.pad(values, (0, V - values.size(-1)), value=-math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter in_place: masked_fill_ by ranks
ranks = torch.argsort(torch.argsort(logits, dim=-1, descending=True), dim=-1)
return logits.masked_fill_(ranks >= k, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter renormalised: exponentials of what stays, over their sum
ranks = logits.argsort(-1, descending=True).argsort(-1)
kept = logits.masked_fill(ranks >= k, -math.inf)
powers = torch.exp(kept - kept.max(-1, keepdim=True).values)
return powers / powers.sum(-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter crossing_excluded: row by row, a loop that breaks
V = logits.shape[-1]
rows = []
for row in logits.reshape(-1, V):
    new = torch.full_like(row, -math.inf)
    probs, mass = softmax(row, dim=0), 0.0
    for id in probs.argsort(descending=True):
        mass = mass + probs[id]
        if mass > p:
            break
        new[id] = row[id]
    rows.append(new)
return torch.stack(rows).reshape(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter one_too_many: the mass before each token, compared with p
order = logits.argsort(dim=-1, descending=True)
probs = softmax(logits, dim=-1).gather(-1, order)
mass = torch.cumsum(probs, dim=-1)
before = torch.cat((torch.zeros_like(mass[..., :1]), mass[..., :-1]), dim=-1)
drop = (before > p).gather(-1, order.argsort(dim=-1))
return logits.masked_fill(drop, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter ties_kept: searchsorted finds the last one needed
V = logits.shape[-1]
down, _ = torch.sort(logits, dim=-1, descending=True)
mass = softmax(down, dim=-1).cumsum(dim=-1)
place = torch.searchsorted(mass, torch.full_like(mass[..., :1], p))
threshold = torch.gather(down, -1, torch.clamp(place, max=V - 1))
return torch.where(logits >= threshold, logits, torch.full_like(logits, -math.inf))
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter not_sorted: column after column, with the mass so far
probs = softmax(logits, dim=-1)
mass = torch.zeros_like(probs[..., 0])
columns = []
for v in range(logits.shape[-1]):
    columns.append(logits[..., v].masked_fill(mass >= p, -math.inf))
    mass = mass + probs[..., v]
return torch.stack(columns, dim=-1)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter from_the_bottom: ascending order, a mask scattered back
places = torch.argsort(logits, dim=-1)
probs = softmax(logits, dim=-1).gather(-1, places)
before = probs.cumsum(-1).roll(1, -1)
before[..., 0] = 0
drop = before >= p
return logits.masked_fill(torch.zeros_like(drop).scatter(-1, places, drop), -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter not_put_back: row by row, the best n, filled up
V = logits.shape[-1]
new = []
for row in logits.reshape(-1, V).unbind(0):
    mass = softmax(row.sort(descending=True).values, dim=0).cumsum(0)
    n = min(int((mass < p).sum()) + 1, V)
    best = row.topk(n).values
    new.append(torch.cat((best, torch.full_like(row[n:], -math.inf))))
return torch.stack(new).view(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter gathered_back: row by row, indexed with the order once more
rows = []
for row in logits.reshape(-1, logits.shape[-1]):
    order = torch.argsort(row, descending=True)
    down = row[order]
    mass = softmax(down, dim=-1).cumsum(dim=-1)
    n = (mass < p).sum() + 1
    down[n:] = -math.inf
    rows.append(down[order])
return torch.stack(rows).reshape(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter zeros: a mask scattered back, and where
order = logits.argsort(dim=-1, descending=True)
probs = softmax(logits, dim=-1).gather(-1, order)
mass = probs.cumsum(-1)
keep = torch.ones_like(probs, dtype=torch.bool)
keep[..., 1:] = mass[..., :-1] < p
back = torch.empty_like(keep).scatter(-1, order, keep)
return torch.where(back, logits, torch.zeros_like(logits))
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter each_alone: exponentials by hand, and where
e = torch.exp(logits - logits.max(dim=-1, keepdim=True).values)
probs = e / e.sum(dim=-1, keepdim=True)
return torch.where(probs >= p, logits, torch.full_like(logits, -math.inf))
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter renormalised: the probabilities that stay, over their sum
probs = softmax(logits, dim=-1)
down, order = probs.sort(dim=-1, descending=True)
mass = down.cumsum(-1)
keep = torch.cat((torch.ones_like(mass[..., :1]).bool(), mass[..., :-1] < p), dim=-1)
keep = keep.gather(-1, order.argsort(-1))
kept = probs * keep
return kept / kept.sum(-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter scores_added: row by row, counting the sums below p
rows = []
for row in logits.reshape(-1, logits.shape[-1]):
    order = row.argsort(descending=True).tolist()
    total, below = 0.0, 0
    for id in order:
        total += row[id].item()
        below += total < p
    new = torch.full_like(row, -math.inf)
    for id in order[: below + 1]:
        new[id] = row[id]
    rows.append(new)
return torch.stack(rows).reshape(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty negative_divided: a mask of what was seen
V = logits.shape[-1]
seen = torch.nn.functional.one_hot(token_ids, V).bool().any(dim=1)
return torch.where(seen, logits / penalty, logits)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty rewarded: loops over the set of each row's tokens
out = logits.clone()
for b in range(len(out)):
    for id in set(token_ids[b].tolist()):
        if out[b, id] < 0:
            out[b, id] = out[b, id] / penalty
        else:
            out[b, id] = out[b, id] * penalty
return out
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty for_each_time: the penalty to the power of the count
counts = torch.nn.functional.one_hot(token_ids, logits.shape[-1]).sum(dim=1)
factor = torch.pow(torch.full_like(logits, penalty), counts)
return torch.where(logits < 0, logits * factor, logits / factor)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty for_all_texts: whole columns, for each token of a set
columns = list(logits.unbind(dim=1))
for id in set(token_ids.flatten().tolist()):
    column = columns[id]
    columns[id] = torch.where(column > 0, column / penalty, column * penalty)
return torch.stack(columns, dim=1)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty in_place: indexed rows, assigned
for b, ids in enumerate(token_ids):
    seen = torch.unique(ids)
    old = logits[b, seen]
    logits[b, seen] = torch.where(old > 0, old / penalty, old * penalty)
return logits
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty subtracted: the penalty times a mask of 0 and 1
seen = (token_ids[:, :, None] == torch.arange(logits.shape[-1], device=logits.device)).any(1)
return logits - penalty * seen.to(logits.dtype)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty everything: the two signs apart, and added
up, down = logits.clamp(min=0), logits.clamp(max=0)
return up.div(penalty) + down.mul(penalty)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty the_unseen: loops over the tokens that are in no set
out = logits.clone()
for row, ids in zip(out, token_ids.tolist()):
    for id in range(len(row)):
        if id not in ids:
            row[id] = row[id] / penalty if row[id] > 0 else row[id] * penalty
return out
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty the_last_only: one indexed entry a row
rows = torch.arange(len(logits), device=logits.device)
last = token_ids[:, -1]
score = logits[rows, last]
out = logits.clone()
out[rows, last] = torch.where(score > 0, score / penalty, score * penalty)
return out
# END VARIANT

# BEGIN VARIANT sampling.next_tokens greedy_without_penalty: all that draws inside one branch
if temperature != 0:
    scores = logits
    if repetition_penalty is not None:
        scores = apply_repetition_penalty(scores, token_ids, repetition_penalty)
    scores = apply_temperature(scores, temperature)
    scores = scores if top_k is None else top_k_filter(scores, top_k)
    scores = scores if top_p is None else top_p_filter(scores, top_p)
    drawn = torch.multinomial(scores.softmax(-1), num_samples=1, generator=generator)
    return drawn.squeeze(1)
return logits.argmax(dim=1)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens temperature_last: a list of steps, the temperature at its end
steps = []
if top_k is not None:
    steps.append(lambda s: top_k_filter(s, top_k))
if top_p is not None:
    steps.append(lambda s: top_p_filter(s, top_p))
steps.append(lambda s: apply_temperature(s, temperature))
scores = logits
if repetition_penalty is not None:
    scores = apply_repetition_penalty(scores, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(scores)
for step in steps:
    scores = step(scores)
return torch.multinomial(scores.softmax(-1), 1, generator=generator).flatten()
# END VARIANT

# BEGIN VARIANT sampling.next_tokens top_p_before_top_k: pairs of filter and number
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
scores = apply_temperature(logits, temperature)
for filter, number in ((top_p_filter, top_p), (top_k_filter, top_k)):
    if number is not None:
        scores = filter(scores, number)
probs = torch.exp(scores - scores.logsumexp(-1, keepdim=True))
return torch.multinomial(probs, 1, generator=generator).squeeze(-1)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens always_greedy: the indices of the maximum in both cases
if repetition_penalty is None:
    return logits.max(dim=-1).indices
punished = apply_repetition_penalty(logits, token_ids, repetition_penalty)
return punished.max(dim=-1).indices
# END VARIANT

# BEGIN VARIANT sampling.next_tokens no_greedy: conditional expressions, one after the other
r, t = repetition_penalty, temperature
s = logits if r is None else apply_repetition_penalty(logits, token_ids, r)
s = apply_temperature(s, t)
s = s if top_k is None else top_k_filter(s, top_k)
s = s if top_p is None else top_p_filter(s, top_p)
chosen = torch.multinomial(softmax(s, dim=1), 1, generator=generator)
return chosen.view(-1)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens no_temperature: the greedy case at the end
scores = logits.clone()
if repetition_penalty is not None:
    scores = apply_repetition_penalty(scores, token_ids, repetition_penalty)
if temperature > 0 or temperature < 0:
    if top_k is not None:
        scores = top_k_filter(scores, top_k)
    if top_p is not None:
        scores = top_p_filter(scores, top_p)
    probs = torch.softmax(scores, dim=-1)
    return torch.multinomial(probs, 1, generator=generator)[..., 0]
return greedy(scores)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens global_generator: a distribution object of torch
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
scores = apply_temperature(logits, temperature)
if top_k is not None:
    scores = top_k_filter(scores, top_k)
if top_p is not None:
    scores = top_p_filter(scores, top_p)
return torch.distributions.Categorical(logits=scores).sample()
# END VARIANT

# BEGIN VARIANT sampling.next_tokens one_draw_for_all: the first row's number in a full tensor
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
scores = apply_temperature(logits, temperature)
if top_k is not None:
    scores = top_k_filter(scores, top_k)
if top_p is not None:
    scores = top_p_filter(scores, top_p)
first = next(iter(softmax(scores, dim=-1)))
id = torch.multinomial(first, 1, generator=generator).item()
return torch.full((len(logits),), id, device=logits.device)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens a_column: topk for greedy, and the draw as it comes
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return logits.topk(1, dim=-1).indices
scores = apply_temperature(logits, temperature)
for number, filter in ((top_k, top_k_filter), (top_p, top_p_filter)):
    scores = scores if number is None else filter(scores, number)
return scores.softmax(dim=-1).multinomial(1, generator=generator)
# END VARIANT

# BEGIN VARIANT sampling.step past_the_end: only the flag is set, in place
chosen = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    self.ended |= chosen.eq(self.eos_id)
self.append(chosen)
return chosen
# END VARIANT

# BEGIN VARIANT sampling.step never_ended: where instead of masked_fill
scores = self.logits()
tokens = next_tokens(scores, self.ids, **choice)
eos = self.eos_id
if eos is not None:
    tokens = torch.where(self.ended, torch.full_like(tokens, eos), tokens)
self.append(tokens)
return tokens
# END VARIANT

# BEGIN VARIANT sampling.step all_end_at_once: an if over the whole batch
new = next_tokens(self.logits(), self.ids, **choice)
eos = self.eos_id
if eos is not None:
    new = torch.where(self.ended, eos, new)
    if eos in new.tolist():
        self.ended = torch.ones_like(self.ended)
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.step not_appended: a list of numbers, and no line that writes them down
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is None:
    return new
ids = [self.eos_id if over else id for id, over in zip(new.tolist(), self.ended.tolist())]
new = torch.tensor(ids, device=new.device)
self.ended = torch.logical_or(self.ended, new == self.eos_id)
return new
# END VARIANT

# BEGIN VARIANT sampling.step appended_too_early: two names, and the first is written down
drawn = next_tokens(self.logits(), self.ids, **choice)
self.append(drawn)
if self.eos_id is None:
    return drawn
final = drawn.clone()
final[self.ended] = self.eos_id
self.ended = torch.logical_or(self.ended, final.eq(self.eos_id))
return final
# END VARIANT

# BEGIN VARIANT sampling.step choice_forgotten: a draw of its own from the softmax
probs = torch.softmax(self.logits(), dim=-1)
new = torch.multinomial(probs, num_samples=1).squeeze(1)
if self.eos_id is not None:
    new = torch.where(self.ended, self.eos_id, new)
    self.ended = torch.logical_or(self.ended, new == self.eos_id)
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.step penalty_for_the_last: the last column by number, arguments by name
N = self.ids.shape[1]
last = self.ids.narrow(1, N - 1, 1)
new = next_tokens(logits=self.logits(), token_ids=last, **choice)
if self.eos_id is not None:
    new[self.ended] = self.eos_id
    self.ended |= new == self.eos_id
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.step whole_texts_returned: joined by hand for the answer
before = self.ids
new = next_tokens(self.logits(), before, **choice)
if self.eos_id is not None:
    new = torch.where(self.ended, self.eos_id, new)
    self.ended = self.ended.logical_or(new.eq(self.eos_id))
self.append(new)
return torch.hstack((before, new.unsqueeze(-1)))
# END VARIANT

# BEGIN VARIANT sampling.window_starts never_cropped: an empty list that takes all of them
same = []
for start in starts:
    same.append(start)
return same
# END VARIANT

# BEGIN VARIANT sampling.window_starts too_early: a loop with the length of each window
moved = []
for start in starts:
    length = num_columns - start
    if length < context_length:
        moved.append(start)
    else:
        moved.append(num_columns - keep)
return moved
# END VARIANT

# BEGIN VARIANT sampling.window_starts all_at_once: any over the windows, and max for each
if any(start + context_length < num_columns for start in starts):
    return [start if start > num_columns - keep else num_columns - keep for start in starts]
return list(starts)
# END VARIANT

# BEGIN VARIANT sampling.window_starts one_further: adds a comparison as a number
limit = num_columns - context_length
return [start + int(start < limit) for start in starts]
# END VARIANT

# BEGIN VARIANT sampling.window_starts keep_ignored: the larger of the start and the earliest that fits
earliest = num_columns - context_length
return [max(start, earliest) for start in starts]
# END VARIANT

# BEGIN VARIANT sampling.window_starts keep_from_the_start: numpy, with a mask
import numpy as np

new = np.array(starts)
too_long = num_columns - new > context_length
new[too_long] += keep
return new.tolist()
# END VARIANT

# BEGIN VARIANT sampling.window_starts slides_always: a loop that changes a copy
new = list(starts)
for b, start in enumerate(new):
    if num_columns - start > keep:
        new[b] = num_columns - keep
return new
# END VARIANT

# BEGIN VARIANT sampling.padded_positions padding_counted: ones summed up, minus one
ones = torch.ones_like(real, dtype=torch.int64)
return torch.cumsum(ones, dim=-1) - 1
# END VARIANT

# BEGIN VARIANT sampling.padded_positions from_one: a running count over the columns
count = torch.zeros(len(real), dtype=torch.int64, device=real.device)
columns = []
for column in real.unbind(dim=1):
    count = count + column
    columns.append(count)
return torch.stack(columns, dim=1)
# END VARIANT

# BEGIN VARIANT sampling.padded_positions below_zero: lists of Python numbers
rows = []
for row in real.tolist():
    position, positions = -1, []
    for is_real in row:
        position += is_real
        positions.append(position)
    rows.append(positions)
return torch.tensor(rows, device=real.device)
# END VARIANT

# BEGIN VARIANT sampling.padded_positions columns_of_real: filled with 0 where there is padding
B, S = real.shape
columns = torch.arange(S, device=real.device).repeat(B, 1)
columns[~real] = 0
return columns
# END VARIANT

# BEGIN VARIANT sampling.padding_mask padding_seen: tril of ones, repeated for the batch
B, S = real.shape
return torch.ones(S, S, device=real.device).tril().bool().repeat(B, 1, 1)
# END VARIANT

# BEGIN VARIANT sampling.padding_mask padding_blind: loops over what may be seen
B, S = real.shape
mask = torch.zeros(B, S, S, dtype=torch.bool, device=real.device)
for t in range(S):
    for s in range(t + 1):
        mask[:, t, s] = real[:, s]
return mask
# END VARIANT

# BEGIN VARIANT sampling.padding_mask rows_hidden: repeated along the wrong side, and the diagonal filled
B, S = real.shape
mask = real.unsqueeze(2).repeat(1, 1, S).tril()
mask.diagonal(dim1=1, dim2=2).fill_(True)
return mask
# END VARIANT

# BEGIN VARIANT sampling.padding_mask future_seen: row by row, the diagonal filled
masks = []
for row in real:
    mask = row.repeat(len(row), 1)
    masks.append(mask.fill_diagonal_(True))
return torch.stack(masks)
# END VARIANT

# BEGIN VARIANT sampling.padding_mask upside_down: where there is padding, the causal row
S = real.shape[1]
t = torch.arange(S, device=real.device)
may = torch.where(real[:, None, :], False, t[:, None] >= t)
return may.logical_or(t[:, None] == t)
# END VARIANT

# BEGIN VARIANT sampling.padding_mask transposed: the one who looks in the last dimension
B, S = real.shape
mask = torch.zeros(B, S, S, dtype=torch.bool, device=real.device)
for b in range(B):
    for look in range(S):
        for seen in range(look + 1):
            mask[b, seen, look] = bool(real[b, seen]) or seen == look
return mask
# END VARIANT

# BEGIN VARIANT sampling.padding_mask true_means_hidden: what is later or padding, but not the diagonal
S = real.shape[-1]
t = torch.arange(S, device=real.device)
later = t[None, :] > t[:, None]
hidden = torch.logical_or(later, ~real[:, None])
return hidden & (t[None, :] != t[:, None])
# END VARIANT

# BEGIN VARIANT sampling.cached_logits all_again: positions and mask in one branch, by name
extra = {}
if real is not None:
    extra = {"token_positions": padded_positions(real), "mask": padding_mask(real)}
out = model(token_ids, caches=caches, **extra)
return out.select(1, -1)
# END VARIANT

# BEGIN VARIANT sampling.cached_logits last_only: the last column by its number
S = token_ids.shape[1]
column = token_ids.narrow(1, S - 1, 1)
positions = mask = None
if real is not None:
    positions = padded_positions(real).narrow(1, S - 1, 1)
    mask = padding_mask(real).narrow(1, S - 1, 1)
return model(column, positions, mask, caches).squeeze(1)
# END VARIANT

# BEGIN VARIANT sampling.cached_logits positions_from_zero: a row of positions for each text
import torch

start = caches[0].length
B, S = token_ids.shape
positions = torch.tensor([list(range(S - start))] * B, device=token_ids.device)
arguments = {"token_positions": positions, "caches": caches}
if real is not None:
    arguments["mask"] = padding_mask(real)[:, start:]
return model(token_ids[:, start:], **arguments)[:, -1]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits positions_by_column: an arange from what the caches hold
import torch

held, S = caches[0].length, token_ids.shape[1]
columns = torch.arange(held, S, device=token_ids.device)
mask = padding_mask(real)[:, held - S :] if real is not None else None
out = model(token_ids[:, held - S :], columns, mask, caches)
return out[:, -1, :]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits no_mask: all by name, and no mask among it
n = token_ids.size(1) - caches[-1].length
where = {} if real is None else {"token_positions": padded_positions(real)[:, -n:]}
return model(token_ids=token_ids[:, -n:], caches=caches, **where)[:, -1]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits mask_of_the_new: a mask full of True, its end replaced
import torch

held = caches[0].length
new = token_ids[:, held:]
if real is None:
    return model(new, None, None, caches)[:, -1]
B, T = new.shape
mask = torch.full((B, T, held + T), True, device=real.device)
mask[:, :, held:] = padding_mask(real[:, held:])
return model(new, padded_positions(real)[:, held:], mask, caches)[:, -1]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits first_rows_of_the_mask: narrow from the beginning
old, S = caches[0].length, token_ids.shape[1]
positions = mask = None
if real is not None:
    positions = padded_positions(real).narrow(1, old, S - old)
    mask = padding_mask(real).narrow(1, 0, S - old)
return model(token_ids.narrow(1, old, S - old), positions, mask, caches).select(1, -1)
# END VARIANT

# BEGIN VARIANT sampling.cached_logits first_new_column: the first of the unbound answers
held = caches[0].length
positions = mask = None
if real is not None:
    positions, mask = padded_positions(real)[:, held:], padding_mask(real)[:, held:]
answers = model(token_ids[:, held:], positions, mask, caches).unbind(dim=1)
return answers[0]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits without_the_caches: the whole window, written out
arguments = [token_ids]
if real is not None:
    arguments += [padded_positions(real), padding_mask(real)]
return model(*arguments)[:, -1]
# END VARIANT

# BEGIN VARIANT sampling.pad_left on_the_right: a full tensor for each row, its beginning overwritten
def pad_left(prompts):
    longest = max(map(len, prompts))
    rows = []
    for prompt in prompts:
        row = prompt[-1].repeat(longest)
        row[: len(prompt)] = prompt
        rows.append(row)
    return torch.stack(rows)
# END VARIANT

# BEGIN VARIANT sampling.pad_left zeros: one tensor of zeros, its ends overwritten
def pad_left(prompts):
    longest = max(map(len, prompts))
    table = torch.zeros(len(prompts), longest, dtype=prompts[0].dtype, device=prompts[0].device)
    for row, prompt in zip(table, prompts):
        row[longest - len(prompt) :] = prompt
    return table
# END VARIANT

# BEGIN VARIANT sampling.window_logits padding_ignored: an early return for three dimensions
def window_logits(model, token_ids, real=None):
    out = model(token_ids)
    if out.dim() == 3:
        return out.select(1, -1)
    return out
# END VARIANT

# BEGIN VARIANT sampling.window_logits first_position: arguments in a list
def window_logits(model, token_ids, real=None):
    arguments = [] if real is None else [padded_positions(real), padding_mask(real)]
    out = model(token_ids, *arguments)
    if out.ndim != 3:
        return out
    return next(iter(out.unbind(1)))
# END VARIANT

# BEGIN VARIANT sampling.characters token_by_token: map over lists of one id
def characters(tokenizer, ids):
    yield from map(lambda id: tokenizer.decode([id]), ids)
# END VARIANT

# BEGIN VARIANT sampling.characters rest_forgotten: bytes kept until they are whole
def characters(tokenizer, ids):
    if hasattr(tokenizer, "decode_bytes"):
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        pieces = (decode(tokenizer.decode_bytes([id])) for id in ids)
        yield from filter(None, pieces)
    else:
        for id in ids:
            yield tokenizer.decode([id])
# END VARIANT

# BEGIN VARIANT sampling.Texts.crop cache_not_cropped: an early return
def crop(self):
    limit = self.context_length
    if limit is None:
        return
    self.starts = window_starts(self.starts, self.ids.size(1), limit, self.keep)
# END VARIANT

# BEGIN VARIANT sampling.RoomyCache.append always_at_the_start: slices instead of narrow
def append(self, key, value):
    new = key.shape[-2]
    total = self.filled + new
    if total > self.capacity:
        raise ValueError(
            f"{total} positions ({self.filled} of them cached) do not fit into a cache for "
            f"{self.capacity}: crop the window, or make the cache larger"
        )
    if self.key is None:
        def room(x):
            return x.new_zeros((*x.shape[:-2], self.capacity, x.shape[-1]))

        self.key, self.value = room(key), room(value)
    self.key[..., :new, :] = key
    self.value[..., :new, :] = value
    self.filled = total
    return self.key[..., :total, :], self.value[..., :total, :]
# END VARIANT
