# ruff: noqa
# fmt: off
# Correct but unusual implementations of the exercises of `g2c.backprop`: none of them may be diagnosed.

# BEGIN VARIANT backprop.token_loss_backward one_hot: softmax less a one-hot table
import torch

right = torch.nn.functional.one_hot(targets, logits.shape[-1]).to(logits.dtype)
return (torch.softmax(logits, -1) - right) / right[..., 0].numel()
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward loops: each position by itself
import torch

gradient = torch.zeros_like(logits)
N, T = targets.shape
for n in range(N):
    for t in range(T):
        e = torch.exp(logits[n, t] - logits[n, t].max())
        gradient[n, t] = e / e.sum()
        gradient[n, t, targets[n, t]] -= 1
return gradient / N / T
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward log_space: exp(logits - logsumexp), flat indices
import torch
from g2c.tensors import logsumexp

flat = (logits - logsumexp(logits, dim=-1).unsqueeze(-1)).exp().flatten(0, 1)
flat[torch.arange(len(flat)), targets.flatten()] -= 1
return flat.view_as(logits) * (1 / len(flat))
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward minus_the_others: the right entry is what the others lack
import torch

said = softmax(logits, -1)
others = said.scatter(-1, targets.unsqueeze(-1), 0.0)
gradient = others.scatter(-1, targets.unsqueeze(-1), -others.sum(-1, keepdim=True))
return gradient.div(targets.shape[0] * targets.shape[1])
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward where: compares classes with targets, float64 inside
import torch

wide = torch.log_softmax(logits.double(), dim=-1)
places = torch.arange(logits.shape[-1], device=logits.device) == targets[:, :, None]
return (torch.where(places, torch.expm1(wide), wide.exp()) / targets.numel()).to(logits.dtype)
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward letters: einsum
return torch.einsum("ntf,df->ntd", d_out, w), torch.einsum("ntd,ntf->df", x, d_out)
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward outer_products: one for each position
d_x, d_w = torch.zeros_like(x), torch.zeros_like(w)
for n in range(x.shape[0]):
    for t in range(x.shape[1]):
        d_x[n, t] = torch.mv(w, d_out[n, t])
        d_w += torch.outer(x[n, t], d_out[n, t])
return d_x, d_w
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward tensordot: contracts two dimensions at once
d_w = torch.tensordot(x, d_out, dims=([0, 1], [0, 1]))
return torch.tensordot(d_out, w, dims=([2], [1])), d_w
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward windows: a batch of products, added up
return torch.nn.functional.linear(d_out, w), torch.sum(x.mT @ d_out, dim=0)
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward broadcasting: all products, and sums
d_x = (d_out[:, :, None, :] * w).sum(-1)
d_w = (x[:, :, :, None] * d_out[:, :, None, :]).sum((0, 1))
return d_x, d_w
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward turned_round: the transpose of a transposed product
flat = d_out.reshape(-1, d_out.shape[-1])
d_w = flat.T.mm(x.reshape(-1, x.shape[-1])).T.contiguous()
return d_out.matmul(w.mT), d_w
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward ndtr: torch's own Phi
bell = torch.special.ndtr(x) + x * (x.square() / -2).exp() * (2 * math.pi) ** -0.5
return bell * d_out
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward distribution: torch's normal distribution
normal = torch.distributions.Normal(0.0, 1.0, validate_args=False)
return d_out * normal.cdf(x) + d_out * x * normal.log_prob(x).exp()
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward complement: erfc, in place on its own tensors
gradient = torch.erfc(x * -(0.5**0.5)).div_(2)
gradient.addcmul_(x, torch.exp(-x * x / 2), value=1 / math.sqrt(math.tau))
return gradient.mul_(d_out)
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward python_numbers: math, number by number
slopes = []
for v in x.flatten().tolist():
    slopes.append(math.erfc(-v / math.sqrt(2)) / 2 + v * math.exp(-v * v / 2) / math.sqrt(math.tau))
