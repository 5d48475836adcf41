"""What is emitted for n8n is taken by n8n's own parser, golden, and does what the playbook says."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from tests.compiler.condition_texts import parsed
from tests.compiler.condition_worlds import (
    ORDER_TRIGGER,
    TEXTS,
    TREES,
    Customer,
    customers,
    everybody,
)
from tests.contracts.exports import SHIPPED, graph_of
from tests.contracts.golden import compare
from tests.contracts.n8n_engine import run
from tests.contracts.n8n_exports import CASES, NAMES, bundle_of, case, node, workflow
from tests.contracts.verdicts.n8n import problems

from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.conditions import (
    Condition,
    Happened,
    InAudience,
    Unsubscribed,
    facts_read,
    magnitude,
    nodes,
)
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.facts import Where
from playbook_compiler.graph import ACROSS, TriggerGraph
from playbook_compiler.targets.n8n import TARGET, script
from playbook_compiler.targets.n8n.rules import fact_name, test_data
from playbook_compiler.units import Money, Share

Json = Any
# Its name would make it a test of its own.
test_data.__test__ = False  # type: ignore[attr-defined]
PLAYBOOKS = ("growth.yaml", "scale.yaml")
NOW = "2026-03-11T12:00:00.000+01:00"  # a Wednesday


@pytest.mark.parametrize("name", NAMES)
def test_n8n_takes_every_golden_workflow(name: str) -> None:
    assert problems(case(name)) == []


@pytest.mark.parametrize("file", PLAYBOOKS)
def test_n8n_takes_the_shipped_playbooks(file: str) -> None:
    bundle = bundle_of(SHIPPED / file, allow_lossy=True)
    flows = graph_of(SHIPPED / file).playbook.flows
    assert len([path for path in bundle.files if path.startswith("workflows/")]) == len(flows)
    assert problems(bundle) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = case(name).files
    compare(expected, files, update=update)


def test_ids_outlive_a_new_name_and_new_steps(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    edited = text.replace("name: everything", "name: another").replace(
        "      - wait: 36h", "      - {id: early, send: ping}\n      - wait: 36h"
    )
    (tmp_path / "playbook.yaml").write_text(edited, encoding="utf-8")
    after = json.loads(bundle_of(tmp_path).files["workflows/welcome.json"])
    before = workflow("everything", "welcome")
    assert before["id"] == after["id"]
    assert {one["id"] for one in before["nodes"]} < {one["id"] for one in after["nodes"]}
    again, _ = TARGET.export(graph_of(CASES / "everything" / "playbook.yaml"))
    assert again is not None
    assert again.files == case("everything").files


# Ways through a flow ------------------------------------------------------------------------------

DONE = ("send", "grant", "update", "audience", "task", "call", "start")


def _ways(graph: TriggerGraph, node_id: str) -> Iterator[tuple[str, ...]]:
    """Return what is done on each way from a node to the end, as step ids."""
    here = graph.nodes[node_id]
    done = (here.step_id,) if here.kind in DONE else ()
    edges = [edge for edge in graph.out(node_id) if edge.way not in ACROSS]
    if not edges:
        yield done
    for edge in edges:
        for rest in _ways(graph, edge.target):
            yield done + rest


def _workflow_ways(made: Json, steps: set[str], name: str) -> Iterator[tuple[str, ...]]:
    """Return the same of a workflow, those left out on which a message is passed or a run over."""
    here = (name,) if name in steps else ()
    outs = made["connections"].get(name, {"main": []})["main"]
    if name.endswith("~goes") or name == "Enters":
        outs = outs[:1]
    several = [link["node"] for way in outs for link in way]
    for way in outs:
        assert len(way) <= 1, "one node follows on a way"
    missing = any(not way for way in outs) or len(outs) < _outputs(made, name)
    if not several or (missing and not name.endswith("~goes") and name != "Enters"):
        yield here
    for target in several:
        for rest in _workflow_ways(made, steps, target):
            yield here + rest


def _outputs(made: Json, name: str) -> int:
    found = node(made, name)
    if name.endswith("~goes") or name == "Enters":
        return 1
    if found["type"].endswith(".if"):
        return 2
    return int(found["parameters"].get("numberOutputs", 1))


@pytest.mark.parametrize("file", ["growth.yaml", "startup.yaml", "everything"])
def test_the_ways_through_a_workflow_are_the_flows(file: str) -> None:
    path = CASES / file / "playbook.yaml" if file == "everything" else SHIPPED / file
    graph, bundle = graph_of(path), bundle_of(path)
    compared = 0
    for flow in graph.playbook.flows:
        made = json.loads(bundle.files[f"workflows/{flow.replace('/', '--')}.json"])
        several = [one for one in graph.of_flow(flow) if one.kind == "send"]
        if any(one.what.send.order != "one" for one in several):  # type: ignore[union-attr]
            continue
        steps = {one.step_id for one in graph.of_flow(flow) if one.kind in DONE}
        assert set(_workflow_ways(made, steps, "Called")) == set(_ways(graph, f"{flow}/trigger"))
        compared += 1
    assert compared


# What the Code nodes do ---------------------------------------------------------------------------


def _sayable(tree: Condition) -> bool:
    return not any(isinstance(one, InAudience | Happened | Unsubscribed) for one in nodes(tree))


def _record(tree: Condition, customer: Customer) -> tuple[Json, Json]:
    """Return a customer as the shop's service answers, and the fields of the event."""
    record: Json = {"is": {}}
    trigger: Json = {}
    for read in facts_read(tree):
        value = customer.value(read.fact)
        if value is None:
            continue
        told: Json = sorted(value) if isinstance(value, frozenset) else value
        if isinstance(value, Money | Share):
            told = float(magnitude(value))
        into = trigger if read.fact.where is Where.TRIGGER else record
        into[fact_name(read.fact)] = told
    for one in nodes(tree):
        answer = evaluate(one, customer)
        if answer is not None:
            record["is"][str(one)] = answer
    return record, trigger


