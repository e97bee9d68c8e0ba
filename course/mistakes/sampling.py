# Wrong answers that a student might well give, each of which a test of module 11 must catch.
# The proof puts each body in the place of the exercise, or of the given function it names.

# ---- greedy ----

# BEGIN MISTAKE sampling.greedy over_the_batch: this compares the rows with each other; the token is chosen within each row, along the last dimension
return logits.argmax(0)
# END MISTAKE

# BEGIN MISTAKE sampling.greedy of_all_rows: this gives one place for the whole batch, where every row has a token of its own
return logits.argmax()
# END MISTAKE

# BEGIN MISTAKE sampling.greedy the_score: this returns the highest score itself; what is asked for is whose score it is
return logits.amax(-1)
# END MISTAKE

# BEGIN MISTAKE sampling.greedy the_lowest: this takes the lowest score: scores are no losses, and the most probable token has the highest
return logits.argmin(-1)
# END MISTAKE

# BEGIN MISTAKE sampling.greedy by_sampling: this draws by chance; greedy always takes the token with the highest score, however little it leads
import torch

from g2c.tensors import softmax

probs = softmax(logits, dim=-1)
draws = torch.multinomial(probs.reshape(-1, probs.shape[-1]), 1)
return draws.view(probs.shape[:-1])
# END MISTAKE

# BEGIN MISTAKE sampling.greedy the_farthest_from_zero: this looks at sizes without their sign, so a very improbable token may win
return logits.abs().argmax(-1)
# END MISTAKE

# BEGIN MISTAKE sampling.greedy dimension_kept: this keeps a last dimension of size 1, where each row has become one number
return logits.argmax(-1, keepdim=True)
# END MISTAKE

# ---- apply_temperature ----

# BEGIN MISTAKE sampling.apply_temperature multiplied: this multiplies: then a high temperature would make the choice sharper and a low one flatter
return logits * temperature
# END MISTAKE

# BEGIN MISTAKE sampling.apply_temperature subtracted: this subtracts the temperature from every score, and softmax does not notice what all scores have in common
return logits - temperature
# END MISTAKE

# BEGIN MISTAKE sampling.apply_temperature probabilities: this returns probabilities already; scores are asked for, and the softmax comes at the end
from g2c.tensors import softmax

return softmax(logits / temperature, dim=-1)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_temperature probabilities_divided: this divides probabilities: the temperature divides the scores, before the softmax
from g2c.tensors import softmax

return softmax(logits, dim=-1) / temperature
# END MISTAKE

# BEGIN MISTAKE sampling.apply_temperature in_place: this divides in place, so the caller's own scores change
logits /= temperature
return logits
# END MISTAKE

# BEGIN MISTAKE sampling.apply_temperature positive_only: this divides only scores above 0: then the distance between two scores no longer shrinks alike
import torch

return torch.where(logits > 0, logits / temperature, logits)
# END MISTAKE

# ---- top_k_filter ----

# BEGIN MISTAKE sampling.top_k_filter zeros: this sets the others to 0, and e to the 0 is 1: a score of 0 may even be the highest. Minus infinity is the score of what cannot be
highest, places = logits.topk(min(k, logits.shape[-1]), dim=-1)
return torch.zeros_like(logits).scatter(-1, places, highest)
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter ties_kept: this keeps everything that is not below the k-th score, so that among equals more than k stay
lowest = logits.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]
return logits.masked_fill(logits < lowest, -math.inf)
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter ties_lost: this keeps only what is above the k-th score, so the k-th itself is lost, and all that equal it
lowest = logits.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]
return logits.masked_fill(logits <= lowest, -math.inf)
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter over_the_batch: this looks for the k highest of all rows together; each row has its own k
flat = logits.flatten()
highest, places = flat.topk(min(k, flat.numel()))
return torch.full_like(flat, -math.inf).scatter(0, places, highest).view(logits.shape)
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter more_than_there_are: this asks for k scores where there may be fewer: then nothing is to be left out, and nothing to be complained about
highest, places = logits.topk(k, dim=-1)
return torch.full_like(logits, -math.inf).scatter(-1, places, highest)
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter the_lowest: this keeps the k lowest scores
lowest, places = logits.topk(min(k, logits.shape[-1]), dim=-1, largest=False)
return torch.full_like(logits, -math.inf).scatter(-1, places, lowest)
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter not_put_back: this returns the scores in their new order; the place of a score is its token, so they must go back
ordered = logits.sort(dim=-1, descending=True).values
ordered[..., k:] = -math.inf
return ordered
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter in_place: this writes minus infinity into the caller's own scores
places = logits.argsort(dim=-1, descending=True)
logits.scatter_(-1, places[..., k:], -math.inf)
return logits
# END MISTAKE

