"""Module 10's command on the reference: from a name to a run that survives what may happen."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--set", "num_documents=60", "d_model=16", "num_layers=1", "num_heads=2", "batch_size=4",
         "context_length=32", "checkpoint_every=3", "log_every=1")  # fmt: skip


def command(*arguments: str, processes: int = 0) -> list[str]:
    torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", str(processes), "--standalone"]
    before = torchrun if processes else []
    return [sys.executable, *before, "-m", "g2c.tinyllm", *arguments]


def surroundings(tmp_path) -> dict:
    # `-m` puts the folder where it starts first on the path: a link makes it that of the reference.
    if not (tmp_path / "g2c").exists():
        (tmp_path / "g2c").symlink_to(ROOT / "course/g2c")
    return {"cwd": tmp_path, "env": {**os.environ, "OMP_NUM_THREADS": "1"}, "text": True}


def train(tmp_path, *arguments: str, processes: int = 0) -> subprocess.CompletedProcess:
    return subprocess.run(command(*arguments, processes=processes), capture_output=True,
                          timeout=300, **surroundings(tmp_path))  # fmt: skip


def log(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def losses(folder: Path) -> list[float]:
    return [entry["loss"] for entry in log(folder) if "loss" in entry]


def last_state(folder: Path) -> dict:
    import torch

    return torch.load(sorted(folder.glob("step-*.pt"))[-1], weights_only=True)


def same_weights(one: Path, other: Path) -> bool:
    a, b = last_state(one), last_state(other)
    assert a["iteration"] == b["iteration"]
    return all(bool((a["model"][name] == b["model"][name]).all()) for name in a["model"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A run of twelve steps from its beginning to its end."""
    folder = tmp_path_factory.mktemp("whole")
    done = train(folder, "stories", "--steps", "12", "--eval-every", "5", *SMALL)
    assert done.returncode == 0, done.stderr
    assert "Validation, all of it" in done.stdout
    return folder / "runs/stories"


def test_a_run_leaves_a_manifest_a_log_checkpoints_and_a_picture(whole):
    names = {path.name for path in whole.iterdir()}
    assert {"manifest.json", "log.jsonl", "tokenizer.json", "best.pt", "curve.png"} <= names
    manifest = json.loads((whole / "manifest.json").read_text())
    assert manifest["corpus"] == {"name": "toystories", "documents": 60, "seed": 0}
    assert {"model", "training", "seed", "versions", "parameters"} <= set(manifest)
    assert len(manifest["tokenizer"]["digest"]) == 64
    checks = [entry for entry in log(whole) if "val_loss" in entry]
    assert [check["exact"] for check in checks] == [False, False, True]
    assert manifest["floor_nats"] < checks[-1]["val_loss"]


def test_a_run_that_was_killed_goes_on_to_the_same_bits(whole, tmp_path):
    arguments = ("stories", "--steps", "12", "--eval-every", "5", *SMALL)
    run = tmp_path / "runs/stories"
    process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, **surroundings(tmp_path))  # fmt: skip
    deadline = time.monotonic() + 120
    while not list(run.glob("step-*.pt")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = train(tmp_path, *arguments, "--resume")
    assert done.returncode == 0, done.stderr
    assert same_weights(whole, run) and losses(whole) == losses(run)


def test_a_finished_run_is_not_written_over(whole):
    done = train(whole.parents[1], "stories", "--steps", "12", *SMALL)
    assert done.returncode == 2
    assert "holds a run already" in done.stderr and "--resume" in done.stderr


def test_two_processes_learn_what_one_learns(whole, tmp_path):
    done = train(tmp_path, "stories", "--steps", "12", "--eval-every", "5", *SMALL, processes=2)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs/stories"
    assert losses(run) == pytest.approx(losses(whole), abs=1e-5)
    checks = [[e["val_loss"] for e in log(folder) if "val_loss" in e] for folder in (run, whole)]
    assert checks[0] == pytest.approx(checks[1], abs=1e-5)
    assert done.stdout.count("Validation, all of it") == 1  # one of them writes and speaks


def test_where_one_process_dies_the_others_end_and_the_run_can_go_on(whole, tmp_path):
    arguments = ("stories", "--steps", "150", "--eval-every", "0", *SMALL)
    process = subprocess.Popen(command(*arguments, processes=2), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, **surroundings(tmp_path))  # fmt: skip
    run = tmp_path / "runs/stories"
    deadline = time.monotonic() + 120
    while not list(run.glob("step-*.pt")) and time.monotonic() < deadline:
        time.sleep(0.01)
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)],
                              capture_output=True, text=True).stdout.split()  # fmt: skip
    os.kill(int(children[-1]), signal.SIGKILL)
    assert process.wait(timeout=120) != 0
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    done = train(tmp_path, *arguments[:-1], arguments[-1], "--resume")
    assert done.returncode == 0, done.stderr
    assert last_state(run)["iteration"] == 150


