"""The status page: one HTML file without scripts, fonts or pictures from elsewhere.

It is written again whenever a command looks at the whole course, and every few seconds while the
launcher runs and something has changed. Nothing here may stop a command: a page that cannot be
written is not written.
"""

from __future__ import annotations

import contextlib
import html
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from noteboosh.course import Course, state_dir
from noteboosh.status import status

PAGE = "notebooks/status.html"
SECONDS = 3.0  # between two looks
# Every state has a sign of its own, so that nothing depends on colour.
SIGNS = {"written": "✓", "borrowed": "⇄", "blank": "○", "damaged": "!"}
WORDS = {"written": "written", "borrowed": "on loan", "blank": "to write", "damaged": "damaged"}


def write(course: Course) -> Path:
    """Write the page. Raises OSError where that is impossible, Problem for a damaged course."""
    path = course.root / PAGE
    data = rendered(status(course)).encode("utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(data)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def try_write(course: Course) -> bool:
    """Whether the page could be written."""
    try:
        write(course)
    except Exception:
        return False
    return True


@contextlib.contextmanager
def kept_current(course: Course) -> Iterator[None]:
    """Inside, the page is written again when files of the student have changed."""
    ended = threading.Event()

    def watch() -> None:
        last = _look(course)
        while not ended.wait(SECONDS):
            now = _look(course)
            if now != last:
                last = now
                try_write(course)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _look(course: Course) -> list[tuple[str, int]]:
    """When everything that the page tells of was written last."""
    files = {e.file for e in course.exercises.values()} | {m.work for m in course.modules}
    paths = [course.root / file for file in sorted(files)]
    found = []
    for path in [*paths, state_dir(course.root) / "hints.json"]:
        with contextlib.suppress(OSError):
            found.append((str(path), path.stat().st_mtime_ns))
    return found


# ---- the text ------------------------------------------------------------------------------------


def rendered(data: dict[str, Any]) -> str:
    """The whole page."""
    totals = data["totals"]
    return _PAGE.substitute(
        at=html.escape(data["at"][:16].replace("T", " ")),
        next=_next(data["next"]),
        totals="".join(
            f"<li><b>{count}</b> {name}</li>"
            for count, name in (
                (f"{totals['written']} of {totals['exercises']}", "exercises written"),
                (f"{totals['answered']} of {totals['questions']}", "questions answered"),
                (str(totals["borrowed"]), "on loan"),
                (str(totals["hints"]), "hints shown"),
            )
        ),
        modules="".join(_module(m, data["next"]) for m in data["modules"]),
    )


def _next(following: dict[str, Any] | None) -> str:
    if following is None:
        return "<p>Everything is written and answered.</p>"
    rows = "".join(
        f"<dt>{html.escape(step['what'])}</dt><dd>{_code(step['text'])}</dd>"
        for step in following["steps"]
    )
    title = html.escape(f"{following['module']} · {following['title']}")
    return f"<p class=module>Module {title}</p><dl>{rows}</dl>"


def _module(module: dict[str, Any], following: dict[str, Any] | None) -> str:
    """One row that opens: the numbers, then every exercise."""
    now = following is not None and following["module"] == module["module"]
    written, of = len(module["written"]), len(module["exercises"])
    name = html.escape(f"{module['module']} {module['title']}")
    notes = [
        f"{written} of {of} written",
        f"{module['answered']} of {module['questions']} answered",
    ]
    notes += [f"{len(module['borrowed'])} on loan"] if module["borrowed"] else []
    shown = sum(module["hints"].values())
    notes += [f"{shown} hint{'s' * (shown != 1)}"] if shown else []
    notes += ["draft"] if module["draft"] else []
    sign = "✓ " if module["done"] else ""
    return (
        f"<details{' open' if now else ''} class='{'now' if now else ''}'>"
        f"<summary><span class=name>{sign}{name}{' (now)' if now else ''}</span>"
        f"{_bar(module)}<span class=notes>{html.escape(', '.join(notes))}</span></summary>"
        f"{_exercises(module)}{_questions(module)}</details>"
    )


def _bar(module: dict[str, Any]) -> str:
    """A box for each exercise; in words for those who cannot see it."""
    boxes = "".join(f"<i class={e['state']}></i>" for e in module["exercises"])
    return f"<span class=bar aria-hidden=true>{boxes}</span>"


def _exercises(module: dict[str, Any]) -> str:
    head = "".join(f"<th scope=col>{name}</th>" for name in ("state", "exercise", "file", "hints"))
    rows = ""
    for e in module["exercises"]:
        place = html.escape(e["file"] + (f":{e['line']}" if e["line"] else ""))
        state = f"{SIGNS[e['state']]} {WORDS[e['state']]}"
        cells = (state, f"<code>{html.escape(e['id'])}</code>", f"<code>{place}</code>", _rungs(e))
        rows += "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _rungs(exercise: dict[str, Any]) -> str:
    return f"{exercise['hints']} of {exercise['of']}" if exercise["hints"] else "–"


def _questions(module: dict[str, Any]) -> str:
    if not module["questions"]:
        return ""
    if not module["open"]:
        return "<p>Every question has an answer.</p>"
    named = ", ".join(html.escape(id) for id in module["open"])
    return f"<p>Without an answer yet: {named}</p>"


def _code(text: str) -> str:
    """Escaped, with `…` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


_PAGE = Template("""\
<!doctype html>
<html lang=en>
<head>
<meta charset=utf-8>
<meta name=viewport content="width=device-width, initial-scale=1">
<meta name=color-scheme content="light dark">
<title>g2c: where you are</title>
<style>
:root { --page: #fff; --text: #1b1f24; --soft: #57606a; --line: #7d8590; --tint: #f3f4f6;
  --done: #24292f; --loan: #8c959f }
@media (prefers-color-scheme: dark) { :root { --page: #15181c; --text: #e6e9ed; --soft: #a5adb8;
  --line: #727c88; --tint: #20252b; --done: #e6e9ed; --loan: #727c88 } }
body { margin: 0 auto; max-width: 46rem; padding: 1rem 1.25rem 2rem; background: var(--page);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.35rem; margin: 0 } h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem }
.soft, .notes, th { color: var(--soft) } .soft { margin: .1rem 0 0; font-size: .85rem }
code { font: .88em ui-monospace, monospace; overflow-wrap: anywhere }
.next { border: 1px solid var(--line); border-radius: 6px; padding: .6rem .9rem; margin-top: 1rem;
  background: var(--tint) }
.next h2 { margin: 0 } .module { font-weight: 600; margin: .2rem 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; margin: .3rem 0 0;
  align-items: baseline }
dt { color: var(--soft) } dd { margin: 0; min-width: 0 }
ul { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 1rem 0 0;
  padding: 0 }
details { border-top: 1px solid var(--line); padding: .45rem 0 } details:last-of-type {
  border-bottom: 1px solid var(--line) }
summary { cursor: pointer; display: grid; grid-template-columns: 1fr auto; gap: 0 1rem;
  align-items: center; border-radius: 4px }
summary:focus-visible { outline: 2px solid var(--text); outline-offset: 2px }
.name { font-weight: 600 } .name::before { content: "+ "; font-family: ui-monospace, monospace }
[open] .name::before { content: "– " } .notes { grid-column: 1 / -1; font-size: .85rem }
.bar { display: flex; gap: 2px }
.bar i { width: 10px; height: 12px; box-sizing: border-box; border: 1px solid var(--line) }
.bar .written { background: var(--done); border-color: var(--done) }
.bar .borrowed { background: repeating-linear-gradient(45deg, var(--loan) 0 2px,
  transparent 2px 4px) }
.bar .damaged { border: 2px dotted var(--text) }
table { border-collapse: collapse; width: 100%; margin-top: .5rem; font-size: .88rem }
th, td { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0 }
th { font-weight: 400 } td:first-child, td:last-child { white-space: nowrap }
@media print { details { break-inside: avoid } }
</style>
</head>
<body>
<main>
<h1>Where you are</h1>
<p class=soft>As of $at. Load the page again to see what has changed since; in JupyterLab, the round
arrow above it does that.</p>
<section class=next aria-labelledby=next><h2 id=next>What is next</h2>$next</section>
<ul aria-label="The whole course">$totals</ul>
<section aria-labelledby=modules><h2 id=modules>Modules</h2>$modules
<p class=soft>A box for each exercise: full is written, hatched is on loan, empty is to be
written.</p></section>
</main>
</body>
</html>
""")
