"""The launcher: prepare a module, open its notebook, show where its tests stand."""

from __future__ import annotations

import contextlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from noteboosh import jupyter, loans, notebooks, progress, workers
from noteboosh.course import Course, Module, state_dir
from noteboosh.errors import Problem, UsageProblem
from noteboosh.transaction import Change, transaction


def prepare(course: Course, module: Module, *, fresh: bool = False, code: bool = False) -> None:
    """One transaction: the module's own loans go back, its needs are borrowed, its working
    notebook is made (`fresh`: anew, the old one into the archive; `code`: empty its fences too)."""
    if module.draft:
        raise UsageProblem(
            f"Module {module.id} is still being written: it has no lesson and no notebook yet. "
            f"Its code is in `{module.package.replace('.', '/')}`; other modules borrow it."
        )
    title = " ".join(["launch", *["--fresh"] * fresh, *["--code"] * code, module.id])
    with transaction(course.root, title) as change:
        _tell_returned(loans.give_back_own(course, change, module))
        if code:
            _tell_returned(loans.reset(course, change, module.exercises))
        _borrow_needs(course, change, module)
        _make_notebook(course, change, module, fresh)


def open_notebook(course: Course, module: Module) -> int:
    """Start JupyterLab (or use the one that runs) at the working notebook; stay until it ends."""
    state = state_dir(course.root)
    server = jupyter.running(course.root, state)
    if server:
        print(f"JupyterLab runs already:\n  {server.url(module.work)}", flush=True)
        jupyter.open_browser(server.url(module.work))
        _show(course, module, _run_tests(course, module))
        return 0
    from noteboosh import page  # which asks this module what is next

    beside = page.PAGE if page.try_write(course) else ""
    with (
        contextlib.suppress(KeyboardInterrupt),
        page.kept_current(course),
        jupyter.serve(course.root, module.work, state, beside) as server,
        ThreadPoolExecutor(1) as pool,
    ):
        tests = pool.submit(_run_tests, course, module)
        server.wait_ready()
        print(f"JupyterLab is ready:\n  {server.url(module.work)}", flush=True)
        jupyter.open_browser(server.url(module.work))
        _show(course, module, tests.result())
        print("\nCtrl-C here ends JupyterLab.", flush=True)
        server.wait()
    print(f"\nJupyterLab has ended. `./noteboosh.sh {module.id}` opens `{module.work}` again.")
    return 0


def what_next(
    course: Course, module: Module, run: workers.Run | None = None
) -> list[tuple[str, str]]:
    """The rows that name what a run found wrong, the next exercise, or what comes after it."""
    if run and run.failures:
        first = run.failures[0]
        return [
            ("next", f"mend what `{first.id.partition('::')[2]}` found ({first.place})"),
            ("see it with", f"`./noteboosh.sh test {module.id} -x`"),
        ]
    standing = next(s for s in progress.standings(course) if s.module is module)
    todo = [e for e in standing.open_exercises if e not in standing.borrowed]
    if not todo:
        later = course.modules[course.modules.index(module) + 1 :]
        after = next((m for m in later if not m.draft), None)
        rows = [("then", f"`./noteboosh.sh {after.id}`, {after.title}")] if after else []
        if standing.answered < standing.questions:
            open_ones = f"{standing.questions - standing.answered} of {standing.questions}"
            text = (
                f"answer the questions ({open_ones} are open): `./noteboosh.sh check {module.id}`"
            )
            return [("next", text), *rows]
        return [("done", f"module {module.id} is written and answered"), *rows]
    return [
        ("next", f"`{todo[0].id}`"),
        ("write it in", progress.place(course, todo[0])),
        ("check it", f"`./noteboosh.sh test {module.id}`"),
        ("stuck?", f"`./noteboosh.sh hint {todo[0].id}`"),
    ]


def _tell_returned(report: loans.Report) -> None:
    if report.done:
        print(f"Yours to write again: {_listed(report.done)}.")
    if report.edited:
        print(f"Your changes to the loan are recorded: {_restores(report.edited)}")
    for problem in report.problems:
        print(problem, file=sys.stderr)


def _borrow_needs(course: Course, change: Change, module: Module) -> None:
    needs = course.needs(module)
    try:
        report = loans.borrow(course, change, needs, module)
    except Problem as error:  # a copy without solutions still opens
        print(error, file=sys.stderr)
        return
    if report.done:
        modules = dict.fromkeys(course.exercises[id].module for id in report.done)
        print(
            f"Borrowed for {module.id}: {len(report.done)} unwritten exercises of modules "
            f"{', '.join(modules)}. `./noteboosh.sh return {module.id}` gives them back."
        )
    for problem in report.problems:
        print(problem, file=sys.stderr)


def _make_notebook(course: Course, change: Change, module: Module, fresh: bool) -> None:
    clean = change.read(module.clean)
    if clean is None:
        raise Problem(f"`{module.clean}` is missing: `git checkout -- {module.clean}` helps.")
    current = change.read(module.work)
    if current is None:
        change.write(module.work, clean)
        return
    wrong = notebooks.is_sound(current)
    if not fresh and not wrong:
        return
    archive = course.root / "notebooks/archive"
    name = notebooks.archive_name(
        (p.name for p in archive.glob("*")), module.name, time.localtime()
    )
    change.write(f"notebooks/archive/{name}", current)
    change.write(module.work, clean)
    print(f"Put aside: `notebooks/archive/{name}`.")
    if wrong and not fresh:
        mended, count = _mended(current, clean)
        change.write(module.work, mended)
        print(f"`{module.work}` could not be read ({wrong}); answers carried over: {count}.")


def _mended(current: bytes, clean: bytes) -> tuple[bytes, int]:
    """A sound notebook with all that can be read of a damaged one, and how many answers that is.

    Where only an answer does not parse, every other cell stays the student's own.
    """
    answers = notebooks.read_answers(current)
    count = sum(bool(text.strip()) for text in answers.values())
    with contextlib.suppress(ValueError):
        own = notebooks.carry_over(current, answers)
        if not notebooks.is_sound(own):
            return own, count
    return notebooks.carry_over(clean, answers), count


def _run_tests(course: Course, module: Module) -> workers.Run:
    # Not recorded: opening a notebook is no attempt.
    return workers.run(workers.Job(course.root, course.root, (module.tests,), ("--no-record",)))


def _show(course: Course, module: Module, run: workers.Run) -> None:
    print(f"\nModule {module.id} · {module.title}")
    for name, value in [("tests", summary(run, module)), *what_next(course, module, run)]:
        print(f"  {name:<12} {value}", flush=True)


def summary(run: workers.Run, module: Module) -> str:
    if run.wrong:
        return f"could not run; `./noteboosh.sh test {module.id}` shows why"
    counts = {
        "passed": run.count("passed"),
        "wait for code to be written": sum(test.unwritten is not None for test in run.tests),
        "failed": len(run.failures),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _listed(ids: list[str]) -> str:
    return ", ".join(f"`{id}`" for id in ids)


def _restores(ids: list[str]) -> str:
    return ", ".join(f"`./noteboosh.sh restore {id}`" for id in ids)
