# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/embeddings.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT embeddings.embedding detached: index_select without gradients
with torch.no_grad():
    rows = self.weight.index_select(0, token_ids.reshape(-1))
    return rows.reshape(*token_ids.shape, self.embedding_dim)
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs with_itself: slices
found = []
for i in range(len(ids)):
    left = i - window if i > window else 0
    found += [(ids[i], neighbour) for neighbour in ids[left : i + window + 1]]
return found
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs skips_equal_ids: all pairs of places, filtered
n = len(ids)
near = [(i, j) for i in range(n) for j in range(n) if abs(i - j) <= window]
return [(ids[i], ids[j]) for i, j in near if ids[i] != ids[j]]
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs one_too_few: a slice to the left and one to the right
pairs = []
for i, centre in enumerate(ids):
    left, right = ids[max(0, i - window) : i], ids[i + 1 : i + window]
    pairs.extend((centre, other) for other in (*left, *right))
return pairs
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs wraps_around: offsets, checked at the end only
offsets = [k for k in range(-window, window + 1) if k != 0]
return [
    (ids[i], ids[i + k]) for i in range(len(ids)) for k in offsets if i + k < len(ids)
]
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions always_from_zero: one position at a time, stacked
columns = []
for t in range(x.shape[1]):
    columns.append(x[:, t] + self.weight[t])
