"""The pytest plugin of a worker: sends what becomes of each test, and what it enters."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import pytest

from noteboosh.workers import Test

MESSAGE = 12  # lines that are kept of what a failed test says


class Reporter:
    """Sends every test, before and after.

    An instrumented package calls `__g2c_enter__(id)` where an exercise begins. What a fixture
    enters counts for every test that uses it, also where an earlier test had it made.
    """

    def __init__(self, send: Callable[[Any], object]):
        self.send = send
        self.entered: set[str] = set()
        self.by_fixture: dict[str, set[str]] = {}
        self.diagnoses: list[str] = []
        builtins.__g2c_enter__ = lambda id: self.entered.add(id)  # type: ignore[attr-defined]

    def pytest_collectreport(self, report) -> None:
        if report.failed:
            last = str(report.longrepr).strip().splitlines()[-1]
            self.send(Test(report.nodeid, report.nodeid, "error", "collect", last))

    def pytest_collection_finish(self, session) -> None:
        if session.config.option.collectonly:
            for item in session.items:
                place = f"{item.location[0]}:{(item.location[1] or 0) + 1}"
                self.send(Test(item.nodeid, place, "collected"))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        before, self.entered = self.entered, set()
        try:
            return (yield)
        finally:
            self.by_fixture[fixturedef.argname] = self.entered
            self.entered = before | self.entered

    def pytest_runtest_logstart(self, nodeid: str, location: tuple) -> None:
        self.entered = set()
        self.test = Test(nodeid, f"{location[0]}:{(location[1] or 0) + 1}")
        self.send(self.test)

    def pytest_runtest_makereport(self, item, call) -> None:
        for name in item.fixturenames:
            self.entered |= self.by_fixture.get(name, set())
        if call.excinfo:
            lines = str(call.excinfo.value).strip().splitlines() or [""]
            self.error = f"{call.excinfo.typename}: {lines[0]}"
            self.said = "\n".join([self.error, *lines[1:MESSAGE]])

    def pytest_runtest_logreport(self, report) -> None:
        test = self.test
        test.seconds += report.duration
        if report.failed:
            test.outcome = "failed" if report.when == "call" else "error"
            test.phase, test.error, test.said = report.when, self.error, self.said
            test.unwritten = getattr(report, "unwritten", None)
        elif not test.phase and (report.when == "call" or report.skipped):
            test.outcome = report.outcome

    def pytest_runtest_logfinish(self) -> None:
        self.test.entered = tuple(sorted(self.entered))
        self.send(self.test)

    def pytest_unconfigure(self, config) -> None:
        from noteboosh.pytest_plugin import diagnoses, offers

        self.diagnoses = [*config.stash.get(diagnoses, []), *config.stash.get(offers, [])]
