# Mistakes that an honest beginner makes in `course/g2c/tensors/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE tensors.matmul_loops last_product_only: this writes each product over the one before instead of adding them up
N, D, F = a.shape[0], a.shape[1], b.shape[1]
product = torch.zeros(N, F, dtype=a.dtype, device=a.device)
for row in range(N):
    for column in range(F):
        for inner in range(D):
            product[row, column] = a[row, inner] * b[inner, column]
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

# BEGIN MISTAKE tensors.linear_backward mean_over_rows: this averages over the rows, but a weight that is used N times gets the sum of N gradients
return d_out @ weight, d_out.T @ x / x.shape[0]
# END MISTAKE

# BEGIN MISTAKE tensors.linear_backward swapped: this returns the two gradients in the wrong order
return d_out.T @ x, d_out @ weight
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward diagonal_only: this lets each score move its own probability only, but pushing one up pushes all the others down
return d_out * probs * (1 - probs)
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward whole_tensor: this takes one weighted mean for all rows instead of one for each
return probs * (d_out - (d_out * probs).sum())
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

# BEGIN MISTAKE tensors.linear_backward weight_gradient_transposed: this returns the gradient of the weight as (in, out), but the weight is (out, in)
return d_out @ weight, x.T @ d_out
# END MISTAKE

# BEGIN MISTAKE tensors.softmax_backward probs_forgotten: this takes the mean off, but does not multiply by the probabilities
mean = (d_out * probs).sum(-1, keepdim=True)
return d_out - mean
# END MISTAKE
