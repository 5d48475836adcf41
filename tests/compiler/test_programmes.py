"""`programmes:` as it is read, put together from several files, and written into the plan."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, folder, graph, playbook, read, told

from playbook_compiler.checks import points_reserve_exceeded
from playbook_compiler.checks._programmes import cost_of, given_back
from playbook_compiler.driver import compile_playbook, load
from playbook_compiler.encode import encode
from playbook_compiler.model import Playbook
from playbook_compiler.plan import digest_of
from playbook_compiler.programmes import Programmes
from playbook_compiler.units import Duration, Share

POINTS = """\
programmes:
  points:
    earn:
      - {event: order_placed, points: 1 per EUR, pending: 14d}
      - {event: review_left, points: 50, at_most: 3 per 1y, where: orders >= 1}
    redeem: [{points: 500, for: {amount_off: 5.00}}]
    expire: 12mo after last activity
    reserve: 2% of profit
"""


def programmes(path: Path, text: str) -> Programmes:
    found = playbook(path, HEAD + text).programmes
    assert found is not None
    return found


def refused(path: Path, text: str) -> str:
    """Return the one error of a text after the head, in short and in words."""
    loaded = read(path, HEAD + text)
    (found,) = [one for one in loaded.diagnostics if one.is_error]
    return f"{found.span.line}:{found.span.column} {found.rule}: {found.message}"


def test_points_are_read_with_their_units(tmp_path: Path) -> None:
    points = programmes(tmp_path, POINTS).points
    assert points is not None
    order, review = points.earn
    assert (order.points.per_unit, order.pending) == (Decimal(1), Duration(days=14))
    assert (str(review.points), str(review.at_most), str(review.where)) == (
        "50", "3 per 1y", "orders >= 1",
    )  # fmt: skip
    assert (points.redeem[0].points, str(points.redeem[0].reward.amount_off)) == (500, "5")
    assert (str(points.expire), str(points.reserve)) == ("1y after last activity", "2% of profit")


def test_levels_stand_in_the_order_of_their_thresholds(tmp_path: Path) -> None:
    tiers = programmes(
        tmp_path,
        "programmes: {tiers: {basis: revenue over 12mo, keep: 12mo,\n"
        "  levels: {blossom: 400, leaf: 0, bud: 150},\n"
        "  rights: {blossom: [free-shipping, {points: 1.5x}, {own: a tea tasting}]}}}\n",
    ).tiers
    assert tiers is not None
    assert tiers.in_order == ("leaf", "bud", "blossom")
    shipping, points, own = tiers.rights["blossom"]
    assert (shipping.right, str(points.points), own.own) == (
        "free-shipping", "1.5x", "a tea tasting",
    )  # fmt: skip


def test_a_right_may_be_an_offer_of_the_playbook(tmp_path: Path) -> None:
    membership = programmes(
        tmp_path,
        "offers: {sampler: {gift: sampler, cost: 2.40, valid: 30d}}\n"
        "programmes: {membership: {fee: 39.00 per 1y, rights: [free-shipping, sampler]}}\n",
    ).membership
    assert membership is not None
    assert [right.right or right.offer for right in membership.rights] == [
        "free-shipping", "sampler",
    ]  # fmt: skip


def test_a_subscription_names_products_by_a_condition_on_a_line(tmp_path: Path) -> None:
    subscription = programmes(
        tmp_path,
        "programmes: {subscription: {products: category = tea, every: [30d, 60d], discount: 8%,\n"
        "  expect: {join: 1%..4%, renew: 80%..92%}}}\n",
    ).subscription
    assert subscription is not None
    assert str(subscription.products) == "category = tea"
    assert subscription.every == (Duration(days=30), Duration(days=60))
    assert subscription.may == ("pause", "skip", "change", "cancel")


def test_programmes_of_several_files_are_one(tmp_path: Path) -> None:
    folder(
        tmp_path,
        {
            "playbook.yaml": f"{HEAD}include: [a.yaml]\nprogrammes:\n"
            "  tiers: {basis: orders, levels: {leaf: 0}}\n",
            "a.yaml": POINTS,
        },
    )
    loaded = load(str(tmp_path))
    assert loaded.playbook is not None, told(loaded)
    found = loaded.playbook.programmes
    assert found is not None
    assert found.points is not None
    assert found.tiers is not None


def test_a_programme_that_two_files_define_is_an_error_with_both_places(tmp_path: Path) -> None:
    folder(tmp_path, {"playbook.yaml": f"{HEAD}include: [a.yaml]\n{POINTS}", "a.yaml": POINTS})
    (found,) = load(str(tmp_path)).diagnostics
    assert (found.rule, found.labels[0].span.file.endswith("playbook.yaml")) == (
        "duplicate-id", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("programmes: {points: {earn: [{event: order_placd, points: 1 per EUR}]}}\n",
         "5:38 unknown-event: unknown event `order_placd`"),
        ("programmes: {points: {earn: [{event: sign_up, points: 1 per EUR}]}}\n",
         "5:55 wrong-shape: `sign_up` has no amount to earn points on"),
        ("programmes: {points: {earn: {event: order_placed, points: 1 per USD}}}\n",
         ("5:59 wrong-currency: points are earned per USD, but all money of this playbook is in"
          " EUR")),
        ("programmes: {points: {earn: [], redeem: [{points: 5, for: {points: 9}}]}}\n",
         "5:60 misplaced-key: points are redeemed for points"),
        ("programmes: {points: {earn: [], redeem: {points: 5, for: {credit: 1, amount_off: 1}}}}\n",
         "5:59 several-benefits: points are redeemed for `amount_off` and `credit`"),
        ("programmes: {points: {earn: [], redeem: [{points: 5, for: sampler}]}}\n",
         "5:59 unknown-reward: `sampler` is neither an offer nor a product of this playbook"),
        ("programmes: {points: {earn: [], redeem: [{points: 5, for: {amount_off: 1, cost: 1}}]}}\n",
         "5:75 misplaced-key: `cost` is what a `gift` costs"),
        ("programmes: {referral: {reward_after: 14d}}\n",
         "5:24 no-benefit: the referral programme gives nothing"),
        ("programmes: {referral: {newcomer: {free_shipping: false}}}\n",
         "5:35 no-benefit: the newcomer gets nothing"),
        ("programmes: {membership: {fee: 39.0005 per 1y}}\n",
         "5:32 too-many-decimals: amounts in EUR have at most 2 decimals here, found 39.0005"),
        ("programmes: {membership: {fee: 39 per 1y, expect: {join: 6%..2%}}}\n",
         "5:58 bad-range: `6%..2%`: the range is reversed: write 2%..6%"),
        ("programmes: {subscription: {every: 30d, may: [pauze]}}\n",
         "5:47 unknown-word: `pauze` is not what a subscriber may do"),
        ("programmes: {subscription: {every: 30d, products: orders > 3}}\n",
         ("5:51 fact-out-of-place: `orders` cannot be read here: only where a condition is about"
          " one customer")),
        ("programmes: {subscription: {every: [30d, 0d]}}\n",
         "5:42 out-of-range: a subscription cannot deliver again after no time"),
        ("programmes: {referral: {newcomer: {percent_off: 120%}}}\n",
         "5:49 bad-share: `120%`: expected no more than 100%"),
        ("programmes: {loyalty: {}}\n", "5:14 unknown-key: unknown key `loyalty` in programmes"),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_place(tmp_path: Path, text: str, finding: str) -> None:
    assert refused(tmp_path, text) == finding


def test_the_plan_keeps_programmes_in_canonical_form(tmp_path: Path) -> None:
    said = encode(programmes(tmp_path, POINTS))
    assert said == {
        "points": {
            "earn": [
                {"event": "order_placed", "points": "1 per EUR", "pending": "14d"},
                {"event": "review_left", "points": "50", "at_most": "3 per 1y",
                 "where": "orders >= 1"},
            ],
            "redeem": [{"points": 500, "for": {"amount_off": "5", "free_shipping": False}}],
            "expire": "1y after last activity",
            "reserve": "2% of profit",
        }
    }  # fmt: skip


def test_spelling_and_order_of_levels_do_not_change_the_digest(tmp_path: Path) -> None:
    one = "programmes: {tiers: {basis: revenue over 12mo, levels: {a: 0, b: 150}}}\n"
    other = "programmes: {tiers: {levels: {b: 150.0, a: 0}, basis: revenue over 1y}}\n"
    assert digest_of(graph(tmp_path, HEAD + one)) == digest_of(graph(tmp_path, HEAD + other))


def rewarded(path: Path, redeem: str, *, right: str = "") -> Playbook:
    """Return a shop with 1 point per EUR, these ways to redeem, and a right of the top level."""
    tiers = f"  tiers: {{basis: orders, levels: {{a: 0}}, rights: {{a: [{right}]}}}}\n"
    return playbook(
        path,
        f"{HEAD}economics: {{gross_margin: 60%, order_costs: {{shipping: 4.00}}}}\n"
        "products: {kyusu: {price: 20.00, margin: 40%}, cup: {price: 20.00}, bowl: {}}\n"
        "offers: {sampler: {gift: sampler, cost: 2.40, valid: 30d}}\n"
        "programmes:\n  points:\n    earn: [{event: order_placed, points: 1 per EUR}]\n"
        f"    redeem: [{redeem}]\n{tiers if right else ''}",
    )


@pytest.mark.parametrize(
    ("redeem", "share"),
    [
        ("{points: 500, for: {amount_off: 5.00}}", "0.01"),
        ("{points: 100, for: {credit: 5.00}}", "0.05"),
        ("{points: 100, for: {free_shipping: true}}", "0.04"),
        ("{points: 100, for: {gift: a card, cost: 1.50}}", "0.015"),
        ("{points: 100, for: sampler}", "0.024"),
        ("{points: 100, for: {choice: [sampler, kyusu]}}", "0.12"),  # 20.00 less a margin of 40%
        ("{points: 100, for: {choice: [cup, bowl]}}", "0.08"),  # the shop's margin, 60%
        ("{points: 100, for: {choice: [kyusu]}, plus: 5.00}", "0.07"),
        ("{points: 100, for: sampler, plus: 5.00}", "0"),
        ("{points: 500, for: {amount_off: 5.00}}, {points: 100, for: {credit: 2.00}}", "0.02"),
    ],
)
def test_what_points_give_back_goes_by_the_dearest_way_to_redeem_them(
    tmp_path: Path, redeem: str, share: str
) -> None:
    back = given_back(rewarded(tmp_path, redeem))
    assert back is not None
    assert back.share == Share(Decimal(share))


def test_the_best_right_multiplies_what_points_give_back(tmp_path: Path) -> None:
    shop = rewarded(tmp_path, "{points: 500, for: {amount_off: 5.00}}", right="{points: 3x}")
    back, plain = given_back(shop), given_back(shop, with_rights=False)
    assert back is not None
    assert plain is not None
    assert (back.share, plain.share) == (Share(Decimal("0.03")), Share(Decimal("0.01")))
    assert back.arithmetic == "1 point per EUR x 3 (the best right) x 0.01 EUR a point = 3%"


@pytest.mark.parametrize(
    "redeem", ["{points: 100, for: {percent_off: 10%}}", "{points: 100, for: {choice: [bowl]}}"]
)
def test_what_cannot_be_told_is_not_guessed(tmp_path: Path, redeem: str) -> None:
    shop = rewarded(tmp_path, redeem)
    assert given_back(shop) is None
    assert shop.programmes is not None
    assert shop.programmes.points is not None
    assert cost_of(shop.programmes.points.redeem[0].reward, shop) is None


@pytest.mark.parametrize("condition", ["tier = bud", "tier in (bud, leaf)", "tier is known"])
def test_conditions_name_the_declared_levels(tmp_path: Path, condition: str) -> None:
    tiers = "programmes: {tiers: {basis: orders, levels: {leaf: 0, bud: 3}}}\n"
    shop = playbook(tmp_path, f'{HEAD}{tiers}audiences: {{a: "{condition}"}}\n')
    assert str(shop.audiences["a"].where) == condition


def test_a_level_that_is_not_declared_is_an_error_only_where_levels_are(tmp_path: Path) -> None:
    tiers = "programmes: {tiers: {basis: orders, levels: {leaf: 0, bud: 3}}}\n"
    assert refused(tmp_path, f"{tiers}audiences: {{a: tier = bug}}\n").startswith(
        "6:23 unknown-tier: unknown tier `bug`"
    )
    assert read(tmp_path, f"{HEAD}audiences: {{a: tier = gold}}\n").playbook is not None


def test_who_earns_points_is_held_to_the_checks_of_conditions(tmp_path: Path) -> None:
    earn = (
        "{event: order_placed, points: 1 per EUR, pending: 14d, where: orders > 3 and orders < 2}"
    )
    folder(tmp_path, {"playbook.yaml": f"{HEAD}programmes:\n  points:\n    earn: {earn}\n"})
    found = [one.rule for one in compile_playbook(str(tmp_path)).diagnostics if one.is_error]
    assert found == ["contradictory-condition"]


@pytest.mark.parametrize(
    ("reserve", "told_sum"),
    [
        ("1% of profit", "0.6% is set aside (1% of profit, x 60% margin)"),
        ("0.9% of revenue", "0.9% is set aside (0.9% of revenue)"),
        ("2% of profit", ""),
        ("1% of revenue", ""),
    ],
)
def test_the_reserve_is_held_against_the_earning_rate_and_the_sum_is_told(
    tmp_path: Path, reserve: str, told_sum: str
) -> None:
    found = graph(
        tmp_path,
        f"{HEAD}economics: {{gross_margin: 60%}}\nprogrammes:\n  points:\n"
        "    earn: [{event: order_placed, points: 1 per EUR, pending: 14d}]\n"
        f"    redeem: [{{points: 500, for: {{amount_off: 5.00}}}}]\n    reserve: {reserve}\n",
    )
    said = [one.message for one in points_reserve_exceeded.check(found)]
    cost = "points cost up to 1% of what is spent (1 point per EUR x 0.01 EUR a point = 1%), and "
    assert said == ([cost + told_sum] if told_sum else [])


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("points: {earn: {event: order_placed, points: 1 per eur}}", "1 per EUR"),
        ("points: {earn: {event: order_placed, points: 1 per USD}}", "1 per EUR"),
        ("points: {earn: [], reserve: 2% of profits}", "2% of profit"),
        ("tiers: {basis: revenues over 12mo, levels: {a: 0}}", "revenue over 12mo"),
        ("tiers: {basis: orders, levels: {a: 0}, rights: {a: {points: 150%}}}", "1.5x"),
        ("tiers: {basis: orders, levels: {a: 0}, rights: {a: [free-shiping]}}", "free-shipping"),
        ("membership: {fee: 39.00 a year}", "39.00 per 1y"),
    ],
)
def test_slips_that_can_mean_one_thing_only_come_with_their_edit(
    tmp_path: Path, written: str, mended: str
) -> None:
    text = f"{HEAD}programmes: {{{written}}}\n"
    (found,) = read(tmp_path, text).diagnostics
    assert found.fix is not None
    assert found.fix.replacement.strip('"') == mended
    line = text.splitlines()[found.fix.span.line - 1]
    edited = line[: found.fix.span.column - 1] + found.fix.replacement
    edited += line[found.fix.span.end_column - 1 :]
    assert read(tmp_path, text.replace(line, edited)).playbook is not None
