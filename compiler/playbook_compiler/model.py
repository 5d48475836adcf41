"""A playbook as its author means it: resolved, frozen, with every default filled in.

One file, though a long one, since it is the language's list of sections and keys, top to bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

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

    share: Share = key(PART, "Share of the amount.", default=Share(Decimal(0)))
    fixed: Money = key(MONEY, "Per payment.", default=Money(Decimal(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCosts(Record):
    """What an order costs beside its goods."""

    shipping: Money = key(MONEY, "Shipping that the shop pays.", default=Money(Decimal(0)))
    payment: Payment | None = key(RecordOf(Payment, "payment costs"), "Payment.", default=None)
    returns: Money = key(MONEY, "One return.", default=Money(Decimal(0)), name="return")
    return_rate: Share = key(PART, "Share of orders returned.", default=Share(Decimal(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition(Record):
    """What newcomers cost."""

    cost_per_customer: Money = key(MONEY, "Cost of one newcomer.")
    at_budget: Money | None = key(MONEY, "The monthly budget it was seen at.", default=None)
    saturation: Decimal = key(NUMBER, "Exponent of newcomers in budget.", default=Decimal(1))


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
        RecordOf(Acquisition, "acquisition"), "What newcomers cost.", default=None
    )
    monthly_budget: Money | None = key(MONEY, "Marketing budget of a month.", default=None)
    interest_rate: Share | None = key(SHARE, "A year, for customer value.", default=None)


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
        "How often.",
        default=None,
    )
    of: str = key(Word(("sends", "orders"), "what the share is of"), "Of what.", default="orders")
    lag: Duration = key(DURATION, "How long after.", default=Duration())


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

    acquisition: Share = key(PART, "For winning new customers.")
    retention: Share = key(PART, "For keeping them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Record):
    """A stage of the business."""

    enter: Condition | None = key(
        SHOP_CONDITION, "When the shop enters it: read on the 1st, mean of 3 months.", default=None
    )
    split: BudgetSplit | None = key(RecordOf(BudgetSplit, "a split"), "The split.", default=None)
    checklist: tuple[str, ...] = key(ListOf(CHECKLIST, single=True), "Its checklists.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyCap(Record):
    """At most so many marketing messages per customer in a rolling window of elapsed time."""

    channel: str = key(CHANNEL, "Only this channel; else all together.", default="")
    at_most: int = key(Integer(0, 1000), "How many.")
    per: Duration = key(DURATION, "The window.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenCapped(Record):
    """What becomes of a message that finds the cap full: wait up to `delay`, then drop."""

    delay: Duration = key(DURATION, "How long it may wait.", default=Duration())


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

    start: TimeOfDay = key(TIME, "From.", name="from")
    end: TimeOfDay = key(TIME, "To.", name="to")
    unknown: str = key(
        Word(("shop", "hold"), "what an unknown zone means"),
        "Zone unknown: use the shop's, or hold. Default: shop for email, hold for others.",
        default="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Discounts(Record):
    """What discounts may be."""

    deepest: Share | None = key(PART, "The deepest percentage.", default=None)
    stackable: bool = key(FLAG, "Whether offers may be used together.", default=False)
    keep_margin: Share | None = key(PART, "Margin that must remain.", default=None)
    only_for: tuple[str, ...] = key(
        ListOf(AUDIENCE, single=True), "Audiences that may get them.", default=()
    )


CONSENT_RULES = ("none", "opt-out", "opt-in", "double-opt-in")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails(Record):
    """What no flow may break."""

    frequency: tuple[FrequencyCap, ...] = key(
        ListOf(RecordOf(FrequencyCap, "a frequency cap"), single=True),
        "Frequency caps.",
        default=(),
    )
    when_capped: WhenCapped | str = key(WHEN_CAPPED, "What a capped message does.", default="skip")
    quiet_hours: QuietHours | None = key(
        RecordOf(QuietHours, "quiet hours"), "Quiet hours.", default=None
    )
    consent: Mapping[str, str] = key(
        MapOf(Word(CONSENT_RULES, "a consent rule"), NAME_PATTERN, "channel", names=CHANNEL),
        "The consent that a channel needs.",
        default={},
    )
    discounts: Discounts | None = key(
        RecordOf(Discounts, "discount rules"), "Discount rules.", default=None
    )
    holdout: Share = key(
        PART, "Share of customers kept out of every marketing flow.", default=Share(Decimal(0))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience(Record):
    """A named set of customers."""

    id: str
    where: Condition = key(CONDITION, "Who belongs to it.")
    sync: str = key(Word(("ads",), "a place to keep in step"), "Also kept there.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Record):
    """Something that a customer can use with an order: exactly one benefit."""

    id: str
    percent_off: Share | None = key(SHARE, "Share off the order.", default=None)
    amount_off: Money | None = key(MONEY, "Amount off the order.", default=None)
    free_shipping: bool = key(FLAG, "The shop pays the shipping.", default=False)
    gift: str = key(TEXT, "A gift with the order.", default="")
    credit: Money | None = key(MONEY, "Store credit.", default=None)
    points: int | None = key(Integer(1, 100_000_000), "Points.", default=None)
    cost: Money | None = key(MONEY, "What the gift costs.", default=None)
    valid: Duration | None = key(DURATION, "To the end of the last local day.", default=None)
    minimum: Money | None = key(MONEY, "The least order value.", default=None)
    code: str = key(
        Custom(
            "`unique`, or a code for all",
            ((lambda data: True, TEXT),),
        ),
        "`unique`: each customer gets his own code; else the code that all use.",
        default="unique",
    )
    once_per_customer: bool = key(FLAG, "Issued only once to a customer.", default=False)
    audience: str = key(AUDIENCE, "Only for these.", default="", name="for")
    limit: int | None = key(Integer(1, 100_000_000), "Issued at most so often.", default=None)
    replaces: str = key(OFFER, "The offer that it takes the place of.", default="")
    product: str = key(TEXT, "Only for this product.", default="")


BENEFITS = ("percent_off", "amount_off", "free_shipping", "gift", "credit", "points")


BODY_LIMIT = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Record):
    """What is said to a customer, in a channel. `passage` is the file that holds the body."""

    id: str
    channel: str = key(CHANNEL, "The channel.", default="email")
    kind: str = key(
        Word(("marketing", "transactional"), "a kind of message"),
        "Marketing needs consent; transactional is exempt from caps and holdout.",
        default="marketing",
    )
    subject: str = key(TEXT, "The subject line.", default="")
    preview: str = key(TEXT, "The preview line of the inbox.", default="")
    body: str = key(
        Text(limit=BODY_LIMIT), "The text, or the file of the folder that holds it.", default=""
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

    again_after: Duration | None = key(DURATION, "Again after so long.", default=None)
    rule: str = key(
        Word(("once", "always"), "an entry rule"), "once or always.", default="", name="may"
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

    over: Duration | None = key(DURATION, "They enter spread over so long.", default=None)
    rule: str = key(Word(("skip",), "a rule"), "They do not enter.", default="skip", name="rule")


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
    strategy: str = key(TEXT, "The strategy of the catalogue that it carries out.", default="")
    about: str = key(TEXT, "A word for the reader.", default="")
    enabled: bool = key(FLAG, "false pauses the flow.", default=True)
    stages: tuple[str, ...] = key(STAGE_SET, "Only in these stages.", default=STAGES)
    trigger: Trigger = key(TRIGGER, "What starts it.")
    audience: Condition | None = key(CONDITION, "Who may enter; at entry only.", default=None)
    entry: Entry | None = key(ENTRY, "How often one may enter.", default=None)
    existing: Existing | None = key(EXISTING, "Those who already meet the trigger.", default=None)
    running: Since | None = key(SINCE, "It already runs since then.", default=None)
    exit_on: tuple[str, ...] | None = key(
        ListOf(EVENT, single=True), "Events that end a run at once.", default=None
    )
    exit_when: Condition | None = key(
        CONDITION, "Ends the run, checked before each action.", default=None
    )
    priority: int = key(Integer(0, 100), "Higher goes first at the same instant.", default=50)
    goal: Goal | None = key(RecordOf(Goal, "a goal"), "What is measured.", default=None)
    expect: Effect | None = key(
        EFFECT, "Effect per entrant; switches off the steps' own.", default=None
    )
    steps: tuple[Step, ...] = key(STEP_LIST, "What it does.")


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
        "The version of the language: 1.",
        name="playbook",
        if_missing="write `playbook: 1` as the first line",
    )
    name: str = key(TEXT, "The shop's or the playbook's name.")
    currency: str = key(CURRENCY, "The currency of all money.")
    timezone: str = key(TIMEZONE, "The shop's zone.")
    sender: Sender | None = key(RecordOf(Sender, "a sender"), "Who writes.", default=None)
    stage: str = key(
        Word(("auto", *STAGES), "a stage"), "The stage, or auto: from the orders.", default="auto"
    )
    include: tuple[str, ...] = key(
        ListOf(TEXT, single=True), "Files of the same folder to join.", default=()
    )
    economics: Economics | None = key(
        RecordOf(Economics, "economics"), "What orders bring and messages cost.", default=None
    )
    matrix: Matrix | None = key(MATRIX, "Where the product matrix is cut.", default=None)
    assume: Mapping[str, Any] = key(
        ASSUMPTIONS,
        "What the files do not tell: the consent by channel, and an assumption for each event.",
        default={},
    )
    stages: Mapping[str, Stage] = key(
        MapOf(RecordOf(Stage, "a stage"), noun="stage"), "The stages.", default={}
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
        ListOf(Text("a requirement")), "What a simulation must show.", default=()
    )
    facts: Any = key(Anything("own facts"), "The shop's own facts.", default=None)
    events: Any = key(Anything("own events"), "The shop's own events.", default=None)
    products: Mapping[str, Product] = key(
        PRODUCTS, "The products, or the CSV file that lists them.", default={}
    )
    use: Any = key(Anything("tactics"), "Shipped tactics.", default=None)
    audiences: Mapping[str, Audience] = key(
        MapOf(RecordOf(Audience, "an audience", shorthand="where")), "Audiences.", default={}
    )
    offers: Mapping[str, Offer] = key(MapOf(RecordOf(Offer, "an offer")), "Offers.", default={})
    flows: Mapping[str, Flow] = key(MapOf(RecordOf(Flow, "a flow")), "Flows.", default={})
    messages: Mapping[str, Message] = key(
        MapOf(RecordOf(Message, "a message")), "Messages.", default={}
    )
    programmes: Programmes | None = key(PROGRAMMES, "Loyalty programmes.", default=None)
    checklists: Mapping[str, tuple[ChecklistItem, ...]] = key(
        CHECKLISTS, "What has to be in place besides messages.", default={}
    )
    evidence: Mapping[str, ShopExperiment] = key(
        EXPERIMENTS, "The shop's own experiments.", default={}
    )
    catalogue: Catalogue = field(default=BUILT_IN, compare=False, repr=False)

    @property
    def decimals(self) -> int:
        """How many decimals amounts in the playbook's currency have."""
        return DECIMALS[self.currency]
