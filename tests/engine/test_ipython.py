"""The notebook extension in a real kernel: what runs, what is shown, and what is saved.

Each test makes a small checkout of its own with a copy of the engine in it, because a notebook
finds its course from the engine's own file.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import tiny

import noteboosh
from noteboosh import answers
from noteboosh.grading import Question

nbclient = pytest.importorskip("nbclient")

SUMS = "g2c/sums/sums.py"
START = "%load_ext noteboosh\nfrom noteboosh import answer"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tiny.make(tmp_path)
    asked = {"01.1": answers.to_data(Question("01.1", "number", 32))}
    tiny.write(tmp_path / "course/built/01.questions.json", json.dumps(asked))
    engine = Path(noteboosh.__file__).parent
    shutil.copytree(
        engine, tmp_path / "noteboosh", ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    return tmp_path


def run(root: Path, cells: list[str], monkeypatch, name: str = "") -> list[str]:
    """The text that each cell shows; nbclient raises where a cell would stop "Run All"."""
    # One kernel that Jupyter starts for a notebook gets its path; an outer one must not leak in.
    monkeypatch.setenv("JPY_SESSION_NAME", name)
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in [START, *cells]],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    client = nbclient.NotebookClient(
        notebook, timeout=60, allow_errors=False, resources={"metadata": {"path": str(root)}}
    )
    client.execute()
    outputs = [cell["outputs"] for cell in notebook["cells"][1:]]
    assert not [o for cell in outputs for o in cell if o["output_type"] == "error"]
    return ["".join(o.get("text", "") for o in cell).strip() for cell in outputs]


def test_an_unwritten_exercise_is_two_lines_and_the_cells_after_it_run(root, monkeypatch):
    shown = run(
        root,
        [
            "from g2c.sums.sums import add\nanswer_to_all = 42",
            "total = add(1, 2)\nassert total == 3",
            "import math\nhalf = total / 2",
            "half",
            "print(answer_to_all)",
            '# Answer:\nanswer("01.1", r"""\n4 * 8\n""")',
        ],
        monkeypatch,
        name="notebooks/work/01-sums.ipynb",
    )
    assert shown[1] == (
        "Not written yet: `sums.add` in `g2c/sums/sums.py`, line 6.\n"
        "A hint: `./noteboosh.sh hint sums.add`"
    )
    assert shown[2] == "There is no `total` yet: the cell that makes it waits for `sums.add`."
    assert shown[3] == "There is no `half` yet: the cell that makes it waits for `sums.add`."
    assert shown[4:] == ["42", "01.1: correct."]


def test_an_exercise_of_another_module_names_the_borrow_that_helps(root, monkeypatch):
    [shown] = run(
        root,
        ["from g2c.powers.powers import Power\nPower().square(3)"],
        monkeypatch,
        name="notebooks/work/03-roots.ipynb",
    )
    assert "`powers.square` of module 02" in shown
    assert "`./noteboosh.sh borrow 02`" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    "cell",
    [
        'raise NotImplementedError("sums.unknown")',
        'raise NotImplementedError("sums.add", 1)',
        "raise NotImplementedError",
        'raise NotImplementedError(["sums.add"])',
        "undefined",
        "1 / 0",
    ],
)
def test_any_other_error_stops_as_it_always_does(shell, cell):
    assert shell.run_cell(cell).error_in_exec is not None
    assert len(shell.tracebacks) == 1


def test_a_name_that_an_unwritten_exercise_would_have_made_is_no_error(shell):
    shell.run_cell('raise NotImplementedError("sums.add"); lost = 1')
    assert shell.run_cell("lost").error_in_exec is None
    assert shell.tracebacks == []


def test_the_same_name_inside_a_module_is_an_error_of_its_own(shell):
    shell.run_cell('raise NotImplementedError("sums.add"); lost = 1')
    shell.run_cell("import types; m = types.ModuleType('m'); exec('def f(): lost', m.__dict__)")
    assert shell.run_cell("m.f()").error_in_exec is not None
    assert len(shell.tracebacks) == 1


def test_a_name_that_was_made_after_all_is_an_error_again_when_it_is_deleted(shell):
    shell.run_cell('raise NotImplementedError("sums.add"); lost = 1')
    shell.run_cell("lost = 2")
    shell.run_cell("del lost")
    assert shell.run_cell("lost").error_in_exec is not None


def test_loading_twice_shows_a_message_once_and_unloading_brings_tracebacks_back(shell, capsys):
    shell.extension_manager.reload_extension("noteboosh")
    shell.run_cell('raise NotImplementedError("sums.add")')
    assert capsys.readouterr().out.count("Not written yet") == 1
    shell.extension_manager.unload_extension("noteboosh")
    assert shell.run_cell('raise NotImplementedError("sums.add")').error_in_exec is not None
    assert len(shell.tracebacks) == 1


def test_a_damaged_course_leaves_the_usual_traceback(shell, root):
    (root / "course/built/course.json").write_text("{")
    assert shell.run_cell('raise NotImplementedError("sums.add")').error_in_exec is not None
    assert len(shell.tracebacks) == 1


def test_a_damaged_fence_still_names_the_exercise_and_its_file(shell, root, capsys):
    (root / "g2c/sums/sums.py").write_text("# END SOLUTION\n")
    shell.run_cell('raise NotImplementedError("sums.add")')
    assert "`sums.add` of module 01 in `g2c/sums/sums.py`.\n" in capsys.readouterr().out


@pytest.fixture
def shell(root, monkeypatch):
    """IPython in this process, with the extension: a kernel for each test would take seconds."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setattr("noteboosh.course.checkout", lambda: root)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)  # put back after
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.tracebacks = []
    shell._showtraceback = lambda kind, value, lines: shell.tracebacks.append(value)
    shell.extension_manager.load_extension("noteboosh")
    return shell


def test_an_edit_between_two_cells_counts_at_once(root, monkeypatch):
    def edit(old: str, new: str, moment: float) -> str:
        return (
            f"import os; from pathlib import Path; path = Path({str(root / SUMS)!r})\n"
            f"_ = path.write_text(path.read_text().replace({old!r}, {new!r}))\n"
            f"os.utime(path, ns=({int(moment * 1e9)}, {int(moment * 1e9)}))"
        )

    # The second edit has the size and the second of the first: Python's own cache is stale then.
    cells = [
        "from g2c.sums.sums import add",
        "add(3, 4)",
        edit('raise NotImplementedError("sums.add")', "return a + b", 2e9),
        "print(add(3, 4))",
        edit("return a + b", "return a * b", 2e9 + 0.5),
        "print(add(3, 4))",
    ]
    shown = run(root, cells, monkeypatch)
    assert shown[1].startswith("Not written yet")
    assert (shown[3], shown[5]) == ("7", "12")


def test_importing_the_engine_imports_neither_ipython_nor_torch_nor_a_notebook_library():
    code = (
        "import sys; import noteboosh; from noteboosh import answer; "
        "print([m for m in ('IPython', 'torch', 'nbformat', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_attribute_of_the_engine_is_an_attribute_error():
    with pytest.raises(AttributeError, match="anwser"):
        noteboosh.anwser  # noqa: B018
