"""Lessons: fill in what is computed, and check what a page claims.

An authored page may begin with `<!-- setup … -->`, Python that runs on the reference, and
`{{ expression }}` anywhere in it is replaced by `str(value)`.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from noteboosh.authoring.evaluate import Code, Job
from noteboosh.authoring.problems import SourceProblem, raise_all
from noteboosh.course import BUILT, Course
from noteboosh.errors import UsageProblem

_HEAD = re.compile(r"(?:\s*<!--.*?-->)*\s*", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SETUP = re.compile(r"<!--\s*setup\b[^\S\n]*")
_DECIMAL = re.compile(r"\d*(?:\.\d+)+")
_URL = re.compile(r"https?://\S+")

_markdown = MarkdownIt("commonmark").enable("table")

# ---- an authored page ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced `sh` block that is to be run; `line` is that of its first command."""

    line: int
    code: str


@dataclass(frozen=True)
class Lesson:
    """An authored page, cut at its expressions: `texts[0] value texts[1] value …`."""

    path: str
    setup: tuple[Code, ...]
    head: str  # the comments above the page
    texts: tuple[str, ...]
    expressions: tuple[Code, ...]

    def job(self, module: str) -> Job:
        return Job(self.path, module, self.setup, self.expressions)

    def filled(self, values: Sequence[str]) -> str:
        """The page without its head, with these values."""
        return self.texts[0] + "".join(map("".join, zip(values, self.texts[1:], strict=True)))

    def shown(self, values: Sequence[str]) -> str:
        """The built page."""
        lines = self.filled(values).split("\n")
        for token in _fences("\n".join(lines)):
            if token.info.split() == ["sh", "not-run"] and token.map:
                at = token.map[0]
                lines[at] = re.sub(r"\s+not-run\s*$", "", lines[at])
        first = f"<!-- Built from {self.path}: edit that file, then run ./noteboosh.sh build. -->"
        return "\n".join([first, "", *lines])

    def numbered(self, values: Sequence[str]) -> str:
        """The page with its values on the lines where the expressions stand, for checks."""
        kept = [
            " ".join(value.split("\n")) + "\n" * code.text.count("\n")
            for value, code in zip(values, self.expressions, strict=True)
        ]
        return "\n" * self.head.count("\n") + self.filled(kept)


def read_lesson(text: str, path: str) -> Lesson:
    """Cut up an authored page. Raises SourceProblem for everything that is wrong in it."""
    match = _HEAD.match(text)
    head = match[0] if match else ""
    setup = tuple(_setups(head))
    texts, expressions, at = [], [], len(head)
    while (start := text.find("{{", at)) >= 0:
        end = _end(text, start, path)
        texts.append(text[at:start])
        expressions.append(Code(text.count("\n", 0, start) + 1, text[start + 2 : end]))
        at = end + 2
    lesson = Lesson(path, setup, head, (*texts, text[at:]), tuple(expressions))
    raise_all(_typed(lesson))
    return lesson


def _setups(head: str) -> Iterator[Code]:
    for comment in _COMMENT.finditer(head):
        if begun := _SETUP.match(comment[0]):
            line = head.count("\n", 0, comment.start() + begun.end()) + 1
            yield Code(line, comment[0][begun.end() : -len("-->")])


def _end(text: str, start: int, path: str) -> int:
    """Where the expression ends: at the first `}}` up to which it is Python."""
    stop = text.find("\n\n", start)
    stop = len(text) if stop < 0 else stop
    end = text.find("}}", start, stop)
    why = "its `}}` is missing"
    while end >= 0:
        code = text[start + 2 : end]
        try:
            ast.parse(f"({code}\n)", mode="eval")
            if code.strip():
                return end
            why = "it is empty"
        except SyntaxError as error:
            why = error.msg
        end = text.find("}}", end + 1, stop)
    what = f"`{text[start:stop].splitlines()[0][:60]}` is no expression: {why}. "
    cure = 'For two braces as such write `{{ "{{" }}`.'
    raise SourceProblem(path, text.count("\n", 0, start) + 1, what + cure)


