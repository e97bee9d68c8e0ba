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

# BEGIN VARIANT attention.causal_mask true_means_hidden: places compared by subtraction
i = torch.arange(T, device=device)
ahead = i.unsqueeze(0) - i.unsqueeze(1)
return ahead > 0
# END VARIANT

# BEGIN VARIANT attention.causal_mask to_be_added: minus infinity above the diagonal
return torch.full((T, T), float("-inf"), device=device).triu(diagonal=1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights scaled_by_positions: the queries scaled first, by their number
import torch

asks = query * query.size(-2) ** -0.5
scores = torch.einsum("...tk,...sk->...ts", asks, key)
if mask is not None:
    scores = torch.where(mask, scores, float("-inf"))
return torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
# END VARIANT

# BEGIN VARIANT attention.attention_weights queries_and_keys_swapped: einsum with the letters in the other order
import torch

K = key.size(-1)
scores = torch.einsum("...tk,...sk->...st", query, key).div(K**0.5)
if mask is not None:
    scores = torch.where(mask, scores, scores.new_tensor(-math.inf))
scores = (scores - scores.amax(dim=-1, keepdim=True)).exp()
return scores / scores.sum(dim=-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT attention.attention_weights mask_transposed: swapped axes, and minus infinity added
import torch

scores = torch.einsum("...tk,...sk->...ts", query, key) / math.sqrt(key.size(-1))
if mask is not None:
    allowed = torch.swapaxes(mask, -1, -2)
    penalty = torch.where(allowed, 0.0, -math.inf).to(scores.dtype)
    scores = scores + penalty
return scores.softmax(dim=-1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights infinity_times_zero: one minus the mask as numbers, times minus infinity
dots = (query[..., :, None, :] * key[..., None, :, :]).sum(-1)
dots = dots * key.shape[-1] ** -0.5
if mask is not None:
    hidden = 1.0 - mask.type_as(dots)
    dots = dots + hidden * float("-inf")
return softmax(dots, dim=-1)
# END VARIANT

# BEGIN VARIANT attention.attention_weights overflowing: exponentials row by row, each over its own total
import torch

root, rows = query.shape[-1] ** 0.5, []
for t in range(query.shape[-2]):
    scores = torch.einsum("...k,...sk->...s", query[..., t, :], key) / root
    rows.append(scores)
scores = torch.stack(rows, dim=-2)
if mask is not None:
    scores = scores.where(mask, scores.new_full((), -math.inf))
powers = torch.exp(scores)
return powers.div(powers.sum(dim=-1).unsqueeze(-1))
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention weights_transposed: einsum, the values taken for the queries
import torch

looks = attention_weights(query, key, mask)
return torch.einsum("...ts,...tv->...sv", looks, value)
# END VARIANT

# BEGIN VARIANT attention.scaled_dot_product_attention divided_by_the_number_of_keys: a mean of the weighted values over the keys
weighted = attention_weights(query, key, mask).unsqueeze(-1) * value.unsqueeze(-3)
return weighted.mean(dim=-2)
# END VARIANT

# BEGIN VARIANT attention.self_attention queries_and_keys_swapped: a dictionary of projections, mixed up
made = {name: getattr(self, name + "_proj")(x) for name in ("q", "k", "v")}
looks = attention_weights(key=made["q"], query=made["k"], mask=mask)
return looks.matmul(made["v"])
# END VARIANT

# BEGIN VARIANT attention.self_attention residual: added up over the positions, starting from x
out, value = x, self.v_proj(x)
looks = attention_weights(self.q_proj(x), self.k_proj(x), mask)
for s in range(T):
    out = out + looks[..., s, None] * value[..., None, s, :]
return out
# END VARIANT

# BEGIN VARIANT attention.self_attention weights_detached: the weights made where nothing is recorded
import torch

with torch.no_grad():
    looks = attention_weights(self.q_proj(x), self.k_proj(x), mask)
return torch.einsum("...ts,...sd->...td", looks, self.v_proj(x))
# END VARIANT

# BEGIN VARIANT attention.check_mask looks_at_columns: the same three questions, by all of the negation
def check_mask(mask, T, S):
    if mask.dtype is not torch.bool:
        raise TypeError(f"a mask of {mask.dtype}, but it must be boolean")
    fits = mask.ndim >= 2 and mask.size(-2) in {1, T} and mask.size(-1) in {1, S}
    if not fits:
        raise ValueError(f"a mask {tuple(mask.shape)} for {T} queries and {S} keys")
    alone = torch.all(mask.logical_not(), dim=-2)
    if bool(torch.any(alone)):
        place = alone.nonzero().tolist()[0]
        raise ValueError(f"{place} is False everywhere: it may attend to nothing")
# END VARIANT

# BEGIN VARIANT attention.check_mask numbers_allowed: counts what is not 0 in each row
def check_mask(mask, T, S):
    *_, rows, columns = (0, 0, *mask.shape)
    if mask.ndim < 2 or rows not in (1, T) or columns not in (1, S):
        raise ValueError(f"mask {tuple(mask.shape)} does not fit {T} queries and {S} keys")
    allowed = torch.count_nonzero(mask, dim=-1)
    if (allowed == 0).any():
        raise ValueError("a position may attend to nothing: its row of the mask is False everywhere")
# END VARIANT

# BEGIN VARIANT attention.mask_or_causal first_rows: a triangle of T rows and S columns
def mask_or_causal(mask, T, S, device=None):
    if mask is None:
        if T == 1:
            return None
        return torch.ones(T, S, dtype=torch.bool, device=device).tril()
    check_mask(mask, T, S)
    return mask
# END VARIANT

# BEGIN VARIANT attention.mask_or_causal not_checked: an if for each case, places compared
def mask_or_causal(mask, T, S, device=None):
    if mask is None and T > 1:
        last = torch.arange(S - T, S, device=device).unsqueeze(1)
        mask = torch.arange(S, device=device) <= last
    return mask
# END VARIANT

# BEGIN VARIANT attention.attention_loops not_normalised: a loop over the queries alone, exponentials times values
def attention_loops(query, key, value, mask=None):
    rows = []
    for t, asks in enumerate(query):
        powers = ((key @ asks) / math.sqrt(len(asks))).exp()
        if mask is not None:
            powers = powers.masked_fill(~mask[t], 0)
        rows.append((powers[:, None] * value).sum(0))
    return torch.stack(rows).to(value.dtype)
# END VARIANT

# BEGIN VARIANT attention.merge_heads view_not_reshape: permute and a view with -1
B, _, T, _ = heads.shape
return heads.permute(0, 2, 1, 3).view(B, T, -1)
# END VARIANT

# BEGIN VARIANT attention.merge_heads wrong_pair: einsum with K in the place of T
import torch

turned = torch.einsum("bhtk->bkht", heads)
return turned.reshape(turned.shape[0], turned.shape[1], -1)
# END VARIANT

# BEGIN VARIANT attention.project_heads queries_and_keys_swapped: a loop over layers in the wrong order
counts = (self.num_heads, self.num_kv_heads, self.num_kv_heads)
layers = (self.k_proj, self.q_proj, self.v_proj)
q, k, v = [split_heads(layer(x), count) for layer, count in zip(layers, counts)]
if self.rope is not None:
    q = self.rope(q, token_positions)
    k = self.rope(k, token_positions)
return q, k, v
# END VARIANT

# BEGIN VARIANT attention.project_heads rotated_before_splitting: a helper that turns, then splits
def make(layer, count, turns):
    vectors = layer(x)
    if turns and self.rope is not None:
        vectors = self.rope(vectors, token_positions)
    return split_heads(vectors, count)

return (
    make(self.q_proj, self.num_heads, True),
    make(self.k_proj, self.num_kv_heads, True),
    make(self.v_proj, self.num_kv_heads, False),
)
# END VARIANT

# BEGIN VARIANT attention.project_heads x_rotated: stretches of x turned one by one and joined again
turned = x
if self.rope is not None:
    pieces = [self.rope(piece, token_positions) for piece in x.chunk(self.num_heads, dim=-1)]
    turned = torch.cat(pieces, dim=-1)
counts = {"q_proj": self.num_heads, "k_proj": self.num_kv_heads, "v_proj": self.num_kv_heads}
return tuple(split_heads(getattr(self, name)(turned), count) for name, count in counts.items())
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention scaled_by_d: the root of all heads' entries in the queries, einsum
H, K = query.shape[1], query.shape[3]
scores = torch.einsum("bhtk,bhsk->bhts", query * (H * K) ** -0.5, key)
if mask is not None:
    scores = torch.where(mask, scores, float("-inf"))
looks = torch.softmax(scores, dim=-1)
return self.output_proj(torch.einsum("bhts,bhsk->bthk", looks, value).flatten(2))
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention merged_without_transposing: a contiguous copy, seen with another shape
heads = torch.matmul(attention_weights(query, key, mask), value)
B, H, T, K = heads.shape
return self.output_proj(heads.contiguous().view(B, T, H * K))
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention heads_averaged: a running sum of the heads, repeated in the last dimension
total = 0
for h in range(self.num_heads):
    total = total + attention_weights(query[:, h], key[:, h], mask if mask is None else mask.squeeze(-3)) @ value[:, h]
return self.output_proj((total / self.num_heads).repeat(1, 1, self.num_heads))
# END VARIANT

# BEGIN VARIANT attention.multi_head_attention one_pattern_for_all: a sum over heads divided by H, einsum
looks = attention_weights(query, key, mask)
shared = looks.sum(dim=1) / looks.size(1)
mixed = torch.einsum("bts,bhsk->bthk", shared, value)
return self.output_proj(mixed.reshape(mixed.shape[0], mixed.shape[1], -1))
# END VARIANT

# BEGIN VARIANT attention.KVCache.append not_kept: lists of what is joined
def append(self, key, value):
    keys = [part for part in (self.key, key) if part is not None]
    values = [part for part in (self.value, value) if part is not None]
    self.key = key
    self.value = value
    return torch.cat(keys, 2), torch.cat(values, 2)
# END VARIANT

# BEGIN VARIANT attention.KVCache.append newest_first: a new part inserted at the front
def append(self, key, value):
    if self.length == 0:
        self.key, self.value = key, value
    else:
        self.key = torch.concat([key, self.key], dim=2)
        self.value = torch.concat([value, self.value], dim=2)
    return self.key, self.value
# END VARIANT

# BEGIN VARIANT attention.check_heads only_queries: divmod, and a loop over the sizes
def check_heads(d_model, num_heads, num_kv_heads):
    for size in (d_model, num_heads, num_kv_heads):
        if size <= 0:
            raise ValueError(f"sizes ({d_model}, {num_heads}, {num_kv_heads}) must be 1 or more")
    whole, rest = divmod(d_model, num_heads)
    if rest:
        raise ValueError(
            f"d_model ({d_model}) must be a multiple of num_heads ({num_heads}): "
            f"try {whole * num_heads} or {(whole + 1) * num_heads}"
        )
# END VARIANT
