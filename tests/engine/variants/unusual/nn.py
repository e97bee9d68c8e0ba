# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.nn`: the diagnosis must be silent on them.

# BEGIN VARIANT nn.linear einsum: letters
out = torch.einsum("oi,...i->...o", self.weight, x)
if self.bias is not None:
    out = out + self.bias
return out
# END VARIANT

# BEGIN VARIANT nn.linear feature_by_feature: one output after the other
outputs = []
for o in range(self.out_features):
    value = (x * self.weight[o]).sum(dim=-1)
    outputs.append(value if self.bias is None else value + self.bias[o])
return torch.stack(outputs, dim=-1)
# END VARIANT

# BEGIN VARIANT nn.linear augmented: the bias as one more column, for an input of ones
if self.bias is None:
    return torch.matmul(x, self.weight.transpose(0, 1))
ones = torch.ones_like(x[..., :1])
wider = torch.cat([self.weight, self.bias.unsqueeze(1)], dim=1)
return torch.cat([x, ones], dim=-1) @ wider.T
# END VARIANT

# BEGIN VARIANT nn.linear flat_rows: rows in one matrix, addmm
rows = x.reshape(-1, self.in_features)
if self.bias is None:
    out = torch.mm(rows, self.weight.t())
else:
    out = torch.addmm(self.bias, rows, self.weight.t())
return out.reshape(x.shape[:-1] + (self.out_features,))
# END VARIANT

# BEGIN VARIANT nn.linear columns: weight times column vectors
out = (self.weight @ x.unsqueeze(-1)).squeeze(-1)
return out + (self.bias if self.bias is not None else 0)
# END VARIANT

# BEGIN VARIANT nn.linear tensordot: sums over the inputs
out = torch.tensordot(x, self.weight, dims=([-1], [1]))
if self.bias is not None:
    out += self.bias
return out
# END VARIANT

# BEGIN VARIANT nn.relu masked_fill: fills what is not positive
return x.masked_fill(x <= 0, 0)
# END VARIANT

# BEGIN VARIANT nn.relu index_assignment: a copy with zeros written in
out = x.clone()
out[~(x > 0)] = 0
return out
# END VARIANT

# BEGIN VARIANT nn.relu picked: the positive entries, into zeros
positive = x > 0
out = torch.zeros_like(x)
out[positive] = x[positive]
return out
# END VARIANT

# BEGIN VARIANT nn.relu own_function: a derivative of its own
class Gate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, given):
        ctx.save_for_backward(given > 0)
        return torch.where(given > 0, given, torch.zeros_like(given))

    @staticmethod
    def backward(ctx, d_out):
        (open_,) = ctx.saved_tensors
        return d_out * open_

return Gate.apply(x)
# END VARIANT

# BEGIN VARIANT nn.relu threshold: torch.threshold
return torch.threshold(x, 0.0, 0.0)
# END VARIANT

# BEGIN VARIANT nn.sequential reduce: a fold
from functools import reduce

return reduce(lambda signal, layer: layer(signal), self.layers, x)
# END VARIANT

# BEGIN VARIANT nn.sequential recursion: the last layer after all before it
def upto(n):
    return x if n == 0 else self.layers[n - 1](upto(n - 1))

return upto(len(self.layers))
# END VARIANT

# BEGIN VARIANT nn.sequential history: keeps every signal
signals = [x]
for layer in self.layers:
    signals.append(layer(signals[-1]))
return signals.pop()
# END VARIANT

# BEGIN VARIANT nn.sequential composed: builds one function first
def identity(signal):
    return signal

def after(inner, layer):
    return lambda signal: layer(inner(signal))

whole = identity
for layer in self.layers:
    whole = after(whole, layer)
return whole(x)
# END VARIANT

# BEGIN VARIANT nn.sequential iterator: next until there is none
layers = iter(self.layers)
while (layer := next(layers, None)) is not None:
    x = layer(x)
return x
# END VARIANT

# BEGIN VARIANT nn.mse_loss dot: a scalar product over the number of entries
error = (prediction - target).flatten()
return error.dot(error) / error.numel()
# END VARIANT

# BEGIN VARIANT nn.mse_loss nested_means: one dimension after another
loss = torch.pow(target - prediction, 2)
while loss.ndim:
    loss = loss.mean(dim=0)
return loss
# END VARIANT

# BEGIN VARIANT nn.mse_loss entry_by_entry: a running total
pairs = list(zip(prediction.reshape(-1), target.reshape(-1)))
total = 0
for guess, truth in pairs:
    total = total + (guess - truth) ** 2
return total / len(pairs)
# END VARIANT

# BEGIN VARIANT nn.mse_loss scaled_first: divides before it adds up
difference = prediction - target
return torch.einsum("i,i->", difference.reshape(-1) / difference.numel(), difference.reshape(-1))
# END VARIANT

# BEGIN VARIANT nn.mse_loss double: float64 and back
error = prediction.double() - target.double()
mean = (error * error).sum() / max(error.numel(), 1)
return mean.to(torch.result_type(prediction, target))
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss log_probabilities: log softmax by hand, fancy index
log_probs = logits - logits.max(dim=1, keepdim=True).values
log_probs = log_probs - log_probs.exp().sum(dim=1, keepdim=True).log()
return -log_probs[torch.arange(len(targets)), targets].mean()
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss relative: everything measured from the right score
right = logits.gather(1, targets.unsqueeze(1))
return logsumexp(logits - right, dim=1).mean()
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss row_by_row: a loop over examples
total = 0.0
for row, target in zip(logits, targets.tolist()):
    total = total + (logsumexp(row, dim=0) - row[target])
