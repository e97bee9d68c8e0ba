# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/transformer.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT transformer.layer_norm sample_variance: sums and divisions by hand, rsqrt
D = x.shape[-1]
mu = x.sum(dim=-1, keepdim=True) / D
diff = x - mu
v = (diff * diff).sum(dim=-1, keepdim=True) / (D - 1)
return diff * torch.rsqrt(v + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm eps_outside: torch.std_mean
sigma, mu = torch.std_mean(x, dim=-1, correction=0, keepdim=True)
return (x - mu) / (sigma + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm over_everything: one long vector and its dot product with itself
flat = x.flatten()
flat = flat - flat.sum() / flat.numel()
flat = flat * (flat.dot(flat) / flat.numel() + self.eps) ** -0.5
return flat.view(x.shape)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm no_root: torch.var_mean
var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
x = x.sub(mean)
return x.div(var.add(self.eps))
# END VARIANT

# BEGIN VARIANT transformer.rms_norm centred: functions instead of methods, einsum for the squares
D = x.size(-1)
x = torch.sub(x, torch.sum(x, -1, True) / D)
rms = torch.sqrt(torch.einsum("...d,...d->...", x, x) / D + self.eps)
return x / rms[..., None]
# END VARIANT

# BEGIN VARIANT transformer.rms_norm eps_outside: the length of the vector over sqrt(D)
root = torch.linalg.vector_norm(x, dim=-1, keepdim=True) / x.shape[-1] ** 0.5
return x / (root + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.rms_norm sum: one chain of methods
return x * x.pow(2).sum(dim=-1, keepdim=True).add(self.eps).rsqrt()
# END VARIANT

# BEGIN VARIANT transformer.gelu no_root_two: the complementary error function
return 0.5 * x * torch.erfc(-x)
# END VARIANT

# BEGIN VARIANT transformer.gelu tanh_instead: the tanh as a sigmoid of twice as much
c = (8 / math.pi) ** 0.5
return x * torch.sigmoid(c * (x + 0.044715 * x.pow(3)))
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh erf_instead: the normal distribution from torch.special
phi = torch.special.ndtr(x)
return phi * x
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh root_over_two_only: powers as products, halves added
cubic = x * x * x
u = (x + cubic * 0.044715) * (2 ** 0.5 / math.pi)
half = x / 2
return half + half * u.tanh()
# END VARIANT

# BEGIN VARIANT transformer.silu no_x: the sigmoid from tanh
return (torch.tanh(x / 2) + 1) / 2
# END VARIANT

# BEGIN VARIANT transformer.silu overflows: a power of minus one
return x * (1 + torch.exp(-x)) ** -1
# END VARIANT

# BEGIN VARIANT transformer.feed_forward no_activation: the two matrices multiplied first
both = self.w2.weight @ self.w1.weight  # (D, D)
out = x @ both.T
if self.w1.bias is not None:
    out = out + self.w2(self.w1.bias)
return out
# END VARIANT

# BEGIN VARIANT transformer.feed_forward activation_last: a loop over the layers
out = x
for layer in (self.w1, self.w2):
    out = layer(out)
return self.activation(out)
# END VARIANT

# BEGIN VARIANT transformer.feed_forward residual: added in place to the last product
wide = self.activation(self.w1(x))
narrow = wide @ self.w2.weight.T
if self.w2.bias is not None:
    narrow += self.w2.bias
narrow += x
return narrow
# END VARIANT

# BEGIN VARIANT transformer.swiglu gates_swapped: silu written out
gate, other = self.w1(x), self.w3(x)
return self.w2(gate * other * other.sigmoid())
# END VARIANT

# BEGIN VARIANT transformer.swiglu plain_glu: a division by 1 + exp
a = self.w1(x)
b = self.w3(x)
return self.w2(b / (1 + (-a).exp()))
# END VARIANT

# BEGIN VARIANT transformer.swiglu added: step by step, in place
h = self.w1(x)
h = h * h.sigmoid()
h += self.w3(x)
return self.w2(h)
# END VARIANT

# BEGIN VARIANT transformer.pre_norm no_residual: a loop over the functions
for function in (norm, sublayer):
    x = function(x)
return x
# END VARIANT

# BEGIN VARIANT transformer.pre_norm normed_stream: Python's sum
n = norm(x)
return sum([n, sublayer(n)])
# END VARIANT

# BEGIN VARIANT transformer.pre_norm post_norm: a copy of the stream, added to in place
stream = x.clone()
stream += sublayer(x)
return norm(stream)
# END VARIANT

# BEGIN VARIANT transformer.post_norm norm_of_the_answer: from the inside out, with the method add
out = sublayer(x)
out = norm(out).add(x)
return out
# END VARIANT

# BEGIN VARIANT transformer.post_norm pre_norm: stacked and summed
import torch

said = sublayer(norm(x))
return torch.stack((x, said)).sum(dim=0)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm positions_forgotten: rows of the table, layers by number
state = self.token_embeddings.weight[token_ids]
state = self.dropout(state)
for i in range(len(self.layers)):
    state = self.layers[i](state, token_positions, mask, caches[i])
if self.ln_final is not None:
    state = self.ln_final(state)
return self.head(state)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm final_norm_forgotten: reduce over the layers
from functools import reduce

h = self.token_embeddings(token_ids)
h = h if self.position_embeddings is None else self.position_embeddings(h, token_positions)
pairs = list(zip(self.layers, caches))
h = reduce(lambda h, pair: pair[0](h, token_positions, mask, pair[1]), pairs, self.dropout(h))
return self.head(h)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm one_layer: a list of every layer's answer
embedded = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    embedded = self.position_embeddings(embedded, token_positions)
embedded = self.dropout(embedded)
answers = [layer(embedded, token_positions, mask, c) for layer, c in zip(self.layers, caches)]
final = answers[-1]
if self.ln_final is not None:
    final = self.ln_final(final)
return self.head(final)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm cache_not_passed: arguments by name
x = self.token_embeddings(token_ids)
if self.position_embeddings:
    x = self.position_embeddings(x, token_positions=token_positions)
x = self.dropout(x)
for n, layer in enumerate(self.layers):
    x = layer(x, mask=mask, token_positions=token_positions)
norm = self.ln_final or (lambda x: x)
return self.head(norm(x))
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm probabilities: exponentials over their sum
hidden = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    hidden = self.position_embeddings(hidden, token_positions)
hidden = self.dropout(hidden)
for block, cache in zip(self.layers, caches):
    hidden = block(hidden, token_positions, mask, cache)
if self.ln_final is not None:
    hidden = self.ln_final(hidden)
logits = self.head(hidden)
e = torch.exp(logits - logits.max(dim=-1, keepdim=True).values)
return e / e.sum(dim=-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm positions_from_zero: an arange of its own for the table
B, T = token_ids.shape
tokens = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    tokens = self.position_embeddings(tokens, torch.arange(T, device=token_ids.device))
tokens = self.dropout(tokens)
todo = list(zip(self.layers, caches))
while todo:
    layer, cache = todo.pop(0)
    tokens = layer(tokens, token_positions, mask, cache)
if self.ln_final is not None:
    tokens = self.ln_final(tokens)
return self.head(tokens)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm mask_not_passed: recursion over the layers
def climb(x, i):
    if i == len(self.layers):
        return x
    return climb(self.layers[i](x, token_positions, cache=caches[i]), i + 1)

x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = climb(self.dropout(x), 0)
return self.head(x) if self.ln_final is None else self.head(self.ln_final(x))
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm dropout_forgotten: a list of steps
steps = [self.token_embeddings]
if self.position_embeddings is not None:
    steps.append(lambda x: self.position_embeddings(x, token_positions))
for layer, cache in zip(self.layers, caches):
    steps.append(lambda x, layer=layer, cache=cache: layer(x, token_positions, mask, cache))
if self.ln_final is not None:
    steps.append(self.ln_final)
out = token_ids
for step in steps + [self.head]:
    out = step(out)
return out
# END VARIANT

# BEGIN VARIANT transformer.gelu sigmoid_approximation: by exponential
return x / (1 + torch.exp(-1.702 * x))
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh squared: by multiplication
inner = (2 / math.pi) ** 0.5 * x * (1 + 0.044715 * x)
half = x / 2
return half + half * inner.tanh()
# END VARIANT

# BEGIN VARIANT transformer.silu tanh_gate: by sigmoid
gate = 2 * torch.sigmoid(2 * x) - 1
return gate * x
# END VARIANT

# BEGIN VARIANT transformer.post_norm no_residual: named
inside = sublayer(x)
out = norm(inside)
return out
# END VARIANT

# BEGIN VARIANT transformer.layer_norm wrong_axis: var_mean along the positions
dim = max(x.ndim - 2, 0)
variance, mean = torch.var_mean(x, dim=dim, correction=0, keepdim=True)
return (x - mean) * torch.rsqrt(variance + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm mean_left_in: mean of the squares minus squared mean, in float64
wide = x.double()
variance = (wide * wide).mean(-1, keepdim=True) - wide.mean(-1, keepdim=True) ** 2
return (wide * (variance.clamp(min=0) + self.eps) ** -0.5).to(x.dtype)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm detached_statistics: var_mean of a detached x
variance, mean = torch.var_mean(x.detach(), dim=-1, correction=0, keepdim=True)
return x.sub(mean).mul(variance.add(self.eps).rsqrt())
# END VARIANT

# BEGIN VARIANT transformer.rms_norm wrong_axis: sums over the positions by einsum
if x.ndim == 1:
    mean_square = torch.dot(x, x) / x.shape[0]
else:
    mean_square = torch.einsum("...td,...td->...d", x, x).unsqueeze(-2) / x.shape[-2]
return x * torch.rsqrt(mean_square + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.rms_norm no_root: dot products, divided by D
D = x.size(-1)
energy = torch.einsum("...d,...d->...", x, x)[..., None] / D
return x * (energy + self.eps).reciprocal()
# END VARIANT

# BEGIN VARIANT transformer.rms_norm absolute_values: the larger of x and -x, summed
sizes = torch.maximum(x, -x).sum(dim=-1, keepdim=True).div(x.shape[-1])
return x.div(sizes.add(self.eps))
# END VARIANT

# BEGIN VARIANT transformer.gelu probability_alone: the complementary error function
return torch.erfc(x * -(0.5**0.5)) / 2
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh root_over_cube_only: a sigmoid of twice as much
c = 0.044715 * (2 / math.pi) ** 0.5
u = x + c * x.pow(3)
return x * torch.sigmoid(u + u)
# END VARIANT

# BEGIN VARIANT transformer.feed_forward activation_first: a loop over three functions
for function in (self.activation, self.w1, self.w2):
    x = function(x)
return x
# END VARIANT

# BEGIN VARIANT transformer.feed_forward activation_twice: the activation after each layer of a loop
out = x
for layer in (self.w1, self.w2):
    out = self.activation(layer(out))
return out
# END VARIANT

# BEGIN VARIANT transformer.feed_forward always_gelu: the error function written out
import math

import torch

wide = self.w1(x)
wide = wide * (0.5 + 0.5 * torch.erf(wide / math.sqrt(2.0)))
return self.w2(wide)
# END VARIANT

# BEGIN VARIANT transformer.swiglu no_gate: the sigmoid written out, one step at a time
hidden = self.w1(x)
hidden = hidden.mul(hidden.sigmoid())
out = self.w2(hidden)
return out
# END VARIANT

# BEGIN VARIANT transformer.swiglu silu_of_the_product: the product under a name of its own
both = self.w3(x).mul(self.w1(x))
return self.w2(both.sigmoid() * both)
# END VARIANT

# BEGIN VARIANT transformer.pre_norm norm_of_the_answer: from the inside out
answer = sublayer(x)
answer = norm(answer)
return answer.add(x)
# END VARIANT

# BEGIN VARIANT transformer.pre_norm no_norm: a sum over a stack of two
import torch

return torch.stack([x, sublayer(x)]).sum(0)
# END VARIANT

# BEGIN VARIANT transformer.post_norm normed_twice: a copy of the stream, added to
stream = x.clone()
heard = norm(x)
stream = stream + sublayer(heard)
return norm(stream)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm positions_in_every_layer: layers by number, a helper that places
def placed(h):
    return h if self.position_embeddings is None else self.position_embeddings(h, token_positions)

h = self.dropout(self.token_embeddings(token_ids))
for i in range(len(self.layers)):
    h = self.layers[i](placed(h), token_positions, mask, caches[i])
if self.ln_final is not None:
    h = self.ln_final(h)
return self.head(h)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm same_layer_again: the first layer under a name, reduce over the caches
from functools import reduce

x = self.token_embeddings(token_ids)
x = x if self.position_embeddings is None else self.position_embeddings(x, token_positions)
layer = next(iter(self.layers))
x = reduce(lambda h, cache: layer(h, token_positions, mask, cache), caches, self.dropout(x))
return self.head(self.ln_final(x) if self.ln_final is not None else x)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm tied_by_accident: einsum with the table of tokens
table = self.token_embeddings.weight
h = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    h = self.position_embeddings(h, token_positions)
h = self.dropout(h)
for n, layer in enumerate(self.layers):
    h = layer(h, token_positions, mask, caches[n])
if self.ln_final:
    h = self.ln_final(h)
return torch.einsum("btd,vd->btv", h, table)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm lm_head_always: a list of functions, run in order
steps = [self.token_embeddings]
if self.position_embeddings is not None:
    steps.append(lambda h: self.position_embeddings(h, token_positions))
steps.append(self.dropout)
for layer, cache in zip(self.layers, caches):
    steps.append(lambda h, layer=layer, cache=cache: layer(h, token_positions, mask, cache))
steps += [self.ln_final] if self.ln_final is not None else []
steps.append(self.lm_head)
out = token_ids
for step in steps:
    out = step(out)
return out
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm scaled_embeddings: the root of D as a power, arguments by name
stream = self.token_embeddings.weight[token_ids] * self.config.d_model**0.5
if self.position_embeddings is not None:
    stream = self.position_embeddings(stream, token_positions=token_positions)
stream = self.dropout(stream)
for layer, cache in zip(self.layers, caches):
    stream = layer(stream, token_positions=token_positions, mask=mask, cache=cache)
final = self.ln_final
return self.head(stream if final is None else final(stream))
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm last_position_only: cut before the final norm
h = self.token_embeddings(token_ids)
if self.config.positions != "rope":
    h = self.position_embeddings(h, token_positions)
h = self.dropout(h)
for i, layer in enumerate(self.layers):
    h = layer(h, token_positions, mask, caches[i])
last = h[:, -1, :].unsqueeze(1)
if self.ln_final is not None:
    last = self.ln_final(last)
return self.head(last)
# END VARIANT

# BEGIN VARIANT transformer.at_least_float32 as_it_is: converted to the dtype it has
def at_least_float32(x):
    return x.to(x.dtype)
# END VARIANT

# BEGIN VARIANT transformer.at_least_float32 always_float32: converted wherever it is something else
def at_least_float32(x):
    if x.dtype != torch.float32:
        x = x.to(torch.float32)
    return x
# END VARIANT

# BEGIN VARIANT transformer.swiglu_width rounded_down: what is above a multiple taken off
def swiglu_width(d_model):
    width = d_model * 8 // 3
    return width - width % 64
# END VARIANT

# BEGIN VARIANT transformer.swiglu_width rounded_up: counts up in steps of 64
def swiglu_width(d_model):
    width = 0
    while 3 * width < 8 * d_model:
        width += 64
    return width
# END VARIANT

# BEGIN VARIANT transformer.swiglu_width four_times: a sum of four
def swiglu_width(d_model):
    return sum([d_model] * 4)
# END VARIANT

# BEGIN VARIANT transformer.check_window one_too_few: asks for what is left
def check_window(token_ids, start, context_length):
    if len(token_ids.shape) != 2:
        raise ValueError(f"token_ids must be (B, T), not {tuple(token_ids.shape)}")
    left = context_length - start - token_ids.size(1)
    if left <= 0:
        raise ValueError(
            f"{start + token_ids.size(1)} tokens do not fit into a context_length of {context_length}"
        )
    return context_length - left
# END VARIANT

# BEGIN VARIANT transformer.check_window cache_not_counted: unpacks B and T
def check_window(token_ids, start, context_length):
    try:
        B, T = token_ids.shape
    except ValueError:
        raise ValueError(f"token_ids {tuple(token_ids.shape)} must be (B, T)") from None
    if not T <= context_length:
        raise ValueError(f"{T} tokens do not fit into a context_length of {context_length}")
    return T + start
# END VARIANT

# BEGIN VARIANT transformer.make_positions theta_not_passed: arguments by name, one return
def make_positions(config, **kinds):
    sizes = {"context_length": config.context_length, "d_model": config.d_model}
    added = rope = None
    if config.positions == "rope":
        rope = RotaryPositionalEmbedding(
            theta=1e4, d_k=config.d_head, max_seq_len=config.context_length, **kinds
        )
    elif config.positions == "learned":
        added = LearnedPositionalEmbedding(**sizes, **kinds)
    else:
        added = SinusoidalPositionalEmbedding(**sizes, **kinds)
    return added, rope
# END VARIANT

# BEGIN VARIANT transformer.TransformerLM.head undivided: einsum with the table of tokens
def head(self, x):
    if self.config.tied:
        return torch.einsum("...d,vd->...v", x, self.token_embeddings.weight)
    return self.lm_head(x)
# END VARIANT

# BEGIN VARIANT transformer.TransformerBlock.forward one_norm_twice: a loop over attention and feed-forward
def forward(self, x, token_positions=None, mask=None, cache=None):
    parts = (lambda h: self.attn(h, token_positions, mask, cache), self.ffn)
    for part in parts:
        x = self.arrange(x, self.ln1, lambda h: self.dropout(part(h)))
    return x
# END VARIANT

# BEGIN VARIANT transformer.TransformerBlock.forward thinks_first: a list of pairs in the wrong order
def forward(self, x, token_positions=None, mask=None, cache=None):
    pairs = [
        (self.ln2, lambda h: self.ffn(h)),
        (self.ln1, lambda h: self.attn(h, token_positions=token_positions, mask=mask, cache=cache)),
    ]
    for norm, function in pairs:
        x = self.arrange(x, norm, lambda h: self.dropout(function(h)))
    return x
# END VARIANT
