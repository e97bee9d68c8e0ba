"""The guard of a notebook, in a real kernel: what it says above which cell, and how it reloads.

Each test makes a small checkout with a copy of the engine in it, and edits files under a running
kernel. Autoreload is on, as always, so the guard speaks of what autoreload cannot do.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import nbformat
import pytest
import tiny

import noteboosh
from noteboosh import loaded
from noteboosh.guard import Guard

nbclient = pytest.importorskip("nbclient")

START = "%load_ext noteboosh"
SUMS = "g2c/sums/sums.py"
LAYERS = """import functools
import math

RATE = 0.5


def plainly(function):
    @functools.wraps(function)
    def inside(*values):
        return function(*values)

    return inside


class Layer:
    def __init__(self, size):
        self.size = math.floor(size)  # compiled otherwise where the import is not in sight

    def grow(self):
        return self.size + 1


@plainly
def halve(a):
    return a / 2
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tiny.make(tmp_path)
    tiny.write(tmp_path / "g2c/sums/layers.py", LAYERS)
    engine = Path(noteboosh.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(engine, tmp_path / "noteboosh", ignore=ignored)
    return tmp_path


def edit(path: str, old: str, new: str) -> str:
    """A cell that edits a file, as an editor beside the notebook would."""
    return (
        f"import pathlib; _path = pathlib.Path({path!r}); _text = _path.read_text()\n"
        f"assert {old!r} in _text; _ = _path.write_text(_text.replace({old!r}, {new!r}))"
    )


def run(root: Path, cells: list[str], monkeypatch) -> list[str]:
    """What each cell prints; the first one is number [2] in the kernel."""
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in [START, *cells]],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    where = {"metadata": {"path": str(root)}}
    nbclient.NotebookClient(notebook, timeout=60, resources=where).execute()
    return [
        "".join(o["text"] for o in cell["outputs"] if o.get("name") == "stdout").strip()
        for cell in notebook["cells"][1:]
    ]


LAYER_FILE = "g2c/sums/layers.py"


def test_nothing_is_said_where_everything_is_as_it_seems(root, monkeypatch):
    cells = [
        "from g2c.sums.layers import Layer, halve, RATE\nlayer = Layer(3)",
        "print(halve(4))",
        edit(LAYER_FILE, "self.size + 1", "self.size + 2"),
        "print(layer.grow())",  # autoreload brings this one
        edit(LAYER_FILE, "RATE = 0.5", "RATE = 0.5  # a comment"),
        "print(halve(4))",
    ]
    assert run(root, cells, monkeypatch) == ["", "2.0", "", "5", "", "2.0"]


def test_a_file_that_cannot_be_read_is_named_once_and_again_after_the_next_edit(root, monkeypatch):
    cells = [
        "from g2c.sums.layers import Layer",
        edit(LAYER_FILE, "return self.size + 1", "return self.size +"),
        "print(Layer(3).grow())",
        "print(Layer(3).grow())",
        edit(LAYER_FILE, "return self.size +", "return (self.size"),
        "print(Layer(3).grow())",
        edit(LAYER_FILE, "return (self.size", "return self.size * 10"),
        "print(Layer(3).grow())",
    ]
    shown = run(root, cells, monkeypatch)
    said = f"noteboosh: `{LAYER_FILE}` cannot be loaded (line 20: "
    assert shown[2].startswith(said) and shown[2].endswith("so its version of before runs on.\n4")
    assert shown[3] == "4"
    assert shown[5].startswith(said)
    assert shown[7] == "30"


def test_an_import_that_fails_names_what_is_old_and_the_reload_says_why(root, monkeypatch):
    cells = [
        "from g2c.sums.layers import Layer",
        edit(LAYER_FILE, "self.size + 1\n", "self.size + 5\n\n\nimport nowhere\n"),
        "print(Layer(3).grow())",
        "%reload_g2c",
        "print(Layer(3).grow())",
    ]
    shown = run(root, cells, monkeypatch)
    assert shown[2] == (
        f"noteboosh: `{LAYER_FILE}` is newer on the disk than in this kernel (`Layer.grow`): "
        "`%reload_g2c` loads it.\n4"
    )
    assert shown[3] == (
        "`g2c.sums.layers` cannot be loaded (ModuleNotFoundError: No module named 'nowhere'). "
        "Nothing was changed: what was loaded before runs on."
    )
    assert shown[4] == "4"


def test_without_autoreload_an_edit_is_noticed_and_one_line_loads_it(root, monkeypatch):
    cells = [
        "%autoreload 0",
        "from g2c.sums.layers import Layer, RATE as rate\nimport g2c.sums.layers as layers\n"
        "layer = Layer(3)\nmakers = {'one': Layer}",
        edit(LAYER_FILE, "self.size + 1", "self.size + 2"),
        "print(layer.grow())",
        "print(layer.grow())",
        "%reload_g2c",
        "print(layer.grow(), layers.Layer is Layer, isinstance(layer, Layer))",
    ]
    shown = run(root, cells, monkeypatch)
    said = f"noteboosh: `{LAYER_FILE}` is newer on the disk than in this kernel (`Layer.grow`): "
    assert shown[3] == f"{said}`%reload_g2c` loads it.\n4"
    assert shown[4] == "4"
    assert shown[5] == (
        "Loaded anew: 3 modules of `g2c`. Renewed in this notebook: `Layer`.\n"
        "`makers` (cell [3]) was made by code of before: run that cell again."
    )
    assert shown[6] == "5 True True"


