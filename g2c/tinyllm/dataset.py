# Built from course/g2c/tinyllm/dataset.py: write only between the fence lines.
"""Yours to write: windows out of a file that is never read whole. Given: where they start."""

import numpy as np
import torch
from torch import Tensor


class TokenDataset:
    """A stream of token ids, in memory or as an `np.memmap` on disk, and batches drawn from it.

    With a `separator_id`, windows stay inside documents: one may open with a separator and may have
    one as its last target, but holds none in between (see `g2c.pretraining.document_starts`).
    Raises: TypeError where the ids are not integers, ValueError where they are not (N,) or an id is
    not in 0 … vocab_size - 1.
    """

    def __init__(self, ids: np.ndarray, vocab_size: int, *, separator_id: int | None = None):
        check_ids(ids, vocab_size)
        self.ids, self.vocab_size = ids, vocab_size
        self.bounds = np.array([0, len(ids) - 1])  # of the documents; of the whole, if they are one
        if separator_id is not None:
            blocks = range(0, len(ids), BLOCK)
            at = [start + np.flatnonzero(ids[start : start + BLOCK] == separator_id)
                  for start in blocks]  # fmt: skip
            self.bounds = np.concatenate(([0], *at, [len(ids) - 1]))

    def __len__(self) -> int:
        return len(self.ids)

    def batch(
        self,
        batch_size: int,
        context_length: int,
        *,
        device: torch.device | str | None = None,
        generator: torch.Generator | None = None,
    ) -> tuple[Tensor, Tensor]:
        """B windows and, for each of their tokens, the one that follows it: int64, on the device.

        Shapes: -> x (B, T), y (B, T). Raises: ValueError where no window fits.
        """
        starts = self.starts(batch_size, context_length, generator)
        x, y = self.windows(starts, context_length)
        return x.to(device), y.to(device)

    def starts(
        self, batch_size: int, context_length: int, generator: torch.Generator | None = None
    ) -> Tensor:
        """Where B windows begin: drawn uniformly, with repetition, from every start that fits.

        Shapes: -> (B,). The generator lives on the CPU, so that every device sees the same order.
        """
        if batch_size < 1 or context_length < 1:
            raise ValueError(
                f"batch_size ({batch_size}) and context_length ({context_length}) must be 1 or more"
            )
        fitting = np.maximum(np.diff(self.bounds) - context_length + 1, 0)  # starts a document
        before = np.concatenate(([0], np.cumsum(fitting)))
        if before[-1] == 0:
            raise ValueError(
                f"no window of context_length {context_length} fits: the longest stretch has "
                f"{int(np.diff(self.bounds).max()) + 1} tokens, and one more than context_length "
                "is needed; use a longer text or a smaller context_length"
            )
        drawn = torch.randint(int(before[-1]), (batch_size,), generator=generator).numpy()
        document = np.searchsorted(before, drawn, side="right") - 1
        return torch.from_numpy(self.bounds[document] + drawn - before[document])

    def windows(self, starts: Tensor, context_length: int) -> tuple[Tensor, Tensor]:
        """The windows that begin at `starts`, and the same windows one token later, as int64.

        Shapes: starts (B,) -> x (B, T), y (B, T). Reads B * (T + 1) ids and no more.
        """
        # ---- your code: tinyllm.windows (about 3 lines) ----
        raise NotImplementedError("tinyllm.windows")
        # ---- end of your code ----


BLOCK = 1 << 22  # ids looked at together: 8 MB of uint16


def check_ids(ids: np.ndarray, vocab_size: int) -> None:
    """Looks at every id once, block by block. Raises: as TokenDataset."""
    if not isinstance(ids, np.ndarray) or not np.issubdtype(ids.dtype, np.integer):
        kind = getattr(ids, "dtype", type(ids).__name__)
        raise TypeError(f"ids are {kind}: give a numpy array of integers, such as np.uint16")
    if ids.ndim != 1 or len(ids) == 0:
        raise ValueError(f"ids has shape {ids.shape}: a token stream is (N,), with at least one id")
    for start in range(0, len(ids), BLOCK):
        block = ids[start : start + BLOCK]
        wrong = (block >= vocab_size) | (block < 0)
        if wrong.any():
            place = start + int(wrong.argmax())
            raise ValueError(
                f"id {int(ids[place])} at position {place} is not in 0 … {vocab_size - 1}: the "
                "stream was made with another tokenizer, or with a dtype too small for its ids"
            )
