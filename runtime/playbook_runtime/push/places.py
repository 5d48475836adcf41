"""Where what an object is made from is written: its line is told beside it.

An engine's objects have names that the export made of the playbook's: `hello+first-cup` is a
message with an offer, `welcome~send-cup~exit` belongs to a flow, `programme.referral.referrer` to
a programme. The most telling place that is found is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from playbook_compiler.export.bundle import ExportBundle, Request
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.programmes import PROGRAMME_NAMES
from playbook_compiler.source import Span

_SECTIONS: Final = ("flows", "audiences", "messages", "offers")
# Where the names of a kind are looked for first: a message may be called like an offer.
_SECTION_OF: Final = {
    "template": "messages",
    "segment": "audiences",
    "coupon": "offers",
    "campaign": "offers",
    "validation-rule": "offers",
    "reward": "offers",
    "benefit": "offers",
}
_PROGRAMME_OF: Final = {
    "tier": "tiers",
    "tier-structure": "tiers",
    "earning-rule": "points",
    "reward": "points",
    "program": "points",
    "campaign": "points",
}
# Words of the export's names that belong to a programme.
_PROGRAMME_BY_WORD: Final = {
    **{name: name for name in PROGRAMME_NAMES},
    "level": "tiers",
    "members": "membership",
    "newcomers": "referral",
}
# What holds a whole programme: a message or a flow may be called like it.
_OF_PROGRAMMES: Final = frozenset({"card-definition", "tier-structure", "program"})
_PARTS: Final = ("levels", "rights", "redeem", "earn")
_PART_OF: Final = {"reward": "redeem", "campaign": "redeem", "earning-rule": "earn"}
_GUARDRAIL_OF: Final = {"cap": "frequency", "subscription-group": "consent"}
_WORD: Final = re.compile(r"[^~+./:]+")


def place_of(request: Request, bundle: ExportBundle, graph: TriggerGraph | None) -> Span | None:
    """Return where an object is written; None where no line of the playbook is its own."""
    if graph is not None:
        whole = _programme if request.kind in _OF_PROGRAMMES else _named
        for find in (_step, whole, _named, _programme, _guardrail, _offer_trait):
            found = find(request, graph)
            if found is not None:
                return found
    for name in _names(request.name):
        for entry in bundle.lowering.entries:
            if entry.id == name or entry.id.startswith(f"{name}/"):
                return entry.span
    return None


def _names(name: str) -> Iterator[str]:
    """Yield a name and those that it may be made from, the longest first."""
    plain = name.rpartition(":")[2].replace("--", "/")
    yield plain
    for mark in ("~", "+"):
        plain = plain.partition(mark)[0]
    while plain:
        yield plain
        plain = plain[: max(plain.rfind("."), plain.rfind("/"), 0)]


def _step(request: Request, graph: TriggerGraph) -> Span | None:
    """Return the line of a step: what it tells, such as a task, is a message of its own."""
    if request.kind != "template":
        return None
    node = graph.nodes.get(request.name.rpartition(":")[2].replace("~", "/"))
    return None if node is None else node.origin.span()


def _named(request: Request, graph: TriggerGraph) -> Span | None:
    """Return the entry of that name."""
    first = "flows" if "~" in request.name else _SECTION_OF.get(request.kind, "")
    sections = sorted(_SECTIONS, key=lambda one: one != first)
    for name in _names(request.name):
        for section in sections:
            found = getattr(graph.playbook, section).get(name)
            if found is not None:
                return _line(found)
    return None


def _programme(request: Request, graph: TriggerGraph) -> Span | None:
    """Return the level, the right, the reward or else the programme that an object is of."""
    programmes = graph.playbook.programmes
    words = _WORD.findall(request.name)
    named = [_PROGRAMME_BY_WORD[word] for word in words if word in _PROGRAMME_BY_WORD]
    for name in (*named, _PROGRAMME_OF.get(request.kind, "")):
        programme = getattr(programmes, name, None) if name else None
        if programme is not None:
            return _inside(programme, _PART_OF.get(request.kind, ""), words)
    return None


def _inside(record: Any, part: str, words: Sequence[str]) -> Span:
    """Return the line of a word in one of a record's parts, else of its own part, else of it."""
    origin = record.origin
    found = [
        origin.key_span(one, word) for one in _PARTS for word in words if origin.has(one, word)
    ]
    found += [origin.key_span(one) for one in (*words, part) if one in _PARTS and origin.has(one)]
    return found[0] if found else _line(record)


def _guardrail(request: Request, graph: TriggerGraph) -> Span | None:
    """Return the guardrail that an object keeps."""
    guardrails = graph.playbook.guardrails
    words = _WORD.findall(request.name)
    if guardrails is None or not (words[:1] == ["guardrails"] or request.kind in _GUARDRAIL_OF):
        return None
    for word in (request.kind, *words):
        rule = _GUARDRAIL_OF.get(word, word)
        if guardrails.origin.has(rule):
            return guardrails.origin.key_span(rule)
    return _line(guardrails)


def _offer_trait(request: Request, graph: TriggerGraph) -> Span | None:
    """Return the offer whose code a property of the customer holds: `offer_first_cup_code`."""
    if request.kind != "user-property":
        return None
    for name in sorted(graph.playbook.offers, key=len, reverse=True):
        if request.name.startswith(f"offer_{re.sub(r'[^a-z0-9]', '_', name)}"):
            return _line(graph.playbook.offers[name])
    return None


def _line(record: Any) -> Span:
    span: Span = record.origin.key_span()
    return span
