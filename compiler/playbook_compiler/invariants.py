"""What must hold between the parts of a playbook before anything can be compiled from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from playbook_compiler.conditions import references
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.facts import IdKind
from playbook_compiler.fixes import respelled
from playbook_compiler.model import BENEFITS, Audience, Flow, Offer, Playbook
from playbook_compiler.programme_rules import broken_programmes
from playbook_compiler.reading import did_you_mean
from playbook_compiler.records import Record, keys_of
from playbook_compiler.shop_rules import broken_lists
from playbook_compiler.steps import Send, Split, Step, UntilEvent, Wait, children
from playbook_compiler.units import Duration, Money, Share, plain
from playbook_compiler.vocabulary import STAGES

WHOLE = Decimal(1)
# Unit costs of messages and payments may be smaller than the currency's smallest coin.
UNIT_COSTS = ("message_costs", "fixed")
UNIT_COST_DECIMALS = 4
_WITHOUT_MONEY = frozenset({str, bool, int, Decimal, Duration, Share})


def broken_invariants(playbook: Playbook) -> list[Diagnostic]:
    """Return a finding for everything that contradicts itself."""
    found = [*_stages(playbook), *_audiences(playbook.audiences)]
    for offer in playbook.offers.values():
        found.extend(_benefit(offer))
    for flow in playbook.flows.values():
        found.extend(_entry(flow))
        found.extend(_steps(flow.steps))
    found.extend(broken_programmes(playbook))
    found.extend(broken_lists(playbook))
    found.extend(_money(playbook, playbook.decimals, playbook.currency))
    return found


def _stages(playbook: Playbook) -> Iterator[Diagnostic]:
    for name, stage in playbook.stages.items():
        if name not in STAGES:
            yield error(
                "unknown-stage",
                f"unknown stage `{name}`",
                stage.origin.key_span(),
                caption=f"expected {', '.join(STAGES)}",
                help=did_you_mean(name, STAGES),
                fix=respelled(stage.origin.document.source, stage.origin.key_span(), name, STAGES),
            )
        split = stage.split
        if split is not None and split.acquisition.fraction + split.retention.fraction != WHOLE:
            rest = Share(WHOLE - split.acquisition.fraction)
            yield error(
                "shares-sum",
                f"acquisition {split.acquisition} and retention {split.retention} are not 100%"
                " together",
                split.origin.span(),
                help=f"write retention: {rest}",
            )


def _audiences(audiences: Mapping[str, Audience]) -> Iterator[Diagnostic]:
    """Find audiences that are defined through themselves, each circle once."""
    named = {
        name: sorted(
            {ref.name for ref in references(audience.where) if ref.kind is IdKind.AUDIENCE}
        )
        for name, audience in audiences.items()
    }
    done: set[str] = set()
    for start in sorted(named):
        trail = [start]
        while trail:
            following = [name for name in named.get(trail[-1], ()) if name not in done]
            if not following:
                done.add(trail.pop())
            elif following[0] in trail:
                ring = [*trail[trail.index(following[0]) :], following[0]]
                yield error(
                    "audience-cycle",
                    f"the audience `{following[0]}` is defined through itself: {' -> '.join(ring)}",
                    audiences[following[0]].origin.key_span(),
                    caption="leads back to this audience",
                )
                done.add(trail.pop())
            else:
                trail.append(following[0])


def _benefit(offer: Offer) -> Iterator[Diagnostic]:
    given = [name for name in BENEFITS if offer.origin.has(name)]
    if len(given) == 1 and (given[0] != "free_shipping" or offer.free_shipping):
        return
    if len(given) > 1:
        yield error(
            "several-benefits",
            f"the offer `{offer.id}` gives {' and '.join(f'`{name}`' for name in given)}",
            offer.origin.key_span(given[1]),
            caption="an offer gives one thing",
            help="make a second offer of this",
        )
    else:
        yield error(
            "no-benefit",
            f"the offer `{offer.id}` gives nothing",
            offer.origin.key_span(),
            caption=f"add one of {', '.join(BENEFITS)}",
        )


def _entry(flow: Flow) -> Iterator[Diagnostic]:
    entry = flow.entry
    if entry is not None and (entry.again_after is None) is (entry.rule == ""):
        yield error(
            "bad-entry",
            f"how often one may enter `{flow.id}` is not clear",
            entry.origin.span(),
            caption="expected once, always, or {again_after: 30d}",
            help="keep one: `entry: once`, `entry: always` or `entry: {again_after: 180d}`",
        )


def _steps(steps: tuple[Step, ...]) -> Iterator[Diagnostic]:
    for step in steps:
        if isinstance(step, Wait) and not isinstance(step.wait, UntilEvent):
            for name in ("happened", "timed_out", "since"):
                if step.origin.has(name):
                    yield _misplaced(step, name, "a wait {until: EVENT, at_most: 7d}")
        if isinstance(step, Send) and step.reached and step.send.order != "ladder":
            yield _misplaced(step, "reached", "a ladder of messages [m1, m2]")
        if isinstance(step, Split):
            yield from _shares(step)
        for _, inner in children(step):
            yield from _steps(inner)


def _misplaced(step: Step, name: str, belongs: str) -> Diagnostic:
    return error(
        "misplaced-key",
        f"`{name}` belongs to {belongs}",
        step.origin.key_span(name),
        caption="means nothing here",
    )


def _shares(split: Split) -> Iterator[Diagnostic]:
    """Find a split whose shares are not the whole, compared as decimals; offer what would be."""
    total = sum((arm.share.fraction for arm in split.variants.values()), Decimal(0))
    if total == WHOLE:
        return
    if total:
        each = [
            f"{name} {Share(round(arm.share.fraction / total, 4))}"
            for name, arm in split.variants.items()
        ]
        advice = f"in the same proportion: {', '.join(each)}"
    else:
        advice = "give each variant its share"
    yield error(
        "shares-sum",
        f"the shares of split `{split.split}` add up to {plain(total * 100)}%, not to 100%",
        split.origin.key_span("variants"),
        caption="expected 100% together",
        help=advice,
    )


def _money(record: Record, decimals: int, currency: str) -> Iterator[Diagnostic]:
    """Find amounts with more decimals than the currency has, in a record and all inside it."""
    for name, entry in keys_of(type(record)).items():
        written = getattr(record, entry.name)
        if type(written) in _WITHOUT_MONEY or not written:
            continue
        allowed = decimals + (UNIT_COST_DECIMALS if name in UNIT_COSTS else 0)
        for path, value in _leaves(written, (name,)):
            if isinstance(value, Record):
                yield from _money(value, decimals, currency)
            elif isinstance(value, Money) and value.amount != round(value.amount, allowed):
                yield error(
                    "too-many-decimals",
                    f"amounts in {currency} have at most {allowed} decimals here, found {value}",
                    record.origin.span(*path),
                    caption="finer than the currency",
                    help=f"write {round(value.amount, allowed)}",
                )


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the records and amounts in mappings and tuples, each with the path to it."""
    if isinstance(value, (Record, Money)):
        yield path, value
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
