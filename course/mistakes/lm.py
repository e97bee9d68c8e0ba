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
