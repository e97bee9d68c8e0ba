"""Outcomes of calls: in what form they are kept, and when two of them agree.

An outcome holds the `value` that came back or the type of what was raised, and where there is one,
the `gradient`, and the numbers of the inputs that were `changed`. Of more than eight numbers eight
weighted sums are kept. Two outcomes are compared in FACETS, the most telling one first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

SUMS = 8  # what is kept of more entries than that
GOLDEN = (math.sqrt(5) - 1) / 2
LOOSE, TIGHT = 2e-5, 1e-8  # of the largest number: float32 inside a function passes the first
# Errors of a function that is broken rather than mistaken: no recorded error is this one.
BROKEN = ("NameError", "UnboundLocalError", "AttributeError", "RecursionError", "AssertionError")
ARITHMETIC = ("OverflowError", "ZeroDivisionError", "ValueError")

Outcome = dict[str, Any]  # as JSON has it


def written(value: Any) -> Any:
    """Any value as JSON has it: numbers with kind and shape, text as it is, the rest by type."""
    return _kept(_form(value))


def _form(value: Any) -> Any:
    if hasattr(value, "tolist") and hasattr(value, "dtype"):  # a tensor or array
        flat = value.detach() if hasattr(value, "detach") else value
        kind = str(value.dtype).removeprefix("torch.")
        try:
            return _numbers(kind, list(value.shape), flat.reshape(-1).tolist())
        except (TypeError, ValueError):
            return {"type": kind}  # complex numbers, objects
    if isinstance(value, (bool, int, float)):
        return _numbers(type(value).__name__, [], [value])
    if isinstance(value, (tuple, list)):
        return _sequence([_form(entry) for entry in value])
    if value is None or isinstance(value, str):
        return value
    return {"type": type(value).__name__}


def _numbers(kind: str, shape: list[int], flat: list) -> dict[str, Any]:
    return {"kind": kind, "shape": shape, "numbers": [float(entry) for entry in flat]}


def _sequence(parts: list) -> Any:
    """Numbers in rows of equal length are one block of numbers, other parts stand by themselves."""
    kinds = {part["kind"] if isinstance(part, dict) and "kind" in part else "" for part in parts}
    plain = all(kind in ("bool", "int", "float") or kind.startswith("list") for kind in kinds)
    if not plain or len({tuple(part["shape"]) for part in parts}) > 1:
        return parts
    inner = parts[0]["shape"] if parts else []
    kind = "list of " + ("float" if any("float" in kind for kind in kinds) else "int")
    flat = [number for part in parts for number in part["numbers"]]
    return _numbers(kind, [len(parts), *inner], flat)


def _kept(form: Any) -> Any:
    """What is kept of it: few numbers as they are, of many some sums; where one is not finite."""
    if isinstance(form, list):
        return [_kept(part) for part in form]
    if not isinstance(form, dict) or "numbers" not in form:
        return form
    flat = form["numbers"]
    strange = [float(not math.isfinite(number)) for number in flat]
    form["numbers"] = _sums([n if math.isfinite(n) else 0.0 for n in flat])
    return {**form, "strange": _sums(strange)} if any(strange) else form


def _sums(flat: list[float]) -> list[float]:
    if len(flat) <= SUMS:
        return flat
    return [
        math.fsum(number * (place * (row + 1) * GOLDEN % 1) for place, number in enumerate(flat, 1))
        for row in range(SUMS)
    ]


# ---- agreeing ------------------------------------------------------------------------------------


def with_differences(reference: list[Outcome], differing: dict[str, Outcome]) -> list[Outcome]:
    """All outcomes of a mistake: recorded are those that differ from the reference."""
    return [differing.get(str(n), outcome) for n, outcome in enumerate(reference)]


def first_difference(ones: list[Outcome], others: list[Outcome], reference: list[Outcome]) -> int:
    """The first facet in which some outcome differs; len(FACETS) where none does."""
    if len(ones) != len(others):
        return 0
    for level, same in enumerate(FACETS):
        if not all(same(*three) for three in zip(ones, others, reference, strict=True)):
            return level
    return len(FACETS)


def _values(one: Outcome, other: Outcome, reference: Outcome) -> bool:
    return _alike(one["value"], other["value"], LOOSE)


def _gradients(one: Outcome, other: Outcome, reference: Outcome) -> bool:
    return _alike(one.get("gradient"), other.get("gradient"), LOOSE)


def _changes(one: Outcome, other: Outcome, reference: Outcome) -> bool:
    return one.get("changed") == other.get("changed")


def _digits(one: Outcome, other: Outcome, reference: Outcome) -> bool:
    """Whether both have all digits of a float64 result, or both lack some."""
    truth = reference["value"]
    return _alike(one["value"], truth, TIGHT) == _alike(other["value"], truth, TIGHT)


def _kinds(one: Outcome, other: Outcome, reference: Outcome) -> bool:
    return _kind(one["value"], reference["value"]) == _kind(other["value"], reference["value"])


FACETS: tuple[Callable[[Outcome, Outcome, Outcome], bool], ...] = (
    _values, _gradients, _changes, _digits, _kinds,
)  # fmt: skip


def _alike(one: Any, other: Any, tolerance: float) -> bool:
    """Two values in the form of `written`, whatever their kinds."""
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_alike(a, b, tolerance) for a, b in pairs)
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return one == other
    if one.keys() != other.keys():
        return _overflowed(one) and _overflowed(other)
    if "raised" in one:
        return one == other or not {one["raised"], other["raised"]} & {*BROKEN}
    if "numbers" not in one:
        return one == other
    if one["shape"] != other["shape"]:
        return False
    tolerance = _tolerance(other["kind"], tolerance)
    return _near(one["numbers"], other["numbers"], tolerance) and _near(
        one.get("strange", []), other.get("strange", []), tolerance
    )


def _overflowed(value: dict[str, Any]) -> bool:
    """Numbers that are not finite, or what Python's own `math` raises in place of them."""
    return "strange" in value or value.get("raised") in ARITHMETIC


def _tolerance(kind: str, tolerance: float) -> float:
    """How near is near, for numbers recorded as of this kind."""
    if kind in ("float16", "bfloat16"):
        return 0.02
    if kind == "float32":
        return max(tolerance, LOOSE)
    return tolerance if "float" in kind else TIGHT


def _near(ones: list[float], others: list[float], tolerance: float) -> bool:
    margin = tolerance * max(map(abs, others), default=0.0) + tolerance / 20
    pairs = zip(ones, others, strict=False)
    return len(ones) == len(others) and all(abs(a - b) <= margin for a, b in pairs)


def _kind(value: Any, reference: Any) -> Any:
    """The kind, as exactly as it matters: where booleans belong, all numbers are alike."""
    if isinstance(value, list) and isinstance(reference, list):
        return [_kind(*pair) for pair in zip(value, reference, strict=False)]
    if not isinstance(value, dict) or "kind" not in value or not isinstance(reference, dict):
        return value.get("raised") if isinstance(value, dict) else None
    wanted = reference.get("kind")
    return value["kind"] if wanted != "bool" or value["kind"] == "bool" else "number"
