"""A first evening in a browser: the real command in a new checkout, a real kernel, a real Chromium.

The tests look at one visit, which takes about 20 s: launch, answer a question, run all, save, end
by Ctrl-C, start afresh.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from clone import new_checkout
from playwright.sync_api import sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MODULE, QUESTION = "09b", "09b.1"
# Long enough not to ask for a hint; an umlaut, a backslash and quotes must come back as typed.
ANSWER = (
    'Jede Position übt: "T targets", one for each of the \\T positions, and not only the last one.'
)
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/lab/tree/\S+\?token=(\w+)")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: `apt-get install chromium`, or Google Chrome"
)


def until(condition, what, seconds=60.0):
    """What `condition` returns as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s: {what}"
        time.sleep(0.1)
    return value


# -- the command ---------------------------------------------------------------------------------


def surroundings(folder):
    """No window on the author's screen, none of their settings of the lab."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY")
    own = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**own, "BROWSER": "true", "JUPYTER_CONFIG_DIR": str(folder / "config")}


def command(checkout, *words, **options):
    """The command in a process group of its own, as a terminal starts it."""
    return subprocess.Popen(
        ["./noteboosh.sh", *words],
        cwd=checkout,
        env=surroundings(checkout.parent),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )


@contextlib.contextmanager
def launched(checkout, log):
    """The command while it runs, from the address it prints to its end by Ctrl-C."""
    with open(log, "w", encoding="utf-8") as output:
        process = command(checkout, MODULE, stdout=output, stderr=subprocess.STDOUT)

    def address():
        assert process.poll() is None, log.read_text("utf-8")
        return ADDRESS.search(log.read_text("utf-8"))

    try:
        yield process, until(address, f"no address in {log}", seconds=300)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=30)


# -- the notebook, in the browser and on disk ----------------------------------------------------


@contextlib.contextmanager
def chromium():
    """A new page, and the list of all that it asks for."""
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page, requests = browser.new_page(viewport={"width": 1200, "height": 900}), []
        page.on("request", lambda request: requests.append(request.url))
        yield page, requests
        browser.close()


def kernel_is_idle(server, token):
    """The lab shows "idle" before there is a kernel; the server knows."""
    request = urllib.request.Request(f"{server}/api/sessions")
    request.add_header("Authorization", f"token {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=20) as reply:
        kernels = [session["kernel"] for session in json.loads(reply.read())]
    return any(k["execution_state"] == "idle" and k["connections"] > 0 for k in kernels)


def answer_cell(page, question):
    """The cell of a question; one that is off-screen is not in the page, so scroll to it."""
    cell = page.locator(".jp-CodeCell", has_text=f'answer("{question}"')
    page.locator(".jp-NotebookPanel:visible .jp-Notebook").first.hover(position={"x": 20, "y": 300})
    page.mouse.wheel(0, -1_000_000)
    for _ in range(200):
        if cell.count():
            cell.first.scroll_into_view_if_needed()
            return cell.first
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(50)
    raise AssertionError(f"no cell of {question} from top to bottom")


def type_answer(page, question, text):
    editor = answer_cell(page, question).locator(".cm-content")
    editor.click()
    code = "\n".join(editor.locator(".cm-line").all_text_contents())
    blank = re.fullmatch(r'(# Answer:\nanswer\(.*?r""")\s*("""\))\s*', code, re.DOTALL)
    assert blank, f"the cell of {question} is not a blank answer:\n{code}"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(f"{blank[1]}{text}{blank[2]}")  # typed, brackets would be closed


def choose(page, menu, entry):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")).click()


def code_cells(notebook):
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [c for c in cells if c["cell_type"] == "code" and "".join(c["source"]).strip()]


def printed(cell):
    return "".join("".join(o.get("text", "")) for o in cell["outputs"])


def saved_when_run(page, notebook):
    """The code cells of the file, saved once all of them have run."""

    def all_ran():
        page.keyboard.press("ControlOrMeta+s")
        page.wait_for_timeout(300)
        cells = code_cells(notebook)
        wrong = [o for cell in cells for o in cell["outputs"] if o["output_type"] == "error"]
        assert not wrong, "\n".join(wrong[0]["traceback"])
        return all(cell["execution_count"] for cell in cells) and cells

    return until(all_ran, f"some cells of {notebook.name} never ran", seconds=120)


# -- the visit -----------------------------------------------------------------------------------


def status_page(page):
    """The page beside the notebook, in the frame of its panel."""
    frame = page.locator(".jp-HTMLViewer iframe").first
    frame.wait_for(timeout=30_000)
    return frame.content_frame.locator("main")


def renewed_status(page):
    """Its text once it counts the answer: somebody clicks its round arrow now and then."""

    def counted():
        page.locator(".lm-DockPanel-widget:has(.jp-HTMLViewer) jp-button").first.click()
        page.wait_for_timeout(500)
        text = status_page(page).inner_text()
        return text if "1 of 11 answered" in text else None

    return until(counted, "the page beside the notebook never counted the answer", seconds=30)


@dataclass
class Visit:
    """What there was to see."""

    checkout: Path
    work: Path
    beside: list = field(default_factory=list)  # the text of the status page, before and after
    shown: str = ""  # the output under the answer, in the page
    cells: list = field(default_factory=list)  # of the saved file
    saved: bytes = b""
    requests: list = field(default_factory=list)
    toasts: list = field(default_factory=list)
    exit_code: int | None = None
    log: str = ""


def read_and_answer(visit, server, token, url):
    """What the student does in the browser."""
    with chromium() as (page, visit.requests):
        page.goto(url)
        page.locator(".jp-NotebookPanel:visible .jp-Notebook").first.wait_for(timeout=60_000)
        visit.beside.append(status_page(page).inner_text())
        until(lambda: kernel_is_idle(server, token), "the kernel never became idle")
        type_answer(page, QUESTION, ANSWER)
        choose(page, "Run", "Run All Cells")
        visit.cells = saved_when_run(page, visit.work)
        output = answer_cell(page, QUESTION).locator(".jp-OutputArea-output")
        visit.shown = output.first.inner_text(timeout=20_000)
        visit.beside.append(renewed_status(page))
        visit.toasts = page.locator(".Toastify__toast").all_inner_texts()
    visit.saved = visit.work.read_bytes()


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first evening")
    checkout, log = new_checkout(folder / "a b"), folder / "log"
    clean = next(checkout.glob(f"notebooks/clean/{MODULE}-*.ipynb"))
    visit = Visit(checkout, checkout / "notebooks/work" / clean.name)
    with launched(checkout, log) as (process, address):
        read_and_answer(visit, address[1], address[2], address[0])
    visit.exit_code, visit.log = process.returncode, log.read_text("utf-8")
    return visit


def cell_of(cells, question):
    return next(cell for cell in cells if f'answer("{question}"' in "".join(cell["source"]))


def test_the_answer_is_responded_to_under_its_cell(visit):
    assert visit.shown.startswith(f"{QUESTION}: ")
    assert "skipped" not in visit.shown
    assert printed(cell_of(visit.cells, QUESTION)).strip() == visit.shown.strip()


def test_every_other_answer_is_blank_and_skipped(visit):
    answers = [cell for cell in visit.cells if "".join(cell["source"]).startswith("# Answer:")]
    others = [cell for cell in answers if cell != cell_of(answers, QUESTION)]
    assert others
    for cell in others:
        question = re.search(r'answer\("(.+?)"', "".join(cell["source"]))[1]
        assert printed(cell).startswith(f"{question}: skipped")


def test_the_saved_file_holds_the_answer_as_typed(visit):
    source = "".join(cell_of(visit.cells, QUESTION)["source"])
    assert source == f'# Answer:\nanswer("{QUESTION}", r"""{ANSWER}""")'


def test_the_status_page_lies_beside_the_notebook_and_counts_the_answer(visit):
    before, after = visit.beside
    assert "What is next" in before and "0 of 11 answered" in before
    assert "1 of 11 answered" in after


def test_nothing_pops_up_and_nothing_is_fetched_from_outside(visit):
    assert visit.toasts == []
    assert len(visit.requests) > 10
    assert [
        url for url in visit.requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
    ] == []


def test_ctrl_c_ends_the_command_as_asked(visit):
    assert visit.exit_code == 0, visit.log
    assert "Traceback" not in visit.log


def test_fresh_archives_the_old_work_byte_for_byte_and_starts_from_the_clean_notebook(visit):
    process = command(
        visit.checkout,
        "--fresh",
        MODULE,
        "--no-launch",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output.decode()
    archived = list((visit.checkout / "notebooks/archive").iterdir())
    assert [file.read_bytes() for file in archived] == [visit.saved]
    assert archived[0].name in output.decode()
    assert (
        visit.work.read_bytes()
        == (visit.checkout / "notebooks/clean" / visit.work.name).read_bytes()
    )
