# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/backprop.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT backprop.token_loss_backward not_divided: less a one-hot table
import torch

V = logits.size(-1)
right = torch.nn.functional.one_hot(targets, V).to(logits.dtype)
return torch.softmax(logits, dim=2) - right
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward divided_by_windows: two loops
import torch

N, T, V = logits.shape
gradient = torch.empty_like(logits)
for n in range(N):
    for t in range(T):
        probs = softmax(logits[n, t], 0)
        probs[targets[n, t]] -= 1
        gradient[n, t] = probs / N
return gradient
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward last_position_only: a table of zeros, of which the end is filled
import torch

N, T, V = logits.shape
gradient = torch.zeros_like(logits)
said = torch.softmax(logits[:, T - 1], dim=-1)
said[torch.arange(N), targets[:, T - 1]] -= 1
gradient[:, T - 1] = said
return gradient / (N * T)
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward sign: one-hot less softmax
import torch

right = torch.eye(logits.shape[-1], dtype=logits.dtype)[targets]
said = torch.exp(torch.log_softmax(logits, -1))
return (right - said) * (1 / targets.numel())
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward over_positions: softmax by hand, and where
import torch

powers = torch.exp(logits - logits.max(dim=1, keepdim=True)[0])
said = powers / torch.sum(powers, dim=1, keepdim=True)
places = torch.arange(logits.shape[2]) == targets.unsqueeze(2)
return torch.where(places, said - 1, said) / (logits.shape[0] * logits.shape[1])
# END VARIANT

# BEGIN VARIANT backprop.token_loss_backward only_the_right_token: masked by a one-hot table
import torch

right = torch.nn.functional.one_hot(targets, logits.shape[-1])
return right * (torch.softmax(logits, dim=-1) - 1) / targets.shape[0] / targets.shape[1]
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward mean_over_positions: a mean of outer products
outer = x.unsqueeze(-1) * d_out.unsqueeze(-2)
return torch.einsum("ntf,df->ntd", d_out, w), outer.mean(dim=(0, 1))
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward first_window_only: einsum over one window
first = torch.einsum("td,tf->df", x[0], d_out[0])
return torch.matmul(d_out, w.transpose(0, 1)), first
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward transposed: tensordot
to_w = torch.tensordot(d_out, x, dims=([0, 1], [0, 1]))
to_x = torch.nn.functional.linear(d_out, w)
return to_x, to_w
# END VARIANT

# BEGIN VARIANT backprop.matmul_backward swapped: window by window
gradients = [torch.zeros_like(w), torch.zeros_like(x)]
for n, (one, push) in enumerate(zip(x, d_out)):
    gradients[0] += one.mT @ push
    gradients[1][n] = push @ w.mT
return tuple(gradients)
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward density_forgotten: ndtr
return torch.special.ndtr(x) * d_out
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward tanh_form: written with a sigmoid
root = (2 / math.pi) ** 0.5
s = torch.sigmoid(2 * root * (x + 0.044715 * x * x * x))
return d_out * s + d_out * x * 2 * s * (1 - s) * root * (1 + 0.134145 * x * x)
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward density_not_normalised: ndtr, and the bell alone
bell = (x.square() / -2).exp()
return torch.special.ndtr(x) * d_out + bell * x * d_out
# END VARIANT

# BEGIN VARIANT backprop.gelu_backward d_out_forgotten: torch's normal distribution
normal = torch.distributions.Normal(0.0, 1.0)
slope = normal.cdf(x)
slope = slope + x * normal.log_prob(x).exp()
return slope
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward scale_only: einsum
return torch.einsum("...d,...e->...d", d_out, inverse_std)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward mean_only: a centring matrix
D = d_out.shape[-1]
centring = torch.eye(D, dtype=d_out.dtype) - 1 / D
return (d_out * inverse_std) @ centring
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward variance_only: a loop over the vectors
rows = []
for push, n, scale in zip(d_out.flatten(0, -2), normed.flatten(0, -2), inverse_std.flatten()):
    rows.append(scale * push - scale * n * torch.dot(push, n) / len(n))
return torch.stack(rows).view_as(d_out)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward divided: by what it takes for the standard deviation
D = d_out.size(-1)
std = inverse_std
dot = torch.einsum("...d,...d->...", d_out, normed).unsqueeze(-1)
total = d_out.sum(dim=-1, keepdim=True)
return (d_out * D - total - normed * dot) / (std * D)
# END VARIANT

# BEGIN VARIANT backprop.layer_norm_backward sums: dot products, multiplied out
gradient = d_out.clone()
gradient -= torch.sum(d_out, dim=-1).unsqueeze(-1)
gradient -= torch.einsum("...d,...d,...e->...e", d_out, normed, normed)
gradient *= inverse_std
return gradient
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward diagonal_only: weights less their squares
return (weights - weights**2) * d_weights
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward over_queries: turned round, as if columns were rows
import torch