def _typed(lesson: Lesson) -> Iterator[SourceProblem]:
    """Decimal numbers in prose, shell blocks neither run nor marked, a setup too far down."""
    text = lesson.numbered(["\N{WHITE SQUARE}"] * len(lesson.expressions))
    for line, number in _decimals(text):
        what = f"{number} is typed in prose: compute it, `{{{{ … }}}}`, so that it stays true; "
        yield SourceProblem(lesson.path, line, f"{what}where it is a name, make it a code span")
    for token in _fences(text):
        line = _line(token)
        if token.info.split()[:1] in (["bash"], ["shell"], ["console"], ["zsh"]):
            what = "write `sh`, which is run, or `sh not-run`, as the word behind the fence"
            yield SourceProblem(lesson.path, line, f"this block says `{token.info}`: {what}")
    if late := _SETUP.search(text):
        line = text.count("\n", 0, late.start()) + 1
        yield SourceProblem(lesson.path, line, "the setup comment must stand above the page's text")
    for block in runnable_blocks(text):
        for offset, code in enumerate(block.code.split("\n")):
            if "\N{WHITE SQUARE}" in code:
                what = "a block that is run is typed out, without `{{ … }}`"
                yield SourceProblem(lesson.path, block.line + offset, what)


def _decimals(text: str) -> Iterator[tuple[int, str]]:
    """Outside code, links and comments."""
    for line, token, in_link in _inline(text):
        if token.type == "text" and not in_link:
            for found in _DECIMAL.finditer(_URL.sub("", token.content)):
                yield line, found[0]


# ---- Markdown ------------------------------------------------------------------------------------


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _fences(text: str) -> list[Token]:
    return [token for token in _markdown.parse(text) if token.type == "fence"]


def _inline(text: str) -> Iterator[tuple[int, Token, bool]]:
    """Every piece of running text with its line, and whether it is the text of a link."""
    for token in _markdown.parse(text):
        line, depth = _line(token), 0
        for child in token.children or []:
            yield line, child, depth > 0
            line += child.type in ("softbreak", "hardbreak")
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)


def runnable_blocks(text: str) -> list[Block]:
    """The fenced `sh` blocks of an authored or built page; `sh not-run` and others are left out."""
    return [
        Block(_line(token) + 1, token.content)
        for token in _fences(text)
        if token.info.split() == ["sh"]
    ]


def anchors(text: str) -> set[str]:
    """What a link can point to in a page: its headings, spelt as GitHub spells them."""
    found: set[str] = set()
    tokens = _markdown.parse(text)
    for heading, inline in zip(tokens, tokens[1:], strict=False):
        if heading.type == "heading_open":
            pieces = (child.content for child in inline.children or [])
            slug = re.sub(r"[^\w\- ]", "", "".join(pieces).strip().lower()).replace(" ", "-")
            again = (f"{slug}-{n}" for n in range(1, len(found) + 1))
            found.add(next(name for name in (slug, *again) if name not in found))
    return found


# ---- what a page claims --------------------------------------------------------------------------

# What the word after a verb names, as a method of Course; other verbs are not looked into.
_ARGUMENTS = {
    "test": "module", "check": "module", "borrow": "module", "return": "module",
    "reset": "target", "hint": "exercise", "watch": "module", "status": "module",
    "explain": "target",
}  # fmt: skip
# Up to two blanks, behind which a listing says what the command does.
_COMMAND = re.compile(r"\./noteboosh\.sh(?P<words>(?:(?!  )[^\n#;&|`])*)")
_PLACEHOLDER = re.compile(r"[A-Z]+|\N{HORIZONTAL ELLIPSIS}|\.\.\.")
_TEST = re.compile(r"(?:(?P<file>[\w/]+\.py)::)?(?P<name>test_\w+)(?!\.py)")
_QUESTION = re.compile(r"(?P<module>\d+[a-z]?)\.\d+")
_ID = re.compile(r"[a-z]\w*(?:\.[a-z]\w*)+")


