"""What imports what: the from-scratch boundary, the order of the topics, and the one-way arrows.

Read from the syntax trees of the authored package and of the engine, not from a run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from noteboosh.course import Course
from noteboosh.proof.context import Proof, Report

# What the course writes itself: all of these, but for the names below.
CLOSED = ("torch.nn", "torch.optim", "torch.ops")
NAMESPACES = {"torch.nn", "torch.nn.init", "torch.optim"}
ALLOWED = {
    "torch.nn.Module",
    "torch.nn.ModuleDict",
    "torch.nn.ModuleList",
    "torch.nn.Parameter",
    "torch.nn.init.trunc_normal_",
    "torch.optim.Optimizer",
}
# Banned wherever they come from, as function or as method of a tensor.
BANNED = {
    "cross_entropy", "embedding", "gelu", "layer_norm", "log_softmax", "logsumexp", "rms_norm",
    "silu", "softmax",
}  # fmt: skip
# The two exceptions, on lines marked with the comment below.
EXCEPTIONS = {
    "torch.nn.functional",
    "torch.nn.functional.scaled_dot_product_attention",
    "torch.nn.parallel",
    "torch.nn.parallel.DistributedDataParallel",
}
MARK = "# outside the boundary:"


def boundary(proof: Proof) -> Report:
    report = Report()
    exceptions = 0
    for name, text in proof.sources.texts.items():
        lines = text.splitlines()
        for line, path, what in [*outside(text), *_against_the_order(name, text, proof.course)]:
            if path in EXCEPTIONS and MARK in lines[line - 1]:
                exceptions += 1
            else:
                report.complain(f"course/{name}:{line}", what)
    for file in sorted((proof.root / "noteboosh").rglob("*.py")):
        for line, path in imports(ast.parse(file.read_text("utf-8"))):
            if path.startswith("g2c."):
                place = f"{file.relative_to(proof.root).as_posix()}:{line}"
                report.complain(place, f"the engine imports the topic `{path}`")
    report.say(f"{len(proof.sources.texts)} files, {exceptions} marked exceptions")
    return report


def outside(text: str) -> Iterator[tuple[int, str, str]]:
    """Where a file leaves the boundary: line, dotted path, what to say."""
    tree = ast.parse(text)
    names = _names(tree)
    for line, path in imports(tree):
        if _closed(path) or path.endswith("*"):
            yield line, path, f"`{path}` is outside the from-scratch boundary"
    nodes = list(ast.walk(tree))
    parts = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and id(node) not in parts:
            whole = _resolve(node, names)
            if whole and _closed(whole):
                yield node.lineno, whole, f"`{whole}` is outside the from-scratch boundary"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            method = node.func.attr
            if method in BANNED and not _own(node.func.value, names):
                what = f"the method `{method}` is outside the from-scratch boundary"
                yield node.lineno, method, f"{what}: call the course's own"


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Everything imported, as dotted paths: `from torch import nn` is `torch.nn`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def _names(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                names[alias.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _resolve(node: ast.expr, names: dict[str, str]) -> str | None:
    """`nn.functional.gelu` as the dotted path it stands for; None for what is no import."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        base = _resolve(node.value, names)
        return base and f"{base}.{node.attr}"
    return None


def _closed(path: str) -> bool:
    if f"{path}.".startswith(tuple(f"{top}." for top in CLOSED)):
        allowed = f"{path}.".startswith(tuple(f"{name}." for name in ALLOWED))
        return not allowed and path not in NAMESPACES
    last = path.rpartition(".")[2].strip("_").removeprefix("native_")
    return path.startswith("torch.") and last in BANNED


def _own(base: ast.expr, names: dict[str, str]) -> bool:
    """Whether a function of this base is the course's, or torch's and judged by its path."""
    if isinstance(base, ast.Name) and base.id in ("self", "cls"):
        return True
    return (_resolve(base, names) or "").partition(".")[0] in ("g2c", "torch")


def _against_the_order(name: str, text: str, course: Course) -> Iterator[tuple[int, str, str]]:
    """Imports of what does not come before: the engine, a later topic, one that is not needed."""
    own = _topic("/".join(name.split("/")[:2]).removesuffix(".py").replace("/", "."), course)
    before = _before(own, course)
    for line, path in imports(ast.parse(text)):
        if path.split(".")[0] == "noteboosh":
            yield line, path, "g2c never imports the engine"
        elif path.startswith("."):
            yield line, path, "write the whole path: `from g2c.topic.file import name`"
        elif path.startswith("g2c.") and _topic(path, course) not in before:
            yield line, path, f"`{path}` is not {own or 'g2c'} or an earlier topic that it `needs`"


def _topic(path: str, course: Course) -> str | None:
    topics = [*course.given, *(module.package for module in course.modules)]
    return next((topic for topic in topics if f"{path}.".startswith(f"{topic}.")), None)


def _before(topic: str | None, course: Course) -> set[str]:
    """The topics that this one may import: given ones, its own, and earlier ones it needs."""
    if topic is None:
        return set()
    if topic in course.given:
        return set(course.given[: course.given.index(topic) + 1])
    users = [module for module in course.modules if module.package == topic]
    first = course.modules.index(users[0])
    needed = {need.package for module in users for need in course.needs(module)}
    earlier = {module.package for module in course.modules[:first]}
    return {topic, *course.given, *(needed & earlier)}
