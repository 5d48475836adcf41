"""A campaign's events as Mautic has them: a tree, each event below the one that leads to it.

Our flows come together again after a branch; a tree does not. So what follows stands below one of
the branches, and the others jump to it. An event also carries the wait before it: a loose end of
the tree keeps the waits that the next event there will carry.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.schedule import Schedule, Window
from playbook_compiler.values import dataclass, field, replace

ACTION, CONDITION, DECISION = "action", "condition", "decision"
YES, NO = "yes", "no"
JUMP = "campaign.jump_to_event"
TAGS = "lead.changetags"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `segments` and `email` are names of objects that its properties refer to."""

    number: int
    id: str
    name: str
    type: str
    kind: str
    properties: dict[str, Any]
    schedule: Schedule
    parent: int | None
    path: str
    order: int
    channel: str = ""
    email: str = ""
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """A loose end: where the next event hangs, and when it happens.

    `late` says that it hangs on the `no` of a decision: Mautic heeds no hours there. `sent` is the
    e-mail action that it follows at once, which a decision may hang on.
    """

    parent: int | None = None
    path: str = ""
    schedule: Schedule = Schedule()
    late: bool = False
    sent: bool = False


Ends: TypeAlias = tuple[End, ...]


@dataclass(frozen=True, slots=True)
class What:
    """What an event is, before it has a place. `id` is our `step` or `step~part`."""

    id: str
    name: str
    type: str
    kind: str
    properties: dict[str, Any]
    window: Window | None = None
    channel: str = ""
    email: str = ""
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """The events of one campaign while they are made."""

    events: list[Event] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def add(self, ends: Ends, what: What) -> Event | None:
        """Hang an event on the first end and let the others jump there; None: there is no end."""
        if not ends:
            return None
        first, *others = ends
        if others and not first.schedule.is_empty:
            first = self._waited(first, what.id)
        made = self._hang(first, what)
        for number, end in enumerate(others, 1):
            jump = What(
                f"{what.id}~jump-{number}",
                terms.shown(f"go on with: {what.name}"),
                JUMP,
                ACTION,
                {"jumpToEvent": made.number},
            )
            self._hang(end, jump)
        return made

    def settled(self, ends: Ends, id_: str) -> Ends:
        """Return the ends with their hours waited for, so that a further wait can follow."""
        return tuple(
            self._waited(end, f"{id_}~{number}") if end.schedule.is_moment else end
            for number, end in enumerate(ends)
        )

    def _waited(self, end: End, id_: str) -> End:
        """Return the end after an event that only waits."""
        wait = What(f"{id_}~wait", "wait", TAGS, ACTION, {"add_tags": [], "remove_tags": []})
        made = self._hang(end, wait)
        return End(made.number)

    def _hang(self, end: End, what: What) -> Event:
        schedule = end.schedule
        hours = schedule.window
        if what.window is not None and hours is not None and not what.window.holds(hours):
            end = self._waited(end, what.id)
            schedule = end.schedule
        if schedule.window is None and what.window is not None:
            schedule = replace(schedule, window=what.window)
        if end.late and schedule.is_moment:
            # Below the `no` of a decision Mautic heeds the wait, not the hours.
            moment = replace(schedule, wait=Schedule().wait)
            end = self._waited(replace(end, schedule=Schedule(schedule.wait)), f"{what.id}~late")
            schedule = moment
        parent = None if end.parent is None else self.events[end.parent - 1]
        made = Event(
            len(self.events) + 1,
            self._free(what.id),
            terms.shown(what.name),
            what.type,
            what.kind,
            what.properties,
            schedule,
            end.parent,
            end.path,
            1 if parent is None else parent.order + 1,
            what.channel,
            what.email,
            what.segments,
        )
        self.events.append(made)
        return made

    def _free(self, id_: str) -> str:
        """Return the id, numbered where it is taken."""
        found, number = id_, 1
        while found in self.ids:
            number += 1
            found = f"{id_}~{number}"
        self.ids.add(found)
        return found


def below(event: Event | None, path: str = "") -> Ends:
    """Return the end below an event; none where there is no event."""
    if event is None:
        return ()
    return (End(event.number, path, sent=event.type == "email.send" and not path),)


def waiting(ends: Ends, schedule: Schedule) -> Ends:
    """Return ends whose next event happens by a schedule; they have none yet."""
    return tuple(replace(end, schedule=schedule, sent=False) for end in ends)