@dataclass(frozen=True)
class Claims:
    """Checks links, commands and ids of a page against the course as it stands.

    `read(path)` gives the bytes of a file of the repository, b"" for a folder, else None.
    """

    course: Course
    verbs: Collection[str]
    read: Callable[[str], bytes | None]

    def problems(self, text: str, path: str, home: str, first: int = 1) -> Iterator[SourceProblem]:
        """What is untrue in `text`, which begins on line `first` of `path`.

        Links are followed from `home`, the place of the built page.
        """
        for line, what in self._untrue(text, home):
            yield SourceProblem(path, line + first - 1, what)

    def _untrue(self, text: str, home: str) -> Iterator[tuple[int, str]]:
        for line, token, _ in _inline(text):
            target = token.attrGet("href") if token.type == "link_open" else token.attrGet("src")
            if target is not None and (what := self._bad_link(text, home, str(target))):
                yield line, what
            if token.type == "code_inline":
                for what in self._bad_code(token.content):
                    yield line, what
        for token in _fences(text):
            for number, code in enumerate(token.content.split("\n"), start=1):
                for what in self._bad_commands(code):
                    yield _line(token) + number, what

    def _bad_link(self, text: str, home: str, target: str) -> str | None:
        url = urlsplit(target)
        if url.scheme or url.netloc:
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(home), unquote(url.path)))
        if path.startswith(("../", "/")) or path == "..":
            return f"the link `{target}` leaves the repository: give a web address"
        page = self.read(path) if url.path else text.encode("utf-8")
        if page is None:
            return f"the link `{target}` leads nowhere: there is no `{path}`"
        if url.fragment:
            known = anchors(page.decode("utf-8")) if not url.path or path.endswith(".md") else set()
            if unquote(url.fragment) not in known:
                return f"the link `{target}` leads to no heading of that page"
        return None

    def _bad_code(self, code: str) -> Iterator[str]:
        """What is untrue in a code span: a command, or the name of something in the course."""
        yield from self._bad_commands(code)
        yield from self._bad_id(code)
        yield from self._bad_test(code)
        yield from self._bad_question(code)

    def _bad_commands(self, code: str) -> Iterator[str]:
        for command in _COMMAND.finditer(code):
            words = [w for w in command["words"].split() if not w.startswith("-")]
            for word in words:
                yield from self._bad_test(word)
            words = [w for w in words if not _PLACEHOLDER.fullmatch(w.split("|")[0])]
            if not words:
                continue
            verb, *rest = words
            try:
                if verb not in self.verbs:
                    self.course.module(verb)
                elif verb in _ARGUMENTS and rest:
                    getattr(self.course, _ARGUMENTS[verb])(rest[0])
                elif verb == "blame" and rest and not _TEST.fullmatch(rest[0]):
                    self.course.module(rest[0])
            except UsageProblem as problem:
                yield f"`{command[0].strip()}`: {str(problem).splitlines()[0]}"

    def _bad_id(self, code: str) -> Iterator[str]:
        topics = {id.split(".")[0] for id in self.course.exercises}
        if _ID.fullmatch(code) and code.split(".")[0] in topics and not _is_file(code):
            try:
                self.course.exercise(code)
            except UsageProblem as problem:
                cure = f"Where it is a function and no exercise, write `g2c.{code}`."
                yield f"{problem} {cure}"

    def _bad_test(self, code: str) -> Iterator[str]:
        if found := _TEST.fullmatch(code):
            files = [found["file"]] if found["file"] else [m.tests for m in self.course.modules]
            definition = f"def {found['name']}(".encode()
            if not any(definition in (self.read(file) or b"") for file in files):
                yield f"there is no test `{code}`"

    def _bad_question(self, code: str) -> Iterator[str]:
        """A number such as 10.3 may be just that: looked up is what can only be a question."""
        found = _QUESTION.fullmatch(code)
        if not found or found["module"] not in self.course.by_id:
            return
        if found["module"][0] == "0" or not found["module"].isdigit():
            data = self.read(f"{BUILT}/{found['module']}.questions.json")
            if f'"{code}"'.encode() not in (data or b""):
                yield f"there is no question `{code}`"


def _is_file(code: str) -> bool:
    return code.endswith((".py", ".md", ".ipynb", ".json"))
