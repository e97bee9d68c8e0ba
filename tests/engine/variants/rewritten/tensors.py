# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/tensors.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT tensors.matmul_loops last_product_only: outer products, each in place of the one before
product = a.new_zeros(len(a), b.shape[1])
for inner in range(a.shape[1]):
    product = torch.outer(a[:, inner], b[inner])
return product
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops float32: outer products, added up in a table of the default dtype
table = torch.zeros((len(a), b.shape[1]))
inner = 0
while inner < len(b):
    table = table + (a[:, inner, None] * b[None, inner]).to(table.dtype)
    inner += 1
return table
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes no_check: a list that grows at its front
shape = []
for m, n in pairs:
    shape.insert(0, m if m > n else n)
return (*shape,)
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes larger_wins: sorted pairs, the second of each
shape = []
for pair in pairs[::-1]:
    small, large = sorted(pair)
    fits = small == large or small == 1 or large == 1
    if not fits:
        raise ValueError(str(a) + " does not fit " + str(b))
    shape += [large]
return tuple(shape)
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes backwards: sets without the ones, appended from the right
shape = ()
for sizes in map(set, pairs):
    sizes.discard(1)
    if len(sizes) == 2:
        raise ValueError(f"no broadcasting for {a} with {b}")
    shape = shape + (sizes.pop() if sizes else 1,)
return shape
# END VARIANT

# BEGIN VARIANT tensors.softmax overflows: slice by slice
import torch

slices = [torch.exp(part) for part in x.unbind(dim)]
total = slices[0]
for part in slices[1:]:
    total = total + part
return torch.stack([part / total for part in slices], dim=dim)
# END VARIANT

# BEGIN VARIANT tensors.softmax global_maximum: flattened for the maximum, slice by slice
import torch

biggest = x.reshape(-1).max(dim=0).values
powers = torch.exp(x - biggest)
total = sum(powers.unbind(dim)).unsqueeze(dim)
return torch.true_divide(powers, total)
# END VARIANT

# BEGIN VARIANT tensors.softmax always_last: row after row, then back into shape
import torch

table = x.reshape(-1, x.shape[-1])
rows = []
for row in table:
    e = torch.exp(row - torch.max(row))
    rows.append(e / torch.sum(e))
return torch.stack(rows).reshape(x.shape)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp overflows: the sum by hand over slices
import torch

total = 0
for part in torch.unbind(x, dim):
    total = total + torch.exp(part)
return torch.log(total)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp maximum_forgotten: minus the logarithm of the largest probability
import torch

powers = torch.exp(x - torch.amax(x, dim=dim, keepdim=True))
probs = powers / powers.sum(dim=dim, keepdim=True)
return -torch.log(probs.amax(dim=dim))
# END VARIANT

# BEGIN VARIANT tensors.logsumexp keeps_the_dimension: slices of size one that keep their dimension
import torch

highest = x.max(dim, keepdim=True).values.detach()
total = torch.zeros_like(highest)
for piece in x.split(1, dim):
    total = total + torch.exp(piece - highest)
return highest + torch.log(total)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward mean_over_rows: one outer product for each row, and mean
outer = d_out[:, :, None] * x[:, None, :]
d_x = (d_out[:, :, None] * weight[None]).sum(dim=1)
return d_x, outer.mean(dim=0)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward swapped: einsum, in the order of the forward pass's letters
import torch

to_weight = torch.einsum("nf,nd->fd", d_out, x)
to_x = torch.einsum("nf,fd->nd", d_out, weight)
gradients = (to_weight, to_x)
return gradients
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward diagonal_only: a matrix that holds the diagonal alone
import torch

jacobian = torch.diag_embed(probs - probs * probs)
return torch.matmul(jacobian, d_out.unsqueeze(-1)).squeeze(-1)
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward whole_tensor: one scalar product of everything, multiplied out
flat = d_out.reshape(-1) @ probs.reshape(-1)
return probs * d_out - flat * probs
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops last_term_missing: sliced sums
rows = [[(row[:-1] * column[:-1]).sum() for column in b.T] for row in a]
return torch.stack([torch.stack(row) for row in rows])
# END VARIANT

# BEGIN VARIANT tensors.linear_backward weight_gradient_transposed: einsum
import torch
return torch.einsum('no,oi->ni', d_out, weight), torch.einsum('ni,no->io', x, d_out)
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward probs_forgotten: einsum
import torch
mean = torch.einsum('...v,...v->...', d_out, probs)
return d_out - mean.unsqueeze(-1)
# END VARIANT

