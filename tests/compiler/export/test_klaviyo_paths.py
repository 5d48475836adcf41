"""Every way a run can take through a flow, it can take through Klaviyo's, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.exports import CASES, SHIPPED, bundle_of, graph_of

from playbook_compiler.graph import EMITS, STARTS, Node, TriggerGraph
from playbook_compiler.steps import Send
from playbook_compiler.targets.klaviyo.graph_checks import targets_of

DONE = ("send", "task", "update", "audience", "call")
ACTIONS = (
    *("send-email", "send-sms", "send-mobile-push", "send-internal-alert"),
    *("update-profile", "send-webhook"),
)
# Those of the shipped playbooks that Klaviyo can say whole.
WHOLE = [SHIPPED / "growth.yaml", SHIPPED / "startup.yaml"]
PLAYBOOKS = [CASES / "everything" / "playbook.yaml", *WHOLE]


def _graph_paths(graph: TriggerGraph, node_id: str) -> Iterator[tuple[str, ...]]:
    """Return what is done on each way from a node to the end, as step ids."""
    node = graph.nodes[node_id]
    edges = [edge for edge in graph.out(node_id) if edge.way not in (STARTS, EMITS)]
    for here in _done(node):
        if not edges:
            yield here
        for edge in edges:
            for rest in _graph_paths(graph, edge.target):
                yield here + rest


def _done(node: Node) -> list[tuple[str, ...]]:
    """Return what may be done at a node: of a ladder its first messages, of a rotation one."""
    id_ = node.step_id
    if not isinstance(node.what, Send) or node.what.send.order == "one":
        return [(id_,) if node.kind in DONE else ()]
    count = len(node.what.send.messages)
    if node.what.send.order == "rotation":
        return [(f"{id_}~{number}",) for number in range(1, count + 1)]
    ladder = (id_, *(f"{id_}~{number}" for number in range(2, count + 1)))
    return [ladder[:number] for number in range(1, count + 1)]


def _action_paths(actions: dict[str, Any], entry: str | None) -> Iterator[tuple[str, ...]]:
    if entry is None:
        yield ()
        return
    action = actions[entry]
    own = entry.startswith("trigger~") or entry.endswith("~turn")
    here = (entry,) if action["type"] in ACTIONS and not own else ()
    for target in targets_of(action):
        for rest in _action_paths(actions, target):
            yield here + rest


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_ways_through_a_flow_are_the_playbooks(path: Path) -> None:
    graph, bundle = graph_of(path), bundle_of(path)
    flows = {one.name: one.payload for one in bundle.requests if one.kind == "flow"}
    assert sorted(flows) == sorted(graph.playbook.flows)
    for name, payload in flows.items():
        definition = payload["data"]["attributes"]["definition"]
        actions = {action["temporary_id"]: action for action in definition["actions"]}
        meant = set(_graph_paths(graph, f"{name}/trigger"))
        found = set(_action_paths(actions, definition["entry_action_id"]))
        # Whoever is turned away at the entry, or held out, is done nothing to.
        assert found | {()} == meant | {()}, name


def test_a_wait_of_nothing_and_an_exit_make_no_action(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(
        "playbook: 1\nname: leaf\ncurrency: EUR\ntimezone: Europe/Berlin\n"
        "sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}\n"
        "messages: {m: {subject: Tea, body: Tea}}\n"
        "flows:\n  f:\n    trigger: sign_up\n"
        "    steps: [{wait: 0d}, {send: m}, {if: orders >= 1, then: [exit], else: [{wait: 2w}]}]\n",
        encoding="utf-8",
    )
    (flow,) = [one for one in bundle_of(tmp_path).requests if one.kind == "flow"]
    actions = flow.payload["data"]["attributes"]["definition"]["actions"]
    assert [action["type"] for action in actions] == [
        "send-email",
        "conditional-split",
        "time-delay",
    ]
    assert actions[1]["links"]["next_if_true"] is None
    # Klaviyo has no weeks, and without quiet hours nothing is held.
    assert actions[2]["data"] == {"unit": "days", "value": 14, "timezone": "profile"}
