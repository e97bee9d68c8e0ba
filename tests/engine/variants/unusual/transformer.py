# ruff: noqa
# fmt: off
# Correct but unusual implementations of the exercises of `g2c.transformer`: none of them may be diagnosed.

# BEGIN VARIANT transformer.layer_norm population_var: torch's variance without correction
mean = x.mean(dim=-1, keepdim=True)
var = x.var(dim=-1, keepdim=True, unbiased=False)
return (x - mean) / torch.sqrt(var + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm difference_of_squares: mean square minus squared mean, in float64
wide = x.double()
m = wide.mean(-1, keepdim=True)
v = (wide * wide).mean(-1, keepdim=True) - m * m
return ((wide - m) * torch.rsqrt(v.clamp(min=0) + self.eps)).to(x.dtype)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm row_by_row: a loop over all vectors
rows = []
for row in x.reshape(-1, x.shape[-1]):
    row = row - row.mean()
    rows.append(row / ((row @ row) / row.numel() + self.eps) ** 0.5)
return torch.stack(rows).view_as(x)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm centring_matrix: a product takes the mean away
D = x.shape[-1]
centring = torch.eye(D, dtype=x.dtype, device=x.device) - 1 / D
centred = x @ centring
return centred / torch.sqrt(torch.linalg.vector_norm(centred, dim=-1, keepdim=True).pow(2) / D + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.layer_norm corrected_back: the sample variance times (D - 1) / D
D = x.size(-1)
if D == 1:
    return x - x
var, mean = torch.var_mean(x, dim=-1, keepdim=True)
return (x - mean) * (var * (D - 1) / D + self.eps) ** -0.5
# END VARIANT

# BEGIN VARIANT transformer.layer_norm in_place: operations on its own copy
out = x.clone()
out -= out.mean(-1, keepdim=True)
size = out.pow(2).sum(-1).div(x.shape[-1]).add(self.eps).sqrt()
return out.div(size[..., None])
# END VARIANT

# BEGIN VARIANT transformer.rms_norm rsqrt: times one over the root
return x * torch.rsqrt(torch.mean(x ** 2, dim=-1, keepdim=True) + self.eps)
# END VARIANT

# BEGIN VARIANT transformer.rms_norm dot_products: einsum of each vector with itself
squares = torch.einsum("...d,...d->...", x, x)
scale = (squares / x.shape[-1] + self.eps).pow(-0.5)
return torch.einsum("...d,...->...d", x, scale)
# END VARIANT

# BEGIN VARIANT transformer.rms_norm lengths: sqrt(D) times x over its length, eps scaled with it
D = x.shape[-1]
length_squared = torch.linalg.vector_norm(x, dim=-1, keepdim=True) ** 2
return x * D ** 0.5 / (length_squared + D * self.eps).sqrt()
# END VARIANT

# BEGIN VARIANT transformer.rms_norm row_by_row: a loop over all vectors, filled in place
flat = x.reshape(-1, x.shape[-1])
out = torch.empty_like(flat)
for i in range(flat.shape[0]):
    out[i] = flat[i] / (sum(flat[i] * flat[i]) / flat.shape[1] + self.eps).sqrt()
return out.reshape(x.shape)
# END VARIANT

# BEGIN VARIANT transformer.rms_norm exp_of_logs: the root as half a logarithm, in float64
wide = x.to(torch.float64)
log_mean_square = (wide.square().mean(-1, keepdim=True) + self.eps).log()
return (wide * torch.exp(-0.5 * log_mean_square)).to(x.dtype)
# END VARIANT

# BEGIN VARIANT transformer.rms_norm stacked_eps: eps as one more summand in a stack
mean_square = x.pow(2).mean(-1, True)
root = torch.sqrt(torch.stack((mean_square, torch.full_like(mean_square, self.eps))).sum(0))
return torch.div(x, root)
# END VARIANT

# BEGIN VARIANT transformer.gelu erfc: the complementary error function
return x / 2 * torch.erfc(-x * math.sqrt(0.5))
# END VARIANT

# BEGIN VARIANT transformer.gelu normal_distribution: the cdf of torch.distributions
standard = torch.distributions.Normal(torch.zeros((), dtype=x.dtype), torch.ones((), dtype=x.dtype))
return x * standard.cdf(x)
# END VARIANT

# BEGIN VARIANT transformer.gelu ndtr: torch.special
return torch.mul(x, torch.special.ndtr(x))
# END VARIANT

# BEGIN VARIANT transformer.gelu halves: half of x plus half of x times erf
half = 0.5 * x
return half + half * torch.special.erf(x * 2 ** -0.5)
# END VARIANT

# BEGIN VARIANT transformer.gelu not_below: x minus x times the probability above
above = 0.5 - 0.5 * torch.erf(x / 2 ** 0.5)
return x - x * above
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh sigmoid: the tanh as a sigmoid
return x * torch.sigmoid(math.sqrt(8 / math.pi) * (x + 0.044715 * x ** 3))
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh factored: x taken out of the cubic
a = 0.7978845608028654  # sqrt(2 / pi)
t = torch.tanh(a * x * (1 + 0.044715 * x * x))
return x * (0.5 + t / 2)
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh exponentials: tanh from exp of something never positive
z = math.sqrt(2 / math.pi) * (x + 0.044715 * x.pow(3))
e = torch.exp(-2 * z.abs())
t = torch.sign(z) * (1 - e) / (1 + e)
t = torch.where(z == 0, z, t)  # so that the slope at 0 is kept
return 0.5 * x * (1 + t)
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh horner: addcmul, in small steps
square = x.square()
cubic = torch.addcmul(x, square, x, value=0.044715)
inner = cubic.mul(math.sqrt(2.0)).div(math.sqrt(math.pi))
return inner.tanh().add(1).mul(x).mul(0.5)
# END VARIANT

# BEGIN VARIANT transformer.gelu_tanh double_inside: float64 inside, cast back
wide = x.double()
wide = 0.5 * wide * (1 + torch.tanh((2 / math.pi) ** 0.5 * (wide + 0.044715 * wide * wide * wide)))
return wide.to(x.dtype)
# END VARIANT

# BEGIN VARIANT transformer.silu from_tanh: the sigmoid from tanh
half = x / 2
return half + half * half.tanh()
# END VARIANT

# BEGIN VARIANT transformer.silu expit: the sigmoid of torch.special
return torch.special.expit(x).mul(x)
# END VARIANT

# BEGIN VARIANT transformer.silu two_branches: exp of minus |x| only
e = torch.exp(-x.abs())
return torch.where(x >= 0, x / (1 + e), x * e / (1 + e))
# END VARIANT

# BEGIN VARIANT transformer.silu logaddexp: exp of minus log(1 + exp(-x))
softplus = torch.logaddexp(torch.zeros_like(x), -x)
return x * torch.exp(-softplus)
# END VARIANT

# BEGIN VARIANT transformer.silu complement: x minus what the other sigmoid takes
return x - x * (-x).sigmoid()
# END VARIANT

# BEGIN VARIANT transformer.silu pair_of_scores: a softmax of the two scores 0 and x
from g2c.tensors import softmax

probs = softmax(torch.stack((torch.zeros_like(x), x)), dim=0)
return probs[1] * x
# END VARIANT

# BEGIN VARIANT transformer.feed_forward by_hand: the two products written out
h = x @ self.w1.weight.T
if self.w1.bias is not None:
    h = h + self.w1.bias
h = self.activation(h)
h = h @ self.w2.weight.T
if self.w2.bias is not None:
    h = h + self.w2.bias
return h
# END VARIANT

# BEGIN VARIANT transformer.feed_forward flat_rows: all positions as rows, shape restored at the end
rows = x.reshape(-1, x.shape[-1])
return self.w2(self.activation(self.w1(rows))).reshape(x.shape)
# END VARIANT

# BEGIN VARIANT transformer.feed_forward loop: functions one after the other
for function in [self.w1, self.activation, self.w2]:
    x = function(x)
return x
# END VARIANT

# BEGIN VARIANT transformer.feed_forward neurons: one wide neuron at a time, added up
wide = self.activation(self.w1(x))
out = x.new_zeros(x.shape)
for j in range(wide.shape[-1]):
    out = out + wide[..., j, None] * self.w2.weight[:, j]
if self.w2.bias is not None:
    out = out + self.w2.bias
return out
# END VARIANT

# BEGIN VARIANT transformer.feed_forward einsum: einsum, activation in the middle
import torch

wide = torch.einsum("...d,fd->...f", x, self.w1.weight)
wide = self.activation(wide if self.w1.bias is None else wide + self.w1.bias)
out = torch.einsum("...f,df->...d", wide, self.w2.weight)
return out if self.w2.bias is None else out + self.w2.bias
# END VARIANT

# BEGIN VARIANT transformer.swiglu sigmoid_inline: silu written out
gate = self.w1(x)
gate = gate * gate.sigmoid()
return self.w2(gate * self.w3(x))
# END VARIANT

# BEGIN VARIANT transformer.swiglu one_product: both wide matrices in one
import torch

both = x @ torch.cat((self.w1.weight, self.w3.weight)).T
if self.w1.bias is not None:
    both = both + torch.cat((self.w1.bias, self.w3.bias))
gate, content = both.chunk(2, dim=-1)
return self.w2(silu(gate) * content)
# END VARIANT

# BEGIN VARIANT transformer.swiglu reversed_product: w3 first, multiplied in place
h = self.w3(x).clone()
h *= silu(self.w1(x))
return self.w2(h)
# END VARIANT

# BEGIN VARIANT transformer.swiglu einsum: gate, content and output in one einsum
import torch

out = torch.einsum("...f,...f,df->...d", silu(self.w1(x)), self.w3(x), self.w2.weight)
if self.w2.bias is not None:
    out = out + self.w2.bias
return out
# END VARIANT

# BEGIN VARIANT transformer.swiglu tanh_gate: the gate from tanh of half of it
half = self.w1(x) / 2
return self.w2((half + half * half.tanh()) * self.w3(x))
# END VARIANT

# BEGIN VARIANT transformer.pre_norm steps: one name for each step
normed = norm(x)
update = sublayer(normed)
output = update + x
return output
# END VARIANT

# BEGIN VARIANT transformer.pre_norm stacked: a sum over a stack of two
import torch

return torch.stack([x, sublayer(norm(x))]).sum(dim=0)
# END VARIANT

# BEGIN VARIANT transformer.pre_norm in_place: added in place to a copy
stream = x.clone()
stream.add_(sublayer(norm(x)))
return stream
# END VARIANT

# BEGIN VARIANT transformer.pre_norm python_sum: sum over a generator
return sum(part(x) for part in (lambda x: x, lambda x: sublayer(norm(x))))
# END VARIANT

# BEGIN VARIANT transformer.pre_norm subtracted: minus the negative
return sublayer(norm(x)) - (-1 * x)
# END VARIANT

# BEGIN VARIANT transformer.post_norm steps: one name for each step
residual = x
x = sublayer(x)
x = residual + x
x = norm(x)
return x
# END VARIANT

# BEGIN VARIANT transformer.post_norm stacked: a sum over a stack, then the norm
import torch

both = torch.stack((sublayer(x), x), dim=-1)
return norm(both.sum(-1))
# END VARIANT

# BEGIN VARIANT transformer.post_norm in_place: added in place to a copy
total = x.clone()
total += sublayer(x)
return norm(total)
# END VARIANT

# BEGIN VARIANT transformer.post_norm lerp: twice the middle between the two
import torch

return norm(2 * torch.lerp(x, sublayer(x), 0.5))
# END VARIANT

# BEGIN VARIANT transformer.post_norm composed: reduce over two functions
from functools import reduce

def add_sublayer(stream):
    return stream.add(sublayer(stream))

return reduce(lambda value, function: function(value), (add_sublayer, norm), x)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm by_number: layers and caches by index, no zip
B, T = token_ids.shape
h = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    h = self.position_embeddings(h, token_positions)
h = self.dropout(h)
for i in range(len(self.layers)):
    h = self.layers[i](h, token_positions=token_positions, mask=mask, cache=caches[i])
if self.ln_final is not None:
    h = self.ln_final(h)
return self.head(h)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm steps: a list of functions, run in order
steps = [self.token_embeddings]
if self.position_embeddings is not None:
    steps.append(lambda x: self.position_embeddings(x, token_positions))
steps.append(self.dropout)
for layer, cache in zip(self.layers, caches):
    steps.append(lambda x, layer=layer, cache=cache: layer(x, token_positions, mask, cache))
if self.ln_final is not None:
    steps.append(self.ln_final)
x = token_ids
for step in steps:
    x = step(x)
return self.head(x)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm recursive: each layer calls the one below
def stream_after(n):
    if n > 0:
        return self.layers[n - 1](stream_after(n - 1), token_positions, mask, caches[n - 1])
    embedded = self.token_embeddings(token_ids)
    if self.position_embeddings is not None:
        embedded = self.position_embeddings(embedded, token_positions)
    return self.dropout(embedded)

top = stream_after(len(self.layers))
return self.head(self.ln_final(top) if self.ln_final is not None else top)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm rows_of_the_table: indexes the weight, and reduces over the layers
from functools import reduce

vectors = self.token_embeddings.weight[token_ids.long()]
vectors = vectors if self.position_embeddings is None else self.position_embeddings(vectors, token_positions)
run = lambda x, pair: pair[0](x, token_positions, mask, pair[1])
vectors = reduce(run, zip(self.layers, caches), self.dropout(vectors))
finish = self.ln_final if self.ln_final is not None else lambda x: x
return self.head(finish(vectors))
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm one_hot: the embedding as a product with ones and zeros
ids = torch.arange(self.config.vocab_size, device=token_ids.device)
one_hot = (token_ids.unsqueeze(-1) == ids).to(self.token_embeddings.weight.dtype)
stream = one_hot @ self.token_embeddings.weight  # (B, T, D)
if self.position_embeddings is not None:
    stream = self.position_embeddings(stream, token_positions)
stream = self.dropout(stream)
for layer, cache in zip(self.layers, caches):
    stream = layer(stream, token_positions, mask, cache)
if self.config.pre_norm:
    stream = self.ln_final(stream)
return self.head(stream)
# END VARIANT

# BEGIN VARIANT transformer.transformer_lm head_by_position: the head on one position at a time
x = self.token_embeddings(token_ids)
if self.position_embeddings is not None:
    x = self.position_embeddings(x, token_positions)
x = self.dropout(x)
layers, kept = iter(self.layers), iter(caches)
while (layer := next(layers, None)) is not None:
    x = layer(x, token_positions, mask, next(kept))
columns = x.unbind(dim=1)
if self.ln_final is not None:
    columns = [self.ln_final(column) for column in columns]
return torch.stack([self.head(column) for column in columns], dim=1)
# END VARIANT