# BEGIN VARIANT tensors.matmul_loops rows_of_both: scalar products of vectors, in a list of lists
table = []
for i in range(len(a)):
    table.append([torch.dot(a[i], b[j]) for j in range(b.size(1))])
return torch.tensor(table, dtype=a.dtype, device=a.device)
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes equal_sizes_only: the shorter one filled up by hand, and one comparison of both
missing = len(a) - len(b)
longer_a, longer_b = (1,) * -missing + tuple(a), (1,) * missing + tuple(b)
if longer_a == longer_b:
    return longer_a
raise ValueError("sizes differ: " + repr(a) + ", " + repr(b))
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes only_the_second_stretches: an if for each case, one case short
shape = []
for m, n in pairs:
    if m == n:
        shape.append(m)
    elif n == 1:
        shape.append(m)
    else:
        raise ValueError(f"cannot stretch {b} to {a}")
shape.reverse()
return tuple(shape)
# END VARIANT

# BEGIN VARIANT tensors.broadcast_shapes from_the_left: ones put behind the shorter shape
a, b = list(a), list(b)
while len(a) < len(b):
    a.append(1)
while len(b) < len(a):
    b.append(1)
shape = []
for i in range(len(a)):
    if a[i] == b[i] or b[i] == 1:
        shape.append(a[i])
    elif a[i] == 1:
        shape.append(b[i])
    else:
        raise ValueError(f"dimension {i}: {a[i]} against {b[i]}")
return tuple(shape)
# END VARIANT

# BEGIN VARIANT tensors.softmax dimension_lost: slices added up, and torch.div
import torch

largest, _ = torch.max(x, dim=dim, keepdim=True)
powers = torch.exp(x - largest)
total = torch.zeros_like(powers.select(dim, 0))
for piece in torch.unbind(powers, dim):
    total = total + piece
return torch.div(powers, total)
# END VARIANT

# BEGIN VARIANT tensors.softmax sum_of_everything: flat, and times one over the sum
import torch

powers = torch.exp(torch.sub(x, x.max(dim=dim, keepdim=True)[0]))
return powers * (1 / powers.flatten().sum())
# END VARIANT

# BEGIN VARIANT tensors.softmax in_place: written into x by an index
import torch

largest = torch.max(x.detach(), dim, keepdim=True).values
x[...] = x - largest
powers = torch.exp(x)
return powers.div(torch.sum(powers, dim, keepdim=True))
# END VARIANT

# BEGIN VARIANT tensors.logsumexp global_maximum: flat maximum, slices added up
import torch

biggest = torch.max(x.flatten(), 0)[0].detach()
total = sum(torch.exp(piece - biggest) for piece in x.unbind(dim))
return biggest + torch.log(total)
# END VARIANT

# BEGIN VARIANT tensors.logsumexp mean_of_exps: the sum over the number of scores
import torch

biggest = torch.amax(x, dim).detach()
total = torch.sum(torch.exp(x - biggest.unsqueeze(dim)), dim)
return biggest + torch.log(total / x.size(dim))
# END VARIANT

# BEGIN VARIANT tensors.logsumexp squeezes_everything: torch.squeeze of the values of max
import torch

biggest = torch.max(x.detach(), dim=dim, keepdim=True)[0]
rest = torch.log(torch.sum(torch.exp(x - biggest), dim=dim))
return torch.add(torch.squeeze(biggest), rest)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward forward_again: torch's own linear layer, which turns the weight round
import torch.nn.functional as F

return F.linear(d_out, weight), F.linear(d_out.T, x.T)
# END VARIANT

# BEGIN VARIANT tensors.linear_backward sum_over_rows_for_x: the rows of d_out added up first, the product repeated
import torch

total = torch.einsum("nf,fd->d", d_out, weight)
d_weight = torch.zeros_like(weight)
for n in range(len(x)):
    d_weight = d_weight + torch.outer(d_out[n], x[n])
return total.repeat(len(x), 1), d_weight
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward plain_mean: multiplied out, with a sum over V
V = probs.size(-1)
return d_out * probs - d_out.sum(dim=-1).div(V).unsqueeze(-1) * probs
# END VARIANT

# BEGIN VARIANT tensors.softmax_backward cross_entropy_shortcut: taken off a copy in place
gradient = probs.clone()
gradient -= d_out
return gradient
# END VARIANT
