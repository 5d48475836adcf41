"""A Playbook to its graph: the ways that a run can go."""

from __future__ import annotations

from pathlib import Path

from tests.compiler.playbooks import HEAD, MESSAGES, graph
from tests.compiler.test_step_ids import HEADER, STEPS

from playbook_compiler.graph import STARTS, TriggerGraph


def ways(graph: TriggerGraph, node: str) -> list[tuple[str, str, str]]:
    edges = (*graph.out(node), *graph.across(node))
    return [(edge.way, edge.name, edge.target.partition("/")[2]) for edge in edges]


def test_every_way_out_of_a_step_is_an_edge(tmp_path: Path) -> None:
    lowered = graph(tmp_path, HEADER + STEPS)
    assert ways(lowered, "it/trigger") == [("next", "", "send-hello")]
    assert ways(lowered, "it/coupon-test") == [
        ("variant", "coupon", "coupon-test.coupon.send-hello"),
        ("variant", "plain", "coupon-test.plain.send-hello"),
    ]
    assert ways(lowered, "it/coupon-test.plain.send-hello") == [
        ("next", "", "wait-for-link-clicked")
    ]
    assert ways(lowered, "it/coupon-test.coupon.exit") == [("next", "", "end")]
    assert ways(lowered, "it/wait-for-link-clicked") == [
        ("happened", "", "wait-for-link-clicked.happened.exit"),
        ("timed-out", "", "wait-for-link-clicked.timed-out.send-again"),
    ]
    assert ways(lowered, "it/if-orders-at-least-2-and-audience-core") == [
        ("yes", "", "if-orders-at-least-2-and-audience-core.then.task-call-the-customer"),
        ("no", "", "greet"),
    ]
    assert ways(lowered, "it/greet") == [("next", "", "branch")]
    assert ways(lowered, "it/branch") == [
        ("case", "1", "branch.if-orders-over-5.send-hello"),
        ("case", "2", "wait-before-end"),
        ("no", "", "wait-before-end"),
    ]
    assert ways(lowered, "it/wait-before-end") == [("next", "", "end")]
    assert ways(lowered, "it/end") == []


def test_a_flow_without_steps_ends_at_once(tmp_path: Path) -> None:
    lowered = graph(tmp_path, f"{HEAD}flows: {{it: {{trigger: sign_up, steps: []}}}}\n")
    assert ways(lowered, "it/trigger") == [("next", "", "end")]


def test_steps_after_an_exit_stay_and_nothing_leads_to_them(tmp_path: Path) -> None:
    lowered = graph(tmp_path, f"{HEADER}    steps: [exit, send: hello]\n")
    assert "it/send-hello" in lowered.nodes
    assert all(edge.target != "it/send-hello" for edge in lowered.edges)


def test_starting_a_flow_ties_the_two_together(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{MESSAGES}flows:\n"
        "  a: {trigger: sign_up, steps: [start: b]}\n"
        "  b: {trigger: order_placed, steps: [send: hello]}\n"
    )
    lowered = graph(tmp_path, text)
    assert ways(lowered, "a/start-b") == [("next", "", "end"), (STARTS, "", "trigger")]


def test_nodes_stand_in_the_order_of_flows_trigger_first_end_last(tmp_path: Path) -> None:
    text = (
        f"{HEAD}{MESSAGES}flows:\n"
        "  z: {trigger: sign_up, steps: [send: hello]}\n"
        "  a: {trigger: sign_up, steps: [send: again]}\n"
    )
    lowered = graph(tmp_path, text)
    assert [node.flow for node in lowered.nodes.values()] == ["a"] * 3 + ["z"] * 3
    assert [node.kind for node in lowered.of_flow("z")] == ["trigger", "send", "end"]
    assert lowered.nodes["a/send-again"].origin.span().line == 10
