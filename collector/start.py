"""The beginning of the command ``collector``: signals are heard before anything else is loaded.

Protects whoever ends it in its first second: loading the rest takes that long, and until then a
signal would end the process by itself, with another code than later.
"""

from __future__ import annotations

import os
import signal
import sys
from pkgutil import resolve_name
from typing import Any

#: The command line, looked up once signals are heard: they are while it is loaded.
_COMMAND = "collector.cli:main"


def main() -> int:
    """Run the command. Ctrl-C and a termination signal give 130 at any moment."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGTERM, interrupt)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, interrupt)
        # Our matrices are small: threads of numpy's BLAS would only wait for each other, and
        # several processes compute at once. What is loaded next reads it, in every session too.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        resolve_name("collector.posix:fill_streams")()
        resolve_name("collector.streams:name_output")()
        resolve_name(_COMMAND)()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
