"""Yours to write: a tokenizer whose tokens are characters. Given: its table and its checks."""

from __future__ import annotations

from collections.abc import Iterable

from g2c.corpora import END_OF_TEXT
from g2c.tokenizer.checks import check_ids


class CharTokenizer:
    """One id for each character of `alphabet`, in its order, and one more for END_OF_TEXT.

    The ids of characters are their places, from 0; `eos_id` follows as the last.
    `tokens` holds the text of every id: `tokens[id]`; `ids` is the way back: `ids[token]`.
    Raises: ValueError where the alphabet is empty or holds a character twice.
    """

    def __init__(self, alphabet: str):
        if not alphabet:
            raise ValueError("the alphabet is empty: give a text with at least one character")
        self.tokens = [*alphabet, END_OF_TEXT]
        self.ids = {token: id for id, token in enumerate(self.tokens)}
        if len(self.ids) < len(self.tokens):
            twice = next(c for c in alphabet if alphabet.count(c) > 1)
            raise ValueError(
                f"the alphabet holds {twice!r} {alphabet.count(twice)} times: each character needs "
                "one id, so give it once, or use `CharTokenizer.from_text(text)`"
            )

    @classmethod
    def from_text(cls, text: str) -> CharTokenizer:
        """The tokenizer whose alphabet is the characters of `text`, sorted.

        A `<|endoftext|>` in the text is a separator; its letters are not counted as text.
        """
        return cls("".join(sorted(set(text.replace(END_OF_TEXT, "")))))

    @property
    def vocab_size(self) -> int:
        return len(self.tokens)

    @property
    def eos_id(self) -> int:
        return self.ids[END_OF_TEXT]

    def encode(self, text: str) -> list[int]:
        """The ids of a text: one a character, and one for each whole `<|endoftext|>` in it.

        Raises: ValueError where a character is not in the alphabet, with its position.
        """
        _check_text(text, self.ids)
        # BEGIN SOLUTION tokenizer.encode
        ids = []
        for document in text.split(END_OF_TEXT):
            ids += [self.ids[character] for character in document] + [self.eos_id]
        return ids[:-1]  # a separator stands between documents, none after the last
        # END SOLUTION

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids: `decode(encode(text)) == text`. A 1-D tensor of ids will do.

        Raises: ValueError where an id is not in 0 … vocab_size - 1.
        """
        ids = [int(id) for id in ids]
        check_ids(ids, self.vocab_size)
        # BEGIN SOLUTION tokenizer.decode
        return "".join(self.tokens[id] for id in ids)
        # END SOLUTION


def _check_text(text: str, known: dict[str, int]) -> None:
    # Every separator becomes a known character of its length, so that positions stay.
    plain = text.replace(END_OF_TEXT, next(iter(known)) * len(END_OF_TEXT))
    if unknown := set(plain).difference(known):
        position = min(map(plain.index, unknown))
        raise ValueError(
            f"character {plain[position]!r} at position {position} is not among the "
            f"{len(known) - 1} characters of this tokenizer: build it from a text that holds all "
            "you want to encode, `CharTokenizer.from_text(text)`"
        )
