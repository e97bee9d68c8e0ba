# Mistakes that an honest beginner makes in `course/g2c/embeddings/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE embeddings.embedding detached: this looks up the right rows, but `.data` hides them from autograd, so the table never learns
return self.weight.data[token_ids]
# END MISTAKE

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

# BEGIN MISTAKE embeddings.learned_positions always_from_zero: this counts from 0 whatever positions are asked for
return x + self.weight[: x.shape[1]]
# END MISTAKE

# BEGIN MISTAKE embeddings.learned_positions replaces: this returns the positions alone and forgets the tokens
return self.weight[token_positions].expand_as(x)
# END MISTAKE

# BEGIN MISTAKE embeddings.sinusoidal_positions end_to_end: this puts all sines first and all cosines after, instead of turn by turn
return x + torch.cat((self.sin[token_positions], self.cos[token_positions]), dim=-1)
# END MISTAKE

# BEGIN MISTAKE embeddings.sinusoidal_positions cosine_first: this puts the cosine at the even entries, where the sine belongs
waves = (self.cos[token_positions], self.sin[token_positions])
return x + torch.stack(waves, dim=-1).flatten(-2)
# END MISTAKE

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

# BEGIN MISTAKE embeddings.embedding counted_from_one: this takes the row before: ids count from 0, and -1 is the last row
return self.weight[token_ids - 1]
# END MISTAKE

# BEGIN MISTAKE embeddings.embedding scaled: this multiplies by the root of D, as the first Transformer did; here the rows are used as they are
return self.weight[token_ids] * self.weight.shape[1] ** 0.5
# END MISTAKE

# BEGIN MISTAKE embeddings.learned_positions multiplied: this multiplies with the row of the position instead of adding it
return x * self.weight[token_positions]
# END MISTAKE

# BEGIN MISTAKE embeddings.sinusoidal_positions replaces: this returns the waves alone: the vectors they are to be added to are lost
waves = (self.sin[token_positions], self.cos[token_positions])
return (x * 0) + torch.stack(waves, dim=-1).flatten(-2)
# END MISTAKE
