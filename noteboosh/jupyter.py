"""JupyterLab for one checkout: start it, find it again, end it, show it in a browser.

What runs is the same for everybody: no Jupyter configuration of the user or of the machine is
read (a port, a password, a certificate or a contents manager in one would break the launch). The
one thing honoured is how the user has set up the lab itself, such as a dark theme.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import platform
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import final
from urllib.parse import quote

from noteboosh.errors import EnvironmentProblem

HOST = "127.0.0.1"
PORTS = range(8888, 8988)
READY_SECONDS = 60.0  # 2 s when warm; a cold disk compiles two thousand files first
STOP_SECONDS = 10.0  # 0.4 s as a rule; 3 s with a kernel that ignores signals

# Defaults of the lab, below the user's own settings.
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 30},  # 120 loses more typing
}
# Authors have jupytext installed; their notebooks are to open exactly as a student's do.
PAGE_CONFIG = {"disabledExtensions": ["jupyterlab-jupytext"]}

# What the lab calls the tabs of somebody who has opened it at `/lab`.
WORKSPACE = "default-37a8.jupyterlab-workspace"

# Where Jupyter may write; every other JUPYTER variable changes what runs, or whose kernel it is.
KEPT_VARIABLES = {
    "JUPYTER_ALLOW_INSECURE_WRITES",
    "JUPYTER_DATA_DIR",
    "JUPYTER_PLATFORM_DIRS",
    "JUPYTER_RUNTIME_DIR",
}
# Other packages than the project's, and plots that a kernel would not show.
DROPPED_VARIABLES = {"MPLBACKEND", "PYTHONHOME", "PYTHONPATH"}


@final
@dataclass
class Server:
    """A JupyterLab of this checkout; `process` is None if an earlier command started it.

    As a context manager it is stopped on the way out. Inside, a closed terminal (SIGHUP) and
    `kill` (SIGTERM) raise KeyboardInterrupt, as Ctrl-C does.
    """

    root: Path
    state: Path
    token: str
    port: int = 0
    pid: int = 0
    started: float = 0.0  # seconds since the epoch
    notebook: Path | str = ""  # what the bare address shows
    process: subprocess.Popen[bytes] | None = None

    def url(self, notebook: Path | str) -> str:
        """The address that opens `notebook` (absolute or relative to the root), with the token."""
        page = _page(self.root, notebook)
        return f"http://{HOST}:{self.port}{page}?token={self.token}"

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Return once the server answers; where another program took the port, try the next.

        Raises: EnvironmentProblem with the end of the log if it dies or takes too long.
        """
        deadline = time.monotonic() + timeout
        while not _answers(self, timeout=1.0):
            if not _alive(self) and _was_taken(self):
                _start(self, _free_port(above=self.port))
            elif not _alive(self):
                self.stop()
                raise _failure(self, "ended before it answered")
            elif time.monotonic() > deadline:
                self.stop()
                raise _failure(self, f"did not answer within {timeout:.0f} seconds")
            time.sleep(0.05)

    def wait(self) -> None:
        """Block until Ctrl-C, or `File > Shut Down` in the lab; leaves no process and no record.

        Raises: EnvironmentProblem with the end of the log if the server died by itself.
        """
        try:
            while _alive(self):
                time.sleep(0.2)
        except KeyboardInterrupt:
            return self.stop()
        self.stop()
        if self.process is not None and self.process.returncode:
            raise _failure(self, "ended by itself")

    def stop(self) -> None:
        """End the server and its kernels: asked first, killed if that takes too long.

        A second Ctrl-C kills at once. Kernels of a killed server notice and end within 2 s.
        """
        for request in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(KeyboardInterrupt, ProcessLookupError):
                _end(self, request)
        recorded = _recorded(self.state)
        if recorded is not None and recorded.pid == self.pid:
            _state_file(self.state).unlink(missing_ok=True)

    def __enter__(self) -> Server:
        for name in (signal.SIGHUP, signal.SIGTERM):
            if signal.getsignal(name) != signal.SIG_IGN:  # nohup means it
                signal.signal(name, signal.default_int_handler)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(root: Path, notebook: Path | str, state: Path, beside: str = "") -> Server:
    """Start JupyterLab for `root`, at `notebook`, and return at once: see `Server.wait_ready`.

    `beside` is an HTML file that the very first start opens to the right of the notebook.
    `state` is a folder of the engine's own: `jupyter.json` there is for this user's eyes only.
    Raises: EnvironmentProblem if no port is free.
    """
    (state / "lab").mkdir(parents=True, exist_ok=True)
    for name, content in (("overrides", OVERRIDES), ("page_config", PAGE_CONFIG)):
        (state / "lab" / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    if beside:
        _arrange(state / "lab" / "workspaces", _relative(root, notebook), beside)
    server = Server(root, state, token=secrets.token_hex(24), notebook=notebook)
    _start(server, _free_port())
    return server


def _arrange(folder: Path, notebook: str, beside: str) -> None:
    """The tabs of the first start: two files side by side. Later ones are the user's own."""
    tabs = {f"notebook:{notebook}": "Notebook", f"htmlviewer:{beside}": "HTML Viewer"}
    areas = [{"type": "tab-area", "currentIndex": 0, "widgets": [tab]} for tab in tabs]
    split = {"type": "split-area", "orientation": "horizontal", "sizes": [0.66, 0.34]}
    layout = {
        "main": {"dock": {**split, "children": areas}, "current": f"notebook:{notebook}"},
        "left": {"collapsed": True, "widgets": []},  # or there is no room for two
        "right": {"collapsed": True, "widgets": []},
    }
    data: dict[str, object] = {"layout-restorer:data": layout}
    for tab, factory in tabs.items():
        data[tab] = {"data": {"path": tab.partition(":")[2], "factory": factory}}
    content = json.dumps({"data": data, "metadata": {"id": "default"}})
    with contextlib.suppress(OSError):  # the notebook opens without it
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / WORKSPACE, "x", encoding="utf-8") as file:
            file.write(content)


