# Given. Built from course/g2c/sampling/cache.py: there is nothing to write here.
"""Given, complete: a cache that has its room from the start."""

from torch import Tensor

from g2c.attention import KVCache


class RoomyCache(KVCache):
    """A KVCache for at most `capacity` positions, which are written where they will stay.

    `KVCache` makes a new, longer tensor for every token and copies all the old ones into it: fine
    for a few, but the copies of n tokens grow like n². Here a token costs the same at any length.
    Raises: ValueError where more positions come than there is room for.
    """

    def __init__(self, capacity: int):
        super().__init__()
        self.capacity, self.filled = capacity, 0

    @property
    def length(self) -> int:
        return self.filled

    def append(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        start, T = self.filled, key.shape[-2]
        end = start + T
        if end > self.capacity:
            raise ValueError(
                f"{end} positions ({start} of them cached) do not fit into a cache for "
                f"{self.capacity}: crop the window, or make the cache larger"
            )
        if self.key is None:
            self.key, self.value = (
                x.new_empty(*x.shape[:-2], self.capacity, x.shape[-1]) for x in (key, value)
            )
        self.filled = end
        # copy_ into a part, and parts handed out: nothing that is kept already moves
        self.key.narrow(-2, start, T).copy_(key)
        self.value.narrow(-2, start, T).copy_(value)
        return self.key.narrow(-2, 0, end), self.value.narrow(-2, 0, end)
