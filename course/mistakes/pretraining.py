# Wrong answers that a student might well give, each of which a test of module 09b must catch.
# The proof puts each body in the place of the exercise, or of the given function it names.

# ---- lm_cross_entropy: which positions count ----

# BEGIN MISTAKE pretraining.lm_cross_entropy last_position_only: this averages only the last position of every row: right for module 06's one target, but a causal model has made T predictions and each one counts
last = logits[:, -1]
return CrossEntropyLoss()(last, targets[:, -1])
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy shifted_twice: this shifts inside the loss although the batch is shifted already, so the model learns to say the token after the next one
rows = logits[:, :-1].flatten(0, 1)
labels = targets[:, 1:].flatten()
return CrossEntropyLoss()(rows, labels)
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy shifted_back: this moves the targets one step back onto the inputs, so the model learns to copy the token it is looking at
rows = logits[:, 1:].flatten(0, 1)
labels = targets[:, :-1].flatten()
return CrossEntropyLoss()(rows, labels)
# END MISTAKE

# ---- lm_cross_entropy: in which order ----

# BEGIN MISTAKE pretraining.lm_cross_entropy targets_time_first: this lays the targets out by time and the logits by row of the batch, so most predictions are marked against another window's token
rows = logits.flatten(0, 1)
labels = targets.T.flatten()
return CrossEntropyLoss()(rows, labels)
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy logits_time_first: this lays the logits out as T * B rows while the targets stay B * T, so most predictions are marked against another window's token
B, T, V = logits.shape
rows = logits.transpose(0, 1).reshape(T * B, V)
return CrossEntropyLoss()(rows, targets.reshape(B * T))
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy vocabulary_first: this reads the same numbers as V rows and turns them round: the shape is right, but scores of different positions end up in one row
B, T, V = logits.shape
rows = logits.reshape(V, B * T).T
return CrossEntropyLoss()(rows, targets.reshape(B * T))
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy view_not_reshape: this asks for a view, which exists only while the numbers lie in memory in the same order: logits that were transposed on the way have none
B, T, V = logits.shape
return CrossEntropyLoss()(logits.view(B * T, V), targets.view(B * T))
# END MISTAKE

# ---- lm_cross_entropy: averaged how ----

# BEGIN MISTAKE pretraining.lm_cross_entropy sum_of_all: this adds the losses up instead of averaging them, so a larger batch looks worse and takes larger steps
rows = logits.flatten(0, 1)
return CrossEntropyLoss()(rows, targets.flatten()) * len(rows)
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy sum_over_time: this averages over the batch but adds up over time, so the loss grows with the context length and no longer starts near log V
B, T, V = logits.shape
row_losses = [CrossEntropyLoss()(logits[b], targets[b]) * T for b in range(B)]
return sum(row_losses) / B
# END MISTAKE

# ---- lm_cross_entropy: of what ----

# BEGIN MISTAKE pretraining.lm_cross_entropy softmax_first: this turns the logits into probabilities before a loss that does so again: scores squeezed between 0 and 1 can never say that they are sure
probs = logits.softmax(-1)
return CrossEntropyLoss()(probs.flatten(0, 1), targets.flatten())
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy overflowing_softmax: this raises e to the logits as they come: float32 overflows at about 88.7, and infinity over infinity is not a number
powers = logits.exp()
probs = powers / powers.sum(-1, keepdim=True)
right = probs.gather(-1, targets[..., None])
return -right.log().mean()
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy share_of_wrong_guesses: this counts how often the highest score is not the right token: easy to read, but a count has no slope to go down
guesses = logits.argmax(-1)
return (guesses != targets).to(logits.dtype).mean()
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy perplexity: this returns the perplexity, e to the loss: good to report, but uniform scores then cost V and not log V
loss = CrossEntropyLoss()(logits.flatten(0, 1), targets.flatten())
return loss.exp()
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy bits: this returns bits, where every loss of the course is in nats: it is too large by a factor of 1 / log 2
loss = CrossEntropyLoss()(logits.flatten(0, 1), targets.flatten())
return loss / 0.6931471805599453
# END MISTAKE

