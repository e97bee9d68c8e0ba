"""Every earlier state of the checkout, kept in a git repository of its own.

The repository is the engine's, not the student's: it lies in the state directory, is written by
`git fast-import` alone (no index, no filters, no hooks, no user configuration), and its content
comes from a walk of our own, so that ignored files, nested repositories, line endings and
`git clean` cannot hurt it. Each commit is either what was found (`typed`) or a step of the engine
(`step`), with the facts about it as one line of JSON below its title.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from noteboosh.course import state_dir
from noteboosh.errors import EnvironmentProblem

REF = "refs/heads/timeline"
LIMIT = 20 * 2**20  # bytes; larger files are named and left out
SKIPPED = {
    ".git", ".noteboosh", ".venv", "__pycache__", "node_modules", ".ipynb_checkpoints",
    ".pytest_cache", ".ruff_cache", ".mypy_cache",
}  # fmt: skip
MADE = {"notebooks/status.html"}  # by the engine, and again at any time
RACY = 2 * 10**9  # ns; a file this young may change again within its time stamp


@dataclass(frozen=True)
class Entry:
    """One commit of the timeline; `number` counts from the first one, 1."""

    number: int
    commit: str
    when: float
    title: str
    facts: dict

    @property
    def is_step(self) -> bool:
        return self.facts.get("kind") == "step"

    @property
    def files(self) -> list[str]:
        return self.facts.get("files", [])


def blob_name(data: bytes) -> str:
    """The name git gives to this content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Timeline:
    """The record of one checkout. Every method expects the transaction's lock to be held,
    but for those that only read."""

    def __init__(self, root: Path):
        self.root = root
        self.state = state_dir(root)
        self.git_dir = self.state / "timeline.git"
        self._cache_file = self.state / "stat.json"
        self.left_out: list[str] = []  # newly found too large or unreadable, with the reason
        self.names: dict[str, str] = {}  # the blob name of every file as last recorded

    # -- writing ---------------------------------------------------------------------------

    def record(self, title: str = "your work") -> str:
        """Commit the checkout as it stands, if it changed; the name of the newest commit."""
        self._prepare()
        head = self.head()
        cache = self._load_cache(head)
        known = cache["files"]
        found = dict(self._walk(known, set(cache["left_out"])))
        changed = {p: e for p, e in found.items() if known.get(p, [None, None])[:2] != e[:2]}
        gone = [p for p in known if p not in found]
        if changed or gone or head is None:
            contents = {p: (e[0], self._read(p, e[0])) for p, e in changed.items()}
            for path, (_, data) in contents.items():  # what is committed is what was just read
                found[path] = [found[path][0], blob_name(data), None]
            files = sorted([*changed, *gone])
            facts = {"kind": "typed", "files": files}
            head = self._commit(title, facts, contents, gone, head)
        self.names = {path: entry[1] for path, entry in found.items()}
        self._save_cache(head, found)
        return head

    def record_step(self, title: str, facts: dict, files: Mapping[str, tuple[int, bytes | None]]):
        """Commit one step of the engine: these files with (mode, content); None is removal."""
        head = self.head()
        contents = {p: (self._git_mode(m), d) for p, (m, d) in files.items() if d is not None}
        gone = [p for p, (_, data) in files.items() if data is None]
        facts = {"kind": "step", "files": sorted(files), **facts}
        self._commit(title, facts, contents, gone, head)
        self._cache_file.unlink(missing_ok=True)

    # -- reading ---------------------------------------------------------------------------

    def head(self) -> str | None:
        try:
            return (self.git_dir / REF).read_text("ascii").strip() or None
        except OSError:
            return None

    def entries(self) -> Iterator[Entry]:
        """All commits, newest first."""
        if self.head() is None:
            return
        total = int(self._git("rev-list", "--count", REF))
        log = self._git("log", "-z", "--format=%H%x00%ct%x00%s%x00%b", REF).decode("utf-8")
        fields = log.split("\0")
        for index in range(0, len(fields) - 3, 4):
            commit, when, title, body = fields[index : index + 4]
            facts = json.loads(body.strip() or "{}")
            yield Entry(total - index // 4, commit, float(when), title, facts)

    def read(self, commit: str, path: str) -> bytes | None:
        """A file as it stood at a commit; None where it did not exist. Raises KeyError for an
        unknown commit."""
        listing = self._git(
            "--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", path, missing=True
        )
        if listing is None:
            raise KeyError(commit)
        return self._git("cat-file", "blob", listing.split()[2].decode()) if listing else None

    def parent(self, commit: str) -> str | None:
        found = self._git("rev-parse", "--verify", "--quiet", f"{commit}^", missing=True)
        return found.decode().strip() if found else None

    def versions(self, path: str) -> Iterator[tuple[Entry, bytes]]:
        """The recorded contents of a file, newest first, each different from the one before."""
        last = None
        for entry in self.entries():
            if entry.files and path not in entry.files:
                continue
            data = self.read(entry.commit, path)
            if data is not None and data != last:
                last = data
                yield entry, data

    # -- the walk --------------------------------------------------------------------------

    def _walk(self, known: Mapping, left_out: set[str]) -> Iterator[tuple[str, list]]:
        """(path, [git mode, blob name, stat key]) of every file that counts."""
        now = time.time_ns()
        self.left_out = []
        self._all_left_out: list[str] = []
        for path, info in walk(self.root):
            mode = self._git_mode(info.st_mode)
            key = [info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino]
            cached = known.get(path)
            if cached and cached[0] == mode and cached[2] == key:
                yield path, cached
                continue
            reason = f"{info.st_size / 2**20:.0f} MB" if info.st_size > LIMIT else ""
            try:
                data = b"" if reason else self._read(path, mode)
            except FileNotFoundError:
                continue  # it went while we walked
            except OSError as error:
                reason = error.strerror or "unreadable"
            if reason:
                self._all_left_out.append(path)
                if path not in left_out:
                    self.left_out.append(f"{path} ({reason})")
                continue
            young = now - max(info.st_mtime_ns, info.st_ctime_ns) < RACY
            yield path, [mode, blob_name(data), None if young else key]

    def _read(self, path: str, mode: str) -> bytes:
        full = self.root / path
        return os.fsencode(os.readlink(full)) if mode == "120000" else full.read_bytes()

    @staticmethod
    def _git_mode(mode: int) -> str:
        if stat.S_ISLNK(mode):
            return "120000"
        return "100755" if mode & 0o100 else "100644"

    # -- git -------------------------------------------------------------------------------

    def _prepare(self) -> None:
        if not (self.git_dir / "HEAD").exists():
            self.state.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--bare", str(self.git_dir), bare=False)
        for stale in (*self.git_dir.glob("*.lock"), *(self.git_dir / "refs").rglob("*.lock")):
            stale.unlink(missing_ok=True)  # we hold the one lock that counts

    def _commit(
        self,
        title: str,
        facts: dict,
        contents: Mapping[str, tuple[str, bytes]],
        gone: Iterable[str],
        head: str | None,
    ) -> str:
        message = f"{title}\n\n{json.dumps(facts)}\n".encode()
        stream = [
            b"commit %s\n" % REF.encode(),
            b"committer noteboosh <noteboosh@localhost> %d +0000\n" % time.time(),
            b"data %d\n%s\n" % (len(message), message),
        ]
        if head:
            stream.append(b"from %s\n" % head.encode())
        stream += [b"D %s\n" % _quoted(path) for path in gone]
        for path, (mode, data) in contents.items():
            stream.append(b"M %s inline %s\n" % (mode.encode(), _quoted(path)))
            stream.append(b"data %d\n%s\n" % (len(data), data))
        stream.append(b"done\n")
        self._git("fast-import", "--quiet", "--done", "--force", stdin=b"".join(stream))
        return self.head() or ""

    def _git(self, *args: str, stdin: bytes = b"", missing: bool = False, bare: bool = True):
        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
        env |= {"HOME": str(self.state), "XDG_CONFIG_HOME": str(self.state)}  # for git before 2.32
        if bare:
            env["GIT_DIR"] = str(self.git_dir)
        options = ["-c", "gc.auto=0", "-c", "fastimport.unpackLimit=200"]
        try:
            done = subprocess.run(
                ["git", *options, *args],
                input=stdin,
                capture_output=True,
                env=env,
                cwd=self.state,
                check=False,
            )
        except FileNotFoundError as error:
            raise EnvironmentProblem(
                "`git` is not installed; it keeps the record of your work. Install it "
                "(`apt install git`, `brew install git`, https://git-scm.com) and try again."
            ) from error
        if done.returncode and missing:
            return None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise EnvironmentProblem(
                f"The record of your work in `{self.git_dir}` cannot be used "
                f"(`git {args[0]}`: {said}).\nNothing was changed. If the disk is full, make room; "
                "else move that folder aside and try again: a new record is begun."
            )
        return done.stdout

    # -- the stat cache --------------------------------------------------------------------

    def _load_cache(self, head: str | None) -> dict:
        """What the newest commit holds: {path: [mode, blob name, stat key or None]}."""
        try:
            cache = json.loads(self._cache_file.read_text("utf-8"))
            if cache["commit"] == head and head:
                return cache
        except (OSError, ValueError, KeyError, TypeError):
            pass
        files = {}
        if head:
            for line in self._git("ls-tree", "-r", "-z", head).split(b"\0")[:-1]:
                about, _, path = line.partition(b"\t")
                mode, _, name = about.decode().split()
                files[os.fsdecode(path)] = [mode, name, None]
        return {"files": files, "left_out": []}

    def _save_cache(self, head: str, files: dict) -> None:
        cache = {"commit": head, "files": files, "left_out": self._all_left_out}
        temporary = self._cache_file.with_suffix(".new")
        temporary.write_text(json.dumps(cache), "utf-8")
        os.replace(temporary, self._cache_file)


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file and link below root with its lstat, in a stable order, our own rooms left out."""
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            with os.scandir(root / folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED and not os.path.exists(f"{root}/{path}/pyvenv.cfg"):
                    stack.append(path)
                continue
            try:
                info = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if (stat.S_ISREG(info.st_mode) or stat.S_ISLNK(info.st_mode)) and path not in MADE:
                yield path, info


def _quoted(path: str) -> bytes:
    """A path as fast-import reads any of them: in quotes, with the four bytes it needs escaped."""
    raw = os.fsencode(path)
    for plain, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        raw = raw.replace(plain, escaped)
    return b'"' + raw + b'"'
