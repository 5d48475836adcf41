"""There and back by way of Mautic in the flows' own words, as long as nobody changed a campaign.

`python -m tests.compiler.importing.test_mautic_notes FIRST COUNT` tries more playbooks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from tests.compiler.importing.exact_playbooks import NOTED, exact_playbook, valid_seeds
from tests.compiler.importing.klaviyo_imports import (
    BERLIN,
    SHIPPED,
    checked,
    digest_of_part,
    graph_of,
    part_of,
    written,
)

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.mautic import IMPORTER
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Answers, Imported, Outcome
from playbook_compiler.targets.mautic import TARGET

SEEDS = 8
ARCHIVE = "entity_data.json"
# What is for the simulation alone, and stays in the playbook.
SIMULATED = ("cost", "expect", "experiment", "running")
Group = dict[str, Any]


def exported(graph: TriggerGraph) -> bytes:
    bundle, findings = TARGET.export(graph, allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    return bundle.files[ARCHIVE]


def imported(archive: bytes) -> Imported:
    found, findings = IMPORTER.read(Given("export", {ARCHIVE: archive}), BERLIN)
    assert found is not None, [one.message for one in findings]
    return found


def problems(data: dict[str, Any], folder: Path) -> list[str]:
    """Return how the import of a playbook's export differs from the playbook."""
    made = folder / "made.yaml"
    made.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    graph = graph_of(made)
    first = exported(graph)
    found = imported(first)
    back = checked(written(found, folder / "imported")).graph
    assert back is not None
    wrong = [note.what for note in found.notes]
    wrong += [] if digest_of_part(graph) == digest_of_part(back) else ["the digest"]
    return wrong + ([] if exported(back) == first else [ARCHIVE])


def test_playbooks_by_chance_come_back_whole(tmp_path: Path) -> None:
    for seed in valid_seeds(SEEDS, NOTED):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert problems(exact_playbook(seed, NOTED), folder) == [], seed


@pytest.mark.parametrize("stage", ["startup", "growth", "stable", "established", "scale"])
def test_the_shipped_playbooks_come_back(stage: str, tmp_path: Path) -> None:
    graph = graph_of(SHIPPED / f"{stage}.yaml")
    first = exported(graph)
    found = imported(first)
    assert found.notes == ()
    back = checked(written(found, tmp_path / "back")).graph
    assert back is not None
    # Ids of tactics are written with dashes where they are authored, and so are they here.
    names = {name.replace("/", "-") for name in graph.playbook.flows}
    assert set(back.playbook.flows) == names
    again = checked(written(imported(exported(back)), tmp_path / "again")).graph
    assert again is not None
    assert digest_of_part(again) == digest_of_part(back)
    if stage == "growth":  # it adopts no tactics
        assert exported(back) == first
        assert without(part_of(back)) == without(part_of(graph))


def without(data: Any) -> Any:
    """Return a plan without what is for the simulation."""
    if isinstance(data, dict):
        return {name: without(one) for name, one in data.items() if name not in SIMULATED}
    return [without(one) for one in data] if isinstance(data, list) else data


PLAYBOOK = {
    "playbook": 1,
    "name": "leaf",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "sender": {"name": "Leaf", "email": "hello@leaf.example", "address": "Teeweg 1"},
    "economics": {"gross_margin": "58%"},
    "guardrails": {"consent": {"email": "opt-in"}, "holdout": "10%"},
    "messages": {
        "hello": {
            "subject": "Hello <you> & me",
            "body": "Hi. {{ sender_address }} {{ unsubscribe_url }}",
        },
    },
    "flows": {
        "welcome": {
            "trigger": "sign_up",
            "entry": "once",
            "steps": [
                {"send": "hello", "expect": {"purchase_rate": "1.0..1.1"}},
                {"wait": "3d"},
                {"update": {"tag": "welcomed"}},
                {"start": "wine-club"},
            ],
        },
        "wine-club": {
            "trigger": "account_created",
            "entry": "once",
            "steps": [{"wait": "1d"}, {"update": {"tag": "club"}}],
        },
    },
}


@pytest.fixture
def archive(tmp_path: Path) -> list[Group]:
    made = tmp_path / "leaf.yaml"
    made.write_text(yaml.safe_dump(PLAYBOOK, sort_keys=False), encoding="utf-8")
    groups: list[Group] = json.loads(exported(graph_of(made)))
    return groups


def read(groups: list[Group]) -> Imported:
    return imported(json.dumps(groups).encode())


