"""Playbooks by chance that a simulation can run: every construct that its kernel knows, at once.

Unlike those of `language_strategies.py`, which hold whatever can be said, here everything happens:
flows start, messages go out, offers are used. A seed decides what is written, `parts` say which
kinds of thing may stand in it at all, so that a failing playbook shrinks to what it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

from tests.properties.simulable_rules import (
    audiences,
    guardrails,
    likely,
    messages,
    offers,
    programmes,
)
from tests.properties.simulable_words import (
    EXTRA_FLOW,
    FLOWS,
    HEARD,
    HEARD_TESTS,
    MARK_TESTS,
    MARKETING,
    MONEY,
    PAID_TESTS,
    PARTS,
    TESTS,
    TRANSACTIONAL,
    ZONES,
)


def playbook(
    seed: int,
    parts: Collection[str] = PARTS,
    flows: int = 4,
    steps: int = 3,
    rules: Mapping[str, Any] | None = None,
    has_extra: bool = False,
) -> dict[str, Any]:
    """Return a playbook as data: at most so many flows, each with at most so many steps in a row.

    `rules` replace the guardrails that chance would choose. With an extra flow, EXTRA_FLOW, nothing
    else of the playbook is another, and nothing else names it.
    """
    return _Maker(Random(seed), frozenset(parts), flows, steps).playbook(rules, has_extra)


class _Maker:
    """One playbook while it is made; `steps` numbers its steps, so that each has an id."""

    def __init__(self, chance: Random, parts: frozenset[str], flows: int, steps: int) -> None:
        self.chance = chance
        self.parts = parts
        self.most = steps
        self.steps = 0
        self.flow = ""
        self.names = FLOWS[: chance.randint(1, flows)] if flows else ()
        # What enters an audience neither changes anybody nor starts a flow: no circle can arise.
        self.kinds = {name: self._kind() for name in self.names}
        self.offers = offers(chance, parts)
        self.audiences = audiences(chance, parts)

    def likely(self, part: str, share: float = 0.6) -> bool:
        """Return whether something of a part is written here."""
        return likely(self.chance, self.parts, part, share)

    def _rules(self) -> dict[str, Any]:
        return guardrails(self.chance, self.parts, self.audiences, bool(self.offers))

    def playbook(self, rules: Mapping[str, Any] | None, has_extra: bool) -> dict[str, Any]:
        has_marks = "marks" in self.parts
        costs: dict[str, Any] = {
            "gross_margin": {"default": "58%", "tea": "64%"} if has_marks else "58%",
            "message_costs": {"email": 0.0008, "sms": 0.062, "push": 0.001},
            "order_costs": {
                "shipping": 4.10,
                "payment": {"share": "1.9%", "fixed": 0.35},
                "return": 4.50,
                "return_rate": "3.3%",
            },
        }
        if self.likely("budget"):
            costs["monthly_budget"] = 900
        whole: dict[str, Any] = {
            "playbook": 1,
            "name": "by-chance",
            "currency": "EUR",
            "timezone": self.chance.choice(ZONES),
            "sender": {"name": "Shop", "email": "hello@shop.example", "address": "Weg 1, Berlin"},
            "economics": costs,
            "facts": {"favourite": "text", "cups": "integer"},
            "guardrails": self._rules() if rules is None else dict(rules),
            "messages": messages(),
        }
        if has_marks:
            whole["products"] = {
                "sencha": {"category": "tea", "lasts": "30d"},
                "kyusu": {"category": "teaware"},
                "brush": {"category": "care", "lasts": "2mo"},
            }
            whole["marketplaces"] = {
                "amazon": {"at_most": "1 per order", "kinds": ["transactional"], "offers": False},
                "etsy": {"at_most": "2 per 20d", "offers": False},
            }
        if made := programmes(self.chance, self.parts):
            whole["programmes"] = made
        if self.audiences:
            whole["audiences"] = self.audiences
        if self.offers:
            whole["offers"] = self.offers
        if self.names:
            whole["flows"] = {name: self._flow(name) for name in self.names}
        if has_extra:
            self.kinds[EXTRA_FLOW] = self._kind()
            whole.setdefault("flows", {})[EXTRA_FLOW] = self._flow(EXTRA_FLOW)
        return whole

    # Flows

    def _kind(self) -> str:
        kinds = ["order", "order", "inactive"]
        kinds += ["event", "often"] if "events" in self.parts else []
        kinds += ["date", "every", "refill"] if "clock" in self.parts else []
        kinds += ["enters"] if "audiences" in self.parts else []
        kinds += ["points", "expiring"] if "points" in self.parts else []
        kinds += ["tier"] if "tiers" in self.parts else []
        kinds += ["friend"] if "referral" in self.parts else []
        kinds += ["subscriber"] if "subscription" in self.parts else []
        kinds += ["ending"] if "offers" in self.parts and HEARD in self.parts else []
        return self.chance.choice(kinds)

    def _flow(self, name: str) -> dict[str, Any]:
        self.flow = name
        kind = self.kinds[name]
        trigger = self._trigger(kind)
        flow: dict[str, Any] = {"trigger": trigger}
        # A click on a message of the flow itself would start it again and again.
        breeds = trigger.get("event") in ("link_clicked", "message_opened", "points_earned")
        entries: list[Any] = [{"again_after": self.chance.choice(("10d", "1mo"))}, "once"]
        if not breeds and "again" in self.parts:
            entries += ["always", "always", None]
        if (entry := self.chance.choice(entries)) is not None:
            flow["entry"] = entry
        if kind in ("inactive", "refill", "enters") and self.chance.random() < 0.7:
            flow["existing"] = {"over": self.chance.choice(("1d", "10d", "1mo"))}
        if self.chance.random() < 0.4:
            flow["priority"] = self.chance.choice((10, 50, 90))
        if self.likely("events", 0.5):
            leave = ("order_placed", "order_returned", "unsubscribed", "sign_up")
            flow["exit_on"] = self.chance.sample(leave, self.chance.randint(0, 2))
        if self.likely("audiences", 0.3):
            flow["audience"] = self._condition()
        if self.likely("nested", 0.3):
            flow["exit_when"] = self._condition()
        if name != EXTRA_FLOW and self.likely("running", 0.3):
            flow["running"] = "since 2024-03-01"
        if self.likely("own-effect", 0.3):
            flow["expect"] = self._effect()
        flow["steps"] = self._list(kind, 0, self.chance.randint(1, self.most))
        return flow

    def _trigger(self, kind: str) -> dict[str, Any]:
        choice = self.chance.choice
        match kind:
            case "order":
                trigger: dict[str, Any] = {"event": "order_placed"}
            case "event":
                events = ("order_delivered", "order_returned", "cart_abandoned", "product_browsed",
                          "sign_up", "link_clicked", "message_opened", "unsubscribed")  # fmt: skip
                trigger = {"event": choice(events)}
            case "often":
                trigger = {"event": choice(("order_placed", "product_browsed"))}
                trigger |= {"at_least": choice((2, 3)), "within": choice(("2w", "1mo"))}
            case "inactive":
                trigger = {"inactive_for": choice(("12h", "20d", "45d", "1mo", "3mo"))}
            case "refill":
                lengths = ["20d", "1mo", "typical interval"]
                lengths += ["product"] if "marks" in self.parts else []
                trigger = {"replenishment": choice(lengths)}
            case "date":
                trigger = {"date": choice(("birthday", "first_order", "04-06", "2025-04-20"))}
                trigger |= choice(({}, {"before": "3d"}, {"after": "36h"}))
            case "points":
                trigger = choice(({"points_reach": 120}, {"event": "points_earned"}))
            case "expiring":
                trigger = {"points_expiring": choice(("30d", "3d"))}
            case "tier":
                trigger = {"tier_changed": choice(("up", "down"))}
            case "friend":
                trigger = {"event": "referred"}
            case "subscriber":
                trigger = {"event": choice(("subscription_renewed", "subscription_cancelled"))}
            case "ending":
                trigger = {"offer_expiring": "2d"}
            case "every":
                schedules = ("10d", "week on sun at 02:30", "2w on tue at 09:30", "month on 31")
                trigger = {"every": choice(schedules)}
            case _:
                trigger = {"enters": choice(sorted(self.audiences))}
        if self.likely("nested", 0.3):
            trigger["where"] = self._condition(order=kind == "order")
        return trigger

    def _condition(self, order: bool = False) -> str:
        tests = list(TESTS)
        for name in self.names:
            tests += [f"in_flow({name})", f"not entered({name}) within 30d"]
        tests += [f"holds({name})" for name in self.offers] if HEARD in self.parts else []
        tests += [f"audience({name})" for name in self.audiences]
        tests += PAID_TESTS if MONEY in self.parts else ()
        tests += HEARD_TESTS if HEARD in self.parts else ()
        tests += MARK_TESTS if "marks" in self.parts else ()
        tests += ["points >= 100"] if "points" in self.parts else []
        tests += ["tier in (bud, tree)"] if "tiers" in self.parts else []
        tests += ["tags has warm", "cups > 1 or cups is unknown"] if "updates" in self.parts else []
        if order:
            tests += ["trigger.order.nth in (1, 3)"]
            tests += ["trigger.order.total > 30.00"] if MONEY in self.parts else []
        one, two = self.chance.choice(tests), self.chance.choice(tests)
        forms = (one, f"({one}) and ({two})", f"({one}) or ({two})", f"not ({one})")
        return self.chance.choice(forms)

    # Steps

    def _list(self, kind: str, depth: int, count: int) -> list[Any]:
        return [self._step(kind, depth) for _ in range(count)]

    def _some(self, kind: str, depth: int) -> list[Any]:
        return self._list(kind, depth + 1, self.chance.randint(0, 2))

    def _step(self, kind: str, depth: int) -> dict[str, Any]:
        made: list[Callable[[], dict[str, Any]]] = [self._send] * 5
        if "waits" in self.parts:
            made += [self._wait] * 2
            made += [lambda: self._wait_for(kind, depth)] if depth < 2 else []
        if "nested" in self.parts and depth < 2:
            made += [lambda: self._if(kind, depth), lambda: self._branch(kind, depth)]
        if "splits" in self.parts and depth < 2:
            made += [lambda: self._split(kind, depth)]
        made += [self._ladder] if "ladders" in self.parts else []
        made += [self._rotation] if "rotations" in self.parts else []
        if "lists" in self.parts:
            made += [
                lambda: {"task": "count", "cost": 0.30},
                lambda: {"audience": {"add": "ads-buyers"}},
                lambda: {"call": "https://example.com/hook"},
            ]
        if self.offers:
            made += [lambda: {"grant": self.chance.choice(sorted(self.offers))}]
        if "points" in self.parts:
            made += [lambda: {"grant": {"points": 60}}]
        if "credit" in self.parts:
            made += [lambda: {"grant": {"credit": 4.00}}]
        if "updates" in self.parts and kind != "enters":
            made += [self._update]
        later = [n for n in self.names if n > self.flow and self.kinds[n] != "enters"]
        if "starts" in self.parts and kind != "enters" and later:
            made += [lambda: {"start": self.chance.choice(later)}]
        step = self.chance.choice(made)()
        return {**step, "id": f"n{self._number()}"}

    def _number(self) -> int:
        self.steps += 1
        return self.steps

    def _carries(self, step: dict[str, Any]) -> dict[str, Any]:
        """Return a step that sends, with an offer and an effect where chance says so."""
        if self.offers and self.chance.random() < 0.5:
            step["offer"] = self.chance.choice(sorted(self.offers))
        if self.likely("effects"):
            step["expect"] = self._effect()
        if self.likely("windows", 0.3):
            windows = ("10:00-18:00", "22:00-06:30", "02:10-02:50")
            step["at"] = self.chance.choice(windows)
        return step

    def _send(self) -> dict[str, Any]:
        messages = [*MARKETING, *(TRANSACTIONAL if "transactional" in self.parts else ())]
        return self._carries({"send": self.chance.choice(messages)})

    def _ladder(self) -> dict[str, Any]:
        reached = self.chance.choice(
            ("delivered within 1d", "opened within 12h", "clicked within 2d")
        )
        messages = self.chance.sample(sorted(MARKETING), self.chance.randint(2, 3))
        return self._carries({"send": messages, "reached": reached})

    def _rotation(self) -> dict[str, Any]:
        messages = self.chance.sample(sorted(MARKETING), self.chance.randint(2, 3))
        return self._carries({"send": {"next_of": messages}})

    def _wait(self) -> dict[str, Any]:
        spans = ("5h", "1d", "2d", "9d", "1mo")
        moments = ({"until": "09:00"}, {"until": "fri at 16:30"}, {"until": "02:30"})
        return {"wait": self.chance.choice((*spans, *moments))}

    def _wait_for(self, kind: str, depth: int) -> dict[str, Any]:
        events = ("order_placed", "link_clicked", "order_delivered")
        step: dict[str, Any] = {
            "wait": {
                "until": self.chance.choice(events),
                "at_most": self.chance.choice(("12h", "6d")),
            },
            "happened": self._some(kind, depth),
            "timed_out": self._some(kind, depth),
        }
        return step | ({"since": "entry"} if self.chance.random() < 0.3 else {})

    def _if(self, kind: str, depth: int) -> dict[str, Any]:
        then = self._list(kind, depth + 1, 1)
        return {"if": self._condition(), "then": then, "else": self._some(kind, depth)}

    def _branch(self, kind: str, depth: int) -> dict[str, Any]:
        cases = [
            {"if": self._condition(), "then": self._some(kind, depth)}
            for _ in range(self.chance.randint(1, 3))
        ]
        enough = {"exit": "enough", "id": f"x{self._number()}"}
        cases[0]["then"] = [*cases[0]["then"], enough]
        return {"branch": cases, "else": self._some(kind, depth)}

    def _split(self, kind: str, depth: int) -> dict[str, Any]:
        share = self.chance.choice((10, 33.3, 50))
        arms = ((share, "a"), (100 - share, "b"))
        return {
            "split": f"test-{self._number()}",
            "variants": {
                name: {"share": f"{part:g}%", "steps": self._some(kind, depth)}
                for part, name in arms
            },
        }

    def _update(self) -> dict[str, Any]:
        changes = (
            {"tag": "warm"},
            {"untag": "warm"},
            {"cups": 4},
            {"cups": 1},
            {"suppress": "sms"},
        )
        return {"update": self.chance.choice(changes)}

    def _effect(self) -> dict[str, Any]:
        """Return forms of effect and a window; how large they are the draws say."""
        found: dict[str, Any] = self.chance.choice(
            ({"purchase_rate": "1.05..1.3"}, {"added_orders": "1..6 per 1000"})
        )
        found = dict(found)
        if "leaving" in self.parts:
            more = {
                "basket": "1.1..1.3",
                "dropout": "0.6..0.9",
                "revive": "10%..60%",
                "repaid": "10%..80%",
            }
            for name in self.chance.sample(sorted(more), self.chance.randint(0, 3)):
                found[name] = more[name]
            if self.chance.random() < 0.3:
                found = {"dropout": "0.2..0.8"}
        found["within"] = self.chance.choice(("3d", "14d", "40d"))
        if self.chance.random() < 0.2:
            found["overlap"] = "add"
        return found