def running(root: Path, state: Path) -> Server | None:
    """The server that an earlier command started for `root`, if it still answers; else None.

    One that is just starting is waited for. A record of a server that is gone is removed.
    """
    server = _recorded(state)
    if server is not None and server.root == root:
        while _alive(server):
            if _answers(server):
                return server
            if time.time() - server.started > READY_SECONDS:
                break
            time.sleep(0.05)
    _state_file(state).unlink(missing_ok=True)
    return None


def open_browser(url: str) -> None:
    """Show `url` where there is a browser to show it in; never waits, never complains."""
    chosen, wsl = os.environ.get("BROWSER"), "microsoft" in platform.release().lower()
    if wsl and not chosen:  # the browser is on the Windows side
        # Not `explorer.exe`: it cuts an address at the `=` of the token.
        candidates = [["wslview", url], ["rundll32.exe", "url.dll,FileProtocolHandler", url]]
    elif chosen or sys.platform == "darwin" or _has_display():
        # In a process of its own, since a text browser would take over this terminal.
        candidates = [[sys.executable, "-I", "-m", "webbrowser", url]]
    else:
        candidates = []
    nowhere = subprocess.DEVNULL
    for candidate in candidates:
        with contextlib.suppress(OSError):
            process = subprocess.Popen(
                candidate, start_new_session=True, stdin=nowhere, stdout=nowhere, stderr=nowhere
            )
            threading.Thread(target=process.wait, daemon=True).start()  # or it stays a zombie
            return


def _has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _start(server: Server, port: int) -> None:
    """Start the process at `port` and record it."""
    server.port, server.started = port, time.time()
    with open(_log_file(server.state), "wb", opener=_private) as log:
        server.process = subprocess.Popen(
            _command(server),
            cwd=server.root,
            env=_environment(server.token),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is the launcher's: Jupyter would ask a question
        )
    server.pid = server.process.pid
    _record(server)


def _alive(server: Server) -> bool:
    """Whether the process exists and is ours."""
    if server.process is not None:
        return server.process.poll() is None
    try:
        os.kill(server.pid, 0)
    except OSError:
        return False
    return True


