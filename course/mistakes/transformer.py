# Mistakes that an honest beginner makes in `course/g2c/transformer/`: each block is a body for one exercise,
# or a wrong version of a given function, and its sentence is what a student is told about it.
# `./noteboosh.sh selftest mistakes` proves that a test catches each of them.

# ---- layer_norm ----

# BEGIN MISTAKE transformer.layer_norm sample_variance: this divides by D - 1, where the population variance of a layer norm divides by D
return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm eps_outside: this adds eps to the standard deviation and not to the variance: where all entries are equal, the root has an infinite slope at 0
centred = x - x.mean(-1, keepdim=True)
return centred / (centred.square().mean(-1, keepdim=True).sqrt() + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm over_everything: this takes one mean over the whole tensor, so that positions and windows leak into each other
centred = x - x.mean()
return centred / (centred.square().mean() + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm wrong_axis: this norms each entry over the positions, not each vector over its entries: every position then sees the others, later ones too
axis = -2 if x.ndim > 1 else -1
centred = x - x.mean(axis, keepdim=True)
return centred / (centred.square().mean(axis, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm no_root: this divides by the variance and not by its root
centred = x - x.mean(-1, keepdim=True)
return centred / (centred.square().mean(-1, keepdim=True) + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm mean_left_in: this never subtracts the mean from what it returns: only the divisor has seen it
centred = x - x.mean(-1, keepdim=True)
return x / (centred.square().mean(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm detached_statistics: this takes mean and variance as constants: the values are right, but gradients miss the way through them
with torch.no_grad():
    mean = x.mean(-1, keepdim=True)
    root = ((x - mean).square().mean(-1, keepdim=True) + self.eps).sqrt()
return (x - mean) / root
# END MISTAKE

# ---- rms_norm ----

# BEGIN MISTAKE transformer.rms_norm centred: this subtracts the mean first, which is LayerNorm
centred = x - x.mean(-1, keepdim=True)
return centred / (centred.square().mean(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm eps_outside: this adds eps to the root and not under it: for a vector of zeros, the root has an infinite slope at 0
return x / (x.square().mean(-1, keepdim=True).sqrt() + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm sum: this divides by the length of the vector: a sum where a mean belongs
return x / (x.square().sum(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm wrong_axis: this norms each entry over the positions, not each vector over its entries: every position then sees the others, later ones too
axis = -2 if x.ndim > 1 else -1
return x / (x.square().mean(axis, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm no_root: this divides by the mean square and not by its root
return x / (x.square().mean(-1, keepdim=True) + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm absolute_values: this divides by the mean of the absolute values: a size too, but not the root mean square
return x / (x.abs().mean(-1, keepdim=True) + self.eps)
# END MISTAKE

# ---- gelu, gelu_tanh, silu ----

# BEGIN MISTAKE transformer.gelu no_root_two: this forgets to divide by sqrt(2) inside erf
return x * 0.5 * (1 + torch.erf(x))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu tanh_instead: this is the approximation, and the exact form is asked for
inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu sigmoid_approximation: this is the sigmoid approximation, x * sigmoid(1.702 x); the exact form has the error function
return x * torch.sigmoid(1.702 * x)
# END MISTAKE

# BEGIN MISTAKE transformer.gelu probability_alone: this is the probability alone: x is not yet multiplied by it
return 0.5 * (1 + torch.erf(x / math.sqrt(2)))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh erf_instead: this is the exact form, and the approximation is asked for
return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh root_over_two_only: this takes the root of 2 alone, and pi stays outside it
inner = math.sqrt(2) / math.pi * (x + 0.044715 * x**3)
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh squared: this squares x where the formula has its cube
inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**2)
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh root_over_cube_only: this multiplies the cube alone by the root: the root stands before the whole bracket
inner = x + math.sqrt(2 / math.pi) * 0.044715 * x**3
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.silu no_x: this is the sigmoid alone: x is not yet multiplied by it
return torch.sigmoid(x)
# END MISTAKE

# BEGIN MISTAKE transformer.silu overflows: this divides by 1 + exp(-x): far below 0 the exponential overflows, and the gradient is not a number
return x / (1 + torch.exp(-x))
# END MISTAKE

# BEGIN MISTAKE transformer.silu tanh_gate: this gates with tanh, which goes from -1 to 1; SiLU gates with the sigmoid
return x * torch.tanh(x)
# END MISTAKE

# ---- feed_forward, swiglu ----

# BEGIN MISTAKE transformer.feed_forward no_activation: this has no nonlinearity, so the two matrices are no more than one
return self.w2(self.w1(x))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward activation_last: this applies the activation after coming back; between the matrices there is none
return self.activation(self.w2(self.w1(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward activation_first: this applies the activation before widening; between the matrices there is none
return self.w2(self.w1(self.activation(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward activation_twice: this applies the activation once more at the end, so the layer can hardly say anything negative
return self.activation(self.w2(self.activation(self.w1(x))))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward residual: this adds x, which is the block's business
return x + self.w2(self.activation(self.w1(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward always_gelu: this uses GELU whichever activation the layer was made with
return self.w2(gelu(self.w1(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu gates_swapped: this sends the other copy through silu: the gate is w1
return self.w2(self.w1(x) * silu(self.w3(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu plain_glu: this gates with the sigmoid, which is GLU and not SwiGLU
return self.w2(self.w1(x).sigmoid() * self.w3(x))
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu added: this adds the gate instead of multiplying by it
return self.w2(silu(self.w1(x)) + self.w3(x))
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu no_gate: this is a plain feed-forward with silu: w3 has no part in it
return self.w2(silu(self.w1(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu silu_of_the_product: this multiplies first and sends the product through silu: only the gate goes through it
return self.w2(silu(self.w1(x) * self.w3(x)))
# END MISTAKE

# ---- pre_norm, post_norm ----

# BEGIN MISTAKE transformer.pre_norm no_residual: this drops the stream: what the layer does not say again is lost, and gradients lose their short way back
return sublayer(norm(x))
# END MISTAKE

# BEGIN MISTAKE transformer.pre_norm normed_stream: this norms the stream itself, so it no longer passes untouched
x = norm(x)
return x + sublayer(x)
# END MISTAKE

# BEGIN MISTAKE transformer.pre_norm post_norm: this norms the sum, which is post-norm, the older arrangement
return norm(x + sublayer(x))
# END MISTAKE

# BEGIN MISTAKE transformer.pre_norm norm_of_the_answer: this norms what the sublayer says, not what it hears
return x + norm(sublayer(x))
# END MISTAKE

# BEGIN MISTAKE transformer.pre_norm no_norm: this never norms: the stream grows from layer to layer, and each sublayer hears it louder
return x + sublayer(x)
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm norm_of_the_answer: this norms what the sublayer says and not the sum
return x + norm(sublayer(x))
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm pre_norm: this norms before the sublayer, which is pre-norm, the newer arrangement
return x + sublayer(norm(x))
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm no_residual: this loses the stream: what goes in is not added to what the sublayer gives
return norm(sublayer(x))
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm normed_twice: this norms before the sublayer as well: it should hear x as it is
return norm(x + sublayer(norm(x)))
# END MISTAKE

# ---- transformer_lm ----

# BEGIN MISTAKE transformer.transformer_lm positions_forgotten: this never adds the positions, where the model has them
x = self.token_embeddings(token_ids)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm positions_from_zero: this lets positions start at 0 in every call, so learned positions go wrong with a cache
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm positions_in_every_layer: this adds the positions again before every layer: once, at the bottom, is what the stream carries upwards
x = self.dropout(self.token_embeddings(token_ids))
for layer, cache in zip(self.layers, caches):
    if self.position_embeddings is not None:
        x = self.position_embeddings(x, token_positions)
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm final_norm_forgotten: this leaves the final norm out, so the logits grow with the depth of the stream
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x)
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm one_layer: this gives every layer the embeddings, so only the last one counts
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    out = layer(x, token_positions, mask, cache)
return self.head(out if self.ln_final is None else self.ln_final(out))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm same_layer_again: this runs the first layer again and again, and the others never
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = self.layers[0](x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm tied_by_accident: this multiplies by the token embeddings: the head has weights of its own unless the config says `tied`, and they would never learn
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
x = x if self.ln_final is None else self.ln_final(x)
return x @ self.token_embeddings.weight.T
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm lm_head_always: this calls `lm_head`, which a tied model does not have: `head` knows both
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.lm_head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm scaled_embeddings: this multiplies the embeddings by sqrt(D), as the first paper does: ours start with a standard deviation of 1, where nothing is to be made larger
x = self.token_embeddings(token_ids) * math.sqrt(self.config.d_model)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm probabilities: this returns probabilities, and the loss wants logits
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x)).softmax(-1)
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm last_position_only: this returns the logits of the last position alone: in training every position is asked
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))[:, -1:]
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm cache_not_passed: this forgets to hand each layer its cache
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer in self.layers:
    x = layer(x, token_positions, mask)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm mask_not_passed: this forgets the caller's mask
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, None, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm dropout_forgotten: this leaves out the dropout on the embeddings
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# ---- the given functions ----

# BEGIN MISTAKE transformer.at_least_float32 as_it_is: this leaves float16 as it is, and there the square of 256 is already infinite
def at_least_float32(x):
    return x
# END MISTAKE

# BEGIN MISTAKE transformer.at_least_float32 always_float32: this takes digits away from float64, where gradients are checked
def at_least_float32(x):
    return x.float()
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu_width rounded_down: this rounds down to a multiple of 64, and small models get nothing
def swiglu_width(d_model):
    return 8 * d_model // 3 // 64 * 64
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu_width rounded_up: this rounds up to the next multiple of 64, where the nearest one is agreed
def swiglu_width(d_model):
    return 64 * -(-d_model // 24)
# END MISTAKE

# BEGIN MISTAKE transformer.swiglu_width four_times: this is the width of a plain feed-forward: with three matrices instead of two, the layer would be half as large again
def swiglu_width(d_model):
    return 4 * d_model
# END MISTAKE

# BEGIN MISTAKE transformer.check_window one_too_few: this refuses a window that fits exactly
def check_window(token_ids, start, context_length):
    if token_ids.ndim != 2:
        raise ValueError(f"token_ids {tuple(token_ids.shape)} must be (B, T)")
    end = start + token_ids.shape[1]
    if end >= context_length:
        raise ValueError(f"{end} tokens do not fit into a context_length of {context_length}")
    return end
# END MISTAKE

# BEGIN MISTAKE transformer.check_window cache_not_counted: this forgets what is cached: those positions are taken already
def check_window(token_ids, start, context_length):
    if token_ids.ndim != 2:
        raise ValueError(f"token_ids {tuple(token_ids.shape)} must be (B, T)")
    if token_ids.shape[1] > context_length:
        T = token_ids.shape[1]
        raise ValueError(f"{T} tokens do not fit into a context_length of {context_length}")
    return start + token_ids.shape[1]
# END MISTAKE

# BEGIN MISTAKE transformer.make_positions theta_not_passed: this takes the usual 10,000 whatever `rope_theta` says
def make_positions(config, **kinds):
    T, D = config.context_length, config.d_model
    if config.positions == "rope":
        return None, RotaryPositionalEmbedding(10000.0, config.d_head, T, **kinds)
    if config.positions == "learned":
        return LearnedPositionalEmbedding(T, D, **kinds), None
    return SinusoidalPositionalEmbedding(T, D, **kinds), None
# END MISTAKE

# BEGIN MISTAKE transformer.TransformerLM.head undivided: this leaves out the division by sqrt(D): a tied head then starts with logits that are far too large
def head(self, x):
    if self.lm_head is not None:
        return self.lm_head(x)
    return x @ self.token_embeddings.weight.T
# END MISTAKE

# BEGIN MISTAKE transformer.TransformerBlock.forward one_norm_twice: this norms for both sublayers with the first norm, so the second never learns
def forward(self, x, token_positions=None, mask=None, cache=None):
    def attend(x):
        return self.dropout(self.attn(x, token_positions, mask, cache))

    def think(x):
        return self.dropout(self.ffn(x))

    x = self.arrange(x, self.ln1, attend)
    return self.arrange(x, self.ln1, think)
# END MISTAKE

# BEGIN MISTAKE transformer.TransformerBlock.forward thinks_first: this lets each position think before it has listened: attention comes first
def forward(self, x, token_positions=None, mask=None, cache=None):
    def attend(x):
        return self.dropout(self.attn(x, token_positions, mask, cache))

    def think(x):
        return self.dropout(self.ffn(x))

    x = self.arrange(x, self.ln2, think)
    return self.arrange(x, self.ln1, attend)
# END MISTAKE
