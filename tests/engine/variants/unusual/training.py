# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.training`: the diagnosis must be silent on them.

# BEGIN VARIANT training.moving_average lerp: moves towards the value by the share that is new
average.lerp_(value, 1 - beta)
# END VARIANT

# BEGIN VARIANT training.moving_average difference: takes off a share of what separates the two
average.sub_(average - value, alpha=1 - beta)
# END VARIANT

# BEGIN VARIANT training.moving_average copied_back: a new tensor, copied into the old one
average.copy_(torch.add(beta * average, value, alpha=1 - beta))
# END VARIANT

# BEGIN VARIANT training.moving_average out: torch.lerp the other way round, into the average
torch.lerp(value, average, beta, out=average)
# END VARIANT

# BEGIN VARIANT training.moving_average matrix_product: both in one tensor, times a vector of shares
shares = average.new_tensor([beta, 1 - beta])
average[...] = torch.stack([average, value], dim=-1) @ shares
# END VARIANT

# BEGIN VARIANT training.moving_average entry_by_entry: Python's numbers, one after the other
mixed = [beta * a + (1 - beta) * b for a, b in zip(average.flatten().tolist(), value.flatten().tolist())]
average.copy_(average.new_tensor(mixed).reshape(average.shape))
# END VARIANT

# BEGIN VARIANT training.adam_direction functions: torch's functions, a power of one half
m_hat = torch.div(m, 1 - betas[0] ** t)
v_hat = torch.div(v, 1 - betas[1] ** t)
return torch.div(m_hat, torch.add(torch.pow(v_hat, 0.5), eps))
# END VARIANT

# BEGIN VARIANT training.adam_direction eps_scaled: corrections in front, and eps made smaller with them
first, second = 1 - betas[0] ** t, math.sqrt(1 - betas[1] ** t)
return m * (second / first) / (v.sqrt() + eps * second)
# END VARIANT

# BEGIN VARIANT training.adam_direction geometric_sums: the weights of all t gradients added up
weights = [sum((1 - beta) * beta**k for k in range(t)) for beta in betas]
return m / weights[0] / ((v / weights[1]) ** 0.5 + eps)
# END VARIANT

# BEGIN VARIANT training.adam_direction on_copies: in place, on copies
m, v = m.clone(), v.clone()
v.div_(1 - betas[1] ** t).sqrt_().add_(eps)
m /= 1 - betas[0] ** t
m /= v
return m
# END VARIANT

# BEGIN VARIANT training.adam_direction addcdiv: onto zeros, the first correction as its factor
root = v.div(1 - betas[1] ** t).sqrt()
return torch.zeros_like(m).addcdiv(m, root + eps, value=1 / (1 - betas[0] ** t))
# END VARIANT

# BEGIN VARIANT training.adam_direction expm1: powers by exponential and logarithm
def correction(beta):
    return -math.expm1(t * math.log(beta)) if beta else 1.0

m_hat, v_hat = (average / correction(beta) for average, beta in zip((m, v), betas))
return m_hat * (v_hat.sqrt() + eps).reciprocal()
# END VARIANT

# BEGIN VARIANT training.adamw written_out: lerp_, addcmul_ and addcdiv_
beta1, beta2 = betas
m.lerp_(parameter.grad, 1 - beta1)
v.mul_(beta2).addcmul_(parameter.grad, parameter.grad, value=1 - beta2)
root = v.sqrt().div_(math.sqrt(1 - beta2**t)).add_(eps)
parameter.mul_(1 - lr * weight_decay).addcdiv_(m, root, value=-lr / (1 - beta1**t))
# END VARIANT

# BEGIN VARIANT training.adamw copied_back: new tensors, copied into the old ones
grad = parameter.grad
m.copy_(m * betas[0] + grad * (1 - betas[0]))
v.copy_(v * betas[1] + grad**2 * (1 - betas[1]))
parameter.copy_(parameter - lr * weight_decay * parameter - lr * adam_direction(m, v, t, betas, eps))
# END VARIANT

# BEGIN VARIANT training.adamw torch_functional: torch's own function of the same name
from torch.optim.adamw import adamw

adamw(
    [parameter], [parameter.grad], [m], [v], [], [torch.tensor(float(t - 1))],
    foreach=False, amsgrad=False, beta1=betas[0], beta2=betas[1], lr=lr,
    weight_decay=weight_decay, eps=eps, maximize=False,
)
# END VARIANT

# BEGIN VARIANT training.adamw loop_over_averages: one loop for both, and the decay first of all
parameter -= parameter * (lr * weight_decay)
for average, power, beta in zip((m, v), (1, 2), betas):
    moving_average_(average, parameter.grad**power, beta)
parameter -= lr * adam_direction(m, v, t, betas, eps)
# END VARIANT

# BEGIN VARIANT training.adamw where_it_goes_first: both averages on copies, the parameter, then the copies back
new_m, new_v = m.clone(), v.clone()
moving_average_(new_m, parameter.grad, betas[0])
moving_average_(new_v, parameter.grad * parameter.grad, betas[1])
direction = adam_direction(new_m, new_v, t, betas, eps)
parameter.sub_(lr * (weight_decay * parameter + direction))
m[...], v[...] = new_m, new_v
# END VARIANT

