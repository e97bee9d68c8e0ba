"""Module 10, Training a language model: from a file of ids to a model, and back after a crash.

Yours   dataset.py     1. tinyllm.windows          B windows out of a stream that stays on disk
        trainer.py     2. tinyllm.train_step       one update, its parts in the right order
        checkpoint.py  3. tinyllm.training_state   what a run needs to go on
Given   prepare.py, config.py, optimizers.py, fused.py, evaluation.py, log.py, tracks.py and, around
        your three functions, the rest of the files above.

Read the names of the tests from top to bottom: they are the specification.
"""

import copy
import io
import itertools
import json
import math
import tracemalloc

import numpy as np
import pytest
import torch

from g2c.corpora import END_OF_TEXT
from g2c.pretraining import document_starts
from g2c.tinyllm import (
    ForeachAdamW,
    Together,
    TokenDataset,
    TrainConfig,
    Trainer,
    UnusableCheckpoint,
    find_track,
    load_checkpoint,
    make_optimizer,
    plot_curve,
    prepare,
    read_log,
    save_checkpoint,
    training_state,
    use_fused_attention,
    validation_loss,
)
from g2c.tokenizer import CharTokenizer, course_tokenizer
from g2c.training import AdamW
from g2c.transformer import TransformerLM, gpt2_style, llama_style

V, T, D = 11, 6, 8


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def stream(length: int, vocab_size: int = V, seed: int = 0) -> np.ndarray:
    return torch.randint(vocab_size, (length,), generator=seeded(seed)).numpy().astype(np.uint16)


def small_model(style=llama_style, **fields) -> TransformerLM:
    from g2c.nn import reset_parameters

    sizes = {"vocab_size": V, "context_length": T, "d_model": D, "num_layers": 2, "num_heads": 2}
    model = TransformerLM(style(**{**sizes, **fields}), dtype=torch.float64)
    return reset_parameters(model, seeded())


def small_trainer(out=None, *, dropout: float = 0.0, plain: bool = True, **settings) -> Trainer:
    """A run of a few steps; `plain` gives it SGD, which shows every factor in a gradient."""
    settings = {"max_steps": 8, "batch_size": 3, "max_lr": 0.5, "warmup_steps": 2, **settings}
    config = TrainConfig(**{"optimizer": "adamw", "max_norm": 1e9, "eval_every": 0, **settings})
    train, val = TokenDataset(stream(200), V), TokenDataset(stream(50, seed=1), V)
    trainer = Trainer(small_model(dropout=dropout), train, val, config, out=out, progress=False)
    if plain:
        matrices = [p for p in trainer.model.parameters() if p.ndim == 2]
        rest = [p for p in trainer.model.parameters() if p.ndim < 2]
        trainer.optimizer = torch.optim.SGD([{"params": matrices}, {"params": rest}], lr=123.0)
    return trainer


def weights(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def expected_steps(steps: int, *, large: int = 3, **settings):
    """Weights, losses and norms of the same run in a loop of torch's own parts."""
    trainer = small_trainer(**settings)
    model, config = trainer.model, trainer.config
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    losses, norms = [], []
    for step in range(1, steps + 1):
        share = (step - config.warmup_steps) / (config.max_steps - config.warmup_steps)
        fall = (1 + math.cos(math.pi * share)) / 2
        cosine = config.min_lr + (config.max_lr - config.min_lr) * fall
        for group in optimizer.param_groups:
            rising = step < config.warmup_steps
            group["lr"] = step / config.warmup_steps * config.max_lr if rising else cosine
        starts = torch.randint(200 - T, (large,), generator=trainer.order)
        ids = torch.from_numpy(trainer.train.ids.astype(np.int64))
        rows = torch.stack([ids[start : start + T + 1] for start in starts.tolist()])
        optimizer.zero_grad()
        out = model(rows[:, :-1]).flatten(0, 1)
        loss = torch.nn.functional.cross_entropy(out, rows[:, 1:].flatten())
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), config.max_norm).item())
        optimizer.step()
        losses.append(loss.item())
    return weights(model), losses, norms


# ---- 1. windows: out of a stream that stays on disk ----


