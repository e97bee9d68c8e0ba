"""Calls that tell the known mistakes in `g2c.scaling` apart; see course/probes/tensors.py."""

import torch

from g2c import scaling
from g2c.transformer import gpt2_style, llama_style

SIZES = {"vocab_size": 11, "context_length": 9, "d_model": 8, "num_layers": 3, "num_heads": 4,
         "d_ff": 10}  # fmt: skip
CONFIGS = (
    llama_style(**SIZES),
    gpt2_style(**SIZES),
    llama_style(**SIZES, num_kv_heads=2, tied=True),
    gpt2_style(**SIZES, pre_norm=False),
)


def parameter_table():
    for config in CONFIGS:
        yield _table, config


def _table(config):
    return [[name, number] for name, number in sorted(scaling.parameter_table(config).items())]


def product_flops():
    for sizes in ((2, 3, 4, 1), (5, 1, 7, 3), (1, 6, 2, 2)):
        yield _flops, sizes


def _flops(sizes):
    return scaling.Product("q_proj", *sizes).flops


def layer_products():
    for config in CONFIGS:
        for T, S in ((5, 5), (2, 7)):
            yield _rows, config, T, S


def _rows(config, T, S):
    rows = scaling.layer_products(config, T, S)
    return [[row.name, row.m, row.n, row.p, row.count] for row in rows]


def training_flops():
    for config in CONFIGS:
        for T, tokens in ((9, 90), (4, 12)):
            yield scaling.training_flops, config, T, tokens


def memory_ledger():
    for config in CONFIGS:
        for optimizer in ("sgd", "adamw", "muon"):
            yield _ledger, config, optimizer, torch.float32
        yield _ledger, config, "adamw", torch.float64


def _ledger(config, optimizer, dtype):
    ledger = scaling.memory_ledger(config, 2, 9, optimizer, dtype)
    return [ledger.weights, ledger.gradients, ledger.optimizer_state, ledger.activations]


def power_law_above():
    for floor in (0.0, 0.5):
        yield _law, floor, [10, 30, 80, 500], [3.0, 2.1, 1.6, 0.9]
        yield _law, floor, [2.0, 3.0], [1.5, 1.0]


def _law(floor, sizes, losses):
    law = scaling.power_law_above(floor, sizes, losses)
    return [law.floor, law.scale, law.exponent]


def rule_of_six():
    for config in CONFIGS:
        yield scaling.rule_of_six, config, 12


def decoding_flops():
    for config in CONFIGS[:2]:
        for cached in (False, True):
            yield _decoding, config, cached


def _decoding(config, cached):
    return scaling.decoding_flops(config, 4, 3, cached=cached)


def activation_bytes():
    for config in CONFIGS:
        for T in (4, 8):
            yield _activations, config, T


def _activations(config, T):
    return [[name, size] for name, size in sorted(scaling.activation_bytes(config, 2, T).items())]


def iso_flop():
    yield (_plans,)


def _plans():
    configs = [llama_style(**{**SIZES, "num_layers": n}) for n in (1, 2, 4)]
    return [[plan.steps, plan.tokens, plan.flops] for plan in scaling.iso_flop(configs, 2, 10**7)]


def fit_power_law():
    sizes = [10.0**n for n in range(2, 7)]
    yield _fit, sizes, [1.3 + 8 * size**-0.4 for size in sizes]


def _fit(sizes, losses):
    law = scaling.fit_power_law(sizes, losses)
    return [round(law.floor, 2), round(law.exponent, 2)]
