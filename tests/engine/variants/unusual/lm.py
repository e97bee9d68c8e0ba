# ruff: noqa
# fmt: off
# Correct but unusual implementations of the exercises of `g2c.lm`: none of them may be diagnosed.

# BEGIN VARIANT lm.counts_bigram_fit loop: one pair after the other
for before, after in zip(ids.tolist(), ids.tolist()[1:]):
    self.counts[before, after] += 1
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit bincount: pairs as one number
V = self.vocab_size
pairs = V * ids[:-1] + ids[1:]
self.counts += pairs.bincount(minlength=V ** 2).reshape(V, V)
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit one_hot: a product of ones and zeros, in float64
tokens = torch.arange(self.vocab_size, device=ids.device)
hot = (ids[:, None] == tokens).double()
self.counts = self.counts + (hot[:-1].T @ hot[1:]).round().long()
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit scatter: scatter_add_ into the flat table
where_to = ids[:-1] * self.vocab_size + ids[1:]
self.counts.view(-1).scatter_add_(0, where_to, torch.ones_like(where_to))
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit counter: collections.Counter
from collections import Counter

stream = ids.tolist()
for (i, j), n in Counter(zip(stream[:-1], stream[1:])).items():
    self.counts[i, j] = self.counts[i, j] + n
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit row_by_row: what follows each token, counted
next_ids = ids[1:]
for token in range(self.vocab_size):
    followers = next_ids[ids[:-1] == token]
    self.counts[token] += torch.bincount(followers, minlength=self.vocab_size)
# END VARIANT

# BEGIN VARIANT lm.counts_bigram_fit unique: different pairs and how often they occur
numbers, times = torch.unique(ids[:-1] * self.vocab_size + ids[1:], return_counts=True)
rows = torch.div(numbers, self.vocab_size, rounding_mode="floor")
self.counts[rows, numbers % self.vocab_size] += times  # each pair once, so nothing is lost
# END VARIANT

# BEGIN VARIANT lm.counts_bigram difference_of_logs: log of the counts minus log of their sum
c = self.counts[token_ids.long()].float() + self.smoothing
return c.log() - c.sum(dim=-1, keepdim=True).log()
# END VARIANT

# BEGIN VARIANT lm.counts_bigram whole_table: all rows first, then the lookup
table = self.counts.to(torch.float64) + self.smoothing
table /= table.sum(dim=1, keepdim=True)
return table.log().float()[token_ids.long()]
# END VARIANT

# BEGIN VARIANT lm.counts_bigram one_by_one: a loop over the tokens
rows = []
for id in token_ids.flatten().tolist():
    row = self.counts[id] + self.smoothing
    rows.append(torch.log(row / (self.counts[id].sum() + self.smoothing * self.vocab_size)))
return torch.stack(rows).reshape(*token_ids.shape, self.vocab_size)
# END VARIANT

# BEGIN VARIANT lm.counts_bigram logsumexp: log counts as scores, normalised
from g2c.tensors import logsumexp

scores = torch.log(self.counts.index_select(0, token_ids.long().flatten()) + self.smoothing)
scores = scores - logsumexp(scores, dim=-1)[:, None]
return scores.reshape(*token_ids.shape, self.vocab_size)
# END VARIANT

# BEGIN VARIANT lm.counts_bigram mixture: frequencies mixed with the uniform distribution
counts = self.counts[token_ids.long()].double()
total = counts.sum(-1, keepdim=True)
extra = self.smoothing * self.vocab_size
frequency = counts / total.clamp(min=1)
share = total / (total + extra)
return torch.log(share * frequency + (1 - share) / self.vocab_size).float()
# END VARIANT

# BEGIN VARIANT lm.neural_bigram weight: rows of the weight
return self.next_logits.weight[token_ids.long()]
# END VARIANT

# BEGIN VARIANT lm.neural_bigram one_hot: a product with ones and zeros
weight = self.next_logits.weight
one_hot = token_ids.unsqueeze(-1) == torch.arange(weight.shape[0], device=weight.device)
return one_hot.to(weight.dtype) @ weight
# END VARIANT

# BEGIN VARIANT lm.neural_bigram index_select: flat, and back into shape
flat = token_ids.reshape(-1).long()
return self.next_logits.weight.index_select(0, flat).view(token_ids.shape + (-1,))
# END VARIANT