def test_two_windows_and_their_targets_by_hand():
    dataset = TokenDataset(np.array([5, 0, 3, 9, 7, 1], dtype=np.uint16), V)
    x, y = dataset.windows(torch.tensor([0, 2]), 3)
    assert x.tolist() == [[5, 0, 3], [3, 9, 7]]
    assert y.tolist() == [[0, 3, 9], [9, 7, 1]]


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.int64, np.uint8])
def test_windows_are_int64_whatever_the_file_holds(dtype):
    dataset = TokenDataset(np.array([5, 0, 3, 9, 7, 200], dtype=dtype), 201)
    x, y = dataset.windows(torch.tensor([1]), 4)
    assert x.dtype == y.dtype == torch.int64
    assert y.tolist() == [[3, 9, 7, 200]]


def test_large_ids_of_uint16_do_not_turn_negative():
    dataset = TokenDataset(np.array([65_535, 40_000, 1], dtype=np.uint16), 65_536)
    x, y = dataset.windows(torch.tensor([0]), 2)
    assert x.tolist() == [[65_535, 40_000]] and y.tolist() == [[40_000, 1]]


def test_the_last_window_ends_with_the_stream():
    dataset = TokenDataset(np.arange(10, dtype=np.uint16), V)
    x, y = dataset.windows(torch.tensor([6, 0]), 3)
    assert x[0].tolist() == [6, 7, 8] and y[0].tolist() == [7, 8, 9]


def test_a_batch_reads_its_windows_and_not_the_whole_file(tmp_path):
    path = tmp_path / "ids.bin"
    np.zeros(4_000_000, dtype=np.uint16).tofile(path)  # 8 MB
    dataset = TokenDataset(np.memmap(path, dtype=np.uint16, mode="r"), V)
    tracemalloc.start()
    dataset.windows(torch.tensor([0, 3_999_000]), 16)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_batch_is_drawn_by_its_generator_and_comes_on_its_device():
    dataset = TokenDataset(stream(300), V)
    x, y = dataset.batch(5, 7, device="cpu", generator=seeded(3))
    again, _ = dataset.batch(5, 7, generator=seeded(3))
    assert x.shape == y.shape == (5, 7) and torch.equal(x, again)
    assert torch.equal(x[:, 1:], y[:, :-1])


# ---- given: where windows start ----


def test_starts_reach_both_ends_of_the_stream():
    dataset = TokenDataset(stream(10), V)
    starts = dataset.starts(400, 4, seeded())
    assert (starts.min(), starts.max()) == (0, 5)


def test_with_a_separator_exactly_the_starts_inside_documents_are_drawn():
    for seed, length in itertools.product(range(4), (3, 4)):
        ids = stream(60, seed=seed)
        allowed = document_starts(torch.from_numpy(ids.astype(np.int64)), length, 0)
        drawn = TokenDataset(ids, V, separator_id=0).starts(3000, length, seeded())
        assert drawn.unique().tolist() == allowed.tolist()


def test_a_stream_too_short_for_a_window_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="context_length 10 .* 10 tokens"):
        TokenDataset(stream(10), V).starts(2, 10)
    with pytest.raises(ValueError, match="batch_size"):
        TokenDataset(stream(10), V).starts(0, 3)


def test_ids_outside_the_vocabulary_are_found_with_their_place():
    ids = stream(50)
    ids[31] = V
    with pytest.raises(ValueError, match=f"id {V} at position 31"):
        TokenDataset(ids, V)
    with pytest.raises(ValueError, match="id -1 at position 0"):
        TokenDataset(np.array([-1, 2]), V)


def test_what_is_no_stream_of_integers_is_refused():
    for ids in (np.zeros(4), [1, 2, 3], torch.arange(4)):
        with pytest.raises(TypeError, match="numpy array of integers"):
            TokenDataset(ids, V)
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        TokenDataset(np.zeros((2, 3), dtype=np.int64), V)