def test_the_users_word_counts_more_than_the_notes(archive: list[Group]) -> None:
    given = Given("export", {ARCHIVE: json.dumps(archive).encode()})
    found, _ = IMPORTER.read(given, Answers(currency="USD"))
    assert found is not None
    assert (found.data["currency"], found.data["timezone"]) == ("USD", "Europe/Berlin")


def steps(found: Imported, flow: str) -> str:
    flows = found.data["flows"]
    assert isinstance(flows, dict)
    return str(flows[flow])


def test_a_note_holds_no_economics_and_nothing_that_an_engine_could_take_for_more(
    archive: list[Group],
) -> None:
    note = archive[0]["campaign_event"][0]["description"].partition("\n")[2]
    assert "margin" not in note and "purchase_rate" not in note
    assert not [sign for sign in "<>@" if sign in note]
    assert "{{" not in note and "}}" not in note
    assert json.loads(note)["messages"]["hello"]["subject"] == "Hello <you> & me"


def test_what_holds_anyway_is_not_written(tmp_path: Path) -> None:
    """`existing: skip` is the default, and `check` warns of it where the trigger is a moment."""
    found = imported(exported(graph_of(SHIPPED / "growth.yaml")))
    folder = written(found, tmp_path / "imported")
    assert not [one for one in checked(folder).diagnostics if one.rule == "idle-existing"]


def test_numbers_that_mautic_gives_anew_change_nothing(archive: list[Group]) -> None:
    before = read(archive)
    assert not before.notes
    for group in archive:
        shift = {one["id"]: one["id"] + 900 for one in group["campaign_event"]}
        for one in group["campaign_event"]:
            one["id"] = shift[one["id"]]
            one["parent_id"] = shift.get(one["parent_id"])
            if "jumpToEvent" in one["properties"]:
                one["properties"]["jumpToEvent"] = shift[one["properties"]["jumpToEvent"]]
    assert read(archive) == before


def later(group: Group) -> None:
    event = next(one for one in group["campaign_event"] if one["trigger_interval"] == 3)
    event["trigger_interval"] = 9


def another_subject(group: Group) -> None:
    group["email"][0]["subject"] = "Welcome back"


def another_tag(group: Group) -> None:
    event = next(one for one in group["campaign_event"] if one["properties"].get("add_tags"))
    event["properties"]["add_tags"] = ["greeted"]


def again(group: Group) -> None:
    group["campaign"][0]["allow_restart"] = True


def another_filter(group: Group) -> None:
    asked = next(one for one in group["lists"] if one["filters"])
    asked["filters"][0]["operator"] = "="