w, d = weights.transpose(-1, -2), d_weights.transpose(-1, -2)
dot = torch.einsum("...st,...st->...s", w, d)
return (w * d - w * dot.unsqueeze(-1)).transpose(-1, -2)
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward plain_mean: sums over T
T = weights.shape[-1]
total = d_weights.sum(dim=-1).unsqueeze(-1)
return d_weights * weights - weights * total / T
# END VARIANT

# BEGIN VARIANT backprop.causal_softmax_backward weights_forgotten: row by row
import torch

rows = []
for t in range(weights.shape[-2]):
    push = d_weights[..., t, :]
    dot = torch.einsum("...s,...s->...", push, weights[..., t, :])
    rows.append(push - dot[..., None])
return torch.stack(rows, dim=-2)
# END VARIANT

# BEGIN VARIANT backprop.mix_backward not_transposed: einsum with the letters of the way forward
import torch

to_weights = torch.einsum("...tk,...sk->...ts", d_heads, value)
to_value = torch.einsum("...ts,...sk->...tk", weights, d_heads)
return to_weights, to_value
# END VARIANT

# BEGIN VARIANT backprop.mix_backward swapped: einsum
import torch

to_weights = torch.einsum("...tk,...sk->...ts", d_heads, value)
to_value = torch.einsum("...ts,...tk->...sk", weights, d_heads)
return (to_value, to_weights)
# END VARIANT

# BEGIN VARIANT backprop.mix_backward looked_at_by: einsum that ends in the wrong order
import torch

d_value = weights.mT.matmul(d_heads)
d_weights = torch.einsum("...tk,...sk->...st", d_heads, value)
return d_weights, d_value
# END VARIANT

# BEGIN VARIANT backprop.scores_backward scale_forgotten: einsum
import torch

to_query = torch.einsum("...ts,...sk->...tk", d_scores, key)
to_key = torch.einsum("...ts,...tk->...sk", d_scores, query)
return to_query, to_key
# END VARIANT

# BEGIN VARIANT backprop.scores_backward not_transposed: both scaled at the end
scale = query.size(-1) ** -0.5
return d_scores.matmul(key) * scale, d_scores.matmul(query) * scale
# END VARIANT

# BEGIN VARIANT backprop.scores_backward own_values: queries and keys scaled first
import torch

root = query.shape[-1] ** 0.5
to_query = torch.einsum("...ts,...sk->...tk", d_scores, query / root)
to_key = torch.einsum("...ts,...tk->...sk", d_scores, key / root)
return to_query, to_key
# END VARIANT

# BEGIN VARIANT backprop.scores_backward scaled_twice: root by root
root = math.sqrt(key.size(-1))
query, key = query / root, key / root
return d_scores @ key / root, d_scores.mT @ query / root
# END VARIANT

# BEGIN VARIANT backprop.attention_backward values_only: einsum throughout
import torch

N, T, D = d_out.shape
K = D // num_heads
x, w = cache.x, cache.weights
d_merged = torch.einsum("nto,mo->ntm", d_out, w_o)
d_heads = d_merged.view(N, T, num_heads, K)
d_w = torch.einsum("nthk,nhsk->nhts", d_heads, cache.value)
d_scores = w * (d_w - torch.einsum("nhts,nhts->nht", w, d_w)[..., None]) / K**0.5
d_q = torch.einsum("nhts,nhsk->nthk", d_scores, cache.key).reshape(N, T, D)
d_k = torch.einsum("nhts,nhtk->nshk", d_scores, cache.query).reshape(N, T, D)
d_v = torch.einsum("nhts,nthk->nshk", w, d_heads).reshape(N, T, D)
d_ws = [torch.einsum("nti,nto->io", x, d) for d in (d_q, d_k, d_v)]
d_w_o = torch.einsum("nti,nto->io", cache.merged, d_out)
return torch.einsum("nto,io->nti", d_v, w_v), (*d_ws, d_w_o)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward wrong_split: flattened, and unflattened the other way
N, H, T, K = cache.query.shape
d_merged, d_w_o = matmul_backward(d_out, cache.merged, w_o)
d_heads = d_merged.flatten(1).unflatten(1, (H, T, K))
d_weights, d_value = mix_backward(d_heads, cache.weights, cache.value)
d_query, d_key = scores_backward(causal_softmax_backward(d_weights, cache.weights), cache.query, cache.key)
d_x, d_ws = 0, []
for push, w in ((d_query, w_q), (d_key, w_k), (d_value, w_v)):
    part, d_w = matmul_backward(merge_heads(push), cache.x, w)
    d_x = d_x + part
    d_ws.append(d_w)
return d_x, (*d_ws, d_w_o)
# END VARIANT

