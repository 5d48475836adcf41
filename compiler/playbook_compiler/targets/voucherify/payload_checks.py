"""What the vendor's schemas let through: our own checks of every payload before it leaves.

The schema of v2 is strict on keys and ranges, not on what hangs together; those of v1 require next
to nothing. A payload may use only what the exporter writes (payload_keys.py), nothing is active,
and a reference goes to what an earlier request makes, of the right kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from playbook_compiler.export.bundle import Payload, Request
from playbook_compiler.targets.voucherify import discount_checks, fields
from playbook_compiler.targets.voucherify.payload_keys import (
    CAMPAIGN_KEYS,
    KEYS,
    PATH_KINDS,
    REF_KINDS,
    REQUIRED,
)
from playbook_compiler.targets.voucherify.periods import LIMITS

_REF = re.compile(r"\$\{ref:([^}]*)\.id\}")
_ALONE = re.compile(r"\$\{ref:([a-z-]+)\.[^}]+\.id\}\Z")
_ANY = re.compile(r"\$\{(?:ref:[a-z-]+\.[^}]+\.id|lookup:[a-z_]+\.[^}]+)\}\Z")
_LOGIC = re.compile(r"[0-9]+|and|or|[() ]")
RULES_MOST = 10
REWARDS_MOST = 10
SEGMENTS_MOST = 100


def check_requests(requests: Sequence[Request]) -> list[str]:
    """Return everything that is wrong with a plan, in words, each with the request's id."""
    problems: list[str] = []
    made: set[str] = set()
    titles: set[tuple[str, str]] = set()
    for request in requests:
        for name in _REF.findall(f"{request.path} {request.payload!r}"):
            if name not in made:
                problems.append(f"{request.id}: needs {name}, which no earlier request makes")
        problems += [
            f"{request.id}: {problem}"
            for problem in (
                *check_payload(request.kind, request.payload),
                *_path(request.kind, request.path),
            )
        ]
        title = (request.path, request.payload.get("name", request.id))
        if title in titles:
            problems.append(f"{request.id}: another is called {title[1]!r}, too")
        titles.add(title)
        if request.id in made:
            problems.append(f"{request.id}: made twice")
        made.add(request.id)
    problems += check_tiers([one.payload for one in requests if one.kind == "tier"])
    if sum(1 for one in requests if one.kind == "segment") > SEGMENTS_MOST:
        problems.append(f"more than {SEGMENTS_MOST} segments")
    return problems


def check_tiers(payloads: Sequence[Payload]) -> list[str]:
    """Return what is wrong with tiers together: gaps, overlaps, an end that is none."""
    points = [one.get("qualification_rules", {}).get("points", {}) for one in payloads]
    spans = sorted((one.get("min_value", 0), one.get("max_value", float("inf"))) for one in points)
    problems = []
    if spans and spans[0][0] != 0:
        problems.append("the lowest tier does not begin at 0")
    if spans and spans[-1][1] != float("inf"):
        problems.append("the highest tier ends")
    for (_, last), (first, _) in pairwise(spans):
        if first > last + 1:
            problems.append(f"no tier between {last} and {first}")
        if first <= last:
            problems.append(f"two tiers at {first}")
    return problems


def check_payload(kind: str, payload: Payload) -> list[str]:
    """Return what is wrong with one payload."""
    return list(dict.fromkeys(_payload(kind, payload)))


def _path(kind: str, path: str) -> Iterator[str]:
    wanted = PATH_KINDS.get(kind)
    found = re.findall(r"\$\{ref:([a-z-]+)\.", path)
    if found != ([wanted] if wanted else []):
        yield f"the path leads through {found}, not {wanted}"


