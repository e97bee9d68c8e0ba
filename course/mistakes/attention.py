# Mistakes that an honest beginner makes in `course/g2c/attention/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

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

# BEGIN MISTAKE attention.scaled_dot_product_attention mask_not_passed: this checks the mask and then attends without it
return attention_weights(query, key) @ value
# END MISTAKE

# BEGIN MISTAKE attention.scaled_dot_product_attention scaled_twice: this divides by sqrt(K) although the weights have done so
return attention_weights(query / math.sqrt(query.shape[-1]), key, mask) @ value
# END MISTAKE

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

# BEGIN MISTAKE attention.split_heads across_positions: this reshapes at once, and so cuts across positions: the entries of a head come from several tokens
return x.reshape(B, num_heads, T, D // num_heads)
# END MISTAKE

# BEGIN MISTAKE attention.split_heads strided: this deals the entries out in turn, so head 0 gets 0, H, 2H and not a stretch
return x.reshape(B, T, D // num_heads, num_heads).permute(0, 3, 1, 2)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads no_transpose: this flattens without putting the positions back first
B, H, T, K = heads.shape
return heads.reshape(B, T, H * K)
# END MISTAKE

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

# BEGIN MISTAKE attention.share_heads tiled: this repeats the whole row of heads, A B A B, and the groups want A A B B
return x.repeat(1, num_heads // x.shape[1], 1, 1)
# END MISTAKE

# BEGIN MISTAKE attention.scaled_dot_product_attention weights_returned: this returns the weights themselves: the values that they are to mix never come in
return attention_weights(query, key, mask)
# END MISTAKE

# BEGIN MISTAKE attention.split_heads positions_before_heads: this leaves the heads behind the positions, (B, T, H, K), so that attention would run over the heads
return x.reshape(B, T, num_heads, D // num_heads)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads interleaved: this lays the heads entry by entry instead of one after the other: (B, T, K, H) before flattening
return heads.permute(0, 2, 3, 1).flatten(2)
# END MISTAKE

# BEGIN MISTAKE attention.merge_heads summed: this adds the heads up instead of laying them side by side
return heads.sum(1)
# END MISTAKE

# BEGIN MISTAKE attention.share_heads first_head_for_all: this gives every group the first head, so the others are never used
return x[:, :1].expand(-1, num_heads, -1, -1)
# END MISTAKE

# BEGIN MISTAKE attention.share_heads not_shared: this hands the heads on as they are, and there are fewer of them than queries
return x
# END MISTAKE
