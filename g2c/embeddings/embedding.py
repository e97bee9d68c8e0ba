# Built from course/g2c/embeddings/embedding.py: write only between the fence lines.
"""Yours to write: the table that turns an id into a vector. Given: the table itself."""

import torch
from torch import Tensor, nn

from g2c.embeddings.checks import check_rows


class Embedding(nn.Module):
    """A table with one learned row for each id.

    Shapes: token_ids (...) -> (..., embedding_dim); weight (num_embeddings, embedding_dim).
    Weights start with std 1, cut at 3.
    Raises: TypeError for ids that are not integers, IndexError for ids outside the table.
    Source: Bengio et al. 2003, section 2.
    """

    def __init__(self, num_embeddings: int, embedding_dim: int, device=None, dtype=None):
        super().__init__()
        if num_embeddings < 1 or embedding_dim < 1:
            raise ValueError(
                f"num_embeddings ({num_embeddings}) and embedding_dim ({embedding_dim}) must be "
                "1 or more"
            )
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        weight = torch.empty(num_embeddings, embedding_dim, device=device, dtype=dtype)
        self.weight = nn.Parameter(weight)
        self.reset_parameters()

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        """Draw the weights anew; the generator must live on their device."""
        nn.init.trunc_normal_(self.weight, std=1.0, a=-3.0, b=3.0, generator=generator)

    def forward(self, token_ids: Tensor) -> Tensor:
        check_rows(token_ids, self.num_embeddings, "token ids")
        token_ids = token_ids.long()  # torch takes uint8 indices for a mask
        # ---- your code: embeddings.embedding (about 1 line) ----
        raise NotImplementedError("embeddings.embedding")
        # ---- end of your code ----

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, {self.embedding_dim}"
