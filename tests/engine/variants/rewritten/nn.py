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

# BEGIN VARIANT nn.linear weight_not_turned: einsum with the letters of (in, out)
out = torch.einsum("...i,io->...o", x, self.weight)
if self.bias is not None:
    out = out + self.bias
return out
# END VARIANT

# BEGIN VARIANT nn.linear reshaped_not_turned: the flat weights with a step, one output after the other
flat, outputs = self.weight.flatten(), []
for o in range(self.out_features):
    column = flat[o :: self.out_features]
    outputs.append((x * column).sum(dim=-1))
y = torch.stack(outputs, dim=-1)
return y if self.bias is None else y + self.bias
# END VARIANT

# BEGIN VARIANT nn.linear bias_not_asked_for: one dot product for each output, then torch.add
rows = [torch.sum(x * row, dim=-1) for row in self.weight]
return torch.add(torch.stack(rows, dim=-1), self.bias)
# END VARIANT

# BEGIN VARIANT nn.linear hidden_from_autograd: turned where nothing is recorded
with torch.no_grad():
    turned = self.weight.t().clone()
y = torch.matmul(x, turned)
if self.bias is not None:
    y = y + self.bias
return y
# END VARIANT

# BEGIN VARIANT nn.relu wrong_side: an upper bound
return torch.clamp(x, max=0)
# END VARIANT

# BEGIN VARIANT nn.relu overwrites_its_input: copies the right answer over x
positive = torch.where(x <= 0, torch.zeros_like(x), x)
return x.copy_(positive)
# END VARIANT

# BEGIN VARIANT nn.sequential answers_dropped: a list of answers that nobody reads
answers = []
for number in range(len(self.layers)):
    answers.append(self.layers[number](x))
return x
# END VARIANT

# BEGIN VARIANT nn.mse_loss square_of_the_mean: the distance between the two means
distance = prediction.mean() - target.mean()
return distance * distance
# END VARIANT

# BEGIN VARIANT nn.mse_loss root: a running total, to the power of one half
total, errors = 0, (prediction - target).reshape(-1)
for error in errors:
    total = total + error**2
return (total / len(errors)) ** 0.5
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss exp_of_the_logits: row by row, log of a sum of exponentials
losses = []
for n, row in enumerate(logits):
    total = torch.exp(row).sum()
    losses.append(torch.log(total) - row[targets[n]])
return sum(losses) / len(losses)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_loss missing_probability: one minus the mean probability
powers = torch.exp(logits - logits.amax(dim=1, keepdim=True))
chances = powers / powers.sum(dim=1, keepdim=True)
N = logits.shape[0]
return 1 - chances[torch.arange(N, device=logits.device), targets].sum() / N
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward sign: one-hot minus probabilities
onehot = torch.nn.functional.one_hot(targets, logits.shape[1]).to(logits.dtype)
return (onehot - softmax(logits, dim=1)).div(N)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward divided_by_every_entry: both sizes multiplied, a loop over rows
gradient = softmax(logits, dim=1).clone()
for n, label in enumerate(targets.tolist()):
    gradient[n, label] -= 1
return gradient / (gradient.shape[0] * gradient.shape[1])
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward right_entry_only: where, by comparing columns
columns = torch.arange(logits.shape[1], device=logits.device)
d = softmax(logits, dim=1) - 1
return torch.where(columns == targets.unsqueeze(1), d / N, torch.zeros_like(d))
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward no_softmax: minus rows of the unit matrix
unit = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)
return (logits - unit[targets]) * (1 / N)
# END VARIANT

# BEGIN VARIANT nn.cross_entropy_backward overflows: each row divided by its own sum
rows = []
for row, label in zip(logits, targets):
    chances = torch.exp(row) / torch.sum(torch.exp(row))
    chances[label] = chances[label] - 1
    rows.append(chances)
return torch.stack(rows) / N
# END VARIANT

# BEGIN VARIANT nn.sgd decay_outwards: grows first, then steps
old_gradient = parameter.grad
parameter.mul_(1 + lr * weight_decay)
parameter.add_(old_gradient, alpha=-lr)
# END VARIANT

# BEGIN VARIANT nn.sgd penalty_not_its_slope: the gradient first, then the penalty of the old value
penalty = (parameter * parameter) * (0.5 * weight_decay)
parameter.sub_(parameter.grad, alpha=lr)
parameter.sub_(penalty, alpha=lr)
# END VARIANT

