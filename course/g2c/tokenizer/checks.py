"""Given code: what is refused before it does harm, with what was given and the cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from g2c.tokenizer.pairs import Pair

BYTES = tuple(bytes([byte]) for byte in range(256))
LARGEST = 1_000_000  # a token is one character of a Python string while words are merged


def check_text(text: object) -> None:
    if not isinstance(text, str):
        raise TypeError(
            f"a text must be a str, not {type(text).__name__}: decode bytes first, "
            '`data.decode("utf-8", "surrogateescape")`'
        )


def check_ids(ids: Iterable[int], vocab_size: int) -> None:
    for position, id in enumerate(ids):
        if not 0 <= id < vocab_size:  # a negative id would count from the end, silently
            raise ValueError(
                f"id {id} at position {position} is not in 0 … {vocab_size - 1}: decode with the "
                "tokenizer that made the ids"
            )


def checked_special_tokens(special_tokens: Iterable[str] | None) -> tuple[str, ...]:
    """Raises: TypeError, ValueError."""
    if isinstance(special_tokens, (str, bytes)):
        raise TypeError(
            f"special_tokens is {special_tokens!r}, which would be {len(special_tokens)} tokens of "
            f"one letter: give a list, `[{special_tokens!r}]`"
        )
    checked = tuple(special_tokens or ())
    for place, token in enumerate(checked):
        check_text(token)
        if len(token.encode()) < 2:
            raise ValueError(
                f"special token {token!r} is too short: every single byte is a token already, so "
                "give at least two characters that no text holds by chance"
            )
        if token in checked[:place]:
            raise ValueError(f"special token {token!r} is given twice: give each of them once")
    return checked


def check_vocab_size(vocab_size: int, special_tokens: tuple[str, ...]) -> None:
    least = len(BYTES) + len(special_tokens)
    if not least <= vocab_size <= LARGEST:
        raise ValueError(
            f"vocab_size ({vocab_size}) must be at least {least} (256 bytes and "
            f"{len(special_tokens)} special tokens) and at most {LARGEST}: try {least + 1000}"
        )


def with_special_tokens(vocab: Mapping[int, bytes], special_tokens: tuple[str, ...]) -> dict:
    """The vocabulary by id; special tokens that it lacks get the next ids."""
    new = dict(sorted(vocab.items()))
    if list(new) != list(range(len(new))):
        gap = next(id for id in range(len(new)) if id not in new)
        raise ValueError(
            f"vocab has {len(new)} tokens but none with id {gap}: number them 0 … {len(new) - 1}"
        )
    known = set(new.values())
    for token in special_tokens:
        if token.encode() not in known:
            new[len(new)] = token.encode()
    return new


def check_vocab(
    ids: Mapping[bytes, int], vocab_size: int, merges: list[Pair], special_tokens: tuple[str, ...]
) -> None:
    """Raises: ValueError unless the merges make the tokens one after the other."""
    if len(ids) < vocab_size:
        raise ValueError(f"vocab gives two ids to one token: {vocab_size} ids, {len(ids)} tokens")
    if missing := [byte for byte in BYTES if byte not in ids]:
        raise ValueError(
            f"vocab lacks {len(missing)} of the 256 bytes, such as {missing[0]!r}: with all of "
            "them any text can be encoded"
        )
    made = set(BYTES)
    for place, (first, second) in enumerate(merges):
        token = first + second
        if first not in made or second not in made or token in made or token not in ids:
            raise ValueError(
                f"merge {place} joins {first!r} and {second!r}: both must be bytes or made by an "
                f"earlier merge, and {token!r} must be in vocab and made only once"
            )
        made.add(token)
    if both := [token for token in special_tokens if token.encode() in made]:
        raise ValueError(f"special token {both[0]!r} is made by a merge, too: rename it")
