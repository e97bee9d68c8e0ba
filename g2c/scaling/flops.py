# Built from course/g2c/scaling/flops.py: write only between the fence lines.
"""Yours to write: every matrix product of a forward pass, and what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from g2c.scaling.parameters import ffn_width, kv_width
from g2c.transformer import ModelConfig

# What each product belongs to; the products with a learned matrix are all but scores and mix.
PARTS = {
    "q_proj": "projections", "k_proj": "projections", "v_proj": "projections",
    "output_proj": "projections", "scores": "attention", "mix": "attention",
    "w1": "ffn", "w2": "ffn", "w3": "ffn", "lm_head": "head",
}  # fmt: skip


@dataclass(frozen=True)
class Product:
    """`count` products of an (m, n) matrix with an (n, p) matrix."""

    name: str
    m: int
    n: int
    p: int
    count: int = 1

    @property
    def flops(self) -> int:
        """Additions and multiplications of all of them; n products of a sum count n additions.

        Source: Golub and Van Loan, Matrix Computations, section 1.1.
        """
        # ---- your code: scaling.product_flops (about 1 line) ----
        raise NotImplementedError("scaling.product_flops")
        # ---- end of your code ----

    @property
    def part(self) -> str:
        return PARTS[self.name]


def layer_products(config: ModelConfig, T: int, S: int) -> list[Product]:
    """The matrix products of one layer, for one window: T positions that look at S.

    Shapes: S is T, or more where a cache holds the keys and values of earlier positions.
    Names and order: q_proj, k_proj, v_proj, scores, mix, output_proj, w1, w3 (of a SwiGLU), w2.
    `scores` are the queries times the keys, `mix` the weights times the values: one product a
    head, computed in full, with what the causal mask throws away.
    Source: Vaswani et al. 2017, equation 1 and section 3.2.2; Shazeer 2020, equation 6.
    """
    D, H, K = config.d_model, config.num_heads, config.d_head
    F, kv, gated = ffn_width(config), kv_width(config), config.ffn == "swiglu"
    # ---- your code: scaling.layer_products (about 11 lines) ----
    raise NotImplementedError("scaling.layer_products")
    # ---- end of your code ----


def forward_flops(config: ModelConfig, T: int, *, cached: int = 0) -> list[Product]:
    """All matrix products of a forward pass of one window of T tokens, those of all layers summed.

    With `cached` positions in a KV cache, the T tokens come after them.
    Raises: ValueError where T or `cached` is out of range.
    """
    if T < 1 or cached < 0 or T + cached > config.context_length:
        raise ValueError(
            f"T ({T}) after {cached} cached positions does not fit: give T of 1 or more, and no "
            f"more than context_length ({config.context_length}) together, or a config with more"
        )
    products = layer_products(config, T, cached + T)
    layers = [replace(product, count=product.count * config.num_layers) for product in products]
    return [*layers, Product("lm_head", T, config.d_model, config.vocab_size)]


def total_flops(products: Iterable[Product]) -> int:
    return sum(product.flops for product in products)


def flop_shares(products: Iterable[Product]) -> dict[str, float]:
    """Each part's share of the whole: projections, attention, ffn, head; their sum is 1."""
    products = list(products)
    total, shares = total_flops(products), dict.fromkeys(PARTS.values(), 0.0)
    for product in products:
        shares[product.part] += product.flops / total
    return shares


def decoding_flops(config: ModelConfig, prompt: int, new: int, *, cached: bool) -> int:
    """What it costs to write `new` tokens after a prompt of so many, one after the other.

    With a cache the prompt goes through once and each token but the last once; without one, all
    that is there goes through again for each new token.
    """
    if not cached:
        return sum(total_flops(forward_flops(config, prompt + i)) for i in range(new))
    first = total_flops(forward_flops(config, prompt))
    rest = (forward_flops(config, 1, cached=prompt + i) for i in range(new - 1))
    return first + sum(map(total_flops, rest))
