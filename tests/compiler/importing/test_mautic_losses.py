"""What people do in Mautic and a playbook cannot say: nothing of it is lost without a word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.compiler.importing.klaviyo_imports import graph_of
from tests.compiler.importing.mautic_campaigns import (
    FIELDS,
    LISTS,
    action,
    campaign,
    chain,
    filters,
    imported,
    left,
    steps,
    whole,
)
from tests.compiler.importing.test_mautic_round_trip import exported, without_notes

from playbook_compiler.importing.imported import Imported, Outcome


def test_events_that_no_way_leads_to_are_listed_and_their_mails_stay_out(tmp_path: Path) -> None:
    events = chain(
        action("email.send", {"email": 1}),
        action("email.send", {"email": 2}, parent_id=99),
        action("lead.changetags", {"add_tags": ["seen"]}),
    )
    emails = [
        {"id": one, "name": f"Mail {one}", "subject": "Tea", "custom_html": "<p>Tea</p>"}
        for one in (1, 2)
    ]
    found = imported(tmp_path, campaign(events, email=emails))
    assert steps(found) == [{"send": "mail-1"}]
    assert [*whole(found)["messages"]] == ["mail-1"]
    said = left(found)
    assert "the event `Event 2`: no way leads to it" in said
    assert "the event `Event 3`: no way leads to it" in said
    assert "the e-mail `Mail 2`: nothing that came in sends it" in said
    assert "/0/campaign_event/1" in [note.path for note in found.notes]


def test_what_comes_after_the_end_of_a_run_is_listed(tmp_path: Path) -> None:
    leave = action("lead.changelist", {"addToLists": [], "removeFromLists": [1]})
    points = action("lead.changepoints", {"points": 1})
    found = imported(tmp_path, campaign(chain(points, leave, points)))
    assert steps(found) == [{"grant": {"points": 1}}]
    assert "the event `Event 3`: no way leads to it" in left(found)


def test_what_comes_after_an_event_beside_another_one_is_listed(tmp_path: Path) -> None:
    events = chain(
        action("lead.changetags", {"add_tags": ["a"]}),
        action("lead.changetags", {"add_tags": ["b"]}, parent_id=None),
        action("lead.changetags", {"add_tags": ["c"]}),
    )
    found = imported(tmp_path, campaign(events))
    assert steps(found) == [{"update": {"tag": "a"}}]
    assert left(found).count("the event `Event 2`") == 1
    assert "the event `Event 3`: no way leads to it" in left(found)


def test_the_second_event_of_a_number_is_listed(tmp_path: Path) -> None:
    tag = action("lead.changetags", {"add_tags": ["a"]}, id=1, parent_id=None)
    found = imported(tmp_path, campaign(chain(tag, tag)))
    assert "the event `Event 2`: another one has its number" in left(found)


def ours(
    folder: Path, trigger: Any, exits: Sequence[str] = ("sign_up",), *, noted: bool = False
) -> dict[str, Any]:
    """Return a campaign of our own export, without the note of it in our words unless `noted`."""
    data = {
        "playbook": 1, "name": "leaf", "currency": "EUR", "timezone": "Europe/Berlin",
        "facts": {"renewal": "date", "height": "number"},
        "flows": {
            "back": {
                "trigger": trigger, "entry": "once", "exit_on": [*exits],
                "steps": [{"wait": "1d"}, {"update": {"tag": "back"}}],
            }
        },
    }  # fmt: skip
    made = folder / "made.yaml"
    made.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    archive = exported(graph_of(made))
    (group,) = json.loads(archive if noted else without_notes(archive))
    assert isinstance(group, dict)
    group["lead_field"] = [*group.get("lead_field", []), *FIELDS]
    return group


def flow(found: Imported, name: str = "back") -> dict[str, Any]:
    data: dict[str, Any] = whole(found)["flows"][name]
    return data


TRIGGERS: dict[str, Any] = {
    "inactive": {"inactive_for": "120d"},
    "points": {"points_reach": 500},
    "date": {"date": "renewal", "before": "7d"},
    "after": {"date": "renewal", "after": "2d"},
    "birthday": {"date": "birthday", "before": "7d"},
    "today": {"date": "first_order"},
}
LARGE = ("and", "company_size", "gt", "9")


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_filters_of_a_trigger_of_ours_are_no_audience(name: str, tmp_path: Path) -> None:
    found = imported(tmp_path, ours(tmp_path, TRIGGERS[name]))
    assert flow(found)["trigger"] == TRIGGERS[name]
    assert "audience" not in flow(found)
    assert [note.what for note in found.notes if note.path.endswith("lists")] == []


@pytest.mark.parametrize("name", ["inactive", "points", "date", "after"])
def test_a_filter_added_to_the_segment_of_our_flow_is_its_audience(
    name: str, tmp_path: Path
) -> None:
    group = ours(tmp_path, TRIGGERS[name])
    for place, one in reversed([*enumerate(group["lists"][0]["filters"])]):
        if place == 0 or one["glue"] == "or":  # each group of filters that hold together
            group["lists"][0]["filters"][place + 1 : place + 1] = filters(LARGE)
    found = imported(tmp_path, group)
    assert flow(found)["audience"] == "company_size > 9"
    assert flow(found)["trigger"] == TRIGGERS[name]
    assert "sign_up" in flow(found)["exit_on"]


def test_a_filter_added_to_a_flow_without_exits_is_its_audience(tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS["inactive"], exits=[])
    group["lists"][0]["filters"] += filters(LARGE)
    assert flow(imported(tmp_path, group))["audience"] == "company_size > 9"


def test_a_filter_that_nobody_can_say_is_a_fact_in_the_audience(tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS["inactive"], exits=[])
    group["lists"][0]["filters"] += filters(("and", "favourite", "startsWith", "t"))
    found = imported(tmp_path, group)
    assert flow(found)["audience"] == "mautic_filter_1 = true"
    assert "the filter `favourite startsWith t`" in left(found)


@pytest.mark.parametrize("name", ["inactive", "birthday"])
def test_a_filter_on_one_of_several_ways_is_listed(name: str, tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS[name])
    group["lists"][0]["filters"] += filters(LARGE)
    found = imported(tmp_path, group)
    assert "audience" not in flow(found)
    assert "the filter `company_size gt 9`" in left(found)
    assert "sign_up" in flow(found)["exit_on"]


@pytest.mark.parametrize("name", ["inactive", "points", "date"])
def test_another_way_into_the_segment_of_our_flow_is_listed(name: str, tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS[name])
    group["lists"][0]["filters"] += filters(("or", "company_size", "gt", "9"))
    found = imported(tmp_path, group)
    assert "audience" not in flow(found)
    assert "sign_up" in flow(found)["exit_on"]
    assert "those with `company_size gt 9`" in left(found)


CHANGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "inactive": ("-120 days", "-90 days", {"inactive_for": "90d"}),
    "points": ("500", "800", {"points_reach": 800}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_trigger_follows_the_filter_that_somebody_changed(name: str, tmp_path: Path) -> None:
    before, after, trigger = CHANGES[name]
    text = json.dumps(ours(tmp_path, TRIGGERS[name])).replace(f'"{before}"', f'"{after}"')
    found = imported(tmp_path, json.loads(text))
    assert flow(found)["trigger"] == trigger
    assert any("the segment" in note.what for note in found.of(Outcome.CHANGED))


def test_other_days_than_a_trigger_says_are_listed(tmp_path: Path) -> None:
    text = json.dumps(ours(tmp_path, TRIGGERS["date"])).replace('"+7 days"', '"+5 days"')
    assert "the days of the segment" in left(imported(tmp_path, json.loads(text)))


def test_filters_of_a_segment_that_the_shop_fills_are_listed(tmp_path: Path) -> None:
    group = ours(tmp_path, {"every": "month on 1 at 10:00"})
    group["lists"][0]["filters"] = filters(LARGE)
    found = imported(tmp_path, group)
    assert "the filters of the segment `leaf: back`" in left(found)
    assert "sign_up" in flow(found)["exit_on"]


def test_a_segment_without_filters_beside_one_with_filters_is_listed(tmp_path: Path) -> None:
    lists = [
        {"id": 1, "name": "Large shops", "alias": "large", "filters": filters(LARGE)},
        LISTS[1],
    ]
    sources = [{"campaign": 1, "lists": one} for one in (1, 2)]
    data = campaign(
        chain(action("lead.changepoints", {"points": 1})),
        lists=lists, dependencies=[{"lists": sources}],
    )  # fmt: skip
    found = imported(tmp_path, data)
    assert flow(found, "hello")["trigger"] == {"enters": "large-shops"}
    assert "the segment `Partners`: it has no filters" in left(found)


def test_a_segment_beside_the_one_of_our_flow_and_a_form_are_listed(tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS["inactive"])
    group["lists"].append({"id": 7, "name": "Fair", "alias": "fair", "filters": filters(LARGE)})
    group["dependencies"][0]["lists"].append({"campaign": 1, "lists": 7})
    group["forms"] = [{"id": 1, "name": "Ask"}]
    found = imported(tmp_path, group)
    assert "the segment `Fair`: a flow starts for one reason" in left(found)
    assert "the forms of a campaign" in left(found)


HTML = "<style>p {}</style><p>Tea is <b>r</b>eady, {contactfield=firstname}.</p>"
KEYS: dict[str, tuple[str, Any]] = {
    "replies": ("reply_to_address", "tea@leaf.example"),
    "replies as older versions say it": ("reply_to", "tea@leaf.example"),
    "a copy": ("bcc_address", "boss@leaf.example"),
    "tags of links": ("utm_tags", {"utmSource": "mautic", "utmMedium": None}),
    "headers": ("headers", {"X-Tea": "yes"}),
    "from a day on": ("publish_up", "2026-03-01 00:00:00"),
    "until a day": ("publish_down", "2026-04-01 00:00:00"),
    "the owner as sender": ("use_owner_as_mailer", True),
}


def mailed(folder: Path, *emails: dict[str, Any]) -> Imported:
    rows = [{"name": f"Mail {row['id']}", "subject": "Tea", **row} for row in emails]
    events = chain(action("email.send", {"email": rows[0]["id"]}))
    return imported(folder, campaign(events, email=rows))


@pytest.mark.parametrize("name", KEYS)
def test_what_a_message_cannot_have_is_listed(name: str, tmp_path: Path) -> None:
    key, value = KEYS[name]
    found = mailed(tmp_path, {"id": 1, "custom_html": HTML, key: value})
    (note,) = found.of(Outcome.LEFT)
    assert note.path == "/0/email/0"
    assert f"{key.removesuffix('_address')}" in note.what
    assert note.advice


def test_what_mautic_keeps_empty_is_not_listed(tmp_path: Path) -> None:
    empty = {"headers": [], "utm_tags": {"utmSource": None, "utmMedium": ""}, "bcc_address": ""}
    plain = {"plain_text": "Tea is ready, {contactfield=firstname}. [1] https://leaf.example/x"}
    assert left(mailed(tmp_path, {"id": 1, "custom_html": HTML, **empty, **plain})) == ""


def test_a_plain_text_that_says_something_else_is_listed(tmp_path: Path) -> None:
    found = mailed(tmp_path, {"id": 1, "custom_html": HTML, "plain_text": "Coffee is ready"})
    assert "the plain text of the e-mail `Mail 1`" in left(found)


def test_an_e_mail_whose_text_the_builder_keeps_is_listed(tmp_path: Path) -> None:
    found = mailed(tmp_path, {"id": 1, "custom_html": "", "template": "blank"})
    assert "the text of the e-mail `Mail 1`" in left(found)


@pytest.mark.parametrize(
    ("key", "why"),
    [("variant_parent_id", "A/B test"), ("translation_parent_id", "translation of another")],
)
def test_variants_and_translations_are_listed(key: str, why: str, tmp_path: Path) -> None:
    found = mailed(tmp_path, {"id": 1, "custom_html": HTML}, {"id": 2, key: 1})
    assert "the e-mail `Mail 2`: it is " in left(found)
    assert why in left(found)


@pytest.mark.parametrize("key", ["publish_up", "publish_down"])
def test_the_days_of_a_campaign_are_listed(key: str, tmp_path: Path) -> None:
    data = campaign(chain(action("lead.changetags", {"add_tags": ["a"]})))
    data["campaign"][0][key] = "2026-03-01 00:00:00"
    assert f"`{key}` of the campaign `Hello`" in left(imported(tmp_path, data))


@pytest.mark.parametrize(("published", "enabled"), [(False, False), (True, None), (None, None)])
def test_a_campaign_that_nobody_published_is_not_enabled(
    published: bool | None, enabled: bool | None, tmp_path: Path
) -> None:
    data = campaign(chain(action("lead.changetags", {"add_tags": ["a"]})))
    if published is not None:
        data["campaign"][0]["is_published"] = published
    assert flow(imported(tmp_path, data), "hello").get("enabled") is enabled


def test_an_export_of_ours_is_a_draft_and_its_flow_enabled(tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS["inactive"])
    assert group["campaign"][0]["is_published"] is False
    assert "enabled" not in flow(imported(tmp_path, group))


def test_a_click_on_one_address_counts_on_any_and_that_is_told(tmp_path: Path) -> None:
    urls = {"urls": {"list": ["https://leaf.example/sale"]}}
    decision = {"type": "email.click", "event_type": "decision", "properties": urls}
    tag = action("lead.changetags", {"add_tags": ["a"]}, decisionPath="yes")
    found = imported(tmp_path, campaign(chain(decision, tag)))
    assert steps(found)[0]["wait"] == {"until": "link_clicked", "at_most": "7d"}
    assert "the addresses of `Event 1`" in [note.what for note in found.of(Outcome.CHANGED)]


@pytest.mark.parametrize(
    ("key", "value"), [("campaign_event", "x"), ("lists", 5), ("email", [3]), ("forms", "x")]
)
def test_what_is_no_list_of_objects_is_listed(key: str, value: Any, tmp_path: Path) -> None:
    tag = action("lead.changetags", {"add_tags": ["a"]})
    found = imported(tmp_path, campaign(chain(tag), **{key: value}))
    assert f"/0/{key}" in [note.path for note in found.of(Outcome.LEFT)]


@pytest.mark.parametrize(
    ("of", "alias", "operator"),
    [("behaviors", "hit_url", "like"), ("company", "companycity", "=")],
)
def test_filters_on_anything_but_a_contact_field_are_no_facts_of_their_name(
    of: str, alias: str, operator: str, tmp_path: Path
) -> None:
    (large,) = filters(LARGE)
    (visited,) = filters(("and", alias, operator, "tea"))
    lists = [{"id": 1, "name": "Large", "filters": [large, {**visited, "object": of}]}]
    data = campaign(chain(action("lead.changetags", {"add_tags": ["a"]})), lists=lists)
    found = imported(tmp_path, data)
    assert found.data["audiences"] == {"large": "company_size > 9 and mautic_filter_1 = true"}
    assert whole(found)["facts"] == {"company_size": "number", "mautic_filter_1": "boolean"}
    assert f"the condition `{alias} {operator} tea`" in left(found)


def test_being_in_no_segment_is_no_fact(tmp_path: Path) -> None:
    other = {"object": "lead", "field": "leadlist", "type": "leadlist", "operator": "!in",
             "glue": "and", "properties": {"filter": [2]}}  # fmt: skip
    lists = [{"id": 1, "name": "Others", "filters": [other]}, LISTS[1]]
    data = campaign(chain(action("lead.changetags", {"add_tags": ["a"]})), lists=lists)
    found = imported(tmp_path, data)
    assert found.data["audiences"] == {"others": "mautic_filter_1 = true"}
    assert "the condition `leadlist !in [2]`" in left(found)


def test_how_often_customers_enter_is_assumed_where_the_note_is_missing(tmp_path: Path) -> None:
    group = ours(tmp_path, TRIGGERS["inactive"])
    found = imported(tmp_path, group)
    assert flow(found)["entry"] == "once"
    assert "`entry: once` of the flow `back`" in [one.what for one in found.of(Outcome.ASSUMED)]
    group["campaign"][0]["allow_restart"] = True
    found = imported(tmp_path, group)
    assert flow(found)["entry"] == "always"
    assert "entry" not in str(found.of(Outcome.ASSUMED))


def test_what_people_add_to_a_campaign_that_is_known_in_our_words_is_listed(
    tmp_path: Path,
) -> None:
    group = ours(tmp_path, TRIGGERS["inactive"], noted=True)
    assert imported(tmp_path / "as-it-was", group).notes == ()
    group["campaign"][0]["publish_up"] = "2026-03-01 00:00:00"
    group["email"] = [{"id": 9, "name": "B", "variant_parent_id": 1}]
    found = imported(tmp_path / "changed", group)
    assert "`publish_up` of the campaign `leaf: back`" in left(found)
    assert "the e-mail `B`: it is one side of an A/B test" in left(found)
    assert not found.of(Outcome.CHANGED)
