"""Given, complete: `./noteboosh.sh train TRACK`, which is `python -m g2c.tinyllm TRACK`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from g2c.corpora import BUILT_IN, fetch
from g2c.tinyllm.devices import pick_device
from g2c.tinyllm.log import plot_curve, read_log
from g2c.tinyllm.parallel import Team, gather_team
from g2c.tinyllm.runs import MANIFEST, make_trainer, prepare_run, read_manifest
from g2c.tinyllm.texts import Texts, code_texts, file_texts, mixed_texts, toystories_texts
from g2c.tinyllm.tracks import TRACKS, Track, find_track

RUNS = Path("runs")


@contextmanager
def friendly() -> Iterator[None]:
    """What a user can mend is one message instead of a traceback.

    Exit codes: 1 where something is unwritten or a run failed, 2 for bad input, 130 for Ctrl-C.
    """
    try:
        yield
    except NotImplementedError as error:
        if len(error.args) != 1 or not isinstance(error.args[0], str):
            raise
        exercise = error.args[0]
        _stop(
            1,
            f"`{exercise}` is not written yet, and this needs it: `./noteboosh.sh hint {exercise}` "
            "helps",
        )
    except FloatingPointError as error:
        _stop(1, str(error))
    except (ValueError, TypeError, OSError) as error:
        _stop(2, str(error))
    except KeyboardInterrupt:
        _stop(130, "\nStopped. What was saved last is kept: `--resume` goes on from it.")


def _stop(code: int, message: str) -> None:
    print(message, file=sys.stderr)
    raise SystemExit(code)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train a track from its beginning, or go on with `--resume`."""
    options = _options(arguments)
    track = _track(options)
    device = pick_device(options.device)
    out = options.out or RUNS / track.name
    with gather_team(device) as team:
        if team.leads:
            _prepare(out, track, options)
        team.wait()
        manifest = read_manifest(out)
        trainer = make_trainer(out, track, manifest, device, team=team)
        if options.resume and not trainer.resume() and team.leads:
            print(f"`{out}` has no checkpoint yet: this run starts at its beginning.")
        if team.leads:
            _announce(track, manifest, trainer, device, team)
        trainer.run()
        if team.leads:
            _report(out, manifest)
        del trainer  # before its process group


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = "\n".join(f"  {n:12} {form:10} {track.says}" for (n, form), track in TRACKS.items())
    parser = argparse.ArgumentParser(
        prog="./noteboosh.sh train",
        description=f"Train a language model by its name.\n\ntracks and their forms:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("track", help="shakespeare, stories or tinyllm")
    add("--form", default="default", help="a fuller form of the track, see above")
    add("--set", nargs="+", default=[], metavar="KEY=VALUE", help="settings of model and training")
    add("--data", metavar="FILE", help=f"another text: a UTF-8 file, or {' or '.join(BUILT_IN)}")
    add("--val", metavar="FILE", help="the text to be tested on, else the last tenth of the data")
    add("--out", type=Path, metavar="DIR", help="the folder of the run (runs/TRACK)")
    add("--steps", type=int, metavar="N", help="as --set max_steps=N")
    add("--eval-every", type=int, metavar="N", help="as --set eval_every=N")
    add("--device", metavar="D", help="cpu, cuda or mps (the best there is)")
    add("--resume", action="store_true", help="go on from the last checkpoint of the folder")
    return parser.parse_args(arguments)


def _track(options: argparse.Namespace) -> Track:
    settings = {}
    for pair in options.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"`--set {pair}` has no value: write `--set {pair}=…`")
        settings[name.strip()] = value.strip()
    if options.steps is not None:
        settings["max_steps"] = str(options.steps)
    if options.eval_every is not None:
        settings["eval_every"] = str(options.eval_every)
    return find_track(options.track, options.form).changed(settings)


def _prepare(out: Path, track: Track, options: argparse.Namespace) -> None:
    """A new folder, or the one of a run that goes on. A finished one is never written over."""
    there = (out / MANIFEST).exists()
    if there and options.resume:
        return
    if there and any(out.glob("step-*.pt")):
        raise ValueError(
            f"`{out}` holds a run already: go on with it (`--resume`), choose another folder "
            f"(`--out DIR`), or delete it"
        )
    texts = _texts(track, options)
    print(f"{track.title}: preparing the text in `{out}`")
    prepare_run(out, track, texts)


def _texts(track: Track, options: argparse.Namespace) -> Texts:
    corpus, seed = options.data or track.corpus, track.training.seed
    if options.val and corpus in ("toystories", "stdlib", "mix"):
        raise ValueError("--val needs --data: built-in texts bring their own validation text")
    if corpus == "toystories":
        return toystories_texts(track.num_documents or 20_000, seed)
    if corpus == "stdlib":
        return code_texts(track.code_bytes or 4_000_000, seed)
    if corpus == "mix":
        return mixed_texts(track.num_documents, track.code_bytes or 4_000_000, seed)
    if corpus == "tinystories":
        return file_texts(_fetched("tinystories"), options.val or _fetched("tinystories-valid"))
    if corpus == "tinyshakespeare":
        return file_texts(_fetched("tinyshakespeare"), options.val)
    return file_texts(corpus, options.val)


def _fetched(name: str) -> Path:
    """Raises: ValueError where it is not on this machine and cannot be had, with what else will."""
    try:
        return fetch(name)
    except ValueError as error:
        raise ValueError(f"{error} Here: `--data toystories` trains this track on those") from error


def _announce(track: Track, manifest: dict, trainer, device, team: Team) -> None:
    tokens = manifest["tokens"]
    config = track.training
    size = config.batch_size * config.accumulation * trainer.model.config.context_length
    processes = f", {team.size} processes" if team.size > 1 else ""
    print(
        f"{track.title}: {manifest['parameters']:,} parameters on {device.type}{processes}; "
        f"{tokens['train']['num_tokens']:,} tokens to learn from, {size:,} an update, "
        f"{config.max_steps:,} updates by {config.optimizer}.\n{track.says}"
    )


def _report(out: Path, manifest: dict) -> None:
    from matplotlib import pyplot

    entries = read_log(out)
    exact = [entry for entry in entries if entry.get("exact")]
    pyplot.switch_backend("agg")
    ax = plot_curve(entries, vocab_size=manifest["model"]["vocab_size"],
                    floor_nats=manifest["floor_nats"])  # fmt: skip
    ax.figure.savefig(out / "curve.png", dpi=150)
    if exact:
        loss = exact[-1]["val_loss"]
        bits = loss / 0.6931471805599453 / manifest["bytes_per_token"]
        print(f"Validation, all of it: {loss:.4f} nats per token, {bits:.4f} bits per byte.")
        if manifest["floor_nats"]:
            print(f"Nothing can be below {manifest['floor_nats']:.4f} in expectation: the grammar.")
    print(f"The curve is `{out / 'curve.png'}`; let it speak: `./noteboosh.sh play {out.name}`")
