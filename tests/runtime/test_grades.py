"""The gain by grade of evidence: parts of a whole, also where effects of another grade cost."""

from __future__ import annotations

from playbook_runtime.estimate import Estimate
from playbook_runtime.grades import shares_of


def test_shares_are_parts_of_what_the_gains_of_all_grades_bring() -> None:
    found = shares_of({"A": Estimate.exactly(300.0), "B": Estimate.exactly(100.0)})
    assert [one.share for one in found] == [0.75, 0.25]


def test_what_costs_has_no_share_and_makes_no_other_grade_more_than_all() -> None:
    found = shares_of({"own": Estimate.exactly(-50.0), "A": Estimate.exactly(100.0)})
    assert [(one.grade, one.profit.mean, one.share) for one in found] == [
        ("own", -50.0, None),
        ("A", 100.0, 1.0),
    ]


def test_without_any_gain_there_is_no_share() -> None:
    found = shares_of({"own": Estimate.exactly(-5.0), "A": Estimate.exactly(0.0)})
    assert [one.share for one in found] == [None, None]
