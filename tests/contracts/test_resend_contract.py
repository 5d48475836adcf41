"""What is emitted passes Resend's schema, equals the golden artefacts, and means what it must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.exports import SHIPPED, graph_of
from tests.contracts.golden import compare
from tests.contracts.resend_exports import CASES, NAMES, bundle_of, case
from tests.contracts.verdicts.resend import problems

from playbook_compiler.graph import ACROSS, TriggerGraph
from playbook_compiler.steps import Send
from playbook_compiler.targets.resend import TARGET
from playbook_compiler.targets.resend.graph_checks import check_requests
from playbook_compiler.targets.resend.terms import chunks, key, seconds_of
from playbook_compiler.units import Duration

HEAD = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}
guardrails: {consent: {email: opt-in}}
messages: {m: {subject: Tea, body: Tea}, t: {kind: transactional, subject: Tea, body: Tea}}
"""


def _automation(tmp_path: Path, flow: str, *, allow_lossy: bool = False) -> dict[str, Any]:
    (tmp_path / "playbook.yaml").write_text(f"{HEAD}flows:\n  f: {flow}\n", encoding="utf-8")
    bundle = bundle_of(tmp_path, allow_lossy=allow_lossy)
    return next(one.payload for one in bundle.requests if one.kind == "automation")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_objects_to_the_payloads(name: str) -> None:
    assert problems(case(name)) == []


@pytest.mark.parametrize("file", sorted(path.name for path in SHIPPED.glob("*.yaml")))
def test_the_shipped_playbooks_pass_the_schema(file: str) -> None:
    bundle = bundle_of(SHIPPED / file, allow_lossy=True)
    assert any(request.kind == "automation" for request in bundle.requests)
    assert problems(bundle) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = case(name).files
    compare(expected, files, update=update)


def test_requests_stand_after_those_that_they_need_and_nothing_is_switched_on() -> None:
    bundle = case("everything")
    kinds = [request.kind for request in bundle.requests]
    order = ["contact-property", "event", "segment", "template", "automation"]
    assert kinds == sorted(kinds, key=order.index)
    assert set(kinds) == set(order)
    assert any("no earlier request" in one for one in check_requests(bundle.requests[::-1]))
    states = [one.payload["status"] for one in bundle.requests if one.kind == "automation"]
    assert set(states) == {"disabled"}


def test_what_resend_lacks_is_an_error_at_its_line() -> None:
    graph = graph_of(CASES / "lossy" / "playbook.yaml")
    bundle, findings = TARGET.export(graph)
    assert bundle is None
    assert {found.rule for found in findings} == {"target-lacks"}
    lines = (CASES / "lossy" / "playbook.yaml").read_text(encoding="utf-8").splitlines()
    said = [lines[found.span.line - 1] for found in findings]
    for word in ("frequency", "quiet_hours", "task", "call", "grant", "start", "sms"):
        assert any(word in line for line in said), word


def test_ids_outlive_a_new_name(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    file = tmp_path / "playbook.yaml"
    file.write_text(text.replace("name: everything", "name: another"), encoding="utf-8")
    before, after = case("everything"), bundle_of(file)
    assert [one.uuid for one in before.requests] == [one.uuid for one in after.requests]
    aliases = [
        [one.payload["alias"] for one in bundle.requests if one.kind == "template"]
        for bundle in (before, after)
    ]
    assert aliases[0] == aliases[1]
    assert len(set(aliases[0])) == len(aliases[0])


@pytest.mark.parametrize(
    ("duration", "texts"),
    [
        (Duration(days=30), ["30 days"]),
        (Duration(days=31), ["30 days", "1 day"]),
        (Duration(months=3), ["30 days", "30 days", "30 days", "1 day"]),
        (Duration(days=1, seconds=7200), ["26 hours"]),
        (Duration(seconds=5400), ["90 minutes"]),
        (Duration(seconds=61), ["61 seconds"]),
        (Duration(), []),
    ],
)
def test_no_wait_is_longer_than_thirty_days(duration: Duration, texts: list[str]) -> None:
    assert list(chunks(seconds_of(duration))) == texts


def test_a_wait_ends_the_run_where_an_exit_happens(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, entry: always, exit_on: order_placed, steps: [{wait: 45d}, {send: t}]}"
    )
    automation = _automation(tmp_path, flow)
    kinds = [(one["type"], one["config"].get("timeout")) for one in automation["steps"]]
    assert kinds == [
        ("trigger", None),
        ("wait_for_event", "30 days"),
        ("wait_for_event", "15 days"),
        ("send_email", None),
    ]
    # Only the time-out leads on: the event ends the run.
    ways = [one["type"] for one in automation["connections"]]
    assert ways == ["default", "timeout", "timeout"]


