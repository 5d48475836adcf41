"""Projections made by hand, for the tests of what is printed."""

from __future__ import annotations

from datetime import date

from playbook_compiler.values import replace
from playbook_runtime.estimate import Estimate
from playbook_runtime.projection import (
    Assumption,
    BreakEven,
    Check,
    Cohort,
    CohortGroup,
    Compared,
    DataAccount,
    Estimates,
    FlowProjection,
    GradeShare,
    Increment,
    Judged,
    MoneyPart,
    Month,
    PastMonth,
    Pays,
    PointsLedger,
    PointsMonth,
    ProgrammeCount,
    Projection,
    Proof,
    Reserve,
    Swing,
    Verdict,
)


def about(mean: float, spread: float) -> Estimate:
    """Return an estimate with an 80% interval of mean +- spread."""
    return Estimate(mean, mean - spread, mean, mean + spread)


def between(low: float, mean: float, high: float) -> Estimate:
    return Estimate(mean, low, mean, high)


NONE = Estimate.exactly(0.0)

WITHOUT = {
    "active_customers": about(6_377.2, 240),
    "aov": about(4_817.31, 95),
    "contribution": about(40_212_345.4, 3_150_000),
    "crr": about(0.4312, 0.02),
    "customer_value": about(9_012.5, 210),
    "message_cost": NONE,
    "newcomers": about(2_210, 60),
    "offer_cost": NONE,
    "orders": about(11_930.4, 930),
    "orders_per_month": about(994.9, 78),
    "profit": about(40_212_345.4, 3_150_000),
    "purchase_frequency": about(1.8708, 0.04),
    "repeat_purchase_rate": about(0.31213, 0.012),
    "retention_cost": NONE,
    "revenue": about(57_472_100, 4_500_000),
}
DIFFERENCE = {
    "active_customers": between(41.0, 152.3, 266.0),
    "aov": between(-41.0, -28.2, -16.0),
    "contribution": between(292_311.0, 1_350_812.2, 2_482_077.0),
    "crr": between(0.002, 0.0081, 0.0144),
    "customer_value": between(-20.0, 82.7, 190.0),
    "message_cost": between(70_100.0, 71_400.5, 72_700.0),
    "newcomers": NONE,
    "offer_cost": between(480_000.0, 519_000.1, 558_000.0),
    "orders": between(141.0, 463.4, 803.0),
    "orders_per_month": between(11.8, 38.6, 67.0),
    "profit": between(-291_430.0, 760_411.6, 1_858_033.0),
    "purchase_frequency": between(-0.001, 0.0274, 0.052),
    "repeat_purchase_rate": between(0.0058, 0.0181, 0.0313),
    "retention_cost": between(551_000.0, 590_400.6, 630_100.0),
    "revenue": between(310_000.0, 1_863_000.0, 3_411_000.0),
}


def plus(one: Estimates, other: Estimates) -> dict[str, Estimate]:
    """Return the world that a difference leads to; quantiles added, which is near enough here."""
    return {
        name: Estimate(
            one[name].mean + other[name].mean,
            one[name].p10 + other[name].p10,
            one[name].p50 + other[name].p50,
            one[name].p90 + other[name].p90,
        )
        for name in one
    }


MORE = {**DIFFERENCE, "profit": between(-180_000.0, 991_200.0, 2_203_000.0)}

