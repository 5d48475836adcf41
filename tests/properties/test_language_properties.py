"""Whatever can be said is printed as it is read, and compiled whole: over generated playbooks in
which every construct of the language stands."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

import networkx as nx
from hypothesis import given, settings
from tests.properties.language_strategies import PLAYBOOKS, Made, made
from tests.properties.language_texts import as_json, graph_of, read_text
from tests.properties.test_plan_properties import all_steps

from playbook_compiler.checks import flow_cycle, slow_cycle, unreachable_step
from playbook_compiler.conditions import Condition
from playbook_compiler.format import format_source
from playbook_compiler.graph import HAPPENED, TIMED_OUT, TriggerGraph
from playbook_compiler.kinds import Custom, ListOf, MapOf, Scalar
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.plan import digest_of
from playbook_compiler.printing import print_playbook
from playbook_compiler.products import Product
from playbook_compiler.programmes import Reward
from playbook_compiler.reading import Kind
from playbook_compiler.records import OneOf, RecordOf, keys_of
from playbook_compiler.rights import Right
from playbook_compiler.source import SourceFile
from playbook_compiler.steps import Wait
from playbook_compiler.units import Duration

EXAMPLES = 300


def constructs(kind: Kind, seen: set[int]) -> Iterator[tuple[str, str]]:
    """Yield what can be written for a kind: keys of records, kinds of step, ways, scalars."""
    if id(kind) in seen:
        return
    seen.add(id(kind))
    inner: list[Kind] = []
    match kind:
        case Scalar(name=name):
            yield "scalar", name
        case RecordOf(record=record):
            yield from ((record.__name__, name) for name in keys_of(record))
            inner = [entry.metadata["kind"] for entry in keys_of(record).values()]
        case OneOf(noun=noun, records=records):
            yield from ((noun, name) for name in records())
            inner = [RecordOf(record, noun) for record in records().values()]
        case Custom(says=says, alternatives=alternatives):
            if type(kind).__name__ != "_Margin":
                yield from ((says, str(number)) for number in range(len(alternatives)))
            inner = [one for _, one in alternatives]
        case ListOf(item=item) | MapOf(value=item):
            inner = [item]
    for one in inner:
        yield from constructs(one, seen)


def everything() -> set[tuple[str, str]]:
    found = set(constructs(RecordOf(Playbook, "a playbook"), set()))
    for record in (Right, Reward, Product, Flow):
        found |= set(constructs(RecordOf(record, "a record"), set()))
    found |= {("condition", kind.__name__) for kind in get_args(Condition)}
    found |= {("change", deed) for deed in ("tag", "untag", "suppress", "field")}
    # Files to join and tactics are no part of one playbook of one file.
    return found - {("Playbook", "include"), ("Playbook", "use")}


def test_every_construct_of_the_language_is_generated() -> None:
    seen: set[tuple[str, str]] = set()
    for seed in range(EXAMPLES):
        seen |= made(seed, size=1 + seed % 4, fill=(0.3, 0.6, 1.0)[seed % 3]).seen
    assert everything() - seen == set()


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS)
def test_a_printed_playbook_is_read_as_the_same(one: Made) -> None:
    whole = read_text(as_json(one.data))
    for full in (False, True):
        text = print_playbook(whole, full=full)
        again = read_text(text)
        assert again == whole
        assert digest_of(graph_of(again)) == digest_of(graph_of(whole))
        assert print_playbook(again, full=full) == text
        assert format_source(SourceFile("playbook.yaml", text)) == (text, [])


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS)
def test_lowering_keeps_every_step_and_every_way_leads_on(one: Made) -> None:
    graph = graph_of(read_text(as_json(one.data)))
    for name, flow in graph.playbook.flows.items():
        kept = [node.step_id for node in graph.of_flow(name)]
        assert kept == ["trigger", *(step.id for step in all_steps(flow.steps)), "end"]
        inner = nx.DiGraph()
        inner.add_nodes_from(node.id for node in graph.of_flow(name))
        inner.add_edges_from(
            (edge.source, edge.target)
            for node in graph.of_flow(name)
            for edge in graph.out(node.id)
        )
        assert nx.is_directed_acyclic_graph(inner)
        assert set(inner) == {node.id for node in graph.of_flow(name)}
        assert all(bool(inner.out_degree(node)) is not node.endswith("/end") for node in inner)
    for edge in graph.edges:
        assert edge.source in graph.nodes
        assert edge.target in graph.nodes


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS)
def test_what_no_run_gets_to_is_named(one: Made) -> None:
    graph = graph_of(read_text(as_json(one.data)))
    named = {found.span for found in unreachable_step.check(graph)}
    for flow in graph.playbook.flows:
        nodes = graph.of_flow(flow)
        led_to = {edge.target for node in nodes for edge in graph.out(node.id)}
        for node in nodes[1:-1]:
            if node.id not in led_to:
                assert node.origin.key_span(node.kind) in named, node.id


def rings(graph: TriggerGraph, *, quick: bool) -> set[tuple[str, ...]]:
    """Return the circles of flows that run without people and without a limit on entry, found anew
    with networkx: by `start` and what the system makes happen, within a day or however long."""
    playbook = graph.playbook
    ways = nx.DiGraph()
    for name, flow in playbook.flows.items():
        if not flow.enabled:
            continue
        inner = nx.DiGraph()
        for node in graph.of_flow(name):
            for edge in graph.out(node.id):
                if edge.way != HAPPENED:
                    days = _days(node.what) if edge.way != HAPPENED else Decimal(0)
                    known = inner.get_edge_data(edge.source, edge.target)
                    inner.add_edge(
                        edge.source,
                        edge.target,
                        days=days if known is None else min(days, known["days"]),
                    )
        least = nx.single_source_dijkstra_path_length(inner, f"{name}/trigger", weight="days")
        for node_id, days in least.items():
            for edge in graph.across(node_id):
                target = graph.nodes[edge.target].flow
                if _again_at_once(playbook.flows[target]) and (days < 1 or not quick):
                    ways.add_edge(name, target)
    return {
        tuple(sorted(component))
        for component in nx.strongly_connected_components(ways)
        if len(component) > 1 or ways.has_edge(*list(component) * 2)
    }


def _days(what: Any) -> Decimal:
    if not isinstance(what, Wait):
        return Decimal(0)
    length = getattr(what.wait, "at_most", what.wait)
    return length.nominal_days if isinstance(length, Duration) else Decimal(0)


def _again_at_once(flow: Flow) -> bool:
    entry = flow.entry
    assert entry is not None
    limited = entry.again_after is not None and entry.again_after.nominal_days >= 1
    return flow.enabled and entry.rule != "once" and not limited


@settings(max_examples=60, derandomize=True)
@given(PLAYBOOKS)
def test_circles_of_flows_are_those_that_are_named(one: Made) -> None:
    graph = graph_of(read_text(as_json(one.data)))
    quick, slow = rings(graph, quick=True), rings(graph, quick=False)
    in_quick = {flow for ring in quick for flow in ring}
    told = [_path(found.message) for found in flow_cycle.check(graph)]
    assert sorted(_ring(path, quick) for path in told) == sorted(quick)
    told = [_path(found.message) for found in slow_cycle.check(graph)]
    slow = {ring for ring in slow if not in_quick & set(ring)}
    assert sorted(_ring(path, slow) for path in told) == sorted(slow)


def _path(message: str) -> list[str]:
    return message.rpartition(": ")[2].split(" -> ")


def _ring(path: list[str], found: set[tuple[str, ...]]) -> tuple[str, ...]:
    assert path[0] == path[-1]
    return next(ring for ring in found if set(path) <= set(ring))


def test_generated_playbooks_have_circles_and_lost_steps() -> None:
    # Else the two properties above would say nothing.
    graphs = [graph_of(read_text(as_json(made(seed, size=4, fill=0.6).data))) for seed in range(60)]
    assert any(rings(graph, quick=True) for graph in graphs)
    assert any(rings(graph, quick=False) - rings(graph, quick=True) for graph in graphs)
    assert any(list(unreachable_step.check(graph)) for graph in graphs)
    assert any(edge.way == TIMED_OUT for graph in graphs for edge in graph.edges)
