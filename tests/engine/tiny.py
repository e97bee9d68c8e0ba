"""A tiny course for engine tests: two modules, no torch, everything in a temporary folder."""

from __future__ import annotations

import json
from pathlib import Path

ADD = '''"""Sums."""


def add(a: int, b: int) -> int:
    """The sum."""
    # BEGIN SOLUTION sums.add
    total = a + b

    return total
    # END SOLUTION


def double(a: int) -> int:
    """Twice a."""
    # BEGIN SOLUTION sums.double
    return add(a, a)
    # END SOLUTION
'''

POWER = '''"""Products."""

from g2c.sums.sums import add


class Power:
    def square(self, a: int) -> int:
        """a times a."""
        # BEGIN SOLUTION powers.square
        total = 0
        for _ in range(a):
            # one more
            total = add(total, a)
        return total
        # END SOLUTION
'''


def module(id: str, slug: str, needs: list[str], exercises: list[tuple[str, str]]) -> dict:
    return {
        "id": id,
        "title": slug.title(),
        "package": f"g2c.{slug}",
        "tests": f"tests/test_{slug}.py",
        "slug": slug,
        "needs": needs,
        "draft": False,
        "promise": {"passed": 0, "failed": 1},
        "exercises": [{"id": e, "file": f, "hints": ["a", "b", "c"]} for e, f in exercises],
    }


def make(root: Path) -> Path:
    """A checkout with git's folder, authored sources, the built course and the blank scaffold."""
    from noteboosh import fences

    sums, powers = "g2c/sums/sums.py", "g2c/powers/powers.py"
    modules = [
        module("01", "sums", [], [("sums.add", sums), ("sums.double", sums)]),
        module("02", "powers", ["01"], [("powers.square", powers)]),
        module("03", "roots", ["01", "02"], []),
    ]
    write(root / "course/built/course.json", json.dumps({"modules": modules, "given": []}))
    for path, text in {"g2c/sums/sums.py": ADD, "g2c/powers/powers.py": POWER}.items():
        write(root / "course" / path, text)
        blank = dict.fromkeys(fences.regions(text, path), fences.BLANK)
        write(root / path, fences.render(text, blank, path))
        for folder in (root / path, root / "course" / path):
            write(folder.with_name("__init__.py"), "")
            write(folder.parent.with_name("__init__.py"), "")
    (root / ".git").mkdir()
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def type_in(root: Path, path: str, id: str, body: str) -> None:
    """What a student does in an editor: replace the body of one fence."""
    from noteboosh import fences

    text = (root / path).read_text("utf-8")
    region = fences.regions(text, path)[id]
    assert region.fence
    lines = fences.lines_of(region.fence)
    new = lines[0] + "".join(f"{region.indent}{line}\n" for line in body.split("\n")) + lines[-1]
    (root / path).write_text(text.replace(region.fence, new), "utf-8")
