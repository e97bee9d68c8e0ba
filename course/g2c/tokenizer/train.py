"""Given code: training that does not count again what has not changed.

A word is kept as a string in which each character is a token, `chr(id)`: a merge is then
`word.split(pair)` and a join. For every pair we know its count and the words it stands in, so a
merge touches only those words, and in them only the neighbours of what was merged.
"""

from __future__ import annotations

import heapq
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from g2c.tokenizer.checks import BYTES, check_vocab_size, checked_special_tokens
from g2c.tokenizer.pairs import Pair
from g2c.tokenizer.rescan import vocabulary
from g2c.tokenizer.splitting import count_words

_COMPLEMENT = bytes(255 - byte for byte in range(256))


def train_bpe(
    source: str | os.PathLike | Iterable[str],
    vocab_size: int,
    special_tokens: Iterable[str] | None = None,
) -> tuple[dict[int, bytes], list[Pair]]:
    """Learn a byte-level BPE: `(vocab, merges)`, the tokens by id and the merges in order.

    `source` is the path of a UTF-8 file, read in pieces, or an iterable of texts, such as
    `corpus.documents`, each a text of its own. The ids are those of `vocabulary`. Nothing is
    merged into or across a special token. There are fewer than `vocab_size` tokens where no
    pair is left to merge.
    Raises: ValueError, TypeError for a source, size or special tokens that cannot work.
    """
    special_tokens = checked_special_tokens(special_tokens)
    check_vocab_size(vocab_size, special_tokens)
    vocab = vocabulary([], special_tokens)
    merges: list[Pair] = []
    index = _PairIndex(count_words(source, special_tokens))
    while len(vocab) < vocab_size and (pair := index.pop_best()):
        first, second = (vocab[ord(token)] for token in pair)
        index.merge(pair, chr(len(vocab)), first + second)
        vocab[len(vocab)] = first + second
        merges.append((first, second))
    return vocab, merges


class _PairIndex:
    """The words, every pair's count and places, and a heap with the best pair on top."""

    def __init__(self, words: Mapping[bytes, int]):
        self.words = [word.decode("latin-1") for word in words]  # character = byte
        self.word_counts = list(words.values())
        self.counts: dict[str, int] = defaultdict(int)
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, (word, count) in enumerate(zip(self.words, self.word_counts, strict=True)):
            for pair in map("".join, pairwise(word)):
                self.counts[pair] += count
                self.places[pair].append(place)
        self.orders = {chr(byte): _falling(token) for byte, token in enumerate(BYTES)}
        self.heap = [self._entry(pair) for pair in self.counts]
        heapq.heapify(self.heap)

    def _entry(self, pair: str) -> tuple[int, str, str]:
        """Sorts by falling count, then by falling pair."""
        return -self.counts[pair], self.orders[pair[0]] + self.orders[pair[1]], pair

    def pop_best(self) -> str | None:
        """The pair to merge next, as two characters; None where no pair is left.

        Counts only fall after a pair's first entry, so an entry that is out of date stands too
        far up: it is put back where it belongs.
        """
        while self.heap:
            count, _, pair = self.heap[0]
            if -count == self.counts[pair]:
                return heapq.heappop(self.heap)[2]
            if self.counts[pair]:
                heapq.heapreplace(self.heap, self._entry(pair))
            else:
                heapq.heappop(self.heap)
        return None

    def merge(self, pair: str, new: str, token: bytes) -> None:
        """Replace the pair by the new character in all words, and bring the index up to date."""
        self.orders[new] = _falling(token)
        counts, fresh = self.counts, defaultdict(list)
        for place in self.places.pop(pair):
            parts = self.words[place].split(pair)
            if len(parts) > 1:  # else an earlier merge has taken it, or the place is listed twice
                self.words[place] = new.join(parts)
                count = self.word_counts[place]
                for old, instead in _moves(parts, pair, new):
                    counts[old] -= count
                    counts[instead] += count
                    fresh[instead].append(place)
        del counts[pair]
        self.places.update(fresh)
        for pair in fresh:
            heapq.heappush(self.heap, self._entry(pair))


def _moves(parts: list[str], pair: str, new: str) -> list[tuple[str, str]]:
    """The neighbours of each merge in a word: the pair that is gone, and the one instead of it."""
    first, second = pair
    moves = []
    for nth, (before, after) in enumerate(pairwise(parts)):
        if before:
            moves.append((before[-1] + first, before[-1] + new))
        elif nth:  # right behind the merge before it
            moves.append((second + first, new + new))
        if after:
            moves.append((second + after[0], new + after[0]))
    return moves


def _falling(token: bytes) -> str:
    """A key that sorts tokens in falling order; the last character lets the longer win."""
    return token.translate(_COMPLEMENT).decode("latin-1") + "\u0100"
