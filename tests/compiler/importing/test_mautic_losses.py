"""What people do in Mautic and a playbook cannot say: nothing of it is lost without a word."""

from __future__ import annotations

from pathlib import Path

from tests.compiler.importing.mautic_campaigns import (
    action,
    campaign,
    chain,
    imported,
    left,
    steps,
    whole,
)


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
