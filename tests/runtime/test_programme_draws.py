"""What of programmes is drawn by a judgement stays out of the headline where it would be a gain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playbook_compiler.driver import load
from playbook_compiler.model import Playbook
from playbook_runtime.kernel.tables import PROGRAMME_DRAWS
from playbook_runtime.programme_draws import (
    NOBODY,
    programme_assumptions,
    programme_draws,
    proven_only,
)

SHOP = """\
playbook: 1
name: shop
currency: EUR
timezone: UTC
programmes:
  membership: {{fee: 39.00 per 1y, rights: [free-shipping]{membership}}}
  referral: {{referrer: {{credit: 5.00}}, newcomer: {{percent_off: 10%}}}}
  subscription: {{every: [30d], discount: 8%, may: [skip, cancel]{subscription}}}
"""


def shop(folder: Path, expect: str = "") -> Playbook:
    path = folder / "playbook.yaml"
    path.write_text(SHOP.format(membership=expect, subscription=expect), encoding="utf-8")
    playbook = load(str(path)).playbook
    assert playbook is not None
    return playbook


def columns(playbook: Playbook) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return all draws and those of the headline, by column."""
    drawn = programme_draws(playbook, 1, 50)
    proven = proven_only(playbook, drawn)
    return tuple(dict(zip(PROGRAMME_DRAWS, one.T, strict=True)) for one in (drawn, proven))  # type: ignore[return-value]


def test_nobody_joins_by_a_judgement_in_the_headline(tmp_path: Path) -> None:
    drawn, proven = columns(shop(tmp_path))
    assert (drawn["subscribe"] > 0).all() and (proven["subscribe"] == 0).all()
    assert (proven["join"] == NOBODY).all()
    assert (drawn["anyway"] < 1).all() and (proven["anyway"] == 1).all()
    for column in ("referred", "renew", "stay", "skips"):  # what comes of those who are there
        assert np.array_equal(drawn[column], proven[column])


def test_who_says_how_many_join_has_them_in_the_headline(tmp_path: Path) -> None:
    drawn, proven = columns(shop(tmp_path, ", expect: {join: 2%..6%, renew: 60%..90%}"))
    for column in ("join", "subscribe"):
        assert np.array_equal(drawn[column], proven[column])


@pytest.mark.parametrize("said", [False, True])
def test_the_assumptions_say_what_the_headline_holds(tmp_path: Path, said: bool) -> None:
    playbook = shop(tmp_path, ", expect: {join: 2%..6%}" if said else "")
    held = {one.id: one.in_headline for one in programme_assumptions(playbook)}
    assert held["programmes.join"] is held["programmes.subscribe"] is said
    assert not held["programmes.anyway"] and held["programmes.referred"]
