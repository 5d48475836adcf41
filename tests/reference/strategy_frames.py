"""Which section of a playbook carries out a frame: told by what the resolved playbook holds.

A flow names its strategy, an item of a checklist too; sections do not, so that this table says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from playbook_compiler.conditions import Condition, facts_read
from playbook_compiler.message_choice import LADDER
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.steps import Send, Split, Step, children
from playbook_compiler.vocabulary import STAGES

METRICS = Path(__file__).parents[2] / "docs" / "metrics"
# Facts by which customers are told apart: by value, by their life with the shop.
SEGMENTS = ("rfm", "rfm.r", "rfm.f", "rfm.m", "lifecycle", "probability_alive", "tier")


@dataclass(frozen=True, slots=True)
class Frame:
    """What of a playbook carries a strategy out: a section in words, and when it does."""

    section: str
    holds: Callable[[Playbook], bool]


def _stated_stage(playbook: Playbook) -> bool:
    stages = playbook.stages
    later = [name for name in stages if STAGES.index(name) > 0]
    return playbook.stage in stages and bool(later) and all(stages[one].enter for one in later)


def _split(playbook: Playbook) -> bool:
    splits = [stage.split for stage in playbook.stages.values()]
    kept = [split.retention.fraction for split in splits if split is not None]
    return len(kept) == len(splits) > 1 and kept == sorted(set(kept))


def _matrix(playbook: Playbook) -> bool:
    matrix = playbook.matrix
    return matrix is not None and matrix.frequent is not None and matrix.valuable is not None


def _checklist(playbook: Playbook) -> bool:
    stage = playbook.stages.get(playbook.stage)
    names = stage.checklist if stage is not None else ()
    items = [item for name in names for item in playbook.checklists[name]]
    return any(item.done_by for item in items) and any(item.verify for item in items)


def _economics(playbook: Playbook) -> bool:
    found = playbook.economics
    return found is not None and found.acquisition is not None and found.order_costs is not None


def _metrics(playbook: Playbook) -> bool:
    defined = {path.stem.replace("-", "_") for path in METRICS.glob("*.md")}
    return any(line.metric in defined for line in playbook.require if not line.flow)


def _segments(playbook: Playbook) -> bool:
    own = [one for one in playbook.audiences.values() if "/" not in one.id]
    return any(_tells_apart(audience.where) for audience in own)


def _tells_apart(condition: Condition) -> bool:
    return any(read.fact.name in SEGMENTS for read in facts_read(condition))


def _touch_rules(playbook: Playbook) -> bool:
    rails = playbook.guardrails
    sends = [step for step in _steps(playbook.flows.values()) if isinstance(step, Send)]
    return (
        rails is not None
        and bool(rails.frequency)
        and rails.quiet_hours is not None
        and any(step.at is not None for step in sends)
        and any(step.send.order == LADDER for step in sends)
    )


def _experiment(playbook: Playbook) -> bool:
    own = _steps(flow for flow in playbook.flows.values() if "/" not in flow.id)
    return any(isinstance(step, Split) and step.experiment is not None for step in own)


def _discounts(playbook: Playbook) -> bool:
    found = playbook.guardrails.discounts if playbook.guardrails is not None else None
    return found is not None and found.deepest is not None and bool(found.only_for)


def _choice(playbook: Playbook) -> bool:
    points = playbook.programmes.points if playbook.programmes is not None else None
    return points is not None and any(len(way.reward.choice) > 1 for way in points.redeem)


def _programme(name: str) -> Callable[[Playbook], bool]:
    return lambda playbook: getattr(playbook.programmes, name, None) is not None


def _steps(flows: Iterable[Flow]) -> Iterator[Step]:
    stack = [step for flow in flows if flow.enabled for step in flow.steps]
    while stack:
        step = stack.pop()
        yield step
        stack.extend(one for _, inner in children(step) for one in inner)


FRAMES: Mapping[str, Frame] = {
    "F1": Frame("`stage` and `stages`, each with when it is entered", _stated_stage),
    "F2": Frame("`split` of each of its `stages`", _split),
    "F3": Frame("`matrix`", _matrix),
    "F4": Frame("`checklist` of its stage, with `done_by` and `verify`", _checklist),
    "F5": Frame("`economics`: margin, order costs, `acquisition`", _economics),
    "F6": Frame("`require`, of metrics that have [a page](../metrics/profit.md)", _metrics),
    "F7": Frame("`audiences` by value and by life with the shop", _segments),
    "F8": Frame("`guardrails`: `frequency`, `quiet_hours`; `at:` and ladders", _touch_rules),
    "F9": Frame("a `split` with its `experiment`", _experiment),
    "F10": Frame("`marketplaces`", lambda playbook: bool(playbook.marketplaces)),
    "F11": Frame("`guardrails.discounts`: `deepest`, `only_for`", _discounts),
    "P1": Frame("`programmes.points`", _programme("points")),
    "P2": Frame("`programmes.tiers`", _programme("tiers")),
    "P3": Frame("`programmes.membership`", _programme("membership")),
    "P4": Frame("`programmes.points`, redeemed for a `choice`", _choice),
    "P5": Frame("`programmes.referral`", _programme("referral")),
    "P6": Frame("`programmes.subscription`", _programme("subscription")),
}
