# Mistakes that an honest beginner makes in `course/g2c/nn/`: each block is a body for one exercise,
# or a wrong version of a given function, and its sentence is what a student is told about it.
# `./noteboosh.sh selftest mistakes` proves that a test catches each of them.

# BEGIN MISTAKE nn.linear bias_forgotten: this leaves the bias out, where there is one
return x @ self.weight.T
# END MISTAKE

# BEGIN MISTAKE nn.linear weight_not_turned: this multiplies with the weight as it lies, (out, in): that fits only where both sizes are equal, and is wrong even there
out = x @ self.weight
return out if self.bias is None else out + self.bias
# END MISTAKE

# BEGIN MISTAKE nn.linear reshaped_not_turned: this reshapes the weight to (in, out): the shape is right, but reshaping keeps the order of the numbers, and turning changes it
out = x @ self.weight.reshape(self.in_features, self.out_features)
return out if self.bias is None else out + self.bias
# END MISTAKE

# BEGIN MISTAKE nn.linear bias_not_asked_for: this adds the bias without asking whether there is one, and where there is none it is None
return x @ self.weight.T + self.bias
# END MISTAKE

# BEGIN MISTAKE nn.linear hidden_from_autograd: this takes the weight's `.data`, which autograd cannot see: the numbers are right, but the weight gets no gradient and never learns
out = x @ self.weight.data.T
return out if self.bias is None else out + self.bias
# END MISTAKE

# BEGIN MISTAKE nn.relu gradient_at_zero: this is right for the values, but its gradient at exactly 0 is 1
return x.clamp(min=0)
# END MISTAKE

# BEGIN MISTAKE nn.relu times_mask: this multiplies by 0 to get 0, and minus infinity times 0 is not a number
return x * (x > 0)
# END MISTAKE

# BEGIN MISTAKE nn.relu absolute: this turns negative numbers round instead of stopping them
return x.abs()
# END MISTAKE

# BEGIN MISTAKE nn.relu wrong_side: this stops what is positive and lets the negative numbers through
return torch.where(x > 0, 0.0, x)
# END MISTAKE

# BEGIN MISTAKE nn.relu overwrites_its_input: this writes the zeros into x itself, which the caller, and the gradient of the layer before, may still need
x[x <= 0] = 0.0
return x
# END MISTAKE

# BEGIN MISTAKE nn.sequential every_layer_gets_x: this gives every layer the first input and keeps the last answer
for layer in self.layers:
    out = layer(x)
return out
# END MISTAKE

# BEGIN MISTAKE nn.sequential backwards: this applies the last layer first
for layer in reversed(self.layers):
    x = layer(x)
return x
# END MISTAKE

# BEGIN MISTAKE nn.sequential returns_in_the_loop: this returns after the first layer: the return stands too far to the right
for layer in self.layers:
    x = layer(x)
    return x
# END MISTAKE

# BEGIN MISTAKE nn.sequential answers_dropped: this calls every layer and keeps none of the answers, so x comes back as it was
for layer in self.layers:
    layer(x)
