# Mistakes that an honest beginner makes in `course/g2c/embeddings/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# ---- embedding ----

# BEGIN MISTAKE embeddings.embedding detached: this looks up the right rows, but `.data` hides them from autograd, so the table never learns
return self.weight.data[token_ids]
# END MISTAKE

# BEGIN MISTAKE embeddings.embedding counted_from_one: this takes the row before: ids count from 0, and -1 is the last row
return self.weight[token_ids - 1]
# END MISTAKE

# BEGIN MISTAKE embeddings.embedding scaled: this multiplies by the root of D, as the first Transformer did; here the rows are used as they are
return self.weight[token_ids] * self.weight.shape[1] ** 0.5
# END MISTAKE

# BEGIN MISTAKE embeddings.embedding columns: this looks up columns: the table has one row for each id, and its columns are the entries of the vectors
return self.weight[:, token_ids]
# END MISTAKE

# ---- skipgram_pairs ----

# BEGIN MISTAKE embeddings.skipgram_pairs with_itself: this makes every word its own neighbour
pairs = []
for place, centre in enumerate(ids):
    for other in range(max(0, place - window), min(len(ids), place + window + 1)):
        pairs.append((centre, ids[other]))
return pairs
# END MISTAKE

# BEGIN MISTAKE embeddings.skipgram_pairs skips_equal_ids: this leaves out neighbours that are the same word, but only the same place is no neighbour
pairs = []
for place, centre in enumerate(ids):
    for other in range(max(0, place - window), min(len(ids), place + window + 1)):
        if ids[other] != centre:
            pairs.append((centre, ids[other]))
return pairs
# END MISTAKE

# BEGIN MISTAKE embeddings.skipgram_pairs one_too_few: this stops one place before the end of the window on the right
pairs = []
for place, centre in enumerate(ids):
    for other in range(max(0, place - window), min(len(ids), place + window)):
        if other != place:
            pairs.append((centre, ids[other]))
return pairs
# END MISTAKE

# BEGIN MISTAKE embeddings.skipgram_pairs wraps_around: this lets the window slip over the start, where negative places count from the end
pairs = []
for place, centre in enumerate(ids):
    for other in range(place - window, min(len(ids), place + window + 1)):
        if other != place:
            pairs.append((centre, ids[other]))
return pairs
# END MISTAKE

# BEGIN MISTAKE embeddings.skipgram_pairs one_sided: this looks only at what comes after a word; what came before is company too
pairs = []
for place, centre in enumerate(ids):
    for other in range(place + 1, min(len(ids), place + window + 1)):
        pairs.append((centre, ids[other]))
return pairs
# END MISTAKE

# ---- cosine_similarities ----

# BEGIN MISTAKE embeddings.cosine_similarities dot_products: these are dot products, which grow with the lengths of the vectors; a cosine knows directions only
return vectors @ vectors.T
# END MISTAKE

# BEGIN MISTAKE embeddings.cosine_similarities columns_normed: this brings the columns to length 1, but the vectors are the rows
directions = vectors / vectors.norm(dim=0, keepdim=True).clamp(min=1e-12)
return directions @ directions.T
# END MISTAKE

# BEGIN MISTAKE embeddings.cosine_similarities root_forgotten: this divides by the squares of the lengths: the length is the root of the sum of squares
directions = vectors / vectors.square().sum(dim=1, keepdim=True)
return directions @ directions.T
# END MISTAKE

# BEGIN MISTAKE embeddings.cosine_similarities one_side: this divides by the length of one of the two vectors; the other still stretches the result
return vectors @ vectors.T / vectors.norm(dim=1, keepdim=True)
# END MISTAKE

# ---- learned_positions ----

# BEGIN MISTAKE embeddings.learned_positions always_from_zero: this counts from 0 whatever positions are asked for
return x + self.weight[: x.shape[1]]
# END MISTAKE

# BEGIN MISTAKE embeddings.learned_positions replaces: this returns the positions alone and forgets the tokens
return self.weight[token_positions].expand_as(x)
# END MISTAKE

# BEGIN MISTAKE embeddings.learned_positions multiplied: this multiplies with the row of the position instead of adding it
return x * self.weight[token_positions]
# END MISTAKE

# BEGIN MISTAKE embeddings.learned_positions detached: this adds the right rows, but `.data` hides them from autograd, so no position is ever learned
return x + self.weight.data[token_positions]
# END MISTAKE

# ---- angles ----

