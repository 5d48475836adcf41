"""Store credit that a step grants: issued, used once, paid for by the shop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.statistics.twin.twin import Told, simulate_twin
from tests.statistics.worlds import small_world

from playbook_compiler.driver import compile_playbook
from playbook_compiler.graph import TriggerGraph
from playbook_runtime.credits import with_credits
from playbook_runtime.kernel.layout import WITH, World, world_column
from playbook_runtime.unsimulated import unsimulated

PLAYBOOK = """
playbook: 1
name: shop
currency: EUR
timezone: UTC
economics: {gross_margin: 60%}
flows:
  thanks:
    trigger: {event: order_placed, where: orders = 1}
    steps: [{grant: {credit: 5.00}}]
"""


@pytest.fixture
def graph(tmp_path: Path) -> TriggerGraph:
    file = tmp_path / "playbook.yaml"
    file.write_text(PLAYBOOK, encoding="utf-8")
    compiled = compile_playbook(str(file))
    assert compiled.graph is not None
    return compiled.graph


def test_a_step_gives_an_offer_of_its_own(graph: TriggerGraph) -> None:
    told = with_credits(graph)
    (node,) = (one for one in told.nodes.values() if one.kind == "grant")
    (offer,) = told.playbook.offers.values()
    assert (offer.id, str(offer.credit)) == (node.id, "5")
    assert offer.valid is None and offer.minimum is None
    assert graph.playbook.offers == {}  # what the author wrote stays as it is
    assert with_credits(told) is told


def test_it_is_used_at_an_order_and_costs_what_it_pays(graph: TriggerGraph) -> None:
    assert unsimulated(graph.playbook) == []
    told = with_credits(graph)
    launch, people, draws = small_world(told, 5, 40, 1)
    used = draws._replace(redemption=np.ones_like(draws.redemption))
    happened: list[Told] = []
    (row,) = simulate_twin(told, launch, people, used, trace=happened)
    redeemed = [one for one in happened if one[3] == "redeemed"]
    issued = [one for one in happened if one[3] == "issued"]
    assert 0 < len(redeemed) <= len(issued)
    assert row[world_column(WITH, World.OFFER_COST)] <= 500 * len(redeemed)
    (never,) = simulate_twin(
        told, launch, people, draws._replace(redemption=np.zeros_like(draws.redemption))
    )
    assert never[world_column(WITH, World.OFFER_COST)] == 0
