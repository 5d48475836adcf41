"""What runs do in a journey: the way that splits send them, and the time that exits look back."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compiler.export.dittofeed_user import User, is_in
from tests.contracts.dittofeed_exports import bundle_of

from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.logic import Formula, Tree, all_of, any_of
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.body import Body
from playbook_compiler.targets.dittofeed.capabilities import CAPABILITIES
from playbook_compiler.targets.dittofeed.graph_checks import check_payload
from playbook_compiler.targets.dittofeed.scope import Needs, Scope
from playbook_compiler.targets.dittofeed.state import Export

DAY = 86_400
_HEAD = """
playbook: 1
name: p
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1}
guardrails: {consent: {email: opt-in}QUIET}
audiences: {buyers: orders > 2}
messages: {hello: {subject: Hello, body: Tea}}
flows:
  f:
"""
_LEAVES = [
    tests.performed("order_placed", 2),
    tests.one_of("gender", "f", ("f", "m")),
    tests.keyed("order_placed", "order.id", [("order.total", tests.at_least(10))]),
    tests.keyed("order_placed", "order.id", [("product.sku", tests.equals("pot"))]),
]
_FORMULAS = st.sampled_from([*_LEAVES, *(one.opposite() for one in _LEAVES)])


def _trees(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    lists = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(lists.map(all_of), lists.map(any_of))


_USERS = st.builds(
    User,
    orders=st.sampled_from([(), (1.0,), (1.0, 2.0)]),
    traits=st.sampled_from([{}, {"gender": "f"}, {"gender": "m"}]),
    trigger=st.sampled_from(
        [{}, {"order.total": 9}, {"order.total": 40, "product.sku": "pot"}, {"product.sku": "pot"}]
    ),
)


def _body() -> Body:
    nothing: Any = None
    lowering = Lowering("Dittofeed", CAPABILITIES, allow_lossy=False)
    flow: Any = SimpleNamespace(id="f")
    scope = Scope(nothing, lowering, "f", Needs(), "order_placed", "order.id")
    return Body(
        Export(nothing, lowering),
        flow,
        scope,
        "ExitNode",
        by_event=True,
        held_out_here=False,
        held_out=False,
        hold_until=None,
    )


def _says(user: User, tree: Tree) -> bool:
    if not hasattr(tree, "parts"):
        return is_in(user, {"entryNode": {"id": "0", **tree.test}, "nodes": []})
    passed = [_says(user, part) for part in tree.parts]
    return all(passed) if type(tree).__name__ == "All" else any(passed)


@given(st.recursive(_FORMULAS.map(lambda one: one.yes), _trees, max_leaves=6), _USERS)
def test_splits_send_everybody_the_way_of_the_condition(tree: Tree, user: User) -> None:
    body = _body()
    made, here = body.decide("if", "asked", tree, "YES", "NO")
    nodes = {node["id"]: node for node in made}
    assert len(nodes) == len(made)
    segments = {
        stable_uuid("dittofeed", "segment", name): definition
        for name, definition in body.export.segments.items()
    }
    for _ in made:
        if here in nodes:
            variant = nodes[here]["variant"]
            passed = is_in(user, segments[variant["segment"]])
            here = variant["trueChild"] if passed else variant["falseChild"]
    assert here == ("YES" if _says(user, tree) else "NO")


def test_a_keyed_test_stands_alone_in_its_segment() -> None:
    body = _body()
    keyed, plain = _LEAVES[2], _LEAVES[0]
    tree = all_of([plain.yes, any_of([keyed.yes, _LEAVES[1].yes])])
    body.decide("if", "asked", tree, "YES", "NO")
    for name, definition in body.export.segments.items():
        payload = {
            "id": stable_uuid("dittofeed", "segment", name),
            "workspaceId": "w",
            "name": name,
            "definition": definition,
        }
        assert check_payload("segment", payload) == []


def _looks_back(tmp_path: Path, text: str, quiet: str = "") -> list[int]:
    """Return how far back the exits of a flow look, in seconds, in their order."""
    file = tmp_path / "playbook.yaml"
    file.write_text(_HEAD.replace("QUIET", quiet) + text, encoding="utf-8")
    requests = {one.uuid: one for one in bundle_of(file).requests}
    journey = next(one for one in requests.values() if one.kind == "journey")
    return [
        requests[node["variant"]["segment"]].payload["definition"]["entryNode"]["withinSeconds"]
        for node in journey.payload["definition"]["nodes"]
        if node["id"].endswith("~exit")
    ]


_STEPS = """
    exit_on: order_placed
    steps: [{send: hello}, {wait: 3d}, {id: second, send: hello}, {wait: 12h}, {id: c, send: hello}]
"""
_QUIET = ", quiet_hours: {from: 21:00, to: 08:00}"


@pytest.mark.parametrize(
    ("trigger", "quiet", "expected"),
    [
        ("sign_up", "", [3 * DAY, 3.5 * DAY]),
        # A hold of up to a day after the wait in days counts,
        ("sign_up", _QUIET, [4 * DAY, 4.5 * DAY]),
        # one in front of the first step, too,
        ("{inactive_for: 90d}", _QUIET, [DAY, 5 * DAY, 5.5 * DAY]),
        # but not where the order that brings a customer in would end the run.
        ("{enters: buyers}", _QUIET, [3 * DAY, 3.5 * DAY]),
        ("order_delivered", _QUIET, [3 * DAY, 3.5 * DAY]),
    ],
)
def test_exits_look_back_as_far_as_a_run_can_have_lasted(
    tmp_path: Path, trigger: str, quiet: str, expected: list[float]
) -> None:
    assert _looks_back(tmp_path, f"    trigger: {trigger}{_STEPS}", quiet) == expected


def test_a_formula_and_its_opposite_never_agree() -> None:
    for user in (User(), User(orders=(1.0, 2.0), traits={"gender": "f"})):
        for formula in _LEAVES:
            assert isinstance(formula, Formula)
            assert _says(user, formula.yes) is not _says(user, formula.no)