def test_marketing_asks_for_the_subscription_and_service_mail_does_not(tmp_path: Path) -> None:
    flow = "{trigger: order_placed, steps: [{send: m}, {send: t}]}"
    automation = _automation(tmp_path, flow)
    assert [one["key"] for one in automation["steps"]] == [
        "trigger",
        "send-m~may",
        "send-m",
        "send-t",
    ]
    connections = {(one["from"], one["type"]): one["to"] for one in automation["connections"]}
    assert connections["send-m~may", "condition_met"] == "send-t"
    assert connections["send-m~may", "condition_not_met"] == "send-m"


def test_a_flow_of_too_many_steps_is_refused_at_its_trigger(tmp_path: Path) -> None:
    steps = ", ".join(f"{{id: s{number}, send: m}}" for number in range(80))
    text = f"{HEAD}flows:\n  f: {{trigger: order_placed, steps: [{steps}]}}\n"
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    bundle, findings = TARGET.export(graph_of(tmp_path))
    assert bundle is None
    assert [one.message for one in findings if "161 steps; Resend takes 150" in one.message]
    lossy = bundle_of(tmp_path, allow_lossy=True)
    assert [one.kind for one in lossy.requests if one.kind == "automation"] == []


def test_keys_of_two_names_are_two() -> None:
    names = ["a b", "a_b", "a+b", "a" * 60, "a" * 61, "rfm.r", "rfm_r"]
    assert len({key(name) for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_]{1,50}", key(name)) for name in names)


def _meant(graph: TriggerGraph, node_id: str) -> Iterator[tuple[str, ...]]:
    """Return the e-mails on each way from a node to the end, as step ids."""
    node = graph.nodes[node_id]
    here = (node.step_id,) if isinstance(node.what, Send) else ()
    edges = [edge for edge in graph.out(node_id) if edge.way not in ACROSS]
    if not edges:
        yield here
    for edge in edges:
        for rest in _meant(graph, edge.target):
            yield here + rest


def _found(
    steps: dict[str, str], leads: dict[str, list[str]], at: str
) -> Iterator[tuple[str, ...]]:
    here = (at,) if steps[at] == "send_email" else ()
    targets = leads.get(at, [])
    yield here  # a run may end at any step: what leads nowhere ends it
    for target in targets:
        for rest in _found(steps, leads, target):
            yield here + rest


def test_the_ways_through_a_flow_are_the_playbooks() -> None:
    graph = graph_of(CASES / "everything" / "playbook.yaml")
    for request in case("everything").requests:
        if request.kind != "automation":
            continue
        steps = {one["key"]: one["type"] for one in request.payload["steps"]}
        leads: dict[str, list[str]] = {}
        for one in request.payload["connections"]:
            leads.setdefault(one["from"], []).append(one["to"])
        found = set(_found(steps, leads, "trigger"))
        assert set(_meant(graph, f"{request.name}/trigger")) <= found
        sent = {step for way in found for step in way}
        assert sent == {
            node.step_id for node in graph.of_flow(request.name) if isinstance(node.what, Send)
        }


_RUN = re.compile(r"\{\{.*?\}\}\}?")
_OURS = re.compile(
    r"\{\{\{(?:CONTACT|EVENT|OWN)_[A-Z0-9_]+\}\}\}|\{\{\{RESEND_UNSUBSCRIBE_URL\}\}\}"
)


def test_hostile_data_stays_text_everywhere() -> None:
    for request in case("hostile").requests:
        if request.kind != "template":
            continue
        html = request.payload["html"]
        assert "<script" not in html
        assert not re.search(r"<[^>]*\sonerror", html)
        assert "javascript:" not in "".join(re.findall(r"<[^>]*>", html))
        for part in ("subject", "html", "text"):
            for tag in _RUN.findall(request.payload[part]):
                assert _OURS.fullmatch(tag), (request.id, tag)
        assert "\n" not in request.payload["from"]
