"""Shops by chance: playbooks of what BPMN says exactly, and customers who buy, browse and move on.

`differences(seed)` exports a playbook, lets SpiffWorkflow run it for every customer, replays the
same playbook over the same files, and returns what only one of the two has sent.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.contracts.bpmn_engine import definition, patched_clock
from tests.contracts.bpmn_host import ORDER, Customer, Export, Happening, Host, Sent
from tests.properties.language_texts import as_json, graph_of, read_text
from tests.statistics.twin.clock import Clock

from playbook_compiler.conditions import Condition, nodes
from playbook_compiler.export.places import conditions_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Step
from playbook_compiler.targets.bpmn.target import Bpmn

FIRST: Final = date(2026, 2, 20)
LAST: Final = date(2026, 5, 10)
BEFORE: Final = 60  # days of history
ZONES: Final = (
    *("", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"),
    *("Australia/Sydney", "Europe/Berlin"),
)
EVENTS: Final = ("back_in_stock", "cart_abandoned", "product_browsed", "order_delivered")
CUSTOMERS: Final = 12
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


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the files, with everything that he does, in the order of time."""

    id: str
    zone: str
    consents: frozenset[str]
    items: tuple[Happening, ...]

    @property
    def key(self) -> int:
        """The hash by which a replay knows him."""
        return int.from_bytes(blake2b(self.id.encode(), digest_size=8).digest(), "big")


def people_of(seed: int) -> list[Person]:
    """Return customers by chance, some new, some who only look."""
    draw = Random(f"people/{seed}")
    begin = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp())
    days = (LAST - FIRST).days
    found = []
    for number in range(CUSTOMERS):
        moments = draw.sample(
            range(begin - BEFORE * 86_400, begin + days * 86_400), draw.randint(1, 14)
        )
        items = [
            Happening(moment, ORDER, draw.randrange(500, 6000))
            if draw.random() < 0.5
            else Happening(moment, draw.choice(EVENTS))
            for moment in sorted(moments)
        ]
        consents = frozenset(one for one in ("email", "sms") if draw.random() < 0.8)
        zone = draw.choice(ZONES)
        found.append(Person(f"C{number:03}", zone, consents, tuple(_apart(items, begin))))
    found.append(Person("C999", "", frozenset(), (Happening(begin - 40 * 86_400, ORDER, 1000),)))
    return found


def _apart(items: list[Happening], begin: int) -> Iterator[Happening]:
    """Yield what happens without a second order of a day before the replay: what is known before
    it are purchases, and orders of one day are one."""
    last = 0
    for item in items:
        if item.event == ORDER:
            if item.moment < begin + 86_400 and item.moment - last < 2 * 86_400:
                continue
            last = item.moment
        yield item


