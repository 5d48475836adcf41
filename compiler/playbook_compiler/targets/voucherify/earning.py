"""Earning rules of API v2: what brings points, for whom how many, and how often."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.programme_units import EarnRate
from playbook_compiler.programmes import Earn, Points, Programmes
from playbook_compiler.source import Span
from playbook_compiler.targets.voucherify import naming, periods
from playbook_compiler.targets.voucherify.cards import DRAFT
from playbook_compiler.targets.voucherify.segments import condition_segments, member_segment
from playbook_compiler.targets.voucherify.state import Export
from playbook_compiler.units import Rate
from playbook_compiler.values import dataclass

RULES_MOST: Final = 10
ORDER_EVENTS: Final = ("order_placed", "order_paid")
ORDER_TOTAL: Final = "order_total"
_NUMBER_MOST: Final = 2**53 - 1
_EARN: Final = "programme.points.earn"
_LEFT_OUT: Final = "the earning rule is left out"


@dataclass(frozen=True, slots=True)
class Multiple:
    """More points for some: those of the tiers (placeholders), or of the segment."""

    times: Decimal
    tiers: tuple[str, ...] = ()
    segment: str = ""


def has_room(export: Export, construct: str, span: Span) -> bool:
    """Return whether a programme takes one more earning rule; if not, it is noted as refused."""
    if sum(1 for one in export.requests.values() if one.kind == "earning-rule") < RULES_MOST:
        return True
    why = f"a programme takes {RULES_MOST} earning rules, this would be one more"
    export.lowering.note(construct, _owner(construct), span, why, Support.REFUSED, "it is left out")
    return False


def lower_earn(
    export: Export, points: Points, cards: Sequence[str], multiples: Sequence[Multiple]
) -> None:
    """Make the earning rules of a points programme. `cards` are placeholders of the cards that
    all points are written on."""
    for earn, name in zip(points.earn, rule_names(points.earn), strict=True):
        construct, span = "programme.points.earn.event", earn.origin.key_span("event")
        if not has_room(export, construct, span) or not _in_range(export, earn, multiples):
            export.drop(earn, _EARN, "points", _LEFT_OUT)
            continue
        asks = "" if earn.where is None else f", where {earn.where}"
        label = f"points for {earn.event}{asks}"
        conditions: dict[str, Any] | None = None
        if earn.where is not None:
            asked = "programme.points.earn.where"
            export.lowering.note(asked, "points", _span(earn, "where"))
            told = f"earn.{earn.event}"
            segments = condition_segments(export, f"earn.{name}", label, earn.where, asked, told)
            if segments == ():
                export.drop(earn, _EARN, "points", _LEFT_OUT)
                continue
            conditions = None if segments is None else segment_rules((segments,))
        paid = earn.event in ORDER_EVENTS
        applied = multiples if paid or earn.points.currency else ()
        earnings = [
            _earning(export, earn, cards, conditions, one)
            for one in (*_highest_first(applied), Multiple(Decimal(1)))
        ]
        once = paid and earn.at_most is not None and earn.at_most.per == "order"
        # An order is paid once: there is nothing to limit by order.
        rate = None if once else earn.at_most
        often = limits(export, rate, "programme.points.earn.at_most", _span(earn, "at_most"))
        start = trigger(export, earn.event)
        earning_rule(export, name, label, start, earnings, often)
        how = "when the order is paid" if earn.event == "order_placed" else ""
        support = Support.APPROXIMATED if earn.event == "order_placed" else None
        export.lowering.note(construct, "points", span, how, support)
        export.keep(earn, _EARN, "points")


def earning_rule(
    export: Export,
    name: str,
    label: str,
    trigger: dict[str, Any],
    earnings: list[dict[str, Any]],
    trigger_limits: dict[str, Any],
) -> None:
    """Make one earning rule. The first of `earnings` that a customer meets is his."""
    payload: dict[str, Any] = {
        "name": export.title(naming.inert(label)),
        "trigger": trigger,
        "earnings": earnings,
        "status": DRAFT,
        "metadata": export.identity("earning-rule", name),
    }
    if trigger_limits:
        payload["trigger_limits"] = trigger_limits
    export.make("earning-rule", name, payload)


def trigger(export: Export, event: str) -> dict[str, Any]:
    """Return what starts a rule: a paid order, or an event that the shop sends."""
    if event in ORDER_EVENTS:
        return {"event": "customer.order.paid"}
    schema = {"schema_id": export.custom_event(event)}
    return {"event": "customer.custom_event", "custom_event": schema}


def fixed(card: str, value: int) -> dict[str, Any]:
    """Return an effect: so many points."""
    return {"type": "POINTS", "points": {"value": value, "card_definition_id": card}}


def proportional(
    export: Export, card: str, points: Decimal, per_minor: Decimal, *, paid: bool
) -> dict[str, Any]:
    """Return an effect: points for every so many minor units of what the order costs."""
    every, value = _whole(per_minor, points)
    rate = {
        "every": int(every),
        "value": int(value) if value == value.to_integral_value() else float(value),
    }
    said: dict[str, Any] = {"calculation_type": "POST_DISCOUNT_ORDER_AMOUNT"}
    if paid:
        said["order"] = {"total_amount": rate}
    else:
        note = "a field of the event: what the order costs, in minor units (cents)"
        export.lowering.need("event_field", ORDER_TOTAL, note)
        said = {
            "calculation_type": "CUSTOM_EVENT_METADATA_VALUE",
            "custom_event": {"metadata": {**rate, "property": ORDER_TOTAL}},
        }
    said["card_definition_id"] = card
    return {"type": "POINTS_PROPORTIONAL", "points_proportional": said}


def _whole(per_minor: Decimal, points: Decimal) -> tuple[Decimal, Decimal]:
    """Return the rate with a whole number of minor units."""
    every, value = per_minor, points
    while every != every.to_integral_value():
        every, value = every * 10, value * 10
    return every, value


def _in_range(export: Export, earn: Earn, multiples: Sequence[Multiple]) -> bool:
    """Return whether the numbers of a rule are such as Voucherify counts with; if not, so noted."""
    times = max((one.times for one in multiples), default=Decimal(1))
    numbers = _whole(earn.points.per.scaleb(export.decimals), earn.points.points * times)
    if max(numbers) <= _NUMBER_MOST:
        return True
    construct, span = "programme.points.earn.points", _span(earn, "points")
    why = f"Voucherify counts to {_NUMBER_MOST:,}"
    export.lowering.note(construct, "points", span, why, Support.REFUSED, "it is left out")
    return False


def segment_rules(asked: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the rules of an earning: of each of `asked`, the customer is in one segment."""
    rules: dict[str, Any] = {}
    logic: list[str] = []
    for segments in asked:
        numbers = []
        for segment in segments:
            numbers.append(str(len(rules) + 1))
            value = {"id": segment, "object": "segment"}
            rules[numbers[-1]] = {"name": "customer.segment", "conditions": {"$is": [value]}}
        words = " or ".join(numbers)
        logic.append(f"({words})" if len(numbers) > 1 else words)
    return {**rules, "logic": " and ".join(logic)}


