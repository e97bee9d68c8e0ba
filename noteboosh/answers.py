"""Questions and answers: `answer()` in a notebook, `check` on the saved file, the ladders of hints.

`course/built/<module>.questions.json` is built with `to_data` and `encode_key`:

    {"09b.5": {"kind": "number", "key": "1:…", "rubric": ["…"], "hints": ["…"]}, …}

plus, where a question has them, `"tolerance": 0.01`, `"options": {"a": "…"}` and
`"accept": "1:…"`, the further spellings of a code fragment. No reference and no torch is needed.
"""

from __future__ import annotations

import base64
import contextlib
import difflib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noteboosh import grading, notebooks
from noteboosh.course import BUILT, Course, Module, checkout, state_dir
from noteboosh.errors import EnvironmentProblem, Problem, UsageProblem
from noteboosh.grading import KINDS, Question, Response

_VERSION = "1:"


def answer(question_id: str, text: str = "") -> None:
    """Respond at once to the answer of a question, by printing; what is wrong never raises."""
    id = str(question_id)
    try:
        question = find(checkout(), id)
        response = respond(checkout(), question, "" if text is None else str(text))
    except Problem as error:
        print(error)
        return
    print(_shown(id, response))


def respond(root: Path, question: Question, text: str, *, saved: bool = False) -> Response:
    """A hint where the answer asks for one, else the grade.

    The text of a saved answer may be read many times: the request that was answered last gets
    the same hint again, and only another wording gets the next.
    """
    if not asks_for_hint(text):
        return grading.grade(question, text)
    ladder = question.hints
    if not ladder:
        return Response(None, "There are no hints for this question.", "hint")
    before, rung = _climb(root, question.id, len(ladder), text.strip(), repeat=saved)
    hint = f"Hint {rung} of {len(ladder)}: {ladder[rung - 1]}"
    if rung < len(ladder):
        return Response(None, f"{hint}\nAsk for another hint if you need one.", "hint")
    last = (
        "That was the last hint; here it is again." if before == rung else "This is the last one."
    )
    return Response(None, f"{hint}\n{last}", "hint")


def check(course: Course, module: Module, as_json: bool = False) -> int:
    """Print what the saved answers of a module get, as `answer` would. Returns the exit code.

    Raises UsageProblem where there are no questions or no notebook yet.
    """
    results = [asdict(checked) for checked in checked_answers(course, module)]
    if as_json:
        data = {"module": module.id, "notebook": module.work, "answers": results}
        print(json.dumps(data, indent=1))
        return 0
    print(f"{module.id} {module.title}: the answers saved in `{module.work}`\n")
    width = max(len(result["question"]) for result in results)
    for result in results:
        print(f"  {result['question']:<{width}}  {result['result']}")
    for result in results:
        if result["result"] not in (grading.CORRECT, grading.SKIPPED) or result["problem"]:
            problem = f"{result['problem']}.\n" if result["problem"] else ""
            print("\n" + _block(result["question"], f"{problem}{result['message']}"))
    return 0


@dataclass(frozen=True)
class Checked:
    """One saved answer; `result` is the verdict, or recorded, hint or unknown."""

    question: str
    kind: str | None
    result: str
    message: str
    answer: str
    problem: str | None  # why the cell cannot be read by Python
    rubric: tuple[str, ...]


def checked_answers(course: Course, module: Module) -> list[Checked]:
    """Every question of a module with what its saved answer gets. Raises UsageProblem."""
    questions = load_questions(course.root, module.id)
    if not questions:
        raise UsageProblem(f"Module {module.id} has no questions yet.")
    if not (course.root / module.work).exists():
        raise UsageProblem(
            f"You have no notebook for {module.id} yet: `./noteboosh.sh {module.id}` makes "
            f"`{module.work}` and opens it."
        )
    saved = notebooks.answers((course.root / module.work).read_bytes())
    results = [_checked(course.root, q, saved.get(q.id)) for q in questions.values()]
    for id in sorted(saved.keys() - questions.keys()):
        message = _unknown(id, questions)
        results.append(Checked(id, None, "unknown", message, saved[id].text, saved[id].problem, ()))
    return results


