"""What a change of the playbook may change: nothing for those whom it does not touch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.simulated import (
    WITH,
    WITHOUT,
    Setting,
    authored,
    flow_counts,
    profit_micro,
    setting,
    world_counts,
)
from tests.statistics.worlds import World, small_world

from playbook_compiler.values import replace
from playbook_runtime.kernel.layout import FLOW, WORLD, PerFlow, flow_column

TWO = """\
guardrails: {consent: {email: opt-in, sms: opt-in}, holdout: 10%}
offers:
  ten: {percent_off: 10%, valid: 14d}
flows:
  thanks:
    trigger: order_placed
    steps:
      - wait: 2d
      - {send: hello, offer: ten}
      - split: test
        variants:
          one: {share: 50%, steps: [{send: text}]}
          two: {share: 50%, steps: [{wait: 1d}]}
"""
REGULARS = """\
  regulars:
    trigger: order_placed
    audience: orders >= 5
    steps: [{send: hello}, {wait: 3d}, {send: text}]
"""


def restricted(one: World, to: World) -> World:
    """Return `to` with what `one` draws for the slots and sends that both have."""
    slots = [one.launch.slots.index(slot) for slot in to.launch.slots]
    sends = [one.launch.sends.index(send) for send in to.launch.sends]
    launch = replace(one.launch, slots=to.launch.slots, sends=to.launch.sends)
    draws = one.draws._replace(
        effect=one.draws.effect[:, slots], redemption=one.draws.redemption[:, sends]
    )
    return World(launch, one.people, draws)


def test_a_flow_for_one_audience_changes_nobody_outside_of_it(tmp_path: Path) -> None:
    more = authored(tmp_path, TWO + REGULARS)
    larger = setting(more, mild(small_world(more, 6, 300, 3)))
    fewer = authored(tmp_path, TWO)
    reference = small_world(fewer, 6, 300, 3)
    kept = {slot for slot in larger.world.launch.slots if slot.flow == "thanks"}
    reference = reference._replace(
        launch=replace(
            reference.launch,
            slots=tuple(slot for slot in larger.world.launch.slots if slot in kept),
        )
    )
    smaller = setting(fewer, restricted(larger.world, reference))
    assert larger.flows == ["regulars", "thanks"] and smaller.flows == ["thanks"]
    before, after = smaller.by_person(), larger.by_person()
    touched = flow_counts(after, 0, PerFlow.ENTERED) > 0
    assert 20 < touched.sum() < touched.size - 20
    thanks = slice(flow_column(1, PerFlow.ENTERED), flow_column(1, PerFlow.ENTERED) + FLOW)
    assert np.array_equal(before[..., :WORLD], after[..., :WORLD])
    outside = ~touched
    assert np.array_equal(before[outside][:, : 2 * WORLD], after[outside][:, : 2 * WORLD])
    assert np.array_equal(before[outside][:, 2 * WORLD :], after[outside][:, thanks])
    flows_columns = range(2 * WORLD, 2 * WORLD + FLOW)
    assert not np.array_equal(before[touched], np.delete(after[touched], flows_columns, 1))


def mild(world: World) -> World:
    """Return a world whose effects do not breed."""
    most = [1.3 if slot.form == "rate" else 60.0 for slot in world.launch.slots]
    effect = np.minimum(world.draws.effect, most)
    return world._replace(draws=world.draws._replace(effect=effect))


COUPON = """\
guardrails: {{consent: {{email: opt-in, sms: opt-in}}, holdout: 10%}}
offers:
  code: {{{benefit}, valid: 20d, once_per_customer: true}}
flows:
  back:
    trigger: {{inactive_for: 30d}}
    existing: {{over: 20d}}
    steps: [{{send: hello, offer: code}}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("offers")


@cache
def with_offer(folder: Path, benefit: str) -> Setting:
    graph = authored(folder, COUPON.format(benefit=benefit))
    return setting(graph, mild(small_world(graph, 9, 200, 3)))


@given(percents=st.tuples(st.integers(1, 100), st.integers(1, 100)))
@settings(max_examples=25)
def test_a_deeper_discount_at_the_same_effect_never_raises_profit(
    folder: Path, percents: tuple[int, int]
) -> None:
    shallow, deep = (
        with_offer(folder, f"percent_off: {percent}%").counts() for percent in sorted(percents)
    )
    assert (profit_micro(deep, WITH) <= profit_micro(shallow, WITH)).all()
    assert world_counts(deep, WITH)["ORDERS"] == world_counts(shallow, WITH)["ORDERS"]
    used = flow_counts(deep, 0, PerFlow.OFFERS_USED)
    assert (used > 0).all()
    if max(percents) > min(percents) + 5:
        assert (profit_micro(deep, WITH) < profit_micro(shallow, WITH)).all()


@given(amounts=st.tuples(st.integers(1, 9000), st.integers(1, 9000)))
@settings(max_examples=15)
def test_a_larger_amount_off_never_raises_profit(folder: Path, amounts: tuple[int, int]) -> None:
    small, large = (
        with_offer(folder, f"amount_off: {cents // 100}.{cents % 100:02}").counts()
        for cents in sorted(amounts)
    )
    assert (profit_micro(large, WITH) <= profit_micro(small, WITH)).all()
    assert (np.array(world_counts(large, WITH)["REVENUE"]) >= 0).all()
    assert world_counts(large, WITHOUT) == world_counts(small, WITHOUT)
