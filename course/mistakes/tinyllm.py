# Mistakes that an honest beginner makes in `course/g2c/tinyllm/`: each block is a body for one
# exercise, or a wrong version of a given function, and its sentence is what a student is told about
# it. `./noteboosh.sh selftest mistakes` proves that a test catches each of them.

# ---- windows ----

# BEGIN MISTAKE tinyllm.windows not_shifted: this gives the inputs again as targets: the model would learn to copy the token that it sees
index = starts.numpy()[:, None] + np.arange(context_length)
ids = torch.from_numpy(self.ids[index].astype(np.int64))
return ids, ids
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows shifted_back: this exchanges inputs and targets: every target is then the token before its input
index = starts.numpy()[:, None] + np.arange(context_length + 1)
ids = torch.from_numpy(self.ids[index].astype(np.int64))
return ids[:, 1:], ids[:, :-1]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows one_too_short: this reads T ids and cuts one off, so windows have T - 1 positions: the last target lies one id further
index = starts.numpy()[:, None] + np.arange(context_length)
ids = torch.from_numpy(self.ids[index].astype(np.int64))
return ids[:, :-1], ids[:, 1:]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows shifted_by_two: this takes the token after next as the target
index = starts.numpy()[:, None] + np.arange(context_length)
ids = self.ids[np.concatenate((index, index[:, -1:]), axis=1)]
x = torch.from_numpy(self.ids[index].astype(np.int64))
y = torch.from_numpy(self.ids[np.minimum(index + 2, len(self.ids) - 1)].astype(np.int64))
return x, y
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows signed_16_bits: this reads the ids as int16, where ids from 32,768 on turn negative
index = starts.numpy()[:, None] + np.arange(context_length + 1)
ids = torch.from_numpy(self.ids[index].astype(np.int16)).long()
return ids[:, :-1], ids[:, 1:]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows dtype_of_the_file: this keeps the dtype of the file: torch cannot count or look up with every one of them, so ids must become int64
index = starts.numpy()[:, None] + np.arange(context_length + 1)
ids = torch.from_numpy(self.ids[index])
return ids[:, :-1], ids[:, 1:]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows thirty_two_bits: this makes int32 of the ids, and the contract says int64, which is what lookups and losses take on every device
index = starts.numpy()[:, None] + np.arange(context_length + 1)
ids = torch.from_numpy(self.ids[index].astype(np.int32))
return ids[:, :-1], ids[:, 1:]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows reads_the_whole_file: this copies the whole stream into memory for every batch; read the windows first, and convert only those
ids = torch.from_numpy(self.ids.astype(np.int64))
index = starts[:, None] + torch.arange(context_length)
return ids[index], ids[index + 1]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows neighbours: this lets the windows follow one another from the first start, and the other starts are never used
first = int(starts[0])
rows = [self.ids[first + i * context_length :][: context_length + 1] for i in range(len(starts))]
ids = torch.from_numpy(np.stack(rows).astype(np.int64))
return ids[:, :-1], ids[:, 1:]
# END MISTAKE

# BEGIN MISTAKE tinyllm.windows time_first: this lays the windows down as columns, (T, B), so that a row holds tokens of different windows
index = starts.numpy() + np.arange(context_length + 1)[:, None]
ids = torch.from_numpy(self.ids[index].astype(np.int64))
return ids[:-1], ids[1:]
# END MISTAKE

# ---- train_step ----

# BEGIN MISTAKE tinyllm.train_step no_zero_grad: this never empties the gradients, so every update also repeats all earlier ones
for group in self.optimizer.param_groups:
    group["lr"] = lr
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step zero_grad_before_step: this empties the gradients between backward and step, so the optimizer finds nothing and the weights stay what they were
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.zero_grad()
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step zero_grad_in_the_loop: this empties the gradients before each micro-batch, so only the last one counts
for group in self.optimizer.param_groups:
    group["lr"] = lr
losses = []
for x, y in self.micro_batches():
    self.optimizer.zero_grad()
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step clip_after_step: this clips when the step has been taken: one huge gradient has then done its harm
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
self.optimizer.step()
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step clip_before_backward: this clips before backward, where there are no gradients yet: the norm is 0, and the new gradients are used as they come
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step never_clips: this only looks at the norm and clips nothing, because the limit is out of reach
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), 1e30)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step schedule_after_step: this sets the rate after the step, so every update uses the rate of the one before, and the first the one that the optimizer was made with
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
for group in self.optimizer.param_groups:
    group["lr"] = lr
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step no_schedule: this never writes the rate into the optimizer, which stays at the one that it was made with
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step first_group_only: this gives the rate to the first group alone; an optimizer has a group for what decays and one for what does not
self.optimizer.param_groups[0]["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step sum_of_micro_batches: this adds the gradients of the micro-batches and does not divide by their number, so they are `accumulation` times too long
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    loss.backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step step_in_the_loop: this steps after each micro-batch: small updates instead of the one of the large batch
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
    grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
    self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step last_loss: this returns the loss of the last micro-batch, which is not the mean over the update
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return loss.detach(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step divided_loss: this returns the loss after its division by the number of micro-batches, so it is that many times too small
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y) / self.config.accumulation
    loss.backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step keeps_the_graph: this returns a loss that still hangs on its graph; who keeps it for a log keeps all activations of the step with it
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss)
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step no_step: this has everything but the step, so the weights never change
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for x, y in self.micro_batches():
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step one_micro_batch: this takes the first micro-batch alone, so accumulation does nothing but make the gradient smaller
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
x, y = next(self.micro_batches())
loss = lm_cross_entropy(self.logits(x), y)
(loss / self.config.accumulation).backward()
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return loss.detach(), grad_norm
# END MISTAKE

