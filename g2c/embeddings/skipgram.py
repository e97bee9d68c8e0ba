# Built from course/g2c/embeddings/skipgram.py: write only between the fence lines.
"""Yours to write: the pairs from which words learn by the company they keep."""

from collections.abc import Sequence


def skipgram_pairs(ids: Sequence[int], window: int) -> list[tuple[int, int]]:
    """Every id with each of its neighbours at most `window` places away, as (centre, neighbour).

    In the order of the text: by the centre's place, then by the neighbour's.
    Raises: ValueError where window is below 1.
    Source: Mikolov et al. 2013, Efficient Estimation of Word Representations, section 3.2.
    """
    if window < 1:
        raise ValueError(f"window is {window}: give 1 or more, as a word alone has no company")
    # ---- your code: embeddings.skipgram_pairs (about 7 lines) ----
    raise NotImplementedError("embeddings.skipgram_pairs")
    # ---- end of your code ----
