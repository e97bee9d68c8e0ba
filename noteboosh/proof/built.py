"""Built files equal a fresh build, byte for byte; and no solution has slipped into a fence."""

from __future__ import annotations

import os
import subprocess
import textwrap
from pathlib import Path

from noteboosh import fences
from noteboosh.course import state_dir
from noteboosh.errors import Problem
from noteboosh.fences import Region
from noteboosh.proof.context import Proof, Report
from noteboosh.proof.variants import blank


def built(proof: Proof) -> Report:
    """What stands inside the fences of `g2c` is the student's: emptied before comparing."""
    from noteboosh.authoring.build import stale_files

    report = Report()
    fresh, untouched = proof.build.files, _untouched(proof.root)
    for path, wanted in fresh.items():
        try:
            shown = (proof.root / path).read_bytes()
            regions = fences.regions(shown.decode("utf-8"), path) if path.endswith(".py") else {}
        except FileNotFoundError:
            report.complain(path, "is missing; `./noteboosh.sh build` makes it")
        except (Problem, UnicodeDecodeError) as problem:
            report.complain(path, str(problem))
        else:
            if line := _difference(_emptied(shown, regions, path), wanted):
                report.complain(f"{path}:{line}", "is not what `./noteboosh.sh build` makes")
            _leaks(proof, report, path, regions, path in untouched)
    for path in stale_files(proof.root, fresh):
        report.complain(path, "is built from nothing any more; `./noteboosh.sh build` removes it")
    report.say(f"{len(fresh)} files")
    return report


def _emptied(data: bytes, regions: dict[str, Region], path: str) -> bytes:
    if not regions:
        return data
    return fences.render(data.decode("utf-8"), blank(regions), path).encode("utf-8")


def _difference(one: bytes, other: bytes) -> int:
    """The first line that differs, from 1; 0 where none does."""
    if one == other:
        return 0
    pairs = zip(one.split(b"\n"), other.split(b"\n"), strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), None)
    return min(one.count(b"\n"), other.count(b"\n")) + 1 if same is None else same + 1


def _leaks(
    proof: Proof, report: Report, path: str, regions: dict[str, Region], untouched: bool
) -> None:
    """A fence that came with the clone must be empty; in one worked in, the student's is theirs.

    Their own text is not the reference's to the letter, unless it is one bare line.
    """
    for region in regions.values():
        reference = proof.sources.regions.get(region.id)
        if region.blank or reference is None:
            continue
        same = textwrap.dedent(region.body) == textwrap.dedent(reference.body)
        if untouched or (same and region.loan is None and len(region.body.split("\n")) > 2):
            whose = "the reference's solution" if same else "a solution"
            report.complain(f"{path}:{region.line}", f"the fence of `{region.id}` holds {whose}")


def _untouched(root: Path) -> set[str]:
    """Files of `g2c` as they were cloned: committed, unchanged, and no verb has worked here."""
    changed = _git(root, "diff", "--name-only", "HEAD", "--", "g2c")
    if changed is None or state_dir(root).exists():
        return set()
    return set(_git(root, "ls-files", "--", "g2c") or []) - set(changed)


def _git(root: Path, *words: str) -> list[str] | None:
    """The lines of a git command, None where there is no git, no repository or no commit."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        run = subprocess.run(
            ["git", "-c", "core.quotePath=false", *words],
            cwd=root, env=environment, capture_output=True, encoding="utf-8",
        )  # fmt: skip
    except FileNotFoundError:
        return None
    return run.stdout.splitlines() if run.returncode == 0 else None
