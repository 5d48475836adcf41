"""Segments that the exporter makes for triggers which Dittofeed does not have itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.importing.engines.dittofeed.conditions import DAY
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.dittofeed import terms

YEARLY: Final = "next_"


def special(definition: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the trigger that a segment of the exporter's stands for."""
    entry = _mapping(definition.get("entryNode"))
    listed = definition.get("nodes")
    nodes = [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]
    if entry.get("type") == "And" and len(nodes) == 2:
        ever, recent = nodes
        old = recent.get("withinSeconds")
        same = ever.get("event") == recent.get("event") == "order_placed"
        never = same and recent.get("timesOperator") == "<"
        if (
            never
            and isinstance(old, int)
            and ever.get("withinSeconds") == old + DAY
            and old % DAY == 0
        ):
            return {"inactive_for": Bare(f"{old // DAY}d")}
    path, operator = entry.get("path"), _mapping(entry.get("operator"))
    if entry.get("type") == "Trait" and isinstance(path, str) and not nodes:
        if operator.get("type") == "Exists" and path.startswith(YEARLY):
            return {"date": path.removeprefix(YEARLY)}
        if path == "replenishment_due":
            return {"replenishment": "typical interval"}
    told = {str(one.get("path")): _mapping(one.get("operator")).get("value")
            for one in entry.get("properties") or () if isinstance(one, dict)}  # fmt: skip
    for event, (name, wanted) in terms.OWN_EVENTS.items():
        if entry.get("type") == "Performed" and entry.get("event") == name and told == wanted:
            return {"event": event}
    return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