def _checked(root: Path, question: Question, saved: notebooks.Answer | None) -> Checked:
    if saved is None:
        response = Response(grading.SKIPPED, "Its cell is not in the notebook any more.")
        saved = notebooks.Answer(question.id, "")
    else:
        response = respond(root, question, saved.text, saved=True)
    return Checked(
        question.id, question.kind, response.label, response.message,
        saved.text, saved.problem, question.rubric,
    )  # fmt: skip


def saved_answers(root: Path, module: Module) -> dict[str, str]:
    """The saved texts by question id; empty where there is no notebook yet."""
    try:
        return notebooks.read_answers((root / module.work).read_bytes())
    except OSError:
        return {}


# ---- questions -----------------------------------------------------------------------------------


def find(root: Path, id: str) -> Question:
    """The question with this id. Raises UsageProblem that names the nearest."""
    questions: dict[str, Question] = {}
    for path in sorted((root / BUILT).glob("*.questions.json")):
        questions |= load_questions(root, path.name.removesuffix(".questions.json"))
    if id not in questions:
        raise UsageProblem(_unknown(id, questions))
    return questions[id]


def load_questions(root: Path, module: str) -> dict[str, Question]:
    """The questions of a module by id, in order; empty where it has none yet.

    Raises EnvironmentProblem where the file is damaged.
    """
    path = root / BUILT / f"{module}.questions.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        return {id: _from_data(id, question) for id, question in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnvironmentProblem(
            f"`{BUILT}/{path.name}` cannot be read ({type(error).__name__}: {error}).\n"
            f"Bring it back with `git checkout -- {BUILT}`, or as an author run "
            "`./noteboosh.sh build`."
        ) from error


def to_data(question: Question) -> dict[str, Any]:
    """The entry of a question in the data file. Raises ValueError for what cannot be graded."""
    if question.kind not in KINDS:
        raise ValueError(f"{question.id}: kind {question.kind!r} is none of {', '.join(KINDS)}")
    data: dict[str, Any] = {"kind": question.kind}
    data |= {"rubric": list(question.rubric), "hints": list(question.hints)}
    if question.kind != "text":
        data["key"] = encode_key(question.key)
    if question.tolerance is not None:
        data["tolerance"] = question.tolerance
    if question.options:
        data["options"] = dict(question.options)
    if question.accept:
        data["accept"] = encode_key(list(question.accept))
    return data


def _from_data(id: str, data: Mapping[str, Any]) -> Question:
    return Question(
        id,
        data["kind"],
        key=decode_key(data["key"]) if data.get("key") else None,
        rubric=tuple(data["rubric"]),
        hints=tuple(data["hints"]),
        tolerance=data.get("tolerance"),
        options=data.get("options") or {},
        accept=tuple(decode_key(data["accept"])) if data.get("accept") else (),
    )


def encode_key(value: Any) -> str:
    """A key as text that does not give itself away at a glance; no secret, and the same everywhere
    (no compression: its bytes differ between builds of zlib). Tensors and arrays become lists."""
    text = json.dumps(value, default=lambda v: v.tolist())
    return _VERSION + base64.b85encode(text.encode("ascii")).decode("ascii")


def decode_key(text: str) -> Any:
    """The value of `encode_key`; tuples come back as lists. Raises ValueError."""
    if not text.startswith(_VERSION):
        raise ValueError("this key is of another version of the course")
    return json.loads(base64.b85decode(text.removeprefix(_VERSION)))


def _unknown(id: str, questions: Mapping[str, Question]) -> str:
    near = difflib.get_close_matches(id, questions, n=1, cutoff=0.4)
    return f"There is no question `{id}`." + (f" Did you mean `{near[0]}`?" if near else "")


# ---- hints ---------------------------------------------------------------------------------------

