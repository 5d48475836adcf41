"""The shop's own experiments update the library: each result is worked out again here, by hand."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, playbook

from playbook_runtime.evidence.effects import from_library
from playbook_runtime.evidence.library import BY_ID, entry
from playbook_runtime.evidence.model import Form, Grade, Normal
from playbook_runtime.evidence.rates import as_rate
from playbook_runtime.evidence.updating import measured, shop_rows, updated

# Hillstrom's e-mail test 2008: both mailings together against no mail, buyers within 14 days.
HILLSTROM = "control: {customers: 21306, buyers: 122}, treated: {customers: 42694, buyers: 456}"
EXAMPLE = "control: {customers: 4000, buyers: 12}, treated: {customers: 8000, buyers: 66}"


def experiments(folder: Path, **written: str):
    """Return the experiments of a playbook whose `evidence:` has these entries."""
    lines = "".join(f"  {name.replace('_', '-')}: {{{one}}}\n" for name, one in written.items())
    return tuple(playbook(folder, f"{HEAD}evidence:\n{lines}").evidence.values())


def test_the_published_figures_of_hillstrom_come_out(tmp_path: Path) -> None:
    (one,) = experiments(tmp_path, hillstrom=f"effect: email.broadcast.added, {HILLSTROM}")
    found = measured(one, entry("email.broadcast.added"))
    assert found.mean == pytest.approx(4.95, abs=0.01)
    assert found.sd == pytest.approx(0.72, abs=0.005)
    # The published log ratio of chances is .623 (.102); of rates it is a little more.
    (one,) = experiments(tmp_path, hillstrom=f"effect: email.broadcast.rate, {HILLSTROM}")
    found = measured(one, as_rate(entry("email.broadcast.rate")))
    assert found.mean == pytest.approx(0.623, abs=0.004)
    assert found.sd == pytest.approx(0.102, abs=0.001)


def test_added_orders_are_updated_on_their_own_scale(tmp_path: Path) -> None:
    (one,) = experiments(tmp_path, win_back=f"effect: email.lapsed, {EXAMPLE}, within: 14d")
    found = updated(entry("email.lapsed"), [one])
    # 66 of 8,000 are 8.25 per 1,000, 12 of 4,000 are 3: 5.25 added per 1,000.
    variance = 1000**2 * (0.00825 * 0.99175 / 8000 + 0.003 * 0.997 / 4000)
    precision = 1 / 2.6**2 + 1 / variance
    mean = (3.3 / 2.6**2 + 5.25 / variance) / precision
    assert found.prior == Normal(
        pytest.approx(mean, rel=1e-8), pytest.approx(math.sqrt(1 / precision), rel=1e-8)
    )
    # As numbers: the belief of 3.3 (2.6) and the result of 5.25 (1.33) meet at 4.84 (1.19).
    assert found.prior == Normal(pytest.approx(4.84, abs=0.01), pytest.approx(1.19, abs=0.01))


def test_factors_are_updated_on_the_log_of_the_ratio_of_rates(tmp_path: Path) -> None:
    counts = "control: {customers: 1000, buyers: 100}, treated: {customers: 1000, buyers: 150}"
    (one,) = experiments(tmp_path, cart=f"effect: cart.reminder.late, {counts}")
    found = updated(entry("cart.reminder.late"), [one])
    # -ln(.90) = .10536 and -ln(.85) = .16252: the rate rises by 1.5425, more than the chance.
    result = math.log(0.1625189295 / 0.1053605157)
    variance = 0.10 / (0.90 * 1000 * 0.1053605157**2) + 0.15 / (0.85 * 1000 * 0.1625189295**2)
    precision = 1 / 0.15**2 + 1 / variance
    mean = (0.15 / 0.15**2 + result / variance) / precision
    assert found.prior == Normal(
        pytest.approx(mean, rel=1e-8), pytest.approx(math.sqrt(1 / precision), rel=1e-8)
    )
    assert found.form is Form.PURCHASE_RATE and found.grade is Grade.OWN_B


def test_a_belief_on_chances_is_turned_into_one_on_rates_first(tmp_path: Path) -> None:
    (one,) = experiments(tmp_path, ours=f"effect: email.broadcast.rate, {HILLSTROM}")
    found = updated(entry("email.broadcast.rate"), [one])
    chance = 0.00573 * math.exp(0.45)
    believed = math.log(math.log(1 - chance) / math.log(1 - 0.00573))
    width = 0.40 * chance / ((1 - chance) * -math.log(1 - chance))
    p1, p0 = 456 / 42694, 122 / 21306
    result = math.log(math.log(1 - p1) / math.log(1 - p0))
    variance = sum(p / ((1 - p) * n * math.log(1 - p) ** 2) for p, n in ((p1, 42694), (p0, 21306)))
    precision = 1 / width**2 + 1 / variance
    mean = (believed / width**2 + result / variance) / precision
    assert found.prior == Normal(
        pytest.approx(mean, rel=1e-8), pytest.approx(math.sqrt(1 / precision), rel=1e-8)
    )
    assert from_library(found).form is Form.PURCHASE_RATE


def test_several_experiments_count_together_in_any_order(tmp_path: Path) -> None:
    more = "control: {customers: 2000, buyers: 9}, treated: {customers: 2000, buyers: 15}"
    one, two = experiments(
        tmp_path, one=f"effect: email.lapsed, {EXAMPLE}", two=f"effect: email.lapsed, {more}"
    )
    found = updated(entry("email.lapsed"), [one, two])
    assert found == updated(entry("email.lapsed"), [two, one])
    variances = (
        1000**2 * (0.00825 * 0.99175 / 8000 + 0.003 * 0.997 / 4000),
        1000**2 * (0.0075 * 0.9925 / 2000 + 0.0045 * 0.9955 / 2000),
    )
    precision = 1 / 2.6**2 + sum(1 / variance for variance in variances)
    mean = (3.3 / 2.6**2 + 5.25 / variances[0] + 3.0 / variances[1]) / precision
    assert found.prior == Normal(
        pytest.approx(mean, rel=1e-8), pytest.approx(math.sqrt(1 / precision), rel=1e-8)
    )


@pytest.mark.parametrize("effect", ["email.lapsed", "cart.reminder.late"])
def test_a_cell_of_nobody_adds_half_a_customer_to_each(tmp_path: Path, effect: str) -> None:
    nobody = "control: {customers: 500, buyers: 0}, treated: {customers: 500, buyers: 4}"
    (one,) = experiments(tmp_path, ours=f"effect: {effect}, {nobody}")
    found = measured(one, entry(effect))
    p1, p0 = 4.5 / 501, 0.5 / 501
    if effect == "email.lapsed":
        assert found.mean == pytest.approx(1000 * (p1 - p0), rel=1e-12)
        variance = 1000**2 * (p1 * (1 - p1) + p0 * (1 - p0)) / 501
    else:
        assert found.mean == pytest.approx(math.log(math.log(1 - p1) / math.log(1 - p0)))
        variance = sum(p / ((1 - p) * 501 * math.log(1 - p) ** 2) for p in (p1, p0))
    assert found.sd == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_added_orders_counted_over_half_the_window_are_carried_on_to_its_end(
    tmp_path: Path,
) -> None:
    half, whole, longer = experiments(
        tmp_path,
        half=f"effect: email.lapsed, {EXAMPLE}, within: 7d",
        whole=f"effect: email.lapsed, {EXAMPLE}, within: 14d",
        longer=f"effect: email.lapsed, {EXAMPLE}, within: 28d",
    )
    found = entry("email.lapsed")
    assert measured(half, found).mean == pytest.approx(2 * 5.25)
    assert measured(half, found).sd == pytest.approx(2 * measured(whole, found).sd)
    assert measured(longer, found) == measured(whole, found)


def test_a_factor_counted_over_twice_the_window_is_freed_of_the_idle_half(tmp_path: Path) -> None:
    rare = "control: {customers: 100000, buyers: 1000}, treated: {customers: 100000, buyers: 1100}"
    (one,) = experiments(tmp_path, ours=f"effect: cart.reminder.late, {rare}, within: 28d")
    ratio = math.log(1 - 0.011) / math.log(1 - 0.010)
    found = measured(one, entry("cart.reminder.late"))
    assert math.exp(found.mean) == pytest.approx(1 + 2 * (ratio - 1), rel=1e-12)
    (loss,) = experiments(
        tmp_path,
        ours="effect: cart.reminder.late, within: 28d, control: {customers: 100000, buyers: 1100},"
        " treated: {customers: 100000, buyers: 1000}",
    )
    assert measured(loss, entry("cart.reminder.late")).mean == pytest.approx(-found.mean)


def test_the_source_tells_the_counts_and_the_grade_that_they_are_the_shops(tmp_path: Path) -> None:
    (one,) = experiments(tmp_path, win_back_2025=f"effect: email.lapsed, {EXAMPLE}")
    found = updated(entry("email.lapsed"), [one])
    assert found.grade is Grade.OWN_A and str(found.grade) == "own + A"
    assert found.source == (
        "Hillstrom e-mail test 2008, n = 64,000; own experiments: win-back-2025: 66 of 8,000"
        " bought against 12 of 4,000 within 14d"
    )


def test_where_nothing_was_known_the_experiment_is_the_evidence(tmp_path: Path) -> None:
    (one,) = experiments(tmp_path, ours=f"effect: welcome, {EXAMPLE}")
    found = updated(entry("welcome"), [one])
    assert found.grade is Grade.OWN
    assert not from_library(entry("welcome")).in_headline and from_library(found).in_headline


def test_only_what_was_measured_changes(tmp_path: Path) -> None:
    written = f"{HEAD}evidence:\n  ours: {{effect: email.lapsed, {EXAMPLE}}}\n"
    rows = shop_rows(playbook(tmp_path, written))
    assert [name for name, found in rows.items() if found != BY_ID[name]] == ["email.lapsed"]


def test_counts_of_buyers_do_not_tell_of_baskets(tmp_path: Path) -> None:
    (one,) = experiments(tmp_path, ours=f"effect: email.basket, {EXAMPLE}")
    with pytest.raises(ValueError, match=r"email\.basket"):
        updated(entry("email.basket"), [one])