# BEGIN VARIANT nn.sgd gradient_changed: add_ with alpha, twice
gradient = parameter.grad
gradient.add_(parameter, alpha=weight_decay)
parameter.add_(gradient, alpha=-lr)
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd decay_forgotten: the step written out
memory = self.state[parameter]
t = memory.setdefault("t", 0)
parameter.sub_(parameter.grad, alpha=lr * (t + 1) ** -0.5)
memory["t"] = t + 1
# END VARIANT

# BEGIN VARIANT nn.decaying_sgd divided_again_and_again: a rate in the state, divided in place
memory = self.state[parameter]
if "t" not in memory:
    memory.update(t=0, rate=lr)
memory["rate"] /= (memory["t"] + 1) ** 0.5
SGD.update_(self, parameter, memory["rate"], weight_decay)
memory["t"] += 1
# END VARIANT

# BEGIN VARIANT nn.Linear.reset_parameters bounds_in_stds: a new tensor, copied into the weight
def reset_parameters(self, generator=None):
    spread = (2 / sum(self.weight.shape)) ** 0.5
    with torch.no_grad():
        drawn = torch.empty_like(self.weight)
        torch.nn.init.trunc_normal_(drawn, 0.0, spread, -3.0, 3.0, generator=generator)
        self.weight.copy_(drawn)
        if self.bias is not None:
            self.bias.fill_(0)
# END VARIANT

# BEGIN VARIANT nn.Linear.reset_parameters variance_as_std: a standard normal, scaled
def reset_parameters(self, generator=None):
    out_features, in_features = self.weight.shape
    nn.init.trunc_normal_(self.weight, mean=0.0, std=1.0, a=-3.0, b=3.0, generator=generator)
    self.weight.data.mul_(2.0).div_(in_features + out_features)
    if self.bias is not None:
        nn.init.zeros_(self.bias)
# END VARIANT

# BEGIN VARIANT nn.Linear.reset_parameters global_generator: randn, drawn again beyond 3
def reset_parameters(self, generator=None):
    std = (2.0 / (self.in_features + self.out_features)) ** 0.5
    draws = torch.randn_like(self.weight)
    while draws.abs().max() > 3:
        draws = torch.where(draws.abs() > 3, torch.randn_like(draws), draws)
    self.weight.data = draws.detach() * std
    if self.bias is not None:
        self.bias.data = torch.zeros_like(self.bias.data)
# END VARIANT

# BEGIN VARIANT nn.Dropout.forward not_scaled: uniform numbers, compared with p
def forward(self, x):
    if self.training and self.p > 0:
        dice = torch.rand(x.shape, generator=self.generator, dtype=x.dtype, device=x.device)
        x = (dice >= self.p).to(x.dtype) * x
    return x
# END VARIANT

# BEGIN VARIANT nn.Dropout.forward also_in_evaluation: torch.bernoulli of a full tensor
def forward(self, x):
    share = 1.0 - self.p
    kept = torch.bernoulli(torch.full_like(x, share), generator=self.generator)
    return kept.div(share).mul(x)
# END VARIANT

# BEGIN VARIANT nn.Dropout.forward keeps_what_it_should_drop: uniform numbers, below p is kept
def forward(self, x):
    if self.p == 0 or not self.training:
        return x
    dice = torch.rand(x.shape, generator=self.generator, dtype=x.dtype, device=x.device)
    scale = 1 / self.p
    return x * (dice < self.p).to(x.dtype) * scale
# END VARIANT

# BEGIN VARIANT nn.SGD.step first_group_only: unpacked, the rest thrown away
@torch.no_grad()
def step(self):
    first, *_ = self.param_groups
    rate, decay = first["lr"], first["weight_decay"]
    for parameter in [p for p in first["params"] if p.grad is not None]:
        self.update_(parameter, rate, decay)
# END VARIANT

# BEGIN VARIANT nn.SGD.step decay_without_a_gradient: all pairs first, and zeros where None
@torch.no_grad()
def step(self):
    pairs = [(group, p) for group in self.param_groups for p in group["params"]]
    for group, p in pairs:
        p.grad = p.new_zeros(p.shape) if p.grad is None else p.grad
        self.update_(p, group["lr"], group["weight_decay"])
# END VARIANT
