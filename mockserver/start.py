"""The beginning of the command ``mockserver``: signals are heard before anything else is loaded.

``serve`` hears them itself once it begins, and then ends with 0; until then, a second or so, they
would end the process by themselves, with a traceback or as by a kill.
"""

from __future__ import annotations

import signal
import sys
from pkgutil import resolve_name
from typing import Any

#: The command line, looked up once signals are heard: they are while it is loaded.
_COMMAND = "mockserver.cli:main"


def main() -> int:
    """Run the command. Ctrl-C and a termination signal while it is loaded give 130."""

    def interrupt(number: int, frame: Any) -> None:
        sys.stderr.write("interrupted\n")
        raise SystemExit(130)

    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupt)
    resolve_name("collector.posix:fill_streams")()
    resolve_name("collector.streams:name_output")()
    resolve_name(_COMMAND)()
    return 0


if __name__ == "__main__":
    sys.exit(main())