def _payload(kind: str, payload: Payload) -> Iterator[str]:
    keys = KEYS[kind]
    if kind == "campaign":
        keys = (*keys, *CAMPAIGN_KEYS.get(str(payload.get("campaign_type")), ()))
    yield from _known(payload, keys, f"the {kind}")
    for key in REQUIRED[kind]:
        if payload.get(key) in (None, "", [], {}):
            yield f"no {key}"
    name = payload.get("name", "")
    if kind != "program-rewards" and not (isinstance(name, str) and 0 < len(name.strip()) <= 200):
        yield "the name has 1 to 200 characters"
    if "metadata" in keys:
        yield from _metadata(payload)
    yield from _inactive(payload, kind)
    yield from _references(payload, kind)
    yield from _periods(payload)
    match kind:
        case "segment":
            yield from _segment(payload)
        case "validation-rule":
            yield from _logic(payload.get("rules", {}), "the rule")
            yield from _applicable(payload.get("applicable_to") or {})
        case "campaign":
            yield from discount_checks.campaign(payload)
        case "card-definition":
            yield from _matching(payload.get("points_expiration", {}), _EXPIRATIONS)
            yield from _matching(payload.get("pending_points", {}), _PENDING)
        case "tier-structure":
            yield from _matching(payload, _STRUCTURES)
            yield from _matching(payload.get("expiration", {}), _KEEPING)
        case "earning-rule":
            yield from _earning_rule(payload)
        case "reward":
            yield from _matching(payload, {"MATERIAL": "material", "DIGITAL": "digital"})
            if len(payload.get("costs", [])) != 1:
                yield "a reward has one cost"
        case "program":
            if len(payload.get("earning_rules", [])) > RULES_MOST:
                yield f"more than {RULES_MOST} earning rules"
            if len(payload.get("rewards", [])) > REWARDS_MOST:
                yield f"more than {REWARDS_MOST} rewards in one call"
            if "tier_structures" in payload:
                yield "a draft of a tier structure cannot be assigned"


