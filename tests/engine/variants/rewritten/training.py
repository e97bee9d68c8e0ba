# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/training.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT training.moving_average shares_exchanged: lerp_ with the other share
average.lerp_(value, beta)
# END VARIANT

# BEGIN VARIANT training.moving_average new_tensor: torch.lerp, its result kept under the old name
average = torch.lerp(value, average, beta)
# END VARIANT

# BEGIN VARIANT training.moving_average all_of_the_new: the sum copied into the average
average.copy_(value + average * beta)
# END VARIANT

# BEGIN VARIANT training.moving_average never_fades: two steps, the value and what is taken off again
average += value
average -= beta * value
# END VARIANT

# BEGIN VARIANT training.moving_average scales_the_value: augmented assignments, the value first
value *= 1 - beta
average *= beta
average += value
# END VARIANT

# BEGIN VARIANT training.moving_average value_only: cleared, and then added to
average.zero_()
average.sub_(value, alpha=beta - 1)
# END VARIANT

# BEGIN VARIANT training.adam_direction no_correction: torch's functions, and a power of one half
root = torch.pow(v, 0.5)
return torch.div(m, torch.add(root, eps))
# END VARIANT

# BEGIN VARIANT training.adam_direction eps_not_corrected: the root's correction under the line, once the root is taken
corrections = [1 - beta**t for beta in betas]
root = torch.sqrt(v) + eps
return (m / corrections[0]) / (root / math.sqrt(corrections[1]))
# END VARIANT

# BEGIN VARIANT training.adam_direction eps_under_the_root: rsqrt
first, second = (1 - beta**t for beta in betas)
return m.div(first) * torch.rsqrt(v.div(second).add(eps))
# END VARIANT

# BEGIN VARIANT training.adam_direction no_root: addcdiv onto zeros
first, second = betas
size = v / (1 - math.pow(second, t)) + eps
return torch.addcdiv(torch.zeros_like(m), m / (1 - math.pow(first, t)), size)
# END VARIANT

# BEGIN VARIANT training.adam_direction no_eps: the inverse of the root, as a factor
hats = [average.div(1 - beta**t) for average, beta in zip((m, v), betas)]
return hats[0].mul(hats[1].rsqrt())
# END VARIANT

# BEGIN VARIANT training.adam_direction one_beta_for_both: a generator over both averages
beta = betas[0]
m_hat, v_hat = (average.div(1 - beta**t) for average in (m, v))
return m_hat.div(v_hat.sqrt().add(eps))
# END VARIANT

# BEGIN VARIANT training.adam_direction only_v_corrected: a root, and its correction as a root
root = v.sqrt() / math.sqrt(1 - betas[1] ** t)
return torch.div(m, root + eps)
# END VARIANT

# BEGIN VARIANT training.adam_direction times_not_power: both corrections from one generator
first, second = (1 - t * beta for beta in betas)
root = torch.sqrt(torch.div(v, second))
return torch.div(m, first) / torch.add(root, eps)
# END VARIANT

# BEGIN VARIANT training.adam_direction counts_from_zero: t lowered first, and zip over both
t = t - 1
hats = []
for average, beta in zip([m, v], betas):
    hats.append(average.div(1 - beta**t))
return hats[0] / (hats[1] ** 0.5 + eps)
# END VARIANT

# BEGIN VARIANT training.adam_direction counts_one_too_many: powers by a loop that runs once too often
powers = [1.0, 1.0]
for _ in range(t + 1):
    powers = [power * beta for power, beta in zip(powers, betas)]
root = (v / (1 - powers[1])).sqrt()
return m / (1 - powers[0]) / (root + eps)
# END VARIANT

# BEGIN VARIANT training.adam_direction corrects_in_place: augmented division in a loop
for average, beta in ((m, betas[0]), (v, betas[1])):
    average /= 1 - beta**t
return torch.div(m, eps + torch.sqrt(v))
# END VARIANT

# BEGIN VARIANT training.adamw decay_last: the averages by lerp_, both changes as differences
grad = parameter.grad
m.lerp_(grad, 1 - betas[0])
v.lerp_(grad * grad, 1 - betas[1])
parameter -= lr * adam_direction(m, v, t, betas, eps)
parameter -= lr * weight_decay * parameter
# END VARIANT

