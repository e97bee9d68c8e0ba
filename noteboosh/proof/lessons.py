"""Lessons say what is true: links, ids and commands exist, counts are computed, commands run.

So do the pages beside them: README.md, which lists the modules, and whatever else is Markdown.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from noteboosh.course import Module
from noteboosh.proof import scaffold
from noteboosh.proof.context import Proof, Report

LIMIT = 120  # seconds for one block of commands
PAGES = ("*.md", "docs/**/*.md", "bench/*.md")  # the pages beside the lessons
MODULE_ROW = re.compile(r"\| *\d\w* *\|")
# A count of tests belongs to course.toml, and a page that types it will be wrong one day.
COUNT = re.compile(r"(?<![\w.])\d+ (?:(?:of the )?(?:tests? )?(?:pass|fail)(?:ed|es|s)?|tests?)\b")
# Of these 1 means that tests failed, as they do before anything is written.
TESTS = re.compile(r"pytest|noteboosh\.sh test|noteboosh\.sh check")
# Says on descriptor 9 which command of a block failed, where, and how.
TRAP = 'trap \'code=$?; printf "%s %s %s\\n" "$LINENO" "$code" "$BASH_COMMAND" >&9\' ERR\n'


def lessons(proof: Proof) -> Report:
    from noteboosh.authoring.lesson import Block, runnable_blocks

    report = Report()
    files = proof.build.files  # refuses links, ids and commands that do not exist in lessons
    _pages(proof, report, files)
    for module in proof.finished:
        text = (proof.root / f"course/{module.lesson}").read_text("utf-8")
        _typed(report, module, text)
        blocks: list[Block] = runnable_blocks(text)
        if blocks:
            root = scaffold.checkout(proof, f"lesson-{module.id}")
            scaffold.commit(root)
        for block in blocks:
            _block(report, f"course/{module.lesson}", block.line, block.code, root)
        report.say(f"{module.id}: {len(blocks)} blocks of commands run")
    return report


def _pages(proof: Proof, report: Report, files: dict[str, bytes]) -> None:
    """Links, commands and ids in the pages that are not built, and README's list of modules."""
    from noteboosh.authoring.build import reader, verbs
    from noteboosh.authoring.lesson import Claims

    claims = Claims(proof.course, verbs(proof.course), reader(proof.root, files))
    pages = [path for pattern in PAGES for path in sorted(proof.root.glob(pattern))]
    for page in pages:
        path = page.relative_to(proof.root).as_posix()
        for problem in claims.problems(page.read_text("utf-8"), path, path):
            report.complaints.append(str(problem))
    report.say(f"{len(pages)} pages beside the lessons")
    readme = proof.root / "README.md"
    if readme.exists():
        rows = [row for row in readme.read_text("utf-8").splitlines() if MODULE_ROW.match(row)]
        wanted = [_row(module) for module in proof.course.modules]
        if rows != wanted:
            wrong = next((row for row in wanted if row not in rows), None)
            what = f"no row says `{wrong}`" if wrong else "its rows are not those of the course"
            report.complain("README.md", f"the table of modules is not true: {what}")


def _row(module: Module) -> str:
    """A module's row in README.md."""
    title = f"[{module.title}]({module.lesson})"
    if module.draft:
        title = f"{module.title} (draft)"
    return f"| {module.id} | {title} | `{module.package}` |"


def _typed(report: Report, module: Module, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        for found in COUNT.finditer(re.sub(r"\{\{.*?\}\}", "", line)):
            cure = 'compute it, as in `{{ module.promise["passed"] }}`'
            report.complain(
                f"course/{module.lesson}:{number}", f"`{found[0]}` is typed by hand: {cure}"
            )


def _block(report: Report, path: str, line: int, code: str, root: Path) -> None:
    """Run one block; the commands that failed, each with its line in the lesson."""
    log = root.parent / f"{root.name}.failed"
    words = ["bash", "-c", f"exec 9>{str(log)!r}\n{TRAP}{code}"]
    try:
        run = subprocess.run(
            words, cwd=root, env=scaffold.variables(root), timeout=LIMIT,
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        report.complain(f"{path}:{line}", f"this block had not ended after {LIMIT} s")
        return
    failed = [entry.split(" ", 2) for entry in log.read_text("utf-8").splitlines()]
    for at, exit_code, command in failed:
        if exit_code != "1" or not TESTS.search(command):
            place = f"{path}:{line + int(at) - 3}"
            report.complain(
                place, f"`{command}` ends with {exit_code}: {run.stderr[-500:].strip()}"
            )
    if run.returncode and not failed:
        report.complain(f"{path}:{line}", f"bash ended with {run.returncode}: {run.stderr[-500:]}")
