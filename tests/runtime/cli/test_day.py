"""Days on the command line: how to write one is said, and when there is no such day."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from playbook_runtime.cli.main import group


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("15.04.2025", "'15.04.2025': write the day as 2026-10-31"),
        ("2025-02-30", "2025-02-30 is no day of the calendar"),
        ("yesterday", "'yesterday': write the day as 2026-10-31"),
    ],
)
@pytest.mark.parametrize(
    "words", [("fit", "orders.csv", "--until"), ("simulate", "--orders", "orders.csv", "--as-of")]
)
def test_a_day_that_is_none_is_told_how_to_write(
    words: tuple[str, ...], written: str, told: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(group, [*words, written])
    assert done.exit_code == 2
    assert told in done.output
