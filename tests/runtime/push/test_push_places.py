"""The line that a push tells beside an object is that of what it is made from."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from tests.faults.bundles import PLAYBOOK, PROGRAMMES, write_playbook

from playbook_runtime.checked import compile_and_check
from playbook_runtime.push.wanted import wanted_objects

TEXT = (
    PLAYBOOK.replace("  cup: {", "  first-cup: {")
    .replace("send: cup", "send: first-cup")
    .replace("valid: 14d,", "valid: 14d, minimum: 20.00,")
    .replace("[{send: thanks}]", "[{task: Write a card by hand}, {send: thanks}]")
    + PROGRAMMES
)
LINES = {
    "klaviyo": {
        "template.first-cup+first-cup": "  first-cup: {subject",
        "coupon.first-cup": "  first-cup: {percent_off",
        "template.task:regulars/task-write-a-card-by-hand": "    steps: [{task: Write a card",
        "flow.regulars": "  regulars:",
        "segment.regulars": "  regulars: orders >= 3",
    },
    "dittofeed": {
        "segment.guardrails~~holdout": "guardrails: {",
        "segment.regulars~trigger~again": "  regulars:",
        "segment.regulars": "  regulars: orders >= 3",
        "segment.welcome~send-first-cup~exit": "  welcome:",
        "user-property.offer_first_cup_code": "  first-cup: {percent_off",
        "subscription-group.marketing-email": "guardrails: {",
        "template.regulars~task-write-a-card-by-hand": "    steps: [{task: Write a card",
    },
    "voucherify": {
        "campaign.first-cup": "  first-cup: {percent_off",
        "validation-rule.first-cup": "  first-cup: {percent_off",
        "card-definition.points": "  points:",
        "card-definition.tiers": "  tiers:",
        "tier.bud": "    levels: {",
        "earning-rule.order_placed": "    earn: [",
        "reward.amount_off.5": "    redeem: [",
        "program.points": "  points:",
    },
}


def test_a_message_called_like_a_programme_is_not_taken_for_it(tmp_path: Path) -> None:
    text = TEXT.replace("  thanks: {", "  points: {").replace("send: thanks", "send: points")
    compiled = compile_and_check(str(write_playbook(tmp_path, text)))
    assert compiled.graph is not None, compiled.diagnostics
    found = import_module("playbook_compiler.targets.voucherify").TARGET
    bundle, findings = found.export(compiled.graph, allow_lossy=True)
    assert bundle is not None, findings
    places = {one.id: one.place for one in wanted_objects(bundle, compiled.graph)}
    line = text.splitlines().index("  points:") + 1
    for name in ("card-definition.points", "program.points"):
        assert places[name].endswith(f":{line}"), places[name]


@pytest.mark.parametrize("target", LINES)
def test_every_object_is_told_with_its_line(tmp_path: Path, target: str) -> None:
    compiled = compile_and_check(str(write_playbook(tmp_path, TEXT)))
    assert compiled.graph is not None, compiled.diagnostics
    found = import_module(f"playbook_compiler.targets.{target}").TARGET
    bundle, findings = found.export(compiled.graph, allow_lossy=True)
    assert bundle is not None, findings
    lines = TEXT.splitlines()
    places = {one.id: one.place for one in wanted_objects(bundle, compiled.graph)}
    for name, line in LINES[target].items():
        file, _, number = places[name].rpartition(":")
        assert Path(file).name == "playbook.yaml"
        assert lines[int(number) - 1].startswith(line), name
    assert all(place and not place.endswith(":1") for place in places.values())
