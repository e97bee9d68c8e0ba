# Wrong answers that a student might well give, each of which a test of module 02 must catch.
# The proof puts each body in the place of the exercise, or of the given function it names.

# ---- matmul_loops ----

# BEGIN MISTAKE tensors.matmul_loops last_product_only: this writes each product over the one before instead of adding them up
N, D, F = a.shape[0], a.shape[1], b.shape[1]
product = torch.zeros(N, F, dtype=a.dtype, device=a.device)
for row in range(N):
    for column in range(F):
        for inner in range(D):
            product[row, column] = a[row, inner] * b[inner, column]
return product
# END MISTAKE

# BEGIN MISTAKE tensors.matmul_loops last_term_missing: this leaves out the last term of every sum: range(D - 1) ends at D - 2
N, D, F = a.shape[0], a.shape[1], b.shape[1]
product = torch.zeros(N, F, dtype=a.dtype, device=a.device)
for row in range(N):
    for column in range(F):
        for inner in range(D - 1):
            product[row, column] += a[row, inner] * b[inner, column]
return product
# END MISTAKE

# BEGIN MISTAKE tensors.matmul_loops float32: this adds up in float32 whatever the dtype of a, so float64 loses half its digits
N, D, F = a.shape[0], a.shape[1], b.shape[1]
product = torch.zeros(N, F)
for row in range(N):
    for column in range(F):
        for inner in range(D):
            product[row, column] += a[row, inner] * b[inner, column]
return product
# END MISTAKE

# BEGIN MISTAKE tensors.matmul_loops rows_of_both: this takes a row of b where a column is wanted: for squares that is the product with b turned round, and other shapes run out of range
N, D, F = a.shape[0], a.shape[1], b.shape[1]
product = torch.zeros(N, F, dtype=a.dtype, device=a.device)
for row in range(N):
    for column in range(F):
        for inner in range(D):
            product[row, column] += a[row, inner] * b[column, inner]
return product
# END MISTAKE

# ---- broadcast_shapes ----

# BEGIN MISTAKE tensors.broadcast_shapes no_check: this takes the larger of any two sizes, also of 3 and 4, which do not fit
return tuple(max(m, n) for m, n in reversed(pairs))
# END MISTAKE

# BEGIN MISTAKE tensors.broadcast_shapes larger_wins: this lets the larger size win, but a size of 0 stays 0 against a 1
if any(m != n and 1 not in (m, n) for m, n in pairs):
    raise ValueError(f"shapes {a} and {b} do not broadcast")
return tuple(max(m, n) for m, n in reversed(pairs))
# END MISTAKE

# BEGIN MISTAKE tensors.broadcast_shapes backwards: this forgets that the pairs start at the last dimension, so the shape comes out back to front
if any(m != n and 1 not in (m, n) for m, n in pairs):
    raise ValueError(f"shapes {a} and {b} do not broadcast")
return tuple(n if m == 1 else m for m, n in pairs)
# END MISTAKE

# BEGIN MISTAKE tensors.broadcast_shapes equal_sizes_only: this asks every pair of sizes to be equal, but a 1 stretches to any size
if any(m != n for m, n in pairs):
    raise ValueError(f"shapes {a} and {b} do not broadcast")
return tuple(m for m, _ in reversed(pairs))
# END MISTAKE

# BEGIN MISTAKE tensors.broadcast_shapes only_the_second_stretches: this lets the second shape stretch to the first, but a 1 in the first stretches as well
if any(n not in (1, m) for m, n in pairs):
    raise ValueError(f"shapes {a} and {b} do not broadcast")
return tuple(m for m, _ in reversed(pairs))
# END MISTAKE

# BEGIN MISTAKE tensors.broadcast_shapes from_the_left: this pairs the sizes from the first dimension on, but shapes are laid against each other at their last one
pairs = list(zip_longest(a, b, fillvalue=1))
if any(m != n and 1 not in (m, n) for m, n in pairs):
    raise ValueError(f"shapes {a} and {b} do not broadcast")
return tuple(n if m == 1 else m for m, n in pairs)
# END MISTAKE

# ---- softmax ----

# BEGIN MISTAKE tensors.softmax overflows: this is the formula of the book, and exp overflows at 88.7: subtract the maximum first
exps = x.exp()
return exps / exps.sum(dim, keepdim=True)
# END MISTAKE

# BEGIN MISTAKE tensors.softmax global_maximum: this subtracts the maximum of the whole tensor, so a row far below it becomes 0 / 0
exps = (x - x.max()).exp()
return exps / exps.sum(dim, keepdim=True)
# END MISTAKE

