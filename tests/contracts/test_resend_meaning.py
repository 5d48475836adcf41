"""An automation of Resend does what the flow says, or its report says the difference in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.contracts.resend_exports import bundle_of
from tests.contracts.verdicts.resend import problems

from playbook_compiler.export.bundle import ExportBundle

LONG = "a-very-long-offer-name-that-nobody-would-write-by-hand-at-all"
HEAD = f"""\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {{name: Leaf, email: hello@leaf.example, address: Teeweg 1}}
guardrails: {{consent: {{email: opt-in}}, holdout: 10%}}
facts: {{favourite: text, height: number}}
audiences: {{many: orders >= 3}}
offers:
  {LONG}: {{percent_off: 10%, code: unique, valid: 10d}}
messages:
  m1: {{subject: Tea, body: "Code {{{{ offer.code }}}}"}}
  m3: {{subject: Tea, preview: "<For> {{{{ customer.favourite | default: 'a&b' }}}}", body: Tea}}
  m4: {{subject: Tea, body: "{{{{ offer.code }}}}, until the end of {{{{ offer.valid_until }}}}."}}
  m2: {{subject: Tea, body: "You like {{{{ customer.favourite | default: \\"tea\\" }}}}"}}
"""


def _export(tmp_path: Path, *flows: str) -> ExportBundle:
    lines = "".join(f"  f{number or ''}: {flow}\n" for number, flow in enumerate(flows))
    (tmp_path / "playbook.yaml").write_text(f"{HEAD}flows:\n{lines}", encoding="utf-8")
    bundle = bundle_of(tmp_path)
    assert problems(bundle) == []
    return bundle


def _automation(bundle: ExportBundle, flow: str = "f") -> dict[str, dict[str, Any]]:
    (found,) = [one for one in bundle.requests if (one.kind, one.name) == ("automation", flow)]
    return {one["key"]: one["config"] for one in found.payload["steps"]}


def test_who_is_not_known_to_belong_to_an_audience_does_not(tmp_path: Path) -> None:
    flow = "{trigger: sign_up, steps: [{id: q, if: not audience(many), then: [{send: m2}]}]}"
    rule = _automation(_export(tmp_path, flow))["q"]
    assert rule["type"] == "or"
    assert {one["operator"] for one in rule["rules"]} == {"is_empty", "lt"}


def test_splits_of_two_flows_are_drawn_apart(tmp_path: Path) -> None:
    steps = (
        "steps: [{split: test, variants: {a: {share: %s, steps: [{send: m2}]}, b: {share: %s}}}]"
    )
    bundle = _export(
        tmp_path,
        "{trigger: sign_up, " + steps % ("50%", "50%") + "}",
        "{trigger: order_placed, " + steps % ("10%", "90%") + "}",
    )
    notes = {one.name: one.note for one in bundle.lookups if one.kind == "property"}
    assert "a 50%" in notes["split_f__test"]
    assert "a 10%" in notes["split_f1__test"]
    for flow in ("f", "f1"):
        asked = {one.get("field") for one in _automation(bundle, flow).values()}
        assert f"contact.properties.split_{flow}__test" in asked


def test_the_code_of_an_offer_is_read_from_the_property_that_is_made(tmp_path: Path) -> None:
    bundle = _export(tmp_path, f"{{trigger: sign_up, steps: [{{send: m1, offer: {LONG}}}]}}")
    (config,) = [one for key, one in _automation(bundle).items() if key == "send-m1"]
    (filled,) = config["template"]["variables"].values()
    made = {one.payload["key"] for one in bundle.requests if one.kind == "contact-property"}
    assert filled["var"].removeprefix("contact.properties.") in made


def test_what_texts_quote_of_a_customer_is_a_property_to_fill_in(tmp_path: Path) -> None:
    bundle = _export(tmp_path, "{trigger: sign_up, steps: [{send: m2}]}")
    made = {one.payload["key"] for one in bundle.requests if one.kind == "contact-property"}
    assert "favourite" in made
    assert "favourite" in {one.name for one in bundle.lookups if one.kind == "property"}


@pytest.mark.parametrize("step", ["wait", "exit"])
def test_it_is_said_that_any_orders_delivery_counts(tmp_path: Path, step: str) -> None:
    waiting = "{wait: {until: order_delivered, at_most: 5d}, timed_out: [{send: m2}]}"
    steps = waiting if step == "wait" else "{wait: 1d}, {send: m2}"
    exits = "exit_on: order_returned, " if step == "exit" else ""
    bundle = _export(tmp_path, f"{{trigger: order_placed, {exits}steps: [{steps}]}}")
    construct = "step.wait.event" if step == "wait" else "flow.exit_on"
    (said,) = [one for one in bundle.lowering.entries if one.construct == construct]
    assert "of any order" in said.how
    if step == "wait":
        assert "not since the action before it" in said.how


def test_it_is_said_that_clicks_in_any_message_count(tmp_path: Path) -> None:
    flow = (
        "{trigger: sign_up, exit_on: message_opened, steps: [{send: m2}, "
        "{wait: {until: link_clicked, at_most: 5d}, timed_out: [{send: m2}]}]}"
    )
    said = {one.construct: one.how for one in _export(tmp_path, flow).lowering.entries}
    assert "of any message" in said["flow.exit_on"]
    assert "of any message" in said["step.wait.event"]


def test_the_holdout_gets_on_no_list(tmp_path: Path) -> None:
    steps = _automation(
        _export(tmp_path, "{trigger: order_placed, steps: [{id: l, audience: {add: ads}}]}")
    )
    assert list(steps) == ["trigger", "l~may", "l"]
    assert steps["l~may"]["field"] == "contact.properties.playbook_holdout"


def test_an_exit_and_an_entry_that_nobody_wrote_are_said_too(tmp_path: Path) -> None:
    flow = "{trigger: cart_abandoned, steps: [{wait: 1d}, {send: m2}]}"
    said = {one.construct: one for one in _export(tmp_path, flow).lowering.entries}
    assert said["flow.exit_on"].support == "approximated"
    assert said["flow.entry"].support == "approximated"


def _template(bundle: ExportBundle) -> dict[str, Any]:
    (found,) = [one.payload for one in bundle.requests if one.kind == "template"]
    return found


def test_the_preview_line_is_hidden_at_the_top_of_the_page(tmp_path: Path) -> None:
    template = _template(_export(tmp_path, "{trigger: sign_up, steps: [{send: m3}]}"))
    (variable,) = template["variables"]
    page = template["html"]
    hidden = page[page.index("<body") :].partition("\n")[2].partition("\n")[0]
    assert hidden == (
        '<div style="display:none;max-height:0;overflow:hidden">'
        f"&lt;For&gt; {{{{{{{variable['key']}}}}}}}</div>"
    )
    assert variable["fallback_value"] == "a&amp;b"
    assert "For" not in template["text"]


def test_the_last_day_of_a_code_is_a_property_that_the_shop_fills(tmp_path: Path) -> None:
    flow = f"{{trigger: sign_up, steps: [{{id: s, send: m4, offer: {LONG}}}]}}"
    bundle = _export(tmp_path, flow)
    code, until = sorted(one["key"] for one in _template(bundle)["variables"])
    assert f"{{{{{{{code}}}}}}}, until the end of {{{{{{{until}}}}}}}." in _template(bundle)["text"]
    filled = _automation(bundle)["s"]["template"]["variables"]
    name = filled[until]["var"].removeprefix("contact.properties.")
    (note,) = [one.note for one in bundle.lookups if one.name == name]
    assert "the last day" in note
