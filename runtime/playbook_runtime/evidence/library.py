"""The evidence library: what studies found, as data. Adding one is one entry of LIBRARY.

A prior is a judgement on how a finding carries over to another shop: wider than the study's own
error, and nearer to no effect.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from playbook_runtime.evidence.model import Beta, Evidence, Form, Grade, Multipliers, Normal

HILLSTROM: Final = "Hillstrom e-mail test 2008, n = 64,000"
NOTHING_FOUND: Final = "no randomised study found"
UNSUBSCRIBE_ID: Final = "unsubscribe"
FATIGUE_ID: Final = "email.frequency"
REDEMPTION_ID: Final = "offer.redemption"


def _no_evidence(name: str, what: str) -> Evidence:
    return Evidence(
        id=name,
        effect=f"purchase rate after {what}",
        form=Form.PURCHASE_RATE,
        prior=Normal(0.0, 0.10),
        source=NOTHING_FOUND,
        grade=Grade.NONE,
    )


def _claim(name: str, claim: str) -> Evidence:
    return Evidence(f"claim.{name}", claim, Form.CLAIM, None, "vendors", Grade.D)


LIBRARY: Final = (
    Evidence(
        id="email.broadcast.rate",
        effect="purchase probability within 14 days of an e-mail",
        form=Form.PURCHASE_PROBABILITY,
        prior=Normal(0.45, 0.40),
        source=HILLSTROM,
        grade=Grade.A,
        in_sample="log ratio .623, standard error .102: conversion .573% -> 1.068%, x1.865"
        " [1.53, 2.28]; spend +.597 per mail [.376, .817]",
        control_probability=0.00573,
    ),
    Evidence(
        id="email.broadcast.added",
        effect="orders added per 1,000 e-mails within 14 days",
        form=Form.ADDED_ORDERS,
        prior=Normal(3.0, 2.5),
        source=HILLSTROM,
        grade=Grade.A,
        in_sample="4.95, standard error .72",
    ),
    Evidence(
        id="email.basket",
        effect="order value after an e-mail",
        form=Form.BASKET,
        prior=Normal(0.0, 0.05),
        source=HILLSTROM,
        grade=Grade.A,
        in_sample="x1.026 [.856, 1.231]",
    ),
    Evidence(
        id="email.lapsed",
        effect="orders added per 1,000 e-mails within 14 days, 10-12 months after the last order",
        form=Form.ADDED_ORDERS,
        prior=Normal(3.3, 2.6),
        source=HILLSTROM,
        grade=Grade.A,
        in_sample="5.4, standard error 1.2: .295% -> .834%",
    ),
    Evidence(
        id="email.irrelevant",
        effect="purchase probability within 14 days of an e-mail that fits no past purchase",
        form=Form.PURCHASE_PROBABILITY,
        prior=Normal(0.109, 0.189),
        source=HILLSTROM,
        grade=Grade.A,
        in_sample="x1.12 [.77, 1.61]",
        control_probability=0.00573,
    ),
    Evidence(
        id=FATIGUE_ID,
        effect="what is left of the gain of the 1st to 5th e-mail of a week",
        form=Form.FATIGUE,
        prior=Multipliers((1.0, 0.70, 0.20, 0.10, 0.05), 0.30),
        source="MineThatData 2018",
        grade=Grade.B,
        window_days=7.0,
    ),
    Evidence(
        id="cart.reminder.early",
        effect="purchase rate after a cart reminder within the first hour",
        form=Form.PURCHASE_RATE,
        prior=Normal(-0.05, 0.10),
        source="Li, Luo, Lu & Moriguchi 2021, Journal of Marketing 85(4)",
        grade=Grade.B,
        in_sample="the sign; its size is judged",
    ),
    Evidence(
        id="cart.reminder.late",
        effect="purchase rate after a cart reminder 1-3 days later",
        form=Form.PURCHASE_RATE,
        prior=Normal(0.15, 0.15),
        source="Li, Luo, Lu & Moriguchi 2021, Journal of Marketing 85(4)",
        grade=Grade.B,
        in_sample="the sign; its size is judged",
    ),
    Evidence(
        id="coupon.email",
        effect="purchase rate after an e-mailed coupon",
        form=Form.PURCHASE_RATE,
        prior=Normal(0.31, 0.15),
        source="Sahni, Zou & Chintagunta 2017 (70 experiments)",
        grade=Grade.B,
        in_sample="carry-over of 25% into the week after; redemption only 10% of the extra spend",
    ),
    Evidence(
        id="discount.depth.first-timers",
        effect="later purchase rate of first-time buyers after a deep discount",
        form=Form.PURCHASE_RATE,
        prior=Normal(0.05, 0.05),
        source="Anderson & Simester 2004, Marketing Science 23(1)",
        grade=Grade.B,
        window_days=365.0,
        in_sample="the sign; size and window are judged",
    ),
    Evidence(
        id="discount.depth.established",
        effect="later purchase rate of established customers after a deep discount",
        form=Form.PURCHASE_RATE,
        prior=Normal(-0.05, 0.05),
        source="Anderson & Simester 2004, Marketing Science 23(1)",
        grade=Grade.B,
        window_days=365.0,
        in_sample="the sign; size and window are judged",
    ),
    Evidence(
        id="repayment.best",
        effect="share of a short-run gain that the best customers repay later",
        form=Form.REPAID,
        prior=Beta(8.0, 2.0),
        source="Simester et al. 2009",
        grade=Grade.B,
        in_sample="best customers repay nearly all of it",
    ),
    Evidence(
        id="repayment.others",
        effect="share of a short-run gain that other customers repay later",
        form=Form.REPAID,
        prior=Beta(3.0, 5.0),
        source="Simester et al. 2009",
        grade=Grade.B,
    ),
    Evidence(
        id="target.by_risk",
        effect="the highest churn risk is not the best target",
        form=Form.CHECK,
        prior=None,
        source="Ascarza 2018, Journal of Marketing Research 55(1)",
        grade=Grade.B,
    ),
    Evidence(
        id="retarget.visit",
        effect="visits within four weeks of retargeting ads",
        form=Form.VISITS,
        prior=Normal(0.136, 0.05),
        source="Sahni et al. 2019, Journal of Marketing Research 56(3)",
        grade=Grade.B,
        window_days=28.0,
        in_sample="visits +14.6%",
    ),
    Evidence(
        id="loyalty.member",
        effect="purchase rate of members of a loyalty programme",
        form=Form.PURCHASE_RATE,
        prior=Normal(0.06, 0.08),
        source="Belli et al. 2022, Journal of the Academy of Marketing Science 50(1)",
        grade=Grade.C,
        window_days=365.0,
        in_sample="429 effects, 8% of them negative",
    ),
    Evidence(
        id="price.elasticity",
        effect="sales in percent per percent of price of one product; store-wide x.4",
        form=Form.ELASTICITY,
        prior=Normal(-2.6, 1.5),
        source="Bijmolt et al. 2005, Journal of Marketing Research 42(2)",
        grade=Grade.C,
    ),
    Evidence(
        id=UNSUBSCRIBE_ID,
        effect="chance to unsubscribe, per marketing message",
        form=Form.UNSUBSCRIBE,
        prior=Beta(1.25, 1000.0),
        source="industry figures",
        grade=Grade.D,
    ),
    Evidence(
        id=REDEMPTION_ID,
        effect="share of the qualifying orders that use a live offer",
        form=Form.REDEMPTION,
        # Median 20%; the width is judged.
        prior=Normal(-1.3862943611198906, 0.5),
        source="judged",
        grade=Grade.NONE,
    ),
    _no_evidence("welcome", "a message of a welcome series"),
    _no_evidence("post-purchase", "a message on an order"),
    _no_evidence("replenishment", "a reminder to reorder"),
    _no_evidence("vip", "VIP treatment"),
    _no_evidence("referral", "an invitation to refer"),
    _no_evidence("points", "a message on points"),
    _no_evidence("tiers", "a message on tiers"),
    _claim("welcome-series", "several welcome mails earn 51% more than one"),
    _claim("reactivated", "54% of reactivated customers buy again"),
    _claim("five-points", "5 points more retention raise profit by 25-95%"),
    _claim("reactivation", "win-back reactivates 15-30%"),
)
BY_ID: Final = MappingProxyType({entry.id: entry for entry in LIBRARY})


def find(evidence_id: str) -> Evidence | None:
    """Return the entry of that id, or None."""
    return BY_ID.get(evidence_id)


def entry(evidence_id: str) -> Evidence:
    """Return the entry of that id; KeyError where there is none."""
    return BY_ID[evidence_id]


def usable_ids() -> tuple[str, ...]:
    """Return the ids that `expect:` may name, in the order of the library."""
    return tuple(found.id for found in LIBRARY if found.is_effect)
