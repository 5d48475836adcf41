"""An export run by SpiffWorkflow beside a replay of the same playbook over the same files.

`compare(seed)` returns what both sent, and what only one of the two did.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from tests.contracts.bpmn_engine import definition, patched_clock
from tests.contracts.bpmn_facts import ORDER, Customer, Export, Sent
from tests.contracts.bpmn_host import Host
from tests.contracts.bpmn_people import FIRST, LAST, Person, people_of, write_files
from tests.contracts.bpmn_playbooks import playbook_of
from tests.properties.language_texts import as_json, graph_of, read_text
from tests.statistics.twin.clock import Clock

from playbook_compiler.conditions import Condition, nodes
from playbook_compiler.export.places import conditions_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Step
from playbook_compiler.targets.bpmn.target import Bpmn


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
    export = _loaded(graph)
    ran = Counter(
        (one.id, sent) for one in people for sent in _ran(export, one, zones.get(one.key))
    )
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


def _ran(export: Export, person: Person, clock: Clock | None) -> list[Sent]:
    """Return what the engine sends to a customer; nothing where the replay knows nobody."""
    if clock is None:
        return []
    graph = export.graph
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


def _loaded(graph: TriggerGraph) -> Export:
    """Return a playbook's export as the engine and the application have loaded it."""
    bundle, found = Bpmn().export(graph)
    assert bundle is not None, [one.message for one in found]
    asked = json.loads(bundle.files["variables.json"])
    definitions = {
        flow: definition(bundle.files[f"flows/{flow}.bpmn"]) for flow in graph.playbook.flows
    }
    return Export(
        graph,
        {name: one for name, one in definitions.items() if one is not None},
        {one["name"]: one["means"] for one in asked["variables"]},
        {str(node): node for one in _conditions(graph) for node in nodes(one)},
    )


def _conditions(graph: TriggerGraph) -> Iterator[Condition]:
    playbook = graph.playbook
    yield from (one.where for one in playbook.audiences.values())
    for flow in playbook.flows.values():
        found = (flow.audience, flow.exit_when, flow.trigger.where)
        yield from (one for one in found if one is not None)
    for node in graph.nodes.values():
        if isinstance(node.what, Step):
            yield from conditions_of(node.what)
