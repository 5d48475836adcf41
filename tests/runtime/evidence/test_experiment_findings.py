"""The shop's own experiments name effects that the evidence library has."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, playbook

from playbook_runtime.evidence.findings import effect_findings


def findings(path: Path, effect: str) -> list[str]:
    shop = playbook(
        path,
        f"{HEAD}evidence:\n  ours: {{effect: {effect}, control: {{customers: 10, buyers: 1}},\n"
        "    treated: {customers: 10, buyers: 2}}\n",
    )
    return [f"{found.rule}: {found.help}" for found in effect_findings(shop)]


def test_an_effect_of_the_library_is_fine(tmp_path: Path) -> None:
    assert findings(tmp_path, "email.lapsed") == []


@pytest.mark.parametrize(
    ("effect", "finding"),
    [
        ("email.lapse", "unknown-evidence: did you mean `email.lapsed`?"),
        ("claim.bain", "unknown-evidence: known: "),
        ("email.basket", "unusable-evidence: write what you measured where it is used"),
        ("repayment.best", "unusable-evidence: write what you measured where it is used"),
    ],
)
def test_another_effect_is_an_error(tmp_path: Path, effect: str, finding: str) -> None:
    (found,) = findings(tmp_path, effect)
    assert found.startswith(finding)
