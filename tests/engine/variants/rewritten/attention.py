# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/attention.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT attention.causal_mask future: a list of lists of comparisons
rows = []
for t in range(T):
    rows.append([s >= t for s in range(T)])
return torch.tensor(rows, dtype=torch.bool, device=device).reshape(T, T)
# END VARIANT

# BEGIN VARIANT attention.causal_mask not_itself: places compared by broadcasting
i = torch.arange(T, device=device)
return i.unsqueeze(0) < i.unsqueeze(1)
# END VARIANT

# BEGIN VARIANT attention.causal_mask one_ahead: rows filled in place by slices
allowed = torch.full((T, T), False, device=device)
for t in range(T):
    allowed[t, : t + 2] = True
return allowed
# END VARIANT

# BEGIN VARIANT attention.causal_mask numbers: the sign of a distance, as float
place = torch.arange(T, device=device)
distance = place[:, None] - place[None, :]
return distance.ge(0).to(torch.float32)
# END VARIANT

# BEGIN VARIANT attention.attention_weights no_scaling: einsum, where, and a softmax by hand
import torch

scores = torch.einsum("...tk,...sk->...ts", query, key)
if mask is not None:
    scores = torch.where(mask, scores, torch.tensor(float("-inf"), dtype=scores.dtype))
e = torch.exp(scores - scores.max(dim=-1, keepdim=True).values)
return e / e.sum(dim=-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT attention.attention_weights scaled_by_k: keys scaled first, scores overwritten in place
import torch

K = key.size(-1)
similarity = query.matmul((key * (1.0 / K)).mT)
if mask is None:
    return softmax(similarity, -1)
similarity, hidden = torch.broadcast_tensors(similarity, mask.logical_not())
similarity = similarity.clone()
similarity[hidden] = -math.inf
return softmax(similarity, -1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights over_queries: the transposed table, with keys asking
scores = key @ query.transpose(-1, -2)  # (..., S, T)
scores = scores / key.shape[-1] ** 0.5
if mask is not None:
    scores = scores.masked_fill(mask.transpose(-1, -2) == False, float("-inf"))
return softmax(scores, dim=-1).transpose(-1, -2)
# END VARIANT

# BEGIN VARIANT attention.attention_weights masked_after: a product with the mask as numbers
root = query.shape[-1] ** -0.5
w = softmax((query * root) @ key.mT, dim=-1)
if mask is not None:
    w = w * mask.to(w.dtype)
return w
# END VARIANT

# BEGIN VARIANT attention.attention_weights masked_with_zero: scores times the mask
dot = (query.unsqueeze(-2) * key.unsqueeze(-3)).sum(-1)
dot = dot / math.sqrt(key.shape[-1])
if mask is not None:
    dot = dot * mask
return softmax(dot, dim=-1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights small_penalty: where, and exponentials divided by their sum
s = query @ key.mT
s = s / math.sqrt(query.size(-1))
if mask is not None:
    s = s.where(mask, s.new_tensor(-1e2))
biggest = s.amax(-1, keepdim=True)
s = (s - biggest).exp()
return s / s.sum(-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT attention.attention_weights mask_upside_down: torch.where with the branches exchanged
import torch

Q, K = query / query.shape[-1] ** 0.25, key / query.shape[-1] ** 0.25
logits = torch.matmul(Q, K.transpose(-1, -2))
return softmax(logits if mask is None else torch.where(mask, float("-inf"), logits), dim=-1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights mask_ignored: one query after the other
import torch

rows = []
for t in range(query.shape[-2]):
    asking = query[..., t, :].unsqueeze(-2)
    rows.append(softmax((asking * key).sum(-1) / math.sqrt(query.shape[-1]), dim=-1))
return torch.stack(rows, dim=-2)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention mask_not_passed: everything by hand, divided at the end
logits = query @ key.mT
logits = logits * (1 / math.sqrt(key.shape[-1]))
shares = (logits - logits.amax(-1, keepdim=True)).exp()
return (shares @ value) / shares.sum(-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention scaled_twice: queries and keys both by the fourth root, einsum
import torch

quarter = query.size(-1) ** 0.25
look = attention_weights(query / quarter, key / quarter, mask)
return torch.einsum("...ts,...sv->...tv", look, value)
# END VARIANT

# BEGIN VARIANT attention.self_attention values_from_x: a sum over the positions looked at
look = attention_weights(query=self.q_proj(x), key=self.k_proj(x), mask=mask)
out = x.new_zeros(x.shape)
for s in range(T):
    out = out + look[..., s : s + 1] * x[..., s : s + 1, :]
return out
# END VARIANT

# BEGIN VARIANT attention.self_attention keys_are_queries: a dictionary of projections, a broadcast sum
parts = {name: layer(x) for name, layer in (("asks", self.q_proj), ("answers", self.v_proj))}
weights = attention_weights(parts["asks"], parts["asks"].clone(), mask)
return (weights.unsqueeze(-1) * parts["answers"].unsqueeze(-3)).sum(-2)
# END VARIANT

# BEGIN VARIANT attention.self_attention mask_not_passed: the softmax written out
q = self.q_proj(x)
k = self.k_proj(x)
v = self.v_proj(x)
scores = q.matmul(k.transpose(-1, -2)).div(q.size(-1) ** 0.5)
scores = scores - scores.max(-1, keepdim=True)[0]
probs = scores.exp() / scores.exp().sum(-1, keepdim=True)
return probs.matmul(v)
# END VARIANT

# BEGIN VARIANT attention.split_heads across_positions: flattened and cut into stretches
K = D // num_heads
stretches = x.flatten(1).unflatten(1, (num_heads, T * K))
return stretches.unflatten(2, (T, K))
# END VARIANT

# BEGIN VARIANT attention.split_heads strided: slices with a step, stacked
import torch

heads = [x[:, :, h::num_heads] for h in range(num_heads)]
return torch.stack(heads, dim=1)
# END VARIANT

# BEGIN VARIANT attention.merge_heads no_transpose: one row of the batch at a time
import torch

T = heads.shape[2]
return torch.stack([row.reshape(-1).reshape(T, -1) for row in heads])
# END VARIANT

# BEGIN VARIANT attention.project_heads values_rotated: one helper for all three
def cut(layer, count):
    part = split_heads(layer(x), count)
    if self.rope is None:
        return part
    return self.rope(part, token_positions)

q = cut(self.q_proj, self.num_heads)
k, v = cut(self.k_proj, self.num_kv_heads), cut(self.v_proj, self.num_kv_heads)
return q, k, v
# END VARIANT

# BEGIN VARIANT attention.project_heads keys_not_rotated: views instead of split_heads
B, T, D = x.shape
d = D // self.num_heads
q = self.q_proj(x).view(B, T, self.num_heads, d).transpose(1, 2)
k = self.k_proj(x).view(B, T, self.num_kv_heads, d).transpose(1, 2)
v = self.v_proj(x).view(B, T, self.num_kv_heads, d).transpose(1, 2)
return (q if self.rope is None else self.rope(q, token_positions)), k, v
# END VARIANT

# BEGIN VARIANT attention.project_heads positions_ignored: a loop over three layers, with its own arange
heads = []
for layer, count, turns in (
    (self.q_proj, self.num_heads, True),
    (self.k_proj, self.num_kv_heads, True),
    (self.v_proj, self.num_kv_heads, False),
):
    part = split_heads(layer(x), count)
    if turns and self.rope is not None:
        part = self.rope(part, torch.arange(x.shape[1], device=x.device))
    heads.append(part)
return tuple(heads)
# END VARIANT

# BEGIN VARIANT attention.project_heads keys_split_like_queries: views with -1 and permute
B, T, _ = x.shape
queries = self.q_proj(x).view(B, T, self.num_heads, -1).permute(0, 2, 1, 3)
keys = self.k_proj(x).view(B, T, self.num_heads, -1).permute(0, 2, 1, 3)
values = self.v_proj(x).view(B, T, self.num_heads, -1).permute(0, 2, 1, 3)
if self.rope:
    queries = self.rope(queries, token_positions)
    keys = self.rope(keys, token_positions)
return queries, keys, values
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention output_forgotten: transpose and reshape
mixed = torch.matmul(attention_weights(query, key, mask=mask), value).transpose(1, 2)
return mixed.reshape(mixed.shape[0], mixed.shape[1], -1)
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention mask_not_passed: a comprehension over heads
each = [attention_weights(query[:, h], key[:, h]) @ value[:, h] for h in range(self.num_heads)]
return self.output_proj(torch.cat(each, dim=-1))
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention residual: einsum straight into the merged order
seen = torch.einsum("bhts,bhsk->bthk", attention_weights(query, key, mask), value)
out = self.output_proj(seen.flatten(2))
out = out + x
return out
# END VARIANT

# BEGIN VARIANT attention.share_heads tiled: an index with a remainder
G = x.shape[1]
return x[:, [h % G for h in range(num_heads)]]
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention weights_returned: a list of rows
import torch
weights = attention_weights(query, key, mask)
return torch.stack(weights.unbind(-2), dim=-2)
# END VARIANT

# BEGIN VARIANT attention.split_heads positions_before_heads: chunks
import torch
return torch.stack(x.chunk(num_heads, dim=-1), dim=2)
# END VARIANT

# BEGIN VARIANT attention.merge_heads interleaved: stacked last
import torch
return torch.stack(heads.unbind(1), dim=-1).reshape(heads.shape[0], heads.shape[2], -1)
# END VARIANT

# BEGIN VARIANT attention.merge_heads summed: a running sum
total = 0
for head in heads.unbind(1):
    total = total + head
return total
# END VARIANT

# BEGIN VARIANT attention.share_heads first_head_for_all: concatenated
import torch
return torch.cat([x[:, :1]] * num_heads, dim=1)
# END VARIANT

# BEGIN VARIANT attention.share_heads not_shared: a copy
return x.clone()
# END VARIANT