# BEGIN VARIANT training.adamw through_data: the parameter's data, without its gradient's history
data, grad = parameter.data, parameter.grad.detach().clone()
moving_average_(m, grad, betas[0])
moving_average_(v, grad.square_(), betas[1])
data *= 1 - lr * weight_decay
data += adam_direction(m, v, t, betas, eps).mul(-lr)
# END VARIANT

# BEGIN VARIANT training.global_norm concatenated: torch's norm of one long vector
return torch.linalg.vector_norm(torch.cat([tensor.reshape(-1) for tensor in tensors]))
# END VARIANT

# BEGIN VARIANT training.global_norm norm_of_norms: the norm of all norms
return torch.linalg.vector_norm(torch.stack([tensor.norm() for tensor in tensors]))
# END VARIANT

# BEGIN VARIANT training.global_norm hypot: the hypotenuse, again and again
import functools

return functools.reduce(torch.hypot, [tensor.flatten().norm(p=2) for tensor in tensors])
# END VARIANT

# BEGIN VARIANT training.global_norm running_sum: row by row, the last one first
total = tensors[0].new_zeros(())
todo = list(tensors)
while todo:
    tensor = todo.pop()
    if tensor.ndim > 1:
        todo.extend(tensor.unbind())
    else:
        total = total + torch.sum(tensor * tensor)
return total**0.5
# END VARIANT

# BEGIN VARIANT training.global_norm double: float64 on the way
squares = sum(tensor.double().pow(2).sum() for tensor in tensors)
return squares.sqrt().to(tensors[0].dtype)
# END VARIANT

# BEGIN VARIANT training.global_norm largest_first: shares of the largest entry
whole = torch.cat([tensor.flatten() for tensor in tensors])
if whole.numel() == 0 or not whole.isfinite().all() or not whole.any():
    return whole.abs().sum()
largest = whole.abs().max()
shares = whole / largest
return largest * torch.sqrt(shares.dot(shares))
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm early_return: nothing to do first
if norm <= max_norm:
    return norm
for grad in grads:
    grad.mul_(max_norm).div_(norm + eps)
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm foreach: all at once
if bool(norm > max_norm):
    torch._foreach_mul_(grads, max_norm / (norm.item() + eps))
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm factor_of_one: always a product, with 1 where it is short
factor = torch.where(norm > max_norm, max_norm / (norm + eps), torch.ones_like(norm))
for grad in grads:
    grad *= factor
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm copied_back: new tensors, copied into the old ones
scaled = [grad / (norm + eps) * max_norm if norm > max_norm else grad.clone() for grad in grads]
for old, new in zip(grads, scaled):
    old.copy_(new)
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm popped: from a list of the gradients until it is empty
todo = grads if norm > max_norm else []
while todo:
    grad = todo.pop()
    grad[...] = grad * (max_norm / (norm + eps))
return norm
# END VARIANT

# BEGIN VARIANT training.clip_grad_norm ratio: divided by how much it is too long
ratio = (norm + eps) / max_norm
for place in range(len(grads) * bool(norm > max_norm)):
    grads[place].div_(ratio)
return norm
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup half_angle: the squared cosine of half the angle
if step < warmup_steps:
    rate = max_lr * step / warmup_steps
elif step < max_steps:
    height = math.cos(0.5 * math.pi * (step - warmup_steps) / (max_steps - warmup_steps)) ** 2
    rate = height * max_lr + (1 - height) * min_lr
else:
    rate = min_lr
return rate
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup one_line: conditions in a row
return (
    max_lr * (step / warmup_steps)
    if step < warmup_steps
    else min_lr
    if step >= max_steps
    else max_lr - (max_lr - min_lr) * math.sin(math.pi / 2 * (step - warmup_steps) / (max_steps - warmup_steps)) ** 2
)
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup unit_circle: the real part of a number that turns round
import cmath

if step >= max_steps:
    return min_lr
if step < warmup_steps:
    return max_lr / warmup_steps * step
turned = cmath.rect(1, math.pi / (max_steps - warmup_steps)) ** (step - warmup_steps)
return (max_lr + min_lr) / 2 + (max_lr - min_lr) / 2 * turned.real
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup clamped: a share that stops at 1
if step < warmup_steps:
    return max_lr * step / warmup_steps
length = max_steps - warmup_steps
share = min(1.0, (step - warmup_steps) / length) if length else 1.0
return min_lr + 0.5 * (max_lr - min_lr) * (1.0 + math.cos(math.pi * share))
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup the_other_way: counts the steps that are left, from the end
left = max(0, max_steps - step)
if step < warmup_steps:
    return (warmup_steps - (warmup_steps - step)) * max_lr / warmup_steps
if left == 0:
    return min_lr
angle = math.pi * left / (max_steps - warmup_steps)
return min_lr + (max_lr - min_lr) * (1 - math.cos(angle)) / 2
# END VARIANT

# BEGIN VARIANT training.cosine_with_warmup tensor: torch's cosine, in float64
import torch

if step < warmup_steps:
    return torch.true_divide(torch.tensor(step * max_lr, dtype=torch.float64), warmup_steps).item()
share = torch.tensor(1.0, dtype=torch.float64)
if step < max_steps:
    share *= (step - warmup_steps) / (max_steps - warmup_steps)
return (min_lr + (max_lr - min_lr) * (1 + torch.cos(math.pi * share)) / 2).item()
# END VARIANT