def _known(value: Any, keys: Sequence[str], what: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{what} is no object"
        return
    for key in value:
        if key not in keys:
            yield f"{what} has the key {key!r}, which the exporter never writes"


def _metadata(payload: Payload) -> Iterator[str]:
    metadata = payload.get("metadata")
    if not isinstance(metadata, dict):
        yield "no metadata: the object would not be known again"
        return
    for key in ("playbook_id", "playbook_uuid"):
        if not metadata.get(key):
            yield f"no {key} in the metadata"


def _inactive(payload: Payload, kind: str) -> Iterator[str]:
    """Return what would be switched on."""
    if "status" in KEYS[kind] and payload.get("status") != "DRAFT":
        yield f"the status is {payload.get('status')!r}, not DRAFT"
    if kind == "campaign" and payload.get("active") is not False:
        yield "the campaign is not inactive"
    for tier in payload.get("promotion", {}).get("tiers", []) if kind == "campaign" else ():
        if tier.get("active") is not False:
            yield "a promotion tier is not inactive"


def _references(value: Any, where: str) -> Iterator[str]:
    """Return placeholders of a kind that does not belong where it stands, and broken ones."""
    if isinstance(value, dict):
        for key, one in value.items():
            inner = f"{where}.{key}"
            if isinstance(one, str) and "${" in one:
                if _ANY.match(one) is None and key != "name":
                    yield f"{inner} is no placeholder: {one}"
                found = _ALONE.match(one)
                wanted = REF_KINDS.get(_ending(inner))
                if found is not None and wanted is not None and found[1] != wanted:
                    yield f"{inner} refers to a {found[1]}, not a {wanted}"
            yield from _references(one, inner)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                yield from _references({"item": one}, where)
            else:
                yield from _references(one, where)


def _ending(path: str) -> str:
    """Return the key, and the one that holds it, of a path."""
    return ".".join(path.split(".")[-2:])


def _periods(value: Any) -> Iterator[str]:
    """Return stretches of time that are longer than their unit allows."""
    if isinstance(value, dict):
        for key, most in LIMITS.items():
            found = value.get(key)
            period = found.get("period") if isinstance(found, dict) else None
            if found is not None and not isinstance(period, dict):
                yield f"{key} has no period"
            elif isinstance(period, dict):
                unit, count = period.get("unit"), period.get("value")
                if not (isinstance(count, int) and 1 <= count <= most.get(str(unit), 0)):
                    yield f"{key} of {count} {unit}: at most {most}"
        for one in value.values():
            yield from _periods(one)
    elif isinstance(value, list):
        for one in value:
            yield from _periods(one)


_EXPIRATIONS = {
    "NO_EXPIRATION": "",
    "ROLLING_EXPIRATION": "rolling_expiration",
    "SLIDING_EXPIRATION": "sliding_expiration",
}
_PENDING = {"IMMEDIATE": "", "PERIOD_BASED": "period_based"}
_STRUCTURES = {"POINT_EARNED": "point_earned", "POINT_BALANCE": "point_balance"}
_KEEPING = {"NO_RETENTION": "", "FIXED_DURATION": "fixed_duration"}
_EFFECTS = {
    "POINTS": "points",
    "POINTS_PROPORTIONAL": "points_proportional",
    "BENEFIT": "benefit",
}


def _matching(value: Any, parts: dict[str, str]) -> Iterator[str]:
    """Return what does not fit the `type`: a missing part, and parts of other types."""
    if not isinstance(value, dict) or not value:
        return
    type_ = value.get("type")
    if type_ not in parts:
        yield f"the type {type_!r} is none of {', '.join(parts)}"
        return
    for name in filter(None, parts.values()):
        if (name in value) is not (name == parts[type_]):
            yield f"{type_} {'lacks' if name not in value else 'has'} {name}"


def _segment(payload: Payload) -> Iterator[str]:
    filter_ = payload.get("filter", {})
    if payload.get("type") != "passive":
        yield "a segment is passive until something uses it"
    if filter_.get("junction") not in ("and", "or"):
        yield "a filter joins its fields by `and` or `or`"
    tested = {key: value for key, value in filter_.items() if key != "junction"}
    if not tested:
        yield "a filter without a field holds everybody"
    for name, value in tested.items():
        conditions = value.get("conditions") if isinstance(value, dict) else None
        if not conditions:
            yield f"no condition on {name}"
            continue
        if filter_.get("junction") == "or" and len(conditions) > 1:
            yield f"several conditions on {name} among alternatives"
        for operator, values in conditions.items():
            if operator not in fields.OPERATORS:
                yield f"unknown operator {operator}"
            elif operator in ("$has_value", "$is_unknown"):
                if values is not True:
                    yield f"{operator} takes true"
            elif not isinstance(values, list) or not values:
                yield f"{operator} takes a list"
            elif operator not in ("$in", "$not_in") and len(values) != 1:
                yield f"{operator} takes one value"
            elif operator.endswith("_ago") and not (isinstance(values[0], int) and values[0] >= 0):
                yield f"{operator} takes whole days"


def _logic(rules: Any, what: str) -> Iterator[str]:
    """Return what is wrong with numbered rules and the logic that names them."""
    if not isinstance(rules, dict):
        yield f"{what} has no rules"
        return
    logic = rules.get("logic")
    numbers = [key for key in rules if key != "logic"]
    if not isinstance(logic, str) or not logic:
        yield f"{what} has no logic"
        return
    if _LOGIC.sub("", logic):
        yield f"the logic of {what} has other words than and, or: {logic}"
    if sorted(re.findall(r"[0-9]+", logic)) != sorted(numbers):
        yield f"the logic of {what} does not name its rules: {logic}"
    for number in numbers:
        rule = rules[number]
        if not isinstance(rule, dict) or not rule.get("name") or not rule.get("conditions"):
            yield f"rule {number} of {what} asks nothing"
            continue
        for operator, values in rule["conditions"].items():
            if operator not in ("$is", "$more_than_or_equal", "$less_than_or_equal"):
                yield f"unknown operator {operator}"
            if not isinstance(values, list) or len(values) != 1:
                yield f"{operator} takes a list of one value"


def _applicable(applicable: dict[str, Any]) -> Iterator[str]:
    """Return what is wrong with the products that a discount is for."""
    included = applicable.get("included", [])
    if applicable.get("included_all") is not (not included):
        yield "a discount is for all products, or for those that are named"
    for one in included:
        if not one.get("id") or one.get("effect") != "APPLY_TO_EVERY":
            yield "a product that a discount is for has an id and an effect"


def _earning_rule(payload: Payload) -> Iterator[str]:
    trigger = payload.get("trigger", {})
    event = trigger.get("event")
    wanted = {
        "customer.order.paid": "",
        "customer.custom_event": "custom_event",
        "customer.segment.entered": "segment",
    }
    yield from _matching({**trigger, "type": event}, wanted)
    earnings = payload.get("earnings", [])
    for number, earning in enumerate(earnings):
        effects = earning.get("effects", [])
        if not effects:
            yield "an earning without effects"
        if number < len(earnings) - 1 and not (earning.get("rules") or earning.get("tier_rules")):
            yield "an earning that everybody meets stands before others"
        if earning.get("rules"):
            yield from _logic(earning["rules"], "an earning")
        for effect in effects:
            yield from _matching(effect, _EFFECTS)
            said = effect.get("points_proportional", {})
            paid = said.get("calculation_type") == "POST_DISCOUNT_ORDER_AMOUNT"
            if said and paid is not (event == "customer.order.paid"):
                yield f"points on {said.get('calculation_type')} of {event}"
            if effect.get("points", {"value": 1}).get("value", 0) < 1:
                yield "no points"