return d_out * torch.tensor(slopes, dtype=x.dtype, device=x.device).view(x.shape)
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward two_sides: by the absolute value, mirrored for negative x
size = x.abs()
above = torch.erf(size / math.sqrt(2)) / 2 + size * torch.exp(-0.5 * size**2) / math.sqrt(2 * math.pi)
return torch.where(x < 0, 0.5 - above, 0.5 + above) * d_out
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward jacobian: a matrix for each vector
D = normed.shape[-1]
jacobian = torch.eye(D, dtype=normed.dtype, device=normed.device) - 1 / D
jacobian = jacobian - normed[..., :, None] * normed[..., None, :] / D
return (jacobian * inverse_std[..., None] @ d_out[..., None]).squeeze(-1)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward centred_first: two projections, one after the other
d_x = d_out - d_out.mean(-1, keepdim=True)
d_x = d_x - normed * (d_x * normed).mean(-1, keepdim=True)
return inverse_std * d_x
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward centred_last: the other way about
d_x = (d_out - normed * torch.mean(d_out * normed, dim=-1, keepdim=True)) * inverse_std
return d_x - d_x.mean(dim=-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward sums_over_d: sums, and D divided out at the end
D = d_out.size(-1)
dot = torch.einsum("...d,...d->...", d_out, normed)[..., None]
return inverse_std / D * (D * d_out - d_out.sum(-1, keepdim=True) - normed * dot)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward row_by_row: a loop over all vectors
shape, D = d_out.shape, d_out.shape[-1]
d_x = torch.empty_like(d_out).reshape(-1, D)
rows = zip(d_out.reshape(-1, D), normed.reshape(-1, D), inverse_std.reshape(-1))
for place, (push, row, scale) in enumerate(rows):
    d_x[place] = scale * (push - push.mean() - row * (push @ row) / D)
return d_x.reshape(shape)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward scaled_first: the factor on d_out, then in place
d_x = d_out * inverse_std
along = (d_x * normed).mean(-1, keepdim=True)
mean = d_x.mean(-1, keepdim=True)
d_x -= mean
d_x.addcmul_(normed, along, value=-1)
return d_x
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward jacobian: diagonal less outer product
import torch

jacobian = torch.diag_embed(weights) - weights[..., :, None] * weights[..., None, :]
return torch.matmul(jacobian, d_weights.unsqueeze(-1)).squeeze(-1)
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward prefixes: row t as far as t, zeros behind it
import torch

d_scores = torch.zeros_like(weights)
for t in range(weights.shape[-2]):
    w, d = weights[..., t, : t + 1], d_weights[..., t, : t + 1]
    d_scores[..., t, : t + 1] = w * d - w * (w * d).sum(-1, keepdim=True)
return d_scores
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward from_module_02: the softmax_backward of tensors
from g2c.tensors import softmax_backward

return softmax_backward(d_weights, weights)
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward dot_products: einsum, multiplied out
import torch

dots = torch.einsum("...ts,...ts->...t", d_weights, weights)
return d_weights * weights - torch.einsum("...t,...ts->...ts", dots, weights)
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward lower_triangle: tril, in place on its own copy
product = (d_weights * weights).tril()
total = product.sum(dim=-1).unsqueeze(-1)
product -= weights * total
return product
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward against_the_first: d_weights less its first column, which changes nothing
shifted = d_weights - d_weights[..., :1]
mean = (shifted.unsqueeze(-2) @ weights.unsqueeze(-1)).squeeze(-1)
return (shifted - mean) * weights
# END VARIANT

# BEGIN VARIANT backprop.mix_backward letters: einsum
import torch

d_value = torch.einsum("...ts,...tk->...sk", weights, d_heads)
return torch.einsum("...tk,...sk->...ts", d_heads, value), d_value
# END VARIANT

# BEGIN VARIANT backprop.mix_backward positions: adds up what each position saw
import torch

rows, d_value = [], torch.zeros_like(value)
for t in range(d_heads.shape[-2]):
    push = d_heads[..., t, :].unsqueeze(-2)
    rows.append((push * value).sum(-1))
    d_value = d_value + weights[..., t, :].unsqueeze(-1) * push
return torch.stack(rows, dim=-2), d_value
# END VARIANT

# BEGIN VARIANT backprop.mix_backward broadcasting: all products, and sums
d_weights = (d_heads[..., :, None, :] * value[..., None, :, :]).sum(-1)
d_value = (weights[..., :, :, None] * d_heads[..., :, None, :]).sum(-3)
return d_weights, d_value
# END VARIANT

# BEGIN VARIANT backprop.mix_backward turned_round: transposes of transposed products
d_weights = value.matmul(d_heads.mT).mT
d_value = d_heads.mT.matmul(weights).mT
return d_weights.clone(), d_value.contiguous()
# END VARIANT

# BEGIN VARIANT backprop.mix_backward flat_batch: bmm over all windows and heads
import torch

def flat(x):
    return x.reshape(-1, *x.shape[-2:])

d_weights = torch.bmm(flat(d_heads), flat(value).transpose(1, 2))
d_value = torch.bmm(flat(weights).transpose(1, 2), flat(d_heads))
return d_weights.reshape(weights.shape), d_value.reshape(value.shape)
# END VARIANT

# BEGIN VARIANT backprop.scores_backward letters: einsum, a factor at the end
import torch

scale = query.shape[-1] ** -0.5
d_query = torch.einsum("...ts,...sk->...tk", d_scores, key) * scale
return d_query, torch.einsum("...ts,...tk->...sk", d_scores, query) * scale
# END VARIANT

# BEGIN VARIANT backprop.scores_backward scaled_factors: queries and keys are scaled, not the gradient
root = query.size(-1) ** 0.5
return d_scores.matmul(key / root), d_scores.mT.matmul(query / root)
# END VARIANT

# BEGIN VARIANT backprop.scores_backward half_and_half: the fourth root of K on both sides
quarter = key.shape[-1] ** 0.25
d_scores = d_scores / quarter
return d_scores @ (key / quarter), (query.mT / quarter @ d_scores).mT
# END VARIANT

# BEGIN VARIANT backprop.scores_backward positions: row by row
import torch

T, K = query.shape[-2:]
d_query, d_key = torch.zeros_like(query), torch.zeros_like(key)
for t in range(T):
    for s in range(key.shape[-2]):
        push = d_scores[..., t, s, None] / math.sqrt(K)
        d_query[..., t, :] += push * key[..., s, :]
        d_key[..., s, :] += push * query[..., t, :]
return d_query, d_key
# END VARIANT

# BEGIN VARIANT backprop.scores_backward baddbmm: a flat batch, the factor as alpha
import torch

alpha = 1 / math.sqrt(query.shape[-1])
d, q, k = (x.flatten(0, -3) if x.ndim > 2 else x[None] for x in (d_scores, query, key))
d_query = torch.baddbmm(torch.zeros_like(q), d, k, alpha=alpha)
d_key = torch.baddbmm(torch.zeros_like(k), d.mT, q, alpha=alpha)
return d_query.reshape(query.shape), d_key.reshape(key.shape)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward letters: einsum throughout, no other exercise
import torch

N, T, D = d_out.shape
K = D // num_heads
d_heads = torch.einsum("nto,mo->ntm", d_out, w_o).reshape(N, T, num_heads, K)
d_weights = torch.einsum("nthk,nhsk->nhts", d_heads, cache.value)
dots = torch.einsum("nhts,nhts->nht", d_weights, cache.weights)
d_scores = cache.weights * (d_weights - dots.unsqueeze(-1)) / K**0.5
pushes = [
    torch.einsum("nhts,nhsk->nthk", d_scores, cache.key),
    torch.einsum("nhts,nhtk->nshk", d_scores, cache.query),
    torch.einsum("nhts,nthk->nshk", cache.weights, d_heads),
]
pushes = [push.reshape(N, T, D) for push in pushes]
d_x = sum(torch.einsum("nto,io->nti", push, w) for push, w in zip(pushes, (w_q, w_k, w_v)))
d_ws = [torch.einsum("nti,nto->io", x, push) for x, push in zip([cache.x] * 3 + [cache.merged], [*pushes, d_out])]
return d_x, tuple(d_ws)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward head_by_head: slices of the matrices, no split and no merge
import torch

K = cache.query.shape[-1]
d_x = torch.zeros_like(cache.x)
d_w_q, d_w_k, d_w_v, d_w_o = (torch.zeros_like(w) for w in (w_q, w_k, w_v, w_o))
for h in range(num_heads):
    own = slice(h * K, h * K + K)
    query, key, value, weights = cache.query[:, h], cache.key[:, h], cache.value[:, h], cache.weights[:, h]
    d_head = d_out @ w_o[own].T
    d_w_o[own] = ((weights @ value).mT @ d_out).sum(0)
    d_weights = d_head @ value.mT
    d_scores = weights * (d_weights - (weights * d_weights).sum(-1, keepdim=True)) / K**0.5
    for push, w, d_w in (
        (d_scores @ key, w_q, d_w_q),
        (d_scores.mT @ query, w_k, d_w_k),
        (weights.mT @ d_head, w_v, d_w_v),
    ):
        d_x += push @ w[:, own].T
        d_w[:, own] = (cache.x.mT @ push).sum(0)
return d_x, (d_w_q, d_w_k, d_w_v, d_w_o)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward side_by_side: one product with all three matrices
import torch

d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_weights, d_value = mix_backward(split_heads(d_merged, num_heads), cache.weights, cache.value)
d_query, d_key = scores_backward(causal_softmax_backward(d_weights, cache.weights), cache.query, cache.key)
pushes = torch.cat([merge_heads(d_query), merge_heads(d_key), merge_heads(d_value)], dim=-1)
d_x, d_w = matmul_backward(pushes, cache.x, torch.cat([w_q, w_k, w_v], dim=1))
return d_x, (*d_w.chunk(3, dim=1), d_w_o)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward window_by_window: calls itself for each window
import torch

if len(d_out) > 1:
    d_xs, sums = [], None
    for n in range(len(d_out)):
        one = AttentionCache(*(kept[n : n + 1] for kept in cache))
        d_x, d_ws = attention_backward(d_out[n : n + 1], one, w_q, w_k, w_v, w_o)
        d_xs.append(d_x)
        sums = d_ws if sums is None else tuple(a + b for a, b in zip(sums, d_ws))
    return torch.cat(d_xs), sums
d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_weights, d_value = mix_backward(split_heads(d_merged, num_heads), cache.weights, cache.value)
d_query, d_key = scores_backward(causal_softmax_backward(d_weights, cache.weights), cache.query, cache.key)
pairs = [matmul_backward(merge_heads(d), cache.x, w) for d, w in ((d_query, w_q), (d_key, w_k), (d_value, w_v))]
d_xs, d_ws = zip(*pairs)
return sum(d_xs), (*d_ws, d_w_o)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward computed_again: goes forward once more, uses x alone of what was kept
_, cache = attention_forward(cache.x, w_q, w_k, w_v, w_o, num_heads)
d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_weights, d_value = mix_backward(split_heads(d_merged, num_heads), cache.weights, cache.value)
d_query, d_key = scores_backward(causal_softmax_backward(d_weights, cache.weights), cache.query, cache.key)
d_x, d_w_v = matmul_backward(merge_heads(d_value), cache.x, w_v)
for_keys, d_w_k = matmul_backward(merge_heads(d_key), cache.x, w_k)
d_x += for_keys
for_queries, d_w_q = matmul_backward(merge_heads(d_query), cache.x, w_q)
d_x += for_queries
return d_x, (d_w_q, d_w_k, d_w_v, d_w_o)
# END VARIANT

# BEGIN VARIANT backprop.block_backward sublayers: one helper for two sublayers
def mlp(d):
    d, d_2 = matmul_backward(d, gelu(cache.wide), w_mlp2)
    d, d_1 = matmul_backward(gelu_backward(d, cache.wide), cache.middle, w_mlp1)
    return d, (d_1, d_2)

def attention(d):
    return attention_backward(d, cache.attention, *attention_weights)

def sublayer(d, inside, normed, inverse_std):
    d = layer_norm_backward(d, normed, inverse_std)
    back, gradients = inside(d)
    return d + back, gradients

d, last = sublayer(d_out, mlp, cache.out, cache.out_inverse_std)
d, first = sublayer(d, attention, cache.middle, cache.middle_inverse_std)
return d, (*first, *last)
# END VARIANT

# BEGIN VARIANT backprop.block_backward every_path: the way back is linear, so each path goes it alone
d_sum = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_active, d_2 = matmul_backward(d_sum, gelu(cache.wide), w_mlp2)
d_middle, d_1 = matmul_backward(gelu_backward(d_active, cache.wide), cache.middle, w_mlp1)
d_x, gradients = 0, [0, 0, 0, 0]
for path in (d_sum, d_middle):
    path = layer_norm_backward(path, cache.middle, cache.middle_inverse_std)
    through, found = attention_backward(path, cache.attention, *attention_weights)
    d_x = d_x + path + through
    gradients = [a + b for a, b in zip(gradients, found)]
return d_x, (*gradients, d_1, d_2)
# END VARIANT

# BEGIN VARIANT backprop.block_backward by_hand: norm, products and GELU in formulas
import math
import torch

def norm_back(d, n, scale):
    return scale * (d - d.mean(-1, keepdim=True) - n * (n * d).mean(-1, keepdim=True))

u = cache.wide
phi = torch.special.ndtr(u)
d_sum = norm_back(d_out, cache.out, cache.out_inverse_std)
d_2 = torch.einsum("nti,nto->io", u * phi, d_sum)
d_wide = d_sum @ w_mlp2.T * (phi + u * torch.exp(-u * u / 2) / math.sqrt(math.tau))
d_1 = torch.einsum("nti,nto->io", cache.middle, d_wide)
d_sum = norm_back(torch.addmm(d_sum.flatten(0, 1), d_wide.flatten(0, 1), w_mlp1.T).view_as(d_sum), cache.middle, cache.middle_inverse_std)
d_x, gradients = attention_backward(d_sum, cache.attention, *block[:4])
return d_sum + d_x, tuple(gradients) + (d_1, d_2)
# END VARIANT

# BEGIN VARIANT backprop.block_backward computed_again: keeps x alone, and goes forward once more
_, cache = block_forward(cache.attention.x, block, cache.attention.query.shape[1])
d = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
inner, d_2 = matmul_backward(d, gelu(cache.wide), block[5])
inner, d_1 = matmul_backward(gelu_backward(inner, cache.wide), cache.middle, block[4])
d = layer_norm_backward(inner.add_(d), cache.middle, cache.middle_inverse_std)
inner, gradients = attention_backward(d, cache.attention, *attention_weights)
return inner.add_(d), tuple([*gradients, d_1, d_2])
# END VARIANT

# BEGIN VARIANT backprop.block_backward window_by_window: calls itself for each window
import torch

if len(d_out) > 1:
    found = []
    for n in range(len(d_out)):
        attention, *rest = cache
        attention = AttentionCache(*(kept[n, None] for kept in attention))
        found.append(block_backward(d_out[n, None], BlockCache(attention, *(kept[n, None] for kept in rest)), block))
    return torch.cat([d_x for d_x, _ in found]), tuple(sum(same) for same in zip(*(d_ws for _, d_ws in found)))
d = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_active, d_2 = matmul_backward(d, gelu(cache.wide), w_mlp2)
d_middle, d_1 = matmul_backward(gelu_backward(d_active, cache.wide), cache.middle, w_mlp1)
d = layer_norm_backward(d + d_middle, cache.middle, cache.middle_inverse_std)
d_x, gradients = attention_backward(d, cache.attention, *attention_weights)
return d + d_x, (*gradients, d_1, d_2)
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward one_hot: a product with a one-hot table
chosen = torch.nn.functional.one_hot(inputs.long(), vocab_size).to(d_x.dtype)
return chosen.flatten(0, 1).T @ d_x.flatten(0, 1), torch.einsum("ntd->td", d_x)
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward loops: number by number
N, T, D = d_x.shape
d_w_emb, d_pos_embed = d_x.new_zeros(vocab_size, D), d_x.new_zeros(T, D)
for n in range(N):
    for t in range(T):
        d_w_emb[int(inputs[n, t])] += d_x[n, t]
        d_pos_embed[t] += d_x[n, t]
return d_w_emb, d_pos_embed
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward scatter: scatter_add_ with an index for every entry
D = d_x.shape[-1]
index = inputs.long().reshape(-1, 1).expand(-1, D)
d_w_emb = torch.zeros(vocab_size, D, dtype=d_x.dtype, device=d_x.device)
return d_w_emb.scatter_add_(0, index, d_x.reshape(-1, D)), d_x.cumsum(0)[-1]
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward every_token: a sum for each token of the vocabulary
rows = [d_x[inputs == id].sum(0) for id in range(vocab_size)]
return torch.stack(rows), sum(d_x.unbind(0))
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward accumulate: index_put_ that adds
d_w_emb = d_x.new_zeros((vocab_size, d_x.size(2)))
d_w_emb.index_put_((inputs.long(),), d_x, accumulate=True)
ones = d_x.new_ones(len(d_x))
return d_w_emb, torch.tensordot(ones, d_x, dims=1)
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward sparse: a sparse table, which adds what is there twice
table = torch.sparse_coo_tensor(inputs.reshape(1, -1), d_x.flatten(0, 1), (vocab_size, d_x.shape[-1]))
return table.to_dense(), d_x.mean(0) * d_x.shape[0]
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step filled_from_the_end: one vector, and a place that runs backwards
vector = torch.cat([w.reshape(-1) for w in in_order(w_emb, pos_embed, blocks, w_head)])
end = vector.numel()

def put(gradient):
    global_end = end - gradient.numel()
    vector[global_end:end] -= lr * gradient.reshape(-1)
    return global_end

d_x, d_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
end = put(d_head)
for place in range(len(blocks) - 1, -1, -1):
    d_x, gradients = block_backward(d_x, caches[place], blocks[place])
    for gradient in gradients[::-1]:
        end = put(gradient)
d_emb, d_pos = embedding_backward(d_x, inputs, w_emb.size(0))
end = put(d_pos)
end = put(d_emb)
return vector
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step recursion: a block, then what lies below it
def below(depth, d_x):
    if depth == 0:
        return list(embedding_backward(d_x, inputs, len(w_emb)))
    d_x, gradients = block_backward(d_x, caches[depth - 1], blocks[depth - 1])
    return below(depth - 1, d_x) + list(gradients)

d_logits = token_loss_backward(logits, targets)
gradients = below(len(blocks), d_logits @ w_head.T) + [(x.mT @ d_logits).sum(0)]
weights = in_order(w_emb, pos_embed, blocks, w_head)
return torch.cat([torch.add(w, g, alpha=-lr).ravel() for w, g in zip(weights, gradients)])
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step optimizer: torch's SGD on copies, with gradients put in by hand
d_x, d_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
gradients = [d_head]
for block, cache in zip(blocks[::-1], caches[::-1]):
    d_x, found = block_backward(d_x, cache, block)
    gradients = [*found] + gradients
gradients = [*embedding_backward(d_x, inputs, w_emb.shape[0])] + gradients
copies = [torch.nn.Parameter(w.detach().clone()) for w in in_order(w_emb, pos_embed, blocks, w_head)]
for copy, gradient in zip(copies, gradients):
    copy.grad = gradient
torch.optim.SGD(copies, lr=lr).step()
return torch.cat([copy.detach().flatten() for copy in copies])
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step window_by_window: a mean of the gradients of the windows
total = None
for n in range(len(tokens)):
    logits, x, caches = causal_lm_forward(
        inputs[n : n + 1], w_emb, pos_embed, blocks, w_head, num_heads=num_heads
    )
    d_x, d_head = matmul_backward(token_loss_backward(logits, targets[n : n + 1]), x, w_head)
    gradients = [d_head]
    for block, cache in zip(reversed(blocks), reversed(caches)):
        d_x, found = block_backward(d_x, cache, block)
        gradients = [*found, *gradients]
    gradients = [*embedding_backward(d_x, inputs[n : n + 1], len(w_emb)), *gradients]
    vector = torch.cat([g.flatten() for g in gradients])
    total = vector if total is None else total + vector
before = torch.cat([w.flatten() for w in in_order(w_emb, pos_embed, blocks, w_head)])
return before - total * (lr / len(tokens))
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step scaled_first: everything is linear, so lr goes into the first gradient
d_x, d_head = matmul_backward(-lr * token_loss_backward(logits, targets), x, w_head)
moves = {len(blocks): [d_head]}
for place in reversed(range(len(blocks))):
    d_x, moves[place] = block_backward(d_x, caches[place], blocks[place])
moves[-1] = embedding_backward(d_x, inputs, w_emb.shape[0])
moves = [move for place in sorted(moves) for move in moves[place]]
updated = [w.clone() for w in in_order(w_emb, pos_embed, blocks, w_head)]
for w, move in zip(updated, moves, strict=True):
    w += move
return torch.cat([w.view(-1) for w in updated])
# END VARIANT
