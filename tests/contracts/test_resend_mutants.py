"""Broken payloads, and who catches each: Resend's schema, our own checks, or both.

The table is exact in both directions. Resend's schema leaves the config of steps untyped, so that
most of it rests on our own list of what each needs.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.contracts.resend_exports import case
from tests.contracts.resend_schemas import schema_problems

from playbook_compiler.targets.resend.graph_checks import check_payload

Json = Any
SCHEMA, OURS = "schema", "own checks"
BOTH = f"{SCHEMA} and {OURS}"
WELCOME, WIN_BACK = ("automation", "welcome"), ("automation", "win-back")
TEMPLATE, EVENT = ("template", "hello"), ("event", "back_in_stock")
PROPERTY, SEGMENT = ("contact-property", "revenue"), ("segment", "ads-lapsed")


def _payload(kind: str, name: str) -> Json:
    found = [one for one in case("everything").requests if one.id == f"{kind}.{name}"]
    return deepcopy(found[0].payload)


def _step(payload: Json, kind: str) -> Json:
    return next(one for one in payload["steps"] if one["type"] == kind)


def _test(payload: Json, operator: str) -> Json:
    """Return the first rule with an operator, however deep it stands."""

    def look(rule: Json) -> Json:
        if rule.get("operator") == operator:
            return rule
        return next((hit for one in rule.get("rules", ()) if (hit := look(one))), None)

    conditions = [one["config"] for one in payload["steps"] if one["type"] == "condition"]
    return next(hit for one in conditions if (hit := look(one)))


def _enabled(payload: Json) -> None:
    payload["status"] = "enabled"


def _unknown_status(payload: Json) -> None:
    payload["status"] = "draft"


def _no_steps(payload: Json) -> None:
    payload["steps"] = []


def _too_many_steps(payload: Json) -> None:
    payload["steps"] += [
        {"key": f"more-{number}", "type": "delay", "config": {"duration": "1 day"}}
        for number in range(150)
    ]


def _second_trigger(payload: Json) -> None:
    payload["steps"].append(
        {"key": "again", "type": "trigger", "config": {"event_name": "sign_up"}}
    )


def _no_trigger(payload: Json) -> None:
    payload["steps"] = payload["steps"][1:]


def _trigger_of_no_event(payload: Json) -> None:
    del _step(payload, "trigger")["config"]["event_name"]


def _trigger_of_resends_own(payload: Json) -> None:
    _step(payload, "trigger")["config"]["event_name"] = "resend:sent"


def _duplicate_key(payload: Json) -> None:
    payload["steps"][-1]["key"] = payload["steps"][-2]["key"]


def _missing_key(payload: Json) -> None:
    del payload["steps"][-1]["key"]


def _dangling(payload: Json) -> None:
    payload["connections"][0]["to"] = "nowhere"


def _cycle(payload: Json) -> None:
    last = payload["steps"][-1]["key"]
    first = payload["connections"][0]["to"]
    payload["connections"].append({"from": last, "to": first, "type": "default"})


def _unreachable(payload: Json) -> None:
    payload["steps"].append({"key": "lost", "type": "delay", "config": {"duration": "1 day"}})


def _way_of_another_kind(payload: Json) -> None:
    payload["connections"][0]["type"] = "timeout"


def _unknown_way(payload: Json) -> None:
    payload["connections"][0]["type"] = "yes"


def _two_ways_of_one_name(payload: Json) -> None:
    payload["connections"].append(dict(payload["connections"][0]))


def _step_of_no_type(payload: Json) -> None:
    _step(payload, "send_email")["type"] = "send_mail"


def _send_of_no_template(payload: Json) -> None:
    del _step(payload, "send_email")["config"]["template"]


def _send_with_a_misspelt_key(payload: Json) -> None:
    config = _step(payload, "send_email")["config"]
    config["replyTo"] = config.pop("reply_to")


def _variable_of_no_field(payload: Json) -> None:
    template = _step(payload, "send_email")["config"]["template"]
    template["variables"] = {"X": {"var": "customer.first_name"}}


def _wait_too_long(payload: Json) -> None:
    _step(payload, "wait_for_event")["config"]["timeout"] = "31 days"


def _wait_in_seconds(payload: Json) -> None:
    _step(payload, "wait_for_event")["config"]["timeout"] = 3600


def _wait_below_zero(payload: Json) -> None:
    _step(payload, "wait_for_event")["config"]["timeout"] = "-3 days"


def _wait_for_nothing(payload: Json) -> None:
    del _step(payload, "wait_for_event")["config"]["event_name"]


def _segment_of_no_id(payload: Json) -> None:
    _step(payload, "add_to_segment")["config"] = {}


def _update_of_nothing(payload: Json) -> None:
    _step(payload, "contact_update")["config"] = {}


def _update_misspelt(payload: Json) -> None:
    _step(payload, "contact_update")["config"] = {"property": {"x": "y"}}


def _config_missing(payload: Json) -> None:
    del _step(payload, "contact_update")["config"]


def _rule_of_no_operator(payload: Json) -> None:
    _test(payload, "eq")["operator"] = "equals"


def _rule_of_no_field(payload: Json) -> None:
    _test(payload, "eq")["field"] = "profile.orders"


def _number_as_text(payload: Json) -> None:
    _test(payload, "gt")["value"] = "20"


def _exists_with_a_value(payload: Json) -> None:
    _test(payload, "exists")["value"] = True


def _rule_of_no_rules(payload: Json) -> None:
    for step in payload["steps"]:
        if step["config"].get("type") == "and":
            step["config"]["rules"] = []
            return


def _template_without_html(payload: Json) -> None:
    del payload["html"]


def _template_nameless(payload: Json) -> None:
    del payload["name"]


def _variable_undeclared(payload: Json) -> None:
    payload["variables"] = []


def _variable_reserved(payload: Json) -> None:
    payload["variables"][0]["key"] = "FIRST_NAME"


def _variable_of_no_type(payload: Json) -> None:
    payload["variables"][0]["type"] = "text"


def _two_braces(payload: Json) -> None:
    payload["subject"] = "Hello {{CONTACT_EMAIL}}"


def _property_with_spaces(payload: Json) -> None:
    payload["key"] = "sum of orders"


def _property_of_no_type(payload: Json) -> None:
    payload["type"] = "boolean"


def _event_of_resends_own(payload: Json) -> None:
    payload["name"] = "resend:opened"


def _event_field_of_no_type(payload: Json) -> None:
    payload["schema"]["amount"] = "money"


def _segment_nameless(payload: Json) -> None:
    del payload["name"]


MUTANTS: list[tuple[tuple[str, str], Callable[[Json], None], str]] = [
    (WELCOME, _enabled, OURS),
    (WELCOME, _unknown_status, BOTH),
    (WELCOME, _no_steps, BOTH),
    (WELCOME, _too_many_steps, BOTH),
    (WELCOME, _second_trigger, OURS),
    (WELCOME, _no_trigger, OURS),
    (WELCOME, _trigger_of_no_event, OURS),
    (WELCOME, _trigger_of_resends_own, OURS),
    (WELCOME, _duplicate_key, OURS),
    (WELCOME, _missing_key, BOTH),
    (WELCOME, _dangling, OURS),
    (WELCOME, _cycle, OURS),
    (WELCOME, _unreachable, OURS),
    (WELCOME, _way_of_another_kind, OURS),
    (WELCOME, _unknown_way, BOTH),
    (WELCOME, _two_ways_of_one_name, OURS),
    (WELCOME, _step_of_no_type, BOTH),
    (WELCOME, _send_of_no_template, OURS),
    (WELCOME, _send_with_a_misspelt_key, OURS),
    (WELCOME, _variable_of_no_field, OURS),
    (WELCOME, _wait_too_long, OURS),
    (WELCOME, _wait_in_seconds, OURS),
    (WELCOME, _wait_below_zero, OURS),
    (WELCOME, _wait_for_nothing, OURS),
    (WIN_BACK, _segment_of_no_id, OURS),
    (WIN_BACK, _update_of_nothing, OURS),
    (WIN_BACK, _update_misspelt, OURS),
    (WIN_BACK, _config_missing, BOTH),
    (WIN_BACK, _rule_of_no_operator, OURS),
    (WIN_BACK, _rule_of_no_field, OURS),
    (WIN_BACK, _number_as_text, OURS),
    (WIN_BACK, _exists_with_a_value, OURS),
    (WIN_BACK, _rule_of_no_rules, OURS),
    (TEMPLATE, _template_without_html, SCHEMA),
    (TEMPLATE, _template_nameless, SCHEMA),
    (TEMPLATE, _variable_undeclared, OURS),
    (TEMPLATE, _variable_reserved, OURS),
    (TEMPLATE, _variable_of_no_type, SCHEMA),
    (TEMPLATE, _two_braces, OURS),
    (PROPERTY, _property_with_spaces, OURS),
    (PROPERTY, _property_of_no_type, SCHEMA),
    (EVENT, _event_of_resends_own, OURS),
    (EVENT, _event_field_of_no_type, OURS),
    (SEGMENT, _segment_nameless, SCHEMA),
]


@pytest.mark.parametrize(
    ("of", "mutate", "caught_by"), [pytest.param(*row, id=row[1].__name__[1:]) for row in MUTANTS]
)
def test_a_broken_payload_is_caught_by_whom_the_table_says(
    of: tuple[str, str], mutate: Callable[[Json], None], caught_by: str
) -> None:
    kind, name = of
    payload = _payload(kind, name)
    assert check_payload(kind, payload) == []
    assert schema_problems(kind, payload) == []
    mutate(payload)
    catchers = [
        who
        for who, problems in (
            (SCHEMA, schema_problems(kind, payload)),
            (OURS, check_payload(kind, payload)),
        )
        if problems
    ]
    assert " and ".join(catchers) == caught_by
