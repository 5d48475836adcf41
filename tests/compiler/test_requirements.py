"""Lines of `require:`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, playbook, read, told

from playbook_compiler.model import Requirement


def required(path: Path, line: str) -> Requirement:
    (requirement,) = playbook(path, f"{HEAD}{MESSAGES}{FLOW}require:\n  - {line}\n").require
    return requirement


@pytest.mark.parametrize(
    ("line", "metric", "world", "statistic", "operator", "limit", "of"),
    [
        ("profit.difference.p10 > 0", "profit", "difference", "p10", ">", "0", ""),
        ("messages_per_customer_month.with <= 4", "messages_per_customer_month", "with", "mean",
         "<=", "4", ""),
        ("points_liability <= 2% of profit", "points_liability", "with", "mean", "<=", "0.02",
         "profit"),
        ("orders.p50 >= 1200", "orders", "with", "p50", ">=", "1200", ""),
        ("profit >= 120.50", "profit", "with", "mean", ">=", "12050", ""),
        ("repeat_purchase_rate.without < 31.2%", "repeat_purchase_rate", "without", "mean", "<",
         "0.312", ""),
    ],
)  # fmt: skip
def test_a_requirement_names_metric_world_statistic_and_limit(
    tmp_path: Path,
    line: str,
    metric: str,
    world: str,
    statistic: str,
    operator: str,
    limit: str,
    of: str,
) -> None:
    found = required(tmp_path, line)
    assert (found.metric, found.world, found.statistic) == (metric, world, statistic)
    assert (found.operator, found.limit, found.of) == (operator, Decimal(limit), of)
    assert found.text == line


def test_a_requirement_on_one_flow(tmp_path: Path) -> None:
    found = required(tmp_path, "flow(win-back).profit.p10 > 0")
    assert (found.flow, found.metric, found.statistic) == ("win-back", "profit", "p10")


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("profit", "14:5 bad-requirement"),
        ("profit = 3", "14:5 bad-requirement"),
        ("profitt > 0", "14:5 unknown-metric"),
        ("profit.p11 > 0", "14:5 bad-requirement"),
        ("profit.p10.difference > 0", "14:5 bad-requirement"),
        ("profit > much", "14:14 bad-requirement"),
        ("profit > 3%", "14:14 bad-requirement"),
        ("crr > 0.3", "14:11 bad-requirement"),
        ("profit > 3% of profitt", "14:20 unknown-metric"),
        ("flow(win-bak).profit > 0", "14:10 unknown-flow"),
        ("flow(win-back).crr > 0", "14:20 unknown-metric"),
    ],
)
def test_a_wrong_line_is_told_at_its_place(tmp_path: Path, line: str, finding: str) -> None:
    text = f"{HEAD}{MESSAGES}{FLOW}require:\n  - {line}\n"
    row = text.count("\n")
    assert told(read(tmp_path, text)) == [f"playbook.yaml:{finding.replace('14:', f'{row}:', 1)}"]
