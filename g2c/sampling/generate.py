# Given. Built from course/g2c/sampling/generate.py: there is nothing to write here.
"""Given, complete: from prompts to texts, all at once or token by token."""

from collections.abc import Callable, Iterator, Sequence
from numbers import Integral

import torch
from torch import Tensor

from g2c.sampling.texts import Texts

Prompts = Tensor | Sequence[int] | Sequence[Tensor] | Sequence[Sequence[int]]


def generate(
    model: Callable[..., Tensor],
    prompt_ids: Prompts,
    max_new_tokens: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    repetition_penalty: float | None = None,
    eos_id: int | None = None,
    generator: torch.Generator | None = None,
    use_cache: bool = False,
    keep: int | None = None,
) -> Tensor | list[Tensor]:
    """Prompts, each with what the model writes after it: `max_new_tokens`, or up to `eos_id`.

    Shapes: prompt_ids (T,) -> (N,), (B, T) -> (B, N); a text that ended before the others is
    filled up with `eos_id`. A list of prompts of any lengths gives a list of texts (N,).
    temperature 0 is greedy. `generator` lives where the model does: the same seed, the same text.
    A text longer than the context_length is seen from its end: its last `keep` tokens, and as it
    grows again up to context_length, are the window; `keep=None` is context_length.
    Raises: as next_tokens and Texts; ValueError for an empty prompt.
    """
    check_number(max_new_tokens)
    texts = Texts(
        model, as_prompts(prompt_ids, model), eos_id=eos_id, use_cache=use_cache, keep=keep
    )
    for _ in range(max_new_tokens):
        texts.step(
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            repetition_penalty=repetition_penalty,
            generator=generator,
        )
        if texts.all_ended():
            break
    if isinstance(prompt_ids, Tensor) and prompt_ids.ndim == 2:
        return texts.ids.clone()
    return texts.each()[0] if is_one(prompt_ids) else texts.each()


def stream_tokens(
    model: Callable[..., Tensor],
    prompt_ids: Prompts,
    max_new_tokens: int,
    *,
    eos_id: int | None = None,
    use_cache: bool = False,
    keep: int | None = None,
    **choice,
) -> Iterator[int]:
    """The new ids of one text, each as soon as it is chosen; the last may be `eos_id`.

    Shapes: prompt_ids (T,). The arguments are those of `generate`, and so are the ids.
    """
    check_number(max_new_tokens)
    prompts = as_prompts(prompt_ids, model)
    if len(prompts) != 1:
        raise ValueError(f"{len(prompts)} prompts: a stream is one text, so give one prompt (T,)")
    texts = Texts(model, prompts, eos_id=eos_id, use_cache=use_cache, keep=keep)

    def stream() -> Iterator[int]:
        for _ in range(max_new_tokens):
            yield int(texts.step(**choice))
            if texts.all_ended():
                return

    return stream()  # a generator inside, so that wrong arguments are refused at once


def check_number(max_new_tokens: int) -> None:
    if max_new_tokens < 0:
        raise ValueError(f"max_new_tokens is {max_new_tokens}: give 0 or more")


def is_one(prompt_ids: Prompts) -> bool:
    """Whether this is a single prompt: a tensor (T,), or a list of ids."""
    if isinstance(prompt_ids, Tensor):
        return prompt_ids.ndim == 1
    return len(prompt_ids) > 0 and isinstance(prompt_ids[0], Integral)


def as_prompts(prompt_ids: Prompts, model: Callable) -> list[Tensor]:
    """The prompts one by one, each (T,), int64, where the model is."""
    weights = getattr(model, "parameters", tuple)()
    device = next((weight.device for weight in weights), None)
    rows = [prompt_ids] if is_one(prompt_ids) else prompt_ids
    prompts = [torch.as_tensor(row, device=device) for row in rows]
    if not prompts or not all(prompt.ndim == 1 and len(prompt) for prompt in prompts):
        shapes = [tuple(prompt.shape) for prompt in prompts[:4]]
        raise ValueError(
            f"prompts of the shapes {shapes}: give one or more rows (T,) with at least one token "
            "each; a text that begins from nothing begins with the tokenizer's `eos_id`"
        )
    for prompt in prompts:
        if prompt.is_floating_point() or prompt.dtype == torch.bool:
            raise TypeError(f"prompt_ids are {prompt.dtype}: give integers, `.long()`")
    return [prompt.long() for prompt in prompts]
