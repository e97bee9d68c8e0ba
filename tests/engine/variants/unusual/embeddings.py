# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.embeddings`: the diagnosis must be silent on them.

# BEGIN VARIANT embeddings.embedding one_hot: a product with rows of the unit matrix
ids = torch.arange(self.num_embeddings, device=token_ids.device)
return (token_ids[..., None] == ids).to(self.weight.dtype) @ self.weight
# END VARIANT

# BEGIN VARIANT embeddings.embedding index_select: flat ids, and back into shape
rows = torch.index_select(self.weight, 0, token_ids.flatten())
return rows.view(tuple(token_ids.shape) + (self.embedding_dim,))
# END VARIANT

# BEGIN VARIANT embeddings.embedding gather: gather along the rows
index = token_ids.reshape(-1, 1).expand(-1, self.embedding_dim)
return self.weight.gather(0, index).reshape(*token_ids.shape, self.embedding_dim)
# END VARIANT

# BEGIN VARIANT embeddings.embedding row_by_row: a list of rows
rows = [self.weight[int(id)] for id in token_ids.reshape(-1)]
if not rows:
    return self.weight[:0].reshape(*token_ids.shape, self.embedding_dim)
return torch.stack(rows).reshape(*token_ids.shape, self.embedding_dim)
# END VARIANT

# BEGIN VARIANT embeddings.embedding entry_by_entry: one column of the table after the other
columns = [column[token_ids] for column in self.weight.unbind(dim=1)]
return torch.stack(columns, dim=-1)
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs slices: what stands left and right of the place
pairs = []
for i in range(len(ids)):
    left = ids[max(i - window, 0) : i]
    right = ids[i + 1 : i + 1 + window]
    for neighbour in [*left, *right]:
        pairs.append((ids[i], neighbour))
return pairs
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs all_pairs: every two places, filtered by distance
n = len(ids)
return [(ids[i], ids[j]) for i in range(n) for j in range(n) if 0 < abs(j - i) <= window]
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs offsets: steps to both sides, kept inside the text
steps = [*range(-window, 0), *range(1, window + 1)]
pairs = []
for i, centre in enumerate(ids):
    pairs += [(centre, ids[i + step]) for step in steps if 0 <= i + step < len(ids)]
return pairs
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs sorted_places: pairs of near places in any order, then sorted
places = []
for distance in range(1, window + 1):
    for i in range(len(ids) - distance):
        places.append((i, i + distance))
        places.append((i + distance, i))
places.sort()
return [(ids[i], ids[j]) for i, j in places]
# END VARIANT

# BEGIN VARIANT embeddings.skipgram_pairs permutations: itertools
from itertools import permutations

pairs = permutations(enumerate(ids), 2)
return [(a, b) for (i, a), (j, b) in pairs if abs(i - j) <= window]
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions one_hot: a product with one-hot positions
places = torch.arange(self.num_embeddings, device=x.device)
chosen = torch.eq(token_positions.unsqueeze(-1), places).to(self.weight.dtype)
return torch.matmul(chosen, self.weight) + x
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions place_by_place: one time step after the other
steps = []
for t in range(x.shape[-2]):
    steps.append(x[..., t, :] + self.weight[token_positions[..., t]])
return torch.stack(steps, dim=-2)
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions in_place: added into a copy
out = x.to(torch.result_type(x, self.weight), copy=True)
out += torch.index_select(self.weight, 0, token_positions.flatten()).view(*token_positions.shape, -1)
return out
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions as_an_embedding: looks positions up as an Embedding looks up ids
vectors = Embedding.forward(self, token_positions)
return torch.add(vectors.expand_as(x), x)
# END VARIANT

# BEGIN VARIANT embeddings.learned_positions transposed: columns of the table
columns = self.weight.T[:, token_positions]
return x + columns.movedim(0, -1)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions strided: filled in with steps of two
sin, cos = self.sin[token_positions], self.cos[token_positions]
waves = torch.empty(*sin.shape[:-1], 2 * sin.shape[-1], dtype=sin.dtype, device=sin.device)
waves[..., 0::2] = sin
waves[..., 1::2] = cos
return waves + x
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions complex_numbers: i times the conjugate, as pairs
waves = torch.complex(self.sin, self.cos)[token_positions]
return x + torch.view_as_real(waves).reshape(*waves.shape[:-1], -1)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions pairs_of_x: x taken apart, and woven again
sines = x[..., 0::2] + self.sin[token_positions]
cosines = x[..., 1::2] + self.cos[token_positions]
return torch.stack([sines, cosines], dim=-1).reshape(x.shape)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions doubled: both tables doubled, and chosen by turns
D = x.shape[-1]
sin = self.sin.repeat_interleave(2, dim=-1)[token_positions]
cos = self.cos.repeat_interleave(2, dim=-1)[token_positions]
even = torch.arange(D, device=x.device) % 2 == 0
return x + torch.where(even, sin, cos)
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions whole_table: entry by entry, then looked up
columns = []
for j in range(self.sin.shape[1]):
    columns += [self.sin[:, j], self.cos[:, j]]
table = torch.stack(columns, dim=1)
return x + table[token_positions]
# END VARIANT

