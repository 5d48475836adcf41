"""A flow's own text: the part of the playbook that it needs, to be kept with what was made of it.

An engine that keeps notes beside its objects keeps the flow as it was written, too. What is for
the simulation alone (costs, margins, expected effects) is nobody's matter there and left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.diff_entities import FLOW, GUARDRAIL, Key, entities
from playbook_compiler.diff_references import ALL_PRODUCTS, CATEGORY, PRODUCT, uses_of, uses_of_flow
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.printing import playbook_data
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.programmes import PROGRAMME_NAMES, Programmes
from playbook_compiler.values import replace

# Settings that say what the flow's words mean, and the rules that hold for all flows.
_WHOLE: Final = (
    *("playbook", "name", "currency", "timezone", "sender", "guardrails"),
    *("facts", "events"),
)
# Sections of which a flow takes what it uses, and what one entry of them is called.
_PARTS: Final = {
    "products": PRODUCT,
    "programmes": "programme",
    "audiences": "audience",
    "offers": "offer",
    "flows": FLOW,
    "messages": "message",
}
# The one guardrail that names something else of the playbook.
_DISCOUNTS: Final = "discounts"
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_MARKUP: Final = re.compile(r"[<>&{}@]")
_FOR_THE_SIMULATION: Final = frozenset({"cost", "expect", "experiment", "margin", "running"})


def own_text(graph: TriggerGraph, flow: Flow) -> str:
    """Return a playbook of one flow with all that it uses; other flows that it starts are only
    named. Ids of tactics are written as they could be authored.

    It is one line of JSON, which is YAML, too. No markup, variable or address can begin in it:
    engines show notes in their pages, and some take addresses out of texts.
    """
    used = {FLOW: {flow.id}}
    for kind, name in _used(graph, flow):
        if kind != FLOW:
            used.setdefault(kind, set()).add(name)
    data = playbook_data(_part(graph.playbook, used), _FOR_THE_SIMULATION)
    kept = {key: data[key] for key in (*_WHOLE, *_PARTS) if data.get(key)}
    return _line(kept)


def _line(value: Written) -> str:
    match value:
        case dict():
            entries = (f"{_line(name)}: {_line(one)}" for name, one in value.items())
            return f"{{{', '.join(entries)} }}"
        case list():
            return f"[{', '.join(_line(one) for one in value)}]"
        case Bare(text=text):
            return text if _NUMBER.fullmatch(text) else _line(text)
        case str():
            quoted = json.dumps(value, ensure_ascii=False)
            return _MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
        case _:
            return json.dumps(value)


def _used(graph: TriggerGraph, flow: Flow) -> set[Key]:
    """Return everything that a flow uses, and what that uses in turn."""
    known = entities(graph)
    found: set[Key] = set()
    waiting = [use.key for use in uses_of_flow(flow, graph, known, ((GUARDRAIL, _DISCOUNTS),))]
    while waiting:
        key = waiting.pop()
        if key == ALL_PRODUCTS or key[0] == CATEGORY:
            waiting += [one for one in known if one[0] == PRODUCT and one not in found]
        if key in found or key not in known:
            continue
        found.add(key)
        if key[0] != FLOW:
            waiting += [use.key for use in uses_of(known[key], known)]
    return found


def _part(playbook: Playbook, used: dict[str, set[str]]) -> Playbook:
    """Return the playbook with those entries only of which there is a use."""
    changed: dict[str, Any] = {}
    for section, kind in _PARTS.items():
        value, names = getattr(playbook, section), used.get(kind, set())
        if isinstance(value, Programmes):
            unused = {name: None for name in PROGRAMME_NAMES if name not in names}
            changed[section] = replace(value, **unused) if names else None
        elif isinstance(value, Mapping):
            changed[section] = {name: one for name, one in value.items() if name in names}
    # A body in a file of its own ends with a line break, one in quotes does not.
    changed["messages"] = {
        name: replace(one, body=one.body.rstrip("\n")) for name, one in changed["messages"].items()
    }
    guardrails = playbook.guardrails
    if guardrails is not None and _DISCOUNTS not in used.get(GUARDRAIL, ()):
        changed["guardrails"] = replace(guardrails, discounts=None)
    return replace(playbook, **changed)
