# Given. Built from course/g2c/tinyllm/runs.py: there is nothing to write here.
"""Given, complete: the folder of a run, from its name to a model that can be used."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from g2c.corpora import END_OF_TEXT, toystories
from g2c.nn.linear import reset_parameters
from g2c.tinyllm.checkpoint import CheckpointFolder, UnusableCheckpoint, read_checkpoint
from g2c.tinyllm.dataset import TokenDataset
from g2c.tinyllm.files import write_json
from g2c.tinyllm.parallel import ALONE, Team
from g2c.tinyllm.prepare import TokenFile, Tokenizer, prepare
from g2c.tinyllm.texts import Texts
from g2c.tinyllm.tracks import Track
from g2c.tinyllm.trainer import Trainer
from g2c.tokenizer import BPETokenizer, CharTokenizer, course_tokenizer, train_bpe
from g2c.transformer import ModelConfig, TransformerLM

MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"


@dataclass(frozen=True)
class Run:
    """A trained model, ready to be used, and what it was made of."""

    model: TransformerLM
    tokenizer: Tokenizer
    manifest: dict[str, Any]


def make_tokenizer(kind: str | int, texts: Texts) -> Tokenizer:
    """The course's, or one that learns from the text: characters, or a BPE of that size."""
    if kind == "course":
        return course_tokenizer()
    if kind == "characters":
        alphabet: set[str] = set()
        for part in (texts.train, texts.val):
            for chunk in part.chunks():
                alphabet.update(chunk.replace(END_OF_TEXT, ""))
        return CharTokenizer("".join(sorted(alphabet)))
    size = int(kind)
    return BPETokenizer(*train_bpe(texts.train.chunks(), size, [END_OF_TEXT]), [END_OF_TEXT])


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> str:
    """Write it; the digest by which two of them can be told apart."""
    if isinstance(tokenizer, CharTokenizer):
        write_json(path, {"kind": "characters", "alphabet": "".join(tokenizer.tokens[:-1])})
    else:
        tokenizer.save(path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_tokenizer(path: Path) -> Tokenizer:
    """Raises: ValueError where the file holds no tokenizer."""
    try:
        saved = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"`{path}` holds no tokenizer ({error})") from error
    if isinstance(saved, dict) and saved.get("kind") == "characters":
        return CharTokenizer(saved["alphabet"])
    return BPETokenizer.load(path)


def prepare_run(out: Path, track: Track, texts: Texts, *, progress: bool = True) -> dict:
    """Make a run's folder: tokenizer, token files and manifest; the manifest.

    The manifest comes last: a folder that has one is complete.
    """
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = make_tokenizer(track.tokenizer, texts)
    digest = save_tokenizer(tokenizer, out / TOKENIZER)
    files = {
        name: prepare(part.chunks(), tokenizer, out / f"{name}.bin", total_bytes=part.num_bytes,
                      progress=progress)
        for name, part in (("train", texts.train), ("val", texts.val))
    }  # fmt: skip
    config = track.config(tokenizer.vocab_size)
    val = files["val"]
    manifest = {
        "name": out.name,
        "track": track.name,
        "form": track.form,
        "title": track.title,
        "model": asdict(config),
        "training": asdict(track.training),
        "inside_documents": track.inside_documents and texts.separated,
        "corpus": texts.says,
        "tokens": {name: _describe(file) for name, file in files.items()},
        "bytes_per_token": round(val.num_bytes / val.num_tokens, 4),
        "floor_nats": floor_nats(texts, val),
        "tokenizer": {"kind": track.tokenizer, "vocab_size": tokenizer.vocab_size,
                      "digest": digest},
        "seed": track.training.seed,
        "parameters": sum(p.numel() for p in TransformerLM(config, device="meta").parameters()),
        "versions": versions(),
    }  # fmt: skip
    write_json(out / MANIFEST, manifest)
    return manifest


def floor_nats(texts: Texts, val: TokenFile) -> float | None:
    """Nats per token of a model that knows the grammar, where there is one: no model does better.

    In expectation, that is; on these very texts another one may be lucky.
    """
    if texts.says.get("name") != "toystories" or texts.val.documents is None:
        return None
    return -sum(map(toystories.log_prob, texts.val.documents)) / val.num_tokens


def _describe(file: TokenFile) -> dict:
    return {"dtype": file.dtype, "num_tokens": file.num_tokens, "num_bytes": file.num_bytes}


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("torch", "numpy", "g2c"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def read_manifest(folder: str | Path) -> dict:
    """Raises: ValueError where the folder holds no run."""
    path = Path(folder) / MANIFEST
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ValueError(
            f"there is no run in `{folder}`: train one, `./noteboosh.sh train stories`"
        ) from error
    except ValueError as error:
        raise ValueError(f"`{path}` is damaged ({error}): give another run") from error


def model_of(manifest: dict) -> ModelConfig:
    return ModelConfig(**manifest["model"])


def datasets(folder: Path, manifest: dict) -> tuple[TokenDataset, TokenDataset]:
    """To learn from, and to be tested on: both stay on disk."""
    vocab_size = manifest["model"]["vocab_size"]
    separator = load_tokenizer(folder / TOKENIZER).eos_id if manifest["inside_documents"] else None
    sets = []
    for name in ("train", "val"):
        ids = TokenFile(folder / f"{name}.bin", **manifest["tokens"][name]).ids()
        sets.append(TokenDataset(ids, vocab_size, separator_id=separator))
    return sets[0], sets[1]


def make_trainer(
    folder: Path, track: Track, manifest: dict, device: torch.device, *, team: Team = ALONE,
    progress: bool = True,
) -> Trainer:  # fmt: skip
    """The run of a prepared folder, at its beginning; weights are drawn on the CPU by the seed."""
    model = TransformerLM(model_of(manifest))
    generator = torch.Generator().manual_seed(track.training.seed)
    reset_parameters(model, generator)
    torch.manual_seed(track.training.seed + team.rank)  # dropout
    train, val = datasets(folder, manifest)
    return Trainer(
        model.to(device), train, val, track.training, out=folder, team=team, progress=progress
    )


def load_run(folder: str | Path, device: torch.device | str = "cpu") -> Run:
    """The best model of a run, or, where none was validated, its newest.

    Raises: ValueError where there is no run, or no checkpoint in it that can be read.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    model = TransformerLM(model_of(manifest))
    paths = [folder / "best.pt", *reversed(CheckpointFolder(folder).all())]
    for path in filter(Path.exists, paths):
        try:
            model.load_state_dict(read_checkpoint(path)["model"])
        except (UnusableCheckpoint, RuntimeError):
            continue
        return Run(model.to(device).eval(), load_tokenizer(folder / TOKENIZER), manifest)
    raise ValueError(
        f"the run in `{folder}` has no checkpoint that can be read: train it to one, "
        f"`./noteboosh.sh train {manifest['track']} --out {folder}`"
    )
