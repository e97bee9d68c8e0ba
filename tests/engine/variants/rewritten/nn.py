# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/nn.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT nn.linear bias_forgotten: einsum
return torch.einsum("...i,oi->...o", x, self.weight)
# END VARIANT

# BEGIN VARIANT nn.relu gradient_at_zero: fills what is below zero
out = x.clone()
return out.masked_fill(x < 0, 0.0)
# END VARIANT

# BEGIN VARIANT nn.relu times_mask: a gate from the sign
gate = x.detach().sign().clamp(min=0)
return gate * x
# END VARIANT

# BEGIN VARIANT nn.relu absolute: times its own sign
signs = torch.sign(x.detach())
return x * signs
# END VARIANT

# BEGIN VARIANT nn.sequential every_layer_gets_x: a list of all answers
answers = [layer(x) for layer in self.layers]
return answers[-1]
# END VARIANT

# BEGIN VARIANT nn.sequential backwards: counts down
index = len(self.layers)
while index > 0:
    index -= 1
    x = self.layers[index](x)
return x
# END VARIANT

# BEGIN VARIANT nn.sequential returns_in_the_loop: by index, and the return one step too deep
out = x
for i in range(len(self.layers)):
    layer = self.layers[i]
    out = layer.forward(out)
    if out is not None:
        return out
# END VARIANT

# BEGIN VARIANT nn.mse_loss sum: a scalar product with itself
error = (target - prediction).reshape(-1)
return torch.dot(error, error)
# END VARIANT

# BEGIN VARIANT nn.mse_loss rows: divides by the number of rows
error = prediction - target
per_row = torch.sum(error * error, dim=-1)
return per_row.sum() / per_row.numel()
# END VARIANT

# BEGIN VARIANT nn.mse_loss not_squared: the larger minus the smaller
distance = torch.maximum(prediction, target) - torch.minimum(prediction, target)
return distance.sum() / distance.numel()
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss log_of_softmax: row by row
losses = []
for row, target in zip(logits, targets):
    p = softmax(row, dim=0)
    losses.append(-torch.log(p[target]))
return torch.stack(losses).mean()
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss whole_columns: each row against the whole list of targets
rows = [logsumexp(row, dim=0) - row[targets] for row in logits]
total = sum(row.sum() for row in rows)
return total / (len(rows) * len(targets))
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss sum: a running total of log probabilities
log_probs = logits - logsumexp(logits, dim=1).unsqueeze(1)
loss = 0
for n in range(len(targets)):
    loss = loss - log_probs[n, targets[n]]
return loss
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss sign: log probabilities, and no minus
log_probs = logits - logsumexp(logits, dim=1)[:, None]
chosen = log_probs[torch.arange(len(targets)), targets]
return chosen.sum() / len(targets)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss softmax_twice: negative log of the second softmax, with a mask
first = torch.exp(logits - logits.amax(dim=1, keepdim=True))
first = first / first.sum(dim=1, keepdim=True)
second = torch.exp(first) / torch.exp(first).sum(dim=1, keepdim=True)
onehot = torch.arange(logits.shape[1]) == targets[:, None]
return -second[onehot].log().mean()
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss over_the_batch: column by column
N = logits.shape[0]
norms = torch.stack([logsumexp(column, dim=0) for column in logits.unbind(1)])
total = 0
for row, label in enumerate(targets.tolist()):
    total = total + norms[label] - logits[row, label]
return total / N
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss bits: log2 of e as a factor, on every row
log2_e = 1.4426950408889634
shifted = (logits - logits.max(dim=1, keepdim=True).values) * log2_e
bits = torch.log2(torch.pow(2.0, shifted).sum(dim=1)) - shifted[range(len(targets)), targets]
return bits.mean()
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward not_divided: minus rows of the unit matrix
V = logits.shape[1]
onehot = torch.eye(V, dtype=logits.dtype, device=logits.device)[targets]
powers = (logits - logits.amax(dim=1, keepdim=True)).exp()
return powers / powers.sum(dim=1, keepdim=True) - onehot
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward whole_columns: a vector of the columns that occur
occurs = torch.zeros(logits.shape[1], dtype=logits.dtype)
for target in targets.tolist():
    occurs[target] = 1
probs = softmax(logits, 1)
return torch.stack([(row - occurs) / N for row in probs])
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward in_place: copies the softmax over the logits, and a loop over the rows
logits.copy_(softmax(logits, dim=1))
for n in range(N):
    logits[n, targets[n]].sub_(1)
return logits.clone().div_(N)
# END VARIANT

# BEGIN VARIANT nn.sgd uphill: add_ with alpha
pull = parameter.grad.add(parameter, alpha=weight_decay)
parameter.add_(pull, alpha=lr)
# END VARIANT

# BEGIN VARIANT nn.sgd new_tensor: torch.sub into a name
step = parameter.grad * lr
step += parameter * (lr * weight_decay)
updated = torch.sub(parameter, step)
parameter = updated
# END VARIANT

# BEGIN VARIANT nn.sgd no_decay: sub_ with alpha
parameter.data.sub_(parameter.grad, alpha=lr)
# END VARIANT

# BEGIN VARIANT nn.sgd decay_without_rate: shrinks first, then steps
gradient = parameter.grad
parameter.mul_(1 - weight_decay)
parameter.sub_(gradient * lr)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd never_counts: takes the count out and does not put it back
memory = dict(self.state[parameter])
t = memory.setdefault("t", 0)
memory["t"] = t + 1
SGD.update_(self, parameter, lr * (t + 1) ** -0.5, weight_decay)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd starts_at_one: the whole step by itself, counted first
memory = self.state[parameter]
if "t" not in memory:
    memory["t"] = 0
memory["t"] += 1
rate = lr * (1 + memory["t"]) ** -0.5
parameter.mul_(1 - rate * weight_decay).sub_(rate * parameter.grad)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd no_root: counts first, and divides by the count
memory = self.state[parameter]
try:
    memory["t"] += 1
except KeyError:
    memory["t"] = 1
rate = lr / memory["t"]
parameter.add_(parameter.grad + weight_decay * parameter, alpha=-rate)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd outside_the_state: an attribute made on the first step
if not hasattr(self, "count"):
    self.count = 0
rate = lr / (self.count + 1) ** 0.5
SGD.update_(self, parameter, rate, weight_decay)
self.count += 1
# END VARIANT
