# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/lm.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT lm.counts_bigram_fit repeats_lost: a set of pairs
seen = set(zip(ids[:-1].tolist(), ids[1:].tolist()))
for before, after in seen:
    self.counts[before, after] += 1
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit transposed: bincount of pair numbers
V = self.vocab_size
flat = ids[1:] * V + ids[:-1]
self.counts += torch.bincount(flat, minlength=V * V).view(V, V)
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit starts_over: a loop into a fresh table
fresh = torch.zeros_like(self.counts)
for t in range(len(ids) - 1):
    fresh[ids[t], ids[t + 1]] += 1
self.counts = fresh
# END VARIANT

# BEGIN VARIANT lm.counts_bigram columns: a difference of logarithms
table = self.counts + self.smoothing
table = torch.log(table) - torch.log(table.sum(dim=0, keepdim=True))
return table[token_ids]
# END VARIANT

# BEGIN VARIANT lm.counts_bigram smoothed_after: index_select, and where instead of clamp
rows = self.counts.index_select(0, token_ids.flatten()).float()
total = rows.sum(-1, keepdim=True)
probs = rows / torch.where(total > 0, total, torch.ones_like(total))
return torch.log(probs + self.smoothing).view(*token_ids.shape, -1)
# END VARIANT

# BEGIN VARIANT lm.counts_bigram no_log: the whole table in float64, cast back
table = self.counts.double() + self.smoothing
table = table / table.sum(1, keepdim=True)
return table.float()[token_ids]
# END VARIANT

# BEGIN VARIANT lm.neural_bigram columns: one column at a time, stacked
w = self.next_logits.weight
columns = [w[:, int(id)] for id in token_ids.flatten()]
return torch.stack(columns).view(*token_ids.shape, w.shape[0])
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model no_tanh: one token of the window at a time, concatenated
import torch

vectors = [self.token_embeddings(token_ids[:, t]) for t in range(self.context_length)]
return self.lm_head(self.w1(torch.cat(vectors, dim=1)))
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model transposed: entry after entry, concatenated
import torch

e = self.token_embeddings(token_ids)
window = torch.cat([e[:, :, d] for d in range(e.shape[2])], dim=1)
return self.lm_head(torch.tanh(self.w1(window)))
# END VARIANT

# BEGIN VARIANT lm.perplexity mean_of_means: the statistics module
import statistics

return math.exp(statistics.fmean([float(loss) for loss in mean_losses_nats]))
# END VARIANT

# BEGIN VARIANT lm.perplexity exp_first: a running total over an index
total, tokens = 0.0, 0
for i in range(len(token_counts)):
    total += token_counts[i] * math.e ** float(mean_losses_nats[i])
    tokens += token_counts[i]
return total / tokens
# END VARIANT

# BEGIN VARIANT lm.perplexity two_to_the_loss: tensors for the mean, exp of log 2 for the power
import torch

losses = torch.tensor([float(loss) for loss in mean_losses_nats], dtype=torch.float64)
counts = torch.tensor([float(count) for count in token_counts], dtype=torch.float64)
return math.exp(math.log(2) * (losses.dot(counts) / counts.sum()).item())
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte nats_per_byte: tokens for each byte first
tokens_per_byte = num_tokens / num_bytes
return tokens_per_byte * loss_nats
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte upside_down: a factor of log2(e), bytes for each token
bits = loss_nats * math.log2(math.e)
bytes_per_token = num_bytes / num_tokens
return bits * bytes_per_token
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte per_token: the base-2 logarithm of the perplexity
return math.log2(math.exp(loss_nats))
# END VARIANT

# BEGIN VARIANT lm.neural_bigram probabilities: exp and sum
exps = self.next_logits(token_ids).exp()
return exps / exps.sum(-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model tanh_last: by exponentials
window = self.token_embeddings(token_ids).reshape(len(token_ids), -1)
out = self.lm_head(self.w1(window))
return 2 / (1 + (-2 * out).exp()) - 1
# END VARIANT
