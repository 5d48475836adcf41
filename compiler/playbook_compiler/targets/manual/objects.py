"""Audiences, offers, programmes, guardrails and checklists as items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from playbook_compiler.conditions import InAudience, nodes
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Audience, Guardrails, Offer
from playbook_compiler.programmes import PROGRAMME_NAMES
from playbook_compiler.spoken.conditions import condition_words
from playbook_compiler.spoken.lengths import length
from playbook_compiler.spoken.records import Said, keys_told
from playbook_compiler.spoken.sections import section
from playbook_compiler.targets.manual.items import Item, Section


def audiences(graph: TriggerGraph) -> Section:
    """Return the audiences, those first that others are made of."""
    playbook, items = graph.playbook, list[Item]()
    for audience in _in_order(playbook.audiences):
        words = condition_words(audience.where, playbook.currency)
        has = audience.origin.has("where")
        span = audience.origin.key_span("where") if has else audience.origin.key_span()
        items.append(Item(f'Create the audience "{audience.id}": {words}', span))
        if audience.sync:
            text = f'Keep an advertising audience in step with "{audience.id}" ({audience.sync})'
            items.append(Item(text, audience.origin.key_span("sync"), depth=1))
    return Section("Audiences", tuple(items))


def _in_order(defined: Mapping[str, Audience]) -> list[Audience]:
    """Return audiences so that one stands after those that its condition names."""
    ordered: dict[str, Audience] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above:
            return
        for part in nodes(defined[name].where):
            if isinstance(part, InAudience):
                add(part.audience, (*above, name))
        ordered[name] = defined[name]

    for name in defined:
        add(name, ())
    return list(ordered.values())


def offers(graph: TriggerGraph) -> Section:
    """Return the offers with what each is, key by key."""
    currency = graph.playbook.currency
    items: list[Item] = []
    for offer in graph.playbook.offers.values():
        items.append(Item(f'Create the offer "{offer.id}"', offer.origin.key_span()))
        items += _told(keys_told(offer, currency), skip=("code",))
        items.append(Item(_codes(offer), offer.origin.key_span(), depth=1))
    return Section("Offers and codes", tuple(items))


def _codes(offer: Offer) -> str:
    if offer.credit is not None or offer.points is not None:
        return "It needs no code: it is booked to the customer's account"
    if offer.code == "unique":
        return "Let the shop make a code for each customer, and load the codes into the engine"
    return f"Let the shop accept the code {offer.code}"


def programmes(graph: TriggerGraph) -> Section:
    """Return the loyalty programmes, a part for each."""
    playbook = graph.playbook
    if playbook.programmes is None:
        return Section("Programmes")
    parts = []
    for kind in PROGRAMME_NAMES:
        programme = getattr(playbook.programmes, kind)
        if programme is not None:
            first = Item(f"Set up the programme: {kind}", programme.origin.key_span())
            items = _told(keys_told(programme, playbook.currency), skip=("expect",))
            parts.append(Section(kind.capitalize(), (first, *items)))
    return Section("Programmes", parts=tuple(parts))


def guardrails(graph: TriggerGraph) -> Section:
    """Return what no flow may break."""
    playbook = graph.playbook
    rules = playbook.guardrails
    items = list(_guardrails(rules, playbook.currency)) if rules is not None else []
    for one in playbook.marketplaces.values():
        span = one.origin.key_span()
        items.append(Item(f'Buyers of the marketplace "{one.id}" get less than others', span))
        items += _told(keys_told(one, playbook.currency))
    return Section("Guardrails", tuple(items))


def _guardrails(rules: Guardrails, currency: str) -> Iterator[Item]:
    for cap in rules.frequency:
        where = f' by "{cap.channel}"' if cap.channel else " in all channels together"
        number = f"{cap.at_most} message{'s'[: cap.at_most != 1]} within {length(cap.per)}"
        text = f"Limit marketing to {number}{where}, whenever that time begins"
        yield Item(text, cap.origin.span())
    if rules.frequency:
        what = (
            "skip it"
            if isinstance(rules.when_capped, str)
            else f"let it wait up to {length(rules.when_capped.delay)}, then drop it"
        )
        has = rules.origin.has("when_capped")
        span = rules.origin.key_span("when_capped" if has else "frequency")
        yield Item(f"A message that finds the limit reached: {what}", span)
    if rules.quiet_hours is not None:
        quiet = rules.quiet_hours
        unknown = {
            "shop": "the shop's zone where the customer's is unknown",
            "hold": "hold the message where the customer's zone is unknown",
        }.get(quiet.unknown, "where it is unknown: e-mail by the shop's zone, others are held")
        yield Item(
            f"Send nothing from {quiet.start} to {quiet.end} of the customer's time ({unknown}): "
            "what falls into it goes out at its end",
            rules.origin.key_span("quiet_hours"),
        )
    if rules.holdout.fraction > 0:
        yield Item(
            f"Keep {rules.holdout} of the customers, drawn once by chance, out of every marketing "
            "message; they still get transactional ones",
            rules.origin.key_span("holdout"),
        )
    if rules.discounts is not None:
        yield Item("Hold all discounts to these rules", rules.origin.key_span("discounts"))
        yield from _told(keys_told(rules.discounts, currency))


def checklists(graph: TriggerGraph) -> Section:
    """Return the playbook's own checklists, a part for each, and the stages that ask for them."""
    playbook = graph.playbook
    parts = [
        Section(
            name,
            tuple(
                item
                for one in several
                for item in (
                    Item(one.item, one.origin.span()),
                    *_told(keys_told(one, playbook.currency), skip=("item",)),
                )
            ),
        )
        for name, several in playbook.checklists.items()
    ]
    return Section("Besides messages", parts=tuple(parts))


def stages(graph: TriggerGraph) -> Section:
    """Return what belongs to the stages of the business."""
    playbook = graph.playbook
    items = _told(section(playbook, "stages"), depth=0)
    if playbook.origin.has("stage"):
        span = playbook.origin.key_span("stage")
        items = [Item(f"The stage of the business now: {playbook.stage}", span), *items]
    return Section("Stages of the business", tuple(items))


def _told(several: Iterable[Said], *, depth: int = 1, skip: tuple[str, ...] = ()) -> list[Item]:
    return [
        Item(f"{one.label}: {one.text}", one.span, depth)
        for one in several
        if one.label.partition(",")[0] not in skip
    ]