# BEGIN MISTAKE embeddings.angles constant_frequency: this turns every pair at the same speed: without j in the exponent the ladder has a single rung
positions = torch.arange(num_positions, dtype=torch.float64)
return positions[:, None] * torch.ones(dim // 2, dtype=torch.float64)
# END MISTAKE

# BEGIN MISTAKE embeddings.angles one_slow_frequency: this gives every pair the frequency theta^(-2 / dim): the exponent must grow with j
frequency = theta ** (-2 / dim)
positions = torch.arange(num_positions, dtype=torch.float64)
return positions[:, None] * torch.full((dim // 2,), frequency, dtype=torch.float64)
# END MISTAKE

# BEGIN MISTAKE embeddings.angles positive_exponent: this makes later pairs turn faster: the exponent is negative, so that they turn more slowly
exponents = torch.arange(0, dim, 2, dtype=torch.float64) / dim
positions = torch.arange(num_positions, dtype=torch.float64)
return positions[:, None] * theta**exponents
# END MISTAKE

# BEGIN MISTAKE embeddings.angles factor_two_forgotten: this divides j by dim and not 2j, so the ladder ends half way down, near the root of theta
exponents = -torch.arange(dim // 2, dtype=torch.float64) / dim
positions = torch.arange(num_positions, dtype=torch.float64)
return positions[:, None] * theta**exponents
# END MISTAKE

# BEGIN MISTAKE embeddings.angles misprinted_exponent: this has the exponent (2j + 1) / dim, a misprint that goes round: the first pair must turn by exactly 1 radian a position
exponents = -torch.arange(1, dim, 2, dtype=torch.float64) / dim
positions = torch.arange(num_positions, dtype=torch.float64)
return positions[:, None] * theta**exponents
# END MISTAKE

# BEGIN MISTAKE embeddings.angles from_one: this counts positions from 1: the first token stands at 0 and is not turned
exponents = -torch.arange(0, dim, 2, dtype=torch.float64) / dim
positions = torch.arange(1, num_positions + 1, dtype=torch.float64)
return positions[:, None] * theta**exponents
# END MISTAKE

# BEGIN MISTAKE embeddings.angles float32: this computes the angles in float32, and far from the start they are off by more than the tables may be
exponents = -torch.arange(0, dim, 2, dtype=torch.float32) / dim
positions = torch.arange(num_positions, dtype=torch.float32)
return (positions[:, None] * theta**exponents).double()
# END MISTAKE

# ---- sinusoidal_positions ----

# BEGIN MISTAKE embeddings.sinusoidal_positions end_to_end: this puts all sines first and all cosines after, instead of turn by turn
return x + torch.cat((self.sin[token_positions], self.cos[token_positions]), dim=-1)
# END MISTAKE

# BEGIN MISTAKE embeddings.sinusoidal_positions cosine_first: this puts the cosine at the even entries, where the sine belongs
waves = (self.cos[token_positions], self.sin[token_positions])
return x + torch.stack(waves, dim=-1).flatten(-2)
# END MISTAKE

# BEGIN MISTAKE embeddings.sinusoidal_positions replaces: this returns the waves alone: the vectors they are to be added to are lost
waves = (self.sin[token_positions], self.cos[token_positions])
return (x * 0) + torch.stack(waves, dim=-1).flatten(-2)
# END MISTAKE

# BEGIN MISTAKE embeddings.sinusoidal_positions always_from_zero: this takes the first T rows of the tables, whatever positions are asked for
T = x.shape[-2]
waves = torch.stack((self.sin[:T], self.cos[:T]), dim=-1)
return x + waves.flatten(-2)
# END MISTAKE

# ---- rotate_pairs ----

# BEGIN MISTAKE embeddings.rotate_pairs halves: this pairs the first half of a vector with the second, as some models do, but here neighbours are pairs
first, second = x.chunk(2, dim=-1)
return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)
# END MISTAKE

# BEGIN MISTAKE embeddings.rotate_pairs clockwise: this turns the other way round
first, second = x[..., 0::2], x[..., 1::2]
turned = (first * cos + second * sin, second * cos - first * sin)
return torch.stack(turned, dim=-1).flatten(-2)
# END MISTAKE

# BEGIN MISTAKE embeddings.rotate_pairs not_woven: this turns the right pairs and then lays the two halves end to end instead of weaving them together
first, second = x[..., 0::2], x[..., 1::2]
return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)
# END MISTAKE

# BEGIN MISTAKE embeddings.rotate_pairs swapped: this turns each pair rightly and then hands its two entries back in the wrong order
first, second = x[..., 0::2], x[..., 1::2]
turned = (first * sin + second * cos, first * cos - second * sin)
return torch.stack(turned, dim=-1).flatten(-2)
# END MISTAKE

# BEGIN MISTAKE embeddings.rotate_pairs overwritten: this turns the first entry in place and then uses its new value for the second: both need the old ones
out = x * 1.0
out[..., 0::2] = x[..., 0::2] * cos - x[..., 1::2] * sin
out[..., 1::2] = out[..., 0::2].clone() * sin + x[..., 1::2] * cos
return out
# END MISTAKE

# BEGIN MISTAKE embeddings.rotate_pairs both_minus: this has a minus in both rows; a turn has one: (a cos - b sin, a sin + b cos)
first, second = x[..., 0::2], x[..., 1::2]
turned = (first * cos - second * sin, first * sin - second * cos)
return torch.stack(turned, dim=-1).flatten(-2)
# END MISTAKE
