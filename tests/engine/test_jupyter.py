"""The server: real JupyterLabs, started in a home folder that does its best to mislead them."""

import contextlib
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from jupyter_client import BlockingKernelClient

from noteboosh import jupyter
from noteboosh.errors import EnvironmentProblem

REPOSITORY = Path(jupyter.__file__).parents[1]
NOTEBOOK = "notebooks/ein Übungsheft.ipynb"
EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
HOSTILE_KERNEL = {"argv": ["false", "{connection_file}"], "display_name": "not the project's"}
HOSTILE_MODULE = "raise SystemExit('imported a file that is none of the server\\'s business')\n"
HOSTILE_CONFIG = "raise SystemExit('read the configuration of the user')\n"
# What a student's terminal sees, without the browser and the table of tests.
LAUNCHER = """
import sys
from pathlib import Path
from noteboosh import jupyter
folder, notebook = Path(sys.argv[1]), sys.argv[2]
jupyter.PORTS = range(int(sys.argv[3]), 9999)
with jupyter.serve(folder / "root", notebook, folder / "state") as server:
    server.wait_ready()
    print("ready", flush=True)
    server.wait()
print("ended", flush=True)
"""


def write(path: Path, content: str | dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")


def make_root(folder: Path) -> Path:
    write(folder / NOTEBOOK, EMPTY)
    write(folder / "text.py", "# %%\nx = 1\n")
    write(folder / "random.py", HOSTILE_MODULE)
    return folder


def hostile_home(folder: Path) -> dict[str, str]:
    """A home folder with a kernel, a configuration and a dark theme; variables to go with it."""
    home, elsewhere = folder / "home", folder / "elsewhere"
    for data in (home / ".local/share/jupyter", home / "Library/Jupyter", elsewhere):
        write(data / "kernels/python3/kernel.json", HOSTILE_KERNEL)
    for name in ("jupyter_config", "jupyter_server_config", "jupyter_lab_config"):
        write(home / f".jupyter/{name}.py", HOSTILE_CONFIG)
    themes = ".jupyter/lab/user-settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    write(home / themes, {"theme": "JupyterLab Dark"})
    for module in ("jupyterlab", "ipykernel_launcher"):
        write(elsewhere / f"{module}.py", HOSTILE_MODULE)
    return {
        "HOME": str(home),
        "JUPYTER_PATH": str(elsewhere),
        "JUPYTER_PORT": "1",
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_TOKEN": "known-to-everybody",
        "JUPYTER_GATEWAY_URL": "http://127.0.0.1:1",
        "MPLBACKEND": "agg",
        "PYTHONPATH": str(elsewhere),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("a user's folder")


@pytest.fixture(scope="module")
def quicker():
    """Another program, at the port that seemed free a moment ago."""
    with socket.socket() as program:
        program.bind(("127.0.0.1", 0))
        yield program.getsockname()[1]


@pytest.fixture(scope="module")
def lab(folder, quicker):
    """One server for the tests that only look at it."""
    root = make_root(folder / "root")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in hostile_home(folder).items():
            patch.setenv(name, value)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR"):
            patch.delenv(name, raising=False)
        free, first = jupyter._free_port, iter([quicker])
        patch.setattr(jupyter, "_free_port", lambda **_: next(first, None) or free())
        server = jupyter.serve(root, NOTEBOOK, folder / "state")
        server.wait_ready()
    yield server
    server.stop()


def ask(server, path, body=None, token=None):
    """The reply of the server's API; HTTPError where it refuses. Proxies are not asked."""
    permit = {"Authorization": f"token {server.token if token is None else token}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", data, permit)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as reply:
        return json.loads(reply.read())


def get(server, path):
    """What a browser that follows no redirection gets: the new location and the page."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", f"{path}?token={server.token}")
        reply = connection.getresponse()
        return reply.getheader("Location"), reply.read().decode()


def start_kernel(server):
    kernel = {"name": "python3"}
    body = {"path": NOTEBOOK, "name": "any", "type": "notebook", "kernel": kernel}
    return ask(server, "/api/sessions", body)["kernel"]["id"]


def exists(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def test_it_answers_only_who_has_the_token(lab):
    assert ask(lab, "/api/contents")["type"] == "directory"
    for token in ("", "known-to-everybody"):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(lab, "/api/contents", token=token)


def test_the_token_is_in_a_file_for_the_user_alone_and_not_on_the_command_line(lab):
    file = lab.state / "jupyter.json"
    record = json.loads(file.read_text())
    assert set(record) == {"pid", "port", "token", "root", "started"}
    assert record["token"] == lab.token
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert lab.token not in " ".join(lab.process.args)
    assert lab.token not in (lab.state / "jupyter.log").read_text()


def reachable(address, port):
    with socket.socket() as client:
        client.settimeout(2)
        return client.connect_ex((address, port)) == 0


def own_addresses():
    """Addresses of this machine other than 127.0.0.1 at which a wildcard server is reached."""
    candidates = {"127.0.0.2"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; chooses the outward address
            candidates.add(probe.getsockname()[0])
        except OSError:
            pass
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        return [a for a in candidates if reachable(a, everywhere.getsockname()[1])]


def test_it_listens_on_loopback_only(lab):
    addresses = own_addresses()
    assert addresses, "this machine has no second address to try"
    assert reachable("127.0.0.1", lab.port)
    assert not any(reachable(address, lab.port) for address in addresses)


def test_where_another_program_was_quicker_the_next_port_is_taken(lab, quicker):
    assert lab.port != quicker
    assert json.loads((lab.state / "jupyter.json").read_text())["port"] == lab.port


def test_a_second_launch_finds_the_running_server(lab):
    found = jupyter.running(lab.root, lab.state)
    assert found.url(NOTEBOOK) == lab.url(NOTEBOOK)
    assert found.pid == lab.pid


def test_the_address_opens_a_notebook_with_spaces_and_umlauts_in_its_name(lab):
    page = "/lab/tree/notebooks/ein%20%C3%9Cbungsheft.ipynb"
    assert lab.url(NOTEBOOK) == f"http://127.0.0.1:{lab.port}{page}?token={lab.token}"
    assert lab.url(lab.root / NOTEBOOK) == lab.url(NOTEBOOK)
    assert ask(lab, f"/api/contents/{quote(NOTEBOOK)}")["type"] == "notebook"
    assert get(lab, "/")[0].startswith(page)


def test_the_kernel_is_the_project_s_python_whatever_the_home_folder_offers(lab, folder):
    assert list(ask(lab, "/api/kernelspecs")["kernelspecs"]) == ["python3"]
    connection = folder / "runtime" / f"kernel-{start_kernel(lab)}.json"
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=20)
    printed = []
    client.execute_interactive(
        "import os, shutil, sys\n"
        "print(sys.executable, shutil.which('python'), os.environ['MPLBACKEND'], sep='\\n')",
        output_hook=lambda message: printed.append(message["content"].get("text") or ""),
        timeout=20,
    )
    client.stop_channels()
    executable, python, backend = "".join(printed).splitlines()
    assert executable == sys.executable
    assert Path(python).parent == Path(sys.executable).parent
    assert backend != "agg", "plots would not show"


def test_a_python_file_stays_a_file_although_jupytext_is_installed(lab):
    assert ask(lab, "/api/contents/text.py")["type"] == "file"
    assert "jupytext" not in (lab.state / "jupyter.log").read_text()


def test_the_user_s_theme_counts_and_nothing_asks_for_news_or_updates(lab):
    settings = "/lab/api/settings/@jupyterlab/apputils-extension"
    assert "JupyterLab Dark" in ask(lab, f"{settings}:themes")["raw"]
    properties = ask(lab, f"{settings}:notification")["schema"]["properties"]
    assert properties["fetchNews"]["default"] == "false"
    assert properties["checkForUpdates"]["default"] is False
    assert '"news": {"disabled": true}' in get(lab, "/lab")[1]
    assert ask(lab, "/lab/api/update")["notification"] is None


def start_launcher(folder, port):
    """A launcher in a process group of its own, as a shell starts it."""
    make_root(folder / "root")
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder), NOTEBOOK, str(port)],
        cwd=REPOSITORY,
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(folder / "runtime")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def launchers(tmp_path_factory):
    """Signal -> folder and process. Both start at once, as each takes 2 s."""
    running = {}
    for name, port in ((signal.SIGINT, 9000), (signal.SIGHUP, 9100)):
        folder = tmp_path_factory.mktemp(name.name)
        running[name] = folder, start_launcher(folder, port)
    for _, process in running.values():
        assert process.stdout.readline() == "ready\n", process.communicate()
    yield running
    for _, process in running.values():
        if process.poll() is None:
            process.terminate()  # as a closed terminal: it ends its server
        process.communicate(timeout=20)


def test_two_checkouts_have_two_servers(lab, launchers):
    folder, _ = launchers[signal.SIGINT]
    other = jupyter.running(folder / "root", folder / "state")
    assert other.port != lab.port
    assert jupyter._answers(lab) and jupyter._answers(other)


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_or_a_closed_terminal_leaves_no_process_and_no_record(launchers, request_to_end):
    folder, launcher = launchers[request_to_end]
    server = jupyter.running(folder / "root", folder / "state")
    start_kernel(server)
    log = folder / "state/jupyter.log"
    assert until(lambda: "Kernel started" in log.read_text())
    children = descendants(server.pid)
    assert children, "the kernel is no child of the server"

    os.killpg(launcher.pid, request_to_end)

    out, err = launcher.communicate(timeout=20)
    assert (launcher.returncode, out, err) == (0, "ended\n", "")
    assert not exists(server.pid)
    assert until(lambda: not any(exists(pid) for pid in children))
    assert not (folder / "state/jupyter.json").exists()
    assert "Shut down this Jupyter server" not in log.read_text()


def descendants(pid):
    table = ["ps", "-A", "-o", "pid=,ppid="]
    listing = subprocess.run(table, check=True, capture_output=True, text=True)
    pairs = [map(int, line.split()) for line in listing.stdout.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def test_a_server_that_dies_shows_the_end_of_its_log(tmp_path, monkeypatch):
    command = [sys.executable, "-c", "print('no such luck'); raise SystemExit(3)"]
    monkeypatch.setattr(jupyter, "_command", lambda server: command)
    server = jupyter.serve(make_root(tmp_path / "root"), NOTEBOOK, tmp_path / "state")
    with pytest.raises(EnvironmentProblem, match=r"(?s)no such luck.*`./noteboosh.sh doctor`"):
        server.wait_ready()
    assert not (tmp_path / "state/jupyter.json").exists()


def stale(**changes):
    record = {"pid": 1 << 22, "port": 8888, "token": "t", "root": "/nowhere", "started": 0.0}
    return json.dumps({**record, **changes})


@pytest.mark.parametrize(
    "record",
    ["", "{}", "[]", stale(pid=-1), stale(), stale(pid=os.getpid()), stale(pid="many")],
    ids=["empty", "no fields", "no record", "every process", "ended", "not Jupyter", "no number"],
)
def test_a_record_of_no_running_server_is_ignored_and_removed(tmp_path, record):
    write(tmp_path / "jupyter.json", record)
    assert jupyter.running(Path("/nowhere"), tmp_path) is None
    assert not (tmp_path / "jupyter.json").exists()


def test_a_copied_checkout_does_not_take_the_original_s_server_for_its_own(lab, tmp_path):
    write(tmp_path / "jupyter.json", (lab.state / "jupyter.json").read_text())
    assert jupyter.running(tmp_path, tmp_path) is None
    assert jupyter._answers(lab)


def test_the_browser_is_given_the_address_and_not_waited_for(tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    write(
        browser, f'#!/bin/sh\nprintf %s "$1" > "{seen}.new" && mv "{seen}.new" "{seen}"\nsleep 9\n'
    )
    browser.chmod(0o755)
    monkeypatch.setattr(jupyter.platform, "release", lambda: "6.1")
    monkeypatch.setattr(jupyter.sys, "platform", "linux")
    monkeypatch.setenv("BROWSER", f"{browser} %s &")
    started = time.monotonic()
    jupyter.open_browser("http://127.0.0.1:8888/lab?token=abc")
    assert time.monotonic() - started < 2
    assert until(seen.exists)
    assert seen.read_text() == "http://127.0.0.1:8888/lab?token=abc"


def test_without_a_display_no_browser_is_started(monkeypatch):
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(jupyter.sys, "platform", "linux")
    monkeypatch.setattr(jupyter.platform, "release", lambda: "6.1")
    monkeypatch.setattr(jupyter.subprocess, "Popen", lambda *_, **__: pytest.fail("started one"))
    jupyter.open_browser("http://127.0.0.1:8888/lab")


def test_a_windows_browser_that_is_missing_is_no_error(monkeypatch):
    monkeypatch.setattr(jupyter.platform, "release", lambda: "5.15-microsoft-standard-WSL2")
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setenv("PATH", "")
    jupyter.open_browser("http://127.0.0.1:8888/lab")
