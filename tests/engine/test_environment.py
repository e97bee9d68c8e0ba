"""Set-up: `.venv` made, repaired, refused; PyTorch's build; `noteboosh.sh`; `doctor`.

Most tests replace the commands of a set-up (venv, pip, uv) by a `Machine` that does to `.venv` what
they would do, and can fail or die at any of them. Nothing here needs a network.
"""

from __future__ import annotations

import errno
import fcntl
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
import tiny

from noteboosh import doctor, environment, packages
from noteboosh.errors import EnvironmentProblem

CHECKOUT = Path(__file__).resolve().parents[2]
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
SITE = f"lib/python{VERSION}/site-packages"
STEPS = ["venv", "pip", "uv", "PyTorch", "packages"]
TORCH = "__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n"
OFFLINE = "Failed to establish a new connection: [Errno -2] Name or service not known"


class Machine:
    """Stands in for the commands of a set-up."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.failing: dict[str, str] = {}  # a step's name -> the output it fails with
        self.dies_at: str | None = None
        self.death: object = KeyboardInterrupt
        self.half = False  # die in the middle of the step, not before it

    @property
    def done(self) -> list[str]:
        return [_step_of(command) for command in self.commands]

    def run(self, steps: packages.Steps, title: str, command: list[str]) -> tuple[int, str]:
        self.commands.append(command)
        step = _step_of(command)
        dying = step == self.dies_at
        if dying and not self.half:
            self.die()
        if step in self.failing:
            return 1, self.failing[step]
        venv = steps.log.parent
        if step == "venv":
            self.make(venv, dying)
        elif step == "pip":
            self.install(venv, "pip", dying)
        else:
            for argument in command:
                if match := re.fullmatch(r"(torch|tqdm|ruff|uv)(>=.*)?", argument):
                    self.install(venv, match[1], dying)
        return 0, ""

    def make(self, venv: Path, dying: bool) -> None:
        (venv / "bin").mkdir(exist_ok=True)
        (venv / SITE).mkdir(parents=True, exist_ok=True)
        if dying:
            self.die()
        (venv / "pyvenv.cfg").write_text(f"version = {VERSION}.0\n")
        if not (venv / "bin/python").is_symlink():
            (venv / "bin/python").symlink_to(sys.executable)

    def install(self, venv: Path, name: str, dying: bool) -> None:
        """In the order of pip: modules, commands, the record."""
        info = venv / SITE / f"{name}-1.dist-info"
        if info.exists():
            return
        info.mkdir(parents=True)
        (venv / SITE / f"{name}.py").write_text("")
        (info / "METADATA").write_text("")
        if dying:
            self.die()
        if name == "torch":
            (venv / SITE / "torch").mkdir(exist_ok=True)
            (venv / SITE / "torch/version.py").write_text(TORCH)
        (venv / "bin" / name).write_text("")
        (info / "INSTALLER").write_text("pip\n")
        (info / "RECORD").write_text(f"{name}.py,,\n../../../bin/{name},,\n{info.name}/RECORD,,\n")

    def die(self) -> None:
        if self.death is KeyboardInterrupt:
            raise KeyboardInterrupt
        os.kill(os.getpid(), signal.SIGKILL)


def _step_of(command: list[str]) -> str:
    if "venv" in command:
        return "venv"
    if "ensurepip" in command:
        return "pip"
    if command[-1] == "uv":
        return "uv"
    return "PyTorch" if "--no-deps" in command else "packages"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NOTEBOOSH_TORCH", "NOTEBOOSH_PYTHON"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(packages, "has_nvidia_driver", lambda: False)
    monkeypatch.setattr(packages, "index_answers", lambda url, environ: True)


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(packages.Steps, "run", lambda *args: machine.run(*args))
    monkeypatch.setattr(packages, "pip_config", lambda python, environ: {})
    return machine


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "a b"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[project]\ndependencies = [\n    "torch>=2.4,<3",  # the course\n    "tqdm",\n]\n'
        '[project.optional-dependencies]\nauthors = [\n    "ruff",\n]\n'
    )
    (root / "constraints.txt").write_text("torch==2.13.0\n")
    return root


def _is_complete(root: Path, *names: str) -> bool:
    site = root / ".venv" / SITE
    whole = all(environment._whole(site / f"{n}-1.dist-info") for n in ("pip", "torch", *names))
    return whole and environment.state(root) == "ready"


def _refused(root: Path) -> str:
    with pytest.raises(EnvironmentProblem) as caught:
        environment.ensure(root)
    assert caught.value.exit_code == 3
    return str(caught.value)


# -- made once ----------------------------------------------------------------------------------


def test_a_first_set_up_makes_installs_and_stamps(root, machine):
    environment.ensure(root)
    assert machine.done == STEPS
    assert _is_complete(root, "uv", "tqdm")
    assert (root / ".venv" / SITE / "g2c.pth").read_text() == f"{root}\n"


def test_a_second_set_up_starts_no_process(root, machine, monkeypatch):
    environment.ensure(root)

    def no_process(*args, **kwargs):
        raise AssertionError("a process was started")

    for name in ("Popen", "run"):
        monkeypatch.setattr(subprocess, name, no_process)
    environment.ensure(root)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_brings_it_up_to_date_in_place(root, machine, name):
    environment.ensure(root)
    machine.commands.clear()
    with open(root / name, "a") as file:
        file.write("# changed\n")
    assert environment.state(root) == "stale"
    environment.ensure(root)
    assert machine.done == ["PyTorch", "packages"]
    assert environment.state(root) == "ready"


def test_the_authors_install_serves_a_learner_and_not_the_reverse(root, machine):
    environment.ensure(root)
    assert environment.state(root, "authors") == "stale"
    environment.ensure(root, "authors")
    assert environment.state(root) == environment.state(root, "authors") == "ready"
    assert _is_complete(root, "ruff")


def test_an_update_asked_for_by_a_learner_keeps_the_authors_packages(root, machine):
    environment.ensure(root, "authors")
    (root / "constraints.txt").write_text("torch==2.14.0\n")
    environment.ensure(root)
    assert "ruff" in machine.commands[-1]
    assert environment.state(root, "authors") == "ready"


def test_the_requirements_are_those_a_toml_reader_finds():
    tomllib = pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    authors = project["optional-dependencies"]["authors"]
    assert packages.requirements(CHECKOUT, None) == project["dependencies"]
    assert packages.requirements(CHECKOUT, "authors") == project["dependencies"] + authors


def test_every_requirement_and_uv_are_pinned():
    pinned = set(re.findall(r"^([\w.-]+)==", (CHECKOUT / "constraints.txt").read_text(), re.M))
    names = {re.match(r"[\w.-]+", r)[0] for r in packages.requirements(CHECKOUT, "authors")}
    assert names | {"uv"} <= pinned


# -- interrupted, half-made ---------------------------------------------------------------------


@pytest.mark.parametrize("half", [False, True], ids=["before", "half-way"])
@pytest.mark.parametrize("step", STEPS)
def test_ctrl_c_at_any_step_leaves_what_the_next_run_completes(root, machine, step, half):
    machine.dies_at, machine.half = step, half
    with pytest.raises(KeyboardInterrupt):
        environment.ensure(root)
    assert environment.state(root) == "unfinished"
    machine.dies_at = None
    environment.ensure(root)
    assert _is_complete(root, "uv", "tqdm")


@pytest.mark.parametrize("half", [False, True], ids=["before", "half-way"])
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_what_the_next_run_completes(root, machine, step, half):
    child = os.fork()
    if not child:
        machine.dies_at, machine.half, machine.death = step, half, signal.SIGKILL
        environment.ensure(root)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    environment.ensure(root)
    assert _is_complete(root, "uv", "tqdm")


def test_an_interrupted_update_is_not_taken_for_the_old_state(root, machine):
    environment.ensure(root)
    before = (root / "constraints.txt").read_text()
    (root / "constraints.txt").write_text("torch==2.14.0\n")
    machine.dies_at = "packages"
    with pytest.raises(KeyboardInterrupt):
        environment.ensure(root)
    (root / "constraints.txt").write_text(before)
    assert environment.state(root) == "unfinished"


def _no_python(venv):
    (venv / "bin/python").unlink()


def _python_leads_nowhere(venv):
    (venv / "bin/python").unlink()
    (venv / "bin/python").symlink_to("/nowhere/python3")


def _no_packages(venv):
    shutil.rmtree(venv / "lib")


def _no_commands(venv):
    shutil.rmtree(venv / "bin")


def _module_lost(venv):
    (venv / SITE / "tqdm.py").unlink()
    _no_stamp(venv)


def _command_lost(venv):
    (venv / "bin/tqdm").unlink()


def _record_lost(venv):
    shutil.rmtree(venv / SITE / "tqdm-1.dist-info")


def _no_stamp(venv):
    (venv / environment.STAMP).unlink()


def _stamp_cut_short(venv):
    (venv / environment.STAMP).write_text('{"root": ')


@pytest.mark.parametrize(
    "harm",
    [_no_python, _python_leads_nowhere, _no_packages, _no_commands, _module_lost, _command_lost,
     _record_lost, _no_stamp, _stamp_cut_short],
)  # fmt: skip
def test_a_damaged_environment_is_repaired(root, machine, harm):
    environment.ensure(root)
    harm(root / ".venv")
    assert environment.state(root) == "unfinished"
    environment.ensure(root)
    assert _is_complete(root, "tqdm")
    assert {"python", "pip", "tqdm"} <= set(os.listdir(root / ".venv/bin"))


def test_a_vanished_base_python_keeps_the_packages(root, machine):
    environment.ensure(root)
    kept = root / ".venv" / SITE / "kept.txt"
    kept.write_text("")
    _python_leads_nowhere(root / ".venv")
    environment.ensure(root)
    assert kept.exists()
    assert environment._runs(root / ".venv") == VERSION


def test_an_environment_of_another_python_is_made_anew(root, machine):
    environment.ensure(root)
    venv = root / ".venv"
    (venv / "pyvenv.cfg").write_text("version = 3.9.1\n")
    stamp = json.loads((venv / environment.STAMP).read_text())
    (venv / environment.STAMP).write_text(json.dumps(stamp | {"python": "3.9"}))
    (venv / "lib/python3.9").mkdir()
    environment.ensure(root)
    assert os.listdir(venv / "lib") == [f"python{VERSION}"]
    assert _is_complete(root, "tqdm")


def test_a_chosen_python_of_another_version_counts(root, machine, monkeypatch):
    environment.ensure(root)
    monkeypatch.setattr(environment, "_minor", lambda: "3.12" if VERSION != "3.12" else "3.11")
    assert environment.state(root) == "ready"  # some other Python looks at it: nothing to do
    monkeypatch.setenv("NOTEBOOSH_PYTHON", "python3.12")
    assert environment.state(root) == "stale"


def test_an_environment_made_by_hand_is_completed(root, machine):
    (root / ".venv").mkdir()
    machine.make(root / ".venv", dying=False)
    machine.install(root / ".venv", "pandas", dying=False)
    environment.ensure(root)
    assert _is_complete(root, "tqdm", "pandas")


# -- refused, nothing touched -------------------------------------------------------------------


def _snapshot(path: Path) -> dict[str, str]:
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {str(f): f.read_text() if f.is_file() else "" for f in files}


@pytest.mark.parametrize("kind", ["a file", "a folder", "another Python's"])
def test_what_is_not_ours_is_left_alone(root, machine, kind):
    venv = root / ".venv"
    if kind == "a file":
        venv.write_text("mine")
    else:
        venv.mkdir()
        (venv / "thesis.tex").write_text("mine")
    if kind == "another Python's":
        (venv / "pyvenv.cfg").write_text("version = 3.9.1\n")
    before = _snapshot(venv)
    message = _refused(root)
    assert "left alone" in message and "`mv .venv venv-old`" in message
    after = _snapshot(venv)
    for own in (environment.LOCK, environment.LOG):
        after.pop(str(venv / own), None)
    assert after == before
    assert not machine.commands


def test_a_python_that_does_not_fit_is_refused(root, machine, monkeypatch):
    monkeypatch.setattr(environment, "_minor", lambda: "3.14")
    message = _refused(root)
    assert "needs 3.10 to 3.13" in message and "NOTEBOOSH_PYTHON" in message
    assert not (root / ".venv").exists()


@pytest.mark.parametrize(
    "step, output, said",
    [
        ("pip", "/usr/bin/python3: No module named ensurepip", "sudo apt-get install python3"),
        ("packages", OFFLINE, "Connect to the network"),
        ("packages", "error: Failed to fetch\n  cause: dns error", "Connect to the network"),
        ("PyTorch", "ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("PyTorch", "cause: Disk quota exceeded (os error 122)", "The disk is full"),
        ("packages", "ERROR: [Errno 13] Permission denied: 'bin'", "sudo chown"),
        ("PyTorch", "ERROR: No matching distribution found for torch==2", "no build of `torch==2`"),
        ("packages", "one\ntwo\nthe dog ate it", "the dog ate it"),
    ],
)  # fmt: skip
def test_a_failed_step_is_one_message_with_a_cure_and_can_be_repeated(
    root, machine, step, output, said
):
    machine.failing[step] = output
    message = _refused(root)
    assert said in message
    assert "Traceback" not in message
    assert f"{root}/.venv" in message
    machine.failing.clear()
    environment.ensure(root)
    assert _is_complete(root, "tqdm")


@pytest.mark.parametrize(
    "code, said",
    [(errno.ENOSPC, "The disk is full"), (errno.EACCES, "may not write"), (errno.EROFS, "may not")],
)
def test_what_the_system_refuses_is_said_too(root, machine, monkeypatch, code, said):
    def refuse(path, text):
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(environment, "_replace", refuse)
    assert said in _refused(root)


def test_a_full_disk_is_named_even_if_nothing_could_be_logged(root, machine, monkeypatch):
    machine.failing["pip"] = ""
    usage = shutil.disk_usage(root)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=4096))
    assert "The disk is full (0.0 GB" in _refused(root)


def test_a_missing_list_of_requirements_is_an_environment_problem(root, machine):
    (root / "constraints.txt").unlink()
    assert "constraints.txt" in _refused(root)


# -- two at once --------------------------------------------------------------------------------


class _Listening(io.StringIO):
    def __init__(self, word: str) -> None:
        super().__init__()
        self.word, self.heard = word, threading.Event()

    def write(self, text: str) -> int:
        if self.word in text:
            self.heard.set()
        return super().write(text)


def test_two_set_ups_at_once_wait_for_one_another(root, machine, monkeypatch):
    installing, go_on = threading.Event(), threading.Event()
    real = machine.run

    def slow(steps, title, command):
        installing.set()
        assert go_on.wait(20)
        return real(steps, title, command)

    machine.run = slow
    listening = _Listening("waiting for it")
    monkeypatch.setattr(sys, "stderr", listening)
    both = [threading.Thread(target=environment.ensure, args=(root,)) for _ in range(2)]
    both[0].start()
    assert installing.wait(20)
    both[1].start()
    assert listening.heard.wait(20)
    go_on.set()
    for thread in both:
        thread.join(20)
    assert machine.done == STEPS  # the second found it done
    assert _is_complete(root, "tqdm")


def test_an_installer_that_outlives_a_killed_set_up_keeps_the_lock(root):
    venv = root / ".venv"
    venv.mkdir()
    for name in ("started", "end"):
        os.mkfifo(root / name)
    script = f"open({str(root / 'started')!r}, 'w').close(); open({str(root / 'end')!r}).read()"
    child = os.fork()
    if not child:
        with environment._alone(venv) as hold:
            packages.Steps(venv / "log", hold).run("waits", [sys.executable, "-c", script])
        os._exit(0)
    (root / "started").read_text()  # returns when the installer is at work
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with open(venv / environment.LOCK, "ab") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (root / "end").write_text("")
        fcntl.flock(lock, fcntl.LOCK_EX)  # free as soon as the installer has ended


def test_an_interrupt_ends_the_installer_too(tmp_path, monkeypatch):
    started = []

    def interrupt(title, process):
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(packages, "_watch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        packages.Steps(tmp_path / "log").run("waits", [sys.executable, "-c", "input()"])
    assert started[0].poll() is not None


# -- uv, else pip -------------------------------------------------------------------------------


def test_uv_installs_all_and_pip_only_uv(root, machine):
    environment.ensure(root)
    by = [os.path.basename(command[0]) for command in machine.commands[2:]]
    assert by == ["python", "uv", "uv"]
    assert all("--compile-bytecode" in command for command in machine.commands[3:])
    assert all(str(root / "constraints.txt") in command for command in machine.commands[2:])


def test_without_uv_pip_installs_all(root, machine):
    machine.failing["uv"] = "ERROR: No matching distribution found for uv"
    environment.ensure(root)
    assert all(command[1:3] == ["-m", "pip"] for command in machine.commands[2:])
    assert _is_complete(root, "tqdm")


def test_where_uv_fails_its_cache_and_then_pip_are_tried(root, machine):
    real = machine.run

    def no_uv(steps, title, command):
        if command[0].endswith("/uv"):
            machine.commands.append(command)
            return 2, OFFLINE
        return real(steps, title, command)

    machine.run = no_uv
    environment.ensure(root)
    last = machine.commands[-3:]
    assert [os.path.basename(c[0]) for c in last] == ["uv", "uv", "python"]
    assert ["--offline" in c for c in last] == [False, True, False]


def test_uv_is_told_what_pip_is_configured_with():
    config = {
        "index-url": "https://a.example/simple",
        "extra-index-url": "\nhttps://b.example/simple\nfile:///c",
        "find-links": "/wheels",
        "trusted-host": "a.example",
        "timeout": "60",
    }
    assert packages.uv_sources(config) == [
        "--index-url", "https://a.example/simple",
        "--extra-index-url", "https://b.example/simple", "--extra-index-url", "file:///c",
        "--find-links", "/wheels", "--allow-insecure-host", "a.example",
        "--index-strategy", "unsafe-best-match",
    ]  # fmt: skip


def test_pips_variables_win_over_its_files(tmp_path):
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nfind-links = /global\nproxy = p:1\n[install]\nfind-links = /own\n")
    environ = {"PIP_CONFIG_FILE": str(file), "PATH": os.defpath, "HOME": str(tmp_path)}
    python = Path(sys.executable)
    assert packages.pip_config(python, environ)["find-links"] == "/own"
    config = packages.pip_config(python, environ | {"PIP_FIND_LINKS": "/variable"})
    assert (config["find-links"], config["proxy"]) == ("/variable", "p:1")


def test_what_would_lead_an_installer_astray_is_kept_from_it():
    environ = packages.clean_environ({"PATH": "/bin", "PYTHONPATH": "/ros", "PIP_TARGET": "/x"})
    assert environ == {"PATH": "/bin", "PIP_USER": "0"}


# -- PyTorch's build ----------------------------------------------------------------------------

CPU = ("--index-url", packages.CPU_INDEX)


@pytest.mark.parametrize(
    "wish, system, driver, reachable, source, why",
    [
        ("", "Linux", False, True, CPU, "no NVIDIA driver was found"),
        ("", "Linux", False, False, (), "does not answer, so from pip's sources"),
        ("", "Linux", True, True, (), "an NVIDIA driver was found"),
        ("", "Darwin", False, True, (), "as for all Darwin"),
        ("cpu", "Linux", True, True, CPU, "NOTEBOOSH_TORCH is `cpu`"),
        ("cpu", "Linux", True, False, (), "does not answer, so from pip's sources"),
        ("cpu", "Darwin", False, True, (), "NOTEBOOSH_TORCH is `cpu`"),
        ("cuda", "Linux", False, True, (), "NOTEBOOSH_TORCH is `cuda`"),
        ("https://x.example/cu130", "Linux", False, True, ("--index-url", "https://x.example/cu130"),
         "NOTEBOOSH_TORCH is `https://x.example/cu130`"),
    ],
)  # fmt: skip
def test_the_build_of_pytorch_fits_the_machine(wish, system, driver, reachable, source, why):
    choice = packages.choose_torch(wish, system, lambda: driver, lambda url: reachable)
    assert choice.source == source
    assert why in choice.why


def test_pytorchs_index_is_only_asked_where_it_would_be_used():
    asked = []
    for wish, system, driver in [
        ("cuda", "Linux", False),
        ("", "Darwin", False),
        ("", "Linux", True),
    ]:
        packages.choose_torch(wish, system, lambda driver=driver: driver, asked.append)
    assert not asked


def test_a_folder_may_be_an_index_or_hold_wheels(tmp_path):
    choose = lambda: packages.choose_torch(str(tmp_path), "Linux", bool, bool).source  # noqa: E731
    assert choose() == ("--index-url", tmp_path.as_uri())
    (tmp_path / "torch-2.13.0-py3-none-any.whl").write_text("")
    assert choose() == ("--no-index", "--find-links", str(tmp_path))


def test_a_wish_that_is_nothing_known_is_refused(root, machine, monkeypatch):
    monkeypatch.setenv("NOTEBOOSH_TORCH", "gpu")
    assert "NOTEBOOSH_TORCH is `gpu`" in _refused(root)


def test_where_pytorchs_index_breaks_off_pips_sources_are_used(root, machine):
    real = machine.run

    def cut_off(steps, title, command):
        return (1, OFFLINE) if packages.CPU_INDEX in command else real(steps, title, command)

    machine.run = cut_off
    environment.ensure(root)
    assert _is_complete(root, "torch")


def test_an_unreachable_index_named_by_the_user_is_not_replaced(root, machine, monkeypatch):
    monkeypatch.setenv("NOTEBOOSH_TORCH", "https://x.example/cu130")
    machine.failing["PyTorch"] = OFFLINE
    assert "Connect to the network" in _refused(root)


def test_the_choice_is_said_and_remembered(root, machine, capsys):
    environment.ensure(root)
    note = "PyTorch 2.13.0+cpu (no CUDA): no NVIDIA driver was found"
    assert f"{note} (NOTEBOOSH_TORCH overrides" in capsys.readouterr().err
    assert environment.torch_note(root) == note


def test_a_new_wish_replaces_the_build_and_stays_without_the_variable(root, machine, monkeypatch):
    environment.ensure(root)
    machine.commands.clear()
    monkeypatch.setenv("NOTEBOOSH_TORCH", "cuda")
    assert environment.state(root) == "stale"
    environment.ensure(root)
    assert "--force-reinstall" in machine.commands[0]
    monkeypatch.delenv("NOTEBOOSH_TORCH")
    assert environment.state(root) == "ready"
    machine.commands.clear()
    (root / "constraints.txt").write_text("# changed\n")
    environment.ensure(root)
    assert "--force-reinstall" not in machine.commands[0]
    assert packages.CPU_INDEX not in machine.commands[0]


def test_an_index_that_refuses_is_given_up_after_two_tries(monkeypatch):
    monkeypatch.undo()  # the real probe
    tries = []
    real = subprocess.run
    monkeypatch.setattr(packages.time, "sleep", lambda seconds: tries.append(seconds))
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: tries.append(a) or real(*a, **k))
    assert not packages.index_answers("http://127.0.0.1:9/torch/", dict(os.environ))
    assert len([t for t in tries if isinstance(t, tuple)]) == 2


def test_an_index_that_hangs_is_given_up(monkeypatch):
    monkeypatch.undo()

    def hang(command, timeout, **rest):
        assert timeout <= 10
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(packages.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(subprocess, "run", hang)
    assert not packages.index_answers("https://x.example", {})


@pytest.mark.parametrize("code, output, found", [(0, "GPU 0: H200", True), (9, "no driver", False)])
def test_a_driver_is_believed_when_nvidia_smi_lists_a_gpu(
    tmp_path, monkeypatch, code, output, found
):
    monkeypatch.undo()
    if os.path.exists("/proc/driver/nvidia/version"):
        pytest.skip("this machine has a driver")
    _script(tmp_path / "nvidia-smi", f"#!/bin/sh\necho '{output}'\nexit {code}\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert packages.has_nvidia_driver() is found


# -- a checkout that moved ----------------------------------------------------------------------


def _script(path: Path, text: str) -> Path:
    path.unlink(missing_ok=True)  # never write through a link, to a real Python
    path.write_text(text)
    path.chmod(0o755)
    return path


HEADS = {
    "plain": "#!{}\n",
    "by pip": "#!/bin/sh\n'''exec' \"{}\" \"$0\" \"$@\"\n' '''\n",
    "by uv": "#!/bin/sh\n'''exec' '{}' \"$0\" \"$@\"\n' '''\n",
}


@pytest.fixture
def real_venv(root, machine, monkeypatch):
    """A stamped `.venv` with a real Python and no packages but fakes; commands are real again."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (root / "pyproject.toml").write_text("dependencies = []\n")
    environment.ensure(root)
    monkeypatch.undo()
    for name, head in HEADS.items():
        body = head.format(root / ".venv/bin/python") + "import sys; print(sys.prefix)\n"
        _script(root / ".venv/bin" / name.replace(" ", "-"), body)
    return root


