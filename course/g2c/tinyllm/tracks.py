"""Given, complete: the runs that have a name, each in a small form and in fuller ones."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, replace

from g2c.tinyllm.config import TrainConfig
from g2c.transformer import ModelConfig, llama_style


@dataclass(frozen=True)
class Track:
    """A run that can be trained by its name.

    `corpus` is "toystories", "mix", or the name of a download; `tokenizer` is "characters",
    "course", or the size of the vocabulary of a BPE that learns from the run's own text.
    `model` holds the fields of a ModelConfig but for vocab_size, which the tokenizer decides.
    `target_nats`, where there is one, is the loss that `says` speaks of.
    """

    name: str
    form: str
    title: str
    says: str
    corpus: str
    tokenizer: str | int
    model: dict
    training: TrainConfig
    num_documents: int = 0
    code_bytes: int = 0
    inside_documents: bool = False
    target_nats: float | None = None

    def config(self, vocab_size: int) -> ModelConfig:
        return llama_style(vocab_size=vocab_size, **self.model)

    def changed(self, settings: dict[str, str]) -> Track:
        """The track with some settings given as text, `{"max_lr": "0.003"}`.

        Raises: ValueError for an unknown name, with the nearest one, or a value that does not fit.
        """
        track = self
        for name, text in settings.items():
            if name not in SETTINGS:
                near = difflib.get_close_matches(name, SETTINGS, 1, cutoff=0.5)
                hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(SETTINGS)}"
                raise ValueError(f"there is no setting `{name}`: {hint}")
            where, kind = SETTINGS[name]
            value = _value(name, text, kind)
            if where == "model":
                track = replace(track, model={**track.model, name: value})
            elif where == "training":
                track = replace(track, training=_with(track.training, name, value))
            else:
                track = replace(track, **{name: value})
        return track


def _with(config: TrainConfig, name: str, value) -> TrainConfig:
    """The same with one value changed; what follows from it is worked out anew."""
    derived = {"max_lr": ["min_lr"], "max_steps": ["warmup_steps"]}.get(name, [])
    given = {other: None for other in derived if other in _derived_fields(config)}
    return replace(config, **{**given, name: value})


def _derived_fields(config: TrainConfig) -> set[str]:
    """Which of the fields that may be left out have the value that they would then have."""
    fresh = replace(config, min_lr=None, warmup_steps=None)
    return {n for n in ("min_lr", "warmup_steps") if getattr(fresh, n) == getattr(config, n)}


def _settings() -> dict[str, tuple[str, str]]:
    """Every name that `--set` knows: where it belongs, and the type that it has."""
    own = ("num_documents", "code_bytes", "inside_documents", "tokenizer")
    model = {f.name: ("model", str(f.type)) for f in fields(ModelConfig) if f.name != "vocab_size"}
    training = {f.name: ("training", str(f.type)) for f in fields(TrainConfig)}
    track = {f.name: ("track", str(f.type)) for f in fields(Track) if f.name in own}
    return {**model, **training, **track}


def _value(name: str, text: str, kind: str):
    """Text as a value of a field's type. Raises: ValueError where it is none."""
    kind = kind.replace("<class '", "").replace("'>", "")
    options = [option.strip() for option in kind.split("|")]
    if "None" in options and text.lower() == "none":
        return None
    if "bool" in options:
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise ValueError(f"{name} is {text!r}: give true or false")
    try:
        if kind.startswith("tuple"):
            return tuple(float(part) for part in text.strip("()").split(","))
        if "int" in options and ("float" not in options):
            return int(text.replace("_", "").replace(",", ""))
        if "float" in options:
            return float(text)
    except ValueError as error:
        if "str" in options:
            return text
        raise ValueError(f"{name} is {text!r}: give a value of the kind `{kind}`") from error
    return text


SETTINGS = _settings()

SHAKESPEARE = Track(
    name="shakespeare",
    form="default",
    title="ShakespeareLM",
    says="Characters of Shakespeare, small enough for a few minutes on a laptop.",
    corpus="tinyshakespeare",
    tokenizer="characters",
    model={"context_length": 64, "d_model": 128, "num_layers": 4, "num_heads": 4},
    training=TrainConfig(max_steps=1500, batch_size=24, max_lr=8e-3, eval_every=250),
)
STORIES = Track(
    name="stories",
    form="default",
    title="StoryLM",
    says="Toy stories, whose entropy is known: how close to the floor?",
    corpus="toystories",
    tokenizer="course",
    model={"context_length": 128, "d_model": 128, "num_layers": 4, "num_heads": 4},
    training=TrainConfig(max_steps=600, batch_size=16, max_lr=1e-2, eval_every=100, fused=True),
    num_documents=20_000,
)
PUBLISHED = {
    "context_length": 256, "d_model": 512, "d_ff": 1344, "num_layers": 4, "num_heads": 16,
    "rope_theta": 10000.0,
}  # fmt: skip
TINYLLM = Track(
    name="tinyllm",
    form="default",
    title="TinyLLM",
    says="A mix of code, docstrings and stories: broad, and thin.",
    corpus="mix",
    tokenizer="course",
    model={"context_length": 128, "d_model": 192, "num_layers": 4, "num_heads": 6},
    training=TrainConfig(max_steps=600, batch_size=16, max_lr=1e-2, eval_every=100, fused=True),
    num_documents=10_000,
    code_bytes=4_000_000,
)
TRACKS = {
    (track.name, track.form): track
    for track in (
        SHAKESPEARE,
        replace(
            SHAKESPEARE,
            form="large",
            says="The same text, a model twice as large, twice the context: a quarter of an hour.",
            model={"context_length": 128, "d_model": 192, "num_layers": 4, "num_heads": 6,
                   "dropout": 0.1},
            training=TrainConfig(max_steps=3000, batch_size=16, max_lr=6e-3, eval_every=250,
                                 fused=True),
        ),
        STORIES,
        replace(
            STORIES,
            form="small",
            says="CS336's StoryLM in its small form, 40,960,000 tokens. Its own figure, on one M3 "
            "Max: 1.80 nats in 1 h 22 min by CPU; its target is 2.00. Not measured here.",
            corpus="tinystories",
            tokenizer=10_000,
            model=PUBLISHED,
            training=TrainConfig(max_steps=5000, batch_size=32, max_lr=1e-3, optimizer="adamw",
                                 eval_every=250, fused=True),
            target_nats=2.00,
        ),
        replace(
            STORIES,
            form="published",
            says="CS336's StoryLM as published, 327,680,000 tokens. Its own figure: 30 to 40 min "
            "on an H100; its target is 1.45 nats. Not measured here.",
            corpus="tinystories",
            tokenizer=10_000,
            model=PUBLISHED,
            training=TrainConfig(max_steps=10_000, batch_size=128, max_lr=1e-3, optimizer="adamw",
                                 eval_every=500, fused=True, precision="bfloat16"),
            target_nats=1.45,
        ),
        TINYLLM,
    )
}  # fmt: skip
NAMES = tuple(dict.fromkeys(name for name, _ in TRACKS))


def find_track(name: str, form: str = "default") -> Track:
    """Raises: ValueError where there is no such track or form, with those that there are."""
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(NAMES)}"
        raise ValueError(f"there is no track `{name}`: {hint}")
    if (name, form) not in TRACKS:
        forms = ", ".join(f for n, f in TRACKS if n == name)
        raise ValueError(f"`{name}` has no form `{form}`: there are {forms}")
    return TRACKS[name, form]
