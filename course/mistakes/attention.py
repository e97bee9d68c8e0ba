# Mistakes that an honest beginner makes in `course/g2c/attention/`: each block is a body for one
# exercise, or for the given function it names, and its sentence is what a student is told about it.
# `./noteboosh.sh selftest mistakes` proves that a test catches each of them.

# ---- 07, causal_mask ----

# BEGIN MISTAKE attention.causal_mask future: this lets every position look at the future and not at the past
return torch.ones(T, T, dtype=torch.bool, device=device).triu()
# END MISTAKE

# BEGIN MISTAKE attention.causal_mask not_itself: this forbids a position to attend to itself, and leaves the first with nothing
return torch.ones(T, T, dtype=torch.bool, device=device).tril(-1)
# END MISTAKE

# BEGIN MISTAKE attention.causal_mask one_ahead: this lets every position see one token of the future, the one it has to predict
return torch.ones(T, T, dtype=torch.bool, device=device).tril(1)
# END MISTAKE

# BEGIN MISTAKE attention.causal_mask numbers: this gives ones and zeros, and a mask is True and False here
return torch.ones(T, T, device=device).tril()
# END MISTAKE

# BEGIN MISTAKE attention.causal_mask true_means_hidden: this is True where a position may not look; here, True means "may attend"
return torch.ones(T, T, dtype=torch.bool, device=device).triu(1)
# END MISTAKE

# BEGIN MISTAKE attention.causal_mask to_be_added: this gives 0 and minus infinity, to be added to the scores: right elsewhere, but a mask is True and False here
hidden = torch.ones(T, T, device=device).triu(1).bool()
return torch.zeros(T, T, device=device).masked_fill(hidden, float("-inf"))
# END MISTAKE

# ---- 07, attention_weights ----

# BEGIN MISTAKE attention.attention_weights no_scaling: this forgets to divide by sqrt(K), so that large heads look at one place only
scores = query @ key.transpose(-2, -1)
if mask is not None:
    scores = scores.masked_fill(~mask, -math.inf)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights scaled_by_k: this divides by K and not by its square root
scores = query @ key.transpose(-2, -1) / query.shape[-1]
if mask is not None:
    scores = scores.masked_fill(~mask, -math.inf)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights over_queries: this makes the weights add up to 1 over the queries instead of over the keys
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(~mask, -math.inf)
return softmax(scores, dim=-2)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights masked_after: this sets forbidden weights to 0 after the softmax, so the others no longer add up to 1
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
weights = softmax(scores, dim=-1)
return weights if mask is None else weights.masked_fill(~mask, 0.0)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights masked_with_zero: this gives forbidden places a score of 0, and exp(0) is 1
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(~mask, 0.0)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights small_penalty: this only makes forbidden places unlikely: a large score still gets through
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(~mask, -100.0)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights mask_upside_down: this hides what the mask allows: True means "may attend"
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(mask, -math.inf)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights mask_ignored: this never looks at the mask
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights scaled_by_positions: this divides by the square root of the number of queries; it is the number of entries, K, that makes dot products large
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-2])
if mask is not None:
    scores = scores.masked_fill(~mask, -math.inf)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights queries_and_keys_swapped: this puts the keys in the rows, so that each key asks which query looks at it
scores = key @ query.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(~mask, -math.inf)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights mask_transposed: this turns the mask on its side: its rows are those who look, its columns those who are looked at
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(~mask.transpose(-2, -1), -math.inf)
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights infinity_times_zero: this adds minus infinity times 0 where looking is allowed, and that product is not a number
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores + (~mask).to(scores.dtype) * -math.inf
return softmax(scores, dim=-1)
# END MISTAKE

# BEGIN MISTAKE attention.attention_weights overflowing: this raises e to the scores as they come: float32 overflows at about 88.7, and infinity over infinity is not a number
scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
if mask is not None:
    scores = scores.masked_fill(~mask, -math.inf)
exps = scores.exp()
return exps / exps.sum(-1, keepdim=True)
# END MISTAKE

# ---- 07, scaled_dot_product_attention ----

# BEGIN MISTAKE attention.scaled_dot_product_attention mask_not_passed: this checks the mask and then attends without it
return attention_weights(query, key) @ value
# END MISTAKE

# BEGIN MISTAKE attention.scaled_dot_product_attention scaled_twice: this divides by sqrt(K) although the weights have done so
return attention_weights(query / math.sqrt(query.shape[-1]), key, mask) @ value
# END MISTAKE

# BEGIN MISTAKE attention.scaled_dot_product_attention weights_returned: this returns the weights themselves: the values that they are to mix never come in
return attention_weights(query, key, mask)
# END MISTAKE