EDITS: dict[str, tuple[Callable[[Group], None], str]] = {
    "a wait": (later, "9d"),
    "a subject": (another_subject, ""),
    "a tag": (another_tag, "greeted"),
    "who enters again": (again, "'entry': 'always'"),
    "a filter": (another_filter, ""),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_changed_in_mautic_is_read_as_it_stands_there(
    edit: str, archive: list[Group], tmp_path: Path
) -> None:
    change, seen = EDITS[edit]
    change(archive[0])
    found = read(archive)
    assert [note.what for note in found.of(Outcome.CHANGED)] == ["the campaign `leaf: welcome`"]
    assert seen in steps(found, "welcome")
    assert "'tag': 'club'" in steps(found, "wine-club")  # the other one is what it was
    if edit == "a subject":
        assert "Welcome back" in str(found.data["messages"])
    checked(written(found, tmp_path / "back"))


def test_of_a_changed_campaign_the_note_tells_what_mautic_cannot_hold(tmp_path: Path) -> None:
    data = json.loads(json.dumps(PLAYBOOK))
    data["guardrails"] |= {
        "frequency": [{"at_most": 3, "per": "7d"}],
        "consent": {"email": "opt-in", "sms": "opt-in"},
    }
    data["offers"] = {"ten": {"percent_off": "10%", "code": "unique", "valid": "10d"}}
    data["messages"]["hello"]["body"] += " {{ offer.code }}"
    data["messages"]["text"] = {"channel": "sms", "body": "Tea? {{ unsubscribe_url }}"}
    welcome = data["flows"]["welcome"]
    welcome |= {"entry": {"again_after": "90d"}, "priority": 70, "strategy": "S1"}
    welcome |= {"goal": {"event": "order_placed", "within": "20d"}}
    welcome["steps"][0] = {"send": "hello", "offer": "ten"}
    welcome["steps"].insert(1, {"send": "text"})
    made = tmp_path / "leaf.yaml"
    made.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    groups = json.loads(exported(graph_of(made)))
    assert not read(groups).notes
    later(groups[0])
    found = read(groups)
    assert [note.what for note in found.notes] == ["the campaign `leaf: welcome`"]
    back = checked(written(found, tmp_path / "back")).graph
    assert back is not None
    flow, playbook = back.playbook.flows["welcome"], back.playbook
    assert (flow.priority, flow.strategy, str(flow.goal.within)) == (70, "S1", "20d")
    assert flow.entry is not None and str(flow.entry.again_after) == "90d"
    assert str(playbook.offers["ten"].percent_off) == "10%"
    assert playbook.messages["text"].body.startswith("Tea?")
    assert playbook.guardrails is not None and playbook.guardrails.frequency
    assert playbook.currency == "EUR"


def test_a_campaign_alone_is_believed_without_the_fields_that_others_brought(
    tmp_path: Path,
) -> None:
    for stage in ("growth", "startup"):
        for group in json.loads(exported(graph_of(SHIPPED / f"{stage}.yaml"))):
            group.pop("lead_field", None)
            assert read([group]).notes == (), group["campaign"][0]["name"]


def test_what_mautic_adds_or_writes_otherwise_is_no_change(archive: list[Group]) -> None:
    before = read(archive)
    for group in archive:
        for one in group["campaign_event"]:
            one["name"] += " (renamed)"
            one["properties"] |= {"canvasSettings": {"droppedX": 1}, "anchor": "leadsource"}
            for key in ("triggerRestrictedStartHour", "triggerRestrictedStopHour"):
                one[key] = one[key] and f"1970-01-01T{one[key]}+00:00"
        for one in group.get("email", ()):
            one["custom_html"] = one["custom_html"].replace("\n", "\r\n")
    assert read(archive) == before


def test_a_flow_that_starts_another_one_says_so_when_it_stands_alone(archive: list[Group]) -> None:
    found = read([group for group in archive if group["campaign"][0]["name"] == "leaf: welcome"])
    (note,) = found.of(Outcome.CHANGED)
    assert "wine-club" in note.why


@pytest.mark.parametrize(
    "note",
    [
        "{",
        '{"playbook": 1}',
        '{"flows": {}}',
        '{"flows": {"welcome": 7}}',
        '{"flows": {"a": {}, "b": {}}}',
        '{"playbook": 1, "name": "x", "flows": {"other": {"trigger": "sign_up", "steps": []}}}',
        '{"a": ' * 200,
        "{" + "[" * 5_000,
        '{"flows": {"welcome": {"trigger": "sign_up", "steps": [{"exit": "now"}]}}}',
    ],
)
def test_a_note_that_says_something_else_is_not_believed(
    note: str, archive: list[Group], tmp_path: Path
) -> None:
    event = archive[0]["campaign_event"][0]
    event["description"] = f"{event['description'].partition(chr(10))[0]}\n{note}"
    found = read(archive)
    assert "welcomed" in steps(found, "welcome")
    checked(written(found, tmp_path / "back"))


def test_of_two_notes_that_contradict_each_other_the_first_is_believed(
    archive: list[Group], tmp_path: Path
) -> None:
    other = json.loads(json.dumps(PLAYBOOK))
    other["sender"]["name"] = "Steam"
    del other["flows"]["wine-club"]
    other["flows"]["hello"] = other["flows"].pop("welcome")
    other["flows"]["hello"]["steps"].pop()
    made = tmp_path / "other.yaml"
    made.write_text(yaml.safe_dump(other, sort_keys=False), encoding="utf-8")
    found = read([*archive, *json.loads(exported(graph_of(made)))])
    assert [note.what for note in found.of(Outcome.CHANGED)] == ["the campaign `leaf: hello`"]
    sender = found.data["sender"]
    assert isinstance(sender, dict) and sender["name"] == "Leaf"
    checked(written(found, tmp_path / "back"))


if __name__ == "__main__":
    wrong = 0
    for one in valid_seeds(int(sys.argv[2]), NOTED, int(sys.argv[1])):
        with TemporaryDirectory() as temporary:
            for problem in problems(exact_playbook(one, NOTED), Path(temporary)):
                wrong += 1
                sys.stdout.write(f"seed {one}: {problem}\n")
    sys.stdout.write(f"{sys.argv[2]} playbooks from seed {sys.argv[1]}: {wrong} differences\n")