def test_names_that_autoreload_leaves_behind_are_named_and_renewed(root, monkeypatch):
    cells = [
        "%autoreload 2-\nfrom g2c.sums.layers import halve, RATE\nhalves = [halve]",
        edit(LAYER_FILE, "a / 2", "a / 4"),
        "print(halve(8), RATE)",
        edit(LAYER_FILE, "RATE = 0.5", "RATE = 0.75"),
        "print(RATE)",
        "%reload_g2c",
        "print(halve(8), halves[0](8), RATE)",
    ]
    shown = run(root, cells, monkeypatch)
    said = f"older than `{LAYER_FILE}` on the disk: `%reload_g2c` renews"
    assert shown[2] == f"noteboosh: `halve` in this notebook is {said} it.\n4.0 0.5"
    assert shown[4] == f"noteboosh: `halve`, `RATE` in this notebook are {said} them.\n0.5"
    assert "Renewed in this notebook: `RATE`, `halve`." in shown[5]
    assert shown[6] == "2.0 2.0 0.75"


def test_an_edit_while_the_importing_cell_still_runs_is_noticed(root, monkeypatch):
    cells = [
        "from g2c.sums.layers import halve\n" + edit(LAYER_FILE, "a / 2", "a / 4"),
        "print(halve(8))",
        "%reload_g2c",
        "print(halve(8))",
    ]
    shown = run(root, cells, monkeypatch)
    assert shown[1] == (
        f"noteboosh: `{LAYER_FILE}` is newer on the disk than in this kernel (`halve`): "
        "`%reload_g2c` loads it.\n4.0"
    )
    assert shown[3] == "2.0"


def test_things_made_by_a_constructor_of_before_are_named_with_their_cells(root, monkeypatch):
    cells = [
        "from g2c.sums.layers import Layer",
        "layer = Layer(3)",
        "class Model:\n    pass\nmodel = Model()\nmodel.layers = [Layer(4)]",
        edit(LAYER_FILE, "math.floor(size)", "100 * math.floor(size)"),
        "print(layer.size)",
        "print(layer.size)",
    ]
    shown = run(root, cells, monkeypatch)
    assert shown[4] == (
        "noteboosh: `layer` (cell [3]) and `model` (cell [4]) were made by `Layer.__init__` of "
        "before its edit: run these cells again.\n3"
    )
    assert shown[5] == "3"


def test_borrowed_parts_are_said_once_and_again_when_more_are_borrowed(root, monkeypatch):
    lend = "(about 2 lines)", "(about 2 lines; borrowed for 02)"
    cells = [
        edit(SUMS, *lend),
        "from g2c.sums.sums import add",
        "print(1)",
        "print(2)",
        edit(SUMS, "(about 1 line)", "(about 1 line; borrowed for 02)"),
        "print(3)",
    ]
    shown = run(root, cells, monkeypatch)
    assert shown[1] == ""
    assert shown[2] == "noteboosh: on loan, and so not your own code, is `sums.add`.\n1"
    assert shown[3] == "2"
    assert shown[5] == "noteboosh: on loan, and so not your own code, is `sums.double`.\n3"


def test_a_kernel_of_another_python_says_so_once(root, monkeypatch):
    (root / ".venv").mkdir()
    shown = run(root, ["print(1)", "print(2)"], monkeypatch)
    assert shown[0].startswith(f"noteboosh: this kernel runs on the Python in `{sys.prefix}` and")
    assert shown[0].endswith("\n1") and shown[1] == "2"


def test_a_g2c_from_elsewhere_is_named(root, monkeypatch, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(root / "g2c", other / "g2c")
    cells = [f"import sys; sys.path.insert(0, {str(other)!r}); import g2c", "print(1)"]
    shown = run(root, cells, monkeypatch)
    assert shown[1].startswith(f"noteboosh: `g2c` comes from `{other / 'g2c'}` and not from this")


# ---- in this process -----------------------------------------------------------------------------


def test_a_cell_costs_less_than_two_milliseconds_with_the_whole_course_loaded(monkeypatch):
    import importlib
    import pkgutil

    import g2c

    for module in pkgutil.walk_packages(g2c.__path__, "g2c."):
        if not module.name.endswith("__main__"):  # that would run a program
            importlib.import_module(module.name)
    guard = Guard(type("Shell", (), {"user_ns": {}})(), Path(noteboosh.__file__).parents[1], {})
    guard.look()  # the first one reads the files
    times = []
    for _ in range(20):
        start = time.perf_counter()
        guard.look()
        times.append(time.perf_counter() - start)
    assert len(guard.seen) > 50
    assert min(times) < 0.002


def test_whatever_goes_wrong_in_the_guard_the_cell_runs(monkeypatch):
    guard = Guard(None, Path("/nowhere"), {})
    monkeypatch.setattr(guard, "news", lambda: 1 / 0)
    guard.look()


def test_what_is_loaded_is_compared_by_what_it_does_and_not_by_where_it_stands():
    source = "X = 1\n\n\ndef f(a, b=2):\n    return a + b\n\n\nclass C:\n    k = 'x'\n\n" \
        "    @property\n    def p(self):\n        return self.k\n"  # fmt: skip
    space = {"__name__": "m"}
    exec(compile(source, "m.py", "exec"), space)
    assert loaded.behind(space, "m", source) == []
    assert loaded.behind(space, "m", "# moved\n\n" + source) == []
    for old, new, name in [
        ("a + b", "a * b", "f"),
        ("b=2", "b=3", "f"),
        ("X = 1", "X = 2", "X"),
        ("k = 'x'", "k = 'y'", "C.k"),
        ("return self.k", "return self.k * 2", "C.p"),
        ("def f(", "def g(", "g"),
    ]:
        assert loaded.behind(space, "m", source.replace(old, new)) == [name]
