"""Comments and severities of a playbook hold for what a simulation finds, too."""

from __future__ import annotations

from pathlib import Path

from tests.compiler.playbooks import folder
from tests.compiler.rule_pages import completed

from playbook_compiler.diagnostics import Severity, error, warning
from playbook_compiler.source import Span
from playbook_runtime.checked import as_wanted, compile_and_check

TEXT = """\
flows:
  it:
    trigger: sign_up  # playbook: ignore[event-never-happens] the shop has no list yet
    steps: [send: hello]
checks: {no-backtest: hint, spend-heavy-tail: ignore, few-repeat-customers: error}
"""


def test_findings_of_a_simulation_are_silenced_and_weighed(tmp_path: Path) -> None:
    shop = folder(tmp_path, {"playbook.yaml": completed(TEXT)})
    compiled = compile_and_check(str(shop))
    assert compiled.diagnostics == ()
    line = Span(str(shop / "playbook.yaml"), 3, 14, 3, 21)
    orders = Span.of_file("orders.csv")
    found = [
        warning("event-never-happens", "never", line),
        warning("no-backtest", "none", orders),
        warning("spend-heavy-tail", "heavy", orders),
        warning("few-repeat-customers", "few", orders),
        error("no-orders", "none", orders),
    ]
    assert [(one.rule, one.severity) for one in as_wanted(found, compiled)] == [
        ("no-backtest", Severity.HINT),
        ("few-repeat-customers", Severity.ERROR),
        ("no-orders", Severity.ERROR),
    ]
