"""Calls that tell the known mistakes in `g2c.lm` apart; see course/probes/tensors.py."""

import torch

from g2c import lm
from noteboosh.probing import filled

IDS = torch.tensor([[0, 3, 1], [1, 2, 2]])


def counts_bigram_fit():
    for streams in ([[0, 1, 3, 2]], [[0, 1, 1, 1, 0, 1, 2]], [[2], [1, 2, 3], [1, 2, 0, 0, 0]]):
        yield _counted, streams


def _counted(streams):
    model = lm.CountsBigramLM(4)
    for stream in streams:
        model.fit(torch.tensor(stream))
    return model.counts


def counts_bigram():
    for smoothing in (1.0, 0.25):
        model = lm.CountsBigramLM(4, smoothing)
        model.counts.copy_(torch.tensor([[3, 0, 1, 2], [0, 5, 0, 1], [1, 1, 0, 0], [9, 0, 0, 4]]))
        yield model, IDS
        yield model, IDS[0]


def neural_bigram():
    model = filled(lm.NeuralBigramLM(4))
    yield model, IDS
    yield model, IDS[0]


def mlp_language_model():
    for bias, d_model in ((False, 3), (True, 2)):
        yield filled(lm.MLPLanguageModel(5, 3, d_model, 4, bias=bias)), IDS


def perplexity():
    for losses, counts in (([1.0, 2.5], [3, 1]), ([0.5], [4]), ([2.0, 0.25, 1.0], [1, 10, 4])):
        yield lm.perplexity, losses, counts


def bits_per_byte():
    for loss, num_tokens, num_bytes in ((1.5, 10, 33), (0.7, 8, 8), (3.0, 9, 4)):
        yield lm.bits_per_byte, loss, num_tokens, num_bytes


def sample():
    for prompt, n, context_length in (([2], 4, None), ([1, 4], 3, 2), ([0, 3, 1], 5, 1)):
        for one_prediction in (False, True):
            yield _watched, prompt, n, context_length, one_prediction
    yield (_shares,)
    yield (_twice_the_same,)


def _watched(prompt, n, context_length, one_prediction):
    """What a model that is sure writes, and what it was shown."""
    windows = []

    def model(token_ids):
        windows.append(token_ids[0].tolist())
        logits = 1e4 * ((token_ids[..., None] + 1) % 5 == torch.arange(5)).float()
        return logits[:, -1] if one_prediction else logits

    ids = lm.sample(model, torch.tensor(prompt), n, context_length=context_length)
    return ids, windows


def _shares():
    """How often each of four tokens is drawn, to the nearest fifth."""
    scores = torch.tensor([0.6, 0.4, 0.0, 0.0]).log()

    def model(token_ids):
        return scores.expand(1, token_ids.shape[1], 4)

    generator = torch.Generator().manual_seed(0)
    ids = lm.sample(model, torch.tensor([3]), 1500, context_length=1, generator=generator)
    return (5 * ids.bincount(minlength=4) / 1500).round().tolist()


def _twice_the_same():
    def model(token_ids):
        return torch.zeros(1, token_ids.shape[1], 50)

    draws = [
        lm.sample(model, torch.tensor([0]), 30, generator=torch.Generator().manual_seed(1))
        for _ in range(2)
    ]
    return bool((draws[0][-30:] == draws[1][-30:]).all())
