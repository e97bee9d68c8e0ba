"""How fast is the tokenizer of module 04? Training and encoding, in turn with other libraries.

    .venv/bin/python bench/tokenizer.py [--corpus FILE] [--rounds 5] [--rescan-rounds 1]

Without a file the text is the Python sources of this installation, of which there are megabytes.
All that is compared is run in turn, once a round; a ratio is the median of the rounds' ratios.
Times are those of a clock; against the rescan, which runs for long on one core as ours does, they
are CPU times, so that other programs on the machine do not count.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "course"))  # the reference: nothing of a student is measured

from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402

from g2c.corpora import END_OF_TEXT, load_corpus  # noqa: E402
from g2c.tokenizer import BPETokenizer, train_bpe, train_bpe_rescan  # noqa: E402
from g2c.tokenizer.splitting import count_words  # noqa: E402

MEGABYTE = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", help="a UTF-8 text file")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rescan-rounds", type=int, default=3, help="half a minute each")
    options = parser.parse_args()
    corpus = load_corpus(options.corpus or "stdlib", max_bytes=6 * MEGABYTE)
    text = corpus.text()
    print(f"{corpus.name}: {len(text.encode()):,} bytes; {os.cpu_count()} cores\n")
    print(f"{'':<50} {'ours':>9} {'theirs':>9} {'ours / theirs':>13}  aim")
    kept = [
        training(text, 1, 1_000, options.rounds, 2),
        training(text, 5, 10_000, options.rounds, 3),
    ]
    if options.rescan_rounds:
        kept += rescan(text, options.rescan_rounds)
    for vocab_size in (1_000, 10_000):
        kept += encoding(text, vocab_size, options.rounds)
    return 0 if all(kept) else 1


def training(text: str, megabytes: int, vocab_size: int, rounds: int, aim: float) -> bool:
    texts = [first(text, megabytes)]
    times = in_turn(
        lambda: train_bpe(texts, vocab_size, [END_OF_TEXT]),
        lambda: train_in_rust(texts, vocab_size),
        rounds=rounds,
    )
    return show(f"train {size(texts)}, V = {vocab_size:,}, against tokenizers", times, aim)


def rescan(text: str, rounds: int) -> list[bool]:
    """All in all, and without the cutting and counting of words, which both do alike."""
    texts = [first(text, 1)]
    times = in_turn(
        lambda: train_bpe(texts, 1_000, [END_OF_TEXT]),
        lambda: train_bpe_rescan(texts, 1_000, [END_OF_TEXT]),
        lambda: count_words(texts, [END_OF_TEXT]),
        rounds=rounds,
        clock=time.process_time,
    )
    whole = [(ours, theirs) for ours, theirs, _ in times]
    merging = [(ours - counting, theirs - counting) for ours, theirs, counting in times]
    what = f"train {size(texts)}, V = 1,000, against the rescan"
    return [show(what, whole, 1 / 100), show("  the merging alone", merging, 1 / 100)]


def encoding(text: str, vocab_size: int, rounds: int) -> list[bool]:
    """On one string, with an empty word cache and with a full one."""
    tables = train_bpe([first(text, 5)], vocab_size, [END_OF_TEXT])
    ours = BPETokenizer(*tables, [END_OF_TEXT])
    tiktoken, rust = ours.to_tiktoken(), in_rust(ours)
    sample = first(text, 5)
    megabytes = len(sample.encode()) / MEGABYTE

    def in_tiktoken() -> list[int]:
        return tiktoken.encode(sample, allowed_special="all")

    same = ours.encode(sample) == in_tiktoken() == rust.encode(sample).ids
    assert same, "the three do not give the same ids"

    def cold() -> list[int]:
        fresh = BPETokenizer(*tables, [END_OF_TEXT])
        return fresh.encode(sample)

    kept = []
    for name, encode in (("first time", cold), ("words known", lambda: ours.encode(sample))):
        for library, other, aim in (
            ("tokenizers", lambda: rust.encode(sample), 1),
            ("tiktoken", in_tiktoken, 3),
        ):
            times = in_turn(encode, other, rounds=rounds)
            what = f"encode, V = {vocab_size:,}, {name}, against {library}"
            kept.append(show(what, times, aim, per=megabytes))
    return kept


def in_turn(
    *functions: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> list[tuple[float, ...]]:
    """The seconds of each function, in each round."""
    return [tuple(seconds(function, clock) for function in functions) for _ in range(rounds)]


def seconds(function: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()
    start = clock()
    result = function()
    end = clock()
    del result
    return end - start


def show(what: str, times: list[tuple[float, ...]], aim: float, per: float | None = None) -> bool:
    """One line: seconds, or with `per` megabytes the MB/s; ratios are always of times."""
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(one / other for one, other in times)
    if per:
        shown = [f"{per / each:.1f} MB/s" for each in (ours, theirs)]
    else:
        shown = [f"{each:.2f} s" for each in (ours, theirs)]
    aimed = f"<= {aim:g}" if aim >= 1 else f"<= 1/{1 / aim:.0f}"
    ratio_shown = f"{ratio:.2f}" if ratio > 0.1 else f"1/{1 / ratio:.0f}"
    verdict = "" if ratio <= aim else "  NOT REACHED"
    print(f"{what:<50} {shown[0]:>9} {shown[1]:>9} {ratio_shown:>13}  {aimed}{verdict}", flush=True)
    return ratio <= aim


def first(text: str, megabytes: int) -> str:
    return text.encode()[: megabytes * MEGABYTE].decode(errors="ignore")


def size(texts: list[str]) -> str:
    return f"{sum(len(text.encode()) for text in texts) / MEGABYTE:.1f} MB"


def train_in_rust(texts: list[str], vocab_size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def in_rust(ours: BPETokenizer) -> Tokenizer:
    """The same merges for `tokenizers`, which writes bytes as printable characters."""
    spare = iter(range(256, 512))
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    letters = [chr(byte if byte in printable else next(spare)) for byte in range(256)]
    vocab = {"".join(letters[b] for b in token): id for id, token in ours.vocab.items()}
    merges = [tuple("".join(letters[b] for b in part) for part in pair) for pair in ours.merges]
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer


if __name__ == "__main__":
    raise SystemExit(main())
