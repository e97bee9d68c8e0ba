"""The first minutes of a new user: clone, set up, test, borrow, return; a space in the path."""

import json
import os
import subprocess
import sys

import pytest
from clone import git, new_checkout

TESTS = "tests/test_pretraining_setup.py"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return new_checkout(tmp_path_factory.mktemp("new user") / "a b")


def run(checkout, *words):
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    done = subprocess.run(
        words, cwd=checkout, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def counts(checkout):
    code, output = run(checkout, ".venv/bin/pytest", TESTS)
    return output.rstrip().splitlines()[-1], output, code


def noteboosh(checkout, *words, code=0):
    found, output = run(checkout, "./noteboosh.sh", *words)
    assert found == code, output
    return output


def test_from_a_clone_to_green_and_back(checkout):
    """One visit in order; every count is what a student is promised."""
    for words in (["--help"], ["doctor", "--json"]):
        run(checkout, "./noteboosh.sh", *words)
    assert "Did you mean `09b`?" in noteboosh(checkout, "09bb", code=2)

    noteboosh(checkout, "09b", "--no-launch")
    line, output, code = counts(checkout)
    assert "5 failed, 10 passed" in line and code == 1
    assert output.count("TODO pretraining.lm_cross_entropy in") == 5
    assert "pretraining.lm_cross_entropy  g2c/pretraining/loss.py:" in output
    assert "Traceback" not in output and "NotImplementedError" not in output

    noteboosh(checkout, "borrow", "09b")
    assert "15 passed" in counts(checkout)[0]
    assert "borrowed for 09b" in (checkout / "g2c/pretraining/loss.py").read_text("utf-8")

    noteboosh(checkout, "return", "09b")
    assert "5 failed, 10 passed" in counts(checkout)[0]

    noteboosh(checkout, "return", "--all")
    assert git(checkout, "status", "--porcelain") == ""


def test_written_with_module_03_blank_the_failure_names_the_loan_that_helps(checkout):
    path = checkout / "g2c/pretraining/loss.py"
    text = path.read_text("utf-8")
    body = """    return CrossEntropyLoss()(logits.flatten(0, 1), targets.flatten())\n"""
    blank = """    raise NotImplementedError("pretraining.lm_cross_entropy")\n"""
    path.write_text(text.replace(blank, body), "utf-8")
    line, output, _ = counts(checkout)
    assert "5 failed, 10 passed" in line
    assert "nn.cross_entropy_loss" in output and "`./noteboosh.sh borrow 03`" in output
    noteboosh(checkout, "borrow", "03")
    assert "15 passed" in counts(checkout)[0]
    assert body in path.read_text("utf-8"), "what was written is left alone"
    noteboosh(checkout, "return", "--all")
    noteboosh(checkout, "reset", "09b")
    assert git(checkout, "status", "--porcelain") == ""


def test_a_red_run_says_which_mistake_it_behaves_like_and_nothing_about_an_unknown_one(checkout):
    path = checkout / "g2c/pretraining/loss.py"
    text = path.read_text("utf-8")
    blank = """    raise NotImplementedError("pretraining.lm_cross_entropy")\n"""
    noteboosh(checkout, "borrow", "03")
    rows = "[CrossEntropyLoss()(row[-1:], wanted[-1:]) for row, wanted in zip(logits, targets)]"
    path.write_text(text.replace(blank, f"    return sum({rows}) / len(logits)\n"), "utf-8")
    claim = "`pretraining.lm_cross_entropy` (g2c/pretraining/loss.py:"
    for output in (counts(checkout)[1], noteboosh(checkout, "test", "09b", code=1)):
        assert claim in output and "behaves exactly like this: it averages only the last" in output
    path.write_text(text.replace(blank, "    return logits.float().std() + 3\n"), "utf-8")
    line, output, _ = counts(checkout)
    assert "failed" in line and "behaves exactly" not in output
    path.write_text(text, "utf-8")
    noteboosh(checkout, "return", "--all")


def test_test_passes_the_exit_code_of_pytest_through(checkout):
    assert noteboosh(checkout, "test", "09b", code=1)
    assert "15 passed" in noteboosh(checkout, "test", "09b", "--reference")
    assert "15 tests collected" in noteboosh(checkout, "test", "09b", "--collect-only", "-q")


def test_build_in_a_checkout_worked_in_keeps_the_work(checkout):
    path = checkout / "g2c/pretraining/loss.py"
    text = path.read_text("utf-8")
    mine = text.replace(
        "    raise NotImplementedError", "    # my idea\n    raise NotImplementedError"
    )
    path.write_text(mine, "utf-8")
    output = noteboosh(checkout, "build")
    assert path.read_text("utf-8") == mine, output
    assert "0 changed" in output, "the committed files are what the build makes"
    path.write_text(text, "utf-8")


def test_the_same_cells_run_on_a_text_file_given_by_path(checkout, tmp_path):
    """As on a copy of Shakespeare's plays: another alphabet, no documents, no known floor."""
    words = "Thou art a scholar; speak to it, Horatio.\nÆneas' tale — «To be»! "
    text = tmp_path / "my plays.txt"
    text.write_text("".join(f"ACT {n}.\n{words[n % 7 :]}" for n in range(2000)), "utf-8")
    noteboosh(checkout, "borrow", "09b")
    clean = (checkout / "notebooks/clean/09b-pretraining.ipynb").read_text("utf-8")
    lines = json.dumps('CORPUS = "toystories"')[1:-1], json.dumps(f"CORPUS = {str(text)!r}")[1:-1]
    assert clean.count(lines[0]) == 1
    path = checkout / "notebooks/work/on-a-file.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(clean.replace(*lines), "utf-8")
    code = (
        "import sys, nbformat, nbclient\n"
        "notebook = nbformat.read(sys.argv[1], 4)\n"
        "nbclient.NotebookClient(notebook, timeout=120, kernel_name='python3').execute()\n"
        "print(*(o.get('text', '') for c in notebook.cells for o in c.get('outputs', [])))\n"
    )
    status, output = run(checkout, ".venv/bin/python", "-c", code, str(path))
    assert status == 0, output
    assert "my plays: 1 documents" in output
    assert "The entropy of `my plays` is not known." in output
    assert "Traceback" not in output and "Not written yet" not in output
    noteboosh(checkout, "return", "--all")


@pytest.mark.parametrize("package", ["g2c", "g2c.tokenizer", "g2c.corpora", "noteboosh.cli"])
def test_importing_what_needs_no_torch_imports_none(package):
    code = f"import sys, {package}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