@pytest.mark.parametrize(
    "place", ["plain", "with two blanks", "l" * 130, 'it\'s "quoted" $HOME'], ids=len
)
def test_a_moved_checkout_is_repaired_without_an_installer(real_venv, tmp_path, place, monkeypatch):
    there = tmp_path / place
    real_venv.rename(there)
    assert environment.state(there) == "moved"
    monkeypatch.setattr(packages, "Installer", None)
    environment.ensure(there)
    assert environment.state(there) == "ready"
    for name in HEADS:
        command = there / ".venv/bin" / name.replace(" ", "-")
        said = subprocess.run([command], capture_output=True, text=True)
        assert said.stdout == f"{there}/.venv\n", said.stderr
    assert (there / ".venv" / SITE / "g2c.pth").read_text() == f"{there}\n"
    old = os.fsencode(real_venv)
    for file in ("bin/activate", "pyvenv.cfg", environment.STAMP):
        assert old not in (there / ".venv" / file).read_bytes()


def test_a_move_interrupted_half_way_is_still_a_move(real_venv, tmp_path, monkeypatch):
    there = tmp_path / "there"
    real_venv.rename(there)

    def interrupt(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environment, "_start_line", interrupt)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure(there)
    assert environment.state(there) == "moved"
    environment.ensure(there)
    assert environment.state(there) == "ready"


