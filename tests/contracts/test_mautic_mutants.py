"""Broken imports, and who catches each: the reader after Mautic's rules, our own checks, or both.

The table is exact in both directions. A mutant that nobody catches fails, and so does one that is
caught by others than it says: a check that grew blind shows at once.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from tests.contracts.mautic_exports import case
from tests.contracts.mautic_reader import Refused, read

from playbook_compiler.targets.mautic.archive import DATA_FILE, archive
from playbook_compiler.targets.mautic.graph_checks import check_groups

Json = Any
READER, OURS = "reader", "own checks"
BOTH = f"{READER} and {OURS}"


def _groups() -> Json:
    return json.loads(case("everything").files[DATA_FILE])


def _flow(groups: Json, flow: str) -> Json:
    return next(one for one in groups if one["campaign"][0]["name"].endswith(f": {flow}"))


def _event(groups: Json, flow: str, type_: str) -> Json:
    events = _flow(groups, flow)["campaign_event"]
    return next(one for one in events if one["type"] == type_)


def _row(groups: Json, flow: str, type_: str) -> Json:
    number = _event(groups, flow, type_)["id"]
    rows = _flow(groups, flow)["dependencies"][0]["campaign_event"]
    return next(one for one in rows if one["campaign_event"] == number)


def _no_dependency_row(groups: Json) -> None:
    _flow(groups, "thank-you")["dependencies"][0]["campaign_event"].pop()


def _no_dependencies(groups: Json) -> None:
    del _flow(groups, "thank-you")["dependencies"]


def _row_without_email(groups: Json) -> None:
    del _row(groups, "thank-you", "email.send")["email"]


def _row_of_another_campaign(groups: Json) -> None:
    _row(groups, "thank-you", "email.send")["campaign"] = 2


def _row_of_nothing(groups: Json) -> None:
    rows = _flow(groups, "thank-you")["dependencies"][0]["campaign_event"]
    rows.append({"campaign": 1, "campaign_event": 999})


def _lists_as_a_list(groups: Json) -> None:
    row = _row(groups, "thank-you", "lead.changelist")
    row["lists"] = list(row["lists"].values())


def _lists_missing(groups: Json) -> None:
    del _row(groups, "win-back", "lead.segments")["lists"]


def _no_uuid_of_a_campaign(groups: Json) -> None:
    del _flow(groups, "thank-you")["campaign"][0]["uuid"]


def _no_uuid_of_an_event(groups: Json) -> None:
    _event(groups, "thank-you", "email.send")["uuid"] = ""


def _uuid_twice(groups: Json) -> None:
    events = _flow(groups, "thank-you")["campaign_event"]
    events[1]["uuid"] = events[0]["uuid"]


def _number_twice(groups: Json) -> None:
    emails = _flow(groups, "thank-you")["email"]
    emails[1]["id"] = emails[0]["id"]


def _published(groups: Json) -> None:
    _flow(groups, "thank-you")["campaign"][0]["is_published"] = True


def _published_email(groups: Json) -> None:
    _flow(groups, "thank-you")["email"][0]["is_published"] = True


def _dated(groups: Json) -> None:
    _event(groups, "thank-you", "email.send")["trigger_date"] = "2026-12-01T09:00:00+00:00"


def _mode_date(groups: Json) -> None:
    _event(groups, "thank-you", "email.send")["trigger_mode"] = "date"


def _weeks(groups: Json) -> None:
    _event(groups, "thank-you", "email.send")["trigger_interval_unit"] = "w"


def _negative_wait(groups: Json) -> None:
    _event(groups, "thank-you", "email.send")["trigger_interval"] = -3


def _hours_over_midnight(groups: Json) -> None:
    event = _event(groups, "birthday", "email.send")
    event["triggerRestrictedStartHour"] = "22:00:00"
    event["triggerRestrictedStopHour"] = "06:00:00"


def _half_hours(groups: Json) -> None:
    _event(groups, "birthday", "email.send")["triggerRestrictedStopHour"] = None


def _eighth_day(groups: Json) -> None:
    _event(groups, "birthday", "email.send")["triggerRestrictedDaysOfWeek"] = [7]


def _immediate_and_later(groups: Json) -> None:
    _event(groups, "birthday", "email.send")["trigger_mode"] = "immediate"


def _dangling_parent(groups: Json) -> None:
    _flow(groups, "thank-you")["campaign_event"][-1]["parent_id"] = 999


def _own_parent(groups: Json) -> None:
    event = _flow(groups, "thank-you")["campaign_event"][-1]
    event["parent_id"] = event["id"]


def _jump_to_nothing(groups: Json) -> None:
    _event(groups, "win-back", "campaign.jump_to_event")["properties"]["jumpToEvent"] = 999


def _jump_back(groups: Json) -> None:
    jump = _event(groups, "win-back", "campaign.jump_to_event")
    jump["properties"]["jumpToEvent"] = 1


def _path_below_an_action(groups: Json) -> None:
    events = _flow(groups, "renewal")["campaign_event"]
    actions = {one["id"] for one in events if one["event_type"] == "action"}
    child = next(one for one in events if one["parent_id"] in actions)
    child["decisionPath"] = "yes"


def _decision_below_a_condition(groups: Json) -> None:
    event = _event(groups, "thank-you", "email.open")
    events = _flow(groups, "thank-you")["campaign_event"]
    condition = next(one for one in events if one["event_type"] == "condition")
    event["parent_id"] = condition["id"]
    event["decisionPath"] = "yes"


def _unknown_type(groups: Json) -> None:
    _event(groups, "thank-you", "email.send")["type"] = "email.sends"


def _wrong_kind(groups: Json) -> None:
    _event(groups, "thank-you", "email.open")["event_type"] = "condition"


def _misspelt_key(groups: Json) -> None:
    event = _event(groups, "thank-you", "email.send")
    event["triggerInterval"] = event.pop("trigger_interval")


def _misspelt_property(groups: Json) -> None:
    properties = _event(groups, "thank-you", "lead.changetags")["properties"]
    properties["addTags"] = properties.pop("add_tags")


def _misspelt_object(groups: Json) -> None:
    group = _flow(groups, "thank-you")
    group["emails"] = group.pop("email")


def _unknown_operator(groups: Json) -> None:
    lists = _flow(groups, "win-back")["lists"]
    next(one for one in lists if one["filters"])["filters"][0]["operator"] = "before"


def _filter_on_no_field(groups: Json) -> None:
    lists = _flow(groups, "win-back")["lists"]
    next(one for one in lists if one["filters"])["filters"][0]["field"] = "pb_nothing"


def _or_at_the_beginning(groups: Json) -> None:
    lists = _flow(groups, "win-back")["lists"]
    next(one for one in lists if one["filters"])["filters"][0]["glue"] = "or"


def _asks_no_field(groups: Json) -> None:
    _event(groups, "win-back", "lead.field_value")["properties"]["field"] = "pb_nothing"


def _fed_by_nothing(groups: Json) -> None:
    _flow(groups, "thank-you")["dependencies"][0]["lists"] = []


def _event_not_shown(groups: Json) -> None:
    _flow(groups, "thank-you")["campaign"][0]["canvas_settings"]["nodes"].pop()


def _tie_missing(groups: Json) -> None:
    _flow(groups, "thank-you")["campaign"][0]["canvas_settings"]["connections"].pop()


def _script(groups: Json) -> None:
    _flow(groups, "thank-you")["email"][0]["custom_html"] += "<script>alert(1)</script>"


MUTANTS: list[tuple[str, Callable[[Json], None]]] = [
    (BOTH, _no_dependency_row),
    (BOTH, _no_dependencies),
    (BOTH, _row_without_email),
    (BOTH, _row_of_another_campaign),
    (OURS, _row_of_nothing),
    (BOTH, _lists_as_a_list),
    (BOTH, _lists_missing),
    (BOTH, _no_uuid_of_a_campaign),
    (BOTH, _no_uuid_of_an_event),
    (OURS, _uuid_twice),
    (BOTH, _number_twice),
    (BOTH, _published),
    (BOTH, _published_email),
    (BOTH, _dated),
    (BOTH, _mode_date),
    (BOTH, _weeks),
    (OURS, _negative_wait),
    (OURS, _hours_over_midnight),
    (OURS, _half_hours),
    (OURS, _eighth_day),
    (OURS, _immediate_and_later),
    (BOTH, _dangling_parent),
    (OURS, _own_parent),
    (BOTH, _jump_to_nothing),
    (OURS, _jump_back),
    (OURS, _path_below_an_action),
    (OURS, _decision_below_a_condition),
    (OURS, _unknown_type),
    (OURS, _wrong_kind),
    (OURS, _misspelt_key),
    (OURS, _misspelt_property),
    (BOTH, _misspelt_object),
    (OURS, _unknown_operator),
    (OURS, _filter_on_no_field),
    (OURS, _or_at_the_beginning),
    (OURS, _asks_no_field),
    (OURS, _fed_by_nothing),
    (BOTH, _event_not_shown),
    (OURS, _tie_missing),
    (OURS, _script),
]


def _refusal(groups: Json) -> str:
    try:
        read(archive(json.dumps(groups).encode()))
    except Refused as refused:
        return str(refused)
    return ""


def test_the_data_is_whole_before_it_is_broken() -> None:
    assert _refusal(_groups()) == ""
    assert check_groups(_groups()) == []


@pytest.mark.parametrize(
    ("caught_by", "breaks"), MUTANTS, ids=[breaks.__name__.strip("_") for _, breaks in MUTANTS]
)
def test_a_broken_import_is_caught(caught_by: str, breaks: Callable[[Json], None]) -> None:
    groups = deepcopy(_groups())
    breaks(groups)
    assert groups != _groups(), "the mutant is no mutant"
    catchers = [READER] if _refusal(groups) else []
    catchers += [OURS] if check_groups(groups) else []
    assert " and ".join(catchers) == caught_by


_DATA = case("everything").files[DATA_FILE]


def _zipped(name: str, data: bytes, method: int) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as made:
        made.writestr(name, data)
    return whole.getvalue()


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (_zipped(DATA_FILE, _DATA, zipfile.ZIP_DEFLATED), "shrinks"),
        (_zipped(f"../{DATA_FILE}", b"[]", zipfile.ZIP_STORED), "unsafe path"),
        (_zipped("data.txt", b"[]", zipfile.ZIP_STORED), "no JSON"),
        (archive(b"[]"), "nothing in it"),
        (archive(json.dumps(_groups()[0]).encode()), "not a list"),
        (json.dumps(_groups()).encode(), "no archive"),
    ],
    ids=["compressed", "path", "no-json", "empty", "no-list", "no-archive"],
)
def test_the_reader_refuses_a_broken_archive(broken: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        read(broken)