# BEGIN VARIANT lm.neural_bigram stacked: one row at a time
rows = [self.next_logits.weight[int(id)] for id in token_ids.flatten()]
return torch.stack(rows).view(*token_ids.shape, -1)
# END VARIANT

# BEGIN VARIANT lm.neural_bigram gather: gather along the rows
weight = self.next_logits.weight
index = token_ids.long().flatten()[:, None].expand(-1, weight.shape[1])
return weight.gather(0, index).reshape(list(token_ids.shape) + [weight.shape[1]])
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model concatenated: the vectors of the window side by side
import torch

vectors = [self.token_embeddings(column) for column in token_ids.unbind(1)]
return self.lm_head(self.tanh(self.w1(torch.cat(vectors, dim=-1))))
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model view: rows of the weight, then view
B = token_ids.shape[0]
x = self.token_embeddings.weight[token_ids.long()].view(B, -1)
h = self.w1(x).tanh()
logits = self.lm_head(h)
return logits
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model place_by_place: each place through its own columns of w1
D = self.token_embeddings.embedding_dim
hidden = 0 if self.w1.bias is None else self.w1.bias
for t in range(self.context_length):
    weight = self.w1.weight[:, t * D : (t + 1) * D]
    hidden = hidden + self.token_embeddings(token_ids[:, t]) @ weight.T
return self.lm_head(self.tanh(hidden))
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model einsum: w1 seen as one matrix a place
import torch

vectors = self.token_embeddings(token_ids)
weight = self.w1.weight.unflatten(1, vectors.shape[1:])  # (F, T, D)
hidden = torch.einsum("btd,ftd->bf", vectors, weight)
if self.w1.bias is not None:
    hidden = hidden + self.w1.bias
return self.lm_head(torch.tanh(hidden))
# END VARIANT

# BEGIN VARIANT lm.mlp_language_model window_by_window: one window at a time, tanh from the sigmoid
import torch

out = []
for window in token_ids:
    x = self.token_embeddings(window).reshape(-1)
    h = 2 * torch.sigmoid(2 * self.w1(x)) - 1
    out.append(self.lm_head(h))
return torch.stack(out)
# END VARIANT

# BEGIN VARIANT lm.perplexity shares: each batch with its share of the tokens
n = sum(token_counts)
return math.exp(math.fsum(float(loss) * (count / n) for loss, count in zip(mean_losses_nats, token_counts)))
# END VARIANT

# BEGIN VARIANT lm.perplexity product: a geometric mean of perplexities
result = 1.0
for loss, count in zip(mean_losses_nats, token_counts):
    result *= math.exp(float(loss)) ** (count / sum(token_counts))
return result
# END VARIANT

# BEGIN VARIANT lm.perplexity tensors: a dot product in float64
import torch

losses = torch.tensor([float(loss) for loss in mean_losses_nats], dtype=torch.float64)
weights = torch.tensor([int(count) for count in token_counts], dtype=torch.float64)
return torch.exp(losses @ weights / weights.sum()).item()
# END VARIANT

# BEGIN VARIANT lm.perplexity running_mean: a mean that moves with each batch
mean, seen = 0.0, 0
for i in range(len(mean_losses_nats)):
    if token_counts[i] == 0:
        continue
    seen += token_counts[i]
    mean += (float(mean_losses_nats[i]) - mean) * token_counts[i] / seen
return math.e ** mean
# END VARIANT

# BEGIN VARIANT lm.perplexity bits: through bits and a power of two
bits = 0.0
for loss, count in zip(mean_losses_nats, token_counts):
    bits += count * float(loss) * math.log2(math.e)
return float(2 ** (bits / sum(token_counts)))
# END VARIANT

# BEGIN VARIANT lm.perplexity token_by_token: every token in a list of its own
import statistics

