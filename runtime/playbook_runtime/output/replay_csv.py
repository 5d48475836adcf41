"""The messages of a replay as CSV: customers by the hash of their id, no cell a formula."""

from __future__ import annotations

import csv
import io
from typing import Final

from playbook_compiler.inert import csv_cell
from playbook_runtime.replays import Replay

HEADER: Final = ("at", "customer", "flow", "step", "message", "channel", "kind")


def replay_csv(found: Replay) -> str:
    """Return one row a message, by moment."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for one in found.messages:
        cells = (one.at, one.customer, one.flow, one.step, one.message, one.channel, one.kind)
        writer.writerow([csv_cell(cell) for cell in cells])
    return text.getvalue()


def is_replay_csv(content: bytes) -> bool:
    """Return whether a file is such a list, so that it may be written over."""
    return content.startswith(",".join(HEADER).encode() + b"\n")
