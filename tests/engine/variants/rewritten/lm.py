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

# BEGIN VARIANT lm.counts_bigram_fit around: each place with the one before it, which for the first is the last
tokens = ids.tolist()
for place in range(len(tokens)):
    self.counts[tokens[place - 1], tokens[place]] += 1
# END VARIANT

# BEGIN VARIANT lm.counts_bigram smoothing_not_in_the_sum: the whole table, a difference of logarithms
import torch

totals = self.counts.sum(dim=1, keepdim=True)
totals = torch.where(totals == 0, torch.ones_like(totals), totals)
table = torch.log(self.counts + self.smoothing) - torch.log(totals)
return table[token_ids]
# END VARIANT

# BEGIN VARIANT lm.neural_bigram detached: called as an Embedding, without a history
logits = self.next_logits(token_ids)
return logits.detach()
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model tanh_early: a bent table, looked up token by token
import torch

table = torch.tanh(self.token_embeddings.weight)
window = torch.cat([table[column] for column in token_ids.unbind(1)], dim=-1)
hidden = self.w1(window)
return self.lm_head(hidden)
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model averaged: a bag of words, repeated end to end
bag = sum(self.token_embeddings(column) for column in token_ids.T) / token_ids.shape[1]
window = bag.repeat(1, self.context_length)
return self.lm_head(self.w1(window).tanh())
# END VARIANT

# BEGIN VARIANT lm.perplexity still_a_loss: a running mean, token counts as weights
mean, seen = 0.0, 0
for loss, count in zip(mean_losses_nats, token_counts):
    if count:
        seen += count
        mean += (float(loss) - mean) * count / seen
return mean
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte log_of_the_loss: natural logarithms, changed to base 2
log_loss = math.log(loss_nats) / math.log(2)
tokens_per_byte = num_tokens / num_bytes
return log_loss * tokens_per_byte
# END VARIANT

# BEGIN VARIANT lm.sample greedy: the first of a sorted row, collected in a list
tokens = ids.tolist()
while len(tokens) < len(prompt_ids) + max_new_tokens:
    seen = tokens if context_length is None else tokens[-context_length:]
    scores = model(torch.tensor([seen], device=ids.device))
    last = scores.reshape(-1, scores.shape[-1])[-1]
    tokens.append(int(last.sort(descending=True, stable=True).indices[0]))
return torch.tensor(tokens, device=ids.device)
# END VARIANT

# BEGIN VARIANT lm.sample first_position: a batch of one throughout, the wrong time step
text = ids.unsqueeze(0)
for _ in range(max_new_tokens):
    window = text if context_length is None else text[:, -context_length:]
    logits = model(window)
    if logits.dim() == 3:
        logits = logits[:, 0, :]
    chances = logits.softmax(dim=-1)
    text = torch.cat([text, torch.multinomial(chances, 1, generator=generator)], dim=1)
return text[0]
# END VARIANT

# BEGIN VARIANT lm.sample keeps_the_beginning: filled into a long row, drawn by a cumulative sum
end = len(ids)
text = torch.cat((ids, ids.new_zeros(max_new_tokens)))
for place in range(end, end + max_new_tokens):
    seen = place if context_length is None else min(place, context_length)
    out = model(text[:seen].view(1, -1))
    ladder = softmax(out.reshape(-1, out.shape[-1])[-1].double(), dim=0).cumsum(0)
    height = torch.rand(1, generator=generator, dtype=torch.float64) * ladder[-1]
    text[place] = torch.searchsorted(ladder, height, right=True)[0]
return text
# END VARIANT

# BEGIN VARIANT lm.sample never_cropped: a helper for one token, a list that is joined each time
def one_more(text):
    out = model(torch.stack(text).unsqueeze(0))
    scores = out[0] if out.dim() == 2 else out[0, -1]
    return torch.multinomial(scores.softmax(0), num_samples=1, generator=generator)[0]

text = list(ids.unbind())
for _ in range(max_new_tokens):
    text.append(one_more(text))
return torch.stack(text)
# END VARIANT

# BEGIN VARIANT lm.sample cropped_for_good: a list whose front is deleted
text = ids.tolist()
for _ in range(max_new_tokens):
    if context_length:
        del text[:-context_length]
    out = model(torch.tensor([text]))
    probs = softmax(out.view(-1, out.size(-1)), dim=-1)
    text.append(torch.multinomial(probs[-1], 1, generator=generator).item())
return torch.tensor(text)
# END VARIANT

# BEGIN VARIANT lm.sample prompt_lost: the new tokens in a list of their own
text, new = ids, []
while len(new) < max_new_tokens:
    window = text[-min(len(text), context_length or len(text)) :]
    out = model(window.reshape(1, -1))
    row = out.flatten(end_dim=-2)[-1]
    new.append(torch.multinomial((row - row.logsumexp(0)).exp(), 1, generator=generator))
    text = torch.cat([text, new[-1]])
return torch.cat(new) if new else ids[:0]
# END VARIANT

# BEGIN VARIANT lm.sample global_generator: torch.distributions draws
for step in range(max_new_tokens):
    first = 0 if context_length is None else max(0, ids.numel() - context_length)
    logits = model(ids[first:].unsqueeze(0))
    logits = logits.reshape(-1, logits.size(-1))[-1]
    drawn = torch.distributions.Categorical(logits=logits).sample()
    ids = torch.hstack((ids, drawn))
return ids
# END VARIANT