# BEGIN MISTAKE sampling.top_k_filter renormalised: this returns probabilities; a filter takes scores and gives scores, and those that stay are as they were
from g2c.tensors import softmax

highest, places = logits.topk(min(k, logits.shape[-1]), dim=-1)
return softmax(torch.full_like(logits, -math.inf).scatter(-1, places, highest), dim=-1)
# END MISTAKE

# ---- top_p_filter ----

# BEGIN MISTAKE sampling.top_p_filter crossing_excluded: this leaves out the token that crosses p, so what stays holds less than p, and sometimes nothing stays
ordered, places = logits.sort(dim=-1, descending=True)
mass = softmax(ordered, dim=-1).cumsum(-1)
ordered = ordered.masked_fill(mass > p, -math.inf)
return torch.empty_like(logits).scatter(-1, places, ordered)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter one_too_many: this takes one token more where the mass is exactly p already: p or more is enough
ordered, places = logits.sort(dim=-1, descending=True)
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass <= p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
ordered = ordered.masked_fill(ranks > too_few, -math.inf)
return torch.empty_like(logits).scatter(-1, places, ordered)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter ties_kept: this keeps all tokens that are as probable as the last one needed, so that among equals more stay than p asks for
ordered = logits.sort(dim=-1, descending=True).values
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True).clamp(max=logits.shape[-1] - 1)
return logits.masked_fill(logits < ordered.gather(-1, too_few), -math.inf)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter not_sorted: this adds up the probabilities in the order of the ids; the most probable come first
mass = softmax(logits, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
return logits.masked_fill(ranks > too_few, -math.inf)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter from_the_bottom: this sorts upwards, so it keeps the least probable tokens
ordered, places = logits.sort(dim=-1)
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
ordered = ordered.masked_fill(ranks > too_few, -math.inf)
return torch.empty_like(logits).scatter(-1, places, ordered)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter not_put_back: this returns the scores in their new order; the place of a score is its token, so they must go back
ordered = logits.sort(dim=-1, descending=True).values
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
return ordered.masked_fill(ranks > too_few, -math.inf)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter gathered_back: this gathers where it should scatter: that sorts once more, and the scores end up at other tokens
ordered, places = logits.sort(dim=-1, descending=True)
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
return ordered.masked_fill(ranks > too_few, -math.inf).gather(-1, places)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter zeros: this sets the others to 0, and e to the 0 is 1: a score of 0 may even be the highest. Minus infinity is the score of what cannot be
ordered, places = logits.sort(dim=-1, descending=True)
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
ordered = ordered.masked_fill(ranks > too_few, 0.0)
return torch.empty_like(logits).scatter(-1, places, ordered)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter each_alone: this asks of each token whether it has a probability of p by itself; p is for all together that stay
return logits.masked_fill(softmax(logits, dim=-1) < p, -math.inf)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter renormalised: this returns probabilities; a filter takes scores and gives scores, and those that stay are as they were
ordered, places = logits.sort(dim=-1, descending=True)
mass = softmax(ordered, dim=-1).cumsum(-1)
too_few = (mass < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
probs = softmax(ordered.masked_fill(ranks > too_few, -math.inf), dim=-1)
return torch.empty_like(logits).scatter(-1, places, probs)
# END MISTAKE

# BEGIN MISTAKE sampling.top_p_filter scores_added: this adds up scores where it should add up probabilities: the softmax is missing
ordered, places = logits.sort(dim=-1, descending=True)
too_few = (ordered.cumsum(-1) < p).sum(-1, keepdim=True)
ranks = torch.arange(logits.shape[-1], device=logits.device)
ordered = ordered.masked_fill(ranks > too_few, -math.inf)
return torch.empty_like(logits).scatter(-1, places, ordered)
# END MISTAKE

# ---- apply_repetition_penalty ----

# BEGIN MISTAKE sampling.apply_repetition_penalty negative_divided: this divides negative scores too, which brings them nearer to 0: the token becomes more probable
scores = logits.gather(-1, token_ids) / penalty
return logits.scatter(-1, token_ids, scores)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty rewarded: this multiplies what it should divide and divides what it should multiply, so what was said becomes more probable
scores = logits.gather(-1, token_ids)
scores = torch.where(scores < 0, scores / penalty, scores * penalty)
return logits.scatter(-1, token_ids, scores)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty for_each_time: this punishes a token again for every time it came; once is enough
out = logits.clone()
for row, ids in zip(out, token_ids.tolist(), strict=True):
    for id in ids:
        row[id] = row[id] * penalty if row[id] < 0 else row[id] / penalty
return out
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty for_all_texts: this punishes in every row what came in any row; each text has a past of its own
punished = torch.where(logits < 0, logits * penalty, logits / penalty)
seen = token_ids.unique()
out = logits.clone()
out[:, seen] = punished[:, seen]
return out
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty in_place: this writes the new scores over the caller's own
scores = logits.gather(-1, token_ids)
scores = torch.where(scores < 0, scores * penalty, scores / penalty)
return logits.scatter_(-1, token_ids, scores)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty subtracted: this subtracts the penalty, which here is a factor: 1 would not leave things as they are
scores = logits.gather(-1, token_ids) - penalty
return logits.scatter(-1, token_ids, scores)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty everything: this moves the scores of all tokens, whether they came or not
return torch.where(logits < 0, logits * penalty, logits / penalty)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty the_unseen: this punishes the tokens that did not come, and spares those that did
scores = logits.gather(-1, token_ids)
punished = torch.where(logits < 0, logits * penalty, logits / penalty)
return punished.scatter(-1, token_ids, scores)
# END MISTAKE

# BEGIN MISTAKE sampling.apply_repetition_penalty the_last_only: this punishes only the last token of each text
last = token_ids[:, -1:]
scores = logits.gather(-1, last)
scores = torch.where(scores < 0, scores * penalty, scores / penalty)
return logits.scatter(-1, last, scores)
# END MISTAKE

# ---- next_tokens ----

# BEGIN MISTAKE sampling.next_tokens greedy_without_penalty: this takes the likeliest token before the penalty had its say
if temperature == 0:
    return greedy(logits)
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens temperature_last: this filters before the temperature has changed the probabilities, so top-p measures those of another distribution
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
logits = apply_temperature(logits, temperature)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens top_p_before_top_k: this measures the mass before top-k has left anything out; the order is top-k, then top-p
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
logits = apply_temperature(logits, temperature)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens always_greedy: this takes the likeliest token, whatever the temperature and the filters say
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
return greedy(logits)
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens no_greedy: this divides by the temperature even where that is 0
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens no_temperature: this takes 0 for greedy and otherwise forgets the temperature
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens global_generator: this takes the generator and forgets it, so the same seed does not give the same text
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
return torch.multinomial(softmax(logits, dim=-1), 1)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens one_draw_for_all: this draws once, from the first row, and gives the token to all; every text has a distribution of its own
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
new = torch.multinomial(softmax(logits[0], dim=-1), 1, generator=generator)
return new.expand(len(logits)).clone()
# END MISTAKE

# BEGIN MISTAKE sampling.next_tokens a_column: this returns a column (B, 1), where each text gets one number
if repetition_penalty is not None:
    logits = apply_repetition_penalty(logits, token_ids, repetition_penalty)
if temperature == 0:
    return greedy(logits)[:, None]
logits = apply_temperature(logits, temperature)
if top_k is not None:
    logits = top_k_filter(logits, top_k)
if top_p is not None:
    logits = top_p_filter(logits, top_p)
return torch.multinomial(softmax(logits, dim=-1), 1, generator=generator)
# END MISTAKE

# ---- step ----

# BEGIN MISTAKE sampling.step past_the_end: this goes on writing after a text has ended: an ended text gets eos_id again
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    self.ended = self.ended | (new == self.eos_id)
self.append(new)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step never_ended: this never notes that a text has ended, so nobody stops
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
self.append(new)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step all_end_at_once: this ends every text as soon as one has ended
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
    self.ended = self.ended | (new == self.eos_id).any()
self.append(new)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step not_appended: this chooses a token and does not write it down, so the next step sees the old text again
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
    self.ended = self.ended | (new == self.eos_id)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step appended_too_early: this writes down what was chosen before an ended text got its eos_id
new = next_tokens(self.logits(), self.ids, **choice)
self.append(new)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
    self.ended = self.ended | (new == self.eos_id)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step choice_forgotten: this draws plainly, whatever temperature, filters or generator were asked for
new = next_tokens(self.logits(), self.ids)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
    self.ended = self.ended | (new == self.eos_id)
self.append(new)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step penalty_for_the_last: this shows the penalty only the last token, where it should see the whole text
new = next_tokens(self.logits(), self.ids[:, -1:], **choice)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
    self.ended = self.ended | (new == self.eos_id)
self.append(new)
return new
# END MISTAKE

# BEGIN MISTAKE sampling.step whole_texts_returned: this returns the texts; a step returns its new tokens, (B,)
new = next_tokens(self.logits(), self.ids, **choice)
if self.eos_id is not None:
    new = new.masked_fill(self.ended, self.eos_id)
    self.ended = self.ended | (new == self.eos_id)
self.append(new)
return self.ids
# END MISTAKE

# ---- window_starts ----

# BEGIN MISTAKE sampling.window_starts never_cropped: this lets the windows grow without an end, but the model has no more than context_length places
return list(starts)
# END MISTAKE

# BEGIN MISTAKE sampling.window_starts too_early: this crops a window that still fits: context_length tokens are not too many
crop = num_columns - keep
return [crop if num_columns - start >= context_length else start for start in starts]
# END MISTAKE

# BEGIN MISTAKE sampling.window_starts all_at_once: this crops every window as soon as one is too long, so a short text forgets what it would remember alone
crop = num_columns - keep
too_long = num_columns - min(starts) > context_length
return [max(crop, start) if too_long else start for start in starts]
# END MISTAKE

# BEGIN MISTAKE sampling.window_starts one_further: this moves a window by one column, however much too long it is and however much it is to keep
return [start + 1 if num_columns - start > context_length else start for start in starts]
# END MISTAKE

# BEGIN MISTAKE sampling.window_starts keep_ignored: this keeps as much as fits, whatever `keep` says
crop = num_columns - context_length
return [crop if num_columns - start > context_length else start for start in starts]
# END MISTAKE

# BEGIN MISTAKE sampling.window_starts keep_from_the_start: this counts `keep` from the beginning of the window; what stays is its end
return [start + keep if num_columns - start > context_length else start for start in starts]
# END MISTAKE

# BEGIN MISTAKE sampling.window_starts slides_always: this moves every window to its last `keep` columns, also one that still fits
return [max(num_columns - keep, start) for start in starts]
# END MISTAKE

# ---- padded_positions ----

# BEGIN MISTAKE sampling.padded_positions padding_counted: this counts the padding too, so a shorter text begins at a position that it would not have alone
return torch.arange(real.shape[-1], device=real.device).expand(real.shape).clone()
# END MISTAKE

# BEGIN MISTAKE sampling.padded_positions from_one: this gives the first token position 1; positions count from 0
return real.cumsum(-1)
# END MISTAKE

# BEGIN MISTAKE sampling.padded_positions below_zero: this gives padding position -1, which no table has
return real.cumsum(-1) - 1
# END MISTAKE

# BEGIN MISTAKE sampling.padded_positions columns_of_real: this sets padding to 0 but leaves the real tokens at their columns: they too must begin at 0
return torch.arange(real.shape[-1], device=real.device) * real
# END MISTAKE

# ---- padding_mask ----

# BEGIN MISTAKE sampling.padding_mask padding_seen: this lets the real tokens look at padding, so a text says something else than it says alone
S = real.shape[-1]
return causal_mask(S, real.device).expand(len(real), S, S).clone()
# END MISTAKE

# BEGIN MISTAKE sampling.padding_mask padding_blind: this lets padding look at nothing, and a softmax over nothing is not a number: let it look at itself
S = real.shape[-1]
return causal_mask(S, real.device) & real[:, None, :]
# END MISTAKE

# BEGIN MISTAKE sampling.padding_mask rows_hidden: this hides what padding looks at, and not the padding: the columns are what is looked at
S = real.shape[-1]
itself = torch.eye(S, dtype=torch.bool, device=real.device)
return causal_mask(S, real.device) & real[:, :, None] | itself
# END MISTAKE

# BEGIN MISTAKE sampling.padding_mask future_seen: this hides padding and forgets that the mask must also be causal
S = real.shape[-1]
itself = torch.eye(S, dtype=torch.bool, device=real.device)
return real[:, None, :].expand(-1, S, -1) | itself
# END MISTAKE

# BEGIN MISTAKE sampling.padding_mask upside_down: this hides the real tokens and shows the padding: `real` is False for padding
S = real.shape[-1]
itself = torch.eye(S, dtype=torch.bool, device=real.device)
return causal_mask(S, real.device) & ~real[:, None, :] | itself
# END MISTAKE

# BEGIN MISTAKE sampling.padding_mask transposed: this turns the mask on its side: rows are those who look, columns what is looked at
S = real.shape[-1]
itself = torch.eye(S, dtype=torch.bool, device=real.device)
return (causal_mask(S, real.device) & real[:, None, :] | itself).transpose(1, 2)
# END MISTAKE

# BEGIN MISTAKE sampling.padding_mask true_means_hidden: this says True where a look is forbidden; in this course True means "may attend"
S = real.shape[-1]
itself = torch.eye(S, dtype=torch.bool, device=real.device)
return ~(causal_mask(S, real.device) & real[:, None, :] | itself)
# END MISTAKE

# ---- cached_logits ----

# BEGIN MISTAKE sampling.cached_logits all_again: this hands over the whole window again, though the caches hold its beginning: those columns would be there twice
positions = None if real is None else padded_positions(real)
mask = None if real is None else padding_mask(real)
return model(token_ids, positions, mask, caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits last_only: this always hands over one column; with empty caches, or after several new ones, the others are missing
if real is None:
    return model(token_ids[:, -1:], caches=caches)[:, -1]
positions = padded_positions(real)[:, -1:]
return model(token_ids[:, -1:], positions, padding_mask(real)[:, -1:], caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits positions_from_zero: this counts the positions of the new columns from 0 again, as if nothing stood before them
import torch

held = caches[0].length
new = token_ids[:, held:]
positions = torch.arange(new.shape[1], device=new.device)
mask = None if real is None else padding_mask(real)[:, held:]
return model(new, positions, mask, caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits positions_by_column: this takes the columns for positions; where padding stands before a text, its positions are smaller
held = caches[0].length
mask = None if real is None else padding_mask(real)[:, held:]
return model(token_ids[:, held:], None, mask, caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits no_mask: this gives positions but no mask for a padded batch, so the new columns look at padding
held = caches[0].length
positions = None if real is None else padded_positions(real)[:, held:]
return model(token_ids[:, held:], positions, None, caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits mask_of_the_new: this makes the mask from the new columns alone, and it does not know of the padding in the caches
import torch

held = caches[0].length
if real is None:
    return model(token_ids[:, held:], caches=caches)[:, -1]
positions = padded_positions(real)[:, held:]
mask = padding_mask(real[:, held:])
seen = torch.ones(*mask.shape[:2], held, dtype=torch.bool, device=mask.device)
mask = torch.cat((seen, mask), dim=-1)
return model(token_ids[:, held:], positions, mask, caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits first_rows_of_the_mask: this takes the first rows of the mask; the new columns are the last ones
held = caches[0].length
if real is None:
    return model(token_ids[:, held:], caches=caches)[:, -1]
positions = padded_positions(real)[:, held:]
mask = padding_mask(real)[:, : token_ids.shape[1] - held]
return model(token_ids[:, held:], positions, mask, caches)[:, -1]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits first_new_column: this returns what the model says after the first of the new columns; the next token is what it says after the last
held = caches[0].length
if real is None:
    return model(token_ids[:, held:], caches=caches)[:, 0]
positions = padded_positions(real)[:, held:]
mask = padding_mask(real)[:, held:]
return model(token_ids[:, held:], positions, mask, caches)[:, 0]
# END MISTAKE

# BEGIN MISTAKE sampling.cached_logits without_the_caches: this computes everything anew and leaves the caches empty: right numbers, and no time saved
return window_logits(model, token_ids, real)
# END MISTAKE

# ---- the given functions: what a faster or shorter version must not lose ----

# BEGIN MISTAKE sampling.pad_left on_the_right: the padding stands after the shorter texts, so the model is asked what follows padding
def pad_left(prompts):
    N = max(len(prompt) for prompt in prompts)
    return torch.stack([torch.cat((p, p[-1:].expand(N - len(p)))) for p in prompts])
# END MISTAKE

# BEGIN MISTAKE sampling.pad_left zeros: token 0 fills the rows, and a repetition penalty then punishes it in texts where it never came
def pad_left(prompts):
    N = max(len(prompt) for prompt in prompts)
    return torch.stack([torch.cat((p.new_zeros(N - len(p)), p)) for p in prompts])
# END MISTAKE

# BEGIN MISTAKE sampling.window_logits padding_ignored: the padding is computed like text, so a shorter prompt is answered as if its first token stood there many times
def window_logits(model, token_ids, real=None):
    logits = model(token_ids)
    return logits[:, -1] if logits.ndim == 3 else logits
# END MISTAKE

# BEGIN MISTAKE sampling.window_logits first_position: what the model says after the first token of the window; the next token is what it says after the last
def window_logits(model, token_ids, real=None):
    if real is None:
        logits = model(token_ids)
    else:
        logits = model(token_ids, padded_positions(real), padding_mask(real))
    return logits[:, 0] if logits.ndim == 3 else logits
# END MISTAKE

# BEGIN MISTAKE sampling.characters token_by_token: each token is decoded by itself, so a character whose bytes lie in two tokens comes out as question marks
def characters(tokenizer, ids):
    for id in ids:
        yield tokenizer.decode([id])
# END MISTAKE

# BEGIN MISTAKE sampling.characters rest_forgotten: bytes that wait for the rest of their character are lost where the text ends
def characters(tokenizer, ids):
    if not hasattr(tokenizer, "decode_bytes"):
        yield from (tokenizer.decode([id]) for id in ids)
        return
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for id in ids:
        if piece := decoder.decode(tokenizer.decode_bytes([id])):
            yield piece
# END MISTAKE

# BEGIN MISTAKE sampling.Texts.crop cache_not_cropped: the windows move on and the caches stay, so the keys in them stand at positions that are no longer theirs
def crop(self):
    if self.context_length is not None:
        columns = self.ids.shape[1]
        self.starts = window_starts(self.starts, columns, self.context_length, self.keep)
# END MISTAKE

# BEGIN MISTAKE sampling.RoomyCache.append always_at_the_start: every new position is written over the first ones
def append(self, key, value):
    T = key.shape[-2]
    end = self.filled + T
    if end > self.capacity:
        raise ValueError(
            f"{end} positions ({self.filled} of them cached) do not fit into a cache for "
            f"{self.capacity}: crop the window, or make the cache larger"
        )
    if self.key is None:
        self.key, self.value = (
            x.new_zeros(*x.shape[:-2], self.capacity, x.shape[-1]) for x in (key, value)
        )
    self.filled = end
    self.key.narrow(-2, 0, T).copy_(key)
    self.value.narrow(-2, 0, T).copy_(value)
    return self.key.narrow(-2, 0, end), self.value.narrow(-2, 0, end)
# END MISTAKE
