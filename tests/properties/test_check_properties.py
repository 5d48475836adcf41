"""What the checks rest on: circles are found as networkx finds them, and no condition that can be
true is called impossible because of the audiences in it."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.test_conditions_properties import PEOPLE, TREES, Person

from playbook_compiler.checks._conditions import Meanings
from playbook_compiler.condition_evaluation import evaluate
from playbook_compiler.conditions import Condition, InAudience, Not, all_of, any_of
from playbook_compiler.conditions_analysis import contradictions, is_impossible
from playbook_compiler.cycles import cycles, shortest_round

NODES = st.sampled_from("abcdefg")
GRAPHS = st.dictionaries(NODES, st.lists(NODES, unique=True, max_size=4), max_size=7)


@given(GRAPHS)
def test_cycles_are_the_strong_components_of_networkx(ways: dict[str, list[str]]) -> None:
    graph = nx.DiGraph(ways)
    expected = sorted(
        tuple(sorted(component))
        for component in nx.strongly_connected_components(graph)
        if len(component) > 1 or graph.has_edge(*(list(component) * 2))
    )
    assert cycles(ways) == expected
    for component in expected:
        around = shortest_round(ways, component[0])
        assert around[0] == component[0]
        assert set(around) <= set(component)
        assert all(b in ways[a] for a, b in zip(around, (*around[1:], around[0]), strict=True))
        assert len(around) == min(len(one) for one in _rounds(graph, component[0]))


def _rounds(graph: nx.DiGraph, start: str) -> list[list[str]]:
    return [one for one in nx.simple_cycles(graph) if start in one]


def test_a_long_chain_is_no_matter() -> None:
    chain = {f"n{i:05}": [f"n{i + 1:05}"] for i in range(20_000)}
    assert cycles(chain) == []
    assert len(cycles({**chain, "n20000": ["n00000"]})[0]) == 20_001


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_what_is_impossible_has_a_reason(condition: Condition) -> None:
    if is_impossible(condition):
        assert contradictions(condition)


class Member(Person):
    """A customer who belongs to the audience `core` when he meets its condition."""

    def __init__(self, person: Person, core: Condition) -> None:
        super().__init__(person.values)
        self.core = core

    def in_audience(self, audience: str) -> bool:
        return evaluate(self.core, self) is True


CORE = InAudience("core")
BESIDE_CORE = st.recursive(
    TREES | st.just(CORE) | st.just(Not(CORE)),
    lambda parts: st.one_of(
        parts.map(Not),
        st.lists(parts, min_size=2, max_size=3).map(all_of),
        st.lists(parts, min_size=2, max_size=3).map(any_of),
    ),
    max_leaves=6,
)


@given(BESIDE_CORE, TREES, PEOPLE)
@settings(max_examples=200, deadline=None)
def test_told_out_audiences_never_make_a_true_condition_impossible(
    condition: Condition, core: Condition, person: Person
) -> None:
    if evaluate(condition, Member(person, core)) is True:
        assert not is_impossible(Meanings({"core": core}).of(condition))
