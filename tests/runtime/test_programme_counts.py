"""What a projection counts of programmes is what the kernel counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.runtime.projections import SHOP, about, between

from playbook_compiler.driver import load
from playbook_compiler.model import Playbook
from playbook_compiler.values import replace
from playbook_runtime.estimate import Estimate
from playbook_runtime.kernel.layout import WITH, WORLD, World, world_column
from playbook_runtime.output.projection_text import projection_text
from playbook_runtime.programme_counts import programme_counts
from playbook_runtime.projection import ProgrammeCount

HEAD = "playbook: 1\nname: shop\ncurrency: EUR\ntimezone: UTC\n"
MEMBERSHIP = "  membership: {fee: 39.00 per 1y, rights: [free-shipping]}\n"
REFERRAL = "  referral: {referrer: {credit: 5.00}, newcomer: {percent_off: 10%}}\n"
SUBSCRIPTION = "  subscription: {every: [30d], discount: 8%, may: [skip, cancel]}\n"


def shop(folder: Path, programmes: str) -> Playbook:
    path = folder / "playbook.yaml"
    path.write_text(HEAD + (f"programmes:\n{programmes}" if programmes else ""), encoding="utf-8")
    playbook = load(str(path)).playbook
    assert playbook is not None
    return playbook


@pytest.mark.parametrize(
    ("programmes", "names"),
    [
        ("", []),
        (MEMBERSHIP, ["membership_joined", "membership_left"]),
        (REFERRAL, ["referred"]),
        (SUBSCRIPTION, ["subscriptions_begun", "subscriptions_ended", "deliveries"]),
    ],
)
def test_each_programme_has_its_counts(tmp_path: Path, programmes: str, names: list[str]) -> None:
    nothing = np.zeros((3, 2 * WORLD), dtype=np.int64)
    found = programme_counts(shop(tmp_path, programmes), nothing, nothing)
    assert [one.name for one in found] == names


def test_counts_are_those_of_the_world_with_and_of_both_lines(tmp_path: Path) -> None:
    headline, unproven = (np.arange(4 * WORLD, dtype=np.int64).reshape(2, -1) + n for n in (0, 7))
    found = programme_counts(shop(tmp_path, SUBSCRIPTION), headline, unproven)
    columns = (World.SUBSCRIBED, World.SUBSCRIPTIONS_ENDED, World.DELIVERIES)
    for one, what in zip(found, columns, strict=True):
        column = world_column(WITH, what)
        assert one.with_playbook == Estimate.of(headline[:, column].tolist())
        assert one.with_unproven == Estimate.of(unproven[:, column].tolist())


def test_the_text_says_who_is_there_by_a_judgement_only() -> None:
    said = ProgrammeCount("deliveries", "deliveries", about(120, 30), about(120, 30))
    judged = replace(said, with_playbook=Estimate.exactly(0.0), with_unproven=between(2, 4.26, 7))
    alike = projection_text(replace(SHOP, programmes=(said,)))
    assert "unproven effects only" not in alike.replace("\n   ", " ")
    apart = projection_text(replace(SHOP, programmes=(judged,))).replace("\n   ", " ")
    assert "unproven effects only" in apart and "4.3" in apart
