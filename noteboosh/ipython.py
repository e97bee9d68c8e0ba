"""The notebook extension, `%load_ext noteboosh`: edits in `g2c/` count at once, and an exercise
that is not written yet gets two lines instead of a traceback and does not stop "Run All".

"Not written yet" is a NotImplementedError whose only argument is the id of an exercise, and, after
it, a NameError for something that the cell it stopped would have made.

What the kernel runs is watched as well (noteboosh/guard.py): where it is not what the files hold,
on another Python, or borrowed, a line says so above the output of the next cell.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from noteboosh import course as courses
from noteboosh import fences
from noteboosh.errors import Problem
from noteboosh.guard import Guard, assigned


def load_ipython_extension(ip: Any) -> None:
    """Turn on autoreload of every module, and messages for what is not written yet."""
    ip.extension_manager.load_extension("autoreload")
    ip.run_line_magic("autoreload", "2")
    # A .pyc counts as fresh while its source keeps size and second; an edit may keep both.
    sys.dont_write_bytecode = True
    unload_ipython_extension(ip)
    waiting = Waiting(ip)
    ip.set_custom_exc((NotImplementedError, NameError), waiting.show)
    ip.events.register("post_run_cell", waiting.let_pass)
    _watch(ip)


def unload_ipython_extension(ip: Any) -> None:
    """Back to tracebacks; autoreload stays on."""
    for event in ("pre_run_cell", "post_run_cell"):
        for callback in list(ip.events.callbacks[event]):
            if isinstance(getattr(callback, "__self__", None), (Waiting, Guard)):
                ip.events.unregister(event, callback)
                ip.set_custom_exc((), None)


def _watch(ip: Any) -> None:
    """Look before each cell, after autoreload has; and `%reload_g2c`."""
    course = _course()
    modules = {e.id: e.module for e in course.exercises.values()} if course else {}
    guard = Guard(ip, courses.checkout(), modules)
    ip.events.register("pre_run_cell", guard.look)
    ip.events.register("post_run_cell", guard.note)
    ip.register_magic_function(guard.reload, "line", "reload_g2c")


class Waiting:
    """What in a session waits for which exercise."""

    def __init__(self, ip: Any):
        self.ip = ip
        self.names: dict[str, str] = {}  # not made, because this exercise is not written

    def show(
        self, shell: Any, kind: type, error: BaseException, tb: TracebackType, tb_offset: Any = None
    ) -> None:
        """Print the message of an exercise; for every other error the usual traceback."""
        course = _course()
        id = self.cause(error) if course else None
        if course is None or id is None:
            shell.showtraceback((kind, error, tb), tb_offset=tb_offset, running_compiled_code=True)
        elif isinstance(error, NameError):
            print(f"There is no `{error.name}` yet: the cell that makes it waits for `{id}`.")
        else:
            print(_message(course, course.exercises[id], _module_of_notebook(course, shell)))

    def let_pass(self, result: Any) -> None:
        """After a cell: an exercise that is not written is no error that stops the next cells."""
        if result is None or result.error_before_exec is not None:
            return
        error = result.error_in_exec
        if id := self.cause(error):
            result.error_in_exec = None
            self.names |= dict.fromkeys(assigned(self.ip, result.info.raw_cell), id)
        self.names = {n: id for n, id in self.names.items() if n not in self.ip.user_ns}

    def cause(self, error: BaseException | None) -> str | None:
        """The exercise that an error comes from, or None for an error of its own."""
        if type(error) is NameError:
            last = error.__traceback__
            while last and last.tb_next:
                last = last.tb_next
            # Only a name that the notebook itself asks for, not one inside a module.
            here = last is not None and last.tb_frame.f_globals is self.ip.user_ns
            return self.names.get(error.name or "") if here else None
        if type(error) is not NotImplementedError or len(error.args) != 1:
            return None
        course, id = _course(), error.args[0]
        return id if course and isinstance(id, str) and id in course.exercises else None


def _course() -> courses.Course | None:
    """None where its data cannot be read: then errors look as they do anywhere."""
    try:
        return courses.load()
    except Problem:
        return None


def _message(course: courses.Course, exercise: courses.Exercise, own: courses.Module | None) -> str:
    line = fences.line_of(course.root / exercise.file, exercise.id)
    place = f"`{exercise.file}`" + (f", line {line}" if line else "")
    hint = f"`./noteboosh.sh hint {exercise.id}`"
    if own and own.id == exercise.module:
        return f"Not written yet: `{exercise.id}` in {place}.\nA hint: {hint}"
    borrow = f"`./noteboosh.sh borrow {exercise.module}`"
    where = f"`{exercise.id}` of module {exercise.module} in {place}"
    return f"Not written yet: {where}.\nTo go on without writing it: {borrow}. A hint: {hint}"


def _module_of_notebook(course: courses.Course, ip: Any) -> courses.Module | None:
    """The module whose notebook runs, as Jupyter or VS Code tells it; None elsewhere."""
    path = os.environ.get("JPY_SESSION_NAME") or ip.user_ns.get("__vsc_ipynb_file__") or ""
    return next((m for m in course.modules if Path(str(path)).name.startswith(m.name)), None)
