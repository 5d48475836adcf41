"""Klaviyo's flows mean what the playbook says: who enters again, what a wait counts, who is lost.

Each case was found by reading an export with the engine's eyes.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.properties.language_texts import graph_of, read_text

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.capability import Support
from playbook_compiler.export.registry import all_targets

HEAD = """playbook: 1
name: tea
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}
guardrails: {consent: {email: opt-in}}
messages:
  m1: {subject: One, body: One}
  m2: {subject: Two, body: Two}
audiences: {core: orders >= 3}
flows:
"""


def _bundle(flows: str, *, allow_lossy: bool = False, head: str = HEAD) -> ExportBundle:
    graph = graph_of(read_text(head + flows))
    bundle, findings = all_targets()["klaviyo"].export(graph, allow_lossy=allow_lossy)
    assert bundle is not None, [one.message for one in findings]
    return bundle


def _flow(bundle: ExportBundle, name: str = "f") -> dict[str, Any]:
    (found,) = [one for one in bundle.requests if one.id == f"flow.{name}"]
    definition: dict[str, Any] = found.payload["data"]["attributes"]["definition"]
    return definition


def _ids(definition: dict[str, Any]) -> list[str]:
    return [one["temporary_id"] for one in definition["actions"]]


def test_the_third_view_enters_although_the_first_was_turned_away() -> None:
    flow = _flow(
        _bundle(
            "  f: {trigger: {event: product_browsed, at_least: 3, within: 1d},"
            " entry: {again_after: 30d}, steps: [{send: m1}]}\n"
        )
    )
    assert flow["reentry_criteria"] == {"duration": 0, "unit": "alltime"}
    gate, mark, _ = flow["actions"]
    # The count, and that the last entry is long enough ago.
    assert len(gate["data"]["profile_filter"]["condition_groups"]) == 2
    assert gate["links"] == {"next_if_true": "trigger~entered", "next_if_false": None}
    (operation,) = mark["data"]["profile_operations"]
    assert operation["property_key"] == "playbook_entered: f"
    assert operation["property_value"] == "today"


def test_an_entry_that_nothing_gates_is_klaviyos_own() -> None:
    flow = _flow(
        _bundle("  f: {trigger: sign_up, entry: {again_after: 30d}, steps: [{send: m1}]}\n")
    )
    assert flow["reentry_criteria"] == {"duration": 30, "unit": "day"}
    assert _ids(flow) == ["send-m1"]


def test_every_order_starts_the_time_after_which_goods_are_used_up() -> None:
    bundle = _bundle("  f: {trigger: {replenishment: 30d}, steps: [{send: m1}]}\n")
    flow = _flow(bundle)
    assert flow["reentry_criteria"] == {"duration": 0, "unit": "alltime"}
    assert _ids(flow)[0] == "trigger~wait"
    assert flow["profile_filter"] is not None  # another order ends the run


def test_a_wait_counts_since_the_action_before_it() -> None:
    flow = _flow(
        _bundle(
            "  f: {trigger: sign_up, steps: [{send: m1}, {wait: 2d},"
            " {wait: {until: link_clicked, at_most: 5d}, timed_out: [{send: m2}]}]}\n"
        )
    )
    (split,) = [one for one in flow["actions"] if one["type"] == "conditional-split"]
    test = split["data"]["profile_filter"]["condition_groups"][0]["conditions"][0]
    assert test["timeframe_filter"]["quantity"] == 7


@pytest.mark.parametrize("exits", ["[]", "[unsubscribed]"])
def test_a_cart_that_became_an_order_gets_no_mail(exits: str) -> None:
    flow = _flow(
        _bundle(f"  f: {{trigger: cart_abandoned, exit_on: {exits}, steps: [{{send: m1}}]}}\n")
    )
    assert flow["entry_action_id"] == "trigger~abandoned"
    by_id = {one["temporary_id"]: one for one in flow["actions"]}
    assert by_id["trigger~abandoned"]["links"]["next"] == "trigger~ordered"
    assert by_id["trigger~ordered"]["links"]["next_if_true"] is None


@pytest.mark.parametrize(
    ("shares", "kept"),
    [
        ({"big": "99.6%", "small": "0.4%"}, "big"),
        ({"small": "0.4%", "big": "99.6%"}, "big"),
        ({"one": "50%", "two": "49.8%", "small": "0.2%"}, "two"),
    ],
)
def test_the_arm_that_is_lost_is_the_small_one(shares: dict[str, str], kept: str) -> None:
    said = {name: "m2" if name == "small" else "m1" for name in shares}
    arms = ", ".join(
        f"{name}: {{share: {share}, steps: [{{id: s-{name}, send: {said[name]}}}]}}"
        for name, share in shares.items()
    )
    bundle = _bundle(
        f"  f: {{trigger: sign_up, steps: [{{split: test, variants: {{{arms}}}}}]}}\n",
        allow_lossy=True,
    )
    sent = [one for one in _ids(_flow(bundle)) if one.startswith("s-")]
    assert f"s-{kept}" in sent
    assert "s-small" not in sent
    entries = {(one.construct, one.id): one for one in bundle.lowering.entries}
    assert entries["step.send", f"f/s-{kept}"].support is Support.EXACT
    assert entries["step.send", "f/s-small"].support is Support.DROPPED
    assert entries["message.body", "m2"].support is Support.DROPPED
    assert not [one for one in bundle.requests if one.id == "template.m2"]


def test_a_loss_in_one_part_takes_the_rest_along_no_more() -> None:
    bundle = _bundle(
        "  f: {trigger: sign_up,"
        " steps: [{call: {url: 'https://crm.leaf.example/x', method: PUT}}]}\n",
        allow_lossy=True,
    )
    (entry,) = [one for one in bundle.lowering.entries if one.construct == "step.call"]
    assert entry.support is Support.APPROXIMATED
    assert "POST" in entry.how


def test_a_list_for_advertisements_leaves_out_who_is_held_out() -> None:
    head = HEAD.replace("{consent: {email: opt-in}}", "{holdout: 10%}")
    flow = _flow(
        _bundle("  f: {trigger: {enters: core}, steps: [{audience: {add: ads}}]}\n", head=head)
    )
    assert "trigger~holdout-held" in _ids(flow)


def test_only_events_that_meet_the_filter_are_counted() -> None:
    flow = _flow(
        _bundle(
            "  f: {trigger: {event: product_browsed, where: trigger.product.sku = tea,"
            " at_least: 3, within: 1d}, entry: always, steps: [{send: m1}]}\n"
        )
    )
    test = flow["actions"][0]["data"]["profile_filter"]["condition_groups"][0]["conditions"][0]
    assert test["metric_filters"] == [
        {"property": "SKU", "filter": {"type": "existence", "operator": "is-set"}},
        {"property": "SKU", "filter": {"type": "string", "operator": "equals", "value": "tea"}},
    ]
