# Built from course/g2c/lm/bigram.py: write only between the fence lines.
"""Yours to write: the next token from the last one alone, counted and then learned."""

import torch
from torch import Tensor, nn

from g2c.embeddings import Embedding


class CountsBigramLM(nn.Module):
    """The next token as often as it followed this one in the text, plus `smoothing` for each.

    Shapes: token_ids (...) -> log-probabilities (..., V), which serve as logits.
    `counts[i, j]` says how often j followed i; an unseen i predicts all tokens alike.
    Raises: ValueError where vocab_size is below 1 or smoothing not above 0.
    Source: Shannon 1948, section 3; Lidstone 1920 for the smoothing.
    """

    def __init__(self, vocab_size: int, smoothing: float = 1.0, device=None):
        super().__init__()
        if vocab_size < 1 or smoothing <= 0:
            raise ValueError(
                f"vocab_size ({vocab_size}) must be 1 or more and smoothing ({smoothing}) above 0: "
                "at 0 a pair that was never seen would cost infinitely many nats"
            )
        self.vocab_size, self.smoothing = vocab_size, smoothing
        # Integers: a float32 count stops growing at 2^24, about 17 million.
        counts = torch.zeros(vocab_size, vocab_size, device=device, dtype=torch.int64)
        self.register_buffer("counts", counts)

    def fit(self, ids: Tensor) -> None:
        """Count the pairs of neighbours in a stream, on top of those counted before.

        Shapes: ids (N,).
        Raises: ValueError where ids are not one stream, IndexError where one is not below V.
        """
        if ids.ndim != 1:
            raise ValueError(f"ids {tuple(ids.shape)} must be one stream (N,): flatten them")
        ids = ids.long()
        if len(ids) and (ids.min() < 0 or ids.max() >= self.vocab_size):
            raise IndexError(
                f"ids run from {ids.min()} to {ids.max()}, but vocab_size is {self.vocab_size}: "
                "make the model with the tokenizer's vocab_size"
            )
        # ---- your code: lm.counts_bigram_fit (about 1 line) ----
        raise NotImplementedError("lm.counts_bigram_fit")
        # ---- end of your code ----

    def forward(self, token_ids: Tensor) -> Tensor:
        # ---- your code: lm.counts_bigram (about 2 lines) ----
        raise NotImplementedError("lm.counts_bigram")
        # ---- end of your code ----


class NeuralBigramLM(nn.Module):
    """The same table as logits that are learned: row i holds the logits of what follows i.

    Shapes: token_ids (...) -> logits (..., V).
    Starts like an Embedding (V, V), so that its expected loss is about log(V) + 1/2.
    """

    def __init__(self, vocab_size: int, device=None, dtype=None):
        super().__init__()
        self.next_logits = Embedding(vocab_size, vocab_size, device=device, dtype=dtype)

    def forward(self, token_ids: Tensor) -> Tensor:
        # ---- your code: lm.neural_bigram (about 1 line) ----
        raise NotImplementedError("lm.neural_bigram")
        # ---- end of your code ----
