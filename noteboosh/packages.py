"""What goes into `.venv`, where it comes from, who fetches it (uv, else pip), and why that failed.

Standard library only: the Python that makes the first `.venv` has nothing else.
"""

from __future__ import annotations

import ast
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from noteboosh.errors import EnvironmentProblem

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
AGAIN = "then run the same command again: it goes on where it stopped."
# The first match names the cause; pip's remarks on the network stand in the log of other failures
# too, so that one comes late.
CAUSES = [
    ("disk", r"No space left on device|Disk quota exceeded|os error (28|122)\b|Errno (28|122)\b"),
    ("venv", r"ensurepip is not available|No module named '?(ensurepip|venv|pip)\b"),
    ("permission", r"Permission denied|not permitted|Read-only file system|os error (13|30)\b"),
    ("network", r"Failed to establish|name resolution|NameResolutionError|dns error|timed out"
                r"|error sending request|ProxyError|Connection (refused|reset|broken)"
                r"|Network is unreachable|CERTIFICATE_VERIFY_FAILED|No route to host"),
    ("build", r"No matching distribution found for (?P<what>[^\s(]+)"),
]  # fmt: skip


class InstallProblem(EnvironmentProblem):
    """A step of the set-up failed; `cause` is a name in CAUSES, or "other"."""

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


def explain(output: str, log: Path, cause: str | None = None) -> InstallProblem:
    """The one message for a failed step, read off its output (or of the `cause` given)."""
    matches = ((name, re.search(pattern, output)) for name, pattern in CAUSES)
    named, match = next((m for m in matches if m[1]), ("other", None))
    there = log.parent if log.parent.exists() else log.parents[1]
    free = shutil.disk_usage(there).free / 1e9
    cause = cause or ("disk" if free < 0.02 else named)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    machine = f"{platform.system()} {platform.machine()} with Python {version}"
    what = match["what"] if match and cause == "build" else ""
    tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-5:])
    text = {
        "disk": f"The disk is full ({free:.1f} GB are free where `.venv` is): set-up needs about "
        f"1.5 GB there (several with CUDA), and room in `{tempfile.gettempdir()}` and `~/.cache`. "
        f"Make room, {AGAIN}",
        "venv": f"This Python (`{sys.executable}`) cannot make environments: its `venv` or "
        f"`ensurepip` is missing. On Debian and Ubuntu: `sudo apt-get install python{version}-venv`"
        f"; elsewhere name a complete one in NOTEBOOSH_PYTHON; {AGAIN}",
        "permission": f"Set-up may not write everywhere it has to (`{log.parent}`, "
        f"`{tempfile.gettempdir()}`, `~/.cache`). Make these yours (`sudo chown -R $USER FOLDER`), "
        f"{AGAIN}",
        "network": "The packages could not be fetched: their index does not answer. Connect to "
        "the network (a proxy goes into HTTPS_PROXY, a certificate of your own into PIP_CERT), "
        f"{AGAIN}",
        "build": f"There is no build of `{what}` for {machine}. "
        "Name another Python, 3.10 to 3.13 and 64-bit, in NOTEBOOSH_PYTHON, or an index that has "
        f"one in pip's configuration, {AGAIN}",
        "other": "Set-up failed; its log ends with\n"
        f"{tail}\nMend that, {AGAIN} If it stays, remove the environment first: "
        f"`rm -rf '{log.parent}'`.",
    }[cause]
    return InstallProblem(cause, f"{text}\nThe log is `{log}`." if log.exists() else text)


