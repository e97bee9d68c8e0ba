#!/usr/bin/env bash
# Finds a Python that fits and hands over to the engine; all the rest is in `noteboosh/`.
# Bash 3.2 and BSD tools suffice, and so does a plain sh.

unset CDPATH PYTHONHOME # the first makes `cd` print, the second stops other Pythons from starting

self=$0
while [ -L "$self" ]; do # BSD's readlink has no -f
    link=$(readlink "$self")
    case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
    esac
done
root=$(cd "$(dirname "$self")" && pwd -P) || exit 3

# Runs the candidate: version managers leave commands behind that exist and only exit 127.
fits() {
    [ -x "$1" ] && "$1" -S -E -c \
        'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1 </dev/null
}

# Sets `python` to the first that fits, `seen` to the versions of the others. All of PATH counts:
# behind a shim that does not run there may be a Python that does.
find_python() {
    python=$root/.venv/bin/python
    fits "$python" && return
    seen=
    set -f # no patterns in PATH
    IFS=:
    for name in python3 python3.13 python3.12 python3.11 python3.10 python; do
        for folder in $PATH; do
            python=$folder/$name
            fits "$python" && return
            version=$([ -x "$python" ] && "$python" -V 2>&1 </dev/null) && seen="$seen \`$python\` is $version."
        done
    done
    return 1
}

refuse() {
    printf '%s\n' "$1" >&2
    how="your system's packages"
    case $(uname -s) in
    Darwin) how='`brew install python@3.13`, or the installer from python.org' ;;
    MINGW* | MSYS* | CYGWIN*) how='WSL, and run the course inside it: it needs Linux or macOS' ;;
    *)
        if command -v apt-get; then how='`sudo apt-get install python3 python3-venv`'; fi
        if command -v dnf; then how='`sudo dnf install python3.13`'; fi
        ;;
    esac >/dev/null 2>&1
    printf '%s\n' "Get one (here: $how; pyenv, conda and uv have one too), then run the same command again." \
        'If you have one elsewhere, name it: `NOTEBOOSH_PYTHON=/path/to/python ./noteboosh.sh ...`' >&2
    exit 3
}

if [ -n "${NOTEBOOSH_PYTHON:-}" ]; then
    python=$(command -v "$NOTEBOOSH_PYTHON")
    fits "$python" ||
        refuse "NOTEBOOSH_PYTHON is \`$NOTEBOOSH_PYTHON\`, which is no Python 3.10 to 3.13 that runs."
else
    find_python || refuse "No Python 3.10 to 3.13 was found.$seen"
    unset IFS
    set +f
fi

exec "$python" "$root/noteboosh/__main__.py" "$@"
