"""`./noteboosh.sh runs` on the reference: runs that can be compared, and what cannot be counted.

They stand here and not among the student's tests, because the command shows what it can where a
function is unwritten, and so such a test may pass without it.
"""

import json
import math
import sys
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def g2c():
    """`course/g2c`, for the time of these tests only: other files import the built package."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if name.split(".")[0] == "g2c"]:
            patch.delitem(sys.modules, name)
        patch.syspath_prepend(ROOT / "course")
        import g2c.scaling.command
        import g2c.tinyllm
        import g2c.transformer

        assert Path(g2c.__file__) == ROOT / "course/g2c/__init__.py"
        sizes = {"vocab_size": 11, "context_length": 6, "d_model": 8, "num_layers": 1}
        yield SimpleNamespace(
            scaling=g2c.scaling,
            tinyllm=g2c.tinyllm,
            main=g2c.scaling.command.main,
            tiny=g2c.transformer.llama_style(**sizes, num_heads=2),
        )
        for name in [name for name in sys.modules if name.split(".")[0] == "g2c"]:
            del sys.modules[name]


def train_run(g2c, folder, **changed):
    settings = {"max_steps": 4, "batch_size": 2, "eval_every": 2, **changed}
    training = g2c.tinyllm.TrainConfig(**settings)
    data = g2c.tinyllm.TokenDataset(np.arange(200, dtype=np.uint16) ** 2 % 11, 11)
    return g2c.scaling.run_experiment(folder, g2c.tiny, training, data, data, bytes_per_token=2.0)


def test_a_run_is_summed_up_by_steps_tokens_flops_and_seconds(g2c, tmp_path):
    assert train_run(g2c, tmp_path / "lr" / "small") is None
    (run,) = g2c.scaling.read_runs(tmp_path).runs
    assert (run.name, run.steps, run.max_steps, run.tokens) == ("lr/small", 4, 4, 4 * 2 * 6)
    assert run.parameters == g2c.scaling.parameter_count(g2c.tiny)
    assert run.flops == g2c.scaling.training_flops(g2c.tiny, 6, run.tokens)
    assert run.seconds > 0
    assert run.bits_per_byte == pytest.approx(run.val_loss / math.log(2) / 2)
    assert [point["steps"] for point in run.curve] == [2, 4, 4]


def test_the_table_puts_the_lowest_loss_first_or_the_cheapest(g2c, tmp_path, capsys):
    train_run(g2c, tmp_path / "short")
    train_run(g2c, tmp_path / "longer", max_steps=40, max_lr=0.05)
    for options, first in (([], "longer"), (["--by", "flops"], "short")):
        g2c.main(["--in", str(tmp_path), *options])
        assert capsys.readouterr().out.splitlines()[1].startswith(first)
    g2c.main(["--in", str(tmp_path), "--json", "--plot", str(tmp_path / "runs.png")])
    told = json.loads(capsys.readouterr().out)
    assert told["runs"][0]["flops"] == g2c.scaling.training_flops(g2c.tiny, 6, 40 * 2 * 6)
    assert (tmp_path / "runs.png").stat().st_size > 1000


def test_what_is_not_written_yet_is_named_and_the_rest_is_shown(g2c, tmp_path, capsys, monkeypatch):
    train_run(g2c, tmp_path / "one")

    def unwritten(*arguments):
        raise NotImplementedError("scaling.training_flops")

    monkeypatch.setattr(g2c.scaling.runs, "training_flops", unwritten)
    g2c.main(["--in", str(tmp_path)])
    told = capsys.readouterr()
    assert "`scaling.training_flops`" in told.err
    assert told.out.splitlines()[1].split()[:4] == [
        "one",
        f"{g2c.scaling.parameter_count(g2c.tiny):,}",
        "4",
        "48",
    ]


def test_a_new_folder_is_never_one_that_was_there(g2c, tmp_path):
    names = [g2c.scaling.new_folder(tmp_path / "runs").name for _ in range(2)]
    (tmp_path / "runs" / "007").mkdir()
    (tmp_path / "runs" / "mine").mkdir()
    assert [*names, g2c.scaling.new_folder(tmp_path / "runs").name] == ["001", "002", "008"]


def test_of_an_experiment_stay_its_manifest_and_its_log(g2c, tmp_path):
    train_run(g2c, tmp_path / "one")
    kept = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert kept == ["log.jsonl", "manifest.json"]


def write_run(g2c, folder, loss, bytes_per_token):
    """A run as another program may have left it: only what the manifest and the log promise."""
    folder.mkdir()
    manifest = {"model": asdict(g2c.tiny), "training": {"max_steps": 2},
                "bytes_per_token": bytes_per_token}  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest))
    lines = [{"step": n, "tokens": 12 * n, "seconds": 0.1 * n, "loss": 2 * loss / n, "lr": 0.1,
              "grad_norm": 1.0} for n in (1, 2)]  # fmt: skip
    lines.append({"step": 2, "tokens": 24, "seconds": 0.2, "val_loss": loss, "exact": True})
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_runs_with_several_vocabularies_are_ranked_and_drawn_in_bits_per_byte(
    g2c, tmp_path, capsys
):
    # Fewer nats a token, but a token is only a byte: that model is the worse one.
    for name, loss, bytes_per_token in (("letters", 2.0, 1.0), ("words", 4.0, 4.0)):
        write_run(g2c, tmp_path / name, loss, bytes_per_token)
    axes = g2c.scaling.plot_runs(g2c.scaling.read_runs(tmp_path).runs, by="tokens")
    assert "bits per byte" in axes.get_ylabel()
    assert "words" in axes.get_title() and "1.44" in axes.get_title()  # 4 / ln 2 / 4
    g2c.main(["--in", str(tmp_path)])
    assert capsys.readouterr().out.splitlines()[1].startswith("words")
    write_run(g2c, tmp_path / "unknown", 1.0, None)
    axes = g2c.scaling.plot_runs(g2c.scaling.read_runs(tmp_path).runs)
    assert "nats per token" in axes.get_ylabel()
    g2c.main(["--in", str(tmp_path)])
    assert capsys.readouterr().out.splitlines()[1].startswith("unknown")
