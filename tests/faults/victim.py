"""A push in a process of its own, to be killed: python -m tests.faults.victim TARGET FOLDER BASE.

Its clock is the server's, so that it waits in virtual time as the others do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults.clock import RemoteClock
from tests.faults.pushing import Told, push_once, the_push


def main() -> int:
    target, folder, base = sys.argv[1:]
    push = the_push(target, Path(folder), base)
    sys.stdin.readline()  # until the server knows whom to kill
    told = Told()
    ended = push_once(push, RemoteClock(base), told)
    print("\n".join(told.lines))
    return 0 if ended else 1


if __name__ == "__main__":
    sys.exit(main())
