"""Objects in Voucherify keep their identity when others come, go or change places; the report says
what is not as in the playbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.contracts.voucherify_exports import bundle_of

from playbook_compiler.export.bundle import Entry, ExportBundle
from playbook_compiler.export.capability import Support

_HEAD = """
playbook: 1
name: p
currency: EUR
timezone: Europe/Berlin
"""
_EARN = """programmes:
  points:
    earn:
EARN
    redeem:
REDEEM
"""
ANY = "{event: review_left, points: 50}"
REGULARS = "{event: review_left, points: 80, where: orders > 3}"
FIVE = "{points: 500, for: {amount_off: 5.00}}"


def _export(folder: Path, text: str) -> ExportBundle:
    file = folder / "playbook.yaml"
    file.write_text(_HEAD + text, encoding="utf-8")
    return bundle_of(file)


def _programme(
    folder: Path, earn: tuple[str, ...] = (ANY,), redeem: tuple[str, ...] = (FIVE,)
) -> ExportBundle:
    def listed(lines: tuple[str, ...]) -> str:
        return "\n".join(f"      - {line}" for line in lines)

    return _export(folder, _EARN.replace("EARN", listed(earn)).replace("REDEEM", listed(redeem)))


def _payloads(bundle: ExportBundle, kind: str) -> dict[str, Any]:
    return {one.uuid: one.payload for one in bundle.requests if one.kind == kind}


def _told(bundle: ExportBundle, construct: str) -> list[Entry]:
    return [one for one in bundle.lowering.entries if one.construct == construct]


def test_earning_rules_of_one_event_keep_their_identity_in_another_order(tmp_path: Path) -> None:
    before = _payloads(_programme(tmp_path, (ANY, REGULARS)), "earning-rule")
    after = _payloads(_programme(tmp_path, (REGULARS, ANY)), "earning-rule")
    assert len(before) == 2

    assert before == after


def test_another_rule_of_an_event_leaves_the_first_alone(tmp_path: Path) -> None:
    before = _payloads(_programme(tmp_path, (ANY,)), "earning-rule")
    after = _payloads(_programme(tmp_path, (REGULARS, ANY)), "earning-rule")
    assert before.keys() < after.keys()


def test_more_points_for_a_rule_make_no_new_one(tmp_path: Path) -> None:
    before = _payloads(_programme(tmp_path, (ANY,)), "earning-rule")
    more = ANY.replace("50", "60")
    assert before.keys() == _payloads(_programme(tmp_path, (more,)), "earning-rule").keys()


def test_two_rules_that_differ_in_points_alone_are_two(tmp_path: Path) -> None:
    both = (ANY, ANY.replace("50", "60"))
    before = _payloads(_programme(tmp_path, both), "earning-rule")
    after = _payloads(_programme(tmp_path, both[::-1]), "earning-rule")
    assert len(before) == 2 and before.keys() == after.keys()


def test_another_price_makes_no_new_reward(tmp_path: Path) -> None:
    before = _programme(tmp_path)
    after = _programme(tmp_path, redeem=(FIVE.replace("500", "600"),))
    for kind in ("reward", "campaign"):
        assert _payloads(before, kind).keys() == _payloads(after, kind).keys() != set()


def test_rewards_that_give_the_same_are_told_apart_by_their_price(tmp_path: Path) -> None:
    cheap, dear = FIVE, FIVE.replace("500", "600")
    before = _programme(tmp_path, redeem=(cheap, dear))
    after = _programme(tmp_path, redeem=(dear, cheap))
    assert len(_payloads(before, "reward")) == 2
    assert _payloads(before, "reward") == _payloads(after, "reward")


def test_rewards_that_give_something_else_are_others(tmp_path: Path) -> None:
    six = FIVE.replace("5.00", "6.00")
    assert not (
        _payloads(_programme(tmp_path), "reward").keys()
        & _payloads(_programme(tmp_path, redeem=(six,)), "reward").keys()
    )


def test_a_code_of_ones_own_is_a_new_one_each_time_unless_issued_once(tmp_path: Path) -> None:
    offer = "offers: {back: {percent_off: 20%, valid: 14d, code: unique, once_per_customer: ONCE}}"
    (again,) = _told(_export(tmp_path, offer.replace("ONCE", "false")), "offer.code")
    assert again.support is Support.APPROXIMATED
    assert "each publication makes a new code" in again.how
    (once,) = _told(_export(tmp_path, offer.replace("ONCE", "true")), "offer.code")
    assert once.support is Support.EXACT


def test_each_right_says_what_becomes_of_it(tmp_path: Path) -> None:
    text = """programmes:
  tiers:
    basis: revenue over 12mo
    levels: {leaf: 0, blossom: 400}
    rights: {blossom: [free-shipping, early-access]}
  membership: {fee: 39.00 per 1y, rights: [free-shipping, priority-support]}
"""
    bundle = _export(tmp_path, text)
    tiers = [one.how for one in _told(bundle, "programme.tiers.rights.right")]
    assert [how.partition(":")[0] for how in sorted(tiers)] == ["`early-access`", "`free-shipping`"]
    assert "merely a word in the tier's metadata" in sorted(tiers)[0]
    assert "promotion tier" in sorted(tiers)[1]
    members = _told(bundle, "programme.membership.rights.right")
    assert all(one.support is Support.APPROXIMATED for one in members)
    assert any("merely on the list" in one.how for one in members) and len(members) == 2
