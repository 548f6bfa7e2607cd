"""`python -m ragbot` is `ragbot`; but `python -P -m ragbot` is safe in a folder of others."""

import os.path
import sys

# Without -P the working directory comes first: a json.py in it would be taken for Python's own.
# Only where it is the checkout itself is it needed. (A ragbot.py there has already won.)
# os.path is there already; pathlib would be looked for in the working directory.
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
if not sys.flags.safe_path and sys.path[0] != _OURS:
    del sys.path[0]

from ragbot.cli import main  # noqa: E402

main()
