"""What the exporter spreads over a flow's first actions comes back as the keys that it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.compiler.importing.klaviyo_imports import (
    checked,
    exported,
    imported,
    part_of,
    payloads,
    written,
)
from tests.properties.language_texts import graph_of, read_text

HEAD = """playbook: 1
name: tea
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}
guardrails: {holdout: 10%, consent: {email: opt-in}}
messages:
  m1: {subject: One, body: "One {{ sender_address }} [Leave]({{ unsubscribe_url }})"}
audiences: {core: orders >= 3}
events: {back: {amount: number}}
flows:
"""
SEND = "steps: [{send: m1}]"
CASES = {
    "often": f"{{trigger: {{event: product_browsed, at_least: 3, within: 1d}},"
    f" entry: {{again_after: 30d}}, exit_on: [], {SEND}}}",
    "often-of-a-kind": "{trigger: {event: product_browsed, where: trigger.product.sku = tea,"
    f" at_least: 3, within: 1d}}, entry: once, exit_on: [], {SEND}}}",
    "of-an-audience": "{trigger: sign_up, audience: orders >= 3, entry: {again_after: 90d},"
    f" exit_on: [order_placed], {SEND}}}",
    "of-a-kind-of-customer": "{trigger: {event: back, where: trigger.amount >= 5 or orders >= 7},"
    f" audience: orders >= 3, entry: once, exit_on: [], {SEND}}}",
    "always": f"{{trigger: sign_up, audience: orders >= 3, entry: always, exit_on: [], {SEND}}}",
    "used-up": f"{{trigger: {{replenishment: 30d}}, entry: once, exit_on: [order_placed], {SEND}}}",
    "cart": f"{{trigger: cart_abandoned, entry: always, exit_on: [], {SEND}}}",
    "cart-of-an-audience": "{trigger: cart_abandoned, audience: orders >= 3, entry: once,"
    f" exit_on: [order_placed], {SEND}}}",
    "only-a-task": "{trigger: {enters: core}, entry: once, exit_on: [],"
    " steps: [{task: Call them, owner: support, due: 3d}]}",
    "a-wait-after-a-wait": "{trigger: sign_up, entry: once, exit_on: [],"
    " steps: [{send: m1}, {wait: 2d},"
    " {wait: {until: product_browsed, at_most: 5d}, timed_out: [{wait: 1d}]}]}",
}


@pytest.mark.parametrize("name", CASES)
def test_the_keys_come_back(name: str, tmp_path: Path) -> None:
    graph = graph_of(read_text(f"{HEAD}  f: {CASES[name]}\n"))
    first = exported(graph)
    again = checked(written(imported(first.files), tmp_path)).graph
    assert again is not None
    assert part_of(again)["flows"] == part_of(graph)["flows"]
    assert payloads(exported(again))["flows/f.json"] == payloads(first)["flows/f.json"]


@pytest.mark.parametrize("name", ["often", "often-of-a-kind", "of-an-audience", "used-up"])
def test_the_mark_of_the_last_entry_is_known_without_the_exports_ids(name: str) -> None:
    files = exported(graph_of(read_text(f"{HEAD}  f: {CASES[name]}\n"))).files
    definition = json.loads(files["flows/f.json"])["data"]["attributes"]["definition"]
    ids = [one["temporary_id"] for one in definition["actions"]]
    text = json.dumps({"data": {"type": "flow", "id": "XyZ", "attributes": {"name": "f"}}})
    answer = json.loads(text)
    told = json.dumps(definition)
    for number, id_ in enumerate(ids, 100):
        told = told.replace(f'"{id_}"', f'"{number}"')
    answer["data"]["attributes"]["definition"] = json.loads(told)
    found = imported({"answers.json": json.dumps(answer).encode()})
    assert "playbook_" not in str(found.data)
    flows = found.data["flows"]
    assert isinstance(flows, dict)
    flow = flows["f"]
    assert isinstance(flow, dict)
    assert "entry" in flow
    assert flow["entry"] != "always"
