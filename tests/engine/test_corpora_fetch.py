"""Corpora from a network: a server on this machine that breaks in every way a real one does."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from g2c import corpora
from g2c.corpora import SOURCES, FetchError, fetch, iter_documents, load_corpus
from g2c.corpora.__main__ import main
from g2c.corpora.fetching import Source

PLAY = "".join(f"Line {number}: to be, or not to bé.\n" for number in range(20_000)).encode()
OTHER = PLAY.replace(b"or not", b"and be")  # as long as PLAY
CUT = 300_001  # bytes; within a letter, within a block


def sum_of(content):
    return hashlib.sha256(content).hexdigest()


class Site(ThreadingHTTPServer):
    """One file, and what is wrong with the server that has it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/input.txt"
        self.content, self.mark, self.status = PLAY, '"first"', 200
        self.ranges = self.conditions = self.says_length = True
        self.cut = None  # close the connection after so many bytes of an answer
        self.hold = None  # or stay silent there until this event
        self.asked = []  # (Range, If-Range) of each request


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        site, headers = self.server, self.headers
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/input.txt")
            return self.end_headers()
        site.asked.append((headers["Range"], headers["If-Range"]))
        start, condition = 0, headers["If-Range"]
        if (
            headers["Range"]
            and site.ranges
            and (not site.conditions or condition in (None, site.mark))
        ):
            start = int(headers["Range"].removeprefix("bytes=").removesuffix("-"))
        size = len(site.content)
        status = 416 if start >= size else 206 if start else site.status
        self.send_response(status)
        if site.mark:
            self.send_header("ETag", site.mark)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        if site.says_length:
            self.send_header("Content-Length", str(size - start))
        self.end_headers()
        answer = site.content[start:]
        self.wfile.write(answer[: site.cut])
        self.wfile.flush()
        if site.hold:
            site.hold.wait(20)
            self.wfile.write(answer[site.cut :])

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    site = Site()
    monkeypatch.setitem(
        SOURCES, "tinyshakespeare", Source(site.url, "0.7 MB", len(PLAY), sum_of(PLAY))
    )
    monkeypatch.setitem(SOURCES, "tinystories", Source(site.url, "0.7 MB"))
    threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
    yield site
    site.shutdown()
    site.server_close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return corpora.cache_folder()


