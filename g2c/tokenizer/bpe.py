# Built from course/g2c/tokenizer/bpe.py: write only between the fence lines.
"""The byte-level BPE tokenizer. Yours to write: `decode`. Given: the rest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import index
from typing import TYPE_CHECKING

from g2c.corpora import END_OF_TEXT
from g2c.tokenizer import storage, tiktoken_export
from g2c.tokenizer.checks import (
    check_ids,
    check_text,
    check_vocab,
    checked_special_tokens,
    with_special_tokens,
)
from g2c.tokenizer.pairs import Pair
from g2c.tokenizer.splitting import pre_tokens, stream_pre_tokens
from g2c.tokenizer.words import WordIds

if TYPE_CHECKING:
    import tiktoken


class BPETokenizer:
    """Text as ids by the merges that `train_bpe` learned, and back.

    `vocab` holds the bytes of every id, `ids` is the way back. Special tokens that `vocab` lacks
    get the next ids; one that is not listed in `special_tokens` is text like any other.
    Raises: ValueError, TypeError for tables that do not fit together.
    """

    def __init__(
        self,
        vocab: Mapping[int, bytes],
        merges: Iterable[Pair],
        special_tokens: Iterable[str] | None = None,
    ):
        self.special_tokens = checked_special_tokens(special_tokens)
        self.vocab = with_special_tokens(vocab, self.special_tokens)
        self.merges = [(first, second) for first, second in merges]
        self.ids = {token: id for id, token in self.vocab.items()}
        check_vocab(self.ids, self.vocab_size, self.merges, self.special_tokens)
        self._words = WordIds(self.ids, self.merges, self.special_tokens)

    @property
    def vocab_size(self) -> int:
        return len(self.vocab)

    @property
    def eos_id(self) -> int:
        """The id of `<|endoftext|>`. Raises: ValueError where it is no special token."""
        if END_OF_TEXT not in self.special_tokens:
            raise ValueError(
                f"{END_OF_TEXT!r} is not among the special tokens {list(self.special_tokens)}: "
                "train with `special_tokens=[END_OF_TEXT]`"
            )
        return self.ids[END_OF_TEXT.encode()]

    def encode(self, text: str) -> list[int]:
        """The ids of a text, each special token in it one id: what `encode_text` gives, faster."""
        check_text(text)
        words = pre_tokens(text, self.special_tokens)
        return list(chain.from_iterable(map(self._words.__getitem__, words)))

    def encode_iterable(self, chunks: Iterable[str]) -> Iterator[int]:
        """The ids of a text that comes in chunks, such as the lines of an open file, one by one.

        They are those of the joined text, wherever it was cut, in memory that does not grow
        with it (only with the longest chunk and the longest pre-token).
        """
        for words in stream_pre_tokens(chunks, self.special_tokens):
            yield from chain.from_iterable(map(self._words.__getitem__, words))

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of some ids, joined. A 1-D tensor of ids will do.

        Raises: ValueError where an id is not in the vocabulary, TypeError where it is no integer.
        """
        ids = [index(id) for id in ids]
        check_ids(ids, self.vocab_size)
        return b"".join(map(self.vocab.__getitem__, ids))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids: `decode(encode(text)) == text`.

        Any ids have a text: bytes that are no UTF-8 become U+FFFD, as Python replaces them.
        Raises: as `decode_bytes`.
        """
        # ---- your code: tokenizer.bpe_decode (about 1 line) ----
        raise NotImplementedError("tokenizer.bpe_decode")
        # ---- end of your code ----

    def save(self, path: str | os.PathLike) -> None:
        """Write the tokenizer to a JSON file that `load` reads."""
        storage.write(path, self.vocab, self.merges, self.special_tokens)

    @classmethod
    def load(cls, path: str | os.PathLike) -> BPETokenizer:
        """The tokenizer of such a file. Raises: ValueError where it is none."""
        return cls(*storage.read(path))

    def to_tiktoken(self) -> tiktoken.Encoding:
        """The same tokenizer for `tiktoken`: identical ids. Needs no network.

        Raises: ValueError where the ids of the merges do not rise with their order.
        """
        return tiktoken_export.encoding(self.ids, self.merges, self.special_tokens)