return x
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss sum: this adds the squares up without averaging, so the loss grows with the batch
return (prediction - target).square().sum()
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss rows: this averages over rows only and adds up within them
return (prediction - target).square().sum(-1).mean()
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss not_squared: this is the mean absolute error
return (prediction - target).abs().mean()
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss square_of_the_mean: this averages first and squares after, so an error of 3 and one of -3 cancel
return (prediction - target).mean().square()
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss root: this takes the root at the end: good to report, in the unit of the target, but it is not the mean of the squares
return (prediction - target).square().mean().sqrt()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss log_of_softmax: this takes the logarithm of a probability that has become 0, so the loss is infinite where it should be large
probs = softmax(logits, dim=1)
return -probs.gather(1, targets[:, None]).log().mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss exp_of_the_logits: this has log and exp cancelled for the right logit only; the others go through exp as they are, which overflows float32 at about 88.7
right = logits.gather(1, targets[:, None])[:, 0]
return (logits.exp().sum(1).log() - right).mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss whole_columns: this compares every row with every target: an index of columns alone takes whole columns
return (logsumexp(logits, dim=1)[:, None] - logits[:, targets]).mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss sum: this adds the losses up instead of averaging, so the loss grows with the batch
right = logits.gather(1, targets[:, None])[:, 0]
return (logsumexp(logits, dim=1) - right).sum()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss sign: this has the sign the other way round, so training would make the model worse
right = logits.gather(1, targets[:, None])[:, 0]
return (right - logsumexp(logits, dim=1)).mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss softmax_twice: this takes softmax first and treats the probabilities as logits, so the loss can never come near 0
probs = softmax(logits, dim=1)
right = probs.gather(1, targets[:, None])[:, 0]
return (logsumexp(probs, dim=1) - right).mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss over_the_batch: this normalises over the examples instead of over the vocabulary
log_probs = logits - logsumexp(logits, dim=0)
return -log_probs.gather(1, targets[:, None]).mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss bits: this measures in bits; losses in this course are in nats
import math
right = logits.gather(1, targets[:, None])[:, 0]
return (logsumexp(logits, dim=1) - right).mean() / math.log(2)
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss missing_probability: this is the mean of 1 - probability: it stops at 1, so a model that is sure and wrong is told almost nothing, and its gradient vanishes
probs = softmax(logits, dim=1)
return (1 - probs.gather(1, targets[:, None])).mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward not_divided: this forgets that the loss is a mean over N rows
d_logits = softmax(logits, dim=1)
return d_logits.scatter(1, targets[:, None], d_logits.gather(1, targets[:, None]) - 1)
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward whole_columns: this takes 1 away from whole columns, not from one entry in each row
d_logits = softmax(logits, dim=1)
d_logits[:, targets] -= 1
return d_logits / N
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward in_place: this computes the gradient inside the caller's logits
logits -= logits.amax(1, keepdim=True)
logits.exp_()
logits /= logits.sum(1, keepdim=True)
logits[torch.arange(N), targets] -= 1
return logits / N
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward sign: this has the sign the other way round: the gradient points to where the loss grows, so what is predicted too much is positive
d_logits = softmax(logits, dim=1)
right = d_logits.gather(1, targets[:, None])
return -d_logits.scatter(1, targets[:, None], right - 1) / N
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward divided_by_every_entry: this divides by N times V, but the loss is a mean over N rows: a row is one example
d_logits = softmax(logits, dim=1)
right = d_logits.gather(1, targets[:, None])
return d_logits.scatter(1, targets[:, None], right - 1) / logits.numel()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward right_entry_only: this is the gradient of the right logit alone: the others raise the loss too, each by its probability
right = softmax(logits, dim=1).gather(1, targets[:, None])
return torch.zeros_like(logits).scatter(1, targets[:, None], right - 1) / N
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward no_softmax: this takes 1 from the logits themselves: probabilities minus one-hot is meant
right = logits.gather(1, targets[:, None])
return logits.scatter(1, targets[:, None], right - 1) / N
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_backward overflows: this makes its own softmax without taking the maximum off, and exp overflows float32 at about 88.7
powers = logits.exp()
d_logits = powers / powers.sum(1, keepdim=True)
right = d_logits.gather(1, targets[:, None])
return d_logits.scatter(1, targets[:, None], right - 1) / N
# END MISTAKE

# BEGIN MISTAKE nn.sgd uphill: this walks with the gradient, and the gradient points uphill
parameter += lr * (parameter.grad + weight_decay * parameter)
# END MISTAKE

# BEGIN MISTAKE nn.sgd new_tensor: this makes a new tensor and gives it the old name: the model's parameter stays what it was
parameter = parameter - lr * (parameter.grad + weight_decay * parameter)
# END MISTAKE

# BEGIN MISTAKE nn.sgd no_decay: this leaves weight_decay out
parameter -= lr * parameter.grad
# END MISTAKE

# BEGIN MISTAKE nn.sgd decay_without_rate: this pulls weights towards 0 by weight_decay alone, not by lr times weight_decay
parameter -= lr * parameter.grad + weight_decay * parameter
# END MISTAKE

# BEGIN MISTAKE nn.sgd decay_outwards: this subtracts the decay from the gradient, so weights are pushed away from 0
parameter -= lr * (parameter.grad - weight_decay * parameter)
# END MISTAKE

# BEGIN MISTAKE nn.sgd penalty_not_its_slope: this adds the penalty itself, weight_decay / 2 times the square; what belongs to a gradient is its derivative
parameter -= lr * (parameter.grad + weight_decay / 2 * parameter.square())
# END MISTAKE

# BEGIN MISTAKE nn.sgd gradient_changed: this adds the decay to `.grad` itself, which is the optimizer's to read only: a second step from the same gradient would count the decay twice
parameter.grad += weight_decay * parameter
parameter -= lr * parameter.grad
# END MISTAKE

# BEGIN MISTAKE nn.decaying_sgd never_counts: this never stores t, so every step is the first
t = self.state[parameter].get("t", 0)
super().update_(parameter, lr / math.sqrt(t + 1), weight_decay)
# END MISTAKE