return total / len(logits)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss mask: a mask of the right columns
columns = torch.arange(logits.shape[1], device=logits.device)
right = torch.where(columns == targets[:, None], logits, torch.zeros_like(logits)).sum()
return (logsumexp(logits, dim=1).sum() - right) / logits.shape[0]
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss diagonal: all columns of targets, and the diagonal of them
norms = logsumexp(logits, dim=-1)
return torch.mean(norms - logits[:, targets].diagonal())
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss logaddexp: folded over the vocabulary, in float64
scores = logits.double()
norm = scores[:, 0]
for column in scores.unbind(1)[1:]:
    norm = torch.logaddexp(norm, column)
right = scores.flatten()[torch.arange(len(scores)) * scores.shape[1] + targets]
return (norm - right).mean().to(logits.dtype)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward unit_rows: minus rows of the unit matrix
V = logits.shape[1]
onehot = torch.eye(V, dtype=logits.dtype, device=logits.device)[targets]
return (softmax(logits, dim=1) - onehot) / N
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward autograd: through the loss
with torch.enable_grad():
    leaf = logits.detach().clone().requires_grad_()
    loss = (logsumexp(leaf, dim=1) - leaf[torch.arange(N), targets]).mean()
    loss.backward()
return leaf.grad
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward subtract_in_place: one entry in each row, on the softmax
d_logits = softmax(logits, dim=1).clone()
d_logits[torch.arange(N), targets] -= 1.0
d_logits /= N
return d_logits
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward row_by_row: a list of rows
rows = []
for n in range(N):
    row = softmax(logits[n], dim=0)
    spike = torch.zeros_like(row)
    spike[targets[n]] = 1
    rows.append(row / N - spike / N)
return torch.stack(rows)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward where: probability, less 1 where the column is the target
columns = torch.arange(logits.shape[1], device=logits.device).expand_as(logits)
probs = torch.exp(logits - logsumexp(logits, dim=1)[:, None])
return torch.where(columns == targets[:, None], probs - 1, probs).div(N)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward scatter_add: minus 1/N added at the targets
d_logits = softmax(logits, 1) / N
return d_logits.scatter_add(1, targets.view(-1, 1), torch.full((N, 1), -1.0 / N, dtype=d_logits.dtype))
# END VARIANT

# BEGIN VARIANT nn.sgd shrink_then_step: decay as a factor
parameter.mul_(1 - lr * weight_decay)
parameter.sub_(parameter.grad, alpha=lr)
# END VARIANT

# BEGIN VARIANT nn.sgd copy: the new values, copied in
new = parameter.clone()
new = new - lr * parameter.grad - (lr * weight_decay) * parameter
parameter.copy_(new)
# END VARIANT

# BEGIN VARIANT nn.sgd data: through .data
parameter.data = parameter.data - lr * (parameter.grad.data + parameter.data * weight_decay)
# END VARIANT

# BEGIN VARIANT nn.sgd entry_by_entry: each number by itself
values, slopes = parameter.data.view(-1), parameter.grad.reshape(-1)
for i in range(values.numel()):
    values[i] -= lr * (slopes[i] + weight_decay * values[i])
# END VARIANT

# BEGIN VARIANT nn.sgd row_by_row: the gradient of the penalised loss, indexed assignment
penalised = torch.add(parameter.grad, parameter, alpha=weight_decay)
parameter[...] = torch.add(parameter, penalised.neg(), alpha=lr)
# END VARIANT

# BEGIN VARIANT nn.sgd lerp: part of the way to zero, then addcmul
parameter.lerp_(torch.zeros_like(parameter), lr * weight_decay)
parameter.addcmul_(parameter.grad, torch.ones_like(parameter), value=-lr)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd counts_first: counts, then divides by the root of the count
state = self.state[parameter]
state["t"] = state.get("t", 0) + 1
super().update_(parameter, lr / state["t"] ** 0.5, weight_decay)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd setdefault: a power of minus one half
state = self.state[parameter]
rate = lr * (1 + state.setdefault("t", 0)) ** -0.5
SGD.update_(self, parameter, rate, weight_decay)
state["t"] += 1
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd by_itself: the whole step, without the class above
try:
    t = self.state[parameter]["t"]
except KeyError:
    t = 0
self.state[parameter] = {"t": t + 1}
rate = lr / math.sqrt(1 + t)
parameter.add_(-rate * (parameter.grad + weight_decay * parameter))
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd tensor_count: the count is a tensor
state = self.state[parameter]
if not state:
    state["t"] = torch.zeros((), dtype=torch.float64)
state["t"] = state["t"] + 1
super().update_(parameter, lr / float(state["t"].double().sqrt()), weight_decay)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd logarithm: the rate from a logarithm
taken = self.state[parameter].get("t", 0)
rate = lr * math.exp(-math.log1p(taken) / 2)
self.state[parameter].update(t=taken + 1)
super().update_(parameter, rate, weight_decay)
# END VARIANT
