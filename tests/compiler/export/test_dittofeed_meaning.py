"""Where the language means more than a name tells: what journeys do about it, what reports say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contracts.dittofeed_exports import bundle_of

from playbook_compiler.export.bundle import Entry, ExportBundle
from playbook_compiler.export.capability import Support

DAY = 86_400
_HEAD = """
playbook: 1
name: p
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}
guardrails: {consent: {email: opt-in}MORE}
audiences: {buyers: orders > 2, core: audience(buyers) or orders = 0}
messages:
  hello: {subject: Hello, body: Tea}
  receipt: {kind: transactional, subject: Receipt, body: Thanks}
flows:
  f:
"""
QUIET = ", quiet_hours: {from: 21:00, to: 08:00}"
HOLDOUT = ", holdout: 10%"


class Exported:
    """The export of a playbook of one flow, and how to look at it."""

    def __init__(self, bundle: ExportBundle) -> None:
        self.bundle = bundle
        self.payloads = {one.uuid: one.payload for one in bundle.requests}
        journey = next(one for one in bundle.requests if one.kind == "journey")
        self.definition: dict[str, Any] = journey.payload["definition"]
        self.nodes = {node["id"]: node for node in self.definition["nodes"]}

    def segment(self, node: str) -> dict[str, Any]:
        """Return the definition of the segment that a split asks."""
        found: dict[str, Any] = self.payloads[self.nodes[node]["variant"]["segment"]]["definition"]
        return found

    def tests(self, node: str) -> list[dict[str, Any]]:
        """Return the tests of the segment that a split asks."""
        definition = self.segment(node)
        return [one for one in (definition["entryNode"], *definition["nodes"]) if "event" in one]

    def told(self, construct: str) -> Entry:
        """Return what the report says of a construct that the playbook has once."""
        (found,) = [one for one in self.bundle.lowering.entries if one.construct == construct]
        return found


def _export(folder: Path, flow: str, more: str = "") -> Exported:
    file = folder / "playbook.yaml"
    file.write_text(_HEAD.replace("MORE", more) + flow, encoding="utf-8")
    return Exported(bundle_of(file))


def _counted(folder: Path, where: str) -> tuple[Any, Entry]:
    trigger = f"{{event: product_browsed, where: {where}, at_least: 3, within: 1d}}"
    found = _export(folder, f"    trigger: {trigger}\n    steps: [{{send: hello}}]\n")
    counts = [
        test
        for id_ in found.nodes
        if id_.startswith("trigger~audience")
        for test in found.tests(id_)
        if test.get("times") == 3
    ]
    return counts[0].get("properties"), found.told("trigger.event.at_least")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (
            "trigger.product.category = tea and orders = 0",
            [("product.category", {"type": "Equals", "value": "tea"})],
        ),
        (
            "trigger.product.category != tea",
            [
                ("product.category", {"type": "Exists"}),
                ("product.category", {"type": "NotEquals", "value": "tea"}),
            ],
        ),
        (
            "trigger.product.sku is known",
            [("product.sku", {"type": "Exists"})],
        ),
    ],
)
def test_a_count_takes_the_events_that_meet_where(
    tmp_path: Path, where: str, expected: list[tuple[str, dict[str, str]]]
) -> None:
    properties, told = _counted(tmp_path, where)
    assert [(one["path"], one["operator"]) for one in properties] == expected
    assert "events that do not meet" not in told.how


def test_a_count_that_cannot_be_filtered_says_so(tmp_path: Path) -> None:
    where = "trigger.product.category = tea or trigger.product.sku = pot"
    properties, told = _counted(tmp_path, where)
    assert properties is None
    assert told.support is Support.APPROXIMATED
    assert "events that do not meet all of `where` count, too" in told.how


def test_who_lapsed_before_the_start_is_told_to_stay_out(tmp_path: Path) -> None:
    flow = "    trigger: {inactive_for: 90d}\n    existing: EXISTING\n    steps: [{send: hello}]\n"
    spread = _export(tmp_path, flow.replace("EXISTING", "{over: 14d}")).told("flow.existing")
    assert spread.support is Support.DROPPED
    assert "one day wide" in spread.how and "nobody from before comes in" in spread.how
    skipped = _export(tmp_path, flow.replace("EXISTING", "skip")).told("flow.existing")
    assert skipped.support is Support.APPROXIMATED
    assert "those of the last day" in skipped.how


def test_a_click_of_the_last_day_starts_a_journey_at_once(tmp_path: Path) -> None:
    flow = "    trigger: link_clicked\n    existing: skip\n    steps: [{send: hello}]\n"
    told = _export(tmp_path, flow).told("flow.existing")
    assert told.support is Support.APPROXIMATED and "those of the last day" in told.how


def _looks_back(folder: Path, trigger: str, exit_on: str) -> list[int]:
    flow = f"""    trigger: {trigger}
    exit_on: [{exit_on}]
    steps: [{{send: hello}}, {{wait: 3d}}, {{id: last, send: hello}}]