tokens = [float(loss) for loss, count in zip(mean_losses_nats, token_counts) for _ in range(int(count))]
return math.exp(statistics.fmean(tokens))
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte one_factor: log2(e) bits a nat, times tokens for each byte
return float(loss_nats) * math.log2(math.e) * (num_tokens / num_bytes)
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte nats_per_byte_first: nats for each byte, then bits
nats_per_byte = float(loss_nats) * num_tokens / num_bytes
return nats_per_byte / math.log(2.0)
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte bytes_per_token: divided by the mean length of a token
bytes_per_token = num_bytes / num_tokens
bits_per_token = float(loss_nats) / 0.6931471805599453
return bits_per_token / bytes_per_token
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte tensors: torch for the arithmetic, float at the end
import torch

loss = torch.as_tensor(loss_nats, dtype=torch.float64)
bits = loss * num_tokens / torch.log(torch.tensor(2.0, dtype=torch.float64))
return (bits / num_bytes).item()
# END VARIANT

# BEGIN VARIANT lm.bits_per_byte log_of_a_ratio: the base of a logarithm changed
bits_a_nat = 1 / math.log(2, math.e)
total = bits_a_nat * num_tokens * float(loss_nats)
return total * num_bytes ** -1
# END VARIANT

# BEGIN VARIANT lm.sample preallocated: a long row that is filled in
T = len(ids)
text = torch.cat((ids, ids.new_full((max_new_tokens,), -1)))
for place in range(T, T + max_new_tokens):
    start = 0 if context_length is None else max(0, place - context_length)
    logits = model(text[start:place].view(1, -1))
    probs = logits.reshape(-1, logits.shape[-1])[-1].softmax(0)
    text[place] = torch.multinomial(probs, 1, generator=generator).item()
return text
# END VARIANT

# BEGIN VARIANT lm.sample halves: half of the tokens, and from there the other half
def write(text, number):
    if number == 0:
        return text
    if number > 1:
        return write(write(text, number // 2), number - number // 2)
    window = text[-(context_length or len(text)) :]
    scores = model(window.unsqueeze(0)).flatten(0, -2)[-1]
    return torch.cat((text, torch.multinomial(softmax(scores, -1), 1, generator=generator)))

return write(ids, max_new_tokens)
# END VARIANT

# BEGIN VARIANT lm.sample cumulative: a uniform number looked up on a ladder of probabilities
for _ in range(max_new_tokens):
    window = ids if context_length is None else ids[-context_length:]
    out = model(window[None])
    ladder = softmax(out.reshape(-1, out.shape[-1])[-1].double(), dim=0).cumsum(0)
    height = torch.rand(1, generator=generator, dtype=torch.float64) * ladder[-1]
    ids = torch.cat((ids, torch.searchsorted(ladder, height, right=True)))
return ids
# END VARIANT

# BEGIN VARIANT lm.sample noisy_maximum: the largest logit after Gumbel noise
tokens = ids.tolist()
for _ in range(max_new_tokens):
    seen = tokens if context_length is None else tokens[-context_length:]
    logits = model(torch.tensor([seen], dtype=torch.int64)).squeeze(0)
    logits = (logits[-1] if logits.ndim == 2 else logits).double()
    noise = torch.empty_like(logits).exponential_(generator=generator).log()
    tokens.append(int((logits - noise).argmax()))
return torch.tensor(tokens, dtype=torch.int64)
# END VARIANT

# BEGIN VARIANT lm.sample batch_of_one: rows of a batch from the first line to the last
text = ids.unsqueeze(0)
while text.shape[1] < len(prompt_ids) + max_new_tokens:
    window = text[:, -context_length:] if context_length else text
    scores = model(window)
    if scores.ndim == 3:
        scores = scores[:, -1]
    scores = (scores - scores.logsumexp(dim=1, keepdim=True)).exp()
    text = torch.cat((text, torch.multinomial(scores, 1, generator=generator)), dim=1)
return text.squeeze(0)
# END VARIANT

# BEGIN VARIANT lm.sample reduce: a function of text to text, applied again and again over a sliding window
import collections
import functools

window = collections.deque(ids.tolist(), maxlen=context_length)

def longer(text, _):
    logits = model(torch.tensor(window).expand(1, -1))
    probs = torch.exp(torch.log_softmax(logits.flatten(0, -2)[-1], 0))
    window.append(int(torch.multinomial(probs, 1, generator=generator)))
    return [*text, window[-1]]

return torch.tensor(functools.reduce(longer, range(max_new_tokens), prompt_ids.tolist()))
# END VARIANT