def _asked(tests: list[Json], record: Json, trigger: Json) -> int:
    start = {"customer": {"id": "1"}, "trigger": trigger, "started": NOW}
    code = script.script(script.ASK, {"tests": tests})
    return int(run(code, record, {"Start": start}, NOW)["way"])


def _agrees(tree: Condition, customer: Customer) -> bool:
    """Whether the Code node finds true, false and unknown of the customer as the playbook does."""
    lowering = Lowering("n8n", TARGET.capabilities, allow_lossy=False)
    data = test_data(tree, None, lowering, "f")  # type: ignore[arg-type]
    record, trigger = _record(tree, customer)
    truth = evaluate(tree, customer)
    way = _asked([data, ["not", data]], record, trigger)
    return way == {True: 0, False: 1, None: 2}[truth]


@pytest.mark.parametrize("text", [one for one in TEXTS if _sayable(parsed(one, ORDER_TRIGGER))])
def test_a_single_test_is_as_the_playbook_says_of_everybody(text: str) -> None:
    leaf = parsed(text, ORDER_TRIGGER)
    # Many differ in what the test does not read.
    several = {repr(_record(leaf, one)): one for one in everybody([leaf])}
    for customer in several.values():
        assert _agrees(leaf, customer), customer.facts


@settings(max_examples=100)
@given(TREES.filter(_sayable), customers())
def test_a_condition_is_as_the_playbook_says(tree: Condition, customer: Customer) -> None:
    assert _agrees(tree, customer)


@pytest.mark.parametrize(
    ("test", "record", "holds"),
    [
        (["event", "order_placed", None], {}, False),
        (["event", "order_placed", None], {"events": {"order_placed": NOW}}, True),
        (["event", "e", {"days": 3}], {"events": {"e": "2026-03-09T12:00:00Z"}}, True),
        (["event", "e", {"days": 1}], {"events": {"e": "2026-03-09T12:00:00Z"}}, False),
        (["left", "email"], {"unsubscribed": ["email"]}, True),
        (["left", "email"], {}, False),
        (["audience", ["compare", ["customer", "x"], "=", 1, "number"]], {}, False),
        (["not", ["audience", ["compare", ["customer", "x"], "=", 1, "number"]]], {}, True),
        # The names of objects' own properties are not facts.
        (["known", ["customer", "constructor"], True], {}, False),
        (["compare", ["customer", "x"], ">", 3, "number"], {"x": "12"}, True),
        (["compare", ["customer", "x"], ">", 3, "number"], {"x": "many"}, False),
    ],
)
def test_deeds_and_records(test: Json, record: Json, holds: bool) -> None:
    assert (_asked([test], record, {}) == 0) is holds


