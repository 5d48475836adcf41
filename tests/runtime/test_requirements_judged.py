"""`require:` held against draws: met, not met, undecided; located, by world and statistic."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from playbook_compiler.driver import compile_playbook
from playbook_compiler.model import Requirement
from playbook_runtime.projection import Verdict
from playbook_runtime.requirements import Known, findings, judged, statistic

HEAD = """\
playbook: 1
name: shop
currency: EUR
timezone: Europe/Berlin
messages: {receipt: {kind: transactional, subject: Thank you}}
flows: {thanks: {trigger: order_placed, steps: [{send: receipt}]}}
require:
"""


def requirements(folder: Path, *lines: str) -> tuple[Requirement, ...]:
    path = folder / "playbook.yaml"
    path.write_text(HEAD + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    graph = compile_playbook(str(path)).graph
    assert graph is not None
    return tuple(graph.playbook.require)


def normal(mean: float, sd: float, count: int = 1_000) -> list[float]:
    draw = random.Random(1)
    return [draw.gauss(mean, sd) for _ in range(count)]


KNOWN = Known(
    {
        "without": {"profit": normal(100_000, 500), "orders": [400.0] * 50, "crr": [0.30] * 50},
        "with": {"profit": normal(101_000, 500), "orders": [410.0] * 50, "crr": [0.31] * 50},
        "difference": {"profit": normal(1_000, 500), "orders": [10.0] * 50, "crr": [0.01] * 50},
    },
    {"thanks": {"profit": normal(-30, 2), "sent": [500.0] * 50}},
)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("profit.difference > 0", Verdict.MET),
        ("profit.difference.p10 > 0", Verdict.MET),
        ("profit.difference.p10 > 9", Verdict.NOT_MET),  # 9 EUR are 900 minor units
        ("profit.difference.p10 > 3.60", Verdict.UNDECIDED),  # about 1000 - 1.28 * 500
        ("profit.difference > 10.00", Verdict.UNDECIDED),
        ("profit > 1005", Verdict.MET),  # with the playbook, the mean
        ("profit.without > 1005", Verdict.NOT_MET),
        ("orders >= 410", Verdict.MET),
        ("orders > 410", Verdict.NOT_MET),
        ("orders.difference.p90 <= 10", Verdict.MET),
        ("crr >= 31%", Verdict.MET),
        ("crr.without >= 31%", Verdict.NOT_MET),
        ("profit.difference >= 2% of profit", Verdict.NOT_MET),  # 1,000 of 100,000 without
        ("profit.difference >= 0.5% of profit", Verdict.MET),
        ("flow(thanks).profit >= 0", Verdict.NOT_MET),
        ("flow(thanks).sent < 501", Verdict.MET),
        ("newcomers > 3", Verdict.UNDECIDED),  # not among what is projected
    ],
)
def test_verdicts(tmp_path: Path, line: str, verdict: Verdict) -> None:
    (one,) = judged(requirements(tmp_path, line), KNOWN)
    assert one.verdict is verdict
    assert one.line == 8


def test_a_line_that_is_not_met_is_named_and_an_undecided_one_is_a_warning(tmp_path: Path) -> None:
    asked = requirements(tmp_path, "orders > 1", "orders > 500", "newcomers > 3")
    told = findings(asked, judged(asked, KNOWN), 2)
    assert [(one.rule, one.span.line, one.is_error) for one in told] == [
        ("requirement-not-met", 9, True),
        ("requirement-undecided", 10, False),
    ]
    assert "projected 410" in told[0].caption
    assert "not projected" in told[1].caption


def test_the_ends_of_a_quantile_hold_it_in_19_of_20_samples() -> None:
    held, rounds = 0, 800
    for seed in range(rounds):
        draw = random.Random(seed)
        _, low, high = statistic([draw.random() for _ in range(200)], "p10")
        held += low <= 0.1 <= high
    assert held / rounds > 0.93


def test_too_few_draws_tell_of_no_quantile(tmp_path: Path) -> None:
    """With 20 draws the lowest is no bound of the 10% quantile: it covers two times in three."""
    (line,) = requirements(tmp_path, "profit.difference.p10 > 0")
    for draws, verdict in ((20, Verdict.UNDECIDED), (100, Verdict.MET)):
        world = {"profit": normal(100_000, 10, draws)}
        (one,) = judged([line], Known({"without": world, "with": world, "difference": world}, {}))
        assert one.verdict is verdict
