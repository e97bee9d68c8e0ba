"""Where `noteboosh.sh` and `python -m noteboosh` come in."""

import os
import sys

# Run as a file, Python puts this folder first on the path, where `jupyter.py` would hide the
# package of that name: its parent belongs there.
_package = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [os.path.dirname(_package), *(p for p in sys.path if os.path.abspath(p) != _package)]

from noteboosh.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