# ---- given: from a text to a file ----


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_text_in_chunks_becomes_the_ids_of_the_whole_text(tmp_path, size):
    text = f"Ein Löwe.\n\nZwei{END_OF_TEXT}Drei\n{END_OF_TEXT}\n\nVier <|end"
    plain = f"Ein Löwe.\n\nZwei{END_OF_TEXT}Drei{END_OF_TEXT}Vier <|end"
    chunks = [text[i : i + size] for i in range(0, len(text), size)]
    for tokenizer in (CharTokenizer.from_text(text), course_tokenizer()):
        file = prepare(chunks, tokenizer, tmp_path / "text.bin", progress=False)
        assert file.ids().tolist() == tokenizer.encode(plain)
        assert file.num_bytes == len(plain.replace(END_OF_TEXT, "").encode())


def test_a_text_that_cannot_be_encoded_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="'x'"):
        prepare(["aba", "xa"], CharTokenizer("ab"), tmp_path / "text.bin", progress=False)
    with pytest.raises(ValueError, match="no text"):
        prepare([], CharTokenizer("ab"), tmp_path / "text.bin", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_token_file_that_was_cut_off_is_noticed(tmp_path):
    file = prepare(["abba"], CharTokenizer("ab"), tmp_path / "text.bin", progress=False)
    file.path.write_bytes(b"abc")
    with pytest.raises(ValueError, match="3 bytes instead of 8"):
        file.ids()


# ---- given: settings and optimizers ----


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch_size", 0), ("max_lr", 0.0), ("min_lr", 2.0), ("max_norm", -1.0), ("warmup_steps", 9),
     ("optimizer", "sgd"), ("precision", "float16"), ("keep", 0)],
)  # fmt: skip
def test_settings_out_of_range_are_refused_with_their_name(name, value):
    with pytest.raises(ValueError, match=f"{name} is .*: give"):
        TrainConfig(**{"max_steps": 8, "max_lr": 1.0, name: value})


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_the_quick_adamw_takes_the_steps_of_yours(weight_decay):
    models = [small_model(), small_model()]
    for kind, model in zip((AdamW, ForeachAdamW), models, strict=True):
        optimizer = kind(model.parameters(), lr=3e-3, weight_decay=weight_decay)
        for step in range(6):
            optimizer.zero_grad()
            model(torch.from_numpy(stream(T, seed=step).astype(np.int64))[None]).square().mean().backward()  # fmt: skip  # noqa: E501
            optimizer.step()
    torch.testing.assert_close(weights(models[0]), weights(models[1]), rtol=1e-10, atol=1e-12)


def test_muon_gets_the_matrices_of_the_layers_and_adamw_all_others():
    model = small_model()
    muon, adamw = make_optimizer(model, TrainConfig(max_steps=5)).optimizers
    inner = {id(p) for g in muon.param_groups for p in g["params"]}
    others = {id(p) for g in adamw.param_groups for p in g["params"]}
    assert inner == {id(p) for p in model.layers.parameters() if p.ndim == 2}
    assert inner | others == {id(p) for p in model.parameters()} and not inner & others


def test_two_optimizers_together_are_saved_and_loaded_as_one():
    models = [small_model(), small_model()]
    both = [make_optimizer(model, TrainConfig(max_steps=5)) for model in models]
    for model, optimizer in zip(models, both, strict=True):
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        optimizer.step()
    both[1] = make_optimizer(models[1], TrainConfig(max_steps=5))
    both[1].load_state_dict(copy.deepcopy(both[0].state_dict()))
    for optimizer in both:
        assert isinstance(optimizer, Together)
        optimizer.step()
    assert torch.equal(weights(models[0]), weights(models[1]))


# ---- given: the fused switch ----


@pytest.mark.parametrize("style", [llama_style, gpt2_style])
def test_fused_attention_gives_the_logits_and_gradients_of_yours(style):
    models = [small_model(style, num_kv_heads=1), small_model(style, num_kv_heads=1)]
    names = list(models[0].state_dict())
    use_fused_attention(models[1])
    ids = torch.from_numpy(stream(2 * T).astype(np.int64)).view(2, T)
    for model in models:
        model(ids).square().mean().backward()
    assert list(models[1].state_dict()) == names
    for a, b in zip(models[0].parameters(), models[1].parameters(), strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-9, atol=1e-12)


