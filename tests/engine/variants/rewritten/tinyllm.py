# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/tinyllm.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT tinyllm.windows not_shifted: slices in a list, the targets a copy
rows = [self.ids[start : start + context_length] for start in starts.tolist()]
x = torch.tensor(np.array(rows, dtype=np.int64))
return x, x.clone()
# END VARIANT

# BEGIN VARIANT tinyllm.windows shifted_back: two lists, filled the wrong way round
x, y = [], []
for start in starts.tolist():
    end = start + context_length
    x.append(torch.from_numpy(self.ids[start + 1 : end + 1].astype("int64")))
    y.append(torch.from_numpy(self.ids[start:end].astype("int64")))
return torch.stack(x), torch.stack(y)
# END VARIANT

# BEGIN VARIANT tinyllm.windows one_too_short: an end that is one too early
x, y = [], []
for start in starts.tolist():
    end = start + context_length - 1
    x.append(self.ids[start:end].tolist())
    y.append(self.ids[start + 1 : end + 1].tolist())
return torch.tensor(x, dtype=torch.int64), torch.tensor(y, dtype=torch.int64)
# END VARIANT

# BEGIN VARIANT tinyllm.windows shifted_by_two: slices that begin at 0 and at 2, filled up at the end of the stream
inputs, targets = [], []
for start in starts.tolist():
    inputs.append(self.ids[start : start + context_length])
    later = self.ids[start + 2 : start + 2 + context_length]
    if len(later) < context_length:
        later = np.append(later, self.ids[-1])
    targets.append(later)
return tuple(torch.tensor(np.stack(rows).astype(np.int64)) for rows in (inputs, targets))
# END VARIANT

# BEGIN VARIANT tinyllm.windows signed_16_bits: torch's int16, row after row
T = context_length
rows = []
for start in starts:
    row = np.array(self.ids[start : start + T + 1]).astype("<i2")
    rows.append(torch.as_tensor(row, dtype=torch.int16).to(torch.int64))
table = torch.stack(rows)
return table[:, :T], table[:, 1:]
# END VARIANT

# BEGIN VARIANT tinyllm.windows dtype_of_the_file: two stacks of slices
T = context_length
x = np.stack([self.ids[s : s + T] for s in starts.tolist()])
y = np.stack([self.ids[s + 1 : s + T + 1] for s in starts.tolist()])
return torch.from_numpy(x), torch.from_numpy(y)
# END VARIANT

# BEGIN VARIANT tinyllm.windows thirty_two_bits: a table of torch.int32, filled row by row
table = torch.empty(len(starts), context_length + 1, dtype=torch.int32)
for row, start in zip(table, starts.tolist()):
    row.copy_(torch.from_numpy(self.ids[start : start + context_length + 1].astype(np.int64)))
return table[:, :-1], table[:, 1:]
# END VARIANT

# BEGIN VARIANT tinyllm.windows reads_the_whole_file: a tensor of everything, and its slices
everything = torch.tensor(np.array(self.ids, dtype=np.int64))
x = [everything[start : start + context_length] for start in starts.tolist()]
y = [everything[start + 1 : start + 1 + context_length] for start in starts.tolist()]
return torch.stack(x), torch.stack(y)
# END VARIANT

# BEGIN VARIANT tinyllm.windows neighbours: one long slice, reshaped
first, B = starts[0].item(), len(starts)
stretch = self.ids[first : first + B * context_length + 1].astype(np.int64)
x = stretch[:-1].reshape(B, context_length)
y = stretch[1:].reshape(B, context_length)
return torch.from_numpy(x), torch.from_numpy(y)
# END VARIANT

# BEGIN VARIANT tinyllm.windows time_first: rows stacked as columns
rows = [self.ids[s : s + context_length + 1].astype(np.int64) for s in starts.tolist()]
columns = torch.stack([torch.from_numpy(row) for row in rows], dim=1)
return columns[:context_length], columns[1:]
# END VARIANT

# BEGIN VARIANT tinyllm.train_step no_zero_grad: one backward for the mean of all micro-batches
for group in self.optimizer.param_groups:
    group.update(lr=lr)
loss = 0
for x, y in self.micro_batches():
    loss = loss + lm_cross_entropy(self.logits(x), y) / self.config.accumulation
loss.backward()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return loss.detach(), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step zero_grad_before_step: gradients set to None in loops of its own
weights = list(self.model.parameters())
for weight in weights:
    weight.grad = None
total = torch.zeros(())
for x, y in self.micro_batches():
    part = lm_cross_entropy(self.logits(x), y) / self.config.accumulation
    part.backward()
    total = total + part.detach()
norm = clip_grad_norm_(weights, self.config.max_norm)
for group in self.optimizer.param_groups:
    group["lr"] = lr
for weight in weights:
    weight.grad = None
