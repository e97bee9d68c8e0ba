# Mistakes that an honest beginner makes in `course/g2c/training/`: each block is a body for one
# exercise, or a wrong version of a given function, and its sentence is what a student is told about
# it. `./noteboosh.sh selftest mistakes` proves that a test catches each of them.

# ---- moving_average ----

# BEGIN MISTAKE training.moving_average shares_exchanged: this keeps the share 1 - beta of the average and takes beta from the new value, so with beta near 1 it forgets nearly everything at each step
average.mul_(1 - beta).add_(value, alpha=beta)
# END MISTAKE

# BEGIN MISTAKE training.moving_average new_tensor: this makes a new tensor and gives it the old name: the caller's average stays what it was
average = beta * average + (1 - beta) * value
# END MISTAKE

# BEGIN MISTAKE training.moving_average all_of_the_new: this lets the average fade but adds all of the new value: that is a sum, in the end 1 / (1 - beta) times too large
average.mul_(beta).add_(value)
# END MISTAKE

# BEGIN MISTAKE training.moving_average never_fades: this adds a share of the new value but keeps all of the old average, so it grows without an end
average.add_(value, alpha=1 - beta)
# END MISTAKE

# BEGIN MISTAKE training.moving_average scales_the_value: this multiplies the new value in place, and that value is the caller's: a gradient would be changed
average.mul_(beta).add_(value.mul_(1 - beta))
# END MISTAKE

# BEGIN MISTAKE training.moving_average value_only: this overwrites the average with a share of the new value: it remembers nothing
average.copy_((1 - beta) * value)
# END MISTAKE

# ---- adam_direction ----

# BEGIN MISTAKE training.adam_direction no_correction: this leaves out the correction of the start at 0: with the usual betas the first step is then about three times too long
return m / (v.sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction eps_not_corrected: this moves both corrections out in front, so eps is added to a root that is still too small: in early steps eps then counts more than in torch's AdamW
rate = (1 - betas[1] ** t) ** 0.5 / (1 - betas[0] ** t)
return rate * m / (v.sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction eps_under_the_root: this adds eps before it takes the root, where it counts as the root of eps
m_hat = m / (1 - betas[0] ** t)
v_hat = v / (1 - betas[1] ** t)
return m_hat / (v_hat + eps).sqrt()
# END MISTAKE

# BEGIN MISTAKE training.adam_direction no_root: this divides by the mean square and not by its root, so small gradients make huge steps
m_hat = m / (1 - betas[0] ** t)
v_hat = v / (1 - betas[1] ** t)
return m_hat / (v_hat + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction no_eps: this leaves eps out: where every gradient was 0 it divides 0 by 0
m_hat = m / (1 - betas[0] ** t)
v_hat = v / (1 - betas[1] ** t)
return m_hat / v_hat.sqrt()
# END MISTAKE

# BEGIN MISTAKE training.adam_direction one_beta_for_both: this corrects both averages with the first beta
correction = 1 - betas[0] ** t
return m / correction / ((v / correction).sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction only_v_corrected: this corrects v and forgets m, so the first steps are too short
v_hat = v / (1 - betas[1] ** t)
return m / (v_hat.sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction times_not_power: this multiplies beta by t where beta is to be raised to the power t
m_hat = m / (1 - betas[0] * t)
v_hat = v / (1 - betas[1] * t)
return m_hat / (v_hat.sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction counts_from_zero: this counts the steps from 0: in the first one both corrections are 0, and 0 cannot divide
m_hat = m / (1 - betas[0] ** (t - 1))
v_hat = v / (1 - betas[1] ** (t - 1))
return m_hat / (v_hat.sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction counts_one_too_many: this raises to the power t + 1, but t is 1 in the first step already
m_hat = m / (1 - betas[0] ** (t + 1))
v_hat = v / (1 - betas[1] ** (t + 1))
return m_hat / (v_hat.sqrt() + eps)
# END MISTAKE

# BEGIN MISTAKE training.adam_direction corrects_in_place: this writes the corrected values back into the averages, so the next step corrects them once more
m.div_(1 - betas[0] ** t)
v.div_(1 - betas[1] ** t)
return m / (v.sqrt() + eps)
# END MISTAKE

# ---- adamw ----

# BEGIN MISTAKE training.adamw decay_last: this lets the decay act after the step, so that it shrinks the step as well: close, but torch's AdamW decays first
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square(), betas[1])
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
parameter.mul_(1 - lr * weight_decay)
# END MISTAKE

# BEGIN MISTAKE training.adamw decay_in_the_gradient: this adds the decay to the gradient, where the division by the root undoes it: that is Adam with an L2 penalty, and not AdamW
grad = parameter.grad + weight_decay * parameter
moving_average_(m, grad, betas[0])
moving_average_(v, grad.square(), betas[1])
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw no_decay: this leaves weight_decay out
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square(), betas[1])
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw decay_without_rate: this shrinks by weight_decay alone, where the share is lr times weight_decay
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square(), betas[1])
parameter.mul_(1 - weight_decay)
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw not_squared: this averages the gradient twice: v has to average its square, or its root is not a size
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad, betas[1])
parameter.mul_(1 - lr * weight_decay)
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw square_of_the_average: this averages the square of m, where v has to average the square of the gradient: noise that cancels in m must count in v
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, m.square(), betas[1])
parameter.mul_(1 - lr * weight_decay)
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw betas_exchanged: this gives each average the other's beta
moving_average_(m, parameter.grad, betas[1])
moving_average_(v, parameter.grad.square(), betas[0])
parameter.mul_(1 - lr * weight_decay)
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw averages_after_the_step: this steps before the averages know of this gradient, so every step is one gradient late
parameter.mul_(1 - lr * weight_decay)
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square(), betas[1])
# END MISTAKE

# BEGIN MISTAKE training.adamw uphill: this walks with the gradient, and the gradient points uphill
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square(), betas[1])
parameter.mul_(1 - lr * weight_decay)
parameter.add_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# BEGIN MISTAKE training.adamw new_tensor: this makes a new tensor and gives it the old name: the model's parameter stays what it was
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square(), betas[1])
parameter = parameter * (1 - lr * weight_decay) - lr * adam_direction(m, v, t, betas, eps)
# END MISTAKE