"""
    found = _export(folder, flow, QUIET)
    return [
        found.tests(id_)[0]["withinSeconds"] for id_ in found.nodes if id_.endswith("last~exit")
    ]


@pytest.mark.parametrize(
    ("trigger", "exit_on", "days"),
    [
        # Held to the end of the quiet hours after three days, up to a day longer,
        ("order_placed", "link_clicked", 4),
        ("order_placed", "order_returned", 4),
        # and in front of the first step, where a segment starts the flow.
        ("{enters: buyers}", "unsubscribed", 5),
        # What brought the customer in may not end the run.
        ("order_placed", "order_placed", 3),
        ("{enters: buyers}", "order_placed", 3),
        ("order_delivered", "order_placed", 3),
    ],
)
def test_holds_count_for_the_exits_that_do_not_bring_customers_in(
    tmp_path: Path, trigger: str, exit_on: str, days: int
) -> None:
    assert _looks_back(tmp_path, trigger, exit_on) == [days * DAY]


def test_the_second_message_of_a_ladder_looks_back_over_its_wait(tmp_path: Path) -> None:
    flow = """    trigger: sign_up
    exit_on: [order_placed]
    steps: [{id: a, send: [hello, receipt], reached: opened within 2d}]
"""
    found = _export(tmp_path, flow)
    assert [one["withinSeconds"] for one in found.tests("a~2~exit")] == [2 * DAY]


def test_the_minutes_before_the_first_step_are_in_the_report(tmp_path: Path) -> None:
    flow = "    trigger: sign_up\n    audience: orders = 0\n    steps: [{send: hello}]\n"
    asked = _export(tmp_path, flow)
    assert asked.nodes["trigger~ready"]["variant"]["seconds"] == 300
    assert asked.told("trigger.event").support is Support.APPROXIMATED
    assert "after 5 minutes" in asked.told("trigger.event").how
    bare = _export(tmp_path, "    trigger: sign_up\n    steps: [{send: hello}]\n")
    assert "trigger~ready" not in bare.nodes
    assert bare.told("trigger.event").support is Support.EXACT


_BRANCH = """    trigger: {inactive_for: 90d}
    steps:
      - id: b
        branch:
NEW          - {if: orders > 5, then: [{id: many, send: hello}]}
          - {if: revenue > 50, then: [{id: rich, send: hello}]}
"""


def test_a_case_in_front_of_others_leaves_their_segments_alone(tmp_path: Path) -> None:
    new = "          - {if: country = DE, then: [{id: near, send: hello}]}\n"
    before = _export(tmp_path, _BRANCH.replace("NEW", ""))
    after = _export(tmp_path, _BRANCH.replace("NEW", new))

    def asked(found: Exported) -> dict[str, str]:
        """Return the segments of the cases by their conditions."""
        splits = [node for node in found.nodes.values() if node["type"] == "SegmentSplitNode"]
        return {one["name"]: one["variant"]["segment"] for one in splits}

    assert asked(before).items() < asked(after).items()
    for segment in asked(before).values():
        assert before.payloads[segment] == after.payloads[segment]


def test_two_cases_that_ask_the_same_have_two_segments(tmp_path: Path) -> None:
    new = "          - {if: revenue > 50, then: [{id: near, send: receipt}]}\n"
    found = _export(tmp_path, _BRANCH.replace("NEW", new))
    splits = [node for id_, node in found.nodes.items() if id_ in ("b", "b~case-2", "b~case-3")]
    assert len({one["variant"]["segment"] for one in splits}) == 3


def test_an_audience_is_in_the_report_once(tmp_path: Path) -> None:
    flow = """    trigger: {enters: core}
    steps: [{if: audience(core) and audience(buyers), then: [{send: hello}]}]
"""
    entries = _export(tmp_path, flow).bundle.lowering.entries
    told = [one.id for one in entries if one.construct == "audience.where"]
    assert sorted(told) == ["buyers", "core"]


_ACTIONS = """
      - {id: given, grant: {credit: 5.00}}
      - {id: told, task: Call the customer}
      - {id: asked, call: CRM_HOOK}
      - {id: kept, audience: {add: ads}}
"""


def test_what_is_no_message_is_held_back_from_the_holdout_too(tmp_path: Path) -> None:
    found = _export(tmp_path, f"    trigger: sign_up\n    steps:{_ACTIONS}", HOLDOUT)
    assert found.nodes["trigger~holdout"]["variant"]["trueChild"] == "ExitNode"


def test_what_is_known_of_those_held_out_is_changed_all_the_same(tmp_path: Path) -> None:
    steps = f"{_ACTIONS}      - {{id: noted, update: {{tag: warm}}}}\n"
    found = _export(tmp_path, f"    trigger: sign_up\n    steps:{steps}", HOLDOUT)
    assert "trigger~holdout" not in found.nodes and "noted~holdout" not in found.nodes
    order = ["given", "told", "asked", "kept", "noted"]
    for step, following in zip(order, [*order[1:], ""], strict=True):
        if step != "noted":
            split = found.nodes[f"{step}~holdout"]["variant"]
            assert split["falseChild"] == step
            assert split["trueChild"] in (f"{following}~holdout", following)


def test_a_wait_for_a_shipping_event_says_whose_order_it_means(tmp_path: Path) -> None:
    flow = """    trigger: order_placed
    exit_on: [order_returned]
    steps:
      - wait: {until: EVENT, at_most: 10d}
      - send: hello
"""
    told = _export(tmp_path, flow.replace("EVENT", "order_delivered")).told("step.wait.event")
    assert "of any order of the customer counts" in told.how
    other = _export(tmp_path, flow.replace("EVENT", "product_browsed")).told("step.wait.event")
    assert "any order" not in other.how