_LONGEST_REQUEST = 12  # words
_HINT = r"(?:hints?|clues?|nudge|tips?)"
# What a request may consist of, besides the hint itself and the question's number.
_COURTESY = re.compile(
    r"an?|the|another|next|more|one|two|first|second|third|last|further|some|any|bit|of|small|little"
    r"|quick|please|pls|plz|thanks?|thank|you|hi|hello|hey|ok|okay|yes|hmm|just|only|maybe|i|im|i'm"
    r"|am|me|my|we|us|can|could|may|might|would|will|should|do|does|is|there|have|has|get|give|show"
    r"|tell|send|offer|provide|see|need|want|like|love|ask|asking|for|on|to|with|about|at|this|that"
    r"|it|here|question|exercise|answer|stuck|lost|no|idea|and|so|now|again|help"
)
_REQUEST = re.compile(
    rf"\b(?:can|could|may|might)\s+(?:i|we|you)\b.*\b{_HINT}\b"
    rf"|\b(?:give|show|tell|send|offer|get)\s+(?:me|us)\b.*\b{_HINT}\b"
    rf"|\b(?:need|want|love|like|asking for|ask for)\s+(?:a|an|another|the|one|some|any|more)\b"
    rf"(?:\s+\w+)?\s+{_HINT}\b"
    rf"|\b{_HINT}\W*(?:please|pls|plz)\b|\b(?:please|pls|plz)\b.*\b{_HINT}\b"
)
_REFUSAL = re.compile(
    rf"\b(?:without|not?|never|don'?t|didn'?t)\b(?:\s+(?:need|want|have|use|get|take|ask for))?"
    rf"(?:\s+(?:a|an|any|the|another|more|further|your))*\s+{_HINT}\b"
)


def asks_for_hint(text: str) -> bool:
    """Whether an answer is a request for a hint, not an answer that mentions one."""
    text = text.lower().replace("\u2019", "'")
    words = re.findall(r"[\w']+(?:\.\d+)?", text)
    if len(words) > _LONGEST_REQUEST or not re.search(rf"\b{_HINT}\b", text):
        return False
    if _REFUSAL.search(text):
        return False
    others = (w for w in words if not re.fullmatch(rf"{_HINT}|\d\w*(?:\.\d+)?", w))
    return bool(_REQUEST.search(text)) or all(map(_COURTESY.fullmatch, others))


def next_rung(root: Path, key: str, count: int) -> int:
    """The number, from 1, of the next hint on a ladder of `count`; the last one stays."""
    return _climb(root, key, count)[1]


def all_rungs(root: Path, key: str, count: int) -> int:
    """The whole ladder was shown: recorded as such. Gives back its length."""
    _write_rungs(root, {**_read_rungs(root), key: (count, "")})
    return count


def rungs_used(root: Path) -> dict[str, int]:
    """How many hints of each exercise and question were shown; none for those never asked for."""
    return {key: rung for key, (rung, _) in _read_rungs(root).items() if rung}


def _climb(root: Path, key: str, count: int, request: str = "", repeat: bool = False):
    """The rung shown before and the one to show now, which is recorded."""
    rungs = _read_rungs(root)
    before, asked = rungs.get(key, (0, ""))
    again = repeat and before > 0 and asked == request
    rung = min(before if again else before + 1, count)
    _write_rungs(root, {**rungs, key: (rung, request)})
    return (0 if again else before), rung


def _read_rungs(root: Path) -> dict[str, tuple[int, str]]:
    """How far each ladder was climbed, and for which request; what is damaged counts as unread."""
    try:
        data = json.loads((state_dir(root) / "hints.json").read_text("utf-8"))
        entries = [(key, rung, request) for key, (rung, request) in data.items()]
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}
    return {
        key: (rung, request)
        for key, rung, request in entries
        if type(rung) is int and rung >= 0 and isinstance(request, str)
    }


def _write_rungs(root: Path, rungs: Mapping[str, tuple[int, str]]) -> None:
    """Replace the file in one go. Where that is impossible, hints are shown all the same."""
    with contextlib.suppress(OSError):
        folder = state_dir(root)
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix="hints.", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(rungs, file)
        os.replace(name, folder / "hints.json")


# ---- printing ------------------------------------------------------------------------------------


def _shown(id: str, response: Response) -> str:
    message = response.message
    if response.verdict == grading.SKIPPED:
        message = "Write between the quotes, or ask there for a hint."
    if response.verdict:
        message = f"{response.verdict}. {message}" if message else f"{response.verdict}."
    return _block(id, message)


def _block(id: str, message: str) -> str:
    first, *rest = message.strip().split("\n")
    return "\n".join([f"{id}: {first}", *(f"  {line}" for line in rest)])
