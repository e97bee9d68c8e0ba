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
