"""What a flow does, one after the other. A new kind of step is one dataclass here and one line in
STEPS; schema, reference and what a target cannot say follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from playbook_compiler import calendar_spellings
from playbook_compiler.calendar_units import Weekday, parse_moment
from playbook_compiler.changes import (
    CHANGE,
    GIFT,
    OUTSIDE_AUDIENCE,
    Change,
    Gift,
    OutsideAudience,
)
from playbook_compiler.conditions import Condition
from playbook_compiler.effects import EFFECT, Effect
from playbook_compiler.kinds import Custom, ListOf, MapOf, Word
from playbook_compiler.message_choice import MESSAGES, REACHED, MessageChoice, Reached
from playbook_compiler.records import OneOf, Record, RecordOf, key
from playbook_compiler.units import Duration, Money, Share, TimeOfDay, TimeWindow
from playbook_compiler.values import dataclass, replace
from playbook_compiler.vocabulary import (
    CONDITION,
    DURATION,
    EVENT,
    FLOW,
    ID,
    MOMENT,
    MONEY,
    OFFER,
    PART,
    SHARE,
    TEXT,
    WINDOW,
)
from playbook_compiler.webhook import WEBHOOK, Webhook

STEP = OneOf("a step", lambda: STEPS)
STEP_LIST = ListOf(STEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Record):
    """One step. `kind` is the key that names it in YAML."""

    kind: ClassVar[str] = ""
    id: str = key(ID, "An id of your own instead of the one made from the content.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Step):
    """Send a message."""

    kind: ClassVar[str] = "send"
    send: MessageChoice = key(MESSAGES, "The message; a ladder of them; or a rotation.")
    at: TimeWindow | None = key(WINDOW, "Only in this window of the customer's day.", default=None)
    offer: str = key(OFFER, "The offer that the message carries.", default="")
    expect: Effect | None = key(
        EFFECT,
        "What the message changes in buying; left out, what the library knows.",
        default=None,
    )
    reached: Reached | None = key(
        REACHED, "When a ladder stops. Default: delivered within 1d.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Step):
    """Give an offer, points or credit without a message."""

    kind: ClassVar[str] = "grant"
    grant: Gift = key(GIFT, "An offer, {points: 100} or {credit: 5.00}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilEvent(Record):
    """A wait for an event, with a time-out."""

    until: str = key(EVENT, "The event that is waited for.")
    at_most: Duration = key(DURATION, "How long to wait for it at most.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilTime(Record):
    """A wait for the next time of day or weekday in the customer's zone.

    A moment that is now is not waited for: `tue` ends at once on a Tuesday, else at 00:00 of the
    next one, and `tue at 09:00` at the next Tuesday's 09:00.
    """

    until: TimeOfDay | Weekday = key(
        MOMENT, "A time such as 09:00, a weekday such as tue, or tue at 09:00."
    )


def _until_time(data: Any) -> bool:
    """Whether a wait is for a moment; one that an author spells otherwise is told how to."""
    if not isinstance(data, dict):
        return False
    until = str(data.get("until"))
    if not isinstance(parse_moment(until), str):
        return True
    return "at_most" not in data and calendar_spellings.moment(until) is not None


WAIT_FOR = Custom(
    "a duration such as 3d, {until: link_clicked, at_most: 7d} or {until: 09:00}",
    (
        (_until_time, RecordOf(UntilTime, "a wait")),
        (lambda data: isinstance(data, dict), RecordOf(UntilEvent, "a wait")),
        (lambda data: True, DURATION),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Step):
    """Wait a while, until a time, or until an event with a time-out."""

    kind: ClassVar[str] = "wait"
    wait: Duration | UntilEvent | UntilTime = key(WAIT_FOR, "For how long, or until what.")
    since: str = key(
        Word(("previous", "entry"), "a start"),
        "Events count since the previous action, or since entry.",
        default="previous",
    )
    happened: tuple[Step, ...] = key(STEP_LIST, "Steps when the event came in time.", default=())
    timed_out: tuple[Step, ...] = key(STEP_LIST, "Steps when it did not.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Step):
    """Go one way or the other; what cannot be known goes to `else`."""

    kind: ClassVar[str] = "if"
    condition: Condition = key(CONDITION, "The condition.", name="if")
    then: tuple[Step, ...] = key(STEP_LIST, "Steps when it holds.")
    otherwise: tuple[Step, ...] = key(STEP_LIST, "Steps when it does not.", default=(), name="else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Record):
    """One way of a branch."""

    condition: Condition = key(CONDITION, "The condition.", name="if")
    then: tuple[Step, ...] = key(STEP_LIST, "Steps when it is the first that holds.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Step):
    """Go the first way whose condition holds."""

    kind: ClassVar[str] = "branch"
    branch: tuple[Case, ...] = key(
        ListOf(RecordOf(Case, "a way of a branch"), least=1), "The ways, in order."
    )
    otherwise: tuple[Step, ...] = key(
        STEP_LIST, "Steps when no condition holds.", default=(), name="else"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant(Record):
    """One arm of a split."""

    share: Share = key(PART, "Its share of the customers; the shares add up to 100%.")
    steps: tuple[Step, ...] = key(STEP_LIST, "Its steps.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Record):
    """Why a split exists and how it will be judged."""

    hypothesis: str = key(TEXT, "What is believed.")
    metric: str = key(TEXT, "The metric that decides.", default="profit")
    smallest_effect: Share | None = key(
        SHARE, "The smallest difference that matters.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Step):
    """Divide customers by chance; a customer always falls into the same arm."""

    kind: ClassVar[str] = "split"
    split: str = key(ID, "The id of the split: renaming it draws anew.")
    experiment: Experiment | None = key(
        RecordOf(Experiment, "an experiment"), "The experiment it carries out.", default=None
    )
    variants: Mapping[str, Variant] = key(
        MapOf(RecordOf(Variant, "a variant"), noun="variant", least=2), "The arms by name."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Step):
    """Change what is known of the customer."""

    kind: ClassVar[str] = "update"
    update: Change = key(
        CHANGE, "One of {tag: vip}, {untag: vip}, {suppress: email} and {field: value}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Step):
    """Put the customer into a list that is kept outside, or take them out."""

    kind: ClassVar[str] = "audience"
    audience: OutsideAudience = key(
        OUTSIDE_AUDIENCE, "{add: ads-lapsed, at_most: 30d} or {remove: ads-lapsed}."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Step):
    """A person does something."""

    kind: ClassVar[str] = "task"
    task: str = key(TEXT, "What is to be done.")
    owner: str = key(TEXT, "Who does it.", default="")
    due: Duration | None = key(DURATION, "By when.", default=None)
    cost: Money | None = key(MONEY, "What it costs each time.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Step):
    """Call another system (a webhook)."""

    kind: ClassVar[str] = "call"
    call: Webhook = key(WEBHOOK, "An https address, or {url, method, fields}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Step):
    """Start another flow for the same customer."""

    kind: ClassVar[str] = "start"
    start: str = key(FLOW, "The flow.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit(Step):
    """End the run here."""

    kind: ClassVar[str] = "exit"
    exit: str = key(TEXT, "Why, for the reader.", default="")


STEPS: dict[str, type[Step]] = {
    record.kind: record
    for record in (
        Send,
        Grant,
        Wait,
        If,
        Branch,
        Split,
        Update,
        Membership,
        Task,
        Call,
        Start,
        Exit,
    )
}


def children(step: Step) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """Return the step lists inside a step, each with the word that names the way to it."""
    match step:
        case Wait(happened=happened, timed_out=timed_out):
            return (("happened", happened), ("timed-out", timed_out))
        case If(then=then, otherwise=otherwise):
            return (("then", then), ("else", otherwise))
        case Branch(branch=cases, otherwise=otherwise):
            ways = tuple((f"case-{n}", case.then) for n, case in enumerate(cases, 1))
            return (*ways, ("else", otherwise))
        case Split(variants=variants):
            return tuple((name, variant.steps) for name, variant in variants.items())
        case _:
            return ()


def with_children(step: Step, inner: Mapping[str, tuple[Step, ...]]) -> Step:
    """Return the step with other step lists, named as `children` names them."""
    match step:
        case Wait():
            return replace(step, happened=inner["happened"], timed_out=inner["timed-out"])
        case If():
            return replace(step, then=inner["then"], otherwise=inner["else"])
        case Branch(branch=cases):
            ways = (replace(case, then=inner[f"case-{n}"]) for n, case in enumerate(cases, 1))
            return replace(step, branch=tuple(ways), otherwise=inner["else"])
        case Split(variants=variants):
            arms = {name: replace(arm, steps=inner[name]) for name, arm in variants.items()}
            return replace(step, variants=arms)
        case _:
            return step
