"""`python -m gatelint` is the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from ._program import GatelintError, program, refused

#: What Python ignores, and a program that takes its place would go on ignoring.
_IGNORED = ("SIGPIPE", "SIGXFZ", "SIGXFSZ")


def main() -> int:
    """Becomes the program, so that signals meet it; where that cannot be, runs it."""
    try:
        arguments = [program(), *sys.argv[1:]]
        with refused(arguments[0]):
            if os.name == "nt":
                return subprocess.run(arguments).returncode
            for name in _IGNORED:
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), signal.SIG_DFL)
            os.execv(arguments[0], arguments)
    except GatelintError as error:
        print(f"gatelint: {error}", file=sys.stderr)
        return error.status


if __name__ == "__main__":
    sys.exit(main())
