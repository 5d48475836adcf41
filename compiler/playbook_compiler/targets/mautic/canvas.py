"""Where the events of a campaign stand in Mautic's builder: a tree from its source down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playbook_compiler.targets.mautic.tree import Event

_WIDE, _HIGH, _MARGIN = 260, 110, 60
SOURCE = "lists"


def canvas(events: Sequence[Event]) -> dict[str, Any]:
    """Return the nodes with their places, and the connections, as the builder keeps them."""
    below: dict[int | None, list[Event]] = {}
    for event in events:
        below.setdefault(event.parent, []).append(event)
    across = _columns(events, below)
    roots = below.get(None, [])
    middle = sum(across[one.number] for one in roots) / len(roots) if roots else 0.0
    return {
        "nodes": [
            {"id": SOURCE, **_place(middle, 0)},
            *({"id": one.number, **_place(across[one.number], one.order)} for one in events),
        ],
        "connections": [
            {
                "sourceId": SOURCE if one.parent is None else one.parent,
                "targetId": one.number,
                "anchors": {
                    "source": "leadsource" if one.parent is None else one.path or "bottom",
                    "target": "top",
                },
            }
            for one in events
        ],
    }


def _columns(events: Sequence[Event], below: dict[int | None, list[Event]]) -> dict[int, float]:
    """Return each event's column: leaves side by side, others over the middle of theirs.

    Children stand after their parents, so that from the end back all are known.
    """
    order: list[Event] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        event = waiting.pop()
        order.append(event)
        waiting += reversed(below.get(event.number, []))
    columns: dict[int, float] = {}
    leaves = 0
    for event in order:
        if event.number not in below:
            columns[event.number] = float(leaves)
            leaves += 1
    for event in reversed(order):
        children = below.get(event.number, [])
        if children:
            columns[event.number] = sum(columns[one.number] for one in children) / len(children)
    return columns


def _place(column: float, row: int) -> dict[str, str]:
    return {
        "positionX": str(round(_MARGIN + column * _WIDE)),
        "positionY": str(_MARGIN + row * _HIGH),
    }
