"""What a simulation starts from, by name: the bridge between the playbook's words and the arrays.

The columns of People and Draws are numbered; a Launch says which name each number stands for. The
program (a flat instruction table) and the plain-Python twin of the kernel are both built on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b

from playbook_compiler.facts import Nature
from playbook_compiler.units import DAY_SECONDS, Duration
from playbook_compiler.values import dataclass, field
from playbook_runtime.kernel.tables import Zones
from playbook_runtime.lifecycle import BUILT_IN, Silence

RATE, ADDED = "rate", "added"
DROPOUT, REVIVE, BASKET, REPAID = "dropout", "revive", "basket", "repaid"
ENTRY_STEP = "(entry)"  # no step can have this id
# The effect of belonging to a programme stands among those of flows under names that none has.
PROGRAMMES, MEMBER_STEP = "(programmes)", "(member)"
MEMBER_DAYS = 36_525  # for good


@dataclass(frozen=True, slots=True)
class Slot:
    """One effect of one step (or, with step `(entry)`, of a whole flow): a column of Draws.effect.

    `form` says what the column's values are: `rate` a factor on the rate of buying, `added` orders
    per 1,000, `dropout` a factor on the chance to leave after the latest order, `revive` the share
    of those who left that come back with one order, `basket` a factor on the value of orders,
    `repaid` the share of extra orders that cancel the customer's next baseline order. A step has
    at most one slot of a form; those of a step stand side by side.
    """

    flow: str
    step: str
    form: str
    window_seconds: int
    add: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """How an event comes about that no order tells: its assumed rate and lag.

    `rate` is a probability for after-order and message events, a number per order for before-order
    events, a number a day for the whole shop for the others, by the event's nature.
    """

    event: str
    rate: float
    lag: Duration


@dataclass(frozen=True, slots=True)
class Mark:
    """What an order is like: the category of its largest line, and the marketplace it came by. Both
    in the playbook's spelling where it names them, OTHER where it does not, empty where the orders
    do not say (of a marketplace: the shop's own)."""

    category: str
    marketplace: str


OTHER = "(other)"


@dataclass(frozen=True, slots=True)
class OrderMarks:
    """The marks of orders that a playbook asks for: `shares` cumulated over the shop's orders of a
    year; `strength` is how many orders these weigh beside a customer's own."""

    marks: tuple[Mark, ...] = ()
    shares: tuple[float, ...] = ()
    strength: float = 2.0


@dataclass(frozen=True, slots=True)
class OperationalClock:
    """Operational time over the horizon: by each local midnight of the shop, from the start to the
    end, the seconds that have passed and the operational seconds. Both begin at 0 and never stand
    still; from one midnight to the next they go on evenly."""

    moments: tuple[float, ...] = ()
    passed: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """The moments, names and assumptions of one simulation.

    `start` and `end` are UTC seconds; `month_start` and `month_length` say when newcomers of a
    month arrive; the tuples name the columns of People.consent (channels), People.last_event
    (events), People.static (printed conditions), Draws.effect (slots) and Draws.redemption (nodes
    that send messages, then those that grant offers).
    `natures` says of events that are assumed to come otherwise than the catalogue says what brings
    them (feedback on a message instead of on an order). `typical_gap` is the population's usual
    time between two purchases, in seconds; `cuts` says of tests such as `revenue in top 20%` how
    much is needed for it, in minor units for money. `cohorts` name the months of the first order by
    which customers are counted. `admission` says by flow what share of the customers, in parts per
    million, its entry admits in each month, and `open_months` in which months it is open: all and
    always where a flow is not named. `season` says how fast buying goes over the horizon, empty
    where all days are alike. With `coins_on_extra_orders` extra orders toss the drop-out coin,
    too: a question of the tornado's. `orders` names the columns of People.mark_orders.
    `silence` says after how many days without an order somebody is dormant or lost.
    """

    seed: int
    start: int
    end: int
    customers: int
    zones: Zones
    month_start: tuple[int, ...]
    month_length: tuple[int, ...]
    channels: tuple[str, ...]
    events: tuple[str, ...]
    statics: tuple[str, ...]
    slots: tuple[Slot, ...]
    sends: tuple[str, ...]
    consent_share: Mapping[str, float]
    occurrences: tuple[Occurrence, ...]
    holdout: Decimal
    natures: Mapping[str, Nature] = field(default_factory=dict)
    typical_gap: int = 30 * DAY_SECONDS
    cuts: Mapping[str, float] = field(default_factory=dict)
    cohorts: tuple[str, ...] = ()
    admission: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    open_months: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    season: OperationalClock = OperationalClock()
    coins_on_extra_orders: bool = False
    orders: OrderMarks = OrderMarks()
    silence: Silence = BUILT_IN


def stream(name: str) -> int:
    """Return the 64-bit number of a random stream: a hash of its name, so that naming one more
    stream changes no other."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
