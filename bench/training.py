"""Training tokens a second: the course's model against the `transformers` library's, same shape.

    .venv/bin/python bench/training.py [ROUNDS]

Shape: 4 layers, 4 heads, width 128, context 64, batch 12, 66 tokens; about 0.8M parameters, Llama
style (RMSNorm, SwiGLU, rotary positions, no biases). Both arms: the same ids, float32, AdamW with
decay 0.1, gradients clipped at norm 1, on the threads that torch takes by itself. One step of each
arm in turn, ROUNDS times (default 60) after a warm-up; ratios are medians of pairs.

- hand-written: `Trainer.train_step` on the course's own attention, softmax, norms and optimizer.
- compiled: the same with fused attention through torch.compile.
- the library's: `LlamaForCausalLM`, attention "eager" and "sdpa", torch.optim.AdamW.

Then: the fused switch against hand-written attention at T = 1024, forward and backward, and the
share of a step that reading data and writing the log take.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "course"))

import numpy as np
import torch

from g2c.attention import MultiHeadAttention
from g2c.embeddings import RotaryPositionalEmbedding
from g2c.tinyllm import FusedAttention, TokenDataset, TrainConfig, Trainer
from g2c.tinyllm.log import RunLog
from g2c.transformer import TransformerLM, llama_style

V, T, D, LAYERS, HEADS, B = 66, 64, 128, 4, 4, 12
IDS = torch.randint(V, (200_000,), generator=torch.Generator().manual_seed(0))


def course(fused: bool = False, compiled: bool = False) -> Trainer:
    torch.manual_seed(0)
    model = TransformerLM(llama_style(vocab_size=V, context_length=T, d_model=D,
                                      num_layers=LAYERS, num_heads=HEADS))  # fmt: skip
    config = TrainConfig(max_steps=1_000_000, batch_size=B, optimizer="adamw", max_lr=1e-3,
                         fused=fused, compiled=compiled)  # fmt: skip
    return Trainer(model, TokenDataset(IDS.numpy().astype(np.uint16), V), None, config)


def library(attention: str):
    import transformers

    transformers.logging.set_verbosity_error()
    config = transformers.LlamaConfig(
        vocab_size=V, hidden_size=D, intermediate_size=320, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, max_position_embeddings=T, attn_implementation=attention,
        use_cache=False, bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1, betas=(0.9, 0.95))
    generator = torch.Generator().manual_seed(0)

    def step():
        starts = torch.randint(len(IDS) - T, (B,), generator=generator)
        x = IDS[starts[:, None] + torch.arange(T)]
        optimizer.zero_grad()
        loss = model(input_ids=x, labels=x).loss  # shifts by itself: T - 1 targets
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    return step, sum(p.numel() for p in model.parameters())


def seconds(step) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def in_turn(arms: dict, rounds: int, warm_up: int = 5) -> dict[str, list[float]]:
    for step in arms.values():
        for _ in range(warm_up):
            step()
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds):
        for name, step in arms.items():
            times[name].append(seconds(step))
    return times


def ratio(peer: list[float], own: list[float]) -> float:
    """How many times as many tokens a second as the peer."""
    return statistics.median(a / b for a, b in zip(peer, own, strict=True))


def training_speed(rounds: int) -> bool:
    hand, quick = course(), course(fused=True, compiled=True)
    (eager, size), (sdpa, _) = library("eager"), library("sdpa")
    own = sum(p.numel() for p in hand.model.parameters())
    arms = {"hand-written, eager": lambda: hand.train_step()[0].item(),
            "fused and compiled": lambda: quick.train_step()[0].item(),
            "library, eager": eager, "library, sdpa": sdpa}  # fmt: skip
    times = in_turn(arms, rounds)
    print(f"training: {own:,} parameters, the library {size:,}\n{'':22}{'ms':>7}{'tokens/s':>10}"
          f"{'x eager':>9}{'x sdpa':>8}")  # fmt: skip
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"{name:22}{1e3 * middle:7.1f}{B * T / middle:10,.0f}"
              f"{ratio(times['library, eager'], found):9.2f}"
              f"{ratio(times['library, sdpa'], found):8.2f}")  # fmt: skip
    print("aim: hand-written at least 0.9x the library's eager, fused and compiled at least 1.0x")
    slow = ratio(times["library, eager"], times["hand-written, eager"]) < 0.9
    return slow or ratio(times["library, eager"], times["fused and compiled"]) < 1.0


def fused_speed(rounds: int) -> bool:
    long = 1024
    rope = RotaryPositionalEmbedding(10000.0, D // HEADS, long)
    hand = MultiHeadAttention(D, HEADS, rope=rope)
    x = torch.randn(4, long, D, generator=torch.Generator().manual_seed(0))
    fused = FusedAttention(hand)
    arms = {name: lambda layer=layer: layer(x).square().mean().backward()
            for name, layer in (("hand-written", hand), ("fused", fused))}  # fmt: skip
    times = in_turn(arms, rounds, 2)
    gain = ratio(times["hand-written"], times["fused"])
    print(f"\nattention alone at T = {long}, batch 4, forward and backward: fused {gain:.1f}x as "
          f"fast ({1e3 * statistics.median(times['hand-written']):.0f} ms against "
          f"{1e3 * statistics.median(times['fused']):.0f} ms); aim: at least 3x")  # fmt: skip
    return gain < 3


def overhead(rounds: int) -> bool:
    trainer = course()
    step = statistics.median(seconds(trainer.train_step) for _ in range(rounds))
    with tempfile.TemporaryDirectory() as folder:
        ids = Path(folder, "ids.bin")
        IDS.numpy().astype(np.uint16).tofile(ids)
        data = TokenDataset(np.memmap(ids, dtype=np.uint16, mode="r"), V)
        entry = {"step": 1, "tokens": 768, "seconds": 0.1, "loss": 4.1234, "lr": 1e-3,
                 "grad_norm": 0.5}  # fmt: skip
        with RunLog(folder) as log:
            both = statistics.median(
                seconds(lambda: (data.batch(B, T, generator=trainer.order), log.write(entry)))
                for _ in range(20 * rounds)
            )
    share = both / step
    print(f"\ndata and log: {1e6 * both:.0f} us of a step of {1e3 * step:.1f} ms, {share:.1%}; "
          "aim: under 3%")  # fmt: skip
    return share >= 0.03


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    missed = [training_speed(rounds), fused_speed(max(5, rounds // 6)), overhead(rounds)]
    return int(any(missed))


if __name__ == "__main__":
    raise SystemExit(main())
