"""Broken payloads, and who catches each: the vendor's schema, our own checks, or both.

The table is exact in both directions. A mutant that nobody catches fails, and so does one that is
caught by others than it says: a validator that grew blind shows at once.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.contracts.exports import case
from tests.contracts.klaviyo_schemas import schema_problems

from playbook_compiler.targets.klaviyo.graph_checks import check_payload

Json = Any
SCHEMA, OURS = "schema", "own checks"
BOTH = f"{SCHEMA} and {OURS}"


def _payload(kind: str, name: str) -> Json:
    found = [one for one in case("everything").requests if one.id == f"{kind}.{name}"]
    return deepcopy(found[0].payload)


def _definition(payload: Json) -> Json:
    return payload["data"]["attributes"]["definition"]


def _action(payload: Json, type_: str) -> Json:
    return next(one for one in _definition(payload)["actions"] if one["type"] == type_)


def _id_of_an_action(payload: Json) -> None:
    _action(payload, "send-email")["id"] = "123"


def _second_trigger(payload: Json) -> None:
    _definition(payload)["triggers"] *= 2


def _no_trigger(payload: Json) -> None:
    _definition(payload)["triggers"] = []


def _dangling_link(payload: Json) -> None:
    _action(payload, "send-email")["links"]["next"] = "nowhere"


def _dangling_branch(payload: Json) -> None:
    _action(payload, "multi-branch-split")["data"]["branches"][0]["links"]["next"] = "nowhere"


def _cycle(payload: Json) -> None:
    definition = _definition(payload)
    definition["actions"][-1]["links"] = {"next": definition["entry_action_id"]}


def _duplicate_id(payload: Json) -> None:
    actions = _definition(payload)["actions"]
    actions[-1]["temporary_id"] = actions[-2]["temporary_id"]


def _missing_id(payload: Json) -> None:
    del _definition(payload)["actions"][-1]["temporary_id"]


def _unreachable(payload: Json) -> None:
    last = deepcopy(_definition(payload)["actions"][-1])
    _definition(payload)["actions"].append(last | {"temporary_id": "lost"})


def _entry_missing(payload: Json) -> None:
    _definition(payload)["entry_action_id"] = "nowhere"


def _negative_delay(payload: Json) -> None:
    _action(payload, "time-delay")["data"]["value"] = -3


def _delay_of_half_a_day(payload: Json) -> None:
    _action(payload, "time-delay")["data"]["value"] = 0.5


def _delay_in_weeks(payload: Json) -> None:
    _action(payload, "time-delay")["data"] |= {"unit": "weeks", "value": 2}


def _time_without_seconds(payload: Json) -> None:
    _action(payload, "time-delay")["data"]["delay_until_time"] = "25:00"


def _sample_of_250(payload: Json) -> None:
    _sample(payload)["percentage"] = 250


def _sample_in_fractions(payload: Json) -> None:
    _sample(payload)["percentage"] = 12.5


def _sample(payload: Json) -> Json:
    for action in _definition(payload)["actions"]:
        if action["type"] == "conditional-split":
            test = action["data"]["profile_filter"]["condition_groups"][0]["conditions"][0]
            if test["type"] == "profile-sample":
                return test
    raise AssertionError("no sample in this flow")


def _misspelt_optional_key(payload: Json) -> None:
    message = _action(payload, "send-email")["data"]["message"]
    message["smart_sending_enable"] = message.pop("smart_sending_enabled")


def _misspelt_data_key(payload: Json) -> None:
    data = _action(payload, "time-delay")["data"]
    data["delay_until"] = data.pop("delay_until_time")


def _misspelt_definition_key(payload: Json) -> None:
    definition = _definition(payload)
    definition["profile_filters"] = definition.pop("profile_filter")


def _live(payload: Json) -> None:
    _action(payload, "send-email")["data"]["status"] = "live"


def _unknown_status(payload: Json) -> None:
    _action(payload, "send-email")["data"]["status"] = "active"


def _unknown_action(payload: Json) -> None:
    _action(payload, "send-email")["type"] = "send-mail"


def _unknown_operator(payload: Json) -> None:
    filter_ = _definition(payload)["profile_filter"]["condition_groups"][0]
    filter_["conditions"][0]["measurement_filter"]["operator"] = "more-than"


def _text_for_a_number(payload: Json) -> None:
    filter_ = _definition(payload)["profile_filter"]["condition_groups"][0]
    filter_["conditions"][0]["measurement_filter"]["value"] = "1"


def _empty_group(payload: Json) -> None:
    _definition(payload)["profile_filter"]["condition_groups"].append({"conditions": []})


def _no_metric(payload: Json) -> None:
    _definition(payload)["triggers"][0]["id"] = None


def _trigger_test_in_a_profile_filter(payload: Json) -> None:
    test = {
        "type": "metric-property",
        "metric_id": "${lookup:metric.Placed Order}",
        "field": "$value",
        "filter": {"type": "numeric", "operator": "equals", "value": 1},
    }
    _definition(payload)["profile_filter"]["condition_groups"][0]["conditions"] = [test]


def _webhook_in_the_clear(payload: Json) -> None:
    _action(payload, "send-webhook")["data"]["message"]["url"] = "http://crm.leaf.example/hook"


def _webhook_without_address(payload: Json) -> None:
    del _action(payload, "send-webhook")["data"]["message"]["url"]


def _operation_of_a_list_unknown(payload: Json) -> None:
    operation = _action(payload, "update-profile")["data"]["profile_operations"][0]
    operation |= {"property_type": "list", "property_operation": "append"}


def _days_before_below_zero(payload: Json) -> None:
    _definition(payload)["triggers"][0]["timedelta_value_before_date"] = -7


def _days_before_in_hours(payload: Json) -> None:
    _definition(payload)["triggers"][0]["timedelta_unit_before_date"] = "hours"


def _date_of_no_property(payload: Json) -> None:
    _definition(payload)["triggers"][0]["date_profile_property"] = ""


def _date_every_week(payload: Json) -> None:
    _definition(payload)["triggers"][0]["recurrence_frequency"] = "weekly"


def _turn_of_no_number(payload: Json) -> None:
    branch = _action(payload, "multi-branch-split")["data"]["branches"][0]
    test = branch["branch_filter"]["condition_groups"][0]["conditions"][0]
    test["filter"]["value"] = "second"


def _two_else(payload: Json) -> None:
    _action(payload, "multi-branch-split")["data"]["branches"][0]["is_else"] = True


def _reentry_in_months(payload: Json) -> None:
    _definition(payload)["reentry_criteria"] = {"duration": 6, "unit": "month"}


def _reentry_negative(payload: Json) -> None:
    _definition(payload)["reentry_criteria"] = {"duration": -1, "unit": "day"}


def _no_template(payload: Json) -> None:
    _action(payload, "send-email")["data"]["message"]["template_id"] = None


def _no_sender(payload: Json) -> None:
    _action(payload, "send-email")["data"]["message"]["from_email"] = None


def _segment_without_groups(payload: Json) -> None:
    _definition(payload)["condition_groups"] = []


def _segment_since_flow_start(payload: Json) -> None:
    test = _definition(payload)["condition_groups"][0]["conditions"][0]
    test["timeframe_filter"] = {"type": "date", "operator": "flow-start"}


def _segment_by_chance(payload: Json) -> None:
    sample = {"type": "profile-sample", "percentage": 10}
    _definition(payload)["condition_groups"].append({"conditions": [sample]})


def _template_with_a_script(payload: Json) -> None:
    payload["data"]["attributes"]["html"] += "<script>alert(1)</script>"


def _template_without_html(payload: Json) -> None:
    payload["data"]["attributes"]["html"] = None


def _template_nameless(payload: Json) -> None:
    del payload["data"]["attributes"]["name"]


def _coupon_with_spaces(payload: Json) -> None:
    payload["data"]["attributes"]["external_id"] = "come back"


def _coupon_without_id(payload: Json) -> None:
    del payload["data"]["attributes"]["external_id"]


def _wrong_type(payload: Json) -> None:
    payload["data"]["type"] = "campaign"


WELCOME, WIN_BACK, BACK = ("flow", "welcome"), ("flow", "win-back"), ("flow", "back")
RENEWAL = ("flow", "renewal")
SEGMENT, TEMPLATE = ("segment", "win-back.inactive"), ("template", "hello")
COUPON = ("coupon", "come-back")
MUTANTS: list[tuple[tuple[str, str], Callable[[Json], None], str]] = [
    (WELCOME, _id_of_an_action, OURS),
    (WELCOME, _second_trigger, OURS),
    (WELCOME, _no_trigger, OURS),
    (WELCOME, _dangling_link, OURS),
    (BACK, _dangling_branch, OURS),
    (WELCOME, _cycle, OURS),
    (WELCOME, _duplicate_id, OURS),
    (WELCOME, _missing_id, OURS),
    (WELCOME, _unreachable, OURS),
    (WELCOME, _entry_missing, OURS),
    (WELCOME, _negative_delay, OURS),
    (WELCOME, _delay_of_half_a_day, BOTH),
    (WELCOME, _delay_in_weeks, BOTH),
    (WELCOME, _time_without_seconds, OURS),
    (WIN_BACK, _sample_of_250, OURS),
    (WIN_BACK, _sample_in_fractions, BOTH),
    (WELCOME, _misspelt_optional_key, OURS),
    (WIN_BACK, _misspelt_data_key, OURS),
    (WELCOME, _misspelt_definition_key, OURS),
    (WELCOME, _live, OURS),
    (WELCOME, _unknown_status, BOTH),
    (WELCOME, _unknown_action, BOTH),
    (WELCOME, _unknown_operator, SCHEMA),
    (WELCOME, _text_for_a_number, SCHEMA),
    (WELCOME, _empty_group, OURS),
    (WELCOME, _no_metric, OURS),
    (WELCOME, _trigger_test_in_a_profile_filter, BOTH),
    (BACK, _two_else, OURS),
    (WELCOME, _reentry_in_months, SCHEMA),
    (WELCOME, _reentry_negative, OURS),
    (WELCOME, _no_template, OURS),
    (WELCOME, _no_sender, OURS),
    (SEGMENT, _segment_without_groups, OURS),
    (SEGMENT, _segment_since_flow_start, BOTH),
    (SEGMENT, _segment_by_chance, BOTH),
    (RENEWAL, _webhook_in_the_clear, OURS),
    (RENEWAL, _webhook_without_address, BOTH),
    (RENEWAL, _operation_of_a_list_unknown, SCHEMA),
    (RENEWAL, _days_before_below_zero, OURS),
    (RENEWAL, _days_before_in_hours, BOTH),
    (RENEWAL, _date_of_no_property, OURS),
    (RENEWAL, _date_every_week, OURS),
    (RENEWAL, _turn_of_no_number, SCHEMA),
    (TEMPLATE, _template_with_a_script, OURS),
    (TEMPLATE, _template_without_html, OURS),
    (TEMPLATE, _template_nameless, BOTH),
    (COUPON, _coupon_with_spaces, OURS),
    (COUPON, _coupon_without_id, BOTH),
    (WELCOME, _wrong_type, BOTH),
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
