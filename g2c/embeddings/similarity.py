# Built from course/g2c/embeddings/similarity.py: write only between the fence lines.
"""Yours to write: how alike the directions of vectors are."""

from torch import Tensor


def cosine_similarities(vectors: Tensor) -> Tensor:
    """The cosine of the angle between every two rows: 1 the same direction, 0 a right angle.

    Shapes: vectors (N, D) -> (N, N); between -1 and 1, whatever the lengths of the vectors.
    Raises: ValueError where vectors are not (N, D), or a vector of zeros has no direction.
    """
    if vectors.ndim != 2:
        raise ValueError(f"vectors {tuple(vectors.shape)} must be (N, D): one vector a row")
    zeros = (vectors == 0).all(dim=1).nonzero().flatten().tolist()
    if zeros:
        raise ValueError(
            f"rows {zeros[:3]} of vectors {tuple(vectors.shape)} are all 0 and have no direction: "
            "leave them out"
        )
    # ---- your code: embeddings.cosine_similarities (about 2 lines) ----
    raise NotImplementedError("embeddings.cosine_similarities")
    # ---- end of your code ----