# BEGIN VARIANT backprop.attention_backward output_skipped: queries, keys and values side by side
import torch

d_heads = split_heads(d_out, num_heads)
d_weights, d_value = mix_backward(d_heads, cache.weights, cache.value)
d_query, d_key = scores_backward(causal_softmax_backward(d_weights, cache.weights), cache.query, cache.key)
together = torch.cat([merge_heads(d) for d in (d_query, d_key, d_value)], dim=-1)
d_x = together @ torch.cat([w_q, w_k, w_v], dim=1).T
d_ws = torch.einsum("nti,nto->io", cache.x, together).chunk(3, dim=1)
return d_x, (*d_ws, torch.einsum("nti,nto->io", cache.merged, d_out))
# END VARIANT

# BEGIN VARIANT backprop.attention_backward softmax_skipped: head by head
import torch

K = cache.query.shape[-1]
d_merged = d_out @ w_o.T
d_x = torch.zeros_like(cache.x)
d_ws = [torch.zeros_like(w) for w in (w_q, w_k, w_v)]
for h in range(num_heads):
    part = slice(h * K, (h + 1) * K)
    d_head = d_merged[..., part]
    d_weights = d_head @ cache.value[:, h].mT / math.sqrt(K)
    pushes = d_weights @ cache.key[:, h], d_weights.mT @ cache.query[:, h], cache.weights[:, h].mT @ d_head
    for push, w, d_w in zip(pushes, (w_q, w_k, w_v), d_ws):
        d_x += push @ w[:, part].T
        d_w[:, part] = torch.einsum("nti,nto->io", cache.x, push)
return d_x, (*d_ws, torch.einsum("nti,nto->io", cache.merged, d_out))
# END VARIANT

# BEGIN VARIANT backprop.block_backward mlp_residual_forgotten: nested calls, products by hand
d_y = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_wide = gelu_backward(d_y @ w_mlp2.T, cache.wide)
d_before = layer_norm_backward(d_wide @ w_mlp1.T, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_before, cache.attention, *attention_weights)
d_1 = (cache.middle.mT @ d_wide).sum(dim=0)
d_2 = (gelu(cache.wide).mT @ d_y).sum(dim=0)
return d_before + d_x, (*d_attention, d_1, d_2)
# END VARIANT

# BEGIN VARIANT backprop.block_backward attention_residual_forgotten: norms by hand, all gradients in a list
def norm_back(d, n, scale):
    return scale * (d - d.mean(-1, keepdim=True) - n * (n * d).mean(-1, keepdim=True))

d = norm_back(d_out, cache.out, cache.out_inverse_std)
inner, d_2 = matmul_backward(d, gelu(cache.wide), w_mlp2)
inner, d_1 = matmul_backward(gelu_backward(inner, cache.wide), cache.middle, w_mlp1)
d = norm_back(d.add(inner), cache.middle, cache.middle_inverse_std)
d, gradients = attention_backward(d, cache.attention, *block[:4])
gradients = list(gradients)
gradients.extend([d_1, d_2])
return d, tuple(gradients)
# END VARIANT

# BEGIN VARIANT backprop.block_backward gelu_of_nothing: flat products, added up in place
d_y = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
D = d_y.shape[-1]
d_2 = cache.wide.reshape(-1, D).T.mm(d_y.reshape(-1, D))
d_wide = gelu_backward(d_y.matmul(w_mlp2.T), cache.wide)
d_1 = cache.middle.reshape(-1, D).T.mm(d_wide.reshape(-1, D))
d_middle = d_wide.matmul(w_mlp1.T)
d_middle += d_y
d_y = layer_norm_backward(d_middle, cache.middle, cache.middle_inverse_std)
d_x, (d_q, d_k, d_v, d_o) = attention_backward(d_y, cache.attention, *attention_weights)
d_x += d_y
return d_x, (d_q, d_k, d_v, d_o, d_1, d_2)
# END VARIANT

# BEGIN VARIANT backprop.block_backward around_the_norm: two helpers, for two sublayers that look alike
def mlp(d):
    d, d_2 = matmul_backward(d, gelu(cache.wide), w_mlp2)
    d, d_1 = matmul_backward(gelu_backward(d, cache.wide), cache.middle, w_mlp1)
    return d, (d_1, d_2)

def attention(d):
    return attention_backward(d, cache.attention, *attention_weights)

def sublayer(d, inside, normed, inverse_std):
    back, gradients = inside(layer_norm_backward(d, normed, inverse_std))
    return d + back, gradients

d, last = sublayer(d_out, mlp, cache.out, cache.out_inverse_std)
d, first = sublayer(d, attention, cache.middle, cache.middle_inverse_std)
return d, tuple(first) + last
# END VARIANT

