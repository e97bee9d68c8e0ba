# Given. Built from course/g2c/corpora/__main__.py: there is nothing to write here.
"""Given code: `python -m g2c.corpora` lists the corpora, and `fetch NAME` gets one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from g2c.corpora import BUILT_IN, SOURCES, FetchError, cache_folder, fetch


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m g2c.corpora", description=__doc__)
    verbs = parser.add_subparsers(dest="verb")
    verb = verbs.add_parser("fetch", help="fetch a corpus, or take the copy you have, and check it")
    verb.add_argument("name", choices=SOURCES)
    verb.add_argument("--from", dest="given", type=Path, metavar="FILE", help="a copy on disk")
    verb.add_argument("--cache", type=Path, default=cache_folder(), help="default: %(default)s")
    options = parser.parse_args(arguments)
    if options.verb is None:
        print(_listing())
        return 0
    try:
        print(fetch(options.name, cache=options.cache, given=options.given))
    except FetchError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the next call goes on where this one was", file=sys.stderr)
        return 130
    return 0


def _listing() -> str:
    lines = [f"{name:18} built in" for name in BUILT_IN]
    for name, source in SOURCES.items():
        path = cache_folder() / f"{name}.txt"
        here = f"`{path}`" if path.exists() else f"`fetch {name}` gets {source.about}"
        lines.append(f"{name:18} {here}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
