"""A playbook as its author means it: resolved, frozen, with every default filled in.

One file, though a long one, since it is the language's list of sections and keys, top to bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from playbook_compiler import spellings
from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.checklists import CHECKLISTS, ChecklistItem
from playbook_compiler.conditions import Condition
from playbook_compiler.currency import DECIMALS
from playbook_compiler.diagnostics import shown
from playbook_compiler.effects import EFFECT, Effect
from playbook_compiler.experiments import EXPERIMENTS, ShopExperiment
from playbook_compiler.facts import Catalogue
from playbook_compiler.kinds import Anything, Custom, Integer, ListOf, MapOf, Text, Word
from playbook_compiler.marketplaces import MARKETPLACES, Marketplace
from playbook_compiler.matrix import MATRIX, Matrix
from playbook_compiler.products import PRODUCTS, Product
from playbook_compiler.profile import SeverityProfile
from playbook_compiler.programmes import PROGRAMMES, Programmes
from playbook_compiler.reading import INVALID, NAME_PATTERN, Invalid, Kind, Node
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.sender import Sender
from playbook_compiler.source import Passage, Span
from playbook_compiler.steps import STEP_LIST, Step
from playbook_compiler.triggers import TRIGGER, Trigger
from playbook_compiler.units import Duration, Money, Rate, Share, Since, TimeOfDay
from playbook_compiler.values import dataclass, field
from playbook_compiler.vocabulary import (
    AUDIENCE,
    CHANNEL,
    CHECKLIST,
    CONDITION,
    CURRENCY,
    DISCOUNT,
    DURATION,
    EVENT,
    FLAG,
    LANGUAGE,
    MONEY,
    NUMBER,
    OFFER,
    PART,
    RATE,
    SHARE,
    SHOP_CONDITION,
    SINCE,
    STAGE_SET,
    STAGES,
    TEXT,
    TIME,
    TIMEZONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Record):
    """What a payment costs."""

    share: Share = key(
        PART, "Share of the amount that the payment provider keeps.", default=Share(Decimal(0))
    )
    fixed: Money = key(MONEY, "What each payment costs besides.", default=Money(Decimal(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCosts(Record):
    """What an order costs beside its goods."""

    shipping: Money = key(
        MONEY, "What the shop pays for shipping an order.", default=Money(Decimal(0))
    )
    payment: Payment | None = key(RecordOf(Payment, "payment costs"), "Payment fees.", default=None)
    returns: Money = key(MONEY, "What one return costs.", default=Money(Decimal(0)), name="return")
    return_rate: Share = key(PART, "Share of orders that come back.", default=Share(Decimal(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition(Record):
    """What newcomers cost."""

    cost_per_customer: Money = key(MONEY, "What winning one new customer costs.")
    at_budget: Money | None = key(MONEY, "The monthly budget at which it cost that.", default=None)
    saturation: Decimal = key(
        NUMBER,
        "1: twice the budget wins twice as many; 0.6: only half as many again.",
        default=Decimal(1),
    )


@dataclass(frozen=True, slots=True)
class Margin:
    """Gross margin: of everything, and where known of a category."""

    default: Share
    by_category: Mapping[str, Share]


class _Margin(Custom):
    """Reads `58%` or `{default: 58%, tea: 64%}`."""

    def read(self, node: Any) -> Any:
        found = Custom.read(self, node)
        if isinstance(found, Share):
            return Margin(found, {})
        if isinstance(found, dict):
            if "default" not in found:
                return node.refuse(
                    "missing-key",
                    "margins by category need a `default` for the rest",
                    caption="add default: 58%",
                )
            return Margin(found["default"], {k: v for k, v in found.items() if k != "default"})
        return found


MARGIN = _Margin(
    "a percentage such as 58%, or {default: 58%, tea: 64%}",
    (
        (lambda data: isinstance(data, dict), MapOf(PART, pattern=r".+", noun="category")),
        (lambda data: True, PART),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics(Record):
    """What orders bring and messages cost."""

    gross_margin: Margin = key(MARGIN, "Share of the order value that stays after goods.")
    order_costs: OrderCosts | None = key(
        RecordOf(OrderCosts, "order costs"), "Costs of an order beside its goods.", default=None
    )
    message_costs: Mapping[str, Money] = key(
        MapOf(MONEY, NAME_PATTERN, "channel", names=CHANNEL),
        "Cost of one message by channel.",
        default={},
    )
    acquisition: Acquisition | None = key(
        RecordOf(Acquisition, "acquisition"), "What winning new customers costs.", default=None
    )
    monthly_budget: Money | None = key(MONEY, "Marketing budget of a month.", default=None)
    interest_rate: Share | None = key(
        SHARE, "Interest of a year, for customer value.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAssumption(Record):
    """How often, and how late, something happens that the files do not tell."""

    rate: Rate | Share | None = key(
        Custom(
            "a rate such as 40 per 1mo, 1.8 per order, or a percentage such as 4%",
            (
                (lambda data: isinstance(data, str) and data.rstrip().endswith("%"), SHARE),
                (lambda data: True, RATE),
            ),
        ),
        "How often it happens.",
        default=None,
    )
    of: str = key(
        Word(("sends", "orders"), "what the share is of"),
        "What a percentage is of: messages sent, or orders.",
        default="orders",
    )
    lag: Duration = key(DURATION, "How long after that it happens.", default=Duration())


VISITS = "visits"


@dataclass(frozen=True, slots=True)
class _Assumptions(Kind):
    """Reads `assume:` into a dict: `consent` to shares by channel, `visits` and events each to an
    EventAssumption."""

    @property
    def expects(self) -> str:
        return "a mapping from consent, visits or an event to what is assumed"

    def read(self, node: Node) -> dict[str, Any] | Invalid:
        if not isinstance(node.data, dict):
            return node.refuse_shape(self.expects)
        values: dict[str, Any] = {}
        for name in sorted(node.data):
            child = node.child(name, node.data[name])
            values[name] = (CONSENT_SHARES if name == "consent" else EVENT_ASSUMPTION).read(child)
            if name not in ("consent", VISITS):
                known = (*node.known.names("events"), "consent", VISITS)
                if name not in known:
                    values[name] = child.refuse(
                        "unknown-event",
                        f"unknown event `{shown(name)}`: assumptions are made on events, on consent"
                        " and on visits",
                        span=node.document.key_span(child.path),
                        caption="not an event of this playbook",
                        help=EVENT.suggestion(name, known),
                        fix=child.respelled(name, known, node.document.key_span(child.path)),
                    )
        return INVALID if INVALID in values.values() else values

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"consent": CONSENT_SHARES.schema(definitions)},
            "additionalProperties": EVENT_ASSUMPTION.schema(definitions),
        }


CONSENT_SHARES = MapOf(PART, NAME_PATTERN, "channel", names=CHANNEL)
EVENT_ASSUMPTION = RecordOf(EventAssumption, "an assumption", shorthand="rate")
ASSUMPTIONS = _Assumptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSplit(Record):
    """How effort is divided between winning customers and keeping them."""

    acquisition: Share = key(PART, "Share for winning new customers.")
    retention: Share = key(PART, "Share for keeping them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Record):
    """A stage of the business."""

    enter: Condition | None = key(
        SHOP_CONDITION,
        "When the shop enters it, read on the 1st: mean of three full months.",
        default=None,
    )
    split: BudgetSplit | None = key(
        RecordOf(BudgetSplit, "a split"), "How effort is divided in this stage.", default=None
    )
    checklist: tuple[str, ...] = key(
        ListOf(CHECKLIST, single=True), "The checklists of this stage.", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyCap(Record):
    """At most so many marketing messages per customer in a rolling window of elapsed time."""

    channel: str = key(CHANNEL, "Only this channel; left out, all channels together.", default="")
    at_most: int = key(Integer(0, 1000), "How many messages.")
    per: Duration = key(DURATION, "In which stretch of time, whenever it begins.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenCapped(Record):
    """What becomes of a message that finds the cap full: wait up to `delay`, then drop."""

    delay: Duration = key(
        DURATION, "How long it may wait for room; then it is dropped.", default=Duration()
    )


WHEN_CAPPED = Custom(
    "`skip`, or {delay: 3d}",
    (
        (lambda data: isinstance(data, dict), RecordOf(WhenCapped, "what a capped message does")),
        (lambda data: True, Word(("skip",), "what a capped message does")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours(Record):
    """The hours of the customer's day in which nothing is sent."""

    start: TimeOfDay = key(TIME, "When they begin.", name="from")
    end: TimeOfDay = key(TIME, "When they end.", name="to")
    unknown: str = key(
        Word(("shop", "hold"), "what an unknown zone means"),
        "Zone unknown: use the shop's, or hold. Default: shop for email, hold for others.",
        default="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Discounts(Record):
    """What discounts may be."""

    deepest: Share | None = key(
        PART, "The deepest percentage that any offer may have.", default=None
    )
    stackable: bool = key(FLAG, "Whether offers may be used together.", default=False)
    keep_margin: Share | None = key(
        PART, "Share of the order that must remain after goods and discount.", default=None
    )
    only_for: tuple[str, ...] = key(
        ListOf(AUDIENCE, single=True), "The audiences that may get discounts.", default=()
    )


CONSENT_RULES = ("none", "opt-out", "opt-in", "double-opt-in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails(Record):
    """What no flow may break."""

    frequency: tuple[FrequencyCap, ...] = key(
        ListOf(
            RecordOf(FrequencyCap, "a frequency cap", spoken=spellings.frequency_cap), single=True
        ),
        "How many marketing messages a customer may get.",
        default=(),
    )
    when_capped: WhenCapped | str = key(
        WHEN_CAPPED, "What becomes of a message that finds no room.", default="skip"
    )
    quiet_hours: QuietHours | None = key(
        RecordOf(QuietHours, "quiet hours"), "Hours in which nothing is sent.", default=None
    )
    consent: Mapping[str, str] = key(
        MapOf(Word(CONSENT_RULES, "a consent rule"), NAME_PATTERN, "channel", names=CHANNEL),
        "The consent that each channel needs.",
        default={},
    )
    discounts: Discounts | None = key(
        RecordOf(Discounts, "discount rules"), "What discounts may be.", default=None
    )
    holdout: Share = key(
        PART, "Share of customers kept out of every marketing flow.", default=Share(Decimal(0))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience(Record):
    """A named set of customers."""

    id: str
    where: Condition = key(CONDITION, "Who belongs to it.")
    sync: str = key(
        Word(("ads",), "a place to keep in step"),
        "`ads` keeps an advertising audience in step with it.",
        default="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Record):
    """Something that a customer can use with an order: exactly one benefit."""

    id: str
    percent_off: Share | None = key(DISCOUNT, "Percentage off the order.", default=None)
    amount_off: Money | None = key(MONEY, "Amount off the order.", default=None)
    free_shipping: bool = key(FLAG, "The shop pays the shipping.", default=False)
    gift: str = key(TEXT, "A gift with the order.", default="")
    credit: Money | None = key(MONEY, "Store credit.", default=None)
    points: int | None = key(Integer(1, 100_000_000), "Points.", default=None)
    cost: Money | None = key(MONEY, "What the gift costs the shop.", default=None)
    valid: Duration | None = key(
        DURATION, "How long it can be used, to the end of the last day.", default=None
    )
    minimum: Money | None = key(MONEY, "The least order value.", default=None)
    code: str = key(
        Custom(
            "`unique`, or a code for all",
            ((lambda data: True, TEXT),),
        ),
        "`unique`: each customer gets his own code; else the code that all use.",
        default="unique",
    )
    once_per_customer: bool = key(
        FLAG, "Each customer gets it once and never again.", default=False
    )
    audience: str = key(AUDIENCE, "Only customers of this audience get it.", default="", name="for")
    limit: int | None = key(
        Integer(1, 100_000_000),
        "Given out at most so often, to all customers together.",
        default=None,
    )
    replaces: str = key(OFFER, "The offer that it takes the place of.", default="")
    product: str = key(TEXT, "Only for this product.", default="")


BENEFITS = ("percent_off", "amount_off", "free_shipping", "gift", "credit", "points")


BODY_LIMIT = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Record):
    """What is said to a customer, in a channel. `passage` is the file that holds the body."""

    id: str
    channel: str = key(CHANNEL, "The channel it goes through.", default="email")
    kind: str = key(
        Word(("marketing", "transactional"), "a kind of message"),
        "Marketing needs consent; transactional is exempt from caps and holdout.",
        default="marketing",
    )
    subject: str = key(TEXT, "The subject line.", default="")
    preview: str = key(TEXT, "The preview line of the inbox.", default="")
    body: str = key(
        Text(limit=BODY_LIMIT),
        "The text in Markdown or MJML, or the file of the folder that holds it.",
        default="",
    )
    passage: Passage | None = field(default=None, compare=False, repr=False)

    def body_span(self, start: int, end: int) -> Span:
        """Return where the characters [start, end) of the body stand."""
        if self.passage is not None:
            return self.passage.span_at(start, end)
        return self.origin.span_in(start, end, "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """How often a customer may enter a flow: `once`, `always`, or again after a time."""

    again_after: Duration | None = key(
        DURATION, "The customer may enter again so long after the last time.", default=None
    )
    rule: str = key(
        Word(("once", "always"), "an entry rule", "{again_after: 30d}", spellings.entry),
        "Once in a lifetime, or each time.",
        default="",
        name="may",
    )


ENTRY = Custom(
    "once, always, or {again_after: 30d}",
    (
        (lambda data: isinstance(data, dict), RecordOf(Entry, "an entry rule")),
        (lambda data: True, RecordOf(Entry, "an entry rule", shorthand="may")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing(Record):
    """What becomes of customers who meet the trigger on the first day."""

    over: Duration | None = key(
        DURATION, "They enter too, spread evenly over so long.", default=None
    )
    rule: str = key(
        Word(("skip",), "a rule", "{over: 14d}", spellings.existing),
        "They do not enter.",
        default="skip",
        name="rule",
    )


EXISTING = Custom(
    "skip, or {over: 14d}",
    (
        (lambda data: isinstance(data, dict), RecordOf(Existing, "a rule for those on day one")),
        (lambda data: True, RecordOf(Existing, "a rule for those on day one", shorthand="rule")),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Record):
    """What is measured; it never ends a run."""

    event: str = key(EVENT, "The event.", default="order_placed")
    within: Duration = key(DURATION, "Within so long of entry.", default=Duration(days=14))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Record):
    """A trigger and the steps that follow it."""

    id: str
    strategy: str = key(
        TEXT,
        "The strategy that it carries out, such as S8; see the list of strategies.",
        default="",
    )
    about: str = key(TEXT, "What it is for, in your own words.", default="")
    enabled: bool = key(FLAG, "`false` pauses the flow.", default=True)
    stages: tuple[str, ...] = key(
        STAGE_SET, "The stages of the business in which it runs.", default=STAGES
    )
    trigger: Trigger = key(TRIGGER, "What starts it.")
    audience: Condition | None = key(CONDITION, "Who may enter; at entry only.", default=None)
    entry: Entry | None = key(
        ENTRY,
        "How often a customer may enter; left out, it follows from the trigger.",
        default=None,
    )
    existing: Existing | None = key(
        EXISTING, "What becomes of those who meet the trigger on the first day.", default=None
    )
    running: Since | None = key(
        SINCE, "It already runs: its effect is in the past orders.", default=None
    )
    exit_on: tuple[str, ...] | None = key(
        ListOf(EVENT, single=True),
        "Events that end a run at once; left out, it follows from the trigger.",
        default=None,
    )
    exit_when: Condition | None = key(
        CONDITION, "Ends the run when it holds; looked at before each action.", default=None
    )
    priority: int = key(Integer(0, 100), "Higher goes first at the same instant.", default=50)
    goal: Goal | None = key(
        RecordOf(Goal, "a goal", spoken=spellings.goal),
        "What is measured; it never ends a run.",
        default=None,
    )
    expect: Effect | None = key(
        EFFECT, "Effect per entrant; switches off the steps' own.", default=None
    )
    steps: tuple[Step, ...] = key(STEP_LIST, "What it does, one after the other.")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of `require:`: METRIC[.world][.quantile] OPERATOR value [of metric].

    `flow` is the flow of `flow(x).metric`; `limit` is a number in the metric's unit, or a fraction
    of the metric `of`.
    """

    text: str
    metric: str
    flow: str
    world: str
    statistic: str
    operator: str
    limit: Decimal
    of: str
    origin: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook(Record):
    """A whole playbook."""

    version: int = key(
        LANGUAGE,
        "The version of the language, which is 1.",
        name="playbook",
        if_missing="write `playbook: 1` as the first line",
    )
    name: str = key(TEXT, "The shop's or the playbook's name.")
    currency: str = key(CURRENCY, "The currency of every amount in the playbook.")
    timezone: str = key(TIMEZONE, "The shop's time zone: its days begin there.")
    sender: Sender | None = key(RecordOf(Sender, "a sender"), "Who writes.", default=None)
    stage: str = key(
        Word(("auto", *STAGES), "a stage"),
        "The stage of the business; `auto` finds it from the orders.",
        default="auto",
    )
    include: tuple[str, ...] = key(
        ListOf(TEXT, single=True),
        "More files of the same folder, such as flows/*.yaml.",
        default=(),
    )
    economics: Economics | None = key(
        RecordOf(Economics, "economics"), "What orders bring and messages cost.", default=None
    )
    matrix: Matrix | None = key(
        MATRIX, "How often is frequent in your shop, and how much is valuable.", default=None
    )
    assume: Mapping[str, Any] = key(
        ASSUMPTIONS,
        "What your files do not tell: consent by channel, how often events happen.",
        default={},
    )
    stages: Mapping[str, Stage] = key(
        MapOf(RecordOf(Stage, "a stage"), noun="stage"),
        "The stages of the business, and how effort is divided in each.",
        default={},
    )
    guardrails: Guardrails | None = key(
        RecordOf(Guardrails, "guardrails"), "What no flow may break.", default=None
    )
    marketplaces: Mapping[str, Marketplace] = key(
        MARKETPLACES, "What marketplaces let be sent to their buyers.", default={}
    )
    checks: Mapping[str, str] = key(
        SeverityProfile(),
        "How much findings of a rule matter: ignore, hint, warning or error.",
        default={},
    )
    require: tuple[Requirement, ...] = key(
        ListOf(Text("a requirement")),
        "What a projection must show; `simulate --check` fails where it does not.",
        default=(),
    )
    facts: Any = key(
        Anything("own facts"), "What your shop knows of its customers, with types.", default=None
    )
    events: Any = key(
        Anything("own events"), "Events of your own, with their fields.", default=None
    )
    products: Mapping[str, Product] = key(
        PRODUCTS, "Your products, or the CSV file that lists them.", default={}
    )
    use: Any = key(Anything("tactics"), "Tactics that are adopted, a line each.", default=None)
    audiences: Mapping[str, Audience] = key(
        MapOf(RecordOf(Audience, "an audience", shorthand="where")),
        "Named groups of customers, each a condition.",
        default={},
    )
    offers: Mapping[str, Offer] = key(
        MapOf(RecordOf(Offer, "an offer")),
        "What customers can be given to use with an order.",
        default={},
    )
    flows: Mapping[str, Flow] = key(
        MapOf(RecordOf(Flow, "a flow")), "What happens to whom, and when.", default={}
    )
    messages: Mapping[str, Message] = key(
        MapOf(RecordOf(Message, "a message")), "What is said, in which channel.", default={}
    )
    programmes: Programmes | None = key(
        PROGRAMMES, "Points, levels, membership, referral, subscription.", default=None
    )
    checklists: Mapping[str, tuple[ChecklistItem, ...]] = key(
        CHECKLISTS, "What has to be in place besides messages.", default={}
    )
    evidence: Mapping[str, ShopExperiment] = key(
        EXPERIMENTS, "Your own experiments, which sharpen the library's effects.", default={}
    )
    catalogue: Catalogue = field(default=BUILT_IN, compare=False, repr=False)

    @property
    def decimals(self) -> int:
        """How many decimals amounts in the playbook's currency have."""
        return DECIMALS[self.currency]
