"""A diagnosis as a whole: stage, matrix, months and cohorts, and what the data cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.runtime.diagnose.logs import FIRST, Log, random_log, read
from tests.statistics.worlds import graph_of

from playbook_compiler.model import Playbook
from playbook_runtime.behaviour.window import customers_from_before, window_findings
from playbook_runtime.demo_shop import write_demo_shop
from playbook_runtime.diagnose.model import Diagnosis
from playbook_runtime.diagnose.road import diagnose
from playbook_runtime.orders.options import OrderInput, OrderOptions
from playbook_runtime.read_data import read_files

HEAD = """playbook: 1
name: small
currency: EUR
timezone: Europe/Berlin
sender: {name: Small, email: hello@small.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in}}
messages: {hello: {subject: Hello, body: "Hello {{ unsubscribe_url }} {{ sender_address }}"}}
flows: {welcome: {trigger: sign_up, steps: [send: hello]}}
"""
ECONOMICS = """economics:
  gross_margin: 50%
  order_costs: {shipping: 4.00, payment: {share: 2%, fixed: 0.30}, return: 5.00, return_rate: 4%}
  acquisition: {cost_per_customer: 21.00}
  interest_rate: 10%
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    folder = tmp_path_factory.mktemp("demo")
    write_demo_shop(folder)
    given = OrderInput(OrderOptions(), folder / "customers.csv", folder / "events.csv")
    data, _ = read_files(folder / "orders.csv", given, None)
    assert data is not None
    return diagnose(data, None)


def playbook(folder: Path, more: str = "") -> Playbook:
    (folder / "playbook.yaml").write_text(HEAD + more)
    return graph_of(folder / "playbook.yaml").playbook


def every_month(orders: Sequence[int], minor: int = 2_000) -> Log:
    """Return a log of new customers only: so many orders on days 1 to 28 of each month of 2025."""
    return {
        f"c{month}-{n}": [(date(2025, month, 1 + n % 28), minor)]
        for month, count in enumerate(orders, 1)
        for n in range(count)
    }


def ids(found: Diagnosis) -> set[str]:
    return {one.id for one in found.unknown}


def test_the_stage_is_read_on_three_full_months_and_never_goes_back(tmp_path: Path) -> None:
    log = every_month([40, 40, 40, 10, 10, 10])
    stage = diagnose(read(tmp_path, log, date(2025, 6, 30)), None).stage
    assert (stage.stage, stage.since) == ("growth", "2025-03")
    assert stage.orders_per_month == 10
    assert (stage.next_stage, stage.next_rule) == ("stable", "orders_per_month >= 300")
    assert not stage.own_rules


def test_a_partial_month_is_in_no_number_of_months(tmp_path: Path) -> None:
    found = diagnose(read(tmp_path, every_month([40, 40, 40, 90]), date(2025, 4, 28)), None)
    assert (found.partial, found.last_month, found.full_months) == ("2025-04", "2025-03", 3)
    assert found.stage.orders_per_month == 40
    assert [month.month for month in found.months] == ["2025-01", "2025-02", "2025-03"]
    assert found.period["orders"].value == 120
    assert "partial-month" in ids(found)
    assert "2025-04-30" in next(one.bring for one in found.unknown if one.id == "partial-month")


def test_a_playbook_brings_its_stages_and_its_marks(tmp_path: Path) -> None:
    own = playbook(
        tmp_path,
        "stages: {startup: {}, growth: {enter: orders_per_month >= 10 and customers >= 200}}\n"
        "matrix: {frequent: 1 per 1y, valuable: 19.00}\n",
    )
    log = every_month([20] * 12)
    found = diagnose(read(tmp_path, log, date(2025, 12, 31)), own)
    assert (found.stage.stage, found.stage.since, found.stage.own_rules) == (
        "growth",
        "2025-10",
        True,
    )
    assert found.matrix is not None
    assert found.matrix.own == ("frequent", "valuable")
    shop = found.matrix.shop
    assert (shop.frequency, shop.order_value) == (1.0, 2_000.0)
    assert (shop.frequent, shop.valuable) == (True, True)


def test_without_a_playbook_the_marks_are_built_in(demo: Diagnosis) -> None:
    assert demo.matrix is not None
    assert (demo.matrix.frequent, demo.matrix.valuable, demo.matrix.own) == (3.0, 8_000, ())
    assert (demo.matrix.shop.frequent, demo.matrix.shop.valuable) == (False, False)
    assert [place.name for place in demo.matrix.categories] == ["tea", "teaware", "gifts"]
    # A customer of several categories is one of the shop, an order of one category one of it.
    assert sum(place.customers for place in demo.matrix.categories) > demo.matrix.shop.customers


def test_money_is_contribution_where_the_playbook_says_margins(tmp_path: Path) -> None:
    log = {"a": [(FIRST, 10_000), (FIRST + timedelta(365), 10_000)]}
    own = playbook(tmp_path, ECONOMICS)
    found = diagnose(read(tmp_path, log, date(2026, 12, 31)), own)
    # 100.00 x (50% - 2%) - 4.00 - 0.30 - 4% of 5.00 = 43.50, the second a year later at 10%.
    assert found.value_of == "contribution"
    assert found.lifetime_value["1"].value == 4_350
    assert found.lifetime_value["12"].value == pytest.approx(4_350 + 4_350 / 1.1, rel=1e-12)
    assert (found.acquisition_cost, found.payback_months) == (2_100, 1)
    assert not {"margin", "acquisition-cost"} & ids(found)