# BEGIN VARIANT embeddings.sinusoidal_positions shuffled_columns: end to end, and a list of columns
half = self.cos.shape[-1]
order = [j // 2 + half * (j % 2) for j in range(2 * half)]
return x + torch.cat((self.sin, self.cos), dim=-1)[:, order][token_positions]
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs complex_numbers: products of complex numbers
pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous())
return torch.view_as_real(pairs * torch.complex(cos, sin)).flatten(-2)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs matrices: a matrix of two by two for each pair
rows = [torch.stack((cos, -sin), -1), torch.stack((sin, cos), -1)]
turns = torch.stack(rows, dim=-2)
pairs = x.unflatten(-1, (-1, 2)).unsqueeze(-1)
return (turns @ pairs).squeeze(-1).flatten(-2)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs doubled: doubled tables, and a swapped copy with a sign
swapped = torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).reshape(x.shape)
return x * cos.repeat_interleave(2, -1) + swapped * sin.repeat_interleave(2, -1)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs pair_by_pair: a loop over pairs
columns = []
for j in range(cos.shape[-1]):
    a, b = x[..., 2 * j], x[..., 2 * j + 1]
    c, s = cos[..., j], sin[..., j]
    columns.append(a * c - b * s)
    columns.append(a * s + b * c)
return torch.stack(columns, dim=-1)
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs strided: written into an empty tensor
out = torch.zeros_like(x * cos.repeat_interleave(2, dim=-1))
even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
out[..., 0::2] = cos * even - sin * odd
out[..., 1::2] = sin * even + cos * odd
return out
# END VARIANT

# BEGIN VARIANT embeddings.rotate_pairs einsum: the four entries of the matrix by name
turns = torch.stack((cos, -sin, sin, cos), dim=-1).unflatten(-1, (2, 2))
return torch.einsum("...jrc,...jc->...jr", turns, x.unflatten(-1, (-1, 2))).flatten(-2)
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities gram_diagonal: the lengths from the diagonal of all products
gram = vectors.double() @ vectors.double().T
lengths = gram.diagonal().sqrt()
return (gram / lengths[:, None] / lengths[None, :]).to(vectors.dtype)
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities law_of_cosines: from the distances between directions
units = vectors / vectors.norm(dim=-1, keepdim=True)
distances = (units.unsqueeze(1) - units.unsqueeze(0)).square().sum(-1)
return 1 - distances / 2
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities torchs_own: every two rows by broadcasting, lengths first made harmless
import torch

harmless = vectors / vectors.abs().amax(dim=1, keepdim=True).detach()
return torch.nn.functional.cosine_similarity(harmless[:, None], harmless[None], dim=2)
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities one_by_one: two loops and an empty table
table = vectors.new_empty(len(vectors), len(vectors))
for i, a in enumerate(vectors):
    for j, b in enumerate(vectors):
        table[i, j] = (a / a.norm()) @ (b / b.norm())
return table
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities half_angles: the angle from sum and difference, then its cosine
import torch

u = vectors / vectors.norm(dim=1, keepdim=True)
apart = torch.linalg.vector_norm(u[:, None] - u[None], dim=-1)
together = torch.linalg.vector_norm(u[:, None] + u[None], dim=-1)
return torch.cos(2 * torch.atan2(apart, together))
# END VARIANT

# BEGIN VARIANT embeddings.cosine_similarities diagonal_matrices: a diagonal matrix on both sides
import torch

scale = torch.diag(1 / torch.linalg.vector_norm(vectors, dim=1))
return torch.linalg.multi_dot([scale, vectors, vectors.T, scale])
# END VARIANT

# BEGIN VARIANT embeddings.angles lists: Python numbers, row by row
rows = []
for position in range(num_positions):
    rows.append([position * theta ** (-2 * j / dim) for j in range(dim // 2)])
return torch.tensor(rows, dtype=torch.float64).reshape(num_positions, dim // 2)
# END VARIANT

# BEGIN VARIANT embeddings.angles logspace: powers of theta from torch, a product of column and row
pairs = dim // 2
speeds = torch.logspace(0, -2 * (pairs - 1) / dim, pairs, base=float(theta), dtype=torch.float64)
return torch.arange(num_positions, dtype=torch.float64).view(-1, 1) @ speeds.view(1, -1)
# END VARIANT

# BEGIN VARIANT embeddings.angles divided: positions divided by the wavelengths
waves = torch.pow(theta, torch.arange(dim // 2, dtype=torch.float64) * 2 / dim)
return torch.arange(num_positions, dtype=torch.float64).unsqueeze(-1).div(waves)
# END VARIANT

# BEGIN VARIANT embeddings.angles exponentials: exp of a logarithm, and einsum
import math

speeds = torch.exp(torch.arange(0, -dim, -2, dtype=torch.float64) * math.log(theta) / dim)
places = torch.arange(num_positions).to(torch.float64)
return torch.einsum("p,j->pj", places, speeds)
# END VARIANT

# BEGIN VARIANT embeddings.angles rung_by_rung: each column is the one before, slowed down
column = torch.arange(num_positions, dtype=torch.float64)
columns = []
while len(columns) < dim // 2:
    columns.append(column)
    column = column * theta ** (-2 / dim)
return torch.stack(columns, dim=1)
# END VARIANT

# BEGIN VARIANT embeddings.angles doubled_table: a table of half as many positions, and the same once more, shifted
def table(n):
    if n == 1:
        return torch.zeros(1, dim // 2, dtype=torch.float64)
    half = table((n + 1) // 2)
    shift = len(half) * theta ** (torch.arange(0, dim, 2, dtype=torch.float64) / -dim)
    return torch.cat((half, half + shift))[:n]

return table(num_positions)
# END VARIANT
