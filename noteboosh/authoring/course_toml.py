"""`course/course.toml` read, checked, and turned into the data of `course/built/course.json`."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from noteboosh.authoring import package
from noteboosh.authoring.problems import SourceProblem, raise_all, read_text
from noteboosh.course import Course, _module

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PATH = "course/course.toml"
VERB = ("name", "usage", "says")  # a command that runs the module's package, `python -m`
FRESH = {"fresh_passed", "fresh_failed"}  # of a promise, where a fresh clone shows other counts
RUNGS = 3  # a question, the idea, almost the answer: a ladder has no fewer

# What each table holds; a key in the second dictionary has this value where it is left out.
_TABLES: dict[str, tuple[dict[str, type], dict[str, Any]]] = {
    "": ({"module": list}, {"given": []}),
    "module": (
        dict.fromkeys(("id", "title", "question", "package", "tests", "slug"), str),
        {"needs": [], "promise": {}, "draft": False, "verb": {}, "exercise": []},
    ),
    "module.exercise": ({"id": str}, {"hints": []}),
}
_TYPES = {str: "a text", list: "a list", dict: "a table", bool: "true or false"}


def course_data(root: Path) -> dict[str, Any]:
    """What `course/built/course.json` holds. Raises SourceProblem, EnvironmentProblem."""
    text = read_text(root, PATH)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        what = f"this is not TOML: {str(error).split(' (at ')[0]}"
        raise SourceProblem(PATH, line, what) from None
    toml = _Toml(text)
    raise_all(toml.shape(raw))
    places = package.places(root)
    raise_all(toml.sense(root, raw, places))
    return {
        "built_from": PATH,
        "given": raw.get("given", []),
        "modules": [_module_data(module, places) for module in raw["module"]],
    }


def course_of(root: Path, data: dict[str, Any]) -> Course:
    """The course exactly as the engine will read it."""
    return Course(root, tuple(_module(m) for m in data["modules"]), tuple(data["given"]))


def _module_data(table: dict[str, Any], places: dict[str, tuple[str, int]]) -> dict[str, Any]:
    data = {**_TABLES["module"][1], **table}
    exercises = [
        {"id": e["id"], "file": places[e["id"]][0].removeprefix("course/"), "hints": _hints(e)}
        for e in data.pop("exercise")
    ]
    return {**data, "exercises": exercises}


def _hints(exercise: dict[str, Any]) -> list[str]:
    return exercise.get("hints", [])


class _Toml:
    """The text beside its values, because a TOML parser keeps no line numbers."""

    def __init__(self, text: str):
        self.lines = text.split("\n")

    def problem(self, table: str, number: int, key: str, what: str) -> SourceProblem:
        """One at a key of the n-th `[[table]]`, or at its header where the key is missing."""
        heads = [n for n, line in enumerate(self.lines) if re.match(r"\s*\[", line)]
        same = [n for n in heads if re.match(rf"\s*\[\[{re.escape(table)}\]\]", self.lines[n])]
        start = same[number] if table and number < len(same) else 0
        end = next((n for n in heads if n > start), len(self.lines))
        pattern = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
        at = (n for n in range(start, end) if key and pattern.match(self.lines[n]))
        return SourceProblem(PATH, next(at, start) + 1, what)

    # -- shape: the right keys with the right types -----------------------------------------

    def shape(self, raw: dict[str, Any]) -> Iterator[SourceProblem]:
        yield from self._table("", 0, raw)
        exercises = 0
        for number, module in enumerate(_tables(raw.get("module"))):
            yield from self._table("module", number, module)
            for exercise in _tables(module.get("exercise")):
                yield from self._table("module.exercise", exercises, exercise)
                exercises += 1

    def _table(self, table: str, number: int, values: dict) -> Iterator[SourceProblem]:
        required, optional = _TABLES[table]
        types = {**required, **{key: type(default) for key, default in optional.items()}}
        name = f"`[[{table}]]`" if table else "the course"
        for key in [k for k in required if k not in values]:
            yield self.problem(table, number, "", f"{name} has no `{key}`: add `{key} = …`")
        for key, value in values.items():
            if key not in types:
                near = difflib.get_close_matches(key, types, n=1)
                cure = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(types)}"
                yield self.problem(table, number, key, f"{name} has no key `{key}`: {cure}")
            elif not isinstance(value, types[key]):
                what = f"`{key}` must be {_TYPES[types[key]]}, and it is {value!r}"
                yield self.problem(table, number, key, what)
            elif isinstance(value, list):
                yield from self._entries(table, number, key, value)

    def _entries(self, table: str, number: int, key: str, value: list) -> Iterator[SourceProblem]:
        kind = dict if key in ("module", "exercise") else str
        for entry in (entry for entry in value if not isinstance(entry, kind)):
            what = f"`{key}` must hold only {'tables' if kind is dict else 'texts'}, not {entry!r}"
            yield self.problem(table, number, key, what)

    # -- sense: what the keys say is true ---------------------------------------------------

    def sense(self, root: Path, raw: dict, places: dict) -> Iterator[SourceProblem]:
        modules = raw["module"]
        yield from self._once(modules)
        for name in raw.get("given", []):
            if what := _no_package(root, name):
                yield self.problem("", 0, "given", what)
        exercises, known = 0, set()
        for number, module in enumerate(modules):
            yield from self._module(root, modules, number)
            for exercise in module.get("exercise", []):
                known.add(exercise["id"])
                for key, what in _exercise_problems(module, exercise, places):
                    yield self.problem("module.exercise", exercises, key, what)
                exercises += 1
        for id, (path, line) in places.items():
            if id not in known:
                what = f"no module in `{PATH}` lists `{id}`: add a `[[module.exercise]]` for it"
                yield SourceProblem(path, line, what)
        yield from _orphans(root, modules)

    def _once(self, modules: list[dict]) -> Iterator[SourceProblem]:
        exercises = [e for module in modules for e in module.get("exercise", [])]
        for table, entries, keys in (
            ("module", modules, ("id", "slug", "tests")),
            ("module.exercise", exercises, ("id",)),
        ):
            for key in keys:
                values = [entry[key] for entry in entries]
                for number, value in enumerate(values):
                    if value in values[:number]:
                        what = f"`{key} = {value!r}` stands here a second time: rename one of them"
                        yield self.problem(table, number, key, what)

    def _module(self, root: Path, modules: list[dict], number: int) -> Iterator[SourceProblem]:
        module = modules[number]
        earlier = [m["id"] for m in modules[:number]]
        for key, what in _module_problems(root, module):
            yield self.problem("module", number, key, what)
        for need in module.get("needs", []):
            if need in earlier:
                continue
            later = any(need == m["id"] for m in modules)
            what = "must stand earlier in the file" if later else "is no module"
            yield self.problem("module", number, "needs", f"`{need}`, needed here, {what}")


def _tables(value: Any) -> list[dict]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _module_problems(root: Path, module: dict) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"[0-9]+[a-z]*", module["id"]):
        yield "id", f"`{module['id']}` is no id: write digits, then small letters, as in `09b`"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", module["slug"]):
        what = "write small letters and digits, with `-` between words"
        yield "slug", f"`{module['slug']}` is no slug: {what}"
    if missing := _no_package(root, module["package"]):
        yield "package", missing
    if module.get("draft"):
        return
    promise = module.get("promise", {})
    counts = [n for n in promise.values() if type(n) is int and n >= 0]
    both = {"passed", "failed"}
    if set(promise) not in (both, both | FRESH) or len(counts) != len(promise):
        what = "write `promise = { passed = …, failed = … }`, as with earlier modules complete, "
        what += f"and {' and '.join(f'`{key}`' for key in sorted(FRESH))} too where all is blank"
        yield "promise", f"a module that is no draft promises its counts: {what}"
    name = f"{module['id']}-{module['slug']}"
    sources = (f"course/lessons/{name}.md", f"course/notebooks/{name}.py")
    for key, path in (("tests", module["tests"]), *(("slug", path) for path in sources)):
        if not (root / path).is_file():
            yield key, f"`{path}` is missing: write it, or set `draft = true` until it is there"


def _exercise_problems(module: dict, exercise: dict, places: dict) -> Iterator[tuple[str, str]]:
    id = exercise["id"]
    folder = f"course/{module['package'].replace('.', '/')}"
    if id not in places:
        near = difflib.get_close_matches(id, places, n=1)
        cure = f"did you mean `{near[0]}`?" if near else f"mark it with `# BEGIN SOLUTION {id}`"
        yield "id", f"no region in `{package.SOURCE}` is called `{id}`: {cure}"
    elif not places[id][0].startswith((f"{folder}/", f"{folder}.py")):
        what = f"`{id}` stands in `{places[id][0]}`, outside `{module['package']}`"
        yield "id", f"{what}: list it under the module of that package"
    # The ladder of a draft may still be unwritten.
    if not module.get("draft") and len(_hints(exercise)) < RUNGS:
        what = "a ladder has at least three: a question, the idea, almost the answer"
        yield "hints", f"`{id}` has {len(_hints(exercise))} hints; {what}"


def _no_package(root: Path, name: str) -> str | None:
    file = root / "course" / Path(*name.split("."))
    if name.startswith("g2c.") and (file.is_dir() or file.with_suffix(".py").is_file()):
        return None
    return f"there is no package `{name}` in `course`: write `g2c.` and the name of its folder"


def _orphans(root: Path, modules: list[dict]) -> Iterator[SourceProblem]:
    """Sources that no module names: a typing error in a name must not leave a page out."""
    names = {f"{module['id']}-{module['slug']}" for module in modules}
    for pattern in ("lessons/*.md", "notebooks/*.py"):
        for path in sorted((root / "course").glob(pattern)):
            if path.stem not in names:
                what = f"no module in `{PATH}` has the id and slug `{path.stem}`: rename the file"
                yield SourceProblem(path.relative_to(root).as_posix(), 1, what)
