"""The command line. Every verb is one short function here; the work is done elsewhere.

Exit codes: 0 as asked, 1 tests or proof failed, 2 usage, 3 environment, 4 nothing was done
because it would have touched somebody's work. `test` passes pytest's own code through.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

from noteboosh import course as course_data
from noteboosh.course import Course, Module
from noteboosh.errors import Problem, Protected, UsageProblem

COMMAND = "./noteboosh.sh"

USAGE = """\
g2c: from gradients to a chat model. Build a language model from its parts.

  {0}                       what to do next
  {0} 09b                   set up, prepare module 09b and open its notebook
  {0} --fresh 09b           put the notebook into the archive and start anew
                                       (--code: empty the module's exercises as well)
  {0} 09b --no-launch       prepare only

  {0} test [ID]             run the tests (--reference: on the solutions)
  {0} watch ID              run them at every save: what turned green, what is next
  {0} hint EXERCISE         the next rung of its ladder
  {0} blame TEST            which of your functions makes it fail
  {0} explain ID            one line of yours is changed: which test fails?
  {0} check ID              your saved answers, graded or set beside the rubric
  {0} status [ID]           where you stand (--page: as a page, --json: as data)

  {0} borrow ID             fill what you have not begun, for ID and all it needs
  {0} return ID | --all     give loans back
  {0} reset ID | EXERCISE   empty fences
  {0} undo                  take the last of these steps back (twice: redo)
  {0} record [--off]        what is kept of your test runs, here alone
  {0} timeline [WHAT]       every recorded state
  {0} restore WHAT          bring back a file, an exercise or an answer
{programs}
  {0} doctor                what this machine has and lacks
  {0} build, curves, selftest    for authors: build, record training runs, prove

`{0} VERB --help` says more. Nothing you type is ever lost: every step records
the state before it, and `undo` and `restore` bring it back."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a C locale or cp1252 must not break a message
            stream.reconfigure(errors="replace")
    try:
        return _dispatch(arguments)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        print("\nStopped. Nothing is half-done: the next command goes on from here.",
              file=sys.stderr)  # fmt: skip
        return 130
    except BrokenPipeError:  # `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    words = [a for a in arguments if not a.startswith("-")]
    if words and words[0] in VERBS:
        verb = VERBS[words[0]]
        rest = list(arguments)
        rest.remove(words[0])
        parser = _parser(words[0], verb.__doc__ or "")
        # These two mend a checkout whose built course is missing or damaged.
        bare = Course(course_data.checkout(), ())
        return verb(parser, rest, bare if verb in (build, doctor) else course_data.load())
    if not words and {"-h", "--help"} & set(arguments):
        print(_usage())
        return 0
    if not arguments:
        return next_step(course_data.load())
    course = course_data.load()
    if arguments[0] in course.verbs:
        return program(arguments, course)
    return launch(arguments, course)


def _usage() -> str:
    """Every verb; also those of the course, where it can be read."""
    try:
        verbs = [module.verb for module in course_data.load().verbs.values()]
    except Problem:
        verbs = []
    lines = [f"  {COMMAND} {v['name'] + ' ' + v['usage']:<22} {v['says']}" for v in verbs]
    return USAGE.format(COMMAND, programs="\n".join(["", *lines, ""]) if lines else "")


def _parser(name: str, text: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=f"{COMMAND} {name}".strip(),
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


# -- launching ---------------------------------------------------------------------------------


def launch(arguments: list[str], course: Course) -> int:
    """Prepare a module and open its notebook."""
    parser = _parser("", launch.__doc__ or "")
    parser.add_argument("module", metavar="ID")
    parser.add_argument("--fresh", action="store_true", help="archive the notebook, start anew")
    parser.add_argument("--code", action="store_true", help="with --fresh: empty its exercises too")
    parser.add_argument("--no-launch", action="store_true", help="prepare only")
    args = parser.parse_intermixed_args(arguments)
    try:
        module = course.module(args.module)
    except UsageProblem:
        near = difflib.get_close_matches(args.module, [*VERBS, *course.verbs], n=1, cutoff=0.7)
        if near:
            raise UsageProblem(
                f"There is no verb `{args.module}`. Did you mean `{COMMAND} {near[0]}`?"
            ) from None
        raise
    if args.code and not args.fresh:
        parser.error(f"--code goes with --fresh; to empty exercises alone: {COMMAND} reset ID")
    _set_up(course)
    from noteboosh import launch as launcher

    launcher.prepare(course, module, fresh=args.fresh, code=args.code)
    if not args.no_launch:
        return launcher.open_notebook(course, module)
    print(f"Module {module.id} is ready: `{module.work}`.")
    _print_rows(launcher.what_next(course, module))
    return 0


def program(arguments: list[str], course: Course) -> int:
    """Run a program of the course, on the student's own package."""
    _set_up(course)
    package = course.verbs[arguments[0]].package
    os.chdir(course.root)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", package, *arguments[1:]])


def next_step(course: Course) -> int:
    """No argument: say what to do next."""
    from noteboosh import launch as launcher
    from noteboosh import progress

    standing = progress.current(progress.standings(course))
    if standing is None:
        print(f"Everything is written and answered. `{COMMAND} test` runs all tests.")
        return 0
    module = standing.module
    print(f"Module {module.id} · {module.title}")
    _print_rows([("open it", f"`{COMMAND} {module.id}`"), *launcher.what_next(course, module)])
    print(f"\n`{COMMAND} status` shows the whole course, `{COMMAND} --help` every command.")
    return 0


# -- learning ----------------------------------------------------------------------------------


def test(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Run the tests of one module, or of all. Further options go to pytest."""
    parser.add_argument("module", metavar="ID", nargs="?")
    parser.add_argument("--reference", action="store_true", help="on the solutions")
    parser.add_argument("--no-record", action="store_true", help="leave this run out of the record")
    args, further = parser.parse_known_args(arguments)
    module = course.module(args.module) if args.module else None
    tests = [module.tests] if module else [m.tests for m in course.modules]
    found = [path for path in tests if (course.root / path).exists()]
    if module and not found:
        raise UsageProblem(f"Module {module.id} has no tests yet.")
    _set_up(course)
    _record(course)
    options = [*["--reference"] * args.reference, *["--no-record"] * args.no_record]
    command = [sys.executable, "-m", "pytest", *options, *found, *further]
    return subprocess.run(command, cwd=course.root, check=False).returncode


def watch(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Run a module's tests at every save: what turned green, what is wrong, what is next."""
    parser.add_argument("module", metavar="ID")
    parser.add_argument("--no-record", action="store_true", help="leave these runs unrecorded")
    args = parser.parse_args(arguments)
    module = course.module(args.module)
    if not (course.root / module.tests).exists():
        raise UsageProblem(f"Module {module.id} has no tests yet.")
    _set_up(course)
    from noteboosh import watch as watcher

    return watcher.watch(course, module, ["--no-record"] * args.no_record)


def hint(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Show the next rung of an exercise's ladder of hints."""
    parser.add_argument("exercise", metavar="EXERCISE")
    parser.add_argument("--all", action="store_true", help="the whole ladder")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    exercise = course.exercise(args.exercise)
    from noteboosh import answers, progress

    ladder = exercise.hints
    climb = answers.all_rungs if args.all else answers.next_rung
    shown = climb(course.root, exercise.id, len(ladder))
    if args.json:
        print(json.dumps({"exercise": exercise.id, "hints": ladder[:shown], "of": len(ladder)}))
        return 0
    print(f"{exercise.id} · {progress.place(course, exercise)}")
    for number in range(1 if args.all else shown, shown + 1):
        print(f"\nHint {number} of {len(ladder)}: {ladder[number - 1]}")
    return 0


def blame(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Find out which of your functions makes a test fail, perhaps one of an earlier module.

    TEST is a pytest id, a unique part of one, or a module's ID for its first failing test. Parts of
    the reference are tried in place of yours, on copies. Exit code 1 where none of yours is the
    reason: the test fails on the reference too, or not always.
    """
    parser.add_argument("test", metavar="TEST|ID")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    _set_up(course)
    from noteboosh import blame as finder

    return finder.blame(course, args.test, as_json=args.json)


def explain(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Explain your code: one line of it is changed on a copy. Which test fails, and why?

    For a module that is green, or one of its exercises. On a terminal you are asked; elsewhere the
    question is printed, and --answer with the same --seed responds to it.
    """
    parser.add_argument("what", metavar="ID|EXERCISE")
    parser.add_argument("--seed", type=int, help="which question (a new one each time)")
    parser.add_argument("--answer", metavar="NUMBERS", help="the tests that fail, such as 2 or 1,3")
    parser.add_argument("--why", default="", metavar="TEXT", help="with --answer: your reason")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    if args.answer is not None and args.seed is None:
        parser.error("--answer needs the --seed of its question")
    target = course.target(args.what)
    _set_up(course)
    from noteboosh import explain as examiner

    return examiner.explain(course, target, args.seed, args.answer, args.why, args.json)


def check(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Grade the saved answers of a module: closed ones by their key, free text by its rubric."""
    parser.add_argument("module", metavar="ID")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    from noteboosh import answers

    return answers.check(course, course.module(args.module), as_json=args.json)


def status(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Where you stand, module by module; with an ID, exercise by exercise."""
    parser.add_argument("module", metavar="ID", nargs="?")
    parser.add_argument("--json", action="store_true", help="as noteboosh/status.py explains")
    parser.add_argument("--page", action="store_true", help="as a page, in your browser")
    args = parser.parse_args(arguments)
    only = course.module(args.module) if args.module else None
    from noteboosh import page, progress
    from noteboosh import status as standing

    if args.json:
        print(json.dumps(standing.status(course, only), indent=1))
        return 0
    if args.page:
        return _show_page(course)
    page.try_write(course)
    if only:
        _print_exercises(standing.status(course, only)["modules"][0])
        return 0
    _print_modules(standing.status(course))
    for s in progress.standings(course):
        for exercise in s.damaged:
            print(f"`{exercise.file}`: the fence of `{exercise.id}` cannot be read. "
                  f"`{COMMAND} restore {exercise.file}` brings it back.")  # fmt: skip
    return 0


def _show_page(course: Course) -> int:
    from noteboosh import jupyter, page

    try:
        path = page.write(course)
    except OSError as error:
        raise Problem(f"`{page.PAGE}` cannot be written: {error}.") from error
    print(f"The page is `{page.PAGE}`:\n  {path.as_uri()}")
    jupyter.open_browser(path.as_uri())
    return 0


def _print_modules(data: dict) -> None:
    rows, following = data["modules"], data["next"]
    width = max(len(row["title"]) for row in rows) + 5
    print(f"    {'module':<{width}} {'written':>8} {'on loan':>8} {'answers':>8} {'hints':>6}")
    for row in rows:
        mark = ">" if following and following["module"] == row["module"] else " "
        written = f"{len(row['written'])}/{len(row['exercises'])}"
        answers = f"{row['answered']}/{row['questions']}" if row["questions"] else "-"
        hints = sum(row["hints"].values()) or "-"
        name = f"{row['module']:<5}{row['title']}"
        draft = "  (draft)" if row["draft"] else ""
        print(f"  {mark} {name:<{width}} {written:>8} {len(row['borrowed']) or '-':>8} "
              f"{answers:>8} {hints:>6}{draft}")  # fmt: skip
    for number, step in enumerate(following["steps"] if following else []):
        if number < 2:
            print(f"{'' if number else chr(10)}  {step['what']:<12} {step['text']}")


def _print_exercises(row: dict) -> None:
    words = {"written": "written", "borrowed": "on loan", "blank": "to write", "damaged": "damaged"}
    print(f"Module {row['module']} · {row['title']}")
    for e in row["exercises"]:
        place = f"{e['file']}:{e['line']}" if e["line"] else e["file"]
        hints = f"  {e['hints']} of {e['of']} hints" if e["hints"] else ""
        print(f"  {words[e['state']]:<9} {e['id']:<36} {place}{hints}")
    if row["questions"]:
        counts = f"{row['answered']} of {row['questions']} questions answered"
        print(f"  {counts}: `{COMMAND} check {row['module']}`")


# -- loans and history -------------------------------------------------------------------------


def borrow(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Fill the exercises you have not begun, of a module and of everything it needs.

    A borrowed fence says so in its first line. What you have begun is left alone and named;
    --force borrows that too, after recording it, and `return` brings yours back.
    """
    parser.add_argument("module", metavar="ID")
    parser.add_argument("--force", action="store_true")
    args = parser.parse_args(arguments)
    module = course.module(args.module)
    from noteboosh import loans

    with _transaction(course, f"borrow {module.id}") as change:
        modules = [*course.needs(module), module]
        report = loans.borrow(course, change, modules, module, force=args.force)
    _print_ids(course, "Borrowed", report.done)
    _print_ids(course, "Borrowed already, now for this module too", report.shared)
    _print_ids(course, "Yours, so left alone (`--force` borrows these too)", report.kept)
    if not (report.done or report.shared or report.kept or report.problems):
        print(f"Everything that {module.id} needs is on loan already.")
    if report.kept and not (report.done or report.shared):
        return Protected.exit_code
    return _problems(report.problems)


def give_back(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Give loans back: each fence holds again what it held before."""
    parser.add_argument("module", metavar="ID", nargs="?")
    parser.add_argument("--all", action="store_true", help="every loan")
    args = parser.parse_args(arguments)
    if bool(args.module) == args.all:
        parser.error("name a module, or say --all")
    module = course.module(args.module) if args.module else None
    from noteboosh import loans

    with _transaction(course, f"return {module.id if module else '--all'}") as change:
        report = loans.give_back(course, change, module)
    _print_ids(course, "Given back", report.done)
    _print_ids(course, "Still on loan for another module", report.shared)
    for id in report.edited:
        print(f"Your changes to the loan of `{id}` are recorded: "
              f"`{COMMAND} timeline {id}` lists them.")  # fmt: skip
    if not (report.done or report.shared or report.problems):
        print(f"Nothing is on loan for {module.id}." if module else "Nothing is on loan.")
    return _problems(report.problems)


def reset(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Empty the fences of a module or of one exercise. `undo` brings back what they held."""
    parser.add_argument("what", metavar="ID|EXERCISE")
    target = course.target(parser.parse_args(arguments).what)
    from noteboosh import loans

    exercises = target.exercises if isinstance(target, Module) else [target]
    with _transaction(course, f"reset {target.id}") as change:
        report = loans.reset(course, change, exercises)
    _print_ids(course, "Emptied", report.done)
    if not (report.done or report.problems):
        print("Nothing was written there.")
    return _problems(report.problems)


def record(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """What is recorded of your test runs, on this machine alone, and whether it is.

    It serves to offer a hint where a test fails the same way three times. --off lasts until --on;
    `test` and `watch` take --no-record for one run.
    """
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--off", action="store_true", help="record nothing from now on")
    group.add_argument("--on", action="store_true", help="record again")
    group.add_argument("--clear", action="store_true", help="forget all recorded runs")
    args = parser.parse_args(arguments)
    from noteboosh import record as runs

    if args.off or args.on:
        runs.turn(course.root, on=args.on)
    if args.clear:
        runs.clear(course.root)
    print(runs.summary(course.root))
    return 0


def undo(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Take the last step back. Twice is redo.

    Files that are still as the step left them return whole; in files you have worked in since,
    only the fences or cells of that step do, after your state is recorded.
    """
    parser.parse_args(arguments)
    from noteboosh import history

    title, kept = history.undo(course.root)
    print(f"Done: {title}.")
    for sentence in kept:
        print(sentence)
    return 0


def timeline(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """List the recorded states, newest first; of one file, exercise or answer if named."""
    parser.add_argument("what", metavar="WHAT", nargs="?")
    parser.add_argument("-n", type=int, default=20, help="how many (20)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    from noteboosh import history

    entries = [e for _, e in zip(range(args.n), history.listing(course, args.what), strict=False)]
    if args.json:
        keys = ("number", "commit", "when", "title", "files")
        print(json.dumps([{k: getattr(e, k) for k in keys} for e in entries], indent=1))
        return 0
    for entry in entries:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.when))
        files = entry.files[0] if len(entry.files) == 1 else f"{len(entry.files)} files"
        print(f"{entry.number:>5}  {when}  {entry.title}  ({files})")
    if not entries:
        print("Nothing is recorded yet.")
    elif args.what:
        print(f"\n`{COMMAND} restore {args.what} --at NUMBER` brings one of them back.")
    return 0


def restore(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Bring back one file, one exercise (`topic.name`) or one answer (`09b.3`).

    Without --at: the newest recorded state that differs from the present one. The present state
    is recorded first, so a restore can be undone.
    """
    parser.add_argument("what", metavar="WHAT")
    parser.add_argument("--at", type=int, metavar="NUMBER", help="as `timeline WHAT` numbers them")
    args = parser.parse_args(arguments)
    from noteboosh import history

    path, entry = history.restore(course, args.what, args.at)
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.when))
    print(f"`{args.what}` is back in `{path}` as it was on {when} (entry {entry.number}).")
    return 0


# -- machine and authors -----------------------------------------------------------------------


def doctor(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """What this machine has and lacks, and how to mend it."""
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    from noteboosh.doctor import doctor as examine

    return examine(course.root, as_json=args.json)


def build(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """For authors: build `g2c/`, `lessons/`, `notebooks/clean/` and `course/built/` from
    `course/`. What stands inside a fence of `g2c/` is kept."""
    parser.parse_args(arguments)
    _set_up(course, authors=True)
    from noteboosh.authoring.write import write_built

    for line in write_built(course.root):
        print(line)
    return 0


def curves(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """For authors: record the training runs in `course/curves/` over many seeds, right and with
    each of their mistakes, for `curve(ID, losses)` in a notebook. Minutes each."""
    parser.add_argument("run", nargs="*", help="only these, such as 06.bigram")
    args = parser.parse_args(arguments)
    _set_up(course, authors=True)
    from noteboosh.authoring.curves import record_all

    for line in record_all(course, args.run):
        print(line, flush=True)
    return 0


def selftest(parser: argparse.ArgumentParser, arguments: list[str], course: Course) -> int:
    """Prove that everything the course promises is true. Never uses your `g2c/`."""
    parser.add_argument("part", nargs="*", help="only these parts")
    args = parser.parse_args(arguments)
    _set_up(course, authors=True)
    from noteboosh.proof.selftest import selftest as prove

    return prove(course, args.part or None)


VERBS: dict[str, Callable[[argparse.ArgumentParser, list[str], Course], int]] = {
    "test": test,
    "watch": watch,
    "hint": hint,
    "blame": blame,
    "explain": explain,
    "check": check,
    "status": status,
    "borrow": borrow,
    "return": give_back,
    "reset": reset,
    "record": record,
    "undo": undo,
    "timeline": timeline,
    "restore": restore,
    "doctor": doctor,
    "build": build,
    "curves": curves,
    "selftest": selftest,
}


# -- shared ------------------------------------------------------------------------------------


def _set_up(course: Course, authors: bool = False) -> None:
    """Make or repair `.venv` if it needs that, and go on inside it."""
    from noteboosh import environment

    environment.ensure(course.root, extra="authors" if authors else None)
    environment.reexec(course.root, sys.argv[1:])


def _transaction(course: Course, title: str):
    from noteboosh.transaction import transaction

    return transaction(course.root, title)


def _record(course: Course) -> None:
    """Record the student's work as it stands; tests run even where that fails."""
    try:
        with _transaction(course, "look"):
            pass
    except Problem as problem:
        print(problem, file=sys.stderr)


def _print_rows(rows: list[tuple[str, str]]) -> None:
    for name, value in rows:
        print(f"  {name:<12} {value}")


def _print_ids(course: Course, title: str, ids: list[str]) -> None:
    """A few exercises by their ids, many by their modules."""
    if len(ids) > 6:
        modules = dict.fromkeys(course.exercises[id].module for id in ids)
        print(f"{title}: {len(ids)} exercises of modules {', '.join(modules)}")
    elif ids:
        print(f"{title}: " + ", ".join(f"`{id}`" for id in ids))


def _problems(problems: list[str]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0
