"""Hypothesis: what holds of every playbook that can be simulated, in every small world.

`laws.py` and `sending_laws.py` say what; `simulable.py` makes the playbooks. The suite looks at few
of each; `PLAYBOOK_EXAMPLES=1000` in front of pytest makes it as many.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import laws, sending_laws
from tests.properties.simulable import playbook
from tests.properties.simulable_words import EXTRA_FLOW, HEARD, MONEY, PARTS, PROGRAMMES
from tests.properties.simulated import Setting
from tests.properties.simulations import PEOPLE, examples, in_a_world, read, simulations

ANY = simulations()


@given(one=ANY)
@examples(40)
def test_zero_effects_and_zero_costs_are_the_baseline(one: Setting) -> None:
    laws.nothing_at_stake_is_the_baseline(one)
    laws.costs_alone_move_no_order(one)


@given(one=ANY)
@examples(25)
def test_the_world_without_and_the_untreated_know_nothing_of_the_playbook(one: Setting) -> None:
    laws.switched_off_is_nothing(one)
    laws.the_world_without_knows_no_new_flow(one)
    laws.the_untreated_are_bit_identical(one)


@given(one=ANY, data=st.data())
@examples(25)
def test_any_cut_and_any_order_of_people_is_the_same(one: Setting, data: st.DataObject) -> None:
    people = len(one.world.people.key)
    edges = data.draw(st.sets(st.integers(1, people - 1), max_size=5))
    order = data.draw(st.permutations(range(people)))
    chunk = data.draw(st.integers(1, 2 * PEOPLE))
    laws.any_cut_adds_up(one, sorted(edges), chunk, list(order))


@given(one=ANY)
@examples(40)
def test_money_orders_and_messages_are_conserved(one: Setting) -> None:
    laws.money_is_conserved(one)


@given(one=simulations(always=PROGRAMMES))
@examples(40)
def test_points_and_fees_are_conserved(one: Setting) -> None:
    laws.points_are_conserved(one)
    laws.profit_is_the_sum_of_persons_and_parts(one)


@given(one=ANY)
@examples(40)
def test_months_cohorts_persons_and_parts_add_up(one: Setting) -> None:
    laws.months_and_cohorts_add_up(one)
    laws.profit_is_the_sum_of_persons_and_parts(one)


@given(one=ANY)
@examples(40)
def test_twins_double_every_total(one: Setting) -> None:
    laws.twins_double_everything(one)


@given(one=ANY, days=st.integers(0, 120))
@examples(40)
def test_what_is_ahead_changes_nothing_before(one: Setting, days: int) -> None:
    laws.what_is_ahead_changes_nothing_before(one, days)


@given(one=simulations(always=("consent",)))
@examples(40)
def test_nothing_is_sent_without_consent(one: Setting) -> None:
    sending_laws.nothing_without_consent(one)
    sending_laws.nothing_to_the_suppressed(one)


# The days on which clocks change in one zone or another, all of them within the horizons.
@given(one=simulations(always=("quiet", "windows")))
@examples(60)
def test_nothing_is_sent_in_quiet_hours(one: Setting) -> None:
    sending_laws.nothing_in_quiet_hours(one)


@given(one=simulations(always=("caps", "delay")))
@examples(40)
def test_nothing_is_sent_above_a_cap(one: Setting) -> None:
    sending_laws.nothing_above_a_cap(one)


@given(one=ANY, shares=st.sets(st.sampled_from((0.0, 0.05, 0.2, 0.5, 0.9, 1.0)), min_size=2))
@examples(40)
def test_larger_holdouts_are_nested(one: Setting, shares: set[float]) -> None:
    sending_laws.larger_holdouts_are_nested(one, tuple(shares))


# Nothing reads net money, no budget; with stackable offers no depth decides which of them is used.
DISCOUNTED_PARTS = sorted(set(PARTS) - {MONEY, "budget", *PROGRAMMES})


@given(one=simulations(DISCOUNTED_PARTS, always=("offers",)), more=st.integers(0, 9000))
@examples(40)
def test_deeper_discounts_never_raise_profit(one: Setting, more: int) -> None:
    offers = len(one.program.offer_kind)
    one = one.with_program(stackable=int(offers > 1))
    sending_laws.deeper_discounts_never_raise_profit(one, more)


# Requests are fixed: nothing in them depends on what was sent before.
FIXED = sorted(set(PARTS) - {HEARD, "ladders", "offers", "delay"})
ONE_CAP = {"frequency": [{"at_most": 2, "per": "7d"}]}


@given(
    one=simulations(FIXED, guardrails=ONE_CAP),
    limits=st.sets(st.integers(1, 9), min_size=2),
)
@examples(40)
def test_a_lower_cap_never_sends_more(one: Setting, limits: set[int]) -> None:
    sending_laws.lower_caps_never_send_more(silent(one), tuple(limits))


def silent(one: Setting) -> Setting:
    """Return a simulation without effects, unsubscribing and answers to messages."""
    catalogue = one.graph.playbook.catalogue.events
    kept = tuple(
        o for o in one.world.launch.occurrences if catalogue[o.event].nature.name != "AFTER_MESSAGE"
    )
    quiet = one.with_launch(occurrences=kept)
    return laws.without_effects(quiet).with_draws(unsubscribe=np.zeros(len(one.world.draws.number)))


@given(
    seed=st.integers(0, 2**32),
    parts=st.sets(st.sampled_from(sorted(set(PARTS) - {"updates"}))),
    flows=st.integers(0, 4),
)
@examples(40)
def test_a_flow_more_changes_nobody_outside_of_it(seed: int, parts: set[str], flows: int) -> None:
    whole = playbook(seed, parts, flows, has_extra=True)
    larger = in_a_world(read(whole), seed)
    del whole["flows"][EXTRA_FLOW]
    if not whole["flows"]:
        del whole["flows"]
    smaller = sending_laws.without_the_last_flow(larger, read(whole))
    sending_laws.another_flow_changes_nobody_outside(smaller, larger)
