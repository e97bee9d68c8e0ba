"""The first minutes of a new user: clone, set up, test, borrow, return; a space in the path."""

import os
import subprocess

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
