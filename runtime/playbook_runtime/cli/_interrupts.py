"""Ctrl-C and SIGTERM: whatever is under way ends within two seconds, with 130 or 143.

A signal raises in the main thread, so that temporary folders are removed and the cursor is shown
again. What holds that up (a piece of a simulation on another thread) is not waited for.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Final, NoReturn

INTERRUPTED: Final = 130
TERMINATED: Final = 143
SECONDS_TO_TIDY: Final = 1.0
_SHOW_CURSOR: Final = "\x1b[?25h\n"


def end_on_signals() -> None:
    """Let Ctrl-C and SIGTERM end this process; a signal that is ignored stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminated)


def leave(code: int) -> NoReturn:
    """End the process now: threads that still simulate are not waited for."""
    sys.stderr.flush()
    os._exit(code)


def _interrupted(_signal: int, _frame: FrameType | None) -> NoReturn:
    _leave_soon(INTERRUPTED)
    raise KeyboardInterrupt


def _terminated(_signal: int, _frame: FrameType | None) -> NoReturn:
    _leave_soon(TERMINATED)
    raise SystemExit(TERMINATED)


def _leave_soon(code: int) -> None:
    """Leave when the time to tidy up is over; at once when the signal comes again."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _leave_untidy(code))
    waiting = threading.Timer(SECONDS_TO_TIDY, _leave_untidy, [code])
    waiting.daemon = True
    waiting.start()


def _leave_untidy(code: int) -> NoReturn:
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), _SHOW_CURSOR.encode())
    os._exit(code)