def limits(export: Export, rate: Rate | None, construct: str, span: Span) -> dict[str, Any]:
    """Return how often a rule works for one customer, in Voucherify's two ways of saying it."""
    if rate is None:
        return {}
    lowering = export.lowering
    count = int(rate.count)
    if not isinstance(rate.per, str):
        cooldown = periods.period(rate.per, periods.COOLDOWN)
        if count == 1 and cooldown is not None:
            lowering.note(construct, _owner(construct), span, "a cooldown", Support.EXACT)
            fixed_cooldown = {"period": cooldown}
            return {"cooldown": {"type": "FIXED_COOLDOWN", "fixed_cooldown": fixed_cooldown}}
        unit = periods.calendar_unit(rate.per)
        if unit:
            how = f"counted anew with each calendar {unit.lower()}"
            lowering.note(construct, _owner(construct), span, how, Support.APPROXIMATED)
            return {
                "frequency": {
                    "type": "LIMITED",
                    "limits": [
                        {
                            "type": "TIME_BASED",
                            "period": {
                                "type": "CURRENT_PERIOD",
                                "current_period": {"unit": unit},
                            },
                            "triggers": {"max": count},
                        }
                    ],
                }
            }
    why = "limits are per day, week, month, quarter or year, or one per time"
    lowering.note(
        construct, _owner(construct), span, why, Support.REFUSED, "there is no such limit"
    )
    return {}


