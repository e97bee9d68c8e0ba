# Mistakes that an honest beginner makes in `course/g2c/nn/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE nn.linear bias_forgotten: this leaves the bias out, where there is one
return x @ self.weight.T
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

# BEGIN MISTAKE nn.mse_loss sum: this adds the squares up without averaging, so the loss grows with the batch
return (prediction - target).square().sum()
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss rows: this averages over rows only and adds up within them
return (prediction - target).square().sum(-1).mean()
# END MISTAKE

# BEGIN MISTAKE nn.mse_loss not_squared: this is the mean absolute error
return (prediction - target).abs().mean()
# END MISTAKE

# BEGIN MISTAKE nn.cross_entropy_loss log_of_softmax: this takes the logarithm of a probability that has become 0, so the loss is infinite where it should be large
probs = softmax(logits, dim=1)
return -probs.gather(1, targets[:, None]).log().mean()
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