# BEGIN MISTAKE attention.scaled_dot_product_attention weights_transposed: this turns the weights on their side, so that a key hands its value to whoever looks at it and nobody gets a mean any more
return attention_weights(query, key, mask).transpose(-2, -1) @ value
# END MISTAKE

# BEGIN MISTAKE attention.scaled_dot_product_attention divided_by_the_number_of_keys: this divides by the number of keys once more: the weights add up to 1 already, so their sum is the mean
return attention_weights(query, key, mask) @ value / S
# END MISTAKE

# ---- 07, self_attention ----

# BEGIN MISTAKE attention.self_attention values_from_x: this takes x itself for the values and leaves v_proj unused
return attention_weights(self.q_proj(x), self.k_proj(x), mask) @ x
# END MISTAKE

# BEGIN MISTAKE attention.self_attention keys_are_queries: this uses one projection for queries and keys
query, value = self.q_proj(x), self.v_proj(x)
return attention_weights(query, query, mask) @ value
# END MISTAKE

# BEGIN MISTAKE attention.self_attention mask_not_passed: this lets every position see the future
query, key, value = self.q_proj(x), self.k_proj(x), self.v_proj(x)
return attention_weights(query, key) @ value
# END MISTAKE

# BEGIN MISTAKE attention.self_attention queries_and_keys_swapped: this asks with k_proj and is asked with q_proj: it trains as well, but weights from elsewhere then answer the wrong way round
query, key, value = self.k_proj(x), self.q_proj(x), self.v_proj(x)
return attention_weights(query, key, mask) @ value
# END MISTAKE

# BEGIN MISTAKE attention.self_attention residual: this adds x to the result, which is the business of the block around it in module 09
query, key, value = self.q_proj(x), self.k_proj(x), self.v_proj(x)
return x + attention_weights(query, key, mask) @ value
# END MISTAKE

# BEGIN MISTAKE attention.self_attention weights_detached: this cuts the weights off from their history: where to look then never gets better, because q_proj and k_proj get no gradient
query, key, value = self.q_proj(x), self.k_proj(x), self.v_proj(x)
return attention_weights(query, key, mask).detach() @ value
# END MISTAKE

# ---- 07, given: what judges and what refuses ----

# BEGIN MISTAKE attention.check_mask looks_at_columns: this asks whether some key is looked at by nobody, which does no harm; a query that may look at nothing is what gives NaN
def check_mask(mask, T, S):
    if mask.dtype != torch.bool:
        raise TypeError(f"the mask is {mask.dtype}: give booleans, True where t may attend to s")
    if mask.ndim < 2 or mask.shape[-2] not in (1, T) or mask.shape[-1] not in (1, S):
        raise ValueError(f"mask {tuple(mask.shape)} does not fit {T} queries and {S} keys")
    if (~mask.any(-2)).any():
        raise ValueError("a row of the mask is False everywhere: it may attend to nothing")
# END MISTAKE

# BEGIN MISTAKE attention.check_mask numbers_allowed: this takes ones and zeros for a mask as well, and `~` of a number is no negation: ~0 is -1 and ~1 is -2
def check_mask(mask, T, S):
    if mask.ndim < 2 or mask.shape[-2] not in (1, T) or mask.shape[-1] not in (1, S):
        raise ValueError(f"mask {tuple(mask.shape)} does not fit {T} queries and {S} keys")
    empty = ~mask.bool().any(-1)
    if empty.any():
        row = tuple(empty.nonzero()[0].tolist())
        raise ValueError(f"row {row} is False everywhere: that position may attend to nothing")
# END MISTAKE

# BEGIN MISTAKE attention.mask_or_causal first_rows: the T new positions are the last of all S and this gives them the rows of the first T, so they do not see what is cached
def mask_or_causal(mask, T, S, device=None):
    if mask is not None:
        check_mask(mask, T, S)
        return mask
    return causal_mask(S, device)[:T] if T > 1 else None
# END MISTAKE

# BEGIN MISTAKE attention.mask_or_causal not_checked: this trusts the mask of the caller, and a row that may attend to nothing becomes NaN
def mask_or_causal(mask, T, S, device=None):
    if mask is not None:
        return mask
    return causal_mask(S, device)[S - T :] if T > 1 else None
# END MISTAKE

# BEGIN MISTAKE attention.attention_loops not_normalised: this weighs the values by exp of the scores and never divides by the sum, so it is no mean
def attention_loops(query, key, value, mask=None):
    out = torch.zeros(len(query), value.shape[1], dtype=value.dtype)
    for t in range(len(query)):
        for s in range(len(key)):
            if mask is None or mask[t, s]:
                product = sum(query[t, k] * key[s, k] for k in range(query.shape[1]))
                out[t] += torch.exp(product / math.sqrt(query.shape[1])) * value[s]
    return out
