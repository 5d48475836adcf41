"""Where a condition stands, and what stands in for one that Dittofeed cannot know."""

from __future__ import annotations

import hashlib

from playbook_compiler.conditions import Condition
from playbook_compiler.export.bundle import stable_uuid
from playbook_compiler.export.logic import Lowered
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.model import Playbook
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Needs:
    """What conditions and texts ask of the workspace: it fills while they are lowered."""

    traits: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    entered: set[str] = field(default_factory=set)
    audiences: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a condition stands: `name` for the report, and the event that started the run.

    `event` and `key` are empty where no event did; `audiences` are those that the condition is
    part of.
    """

    playbook: Playbook
    lowering: Lowering
    name: str
    needs: Needs
    event: str = ""
    key: str = ""
    audiences: tuple[str, ...] = ()

    def trait(self, name: str, note: str) -> str:
        """Note that the shop must keep a trait, and return its path."""
        self.needs.traits.add(name)
        self.lowering.need("trait", name, note)
        return name

    def group(self, channel: str) -> str:
        """Return the id of the subscription group of a channel's marketing."""
        self.needs.groups.add(channel)
        return stable_uuid(terms.TARGET, "subscription-group", terms.group_name(channel))


def stand_in_name(condition: Condition) -> str:
    """Return the trait that stands for a condition which Dittofeed cannot know."""
    digest = hashlib.sha256(str(condition).encode()).hexdigest()[:10]
    return f"playbook_{digest}"


def loss(condition: Condition) -> str:
    """Return in words what `--allow-lossy` makes of the condition."""
    return f"it is read from the trait `{stand_in_name(condition)}`, which the shop keeps"


def stand_in(condition: Condition, scope: Scope) -> Lowered:
    """Return a test of the trait: without it, it is neither true nor false."""
    path = scope.trait(stand_in_name(condition), f"true or false: {condition}")
    return Lowered.where(tests.known(path), tests.one_of(path, "true", ("true", "false")))
