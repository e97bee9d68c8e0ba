"""Generation (module 11): with a cache against without, and against the transformers library.

    .venv/bin/python bench/generation.py [ROUNDS]

A Llama-style model of 4 layers, 4 heads and width 128, context 256, with random weights, greedy, in
float32, on the threads that torch takes by itself. What is compared runs in turn, round after round
(ROUNDS, default 7, after one that does not count); a ratio is the median of the rounds' ratios. The
other library gets the same weights, and the same tokens must come out of it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "course"))

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM

from g2c.nn import reset_parameters
from g2c.sampling import generate
from g2c.transformer import TransformerLM, llama_style

V, T, D, L, H = 1000, 256, 128, 4, 4
PROMPT = 8
LENGTHS = (16, 32, 64, 128, 248)


def ours() -> TransformerLM:
    config = llama_style(vocab_size=V, context_length=T, d_model=D, num_layers=L, num_heads=H)
    return reset_parameters(TransformerLM(config), torch.Generator().manual_seed(0)).eval()


def theirs(model: TransformerLM) -> LlamaForCausalLM:
    """The same model of the other library, with the same weights."""
    config = LlamaConfig(
        vocab_size=V, hidden_size=D, intermediate_size=model.layers[0].ffn.w1.out_features,
        num_hidden_layers=L, num_attention_heads=H, max_position_embeddings=T,
        rms_norm_eps=model.ln_final.eps, rope_theta=model.config.rope_theta,
        bos_token_id=None, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    names = {
        "attn.output_proj": "self_attn.o_proj", "attn": "self_attn", "ln1": "input_layernorm",
        "ln2": "post_attention_layernorm", "ffn.w1": "mlp.gate_proj", "ffn.w2": "mlp.down_proj",
        "ffn.w3": "mlp.up_proj", "layers": "model.layers", "ln_final": "model.norm",
        "token_embeddings": "model.embed_tokens",
    }  # fmt: skip
    weights = {}
    for name, weight in model.state_dict().items():
        if ".q_proj" in name or ".k_proj" in name:
            # Its rotary pairs are (j, j + K / 2), not neighbours.
            weight = weight.unflatten(0, (H, -1, 2)).transpose(1, 2).reshape(D, D)
        for old, new in names.items():
            name = name.replace(f".{old}.", f".{new}.")
            name = new + name[len(old) :] if name.startswith(f"{old}.") else name
        weights[name] = weight
    other = LlamaForCausalLM(config)
    other.load_state_dict(weights)
    return other.eval()


def by_transformers(other: LlamaForCausalLM, prompt: torch.Tensor, n: int) -> torch.Tensor:
    mask = torch.ones_like(prompt)
    return other.generate(prompt, attention_mask=mask, max_new_tokens=n, do_sample=False)


def ratios(rounds: int, one: Callable, other: Callable) -> tuple[float, float, float]:
    """Seconds of each, and how many times as long the other takes."""
    times = []
    for _ in range(rounds + 1):
        pair = []
        for run in (one, other):
            start = time.perf_counter()
            run()
            pair.append(time.perf_counter() - start)
        times.append(pair)
    mine, its = zip(*times[1:], strict=True)
    return (
        statistics.median(mine),
        statistics.median(its),
        statistics.median(b / a for a, b in times[1:]),
    )


def table(title: str, rounds: int, rows: list[tuple[str, int, Callable, Callable]]) -> list[float]:
    print(f"\n{title}\n{'tokens':>12} {'cached':>14} {'other':>14} {'ratio':>7}")
    found = []
    for name, tokens, one, other in rows:
        mine, its, ratio = ratios(rounds, one, other)
        found.append(ratio)
        print(f"{name:>12} {tokens / mine:>8,.0f} tok/s {tokens / its:>8,.0f} tok/s {ratio:>7.2f}")
    return found


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    model = ours()
    other = theirs(model)
    prompt = torch.randint(V, (1, PROMPT), generator=torch.Generator().manual_seed(1))
    batch = torch.randint(V, (8, PROMPT), generator=torch.Generator().manual_seed(2))
    cached = partial(generate, model, temperature=0, use_cache=True)
    plain = partial(generate, model, temperature=0)
    for prompts in (prompt, batch):
        tokens = [plain(prompts, 60), cached(prompts, 60), by_transformers(other, prompts, 60)]
        same = [torch.equal(tokens[0], out) for out in tokens[1:]]
        assert all(same), f"not the same tokens: {same}"
    print(
        f"torch {torch.__version__} on {torch.get_num_threads()} threads, "
        f"transformers {transformers.__version__} ({other.config._attn_implementation} attention, "
        f"dynamic cache), {sum(p.numel() for p in model.parameters()):,} parameters"
    )
    rows = [(str(n), n, partial(cached, prompt, n), partial(plain, prompt, n)) for n in LENGTHS]
    growth = table(f"with cache against without, {PROMPT} tokens given", rounds, rows)
    rows = [
        (f"{len(ids)} x {n}", len(ids) * n, partial(cached, ids, n),
         partial(by_transformers, other, ids, n))
        for ids in (prompt, batch) for n in (64, 248)
    ]  # fmt: skip
    against = table("with cache against transformers with cache; aim 1.5", rounds, rows)
    print("\naim: the cache gains more the longer the text, and every last ratio is 1.5 or more")
    return 0 if min(against) >= 1.5 and growth[-1] > growth[0] else 1


if __name__ == "__main__":
    raise SystemExit(main())