# -- the real thing, on a tiny project ----------------------------------------------------------


def _tiny_wheel(folder: Path) -> None:
    files = {
        "tinything.py": "def main():\n    print('tiny')\n",
        "tinything-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tinything\n"
        "Version: 1.0\n",
        "tinything-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
        "tinything-1.0.dist-info/entry_points.txt": "[console_scripts]\ntiny = tinything:main\n",
    }
    record = "".join(f"{name},,\n" for name in files) + "tinything-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(folder / "tinything-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in (files | {"tinything-1.0.dist-info/RECORD": record}).items():
            wheel.writestr(name, text)


def test_a_tiny_project_is_installed_by_real_commands_and_runs_after_a_move(root, monkeypatch):
    wheels = root.parent / "wheels"
    wheels.mkdir()
    _tiny_wheel(wheels)
    (root / "pyproject.toml").write_text('dependencies = [\n    "tinything>=1",\n]\n')
    (root / "constraints.txt").write_text("tinything==1.0\nuv==0\n")
    (root / "mine.py").write_text("")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    environment.ensure(root)
    moved = root.parent / "moved here"
    root.rename(moved)
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    environment.ensure(moved)
    said = subprocess.run([moved / ".venv/bin/tiny"], capture_output=True, text=True)
    assert said.stdout == "tiny\n"
    subprocess.run([moved / ".venv/bin/python", "-I", "-c", "import mine"], check=True, cwd="/")


