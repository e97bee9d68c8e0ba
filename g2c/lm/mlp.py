# Built from course/g2c/lm/mlp.py: write only between the fence lines.
"""Yours to write: the next token from a fixed number of tokens, all of them at once."""

from torch import Tensor, nn

from g2c.embeddings import Embedding
from g2c.nn import Linear, Tanh


class MLPLanguageModel(nn.Module):
    """Embeds context_length tokens, lays their vectors end to end, and lets two layers predict.

    Shapes: token_ids (B, context_length) -> logits (B, V): one prediction for each window.
    Widths: context_length * d_model, then d_ff with tanh, then vocab_size.
    Raises: ValueError for windows of another length.
    Source: Bengio et al. 2003, equation 1, without the direct connections.
    """

    def __init__(
        self,
        vocab_size: int,
        context_length: int,
        d_model: int,
        d_ff: int,
        bias: bool = False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.context_length = context_length
        kinds = {"device": device, "dtype": dtype}
        self.token_embeddings = Embedding(vocab_size, d_model, **kinds)
        self.w1 = Linear(context_length * d_model, d_ff, bias=bias, **kinds)
        self.tanh = Tanh()
        self.lm_head = Linear(d_ff, vocab_size, bias=bias, **kinds)

    def forward(self, token_ids: Tensor) -> Tensor:
        if token_ids.ndim != 2 or token_ids.shape[1] != self.context_length:
            raise ValueError(
                f"token_ids {tuple(token_ids.shape)} must be (B, {self.context_length}): this "
                f"model predicts from exactly {self.context_length} tokens"
            )
        # ---- your code: lm.mlp_language_model (about 2 lines) ----
        raise NotImplementedError("lm.mlp_language_model")
        # ---- end of your code ----
