# Built from course/g2c/sampling/windows.py: write only between the fence lines.
"""Yours to write: what the model still sees of a long text, and computing only what is new."""

from collections.abc import Callable, Sequence

from torch import Tensor

from g2c.attention import KVCache
from g2c.sampling.padding import padded_positions, padding_mask


def window_starts(
    starts: Sequence[int], num_columns: int, context_length: int, keep: int
) -> list[int]:
    """Where the window of each text begins, now that there are `num_columns` columns.

    A window runs from its start to the last column. One that is longer than `context_length`
    is cropped to its last `keep` columns; the others stay as they are.
    """
    # ---- your code: sampling.window_starts (about 2 lines) ----
    raise NotImplementedError("sampling.window_starts")
    # ---- end of your code ----


def window_logits(model: Callable, token_ids: Tensor, real: Tensor | None = None) -> Tensor:
    """What the model says after the last token of each window. Slow, and the judge of the cache.

    Shapes: token_ids (B, S), real (B, S) or None where nothing is padding -> (B, V).
    """
    if real is None:
        logits = model(token_ids)
    else:
        logits = model(token_ids, padded_positions(real), padding_mask(real))
    return logits[:, -1] if logits.ndim == 3 else logits  # (B, V): one prediction a window


def cached_logits(
    model: Callable, token_ids: Tensor, real: Tensor | None, caches: Sequence[KVCache]
) -> Tensor:
    """The same numbers, from those columns alone that the caches, one a layer, do not hold yet.

    Shapes: token_ids (B, S), real (B, S) or None where nothing is padding -> (B, V).
    The caches hold the first columns of this window, or none; afterwards they hold all S.
    Source: Shazeer 2019, section 2, on incremental attention.
    """
    # ---- your code: sampling.cached_logits (about 6 lines) ----
    raise NotImplementedError("sampling.cached_logits")
    # ---- end of your code ----