def test_months_add_up_to_the_year_and_cohorts_to_all_customers(demo: Diagnosis) -> None:
    year = demo.months[-12:]
    for metric in ("orders", "revenue", "newcomers"):
        assert sum(month.metrics[metric].value for month in year) == demo.period[metric].value
    assert sum(cohort.customers for cohort in demo.cohorts) == demo.data.customers
    assert sum(channel.customers for channel in demo.channels) == demo.data.customers
    for groups in (demo.rfm, demo.lifecycle, demo.tiers):
        assert sum(group.customers for group in groups) == demo.data.customers
        assert sum(group.revenue for group in groups) == 16_841_953  # of truth.json
    pooled = [cohort.curve.get("3") for cohort in demo.cohorts]
    assert demo.curve["3"].part == sum(one.part for one in pooled if one is not None)
    assert demo.curve["3"].whole == sum(one.whole for one in pooled if one is not None)


def test_repurchase_of_months_adds_up_to_that_of_all(demo: Diagnosis) -> None:
    for row, reading in demo.repurchase.items():
        months = [month.repurchase[row] for month in demo.months if row in month.repurchase]
        assert sum(one.part for one in months) == reading.part
        assert sum(one.whole for one in months) == reading.whole


def test_a_shop_with_everything_lacks_little(demo: Diagnosis) -> None:
    assert ids(demo) == {"before-the-log", "refunds", "margin", "acquisition-cost", "visits"}


def test_a_shop_with_orders_only_is_told_what_to_bring(tmp_path: Path) -> None:
    found = diagnose(read(tmp_path, random_log(2), date(2025, 9, 30)), None)
    assert {
        "before-the-log", "a-year", "season", "products", "refunds", "discounts", "few-customers",
        "consent", "channel", "events", "margin", "acquisition-cost", "visits",
    } <= ids(found)  # fmt: skip
    assert all(one.what.endswith(".") and one.bring for one in found.unknown)


def test_old_customers_who_look_new_at_the_beginning_are_noticed(tmp_path: Path) -> None:
    log = every_month([160, 50, 40, 20, 20, 20, 20, 20, 20, 20, 20, 20])
    found = diagnose(read(tmp_path, log, date(2025, 12, 31)), None)
    told = next(one.what for one in found.unknown if one.id == "before-the-log")
    before = customers_from_before(read(tmp_path, log, date(2025, 12, 31)).history)
    assert before > 100
    assert f"about {before} of 430 customers seem to be such" in told


def test_growth_that_went_on_is_no_sign_of_old_customers(tmp_path: Path) -> None:
    """One rule with `fit` and `simulate`: what the month after held up began then."""
    log = every_month([60, 58, 40, 20, 20, 20, 20, 20, 20, 20, 20, 20])
    data = read(tmp_path, log, date(2025, 12, 31))
    assert not window_findings(data.history)
    told = next(one.what for one in diagnose(data, None).unknown if one.id == "before-the-log")
    assert "matters here" not in told


def test_visits_come_from_the_playbook_or_from_events(tmp_path: Path) -> None:
    log = every_month([20] * 3)
    until = date(2025, 3, 31)
    assumed = playbook(tmp_path, "assume: {visits: {rate: 304.375 per 1mo}}\n")
    period = diagnose(read(tmp_path, log, until), assumed).period
    assert period["visits"].value == 900  # 10 a day
    assert period["conversion"].value == 60 / 900
    events = "event,customer_id,occurred_at\n" + "".join(
        f"visit,c1-{n % 20},2025-0{1 + n % 3}-07T12:00:00\n" for n in range(90)
    )
    watched = diagnose(read(tmp_path, log, until, events=events), None)
    assert watched.period["visits"].value == 60, "20 customers a month, equal rows count once"
    assert "visits" not in ids(watched)


def test_a_channel_is_that_of_the_customers_file(tmp_path: Path) -> None:
    log = {"a": [(FIRST, 1_000), (FIRST + timedelta(2), 1_000)], "b": [(FIRST, 1_000)],
           "c": [(FIRST, 1_000)]}  # fmt: skip
    told = "customer_id,channel,consent_email\na,social,yes\nb,social,no\n"
    found = diagnose(read(tmp_path, log, date(2025, 1, 31), customers=told), None)
    social, unknown = found.channels
    assert (social.channel, social.customers, unknown.channel) == ("social", 2, "unknown")
    assert {days: one.part for days, one in social.day_n.items()} == {
        "1": 0, "3": 1, "7": 1, "30": 1,
    }  # fmt: skip
    assert not {"channel", "consent"} & ids(found)


def test_the_files_row_order_changes_nothing(tmp_path: Path) -> None:
    log = random_log(4)
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one = diagnose(read(tmp_path / "one", log, date(2026, 1, 15)), None)
    backwards = dict(reversed(list(log.items())))
    other = diagnose(read(tmp_path / "other", backwards, date(2026, 1, 15)), None)
    assert (one.months, one.cohorts, one.rfm, one.verdict) == (
        other.months,
        other.cohorts,
        other.rfm,
        other.verdict,
    )


def test_nothing_after_the_as_of_date_is_seen(tmp_path: Path) -> None:
    log, until = random_log(5), date(2025, 8, 31)
    cut = {
        name: kept
        for name, orders in log.items()
        if (kept := [one for one in orders if one[0] <= until])
    }
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    whole = diagnose(read(tmp_path / "whole", log, until), None)
    alone = diagnose(read(tmp_path / "cut", cut, until), None)
    for part in ("stage", "months", "cohorts", "rfm", "lifecycle", "tiers", "curve", "period"):
        assert getattr(whole, part) == getattr(alone, part), part