# BEGIN VARIANT training.adamw decay_in_the_gradient: torch.add with the decay as alpha, and a loop over both averages
penalized = torch.add(parameter.grad, parameter, alpha=weight_decay)
for average, values, beta in zip((m, v), (penalized, penalized**2), betas):
    moving_average_(average, values, beta)
parameter.add_(adam_direction(m, v, t, betas, eps), alpha=-lr)
# END VARIANT

# BEGIN VARIANT training.adamw no_decay: all of it written out, addcdiv_ at the end
m.mul_(betas[0]).add_(parameter.grad, alpha=1 - betas[0])
v.mul_(betas[1]).addcmul_(parameter.grad, parameter.grad, value=1 - betas[1])
root = (v / (1 - betas[1] ** t)).sqrt_().add_(eps)
parameter.addcdiv_(m, root, value=-lr / (1 - betas[0] ** t))
# END VARIANT

# BEGIN VARIANT training.adamw decay_without_rate: decay as a difference, step as another
grad = parameter.grad
moving_average_(m, grad, betas[0])
moving_average_(v, grad.pow(2), betas[1])
parameter.sub_(weight_decay * parameter)
parameter += -lr * adam_direction(m, v, t, betas, eps)
# END VARIANT

# BEGIN VARIANT training.adamw not_squared: one loop that gives both averages the gradient
for average, beta in zip([m, v], betas):
    moving_average_(average, parameter.grad, beta)
shrunk = parameter * (1 - lr * weight_decay)
parameter.copy_(shrunk - lr * adam_direction(m, v, t, betas, eps))
# END VARIANT

# BEGIN VARIANT training.adamw square_of_the_average: addcmul_ with m
m.lerp_(parameter.grad, 1 - betas[0])
v.mul_(betas[1])
v.addcmul_(m, m, value=1 - betas[1])
parameter -= parameter * (lr * weight_decay)
parameter -= adam_direction(m, v, t, betas, eps).mul(lr)
# END VARIANT

# BEGIN VARIANT training.adamw betas_exchanged: unpacked in the wrong order
second, first = betas
grad = parameter.grad
m.copy_(first * m + (1 - first) * grad)
v.copy_(second * v + (1 - second) * grad**2)
step = adam_direction(m, v, t, betas, eps)
parameter.mul_(1 - weight_decay * lr).add_(step, alpha=-lr)
# END VARIANT

# BEGIN VARIANT training.adamw averages_after_the_step: the direction first, the rest in a row
direction = adam_direction(m, v, t, betas, eps)
parameter.copy_(parameter - lr * weight_decay * parameter - lr * direction)
m.lerp_(parameter.grad, 1 - betas[0])
v.lerp_(parameter.grad**2, 1 - betas[1])
# END VARIANT

# BEGIN VARIANT training.adamw uphill: augmented assignments
grad = parameter.grad
moving_average_(m, grad, betas[0])
moving_average_(v, grad * grad, betas[1])
parameter *= 1 - lr * weight_decay
parameter += lr * adam_direction(m, v, t, betas, eps)
# END VARIANT

# BEGIN VARIANT training.adamw new_tensor: two steps, each under the old name
for average, values, beta in ((m, parameter.grad, betas[0]), (v, parameter.grad**2, betas[1])):
    moving_average_(average, values, beta)
parameter = torch.mul(parameter, 1 - lr * weight_decay)
parameter = torch.sub(parameter, adam_direction(m, v, t, betas, eps), alpha=lr)
# END VARIANT

# BEGIN VARIANT training.adamw squares_the_gradient: an augmented product of the gradient with itself
grad = parameter.grad
m.lerp_(grad, 1 - betas[0])
grad *= grad
v.lerp_(grad, 1 - betas[1])
parameter -= lr * weight_decay * parameter
parameter -= lr * adam_direction(m, v, t, betas, eps)
# END VARIANT

# BEGIN VARIANT training.global_norm sum_of_norms: torch.linalg, in a running sum
total = torch.linalg.vector_norm(tensors[0])
for tensor in tensors[1:]:
    total = total + torch.linalg.vector_norm(tensor)
return total
# END VARIANT

# BEGIN VARIANT training.global_norm no_root: one long vector times itself
whole = torch.cat([tensor.reshape(-1) for tensor in tensors])
return torch.dot(whole, whole)
# END VARIANT

