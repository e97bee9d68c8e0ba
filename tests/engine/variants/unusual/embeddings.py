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
