"""Campaigns as people make them in Mautic: what comes in of each action, condition and segment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.compiler.importing.mautic_campaigns import (
    LISTS,
    action,
    asks,
    campaign,
    chain,
    filters,
    imported,
    left,
    steps,
    whole,
)

from playbook_compiler.importing.imported import Imported, Outcome
from playbook_compiler.printing_yaml import yaml_text

ACTIONS = {
    "points": (action("lead.changepoints", {"points": 25}), "- grant: {points: 25}"),
    "points as an older form keeps them": (
        action("lead.changepoints", {"name": "", "properties": {"points": "25"}}),
        "- grant: {points: 25}",
    ),
    "a number": (
        action("lead.updatelead", {"company_size": "12", "favourite": ""}),
        "- update: {company_size: 12}",
    ),
    "yes or no": (action("lead.updatelead", {"newsletter": 0}), "- update: {newsletter: false}"),
    "a day": (
        action("lead.updatelead", {"renewal": "2026-03-01"}),
        "- update: {renewal: 2026-03-01}",
    ),
    "several fields": (
        action("lead.updatelead", {"properties": {"favourite": "tea", "company_size": 3}}),
        "- update: {favourite: tea}\n- update: {company_size: 3}",
    ),
    "into a segment": (
        action("lead.changelist", {"addToLists": [2], "removeFromLists": []}),
        "- audience: {add: partners}",
    ),
    "out of a segment": (
        action("lead.changelist", {"addToLists": [], "removeFromLists": [2]}),
        "- audience: {remove: partners}",
    ),
    "do not contact": (
        action("lead.adddnc", {"channels": ["email", "notification"], "reason": "3"}),
        "- update: {suppress: email}\n- update: {suppress: push}",
    ),
    "a webhook": (
        action(
            "campaign.sendwebhook",
            {
                "url": "https://shop.example/hook",
                "method": "put",
                "additional_data": {
                    "list": [{"label": "company_size", "value": "{contactfield=company_size}"}]
                },
            },
        ),
        '- call: {url: "https://shop.example/hook", method: PUT, fields: [company_size]}',
    ),
    "tags": (
        action("lead.changetags", {"add_tags": ["warm"], "remove_tags": ["cold"]}),
        "- update: {tag: warm}\n- update: {untag: cold}",
    ),
    "after a while": (
        action(
            "lead.changepoints",
            {"points": 5},
            trigger_mode="interval",
            trigger_interval=2,
            trigger_interval_unit="d",
        ),
        "- {wait: 2d}\n- grant: {points: 5}",
    ),
    "on a weekday at an hour": (
        action(
            "lead.changepoints",
            {"points": 5},
            trigger_mode="interval",
            trigger_interval=0,
            trigger_interval_unit="d",
            trigger_hour="1970-01-01 09:30:00",
            triggerRestrictedDaysOfWeek=[2],
        ),
        "- wait: {until: tue at 09:30}\n- grant: {points: 5}",
    ),
}


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_an_action_is_a_step(name: str, tmp_path: Path) -> None:
    event, expected = ACTIONS[name]
    found = imported(tmp_path, campaign(chain(event)))
    assert steps(found) == yaml.safe_load(expected)
    assert left(found) == ""


def test_points_need_a_programme_which_is_assumed(tmp_path: Path) -> None:
    found = imported(tmp_path, campaign(chain(action("lead.changepoints", {"points": 25}))))
    assert found.data["programmes"] == {"points": {"earn": []}}
    assert "`programmes: {points: {earn: []}}`" in [note.what for note in found.of(Outcome.ASSUMED)]


UNSAYABLE = {
    "points taken away": (
        action("lead.changepoints", {"points": -5}), "changing the points by -5"),
    "what the shop counts": (
        action("lead.updatelead", {"pb_orders": 3}), "setting the field `pb_orders`"),
    "a value of another type": (
        action("lead.updatelead", {"company_size": "many"}), "setting `company_size` to `many`"),
    "a text out of a token": (
        action("lead.updatelead", {"favourite": "{contactfield=city}"}), "setting `favourite`"),
    "a segment that is not there": (
        action("lead.changelist", {"addToLists": [9]}), "the segment 9"),
    "a webhook without https": (
        action("campaign.sendwebhook", {"url": "http://shop.example"}), "the webhook `Event 1`"),
    "a webhook that deletes": (
        action("campaign.sendwebhook", {"url": "https://shop.example/x", "method": "delete"}),
        "the webhook `Event 1`"),
    "a stage": (action("stage.change", {"stage": 3}), "an event of the type `stage.change`"),
    "a day of the calendar": (
        action("lead.changepoints", {"points": 1}, trigger_mode="date",
               trigger_date="2026-12-01"), "the day of `Event 1`: 2026-12-01"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(UNSAYABLE))
def test_what_no_step_says_is_listed_with_its_reason(name: str, tmp_path: Path) -> None:
    event, what = UNSAYABLE[name]
    found = imported(tmp_path, campaign(chain(event, action("lead.changepoints", {"points": 7}))))
    assert what in left(found)
    assert steps(found)[-1]["grant"] == {"points": 7}


def test_a_secret_address_becomes_a_variable_and_is_not_told(tmp_path: Path) -> None:
    hook = {"url": "https://hooks.zapier.com/hooks/catch/1/abc", "method": "post"}
    found = imported(tmp_path, campaign(chain(action("campaign.sendwebhook", hook))))
    assert steps(found) == [{"call": "MAUTIC_HOOK"}]
    assert "catch/1/abc" not in str(found.notes)


def test_each_secret_address_has_a_variable_of_its_own(tmp_path: Path) -> None:
    secret = "https://hooks.zapier.com/hooks/catch/"
    calls = [action("campaign.sendwebhook", {"url": secret + end}) for end in ("1/a", "2/b", "1/a")]
    found = imported(tmp_path, campaign(chain(*calls)))
    assert [one["call"] for one in steps(found)] == ["MAUTIC_HOOK", "MAUTIC_HOOK_2", "MAUTIC_HOOK"]


def test_constants_and_headers_of_a_webhook_are_listed_without_their_values(
    tmp_path: Path,
) -> None:
    hook = {
        "url": "https://shop.example/hook",
        "headers": {"list": [{"label": "Authorization", "value": "Bearer abc"}]},
        "additional_data": {"list": [{"label": "source", "value": "mautic"}]},
    }
    found = imported(tmp_path, campaign(chain(action("campaign.sendwebhook", hook))))
    assert "the header `Authorization` of a webhook" in left(found)
    assert "`source` of a webhook" in left(found)
    assert "Bearer" not in str(found.notes)


def test_leaving_the_segment_that_feeds_the_campaign_ends_the_run(tmp_path: Path) -> None:
    leave = action("lead.changelist", {"addToLists": [], "removeFromLists": [1]})
    points = action("lead.changepoints", {"points": 1})
    found = imported(tmp_path, campaign(chain(points, leave, points)))
    assert steps(found) == [{"grant": {"points": 1}}]


def test_the_segment_of_another_campaign_starts_its_flow(tmp_path: Path) -> None:
    first = campaign(chain(action("lead.changelist", {"addToLists": [2]})))
    second = campaign(chain(action("lead.changepoints", {"points": 1})))
    second["campaign"] = [{"id": 2, "name": "Second"}]
    second["dependencies"] = [{"lists": [{"campaign": 2, "lists": 2}]}]
    assert steps(imported(tmp_path, first, second)) == [{"start": "second"}]


def test_a_text_message_comes_in_with_the_text_that_is_known(tmp_path: Path) -> None:
    sms = {"id": 4, "name": "Tea", "message": "Hi {contactfield=firstname|you}, tea?"}
    events = chain(action("sms.send_text_sms", {"sms": 4}))
    found = imported(tmp_path, campaign(events, sms=[sms]))
    assert found.data["messages"] == {
        "tea": {
            "channel": "sms",
            "kind": "marketing",
            "body": 'Hi {{ customer.first_name | default: "you" }}, tea?',
        }
    }
    without = imported(tmp_path / "without", campaign(events))
    assert "the text of `Event 1`" in left(without)


def asking(folder: Path, event: dict[str, Any], *lists: dict[str, Any]) -> Imported:
    """Return the import of a campaign that gives points to those whom a condition takes."""
    events = chain(event, action("lead.changepoints", {"points": 1}, decisionPath="yes"))
    return imported(folder, campaign(events, lists=[*LISTS, *lists]))


def field_value(alias: str, operator: str, value: Any) -> dict[str, Any]:
    return asks("lead.field_value", {"field": alias, "operator": operator, "value": value})


CONDITIONS = {
    "a number": (field_value("company_size", "gte", "10"), "company_size >= 10"),
    "another text or none": (
        field_value("favourite", "!=", "tea"), "favourite != tea or favourite is unknown"),
    "one of several": (
        field_value("favourite", "in", ["tea", "mate"]), "favourite in (tea, mate)"),
    "none": (field_value("favourite", "empty", None), "favourite is unknown"),
    "some": (field_value("favourite", "!empty", None), "favourite is known"),
    "yes": (field_value("newsletter", "=", 1), "newsletter = true"),
    "a day": (field_value("renewal", "gt", "2026-03-01"), "renewal > 2026-03-01"),
    "between": (field_value("company_size", "between", [2, 5]), "company_size between 2 and 5"),
    "tags": (asks("lead.tags", {"tags": ["vip", "old"]}), "tags has vip or tags has old"),
    "no mails": (asks("lead.dnc", {"channels": ["email"], "reason": "1"}), "unsubscribed(email)"),
    "points": (asks("lead.points", {"operator": "gte", "score": 100}), "points >= 100"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_a_condition_is_a_fork(name: str, tmp_path: Path) -> None:
    event, expected = CONDITIONS[name]
    found = asking(tmp_path, event)
    assert steps(found) == [{"if": expected, "then": [{"grant": {"points": 1}}]}]
    assert left(found) == ""


def test_a_segment_of_several_filters_is_a_condition_of_several_tests(tmp_path: Path) -> None:
    segment = {
        "id": 3,
        "name": "Large",
        "filters": filters(
            ("and", "company_size", "gt", "10"),
            ("and", "newsletter", "=", "1"),
            ("or", "favourite", "=", "tea"),
            ("and", "newsletter", "=", "1"),
        ),
    }
    found = asking(tmp_path, asks("lead.segments", {"segments": [3]}), segment)
    expected = "(company_size > 10 or favourite = tea) and newsletter = true"
    assert steps(found) == [{"if": expected, "then": [{"grant": {"points": 1}}]}]


def test_of_a_segment_only_the_filter_that_cannot_be_said_becomes_a_fact(tmp_path: Path) -> None:
    segment = {
        "id": 3,
        "name": "Large",
        "filters": filters(
            ("and", "company_size", "gt", "10"), ("and", "favourite", "startsWith", "t")
        ),
    }
    found = asking(tmp_path, asks("lead.segments", {"segments": [3]}), segment)
    expected = "company_size > 10 and mautic_filter_1 = true"
    assert steps(found) == [{"if": expected, "then": [{"grant": {"points": 1}}]}]
    assert "the filter `favourite startsWith t`" in left(found)


COUNTRIES = {
    "by its name": ("Germany", "country = DE"),
    "by its name in German": ("Deutschland", "country = DE"),
    "by its code": ("DE", "country = DE"),
    "by a name that nobody knows": ("Ruritania", "mautic_filter_1 = true"),
}


@pytest.mark.parametrize("name", COUNTRIES)
def test_countries_are_known_by_their_names(name: str, tmp_path: Path) -> None:
    value, expected = COUNTRIES[name]
    found = asking(tmp_path, field_value("country", "=", value))
    assert steps(found)[0]["if"] == expected


def test_what_cannot_be_said_costs_its_own_test_and_not_the_whole_condition(tmp_path: Path) -> None:
    tests = filters(
        ("and", "points", "gt", "100"), ("or", "country", "=", "Germany"),
        ("and", "email", "!empty", None), ("or", "lifecycle", "=", "wood"),
    )  # fmt: skip
    segment = {"id": 3, "name": "Some", "filters": tests}
    found = asking(tmp_path, asks("lead.segments", {"segments": [3]}), segment)
    expected = "points > 100 or country = DE and mautic_filter_1 = true or mautic_filter_2 = true"
    assert steps(found)[0]["if"] == expected
    assert whole(found)["facts"] == {"mautic_filter_1": "boolean", "mautic_filter_2": "boolean"}
    assert "the filter `email !empty`" in left(found)
    assert "the filter `lifecycle = wood`" in left(found)


def test_a_segment_of_filters_that_feeds_a_campaign_is_an_audience(tmp_path: Path) -> None:
    lists = [{"id": 1, "name": "Large shops", "filters": filters(("and", "company_size", "gt", 9))}]
    data = campaign(chain(action("lead.changepoints", {"points": 1})), lists=lists)
    found = imported(tmp_path, data)
    assert found.data["audiences"] == {"large-shops": "company_size > 9"}
    assert whole(found)["flows"]["hello"]["trigger"] == {"enters": "large-shops"}


def test_a_token_that_has_no_variable_costs_the_token_and_not_the_flow(tmp_path: Path) -> None:
    html = (
        "<p>Hi {contactfield=firstname}, <a href='{contactfield=pb_cart_url}'>your cart</a>,"
        ' {dynamiccontent="Offer 1"} {contactfield=pb_is_1234} {webview_text}</p>'
    )
    email = {"id": 1, "name": "Cart", "subject": "Your cart", "custom_html": html}
    found = imported(tmp_path, campaign(chain(action("email.send", {"email": 1})), email=[email]))
    assert steps(found) == [{"send": "cart"}]
    body = whole(found)["messages"]["cart"]["body"]
    assert "{{ customer.first_name }}" in body
    assert "{{ cart.url }}" in body
    for what in ("dynamiccontent", "pb_is_1234", "webview_text"):
        assert what in left(found)


def test_the_hours_of_one_message_are_its_own_and_those_of_all_are_quiet_hours(
    tmp_path: Path,
) -> None:
    hours = {
        "trigger_mode": "interval", "trigger_interval": 0, "trigger_interval_unit": "d",
        "triggerRestrictedStartHour": "09:00", "triggerRestrictedStopHour": "18:00",
    }  # fmt: skip
    emails = [{"id": one, "name": f"Mail {one}", "subject": "Tea"} for one in (1, 2)]
    send = [action("email.send", {"email": one}, **hours) for one in (1, 2)]
    one = imported(tmp_path / "one", campaign(chain(send[0]), email=emails))
    assert steps(one) == [{"send": "mail-1", "at": "09:00-18:00"}]
    both = imported(tmp_path / "both", campaign(chain(*send), email=emails))
    assert steps(both) == [{"send": "mail-1"}, {"send": "mail-2"}]
    assert "quiet_hours: {from: 18:00, to: 09:00}" in yaml_text({"all": both.data["guardrails"]})


def test_a_decision_that_the_language_does_not_know_waits_for_an_event(tmp_path: Path) -> None:
    decision = {"type": "page.pagehit", "event_type": "decision", "properties": {}}
    points = action("lead.changepoints", {"points": 1}, decisionPath="yes")
    found = imported(tmp_path, campaign(chain(decision, points)))
    assert steps(found)[0]["wait"] == {"until": "page_pagehit", "at_most": "7d"}
    assert "the decision `page.pagehit`" in [note.what for note in found.of(Outcome.CHANGED)]


@pytest.mark.parametrize(
    ("mode", "at_most"),
    [("interval", "3d"), ("immediate", "7d")],
)
def test_what_happens_without_an_answer_is_waited_for_as_long_as_mautic_waits(
    mode: str, at_most: str, tmp_path: Path
) -> None:
    # Mautic's form keeps an interval of its own even where it is not asked for.
    timed = {"trigger_mode": mode, "trigger_interval": 3, "trigger_interval_unit": "d"}
    events = chain(
        {"type": "email.open", "event_type": "decision", "properties": {}},
        action("lead.changetags", {"add_tags": ["reader"]}, decisionPath="yes"),
        action("lead.changetags", {"add_tags": ["quiet"]}, decisionPath="no", parent_id=1, **timed),
    )
    found = imported(tmp_path, campaign(events))
    assert steps(found) == [
        {
            "wait": {"until": "message_opened", "at_most": at_most},
            "happened": [{"update": {"tag": "reader"}}],
            "timed_out": [{"update": {"tag": "quiet"}}],
        }
    ]
    assumed = [note.what for note in found.of(Outcome.ASSUMED)]
    assert ("`at_most: 7d`" in assumed) == (mode == "immediate")


def test_a_decision_below_another_one_waits_for_its_own_event(tmp_path: Path) -> None:
    timed = {"trigger_mode": "interval", "trigger_interval": 2, "trigger_interval_unit": "d"}
    second = {"type": "email.click", "event_type": "decision", "decisionPath": "no", **timed}
    events = chain({"type": "email.open", "event_type": "decision"}, second)
    waits = [{"wait": {"until": "message_opened", "at_most": "7d"}, "timed_out": [
        {"wait": {"until": "link_clicked", "at_most": "7d"}}
    ]}]  # fmt: skip
    assert steps(imported(tmp_path, campaign(events))) == waits


def test_a_condition_that_the_language_does_not_know_is_told_and_no_fact_of_its_name(
    tmp_path: Path,
) -> None:
    found = asking(tmp_path, asks("lead.device", {"device_type": ["mobile"]}))
    assert whole(found)["facts"] == {"mautic_filter_1": "boolean"}
    assert "the condition `Event 1`: the language has no such test" in left(found)


def test_filters_that_somebody_adds_to_the_segment_of_an_event_are_listed(tmp_path: Path) -> None:
    ours = (
        "playbook: put the contact in when `cart_abandoned` happens; take him out at order_placed"
    )
    lists = [{**LISTS[0], "description": ours, "filters": filters(("and", "orders", "gt", "2"))}]
    found = imported(tmp_path, campaign(chain(action("lead.changetags", {})), lists=lists))
    flow = whole(found)["flows"]["hello"]
    assert flow["trigger"] == {"event": "cart_abandoned"}
    assert flow["exit_on"] == ["order_placed"]
    assert "the filters of the segment `Newcomers`" in left(found)
