"""Runs a program that does not outlive the process it works for; a script of its own.

    python -I -S lifeline.py PIPE PROGRAM ARGUMENT...

PIPE is the reading end of a pipe whose other end only that process holds. When it ends, by whatever
signal, the system closes the pipe, and this ends its whole process group: the program, and what the
program has started. Nothing of ragbot is imported, since it is started for every command of git.
"""

import os
import signal
import sys
import threading

NOT_FOUND = 127


def main() -> int:
    """Run the program; its exit status, or 128 and the number of the signal that ended it."""
    pipe = int(sys.argv[1])
    os.set_inheritable(pipe, False)
    threading.Thread(target=_end_with, args=(pipe,), daemon=True).start()
    try:
        child = os.posix_spawnp(
            sys.argv[2],
            sys.argv[2:],
            os.environ,
            setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # Python ignores them, programs do not
        )
    except OSError:
        return NOT_FOUND
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status if status >= 0 else 128 - status


def _end_with(pipe: int) -> None:
    os.read(pipe, 1)  # nothing is ever written: this returns when the other end is closed
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    os._exit(main())  # the thread still waits
