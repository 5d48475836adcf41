"""A process before it is written: its elements and the arrows between them."""

from __future__ import annotations

from typing import TypeAlias

from playbook_compiler.values import dataclass

Data: TypeAlias = tuple[tuple[str, str], ...]

START, END = "startEvent", "endEvent"
CATCH, THROW, BOUNDARY = "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"
SEND, SERVICE = "sendTask", "serviceTask"
EXCLUSIVE, EVENT_BASED = "exclusiveGateway", "eventBasedGateway"
SUB_PROCESS = "subProcess"
EVENTS = (START, END, CATCH, THROW, BOUNDARY)
GATEWAYS = (EXCLUSIVE, EVENT_BASED)


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A message comes or is thrown."""

    message: str


@dataclass(frozen=True, slots=True)
class TimerEvent:
    """A time comes. `kind` is timeDuration or timeDate, `expression` says which."""

    kind: str
    expression: str


@dataclass(frozen=True, slots=True)
class ConditionEvent:
    """An expression becomes true."""

    expression: str


Event: TypeAlias = MessageEvent | TimerEvent | ConditionEvent


@dataclass(frozen=True, slots=True)
class Element:
    """One shape. `about` is its documentation, `data` what the application reads off it.

    `message` is what a send task sends; `scope` what a sub-process holds; `attached` the
    sub-process that a boundary event ends.
    """

    id: str
    tag: str
    name: str = ""
    about: str = ""
    data: Data = ()
    event: Event | None = None
    message: str = ""
    operation: str = ""
    attached: str = ""
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A sequence flow; `condition` is empty on the default way out of a gateway."""

    source: str
    target: str
    condition: str = ""
    name: str = ""
    default: bool = False

    @property
    def id(self) -> str:
        """One arrow leads from a shape to another."""
        return f"arrow_{self.source}_to_{self.target}"


@dataclass(frozen=True, slots=True)
class Scope:
    """The elements of a process or sub-process, and the arrows between them."""

    elements: tuple[Element, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class Process:
    """A flow as a process."""

    id: str
    name: str
    about: str
    data: Data
    executable: bool
    scope: Scope


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a gateway; without a condition it is the default."""

    target: str
    condition: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one step became, and the id of the shape where a run comes in."""

    entry: str
    elements: tuple[Element, ...] = ()
    arrows: tuple[Arrow, ...] = ()


def choice(id_: str, name: str, ways: list[Way], about: str = "", data: Data = ()) -> Part:
    """Return an exclusive gateway whose conditions exclude each other, the last way its default.

    Ways to one place become one arrow; where all lead there, no gateway is needed.
    """
    *asked, default = ways
    by_target: dict[str, list[Way]] = {}
    for way in asked:
        if way.target != default.target:
            by_target.setdefault(way.target, []).append(way)
    if not by_target:
        return Part(default.target)
    arrows = [
        Arrow(
            id_,
            target,
            " or ".join(f"({way.condition})" for way in same)
            if len(same) > 1
            else same[0].condition,
            ", ".join(way.name for way in same if way.name),
        )
        for target, same in by_target.items()
    ]
    arrows.append(Arrow(id_, default.target, "", default.name, default=True))
    return Part(id_, (Element(id_, EXCLUSIVE, name, about, data),), tuple(arrows))


def step_to(element: Element, target: str) -> Part:
    """Return one element with its only way out."""
    return Part(element.id, (element,), (Arrow(element.id, target),))


def joined(entry: str, *parts: Part) -> Part:
    """Return several parts as one, whose entry is `entry`."""
    return Part(
        entry,
        tuple(element for part in parts for element in part.elements),
        tuple(arrow for part in parts for arrow in part.arrows),
    )