def _split(customer: str) -> int:
    code = node(workflow("everything", "win-back"), "coupon-test~drawn")["parameters"]["jsCode"]
    return int(run(code, {}, {"Start": {"customer": {"id": customer}}})["way"])


def test_a_customer_always_falls_into_the_same_arm_and_the_arms_have_their_shares() -> None:
    drawn = [_split(f"customer-{number}") for number in range(900)]
    assert drawn[:50] == [_split(f"customer-{number}") for number in range(50)]
    # A third each of 900, four standard deviations of 14 either way.
    assert all(abs(Counter(drawn)[arm] - 300) < 57 for arm in range(3))


def _gate(flow: str, step: str, record: Json, customer: str = "7") -> int:
    code = node(workflow("everything", flow), f"{step}~may")["parameters"]["jsCode"]
    start = {"customer": {"id": customer}, "trigger": {}, "started": "2026-03-01T00:00:00Z"}
    return int(run(code, record, {"Start": start}, NOW)["way"])


GO, PAST, OVER = 0, 1, 2
_YES = {"consent": ["email", "sms"], "days_since_last_order": 100}


@pytest.mark.parametrize(
    ("record", "way"),
    [
        (_YES, GO),
        ({}, PAST),
        (_YES | {"consent": ["sms"]}, PAST),
        (_YES | {"unsubscribed": ["sms"]}, GO),
        (_YES | {"unsubscribed": ["email"]}, OVER),
        (_YES | {"days_since_last_order": 29}, OVER),
        (_YES | {"events": {"order_placed": "2026-03-02T00:00:00Z"}}, OVER),
        (_YES | {"events": {"order_placed": "2026-02-02T00:00:00Z"}}, GO),
        (_YES | {"sent": [{"at": "2026-03-10T00:00:00Z", "channel": "email"}] * 2}, GO),
        (_YES | {"sent": [{"at": "2026-03-10T00:00:00Z", "channel": "email"}] * 3}, PAST),
        (_YES | {"sent": [{"at": "2026-03-01T00:00:00Z", "channel": "email"}] * 3}, GO),
    ],
)
def test_the_moment_of_sending(record: Json, way: int) -> None:
    assert _gate("welcome", "send-hello", record) == way


def _enters(flow: str, record: Json, customer: str = "7") -> bool:
    code = node(workflow("everything", flow), "May enter")["parameters"]["jsCode"]
    start = {"customer": {"id": customer}, "trigger": {}, "started": NOW}
    return bool(run(code, record, {"Start": start}, NOW)["way"] == 0)