# BEGIN MISTAKE pretraining.lm_cross_entropy detached: this gives the right number without its history: printing wants that, but backward() then reaches no parameter
loss = CrossEntropyLoss()(logits.flatten(0, 1), targets.flatten())
return loss.detach()
# END MISTAKE

# ---- the given functions: what module 10 must not lose when it makes them faster ----

# BEGIN MISTAKE pretraining.get_lm_batch copies_the_input: the targets are the inputs themselves, so the model learns to copy the token it is looking at
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    x, _ = windows_at(ids, starts, context_length)
    return x, x.clone()
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch shifted_right_targets: the targets come one token before the inputs, so the model learns to remember, not to predict
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    y, x = windows_at(ids, starts, context_length)
    return x, y
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch past_the_end: the last start leaves room for T tokens but not for the target of the last one
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    end = len(ids) - context_length + 1
    starts = torch.randint(end, (batch_size,), generator=generator).tolist()
    x = torch.stack([ids[s : s + context_length] for s in starts])
    y = torch.stack([ids[s + 1 : s + context_length + 1] for s in starts])
    return x, y
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch last_start_unreachable: torch.randint leaves out its upper end already; one more taken off, and the last tokens of the stream are never a target
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length - 1, (batch_size,), generator=generator)
    return windows_at(ids, starts, context_length)
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch first_start_unreachable: the starts are counted from 1, so the first token of the stream is never an input
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    end = len(ids) - context_length
    starts = torch.randint(min(1, end - 1), end, (batch_size,), generator=generator)
    return windows_at(ids, starts, context_length)
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch shuffled_tokens: this shuffles tokens where it should shuffle windows: without the order of the text there is no next token to predict
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    ids = ids[torch.randperm(len(ids), generator=generator)]
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    return windows_at(ids, starts, context_length)
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch one_start_for_all: all rows are the same window, so a batch of B rows teaches no more than one row
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    start = torch.randint(len(ids) - context_length, (1,), generator=generator)
    return windows_at(ids, start.repeat(batch_size), context_length)
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch global_generator: the generator is taken and forgotten, so a run cannot be repeated and an evaluation disturbs the training beside it
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length, (batch_size,))
    return windows_at(ids, starts, context_length)
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch cast_to_float: ids are names, not quantities: as float32 they cannot index an embedding, and above 16,777,216 they are no longer exact
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    x, y = windows_at(ids, starts, context_length)
    return x.float(), y.float()
# END MISTAKE

# BEGIN MISTAKE pretraining.get_lm_batch cast_to_int32: the batch quietly changes its type, so it no longer fits together with tensors made from the same stream
def get_lm_batch(ids, batch_size, context_length, *, generator=None):
    _check_window(ids, context_length)
    starts = torch.randint(len(ids) - context_length, (batch_size,), generator=generator)
    x, y = windows_at(ids, starts, context_length)
    return x.int(), y.int()
# END MISTAKE

# BEGIN MISTAKE pretraining.split_token_stream shuffled_split: this picks single tokens for each part, so neither part is a text any more and both hold the same passages
def split_token_stream(ids, train_fraction=0.9):
    order = torch.randperm(len(ids))
    cut = int(len(ids) * train_fraction)
    return ids[order[:cut]], ids[order[cut:]]
# END MISTAKE

# BEGIN MISTAKE pretraining.split_token_stream lost_token: the second part begins one token too late, so one token of the text is in neither part
def split_token_stream(ids, train_fraction=0.9):
    cut = int(len(ids) * train_fraction)
    return ids[:cut], ids[cut + 1 :]
# END MISTAKE

# BEGIN MISTAKE pretraining.document_starts separators_anywhere_refused: a window may open with a separator and end on one: without them the model never learns how a document begins and ends
def document_starts(ids, context_length, separator_id):
    _check_window(ids, context_length)
    windows = ids.unfold(0, context_length + 1, 1)
    return (windows != separator_id).all(1).nonzero().flatten()
# END MISTAKE