WELCOME = FlowProjection(
    flow="welcome",
    strategy="S1",
    entered=about(2_140.4, 60),
    sent=about(5_903.2, 170),
    held_back=about(214.0, 12),
    held_back_by={"cap": about(14.0, 5), "consent": NONE, "holdout": about(200.0, 12)},
    delayed=about(1_120.0, 30),
    offers_used=about(121.0, 30),
    subsidised=about(0.0, 0),
    orders=about(120.4, 71.2),
    profit=about(291_200.0, 310_050.0),
    first_in=Increment(about(131.0, 78.0), about(318_000.0, 335_000.0)),
    last_in=Increment(about(109.8, 64.0), about(264_400.0, 290_000.0)),
    pays_if=BreakEven(Pays.ABOVE, 0.21, 0.06, "rate", 0.011, 0.011),
    proof=Proof(0.1, 6.4, 2_140.4, 1_140.0, 0.71, 61.0),
)
WIN_BACK = FlowProjection(
    flow="win-back",
    strategy="S8",
    entered=about(1_377.0, 40),
    sent=about(2_611.4, 90),
    held_back=about(402.2, 25),
    held_back_by={"cap": about(82.2, 9), "consent": about(184.0, 14), "holdout": about(136.0, 9)},
    delayed=about(640.0, 22),
    offers_used=about(231.0, 40),
    subsidised=about(166.0, 21),
    orders=about(64.0, 60.4),
    profit=about(-91_020.0, 402_000.0),
    first_in=Increment(about(70.0, 66.0), about(-60_400.0, 410_000.0)),
    last_in=Increment(about(58.0, 55.0), about(-121_640.0, 395_000.0)),
    pays_if=BreakEven(Pays.ABOVE, 1.6, 0.3, "added", 3.9, 5.2),
    proof=Proof(None, None, 1_377.0, 61_000.0, 0.08, 910.0),
)

ASSUMPTIONS = (
    Assumption(
        "consent.email", "customers who consent to email, where that is unknown",
        "assume.consent", "own", "62%", True, ("email",),
    ),
    Assumption(
        "event.sign_up", "how often `sign_up` happens",
        "assume.sign_up", "own", "70 a month", True, ("welcome",),
    ),
    Assumption(
        "event.order_delivered", "how often `order_delivered` happens",
        "events file", "data", "97% of orders, after 3d", True, ("follow-up", "thank-you"),
    ),
    Assumption(
        "email.lapsed", "orders per 1,000 mails, 10-12 months lapsed, 14 days",
        "Hillstrom e-mail test 2008", "A", "-0.0..6.6 per 1,000", True, ("win-back",),
    ),
    Assumption(
        "offer.redemption", "redemption of an offer",
        "a judgement", "none", "10%..30%", True, ("welcome", "win-back"),
    ),
    Assumption(
        "unsubscribe", "unsubscriptions per send",
        "industry", "D", "Beta(1.25, 1000), mean 0.00125", True, ("every message",),
    ),
    Assumption(
        "welcome", "purchase rate", "none found", "none", "x0.88..1.14", False, ("welcome",),
    ),
)  # fmt: skip

SHOP = Projection(
    playbook="leaf-and-steam",
    digest="sha256:" + "3f" * 32,
    seed=1,
    as_of=date(2026, 11, 14),
    horizon_days=365,
    draws=1_000,
    flow_draws=100,
    currency="EUR",
    decimals=2,
    family="mbg-nbd 57%, bg-nbd 43%",
    without=WITHOUT,
    with_playbook=plus(WITHOUT, DIFFERENCE),
    difference=DIFFERENCE,
    with_unproven=plus(WITHOUT, MORE),
    difference_unproven=MORE,
    probability_profit_positive=0.818,
    monte_carlo_error=46_200.0,
    contact={"messages_per_customer_month": between(0.47, 0.48, 0.49)},
    flows=(WELCOME, WIN_BACK),
    backtest=(
        Check(date(2025, 11, 14), 365, between(2_790.0, 3_021.4, 3_260.0), 2_958, 3_440.2, True),
    ),
    assumptions=ASSUMPTIONS,
    data=DataAccount(
        file="orders_export.csv",
        sha256="ab" * 32,
        rows=12_418,
        orders=9_102,
        customers=6_377,
        quarantined=17,
        later_orders=0,
        sanity_line="12,418 rows -> 9,102 orders -> 6,377 customers, 2024-01-03 ... 2026-11-14",
        details=(
            "3,241 rows merged: further lines of an order that stands above",
            "58 rows left out: cancelled",
            "17 rows quarantined: no date",
        ),
        first_day=date(2024, 1, 3),
        last_day=date(2026, 11, 14),
    ),
    notes=(
        "Newcomers come as they did: 2,204 first orders in the last 365 days.",
        "Seasons are not modelled; orders of one day count as one purchase.",
        "The difference is over whatever already ran in the history.",
    ),
)


