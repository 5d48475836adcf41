"""What is emitted for Mautic is read by its rules, means what the playbook says, and is golden."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.exports import SHIPPED, graph_of
from tests.contracts.golden import compare
from tests.contracts.mautic_exports import CASES, NAMES, bundle_of, case
from tests.contracts.mautic_reader import Imported, read
from tests.contracts.verdicts.mautic import problems

from playbook_compiler.graph import ACROSS, TriggerGraph
from playbook_compiler.targets.mautic import TARGET
from playbook_compiler.targets.mautic.archive import DATA_FILE
from playbook_compiler.targets.mautic.target import IMPORT_FILE

Json = Any
PLAYBOOKS = sorted(path.name for path in SHIPPED.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_reader_takes_every_golden_export(name: str) -> None:
    assert problems(case(name)) == []


@cache
def _shipped(file: str) -> tuple[TriggerGraph, list[Imported]]:
    path = SHIPPED / file
    bundle = bundle_of(path, allow_lossy=True)
    assert problems(bundle) == []
    return graph_of(path), read(bundle.files[IMPORT_FILE])


@pytest.mark.parametrize("file", PLAYBOOKS)
def test_the_shipped_playbooks_are_taken(file: str) -> None:
    graph, campaigns = _shipped(file)
    assert len(campaigns) == len(graph.playbook.flows)


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = dict(case(name).files)
    # The archive holds the bytes that lie beside it.
    del files[IMPORT_FILE]
    compare(expected, files, update=update)


def test_the_archive_is_stored_and_the_same_each_time() -> None:
    bundle = case("everything")
    archive = bundle.files[IMPORT_FILE]
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        (entry,) = found.infolist()
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert found.read(DATA_FILE) == bundle.files[DATA_FILE]
    again, _ = TARGET.export(graph_of(CASES / "everything" / "playbook.yaml"))
    assert again is not None
    assert again.files == bundle.files


def test_a_new_name_of_the_playbook_and_a_new_step_keep_all_ids(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    edited = text.replace("name: everything", "name: another").replace(
        "      - wait: 36h", "      - {id: early, send: ping}\n      - wait: 36h"
    )
    (tmp_path / "playbook.yaml").write_text(edited, encoding="utf-8")
    before, after = _uuids(case("everything").files), _uuids(bundle_of(tmp_path).files)
    assert before < after


def _uuids(files: Any) -> set[str]:
    return set(re.findall(r'"uuid": "([^"]*)"', files[DATA_FILE].decode()))


# Ways through a flow ------------------------------------------------------------------------------

DONE = ("send", "grant", "update", "audience", "task", "call", "start")


def _ways(graph: TriggerGraph, node_id: str) -> Iterator[tuple[str, ...]]:
    """Return what is done on each way from a node to the end, as step ids."""
    node = graph.nodes[node_id]
    here = (node.step_id,) if node.kind in DONE else ()
    edges = [edge for edge in graph.out(node_id) if edge.way not in ACROSS]
    if not edges:
        yield here
    for edge in edges:
        for rest in _ways(graph, edge.target):
            yield here + rest


def _campaign_ways(campaign: Imported, flow: str, steps: set[str]) -> set[tuple[str, ...]]:
    below: dict[int | None, list[int]] = {}
    for number, event in campaign.events.items():
        below.setdefault(event["parent_id"], []).append(number)

    def follow(number: int) -> Iterator[tuple[str, ...]]:
        event = campaign.events[number]
        step = event["description"].partition("\n")[0].removeprefix(f"playbook: {flow}/")
        here = (step,) if step in steps and event["event_type"] == "action" else ()
        if event["type"] == "campaign.jump_to_event":
            yield from follow(event["properties"]["jumpToEvent"])
            return
        ways = ("",) if event["event_type"] == "action" else ("yes", "no")
        for way in ways:
            after = [
                one for one in below.get(number, []) if campaign.events[one]["decisionPath"] == way
            ]
            assert len(after) <= 1, "one event follows on a way"
            if not after:
                yield here
            for one in after:
                for rest in follow(one):
                    yield here + rest

    roots = below.get(None, [])
    assert len(roots) <= 1
    return {way for root in roots for way in follow(root)} | {()}


def _comparable(graph: TriggerGraph, flow: str) -> bool:
    """Whether nothing but the steps decides on the ways: no exit in between, no ladder."""
    nodes = graph.of_flow(flow)
    plain = all(
        getattr(node.what, "send", None) is None or node.what.send.order == "one"  # type: ignore[union-attr]
        for node in nodes
    )
    return graph.playbook.flows[flow].exit_when is None and plain


@pytest.mark.parametrize("file", [*PLAYBOOKS, "everything"])
def test_the_ways_through_a_campaign_are_the_flows(file: str) -> None:
    if file == "everything":
        graph = graph_of(CASES / file / "playbook.yaml")
        campaigns = read(case(file).files[IMPORT_FILE])
    else:
        graph, campaigns = _shipped(file)
    compared = 0
    for flow, campaign in zip(graph.playbook.flows, campaigns, strict=True):
        assert campaign.campaign["description"].startswith(f"playbook: {flow}")
        if not _comparable(graph, flow):
            continue
        steps = {node.step_id for node in graph.of_flow(flow) if node.kind in DONE}
        meant = set(_ways(graph, f"{flow}/trigger")) | {()}
        found = _campaign_ways(campaign, flow, steps)
        marketing = _without(found, graph, flow)
        assert meant <= found, flow
        assert found <= meant | marketing, flow
        compared += 1
    assert compared


def _without(ways: set[tuple[str, ...]], graph: TriggerGraph, flow: str) -> set[tuple[str, ...]]:
    """Return the ways on which the holdout misses some of what is kept from it."""
    messages = graph.playbook.messages
    held_back = {
        node.step_id
        for node in graph.of_flow(flow)
        if node.kind in ("grant", "task", "audience", "call")
        or (node.kind == "send" and messages[node.what.send.messages[0]].kind == "marketing")  # type: ignore[union-attr]
    }
    whole = set(_ways(graph, f"{flow}/trigger"))
    return {
        way
        for way in ways
        if any(set(one) - set(way) <= held_back and _in_order(way, one) for one in whole)
    }


def _in_order(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    left = iter(whole)
    return all(one in left for one in part)


# What single constructs become --------------------------------------------------------------------


def _events(name: str, flow: str) -> dict[str, Json]:
    (campaign,) = [
        one
        for one in read(case(name).files[IMPORT_FILE])
        if one.campaign["name"].endswith(f": {flow}")
    ]
    return {
        one["description"].partition("\n")[0].partition("/")[2]: one
        for one in campaign.events.values()
    }


def _segment(flow: str, name: str) -> Json:
    (campaign,) = [
        one
        for one in read(case("everything").files[IMPORT_FILE])
        if one.campaign["name"].endswith(f": {flow}")
    ]
    (found,) = [one for one in campaign.segments.values() if one["name"].endswith(name)]
    return found


def test_a_wait_is_the_delay_of_what_follows() -> None:
    events = _events("everything", "welcome")
    asked = events["nudge~exit-when"]
    assert (asked["trigger_interval"], asked["trigger_interval_unit"]) == (36, "h")
    assert events["nudge"]["trigger_mode"] == "interval", "the quiet hours are its own"
    assert events["nudge"]["triggerRestrictedStartHour"] == "08:00:00"
    assert events["nudge"]["triggerRestrictedStopHour"] == "21:00:00"
    assert events["send-hello"]["triggerRestrictedStopHour"] == "09:00:00"


def test_a_decision_hangs_on_its_mail_and_the_time_out_waits() -> None:
    events = _events("everything", "thank-you")
    decision = next(one for one in events.values() if one["type"] == "email.open")
    (late,) = [
        one
        for one in events.values()
        if one["decisionPath"] == "no" and one["type"] == "lead.changetags" and
        (one["trigger_interval"], one["trigger_interval_unit"]) == (2, "d")
    ]  # fmt: skip
    assert decision["trigger_mode"] == ""
    assert late["trigger_mode"] == "interval"


def test_unknown_goes_to_no_on_both_sides() -> None:
    # gender != f: known, and not f. Mautic's own `!=` would hold of the unknown, too.
    filters = _segment("advent", "gender != f and height is known")["filters"]
    tests = [(one["field"], one["operator"], one["filter"]) for one in filters]
    assert ("pb_gender", "!empty", None) in tests
    assert ("pb_gender", "!=", "f") in tests
    assert ("pb_height", "gte", "-1000000000000") in tests


def test_alternatives_begin_with_or() -> None:
    filters = _segment("risen", "renewal > 2026-03-01 or favourite is unknown")["filters"]
    assert [(one["glue"], one["field"], one["operator"]) for one in filters] == [
        ("and", "pb_renewal", "gt"),
        ("or", "pb_favourite", "empty"),
    ]


def test_tags_are_asked_by_the_campaign_and_kept_apart_from_filters() -> None:
    events = _events("everything", "core-club")
    asked = [one for one in events.values() if one["type"] == "lead.tags"]
    assert {tag for one in asked for tag in one["properties"]["tags"]} == {"vip", "old"}


def test_inactivity_is_a_segment_of_dates() -> None:
    start = _segment("win-back", ": win-back")
    assert [(one["field"], one["operator"], one["filter"]) for one in start["filters"]] == [
        ("pb_last_order", "lte", "-120 days")
    ]


def test_a_flow_that_the_shop_feeds_is_left_at_its_end() -> None:
    events = _events("everything", "welcome")
    leaving = [one for one in events.values() if one["description"].startswith("playbook: welcome/leave")]  # fmt: skip  # noqa: E501
    assert leaving
    assert all(one["properties"]["removeFromLists"] for one in leaving)
    needs = {one.name: one.note for one in case("everything").lookups if one.kind == "segment"}
    assert needs["everything: welcome"] == (
        "put the contact in when `sign_up` happens; take him out at order_placed"
    )


def test_hostile_data_stays_text_everywhere() -> None:
    (campaign,) = read(case("hostile").files[IMPORT_FILE])
    (email,) = campaign.emails.values()
    ours = re.compile(
        r"\{(?:contactfield=(?:firstname(?:\|true\u200b)?|pb_cart_url|id|email)|unsubscribe_url)\}"
    )
    token = re.compile(r"(?:\{|%7B)\w+(?:[=|][^{}]*)?(?:\}|%7D)", re.IGNORECASE)
    html = email["custom_html"]
    assert "<script" not in html
    assert not re.search(r"<[^>]*\sonerror", html)
    assert "javascript:" not in "".join(re.findall(r"<[^>]*>", html))
    texts = [html, email["plain_text"], email["subject"], email["preheader_text"]]
    texts += [email["from_name"]]
    for text in texts:
        for found in token.findall(text):
            assert ours.fullmatch(found), found
    assert html.count("{contactfield=email}") == 0
    for event in campaign.events.values():
        assert "<" not in event["name"]
        for key, value in _values(event["properties"]):
            if key in ("add_tags", "remove_tags"):
                assert not value.startswith("-")
                assert "<" not in value
            elif key != "value" or not ours.fullmatch(value):
                assert not token.search(value), (key, value)
    json.loads(case("hostile").files[DATA_FILE])


def _values(data: Json, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _values(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _values(value, key)
    elif isinstance(data, str):
        yield key, data


def test_an_address_is_called_as_it_is_written(tmp_path: Path) -> None:
    events = _events("hostile", "cart")
    (call,) = [one for one in events.values() if one["type"] == "campaign.sendwebhook"]
    url = call["properties"]["url"]
    assert "{" not in url
    # Mautic decodes an address once: what the author wrote must come out.
    assert url.replace("%257B", "%7B").replace("%25", "%") == (
        "https://shop.example/%7Bcontactfield=email}/%7Bcontactfield=email%7D"
    )