def names(folder):
    """All that lies there, but for the empty files that keep two processes apart."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def refusal(name, folder, **options):
    with pytest.raises(FetchError) as caught:
        fetch(name, cache=folder, **options)
    return str(caught.value)


# The network as it should be.


@pytest.mark.parametrize("name", ["tinyshakespeare", "tinystories"])
def test_a_corpus_is_fetched_once(name, site, tmp_path):
    for _ in range(3):
        path = fetch(name, cache=tmp_path / "new" / "folder")
        assert path.read_bytes() == PLAY
    assert site.asked == [(None, None)]
    assert f"{name}.txt" in names(path.parent)
    assert not [n for n in names(path.parent) if n not in (f"{name}.txt", f"{name}.sha256")]


def test_load_corpus_fetches_into_the_cache_of_the_user(site, home, tmp_path):
    assert load_corpus("tinyshakespeare").documents == (PLAY.decode(),)
    assert load_corpus("tinyshakespeare", cache=tmp_path / "mine").name == "tinyshakespeare"
    assert names(home) == names(tmp_path / "mine") == ["tinyshakespeare.txt"]
    assert home.is_relative_to(tmp_path)


def test_of_stories_the_first_whole_ones_are_loaded(site, tmp_path):
    site.content = b"one\n<|endoftext|>\ntwo\n<|endoftext|>\nthree\n<|endoftext|>\n"
    assert load_corpus("tinystories", cache=tmp_path, max_bytes=10).documents == ("one", "two")
    assert load_corpus("tinystories", cache=tmp_path).documents == ("one", "two", "three")


def test_a_redirect_is_followed_with_the_range(site, tmp_path, monkeypatch):
    monkeypatch.setitem(SOURCES, "tinystories", Source(site.url.replace("input.txt", "moved"), ""))
    site.cut = CUT
    refusal("tinystories", tmp_path)
    site.cut = None
    assert fetch("tinystories", cache=tmp_path).read_bytes() == PLAY
    assert site.asked[1] == (f"bytes={CUT}-", '"first"')


# Cut off.


@pytest.mark.parametrize("name", ["tinyshakespeare", "tinystories"])
def test_a_cut_connection_is_resumed_where_it_was(name, site, tmp_path):
    site.cut = CUT
    message = refusal(name, tmp_path)
    assert f"cut after {CUT:,} of {len(PLAY):,} bytes" in message
    assert f"The {CUT:,} bytes in `{tmp_path / name}.part` are kept" in message
    assert names(tmp_path) == [f"{name}.part", f"{name}.part.json"]
    message = refusal(name, tmp_path)
    assert f"cut after {2 * CUT:,}" in message
    site.cut = None
    assert fetch(name, cache=tmp_path).read_bytes() == PLAY
    assert site.asked == [
        (None, None),
        (f"bytes={CUT}-", '"first"'),
        (f"bytes={2 * CUT}-", '"first"'),
    ]
    assert not list(tmp_path.glob("*.part*"))


def test_a_server_that_knows_no_range_starts_over(site, tmp_path):
    site.cut, site.ranges = CUT, False
    refusal("tinyshakespeare", tmp_path)
    site.cut = None
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY


@pytest.mark.parametrize("conditions", [True, False])
@pytest.mark.parametrize("content", [OTHER, PLAY[: CUT // 2], PLAY + OTHER])
def test_two_versions_of_a_file_are_never_joined(content, conditions, site, tmp_path):
    site.cut, site.conditions = CUT, conditions
    refusal("tinystories", tmp_path)
    site.cut, site.content, site.mark = None, content, '"second"'
    assert fetch("tinystories", cache=tmp_path).read_bytes() == content


@pytest.mark.parametrize("mark", [None, 'W/"weak"'])
def test_without_a_mark_a_part_is_continued_only_where_a_sum_is_known(mark, site, tmp_path):
    site.cut, site.mark = CUT, mark
    for name in ("tinyshakespeare", "tinystories"):
        refusal(name, tmp_path)
    site.cut = None
    for name in ("tinyshakespeare", "tinystories"):
        assert fetch(name, cache=tmp_path).read_bytes() == PLAY
    assert site.asked[2:] == [(f"bytes={CUT}-", None), (None, None)]


def test_a_note_that_was_cut_off_starts_over(site, tmp_path):
    site.cut = CUT
    refusal("tinyshakespeare", tmp_path)
    site.cut = None
    (tmp_path / "tinyshakespeare.part.json").write_text('{"url": "ht')
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY


def test_a_part_that_lacks_nothing_is_not_asked_for_again(site, tmp_path):
    fetch("tinyshakespeare", cache=tmp_path).rename(tmp_path / "tinyshakespeare.part")
    (tmp_path / "tinyshakespeare.part.json").write_text(
        f'{{"url": "{site.url}", "total": {len(PLAY)}, "mark": null}}'
    )
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY
    assert len(site.asked) == 1


# The wrong file.


def test_a_wrong_sum_names_both_and_puts_the_file_aside(site, tmp_path):
    site.content = OTHER
    message = refusal("tinyshakespeare", tmp_path)
    assert sum_of(OTHER) in message and sum_of(PLAY) in message
    assert f"put aside as `{tmp_path / 'tinyshakespeare.wrong'}`" in message
    assert "--from FILE" in message
    assert names(tmp_path) == ["tinyshakespeare.wrong"]
    site.content = PLAY
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY


def test_halves_of_two_versions_without_a_mark_are_caught_by_the_sum(site, tmp_path):
    site.cut, site.mark, site.content = CUT, None, OTHER
    refusal("tinyshakespeare", tmp_path)
    site.cut, site.content = None, PLAY
    assert "SHA-256" in refusal("tinyshakespeare", tmp_path)
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY


def test_a_file_damaged_on_disk_is_noticed_and_fetched_anew(site, tmp_path):
    path = fetch("tinyshakespeare", cache=tmp_path)
    path.write_bytes(PLAY[:-1])
    assert sum_of(PLAY[:-1]) in refusal("tinyshakespeare", tmp_path)
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY


def test_a_wrong_size_is_refused_before_anything_is_written(site, tmp_path):
    site.content = b"<html>Please log in</html>"
    message = refusal("tinyshakespeare", tmp_path)
    assert f"26 bytes instead of {len(PLAY):,}" in message and "login page" in message
    assert names(tmp_path) == []


def test_a_server_that_states_no_length_is_trusted_only_where_the_size_is_known(site, tmp_path):
    site.says_length = False
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY
    assert "does not say how long" in refusal("tinystories", tmp_path)
    assert names(tmp_path) == ["tinyshakespeare.txt"]


def test_the_first_sum_of_a_corpus_without_one_is_recorded_and_then_held_to(site, tmp_path):
    path = fetch("tinystories", cache=tmp_path)
    record = tmp_path / "tinystories.sha256"
    assert record.read_text() == f"{sum_of(PLAY)}  tinystories.txt\n"
    path.unlink()
    site.content = OTHER
    message = refusal("tinystories", tmp_path)
    assert sum_of(OTHER) in message and sum_of(PLAY) in message
    assert f"delete `{record}`" in message
    record.unlink()
    assert fetch("tinystories", cache=tmp_path).read_bytes() == OTHER


# No network, no room.


def test_without_a_network_one_message_says_what_there_is(site, tmp_path, monkeypatch):
    site.shutdown()
    site.server_close()
    for name in ("tinyshakespeare", "tinystories"):
        message = refusal(name, tmp_path)
        for part in (
            site.url,
            "refused",
            "`toystories` and `stdlib`",
            "--from FILE",
            "--data FILE",
        ):
            assert part in message
        assert "\n" not in message
    assert names(tmp_path) == []
    with pytest.raises(ValueError, match="built-in corpora"):
        load_corpus("tinyshakespeare", cache=tmp_path)


@pytest.mark.parametrize("status", [404, 403, 503])
def test_a_refusal_of_the_server_is_named(status, site, tmp_path):
    site.status = status
    assert f"the server answers {status} " in refusal("tinyshakespeare", tmp_path)
    assert names(tmp_path) == []


def test_silence_counts_as_a_cut_connection(site, tmp_path, monkeypatch):
    monkeypatch.setattr("g2c.corpora.resume.SILENCE_SECONDS", 0.2)
    site.cut, site.hold = CUT, threading.Event()
    assert "timed out" in refusal("tinyshakespeare", tmp_path)
    site.hold.set()
    site.cut = site.hold = None
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY
    assert site.asked[1][0] == f"bytes={CUT}-"


def test_too_little_room_is_said_before_anything_is_written(site, tmp_path, monkeypatch):
    room = namedtuple("room", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: room(10**6, 10**6 - 10, 10))
    assert f"10 bytes free, of {len(PLAY):,} needed" in refusal("tinyshakespeare", tmp_path)
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_named(site, tmp_path):
    (tmp_path / "file").write_text("")
    assert f"`{tmp_path / 'file'}" in refusal("tinyshakespeare", tmp_path / "file" / "folder")


# Other processes.

CHILD = """
import sys
from g2c.corpora import SOURCES
from g2c.corpora.__main__ import main
from g2c.corpora.fetching import Source
url, size, digest, limit, *arguments = sys.argv[1:]
SOURCES["tinyshakespeare"] = Source(url, "", int(size), digest)
if int(limit):
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))
raise SystemExit(main(["fetch", "tinyshakespeare", "--cache", *arguments]))
"""


def child(site, folder, *, limit=0):
    package = Path(corpora.__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, site.url, str(len(PLAY)), sum_of(PLAY), str(limit), folder],
        env={**os.environ, "PYTHONPATH": str(package)},
        cwd=folder,  # not the checkout, whose own package would come first
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(path, size):
    deadline = time.monotonic() + 20
    while not (path.exists() and path.stat().st_size >= size):
        assert time.monotonic() < deadline, f"{path} never had {size} bytes"
        time.sleep(0.01)


def test_a_full_disk_keeps_the_part(site, tmp_path):
    """A limit on the size of files fails a write as a full disk does: half of it, then an error."""
    process = child(site, tmp_path, limit=CUT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"`{tmp_path / 'tinyshakespeare.part'}` cannot be written" in errors
    assert f"The {CUT:,} bytes" in errors
    assert "Traceback" not in errors
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY
    assert site.asked[1][0] == f"bytes={CUT}-"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_process_leaves_a_part_to_go_on_with(end, site, tmp_path):
    site.cut, site.hold = CUT, threading.Event()
    process = child(site, tmp_path)
    wait_for(tmp_path / "tinyshakespeare.part", CUT)
    process.send_signal(end)
    _, errors = process.communicate(timeout=60)
    site.hold.set()
    assert "Traceback" not in errors
    if end == signal.SIGINT:
        assert process.returncode == 130 and "goes on where this one was" in errors
    assert names(tmp_path) == ["tinyshakespeare.part", "tinyshakespeare.part.json"]
    site.cut = site.hold = None
    assert fetch("tinyshakespeare", cache=tmp_path).read_bytes() == PLAY
    assert site.asked[1][0] == f"bytes={CUT}-"


def test_of_two_processes_one_fetches_and_the_other_waits(site, tmp_path):
    site.cut, site.hold = CUT, threading.Event()
    first = child(site, tmp_path)
    wait_for(tmp_path / "tinyshakespeare.part", CUT)
    second = child(site, tmp_path)
    assert "waiting" in second.stderr.readline()
    site.hold.set()
    for process in (first, second):
        output, errors = process.communicate(timeout=60)
        assert (process.returncode, output.strip()) == (0, str(tmp_path / "tinyshakespeare.txt"))
    assert len(site.asked) == 1
    assert (tmp_path / "tinyshakespeare.txt").read_bytes() == PLAY


# A copy given by hand, and the command.


@pytest.fixture
def copy(tmp_path):
    path = tmp_path / "stick" / "a copy.txt"
    path.parent.mkdir()
    path.write_bytes(PLAY)
    return path


@pytest.mark.parametrize("name", ["tinyshakespeare", "tinystories"])
def test_a_copy_on_disk_needs_no_network(name, site, copy, tmp_path, capsys):
    arguments = ["fetch", name, "--from", str(copy), "--cache", str(tmp_path / "cache")]
    assert main(arguments) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.read_bytes() == copy.read_bytes() == PLAY
    assert fetch(name, cache=tmp_path / "cache") == path
    assert fetch(name, cache=tmp_path / "cache", given=path) == path
    assert site.asked == []


@pytest.mark.parametrize("name", ["tinyshakespeare", "tinystories"])
def test_a_copy_with_another_sum_is_not_taken(name, site, copy, tmp_path, capsys):
    cache = tmp_path / "cache"
    path = fetch(name, cache=cache)
    before = names(cache)
    copy.write_bytes(OTHER)
    assert main(["fetch", name, "--from", str(copy), "--cache", str(cache)]) == 1
    errors = capsys.readouterr().err
    assert sum_of(OTHER) in errors and sum_of(PLAY) in errors
    assert path.read_bytes() == PLAY and copy.read_bytes() == OTHER
    assert names(cache) == before


def test_a_copy_that_is_not_there_is_named(site, tmp_path):
    assert f"`{tmp_path / 'no.txt'}`" in refusal("tinystories", tmp_path, given=tmp_path / "no.txt")
    assert names(tmp_path) == []


def test_without_a_verb_the_corpora_are_listed(home, capsys):
    assert main([]) == 0
    listing = capsys.readouterr().out
    assert all(name in listing for name in (*corpora.BUILT_IN, *SOURCES))


def test_what_is_not_to_be_fetched_is_refused():
    with pytest.raises(FetchError, match="`toystories`.*tinyshakespeare"):
        fetch("toystories")


# Long files, document by document.


@pytest.mark.parametrize("separator", ["<|endoftext|>", "aab", "|"])
def test_documents_are_the_same_whatever_the_blocks(separator, tmp_path):
    path = tmp_path / "tales.txt"
    text = separator.join(["\none <|end", "twö\r\ntwo\n", "\n \n", "<|<|end", "aa", "", "three"])
    path.write_text(text, encoding="utf-8")
    pieces = [piece.strip("\n") for piece in path.read_text(encoding="utf-8").split(separator)]
    expected = [piece for piece in pieces if piece.strip()]
    for block in range(1, len(text) + 2):
        assert list(iter_documents(path, separator, block=block)) == expected


def test_a_file_without_a_separator_is_one_document_as_it_is(tmp_path):
    path = tmp_path / "play.txt"
    path.write_text("\nTo be <|endoftext\n")
    assert list(iter_documents(path, block=3)) == ["\nTo be <|endoftext\n"]
    path.write_text("\n")
    assert list(iter_documents(path)) == []


def test_a_long_file_is_read_in_the_memory_of_a_block(tmp_path):
    path = tmp_path / "long.txt"
    with open(path, "wb") as file:
        for _ in range(30):
            file.write(PLAY[:500_000].replace(b"Line 7", b"<|endoftext|>"))
    tracemalloc.start()
    count = sum(1 for _ in iter_documents(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 10_000
    assert path.stat().st_size > 15_000_000 > 5 * peak


def test_a_long_document_in_many_blocks_comes_whole(tmp_path):
    path = tmp_path / "one.txt"
    path.write_bytes(PLAY[:20_000] * 50)
    assert [len(document) for document in iter_documents(path, block=16)] == [
        len(path.read_text(encoding="utf-8"))
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ValueError, match="not UTF-8"):
        list(iter_documents(tmp_path / "bad.txt"))
    with pytest.raises(ValueError, match=r"no\.txt` cannot be read"):
        list(iter_documents(tmp_path / "no.txt"))
    with pytest.raises(ValueError, match="at least one character"):
        list(iter_documents(tmp_path / "bad.txt", ""))