def test_attention_that_differs_from_the_fused_one_is_not_exchanged():
    model = small_model()
    own = type(model.layers[0].attn)

    class Doubled(own):
        def forward(self, *arguments, **named):
            return 2 * super().forward(*arguments, **named)

    model.layers[0].attn.__class__ = Doubled
    with pytest.raises(ValueError, match="your attention and the fused one differ"):
        use_fused_attention(model)
    assert type(model.layers[0].attn) is Doubled and type(model.layers[1].attn) is own


# ---- given: how good a model is ----


@pytest.mark.parametrize("length", [1 + T, 2 + 3 * T, 40])
def test_validation_loss_is_the_mean_over_every_token_but_the_first(length):
    model, ids = small_model(), stream(length, seed=5)
    total = 0.0
    for start in range(0, length - 1, T):
        row = torch.from_numpy(ids[start : start + T + 1].astype(np.int64))
        logits = model(row[None, :-1])[0]
        total += torch.nn.functional.cross_entropy(logits, row[1:], reduction="sum").item()
    for batch_size in (1, 64):
        found = validation_loss(model, TokenDataset(ids, V), T, batch_size=batch_size)
        assert math.isclose(found, total / (length - 1), rel_tol=1e-12)


def test_validation_switches_dropout_off_and_then_on_again():
    model, dataset = small_model(dropout=0.5), TokenDataset(stream(40), V)
    model.train()
    state = torch.get_rng_state()
    assert validation_loss(model, dataset, T) == validation_loss(model, dataset, T)
    assert model.training and torch.equal(torch.get_rng_state(), state)


# ---- 2. train_step: the parts in the right order ----


def test_the_first_step_is_the_one_that_torch_would_take():
    trainer = small_trainer()
    trainer.train_step()
    torch.testing.assert_close(weights(trainer.model), expected_steps(1)[0])


def test_a_step_uses_the_gradients_of_its_own_batch_alone():
    trainer = small_trainer(max_lr=0.1, warmup_steps=0, min_lr=0.1)
    for _ in range(3):
        trainer.train_step()
    expected = expected_steps(3, max_lr=0.1, warmup_steps=0, min_lr=0.1)[0]
    torch.testing.assert_close(weights(trainer.model), expected)


def test_gradients_are_clipped_before_they_are_used():
    trainer = small_trainer(max_norm=0.01)
    for _ in range(2):
        trainer.train_step()
    # 1e-4: torch adds eps to the norm where it divides by it, as the course does, but not alike.
    torch.testing.assert_close(weights(trainer.model), expected_steps(2, max_norm=0.01)[0])


def test_every_update_has_its_own_rate_in_every_group():
    trainer = small_trainer()
    for step in range(1, 9):
        trainer.train_step()
        rates = {group["lr"] for group in trainer.optimizer.param_groups}
        assert rates == {trainer.learning_rate()} and trainer.iteration == step
    torch.testing.assert_close(weights(trainer.model), expected_steps(8)[0])


def test_the_loss_it_returns_is_the_mean_before_the_update():
    trainer = small_trainer()
    losses = [trainer.train_step()[0].item() for _ in range(3)]
    assert losses == pytest.approx(expected_steps(3)[1], rel=1e-9)


def test_the_norm_it_returns_is_the_one_before_the_clipping():
    trainer = small_trainer(max_norm=0.01)
    norms = [float(trainer.train_step()[1]) for _ in range(2)]
    assert norms == pytest.approx(expected_steps(2, max_norm=0.01)[2], rel=1e-6)


def test_the_returned_loss_keeps_no_graph_alive():
    loss, _ = small_trainer().train_step()
    assert loss.shape == () and not loss.requires_grad


def test_micro_batches_make_the_update_of_the_large_batch():
    trainer = small_trainer(accumulation=4)
    losses = [trainer.train_step()[0].item() for _ in range(3)]
    expected, large, _ = expected_steps(3, large=12)
    torch.testing.assert_close(weights(trainer.model), expected, rtol=1e-6, atol=1e-9)
    assert losses == pytest.approx(large, rel=1e-9)


