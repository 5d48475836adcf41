"""Klaviyo's tests of a profile, each as a formula with its opposite."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from playbook_compiler.export.lowering import Lowering
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.formula import Formula, Groups, Test, single
from playbook_compiler.units import Duration

_OPPOSITE = {
    "equals": "not-equals",
    "not-equals": "equals",
    "greater-than": "less-than-or-equal",
    "less-than-or-equal": "greater-than",
    "less-than": "greater-than-or-equal",
    "greater-than-or-equal": "less-than",
    "in": "not-in",
    "not-in": "in",
    "contains": "not-contains",
    "not-contains": "contains",
}
OPERATORS = {
    "=": "equals",
    "!=": "not-equals",
    "<": "less-than",
    "<=": "less-than-or-equal",
    ">": "greater-than",
    ">=": "greater-than-or-equal",
}
ALL_TIME: Test = {"type": "date", "operator": "alltime"}
SINCE_FLOW_START: Test = {"type": "date", "operator": "flow-start"}


def metric_id(lowering: Lowering, name: str) -> str:
    """Return the placeholder of a metric's id, which differs from account to account."""
    return lowering.need("metric", name, terms.metric_note(name))


def number(value: int | Decimal) -> int | float:
    """Return a number as JSON has it: whole ones without a fraction."""
    return int(value) if value == int(value) else float(value)


