"""What the projection is made without is said by `simulate`, at its line, and only there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, playbook, read, told

from playbook_compiler.diagnostics import Severity
from playbook_compiler.model import Offer
from playbook_compiler.programmes import Programmes
from playbook_compiler.records import keys_of
from playbook_compiler.triggers import TRIGGERS
from playbook_runtime import unsimulated

TEXT = f"""{HEAD}{MESSAGES}matrix: {{frequent: 3 per 1y}}
audiences: {{seen: {{where: event(product_browsed) within 14d, sync: ads}}}}
offers: {{one: {{percent_off: 10%, limit: 50}}}}
flows:
  it:
    trigger: {{event: order_placed, at_least: 2, within: 1d}}
    running: since 2025-03-01
    goal: {{within: 7d}}
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
    trigger: {{replenishment: product}}
    steps: []
  paused:
    enabled: false
    trigger: {{replenishment: product}}
    steps: []
"""


def lines(path: Path, text: str) -> list[tuple[int, str]]:
    """Return line and what is told there, up to the colon, of each finding."""
    found = unsimulated.unsimulated(playbook(path, text))
    assert {one.rule for one in found} == {unsimulated.RULE}
    return [(one.span.line, one.message.partition(":")[0]) for one in found]


def test_each_is_told_at_its_line(tmp_path: Path) -> None:
    assert lines(tmp_path, TEXT) == [
        (9, "`sync"),
        (10, "`limit` of the offer `one` is not simulated yet"),
        (13, "what `at_least` counts before the first day is not simulated yet"),
        (15, "`flows.goal`"),
        (22, "a grant of points is not simulated yet"),
    ]


def test_of_an_audience_that_nobody_can_tell_the_flow_never_starts(tmp_path: Path) -> None:
    text = f"""{HEAD}{MESSAGES}
audiences:
  silent: orders >= 1 and probability_alive < 50%
  known: orders >= 1 and days_since_last_order > 90 and not received(hello) within 30d
flows:
  one: {{trigger: {{enters: silent}}, steps: [start: three]}}
  two: {{trigger: {{enters: known}}, steps: []}}
  three: {{trigger: {{enters: silent}}, steps: []}}
"""
    found = playbook(tmp_path, text)
    told = [one.message for one in unsimulated.unsimulated(found)]
    never = "who comes to belong to `silent` is not simulated yet: the flow never starts by it"
    assert told == [never, never]
    assert unsimulated.flows_that_start(found) == {"two"}
    text = text.replace("one: {trigger: {enters: silent}", "one: {trigger: {date: birthday}")
    assert unsimulated.flows_that_start(playbook(tmp_path, text)) == {"one", "two", "three"}


def test_reading_says_nothing_of_it(tmp_path: Path) -> None:
    assert told(read(tmp_path, TEXT)) == []


def test_a_setting_that_no_number_depends_on_is_one_hint(tmp_path: Path) -> None:
    flow = "{trigger: sign_up, goal: {event: order_placed, within: 7d}, steps: [{send: hello}]}"
    text = (
        f"{HEAD}economics: {{gross_margin: 58%, interest_rate: 8%}}\n"
        f"assume: {{visits: {{rate: 9 per 1d}}}}\n{MESSAGES}"
        f"flows:\n  one: {flow}\n  two: {flow}\n"
    )
    (found,) = unsimulated.unsimulated(playbook(tmp_path, text))
    assert found.severity is Severity.HINT
    first = text.splitlines().index(f"  one: {flow}") + 1
    assert (found.span.line, [one.span.line for one in found.labels]) == (first, [])


def test_a_section_of_another_file_is_told_there(tmp_path: Path) -> None:
    (tmp_path / "goods.yaml").write_text("# ours\nprogrammes: {subscription: {every: 30d}}\n")
    text = f"{HEAD}include: [goods.yaml]\n"
    (found,) = unsimulated.unsimulated(playbook(tmp_path, text))
    assert (Path(found.span.file).name, found.span.line) == ("goods.yaml", 2)


@pytest.mark.parametrize(
    ("table", "known"),
    [
        (unsimulated.BY_PROGRAMME, TRIGGERS),
        (unsimulated.PROGRAMMES, keys_of(Programmes)),
        (unsimulated.OFFERS, keys_of(Offer)),
    ],
)
def test_the_table_names_what_exists(table: Iterable[str], known: dict[str, object]) -> None:
    assert set(table) < set(known)
