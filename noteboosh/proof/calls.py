"""One function call in a warm process of its own (noteboosh/proof/workers.py says how it starts)."""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from noteboosh.proof.workers import _context


class CallFailed(Exception):
    """The call raised, died or took too long; the message says what happened."""


def call(function: Callable, *inputs: Any, limit: float = 60.0) -> Any:
    """What the function returns there; it and all values must be picklable. Raises CallFailed."""
    context = _context()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, function, inputs))
    process.start()
    sender.close()
    try:
        if not receiver.poll(limit):
            raise CallFailed(f"no end after {limit:g} s")
        returned, error = receiver.recv()
    except EOFError:
        raise CallFailed("the process died") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    if error:
        raise CallFailed(error)
    return returned


def call_all(function: Callable, rows: Iterable[tuple], limit: float = 60.0) -> list[Any]:
    """The calls side by side, one a core; what one raised stands in its place."""

    def one(inputs: tuple) -> Any:
        try:
            return call(function, *inputs, limit=limit)
        except CallFailed as failure:
            return failure

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(one, rows))


def _work(sender, function: Callable, inputs: tuple) -> None:
    gc.freeze()
    sys.dont_write_bytecode = True
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    try:
        sender.send((function(*inputs), ""))
    except BaseException:
        sender.send((None, traceback.format_exc()))
