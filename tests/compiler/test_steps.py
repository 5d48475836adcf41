"""Steps are typed: what each is called and how it stands in the plan; what a wrong one is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, graph, read, told

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.encode import encode
from playbook_compiler.graph import Node
from playbook_compiler.steps import STEPS, Send
from playbook_compiler.units import Duration

SHOP = f"""\
{HEAD}{MESSAGES}facts:
  gender: [f, m, x]
  has_account: boolean
  favourite: text
  score: integer
  budget: money
  renewal: date
  name_day: yearly date
offers: {{sampler: {{gift: sampler, valid: 30d}}}}
audiences: {{core: orders > 3}}
flows:
  it:
    trigger: order_placed
    steps:
"""


def node(path: Path, step: str) -> Node:
    """Return the node of the one step of a flow that an order starts."""
    return list(graph(path, f"{SHOP}      - {step}\n").nodes.values())[1]


def only(path: Path, step: str) -> Diagnostic:
    loaded = read(path, f"{SHOP}      - {step}\n")
    assert len(loaded.diagnostics) == 1, told(loaded)
    return loaded.diagnostics[0]


@pytest.mark.parametrize(
    ("written", "id_", "what"),
    [
        (
            "{send: [hello, again]}",
            "send-hello-or-again",
            {
                "send": {"messages": ["hello", "again"], "order": "ladder"},
                "reached": "delivered within 1d",
            },
        ),
        (
            "{send: [hello, again], reached: clicked within 2d}",
            "send-hello-or-again",
            {
                "send": {"messages": ["hello", "again"], "order": "ladder"},
                "reached": "clicked within 2d",
            },
        ),
        (
            "{send: [hello, again], reached: opened}",
            "send-hello-or-again",
            {
                "send": {"messages": ["hello", "again"], "order": "ladder"},
                "reached": "opened within 1d",
            },
        ),
        ("{send: [hello]}", "send-hello", {"send": {"messages": ["hello"], "order": "one"}}),
        (
            "{send: {next_of: [hello, again]}}",
            "send-hello-then-again",
            {"send": {"messages": ["hello", "again"], "order": "rotation"}},
        ),
        ("{grant: sampler}", "grant-sampler", {"grant": {"offer": "sampler"}}),
        ("{grant: {offer: sampler}}", "grant-sampler", {"grant": {"offer": "sampler"}}),
        ("{grant: {points: 100}}", "grant-points-100", {"grant": {"points": 100}}),
        ("{grant: {credit: 5.00}}", "grant-credit-5", {"grant": {"credit": "5"}}),
        ("{update: {tag: warm}}", "update-tag-warm", {"update": {"tag": "warm"}}),
        ("{update: {untag: warm}}", "update-untag-warm", {"update": {"untag": "warm"}}),
        ("{update: {suppress: email}}", "update-suppress-email", {"update": {"suppress": "email"}}),
        ("{update: {gender: f}}", "update-gender-f", {"update": {"gender": "f"}}),
        (
            "{update: {has_account: true}}",
            "update-has-account-true",
            {"update": {"has_account": True}},
        ),
        # Any spelling of true that YAML has.
        (
            "{update: {has_account: TRUE}}",
            "update-has-account-true",
            {"update": {"has_account": True}},
        ),
        ("{update: {score: 5}}", "update-score-5", {"update": {"score": 5}}),
        ("{update: {budget: 5.50}}", "update-budget-5-5", {"update": {"budget": "5.5"}}),
        (
            "{update: {renewal: 2026-12-01}}",
            "update-renewal-2026-12-01",
            {"update": {"renewal": "2026-12-01"}},
        ),
        ("{update: {name_day: 12-01}}", "update-name-day-12-01", {"update": {"name_day": "12-01"}}),
        (
            "{audience: {add: ads-lapsed, at_most: 30d, leave_on: order_placed}}",
            "audience-add-ads-lapsed",
            {"audience": {"add": "ads-lapsed", "at_most": "30d", "leave_on": ["order_placed"]}},
        ),
        (
            "{audience: {remove: ads-lapsed}}",
            "audience-remove-ads-lapsed",
            {"audience": {"remove": "ads-lapsed"}},
        ),
        (
            '{call: "https://hooks.example/x?a=1"}',
            "call-hooks-example-x",
            {"call": {"url": "https://hooks.example/x?a=1", "method": "POST"}},
        ),
        ("{call: CRM_HOOK}", "call-crm-hook", {"call": {"url": "CRM_HOOK", "method": "POST"}}),
        (
            "{call: {url: CRM_HOOK, method: PUT, fields: [email, orders, order.id]}}",
            "call-crm-hook",
            {
                "call": {
                    "url": "CRM_HOOK",
                    "method": "PUT",
                    "fields": ["email", "orders", "order.id"],
                }
            },
        ),
        (
            "{wait: {until: 09:00}}",
            "wait-before-end",
            {"wait": {"until": "09:00"}, "since": "previous"},
        ),
        (
            "{wait: {until: tue}}",
            "wait-before-end",
            {"wait": {"until": "tue"}, "since": "previous"},
        ),
        (
            "{wait: {until: tue at 09:00}}",
            "wait-before-end",
            {"wait": {"until": "tue at 09:00"}, "since": "previous"},
        ),
        (
            "{wait: {until: link_clicked, at_most: 7d}, since: entry}",
            "wait-for-link-clicked",
            {"wait": {"until": "link_clicked", "at_most": "7d"}, "since": "entry"},
        ),
        (
            "{task: call, owner: support, due: 3d, cost: 4.00}",
            "task-call",
            {"task": "call", "owner": "support", "due": "3d", "cost": "4"},
        ),
        ("{start: it}", "start-it", {"start": "it"}),
        ("{exit: enough}", "exit", {"exit": "enough"}),
    ],
)  # fmt: skip
def test_a_step_has_an_id_and_one_form_in_the_plan(
    tmp_path: Path, written: str, id_: str, what: dict[str, Any]
) -> None:
    found = node(tmp_path, written)
    assert found.step_id == id_
    assert encode(found.what, without=frozenset({"id"})) == what


@pytest.mark.parametrize(
    ("step", "rule", "advice"),
    [
        ("{send: [hello, again], reached: clickd within 1d}", "bad-reached",
         "write `clicked within 1d`"),
        ("{send: [hello, again], reached: opened within 0d}", "bad-reached", ""),
        ("{send: hello, reached: opened}", "misplaced-key", None),
        ("{send: {next_of: [hello]}}", "wrong-shape", None),
        ("{grant: sampel}", "unknown-offer", "did you mean `sampler`?"),
        ("{grant: {points: 100, credit: 5}}", "several-kinds", None),
        ("{grant: {}}", "missing-key", None),
        ("{grant: {point: 5}}", "unknown-key", "did you mean `points`?"),
        ("{update: {gendr: f}}", "unknown-fact", "did you mean `gender`?"),
        ("{update: {gender: female}}", "unknown-value", "its values: f, m, x"),
        ("{update: {has_account: maybe}}", "type-mismatch", "write true or false"),
        ("{update: {score: five}}", "type-mismatch", "write a whole number such as 3"),
        ("{update: {budget: 5.5555}}", "type-mismatch", "write `5.56`"),
        ("{update: {renewal: tomorrow}}", "type-mismatch", "write a date such as 2026-12-01"),
        ("{update: {tag: warm, gender: f}}", "several-kinds", None),
        ("{update: {}}", "wrong-shape", None),
        ("{update: {tags: warm}}", "fact-not-settable", "write `{tag: warm}` or `{untag: warm}`"),
        ("{update: {orders: 5}}", "fact-not-settable",
         "set a field that you declare under `facts:`"),
        ("{update: {suppress: emial}}", "unknown-channel", "did you mean `email`?"),
        ("{audience: {add: core}}", "audience-by-condition", None),
        ("{audience: {add: a, remove: b}}", "several-kinds", None),
        ("{audience: {remove: ads, at_most: 30d}}", "misplaced-key", None),
        ("{audience: {at_most: 30d}}", "missing-key", None),
        ("{audience: {add: ads, leave_on: order}}", "unknown-event", "an order is `order_placed`"),
        ("{call: http://shop.example/x}", "bad-address", "write `https://shop.example/x`"),
        ("{call: shop.example/x}", "bad-address", "write `https://shop.example/x`"),
        ('{call: "https://me:pw@shop.example/x"}', "bad-address", None),
        ('{call: "https://shop.example/x?api_key=12"}', "bad-address", None),
        ("{call: https://hooks.slack.com/services/T0/B0/x}", "bad-address", None),
        ("{call: https://localhost/x}", "bad-address", ""),
        ("{call: {url: CRM_HOOK, method: SEND}}", "unknown-word", None),
        ("{call: {url: CRM_HOOK, fields: [emial]}}", "unknown-variable", "did you mean `email`?"),
        ("{call: {fields: [email]}}", "missing-key", None),
        ("{wait: {until: tuesday}}", "bad-time", "write `tue`"),
        ("{wait: {until: 9am}}", "bad-time", "write `09:00`"),
        ("{wait: {until: tue, at_most: 3d}}", "unknown-key", "keys that may stand here: until"),
        ("{wait: {until: link_clicked}}", "missing-key", None),
        ("{wait: {until: 09:00}, since: entry}", "misplaced-key", None),
        ("{start: itt}", "unknown-flow", "did you mean `it`?"),
    ],
)  # fmt: skip
def test_a_wrong_step_is_told_what_to_write(
    tmp_path: Path, step: str, rule: str, advice: str | None
) -> None:
    found = only(tmp_path, step)
    assert found.rule == rule, found.message
    if advice is not None:
        assert found.help == advice


def test_an_address_that_is_a_secret_is_not_repeated(tmp_path: Path) -> None:
    found = only(tmp_path, "{call: https://hooks.slack.com/services/T0/B0/swordfish}")
    assert "swordfish" not in f"{found.message}{found.caption}{found.help}"
    assert "call: CRM_HOOK" in found.help


VALUES = {
    "send": "hello",
    "grant": "sampler",
    "wait": "3d",
    "if": "orders > 3",
    "branch": "[{if: orders > 3, then: []}]",
    "split": "s",
    "update": "{tag: warm}",
    "audience": "{add: ads}",
    "task": "look",
    "call": "CRM_HOOK",
    "start": "it",
    "exit": "enough",
}


@pytest.mark.parametrize("kind", STEPS)
def test_a_wrong_sibling_is_told_the_keys_that_this_kind_allows(tmp_path: Path, kind: str) -> None:
    found = [
        one
        for one in read(tmp_path, f"{SHOP}      - {{{kind}: {VALUES[kind]}, zzz: 1}}\n").diagnostics
        if one.rule == "unknown-key"
    ]
    assert [one.message for one in found] == [f"unknown key `zzz` in a step `{kind}`"]
    assert found[0].help.startswith("keys that may stand here: ")
    assert f" {kind}" in found[0].help


def test_a_ladder_in_a_branch_stops_when_it_is_delivered(tmp_path: Path) -> None:
    nodes = graph(
        tmp_path,
        f"{SHOP}      - {{if: orders > 3, then: [{{send: [hello, again]}}]}}\n",
    ).nodes.values()
    sends = [one.what for one in nodes if isinstance(one.what, Send)]
    assert [(one.reached.sign, one.reached.within) for one in sends if one.reached] == [
        ("delivered", Duration(days=1))
    ]


def test_what_an_event_tells_may_be_sent_along(tmp_path: Path) -> None:
    call = "{call: {url: CRM_HOOK, fields: [trigger.order.total, gender]}}"
    assert node(tmp_path, call).step_id == "call-crm-hook"


@pytest.mark.parametrize(
    ("step", "written"),
    [
        ("{update: {gendr: f}}", "gender"),
        ("{update: {budget: 5.5555}}", "5.56"),
        ("{call: {url: CRM_HOOK, fields: [emial]}}", "email"),
        ("{send: [hello, again], reached: clickd within 1d}", "clicked within 1d"),
        ("{wait: {until: tuesday}}", "tue"),
    ],
)
def test_a_guess_comes_with_its_edit(tmp_path: Path, step: str, written: str) -> None:
    fix = only(tmp_path, step).fix
    assert fix is not None
    assert fix.replacement.strip("'\"") == written
