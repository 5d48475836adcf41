"""Klaviyo's tests of a profile as literals; tests that mean one thing together are one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from playbook_compiler.condition_tokens import written
from playbook_compiler.importing.engines.klaviyo.vocabulary import (
    Vocabulary,
    duration,
    property_name,
)
from playbook_compiler.importing.literals import (
    NEVER_ORDERED,
    OPPOSITE,
    ORDERS,
    ORDERS_FACT,
    Literal,
    Side,
    compared,
    is_known,
    sure,
)
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.units import plain

Test = dict[str, Any]
SIGNS: Final = {word: sign for sign, word in tests.OPERATORS.items()}
_CHANNELS: Final = ("email", "sms", "push")


def literals_of(group: Sequence[Test], words: Vocabulary) -> list[Literal] | None:
    """Return a group of tests of which one must hold; None where one cannot be said."""
    found: list[tuple[int, Literal]] = []
    covered: list[Test] = []
    for bundle, literal in _bundles(group, words):
        if all(one in group for one in bundle):
            found.append((group.index(bundle[0]), literal))
            covered += bundle
    for one in (one for one in group if one not in covered):
        single = literal_of(one, words)
        if single is None:
            return None
        found.append((group.index(one), single))
    return [literal for _, literal in sorted(found, key=lambda one: one[0])]


def _bundles(group: Sequence[Test], words: Vocabulary) -> list[tuple[list[Test], Literal]]:
    """Return sets of tests that mean one thing together, which occur in a group."""
    found: list[tuple[list[Test], Literal]] = []
    for channel in ("email", "sms"):
        left = tests.unsubscribed(channel)
        found.append((list(left.no[0]), sure(f"not unsubscribed({channel})")))
    for channel in _CHANNELS:
        may = tests.may_receive(channel)
        if len(may.no[0]) > 1:
            found.append((list(may.no[0]), sure(f"not consent has {channel}")))
    for one in group:
        rest = _without_value(one)
        if rest is not None and rest in group and rest != one:
            long_ago = _last_entry(one, words)
            positive = long_ago or literal_of(one, words)
            if positive is None:
                continue
            if long_ago is not None:
                found.append(([one, rest], long_ago))
            elif positive.fact:
                said, turned = positive.yes.text, positive.no.text
                weak = Side(said, f"{said} or {positive.fact} is unknown")
                found.append(
                    ([one, rest], Literal(positive.fact, weak, Side(turned, turned, True)))
                )
            elif one["filter"].get("operator") == "not-contains":
                found.append(([one, rest], positive))
        engaged = _engaged(one, group, words)
        if engaged is not None:
            found.append(engaged)
    return found


def _without_value(test: Test) -> Test | None:
    """Return the test that stands beside a negated one: the property is not set."""
    unset = {"type": "existence", "operator": "not-set"}
    filter_ = test.get("filter")
    if not isinstance(filter_, dict) or filter_.get("type") == "existence":
        return None
    return {**test, "filter": unset}


def _engaged(
    test: Test, group: Sequence[Test], words: Vocabulary
) -> tuple[list[Test], Literal] | None:
    opened, clicked = terms.ENGAGED["email"]
    if test.get("type") != "profile-metric" or words.metric(test.get("metric_id")) != opened:
        return None
    if not is_at_least_once(test):
        return None
    within = words.within(test.get("timeframe_filter"))
    for other in group:
        same = {**other, "metric_id": test.get("metric_id")} == test
        if same and words.metric(other.get("metric_id")) == clicked and within:
            return [test, other], sure(f"engaged(email){within}")
    return None


def literal_of(test: Test, words: Vocabulary) -> Literal | None:
    """Return one test as a literal, None where the language cannot say it."""
    stand_in = words.stand_ins.get(key_of(test))
    if stand_in is not None:
        return compared(stand_in, "=", "true", f"{stand_in} is unknown")
    match test.get("type"):
        case "profile-metric":
            return _metric(test, words)
        case "profile-property":
            return _property(test, words)
        case "metric-property":
            return _field(test, words)
        case "profile-marketing-consent":
            return _consent(test)
        case "profile-group-membership":
            return _membership(test, words)
        case "profile-predictive-analytics":
            return _predicted(test)
        case "profile-not-in-flow":
            within = words.within(test.get("timeframe_filter"))
            if words.flow and within is not None:
                return sure(f"not entered({words.flow}){within}")
    return None


def key_of(test: Test) -> str:
    """Return what tells one test from another."""
    return json.dumps(test, sort_keys=True)


def _numeric(filter_: Any) -> tuple[str, Decimal] | None:
    """Return the sign and number of a filter of numbers."""
    if not isinstance(filter_, dict) or filter_.get("type") != "numeric":
        return None
    value = filter_.get("value")
    sign = SIGNS.get(str(filter_.get("operator")))
    if sign is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = Decimal(str(value))
    return (sign, number) if abs(number) < 10**12 else None


def is_at_least_once(test: Test) -> bool:
    """Return whether a test asks that something happened."""
    said = _numeric(test.get("measurement_filter"))
    return test.get("measurement") == "count" and said in ((">=", Decimal(1)), (">", Decimal(0)))


def is_never(test: Test) -> bool:
    """Return whether a test asks that something did not happen."""
    said = _numeric(test.get("measurement_filter"))
    none = (("<", Decimal(1)), ("=", Decimal(0)), ("<=", Decimal(0)))
    return test.get("measurement") == "count" and said in none


def _metric(test: Test, words: Vocabulary) -> Literal | None:
    name = words.metric(test.get("metric_id"))
    within = words.within(test.get("timeframe_filter"))
    said = _numeric(test.get("measurement_filter"))
    filters = test.get("metric_filters") or []
    if said is None:
        return None
    sign, number = said
    if name == terms.PLACED_ORDER and within == "" and not filters:
        fact = {"count": "orders", "sum": "revenue", "sum_value": "revenue"}.get(
            str(test.get("measurement"))
        )
        if fact is None:
            return None
        yes, no = f"{fact} {sign} {plain(number)}", f"{fact} {OPPOSITE[sign]} {plain(number)}"
        if yes == ORDERS:
            return is_known(ORDERS_FACT, ORDERS, NEVER_ORDERED)
        if yes == NEVER_ORDERED:
            return is_known(ORDERS_FACT, ORDERS, NEVER_ORDERED).opposite()
        return sure(yes, no)
    if not is_at_least_once(test) and not is_never(test):
        return None
    if name == terms.PLACED_ORDER and not filters:
        found = _placed(test, within, words)
    elif within is None:
        return None
    elif name == terms.ORDERED_PRODUCT and len(filters) == 1:
        found = _bought(filters[0], within)
    else:
        found = None if filters else _happened(name, within, words)
    return found if found is None or is_at_least_once(test) else found.opposite()


def _placed(test: Test, within: str | None, words: Vocabulary) -> Literal | None:
    """Return that an order was placed within a time, or longer ago than a time."""
    frame = test.get("timeframe_filter")
    days = words.days(frame)
    if isinstance(frame, dict) and frame.get("operator") == "at-least" and days is not None:
        yes, no = f"days_since_first_order >= {days}", f"days_since_first_order < {days}"
        return Literal(ORDERS_FACT, Side(yes, yes, True), Side(no, f"{no} or {NEVER_ORDERED}"))
    if within is None:
        return None
    event = f"event(order_placed){within}"
    if days is None:
        return sure(event)
    yes, no = f"days_since_last_order < {days}", f"days_since_last_order >= {days}"
    return Literal(ORDERS_FACT, Side(yes, event, True), Side(no, f"not {event}"))


def _bought(filter_: Any, within: str) -> Literal | None:
    inner = filter_.get("filter") if isinstance(filter_, dict) else None
    if not isinstance(inner, dict):
        return None
    value = inner.get("value")
    match filter_.get("property"), inner.get("operator"), value:
        case "SKU", "equals", str():
            return sure(f"bought(product {written(value)}){within}")
        case "Categories", "contains-any", [str() as only]:
            return sure(f"bought(category {written(only)}){within}")
    return None


def _happened(name: str, within: str, words: Vocabulary) -> Literal | None:
    for channel, metric in terms.RECEIVED.items():
        if name == metric:
            return sure(f"received({channel}){within}")
    for channel in ("sms", "push"):
        if (name,) == terms.ENGAGED[channel]:
            return sure(f"engaged({channel}){within}") if within else None
    event = words.event(name)
    return None if not event else sure(f"event({event}){within}")


def _value(kind: Any, value: Any) -> str | None:
    """Return a value as a condition writes it."""
    match kind, value:
        case "boolean", bool():
            return "true" if value else "false"
        case "string", str() if value and value.isprintable():
            return written(value)
        case "numeric", int() | float() if not isinstance(value, bool):
            number = Decimal(str(value))
            return plain(number) if abs(number) < 10**12 else None
    return None


def _readings(fact: str, filter_: Any) -> Literal | None:
    """Return a filter of a fact that some customers lack."""
    if not isinstance(filter_, dict):
        return None
    kind, operator, value = (filter_.get(key) for key in ("type", "operator", "value"))
    if kind == "existence":
        known = is_known(fact, f"{fact} is known", f"{fact} is unknown")
        return {"is-set": known, "not-set": known.opposite()}.get(str(operator))
    if kind == "list" and operator in ("contains", "not-contains") and isinstance(value, str):
        has = f"{fact} has {written(value)}"
        return sure(has if operator == "contains" else f"not {has}")
    said = _value(kind, value)
    sign = SIGNS.get(str(operator))
    if said is None or sign is None:
        return None
    if kind == "boolean":
        sign, said = "=", said if sign == "=" else {"true": "false", "false": "true"}[said]
        other = {"true": "false", "false": "true"}[said]
        yes, no = f"{fact} = {said}", f"{fact} = {other}"
        return Literal(fact, Side(yes, yes, True), Side(no, f"{no} or {fact} is unknown"))
    return compared(fact, sign, said, f"{fact} is unknown")


def _last_entry(test: Test, words: Vocabulary) -> Literal | None:
    """Return what the exporter's own mark of a flow's last entry tells of the flow being read."""
    name = property_name(test.get("property"))
    filter_ = test.get("filter")
    if name != f"{terms.ENTERED}{words.flow}" or not isinstance(filter_, dict):
        return None
    length = duration(filter_)
    if length is None:
        ever = sure(f"not entered({words.flow})")
        operators = {"not-set": ever, "is-set": ever.opposite()}
        return operators.get(str(filter_.get("operator")))
    recent = sure(f"not entered({words.flow}) within {length}")
    return {"at-least": recent, "in-the-last": recent.opposite()}.get(str(filter_.get("operator")))


def _property(test: Test, words: Vocabulary) -> Literal | None:
    if (property_name(test.get("property")) or "").startswith(terms.ENTERED):
        return _last_entry(test, words)
    fact = words.fact(test.get("property"), test.get("filter"))
    return None if fact is None else _readings(fact, test.get("filter"))


def _field(test: Test, words: Vocabulary) -> Literal | None:
    fact = words.field(test.get("metric_id"), test.get("field"), test.get("filter"))
    return None if fact is None else _readings(f"trigger.{fact}", test.get("filter"))


def _consent(test: Test) -> Literal | None:
    for channel in _CHANNELS:
        may = tests.may_receive(channel)
        if test == may.yes[0][0]:
            return sure(f"consent has {channel}")
        if list(may.no[0]) == [test]:
            return sure(f"not consent has {channel}")
        if channel != "push" and test == tests.unsubscribed(channel).yes[0][0]:
            return sure(f"unsubscribed({channel})")
    return None


def _membership(test: Test, words: Vocabulary) -> Literal | None:
    groups, member = test.get("group_ids"), test.get("is_member")
    if not isinstance(groups, list) or not isinstance(member, bool) or "timeframe_filter" in test:
        return None
    names = [words.audiences.get(str(one)) for one in groups]
    if len(names) != 1 or names[0] is None:
        return None
    inside = f"audience({names[0]})"
    return sure(inside if member else f"not {inside}")


def _predicted(test: Test) -> Literal | None:
    said = _numeric(test.get("filter"))
    if test.get("dimension") != "average_order_value" or said is None:
        return None
    return compared("aov", said[0], plain(said[1]), NEVER_ORDERED)
