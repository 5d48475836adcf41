"""The evidence library holds the figures of the studies, typed here a second time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from playbook_runtime.evidence import reference
from playbook_runtime.evidence.defaults import BY_STRATEGY, default_evidence
from playbook_runtime.evidence.library import LIBRARY, entry, find, usable_ids
from playbook_runtime.evidence.model import Beta, Form, Grade, Multipliers, Normal

ROOT = Path(__file__).parents[3]

TABLE = {
    "email.broadcast.rate": ("purchase_probability", (0.45, 0.40), "A", 14),
    "email.broadcast.added": ("added_orders", (3, 2.5), "A", 14),
    "email.basket": ("basket", (0, 0.05), "A", 14),
    "email.lapsed": ("added_orders", (3.3, 2.6), "A", 14),
    "email.irrelevant": ("purchase_probability", (0.109, 0.189), "A", 14),
    "cart.reminder.early": ("purchase_rate", (-0.05, 0.10), "B", 14),
    "cart.reminder.late": ("purchase_rate", (0.15, 0.15), "B", 14),
    "coupon.email": ("purchase_rate", (0.31, 0.15), "B", 14),
    "discount.depth.first-timers": ("purchase_rate", (0.05, 0.05), "B", 365),
    "discount.depth.established": ("purchase_rate", (-0.05, 0.05), "B", 365),
    "retarget.visit": ("visits", (0.136, 0.05), "B", 28),
    "loyalty.member": ("purchase_rate", (0.06, 0.08), "C", 365),
    "price.elasticity": ("elasticity", (-2.6, 1.5), "C", 14),
    "welcome": ("purchase_rate", (0, 0.10), "none", 14),
    "post-purchase": ("purchase_rate", (0, 0.10), "none", 14),
    "replenishment": ("purchase_rate", (0, 0.10), "none", 14),
    "vip": ("purchase_rate", (0, 0.10), "none", 14),
    "referral": ("purchase_rate", (0, 0.10), "none", 14),
    "points": ("purchase_rate", (0, 0.10), "none", 14),
    "tiers": ("purchase_rate", (0, 0.10), "none", 14),
}
BETAS = {
    "repayment.best": ("repaid", (8, 2), "B"),
    "repayment.others": ("repaid", (3, 5), "B"),
    "unsubscribe": ("unsubscribe", (1.25, 1000), "D"),
}
CLAIMS = {"welcome-series": "51%", "reactivated": "54%", "five-points": "25-95%",
          "reactivation": "15-30%"}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_prior_of_a_study_is_the_one_decided(name: str) -> None:
    form, (mean, sd), grade, window = TABLE[name]
    found = entry(name)
    assert (found.form, found.prior) == (Form(form), Normal(mean, sd))
    assert (found.grade, found.window_days) == (Grade(grade), window)
    assert found.source


@pytest.mark.parametrize("name", BETAS)
def test_the_prior_of_a_probability_is_the_beta_decided(name: str) -> None:
    form, (a, b), grade = BETAS[name]
    found = entry(name)
    assert (found.form, found.prior, found.grade) == (Form(form), Beta(a, b), Grade(grade))


def test_later_messages_of_a_week_keep_less_and_less_of_their_gain() -> None:
    found = entry("email.frequency")
    assert found.prior == Multipliers((1, 0.70, 0.20, 0.10, 0.05), 0.30)
    assert found.grade is Grade.B


def test_nothing_else_is_in_the_library() -> None:
    others = {"email.frequency", "target.by_risk", "offer.redemption"}
    claims = {f"claim.{name}" for name in CLAIMS}
    assert {found.id for found in LIBRARY} == {*TABLE, *BETAS, *others, *claims}
    assert len({found.id for found in LIBRARY}) == len(LIBRARY)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_vendors_claim_is_quoted_and_no_effect(name: str) -> None:
    found = entry(f"claim.{name}")
    assert CLAIMS[name] in found.effect
    assert found.claim_only and found.prior is None and found.grade is Grade.D
    assert found.id not in usable_ids()


def test_the_highest_risk_is_a_rule_and_no_number() -> None:
    found = entry("target.by_risk")
    assert (found.form, found.prior, found.grade) == (Form.CHECK, None, Grade.B)
    assert not found.is_effect


def test_only_effects_on_buying_can_be_expected() -> None:
    assert {"email.lapsed", "repayment.best", "offer.redemption"} <= set(usable_ids())
    assert not {"unsubscribe", "email.frequency", "retarget.visit"} & set(usable_ids())


def test_an_unknown_id_is_not_found() -> None:
    assert find("email.lapsd") is None


STANDARD = {"channel": "email", "kind": "marketing", "trigger": "order_placed", "waited_days": 3.0}


@pytest.mark.parametrize(
    ("strategy", "trigger", "expected"),
    [
        ("S1", "sign_up", "welcome"),
        ("S2", "order_placed", "post-purchase"),
        ("S4", "order_delivered", "post-purchase"),
        ("S6", "order_placed", "replenishment"),
        ("S7", "order_placed", "post-purchase"),
        ("S8", "inactive_for", "email.lapsed"),
        ("S9", "cart_abandoned", "cart.reminder.late"),
        ("S13", "every", "email.broadcast.added"),
        ("", "every", "email.broadcast.added"),
        ("", "back_in_stock", "email.broadcast.added"),
    ],
)
def test_a_send_without_expectation_takes_its_strategys_evidence(
    strategy: str, trigger: str, expected: str
) -> None:
    told = STANDARD | {"trigger": trigger}
    assert default_evidence(strategy=strategy, **told) == expected


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [("sign_up", "welcome"), ("inactive_for", "email.lapsed"), ("order_placed", "post-purchase")],
)
def test_leaving_out_the_strategy_earns_no_better_evidence(trigger: str, expected: str) -> None:
    assert default_evidence(strategy="", **STANDARD | {"trigger": trigger}) == expected


def test_a_cart_reminder_within_the_hour_is_the_early_one() -> None:
    cart = STANDARD | {"trigger": "cart_abandoned"}
    assert default_evidence(strategy="S9", **cart | {"waited_days": 0.5 / 24}) == (
        "cart.reminder.early"
    )
    assert default_evidence(strategy="S9", **cart | {"waited_days": 1 / 24}) == "cart.reminder.late"


def test_the_study_of_carts_says_nothing_of_browsing() -> None:
    assert default_evidence(strategy="S9", **STANDARD | {"trigger": "product_browsed"}) is None


@pytest.mark.parametrize("channel", ["sms", "push", "post"])
def test_nothing_is_known_of_other_channels(channel: str) -> None:
    assert default_evidence(strategy="S8", **STANDARD | {"channel": channel}) is None


def test_transactional_messages_have_no_effect() -> None:
    assert default_evidence(strategy="S2", **STANDARD | {"kind": "transactional"}) is None


def test_every_strategys_evidence_is_an_effect_of_the_library() -> None:
    named = {name for name in BY_STRATEGY.values() if name is not None}
    assert named <= set(usable_ids())


def test_the_reference_page_is_that_of_the_data(update: bool) -> None:
    page = ROOT / "docs" / "reference" / "evidence.md"
    if update:
        page.write_text(reference.page(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == reference.page(), "rewrite it: pytest --update"


def test_library_and_findings_import_no_numpy() -> None:
    code = (
        "import sys; import playbook_runtime.evidence.findings, playbook_runtime.evidence.sends;"
        " print([name for name in ('numpy', 'numba', 'scipy', 'duckdb') if name in sys.modules])"
    )
    path = [str(ROOT / "compiler"), str(ROOT / "runtime")]
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