# BEGIN MISTAKE tensors.softmax always_last: this always works along the last dimension, whatever dim asks for
exps = (x - x.amax(-1, keepdim=True)).exp()
return exps / exps.sum(-1, keepdim=True)
# END MISTAKE

# BEGIN MISTAKE tensors.softmax dimension_lost: this sums without keepdim, so the sums line up with the wrong dimension: an error for most shapes, wrong numbers for a square
exps = (x - x.amax(dim, keepdim=True)).exp()
return exps / exps.sum(dim)
# END MISTAKE

# BEGIN MISTAKE tensors.softmax sum_of_everything: this divides by the sum of the whole tensor, so all rows together sum to 1 and not each of them
exps = (x - x.amax(dim, keepdim=True)).exp()
return exps / exps.sum()
# END MISTAKE

# BEGIN MISTAKE tensors.softmax in_place: this subtracts the maximum from the caller's own scores: x -= … changes the tensor that came in, where x = x - … makes a new one
x -= x.amax(dim, keepdim=True).detach()
exps = x.exp()
return exps / exps.sum(dim, keepdim=True)
# END MISTAKE

# ---- logsumexp ----

# BEGIN MISTAKE tensors.logsumexp overflows: this takes exp of the scores as they are, and exp overflows at 88.7
return x.exp().sum(dim).log()
# END MISTAKE

# BEGIN MISTAKE tensors.logsumexp maximum_forgotten: this takes the maximum out of the exponents and does not put it back
top = x.amax(dim, keepdim=True)
return (x - top).exp().sum(dim).log()
# END MISTAKE

# BEGIN MISTAKE tensors.logsumexp keeps_the_dimension: this leaves the dimension in, with size 1
top = x.amax(dim, keepdim=True)
return (x - top).exp().sum(dim, keepdim=True).log() + top
# END MISTAKE

# BEGIN MISTAKE tensors.logsumexp global_maximum: this takes the maximum of the whole tensor out, so a row far below it is left with log(0), minus infinity
top = x.max().detach()
return (x - top).exp().sum(dim).log() + top
# END MISTAKE

# BEGIN MISTAKE tensors.logsumexp mean_of_exps: this takes the mean of the exps and not their sum, so the result is too small by log(V)
top = x.amax(dim, keepdim=True).detach()
return (x - top).exp().mean(dim).log() + top.squeeze(dim)
# END MISTAKE

# BEGIN MISTAKE tensors.logsumexp squeezes_everything: squeeze() without a dimension removes every size of 1, so the maximum of another dimension of size 1 is added to the wrong entries
top = x.amax(dim, keepdim=True).detach()
return (x - top).exp().sum(dim).log() + top.squeeze()
# END MISTAKE

# ---- linear_backward ----

# BEGIN MISTAKE tensors.linear_backward mean_over_rows: this averages over the rows, but a weight that is used N times gets the sum of N gradients
return d_out @ weight, d_out.T @ x / x.shape[0]
# END MISTAKE

# BEGIN MISTAKE tensors.linear_backward swapped: this returns the two gradients in the wrong order
return d_out.T @ x, d_out @ weight
# END MISTAKE

# BEGIN MISTAKE tensors.linear_backward weight_gradient_transposed: this returns the gradient of the weight as (in, out), but the weight is (out, in)
return d_out @ weight, x.T @ d_out
# END MISTAKE

# BEGIN MISTAKE tensors.linear_backward forward_again: this multiplies by weight.T as on the way forward, but on the way back the F outputs are summed over: a square weight hides it, any other raises
return d_out @ weight.T, d_out.T @ x
# END MISTAKE

# BEGIN MISTAKE tensors.linear_backward sum_over_rows_for_x: this adds the gradients of all rows of x up, but each row of x was used once, for its own row of out
d_x = (d_out @ weight).sum(0, keepdim=True).expand_as(x)
return d_x, d_out.T @ x
# END MISTAKE

# ---- softmax_backward ----

# BEGIN MISTAKE tensors.softmax_backward diagonal_only: this lets each score move its own probability only, but pushing one up pushes all the others down
return d_out * probs * (1 - probs)
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward whole_tensor: this takes one weighted mean for all rows instead of one for each
return probs * (d_out - (d_out * probs).sum())
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward probs_forgotten: this takes the mean off, but does not multiply by the probabilities
mean = (d_out * probs).sum(-1, keepdim=True)
return d_out - mean
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward plain_mean: this takes off the plain mean of d_out, but each entry counts in it as much as its probability
return probs * (d_out - d_out.mean(-1, keepdim=True))
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward cross_entropy_shortcut: this is the gradient of softmax and cross-entropy taken together, for which d_out would have to be the one-hot target
return probs - d_out
# END MISTAKE
