# Built from course/g2c/scaling/budget.py: write only between the fence lines.
"""Yours to write: what a training run costs. Given: the rule of thumb, and equal budgets."""

from collections.abc import Iterable
from dataclasses import dataclass

from g2c.scaling.flops import forward_flops, total_flops
from g2c.scaling.parameters import parameter_count
from g2c.transformer import ModelConfig


def training_flops(config: ModelConfig, T: int, tokens: int) -> int:
    """The matrix products of a run that sees so many tokens, in windows of T; rounded down.

    Forward and backward: for every product the gradient of each of its two factors is one more of
    the same size.
    Raises: ValueError for tokens below 0, and as forward_flops.
    Source: Kaplan et al. 2020, section 2.1.
    """
    if tokens < 0:
        raise ValueError(f"tokens is {tokens}: give 0 or more")
    # ---- your code: scaling.training_flops (about 2 lines) ----
    raise NotImplementedError("scaling.training_flops")
    # ---- end of your code ----


def matrix_numbers(config: ModelConfig) -> int:
    """The N of 6ND: the numbers in learned matrices that every token is multiplied with.

    The layers' matrices and the head, tied or not; no table that is looked up in, no vector.
    """
    return sum(p.n * p.p * p.count for p in forward_flops(config, 1) if p.part != "attention")


def rule_of_six(config: ModelConfig, tokens: int) -> int:
    """6 N D, the rule of thumb for `training_flops`: it leaves out scores and mix, so it has no T.

    Source: Kaplan et al. 2020, section 2.1, with the head counted in.
    """
    return 6 * matrix_numbers(config) * tokens


def tokens_for(config: ModelConfig, T: int, flops: float) -> int:
    """How many tokens a model may see for a budget of so many FLOPs."""
    return int(flops // training_flops(config, T, 1))


@dataclass(frozen=True)
class Plan:
    """A run that fits into a budget."""

    config: ModelConfig
    parameters: int
    steps: int
    tokens: int
    flops: int


def iso_flop(configs: Iterable[ModelConfig], batch_size: int, flops: float) -> list[Plan]:
    """One run for each config, all within the same budget and, but for a last step, using it up.

    Windows have the config's context_length. Raises: ValueError where not one step fits.
    """
    plans = []
    for config in configs:
        T = config.context_length
        step = training_flops(config, T, batch_size * T)
        steps = int(flops // step)
        if steps < 1:
            raise ValueError(
                f"one step of {parameter_count(config):,} parameters takes {step:,} FLOPs, more "
                f"than the budget of {flops:,.0f}: give more, a smaller model or a smaller batch"
            )
        tokens = steps * batch_size * T
        plans.append(Plan(config, parameter_count(config), steps, tokens, steps * step))
    return plans
