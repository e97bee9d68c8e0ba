# Mistakes that an honest beginner makes in `course/g2c/backprop/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE backprop.token_loss_backward not_divided: this forgets that the loss is a mean over N * T predictions
d_logits = softmax(logits, dim=-1)
return d_logits.scatter(-1, targets[..., None], d_logits.gather(-1, targets[..., None]) - 1)
# END MISTAKE

# BEGIN MISTAKE backprop.token_loss_backward divided_by_windows: this divides by the N windows only; each of them holds T predictions
d_logits = softmax(logits, dim=-1)
right = d_logits.gather(-1, targets[..., None])
return d_logits.scatter(-1, targets[..., None], right - 1) / len(targets)
# END MISTAKE

# BEGIN MISTAKE backprop.token_loss_backward last_position_only: this pushes at the last position of each window only, as if a window were one question
d_logits = softmax(logits, dim=-1)
d_logits = d_logits.scatter(-1, targets[..., None], d_logits.gather(-1, targets[..., None]) - 1)
d_logits[:, :-1] = 0
return d_logits / targets.numel()
# END MISTAKE

# BEGIN MISTAKE backprop.token_loss_backward sign: this has the sign the other way round: it is what was right less what was said, and would make the loss grow
d_logits = softmax(logits, dim=-1)
right = d_logits.gather(-1, targets[..., None])
return -d_logits.scatter(-1, targets[..., None], right - 1) / targets.numel()
# END MISTAKE

# BEGIN MISTAKE backprop.token_loss_backward over_positions: this takes the softmax over the positions instead of the vocabulary
d_logits = softmax(logits, dim=1)
right = d_logits.gather(-1, targets[..., None])
return d_logits.scatter(-1, targets[..., None], right - 1) / targets.numel()
# END MISTAKE

# BEGIN MISTAKE backprop.token_loss_backward only_the_right_token: this moves the logit of the right token only, but the others have to come down
probs = softmax(logits, dim=-1)
right = probs.gather(-1, targets[..., None])
return probs.new_zeros(probs.shape).scatter(-1, targets[..., None], right - 1) / targets.numel()
# END MISTAKE

# BEGIN MISTAKE backprop.matmul_backward mean_over_positions: this averages over windows and positions, but a matrix that is used N * T times gets the sum
d_w = x.flatten(0, 1).T @ d_out.flatten(0, 1)
return d_out @ w.T, d_w / (x.shape[0] * x.shape[1])
# END MISTAKE

# BEGIN MISTAKE backprop.matmul_backward first_window_only: this counts the first window only in the gradient of the matrix
return d_out @ w.T, x[0].T @ d_out[0]
# END MISTAKE

# BEGIN MISTAKE backprop.matmul_backward transposed: this returns the gradient of the matrix as (out, in), but here a matrix is (in, out)
return d_out @ w.T, d_out.flatten(0, 1).T @ x.flatten(0, 1)
# END MISTAKE

# BEGIN MISTAKE backprop.matmul_backward swapped: this returns the two gradients in the wrong order
return x.flatten(0, 1).T @ d_out.flatten(0, 1), d_out @ w.T
# END MISTAKE

# BEGIN MISTAKE backprop.gelu_backward density_forgotten: this treats the gate as a constant, but Phi(x) moves with x as well
return d_out * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
# END MISTAKE

# BEGIN MISTAKE backprop.gelu_backward tanh_form: this is the derivative of the tanh approximation; the model uses the exact form
inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
gate = torch.tanh(inner)
slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
return d_out * (0.5 * (1 + gate) + 0.5 * x * (1 - gate**2) * slope)
# END MISTAKE

# BEGIN MISTAKE backprop.gelu_backward density_not_normalised: this leaves 1 / sqrt(2 pi) out of the density
share = 0.5 * (1 + torch.erf(x / math.sqrt(2)))
return d_out * (share + x * torch.exp(-0.5 * x * x))
# END MISTAKE

# BEGIN MISTAKE backprop.gelu_backward d_out_forgotten: this is the slope alone: the chain rule multiplies it by what comes back from above
share = 0.5 * (1 + torch.erf(x / math.sqrt(2)))
return share + x * torch.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
# END MISTAKE

# BEGIN MISTAKE backprop.layer_norm_backward scale_only: this takes mean and variance for constants, but both move with every entry of x
return d_out * inverse_std
# END MISTAKE

# BEGIN MISTAKE backprop.layer_norm_backward mean_only: this lets the mean move with x, and forgets that the variance does too
return (d_out - d_out.mean(-1, keepdim=True)) * inverse_std
# END MISTAKE