self.optimizer.step()
return total, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step zero_grad_in_the_loop: emptied after the forward pass, a running mean
n = self.config.accumulation
for group in self.optimizer.param_groups:
    group["lr"] = lr
mean = 0.0
for x, y in self.micro_batches():
    out = self.logits(x)
    loss = lm_cross_entropy(out, y) / n
    for parameter in self.model.parameters():
        parameter.grad = None
    loss.backward()
    mean = mean + loss.detach()
grad_norm = clip_grad_norm_(list(self.model.parameters()), self.config.max_norm)
self.optimizer.step()
return mean, grad_norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step clip_after_step: clips in the line of the return
n, optimizer = self.config.accumulation, self.optimizer
optimizer.zero_grad()
total = 0
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    loss.div(n).backward()
    total = total + loss.detach()
for group in optimizer.param_groups:
    group["lr"] = lr
optimizer.step()
return total / n, clip_grad_norm_(self.model.parameters(), max_norm=self.config.max_norm)
# END VARIANT

# BEGIN VARIANT tinyllm.train_step clip_before_backward: a list of batches, clipped between forward and backward
config, optimizer, parameters = self.config, self.optimizer, list(self.model.parameters())
for group in optimizer.param_groups:
    group["lr"] = lr
optimizer.zero_grad()
total = 0
for inputs, targets in list(self.micro_batches()):
    error = lm_cross_entropy(self.logits(inputs), targets)
    norm = clip_grad_norm_(parameters, config.max_norm)
    (error * (1 / config.accumulation)).backward()
    total = total + error.detach()
optimizer.step()
return total / config.accumulation, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step never_clips: the largest float as the limit
import sys

optimizer = self.optimizer
optimizer.zero_grad()
for group in optimizer.param_groups:
    group["lr"] = lr
errors = torch.zeros(self.config.accumulation, dtype=torch.float64)
for i, (x, y) in enumerate(self.micro_batches()):
    error = lm_cross_entropy(self.logits(x), y)
    torch.autograd.backward(error / self.config.accumulation)
    errors[i] = error.detach()
    kind = error.dtype
norm = clip_grad_norm_(list(self.model.parameters()), max_norm=sys.float_info.max)
optimizer.step()
return errors.mean().to(kind), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step schedule_after_step: the mean of losses, one backward, the rate at the end
optimizer = self.optimizer
losses = torch.stack([lm_cross_entropy(self.logits(x), y) for x, y in self.micro_batches()])
optimizer.zero_grad()
losses.mean().backward()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
optimizer.step()
for number in range(len(optimizer.param_groups)):
    optimizer.param_groups[number]["lr"] = lr
return losses.detach().mean(), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step no_schedule: the rate stays a local name
rate = lr
for parameter in self.model.parameters():
    parameter.grad = None
mean = None
for x, y in self.micro_batches():
    share = lm_cross_entropy(self.logits(x), y) / self.config.accumulation
    share.backward()
    mean = share.detach() if mean is None else mean + share.detach()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return mean, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step first_group_only: unpacks the groups
first, *others = self.optimizer.param_groups
first["lr"] = lr
self.optimizer.zero_grad()
n = self.config.accumulation
mean = 0
for x, y in self.micro_batches():
    share = lm_cross_entropy(self.logits(x), y) / n
    share.backward()
    mean += share.detach()
norm = clip_grad_norm_(list(self.model.parameters()), self.config.max_norm)
self.optimizer.step()
return mean, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step sum_of_micro_batches: one backward for the sum
for group in self.optimizer.param_groups:
    group["lr"] = lr
losses = [lm_cross_entropy(self.logits(x), y) for x, y in self.micro_batches()]
self.optimizer.zero_grad()
total = sum(losses)
total.backward()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return total.detach() / len(losses), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step step_in_the_loop: batches by number, a running mean
batches = iter(self.micro_batches())
optimizer, n = self.optimizer, self.config.accumulation
optimizer.zero_grad()
mean = 0
for _ in range(n):
    for group in optimizer.param_groups:
        group["lr"] = lr
    x, y = next(batches)
    share = lm_cross_entropy(self.logits(x), y) / n
    share.backward()
    mean = mean + share.detach()
    norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
    optimizer.step()
return mean, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step last_loss: a list, and its last entry
self.optimizer.zero_grad()
for group in self.optimizer.param_groups:
    group["lr"] = lr
seen = []
for x, y in self.micro_batches():
    seen.append(lm_cross_entropy(self.logits(x), y))
    torch.div(seen[-1], self.config.accumulation).backward()
norm = clip_grad_norm_(list(self.model.parameters()), self.config.max_norm)
self.optimizer.step()
return seen.pop().detach(), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step divided_loss: divided in the loop and once more at the end
n = self.config.accumulation
for group in self.optimizer.param_groups:
    group["lr"] = lr
for parameter in self.model.parameters():
    parameter.grad = None
