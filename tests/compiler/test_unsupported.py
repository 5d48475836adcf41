"""What the language has and this version does not simulate is answered at its line."""

from __future__ import annotations

from pathlib import Path

from tests.compiler.playbooks import HEAD, MESSAGES, read, told

from playbook_compiler.diagnostics import Severity
from playbook_compiler.steps import STEPS
from playbook_compiler.support import UNSIMULATED_STEPS, UNSIMULATED_TRIGGERS
from playbook_compiler.triggers import TRIGGERS

TEXT = f"""{HEAD}{MESSAGES}matrix: {{frequent: 3 per 1y}}
audiences: {{seen: {{where: event(product_browsed) within 14d, sync: ads}}}}
flows:
  it:
    trigger: {{event: order_placed, at_least: 2, within: 1d}}
    expect: {{revive: 1%, within: 14d}}
    steps:
      - send: [hello, again]
        reached: clicked within 1d
      - send: {{next_of: [hello, again]}}
        expect: {{basket: 1.1}}
      - grant: {{points: 100}}
      - wait: {{until: 09:00}}
      - update: {{tag: warm}}
      - audience: {{add: ads-lapsed}}
      - call: https://example.com/hook
      - start: other
  other:
    trigger: {{date: birthday}}
    steps: []
"""


def test_each_is_a_warning_at_its_line_and_the_playbook_stays(tmp_path: Path) -> None:
    loaded = read(tmp_path, TEXT)
    assert loaded.playbook is not None, told(loaded)
    assert told(loaded) == [
        f"playbook.yaml:{place} not-yet-simulated"
        for place in (
            "8:1",
            "9:62",
            "12:36",
            "12:49",
            "13:14",
            "15:9",
            "17:9",
            "18:18",
            "19:9",
            "20:9",
            "21:9",
            "22:9",
            "23:9",
            "24:9",
            "26:15",
        )
    ]
    assert {found.severity for found in loaded.diagnostics} == {Severity.WARNING}


def test_the_table_names_kinds_that_exist() -> None:
    assert set(UNSIMULATED_STEPS) < set(STEPS)
    assert set(UNSIMULATED_TRIGGERS) < set(TRIGGERS)