# BEGIN MISTAKE backprop.layer_norm_backward variance_only: this lets the variance move with x, and forgets that the mean does too
along = (d_out * normed).mean(-1, keepdim=True)
return (d_out - normed * along) * inverse_std
# END MISTAKE

# BEGIN MISTAKE backprop.layer_norm_backward divided: this divides by the inverse of the standard deviation
along = (d_out * normed).mean(-1, keepdim=True)
return (d_out - d_out.mean(-1, keepdim=True) - normed * along) / inverse_std
# END MISTAKE

# BEGIN MISTAKE backprop.layer_norm_backward sums: this takes sums over the vector where means belong
along = (d_out * normed).sum(-1, keepdim=True)
return (d_out - d_out.sum(-1, keepdim=True) - normed * along) * inverse_std
# END MISTAKE

# BEGIN MISTAKE backprop.causal_softmax_backward diagonal_only: this lets each score move its own weight only, but pushing one up pushes the others of its row down
return d_weights * weights * (1 - weights)
# END MISTAKE

# BEGIN MISTAKE backprop.causal_softmax_backward over_queries: this takes the mean down the columns; the softmax went along the rows
mean = (d_weights * weights).sum(-2, keepdim=True)
return weights * (d_weights - mean)
# END MISTAKE

# BEGIN MISTAKE backprop.causal_softmax_backward plain_mean: this takes the plain mean of the row, not the one weighted by the attention weights
return weights * (d_weights - d_weights.mean(-1, keepdim=True))
# END MISTAKE

# BEGIN MISTAKE backprop.causal_softmax_backward weights_forgotten: this does not multiply by the weights, so forbidden positions get a gradient too
return d_weights - (d_weights * weights).sum(-1, keepdim=True)
# END MISTAKE

# BEGIN MISTAKE backprop.mix_backward not_transposed: this sends each value the gradients of the positions it looked at, not of those that looked at it
return d_heads @ value.transpose(-2, -1), weights @ d_heads
# END MISTAKE

# BEGIN MISTAKE backprop.mix_backward swapped: this returns the two gradients in the wrong order
return weights.transpose(-2, -1) @ d_heads, d_heads @ value.transpose(-2, -1)
# END MISTAKE

# BEGIN MISTAKE backprop.mix_backward looked_at_by: this turns the gradient of the weights round: row and column are exchanged
return value @ d_heads.transpose(-2, -1), weights.transpose(-2, -1) @ d_heads
# END MISTAKE

# BEGIN MISTAKE backprop.scores_backward scale_forgotten: this forgets that the scores were divided by sqrt(K)
return d_scores @ key, d_scores.transpose(-2, -1) @ query
# END MISTAKE

# BEGIN MISTAKE backprop.scores_backward not_transposed: this treats rows and columns of the scores alike: the gradient of the keys needs them exchanged
d_products = d_scores / math.sqrt(query.shape[-1])
return d_products @ key, d_products @ query
# END MISTAKE

# BEGIN MISTAKE backprop.scores_backward own_values: this multiplies the gradient of the queries by the queries; what moves a score is the other factor
d_products = d_scores / math.sqrt(query.shape[-1])
return d_products @ query, d_products.transpose(-2, -1) @ key
# END MISTAKE

# BEGIN MISTAKE backprop.scores_backward scaled_twice: this divides by K, not by its root
d_products = d_scores / query.shape[-1]
return d_products @ key, d_products.transpose(-2, -1) @ query
# END MISTAKE

# BEGIN MISTAKE backprop.attention_backward values_only: this brings the gradient back to x through the values alone; x made the queries and the keys too
d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_weights, d_value = mix_backward(split_heads(d_merged, num_heads), cache.weights, cache.value)
d_scores = causal_softmax_backward(d_weights, cache.weights)
d_query, d_key = scores_backward(d_scores, cache.query, cache.key)
_, d_w_q = matmul_backward(merge_heads(d_query), cache.x, w_q)
_, d_w_k = matmul_backward(merge_heads(d_key), cache.x, w_k)
d_x, d_w_v = matmul_backward(merge_heads(d_value), cache.x, w_v)
return d_x, (d_w_q, d_w_k, d_w_v, d_w_o)
# END MISTAKE

