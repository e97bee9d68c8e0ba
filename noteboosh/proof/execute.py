"""Run one notebook from top to bottom, in the environment that this process runs in.

    python -m noteboosh.proof.execute NOTEBOOK SECONDS-PER-CELL

Writes the outputs into the file, and to stdout as JSON: the g2c that the kernel imported, and the
number of the cell that stopped the run (from 0), or null.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PROBE = "import g2c; print(g2c.__file__)"


def execute(path: Path, seconds: int) -> dict:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(PROBE))
    where = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=seconds, resources=where, record_timing=False)
    stopped, why = None, ""
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        done = [n for n, cell in enumerate(notebook.cells) if cell.get("execution_count")]
        stopped, why = max(done, default=0) - 1, COLOUR.sub("", str(error)).strip().splitlines()[-1]
    probe = notebook.cells.pop(0)
    package = "".join(output.get("text", "") for output in probe.outputs).strip()
    for cell in (cell for cell in notebook.cells if cell.get("execution_count")):
        cell.execution_count -= 1  # nobody shall see the probe
    nbformat.write(notebook, path)
    return {"package": package, "stopped": stopped, "why": why}


if __name__ == "__main__":
    json.dump(execute(Path(sys.argv[1]).resolve(), int(sys.argv[2])), sys.stdout)
