"""Loss for the same time: the course's recipe against a GPT-2-style baseline, on Shakespeare.

    .venv/bin/python bench/recipe.py TINYSHAKESPEARE [SEEDS]

Characters, the last tenth of the text held out, exact loss over all of it; 4 layers, 4 heads, width
128, context 64. One step of each arm in turn, so that both see the same machine, and the clock of
each counts its own steps. SEEDS (default 3) seeds.

- baseline: GPT-2 style, AdamW with common settings (rate 1e-3 by cosine to 1e-4, betas 0.9 and
  0.99, decay 0.1), batch 12, 3,243 steps, as nanoGPT trains its smallest model.
- recipe: `./noteboosh.sh train shakespeare`: Llama style, Muon for the matrices; its rate was
  chosen on the ninth tenth of the text, which it was not trained on for that.
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "course"))

import numpy as np
import torch

from g2c.nn import reset_parameters
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer, find_track, validation_loss
from g2c.tokenizer import CharTokenizer
from g2c.transformer import TransformerLM, gpt2_style

BASELINE = TrainConfig(max_steps=3243, batch_size=12, optimizer="adamw", max_lr=1e-3, min_lr=1e-4,
                       warmup_steps=100, betas=(0.9, 0.99))  # fmt: skip


def make(config, training, train, seed: int) -> Trainer:
    model = reset_parameters(TransformerLM(config), torch.Generator().manual_seed(seed))
    return Trainer(model, train, None, replace(training, seed=seed), progress=False)


def step(trainer: Trainer) -> float:
    begin = time.perf_counter()
    trainer.train_step()
    return time.perf_counter() - begin


def together(baseline: Trainer, recipe: Trainer) -> tuple[float, float]:
    """Both to their end, in turn; the seconds of each."""
    spent = [0.0, 0.0]
    share = recipe.config.max_steps / baseline.config.max_steps
    for n in range(1, baseline.config.max_steps + 1):
        spent[0] += step(baseline)
        while recipe.iteration < math.floor(n * share):
            spent[1] += step(recipe)
    return spent[0], spent[1]


def main() -> int:
    text = Path(sys.argv[1]).read_text("utf-8")
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    tokenizer = CharTokenizer.from_text(text)
    ids = np.array(tokenizer.encode(text), dtype=np.uint16)
    cut = int(len(ids) * 0.9)
    train, val = (TokenDataset(part, tokenizer.vocab_size) for part in (ids[:cut], ids[cut:]))
    track = find_track("shakespeare")
    sizes = {name: track.model[name] for name in
             ("context_length", "d_model", "num_layers", "num_heads")}  # fmt: skip
    configs = (
        gpt2_style(vocab_size=tokenizer.vocab_size, **sizes),
        track.config(tokenizer.vocab_size),
    )
    print(f"log V = {math.log(tokenizer.vocab_size):.2f} nats; torch {torch.__version__}, "
          f"{torch.get_num_threads()} threads\n{'seed':>4}{'baseline':>10}{'s':>7}{'recipe':>9}"
          f"{'s':>7}{'time':>7}")  # fmt: skip
    rows = []
    for seed in range(seeds):
        settings = (BASELINE, track.training)
        arms = [make(config, training, train, seed)
                for config, training in zip(configs, settings, strict=True)]  # fmt: skip
        spent = together(*arms)
        losses = [validation_loss(arm.model, val, sizes["context_length"]) for arm in arms]
        rows.append((*losses, spent[1] / spent[0]))
        print(f"{seed:4}{losses[0]:10.4f}{spent[0]:7.0f}{losses[1]:9.4f}{spent[1]:7.0f}"
              f"{spent[1] / spent[0]:7.2f}", flush=True)  # fmt: skip
    means = [statistics.mean(column) for column in zip(*rows, strict=True)]
    print(f"mean{means[0]:10.4f}{'':7}{means[1]:9.4f}{'':7}{means[2]:7.2f}")
    print("aim: the recipe at most 1.58, in at most the baseline's time")
    return 0 if means[1] <= 1.58 and means[2] <= 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
