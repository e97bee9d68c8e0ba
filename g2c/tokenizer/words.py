# Given. Built from course/g2c/tokenizer/words.py: there is nothing to write here.
"""Given code: the ids of words, remembered, because a text repeats its words.

As in training, a word under way is a string in which each character is a token, `chr(id)`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from itertools import pairwise

from g2c.tokenizer.checks import BYTES
from g2c.tokenizer.pairs import Pair
from g2c.tokenizer.splitting import word_bytes

MOST_WORDS = 1 << 16  # remembered at a time: memory stays bounded, however long the text
LONG = 64  # bytes: longer words are merged in another way, and not remembered
NEVER = 1 << 30  # the rank of a pair that is not merged


class WordIds(dict):
    """The ids of a pre-token or special token: `words[" the"]`; what is not there is encoded."""

    def __init__(self, ids: Mapping[bytes, int], merges: list[Pair], special_tokens: Iterable[str]):
        self.specials = {token: [ids[token.encode()]] for token in special_tokens}
        super().__init__(self.specials)
        self.first = {byte: chr(ids[token]) for byte, token in enumerate(BYTES)}
        self.pairs = [chr(ids[left]) + chr(ids[right]) for left, right in merges]
        self.joined = [chr(ids[left + right]) for left, right in merges]
        self.ranks = {pair: rank for rank, pair in enumerate(self.pairs)}

    def __missing__(self, word: str) -> list[int]:
        data = word_bytes(word)
        merged = data.decode("latin-1").translate(self.first)
        if len(data) > LONG:
            return list(map(ord, self._merge_long(merged)))
        if len(self) >= MOST_WORDS:
            self.clear()
            self.update(self.specials)
        self[word] = ids = list(map(ord, self._merge_short(merged)))
        return ids

    def _merge_short(self, word: str) -> str:
        """Again and again the pair of the lowest rank, the first of several."""
        rank_of = self.ranks.get
        ranks = [rank_of(word[at : at + 2], NEVER) for at in range(len(word) - 1)]
        while ranks and (rank := min(ranks)) < NEVER:
            at = ranks.index(rank)
            word = word[:at] + self.joined[rank] + word[at + 2 :]
            del ranks[at]
            if at > 0:
                ranks[at - 1] = rank_of(word[at - 1 : at + 1], NEVER)
            if at < len(ranks):
                ranks[at] = rank_of(word[at : at + 2], NEVER)
        return word

    def _merge_long(self, word: str) -> str:
        """The same with all occurrences of a pair at once: fewer steps, each of them over the word.

        A pair that a merge brings forth holds the new token, so it has a higher rank.
        """
        waiting = sorted(self._ranks_of(map("".join, pairwise(word))))
        while waiting:
            rank = heapq.heappop(waiting)
            new, parts = self.joined[rank], word.split(self.pairs[rank])
            word = new.join(parts)
            beside = {new + (part or new)[0] for part in parts[1:]}
            beside |= {(part or new)[-1] + new for part in parts[:-1]}
            for rank in self._ranks_of(beside):
                heapq.heappush(waiting, rank)
        return word

    def _ranks_of(self, pairs: Iterable[str]) -> set[int]:
        return {self.ranks[pair] for pair in pairs if pair in self.ranks}
