# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.tensors`: the diagnosis must be silent on them.

# BEGIN VARIANT tensors.matmul_loops all_products_at_once: broadcasting, and a sum over the middle
return (a[:, :, None] * b[None, :, :]).sum(1).to(a.dtype)
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops rows_times_columns: two loops, each entry a sum of a product of vectors
product = torch.empty(a.shape[0], b.shape[1], dtype=a.dtype, device=a.device)
for i, row in enumerate(a):
    for j, column in enumerate(b.T):
        product[i, j] = torch.sum(row * column)
return product
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops outer_products: adds up one outer product for each inner index
product = a.new_zeros(a.shape[0], b.shape[1])
for column, row in zip(a.unbind(1), b.unbind(0)):
    product = product + column[:, None] * row
return product
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops python_numbers: lists of Python numbers
columns = list(zip(*b.tolist()))
rows = [[sum(m * n for m, n in zip(row, column)) for column in columns] for row in a.tolist()]
return torch.tensor(rows, dtype=a.dtype, device=a.device).reshape(a.shape[0], b.shape[1])
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops halves: recursion over halves of the inner dimension
def block(low, high):
    if high - low == 1:
        return a[:, low : high] * b[low : high, :]
    middle = (low + high) // 2
    return block(low, middle) + block(middle, high)

if a.shape[1] == 0:
    return a.new_zeros(a.shape[0], b.shape[1])
return block(0, a.shape[1])
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops scaled_rows: each row a mix of the rows of b
product = torch.zeros((len(a), b.size(1)), dtype=a.dtype, device=a.device)
for n in range(len(a)):
    d = a.size(1)
    while d:
        d -= 1
        product[n] += a[n, d] * b[d]
return product
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes one_at_a_time: an if for each case
shape = []
for m, n in pairs:
    if m == n:
        shape.append(m)
    elif m == 1:
        shape.append(n)
    elif n == 1:
        shape.append(m)
    else:
        raise ValueError(f"{a} and {b}: {m} is not {n}")
shape.reverse()
return tuple(shape)
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes asks_torch: torch's own rule, its error in another dress
import torch

try:
    return tuple(torch.broadcast_shapes(a, b))
except RuntimeError:
    raise ValueError(f"cannot broadcast {a} with {b}") from None
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes sets: the sizes other than 1, as a set
shape = ()
for sizes in pairs:
    sizes = {*sizes} - {1}
    if len(sizes) > 1:
        raise ValueError(f"{a} against {b}: {sizes}")
    shape = (*sizes, *shape) if sizes else (1, *shape)
return shape
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes product: where one size is 1 the other is their product
result = [None] * len(pairs)
for place, (m, n) in enumerate(pairs, start=1):
    if m != n and m != 1 and n != 1:
        raise ValueError(f"shape {a} against shape {b}")
    result[-place] = m if m == n else m * n
return tuple(result)
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes meta: adds two tensors without memory
import torch

try:
    return tuple((torch.empty(a, device="meta") + torch.empty(b, device="meta")).shape)
except RuntimeError as error:
    raise ValueError(f"{a}, {b}: {error}")
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes recursion: without the pairs, the front by itself
def fit(p, q):
    if not p or not q:
        return p or q
    m, n = p[-1], q[-1]
    if not (m == n or m == 1 or n == 1):
        raise ValueError(f"{a} and {b} do not fit: {m} is neither {n} nor 1")
    return fit(p[:-1], q[:-1]) + ((n,) if m == 1 else (m,))

return fit(tuple(a), tuple(b))
# END VARIANT

# BEGIN VARIANT tensors.softmax log_space: subtracts the logarithm of the sum, and exp at the end
import torch

shifted = x - torch.max(x, dim=dim, keepdim=True).values
return torch.exp(shifted - torch.log(torch.sum(torch.exp(shifted), dim=dim, keepdim=True)))
# END VARIANT

# BEGIN VARIANT tensors.softmax slices: unbind and stack
import torch

parts = x.unbind(dim)
top = parts[0]
for part in parts[1:]:
    top = torch.maximum(top, part)
parts = [torch.exp(part - top) for part in parts]
total = sum(parts)
return torch.stack([part / total for part in parts], dim)
# END VARIANT

# BEGIN VARIANT tensors.softmax double: float64 inside, back to the dtype that came
import torch

wide = x.to(torch.float64)
wide = wide.sub(wide.amax(dim=dim, keepdim=True).detach()).exp()
return wide.div(wide.sum(dim=dim, keepdim=True)).to(x.dtype)
# END VARIANT

# BEGIN VARIANT tensors.softmax row_by_row: the dimension moved to the end, one row at a time
import torch

moved = x.movedim(dim, -1)
rows = []
for row in moved.reshape(-1, moved.shape[-1]):
    e = (row - row.max()).exp()
    rows.append(e / e.sum())
return torch.stack(rows).reshape(moved.shape).movedim(-1, dim)
# END VARIANT

