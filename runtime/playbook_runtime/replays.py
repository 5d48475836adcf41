"""What a replay found: the messages that would have gone out over actual past orders.

Nothing here is a projection: how customers would have answered is not known, so that orders stay
what they were and there are no intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from playbook_compiler.values import dataclass
from playbook_runtime.projection import DataAccount


@dataclass(frozen=True, slots=True)
class ReplayedFlow:
    """What one flow would have done. `people` are customers who entered it at least once;
    `held_back_by` counts messages that did not go out, and entries that a budget did not admit, by
    reason; `why_nobody` says why nobody entered, empty if somebody did."""

    flow: str
    strategy: str
    entered: int
    people: int
    sent: int
    held_back_by: Mapping[str, int]
    delayed: int
    tasks: int
    offers_issued: int
    why_nobody: str


@dataclass(frozen=True, slots=True)
class ReplayedDay:
    """One local day: entries and messages by flow; flows without any are left out."""

    day: date
    entered: Mapping[str, int]
    sent: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Pressure:
    """How many customers got at most 0, 1, 2 ... messages in any stretch of so many days; the last
    number stands for that many or more."""

    days: int
    customers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Collision:
    """Two flows that wrote to the same customer within a day: how often, how many customers, and
    how often at the very same second."""

    flows: tuple[str, str]
    times: int
    customers: int
    same_instant: int


@dataclass(frozen=True, slots=True)
class ReplayedOffer:
    """Codes that a flow would have issued. `bought` of them would have gone to customers who, as
    the files show, ordered without it while it would have been valid; `cost` is what these orders
    would have cost with it, in minor units."""

    flow: str
    offer: str
    issued: int
    bought: int
    cost: int

    @property
    def share(self) -> float:
        """The share of codes that would have gone to those who bought anyway."""
        return self.bought / self.issued if self.issued else 0.0


@dataclass(frozen=True, slots=True)
class ReplayedMessage:
    """One message that would have gone out. `customer` is the hash of the id, in hex; `at` is local
    time of the shop with its offset from UTC."""

    at: str
    customer: str
    flow: str
    step: str
    message: str
    channel: str
    kind: str


@dataclass(frozen=True, slots=True)
class Replay:
    """A playbook over actual orders from `first` to `last`, both included.

    `orders` and `active_customers` are those of the files on these days, `people` all whom the
    files know by then. `notes` are sentences that the reader needs.
    """

    playbook: str
    digest: str
    first: date
    last: date
    timezone: str
    currency: str
    decimals: int
    people: int
    orders: int
    active_customers: int
    flows: tuple[ReplayedFlow, ...]
    days: tuple[ReplayedDay, ...]
    pressure: tuple[Pressure, ...]
    collisions: tuple[Collision, ...]
    offers: tuple[ReplayedOffer, ...]
    messages: tuple[ReplayedMessage, ...]
    data: DataAccount
    notes: tuple[str, ...]
