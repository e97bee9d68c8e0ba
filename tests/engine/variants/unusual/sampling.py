# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.sampling`: the diagnosis must be silent on them.

# BEGIN VARIANT sampling.greedy sorted_down: the first place of a stable sort
return logits.sort(dim=-1, descending=True, stable=True).indices[..., 0]
# END VARIANT

# BEGIN VARIANT sampling.greedy python_lists: max over Python numbers, row by row
import torch

V = logits.shape[-1]
rows = logits.reshape(-1, V).tolist()
ids = [max(range(V), key=row.__getitem__) for row in rows]
return torch.tensor(ids, dtype=torch.int64, device=logits.device).reshape(logits.shape[:-1])
# END VARIANT

# BEGIN VARIANT sampling.greedy first_that_is_highest: the smallest id whose score equals the maximum
import torch

V = logits.shape[-1]
ids = torch.arange(V, device=logits.device)
highest = logits.amax(-1, keepdim=True)
return torch.where(logits == highest, ids, V).amin(-1)
# END VARIANT

# BEGIN VARIANT sampling.greedy one_column_after_the_other: the best so far, and whose it is
import torch

best = logits[..., 0]
id = torch.zeros_like(best, dtype=torch.int64)
for v in range(1, logits.shape[-1]):
    score = logits[..., v]
    id = torch.where(score > best, v, id)
    best = torch.maximum(best, score)
return id
# END VARIANT

# BEGIN VARIANT sampling.greedy knock_out: halves of the vocabulary play against each other
import torch

def winner(low, high):
    if high - low == 1:
        return logits[..., low], torch.full(logits.shape[:-1], low, device=logits.device)
    middle = (low + high) // 2
    (a, i), (b, j) = winner(low, middle), winner(middle, high)
    return torch.where(a >= b, a, b), torch.where(a >= b, i, j)

return winner(0, logits.shape[-1])[1]
# END VARIANT

# BEGIN VARIANT sampling.greedy through_numpy: numpy's argmax, and back
import numpy as np
import torch

places = np.argmax(logits.detach().double().cpu().numpy(), axis=-1)
return torch.as_tensor(places, dtype=torch.int64).to(logits.device)
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature copy_divided: in place, on a copy
out = logits.clone()
out.div_(temperature)
return out
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature row_by_row: a list of rows, stacked
import torch

