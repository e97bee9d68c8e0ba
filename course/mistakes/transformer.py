# Mistakes that an honest beginner makes in `course/g2c/transformer/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE transformer.layer_norm sample_variance: this divides by D - 1, and the population variance divides by D
return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm eps_outside: this adds eps to the standard deviation and not to the variance
centred = x - x.mean(-1, keepdim=True)
return centred / (centred.square().mean(-1, keepdim=True).sqrt() + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm over_positions: this takes the mean over the whole tensor, so that positions leak into each other
centred = x - x.mean()
return centred / (centred.square().mean() + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.layer_norm no_root: this divides by the variance and not by its root
centred = x - x.mean(-1, keepdim=True)
return centred / (centred.square().mean(-1, keepdim=True) + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm centred: this subtracts the mean, which is LayerNorm
centred = x - x.mean(-1, keepdim=True)
return centred / (centred.square().mean(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm eps_outside: this adds eps to the root and not under it
return x / (x.square().mean(-1, keepdim=True).sqrt() + self.eps)
# END MISTAKE

# BEGIN MISTAKE transformer.rms_norm sum: this divides by the length of the vector: a sum where a mean belongs
return x / (x.square().sum(-1, keepdim=True) + self.eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE transformer.gelu no_root_two: this forgets to divide by sqrt(2) inside erf
return x * 0.5 * (1 + torch.erf(x))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu tanh_instead: this is the approximation, and the exact one is asked for
inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh erf_instead: this is the exact one, and the approximation is asked for
return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh root_over_all: this takes the root of 2 only, and pi stays outside it
inner = math.sqrt(2) / math.pi * (x + 0.044715 * x**3)
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.silu no_x: this is the sigmoid alone
return torch.sigmoid(x)
# END MISTAKE

# BEGIN MISTAKE transformer.silu overflows: this divides by 1 + exp(-x), whose gradient is not a number far below 0
return x / (1 + torch.exp(-x))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward no_activation: this has no nonlinearity, so two matrices are no more than one
return self.w2(self.w1(x))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward activation_last: this applies the activation after coming back
return self.activation(self.w2(self.w1(x)))
# END MISTAKE

# BEGIN MISTAKE transformer.feed_forward residual: this adds x, which is the block's business
return x + self.w2(self.activation(self.w1(x)))
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

# BEGIN MISTAKE transformer.pre_norm no_residual: this drops the stream, and gradients lose their short way back
return sublayer(norm(x))
# END MISTAKE

# BEGIN MISTAKE transformer.pre_norm normed_stream: this norms the stream itself, so it no longer passes untouched
x = norm(x)
return x + sublayer(x)
# END MISTAKE

# BEGIN MISTAKE transformer.pre_norm post_norm: this norms the sum, which is the older arrangement
return norm(x + sublayer(x))
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm norm_before_the_sum: this norms what the sublayer says and not the sum
return x + norm(sublayer(x))
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm pre_norm: this norms before the sublayer, which is the newer arrangement
return x + sublayer(norm(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm positions_forgotten: this never adds the positions, where the model has them
x = self.dropout(self.token_embeddings(token_ids))
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
return self.head(x if self.ln_final is None else self.ln_final(x))
# END MISTAKE

# BEGIN MISTAKE transformer.transformer_lm final_norm_forgotten: this leaves the final norm out, so the logits start far too large
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

# BEGIN MISTAKE transformer.transformer_lm cache_not_passed: this forgets to hand each layer its cache
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
for layer in self.layers:
    x = layer(x, token_positions, mask)
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

# BEGIN MISTAKE transformer.transformer_lm positions_from_zero: this lets positions start at 0 in every call, so learned positions go wrong with a cache
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x)
x = self.dropout(x)
for layer, cache in zip(self.layers, caches):
    x = layer(x, token_positions, mask, cache)
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

# BEGIN MISTAKE transformer.gelu sigmoid_approximation: this is the sigmoid approximation, x * sigmoid(1.702 x); the exact form has the error function
return x * torch.sigmoid(1.702 * x)
# END MISTAKE

# BEGIN MISTAKE transformer.gelu_tanh squared: this squares x where the formula has its cube
inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**2)
return 0.5 * x * (1 + torch.tanh(inner))
# END MISTAKE

# BEGIN MISTAKE transformer.silu tanh_gate: this gates with tanh, which goes from -1 to 1; SiLU gates with the sigmoid
return x * torch.tanh(x)
# END MISTAKE

# BEGIN MISTAKE transformer.post_norm no_residual: this loses the stream: what goes in is not added to what the sublayer gives
return norm(sublayer(x))
# END MISTAKE
