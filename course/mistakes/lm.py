# Mistakes that an honest beginner makes in `course/g2c/lm/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE lm.counts_bigram_fit repeats_lost: this counts a pair once however often it occurs: indexed addition keeps one of the repeats
self.counts[ids[:-1], ids[1:]] += 1
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram_fit transposed: this counts what came before a token instead of what came after
self.counts.index_put_((ids[1:], ids[:-1]), torch.ones_like(ids[1:]), accumulate=True)
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram_fit starts_over: this forgets what was counted before
self.counts.zero_()
self.counts.index_put_((ids[:-1], ids[1:]), torch.ones_like(ids[1:]), accumulate=True)
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram columns: this divides by the sums of columns, so that the probabilities after one token do not add up to 1
smoothed = self.counts + self.smoothing
return (smoothed / smoothed.sum(0)).log()[token_ids]
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram smoothed_after: this adds the smoothing to probabilities and not to counts
counts = self.counts[token_ids]
return (counts / counts.sum(-1, keepdim=True).clamp(min=1) + self.smoothing).log()
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram no_log: this returns probabilities where log-probabilities are asked for
smoothed = self.counts[token_ids] + self.smoothing
return smoothed / smoothed.sum(-1, keepdim=True)
# END MISTAKE

# BEGIN MISTAKE lm.neural_bigram columns: this takes what a token follows, a column, instead of what follows it, a row
return self.next_logits.weight.T[token_ids]
# END MISTAKE

# BEGIN MISTAKE lm.mlp_language_model no_tanh: this has no nonlinearity, so two layers are no more than one
window = self.token_embeddings(token_ids).flatten(1)
return self.lm_head(self.w1(window))
# END MISTAKE

# BEGIN MISTAKE lm.mlp_language_model transposed: this lays the window out entry by entry instead of vector by vector
window = self.token_embeddings(token_ids).transpose(1, 2).flatten(1)
return self.lm_head(self.tanh(self.w1(window)))
# END MISTAKE

# BEGIN MISTAKE lm.perplexity mean_of_means: this averages the batches as if they were equally large
return math.exp(sum(mean_losses_nats) / len(mean_losses_nats))
# END MISTAKE

# BEGIN MISTAKE lm.perplexity exp_first: this averages perplexities instead of losses
batches = zip(mean_losses_nats, token_counts)
return sum(math.exp(loss) * count for loss, count in batches) / sum(token_counts)
# END MISTAKE

# BEGIN MISTAKE lm.perplexity two_to_the_loss: this takes 2 to the power of the loss, which is right for bits and not for nats
batches = zip(mean_losses_nats, token_counts)
return 2 ** (sum(float(loss) * count for loss, count in batches) / sum(token_counts))
# END MISTAKE

# BEGIN MISTAKE lm.bits_per_byte nats_per_byte: this stays in nats: a bit is log(2) nats
return loss_nats * num_tokens / num_bytes
# END MISTAKE

# BEGIN MISTAKE lm.bits_per_byte upside_down: this divides tokens and bytes the wrong way round
return loss_nats / math.log(2) * num_bytes / num_tokens
# END MISTAKE

# BEGIN MISTAKE lm.bits_per_byte per_token: this gives bits per token, which depends on the tokenizer
return loss_nats / math.log(2)
# END MISTAKE

# BEGIN MISTAKE lm.neural_bigram probabilities: this returns probabilities, but the loss takes logits and would apply softmax a second time
return self.next_logits(token_ids).softmax(-1)
# END MISTAKE

# BEGIN MISTAKE lm.mlp_language_model tanh_last: this bends the logits and not the layer inside, so no logit is ever larger than 1
window = self.token_embeddings(token_ids).flatten(1)
return self.tanh(self.lm_head(self.w1(window)))
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram_fit around: this also counts the last token as followed by the first: `roll` goes round, a text does not
self.counts.index_put_((ids, ids.roll(-1)), torch.ones_like(ids), accumulate=True)
# END MISTAKE

# BEGIN MISTAKE lm.counts_bigram smoothing_not_in_the_sum: this adds the smoothing above the line but divides by the counts alone, so the probabilities add up to more than 1
counts = self.counts[token_ids]
return ((counts + self.smoothing) / counts.sum(-1, keepdim=True).clamp(min=1)).log()
# END MISTAKE

