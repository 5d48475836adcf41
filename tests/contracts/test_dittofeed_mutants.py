"""Broken payloads, and who catches each: the vendor's schema, our own checks, or both.

The table is exact in both directions. A mutant that nobody catches fails, and so does one that is
caught by others than it says: a validator that grew blind shows at once. Some faults lie between
objects (what a journey names, which segments it may wait for): those are looked for in the whole
plan.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.contracts.dittofeed_exports import case
from tests.contracts.dittofeed_schemas import schema_problems

from playbook_compiler.export.bundle import Request
from playbook_compiler.targets.dittofeed.graph_checks import check_requests
from playbook_compiler.values import replace

Json = Any
SCHEMA, OURS = "schema", "own checks"
BOTH = f"{SCHEMA} and {OURS}"
WIN_BACK, WELCOME, CART = "journey.win-back", "journey.welcome", "journey.cart"
EXIT_SEGMENT = "segment.welcome~nudge~exit"
TRIGGER_SEGMENT = "segment.win-back~trigger"
KEYED_SEGMENT = "segment.cart~wait-for-cart-abandoned"


def _nodes(payload: Json, type_: str = "") -> Json:
    found = payload["definition"]["nodes"]
    return [one for one in found if one["type"] == type_] if type_ else found


def _delay(payload: Json, variant: str) -> Json:
    return next(
        one["variant"] for one in _nodes(payload, "DelayNode") if one["variant"]["type"] == variant
    )


def _segment_id(name: str) -> str:
    return next(one.uuid for one in case("everything").requests if one.id == f"segment.{name}")


def _dangling_link(payload: Json) -> None:
    _nodes(payload, "MessageNode")[0]["child"] = "nowhere"


def _dangling_branch(payload: Json) -> None:
    _nodes(payload, "SegmentSplitNode")[0]["variant"]["falseChild"] = "nowhere"


def _dangling_cohort(payload: Json) -> None:
    _nodes(payload, "RandomCohortNode")[0]["children"][0]["id"] = "nowhere"


def _cycle(payload: Json) -> None:
    entry = payload["definition"]["entryNode"]["child"]
    _nodes(payload, "MessageNode")[-1]["child"] = entry


def _own_cycle(payload: Json) -> None:
    node = _nodes(payload, "DelayNode")[-1]
    node["child"] = node["id"]


def _duplicate_id(payload: Json) -> None:
    _nodes(payload)[-1]["id"] = _nodes(payload)[-2]["id"]


def _missing_id(payload: Json) -> None:
    del _nodes(payload)[-1]["id"]


def _id_of_the_exit(payload: Json) -> None:
    _nodes(payload)[-1]["id"] = "ExitNode"


def _unreachable(payload: Json) -> None:
    _nodes(payload).append({**deepcopy(_nodes(payload, "DelayNode")[0]), "id": "lost"})


def _entry_missing(payload: Json) -> None:
    payload["definition"]["entryNode"]["child"] = "nowhere"


def _no_entry(payload: Json) -> None:
    del payload["definition"]["entryNode"]


def _two_entries(payload: Json) -> None:
    _nodes(payload).append({**payload["definition"]["entryNode"], "id": "second"})


def _both_kinds_of_entry(payload: Json) -> None:
    payload["definition"]["entryNode"] |= {"event": "order_placed", "key": "order.id"}


def _event_entry_without_key(payload: Json) -> None:
    del payload["definition"]["entryNode"]["key"]


def _event_of_every_name(payload: Json) -> None:
    payload["definition"]["entryNode"]["event"] = "cart*"


def _negative_delay(payload: Json) -> None:
    _delay(payload, "Second")["seconds"] = -3600


def _delay_as_text(payload: Json) -> None:
    _delay(payload, "Second")["seconds"] = "3600"


def _delay_of_half_a_second(payload: Json) -> None:
    _delay(payload, "Second")["seconds"] = 0.5


def _hour_of_25(payload: Json) -> None:
    _delay(payload, "LocalTime")["hour"] = 25


def _weekday_of_7(payload: Json) -> None:
    variants = [one["variant"] for one in _nodes(payload, "DelayNode")]
    next(one for one in variants if "allowedDaysOfWeek" in one)["allowedDaysOfWeek"] = [7]


def _no_weekday(payload: Json) -> None:
    variants = [one["variant"] for one in _nodes(payload, "DelayNode")]
    next(one for one in variants if "allowedDaysOfWeek" in one)["allowedDaysOfWeek"] = []


def _no_zone(payload: Json) -> None:
    del _delay(payload, "LocalTime")["defaultTimezone"]


def _negative_offset(payload: Json) -> None:
    _delay(payload, "UserProperty")["offsetSeconds"] = -1


def _offset_sideways(payload: Json) -> None:
    _delay(payload, "UserProperty")["offsetDirection"] = "around"


def _cohorts_of_250(payload: Json) -> None:
    _nodes(payload, "RandomCohortNode")[0]["children"][0]["percent"] = 250


def _cohorts_of_90(payload: Json) -> None:
    _nodes(payload, "RandomCohortNode")[0]["children"][0]["percent"] -= 10


def _cohorts_as_shares(payload: Json) -> None:
    for child in _nodes(payload, "RandomCohortNode")[0]["children"]:
        child["percent"] /= 100


def _negative_time_out(payload: Json) -> None:
    _nodes(payload, "WaitForNode")[0]["timeoutSeconds"] = -1


def _waits_for_nothing(payload: Json) -> None:
    _nodes(payload, "WaitForNode")[0]["segmentChildren"] = []


def _no_time_out_child(payload: Json) -> None:
    del _nodes(payload, "WaitForNode")[0]["timeoutChild"]


def _waits_for_a_plain_segment(payload: Json) -> None:
    child = _nodes(payload, "WaitForNode")[0]["segmentChildren"][0]
    child["segmentId"] = _segment_id("win-back~trigger")


def _enters_by_a_keyed_segment(payload: Json) -> None:
    payload["definition"]["entryNode"]["segment"] = _segment_id("cart~wait-for-cart-abandoned")


def _splits_by_a_keyed_segment(payload: Json) -> None:
    keyed = _segment_id("cart~wait-for-cart-abandoned")
    _nodes(payload, "SegmentSplitNode")[0]["variant"]["segment"] = keyed


def _unknown_segment(payload: Json) -> None:
    split = _nodes(payload, "SegmentSplitNode")[0]["variant"]
    split["segment"] = "00000000-0000-5000-8000-000000000000"


def _unknown_template(payload: Json) -> None:
    message = _nodes(payload, "MessageNode")[0]["variant"]
    message["templateId"] = "00000000-0000-5000-8000-000000000000"


def _rate_limit(payload: Json) -> None:
    old = _nodes(payload, "DelayNode")[0]
    id_ = old["id"]
    old.clear()
    old |= {"id": id_, "type": "RateLimitNode"}


def _unknown_node(payload: Json) -> None:
    _nodes(payload, "MessageNode")[0]["type"] = "MailNode"


def _unknown_channel(payload: Json) -> None:
    _nodes(payload, "MessageNode")[0]["variant"]["type"] = "Post"


def _misspelt_skip(payload: Json) -> None:
    node = _nodes(payload, "MessageNode")[0]
    node["skipOnFail"] = node.pop("skipOnFailure")


def _misspelt_group(payload: Json) -> None:
    node = next(one for one in _nodes(payload, "MessageNode") if "subscriptionGroupId" in one)
    node["subscriptionGroup"] = node.pop("subscriptionGroupId")


def _misspelt_run_again(payload: Json) -> None:
    payload["canRunMultipleTimes"] = payload.pop("canRunMultiple")


def _started(payload: Json) -> None:
    payload["status"] = "Running"


def _unknown_status(payload: Json) -> None:
    payload["status"] = "Draft"


def _id_by_chance(payload: Json) -> None:
    payload["id"] = "6a1e2f64-3f1b-4a79-9df0-9d1f2a4b5c6d"


def _no_workspace(payload: Json) -> None:
    del payload["workspaceId"]


def _no_name(payload: Json) -> None:
    payload["name"] = " "


def _unknown_test(payload: Json) -> None:
    payload["definition"]["nodes"][0]["type"] = "Ordered"


def _unknown_operator(payload: Json) -> None:
    payload["definition"]["nodes"][0]["timesOperator"] = ">"


def _negative_window(payload: Json) -> None:
    payload["definition"]["nodes"][0]["withinSeconds"] = -1


def _times_as_text(payload: Json) -> None:
    payload["definition"]["nodes"][0]["times"] = "1"


def _times_zero(payload: Json) -> None:
    payload["definition"]["nodes"][0]["times"] = 0


def _misspelt_window(payload: Json) -> None:
    test = payload["definition"]["nodes"][0]
    test["withinSecond"] = test.pop("withinSeconds")


def _child_missing(payload: Json) -> None:
    payload["definition"]["entryNode"]["children"].append("99")


def _orphan_test(payload: Json) -> None:
    test = deepcopy(payload["definition"]["nodes"][0])
    payload["definition"]["nodes"].append(test | {"id": "99"})


def _two_tests_of_one_id(payload: Json) -> None:
    payload["definition"]["nodes"][1]["id"] = payload["definition"]["nodes"][0]["id"]


def _keyed_test_in_a_tree(payload: Json) -> None:
    test = payload["definition"]["nodes"][0]
    payload["definition"]["nodes"][0] = {
        **{key: test[key] for key in ("id", "event", "times", "timesOperator")},
        "type": "KeyedPerformed",
        "key": "order.id",
    }


def _keyed_test_without_key(payload: Json) -> None:
    del payload["definition"]["entryNode"]["key"]


def _bucket_in_percent(payload: Json) -> None:
    payload["definition"]["entryNode"]["percent"] = 10


def _foreign_group(payload: Json) -> None:
    for node in payload["definition"]["nodes"]:
        if "subscriptionGroupId" in node:
            node["subscriptionGroupId"] = "00000000-0000-5000-8000-000000000000"


def _group_of_a_third_type(payload: Json) -> None:
    payload["type"] = "Maybe"


def _group_of_no_channel(payload: Json) -> None:
    payload["channel"] = "email"


def _property_without_path(payload: Json) -> None:
    del payload["definition"]["path"]


def _property_of_a_third_type(payload: Json) -> None:
    payload["definition"]["type"] = "Traits"


def _mail_without_subject(payload: Json) -> None:
    del payload["definition"]["subject"]


def _mail_without_sender(payload: Json) -> None:
    payload["definition"]["from"] = "Leaf & Steam"


def _mail_with_a_script(payload: Json) -> None:
    payload["definition"]["body"] += "<script>alert(1)</script>"


def _empty_mail(payload: Json) -> None:
    payload["definition"]["body"] = " "


def _misspelt_reply(payload: Json) -> None:
    payload["definition"]["replyto"] = payload["definition"].pop("replyTo")


def _webhook_without_request(payload: Json) -> None:
    payload["definition"]["body"] = "{}"


def _webhook_without_identifier(payload: Json) -> None:
    del payload["definition"]["identifierKey"]


HELLO, HOOK = "template.hello", "template.cart~call-crm-hook"
HOLDOUT, GROUP = "segment.guardrails~~holdout", "subscription-group.marketing-email"
MUTANTS: tuple[tuple[Callable[[Json], None], str, str], ...] = (
    (_dangling_link, WIN_BACK, OURS),
    (_dangling_branch, WIN_BACK, OURS),
    (_dangling_cohort, WIN_BACK, OURS),
    (_cycle, WIN_BACK, OURS),
    (_own_cycle, WIN_BACK, OURS),
    (_duplicate_id, WIN_BACK, OURS),
    (_missing_id, WIN_BACK, BOTH),
    (_id_of_the_exit, WIN_BACK, OURS),
    (_unreachable, WIN_BACK, OURS),
    (_entry_missing, WIN_BACK, OURS),
    (_no_entry, WIN_BACK, BOTH),
    (_two_entries, WIN_BACK, BOTH),
    (_both_kinds_of_entry, WIN_BACK, OURS),
    (_event_entry_without_key, CART, OURS),
    (_event_of_every_name, CART, OURS),
    (_negative_delay, WIN_BACK, OURS),
    (_delay_as_text, WIN_BACK, BOTH),
    (_delay_of_half_a_second, WIN_BACK, OURS),
    (_hour_of_25, WIN_BACK, OURS),
    (_weekday_of_7, CART, SCHEMA),
    (_no_weekday, CART, OURS),
    (_no_zone, WIN_BACK, OURS),
    (_negative_offset, "journey.birthday", OURS),
    (_offset_sideways, "journey.birthday", SCHEMA),
    (_cohorts_of_250, WIN_BACK, OURS),
    (_cohorts_of_90, WIN_BACK, OURS),
    (_cohorts_as_shares, WIN_BACK, OURS),
    (_negative_time_out, WIN_BACK, OURS),
    (_waits_for_nothing, WIN_BACK, OURS),
    (_no_time_out_child, WIN_BACK, BOTH),
    (_waits_for_a_plain_segment, CART, OURS),
    (_enters_by_a_keyed_segment, WIN_BACK, OURS),
    (_splits_by_a_keyed_segment, WIN_BACK, OURS),
    (_unknown_segment, WIN_BACK, OURS),
    (_unknown_template, WIN_BACK, OURS),
    (_rate_limit, WIN_BACK, OURS),
    (_unknown_node, WIN_BACK, BOTH),
    (_unknown_channel, WIN_BACK, BOTH),
    (_misspelt_skip, WIN_BACK, OURS),
    (_misspelt_group, WIN_BACK, OURS),
    (_misspelt_run_again, WIN_BACK, OURS),
    (_started, WIN_BACK, OURS),
    (_unknown_status, WIN_BACK, BOTH),
    (_id_by_chance, WIN_BACK, OURS),
    (_no_workspace, WIN_BACK, BOTH),
    (_no_name, WIN_BACK, OURS),
    (_unknown_test, TRIGGER_SEGMENT, BOTH),
    (_unknown_operator, TRIGGER_SEGMENT, BOTH),
    (_negative_window, TRIGGER_SEGMENT, OURS),
    (_times_as_text, TRIGGER_SEGMENT, BOTH),
    (_times_zero, TRIGGER_SEGMENT, OURS),
    (_misspelt_window, TRIGGER_SEGMENT, OURS),
    (_child_missing, TRIGGER_SEGMENT, OURS),
    (_orphan_test, TRIGGER_SEGMENT, OURS),
    (_two_tests_of_one_id, TRIGGER_SEGMENT, OURS),
    (_keyed_test_in_a_tree, TRIGGER_SEGMENT, BOTH),
    (_keyed_test_without_key, KEYED_SEGMENT, BOTH),
    (_bucket_in_percent, HOLDOUT, OURS),
    (_foreign_group, EXIT_SEGMENT, OURS),
    (_group_of_a_third_type, GROUP, SCHEMA),
    (_group_of_no_channel, GROUP, SCHEMA),
    (_property_without_path, "user-property.favourite", BOTH),
    (_property_of_a_third_type, "user-property.favourite", BOTH),
    (_mail_without_subject, HELLO, SCHEMA),
    (_mail_without_sender, HELLO, OURS),
    (_mail_with_a_script, HELLO, OURS),
    (_empty_mail, HELLO, OURS),
    (_misspelt_reply, HELLO, OURS),
    (_webhook_without_request, HOOK, OURS),
    (_webhook_without_identifier, HOOK, SCHEMA),
)


def _plan(mutate: Callable[[Json], None], name: str) -> tuple[Request, list[Request]]:
    """Return a request with a broken payload, and the plan that it stands in."""
    requests = list(case("everything").requests)
    place = next(number for number, one in enumerate(requests) if one.id == name)
    payload = deepcopy(requests[place].payload)
    mutate(payload)
    assert payload != requests[place].payload, "this mutant changes nothing"
    requests[place] = replace(requests[place], payload=payload)
    return requests[place], requests


def test_what_is_not_broken_is_accepted() -> None:
    requests = case("everything").requests
    assert check_requests(requests) == []
    for name in sorted({name for _, name, _ in MUTANTS}):
        request = next(one for one in requests if one.id == name)
        assert schema_problems(request.kind, request.payload) == []


@pytest.mark.parametrize(
    ("mutate", "name", "caught_by"), MUTANTS, ids=[one[0].__name__.strip("_") for one in MUTANTS]
)
def test_a_mutant_is_caught_by_whom_it_says(
    mutate: Callable[[Json], None], name: str, caught_by: str
) -> None:
    request, plan = _plan(mutate, name)
    catchers = [
        who
        for who, problems in (
            (SCHEMA, schema_problems(request.kind, request.payload)),
            (OURS, check_requests(plan)),
        )
        if problems
    ]
    assert " and ".join(catchers) == caught_by