def test_a_run_overfits_one_batch():
    trainer = small_trainer(plain=False, max_steps=120, max_lr=0.03, eval_every=0)
    batch = next(trainer.micro_batches())
    trainer.micro_batches = lambda: iter([batch])
    entries = trainer.run()
    assert entries[0]["loss"] > 2 and entries[119]["loss"] < 0.1


def test_a_loss_that_is_not_finite_stops_the_run_and_says_since_when():
    trainer = small_trainer()
    trainer.run(3)
    trainer.model.lm_head.weight.data[0, 0] = math.inf
    with pytest.raises(FloatingPointError, match=r"step 4: .* not finite.* step 3 was at \d"):
        trainer.run()


def test_a_run_validates_on_the_way_and_on_everything_at_its_end():
    trainer = small_trainer(eval_every=3)
    checks = [entry for entry in trainer.run() if "val_loss" in entry]
    assert [(check["step"], check["exact"]) for check in checks] == [(3, False), (6, False), (8, True)]  # fmt: skip  # noqa: E501
    assert checks[-1]["val_loss"] == validation_loss(trainer.model, trainer.val, T)
    assert len(checks[0]["activation_rms"]) == 2 and checks[0]["weight_norm"] > 0


def test_validation_changes_nothing_in_training():
    runs = [small_trainer(plain=False, dropout=0.2, eval_every=every) for every in (0, 2)]
    for trainer in runs:
        torch.manual_seed(1)
        trainer.run()
    assert torch.equal(weights(runs[0].model), weights(runs[1].model))


# ---- 3. training_state: what a run needs to go on ----


def test_the_state_has_three_parts_that_are_safe_to_load():
    trainer = small_trainer(plain=False)
    state = training_state(trainer.model, trainer.optimizer, 7)
    assert set(state) == {"model", "optimizer", "iteration"} and state["iteration"] == 7
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    assert set(torch.load(buffer, weights_only=True)["model"]) == set(trainer.model.state_dict())


@pytest.mark.parametrize("binary", [False, True])
def test_a_loaded_checkpoint_goes_on_like_the_one_that_was_saved(tmp_path, binary):
    first, second = (small_trainer(plain=False) for _ in range(2))
    first.run(3)
    place = io.BytesIO() if binary else tmp_path / "state.pt"
    save_checkpoint(first.model, first.optimizer, first.iteration, place)
    if binary:
        place.seek(0)
    second.iteration = load_checkpoint(place, second.model, second.optimizer)
    second.order.set_state(first.order.get_state())
    assert second.iteration == 3
    for trainer in (first, second):
        trainer.run()
    assert torch.equal(weights(first.model), weights(second.model))


def test_a_file_that_is_no_checkpoint_changes_nothing(tmp_path):
    trainer, path = small_trainer(plain=False), tmp_path / "state.pt"
    save_checkpoint(trainer.model, trainer.optimizer, 1, path)
    cut, foreign, other = tmp_path / "cut.pt", tmp_path / "foreign.pt", tmp_path / "other.pt"
    cut.write_bytes(path.read_bytes()[:-500])
    torch.save({"weights": torch.ones(3)}, foreign)
    wider = small_model(d_model=16)
    save_checkpoint(wider, AdamW(wider.parameters()), 1, other)
    before = weights(trainer.model)
    for wrong, why in [(cut, "cut off"), (foreign, "lacks model"), (other, "another model"),
                       (tmp_path / "none.pt", "there is no checkpoint")]:  # fmt: skip
        with pytest.raises(UnusableCheckpoint, match=why):
            load_checkpoint(wrong, trainer.model, trainer.optimizer)
    assert torch.equal(weights(trainer.model), before)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_a_resumed_run_ends_with_the_same_bits(tmp_path, optimizer):
    settings = {"plain": False, "dropout": 0.3, "optimizer": optimizer, "eval_every": 3}
    whole = small_trainer(tmp_path / "whole", **settings)
    torch.manual_seed(0)
    whole.run()
    broken = small_trainer(tmp_path / "broken", **settings)
    torch.manual_seed(0)
    broken.run(5)
    resumed = small_trainer(tmp_path / "broken", **settings)
    torch.manual_seed(999)
    assert resumed.resume() and resumed.iteration == 5
    resumed.run()
    assert torch.equal(weights(whole.model), weights(resumed.model))
    losses = [[e["loss"] for e in read_log(tmp_path / n) if "loss" in e] for n in ("whole", "broken")]  # fmt: skip  # noqa: E501
    assert losses[0] == losses[1] and len(losses[0]) == 8


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_is_used(tmp_path, capsys):
    trainer = small_trainer(tmp_path, plain=False, checkpoint_every=2, keep=3)
    trainer.run(6)
    newest = trainer.folder.path(6)
    newest.write_bytes(newest.read_bytes()[:1000])
    again = small_trainer(tmp_path, plain=False)
    assert again.resume() and again.iteration == 4
    assert newest.name in "".join(capsys.readouterr())