def write_files(people: list[Person], folder: Path) -> None:
    """Write orders, customers and events as the shop's files."""

    def stamp(moment: int) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def write(name: str, header: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)

    every = [(item.moment, one.id, item) for one in people for item in one.items]
    every.sort(key=lambda row: row[:2])
    write(
        "orders.csv",
        ("order_id", "customer_id", "ordered_at", "total"),
        (
            (number, name, stamp(moment), f"{item.value / 100:.2f}")
            for number, (moment, name, item) in enumerate(every)
            if item.event == ORDER
        ),
    )
    write(
        "events.csv",
        ("event", "customer_id", "happened_at"),
        ((item.event, name, stamp(moment)) for moment, name, item in every if item.event != ORDER),
    )
    write(
        "customers.csv",
        ("customer_id", "consent_email", "consent_sms", "zone"),
        (
            (one.id, *("yes" if c in one.consents else "no" for c in ("email", "sms")), one.zone)
            for one in people
        ),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """What both sent, and what only the engine or only the replay did, by customer."""

    same: int
    only_engine: tuple[tuple[str, Sent], ...]
    only_replay: tuple[tuple[str, Sent], ...]

    @property
    def is_equal(self) -> bool:
        """Whether the two are the same."""
        return not self.only_engine and not self.only_replay


def graph_by_seed(seed: int) -> TriggerGraph:
    """Return the playbook of a seed, compiled."""
    return graph_of(read_text(as_json(playbook_of(seed))))


def compared(data: dict[str, Any], people: list[Person]) -> Compared:
    """Return how the messages of the exported processes and of the replay differ."""
    graph = graph_of(read_text(as_json(data)))
    with TemporaryDirectory() as folder:
        write_files(people, Path(folder))
        zones, replayed = _replayed(graph, Path(folder))
    ran = Counter((one.id, sent) for one in people for sent in _ran(graph, one, zones.get(one.key)))
    names = {one.key: one.id for one in people}
    told = Counter((names[key], sent) for key, sent in replayed)
    return Compared(
        sum((ran & told).values()),
        tuple(sorted((ran - told).elements(), key=str)),
        tuple(sorted((told - ran).elements(), key=str)),
    )


def compare(seed: int) -> Compared:
    """Return the comparison of one seed."""
    return compared(playbook_of(seed), people_of(seed))


def _replayed(graph: TriggerGraph, folder: Path) -> tuple[dict[int, Clock], list[tuple[int, Sent]]]:
    from tests.statistics.twin.clock import clocks

    from playbook_runtime.orders.options import OrderInput, OrderOptions
    from playbook_runtime.read_data import read_data
    from playbook_runtime.replay import replay
    from playbook_runtime.replay_launch import replay_launch

    given = OrderInput(OrderOptions(), folder / "customers.csv", folder / "events.csv")
    before, found = read_data(
        graph.playbook, folder / "orders.csv", given, FIRST - timedelta(days=1)
    )
    assert before is not None, [one.message for one in found]
    world, _ = replay_launch(graph, before, LAST)
    zones = clocks(world.launch.zones)
    by_person = {
        int(key): zones[max(0, int(zone))]
        for key, zone in zip(world.people.key, world.people.zone, strict=True)
    }
    done, found = replay(graph, before, LAST, threads=1)
    assert done is not None, [one.message for one in found]
    return by_person, [
        (
            int(one.customer, 16),
            Sent(
                int(datetime.fromisoformat(one.at).timestamp()),
                one.flow,
                one.step,
                one.channel,
                one.message,
            ),
        )
        for one in done.messages
    ]


def _ran(graph: TriggerGraph, person: Person, clock: Clock | None) -> list[Sent]:
    if clock is None:
        return []
    export = _export(graph)
    zone = ZoneInfo(graph.playbook.timezone)
    start, end = (
        int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
        for day in (FIRST, LAST + timedelta(days=1))
    )
    earlier = [item for item in person.items if item.moment < start]
    orders = [item for item in earlier if item.event == ORDER]
    who = Customer(
        key=person.key,
        clock=clock,
        zone_known=bool(person.zone),
        consents=person.consents,
        is_known=bool(earlier),
        orders=len(orders),
        revenue=sum(item.value for item in orders),
        first_order=orders[0].moment if orders else None,
        last_order=orders[-1].moment if orders else None,
        before={item.event: item.moment for item in earlier},
    )
    later = [item for item in person.items if start <= item.moment < end]
    guardrails = graph.playbook.guardrails
    holdout = float(guardrails.holdout.fraction) if guardrails is not None else 0.0
    with patched_clock():
        return Host(export, who, holdout).live(later, start, end)


_EXPORTS: dict[int, Export] = {}


def _export(graph: TriggerGraph) -> Export:
    if id(graph) not in _EXPORTS:
        _EXPORTS.clear()
        bundle, found = Bpmn().export(graph)
        assert bundle is not None, [one.message for one in found]
        asked = json.loads(bundle.files["variables.json"])
        definitions = {
            flow: definition(bundle.files[f"flows/{flow}.bpmn"]) for flow in graph.playbook.flows
        }
        _EXPORTS[id(graph)] = Export(
            graph,
            {name: one for name, one in definitions.items() if one is not None},
            {one["name"]: one["means"] for one in asked["variables"]},
            {str(node): node for one in _conditions(graph) for node in nodes(one)},
        )
    return _EXPORTS[id(graph)]


def _conditions(graph: TriggerGraph) -> Iterator[Condition]:
    playbook = graph.playbook
    yield from (one.where for one in playbook.audiences.values())
    for flow in playbook.flows.values():
        found = (flow.audience, flow.exit_when, flow.trigger.where)
        yield from (one for one in found if one is not None)
    for node in graph.nodes.values():
        if isinstance(node.what, Step):
            yield from conditions_of(node.what)
