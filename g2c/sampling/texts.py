# Built from course/g2c/sampling/texts.py: write only between the fence lines.
"""Yours to write: one step of writing. Given: the texts, and what the model sees of them."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from g2c.sampling.cache import RoomyCache
from g2c.sampling.choice import next_tokens
from g2c.sampling.joined import joined
from g2c.sampling.padding import pad_left
from g2c.sampling.windows import cached_logits, window_logits, window_starts
from g2c.transformer import TransformerLM


class Texts:
    """A batch of texts that a model goes on with, all by one token a step.

    `ids` (B, N) holds them, padded on the left, `starts` where each one's window begins, and
    `ended` (B,) which of them have reached `eos_id`. `generate` has the other arguments.
    Raises: TypeError, ValueError for a model that cannot do what is asked.
    """

    def __init__(
        self,
        model: Callable[..., Tensor],
        prompts: Sequence[Tensor],
        *,
        eos_id: int | None = None,
        use_cache: bool = False,
        keep: int | None = None,
    ):
        self.ids = pad_left(prompts)
        self.prompt_end = self.ids.shape[1]
        self.first = [self.prompt_end - len(prompt) for prompt in prompts]
        self.starts, self.eos_id, self.use_cache = self.first, eos_id, use_cache
        self.ended = torch.zeros(len(prompts), dtype=torch.bool, device=self.ids.device)
        self.context_length = context_length_of(model)
        self.keep = checked_keep(keep, self.context_length)
        of_ours = isinstance(model, TransformerLM)
        if not of_ours and (use_cache or any(self.first)):
            raise TypeError(
                f"{type(model).__name__} is no TransformerLM: without positions, masks and caches "
                "give prompts of one length, and `use_cache=False`"
            )
        self.model = joined(model) if use_cache else model
        self.caches: list[RoomyCache] | None = None
        self.crop()

    @torch.inference_mode()
    def step(self, **choice) -> Tensor:
        """One more token for every text, chosen, appended and returned; `eos_id` for an ended one.

        Shapes: -> (B,). `choice` holds the arguments of `next_tokens` by name.
        A text has ended once its new token is `eos_id`, where there is one.
        """
        # ---- your code: sampling.step (about 6 lines) ----
        raise NotImplementedError("sampling.step")
        # ---- end of your code ----

    @torch.inference_mode()
    def logits(self) -> Tensor:
        """What the model says about the next token of every text, without dropout.

        Shapes: -> (B, V).
        """
        begin = min(self.starts)
        window, real = self.ids[:, begin:], None
        if len(set(self.starts)) > 1:  # some windows are shorter than others
            columns = torch.arange(begin, self.ids.shape[1], device=self.ids.device)
            real = columns >= torch.tensor(self.starts, device=self.ids.device)[:, None]
        training = getattr(self.model, "training", False)
        if training:
            self.model.eval()
        try:
            if not self.use_cache:
                return window_logits(self.model, window, real)
            if self.caches is None:
                self.caches = [RoomyCache(self.context_length) for _ in self.model.layers]
            return cached_logits(self.model, window, real, self.caches)
        finally:
            if training:
                self.model.train()

    @torch.inference_mode()
    def append(self, new: Tensor) -> None:
        """Write down one token for every text.

        Shapes: new (B,).
        """
        self.ids = torch.cat((self.ids, new[:, None]), dim=1)
        self.crop()

    def all_ended(self) -> bool:
        return self.eos_id is not None and bool(self.ended.all())

    def each(self) -> list[Tensor]:
        """Every text by itself, without the padding before it and after its end."""
        texts = []
        for row, first in zip(self.ids.clone(), self.first, strict=True):
            end = len(row)
            if self.eos_id is not None:
                ends = (row[self.prompt_end :] == self.eos_id).nonzero().flatten().tolist()
                end = self.prompt_end + ends[0] + 1 if ends else end
            texts.append(row[first:end])
        return texts

    def crop(self) -> None:
        """Move the windows on that have become too long. Then no cached position is right."""
        if self.context_length is None:
            return
        before, columns = self.starts, self.ids.shape[1]
        self.starts = window_starts(before, columns, self.context_length, self.keep)
        if self.starts != before:
            self.caches = None


def context_length_of(model: Callable) -> int | None:
    """How many tokens a model can see: None where it says nothing about that."""
    return getattr(getattr(model, "config", model), "context_length", None)


def checked_keep(keep: int | None, context_length: int | None) -> int | None:
    """How many tokens a cropped window has: all that fit, if not said. Raises: ValueError."""
    if keep is None:
        return context_length
    if context_length is None or not 1 <= keep <= context_length:
        raise ValueError(
            f"keep is {keep}, but the model's context_length is {context_length}: give at least 1 "
            "and at most that many tokens"
        )
    return keep
