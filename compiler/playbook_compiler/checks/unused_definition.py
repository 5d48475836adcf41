"""An audience, an offer or a message that nothing uses: left over, or meant and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playbook_compiler.checks._conditions import of_customers
from playbook_compiler.conditions import InAudience, nodes
from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.encode import encode
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Grant, Send
from playbook_compiler.triggers import EntersAudience

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find definitions that no flow, paused ones included, and no other definition names."""
    playbook = graph.playbook
    steps = [node.what for node in graph.nodes.values()]
    kept = set(_words(encode(playbook.programmes)))
    said = {name for one in steps if isinstance(one, Send) for name in one.send.messages}
    offered = {one.offer for one in steps if isinstance(one, Send)}
    offered |= {one.grant.offer for one in steps if isinstance(one, Grant)}
    sections = (
        ("message", "sends", playbook.messages, said),
        ("offer", "sends", playbook.offers, offered),
        ("audience", "uses", playbook.audiences, _audiences(graph)),
    )
    for noun, deed, section, used in sections:
        for name, entry in section.items():
            if name not in used and name not in kept:
                yield warning(
                    RULE,
                    f"nothing {deed} the {noun} `{name}`",
                    entry.origin.key_span(),
                    caption="never used",
                    help="remove it, or name it where it was meant",
                )


def _audiences(graph: TriggerGraph) -> set[str]:
    playbook: Playbook = graph.playbook
    rules = playbook.guardrails.discounts if playbook.guardrails is not None else None
    used = set(rules.only_for if rules is not None else ())
    used.update(offer.audience for offer in playbook.offers.values())
    used.update(one.id for one in playbook.audiences.values() if one.sync)
    for flow in playbook.flows.values():
        if isinstance(flow.trigger, EntersAudience):
            used.add(flow.trigger.enters)
    for placed in of_customers(graph):
        used.update(n.audience for n in nodes(placed.condition) if isinstance(n, InAudience))
    return used


def _words(data: Any) -> Iterator[str]:
    """Yield every text in what is kept as it was written."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield str(name)
            yield from _words(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _words(value)
    elif isinstance(data, str):
        yield data
