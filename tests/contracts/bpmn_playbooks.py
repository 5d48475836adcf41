"""Playbooks by chance, of all that BPMN says exactly."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tests.contracts.bpmn_facts import ORDER

EVENTS: Final = ("back_in_stock", "cart_abandoned", "product_browsed", "order_delivered")
_CONDITIONS: Final = (
    "orders >= 3",
    "orders = 1",
    "revenue > 60.5",
    "aov between 20 and 45",
    "days_since_last_order > 9",
    "days_since_first_order < 40",
    "not days_since_last_order <= 3",
    "has_account",
    "not has_account",
    "has_account is known",
    "tags has warm",
    "not tags has warm",
    "event(back_in_stock) within 14d",
    "event(product_browsed) within 2d",
    "received(email) within 7d",
    "received(text)",
    "entered(f0) within 10d",
    "consent has sms",
    "orders in (1, 3, 5)",
    "audience(core)",
    "not audience(core)",
)
_WAITS: Final = ("3h", "90min", "1d", "3d", "1w", "1mo", "1d12h", "36h", "20s")
_MOMENTS: Final = ("09:00", "02:30", "tue", "sun at 02:30", "fri at 17:45")


@dataclass(slots=True)
class _Steps:
    """Steps by chance. `flow` is the number of the flow, so that it starts later ones only."""

    draw: Random
    flow: int
    flows: int
    count: int = 0

    def several(self, depth: int) -> list[dict[str, Any]]:
        found = [self.one(depth) for _ in range(self.draw.randint(1, 4))]
        if depth < 2 and self.draw.random() < 0.1:
            found.append({"id": self.id(), "exit": "enough"})
        return found

    def id(self) -> str:
        self.count += 1
        return f"s{self.count}"

    def one(self, depth: int) -> dict[str, Any]:
        draw, made = self.draw, {"id": self.id()}
        simple = (self.send, self.send, self.send, self.wait, self.wait, self.until, self.deed)
        nested = (self.if_, self.branch, self.split, self.wait_for, self.wait_for)
        kinds = simple if depth <= 0 else (*simple, *nested)
        return made | draw.choice(kinds)(depth)

    def send(self, depth: int) -> dict[str, Any]:
        draw = self.draw
        made: dict[str, Any] = draw.choice(
            (
                {"send": "hello"},
                {"send": "news"},
                {"send": "text"},
                {"send": "receipt"},
                {"send": "notice"},
                {"send": ["hello", "text"]},
                {"send": ["text", "news", "hello"], "reached": "opened within 2d"},
                {"send": {"next_of": ["hello", "news"]}},
                {"send": "hello", "offer": "gift"},
            )
        ).copy()
        if draw.random() < 0.25:
            made["at"] = draw.choice(("08:00-09:00", "22:00-02:00", "12:15-23:45"))
        return made

    def wait(self, depth: int) -> dict[str, Any]:
        return {"wait": self.draw.choice(_WAITS)}

    def until(self, depth: int) -> dict[str, Any]:
        return {"wait": {"until": self.draw.choice(_MOMENTS)}}

    def deed(self, depth: int) -> dict[str, Any]:
        draw = self.draw
        deeds: list[dict[str, Any]] = [
            {"update": {"tag": "warm"}},
            {"update": {"untag": "warm"}},
            {"update": {"has_account": draw.random() < 0.5}},
            {"update": {"suppress": "sms"}},
            {"task": "call the customer", "owner": "support", "due": "3d"},
            {"call": "https://shop.example/hook"},
            {"audience": {"add": "ads-lapsed"}},
            {"grant": "gift"},
        ]
        if self.flow + 1 < self.flows:
            deeds += [{"start": f"f{draw.randrange(self.flow + 1, self.flows)}"}] * 3
        return draw.choice(deeds)

    def if_(self, depth: int) -> dict[str, Any]:
        made = {"if": conditions(self.draw), "then": self.several(depth - 1)}
        if self.draw.random() < 0.5:
            made["else"] = self.several(depth - 1)
        return made

    def branch(self, depth: int) -> dict[str, Any]:
        cases = [
            {"if": conditions(self.draw), "then": self.several(depth - 1)}
            for _ in range(self.draw.randint(2, 3))
        ]
        return {"branch": cases, "else": self.several(depth - 1)}

    def split(self, depth: int) -> dict[str, Any]:
        first = self.draw.choice((10, 33, 50))
        shares = {"b": f"{first}%", "a": "25%", "c": f"{75 - first}%"}
        return {
            "split": self.id(),
            "variants": {
                name: {"share": share, "steps": self.several(depth - 1)}
                for name, share in shares.items()
            },
        } | {"id": self.id()}

    def wait_for(self, depth: int) -> dict[str, Any]:
        draw = self.draw
        until = draw.choice((*EVENTS, ORDER))
        made: dict[str, Any] = {"wait": {"until": until, "at_most": draw.choice(_WAITS[2:8])}}
        made["happened"], made["timed_out"] = self.several(depth - 1), self.several(depth - 1)
        if draw.random() < 0.3:
            made["since"] = "entry"
        return made


def conditions(draw: Random) -> str:
    """Return a condition of up to three tests."""
    tests = draw.sample(_CONDITIONS, draw.choice((1, 1, 2, 3)))
    if len(tests) == 3:
        return f"({tests[0]} or {tests[1]}) and {tests[2]}"
    return draw.choice((" and ", " or ")).join(tests)


def playbook_of(seed: int) -> dict[str, Any]:
    """Return a playbook by chance, as data."""
    draw = Random(f"playbook/{seed}")
    flows: dict[str, Any] = {}
    count = draw.randint(1, 3)
    for number in range(count):
        trigger: dict[str, Any] = draw.choice(
            (
                {"event": ORDER},
                {"event": ORDER, "where": "trigger.order.total > 30"},
                {"event": "back_in_stock"},
                {"event": "cart_abandoned"},
                {"event": "product_browsed"},
                {"event": "order_delivered"},
                {"inactive_for": draw.choice(("10d", "3w", "100h"))},
                {"replenishment": "12d"},
                {"enters": draw.choice(("core", "quiet"))},
            )
        ).copy()
        if draw.random() < 0.3 and "where" not in trigger:
            trigger["where"] = conditions(draw)
        flow: dict[str, Any] = {"trigger": trigger}
        if draw.random() < 0.3:
            flow["audience"] = conditions(draw)
        if draw.random() < 0.7:
            flow["entry"] = draw.choice(("once", "always", {"again_after": "9d"}))
        if draw.random() < 0.6:
            flow["exit_on"] = draw.choice(([], [ORDER], ["cart_abandoned", ORDER]))
        if draw.random() < 0.3:
            flow["exit_when"] = conditions(draw)
        flow["steps"] = _Steps(draw, number, count).several(2)
        flows[f"f{number}"] = flow
    guardrails: dict[str, Any] = {"consent": {"email": "opt-in", "sms": "opt-in"}}
    if draw.random() < 0.6:
        guardrails["quiet_hours"] = {"from": "21:00", "to": "08:00"}
        if draw.random() < 0.5:
            guardrails["quiet_hours"]["unknown"] = draw.choice(("shop", "hold"))
    if draw.random() < 0.3:
        guardrails["holdout"] = "20%"
    return {
        "playbook": 1,
        "name": "by chance",
        "currency": "EUR",
        "timezone": draw.choice(("Europe/Berlin", "UTC", "America/New_York")),
        "sender": {"name": "Leaf", "email": "hello@leaf.example", "address": "Teeweg 1"},
        "economics": {"gross_margin": "50%"},
        "guardrails": guardrails,
        "facts": {"has_account": "boolean"},
        "events": {"back_in_stock": {}},
        "audiences": {
            "core": "orders >= 2 and revenue > 50",
            "quiet": "days_since_last_order > 14",
        },
        "offers": {"gift": {"percent_off": "10%", "for": "core"}},
        "messages": {
            "hello": {"subject": "Hi", "body": "Hello"},
            "news": {"subject": "News", "body": "News"},
            "text": {"channel": "sms", "body": "Hello"},
            "receipt": {"kind": "transactional", "subject": "Yours", "body": "Thanks"},
            "notice": {"kind": "transactional", "channel": "sms", "body": "On its way"},
        },
        "flows": flows,
    }
