# Given. Built from course/g2c/autodiff/drawing.py: there is nothing to write here.
"""Given: a picture of a small graph. matplotlib is imported only when one is drawn."""

from __future__ import annotations

from typing import Any

from g2c.autodiff.graph import topological_order
from g2c.autodiff.value import Value

MOST = 30  # Values in one picture; more cannot be read


def columns(root: Value) -> list[list[Value]]:
    """The graph from left to right: every Value stands to the right of all its parents.

    A leaf stands directly to the left of the first Value that was made of it.
    """
    order = topological_order(root)
    column: dict[Value, int] = {}
    for value in order:
        column[value] = 1 + max((column[parent] for parent in value.parents), default=-1)
    for leaf in (value for value in order if not value.parents and value is not root):
        column[leaf] = min(column[child] for child in order if leaf in child.parents) - 1
    return [[v for v in order if column[v] == place] for place in range(column[root] + 1)]


def draw_graph(root: Value, title: str) -> Any:
    """Draw `root` and all that it was computed from: leaves round, the rest square. Returns Axes.

    Each box shows label, number and grad; on each arrow stands the local derivative.
    Raises: ValueError where the graph holds more than MOST Values.
    """
    parts = columns(root)
    if (size := sum(map(len, parts))) > MOST:
        raise ValueError(f"the graph holds {size} Values: draw one of at most {MOST}")
    import matplotlib.pyplot as plt

    rows = max(map(len, parts))
    size_inches = (2.1 * len(parts), 0.9 + 0.95 * rows)
    _, axes = plt.subplots(figsize=size_inches, layout="constrained")
    at = _places(parts)
    for value in at:
        for parent, derivative in zip(value.parents, value.local_derivatives, strict=True):
            _arrow(axes, at[parent], at[value], f"{derivative:.3g}")
    for value, (x, y) in at.items():
        text = f"{value.label}\n{value.data:.4g}\ngrad {value.grad:.4g}".strip()
        shape, color = ("square", "white") if value.parents else ("round", "lightsteelblue")
        box = {"boxstyle": f"{shape},pad=0.35", "facecolor": color, "edgecolor": "black"}
        axes.text(x, y, text, ha="center", va="center", fontsize=9, bbox=box, zorder=3)
    edge = rows / 2 + 0.3  # room for the arrows that go round
    axes.set(xlim=(-0.5, len(parts) - 0.5), ylim=(-edge, edge), title=title)
    axes.axis("off")
    return axes


def _places(parts: list[list[Value]]) -> dict[Value, tuple[float, float]]:
    """Where to draw each Value: from the root back, near to what was made of it."""
    at: dict[Value, tuple[float, float]] = {}
    for x in reversed(range(len(parts))):
        wanted = {value: _near_children(value, at) for value in parts[x]}
        part = sorted(parts[x], key=lambda value, wanted=wanted: -wanted[value])
        for number, value in enumerate(part):
            at[value] = (x, (len(part) - 1) / 2 - number)
    return at


def _near_children(value: Value, at: dict[Value, tuple[float, float]]) -> float:
    """The mean height of the children, a first parent a little above a second one."""
    heights = [
        y - 0.1 * place
        for child, (_, y) in at.items()
        for place, parent in enumerate(child.parents)
        if parent is value
    ]
    return sum(heights) / max(1, len(heights))


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    """Straight to the next column; further on round what stands between, above or below."""
    length, side = end[0] - start[0], 1 if start[1] >= 0 else -1
    bow = 0.25 * side if length > 1 else 0.0
    style = f"arc3,rad={-bow}"
    arrow = {"arrowstyle": "-|>", "color": "gray", "shrinkA": 24, "shrinkB": 31}
    axes.annotate("", end, start, arrowprops={**arrow, "connectionstyle": style}, zorder=1)
    x, y = (a + b for a, b in zip(start, end, strict=True))
    middle = (
        x / 2,
        y / 2 + 0.5 * bow * length * 2.1 / 0.95,
    )  # a column is wider than a row is high
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axes.text(*middle, text, ha="center", va="center", fontsize=9, color="C3", bbox=behind)