# -- noteboosh.sh and the way into .venv --------------------------------------------------------

MAIN = """import sys
def main(argv):
    print(sys.executable, *sys.path[:1], *argv, sep="|")
    print(any(p.endswith("/noteboosh") for p in sys.path))
    return 7
"""


@pytest.fixture
def shell(tmp_path):
    """A checkout with nothing but the way in, and a PATH with nothing but the tools it uses."""
    root, tools = tmp_path / "a b", tmp_path / "tools"
    (root / "noteboosh").mkdir(parents=True)
    tools.mkdir()
    for name in ("noteboosh.sh", "noteboosh/__main__.py"):
        shutil.copy(CHECKOUT / name, root / name)
    (root / "noteboosh/__init__.py").write_text("")
    (root / "noteboosh/cli.py").write_text(MAIN)
    for tool in ("bash", "dirname", "readlink", "uname"):
        (tools / tool).symlink_to(shutil.which(tool))
    return root


def _sh(script: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    tools = script.resolve().parents[1] / "tools"
    return subprocess.run(
        [tools / "bash", script, *arguments],
        env={"PATH": str(tools)} | environ, capture_output=True, text=True, cwd="/",
    )  # fmt: skip


def _python(path: Path, text: str = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n') -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return _script(path, text)


SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"
OLD = '#!/bin/sh\n[ "$1" = -V ] && echo Python 3.8.18 && exit 0\nexit 1\n'


def test_arguments_and_exit_code_pass_through(shell):
    _python(shell.parent / "tools/python3")
    said = _sh(shell / "noteboosh.sh", "09b", "a  b", "")
    assert said.stdout.splitlines()[0] == f"{sys.executable}|{shell}|09b|a  b|"
    assert said.returncode == 7


def test_the_engines_folder_is_not_on_the_path(shell):
    _python(shell.parent / "tools/python3")
    assert _sh(shell / "noteboosh.sh").stdout.splitlines()[1] == "False"
    as_module = [sys.executable, "-m", "noteboosh"]
    said = subprocess.run(as_module, cwd=shell, capture_output=True, text=True)
    assert said.stdout.splitlines()[1] == "False"
    assert said.returncode == 7


def test_it_works_through_a_symbolic_link(shell):
    _python(shell.parent / "tools/python3")
    (shell / "one").symlink_to("noteboosh.sh")
    (shell.parent / "two").symlink_to(shell / "one")
    said = subprocess.run(
        [shell.parent / "tools/bash", "../two"], cwd=shell, capture_output=True, text=True,
        env={"PATH": str(shell.parent / "tools"), "CDPATH": "/:/usr"},
    )  # fmt: skip
    assert said.stdout.startswith(f"{sys.executable}|{shell}")


def test_shims_and_old_pythons_are_passed_over(shell):
    tools = shell.parent / "tools"
    _python(tools / "python3", SHIM)
    _python(tools / "python3.13", OLD)
    _python(tools / "python3.11")
    assert _sh(shell / "noteboosh.sh").returncode == 7


def test_a_python_behind_a_shim_is_found(shell):
    _python(shell.parent / "tools/python3", SHIM)
    _python(shell.parent / "more tools/python3")
    path = f"{shell.parent / 'tools'}:{shell.parent / 'more tools'}"
    assert _sh(shell / "noteboosh.sh", PATH=path).returncode == 7


def test_the_environments_own_python_is_preferred_if_it_runs(shell):
    tools = shell.parent / "tools"
    _python(tools / "python3", f'#!/bin/sh\nOTHER=1 exec "{sys.executable}" "$@"\n')
    (shell / "noteboosh/cli.py").write_text("import os\nmain = lambda _: 'OTHER' in os.environ")
    _python(shell / ".venv/bin/python")
    assert _sh(shell / "noteboosh.sh").returncode == 0
    _python(shell / ".venv/bin/python", SHIM)
    assert _sh(shell / "noteboosh.sh").returncode == 1
    (shell / ".venv/bin/python").unlink()
    (shell / ".venv/bin/python").symlink_to("/nowhere/python")
    assert _sh(shell / "noteboosh.sh").returncode == 1


def test_a_variable_names_the_python(shell):
    mine = _python(shell.parent / "my python/python")
    assert _sh(shell / "noteboosh.sh", NOTEBOOSH_PYTHON=str(mine)).returncode == 7


@pytest.mark.parametrize("named", ["", "/nowhere/python"])
def test_without_a_python_one_message_says_how_to_get_one(shell, named):
    _python(shell.parent / "tools/python3", OLD)
    _python(shell.parent / "tools/python3.12", SHIM)
    said = _sh(shell / "noteboosh.sh", "09b", NOTEBOOSH_PYTHON=named)
    assert (said.returncode, said.stdout) == (3, "")
    what = f"`{named}`" if named else "python3` is Python 3.8.18"
    assert what in said.stderr and "3.10 to 3.13" in said.stderr
    assert "then run the same command again" in said.stderr
    assert "NOTEBOOSH_PYTHON=/path/to/python" in said.stderr
    assert "pyenv: command not found" not in said.stderr


def test_in_another_python_the_command_goes_on_in_the_environments(root, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "execv", lambda *call: calls.append(call))
    environment.reexec(root, ["09b", "--no-launch"])
    python = f"{root}/.venv/bin/python"
    main = f"{root}/noteboosh/__main__.py"
    assert calls == [(python, [python, main, "09b", "--no-launch"])]
    monkeypatch.setattr(sys, "prefix", str(root / ".venv"))
    environment.reexec(root, ["09b"])
    assert len(calls) == 1


# -- doctor -------------------------------------------------------------------------------------


def _findings(root: Path, capsys) -> tuple[int, dict[str, dict]]:
    capsys.readouterr()
    code = doctor.doctor(root, as_json=True)
    return code, {f["what"]: f for f in json.loads(capsys.readouterr().out)}


def test_doctor_needs_no_environment_and_finds_none_missing(root, capsys):
    _, found = _findings(root, capsys)
    assert {"Python", "git", ".venv", "disk", "port", "course"} == set(found)
    assert found[".venv"]["state"] == "ok"
    assert not (root / ".venv").exists()


@pytest.mark.parametrize("harm", ["stale", "unfinished", "foreign", "moved"])
def test_doctor_names_the_state_of_the_environment_and_a_cure(root, machine, capsys, harm):
    if harm == "foreign":
        (root / ".venv").write_text("mine")
    else:
        environment.ensure(root)
    if harm == "stale":
        (root / "constraints.txt").write_text("# changed\n")
    if harm == "unfinished":
        _record_lost(root / ".venv")
    if harm == "moved":
        root = root.rename(root.parent / "there")
    code, found = _findings(root, capsys)
    assert code == 3
    assert (found[".venv"]["state"], found[".venv"]["said"]) == ("problem", harm)
    assert found[".venv"]["cure"]


def test_doctor_says_when_the_packages_do_not_work(root, machine, capsys):
    environment.ensure(root)
    _python(root / ".venv/bin/python", "#!/bin/sh\necho 'ImportError: no torch' >&2\nexit 1\n")
    assert doctor.doctor(root) == 3
    said = capsys.readouterr().out
    assert re.search(r"^problem +packages +.*ImportError: no torch\n +`rm -rf .venv`", said, re.M)


@pytest.mark.parametrize("driver", [False, True])
def test_doctor_tells_the_build_and_an_unused_gpu(root, machine, capsys, monkeypatch, driver):
    environment.ensure(root)
    answer = '["2.13.0+cpu", "cpu", "4.6.6"]'
    _python(root / ".venv/bin/python", f"#!/bin/sh\necho '{answer}'\n")
    monkeypatch.setattr(packages, "has_nvidia_driver", lambda: driver)
    _, found = _findings(root, capsys)
    assert "2.13.0+cpu on cpu" in found["PyTorch"]["said"]
    assert "no NVIDIA driver was found" in found["PyTorch"]["said"]
    assert ("NOTEBOOSH_TORCH=cuda" in found["PyTorch"]["cure"]) is driver
    assert found["JupyterLab"]["said"] == "4.6.6"


def test_doctor_finds_a_broken_fence_and_its_line(tmp_path, capsys):
    tiny.make(tmp_path)
    file = tmp_path / "g2c/powers/powers.py"
    _, found = _findings(tmp_path, capsys)
    assert found["course"] == {"state": "ok", "what": "course", "cure": ""} | {
        "said": "3 modules, all fences whole"
    }
    file.write_text(file.read_text().replace("end of your code", "the end"))
    code, found = _findings(tmp_path, capsys)
    assert code == 3
    assert re.search(r"`g2c/powers/powers.py`, line \d+", found["course"]["said"])
