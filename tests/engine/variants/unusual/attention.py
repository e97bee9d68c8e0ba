# ruff: noqa
# fmt: off
# Correct but unusual implementations of the exercises of `g2c.attention`: none of them may be diagnosed.

# BEGIN VARIANT attention.causal_mask tril: the lower triangle of ones
return torch.ones(T, T, dtype=torch.bool, device=device).tril()
# END VARIANT

# BEGIN VARIANT attention.causal_mask comprehension: Python lists
return torch.tensor([[s <= t for s in range(T)] for t in range(T)], dtype=torch.bool, device=device).reshape(T, T)
# END VARIANT

# BEGIN VARIANT attention.causal_mask cumsum: ones that run down from the diagonal
diagonal = torch.eye(T, device=device)
return diagonal.cumsum(dim=0) > 0
# END VARIANT

# BEGIN VARIANT attention.causal_mask one_number: place t * T + s, taken apart by division
n = torch.arange(T * T, device=device)
return (n % max(T, 1) <= n // max(T, 1)).view(T, T)
# END VARIANT

# BEGIN VARIANT attention.causal_mask not_the_future: the complement of the upper triangle
future = torch.triu(torch.ones((T, T), device=device), diagonal=1)
return future == 0
# END VARIANT

# BEGIN VARIANT attention.causal_mask in_place: indices of the triangle, set to True
mask = torch.zeros(T, T, dtype=torch.bool, device=device)
row, column = torch.tril_indices(T, T, device=device)
mask[row, column] = True
return mask
# END VARIANT

# BEGIN VARIANT attention.causal_mask recursive: a smaller mask with one more row and column
grown = torch.zeros(T, T, dtype=torch.bool, device=device)
if T > 0:
    grown[:-1, :-1] = causal_mask(T - 1, device)
    grown[-1] = True
return grown
# END VARIANT

# BEGIN VARIANT attention.attention_weights einsum_where: einsum, torch.where, softmax by hand
import torch

d_k = query.size(-1)
scores = torch.einsum("...qd,...kd->...qk", query, key) * d_k ** -0.5
if mask is not None:
    scores = torch.where(mask, scores, float("-inf"))
scores = scores - scores.max(dim=-1, keepdim=True).values
weights = scores.exp()
weights = weights / weights.sum(dim=-1, keepdim=True)
return weights
# END VARIANT

# BEGIN VARIANT attention.attention_weights additive_mask: fourth roots, and minus infinity added
import torch

root4 = math.pow(key.shape[-1], 0.25)
S = (query / root4) @ (key / root4).transpose(-1, -2)
if mask is not None:
    penalty = torch.zeros(mask.shape, dtype=S.dtype, device=S.device)
    penalty[~mask] = -math.inf
    S = S + penalty
return softmax(S, -1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights query_by_query: a loop over the rows of the table
import torch

T, K = query.shape[-2:]
rows = []
for t in range(T):
    s = key @ query[..., t, :, None] / math.sqrt(K)  # (..., S, 1)
    s = s.squeeze(-1)
    if mask is not None:
        row = mask[..., t if mask.shape[-2] > 1 else 0, :]
        s = s.masked_fill(row.logical_not(), -math.inf)
    rows.append(softmax(s, dim=-1))
return torch.stack(rows, dim=-2)
# END VARIANT

# BEGIN VARIANT attention.attention_weights multiplied_mask: exponentials times the mask, then divided
import torch

scores = query @ key.mT / math.sqrt(query.shape[-1])
allowed = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask
lowest = torch.finfo(scores.dtype).min
top = torch.where(allowed, scores, lowest).amax(dim=-1, keepdim=True).detach()
exps = torch.where(allowed, scores - top, 0.0).exp() * allowed
return exps / exps.sum(dim=-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT attention.attention_weights double_inside: float64 inside, cast back at the end
import torch

wide = torch.matmul(query.double(), key.double().transpose(-2, -1))
wide = wide / math.sqrt(query.shape[-1])
if mask is not None:
    wide = wide.masked_fill(mask == 0, float("-inf"))
return softmax(wide, dim=-1).to(query.dtype)
# END VARIANT

# BEGIN VARIANT attention.attention_weights log_space: exp of scores minus their logsumexp
from g2c.tensors import logsumexp

log_weights = query.matmul(key.swapaxes(-1, -2)) / query.shape[-1] ** 0.5
if mask is not None:
    log_weights = log_weights.masked_fill(~mask, -math.inf)
return (log_weights - logsumexp(log_weights, dim=-1).unsqueeze(-1)).exp()
# END VARIANT

# BEGIN VARIANT attention.attention_weights lowest_number: broadcast products, and the smallest float for a fill
import torch

products = query[..., :, None, :] * key[..., None, :, :]  # (..., T, S, K)
scores = products.sum(-1) / math.sqrt(products.shape[-1])
if mask is not None:
    scores = scores.masked_fill(torch.logical_not(mask), torch.finfo(scores.dtype).min)
return softmax(scores, dim=-1)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention einsum: weights and values by einsum
import torch

return torch.einsum("...ts,...sv->...tv", attention_weights(query, key, mask), value)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention weighted_sum: every value times its weight, summed
weights = attention_weights(query, key, mask=mask)
weighted = weights[..., None] * value[..., None, :, :]  # (..., T, S, K)
return weighted.sum(dim=-2)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention key_by_key: adds up over the keys in a loop
look = attention_weights(query, key, mask)
out = 0
for s in range(S):
    out = out + look[..., :, s : s + 1] * value[..., s : s + 1, :]
return out
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention divided_last: products first, one division at the end
import torch

scores = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
if mask is not None:
    scores = torch.where(mask, scores, -torch.inf)
exps = torch.exp(scores - scores.detach().amax(-1, keepdim=True))
top, bottom = exps @ value, exps.sum(-1, keepdim=True)
return top / bottom
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention transposed: the product the other way round
weights_T = attention_weights(query, key, mask).mT
return (value.mT @ weights_T).mT
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention query_by_query: each position on its own
import torch

answers = []
for t in range(T):
    row = mask if mask is None or mask.shape[-2] == 1 else mask[..., t : t + 1, :]
    answers.append(attention_weights(query[..., t : t + 1, :], key, row) @ value)
return torch.cat(answers, dim=-2)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention online: one pass over the keys with a running maximum
import torch

scaled = query / math.sqrt(query.shape[-1])
top = total = out = None
for s in range(S):
    score = (scaled * key[..., s : s + 1, :]).sum(-1, keepdim=True)  # (..., T, 1)
    if mask is not None:
        column = mask[..., s : s + 1] if mask.shape[-1] > 1 else mask
        score = torch.where(column, score, torch.finfo(score.dtype).min)
    if top is None:
        top, total, out = score.detach(), torch.exp(score - score.detach()), None
        out = total * value[..., s : s + 1, :]
        continue
    new_top = torch.maximum(top, score.detach())
    shrink, share = torch.exp(top - new_top), torch.exp(score - new_top)
    out = out * shrink + share * value[..., s : s + 1, :]
    total, top = total * shrink + share, new_top
return out / total
# END VARIANT

# BEGIN VARIANT attention.self_attention one_product: three projections in one matrix
import torch

layers = [self.q_proj, self.k_proj, self.v_proj]
qkv = x @ torch.cat([layer.weight for layer in layers], dim=0).T
if self.q_proj.bias is not None:
    qkv = qkv + torch.cat([layer.bias for layer in layers])
q, k, v = qkv.chunk(3, dim=-1)
return attention_weights(q, k, mask).matmul(v)
# END VARIANT

# BEGIN VARIANT attention.self_attention project_last: mixes x first and projects the mixture
mixed = attention_weights(self.q_proj(x), self.k_proj(x), mask) @ x
return self.v_proj(mixed)  # rows of the weights add up to 1, so this also holds with a bias
# END VARIANT

# BEGIN VARIANT attention.self_attention the_function_above: scaled_dot_product_attention
from g2c.attention.scaled_dot_product import scaled_dot_product_attention

return scaled_dot_product_attention(*(p(x) for p in (self.q_proj, self.k_proj, self.v_proj)), mask=mask)
# END VARIANT

# BEGIN VARIANT attention.self_attention by_hand: scores, mask and softmax in the method
import math
from g2c.tensors import softmax

Q = self.q_proj(x)
K = self.k_proj(x)
V = self.v_proj(x)
d = Q.size(-1)
scores = (Q @ K.transpose(-2, -1)) / math.sqrt(d)
if mask is not None:
    scores = scores.masked_fill(mask == False, float("-inf"))
attn = softmax(scores, dim=-1)
return attn @ V
# END VARIANT

# BEGIN VARIANT attention.self_attention row_by_row: one position asks after the other
import torch

key, value = self.k_proj(x), self.v_proj(x)
out = torch.empty_like(value)
for t in range(T):
    row = mask if mask is None or mask.shape[-2] == 1 else mask[..., t : t + 1, :]
    query = self.q_proj(x[..., t : t + 1, :])
    out[..., t : t + 1, :] = attention_weights(query, key, row) @ value
return out
# END VARIANT

# BEGIN VARIANT attention.self_attention keys_first: the query matrix moved over to the keys
import torch
from g2c.tensors import softmax

D = x.shape[-1]
scores = torch.einsum("btd,bsd->bts", self.q_proj(x) / D ** 0.5, self.k_proj(x))
if mask is not None:
    allowed = mask.expand(x.shape[0], T, T)
    scores = scores.clone()
    scores[~allowed] = -torch.inf
return torch.einsum("bts,bsd->btd", softmax(scores, 2), self.v_proj(x))
# END VARIANT

# BEGIN VARIANT attention.split_heads chunks: cut, then stacked
import torch

return torch.stack(x.chunk(num_heads, dim=-1), dim=1)
# END VARIANT

# BEGIN VARIANT attention.split_heads unflatten: unflatten and movedim
return x.unflatten(-1, (num_heads, D // num_heads)).movedim(2, 1)
# END VARIANT

# BEGIN VARIANT attention.split_heads filled: an empty result filled head by head
K = D // num_heads
result = x.new_empty(B, num_heads, T, K)
for h in range(num_heads):
    result[:, h] = x[:, :, h * K : (h + 1) * K]
return result
# END VARIANT

# BEGIN VARIANT attention.split_heads indexed: a table of which entry goes where
import torch

K = D // num_heads
entries = torch.arange(D, device=x.device).view(num_heads, 1, K)
places = torch.arange(T, device=x.device).view(1, T, 1)
return x[:, places, entries]
# END VARIANT

# BEGIN VARIANT attention.split_heads windows: unfold takes the stretches
K = D // num_heads
return x.unfold(-1, K, K).permute(0, 2, 1, 3)
# END VARIANT

# BEGIN VARIANT attention.split_heads strides: the strides written out
K = D // num_heads
x = x.contiguous()
return x.as_strided((B, num_heads, T, K), (T * D, K, D, 1))
# END VARIANT

# BEGIN VARIANT attention.merge_heads concatenated: heads side by side
import torch

return torch.cat(heads.unbind(dim=1), dim=-1)
# END VARIANT

# BEGIN VARIANT attention.merge_heads contiguous_view: permute, copy, view
batch, n, length, size = heads.size()
return heads.permute(0, 2, 1, 3).contiguous().view(batch, length, n * size)
# END VARIANT

# BEGIN VARIANT attention.merge_heads filled: slices of an empty result
B, H, T, K = heads.shape
joined = heads.new_zeros((B, T, H * K))
for h in range(H):
    joined[..., h * K : h * K + K] = heads[:, h]
return joined
# END VARIANT

# BEGIN VARIANT attention.merge_heads einsum: the order of dimensions by einsum
import torch

return torch.einsum("bhtk->bthk", heads).reshape(heads.shape[0], heads.shape[2], -1)
# END VARIANT

# BEGIN VARIANT attention.merge_heads by_position: all heads of one position at a time
import torch

return torch.stack([heads[:, :, t].flatten(1) for t in range(heads.shape[2])], dim=1)
# END VARIANT

# BEGIN VARIANT attention.project_heads one_product: all projections in one matrix
layers = (self.q_proj, self.k_proj, self.v_proj)
everything = x @ torch.cat([layer.weight for layer in layers]).T
if self.q_proj.bias is not None:
    everything = everything + torch.cat([layer.bias for layer in layers])
parts = everything.split([layer.weight.shape[0] for layer in layers], dim=-1)
counts = (self.num_heads, self.num_kv_heads, self.num_kv_heads)
query, key, value = (split_heads(part, count) for part, count in zip(parts, counts))
if self.rope is None:
    return query, key, value
return self.rope(query, token_positions), self.rope(key, token_positions), value
# END VARIANT

# BEGIN VARIANT attention.project_heads nested_helper: one helper that turns on demand
def heads_of(layer, count, turn):
    part = split_heads(layer(x), count)
    return self.rope(part, token_positions) if turn else part

turning = self.rope is not None
return (
    heads_of(self.q_proj, self.num_heads, turning),
    heads_of(self.k_proj, self.num_kv_heads, turning),
    heads_of(self.v_proj, self.num_kv_heads, False),
)
# END VARIANT

# BEGIN VARIANT attention.project_heads head_by_head: rope on each head alone
def cut(layer, count):
    return layer(x).chunk(count, dim=-1)

queries, keys = cut(self.q_proj, self.num_heads), cut(self.k_proj, self.num_kv_heads)
if self.rope is not None:
    queries = [self.rope(q, token_positions) for q in queries]
    keys = [self.rope(k, token_positions) for k in keys]
values = cut(self.v_proj, self.num_kv_heads)
return torch.stack(tuple(queries), 1), torch.stack(tuple(keys), 1), torch.stack(values, 1)
# END VARIANT

# BEGIN VARIANT attention.project_heads einsum: weights seen as one matrix a head
K = x.shape[-1] // self.num_heads

def projected(layer):
    weight = layer.weight.unflatten(0, (-1, K))  # (H, K, D)
    out = torch.einsum("btd,hkd->bhtk", x, weight)
    if layer.bias is not None:
        out = out + layer.bias.view(-1, 1, K)
    return out

q, k, v = map(projected, (self.q_proj, self.k_proj, self.v_proj))
if self.rope is not None:
    q = self.rope(q, token_positions)
    k = self.rope(k, token_positions)
return q, k, v
# END VARIANT

# BEGIN VARIANT attention.project_heads turned_together: queries and keys rotated in one call
q = split_heads(self.q_proj(x), self.num_heads)
k = split_heads(self.k_proj(x), self.num_kv_heads)
if self.rope is not None:
    both = self.rope(torch.cat([q, k], dim=1), token_positions)
    q, k = both[:, : self.num_heads], both[:, self.num_heads :]
return q, k, split_heads(self.v_proj(x), self.num_kv_heads)
# END VARIANT

# BEGIN VARIANT attention.project_heads complex_numbers: the rotation as a complex product
def turn(part):
    if self.rope is None:
        return part
    unit = torch.complex(self.rope.cos, self.rope.sin)[token_positions]  # (T, K/2) or (B, T, K/2)
    if unit.ndim == 3:
        unit = unit.unsqueeze(1)
    pairs = torch.view_as_complex(part.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * unit).flatten(-2)

q = turn(split_heads(self.q_proj(x), self.num_heads))
k = turn(split_heads(self.k_proj(x), self.num_kv_heads))
v = split_heads(self.v_proj(x), self.num_kv_heads)
return q, k, v
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention sum_of_heads: each head through its columns of the output matrix
K = query.shape[-1]
out = 0
for h in range(self.num_heads):
    row = attention_weights(query[:, h : h + 1], key[:, h : h + 1], mask) @ value[:, h : h + 1]
    out = out + row.squeeze(1) @ self.output_proj.weight[:, h * K : (h + 1) * K].T
return out if self.output_proj.bias is None else out + self.output_proj.bias
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention einsum: from weights to the merged order in one step
w = attention_weights(query, key, mask)
together = torch.einsum("bhts,bhsk->bthk", w, value)
return self.output_proj(together.flatten(start_dim=-2))
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention flat_batch: heads counted as rows of the batch
B, H, T, K = query.shape
S = key.shape[2]
flat = [part.reshape(B * H, -1, K) for part in (query, key, value)]
allowed = None if mask is None else mask.expand(B, H, T, S).reshape(B * H, T, S)
seen = attention_weights(flat[0], flat[1], allowed) @ flat[2]
return self.output_proj(merge_heads(seen.view(B, H, T, K)))
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention by_hand: scores and softmax in the method
scores = torch.matmul(query, key.transpose(2, 3)) / query.size(-1) ** 0.5
if mask is not None:
    scores = scores.masked_fill(~mask, float("-inf"))
scores = scores - scores.max(dim=-1, keepdim=True)[0]
attn = torch.exp(scores)
attn = attn / attn.sum(dim=-1, keepdim=True)
context = torch.matmul(attn, value).transpose(1, 2).contiguous()
context = context.view(context.size(0), context.size(1), -1)
return self.output_proj(context)
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention batch_row_by_row: one sequence after the other
B = query.shape[0]
merged = []
for b in range(B):
    own = mask  # None, (1, T, S) for all rows, or (B, 1, T, S)
    if mask is not None and mask.ndim == 4:
        own = mask[b if len(mask) > 1 else 0]
    attended = attention_weights(query[b], key[b], own) @ value[b]  # (H, T, K)
    merged.append(attended.transpose(0, 1).flatten(1))
return self.output_proj(torch.stack(merged))
# END VARIANT

# BEGIN VARIANT attention.share_heads index_list: which head each one gets
G = x.shape[1]
return x[:, [h // (num_heads // G) for h in range(num_heads)]]
# END VARIANT

# BEGIN VARIANT attention.share_heads expanded: a dimension of size 1, expanded and flattened
B, G, S, K = x.shape
copies = num_heads // G
return x[:, :, None].expand(B, G, copies, S, K).reshape(B, num_heads, S, K)
# END VARIANT

# BEGIN VARIANT attention.share_heads concatenated: a list of the same head several times
import torch

parts = []
for head in x.split(1, dim=1):
    parts += [head] * (num_heads // x.shape[1])
return torch.cat(parts, dim=1)
# END VARIANT

# BEGIN VARIANT attention.share_heads zeros_and_ones: a product with a matrix of who gets what
import torch

group = torch.arange(num_heads, device=x.device) // (num_heads // x.shape[1])
chosen = (group[:, None] == torch.arange(x.shape[1], device=x.device)).to(x.dtype)  # (H, G)
return torch.einsum("hg,bgsk->bhsk", chosen, x)
# END VARIANT

# BEGIN VARIANT attention.share_heads stacked_copies: copies stacked beside each head
import torch

return torch.stack([x] * (num_heads // x.shape[1]), dim=2).flatten(1, 2)
# END VARIANT
