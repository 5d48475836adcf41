"""What a simulation makes of evidence before it runs: draws, assumptions and findings."""

from __future__ import annotations

import numpy as np
import pytest

from playbook_compiler.diagnostics import Diagnostic
from playbook_runtime.behaviour.drift import Drift
from playbook_runtime.behaviour.fit import fit_families
from playbook_runtime.behaviour.spend import fit_spend
from playbook_runtime.checked import compile_and_check
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.evidence.effects import from_library
from playbook_runtime.evidence.library import entry
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.prepare import Prepared, prepare
from playbook_runtime.read_data import read_data
from playbook_runtime.settings import Settings, calendar

PLAYBOOK = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
sender: {name: Shop, email: hello@shop.example, address: "Weg 1, Berlin"}
economics: {gross_margin: 50%}
assume: {consent: {email: 60%}}
guardrails: {consent: {email: opt-in}}
messages: {news: {subject: News}}
offers: {code: {percent_off: 10%, valid: 14d}}
evidence:
  ours:
    effect: email.lapsed
    control: {customers: 4000, buyers: 12}
    treated: {customers: 8000, buyers: 66}
flows:
  back:
    trigger: {inactive_for: 120d}
    steps: [{send: news, offer: code}]
  soon:
    trigger: order_placed
    steps:
      - {wait: 3d}
      - {send: news}
      - {wait: 9d}
      - {send: news, id: away, expect: {dropout: 0.8..0.95, revive: 0.2%..1%}}
"""
BACK, SOON, AWAY, RETURN = range(4)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Prepared]:
    """Return what is prepared of the playbook on the demo shop, careful or not."""
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder)
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    graph = compile_and_check(str(folder / "playbook.yaml")).graph
    assert graph is not None
    data, _ = read_data(
        graph.playbook, folder / "orders.csv", OrderInput(OrderOptions(), None, None), None
    )
    assert data is not None
    # In BG/NBD the first order tosses no coin.
    fits, _ = fit_families(data.history, ("bg-nbd",), with_weak_prior=True)
    spend, _ = fit_spend(data.history, 100, with_weak_prior=True)
    assert spend is not None
    found = {}
    for careful in (False, True):
        settings = Settings(draws=50, conservative=careful)
        days = calendar(data.as_of, settings.horizon, graph.playbook.timezone)
        found[careful] = prepare(graph, data, days, settings, fits, spend, Drift(0.1, 4, 180.0))
    return found


def test_the_updated_effect_is_drawn_and_its_counts_are_told(
    prepared: dict[bool, Prepared],
) -> None:
    found = prepared[False]
    prior = found.expected.priors[BACK]
    before = from_library(entry("email.lapsed"))
    assert prior.evidence_id == "email.lapsed" and prior.sd < before.sd
    drawn = found.headline.effect[:, BACK]
    assert abs(drawn.mean() - prior.mean) < 4 * prior.sd / np.sqrt(50)
    told = next(one for one in found.assumptions if one.id == "email.lapsed")
    assert told.grade == "own + A" == str(found.expected.grade_of(found.launch.slots[BACK]))
    assert "ours: 66 of 8,000 bought against 12 of 4,000 within 14d" in told.source


def test_an_unproven_gain_is_drawn_in_the_second_line_only(prepared: dict[bool, Prepared]) -> None:
    found = prepared[False]
    assert set(found.headline.effect[:, SOON]) == {1.0}
    assert len(set(found.unproven.effect[:, SOON])) == 50


def test_careful_effects_are_the_same_in_all_draws(prepared: dict[bool, Prepared]) -> None:
    usual, careful = prepared[False], prepared[True]
    for draws in (careful.headline, careful.unproven):
        for columns in (draws.effect, draws.redemption, draws.fatigue, draws.unsubscribe[:, None]):
            assert (columns == columns[0]).all()
    lower = np.quantile(usual.headline.effect, 0.5, axis=0)
    held = careful.headline.effect[0]
    assert held[BACK] < lower[BACK] and held[RETURN] < lower[RETURN]
    assert held[AWAY] > lower[AWAY]  # more of them leave
    assert held[SOON] == 1.0 and careful.unproven.effect[0, SOON] < 1.0
    assert careful.headline.redemption[0, 0] > np.median(usual.headline.redemption[:, 0])
    assert careful.headline.unsubscribe[0] > np.median(usual.headline.unsubscribe)


def test_reviving_one_time_buyers_is_told_at_its_line(prepared: dict[bool, Prepared]) -> None:
    found: list[Diagnostic] = [
        one for one in prepared[False].findings if one.rule == "one-time-buyers-stay"
    ]
    line = PLAYBOOK.splitlines().index(next(x for x in PLAYBOOK.splitlines() if "dropout" in x))
    assert [one.span.line for one in found] == [line + 1, line + 1]
    assert all("in 100% of the draws" in one.message for one in found)