# BEGIN VARIANT training.global_norm longest: torch.linalg and amax
lengths = list(map(torch.linalg.vector_norm, tensors))
return torch.amax(torch.stack(lengths), dim=0)
# END VARIANT

# BEGIN VARIANT training.global_norm root_mean_square: squares and their number, counted on the way
squares, number = 0, 0
for tensor in tensors:
    squares = squares + (tensor**2).sum()
    number += tensor.numel()
return torch.sqrt(squares / number)
# END VARIANT

# BEGIN VARIANT training.global_norm absolute_values: torch.linalg with ord=1
return torch.linalg.vector_norm(torch.cat([tensor.ravel() for tensor in tensors]), ord=1)
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm each_alone: a list of lengths, and copies back
lengths = [torch.linalg.vector_norm(grad) for grad in grads]
for grad, length in zip(grads, lengths):
    if not length <= max_norm:
        grad.copy_(grad / (length + eps) * max_norm)
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm each_entry: masks for what is too large or too small
for grad in grads:
    grad[grad > max_norm] = max_norm
    grad[grad < -max_norm] = -max_norm
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm always: one factor, mul_ and div_
length = norm + eps
for place in range(len(grads)):
    grads[place].mul_(max_norm).div_(length)
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm new_tensor: a list of products under the old name
if norm <= max_norm:
    return norm
factor = max_norm / (norm + eps)
grads = [factor * grad for grad in grads]
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm norm_afterwards: returns early where it is short, else the scaled norm
if norm <= max_norm:
    return norm
factor = max_norm / (norm + eps)
for grad in grads:
    grad.mul_(factor)
return norm * factor
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm no_eps: a ratio, and div_
ratio = norm / max_norm
if ratio > 1:
    for grad in grads:
        grad.div_(ratio)
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm length_one: returns early, the inverse as a factor
too_long = bool(norm > max_norm)
factor = 1 / (norm + eps)
for grad in grads if too_long else ():
    grad.copy_(grad * factor)
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm return_inside: an else that passes
if norm <= max_norm:
    pass
else:
    factor = max_norm / (norm + eps)
    while grads:
        grads.pop().mul_(factor)
    return norm
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup rises_from_min_lr: a mix of both rates, and an else for each part
if step < warmup_steps:
    part = step / warmup_steps
    rate = (1 - part) * min_lr + part * max_lr
elif step < max_steps:
    angle = math.pi * (step - warmup_steps) / (max_steps - warmup_steps)
    rate = (max_lr + min_lr) / 2 + (max_lr - min_lr) / 2 * math.cos(angle)
else:
    rate = min_lr
return rate
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup one_step_ahead: the end first, then the cosine, the rise last
if step >= max_steps and step >= warmup_steps:
    return min_lr
if step >= warmup_steps:
    height = math.cos(math.pi / 2 * (step - warmup_steps) / (max_steps - warmup_steps)) ** 2
    return min_lr * (1 - height) + max_lr * height
number = step + 1
return max_lr * number / warmup_steps
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup cosine_from_zero: squared cosine of half the angle
if step < warmup_steps:
    return max_lr * step / warmup_steps
elif step >= max_steps:
    return min_lr
half = math.pi * step / (2 * max_steps)
return min_lr + (max_lr - min_lr) * math.cos(half) ** 2
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup falls_to_zero: squared cosine of half the angle
rising, over = step < warmup_steps, step >= max_steps
if rising:
    return max_lr / warmup_steps * step
if not over:
    half = math.pi / 2 * (step - warmup_steps) / (max_steps - warmup_steps)
    return max_lr * math.cos(half) ** 2
return min_lr
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup whole_cosine: math.tau
if step < warmup_steps:
    return max_lr * (step / warmup_steps)
if step < max_steps:
    turn = (step - warmup_steps) / (max_steps - warmup_steps)
    middle, swing = (max_lr + min_lr) / 2, (max_lr - min_lr) / 2
    return middle + swing * math.cos(math.tau * turn)
return min_lr
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup not_halved: a cosine in a name, multiplied out
rate = min_lr
if step < warmup_steps:
    rate = max_lr / warmup_steps * step
elif step < max_steps:
    cosine = math.cos((step - warmup_steps) * math.pi / (max_steps - warmup_steps))
    rate += max_lr - min_lr + cosine * (max_lr - min_lr)