def relative(duration: Duration, operator: str = "in-the-last") -> Test:
    """Return a timeframe; Klaviyo counts whole hours or days of 24 hours, a month being 30.4."""
    if duration.months or duration.days:
        return {
            "type": "date",
            "operator": operator,
            "unit": "day",
            "quantity": max(1, round(duration.nominal_days)),
        }
    hours = -(-duration.seconds // 3600)
    return {"type": "date", "operator": operator, "unit": "hour", "quantity": max(1, hours)}


def in_the_last_days(days: int, operator: str = "in-the-last") -> Test:
    """Return a timeframe in days."""
    return {"type": "date", "operator": operator, "unit": "day", "quantity": days}


def metric(
    lowering: Lowering,
    name: str,
    operator: str,
    value: int | Decimal,
    timeframe: Test,
    measurement: str = "count",
    filters: tuple[Test, ...] = (),
) -> Formula:
    """Return a test of how often, or with what sum, a metric was recorded."""

    def one(operator: str) -> Test:
        found: dict[str, Any] = {
            "type": "profile-metric",
            "metric_id": metric_id(lowering, name),
            "measurement": measurement,
            "measurement_filter": {
                "type": "numeric",
                "operator": operator,
                "value": number(value),
            },
            "timeframe_filter": timeframe,
        }
        if filters:
            found["metric_filters"] = list(filters)
        return found

    return single(one(operator), [one(_OPPOSITE[operator])])


def happened(
    lowering: Lowering, name: str, timeframe: Test, filters: tuple[Test, ...] = ()
) -> Formula:
    """Return a test that a metric was recorded at least once."""
    return metric(lowering, name, "greater-than-or-equal", 1, timeframe, filters=filters)


def custom(name: str) -> str:
    """Return the name of a custom profile property; Klaviyo quotes it with apostrophes."""
    return f"properties['{name.replace(chr(39), '’')}']"


def is_set(property_: str) -> Formula:
    """Return a test that a profile property has a value."""

    def one(operator: str) -> Test:
        return _property(property_, {"type": "existence", "operator": operator})

    return single(one("is-set"), [one("not-set")])


def on_a_day_of_the_last(property_: str, days: int) -> Formula:
    """Return a test that a date of the profile lies in the last days."""

    def one(operator: str) -> Test:
        return _property(property_, in_the_last_days(days, operator))

    unset = _property(property_, {"type": "existence", "operator": "not-set"})
    return single(one("in-the-last"), [one("at-least"), unset])


def compare(property_: str, kind: str, operator: str, value: Any) -> Formula:
    """Return a test of a property; its opposite holds for profiles without the property too."""
    operator, value = _as_written(kind, operator, value)
    yes = _property(property_, {"type": kind, "operator": operator, "value": value})
    if kind == "boolean":
        opposite = {"type": kind, "operator": operator, "value": not value}
    else:
        opposite = {"type": kind, "operator": _OPPOSITE[operator], "value": value}
    unset = _property(property_, {"type": "existence", "operator": "not-set"})
    return single(yes, [_property(property_, opposite), unset])


def event_field(metric_id: str, field: str, filter_: Test) -> Test:
    """Return a test of a field of the event that started the flow."""
    return {"type": "metric-property", "metric_id": metric_id, "field": field, "filter": filter_}


def _as_written(kind: str, operator: str, value: Any) -> tuple[str, Any]:
    """Return a comparison as Klaviyo has it: true and false know no `not-equals`."""
    if kind == "boolean" and operator == "not-equals":
        return "equals", not value
    return operator, value


def compare_field(metric_id: str, field: str, kind: str, operator: str, value: Any) -> Formula:
    """Return a test of a field of the event that started the flow, with its opposite."""
    operator, value = _as_written(kind, operator, value)
    yes = {"type": kind, "operator": operator, "value": value}
    no = {"type": kind, "operator": _OPPOSITE[operator], "value": value}
    if kind == "boolean":
        no = {"type": kind, "operator": operator, "value": not value}
    unset = {"type": "existence", "operator": "not-set"}
    return single(
        event_field(metric_id, field, yes),
        [event_field(metric_id, field, no), event_field(metric_id, field, unset)],
    )


def in_group(group_id: str) -> Formula:
    """Return a test of membership in a segment or list."""

    def one(member: bool) -> Test:
        return {"type": "profile-group-membership", "is_member": member, "group_ids": [group_id]}

    return single(one(True), [one(False)])


def consent(channel: str, status: dict[str, Any], *, can: bool) -> Test:
    """Return one test of a profile's marketing consent."""
    return {
        "type": "profile-marketing-consent",
        "consent": {
            "channel": channel,
            "can_receive_marketing": can,
            "consent_status": status,
        },
    }


def may_receive(channel: str) -> Formula:
    """Return a test that marketing is allowed on a channel (email, sms or push)."""
    allowed = {"email": "subscribed", "sms": "subscribed", "push": "any"}[channel]
    yes = consent(channel, {"subscription": allowed}, can=True)
    no = [consent(channel, {"subscription": "any"}, can=False)]
    if channel == "email":
        # Never asked: Klaviyo may mail them, opt-in rules may not.
        no.append(consent(channel, {"subscription": "never_subscribed"}, can=True))
    return single(yes, no)


def consent_groups(channel: str, rule: str) -> Groups:
    """Return the groups that a consent rule asks of a marketing message's receiver."""
    if channel == "email" and rule in ("none", "opt-out"):
        return ()  # Klaviyo itself leaves out those who unsubscribed
    if channel == "email" and rule == "double-opt-in":
        confirmed = {"type": "boolean", "operator": "equals", "value": True}
        filters = [{"field": "is_double_opt_in", "filter": confirmed}]
        status = {"subscription": "subscribed", "filters": filters}
        return ((consent(channel, status, can=True),),)
    return may_receive(channel).yes


def unsubscribed(channel: str) -> Formula:
    """Return a test that a person left a channel (email or sms)."""
    no = list(may_receive(channel).yes[0])
    yes = consent(channel, {"subscription": "unsubscribed"}, can=False)
    if channel == "email":
        no.append(consent(channel, {"subscription": "never_subscribed"}, can=True))
        no.append(consent(channel, {"subscription": "never_subscribed", "filters": []}, can=False))
        no.append(consent(channel, {"subscription": "subscribed", "filters": []}, can=False))
    else:
        no.append(consent(channel, {"subscription": "never_subscribed"}, can=False))
    return single(yes, no)


def sample(percentage: int) -> Test:
    """Return a random sample of profiles, in whole percent."""
    return {"type": "profile-sample", "percentage": percentage}


def _property(property_: str, filter_: Test) -> Test:
    return {"type": "profile-property", "property": property_, "filter": filter_}
