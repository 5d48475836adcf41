"""A message as one customer gets it, or as an engine does: words only, nothing is sent.

Values come from the user, or are samples by the catalogue; what nobody gave is missing, and the
author's default stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from typing import Final

from playbook_compiler.brought import lacks
from playbook_compiler.export.capability import Capability, Support, Target
from playbook_compiler.export.constructs import constructs
from playbook_compiler.export.dialect import Dialect, Fixed, Place, Reading
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.pieces import plain_name
from playbook_compiler.export.quoting import everything, senders, unquoted
from playbook_compiler.export.wording import Wording, page, word
from playbook_compiler.facts import Fact, IdKind, ValueType
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Message, Offer, Playbook
from playbook_compiler.steps import Send
from playbook_compiler.template import Conditional, Template, Variable, parse_template, variables
from playbook_compiler.values import dataclass

UNSUBSCRIBE: Final = "https://shop.example/unsubscribe"
# What a preview says for variables; others are sampled by their type.
_SAMPLES: Final = {
    "first_name": "Alex",
    "last_name": "Taylor",
    "email": "alex@example.com",
    "order.id": "1042",
    "product.name": "Green tea",
    "product.sku": "TEA-1",
    "product.category": "tea",
    "offer.valid_until": "2026-01-31",
}
_BY_TYPE: Final = {
    ValueType.INTEGER: "3",
    ValueType.NUMBER: "1.5",
    ValueType.MONEY: "49.00",
    ValueType.SHARE: "0.4",
    ValueType.DAYS: "30",
    ValueType.DATE: "2026-01-15",
    ValueType.YEARLY_DATE: "01-15",
    ValueType.BOOLEAN: "true",
}
# Said by the playbook itself, or the same for everybody.
_KNOWN: Final = frozenset(
    {"sender.name", "sender.email", "sender.url", "sender_address", "unsubscribe_url"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """One variable of a message with its value; `default` stands there where it has none."""

    name: str
    value: str
    default: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A message in words, what its variables say, and what an engine leaves out of it."""

    wording: Wording
    said: tuple[Said, ...]
    left_out: tuple[str, ...] = ()


def offers_of(graph: TriggerGraph, message: str) -> tuple[str, ...]:
    """Return the offers that the message is sent with, in the order of the flows, "" for none."""
    sends = (node.what for node in graph.nodes.values() if isinstance(node.what, Send))
    found = [step.offer or "" for step in sends if message in step.send.messages]
    return tuple(dict.fromkeys(found))


def asked(message: Message) -> dict[str, Said]:
    """Return the variables that a message asks for, by the one name of each, without values.

    What the playbook says itself is not among them.
    """
    found: dict[str, Said] = {}
    for text in (message.subject, message.preview, message.body):
        template, _ = parse_template(text)
        defaults = _defaults(template or ())
        for name, _, _ in variables(template or ()):
            plain = plain_name(name)
            if plain not in _KNOWN:
                default = defaults.get(name, found[plain].default if plain in found else "")
                found[plain] = Said(name, "", default, name in _conditions(template or ()))
    return found


def _defaults(template: Template) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in template:
        if isinstance(part, Variable) and part.default:
            found[part.name] = part.default
        elif isinstance(part, Conditional):
            found |= _defaults(part.then) | _defaults(part.otherwise)
    return found


def _conditions(template: Template) -> frozenset[str]:
    found: set[str] = set()
    for part in template:
        if isinstance(part, Conditional):
            found |= {part.name, *_conditions(part.then), *_conditions(part.otherwise)}
    return frozenset(found)


def samples(graph: TriggerGraph, message: Message, offer: Offer | None) -> dict[str, str]:
    """Return a value for every variable of a message, by its plain name; none for what no flow that
    sends it brings."""
    playbook, catalogue = graph.playbook, graph.playbook.catalogue
    flows = senders(graph, message.id)
    known = {
        name: fact
        for source in (*catalogue.events, *catalogue.triggers)
        for name, fact in catalogue.trigger_facts(source).items()
    } | catalogue.message_variables()
    return {
        name: _sample(name, known.get(one.name), playbook, offer)
        for name, one in asked(message).items()
        if not flows or any(not lacks(flow.trigger, name, catalogue) for flow in flows)
    }


