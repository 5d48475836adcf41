"""The laws of simulation can fail: each notices a simulation that breaks it in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.properties import laws, sending_laws
from tests.properties.persons import run_persons
from tests.properties.simulable import playbook
from tests.properties.simulable_words import EXTRA_FLOW, PARTS
from tests.properties.simulated import WITH, WITHOUT, Setting, total_over_flows, world_counts
from tests.properties.simulations import in_a_world, read, simulation
from tests.properties.test_simulation_any import DISCOUNTED_PARTS, FIXED, ONE_CAP, silent

from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch
from playbook_runtime.kernel.layout import Layout, PerFlow, World, world_column
from playbook_runtime.kernel.run import layout_of
from playbook_runtime.kernel.tables import I64, joined

Patch = pytest.MonkeyPatch


def broken(law: Callable[[], object]) -> None:
    with pytest.raises(AssertionError):
        law()


@cache
def lively() -> Setting:
    """Return the first simulation of everything in which much happens."""
    for seed in range(200):
        one = simulation(seed, PARTS, flows=5, steps=4, people=150, days=240)
        counts = one.counts()
        wanted = (PerFlow.EXTRA_ORDERS, PerFlow.OFFERS_USED, PerFlow.SENT, PerFlow.TASKS)
        if all(total_over_flows(counts, what).min() > 5 for what in wanted):
            return one
    raise AssertionError("nothing happens in playbooks by chance")


def ruled(guardrails: dict[str, Any], law: Callable[[Setting], int], least: int) -> Setting:
    """Return a simulation under some guardrails, and no others, of which the law has to tell."""
    parts = sorted(set(PARTS) - {"budget", "marks"})
    for seed in range(100):
        one = simulation(seed, parts, flows=5, steps=4, people=150, guardrails=guardrails)
        if law(one) >= least:
            return one
    raise AssertionError(f"no playbook by chance is held by {guardrails}")


class Deaf(Setting):
    """A simulation in which no table and no draw can be changed."""

    __slots__ = ()

    def with_program(self, **tables: Any) -> Setting:
        return self

    def with_draws(self, **columns: Any) -> Setting:
        return self


class Reversed(Setting):
    """A simulation in which a larger holdout is a smaller one, and a lower cap a higher one."""

    __slots__ = ()

    def with_program(self, **tables: Any) -> Setting:
        if "holdout" in tables:
            tables["holdout"] = 1.0 - tables["holdout"]
        if "cap_limit" in tables:
            tables["cap_limit"] = 9 - tables["cap_limit"]
        return super().with_program(**tables)


def test_an_effect_that_is_left_breaks_the_null(monkeypatch: Patch) -> None:
    one = lively()
    laws.nothing_at_stake_is_the_baseline(one)
    laws.costs_alone_move_no_order(one)
    monkeypatch.setattr(laws, "neutral_effects", lambda world: world.draws.effect)
    broken(lambda: laws.nothing_at_stake_is_the_baseline(one))
    broken(lambda: laws.costs_alone_move_no_order(one))


def test_a_flow_that_stays_on_is_noticed(monkeypatch: Patch) -> None:
    one = lively()
    laws.switched_off_is_nothing(one)
    broken(lambda: laws.switched_off_is_nothing(Deaf(*one)))
    laws.the_world_without_knows_no_new_flow(one)
    monkeypatch.setattr(Setting, "running", property(lambda self: self))
    broken(lambda: laws.the_world_without_knows_no_new_flow(one))


def test_a_life_that_changed_untreated_is_noticed(monkeypatch: Patch) -> None:
    one = lively()
    laws.the_untreated_are_bit_identical(one)
    nobody = world_column(WITHOUT, World.RIGHTS_COST)
    monkeypatch.setattr(laws, "flow_column", lambda flow, what: nobody)
    broken(lambda: laws.the_untreated_are_bit_identical(one))


def test_a_person_left_out_of_a_cut_is_noticed(monkeypatch: Patch) -> None:
    one = lively()
    everyone = list(range(len(one.world.people.key)))
    laws.any_cut_adds_up(one, [50, 60], 7, everyone[::-1])
    broken(lambda: laws.any_cut_adds_up(one, [50, 60], 7, everyone[:100]))
    monkeypatch.setattr(laws, "pairwise", lambda edges: [(0, 50), (60, 150)])
    broken(lambda: laws.any_cut_adds_up(one, [50, 60], 7, everyone))


def test_a_twin_with_another_key_is_noticed(monkeypatch: Patch) -> None:
    one = lively()
    laws.twins_double_everything(one)
    monkeypatch.setattr(
        laws, "joined", lambda both: joined([both[0], both[1]._replace(key=both[1].key + 1)])
    )
    broken(lambda: laws.twins_double_everything(one))


def test_an_end_that_is_felt_before_is_noticed() -> None:
    one = lively()
    laws.what_is_ahead_changes_nothing_before(one, 90)

    class Nervous(Setting):
        __slots__ = ()

        def with_launch(self, **said: Any) -> Setting:
            return super().with_launch(seed=self.world.launch.seed ^ 1, **said)

    broken(lambda: laws.what_is_ahead_changes_nothing_before(Nervous(*one), 90))


def test_a_cent_or_an_order_that_is_lost_is_noticed(monkeypatch: Patch) -> None:
    one = lively()
    laws.money_is_conserved(one)
    dearer = one.program.fixed_micro + 1
    with monkeypatch.context() as patch:
        own = laws.contribution
        patch.setattr(laws, "contribution", lambda s, v: own(s.with_program(fixed_micro=dearer), v))
        broken(lambda: laws.money_is_conserved(one))
    monkeypatch.setattr(scratch, "T_EXTRA", -1)
    broken(lambda: laws.money_is_conserved(one))


def test_a_point_that_is_lost_is_noticed() -> None:
    one = lively()
    laws.points_are_conserved(one)
    earned = world_counts(one.counts(), WITH)["POINTS_EARNED"]
    assert min(earned) > 1000

    class Forgetful(Setting):
        __slots__ = ()

        def all_by_person(self) -> I64:
            each = super().all_by_person()
            each[..., world_column(WITH, World.POINTS_EXPIRED)] -= 1
            return each

    broken(lambda: laws.points_are_conserved(Forgetful(*one)))


def test_a_month_or_a_person_that_is_not_counted_is_noticed(monkeypatch: Patch) -> None:
    one = lively()
    laws.months_and_cohorts_add_up(one)
    laws.profit_is_the_sum_of_persons_and_parts(one)

    def shorter(*arguments: Any) -> I64:
        return run_persons(*arguments)[:, 20:]

    with monkeypatch.context() as patch:
        patch.setattr(laws, "run_persons", shorter)
        broken(lambda: laws.profit_is_the_sum_of_persons_and_parts(one))
    layout = layout_of(one.program)
    fewer = Layout(layout.flows, layout.months - 3, layout.cohorts)
    monkeypatch.setattr(laws, "layout_of", lambda program: fewer)
    broken(lambda: laws.months_and_cohorts_add_up(one))


def test_consent_that_is_taken_for_granted_is_noticed() -> None:
    rules = {"consent": {"email": "opt-in", "sms": "double-opt-in", "push": "opt-in"}}
    one = ruled(rules, sending_laws.nothing_without_consent, 50)
    people = one.world.people
    asking = one.with_people(people._replace(consent=np.ones_like(people.consent)))
    broken(lambda: sending_laws.nothing_without_consent(asking, one))


def test_a_message_to_the_suppressed_is_noticed() -> None:
    one = lively()
    assert sending_laws.nothing_to_the_suppressed(one) > 50
    broken(lambda: sending_laws.nothing_to_the_suppressed(Deaf(*one)))


def test_a_message_at_night_is_noticed() -> None:
    rules = {"quiet_hours": {"from": "21:00", "to": "08:00", "unknown": "hold"}}
    one = ruled(rules, sending_laws.nothing_in_quiet_hours, 50)
    loud = one.with_program(channel_quiet=np.full_like(one.program.channel_quiet, -1))
    broken(lambda: sending_laws.nothing_in_quiet_hours(loud, one))


def test_one_message_above_a_cap_is_noticed() -> None:
    rules = {**ONE_CAP, "when_capped": {"delay": "3d"}}
    one = ruled(rules, sending_laws.nothing_above_a_cap, 0)  # some window is full
    loose = one.with_program(cap_limit=one.program.cap_limit + 1)
    broken(lambda: sending_laws.nothing_above_a_cap(loose))


def test_a_holdout_that_shrinks_is_noticed() -> None:
    one = lively()
    sending_laws.larger_holdouts_are_nested(one, (0.1, 0.3, 0.6))
    broken(lambda: sending_laws.larger_holdouts_are_nested(Reversed(*one), (0.1, 0.3, 0.6)))


def test_a_cap_that_lets_more_through_is_noticed() -> None:
    def more(one: Setting) -> int:
        few, *_, many = sending_laws.lower_caps_never_send_more(one, (1, 2, 4, 8))
        return many - few

    one = next(
        one
        for seed in range(100)
        if more(one := silent(simulation(seed, FIXED, people=150, guardrails=ONE_CAP))) > 20
    )
    broken(lambda: sending_laws.lower_caps_never_send_more(Reversed(*one), (1, 2, 4, 8)))


def test_a_discount_that_earns_is_noticed() -> None:
    parts = sorted({*DISCOUNTED_PARTS} - {"credit", "consent", "running"})
    one = next(
        one.with_program(stackable=1)
        for seed in range(100)
        if (one := simulation(seed, parts, flows=5, steps=4, people=150)).flows
        and np.isin(one.program.offer_kind, (code.PERCENT, code.AMOUNT)).all()
        and total_over_flows(one.counts(), PerFlow.OFFERS_USED).sum() > 40
    )
    assert sending_laws.deeper_discounts_never_raise_profit(one, 500) > 20
    broken(lambda: sending_laws.deeper_discounts_never_raise_profit(one, -300))


def test_a_flow_that_reaches_beyond_its_own_is_noticed() -> None:
    for seed in range(100):
        whole = playbook(seed, set(PARTS) - {"updates", "budget"}, 3, has_extra=True)
        larger = in_a_world(read(whole), seed, people=150)
        del whole["flows"][EXTRA_FLOW]
        smaller = sending_laws.without_the_last_flow(larger, read(whole))
        outside = sending_laws.another_flow_changes_nobody_outside(smaller, larger)
        everyone = len(larger.world.people.key) * len(larger.world.draws.number)
        other = smaller.with_program(holdout=1.0 - smaller.program.holdout)
        sent = [total_over_flows(one.counts(), PerFlow.SENT).sum() for one in (smaller, other)]
        if 20 < outside < everyone - 20 and abs(sent[0] - sent[1]) > everyone - outside + 50:
            break
    else:
        pytest.fail("no world by chance has many outside of a flow to whom others send")
    broken(lambda: sending_laws.another_flow_changes_nobody_outside(other, larger))
