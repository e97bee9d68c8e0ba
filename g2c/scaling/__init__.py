# Given. Built from course/g2c/scaling/__init__.py: there is nothing to write here.
"""Module 12: count it before you train it."""

from g2c.scaling.budget import (
    Plan,
    iso_flop,
    matrix_numbers,
    rule_of_six,
    tokens_for,
    training_flops,
)
from g2c.scaling.experiments import new_folder, run_experiment
from g2c.scaling.flops import (
    Product,
    decoding_flops,
    flop_shares,
    forward_flops,
    layer_products,
    total_flops,
)
from g2c.scaling.memory import MemoryLedger, activation_bytes, memory_ledger
from g2c.scaling.parameters import GPT2_SIZES, parameter_count, parameter_table
from g2c.scaling.power_law import PowerLaw, fit_power_law, power_law_above, squared_error
from g2c.scaling.runs import RunSummary, plot_runs, read_run, read_runs

__all__ = [
    "GPT2_SIZES",
    "MemoryLedger",
    "Plan",
    "PowerLaw",
    "Product",
    "RunSummary",
    "activation_bytes",
    "decoding_flops",
    "fit_power_law",
    "flop_shares",
    "forward_flops",
    "iso_flop",
    "layer_products",
    "matrix_numbers",
    "memory_ledger",
    "new_folder",
    "parameter_count",
    "parameter_table",
    "plot_runs",
    "power_law_above",
    "read_run",
    "read_runs",
    "rule_of_six",
    "run_experiment",
    "squared_error",
    "tokens_for",
    "total_flops",
    "training_flops",
]