def _sample(name: str, fact: Fact | None, playbook: Playbook, offer: Offer | None) -> str:
    own = name.removeprefix("trigger.").removeprefix("customer.")
    if own == "offer.code":
        return f"{offer.id.upper()}-1234" if offer is not None else ""
    if own == "offer.valid_until" and (offer is None or offer.valid is None):
        return ""
    if own in _SAMPLES:
        return _SAMPLES[own]
    if own.endswith("url"):
        site = playbook.sender.url if playbook.sender else ""
        return f"{(site or 'https://shop.example').rstrip('/')}/{own.partition('.')[0]}"
    if fact is not None and fact.ids in (IdKind.OFFER, IdKind.TIER):
        return _declared(playbook, fact.ids) or own
    if fact is not None and fact.members:
        return fact.members[0]
    if fact is not None and fact.type in _BY_TYPE:
        return _BY_TYPE[fact.type]
    return own.rpartition(".")[2].replace("_", " ")


def _declared(playbook: Playbook, kind: IdKind) -> str:
    """Return an offer of the playbook, or its highest level; empty where it has none."""
    if kind is IdKind.OFFER:
        return min(playbook.offers, default="")
    tiers = playbook.programmes.tiers if playbook.programmes is not None else None
    levels = tiers.levels if tiers is not None else {}
    return max(levels, key=lambda level: levels[level], default="")


def preview(
    graph: TriggerGraph, message: Message, offer: Offer | None, values: Mapping[str, str]
) -> Preview:
    """Return a message with values by their plain names; those that are absent are missing."""
    lowering = Lowering("preview", _everything(), allow_lossy=True)
    wording = word(graph.playbook, _dialect(values), lowering, message, offer, everything)
    said = tuple(
        Said(one.name, _known(name, offer) or _given(values, name), one.default, one.optional)
        for name, one in asked(message).items()
    )
    return Preview(wording, said)


def preview_in(
    graph: TriggerGraph, message: Message, offer: Offer | None, target: Target, dialect: Dialect
) -> Preview:
    """Return a message in the words of an engine, with the sentences of what it leaves out."""
    lowering = Lowering(target.title, target.capabilities, allow_lossy=True)
    quotable = unquoted(graph, message.id, dialect.carries)
    wording = word(graph.playbook, dialect, lowering, message, offer, quotable)
    entries = (one for one in lowering.report().entries if one.support is Support.DROPPED)
    left_out = [f"{one.construct}: {one.how}" for one in entries]
    rows = target.capabilities
    channel = rows.get(f"channel.{message.channel}", rows["channel.own"])
    if channel.support is Support.REFUSED:
        left_out.insert(0, f"the whole message: {channel.how}")
    return Preview(wording, (), tuple(left_out))


def as_page(message: Message, wording: Wording) -> str:
    """Return a message as a whole page; SMS and push are shown as their text."""
    if wording.html:
        return wording.html
    lines = escape(wording.text.strip())
    body = f'<p style="white-space:pre-wrap">{lines}</p>\n'
    return page(message.id, body, _dialect({}))


def _known(name: str, offer: Offer | None) -> str:
    """Return the code that all customers share, which no value replaces."""
    shared = name == "offer.code" and offer is not None and offer.code != "unique"
    return offer.code if shared and offer is not None else ""


def _given(values: Mapping[str, str], name: str) -> str:
    return values.get(name, "") or values.get(name.removeprefix("trigger."), "")


def _dialect(values: Mapping[str, str]) -> Dialect:
    """Return a dialect in which every value is known: no template engine reads what it writes."""

    def value(name: str, _reading: Reading) -> Fixed:
        return Fixed(_given(values, name))

    def variable(_expression: str, default: str, _place: Place) -> str:
        return default

    return Dialect(value, variable, None, _as_it_is, _as_it_is, UNSUBSCRIBE)


def _as_it_is(text: str) -> str:
    return text


@cache
def _everything() -> dict[str, Capability]:
    return {one: Capability(one, Support.EXACT, "shown") for one in constructs()}
