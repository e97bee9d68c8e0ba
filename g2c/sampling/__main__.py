# Given. Built from course/g2c/sampling/__main__.py: there is nothing to write here.
"""Given, complete: a prompt in the terminal. `./noteboosh.sh play` runs it.

A line goes in, and the trained model goes on with it; the end of input or Ctrl-C ends it all.
"""

import argparse
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from g2c.sampling.text import stream_text
from g2c.tinyllm import Run, load_run
from g2c.tinyllm.command import RUNS, friendly
from g2c.tinyllm.devices import pick_device
from g2c.tinyllm.runs import MANIFEST


def main(arguments: Sequence[str] | None = None) -> None:
    """One text, or a prompt for many."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console may lack a character that the model writes
            stream.reconfigure(errors="replace")
    folder = run_folder(options.track, options.out)
    device = pick_device(options.device)
    run = load_run(folder, device)
    seed = random.randrange(10**6) if options.seed is None else options.seed
    generator = torch.Generator(device).manual_seed(seed)
    if options.prompt is not None:
        say(run, options.prompt, options, generator)
        return
    by_hand = sys.stdin.isatty()
    if by_hand:
        print(f"{folder}: {run.manifest['parameters']:,} parameters, seed {seed}.")
        print("Begin a text, and the model goes on. An empty line lets it begin; Ctrl-D ends.\n")
    while (line := read_line(by_hand)) is not None:
        try:
            say(run, line, options, generator)
        except ValueError as error:  # such as a character that the tokenizer does not know
            if not by_hand:
                raise
            print(error, file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./noteboosh.sh play", description="A trained model goes on with what you write."
    )
    add = parser.add_argument
    add("track", nargs="?", help="the run `runs/TRACK`; the newest run if left out")
    add("--out", metavar="DIR", type=Path, help="the folder of a run that is somewhere else")
    add("--prompt", metavar="TEXT", help="go on with this text only, then end")
    add(
        "--max-new-tokens", metavar="N", type=int, default=300, help="at most so many (%(default)s)"
    )
    add("--temperature", metavar="X", type=float, default=0.8, help="0 is greedy (%(default)s)")
    add("--top-k", metavar="K", type=int, help="only the K most probable tokens")
    add("--top-p", metavar="P", type=float, help="only the tokens that together hold P")
    add("--repetition-penalty", metavar="X", type=float, help="above 1: fewer repetitions")
    add("--device", metavar="D", help="cpu, cuda or mps (the best there is)")
    add("--seed", metavar="N", type=int, help="the same seed gives the same text")
    return parser


def run_folder(track: str | None, out: Path | None) -> Path:
    """The folder to load. Raises: ValueError where there is no such run."""
    if out is not None or track is not None:
        folder = RUNS / str(track) if out is None else out
        if (folder / MANIFEST).is_file():
            return folder
        found = f"there is no run in `{folder}`"
    else:
        folders = [file.parent for file in RUNS.glob(f"*/{MANIFEST}")]
        if folders:
            return max(folders, key=last_change)
        found = f"there is no run in `{RUNS}` yet"
    others = sorted(file.parent.name for file in RUNS.glob(f"*/{MANIFEST}"))
    instead = f" (you have {', '.join(others)})" if others else ""
    wanted = track or "stories"
    raise ValueError(f"{found}{instead}: train one first: `./noteboosh.sh train {wanted}`")


def last_change(folder: Path) -> float:
    """When something was last written in a run: its newest file."""
    return max(file.stat().st_mtime for file in folder.iterdir())


def read_line(by_hand: bool) -> str | None:
    """The next line without its end; None at the end of input."""
    if by_hand:
        try:
            return input("> ")
        except EOFError:
            print()
            return None
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None


def say(run: Run, prompt: str, options: argparse.Namespace, generator: torch.Generator) -> None:
    """Print the prompt and what follows it, as it is written."""
    pieces = stream_text(
        run.model,
        run.tokenizer,
        prompt,
        options.max_new_tokens,
        temperature=options.temperature,
        top_k=options.top_k,
        top_p=options.top_p,
        repetition_penalty=options.repetition_penalty,
        generator=generator,
        # Half of a full window: else every token would make the cache anew, see the lesson.
        keep=max(1, run.model.config.context_length // 2),
    )
    first = next(pieces, "")  # wrong options are noticed here, before anything is printed
    print(prompt + first, end="", flush=True)
    for piece in pieces:
        print(piece, end="", flush=True)
    print("\n", flush=True)


def until_stopped() -> None:
    try:
        main()
    except KeyboardInterrupt:
        print()
        raise SystemExit(130) from None
    except BrokenPipeError:  # such as `play … | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    with friendly():
        until_stopped()
