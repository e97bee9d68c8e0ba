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