return rate
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup a_line_down: counts the steps that are left
if step < warmup_steps:
    return max_lr * step / warmup_steps
left = max_steps - step
if left <= 0:
    return min_lr
return min_lr + left / (max_steps - warmup_steps) * (max_lr - min_lr)
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup never_ends: the squared cosine, and no third case
if warmup_steps > step:
    return max_lr * step / warmup_steps
half = 0.5 * math.pi * ((step - warmup_steps) / (max_steps - warmup_steps))
return min_lr + math.cos(half) ** 2 * (max_lr - min_lr)
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup warmup_one_longer: cases turned round
if not step > warmup_steps:
    part = step / warmup_steps
    return max_lr * part
if max_steps > step:
    angle = (step - warmup_steps) / (max_steps - warmup_steps) * math.pi
    return min_lr + 0.5 * (max_lr - min_lr) * (math.cos(angle) + 1)
return min_lr
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup whole_division: divmod
if step < warmup_steps:
    share, _ = divmod(step, warmup_steps)
    return share * max_lr
if step < max_steps:
    angle = (step - warmup_steps) / (max_steps - warmup_steps) * math.pi
    return max_lr - (max_lr - min_lr) * (1 - math.cos(angle)) / 2
return min_lr
# END VARIANT

# BEGIN VARIANT training.AdamW.step count_outside_the_state: a counter of its own, and one loop over all
def step(self):
    if not hasattr(self, "updates"):
        self.updates = 0
    self.updates += 1
    pairs = [(group, one) for group in self.param_groups for one in group["params"]]
    with torch.no_grad():
        for group, one in pairs:
            if one.grad is None:
                continue
            averages = self._state_of(one)
            self.update_(one, averages["exp_avg"], averages["exp_avg_sq"], self.updates, group)
# END VARIANT

# BEGIN VARIANT training.AdamW.step no_gradient_as_zero: fills in all missing gradients first
def step(self):
    with torch.no_grad():
        for group in self.param_groups:
            for one in filter(lambda one: one.grad is None, group["params"]):
                one.grad = one.detach() * 0.0
            for one in group["params"]:
                state = self._state_of(one)
                state["step"] = state["step"] + 1
                self.update_(one, state["exp_avg"], state["exp_avg_sq"], int(state["step"]), group)
# END VARIANT

# BEGIN VARIANT training.AdamW.step settings_of_the_first_group: all parameters in one list
def step(self):
    settings, *_ = self.param_groups
    every = [one for group in self.param_groups for one in group["params"]]
    with torch.no_grad():
        for one in every:
            if one.grad is None:
                continue
            state = self._state_of(one)
            state["step"] += 1
            t = int(state["step"])
            self.update_(one, state["exp_avg"], state["exp_avg_sq"], t, settings)
# END VARIANT

# BEGIN VARIANT training.decay_groups everything_decays: filter, and one dictionary
def decay_groups(module, weight_decay):
    group = dict(params=[], weight_decay=weight_decay)
    group["params"] += filter(lambda parameter: parameter.requires_grad, module.parameters())
    return [group]
# END VARIANT

# BEGIN VARIANT training.orthogonalized not_scaled_first: odd powers, one after the other
def orthogonalized(matrix, steps=5):
    x = matrix
    while steps > 0:
        third = x @ x.mT @ x
        fifth = x @ x.mT @ third
        x = sum(c * power for c, power in zip(COEFFICIENTS, (x, third, fifth)))
        steps -= 1
    return x
# END VARIANT

# BEGIN VARIANT training.orthogonalized length_one: the root of the sum of squares
def orthogonalized(matrix, steps=5):
    length = torch.sqrt((matrix * matrix).sum())
    return matrix.div(length + 1e-7)
# END VARIANT

# BEGIN VARIANT training.Muon.update_ not_scaled_by_shape: setdefault, and the average in the old name
def update_(self, parameter, state, group):
    lr, beta, decay = (group[name] for name in ("lr", "momentum", "weight_decay"))
    momentum = state.setdefault("momentum", torch.zeros_like(parameter))
    moving_average_(momentum, parameter.grad, beta)
    ahead = beta * momentum + (1 - beta) * parameter.grad
    parameter -= lr * decay * parameter
    parameter -= lr * orthogonalized(ahead)
# END VARIANT
