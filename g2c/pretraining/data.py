# Given. Built from course/g2c/pretraining/data.py: there is nothing to write here.
"""Given, complete: a stream of token ids becomes two parts, and each part becomes windows."""

import torch
from torch import Tensor


def split_token_stream(ids: Tensor, train_fraction: float = 0.9) -> tuple[Tensor, Tensor]:
    """The first part of a stream to learn from, and the rest to be tested on.

    Shapes: ids (N,) -> (n,) and (N - n,), where n is N * train_fraction rounded down.
    Both parts are views of `ids`: nothing is copied, shuffled or lost.
    Raises: ValueError where train_fraction is not between 0 and 1, or a part would be empty.
    """
    _check_stream(ids)
    if not 0 < train_fraction < 1:
        raise ValueError(
            f"train_fraction is {train_fraction}: give a number between 0 and 1, such as 0.9"
        )
    cut = int(len(ids) * train_fraction)
    if not 0 < cut < len(ids):
        raise ValueError(
            f"{len(ids)} tokens at train_fraction {train_fraction} leave {cut} to train on and "
            f"{len(ids) - cut} to validate on: neither part may be empty, so use a longer text"
        )
    return ids[:cut], ids[cut:]


def get_lm_batch(
    ids: Tensor,
    batch_size: int,
    context_length: int,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """B windows of the stream as inputs, and for each of their tokens the one that follows it.

    Shapes: ids (N,) -> x (B, T), y (B, T), of the dtype and on the device of `ids`.
    Starts are drawn uniformly, with repetition, from 0 … N - T - 1: every one that fits.
    Raises: ValueError where N < T + 1, or where a size is below 1.
    Source: Karpathy 2022, nanoGPT, get_batch.
    """
    _check_window(ids, context_length)
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}: ask for 1 window or more")
    device = generator.device if generator is not None else "cpu"
    end = len(ids) - context_length  # a window that started here would lack its last target
    starts = torch.randint(end, (batch_size,), generator=generator, device=device)
    return windows_at(ids, starts.to(ids.device), context_length)


def windows_at(ids: Tensor, starts: Tensor, context_length: int) -> tuple[Tensor, Tensor]:
    """The windows that begin at `starts`, and the same windows one token later.

    Shapes: ids (N,), starts (B,) of whole numbers -> x (B, T), y (B, T).
    Raises: IndexError where a start is above N - T - 1.
    """
    index = starts[:, None] + torch.arange(context_length, device=ids.device)  # (B, T)
    return ids[index], ids[index + 1]


def document_starts(ids: Tensor, context_length: int, separator_id: int) -> Tensor:
    """Every start whose window stays inside one document, in order.

    Shapes: ids (N,) -> (M,), each from 0 … N - T - 1; M may be 0.
    Such a window may open with a separator (a document begins) and may have one as its last
    target (a document ends), but holds none in between. Too short a document is never seen.
    Raises: ValueError where N < T + 1, or where T is below 1.
    """
    _check_window(ids, context_length)
    seen = torch.zeros(len(ids) + 1, dtype=torch.int64, device=ids.device)
    seen[1:] = (ids == separator_id).cumsum(0)  # seen[i]: separators among the first i tokens
    inside = seen[context_length:-1] - seen[1:-context_length]  # (N - T,): one count a start
    return (inside == 0).nonzero().flatten()


def _check_stream(ids: Tensor) -> None:
    if ids.ndim != 1:
        raise ValueError(
            f"ids has shape {tuple(ids.shape)}: a token stream has one dimension, "
            "so join the documents into one long row first"
        )


def _check_window(ids: Tensor, context_length: int) -> None:
    _check_stream(ids)
    if context_length < 1:
        raise ValueError(f"context_length is {context_length}: give 1 or more")
    if len(ids) < context_length + 1:
        raise ValueError(
            f"ids holds {len(ids)} tokens, but a window of context_length {context_length} needs "
            f"{context_length + 1} (its last input needs a target too): "
            "use a longer text or a smaller context_length"
        )
