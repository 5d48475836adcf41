"""Pushes and drift for programs: one JSON document each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from playbook_compiler.export.bundle import Lookup
from playbook_runtime.push.drift import Drift, Found
from playbook_runtime.push.plan import VERSION, Plan, Step, plan_data


def plan_json(plan: Plan, by_hand: Iterable[Lookup], notes: Mapping[str, str]) -> str:
    """Return a plan, as `--plan` keeps it and `--output-format json` shows it."""
    hand = [{"kind": one.kind, "name": one.name, "note": one.note} for one in by_hand]
    data = plan_data(plan)
    names = (*plan.missing, *plan.asked)
    data["lookups"]["notes"] = {name: notes[name] for name in names if name in notes}
    return _text({**data, "by_hand": hand})


def applied_json(target: str, done: Iterable[Step], error: str) -> str:
    """Return what a push did, and why it stopped before the end."""
    steps = [
        {"id": one.id, "action": one.action.value, "uuid": one.uuid, "remote": one.remote}
        for one in done
    ]
    return _text({"version": VERSION, "target": target, "done": steps, "error": error or None})


def drift_json(target: str, found: Iterable[Found]) -> str:
    """Return every object that was pushed, as it is now."""
    rows = list(found)
    objects = [
        {
            "id": one.id,
            "drift": one.drift.value,
            "remote": one.remote,
            "active": one.active,
            "earlier_active": list(one.earlier_active),
        }
        for one in rows
    ]
    summary = {kind.value: sum(one.drift is kind for one in rows) for kind in Drift}
    return _text({"version": VERSION, "target": target, "objects": objects, "summary": summary})


def is_push_plan(content: bytes) -> bool:
    """Whether `playbook push --plan` wrote this."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and {"digest", "steps", "made_from", "target"} <= data.keys()


def _text(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
