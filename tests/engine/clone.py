"""This working tree as a student would clone it, ready to be set up without a network."""

import os
import shutil
import subprocess
from pathlib import Path

from noteboosh import environment, fences
from noteboosh.timeline import walk

REPOSITORY = Path(__file__).parents[2]


def new_checkout(folder):
    """This working tree as it would be cloned now, with nothing written in its fences."""
    for name in tracked():
        if (REPOSITORY / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    for path in (folder / "g2c").rglob("*.py"):
        text = path.read_text("utf-8")
        blank = dict.fromkeys(fences.regions(text, path.name), fences.BLANK)
        path.write_text(fences.render(text, blank, path.name), "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    author = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
    git(folder, *author, "commit", "--quiet", "--message", "the course")
    if environment.state(REPOSITORY) == "ready":
        lend_packages(REPOSITORY / ".venv", folder / ".venv")
    return folder


def tracked():
    """What a clone would hold; where git does not answer, all but what is the student's own."""
    try:
        words = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return list(filter(None, git(REPOSITORY, *words).split("\0")))
    except (OSError, subprocess.CalledProcessError):
        own = ("notebooks/work/", "notebooks/archive/", "notebooks/solved/")
        return [path for path, _ in walk(REPOSITORY) if not path.startswith(own)]


def git(folder, *words):
    run = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return run.stdout


def lend_packages(source, venv):
    """A `.venv` as of a checkout that moved, which set-up settles without a network: all its own,
    but for the packages, which are links. Without it set-up would install them anew."""

    def take(file, target):
        package = Path(file).relative_to(source).parts[3:4] == ("site-packages",)
        (os.symlink if package and not file.endswith(".pth") else shutil.copy2)(file, target)

    def only_files(folder, names):
        inside = Path(folder).name == "site-packages"
        return [n for n in names if inside and os.path.isdir(os.path.join(folder, n))]

    shutil.copytree(source, venv, symlinks=True, copy_function=take, ignore=only_files)
    for packages in source.glob("lib/python*/site-packages"):
        for package in filter(Path.is_dir, packages.iterdir()):
            (venv / packages.relative_to(source) / package.name).symlink_to(package)