# BEGIN MISTAKE nn.decaying_sgd starts_at_one: this counts before it steps, so the first rate is lr / sqrt(2)
state = self.state[parameter]
state["t"] = state.get("t", 0) + 1
super().update_(parameter, lr / math.sqrt(state["t"] + 1), weight_decay)
# END MISTAKE

# BEGIN MISTAKE nn.decaying_sgd no_root: this divides by the number of steps and not by its square root
state = self.state[parameter]
t = state.get("t", 0)
super().update_(parameter, lr / (t + 1), weight_decay)
state["t"] = t + 1
# END MISTAKE

# BEGIN MISTAKE nn.decaying_sgd outside_the_state: this keeps the count beside the state, so a checkpoint forgets it
self.taken = getattr(self, "taken", 0) + 1
super().update_(parameter, lr / math.sqrt(self.taken), weight_decay)
# END MISTAKE

# BEGIN MISTAKE nn.decaying_sgd decay_forgotten: this lets the rate fall and drops the weight decay on the way
state = self.state[parameter]
t = state.get("t", 0)
super().update_(parameter, lr / math.sqrt(t + 1), 0.0)
state["t"] = t + 1
# END MISTAKE

# BEGIN MISTAKE nn.decaying_sgd divided_again_and_again: this divides the rate that was divided already, so it falls like 1 over the root of a factorial and training stands still
state = self.state[parameter]
t = state.get("t", 0)
rate = state.get("rate", lr) / math.sqrt(t + 1)
super().update_(parameter, rate, weight_decay)
state["t"], state["rate"] = t + 1, rate
# END MISTAKE

# ---- the given functions ----

# BEGIN MISTAKE nn.Linear.reset_parameters bounds_in_stds: trunc_normal_ takes its bounds as values: at -3 and 3 nothing is ever cut
def reset_parameters(self, generator=None):
    std = math.sqrt(2 / (self.in_features + self.out_features))
    nn.init.trunc_normal_(self.weight, std=std, a=-3, b=3, generator=generator)
    if self.bias is not None:
        self.bias.data.zero_()
# END MISTAKE

# BEGIN MISTAKE nn.Linear.reset_parameters variance_as_std: this takes 2 / (in + out) for the std, but that is the variance: its root is missing, and the weights come out far too small
def reset_parameters(self, generator=None):
    std = 2 / (self.in_features + self.out_features)
    nn.init.trunc_normal_(self.weight, std=std, a=-3 * std, b=3 * std, generator=generator)
    if self.bias is not None:
        self.bias.data.zero_()
# END MISTAKE

# BEGIN MISTAKE nn.Linear.reset_parameters global_generator: the generator is taken and forgotten, so the same seed gives other weights each time
def reset_parameters(self, generator=None):
    std = math.sqrt(2 / (self.in_features + self.out_features))
    nn.init.trunc_normal_(self.weight, std=std, a=-3 * std, b=3 * std)
    if self.bias is not None:
        self.bias.data.zero_()
# END MISTAKE

# BEGIN MISTAKE nn.Dropout.forward not_scaled: this drops and does not scale what is left, so the sum that the next layer sees is smaller in training than in evaluation
def forward(self, x):
    if not self.training or self.p == 0:
        return x
    return x * torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
# END MISTAKE

# BEGIN MISTAKE nn.Dropout.forward also_in_evaluation: this drops in evaluation too, so the same input gives another answer each time
def forward(self, x):
    kept = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
    return x * kept / (1 - self.p)
# END MISTAKE

# BEGIN MISTAKE nn.Dropout.forward keeps_what_it_should_drop: this keeps each entry with probability p, where p is the probability to be dropped
def forward(self, x):
    if not self.training or self.p == 0:
        return x
    kept = torch.empty_like(x).bernoulli_(self.p, generator=self.generator)
    return x * kept / self.p
# END MISTAKE

# BEGIN MISTAKE nn.SGD.step first_group_only: this walks through the first group only, so the parameters of all others stand still
@torch.no_grad()
def step(self):
    group = self.param_groups[0]
    for parameter in group["params"]:
        if parameter.grad is not None:
            self.update_(parameter, group["lr"], group["weight_decay"])
# END MISTAKE

# BEGIN MISTAKE nn.SGD.step decay_without_a_gradient: this moves parameters that have no gradient, by a gradient of 0: the weight decay then eats what this loss does not use
@torch.no_grad()
def step(self):
    for group in self.param_groups:
        for parameter in group["params"]:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            self.update_(parameter, group["lr"], group["weight_decay"])
# END MISTAKE