# BEGIN VARIANT backprop.block_backward gelu_skipped: the two products taken for one
d_y = layer_norm_backward(d_out, cache.out, cache.out_inverse_std)
d_inner = d_y @ w_mlp2.T
d_1 = (cache.middle.mT @ d_inner).sum(0)
d_2 = (gelu(cache.wide).mT @ d_y).sum(0)
d_y = d_y + d_y @ (w_mlp1 @ w_mlp2).T
d_y = layer_norm_backward(d_y, cache.middle, cache.middle_inverse_std)
d_x, d_attention = attention_backward(d_y, cache.attention, *attention_weights)
return d_y + d_x, tuple([*d_attention, d_1, d_2])
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward last_one_wins: += by an index, which does not add twice
N, T, D = d_x.shape
table = torch.zeros(vocab_size, D, dtype=d_x.dtype)
table[inputs] += d_x
return table, torch.einsum("ntd->td", d_x)
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward positions_averaged: one-hot products, over the number of windows
chosen = (inputs[..., None] == torch.arange(vocab_size)).to(d_x.dtype)
places = d_x[0]
for window in d_x[1:]:
    places = places + window
return torch.einsum("ntv,ntd->vd", chosen, d_x), places / inputs.shape[0]
# END VARIANT

# BEGIN VARIANT backprop.embedding_backward first_window_only: two loops, with an if for the rows
N, T, D = d_x.shape
table, places = d_x.new_zeros(vocab_size, D), d_x.new_zeros(T, D)
for n in range(N):
    for t in range(T):
        table[inputs[n, t]] += d_x[n, t]
        if n == 0:
            places[t] = d_x[n, t]
return table, places
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step forward_order: indices, one long vector
d_logits = token_loss_backward(logits, targets)
d_x, d_head = d_logits @ w_head.T, (x.mT @ d_logits).sum(0)
parts = []
for i in range(len(blocks)):
    d_x, gradients = block_backward(d_x, caches[i], blocks[i])
    parts.extend(g.reshape(-1) for g in gradients)
d_emb, d_pos = embedding_backward(d_x, inputs, len(w_emb))
gradient = torch.cat([d_emb.reshape(-1), d_pos.reshape(-1), *parts, d_head.reshape(-1)])
before = torch.cat([w.reshape(-1) for w in in_order(w_emb, pos_embed, blocks, w_head)])
return before - gradient * lr
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step blocks_reversed: counted down, each block's gradients put behind
d_x, d_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
found = []
i = len(blocks)
while i > 0:
    i -= 1
    d_x, gradients = block_backward(d_x, caches[i], blocks[i])
    found.append(torch.cat([g.ravel() for g in gradients]))
d_emb, d_pos = embedding_backward(d_x, inputs, w_emb.size(0))
gradient = torch.cat([d_emb.ravel(), d_pos.ravel(), *found, d_head.ravel()])
before = torch.cat([w.ravel() for w in in_order(w_emb, pos_embed, blocks, w_head)])
return torch.add(before, gradient, alpha=-lr)
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step uphill: a double minus
d_x, d_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
gradients = [d_head]
for block, cache in list(zip(blocks, caches))[::-1]:
    d_x, d_block = block_backward(d_x, cache, block)
    gradients[:0] = d_block
gradients[:0] = embedding_backward(d_x, inputs, w_emb.shape[0])
step = torch.cat([-lr * g.flatten() for g in gradients])
return torch.cat([w.flatten() for w in in_order(w_emb, pos_embed, blocks, w_head)]) - step
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step gradients_returned: a vector filled from its end
V, D = w_emb.shape
result = torch.zeros(sum(w.numel() for w in in_order(w_emb, pos_embed, blocks, w_head)), dtype=w_emb.dtype)
d_x, d_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
end = len(result) - D * V
result[end:] = d_head.reshape(-1)
for i in reversed(range(len(blocks))):
    d_x, gradients = block_backward(d_x, caches[i], blocks[i])
    for g in reversed(gradients):
        result[end - D * D : end] = g.reshape(-1)
        end -= D * D
d_emb, d_pos = embedding_backward(d_x, inputs, V)
result[:end] = torch.cat([d_emb, d_pos]).reshape(-1)
return result
# END VARIANT

# BEGIN VARIANT backprop.causal_lm_step in_place: torch.add with out
d_x, d_head = matmul_backward(token_loss_backward(logits, targets), x, w_head)
gradients = (d_head,)
for i in range(len(blocks) - 1, -1, -1):
    d_x, d_block = block_backward(d_x, caches[i], blocks[i])
    gradients = tuple(d_block) + gradients
gradients = embedding_backward(d_x, inputs, len(w_emb)) + gradients
new = []
for w, g in zip(in_order(w_emb, pos_embed, blocks, w_head), gradients):
    new.append(torch.add(w, g, alpha=-lr, out=w).reshape(-1))
return torch.cat(new)
# END VARIANT