def test_the_last_few_checkpoints_are_kept_and_the_best_one(tmp_path):
    small_trainer(tmp_path, plain=False, checkpoint_every=1, eval_every=2, keep=2).run()
    names = sorted(path.name for path in tmp_path.glob("*.pt"))
    assert names == ["best.pt", "step-00000007.pt", "step-00000008.pt"]


def test_other_settings_are_refused_where_a_run_goes_on(tmp_path):
    small_trainer(tmp_path, plain=False).run(2)
    assert small_trainer(tmp_path, plain=False, eval_every=4).resume()
    with pytest.raises(ValueError, match=r"max_lr=0\.5, but now it is 0\.25"):
        small_trainer(tmp_path, plain=False, max_lr=0.25).resume()


def test_a_log_forgets_what_a_resumed_run_will_do_again(tmp_path):
    trainer = small_trainer(tmp_path, plain=False, checkpoint_every=2)
    trainer.run(4)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    more = [json.dumps({**json.loads(lines[-1]), "step": step}) for step in (5, 6)]
    (tmp_path / "log.jsonl").write_text("\n".join([*lines, *more]) + '\n{"step": 7, "lo')
    again = small_trainer(tmp_path, plain=False, checkpoint_every=2)
    again.resume()
    again.run()
    assert [e["step"] for e in read_log(tmp_path) if "loss" in e] == list(range(1, 9))


# ---- given: names for runs, and a picture ----


def test_settings_by_name_know_their_types_and_their_neighbours():
    track = find_track("stories").changed({"max_lr": "0.001", "d_model": "64", "fused": "false"})
    assert track.training.max_lr == 0.001 and track.model["d_model"] == 64
    assert track.training.min_lr == 0.0001 and track.training.fused is False
    for wrong, message in [({"max_lrr": "1"}, "did you mean `max_lr`"), ({"d_model": "x"}, "d_model is 'x'")]:  # fmt: skip  # noqa: E501
        with pytest.raises(ValueError, match=message):
            track.changed(wrong)
    with pytest.raises(ValueError, match="did you mean `stories`"):
        find_track("storys")
    with pytest.raises(ValueError, match="there are default, small, published"):
        find_track("stories", "huge")


def test_the_published_storylm_has_its_numbers():
    track = find_track("stories", "published")
    config, training = track.config(10_000), track.training
    assert (config.d_model, config.d_ff, config.num_layers, config.num_heads) == (512, 1344, 4, 16)
    seen = training.batch_size * training.accumulation * config.context_length * training.max_steps
    assert seen == 327_680_000 and track.target_nats == 1.45
    small = find_track("stories", "small").training
    assert (small.batch_size, small.max_steps) == (32, 5000)


def test_a_curve_has_its_baseline_and_its_units():
    entries = [{"step": s, "tokens": 10 * s, "seconds": s / 2, "loss": 3 - s / 10} for s in (1, 2, 3)]  # fmt: skip  # noqa: E501
    entries.append({"step": 3, "tokens": 30, "seconds": 1.5, "val_loss": 2.5, "exact": True})
    ax = plot_curve(entries, vocab_size=100, floor_nats=1.0, by="tokens")
    levels = [line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1]
    assert math.log(100) in levels and 1.0 in levels and "nats" in ax.get_ylabel()
    with pytest.raises(ValueError, match="train first"):
        plot_curve([], vocab_size=100)