def multiples_of(export: Export, programmes: Programmes) -> list[Multiple]:
    """Return who gets more points: levels by their best right, members of a paid membership."""
    found: dict[Decimal, list[str]] = {}
    best = Decimal(1)
    tiers = programmes.tiers
    for level in (
        tiers.in_order if tiers is not None and export.has("tier-structure", "tiers") else ()
    ):
        assert tiers is not None
        own = [right.points.times for right in tiers.rights.get(level, ()) if right.points]
        best = max([best, *own])
        if best > 1 and export.has("tier", level):
            found.setdefault(best, []).append(ref("tier", level))
    several = [Multiple(times, tuple(levels)) for times, levels in found.items()]
    membership = programmes.membership
    rights = membership.rights if membership is not None else ()
    for_members = max((right.points.times for right in rights if right.points), default=Decimal(1))
    if for_members > 1:
        several.append(Multiple(for_members, segment=member_segment(export)))
    return several


def _earning(
    export: Export,
    earn: Earn,
    cards: Sequence[str],
    conditions: dict[str, Any] | None,
    multiple: Multiple,
) -> dict[str, Any]:
    rate: EarnRate = earn.points
    points = rate.points * multiple.times
    if rate.currency:
        per = rate.per.scaleb(export.decimals)
        paid = earn.event in ORDER_EVENTS
        effects = [proportional(export, card, points, per, paid=paid) for card in cards]
    else:
        whole = int(points.to_integral_value(ROUND_HALF_UP))
        effects = [fixed(card, whole) for card in cards]
    found: dict[str, Any] = {"effects": effects}
    if multiple.times > 1:
        found["name"] = f"{multiple.times.normalize():f}x"
    if multiple.tiers:
        found["tier_rules"] = {
            "type": "ANY_OF",
            "any_of": [
                {
                    "tier_structure_id": ref("tier-structure", "tiers"),
                    "tier_ids": list(multiple.tiers),
                }
            ],
        }
    if multiple.segment:
        found["rules"] = _with_segment(conditions, multiple.segment)
    elif conditions is not None:
        found["rules"] = conditions
    return found


def _with_segment(conditions: dict[str, Any] | None, segment: str) -> dict[str, Any]:
    if conditions is None:
        return segment_rules(((segment,),))
    rules = {key: value for key, value in conditions.items() if key != "logic"}
    number = str(len(rules) + 1)
    value = {"id": segment, "object": "segment"}
    rules[number] = {"name": "customer.segment", "conditions": {"$is": [value]}}
    return {**rules, "logic": f"{conditions['logic']} and {number}"}


def _highest_first(multiples: Sequence[Multiple]) -> list[Multiple]:
    """Return multiples so that the first that a customer has is his best."""
    return sorted(multiples, key=lambda one: (-one.times, one.segment, one.tiers))


def rule_names(earns: Sequence[Earn]) -> list[str]:
    """Return what each rule is known by: its event and `where`, whatever its place among others.

    Those of one event and one `where` are told apart by how many points they bring, and how often.
    """
    first = [
        earn.event if earn.where is None else f"{earn.event}.{_mark(earn.where)}" for earn in earns
    ]
    names: list[str] = []
    for earn, name in zip(earns, first, strict=True):
        if first.count(name) > 1:
            name = f"{name}.{_mark(earn.points, earn.pending, earn.at_most)}"
        names.append(_free(name, names))
    return names


def _mark(*content: object) -> str:
    text = " ".join(str(one) for one in content)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _free(name: str, taken: Sequence[str]) -> str:
    """Return the name, or with a number where two are alike in all."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found


def _span(earn: Earn, key: str) -> Span:
    return earn.origin.key_span(key) if earn.origin.has(key) else earn.origin.span()


def _owner(construct: str) -> str:
    return construct.split(".")[1]