# BEGIN MISTAKE training.adamw squares_the_gradient: this squares the gradient in place, and the gradient is not the optimizer's to change
moving_average_(m, parameter.grad, betas[0])
moving_average_(v, parameter.grad.square_(), betas[1])
parameter.mul_(1 - lr * weight_decay)
parameter.sub_(adam_direction(m, v, t, betas, eps), alpha=lr)
# END MISTAKE

# ---- global_norm ----

# BEGIN MISTAKE training.global_norm sum_of_norms: this adds up the length of each tensor: lengths at right angles add up in squares
return torch.stack([tensor.square().sum().sqrt() for tensor in tensors]).sum()
# END MISTAKE

# BEGIN MISTAKE training.global_norm no_root: this is the square of the length: the root is missing
return torch.stack([tensor.square().sum() for tensor in tensors]).sum()
# END MISTAKE

# BEGIN MISTAKE training.global_norm longest: this is the length of the longest tensor alone
return torch.stack([tensor.square().sum().sqrt() for tensor in tensors]).max()
# END MISTAKE

# BEGIN MISTAKE training.global_norm root_mean_square: this averages the squares where they are to be added, so the length no longer depends on how many numbers there are
squares = torch.cat([tensor.flatten() for tensor in tensors]).square()
return squares.mean().sqrt()
# END MISTAKE

# BEGIN MISTAKE training.global_norm absolute_values: this adds up absolute values: that is the L1 norm, and asked for is the ordinary length
return torch.stack([tensor.abs().sum() for tensor in tensors]).sum()
# END MISTAKE

# ---- clip_grad_norm ----

# BEGIN MISTAKE training.clip_grad_norm each_alone: this cuts every gradient to max_norm by itself: together they stay too long, and the direction changes
for grad in grads:
    length = grad.square().sum().sqrt()
    if length > max_norm:
        grad *= max_norm / (length + eps)
return norm
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm each_entry: this cuts single entries at max_norm: that is clipping by value, it bends the direction and leaves many small entries alone
for grad in grads:
    grad.clamp_(-max_norm, max_norm)
return norm
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm always: this gives every gradient the length max_norm, also those that were short enough: they get longer
for grad in grads:
    grad *= max_norm / (norm + eps)
return norm
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm new_tensor: this makes new tensors and gives them the old name: the gradients of the parameters stay what they were
if norm > max_norm:
    for grad in grads:
        grad = grad * max_norm / (norm + eps)
return norm
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm norm_afterwards: this returns the norm after clipping, so a log would never show a spike
if norm > max_norm:
    for grad in grads:
        grad *= max_norm / (norm + eps)
return global_norm(grads)
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm no_eps: this leaves eps out
if norm > max_norm:
    for grad in grads:
        grad *= max_norm / norm
return norm
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm length_one: this scales to the length 1, whatever max_norm is
if norm > max_norm:
    for grad in grads:
        grad /= norm + eps
return norm
# END MISTAKE

# BEGIN MISTAKE training.clip_grad_norm return_inside: this returns the norm only where it clips, and None elsewhere: the return stands too far to the right
if norm > max_norm:
    for grad in grads:
        grad *= max_norm / (norm + eps)
    return norm
# END MISTAKE

# ---- cosine_with_warmup ----