def requirements(root: Path, extra: str | None) -> list[str]:
    """The requirements in `pyproject.toml`: the learner's, and with `extra` that list too."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    found: list[str] = []
    for name in ["dependencies", *([extra] if extra else [])]:
        # Python 3.10 reads no TOML, but a TOML list of strings is a Python literal.
        match = re.search(rf"^{name} = (\[\]|\[.*?^\])", text, re.M | re.S)
        if not match:
            raise EnvironmentProblem(f"`pyproject.toml` has no list `{name}`: restore that file.")
        found += ast.literal_eval(match[1])
    return found


# -- running a step -----------------------------------------------------------------------------


@dataclass
class Steps:
    """Runs the commands of one set-up: output to `log`, one line of progress each on stderr.

    `hold` is the lock's file descriptor: a child that outlives a killed parent keeps the lock.
    """

    log: Path
    hold: tuple[int, ...] = ()
    environ: dict[str, str] = field(default_factory=lambda: clean_environ(os.environ))

    def run(self, title: str, command: list[str]) -> tuple[int, str]:
        """Run `command`; (its exit code, its output)."""
        with open(self.log, "ab") as log:
            log.write(f"\n== {title}\n".encode())
            log.flush()
            begin = log.tell()
            try:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    env=self.environ, pass_fds=self.hold,
                )  # fmt: skip
            except OSError as error:
                return 126, str(error)
            try:
                _watch(title, process)
            finally:  # Ctrl-C, most often: leave no installer at work behind
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        return process.returncode, self.log.read_bytes()[begin:].decode("utf-8", "replace")


def _watch(title: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for `process`; seconds count up on a terminal, elsewhere a line says begin and end."""
    start, live = time.monotonic(), sys.stderr.isatty()
    if not live:
        print(f"  {title} ...", file=sys.stderr, flush=True)
    while process.poll() is None:
        if live:
            print(f"\r  {title} ... {time.monotonic() - start:.0f} s", end="", file=sys.stderr)
            sys.stderr.flush()
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    word = "done" if process.returncode == 0 else "did not work"
    lead = "\r" if live else ""
    print(f"{lead}  {title}: {word}, {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)


def clean_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what would make pip or uv install elsewhere than into `.venv`, or find
    packages there that are not in it."""
    astray = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT"}
    return {k: v for k, v in environ.items() if k not in astray} | {"PIP_USER": "0"}


# -- uv, else pip -------------------------------------------------------------------------------


class Installer:
    """Installs into the `.venv` of `python`, pinned by `constraints`: by uv (three times as fast)
    or, where uv is not to be had or fails, by pip."""

    def __init__(self, python: Path, constraints: Path, steps: Steps) -> None:
        self.python, self.steps = python, steps
        self.pins = ["-c", str(constraints)]
        self.pip = [str(python), "-m", "pip", "install", "--retries", "2"]
        self.config = pip_config(python, steps.environ)
        self.steps.environ |= _network_environ(self.config)
        self.uv = python.with_name("uv")
        # Its record comes after it: a command without one is half of a command.
        self.has_uv = any(python.parents[1].glob("lib/*/site-packages/uv-*.dist-info"))
        if not self.has_uv:
            command = [*self.pip, *self.pins, "uv"]
            self.has_uv = steps.run("uv, which installs the rest", command)[0] == 0

    def install(self, title: str, arguments: list[str], source: tuple[str, ...] = ()) -> None:
        """Install `arguments` from `source` (options of pip; empty: pip's configured sources)."""
        problem = None
        for note, tool in self._tools(source):
            code, output = self.steps.run(title + note, [*tool, *self.pins, *source, *arguments])
            if code == 0:
                return
            problem = explain(output, self.steps.log)
            if problem.cause == "disk":
                break
        assert problem is not None
        raise problem

    def _tools(self, source: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        if not self.has_uv:
            return [("", self.pip)]
        uv = [str(self.uv), "pip", "install", "--python", str(self.python), "--compile-bytecode"]
        if not source:
            uv += uv_sources(self.config)
        offline = (" (offline, from uv's cache)", [*uv, "--offline"])
        return [("", uv), offline, (" (by pip)", self.pip)]


def pip_config(python: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """pip's settings by name, from its files and variables, the stronger over the weaker."""
    answer = subprocess.run(
        [str(python), "-m", "pip", "config", "list"],
        env=dict(environ), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    settings: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for name, value in re.findall(rf"^{section}\.([\w-]+)=('.*'|\".*\")$", answer.stdout, re.M):
            settings[name] = ast.literal_eval(value)
    return settings


def uv_sources(config: Mapping[str, str]) -> list[str]:
    """uv reads none of pip's configuration: where packages come from, as its options."""
    options = []
    for name, option in {
        "index-url": "--index-url",
        "extra-index-url": "--extra-index-url",
        "find-links": "--find-links",
        "trusted-host": "--allow-insecure-host",
    }.items():
        options += [part for value in config.get(name, "").split() for part in (option, value)]
    if config.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        options.append("--no-index")
    return [*options, "--index-strategy", "unsafe-best-match"]  # as pip: the best of all indexes


def _network_environ(config: Mapping[str, str]) -> dict[str, str]:
    """pip's certificate and proxy, as uv and the probe of an index understand them."""
    names = {"cert": ["SSL_CERT_FILE"], "proxy": ["HTTPS_PROXY", "HTTP_PROXY"]}
    return {variable: config[name] for name in names if name in config for variable in names[name]}


# -- PyTorch ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TorchChoice:
    """Where PyTorch comes from (options of pip; empty: pip's configured sources), and why."""

    source: tuple[str, ...]
    why: str


def choose_torch(
    wish: str, system: str, has_driver: Callable[[], bool], answers: Callable[[str], bool]
) -> TorchChoice:
    """`wish` is NOTEBOOSH_TORCH ("", "cpu", "cuda", an index URL, or a folder that is an index or
    holds wheels), `system` as `platform.system()` says. Raises EnvironmentProblem for a wish that
    is none of these."""
    if wish not in ("", "cpu", "cuda"):
        return TorchChoice(_named_source(wish), f"NOTEBOOSH_TORCH is `{wish}`")
    if wish == "cuda" or system != "Linux":  # elsewhere there is one build
        return TorchChoice((), f"NOTEBOOSH_TORCH is `{wish}`" if wish else f"as for all {system}")
    if not wish and has_driver():
        return TorchChoice((), "an NVIDIA driver was found")
    why = "NOTEBOOSH_TORCH is `cpu`" if wish else "no NVIDIA driver was found"
    if answers(f"{CPU_INDEX}/torch/"):
        return TorchChoice(("--index-url", CPU_INDEX), why)
    return TorchChoice((), f"{why}; PyTorch's own index does not answer, so from pip's sources")


def _named_source(wish: str) -> tuple[str, ...]:
    if re.match(r"[a-z+]+://", wish):
        return ("--index-url", wish)
    folder = Path(wish).expanduser().resolve()
    if not folder.is_dir():
        raise EnvironmentProblem(
            f"NOTEBOOSH_TORCH is `{wish}`, which is neither `cpu` nor `cuda`, nor an index's URL, "
            "nor a folder: set it to one of these, or unset it."
        )
    if any(folder.glob("*.whl")):
        return ("--no-index", "--find-links", str(folder))
    return ("--index-url", folder.as_uri())


def has_nvidia_driver() -> bool:
    """Whether PyTorch could use an NVIDIA GPU here."""
    if Path("/proc/driver/nvidia/version").exists():
        return True
    try:
        answer = subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and b"GPU" in answer.stdout


def index_answers(url: str, environ: Mapping[str, str], python: str = sys.executable) -> bool:
    """Whether `url` can be opened: two tries of at most 6 s each (a hanging name server counts)."""
    probe = "import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=5).close()"
    for pause in (1, 0):
        try:
            command = [python, "-I", "-c", probe, url]
            if not subprocess.run(
                command, env=dict(environ), capture_output=True, timeout=6
            ).returncode:
                return True
        except subprocess.TimeoutExpired:
            pass
        time.sleep(pause)
    return False


def install_torch(installer: Installer, requirement: str, choice: TorchChoice, anew: bool) -> None:
    """PyTorch before all else, alone: what it needs is then taken from the usual sources. `anew`
    replaces the build that is there."""
    arguments = ["--no-deps", *["--force-reinstall"] * anew, requirement]
    try:
        installer.install("PyTorch", arguments, choice.source)
    except InstallProblem as problem:
        if choice.source != ("--index-url", CPU_INDEX) or problem.cause not in ("network", "build"):
            raise
        installer.install("PyTorch from pip's sources", arguments)


def torch_build(site_packages: Path) -> str:
    """The installed build in words, such as "PyTorch 2.13.0+cpu (no CUDA)"; "" without one."""
    try:
        text = (site_packages / "torch/version.py").read_text(encoding="utf-8")
    except OSError:
        return ""
    version = re.search(r"^__version__ = '([^']+)'", text, re.M)
    cuda = re.search(r"^cuda[^=]*= '([^']+)'", text, re.M)
    return f"PyTorch {version[1] if version else '?'} ({f'CUDA {cuda[1]}' if cuda else 'no CUDA'})"