# BEGIN MISTAKE backprop.attention_backward wrong_split: this cuts the gradient into heads with one reshape, which mixes positions
d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_heads = d_merged.reshape(cache.value.shape)
d_weights, d_value = mix_backward(d_heads, cache.weights, cache.value)
d_scores = causal_softmax_backward(d_weights, cache.weights)
d_query, d_key = scores_backward(d_scores, cache.query, cache.key)
d_x_q, d_w_q = matmul_backward(merge_heads(d_query), cache.x, w_q)
d_x_k, d_w_k = matmul_backward(merge_heads(d_key), cache.x, w_k)
d_x_v, d_w_v = matmul_backward(merge_heads(d_value), cache.x, w_v)
return d_x_q + d_x_k + d_x_v, (d_w_q, d_w_k, d_w_v, d_w_o)
# END MISTAKE

# BEGIN MISTAKE backprop.attention_backward output_skipped: this starts from d_out and forgets that w_o stood between the heads and it
_, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_weights, d_value = mix_backward(split_heads(d_out, num_heads), cache.weights, cache.value)
d_scores = causal_softmax_backward(d_weights, cache.weights)
d_query, d_key = scores_backward(d_scores, cache.query, cache.key)
d_x_q, d_w_q = matmul_backward(merge_heads(d_query), cache.x, w_q)
d_x_k, d_w_k = matmul_backward(merge_heads(d_key), cache.x, w_k)
d_x_v, d_w_v = matmul_backward(merge_heads(d_value), cache.x, w_v)
return d_x_q + d_x_k + d_x_v, (d_w_q, d_w_k, d_w_v, d_w_o)
# END MISTAKE

# BEGIN MISTAKE backprop.attention_backward softmax_skipped: this hands the gradient of the weights to the scores as it is: the softmax between them is left out
d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_weights, d_value = mix_backward(split_heads(d_merged, num_heads), cache.weights, cache.value)
d_query, d_key = scores_backward(d_weights, cache.query, cache.key)
d_x_q, d_w_q = matmul_backward(merge_heads(d_query), cache.x, w_q)
d_x_k, d_w_k = matmul_backward(merge_heads(d_key), cache.x, w_k)
d_x_v, d_w_v = matmul_backward(merge_heads(d_value), cache.x, w_v)
return d_x_q + d_x_k + d_x_v, (d_w_q, d_w_k, d_w_v, d_w_o)
# END MISTAKE

# BEGIN MISTAKE backprop.block_backward mlp_residual_forgotten: this brings back what went through the MLP and forgets what went around it
d_sum = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_active, d_w_mlp2 = matmul_backward(d_sum, gelu(cache.wide), w_mlp2)
d_wide = gelu_backward(d_active, cache.wide)
d_middle, d_w_mlp1 = matmul_backward(d_wide, cache.middle, w_mlp1)
d_sum = layer_norm_backward(d_middle, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_sum, cache.attention, *attention_weights)
return d_x + d_sum, (*d_attention, d_w_mlp1, d_w_mlp2)
# END MISTAKE

# BEGIN MISTAKE backprop.block_backward attention_residual_forgotten: this brings back what went through attention and forgets what went around it
d_sum = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_active, d_w_mlp2 = matmul_backward(d_sum, gelu(cache.wide), w_mlp2)
d_wide = gelu_backward(d_active, cache.wide)
d_middle, d_w_mlp1 = matmul_backward(d_wide, cache.middle, w_mlp1)
d_sum = layer_norm_backward(d_middle + d_sum, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_sum, cache.attention, *attention_weights)
return d_x, (*d_attention, d_w_mlp1, d_w_mlp2)
# END MISTAKE

# BEGIN MISTAKE backprop.block_backward gelu_of_nothing: this multiplies by what stood before GELU where w_mlp2 saw what came out of it
d_sum = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_active, d_w_mlp2 = matmul_backward(d_sum, cache.wide, w_mlp2)
d_wide = gelu_backward(d_active, cache.wide)
d_middle, d_w_mlp1 = matmul_backward(d_wide, cache.middle, w_mlp1)
d_sum = layer_norm_backward(d_middle + d_sum, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_sum, cache.attention, *attention_weights)
return d_x + d_sum, (*d_attention, d_w_mlp1, d_w_mlp2)
# END MISTAKE

# BEGIN MISTAKE backprop.block_backward around_the_norm: this lets the residual carry d_out itself, but in a post-norm block the norm stands after the sum
d_sum = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_active, d_w_mlp2 = matmul_backward(d_sum, gelu(cache.wide), w_mlp2)
d_wide = gelu_backward(d_active, cache.wide)
d_middle, d_w_mlp1 = matmul_backward(d_wide, cache.middle, w_mlp1)
d_middle = d_middle + d_out
d_sum = layer_norm_backward(d_middle, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_sum, cache.attention, *attention_weights)
return d_x + d_middle, (*d_attention, d_w_mlp1, d_w_mlp2)
# END MISTAKE