# BEGIN MISTAKE training.cosine_with_warmup rises_from_min_lr: this begins its rise at min_lr, where the line begins at 0
if step < warmup_steps:
    return min_lr + step / warmup_steps * (max_lr - min_lr)
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup one_step_ahead: this counts the first update as 0 and adds 1 in the warm-up, where the first update is number 1 already
if step < warmup_steps:
    return (step + 1) / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup cosine_from_zero: this begins the cosine at step 0 and not where the warm-up ends, so the rate jumps there
if step < warmup_steps:
    return step / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = step / max_steps
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup falls_to_zero: this forgets min_lr on the way down: the cosine falls to 0, and then the rate jumps up
if step < warmup_steps:
    return step / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return max_lr * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup whole_cosine: this goes through a whole period, 2 pi: the rate is down half-way, and at the end it is up again
if step < warmup_steps:
    return step / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(2 * math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup not_halved: this forgets that 1 + cos goes from 2 down to 0: the rate jumps to nearly twice max_lr
if step < warmup_steps:
    return step / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share))
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup a_line_down: this falls in a straight line and not along a cosine
if step < warmup_steps:
    return step / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return max_lr - (max_lr - min_lr) * share
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup never_ends: this has no end: after max_steps the cosine rises again, and where the warm-up is the whole run it divides by 0
if step < warmup_steps:
    return step / warmup_steps * max_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup warmup_one_longer: this counts step warmup_steps to the warm-up, which divides 0 by 0 where there is none, and where the warm-up is the whole run it ends at max_lr
if step <= warmup_steps:
    return step / warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# BEGIN MISTAKE training.cosine_with_warmup whole_division: this divides with //, which rounds down: the rate is 0 until the warm-up is over
if step < warmup_steps:
    return step // warmup_steps * max_lr
if step >= max_steps:
    return min_lr
share = (step - warmup_steps) / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
# END MISTAKE

# ---- the given functions ----

# BEGIN MISTAKE training.AdamW.step count_outside_the_state: this counts for all parameters at once and beside the state, so a late parameter is corrected wrongly and a checkpoint forgets the count
@torch.no_grad()
def step(self) -> None:
    self.t = getattr(self, "t", 0) + 1
    for group in self.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                state = self._state_of(parameter)
                self.update_(parameter, state["exp_avg"], state["exp_avg_sq"], self.t, group)
# END MISTAKE

# BEGIN MISTAKE training.AdamW.step no_gradient_as_zero: this takes a missing gradient for one of 0, so a parameter that nothing has used decays all the same
@torch.no_grad()
def step(self) -> None:
    for group in self.param_groups:
        for parameter in group["params"]:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            state = self._state_of(parameter)
            state["step"] += 1
            m, v, t = state["exp_avg"], state["exp_avg_sq"], int(state["step"])
            self.update_(parameter, m, v, t, group)
# END MISTAKE

# BEGIN MISTAKE training.AdamW.step settings_of_the_first_group: this takes the settings of the first group for all of them
@torch.no_grad()
def step(self) -> None:
    for group in self.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                state = self._state_of(parameter)
                state["step"] += 1
                m, v, t = state["exp_avg"], state["exp_avg_sq"], int(state["step"])
                self.update_(parameter, m, v, t, self.param_groups[0])
# END MISTAKE

# BEGIN MISTAKE training.decay_groups everything_decays: biases and the gains of norms are pulled towards 0 as well, and a gain of 0 shuts its norm
def decay_groups(module: nn.Module, weight_decay: float) -> list[dict]:
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    return [{"params": parameters, "weight_decay": weight_decay}]
# END MISTAKE

# BEGIN MISTAKE training.orthogonalized not_scaled_first: the five steps work only from singular values up to about 1: from larger ones they run away
def orthogonalized(matrix: Tensor, steps: int = 5) -> Tensor:
    a, b, c = COEFFICIENTS
    x = matrix
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x
# END MISTAKE

# BEGIN MISTAKE training.orthogonalized length_one: this only gives the matrix the length 1: its large singular values stay large beside the small ones
def orthogonalized(matrix: Tensor, steps: int = 5) -> Tensor:
    return matrix / (matrix.norm() + 1e-7)
# END MISTAKE

# BEGIN MISTAKE training.Muon.update_ not_scaled_by_shape: without the factor for its shape a large matrix gets smaller steps than a small one, and than AdamW would give it
def update_(self, parameter: Tensor, state: dict, group: dict) -> None:
    if not state:
        state["momentum"] = torch.zeros_like(parameter)
    moving_average_(state["momentum"], parameter.grad, group["momentum"])
    ahead = torch.lerp(parameter.grad, state["momentum"], group["momentum"])
    parameter.mul_(1 - group["lr"] * group["weight_decay"])
    parameter.sub_(orthogonalized(ahead), alpha=group["lr"])
# END MISTAKE
