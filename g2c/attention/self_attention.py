# Built from course/g2c/attention/self_attention.py: write only between the fence lines.
"""Yours to write: one head of attention, with queries, keys and values made from the same x."""

from torch import Tensor, nn

from g2c.attention.masks import mask_or_causal
from g2c.attention.scaled_dot_product import attention_weights
from g2c.nn import Linear


class SelfAttention(nn.Module):
    """Every position asks, is asked, and answers: three projections of x, then attention.

    Shapes: x (B, T, D) -> (B, T, D); mask (T, T) or (B, T, T), causal if not given.
    Raises: as check_mask.
    Source: Vaswani et al. 2017, section 3.2, with one head and no output projection.
    """

    def __init__(self, d_model: int, bias: bool = False, device=None, dtype=None):
        super().__init__()
        kinds = {"bias": bias, "device": device, "dtype": dtype}
        self.q_proj = Linear(d_model, d_model, **kinds)
        self.k_proj = Linear(d_model, d_model, **kinds)
        self.v_proj = Linear(d_model, d_model, **kinds)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        T = x.shape[-2]
        # Checked here, so not by attention_weights: on an accelerator each look is a wait.
        mask = mask_or_causal(mask, T, T, x.device)
        # ---- your code: attention.self_attention (about 2 lines) ----
        raise NotImplementedError("attention.self_attention")
        # ---- end of your code ----
