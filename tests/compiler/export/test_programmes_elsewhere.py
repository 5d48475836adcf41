"""A playbook with flows and programmes goes to two engines, and neither export is a loss."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import graph

from playbook_compiler.export.capability import Support
from playbook_compiler.export.registry import all_targets

ENGINES = ("bpmn", "dittofeed", "klaviyo", "mautic", "n8n", "resend")
SHOP = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%}
messages:
  hello: {kind: transactional, subject: Hello, body: Welcome}
flows:
  welcome: {trigger: TRIGGER, entry: once, steps: [{send: hello}]}
programmes:
  points:
    earn: [{event: order_placed, points: 1 per EUR}]
    redeem: [{points: 100, for: {credit: 5.00}}]
  referral: {referrer: {credit: 5.00}}
"""


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_of_messages_leaves_programmes_to_another(name: str, tmp_path: Path) -> None:
    bundle, findings = all_targets()[name].export(
        graph(tmp_path, SHOP.replace("TRIGGER", "sign_up"))
    )
    assert bundle is not None, [one.message for one in findings]
    (told,) = [one for one in bundle.lowering.entries if one.construct == "playbook.programmes"]
    assert told.support is Support.DROPPED
    assert told.how.endswith("; a loyalty engine runs them, or the shop")
    noted = {one.name: one.note for one in bundle.lookups if one.kind == "programme"}
    assert set(noted) == {"points", "referral"}
    assert all("`playbook export voucherify`" in note for note in noted.values())


def test_the_loyalty_engine_has_them_and_leaves_the_flows(tmp_path: Path) -> None:
    bundle, findings = all_targets()["voucherify"].export(
        graph(tmp_path, SHOP.replace("TRIGGER", "sign_up"))
    )
    assert bundle is not None, [one.message for one in findings]
    support = {one.construct: one.support for one in bundle.lowering.entries}
    assert support["playbook.programmes"] is Support.EXACT
    assert support["step.send"] is Support.DROPPED
    assert not [one for one in bundle.lookups if one.kind == "programme"]


def test_a_flow_that_needs_the_points_is_still_refused_at_its_line(tmp_path: Path) -> None:
    text = SHOP.replace("TRIGGER", "{points_reach: 100}")
    bundle, (found,) = all_targets()["klaviyo"].export(graph(tmp_path, text))
    assert bundle is None
    assert found.rule == "target-lacks"
    assert "points_reach" in text.splitlines()[found.span.line - 1]