def test_who_may_enter() -> None:
    record = {"revenue": 21, "has_account": True}
    free = next(str(n) for n in range(50) if _enters("win-back", record, str(n)))
    assert not _enters("win-back", {"revenue": 20, "has_account": True}, free)
    assert not _enters("win-back", {"revenue": 21}, free), "unknown is not true"
    lately = record | {"entered": {"win-back": "2026-01-01T00:00:00Z"}}
    assert not _enters("win-back", lately, free)
    long_ago = record | {"entered": {"win-back": "2025-01-01T00:00:00Z"}}
    assert _enters("win-back", long_ago, free)
    held = sum(not _enters("win-back", record, str(number)) for number in range(500))
    # A tenth of 500, four standard deviations of 6.7 either way.
    assert abs(held - 50) < 27


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-11T12:00:00+01:00", "2026-03-12T08:00"),
        ("2026-03-11T05:00:00+01:00", "2026-03-11T08:00"),
        ("2026-03-11T08:30:00+01:00", "2026-03-11T08:30"),
        ("2026-03-11T09:00:00+01:00", "2026-03-12T08:00"),
    ],
)
def test_a_message_waits_for_its_window(now: str, until: str) -> None:
    code = node(workflow("everything", "welcome"), "send-hello~hour")["parameters"]["jsCode"]
    found = run(code, {}, {"Start": {"customer": {"id": "1"}}}, now)["until"]
    assert found.startswith(until)
    tokyo = run(code, {}, {"Start": {"customer": {"id": "1", "zone": "Asia/Tokyo"}}}, now)["until"]
    assert tokyo.endswith("+09:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-11T12:00:00+01:00", "2026-03-17T09:00"),
        ("2026-03-10T08:00:00+01:00", "2026-03-10T09:00"),
        ("2026-03-10T09:00:30+01:00", "2026-03-10T09:00"),
        ("2026-03-10T10:00:00+01:00", "2026-03-17T09:00"),
    ],
)
def test_a_wait_until_a_weekday(now: str, until: str) -> None:
    made = workflow("everything", "welcome")
    (name,) = [one["name"] for one in made["nodes"] if one["name"].endswith("~moment")]
    code = node(made, name)["parameters"]["jsCode"]
    assert run(code, {}, {"Start": {"customer": {"id": "1"}}}, now)["until"].startswith(until)


def test_a_wait_of_days_is_counted_in_the_customers_zone() -> None:
    made = workflow("everything", "welcome")
    waits = [one["parameters"] for one in made["nodes"] if one["type"].endswith(".wait")]
    assert {"resume": "timeInterval", "amount": 36, "unit": "hours"} in waits
    (month,) = [one for one in waits if '"months": 1' in str(one.get("dateTime"))]
    assert "customer.zone" in month["dateTime"]


# Nothing that an author or a customer wrote is run ------------------------------------------------


def _worded(customer: Json, trigger: Json) -> Json:
    made = workflow("hostile", "cart")
    code = node(made, "send-hello~words")["parameters"]["jsCode"]
    found = {
        "Start": {"customer": {"id": "1"}, "trigger": trigger},
        "send-hello~may": {"customer": customer},
        "send-hello~code": {"code": "X"},
    }
    return run(code, {}, found)


def test_a_text_is_said_as_it_is_written() -> None:
    said = _worded({"email": "a@b.example", "first_name": "Ann"}, {"cart.url": "https://x.example"})
    assert said["to"] == "a@b.example"
    assert said["subject"].startswith("=cmd|' /C calc'!A0")
    assert "{{ $json }}" in said["subject"]
    assert "={{ 7*7 }}" in said["html"]
    assert "<script" not in said["html"]
    assert 'href="https://x.example"' in said["html"].replace("&#58;", ":")


def test_what_a_customer_wrote_stays_text() -> None:
    name = "</div><script>alert(1)</script>\"'`${x}{{ $env }}\r\nBcc: b@c.example"
    said = _worded(
        {"email": "a@b.example,c@d.example", "first_name": name},
        {"cart.url": " javascript:alert(1)"},
    )
    assert said["to"] == "", "two addresses are none"
    assert "<script" not in said["html"]
    assert "javascript:alert(1)" not in re.sub(r">[^<]*<", "><", said["html"])
    assert "\n" not in said["subject"]
    assert "</div><script>" in said["text"] or name not in said["text"]


def test_hostile_texts_become_no_expression() -> None:
    made = workflow("hostile", "cart")
    for one in made["nodes"]:
        for text in _strings(one["parameters"]):
            if text.startswith("="):
                assert "$env" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", text), one["name"]
                for inside in re.findall(r'"((?:[^"\\]|\\.)*)"', text):
                    assert "{" not in inside
                    assert "}" not in inside
    task = next(one for one in made["nodes"] if one["name"].startswith("task-") and "~" not in one["name"])  # fmt: skip  # noqa: E501
    (literal,) = re.findall(r'"task": ("(?:[^"\\]|\\.)*")', task["parameters"]["jsonBody"])
    assert json.loads(literal) == (
        '={{ $env.SECRET }} "); throw 1; // <img src=x onerror=alert(1)> }}'
    )


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
