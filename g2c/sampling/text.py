# Given. Built from course/g2c/sampling/text.py: there is nothing to write here.
"""Given, complete: from text to text, and text that appears while it is written."""

import codecs
from collections.abc import Callable, Iterator

from torch import Tensor

from g2c.sampling.generate import stream_tokens


def generate_text(
    model: Callable[..., Tensor], tokenizer, prompt: str, max_new_tokens: int = 200, **options
) -> str:
    """The prompt and how the model goes on: to the end of the document, or `max_new_tokens`.

    `options` are those of `generate`; the cache is used unless you say `use_cache=False`.
    Raises: as generate, and ValueError where model and tokenizer do not belong together.
    """
    return prompt + "".join(stream_text(model, tokenizer, prompt, max_new_tokens, **options))


def stream_text(
    model: Callable[..., Tensor], tokenizer, prompt: str, max_new_tokens: int = 200, **options
) -> Iterator[str]:
    """What is written after the prompt, in pieces that are whole characters, as they come.

    A token may end in the middle of a character: its bytes wait for the rest. The pieces joined
    are what the tokenizer's `decode` gives for the new ids. An empty prompt begins a document.
    """
    config = getattr(model, "config", None)
    if config is not None and config.vocab_size != tokenizer.vocab_size:
        raise ValueError(
            f"the model has {config.vocab_size} tokens and the tokenizer {tokenizer.vocab_size}: "
            "use the tokenizer with which the model was trained"
        )
    eos_id = options.setdefault("eos_id", tokenizer.eos_id)
    options.setdefault("use_cache", config is not None)
    ids = tokenizer.encode(prompt) or [tokenizer.eos_id]
    new_ids = stream_tokens(model, ids, max_new_tokens, **options)
    return characters(tokenizer, (id for id in new_ids if id != eos_id))


def characters(tokenizer, ids: Iterator[int]) -> Iterator[str]:
    """The text of ids that come one by one, in pieces of whole characters."""
    if not hasattr(tokenizer, "decode_bytes"):  # each token is whole characters
        yield from (tokenizer.decode([id]) for id in ids)
        return
    # Keeps bytes that begin a character until its rest comes; what never becomes one is U+FFFD.
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for id in ids:
        if piece := decoder.decode(tokenizer.decode_bytes([id])):
            yield piece
    if rest := decoder.decode(b"", final=True):
        yield rest