SHOP = replace(
    SHOP,
    luck=0.21,
    rest=Increment(about(-3.0, 9.0), about(-12_300.0, 40_100.0)),
    money=(
        MoneyPart(
            "contribution", "contribution of orders", 1, WITHOUT["contribution"],
            plus(WITHOUT, DIFFERENCE)["contribution"], DIFFERENCE["contribution"],
        ),
        MoneyPart(
            "offer_cost", "offers: discounts, shipping, gifts", -1, NONE,
            about(519_000.1, 70_000), DIFFERENCE["offer_cost"],
        ),
        MoneyPart(
            "message_cost", "messages and tasks", -1, NONE,
            about(71_400.5, 2_100), DIFFERENCE["message_cost"],
        ),
    ),
    tornado=(
        Swing(
            "email.lapsed", "orders per 1,000 mails, 10-12 months lapsed (win-back)", "A",
            "-0.0", "6.6", 341_000.0, 1_161_000.0, 9_000.0, False,
        ),
        Swing(
            "economics.gross_margin", "margin", "own",
            "-10 %", "+10 %", 625_400.0, 895_300.0, 8_000.0, True,
        ),
        Swing("drift", "how far buying drifts off the model", "data",
              "0.81", "1.24", 751_000.0, 766_000.0, 21_000.0, False),
    ),
    grades=(
        GradeShare("own", about(402_000.0, 300_000.0), 0.3),
        GradeShare("A", about(938_000.0, 700_000.0), 0.7),
    ),
    requirements=(
        Judged("profit.difference.p50 > 0", "playbook.yaml", 52, Verdict.MET, "money",
               760_000.0, 690_000.0, 810_000.0, 0.0),
        Judged("crr >= 45%", "playbook.yaml", 53, Verdict.NOT_MET, "share",
               0.4393, 0.438, 0.4405, 0.45),
        Judged("profit.difference.p10 > -3000", "playbook.yaml", 54, Verdict.UNDECIDED, "money",
               -291_430.0, -345_000.0, -240_000.0, -300_000.0),
    ),
)  # fmt: skip


def null_shop() -> Projection:
    """Return the shop under a playbook whose effects and costs are zero."""
    nothing = dict.fromkeys(WITHOUT, NONE)
    return replace(
        SHOP,
        with_playbook=WITHOUT,
        difference=nothing,
        with_unproven=WITHOUT,
        difference_unproven=nothing,
        probability_profit_positive=0.0,
        monte_carlo_error=0.0,
        flows=(
            replace(
                WELCOME,
                orders=NONE,
                profit=NONE,
                offers_used=NONE,
                subsidised=NONE,
                first_in=Increment(NONE, NONE),
                last_in=Increment(NONE, NONE),
                pays_if=BreakEven(Pays.ALWAYS),
                proof=Proof(None, None, 2_140.4, None, 0.0, 61.0),
            ),
        ),
        assumptions=(),
        luck=0.0,
        rest=Increment(NONE, NONE),
        money=(),
        tornado=(),
        programmes=(),
        points=None,
        cohorts=(),
        cohort_groups=(),
        again={},
        grades=(),
        requirements=(),
    )


def _tenth(estimates: Estimates, factor: float) -> dict[str, Estimate]:
    return {
        name: Estimate(*(factor * value for value in (one.mean, one.p10, one.p50, one.p90)))
        for name, one in estimates.items()
    }


