# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.tinyllm`: the diagnosis must be silent on them.

# BEGIN VARIANT tinyllm.windows slices: one slice for each start, stacked
rows = [self.ids[start : start + context_length + 1] for start in starts.tolist()]
ids = torch.from_numpy(np.stack(rows).astype(np.int64))
return ids[:, :-1].contiguous(), ids[:, 1:].contiguous()
# END VARIANT

# BEGIN VARIANT tinyllm.windows sliding_view: numpy's view of all windows, of which some are read
views = np.lib.stride_tricks.sliding_window_view(self.ids, context_length + 1)
ids = torch.as_tensor(views[starts.numpy()].astype("int64"))
x, y = ids.narrow(1, 0, context_length), ids.narrow(1, 1, context_length)
return x, y
# END VARIANT

# BEGIN VARIANT tinyllm.windows filled_in_place: a tensor of int64, into which rows are copied
ids = torch.empty(len(starts), context_length + 1, dtype=torch.int64)
table = ids.numpy()
for number, start in enumerate(starts):
    begin = int(start)
    table[number] = self.ids[begin : begin + context_length + 1]
return ids[:, :context_length], ids[:, 1:]
# END VARIANT

# BEGIN VARIANT tinyllm.windows column_by_column: all windows one token later, again and again
at = starts.numpy()
columns = [torch.from_numpy(self.ids[at + t].astype(np.int64)) for t in range(context_length + 1)]
return torch.stack(columns[:-1], dim=1), torch.stack(columns[1:], dim=-1)
# END VARIANT

# BEGIN VARIANT tinyllm.windows python_numbers: lists of numbers
x, y = [], []
for start in starts.tolist():
    numbers = self.ids[start : start + context_length + 1].tolist()
    x.append(numbers[:-1])
    y.append(numbers[1:])
return torch.tensor(x, dtype=torch.int64), torch.tensor(y, dtype=torch.int64)
# END VARIANT

# BEGIN VARIANT tinyllm.windows take: np.take by a sum of outer shape, halves of a stack
places = np.add.outer(starts.numpy(), np.arange(context_length + 1))
ids = np.take(self.ids, places).astype(np.int64, copy=False)
return torch.from_numpy(ids[:, :-1].copy()), torch.from_numpy(ids[:, 1:].copy())
# END VARIANT

# BEGIN VARIANT tinyllm.train_step none_by_hand: gradients set to None, and a running mean
n, weights = self.config.accumulation, list(self.model.parameters())
for weight in weights:
    weight.grad = None
mean = 0
for x, y in self.micro_batches():
    share = lm_cross_entropy(self.logits(x), y) / n
    share.backward()
    mean = mean + share.detach()
norm = clip_grad_norm_(weights, self.config.max_norm)
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.step()
return mean, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step scaled_afterwards: sums of gradients, divided before they are clipped
optimizer, n = self.optimizer, self.config.accumulation
optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    losses.append(lm_cross_entropy(self.logits(x), y))
    losses[-1].backward()
    losses[-1] = losses[-1].detach()
for parameter in self.model.parameters():
    if parameter.grad is not None:
        parameter.grad /= n
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
for group in optimizer.param_groups:
    group.update(lr=lr)
optimizer.step()
return sum(losses) / n, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step emptied_at_the_end_too: zero_grad before, and after the step
def share_of(batch):
    x, y = batch
    loss = lm_cross_entropy(self.logits(x), y) / self.config.accumulation
    loss.backward()
    return loss.detach()

self.optimizer.zero_grad()
loss = torch.stack([share_of(batch) for batch in self.micro_batches()]).sum()
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.step()
self.optimizer.zero_grad()
return loss, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step gradient_argument: backward with one over the number as what comes from above
groups = self.optimizer.param_groups
any(group.update(lr=lr) for group in groups)
self.optimizer.zero_grad()
seen = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    loss.backward(torch.ones_like(loss) / self.config.accumulation)
    seen.append(loss.detach())
norm = clip_grad_norm_(list(self.model.parameters()), self.config.max_norm)
self.optimizer.step()
return torch.stack(seen).mean(dim=0), norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step count_down: an iterator, and a while loop
batches, left = self.micro_batches(), self.config.accumulation
total = None
self.optimizer.zero_grad()
while left:
    x, y = next(batches)
    loss = lm_cross_entropy(self.logits(x), y)
    torch.autograd.backward([loss / self.config.accumulation])
    with torch.no_grad():
        total = loss.clone() if total is None else total + loss
    left -= 1
for number in range(len(self.optimizer.param_groups)):
    self.optimizer.param_groups[number]["lr"] = lr
norm = clip_grad_norm_(self.model.parameters(), max_norm=self.config.max_norm)
self.optimizer.step()
return total / self.config.accumulation, norm
# END VARIANT

# BEGIN VARIANT tinyllm.train_step moving_mean: the mean is moved by each new loss
self.optimizer.zero_grad()
for group in self.optimizer.param_groups:
    group["lr"] = lr
mean, k = None, 0
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss * (1 / self.config.accumulation)).backward()
    k += 1
    loss = loss.detach()
    mean = loss if k == 1 else mean + (loss - mean) / k
norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return mean, norm
# END VARIANT

# BEGIN VARIANT tinyllm.training_state arguments_of_dict: names as keywords
return dict(iteration=iteration, optimizer=optimizer.state_dict(), model=model.state_dict())
# END VARIANT

# BEGIN VARIANT tinyllm.training_state zipped: names and values side by side
names = "model", "optimizer", "iteration"
return dict(zip(names, [model.state_dict(), optimizer.state_dict(), iteration], strict=True))
# END VARIANT

# BEGIN VARIANT tinyllm.training_state copies: what is kept no longer changes with the model
import copy

state = {"iteration": copy.copy(iteration)}
state["model"] = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
state["optimizer"] = copy.deepcopy(optimizer.state_dict())
return state
# END VARIANT

# BEGIN VARIANT tinyllm.training_state ordered: an OrderedDict, filled in a loop
from collections import OrderedDict

state = OrderedDict()
for name, part in {"optimizer": optimizer, "model": model}.items():
    state[name] = part.state_dict()
state.setdefault("iteration", iteration)
return state
# END VARIANT

# BEGIN VARIANT tinyllm.training_state plain_dict: the weights by the items of the state_dict
weights = {}
for name, tensor in model.state_dict().items():
    weights |= {name: tensor}
return {"model": weights} | {"optimizer": optimizer.state_dict()} | {"iteration": iteration + 0}
# END VARIANT
