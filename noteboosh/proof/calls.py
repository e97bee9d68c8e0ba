"""Function calls in warm processes of their own; noteboosh/workers.py says how they start."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from noteboosh.workers import settle, warm_process


class CallFailed(Exception):
    """The call raised, died or took too long; the message says what happened."""


def call(function: Callable, *inputs: Any, limit: float = 60.0) -> Any:
    """What the function returns there; it and all values must be picklable. Raises CallFailed."""
    try:
        with warm_process(_work, function, inputs) as receiver:
            if not receiver.poll(limit):
                raise CallFailed(f"no end after {limit:g} s")
            returned, error = receiver.recv()
    except EOFError:
        raise CallFailed("the process died") from None
    if error:
        raise CallFailed(error)
    return returned


def call_each(function: Callable, shared: Any, items: Sequence, size: int = 16) -> list[Any]:
    """`function(shared, some of the items)` gives one result for each; side by side, one a core.

    Where a call of several fails they are called one by one, and CallFailed stands for a result.
    """

    def one(chunk: Sequence) -> list[Any]:
        try:
            return call(function, shared, chunk, limit=10.0 * len(chunk) + 20)
        except CallFailed as failure:
            return [failure] if len(chunk) == 1 else [one([item])[0] for item in chunk]

    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return [result for results in pool.map(one, chunks) for result in results]


def _work(sender, function: Callable, inputs: tuple) -> None:
    settle()
    try:
        sender.send((function(*inputs), ""))
    except BaseException:
        sender.send((None, traceback.format_exc()))