# END MISTAKE

# ---- 08, split_heads ----

# BEGIN MISTAKE attention.split_heads across_positions: this reshapes at once, and so cuts across positions: the entries of a head come from several tokens
return x.reshape(B, num_heads, T, D // num_heads)
# END MISTAKE

# BEGIN MISTAKE attention.split_heads strided: this deals the entries out in turn, so head 0 gets 0, H, 2H and not a stretch
return x.reshape(B, T, D // num_heads, num_heads).permute(0, 3, 1, 2)
# END MISTAKE

# BEGIN MISTAKE attention.split_heads positions_before_heads: this leaves the heads behind the positions, (B, T, H, K), so that attention would run over the heads
return x.reshape(B, T, num_heads, D // num_heads)
# END MISTAKE

# ---- 08, merge_heads ----

# BEGIN MISTAKE attention.merge_heads no_transpose: this flattens without putting the positions back first
B, H, T, K = heads.shape
return heads.reshape(B, T, H * K)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads interleaved: this lays the heads entry by entry instead of one after the other: (B, T, K, H) before flattening
return heads.permute(0, 2, 3, 1).flatten(2)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads summed: this adds the heads up instead of laying them side by side
return heads.sum(1)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads view_not_reshape: after the transpose the heads of one position lie apart in memory: a view cannot join them, reshape or flatten copies
B, H, T, K = heads.shape
return heads.transpose(1, 2).view(B, T, H * K)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads wrong_pair: this swaps positions with entries first, so entries end up where the positions belong: (B, K, H · T)
return heads.transpose(2, 3).transpose(1, 2).flatten(2)
# END MISTAKE

# ---- 08, project_heads ----

# BEGIN MISTAKE attention.project_heads values_rotated: this turns the values too, but positions are for what is compared
query = split_heads(self.q_proj(x), self.num_heads)
key = split_heads(self.k_proj(x), self.num_kv_heads)
value = split_heads(self.v_proj(x), self.num_kv_heads)
if self.rope is not None:
    query, key, value = (self.rope(part, token_positions) for part in (query, key, value))
return query, key, value
# END MISTAKE

# BEGIN MISTAKE attention.project_heads keys_not_rotated: this turns the queries only, so that products depend on places and not on distances
query = split_heads(self.q_proj(x), self.num_heads)
key = split_heads(self.k_proj(x), self.num_kv_heads)
value = split_heads(self.v_proj(x), self.num_kv_heads)
if self.rope is not None:
    query = self.rope(query, token_positions)
return query, key, value
# END MISTAKE

# BEGIN MISTAKE attention.project_heads positions_ignored: this counts positions from 0 whatever token_positions says, so a cache goes wrong
query = split_heads(self.q_proj(x), self.num_heads)
key = split_heads(self.k_proj(x), self.num_kv_heads)
value = split_heads(self.v_proj(x), self.num_kv_heads)
if self.rope is not None:
    query, key = self.rope(query), self.rope(key)
return query, key, value
# END MISTAKE

# BEGIN MISTAKE attention.project_heads keys_split_like_queries: this splits keys by the number of query heads, which is wrong as soon as heads are shared
query, key, value = (
    split_heads(projection(x), self.num_heads)
    for projection in (self.q_proj, self.k_proj, self.v_proj)
)
if self.rope is not None:
    query, key = self.rope(query, token_positions), self.rope(key, token_positions)
return query, key, value
# END MISTAKE

# BEGIN MISTAKE attention.project_heads queries_and_keys_swapped: this makes the queries with k_proj and the keys with q_proj: it trains as well, but weights from elsewhere then answer the wrong way round
query = split_heads(self.k_proj(x), self.num_heads)
key = split_heads(self.q_proj(x), self.num_kv_heads)
value = split_heads(self.v_proj(x), self.num_kv_heads)
if self.rope is not None:
    query, key = self.rope(query, token_positions), self.rope(key, token_positions)
return query, key, value
# END MISTAKE

# BEGIN MISTAKE attention.project_heads rotated_before_splitting: this turns whole vectors of D entries, and the rotations are made for the K entries of one head: split first
query, key, value = self.q_proj(x), self.k_proj(x), self.v_proj(x)
if self.rope is not None:
    query, key = self.rope(query, token_positions), self.rope(key, token_positions)
return (
    split_heads(query, self.num_heads),
    split_heads(key, self.num_kv_heads),
    split_heads(value, self.num_kv_heads),
)
# END MISTAKE

# BEGIN MISTAKE attention.project_heads x_rotated: this turns x before the projections, so that the values are turned as well, and products no longer depend on distances alone
if self.rope is not None:
    x = self.rope(split_heads(x, self.num_heads), token_positions).transpose(1, 2).flatten(2)
query = split_heads(self.q_proj(x), self.num_heads)
key = split_heads(self.k_proj(x), self.num_kv_heads)
value = split_heads(self.v_proj(x), self.num_kv_heads)
return query, key, value
# END MISTAKE

# ---- 08, multi_head_attention ----

# BEGIN MISTAKE attention.multi_head_attention output_forgotten: this leaves the output projection out, so the heads never mix
heads = attention_weights(query, key, mask) @ value
return merge_heads(heads)
# END MISTAKE

# BEGIN MISTAKE attention.multi_head_attention mask_not_passed: this lets every head see the future
heads = attention_weights(query, key) @ value
return self.output_proj(merge_heads(heads))
# END MISTAKE

# BEGIN MISTAKE attention.multi_head_attention residual: this adds x, which is the block's business
heads = attention_weights(query, key, mask) @ value
return x + self.output_proj(merge_heads(heads))
# END MISTAKE

# BEGIN MISTAKE attention.multi_head_attention scaled_by_d: this divides by sqrt(D), the size of all heads together; a dot product here runs over the K entries of one head
scores = query @ key.transpose(-2, -1) / x.shape[-1] ** 0.5
if mask is not None:
    scores = scores.masked_fill(~mask, -torch.inf)
heads = scores.softmax(-1) @ value
return self.output_proj(merge_heads(heads))
# END MISTAKE

# BEGIN MISTAKE attention.multi_head_attention merged_without_transposing: this joins the heads as they lie in memory, (B, H, T, K): an output then mixes positions, and the future leaks in
heads = attention_weights(query, key, mask) @ value
return self.output_proj(heads.reshape(x.shape))
# END MISTAKE

# BEGIN MISTAKE attention.multi_head_attention heads_averaged: this takes the mean of the heads and repeats it, so H heads bring back no more than one
heads = attention_weights(query, key, mask) @ value
mean = heads.mean(1, keepdim=True).expand_as(heads)
return self.output_proj(merge_heads(mean))
# END MISTAKE

# BEGIN MISTAKE attention.multi_head_attention one_pattern_for_all: this averages the weights over the heads: then all look at the same places, and it is one wide head again
weights = attention_weights(query, key, mask).mean(1, keepdim=True)
return self.output_proj(merge_heads(weights @ value))
# END MISTAKE

# ---- 08, share_heads ----

# BEGIN MISTAKE attention.share_heads tiled: this repeats the whole row of heads, A B A B, and the groups want A A B B
return x.repeat(1, num_heads // x.shape[1], 1, 1)
# END MISTAKE

# BEGIN MISTAKE attention.share_heads first_head_for_all: this gives every group the first head, so the others are never used
return x[:, :1].expand(-1, num_heads, -1, -1)
# END MISTAKE

# BEGIN MISTAKE attention.share_heads not_shared: this hands the heads on as they are, and there are fewer of them than queries
return x
# END MISTAKE

# ---- 08, given: the cache and the sizes ----

# BEGIN MISTAKE attention.KVCache.append not_kept: this returns all keys and values so far but keeps only the new ones, so the cache forgets
def append(self, key, value):
    whole = key, value
    if self.key is not None:
        whole = torch.cat((self.key, key), dim=-2), torch.cat((self.value, value), dim=-2)
    self.key, self.value = key, value
    return whole
# END MISTAKE

# BEGIN MISTAKE attention.KVCache.append newest_first: this puts the new positions in front of the old ones, and the mask then hides the wrong ones
def append(self, key, value):
    if self.key is not None:
        key = torch.cat((key, self.key), dim=-2)
        value = torch.cat((value, self.value), dim=-2)
    self.key, self.value = key, value
    return key, value
# END MISTAKE

# BEGIN MISTAKE attention.check_heads only_queries: this forgets that the heads must also divide into groups, one for each head of keys
def check_heads(d_model, num_heads, num_kv_heads):
    if min(d_model, num_heads, num_kv_heads) < 1:
        raise ValueError(f"{d_model}, {num_heads} and {num_kv_heads} must be 1 or more")
    if d_model % num_heads:
        near = f"{d_model - d_model % num_heads} or {d_model - d_model % num_heads + num_heads}"
        raise ValueError(
            f"d_model ({d_model}) must be a multiple of num_heads ({num_heads}): try {near}"
        )
# END MISTAKE