# BEGIN MISTAKE backprop.block_backward gelu_skipped: this passes through GELU as if it were not there
d_sum = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_wide, d_w_mlp2 = matmul_backward(d_sum, gelu(cache.wide), w_mlp2)
d_middle, d_w_mlp1 = matmul_backward(d_wide, cache.middle, w_mlp1)
d_sum = layer_norm_backward(d_middle + d_sum, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_sum, cache.attention, *attention_weights)
return d_x + d_sum, (*d_attention, d_w_mlp1, d_w_mlp2)
# END MISTAKE

# BEGIN MISTAKE backprop.embedding_backward last_one_wins: this writes the gradients over each other: a token that occurs twice keeps only one of them
d_w_emb = d_x.new_zeros(vocab_size, d_x.shape[-1])
for row, id in zip(d_x.flatten(0, 1), inputs.flatten(), strict=True):
    d_w_emb[id] = row
return d_w_emb, d_x.sum(0)
# END MISTAKE

# BEGIN MISTAKE backprop.embedding_backward positions_averaged: this averages the gradient of a position over the windows, but each of them used it: take the sum
d_w_emb = d_x.new_zeros(vocab_size, d_x.shape[-1])
d_w_emb.index_add_(0, inputs.flatten(), d_x.flatten(0, 1))
return d_w_emb, d_x.mean(0)
# END MISTAKE

# BEGIN MISTAKE backprop.embedding_backward first_window_only: this gives the positions the gradient of the first window only
d_w_emb = d_x.new_zeros(vocab_size, d_x.shape[-1])
d_w_emb.index_add_(0, inputs.flatten(), d_x.flatten(0, 1))
return d_w_emb, d_x[0]
# END MISTAKE

# BEGIN MISTAKE backprop.causal_lm_step forward_order: this walks through the blocks from the first to the last, but the gradient comes back from the last
d_x, d_w_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
d_blocks: list[Tensor] = []
for block, cache in zip(blocks, caches, strict=True):
    d_x, d_block = block_backward(d_x, cache, block)
    d_blocks += d_block
gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0]), *d_blocks, d_w_head]
weights = in_order(w_emb, pos_embed, blocks, w_head)
return torch.cat([(w - lr * grad).flatten() for w, grad in zip(weights, gradients, strict=True)])
# END MISTAKE

# BEGIN MISTAKE backprop.causal_lm_step blocks_reversed: this lists the gradients of the blocks from the last to the first, and so gives each block another one's
d_x, d_w_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
d_blocks: list[Tensor] = []
for block in reversed(blocks):
    d_x, d_block = block_backward(d_x, caches.pop(), block)
    d_blocks += d_block
gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0]), *d_blocks, d_w_head]
weights = in_order(w_emb, pos_embed, blocks, w_head)
return torch.cat([(w - lr * grad).flatten() for w, grad in zip(weights, gradients, strict=True)])
# END MISTAKE

# BEGIN MISTAKE backprop.causal_lm_step uphill: this walks with the gradient, and the gradient points uphill
d_x, d_w_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
d_blocks: list[Tensor] = []
for block in reversed(blocks):
    d_x, d_block = block_backward(d_x, caches.pop(), block)
    d_blocks = [*d_block, *d_blocks]
gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0]), *d_blocks, d_w_head]
weights = in_order(w_emb, pos_embed, blocks, w_head)
return torch.cat([(w + lr * grad).flatten() for w, grad in zip(weights, gradients, strict=True)])
# END MISTAKE

# BEGIN MISTAKE backprop.causal_lm_step gradients_returned: this returns the gradients, not the weights after the step
d_x, d_w_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
d_blocks: list[Tensor] = []
for block in reversed(blocks):
    d_x, d_block = block_backward(d_x, caches.pop(), block)
    d_blocks = [*d_block, *d_blocks]
gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0]), *d_blocks, d_w_head]
return torch.cat([grad.flatten() for grad in gradients])
# END MISTAKE

# BEGIN MISTAKE backprop.causal_lm_step in_place: this changes the caller's weights, which should come back as new ones
d_x, d_w_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
d_blocks: list[Tensor] = []
for block in reversed(blocks):
    d_x, d_block = block_backward(d_x, caches.pop(), block)
    d_blocks = [*d_block, *d_blocks]
gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0]), *d_blocks, d_w_head]
weights = in_order(w_emb, pos_embed, blocks, w_head)
for w, grad in zip(weights, gradients, strict=True):
    w -= lr * grad
return torch.cat([w.flatten() for w in weights])
# END MISTAKE
