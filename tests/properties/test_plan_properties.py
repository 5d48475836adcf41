"""Properties of compiling, over generated playbooks."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from playbook_compiler.document import Data, Document
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.include import Sources
from playbook_compiler.lower import lower
from playbook_compiler.plan import plan_text
from playbook_compiler.resolve import resolve
from playbook_compiler.source import SourceFile
from playbook_compiler.steps import Step, children

MESSAGES = ("a", "b", "c")
SOURCE = SourceFile("playbook.yaml", "")
durations = st.sampled_from(["0d", "1d", "36h", "2w", "1mo", "1d 12h"])
EVENT = st.sampled_from(["link_clicked", "order_placed"])
conditions = st.sampled_from(
    ["orders > 2", "revenue > 20 and not audience(core)", "days_since_last_order > 30"]
)


def a_step(steps: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    some = st.lists(steps, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"if": conditions, "then": some}, optional={"else": some}),
        st.fixed_dictionaries(
            {
                "wait": st.fixed_dictionaries(
                    {"until": st.just("link_clicked"), "at_most": durations}
                )
            },
            optional={"happened": some, "timed_out": some},
        ),
        st.fixed_dictionaries(
            {
                "split": st.sampled_from(["s", "t"]),
                "variants": st.fixed_dictionaries(
                    {
                        "x": st.fixed_dictionaries({"share": st.just("40%"), "steps": some}),
                        "y": st.fixed_dictionaries({"share": st.just("60%"), "steps": some}),
                    }
                ),
            }
        ),
        st.fixed_dictionaries(
            {
                "branch": st.lists(
                    st.fixed_dictionaries({"if": conditions, "then": some}), min_size=1, max_size=3
                )
            }
        ),
    )


leaves: st.SearchStrategy[Data] = st.one_of(
    st.fixed_dictionaries({"send": st.sampled_from(MESSAGES)}),
    st.fixed_dictionaries({"wait": durations}),
    st.just("exit"),
)
step_lists = st.lists(st.recursive(leaves, a_step, max_leaves=12), max_size=5)
playbooks = st.dictionaries(
    st.sampled_from(["one", "two", "three"]),
    st.fixed_dictionaries({"trigger": st.just("sign_up"), "steps": step_lists}),
    max_size=3,
)


def with_ids(steps: Data, counter: list[int]) -> Data:
    """Return a list of steps with an id each, so that no two collide."""
    assert isinstance(steps, list)
    made: list[Data] = []
    for step in steps:
        counter[0] += 1
        own: dict[str, Data] = {"exit": "done"} if step == "exit" else {**_mapping(step)}
        own["id"] = f"n{counter[0]}"
        for way in ("then", "else", "happened", "timed_out"):
            if way in own:
                own[way] = with_ids(own[way], counter)
        if "variants" in own:
            arms = _mapping(own["variants"]).items()
            own["variants"] = {
                name: {**_mapping(arm), "steps": with_ids(_mapping(arm)["steps"], counter)}
                for name, arm in arms
            }
        if "branch" in own:
            cases = own["branch"]
            assert isinstance(cases, list)
            own["branch"] = [
                {**_mapping(case), "then": with_ids(_mapping(case)["then"], counter)}
                for case in cases
            ]
        made.append(own)
    return made


def _mapping(data: Data) -> dict[str, Data]:
    assert isinstance(data, dict)
    return data


def whole(flows: dict[str, dict[str, Data]]) -> dict[str, Data]:
    """Return a playbook with these flows, every step with an id."""
    return {
        "playbook": 1,
        "name": "shop",
        "currency": "EUR",
        "timezone": "UTC",
        "audiences": {"core": "orders > 3"},
        "messages": {name: {"body": name} for name in MESSAGES},
        "flows": {
            name: {**flow, "steps": with_ids(flow["steps"], [0])} for name, flow in flows.items()
        },
    }


def compiled(data: dict[str, Data]) -> TriggerGraph:
    document = Document(SOURCE, data, {})
    playbook, found = resolve(Sources(Path(), "", (document,), {}, (SOURCE,)))
    assert playbook is not None, found
    graph, _ = lower(playbook)
    assert graph is not None
    return graph


def shuffled(data: Data, order: random.Random) -> Data:
    """Return the same data with the keys of every mapping in another order."""
    if isinstance(data, dict):
        names = list(data)
        order.shuffle(names)
        return {name: shuffled(data[name], order) for name in names}
    return [shuffled(item, order) for item in data] if isinstance(data, list) else data


def all_steps(steps: tuple[Step, ...]) -> list[Step]:
    return [
        found
        for step in steps
        for found in (step, *(one for _, inner in children(step) for one in all_steps(inner)))
    ]


@settings(deadline=None, max_examples=60)
@given(playbooks, st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_byte(
    flows: dict[str, dict[str, Data]], order: random.Random
) -> None:
    data = whole(flows)
    assert plan_text(compiled(_mapping(shuffled(data, order)))) == plan_text(compiled(data))


@settings(deadline=None, max_examples=60)
@given(playbooks)
def test_lowering_keeps_every_step_once(flows: dict[str, dict[str, Data]]) -> None:
    graph = compiled(whole(flows))
    for name, flow in graph.playbook.flows.items():
        kept = [node.step_id for node in graph.of_flow(name)]
        assert kept == ["trigger", *(step.id for step in all_steps(flow.steps)), "end"]


@settings(deadline=None, max_examples=60)
@given(playbooks)
def test_every_way_leads_on_and_every_run_ends(flows: dict[str, dict[str, Data]]) -> None:
    graph = compiled(whole(flows))
    place = {node_id: index for index, node_id in enumerate(graph.nodes)}
    for edge in graph.edges:
        # Nodes stand in the order of steps: edges that only lead forward close no circle.
        assert place[edge.source] < place[edge.target]
        assert graph.nodes[edge.source].flow == graph.nodes[edge.target].flow
    for node in graph.nodes.values():
        assert bool(graph.out(node.id)) is (node.kind != "end")
