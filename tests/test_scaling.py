"""Module 12, Scaling: count it before you train it.

Yours   parameters.py  1. scaling.parameter_table    the numbers that a model learns, by part
        flops.py       2. scaling.product_flops      what one matrix product costs
                       3. scaling.layer_products     the products of one layer
        budget.py      4. scaling.training_flops     what a run costs
        memory.py      5. scaling.memory_ledger      what must be in memory for a step
        power_law.py   6. scaling.power_law_above    a line through logarithms
Given   the sums over them, equal budgets, decoding, activations, the search for a floor, and
        `./noteboosh.sh runs` with all that belongs to it.

Read the names of the tests from top to bottom: they are the specification.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from g2c.attention import KVCache
from g2c.nn import SGD
from g2c.scaling import (
    GPT2_SIZES,
    Product,
    activation_bytes,
    decoding_flops,
    fit_power_law,
    flop_shares,
    forward_flops,
    iso_flop,
    layer_products,
    matrix_numbers,
    memory_ledger,
    parameter_count,
    parameter_table,
    power_law_above,
    read_runs,
    rule_of_six,
    run_experiment,
    tokens_for,
    total_flops,
    training_flops,
)
from g2c.scaling.command import main
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer
from g2c.transformer import TransformerLM, gpt2_style, llama_style, sizes_at_peak

SIZES = {"vocab_size": 90, "context_length": 26, "d_model": 48, "num_layers": 2, "num_heads": 4,
         "d_ff": 100}  # fmt: skip
CONFIGS = [
    pytest.param(style(**{**SIZES, **changed}), id=f"{style.__name__} {changed}")
    for style in (llama_style, gpt2_style)
    for changed in (
        {},
        {"num_kv_heads": 2},
        {"tied": True},
        {"pre_norm": False},
        {"d_ff": None, "bias": True, "norm": "layer"},
    )
]
LLAMA, GPT2 = llama_style(**SIZES), gpt2_style(**SIZES)


def parameters_of(config):
    model = TransformerLM(config, device="meta")  # shapes without numbers
    return {name: parameter.numel() for name, parameter in model.named_parameters()}


# ---- 1. scaling.parameter_table ----


def test_a_model_small_enough_to_count_by_hand():
    config = llama_style(vocab_size=10, context_length=7, d_model=4, num_layers=2, num_heads=2,
                         d_ff=6)  # fmt: skip
    assert parameter_table(config) == {
        "embeddings": 10 * 4,
        "positions": 0,  # rope learns nothing
        "attention": 2 * 4 * 4 * 4,  # two layers, four matrices, all heads in one
        "ffn": 2 * 3 * 4 * 6,  # a SwiGLU has three
        "norms": 5 * 4,  # two a layer, and one before the head
        "head": 4 * 10,
    }


@pytest.mark.parametrize("config", CONFIGS)
def test_every_model_has_exactly_as_many_parameters_as_counted(config):
    assert parameter_count(config) == sum(parameters_of(config).values())


@pytest.mark.parametrize("config", CONFIGS)
def test_every_part_is_counted_where_it_belongs(config):
    found = dict.fromkeys(parameter_table(config), 0)
    for name, number in parameters_of(config).items():
        words = {"token_embeddings": "embeddings", "position_embeddings": "positions",
                 "attn": "attention", "ffn": "ffn", "lm_head": "head"}  # fmt: skip
        part = next((words[word] for word in name.split(".") if word in words), "norms")
        found[part] += number
    assert parameter_table(config) == found


def test_the_number_of_heads_changes_nothing():
    assert parameter_count(replace(LLAMA, num_heads=2)) == parameter_count(LLAMA)


def test_gpt2_xl_has_2_127_057_600_parameters():
    assert parameter_count(GPT2_SIZES["xl"]) == 2_127_057_600
    for config in GPT2_SIZES.values():
        assert parameter_count(config) == sum(parameters_of(config).values())


# ---- 2. scaling.product_flops ----


def test_a_product_small_enough_to_count_by_hand():
    # (2, 3) times (3, 4): 8 entries, each 3 multiplications and 3 additions.
    assert Product("q_proj", 2, 3, 4).flops == 48


def test_so_many_products_cost_so_many_times_as_much():
    assert Product("scores", 5, 2, 7, count=6).flops == 6 * Product("scores", 5, 2, 7).flops


@pytest.mark.parametrize(("m", "n", "p"), [(1, 1, 1), (3, 5, 2), (16, 1, 9)])
def test_torch_counts_the_same_for_one_product(m, n, p):
    with FlopCounterMode(display=False) as counter:
        torch.zeros(m, n) @ torch.zeros(n, p)
    assert Product("q_proj", m, n, p).flops == counter.get_total_flops()


# ---- 3. scaling.layer_products ----


def as_rows(products):
    return [(row.name, row.m, row.n, row.p, row.count) for row in products]


def test_the_products_of_one_layer_by_hand():
    config = llama_style(vocab_size=10, context_length=9, d_model=8, num_layers=5, num_heads=2,
                         num_kv_heads=1, d_ff=6)  # fmt: skip
    assert as_rows(layer_products(config, 7, 7)) == [
        ("q_proj", 7, 8, 8, 1),
        ("k_proj", 7, 8, 4, 1),  # one head for keys and values
        ("v_proj", 7, 8, 4, 1),
        ("scores", 7, 4, 7, 2),  # but two that look
        ("mix", 7, 7, 4, 2),
        ("output_proj", 7, 8, 8, 1),
        ("w1", 7, 8, 6, 1),
        ("w3", 7, 8, 6, 1),
        ("w2", 7, 6, 8, 1),
    ]


def test_a_plain_feed_forward_has_no_gate():
    assert [row.name for row in layer_products(GPT2, 5, 5)][-2:] == ["w1", "w2"]


def test_with_a_cache_few_positions_look_at_many():
    rows = {row.name: row for row in layer_products(LLAMA, 2, 11)}
    assert (rows["scores"].m, rows["scores"].p) == (2, 11)
    assert (rows["mix"].m, rows["mix"].n) == (2, 11)
    assert rows["k_proj"].m == 2  # the other nine keys are in the cache


def test_matrices_in_the_products_are_the_matrices_that_are_learned():
    table = parameter_table(LLAMA)
    assert matrix_numbers(LLAMA) == table["attention"] + table["ffn"] + table["head"]


@pytest.mark.parametrize("config", CONFIGS)
def test_torch_counts_as_many_flops_in_a_forward_pass(config):
    T = 13
    model = TransformerLM(config, device="meta")
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, T, dtype=torch.long, device="meta"))
    assert total_flops(forward_flops(config, T)) == counter.get_total_flops()


@pytest.mark.parametrize("style", [llama_style, gpt2_style])
def test_torch_counts_as_many_flops_after_cached_positions(style):
    config = style(**SIZES, num_kv_heads=2)
    model = TransformerLM(config)
    caches = [KVCache() for _ in model.layers]
    model(torch.zeros(1, 5, dtype=torch.long), caches=caches)
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, dtype=torch.long), caches=caches)
    assert total_flops(forward_flops(config, 3, cached=5)) == counter.get_total_flops()


def test_the_shares_of_gpt2_xl():
    products = forward_flops(GPT2_SIZES["xl"], 1024)
    assert total_flops(products) == 4_513_336_524_800
    shares = flop_shares(products)
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.get) == "ffn"


def test_at_context_16384_attention_takes_more_than_half_of_gpt2_xl():
    long = replace(GPT2_SIZES["xl"], context_length=16384)
    products = forward_flops(long, 16384)
    assert total_flops(products) == 149_522_795_724_800
    assert flop_shares(products)["attention"] > 0.5


@pytest.mark.parametrize(("T", "cached"), [(0, 0), (27, 0), (1, 26), (3, -1)])
def test_a_window_that_does_not_fit_is_refused(T, cached):
    with pytest.raises(ValueError, match=f"{T}.*{cached}"):
        forward_flops(LLAMA, T, cached=cached)


def test_decoding_with_a_cache_is_a_pass_over_the_prompt_and_one_token_at_a_time():
    steps = [forward_flops(LLAMA, 5)] + [forward_flops(LLAMA, 1, cached=n) for n in (5, 6)]
    assert decoding_flops(LLAMA, 5, 3, cached=True) == sum(map(total_flops, steps))


def test_decoding_without_a_cache_begins_anew_for_each_token():
    steps = [forward_flops(LLAMA, n) for n in (5, 6, 7)]
    assert decoding_flops(LLAMA, 5, 3, cached=False) == sum(map(total_flops, steps))


# ---- 4. scaling.training_flops ----


@pytest.mark.parametrize("config", CONFIGS)
def test_torch_counts_as_many_flops_forward_and_backward(config):
    B, T = 3, 13
    model = TransformerLM(config, device="meta")
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(B, T, dtype=torch.long, device="meta")).sum().backward()
    assert training_flops(config, T, B * T) == counter.get_total_flops()


def test_a_run_costs_in_proportion_to_its_tokens():
    one, ten = (training_flops(GPT2, 8, tokens) for tokens in (8, 80))
    assert ten == 10 * one
    assert training_flops(GPT2, 8, 0) == 0


def test_a_longer_window_makes_each_token_dearer():
    assert training_flops(LLAMA, 26, 26 * 10) > training_flops(LLAMA, 13, 26 * 10)


def test_the_rule_of_six_leaves_out_exactly_the_attention_among_positions():
    T, tokens = 24, 24 * 5
    left_out = training_flops(LLAMA, T, tokens) - rule_of_six(LLAMA, tokens)
    assert left_out == tokens * 12 * LLAMA.num_layers * T * LLAMA.d_model


def test_a_budget_buys_as_many_tokens_as_it_can_pay():
    budget = 10**12
    tokens = tokens_for(LLAMA, 16, budget)
    assert training_flops(LLAMA, 16, tokens) <= budget < training_flops(LLAMA, 16, tokens + 2)


def test_equal_budgets_are_used_up_to_less_than_a_step():
    configs = [replace(LLAMA, num_layers=n) for n in (1, 2, 4)]
    budget, B = 3 * 10**9, 4
    for config, plan in zip(configs, iso_flop(configs, B, budget), strict=True):
        T = config.context_length
        assert plan.tokens == plan.steps * B * T
        assert plan.flops == training_flops(config, T, plan.tokens)
        assert 0 <= budget - plan.flops < training_flops(config, T, B * T)


def test_a_budget_below_one_step_is_refused():
    with pytest.raises(ValueError, match="1,000"):
        iso_flop([LLAMA], 4, 1000)


# ---- 5. scaling.memory_ledger ----


def test_the_parts_of_a_ledger_by_hand():
    numbers = sum(parameters_of(LLAMA).values())
    ledger = memory_ledger(LLAMA, 2, 20, "adamw", torch.float64)
    assert (ledger.weights, ledger.gradients) == (8 * numbers, 8 * numbers)
    assert ledger.optimizer_state == 2 * 8 * numbers
    assert ledger.activations == sum(activation_bytes(LLAMA, 2, 20, torch.float64).values())
    assert ledger.total == 4 * 8 * numbers + ledger.activations


def test_sgd_keeps_nothing_and_muon_one_number_for_a_matrix_inside():
    found = parameters_of(GPT2)
    inner = sum(n for name, n in found.items() if "layers" in name and "_proj.weight" in name)
    inner += sum(n for name, n in found.items() if "ffn" in name and ".weight" in name)
    kept = {name: memory_ledger(GPT2, 2, 20, name).optimizer_state for name in ("sgd", "muon")}
    assert kept == {"sgd": 0, "muon": 4 * (inner + 2 * (sum(found.values()) - inner))}


@pytest.mark.parametrize(
    ("config", "B", "optimizer", "dtype"),
    [
        (LLAMA, 8, "adamw", torch.float32),
        (GPT2, 8, "adamw", torch.float32),
        (replace(GPT2, vocab_size=600, num_layers=1, tied=True), 8, "adamw", torch.float64),
        (replace(LLAMA, d_model=16, d_ff=40, context_length=120), 3, "adamw", torch.float32),
        (replace(LLAMA, pre_norm=False, ffn="gelu", num_layers=1), 8, "muon", torch.float32),
        (replace(GPT2, num_kv_heads=2), 4, "sgd", torch.float32),
    ],
)
def test_a_real_training_step_takes_what_the_ledger_says(config, B, optimizer, dtype):
    T = config.context_length
    ids = np.arange(500, dtype=np.uint16) * 7 % config.vocab_size
    data = TokenDataset(ids, config.vocab_size)
    kept = []

    def train():
        model = TransformerLM(config, dtype=dtype)
        # The second of two micro-batches adds to the gradients of the first.
        by = "muon" if optimizer == "muon" else "adamw"
        training = TrainConfig(max_steps=2, batch_size=B, accumulation=2, optimizer=by)
        kept.append(Trainer(model, data, None, training, progress=False))
        if optimizer == "sgd":  # the Trainer knows it not by name
            kept[0].optimizer = SGD(model.parameters(), lr=0.1)
        kept[0].train_step()
        kept[0].train_step()  # now the optimizer has its state

    peak = sum(sizes_at_peak(train))
    assert memory_ledger(config, B, T, optimizer, dtype).total == pytest.approx(peak, rel=0.1)


def test_the_scores_grow_with_the_square_of_the_window():
    one, two = (activation_bytes(LLAMA, 2, T) for T in (10, 20))
    assert two["scores"] == 4 * one["scores"]
    assert two["ffn"] == 2 * one["ffn"]


def test_an_unknown_optimizer_and_dropout_are_refused():
    with pytest.raises(ValueError, match="adagrad.*muon"):
        memory_ledger(LLAMA, 2, 20, "adagrad")
    with pytest.raises(ValueError, match=r"0\.1"):
        activation_bytes(replace(LLAMA, dropout=0.1), 2, 20)
    with pytest.raises(ValueError, match="27"):
        activation_bytes(LLAMA, 2, 27)


# ---- 6. scaling.power_law_above ----


def test_two_points_lie_on_the_law_through_them():
    law = power_law_above(1.0, [1, 100], [3.0, 1.2])  # above the floor: 2 and 0.2
    assert law.floor == 1.0
    assert law.scale == pytest.approx(2.0)
    assert law.exponent == pytest.approx(0.5)
    assert law(100) == pytest.approx(1.2)


def test_a_law_without_a_floor_is_a_line_in_logarithms():
    sizes = [1, math.e, math.e**2]
    law = power_law_above(0, sizes, [math.exp(y) for y in (2.0, 1.5, 0.7)])
    slope, middle = np.polyfit([0, 1, 2], [2.0, 1.5, 0.7], 1)
    assert law.exponent == pytest.approx(-slope)
    assert math.log(law.scale) == pytest.approx(middle)


def test_least_squares_agrees_with_numpy_on_scattered_points():
    generator = np.random.default_rng(0)
    sizes = np.exp(generator.uniform(3, 12, 9))
    losses = 0.7 + 5 * sizes**-0.3 * np.exp(generator.normal(0, 0.1, 9))
    law = power_law_above(0.5, sizes.tolist(), losses.tolist())
    slope, middle = np.polyfit(np.log(sizes), np.log(losses - 0.5), 1)
    assert law.exponent == pytest.approx(-slope)
    assert law.scale == pytest.approx(math.exp(middle))


def test_a_loss_at_the_floor_or_a_single_size_is_refused():
    with pytest.raises(ValueError, match=r"1\.5"):
        power_law_above(1.5, [1, 2], [2.0, 1.5])
    with pytest.raises(ValueError, match="two different"):
        power_law_above(0.0, [3, 3], [2.0, 1.5])


def test_the_floor_of_a_perfect_law_is_found():
    sizes = [10.0**n for n in range(2, 8)]
    law = fit_power_law(sizes, [1.3 + 8 * size**-0.4 for size in sizes])
    assert law.floor == pytest.approx(1.3, abs=0.002)
    assert law.exponent == pytest.approx(0.4, abs=0.005)


def test_two_sizes_leave_the_floor_open():
    with pytest.raises(ValueError, match="three"):
        fit_power_law([10, 100], [2.0, 1.0])


# ---- given: runs that can be compared ----

TINY = llama_style(vocab_size=11, context_length=6, d_model=8, num_layers=1, num_heads=2)


def train_run(folder, **changed):
    training = TrainConfig(**{"max_steps": 4, "batch_size": 2, "eval_every": 2, **changed})
    data = TokenDataset(np.arange(200, dtype=np.uint16) ** 2 % 11, 11)
    return run_experiment(folder, TINY, training, data, data, bytes_per_token=2.0)


def test_a_run_that_diverges_is_kept_and_says_so(tmp_path):
    said = train_run(tmp_path / "wild", optimizer="adamw", max_lr=1e30)
    assert "not finite" in said
    (run,) = read_runs(tmp_path).runs
    assert (run.steps < 4, run.state) == (True, "above log V")
    assert run.flops == training_flops(TINY, 6, run.tokens)


def test_a_run_is_never_written_over(tmp_path):
    train_run(tmp_path / "one")
    with pytest.raises(ValueError, match="one"):
        train_run(tmp_path / "one")


def test_no_runs_yet_is_one_sentence_and_no_error(tmp_path, capsys):
    main(["--in", str(tmp_path / "nothing")])
    assert "train stories" in capsys.readouterr().out


def test_a_damaged_folder_is_named_and_left_out(tmp_path, capsys):
    for name, text in (("cut", "{"), ("odd", "[]"), ("empty", "{}")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(text)
    main(["--in", str(tmp_path)])
    told = capsys.readouterr().err
    assert all(f"`{name}`" in told for name in ("cut", "odd", "empty"))