# BEGIN VARIANT tensors.softmax in_place: on a tensor of its own, in place
exps = x.sub(x.detach().topk(1, dim=dim).values)
exps = exps.exp_()
return exps * exps.sum(dim, keepdim=True).reciprocal()
# END VARIANT

# BEGIN VARIANT tensors.softmax sorted: the maximum from a sort, the sum from a cumulative sum
biggest = x.sort(dim=dim, descending=True).values.narrow(dim, 0, 1)
exps = (x - biggest).exp()
sums = exps.cumsum(dim)
return exps / sums.narrow(dim, x.shape[dim] - 1, 1)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp logaddexp: torch.logaddexp from slice to slice
import functools

import torch

return functools.reduce(torch.logaddexp, x.unbind(dim))
# END VARIANT

# BEGIN VARIANT tensors.logsumexp running: a maximum and a sum that are corrected on the way
import torch

first, *others = torch.unbind(x, dim)
top, total = first, torch.ones_like(first)
for part in others:
    higher = torch.maximum(top, part)
    total = total * torch.exp(top - higher) + torch.exp(part - higher)
    top = higher
return torch.log(total) + top
# END VARIANT

# BEGIN VARIANT tensors.logsumexp log1p: the largest, and log1p of the others
import torch

ordered = x.sort(dim=dim, descending=True).values
V = x.shape[dim]
top, rest = ordered.narrow(dim, 0, 1), ordered.narrow(dim, 1, V - 1)
return (top + torch.log1p(torch.exp(rest - top).sum(dim, keepdim=True))).squeeze(dim)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp double: float64, with the maximum, and back
import torch

wide = x.double()
top = wide.max(dim, keepdim=True)[0]
out = torch.log(torch.sum(torch.exp(wide - top), dim, keepdim=True)) + top
return out.squeeze(dim).to(x.dtype)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp largest_probability: the largest score minus its log probability
import torch

top = x.amax(dim)
exps = torch.exp(x - top.unsqueeze(dim))
share = exps.amax(dim) / exps.sum(dim)
return top - torch.log(share)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp tree: halves of halves
import torch

def fold(parts):
    if len(parts) == 1:
        return parts[0]
    one, other = fold(parts[: len(parts) // 2]), fold(parts[len(parts) // 2 :])
    high, low = torch.maximum(one, other), torch.minimum(one, other)
    return high + torch.log1p(torch.exp(low - high))

return fold(x.unbind(dim))
# END VARIANT

# BEGIN VARIANT tensors.linear_backward einsum: two lines of letters
import torch

return torch.einsum("nf,fd->nd", d_out, weight), torch.einsum("nf,nd->fd", d_out, x)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward example_by_example: a running sum over the rows
import torch

d_x, d_weight = torch.zeros_like(x), torch.zeros_like(weight)
for n in range(x.shape[0]):
    for f in range(weight.shape[0]):
        d_x[n] += d_out[n, f] * weight[f]
        d_weight[f] += d_out[n, f] * x[n]
return d_x, d_weight
# END VARIANT

# BEGIN VARIANT tensors.linear_backward autograd: lets autograd do it
import torch

with torch.enable_grad():
    leaves = [x.detach().requires_grad_(), weight.detach().requires_grad_()]
    out = leaves[0] @ leaves[1].T
return torch.autograd.grad(out, leaves, d_out)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward transposed: both products turned round
d_x = (weight.T @ d_out.T).T
d_weight = (x.T @ d_out).T
return (d_x, d_weight)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward broadcasting: all products, then sums
every = d_out.unsqueeze(2)
return (every * weight.unsqueeze(0)).sum(1), (every * x.unsqueeze(1)).sum(0)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward tensordot: named axes
import torch

d_weight = torch.tensordot(d_out, x, dims=([0], [0]))
d_x = torch.tensordot(d_out, weight, dims=1)
return d_x, d_weight
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward jacobian: the whole Jacobian of each row
import torch

jacobian = torch.diag_embed(probs) - probs[..., :, None] * probs[..., None, :]
return (jacobian @ d_out[..., None])[..., 0]
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward multiplied_out: a difference of two products
flow = probs * d_out
return flow - probs * flow.sum(dim=-1, keepdim=True)
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward row_by_row: rows with a scalar product each
import torch

V = probs.shape[-1]
rows = []
for d_row, row in zip(d_out.reshape(-1, V), probs.reshape(-1, V)):
    rows.append((d_row - torch.dot(d_row, row)) * row)
return torch.stack(rows).reshape(probs.shape)
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward einsum: every entry against every other
import torch

pulled = torch.einsum("...i,...i,...j->...j", d_out, probs, probs)
return torch.addcmul(-pulled, d_out, probs)
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward autograd: the softmax of the logarithms again, and autograd
import torch

with torch.enable_grad():
    scores = probs.detach().log().requires_grad_()
    again = softmax(scores, dim=-1)
return torch.autograd.grad(again, scores, d_out.detach())[0]
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward differences: the mean of all differences of gradients
differences = d_out.unsqueeze(-1) - d_out.unsqueeze(-2)
return probs * (differences * probs.unsqueeze(-2)).sum(-1)
# END VARIANT