TWICE = """
import sys
import numpy as np, torch
from g2c.tinyllm import TokenDataset, TrainConfig, Trainer
from g2c.tinyllm.parallel import gather_team
from g2c.transformer import TransformerLM, llama_style

def trainer(team):
    torch.manual_seed(3)
    model = TransformerLM(llama_style(vocab_size=11, context_length=6, d_model=8, num_layers=1,
                                      num_heads=2, dropout=0.3))
    torch.manual_seed(4 + team.rank)
    data = TokenDataset(np.arange(200, dtype=np.uint16) ** 2 % 11, 11)
    config = TrainConfig(max_steps=6, batch_size=4, checkpoint_every=3, eval_every=0)
    return Trainer(model, data, None, config, out=sys.argv[1], team=team, progress=False)

with gather_team(torch.device("cpu")) as team:
    first = trainer(team)
    first.run(3)
    drawn = torch.get_rng_state()
    first.run()
    again = trainer(team)
    for path in sorted(again.folder.all())[1:]:
        if team.leads:
            path.unlink()
    team.wait()
    assert again.resume() and again.iteration == 3
    assert torch.equal(torch.get_rng_state(), drawn)
    again.run()
    for one, other in zip(first.model.parameters(), again.model.parameters()):
        assert torch.equal(one, other)
    states = team.gather(drawn)
    assert not torch.equal(*states)
    print("the same bits", flush=True)
"""


def test_with_dropout_each_process_goes_on_from_its_own_generator(tmp_path):
    (tmp_path / "twice.py").write_text(TWICE)
    torchrun = command("--unused", processes=2)[:-3]
    done = subprocess.run([*torchrun, "twice.py", "run"], capture_output=True, timeout=120,
                          **surroundings(tmp_path))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the same bits") == 2


BAD = [
    (("storys",), "did you mean `stories`"),
    (("stories", "--set", "max_rl=1"), "did you mean `max_lr`"),
    (("stories", "--set", "d_model=10"), "must be a multiple of num_heads"),
    (("stories", "--set", "max_lr"), "has no value"),
    (("stories", "--form", "huge"), "there are default, small, published"),
    (("stories", "--data", "nowhere.txt"), "no file with text in it"),
    (("stories", "--device", "quantum"), "there is no device"),
]
EACH = """
import contextlib, io, json, sys
from g2c.tinyllm.command import friendly, main
told = []
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stderr(io.StringIO()) as error:
        try:
            with friendly():
                main(arguments)
        except SystemExit as stop:
            told.append([stop.code, error.getvalue()])
print(json.dumps(told))
"""


def test_bad_input_is_one_message_and_no_run(tmp_path):
    cases = json.dumps([arguments for arguments, _ in BAD])
    done = subprocess.run([sys.executable, "-c", EACH, cases], capture_output=True,
                          **surroundings(tmp_path))  # fmt: skip
    told = json.loads(done.stdout.splitlines()[-1])
    for (arguments, says), (code, message) in zip(BAD, told, strict=True):
        assert code == 2 and says in message, (arguments, message)
    assert not list(tmp_path.rglob("manifest.json"))


def test_a_file_of_ones_own_is_cut_at_a_separator(tmp_path):
    stories = "".join(f"Story number {n} is short.\n<|endoftext|>\n" for n in range(200))
    (tmp_path / "mine.txt").write_text(stories)
    done = train(tmp_path, "shakespeare", "--data", "mine.txt", "--steps", "3", *SMALL)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "runs/shakespeare/manifest.json").read_text())
    sizes = [manifest["tokens"][name]["num_bytes"] for name in ("train", "val")]
    assert sum(sizes) == len(stories) - 200 * len("\n<|endoftext|>\n")
    assert 0.05 < sizes[1] / sum(sizes) < 0.15


BUILT_IN = """
from g2c.corpora import stdlib, toystories
from g2c.tinyllm.texts import code_texts, docstrings, mixed_texts
sources = set(stdlib.documents(max_bytes=300_000))
code, mix = code_texts(300_000, seed=1), mixed_texts(30, 300_000, seed=1)
train, val = (set(part.documents) for part in (code.train, code.val))
assert train | val == sources and train and val and not train & val
for own, part in ((train, mix.train), (val, mix.val)):
    rest = set(part.documents) - own
    told = set(map(docstrings, own)) - {""}
    assert own < set(part.documents) and told < rest
    assert rest - told <= {*toystories.sample(30, seed=1), *toystories.sample(3, seed=2)}
assert set(mix.says["shares_of_bytes"]) == {"code", "docstrings", "toystories"}
"""


def test_stdlib_is_code_alone_and_the_mix_adds_its_docstrings_and_stories(tmp_path):
    done = subprocess.run([sys.executable, "-c", BUILT_IN], capture_output=True,
                          **surroundings(tmp_path))  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_unwritten_exercises_are_named_instead_of_a_traceback(tmp_path):
    (tmp_path / "g2c").symlink_to(ROOT / "g2c")
    lines = "from g2c.tinyllm.command import friendly\nwith friendly():\n    raise {}"
    for error, code in (("NotImplementedError('tinyllm.train_step')", 1), ("ValueError('n')", 2)):
        done = subprocess.run([sys.executable, "-c", lines.format(error)], cwd=tmp_path,
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == code and "Traceback" not in done.stderr
        assert code == 2 or "`tinyllm.train_step` is not written yet" in done.stderr