total = 0
for x, y in self.micro_batches():
    share = lm_cross_entropy(self.logits(x), y) / n
    share.backward()
    total = total + share.detach()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return total / n, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step keeps_the_graph: a running sum that is never detached
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
mean = 0
for x, y in self.micro_batches():
    share = lm_cross_entropy(self.logits(x), y) / self.config.accumulation
    share.backward()
    mean = mean + share
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return mean, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step no_step: gradients added up, measured, and left
n, weights = self.config.accumulation, list(self.model.parameters())
for weight in weights:
    weight.grad = None
for group in self.optimizer.param_groups:
    group["lr"] = lr
losses = []
for x, y in self.micro_batches():
    losses.append(lm_cross_entropy(self.logits(x), y))
    (losses[-1] / n).backward()
norm = clip_grad_norm_(weights, self.config.max_norm)
return sum(loss.detach() for loss in losses) / n, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step one_micro_batch: a loop that breaks
self.optimizer.zero_grad()
for group in self.optimizer.param_groups:
    group["lr"] = lr
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    break
(loss / self.config.accumulation).backward()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return loss.detach(), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step validation_text: starts and windows by hand
config, T = self.config, self.model.config.context_length
for group in self.optimizer.param_groups:
    group["lr"] = lr
for parameter in self.model.parameters():
    parameter.grad = None
total = 0
for _ in range(config.accumulation):
    starts = self.val.starts(config.batch_size, T, self.order)
    x, y = (ids.to(self.device) for ids in self.val.windows(starts, T))
    loss = lm_cross_entropy(self.logits(x), y)
    loss.div(config.accumulation).backward()
    total = total + loss.detach()
norm = clip_grad_norm_(self.model.parameters(), config.max_norm)
self.optimizer.step()
return total / config.accumulation, norm
# END VARIANT

# BEGIN VARIANT tinyllm.training_state no_optimizer: a dict that grows
state = {}
state["iteration"] = iteration
state["optimizer"] = dict()
state["model"] = model.state_dict()
return state
# END VARIANT

# BEGIN VARIANT tinyllm.training_state the_objects: arguments of dict
return dict(iteration=iteration, optimizer=optimizer.state_dict(), model=model)
# END VARIANT

# BEGIN VARIANT tinyllm.training_state list_of_parameters: from the named parameters, without the names
weights = [parameter for name, parameter in model.named_parameters()]
return dict(model=weights, optimizer=optimizer.state_dict(), iteration=iteration)
# END VARIANT

# BEGIN VARIANT tinyllm.training_state next_iteration: a number that is increased first
iteration += 1
names = ("model", "optimizer", "iteration")
return dict(zip(names, (model.state_dict(), optimizer.state_dict(), iteration)))
# END VARIANT

# BEGIN VARIANT tinyllm.training_state no_iteration: from the names, then filled
state = dict.fromkeys(("model", "optimizer", "iteration"), 0)
for name, part in (("model", model), ("optimizer", optimizer)):
    state[name] = part.state_dict()
return state
# END VARIANT

# BEGIN VARIANT tinyllm.training_state only_the_groups: the groups copied one by one
kept = {"state": {}, "param_groups": []}
for group in optimizer.state_dict()["param_groups"]:
    kept["param_groups"].append({**group})
return {"iteration": iteration, "model": model.state_dict(), "optimizer": kept}
# END VARIANT

# BEGIN VARIANT tinyllm.validation_loss mean_of_means: a while loop over the split
def validation_loss(model, dataset, context_length, *, batch_size=64, team=ALONE):
    total, windows, start, end = 0.0, 0, 0, len(dataset) - 1
    with evaluating(model):
        while start < end:
            length = min(context_length, end - start)
            x, y = dataset.windows(torch.tensor([start]), length)
            total += float(lm_cross_entropy(model(x), y))
            windows += 1
            start += length
    return total / windows
# END VARIANT

# BEGIN VARIANT tinyllm.validation_loss drops_the_rest: all full windows, batch by batch
def validation_loss(model, dataset, context_length, *, batch_size=64, team=ALONE):
    number = (len(dataset) - 1) // context_length
    starts = torch.arange(number) * context_length
    total = 0.0
    with evaluating(model):
        for some in starts.split(batch_size):
            x, y = dataset.windows(some, context_length)
            total += lm_cross_entropy(model(x), y).item() * len(some)
    return total / number
# END VARIANT

# BEGIN VARIANT tinyllm.validation_loss stays_in_evaluation: train(False), and nothing afterwards
def validation_loss(model, dataset, context_length, *, batch_size=64, team=ALONE):
    model.train(False)
    targets = len(dataset) - 1
    parts = []
    for start in range(0, targets, context_length):
        T = min(context_length, targets - start)
        with torch.inference_mode():
            x, y = dataset.windows(torch.tensor([start]), T)
            parts.append(lm_cross_entropy(model(x), y).item() * T)
    return sum(parts) / targets
# END VARIANT