def small_shop() -> Projection:
    """Return a shop of a few orders a month, in yen, without a backtest or unproven effects."""
    without = _tenth(WITHOUT, 0.002) | {"repeat_purchase_rate": about(0.2, 0.05)}
    difference = _tenth(DIFFERENCE, 0.002) | {"repeat_purchase_rate": about(0.0021, 0.0009)}
    return replace(
        SHOP,
        playbook="ちいさなお茶",
        currency="JPY",
        decimals=0,
        draws=40,
        without=without,
        with_playbook=plus(without, difference),
        difference=difference,
        with_unproven=plus(without, difference),
        difference_unproven=difference,
        monte_carlo_error=0.15 * 4_000,
        flows=(
            replace(
                WIN_BACK,
                flow="a-flow-whose-name-is-longer-than-any-column-would-like-it",
                entered=about(3.2, 1),
                sent=about(4.0, 1),
                held_back=about(0.3, 0.2),
                orders=about(0.13, 0.4),
                profit=about(-82.0, 310.0),
                first_in=Increment(about(0.13, 0.4), about(-82.0, 310.0)),
                last_in=Increment(about(0.13, 0.4), about(-82.0, 310.0)),
            ),
        ),
        rest=Increment(NONE, NONE),
        money=(),
        tornado=(),
        programmes=(),
        points=None,
        cohorts=(),
        cohort_groups=(),
        again={},
        grades=(),
        requirements=(),
        backtest=(),
        data=replace(SHOP.data, first_day=date(2026, 9, 29), quarantined=0, details=()),
    )


def compared(name: str, past: float | None, without: float, gain: float) -> Compared:
    apart = about(gain, 0.4 * gain)
    return Compared(name, past, about(without, 0.01), about(without + gain, 0.01), apart)


SHOP = replace(
    SHOP,
    programmes=(
        ProgrammeCount("subscriptions_begun", "subscriptions begun", NONE, about(41.2, 20)),
        ProgrammeCount("subscriptions_ended", "subscriptions ended", NONE, about(7.3, 4)),
        ProgrammeCount("deliveries", "deliveries of subscriptions", NONE, about(152, 80)),
    ),
    points=PointsLedger(
        (
            PointsMonth(
                "2026-11", about(2_100, 90), NONE, NONE, about(2_100, 90), about(4_210, 900)
            ),
            PointsMonth(
                "2026-12", about(2_400, 95), about(500, 60), about(40, 9), about(3_960, 120),
                about(7_050, 1_400),
            ),
        ),
        PointsMonth(
            "", about(4_500, 180), about(500, 60), about(40, 9), about(3_960, 120),
            about(7_050, 1_400),
        ),
        about(0.52, 0.09),
        Reserve("2% of profit", about(819_455, 60_000), 0.997),
    ),
    cohorts=(
        Cohort(
            "2026-10",
            Estimate.exactly(120.0),
            (PastMonth("2026-10", 120, 124), PastMonth("2026-11", 14, 15)),
            (
                Month(
                    "2026-11",
                    {"active_customers": about(9, 2), "orders": about(10, 3)},
                    {"active_customers": about(9.5, 2), "orders": about(10.6, 3)},
                    {"active_customers": about(0.5, 0.3), "orders": about(0.6, 0.4)},
                ),
            ),
        ),
    ),
    cohort_groups=(
        CohortGroup("2026 Q3", 402.0, compared("2026 Q3", 0.0812, 0.0621, 0.0024)),
        CohortGroup("to come", 2_210.0, compared("to come", None, 0.0702, 0.0041)),
    ),
    again={
        "repurchase_rate": (compared("1", 0.118, 0.121, 0.003),),
        "retention_curve": (compared("1", 0.14, 0.139, 0.006), compared("2", 0.11, 0.108, 0.004)),
        "x_order_repurchase": (compared("1", 0.31, 0.33, 0.018), compared("2", None, 0.5, 0.009)),
    },
)  # fmt: skip