# BEGIN MISTAKE tinyllm.train_step validation_text: this learns from the text that is kept to test the model
for group in self.optimizer.param_groups:
    group["lr"] = lr
self.optimizer.zero_grad()
losses = []
for _ in range(self.config.accumulation):
    x, y = self.val.batch(
        self.config.batch_size, self.model.config.context_length, generator=self.order
    )
    loss = lm_cross_entropy(self.logits(x), y)
    (loss / self.config.accumulation).backward()
    losses.append(loss.detach())
grad_norm = clip_grad_norm_(self.model.parameters(), self.config.max_norm)
self.optimizer.step()
return torch.stack(losses).mean(), grad_norm
# END MISTAKE

# ---- training_state ----

# BEGIN MISTAKE tinyllm.training_state no_optimizer: this leaves the state of the optimizer out: its moving averages are lost, and what was saved cannot be loaded
return {"model": model.state_dict(), "optimizer": {}, "iteration": iteration}
# END MISTAKE

# BEGIN MISTAKE tinyllm.training_state the_objects: this keeps the model itself, with its class, and not its state: with weights_only it cannot be read, and any change to the class would break it
return {"model": model, "optimizer": optimizer.state_dict(), "iteration": iteration}
# END MISTAKE

# BEGIN MISTAKE tinyllm.training_state list_of_parameters: this keeps the parameters without their names; a state_dict says which is which
return {
    "model": list(model.parameters()),
    "optimizer": optimizer.state_dict(),
    "iteration": iteration,
}
# END MISTAKE

# BEGIN MISTAKE tinyllm.training_state next_iteration: this stores the number of the next step: one update, and one batch, is left out after each resume
return {
    "model": model.state_dict(),
    "optimizer": optimizer.state_dict(),
    "iteration": iteration + 1,
}
# END MISTAKE

# BEGIN MISTAKE tinyllm.training_state no_iteration: this does not say how far the run had come, so the schedule starts again with its warm-up
return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "iteration": 0}
# END MISTAKE

# BEGIN MISTAKE tinyllm.training_state only_the_groups: this keeps the settings of the optimizer and not its state, and the moving averages are lost
groups = optimizer.state_dict()["param_groups"]
return {"model": model.state_dict(), "optimizer": {"param_groups": groups, "state": {}}, "iteration": iteration}
# END MISTAKE

# ---- given code ----

# BEGIN MISTAKE tinyllm.validation_loss mean_of_means: this takes the mean over windows, and the short last window counts as much as a full one
def validation_loss(model, dataset, context_length, *, batch_size=64, team=ALONE):
    losses = []
    with evaluating(model):
        for start in range(0, len(dataset) - 1, context_length):
            T = min(context_length, len(dataset) - 1 - start)
            x, y = dataset.windows(torch.tensor([start]), T)
            losses.append(lm_cross_entropy(model(x), y).item())
    return sum(losses) / len(losses)
# END MISTAKE

# BEGIN MISTAKE tinyllm.validation_loss drops_the_rest: this leaves out what follows the last full window, so the last tokens of the split are never predicted
def validation_loss(model, dataset, context_length, *, batch_size=64, team=ALONE):
    losses = []
    with evaluating(model):
        for start in range(0, len(dataset) - context_length, context_length):
            x, y = dataset.windows(torch.tensor([start]), context_length)
            losses.append(lm_cross_entropy(model(x), y).item())
    return sum(losses) / len(losses)
# END MISTAKE

# BEGIN MISTAKE tinyllm.validation_loss stays_in_evaluation: this switches dropout off and does not switch it on again, so training goes on without it
def validation_loss(model, dataset, context_length, *, batch_size=64, team=ALONE):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for start in range(0, len(dataset) - 1, context_length):
            T = min(context_length, len(dataset) - 1 - start)
            x, y = dataset.windows(torch.tensor([start]), T)
            total += lm_cross_entropy(model(x), y).item() * T
    return total / (len(dataset) - 1)
# END MISTAKE
