"""What a flow does, one after the other. A new kind of step is one dataclass here and one line in
STEPS; schema, reference and what a target cannot say follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from playbook_compiler.conditions import Condition
from playbook_compiler.effects import EFFECT, Effect
from playbook_compiler.kinds import Anything, Custom, ListOf, MapOf, Text, Word
from playbook_compiler.reading import INVALID, Invalid, Node
from playbook_compiler.records import OneOf, Record, RecordOf, key
from playbook_compiler.units import Duration, Money, Share, TimeOfDay, TimeWindow
from playbook_compiler.values import dataclass, replace
from playbook_compiler.vocabulary import (
    CONDITION,
    DURATION,
    EVENT,
    FLOW,
    ID,
    MESSAGE,
    MONEY,
    OFFER,
    PART,
    SHARE,
    TEXT,
    TIME_OR_WEEKDAY,
    WEEKDAYS,
    WINDOW,
)

STEP = OneOf("a step", lambda: STEPS)
STEP_LIST = ListOf(STEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Record):
    """One step. `kind` is the key that names it in YAML."""

    kind: ClassVar[str] = ""
    id: str = key(ID, "An id of your own instead of the one made from the content.", default="")


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """Which message a send means: one, a ladder of channels (the first that reaches), or one after
    the other from run to run."""

    messages: tuple[str, ...]
    order: str = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOf(Record):
    """A rotation of messages."""

    next_of: tuple[str, ...] = key(ListOf(MESSAGE, least=1), "The messages, in turn.")


class _Messages(Custom):
    """Reads `come-back`, `[push, sms]` or `{next_of: [r1, r2]}` into a MessageChoice."""

    def read(self, node: Node) -> MessageChoice | Invalid:
        found = Custom.read(self, node)
        match found:
            case str():
                return MessageChoice((found,))
            case tuple():
                return MessageChoice(found, "ladder")
            case NextOf():
                return MessageChoice(found.next_of, "rotation")
        return INVALID


MESSAGES = _Messages(
    "the id of a message, a ladder [m1, m2], or {next_of: [m1, m2]}",
    (
        (lambda data: isinstance(data, list), ListOf(MESSAGE, least=1)),
        (lambda data: isinstance(data, dict), RecordOf(NextOf, "a rotation")),
        (lambda data: data is not None, MESSAGE),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Step):
    """Send a message."""

    kind: ClassVar[str] = "send"
    send: MessageChoice = key(MESSAGES, "The message; a ladder of them; or a rotation.")
    at: TimeWindow | None = key(WINDOW, "Only in this window of the customer's day.", default=None)
    offer: str = key(OFFER, "The offer that the message carries.", default="")
    expect: Effect | None = key(
        EFFECT, "What the message changes; else the library's.", default=None
    )
    reached: str = key(
        Text("delivered, opened or clicked within a duration"),
        "When a ladder stops: `clicked within 1d`.",
        default="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Step):
    """Give an offer, points or credit without a message."""

    kind: ClassVar[str] = "grant"
    grant: Any = key(Anything("an offer, or {points: 100}"), "What is given.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilEvent(Record):
    """A wait for an event, with a time-out."""

    until: str = key(EVENT, "The event that ends the wait.")
    at_most: Duration = key(DURATION, "The time-out.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UntilTime(Record):
    """A wait for the next time of day or weekday in the customer's zone."""

    until: TimeOfDay | str = key(TIME_OR_WEEKDAY, "A time such as 09:00, or a weekday.")


def _until_time(data: Any) -> bool:
    until = data.get("until") if isinstance(data, dict) else None
    return isinstance(until, str) and (":" in until or until in WEEKDAYS)


WAIT_FOR = Custom(
    "a duration such as 3d, or {until: link_clicked, at_most: 7d}",
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
    happened: tuple[Step, ...] = key(STEP_LIST, "Steps when the event came in time.", default=())
    timed_out: tuple[Step, ...] = key(STEP_LIST, "Steps when it did not.", default=())
    since: str = key(
        Word(("previous", "entry"), "a start"),
        "Events count since the previous action, or since entry.",
        default="previous",
    )


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
    variants: Mapping[str, Variant] = key(
        MapOf(RecordOf(Variant, "a variant"), noun="variant", least=2), "The arms by name."
    )
    experiment: Experiment | None = key(
        RecordOf(Experiment, "an experiment"), "The experiment it carries out.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Step):
    """Change what is known of the customer."""

    kind: ClassVar[str] = "update"
    update: Any = key(Anything("{tag: vip}, {field: value} or {suppress: email}"), "The change.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Step):
    """Put the customer into an audience outside, or take him out."""

    kind: ClassVar[str] = "audience"
    audience: Any = key(Anything("{add: ads-lapsed} or {remove: ads-lapsed}"), "The change.")


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
    call: Any = key(Anything("the address of the webhook"), "What is called.")


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