def _answers(server: Server, timeout: float = 5.0) -> bool:
    """Whether a Jupyter server at the port accepts the token. No proxy is asked."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=timeout)
    try:
        permit = {"Authorization": f"token {server.token}"}
        connection.request("GET", "/api/status", headers=permit)
        reply = connection.getresponse()
        return reply.status == 200 and "kernels" in json.loads(reply.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _end(server: Server, request: signal.Signals) -> None:
    """Send `request` to the process group, and wait for its leader to go."""
    deadline = time.monotonic() + STOP_SECONDS
    if _alive(server):
        os.killpg(server.pid, request)
    while _alive(server) and time.monotonic() < deadline:
        time.sleep(0.02)


def _failure(server: Server, what: str) -> EnvironmentProblem:
    log = _log_file(server.state)
    tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
    return EnvironmentProblem(
        f"JupyterLab {what}. The end of `{log}`:\n\n{tail}\n\n"
        "Run `./noteboosh.sh doctor`: it checks the environment and says what to do."
    )


def _command(server: Server) -> list[str]:
    """JupyterLab's command line. With `-I` a `random.py` in the checkout shadows no module."""
    lab = server.state / "lab"
    command = [sys.executable, "-I", "-m", "jupyterlab", "--no-browser"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    return command + [
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={server.port}",
        "--ServerApp.port_retries=0",  # the port we recorded, or none
        f"--ServerApp.root_dir={server.root}",
        # Without configuration files extensions are named here; jupytext's, which replaces the
        # contents manager, is not.
        "--ServerApp.jpserver_extensions=jupyter_lsp=True",
        "--ServerApp.jpserver_extensions=jupyter_server_terminals=True",
        f"--LabApp.default_url={_page(server.root, server.notebook)}",
        f"--LabApp.app_settings_dir={lab}",
        f"--LabApp.workspaces_dir={lab / 'workspaces'}",  # not the tabs of the user's other labs
        f"--LabApp.labextensions_path={Path(sys.prefix, 'share', 'jupyter', 'labextensions')}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--KernelSpecManager.allowed_kernelspecs=python3",
        "--KernelManager.transport_encryption=auto",
    ]


def _environment(token: str) -> dict[str, str]:
    """The server's environment, and so that of its kernels and terminals."""
    own = os.environ
    kept = {
        name: value
        for name, value in own.items()
        if name in KEPT_VARIABLES
        or not name.startswith("JUPYTER")
        and name not in DROPPED_VARIABLES
    }
    config = Path(own.get("JUPYTER_CONFIG_DIR") or "~/.jupyter").expanduser()
    lab_settings = own.get("JUPYTERLAB_SETTINGS_DIR") or str(config / "lab" / "user-settings")
    return {
        **kept,
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",  # a kernel called python3 in the home folder comes second
        "JUPYTER_TOKEN": token,  # not on the command line, which every user of the machine sees
        "JUPYTERLAB_SETTINGS_DIR": lab_settings,
        # `!pytest` in a cell and in the lab's terminal is the project's.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", os.defpath)]),
    }


def _page(root: Path, notebook: Path | str) -> str:
    return "/lab/tree/" + quote(_relative(root, notebook))


def _relative(root: Path, notebook: Path | str) -> str:
    return Path(os.path.relpath(os.path.join(root, notebook), root)).as_posix()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Jupyter does: connections that are just closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _was_taken(server: Server) -> bool:
    """Whether the server died because another program was quicker, which may be gone by now."""
    log = _log_file(server.state).read_text("utf-8", "replace")
    return f"port {server.port} is" in log or not _is_free(server.port)


def _free_port(above: int = 0) -> int:
    for port in PORTS:
        if port > above and _is_free(port):
            return port
    raise EnvironmentProblem(
        f"No port from {PORTS[0]} to {PORTS[-1]} is free on this machine. "
        "End the servers that you no longer need (`jupyter server list` names yours)."
    )


def _state_file(state: Path) -> Path:
    return state / "jupyter.json"


def _log_file(state: Path) -> Path:
    return state / "jupyter.log"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _record(server: Server) -> None:
    """Write what another command needs to find this server: whole or not at all."""
    content = {name: getattr(server, name) for name in ("pid", "port", "token", "started")}
    draft = server.state / "jupyter.json.new"
    with open(draft, "w", encoding="utf-8", opener=_private) as file:
        json.dump({**content, "root": str(server.root)}, file)
    draft.replace(_state_file(server.state))


def _recorded(state: Path) -> Server | None:
    """The server on record, alive or not; None for no record or one that makes no sense."""
    try:
        content = json.loads(_state_file(state).read_text(encoding="utf-8"))
        server = Server(
            Path(content["root"]),
            state,
            str(content["token"]),
            port=int(content["port"]),
            pid=int(content["pid"]),
            started=float(content["started"]),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return server if server.pid > 1 else None  # signalling 0, -1 or 1 would hit everything