rows = [row / temperature for row in logits.reshape(-1, logits.shape[-1])]
return torch.stack(rows).reshape(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature reciprocal: times one over the temperature
return logits * (1 / temperature)
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature addcdiv: zero plus a quotient
import torch

nothing = torch.zeros_like(logits)
return torch.addcdiv(nothing, logits, torch.full_like(logits, temperature))
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature signs_apart: the positive and the negative scores by themselves
import torch

above, below = torch.where(logits > 0, logits, 0), torch.where(logits > 0, 0, logits)
return above / temperature + below / temperature
# END VARIANT

# BEGIN VARIANT sampling.apply_temperature sharper_or_flatter: a branch for each
import torch

if temperature < 1:
    return torch.mul(logits, 1.0 / temperature)
elif temperature > 1:
    return torch.true_divide(logits, temperature)
return logits.clone()
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter ranks: sorts twice, and hides by rank
ranks = logits.argsort(-1, descending=True).argsort(-1)
return torch.where(ranks < k, logits, torch.full_like(logits, -math.inf))
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter who_is_ahead: counts for each token those that come before it
V = logits.shape[-1]
mine, other = logits[..., :, None], logits[..., None, :]
i = torch.arange(V, device=logits.device)
ahead = (other > mine) | ((other == mine) & (i[None, :] < i[:, None]))
return logits.masked_fill(ahead.sum(-1) >= k, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter one_after_the_other: the highest of what is left, k times
keep = torch.zeros_like(logits, dtype=torch.bool)
left = logits.detach().clone()
for _ in range(min(k, logits.shape[-1])):
    place = left.argmax(-1, keepdim=True)
    keep.scatter_(-1, place, True)
    left.scatter_(-1, place, -math.inf)
return logits.masked_fill(~keep, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter above_and_some_equals: all above the k-th, and as many equals as still fit
V = logits.shape[-1]
if k >= V:
    return logits.clone()
kth = logits.kthvalue(V - k + 1, dim=-1, keepdim=True).values
above, equal = logits > kth, logits == kth
room = k - above.sum(-1, keepdim=True)
keep = above | (equal & (equal.cumsum(-1) <= room))
return torch.where(keep, logits, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter heap: Python's heapq, row by row
import heapq

V = logits.shape[-1]
rows = []
for row in logits.reshape(-1, V):
    numbers = row.tolist()
    best = heapq.nlargest(k, range(V), key=numbers.__getitem__)
    new = torch.full_like(row, -math.inf)
    new[best] = row[best]
    rows.append(new)
return torch.stack(rows).reshape(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.top_k_filter the_rest_filled: fills the places after the k-th, on a copy
places = torch.argsort(logits, dim=-1, descending=True, stable=True)
out = logits.clone()
out.scatter_(-1, places[..., k:], -math.inf)
return out
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter mass_before: hides a token when those before it hold p
order = logits.argsort(dim=-1, descending=True)
probs = softmax(logits, dim=-1).gather(-1, order)
mass = probs.cumsum(-1)
drop = torch.zeros_like(mass, dtype=torch.bool)
drop[..., 1:] = mass[..., :-1] >= p
return logits.masked_fill(drop.gather(-1, order.argsort(-1)), -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter row_by_row: a loop over ids until the mass is enough
V = logits.shape[-1]
rows = []
for row in logits.reshape(-1, V):
    probs, mass, ids = softmax(row, dim=-1).tolist(), 0.0, []
    for id in sorted(range(V), key=lambda v: -probs[v]):
        ids.append(id)
        mass += probs[id]
        if mass >= p:
            break
    new = torch.full_like(row, -math.inf)
    new[ids] = row[ids]
    rows.append(new)
return torch.stack(rows).reshape(logits.shape)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter searched: searchsorted counts, ranks decide
order = logits.argsort(dim=-1, descending=True)
mass = softmax(logits, dim=-1).gather(-1, order).cumsum(-1)
last = torch.searchsorted(mass.contiguous(), torch.full_like(mass[..., :1], p))
return torch.where(order.argsort(-1) <= last, logits, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter one_after_the_other: takes the most probable of the rest while some row needs it
left = softmax(logits, dim=-1).detach().clone()
mass = torch.zeros_like(left[..., :1])
keep = torch.zeros_like(left, dtype=torch.bool)
for _ in range(logits.shape[-1]):
    needs = mass < p
    if not needs.any():
        break
    prob, place = left.max(-1, keepdim=True)
    keep = keep.scatter(-1, place, keep.gather(-1, place) | needs)
    mass = mass + prob
    left = left.scatter(-1, place, -1.0)
return logits.masked_fill(~keep, -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter through_numpy: numpy decides who stays, torch keeps the scores
import numpy as np

probs = softmax(logits, dim=-1).detach().double().cpu().numpy()
order = np.argsort(-probs, axis=-1, kind="stable")
mass = np.cumsum(np.take_along_axis(probs, order, -1), axis=-1)
too_few = (mass < p).sum(-1, keepdims=True)
keep = np.zeros(probs.shape, dtype=bool)
np.put_along_axis(keep, order, np.arange(probs.shape[-1]) <= too_few, -1)
return logits.masked_fill(~torch.from_numpy(keep).to(logits.device), -math.inf)
# END VARIANT

# BEGIN VARIANT sampling.top_p_filter own_softmax: exponentials compared with p times their sum
ordered, places = torch.sort(logits, dim=-1, descending=True)
powers = (ordered - ordered[..., :1]).exp()
sums = powers.cumsum(-1)
enough = sums[..., :-1] >= p * powers.sum(-1, keepdim=True)
penalty = torch.zeros_like(logits)
penalty[..., 1:].masked_fill_(enough, -math.inf)
return logits + torch.zeros_like(penalty).scatter(-1, places, penalty)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty one_hot: who was seen, as a mask
seen = torch.nn.functional.one_hot(token_ids, logits.shape[-1]).bool().any(1)
lower = torch.where(logits > 0, logits / penalty, logits * penalty)
return torch.where(seen, lower, logits)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty factors: a table of factors, multiplied at the end
factor = torch.ones_like(logits).scatter(-1, token_ids, penalty)
return logits * torch.where(logits < 0, factor, factor.reciprocal())
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty sets: loops over each row's set of ids, on a copy
out = logits.clone()
for b, ids in enumerate(token_ids.tolist()):
    for id in {*ids}:
        score = logits[b, id]
        out[b, id] = score * penalty if score < 0 else score / penalty
return out
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty power_of_the_sign: the penalty to the power of minus the sign
came = (token_ids.unsqueeze(-1) == torch.arange(logits.shape[-1], device=logits.device)).any(1)
power = -logits.detach().sign() * came
return logits * torch.pow(torch.full_like(logits, penalty), power)
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty smaller_of_two: the lower of product and quotient
product, quotient = logits * penalty, logits / penalty
lower = torch.minimum(product, quotient) if penalty >= 1 else torch.maximum(product, quotient)
rows = torch.arange(len(logits), device=logits.device)[:, None].expand_as(token_ids)
out = logits.clone()
out[rows, token_ids] = lower[rows, token_ids]
return out
# END VARIANT

# BEGIN VARIANT sampling.apply_repetition_penalty signs_apart: positive and negative parts, scattered
up = logits.relu()
down = logits - up
changed = up / penalty + down * penalty
rows = [row.scatter(0, ids, new[ids]) for row, ids, new in zip(logits, token_ids, changed)]
return torch.stack(rows)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens list_of_steps: functions in a list, those that are wanted
steps = [
    (top_k, top_k_filter),
    (top_p, top_p_filter),
]
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature != 0:
    scores = apply_temperature(logits, temperature)
    for number, filter in steps:
        scores = scores if number is None else filter(scores, number)
    return torch.multinomial(softmax(scores, dim=-1), 1, generator=generator).squeeze(-1)
return greedy(logits)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens recursion: takes the penalty off and calls itself
if repetition_penalty is not None:
    return next_tokens(
        apply_repetition_penalty(logits, token_ids, repetition_penalty),
        token_ids,
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        generator=generator,
    )
if temperature == 0:
    return logits.argmax(-1)
logits = apply_temperature(logits, temperature)
logits = top_k_filter(logits, logits.shape[-1] if top_k is None else top_k)
logits = top_p_filter(logits, 1 if top_p is None else top_p)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator).flatten()
# END VARIANT

# BEGIN VARIANT sampling.next_tokens race: the quotient of a probability and an exponential, the largest wins
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
probs = softmax(logits, dim=-1)
waiting = torch.empty_like(probs).exponential_(generator=generator)
return (probs / waiting).argmax(-1)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens inverse_of_the_sum: a uniform number, looked up in the running sums
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
probs = softmax(logits.double(), dim=-1)
sums = probs.cumsum(-1)
u = torch.rand(len(probs), 1, generator=generator, dtype=torch.float64, device=probs.device)
found = torch.searchsorted(sums, u * sums[:, -1:], right=True)[:, 0]
possible = torch.arange(probs.shape[-1], device=probs.device) * (probs > 0)
return torch.minimum(found, possible.amax(-1))
# END VARIANT

# BEGIN VARIANT sampling.next_tokens gumbel: noise on the scores, and the highest
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
u = torch.rand(logits.shape, generator=generator, dtype=torch.float64, device=logits.device)
noise = -torch.log(-torch.log(u.clamp(min=1e-300)))
return greedy(logits.double() + noise)
# END VARIANT

# BEGIN VARIANT sampling.next_tokens row_by_row: every text by itself
new = []
for b in range(len(logits)):
    row = logits[b : b + 1]
    if repetition_penalty is not None:
        row = apply_repetition_penalty(row, token_ids[b : b + 1], repetition_penalty)
    if temperature == 0:
        new.append(greedy(row))
        continue
    row = apply_temperature(row, temperature)
    if top_k is not None:
        row = top_k_filter(row, top_k)
    if top_p is not None:
        row = top_p_filter(row, top_p)
    new.append(torch.multinomial(softmax(row, dim=-1)[0], 1, generator=generator))
return torch.cat(new)
# END VARIANT

# BEGIN VARIANT sampling.step early_return: texts without an end in a branch of their own
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is None:
    self.append(new)
    return new
new = torch.where(self.ended, torch.full_like(new, self.eos_id), new)
self.ended = torch.logical_or(self.ended, new.eq(self.eos_id))
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.step python_numbers: a list comprehension over the texts
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    pairs = zip(new.tolist(), self.ended.tolist())
    ids = [self.eos_id if over else id for id, over in pairs]
    new = torch.tensor(ids, dtype=new.dtype, device=new.device)
    self.ended = torch.tensor(
        [over or id == self.eos_id for id, over in zip(ids, self.ended.tolist())],
        dtype=torch.bool, device=new.device,
    )
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.step arithmetic: adds what is missing to eos_id
new = next_tokens(self.logits(), self.ids, **choice)
eos = self.eos_id
if eos is not None:
    new = new + (eos - new) * self.ended
    self.ended = self.ended | (new == eos)
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.step read_back: written down first, and the last column returned
scores, texts = self.logits(), self.ids
new = next_tokens(scores, texts, **choice).clone()
if self.eos_id is not None:
    new[self.ended] = self.eos_id
    self.ended |= new == self.eos_id
self.append(new)
return self.ids[:, -1].clone()
# END VARIANT

# BEGIN VARIANT sampling.step ended_from_the_choice: who ends is known before eos_id is filled in
new = next_tokens(self.logits(), token_ids=self.ids, **choice)
over = self.ended
if self.eos_id is not None:
    self.ended = over | (new == self.eos_id)
    new = new.where(~over, self.eos_id)
self.append(new)
return new
# END VARIANT

# BEGIN VARIANT sampling.window_starts negated: asks whether the window still fits
end = num_columns
return [start if start + context_length >= end else end - keep for start in starts]
# END VARIANT

# BEGIN VARIANT sampling.window_starts arithmetic: a comparison as a factor
return [start + (num_columns - keep - start) * (num_columns - start > context_length)
        for start in starts]
# END VARIANT

# BEGIN VARIANT sampling.window_starts through_numpy: where, and a list again
import numpy as np

now = np.asarray(starts, dtype=np.int64)
return np.where(num_columns - now > context_length, num_columns - keep, now).tolist()
# END VARIANT

# BEGIN VARIANT sampling.window_starts recursion: the first window, and the rest
if not len(starts):
    return []
first, *rest = starts
if num_columns > context_length + first:
    first = num_columns - keep
return [first, *window_starts(rest, num_columns, context_length, keep)]
# END VARIANT

# BEGIN VARIANT sampling.window_starts pairs_of_choices: an index into a pair
new = list(starts)
for place, start in enumerate(starts):
    new[place] = (start, num_columns - keep)[num_columns - start > context_length]
return new
# END VARIANT

# BEGIN VARIANT sampling.window_starts by_map: a function in a function
def moved(start):
    length = num_columns - start
    length = keep if length > context_length else length
    return num_columns - length

return list(map(moved, starts))
# END VARIANT

# BEGIN VARIANT sampling.padded_positions columns_minus_padding: the column less the number of padded ones
S = real.shape[-1]
padding = S - real.sum(-1, keepdim=True)
return torch.clamp(torch.arange(S, device=real.device) - padding, min=0)
# END VARIANT

# BEGIN VARIANT sampling.padded_positions lists: ranges after zeros, row by row
rows = []
for row in real.tolist():
    n = sum(row)
    rows.append([0] * (len(row) - n) + list(range(n)))
return torch.tensor(rows, dtype=torch.int64, device=real.device)
# END VARIANT

# BEGIN VARIANT sampling.padded_positions running_count: column after column
next_one = torch.zeros(len(real), dtype=torch.int64, device=real.device)
columns = []
for column in real.unbind(-1):
    columns.append(torch.where(column, next_one, 0))
    next_one = next_one + column.long()
return torch.stack(columns, dim=-1)
# END VARIANT

# BEGIN VARIANT sampling.padded_positions triangle: a product with a triangle of ones
S = real.shape[-1]
triangle = torch.ones(S, S, dtype=torch.float64, device=real.device).triu(1)
return (real.double() @ triangle).round().long() * real
# END VARIANT

# BEGIN VARIANT sampling.padded_positions first_real: counts from the place of the first True
S = real.shape[-1]
first = real.long().argmax(-1, keepdim=True)
columns = torch.arange(S, device=real.device).expand(real.shape)
return torch.where(columns > first, columns - first, 0)
# END VARIANT

# BEGIN VARIANT sampling.padded_positions shifted_sum: real ones before this column
before = torch.zeros_like(real, dtype=torch.int64)
before[:, 1:] = real[:, :-1].cumsum(-1)
return before
# END VARIANT

# BEGIN VARIANT sampling.padding_mask three_loops: every entry by itself
B, S = real.shape
mask = torch.zeros(B, S, S, dtype=torch.bool, device=real.device)
for b in range(B):
    for t in range(S):
        mask[b, t, t] = True
        for s in range(t):
            mask[b, t, s] = real[b, s]
return mask
# END VARIANT

# BEGIN VARIANT sampling.padding_mask hidden_first: not later and not padding, and a diagonal of True
S = real.shape[-1]
t = torch.arange(S, device=real.device)
hidden = ~real.unsqueeze(1) | (t > t[:, None])
return ~hidden | t.eq(t[:, None])
# END VARIANT

# BEGIN VARIANT sampling.padding_mask from_the_starts: between the first real column and the one who looks
S = real.shape[-1]
first = S - real.sum(-1).view(-1, 1, 1)
s = torch.arange(S, device=real.device).view(1, 1, S)
t = s.transpose(1, 2)
return torch.logical_or((first <= s) & (s <= t), s == t)
# END VARIANT

# BEGIN VARIANT sampling.padding_mask einsum: products of zeros and ones
S = real.shape[-1]
causal = causal_mask(S, real.device)
mask = torch.einsum("bs,ts->bts", real.float(), causal.float()) > 0.5
torch.diagonal(mask, dim1=1, dim2=2).fill_(True)
return mask
# END VARIANT

# BEGIN VARIANT sampling.padding_mask growing_rows: each row is the one before it, and itself
B, S = real.shape
rows, seen = [], torch.zeros_like(real)
for t in range(S):
    row = seen.clone()
    row[:, t] = True
    rows.append(row)
    seen = torch.cat((real[:, : t + 1], seen[:, t + 1 :]), dim=1)
return torch.stack(rows, dim=1)
# END VARIANT

# BEGIN VARIANT sampling.padding_mask tril_of_columns: a triangle of the repeated rows, and an identity for each
B, S = real.shape
columns = real.repeat_interleave(S, dim=0).view(B, S, S)
identity = torch.diag_embed(torch.ones_like(real))
return columns.tril() | identity
# END VARIANT

# BEGIN VARIANT sampling.cached_logits from_the_end: counts the new columns, and slices from the right
n = token_ids.shape[1] - caches[0].length
positions = mask = None
if real is not None:
    positions, mask = padded_positions(real)[:, -n:], padding_mask(real)[:, -n:, :]
return model(token_ids[:, -n:], positions, mask, caches)[:, -1, :]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits always_a_mask: where nothing is padding, all are real
import torch

held = caches[0].length
if real is None:
    real = torch.ones_like(token_ids, dtype=torch.bool)
positions = padded_positions(real)[:, held:]
return model(token_ids[:, held:], positions, padding_mask(real)[:, held:], caches)[:, -1]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits split: cut in two where the caches end
held = caches[-1].length
_, new = token_ids.tensor_split([held], dim=1)
if real is None:
    out = model(new, caches=caches)
else:
    _, positions = padded_positions(real).tensor_split([held], dim=1)
    _, mask = padding_mask(real).tensor_split([held], dim=1)
    out = model(new, positions, mask, caches)
return out.unbind(1)[-1]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits by_name: keyword arguments, gathered
arguments = dict(caches=caches)
start = min(cache.length for cache in caches)
if real is not None:
    arguments["token_positions"] = padded_positions(real)[:, start:].contiguous()
    arguments["mask"] = padding_mask(real)[:, start:].contiguous()
logits = model(token_ids[:, start:], **arguments)
return logits.flip(1)[:, 0]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits own_mask: positions and mask from where each text begins
import torch

held, S = caches[0].length, token_ids.shape[1]
new = torch.arange(held, S, device=token_ids.device)
if real is None:
    return model(token_ids[:, held:], new, None, caches)[:, -1]
first = S - real.sum(-1, keepdim=True)
positions = (new - first).clamp(min=0)
s = torch.arange(S, device=token_ids.device)
look = (s >= first[:, :, None]) & (s <= new[:, None]) | (s == new[:, None])
return model(token_ids[:, held:], positions, look, caches)[:, -1]
# END VARIANT

# BEGIN VARIANT sampling.cached_logits index_select: the new columns by their numbers
import torch

S = token_ids.shape[1]
columns = torch.arange(caches[0].length, S, device=token_ids.device)
pick = lambda table: table.index_select(1, columns)
positions = None if real is None else pick(padded_positions(real))
mask = None if real is None else pick(padding_mask(real))
return model(pick(token_ids), positions, mask, caches).select(1, -1)
# END VARIANT
