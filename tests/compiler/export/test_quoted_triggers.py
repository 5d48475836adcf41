"""What a message may say of the order, product, points or level that its flow starts with."""

from __future__ import annotations

import json

import pytest
from tests.properties.language_texts import graph_of, read_text

from playbook_compiler.checking import run_checks
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.capability import Support
from playbook_compiler.export.registry import all_targets
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.triggers import TRIGGERS

PLAYBOOK = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
products: {sencha: {category: tea, lasts: 30d}}
offers: {ten: {percent_off: 10%, valid: 14d}}
audiences: {rich: revenue > 100}
programmes:
  points:
    earn: [{event: order_placed, points: 1 per EUR}]
    redeem: [{points: 50, for: {amount_off: 5.00}}]
  tiers: {basis: revenue over 12mo, levels: {leaf: 0, bud: 150}}
messages:
  m: {kind: transactional, subject: Hello, body: 'It is <SAID>.'}
flows:
  f:
    trigger: <TRIGGER>
    steps: [send: m]
"""
# A flow's trigger by a name, and what its messages may say of it.
STARTS = {
    "used up": ("{replenishment: 30d}", ("product.name", "order.total", "trigger.order.total")),
    "typical": ("{replenishment: typical interval}", ("product.name", "trigger.product.sku")),
    "by product": ("{replenishment: product}", ("product.name", "order.id")),
    "silent": ("{inactive_for: 60d}", ("order.id", "order.total")),
    "birthday": ("{date: birthday}", ("trigger.date",)),
    "points lapse": ("{points_expiring: 30d}", ("trigger.points", "trigger.expires_on")),
    "points reach": ("{points_reach: 500}", ("trigger.points",)),
    "offer ends": ("{offer_expiring: 2d}", ("trigger.offer", "trigger.expires_on")),
    "level": ("{tier_changed: up}", ("trigger.tier", "trigger.direction")),
}
# What each engine can quote: with the event that starts the flow, or from a field of the shop's.
EVERY = frozenset(STARTS)
QUOTED = {
    "bpmn": EVERY,
    "dittofeed": frozenset({"used up", "points lapse", "offer ends", "level"}),
    "klaviyo": frozenset({"used up"}),
    "manual": EVERY,
    "mautic": EVERY,
    "n8n": EVERY,
    "resend": EVERY,
}


def compiled(trigger: str, *names: str) -> TriggerGraph:
    said = " and ".join(f"{{{{ {name} }}}}" for name in names)
    return graph_of(read_text(PLAYBOOK.replace("<TRIGGER>", trigger).replace("<SAID>", said)))


def exported(target: str, graph: TriggerGraph) -> ExportBundle:
    bundle, findings = all_targets()[target].export(graph, allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    return bundle


def test_every_trigger_that_is_no_event_and_every_target_with_texts_stands_here() -> None:
    kinds = {text.strip("{}").partition(":")[0] for text, _ in STARTS.values()}
    assert kinds == set(TRIGGERS) - {"event", "enters", "every"}  # these bring nothing
    assert set(QUOTED) <= set(all_targets())


@pytest.mark.parametrize("start", STARTS)
def test_check_allows_what_the_trigger_brings_and_nothing_else(start: str) -> None:
    trigger, names = STARTS[start]
    rules = {one.rule for one in run_checks(compiled(trigger, *names))}
    assert not rules & {"unknown-variable", "variable-without-value"}
    others = {"cart.total", *(set() if "order.id" in names else {"trigger.score"})}
    for name in others:
        rules = {one.rule for one in run_checks(compiled(trigger, name))}
        assert rules & {"unknown-variable", "variable-without-value"}, name


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("target", QUOTED)
def test_each_target_says_it_or_refuses_it_at_its_line(target: str, start: str) -> None:
    trigger, names = STARTS[start]
    graph = compiled(trigger, *names)
    entries = exported(target, graph).lowering.entries
    found = [one for one in entries if one.construct.startswith("variable.")]
    line = PLAYBOOK[: PLAYBOOK.index("<SAID>")].count("\n") + 1
    assert {one.span.line for one in found} == {line}
    said = [one for one in found if one.support is not Support.DROPPED]
    assert len(said) == (len(names) if start in QUOTED[target] else 0), found
    for one in found:
        if one not in said:  # refused with the flow, which itself may be what the engine lacks
            assert "the flow `f`" in one.how or one.how == "no exported flow uses it"


@pytest.mark.parametrize("target", sorted(set(QUOTED) - {"manual"}))
def test_what_the_trigger_does_not_bring_is_refused_with_the_flow(target: str) -> None:
    graph = compiled("{enters: rich}", "product.name", "order.total")
    _, findings = all_targets()[target].export(graph)
    refused = [one.message for one in findings if one.rule == "target-lacks"]
    assert [sum(f"no {what}" in one for one in refused) for what in ("product", "order")] == [1, 1]


def test_resend_is_told_what_texts_quote_and_days_as_texts() -> None:
    trigger, names = STARTS["points lapse"]
    files = exported("resend", compiled(trigger, *names)).files
    (event,) = (json.loads(text) for name, text in files.items() if name.startswith("events/"))
    assert event["schema"] == {
        "points": "number",
        "expires_on": "number",
        "expires_on_text": "string",
    }
    files = exported("resend", compiled("{inactive_for: 60d}", "order.total")).files
    assert json.loads(files["events/playbook.f.start.json"])["schema"] == {"order__total": "number"}


def test_dittofeed_quotes_the_event_that_the_shops_programme_sends() -> None:
    files = exported("dittofeed", compiled("{points_expiring: 30d}", "trigger.points")).files
    (found,) = (text for name, text in files.items() if "trigger_points" in name)
    assert b'"event": "points_expiring"' in found
    assert b'"path": "points"' in found


UNBROUGHT = (
    '{{ cart.url | default: "https://leaf.example" }}{% if cart.total %}{{ cart.total }}{% endif %}'
)


def unbrought(trigger: str, more: str = "") -> TriggerGraph:
    text = PLAYBOOK.replace("<TRIGGER>", trigger).replace("<SAID>", UNBROUGHT)
    return graph_of(read_text(text + more))


@pytest.mark.parametrize("start", ["{enters: rich}", "{points_reach: 500}", "{every: month}"])
@pytest.mark.parametrize("target", sorted(set(QUOTED) - {"manual"}))
def test_a_default_stands_for_what_the_trigger_does_not_bring(target: str, start: str) -> None:
    graph = unbrought(start)
    assert "variable-without-value" not in {one.rule for one in run_checks(graph)}
    bundle, findings = all_targets()[target].export(graph)
    assert not [one.message for one in findings if "variable" in one.message]
    if bundle is not None:  # else the engine lacks the trigger itself
        entries = [one for one in bundle.lowering.entries if one.construct.startswith("variable.")]
        assert {one.support for one in entries} == {Support.APPROXIMATED}
        assert any(b"https://leaf.example" in text for text in bundle.files.values())


@pytest.mark.parametrize("target", sorted(set(QUOTED) - {"manual"}))
def test_a_message_of_two_flows_quotes_what_one_of_them_brings(target: str) -> None:
    graph = unbrought("{enters: rich}", "  g: {trigger: cart_abandoned, steps: [send: m]}\n")
    bundle, findings = all_targets()[target].export(graph)
    assert not [one.message for one in findings if "cart.total" in one.message]
    _, of_the_event = all_targets()[target].export(unbrought("cart_abandoned"))
    # Whether `if`s can be said does not hang on who sends the message.
    assert {one.message for one in findings if "`m`" in one.message} <= {
        one.message for one in of_the_event
    }
    if bundle is not None:
        how = {one.how for one in bundle.lowering.entries if one.construct == "variable.cart.url"}
        assert all("flow `f` sends" in one and "the default always stands" in one for one in how)
