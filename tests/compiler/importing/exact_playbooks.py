"""Playbooks by chance that are made of what an engine says so that an import finds it all.

Every choice is one that the exporter neither rounds nor merges with another one: whole percents,
days and hours, conditions without `not (...)`, facts that are compared with one type of value.
`Says` is what one engine can give back.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from random import Random
from typing import Any

import yaml

from playbook_compiler.driver import compile_playbook

FACTS = {"has_account": "boolean", "favourite": "text", "height": "number", "spare": "number"}
EVENTS = ("order_placed", "sign_up", "product_browsed", "wish_listed", "back_in_stock")
EXITS = ("order_placed", "product_browsed", "back_in_stock")
_ATOMS = (
    "orders >= 3",
    "orders = 0",
    "orders < 7",
    "revenue > 20.5",
    "revenue <= 900",
    "aov >= 30",
    "aov < 12",
    "days_since_last_order >= 90",
    "days_since_last_order < 14",
    "days_since_first_order >= 365",
    "has_account = true",
    "has_account = false",
    "has_account is known",
    "favourite = sencha",
    'favourite in (sencha, "Earl Grey\'s")',
    "favourite != oolong",
    "height > 1.8",
    "spare between 2 and 5",
    "spare is unknown",
    "tags has vip",
    "not tags has vip",
    "consent has sms",
    "not consent has email",
    "unsubscribed(email)",
    "not unsubscribed(email)",
    "event(product_browsed) within 14d",
    "not event(wish_listed) within 36h",
    "event(back_in_stock)",
    "engaged(email) within 90d",
    "not engaged(email) within 30d",
    "received(sms) within 7d",
    "bought(category tea) within 60d",
    "not bought(product sencha)",
)
# Facts about orders: `orders = 0` decides the others.
_RELATED = ("orders", "aov", "days_since_last_order", "days_since_first_order")
_FORKS = ("if", "split", "branch", "waited")
_PARAGRAPHS = (
    'Hello {{ customer.first_name | default: "friend" }}, here is **news**.',
    "- one\n- *two*\n- [three](https://leaf.example/?a=1&b=2)",
    "# A heading",
    "Text with `code`, an * asterisk and 1. a number.\nAnd a second line.",
    "> A quotation",
    "1. first\n2. second",
    "Signs: < > & \" ' # _ ~ |",
    "---",
)
_LAW = "Leaf & Steam, {{ sender_address }} · [Unsubscribe]({{ unsubscribe_url }})"


@dataclass(frozen=True)
class Says:
    """What the playbooks of one engine are made of. `inside`: audiences stand in conditions by
    name. `exits_seen`: exits are asked only before an action and after a while, so that each flow
    with exits begins with a wait and ends with a message."""

    atoms: tuple[str, ...] = _ATOMS
    inside: bool = True
    offers: bool = True
    exits: tuple[str, ...] = EXITS
    exit_when: bool = True
    audience: bool = True
    entries: tuple[str, ...] = ("once", "always", "45d")
    triggers: tuple[str, ...] = ("event", "field", "enters", "inactive_for", "date")
    steps: tuple[str, ...] = (
        *("send", "send", "sms", "wait", "until", "task", "tag", "field"),
        *("if", "split", "branch", "waited"),
    )
    exits_seen: bool = False
    programmes: dict[str, Any] = field(default_factory=dict, compare=False)


KLAVIYO = Says()
# Dittofeed has segments without the names of the audiences in them, and codes without their worth.
DITTOFEED = Says(
    atoms=tuple(one for one in _ATOMS if not one.startswith(("revenue", "orders = 0"))),
    inside=False,
    offers=False,
    exits=("order_placed", "wish_listed", "sign_up"),
    exits_seen=True,
)


# Without its notes, Mautic keeps neither the waits' own ids, nor the texts of SMS and push, nor
# what an audience is called, and an order always ends an inactivity.
MAUTIC = Says(
    inside=False,
    offers=False,
    audience=False,
    entries=("once",),
    triggers=("event", "field", "date"),
    steps=("send", "send", "task", "tag", "field", "if", "branch"),
    exits_seen=True,
)


# All of it, and what only a note in our own words brings back.
NOTED = Says(
    triggers=(*Says().triggers, "again", "monthly", "points"),
    steps=(
        *Says().steps,
        *("ladder", "rotation", "call", "list", "suppress", "points", "credit", "give"),
    ),
    programmes={"points": {"earn": [{"event": "order_placed", "points": "1 per EUR"}]}},
)


def _subject(atom: str) -> str:
    """Return what an atom asks for; who left a channel gave no consent to it."""
    asked = re.sub(r"^not ", "", atom).partition(" ")[0]
    return "consent" if asked.startswith("unsubscribed") else asked


def exact_playbook(seed: int, says: Says = KLAVIYO) -> dict[str, Any]:
    """Return a playbook as data."""
    return _Making(Random(seed), says).playbook()


@cache
def valid_seeds(wanted: int, says: Says = KLAVIYO, first: int = 0) -> tuple[int, ...]:
    """Return seeds of playbooks that the checks let pass: by chance some contradict themselves."""
    found: list[int] = []
    for seed in count(first):
        text = yaml.safe_dump(exact_playbook(seed, says), sort_keys=False, allow_unicode=True)
        compiled = compile_playbook("made.yaml", given={"made.yaml": text.encode()})
        if compiled.graph is not None:
            found.append(seed)
        if len(found) == wanted:
            return tuple(found)
    raise AssertionError("count() never ends")


class _Making:
    """One playbook while it is made."""

    def __init__(self, chance: Random, says: Says) -> None:
        self.chance = chance
        self.says = says
        self.messages: dict[str, Any] = {}
        self.audiences: dict[str, str] = {}
        self.offers: dict[str, Any] = {}
        self.sent: set[str] = set()
        self.steps = 0

    def playbook(self) -> dict[str, Any]:
        # The segments of an export hold the conditions of other audiences, not their names.
        names = ("core", "lapsed")[: self.chance.randint(0, 2)]
        self.audiences = {name: self.condition() for name in names}
        for number in range(1, self.chance.randint(2, 4) if self.says.offers else 1):
            self.offers[f"offer-{number}"] = self.offer()
        flows = {f"flow-{number}": self.flow() for number in range(1, self.chance.randint(2, 4))}
        used = json.dumps(flows)
        for name in [*self.audiences][::-1]:
            if f"audience({name})" not in used and f'"enters": "{name}"' not in used:
                del self.audiences[name]
        return {
            "playbook": 1,
            "name": "exact",
            "currency": "EUR",
            "timezone": "Europe/Berlin",
            "sender": {
                "name": "Leaf & Steam",
                "email": "hello@leaf.example",
                "address": "Teeweg 1",
            },
            "guardrails": {"consent": {"email": "opt-in", "sms": "opt-in", "push": "opt-in"}},
            "facts": FACTS,
            "events": {"back_in_stock": {"amount": "number"}},
            "audiences": self.audiences,
            "offers": {name: one for name, one in self.offers.items() if name in self.sent},
            **({"programmes": self.says.programmes} if self.says.programmes else {}),
            "flows": flows,
            "messages": self.messages,
        }

    def pick(self, *those: Any) -> Any:
        return self.chance.choice(those)

    def condition(self) -> str:
        """Return a condition that says nothing twice: no fact is asked for in two of its parts."""
        named = self.audiences if self.says.inside else ()
        atoms = [*self.says.atoms, *(f"audience({name})" for name in named)]
        self.chance.shuffle(atoms)
        subjects = {_subject(one): one for one in atoms}
        related = [one for name, one in subjects.items() if name in _RELATED][:1]
        ordered = [one for name, one in subjects.items() if name not in _RELATED] + related
        self.chance.shuffle(ordered)
        return self.joined(ordered, 0)

    def joined(self, atoms: list[str], depth: int) -> str:
        if depth == 2 or len(atoms) < 4 or self.chance.random() < 0.5:
            return atoms.pop()
        word = self.pick("and", "or")
        return f" {word} ".join(f"({self.joined(atoms, depth + 1)})" for _ in range(2))

    def offer(self) -> dict[str, Any]:
        found: dict[str, Any] = {"code": "unique"}
        found |= self.pick({"percent_off": "15%"}, {"amount_off": 5}, {"free_shipping": True})
        found |= self.pick({}, {"minimum": 30}, {"once_per_customer": True}, {"limit": 50})
        found |= self.pick({}, {"valid": "10d"})
        return found

    def message(self, channel: str, offer: str) -> str:
        name = f"message-{len(self.messages) + 1}"
        body = "\n\n".join(self.chance.sample(_PARAGRAPHS, self.chance.randint(1, 4)))
        if channel != "email":
            self.messages[name] = {"channel": channel, "subject": "A title", "body": "Tea? Reply."}
            if channel == "sms":
                del self.messages[name]["subject"]
            return name
        if offer:
            body += "\n\nYour code: {{ offer.code }}"
        self.messages[name] = {
            "kind": "marketing",
            "subject": self.pick("News", 'It\'s {{ customer.first_name }}: 10% "off"', "a: b # c"),
            "preview": self.pick("For you", "A look"),
            "body": f"{body}\n\n{_LAW}\n",
        }
        return name

    def flow(self) -> dict[str, Any]:
        found: dict[str, Any] = {"trigger": self.trigger()}
        says = self.says
        if self.chance.random() < 0.5 and says.audience:
            found["audience"] = self.condition()
        entry = self.pick(*says.entries)
        found["entry"] = {"again_after": entry} if entry.endswith("d") else entry
        found["exit_on"] = self.chance.sample(
            says.exits, self.chance.randint(0, 2) if says.exits else 0
        )
        if self.chance.random() < 0.4 and says.exit_when:
            found["exit_when"] = self.condition()
        found["steps"] = self.list_of_steps(0) or [{"wait": "1d"}]
        if says.exits_seen:
            found["steps"][:0] = [{"wait": "2d"}] if found["exit_on"] else []
            found["steps"].append({"send": self.message("email", "")})
        return found

    def trigger(self) -> Any:
        kind = self.pick(*self.says.triggers)
        if kind == "enters" and self.audiences:
            return {"enters": self.chance.choice(sorted(self.audiences))}
        if kind == "inactive_for":
            return {"inactive_for": "120d"}
        if kind == "date":
            return {"date": "birthday", "before": "7d"}
        if kind == "field":
            return {"event": "back_in_stock", "where": "trigger.amount >= 5"}
        if kind == "again":
            return {"event": "order_placed", "at_least": 3, "within": "90d"}
        if kind == "monthly":
            return {"every": "month on 1 at 10:00"}
        if kind == "points":
            return {"points_reach": 500}
        return self.chance.choice(EVENTS)

    def list_of_steps(self, depth: int) -> list[Any]:
        return [self.step(depth) for _ in range(self.chance.randint(0 if depth else 1, 3))]

    def step(self, depth: int) -> dict[str, Any]:
        self.steps += 1
        own = self.steps
        kinds = [one for one in self.says.steps if depth < 2 or one not in _FORKS]
        match self.chance.choice(kinds):
            case "send":
                offer = self.pick("", "", *self.offers)
                step = {"send": self.message("email", offer)}
                self.sent.add(offer)
                return step | ({"offer": offer} if offer else {})
            case "sms":
                return {"send": self.message(self.pick("sms", "push"), "")}
            case "wait":
                return {"wait": self.pick("1d", "36h", "14d", "20min"), "id": f"w{own}"}
            case "ladder":
                names = [self.message(one, "") for one in ("email", self.pick("sms", "push"))]
                return {"send": names, "reached": "clicked within 2d", "id": f"l{own}"}
            case "rotation":
                return {"send": {"next_of": [self.message("email", "") for _ in range(3)]}}
            case "call":
                url = self.pick("https://shop.example/hook?x=1&y=<2>", "CRM_HOOK")
                return {"call": {"url": url, "fields": ["email", "orders"]}, "id": f"c{own}"}
            case "list":
                return {"audience": self.pick({"add": f"list-{own}"}, {"remove": f"list-{own}"})}
            case "suppress":
                return {"update": {"suppress": self.pick("email", "sms")}, "id": f"s{own}"}
            case "points":
                return {"grant": {"points": self.pick(50, 100)}, "id": f"p{own}"}
            case "credit":
                return {"grant": {"credit": 5}, "id": f"k{own}"}
            case "give" if self.offers:
                given = self.chance.choice(sorted(self.offers))
                self.sent.add(given)
                return {"grant": given, "id": f"g{own}"}
            case "until":
                until = self.pick("09:00", "tue at 10:30")
                return {"wait": {"until": until}, "id": f"w{own}"}
            case "task":
                return {"task": f"Call number {own}", "owner": "support", "due": "3d"}
            case "tag":
                return {"update": {self.pick("tag", "untag"): f"tag {own}"}}
            case "field":
                value = self.pick({"favourite": "sencha"}, {"has_account": True}, {"height": 1.8})
                return {"update": value, "id": f"u{own}"}
            case "if":
                found: dict[str, Any] = {"if": self.condition(), "id": f"i{own}"}
                found["then"] = self.list_of_steps(depth + 1) or [{"wait": "2d"}]
                other = self.list_of_steps(depth + 1)
                return found | ({"else": other} if other else {})
            case "split":
                shares = self.pick((50, 50), (33, 67), (20, 30, 50), (33, 33, 34))
                names = ("alpha", "beta", "gamma")
                variants = {
                    name: {
                        "share": f"{share}%",
                        "steps": [{"wait": "3d"}, *self.list_of_steps(depth + 1)],
                    }
                    for name, share in zip(names, shares, strict=False)
                }
                return {"split": f"split-{own}", "variants": variants}
            case "branch":
                cases = [
                    {
                        "if": self.condition(),
                        "then": self.list_of_steps(depth + 1) or [{"wait": "4d"}],
                    }
                    for _ in range(2)
                ]
                return {"branch": cases, "id": f"b{own}"}
        wait: dict[str, Any] = {"until": self.chance.choice(EXITS), "at_most": "5d"}
        found = {"wait": wait, "id": f"e{own}"}
        found["happened"] = self.list_of_steps(depth + 1) or [{"wait": "6d"}]
        return found