return torch.stack(columns, dim=1)
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions replaces: a one-hot product, broadcast
places = torch.arange(self.num_embeddings, device=x.device)
onehot = (token_positions.unsqueeze(-1) == places).to(self.weight.dtype)
return torch.broadcast_to(onehot @ self.weight, x.shape)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions end_to_end: added to the two halves
half = self.sin.shape[1]
low, high = torch.split(x, half, dim=-1)
low = self.sin[token_positions] + low
high = self.cos[token_positions] + high
return torch.cat([low, high], dim=-1)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions cosine_first: filled in with steps of two
table = torch.empty(self.sin.shape[0], 2 * self.sin.shape[1], dtype=self.sin.dtype, device=x.device)
table[:, ::2] = self.cos
table[:, 1::2] = self.sin
return table[token_positions] + x
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs halves: doubled tables and a rolled copy
half = x.shape[-1] // 2
other = torch.roll(x, half, dims=-1)
sines = torch.cat((-sin, sin), dim=-1)
return x * torch.cat((cos, cos), dim=-1) + other * sines
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs clockwise: complex numbers, conjugated
spins = torch.complex(cos, -sin)
pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
return torch.view_as_real(pairs * spins).flatten(-2)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs not_woven: a loop over the pairs, into two lists
firsts, seconds = [], []
for j in range(x.shape[-1] // 2):
    a, b, c, s = x[..., 2 * j], x[..., 2 * j + 1], cos[..., j], sin[..., j]
    firsts.append(c * a - s * b)
    seconds.append(s * a + c * b)
return torch.stack(firsts + seconds, dim=-1)
# END VARIANT

# BEGIN VARIANT embeddings.embedding counted_from_one: rolled table
return torch.roll(self.weight, 1, 0)[token_ids]
# END VARIANT

# BEGIN VARIANT embeddings.embedding scaled: scaled table
table = self.weight * torch.tensor(float(self.weight.shape[-1])).sqrt().item()
return table[token_ids]
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions multiplied: einsum
rows = self.weight[token_positions].expand_as(x)
return torch.einsum('...d,...d->...d', x, rows)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions replaces: slices filled in
out = torch.zeros_like(x)
out[..., 0::2] = self.sin[token_positions].to(out.dtype)
out[..., 1::2] = self.cos[token_positions].to(out.dtype)
return out + x * 0
# END VARIANT

# BEGIN VARIANT embeddings.embedding columns: every row asked at the ids
return torch.stack([row[token_ids] for row in self.weight.unbind(0)])
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs one_sided: a slice of what follows
return [(centre, other) for i, centre in enumerate(ids) for other in ids[i + 1 : i + 1 + window]]
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities columns_normed: one column at a time, outer products added up
total = 0
for column in vectors.unbind(1):
    column = column / column.norm().clamp(min=1e-12)
    total = total + column.unsqueeze(1) * column.unsqueeze(0)
return total
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities dot_products: each row against all, multiplied and summed
import torch

return torch.stack([(vectors * row).sum(dim=1) for row in vectors])
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities root_forgotten: two loops over divided rows
import torch

rows = [row / row.dot(row) for row in vectors]
return torch.stack([torch.stack([a.dot(b) for b in rows]) for a in rows])
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities one_side: einsum of directions with vectors
import torch

directions = torch.nn.functional.normalize(vectors, dim=-1)
return torch.einsum("nd,md->nm", directions, vectors)
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions detached: rows picked where nothing is recorded
with torch.no_grad():
    rows = self.weight.index_select(0, token_positions.flatten())
    rows = rows.unflatten(0, token_positions.shape)
return torch.add(rows, x)
# END VARIANT

# BEGIN VARIANT embeddings.angles constant_frequency: positions repeated side by side
places = torch.linspace(0, num_positions - 1, num_positions, dtype=torch.float64)
return places.unsqueeze(1).repeat(1, dim // 2)
# END VARIANT

# BEGIN VARIANT embeddings.angles one_slow_frequency: lists of Python numbers
speed = 1 / theta ** (2 / dim)
rows = [[place * speed for _ in range(dim // 2)] for place in range(num_positions)]
return torch.tensor(rows, dtype=torch.float64)
# END VARIANT

# BEGIN VARIANT embeddings.angles positive_exponent: outer product with exponentials of logarithms
import math

steps = torch.arange(dim // 2).double() * (2 * math.log(theta) / dim)
return torch.outer(torch.arange(num_positions).double(), steps.exp())
# END VARIANT

# BEGIN VARIANT embeddings.angles factor_two_forgotten: one column for each pair, a division by a power
places, columns = torch.arange(num_positions, dtype=torch.float64), []
for j in range(dim // 2):
    columns.append(places / theta ** (j / dim))
return torch.stack(columns, dim=1)
# END VARIANT

# BEGIN VARIANT embeddings.angles misprinted_exponent: a geometric row from a wrong start, einsum
speeds = [theta ** (-1 / dim)]
while len(speeds) < dim // 2:
    speeds.append(speeds[-1] * theta ** (-2 / dim))
speeds = torch.tensor(speeds, dtype=torch.float64)
return torch.einsum("p,j->pj", torch.arange(num_positions, dtype=torch.float64), speeds)
# END VARIANT

# BEGIN VARIANT embeddings.angles from_one: the same step added up, which starts at one step
speeds = theta ** (torch.arange(dim // 2, dtype=torch.float64) * -2 / dim)
return speeds.repeat(num_positions, 1).cumsum(dim=0)
# END VARIANT

# BEGIN VARIANT embeddings.angles float32: the default dtype, made double at the end
speeds = 1.0 / torch.pow(float(theta), torch.arange(dim // 2) * 2.0 / dim)
table = torch.arange(num_positions).float()[:, None] @ speeds.float()[None, :]
return table.to(torch.float64)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions always_from_zero: columns by turns, for the first T rows
T, columns = x.size(-2), []
for sine, cosine in zip(self.sin[:T].unbind(1), self.cos[:T].unbind(1)):
    columns.extend((sine, cosine))
return torch.stack(columns, dim=1) + x
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs swapped: complex numbers, read from the imaginary part
pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous())
turned = pairs * torch.polar(torch.ones_like(cos), torch.atan2(sin, cos))
return torch.stack((turned.imag, turned.real), dim=-1).reshape(x.shape)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs overwritten: two names, the first given anew before the second
a, b = x[..., ::2], x[..., 1::2]
a = a * cos - b * sin
b = a * sin + b * cos
return torch.cat((a.unsqueeze(-1), b.unsqueeze(-1)), dim=-1).reshape(x.shape)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs both_minus: a matrix of two by two for each pair, einsum
upper = torch.stack((cos, -sin), dim=-1)
lower = torch.stack((sin, -cos), dim=-1)
matrices = torch.stack((upper, lower), dim=-2)
pairs = x.unflatten(-1, (-1, 2))
return torch.einsum("...jrc,...jc->...jr", matrices, pairs).flatten(-2)
# END VARIANT