# BEGIN MISTAKE lm.neural_bigram detached: this looks up the right logits, but `.data` hides them from autograd, so the table never learns
return self.next_logits.weight.data[token_ids]
# END MISTAKE

# BEGIN MISTAKE lm.mlp_language_model tanh_early: this bends the embeddings and not what w1 makes of them, so the two linear layers behind it are no more than one
window = self.token_embeddings(token_ids).flatten(1)
return self.lm_head(self.w1(self.tanh(window)))
# END MISTAKE

# BEGIN MISTAKE lm.mlp_language_model averaged: this puts the mean of all vectors at every place, so the model no longer knows which token came when
vectors = self.token_embeddings(token_ids)
window = vectors.mean(1, keepdim=True).expand_as(vectors).flatten(1)
return self.lm_head(self.tanh(self.w1(window)))
# END MISTAKE

# BEGIN MISTAKE lm.perplexity still_a_loss: this returns the mean loss; the perplexity is e to that power
batches = zip(mean_losses_nats, token_counts)
return sum(float(loss) * count for loss, count in batches) / sum(token_counts)
# END MISTAKE

# BEGIN MISTAKE lm.bits_per_byte log_of_the_loss: this takes the logarithm of the loss; nats become bits when they are divided by log(2)
return math.log2(loss_nats) * num_tokens / num_bytes
# END MISTAKE

# ---- sample ----

# BEGIN MISTAKE lm.sample greedy: this always takes the most probable token; sampling draws each token as often as it is probable
for _ in range(max_new_tokens):
    window = ids if context_length is None else ids[-context_length:]
    logits = model(window[None]).flatten(0, -2)[-1]
    ids = torch.cat((ids, logits.argmax()[None]))
return ids
# END MISTAKE

# BEGIN MISTAKE lm.sample first_position: this draws from what the model says after the first token of the window; the next token is what it says after the last
for _ in range(max_new_tokens):
    window = ids if context_length is None else ids[-context_length:]
    logits = model(window[None]).flatten(0, -2)[0]
    next_id = torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)
    ids = torch.cat((ids, next_id))
return ids
# END MISTAKE

# BEGIN MISTAKE lm.sample keeps_the_beginning: this shows the model the first tokens of the text again and again; when the context is full, the end counts
for _ in range(max_new_tokens):
    window = ids[:context_length]
    logits = model(window[None]).flatten(0, -2)[-1]
    next_id = torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)
    ids = torch.cat((ids, next_id))
return ids
# END MISTAKE

# BEGIN MISTAKE lm.sample never_cropped: this shows the model the whole text, also where that is longer than its context
for _ in range(max_new_tokens):
    logits = model(ids[None]).flatten(0, -2)[-1]
    next_id = torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)
    ids = torch.cat((ids, next_id))
return ids
# END MISTAKE

# BEGIN MISTAKE lm.sample cropped_for_good: this crops the text and not only what the model sees of it, so its beginning is missing from the result
for _ in range(max_new_tokens):
    if context_length is not None:
        ids = ids[-context_length:]
    logits = model(ids[None]).flatten(0, -2)[-1]
    next_id = torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)
    ids = torch.cat((ids, next_id))
return ids
# END MISTAKE

# BEGIN MISTAKE lm.sample prompt_lost: this returns the new tokens alone, without the prompt they continue
for _ in range(max_new_tokens):
    window = ids if context_length is None else ids[-context_length:]
    logits = model(window[None]).flatten(0, -2)[-1]
    next_id = torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)
    ids = torch.cat((ids, next_id))
return ids[len(prompt_ids) :]
# END MISTAKE

# BEGIN MISTAKE lm.sample global_generator: this takes the generator and forgets it, so the same seed does not give the same text
for _ in range(max_new_tokens):
    window = ids if context_length is None else ids[-context_length:]
    logits = model(window[None]).flatten(0, -2)[-1]
    ids = torch.cat((ids, torch.multinomial(softmax(logits, dim=-1), 1)))
return ids
# END MISTAKE
