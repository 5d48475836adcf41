"""What Dittofeed can say: one row a construct. The docs page and `export --list` are made from it.

Longer than other files because it is one table, and a table in two places is read in neither.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.capability import (
    approximated,
    dropped,
    exact,
    refused,
    table,
)
from playbook_compiler.export.elsewhere import programmes_elsewhere

_NO_FLOW = "the whole flow is left out"
_TRAIT = "it is read from a trait that the shop keeps"
_READER = "a word for the reader: it stays in the playbook"
_SIMULATION = "for the simulation: it stays in the playbook"
_PROGRAMMES = "Dittofeed has no points, tiers or memberships of its own"
_QUOTED = "a property of the event that started the run, which the shop sends"
_MADE_IN_SHOP = "made in the shop with this benefit; Dittofeed shows the customer's code"
_WEBHOOK = "a webhook that hands the text to an address of yours, with consent like every message"

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *dropped("objects are named by their ids, so that a new title makes none", "playbook.name"),
    *exact("sender and reply address of every e-mail; address under marketing", "playbook.sender"),
    *exact("what it brings in is exported where it belongs", "playbook.include"),
    *exact("conditions read them as traits of the same name", "playbook.facts"),
    *exact("events of the same name, which the shop sends", "playbook.events"),
    *exact("the zone of customers whose own is not known", "playbook.timezone"),
    *approximated("amounts in events and traits are in it: send no other", "playbook.currency"),
    *dropped(_READER, "playbook.checklists", "playbook.checks"),
    *dropped(
        "nothing is switched on by an export: a person starts the journeys of the stage",
        "playbook.stage",
        "playbook.stages",
    ),
    *dropped(
        _SIMULATION,
        "playbook.economics",
        "playbook.matrix",
        "playbook.assume",
        "playbook.require",
        "playbook.evidence",
    ),
    *dropped("Dittofeed has no catalogue: events name the products", "playbook.products"),
    *dropped("resolved before the export", "playbook.use"),
    *refused(
        "Dittofeed does not know a marketplace's rules",
        "the rules are left out: keep marketplace customers out of the workspace",
        "playbook.marketplaces",
    ),
    *programmes_elsewhere(_PROGRAMMES),
]
_GUARDRAILS = [
    *approximated(
        "a split in front of every marketing message that counts what was sent in the window; "
        "transactional messages count, too, and the last minutes may be missed",
        "guardrails.frequency",
    ),
    *approximated(
        "skipped, or after the whole delay asked once more; then sent or skipped",
        "guardrails.when_capped",
    ),
    *approximated(
        "held to their end after every wait in days and where a segment starts the flow (up to a "
        "day longer); straight after an event, or a wait in hours, messages go out at any hour",
        "guardrails.quiet_hours",
    ),
    *approximated(
        "a subscription group for each channel's marketing, asked at every message; a double "
        "opt-in is the shop's to confirm before it subscribes anyone",
        "guardrails.consent",
    ),
    *dropped("checked when the playbook is compiled", "guardrails.discounts"),
    *approximated(
        "a random segment, the same in every flow, for all but transactional messages and updates. "
        "The customers drawn differ from the simulation's; where it closes a whole flow, those "
        "held out do not count as entered",
        "guardrails.holdout",
    ),
]
_FLOW = [
    *dropped(_READER, "flow.strategy", "flow.about"),
    *approximated("not checked by Dittofeed: start the journey in these stages", "flow.stages"),
    *approximated(
        "a split in front of the first step; who is turned away counts as entered for `once`",
        "flow.audience",
    ),
    *approximated(
        "once: one run of the journey for a customer; always: one for each key; again after a "
        "time: a split on whether the journey was entered in it",
        "flow.entry",
    ),
    *approximated(
        "a journey by an event starts with the events after its start; one by a segment takes in "
        "all who are in it on the first day, at once: by inactivity, those of the last day alone",
        "flow.existing",
    ),
    *dropped(
        "Dittofeed has no order among journeys: two messages due at one instant both go out",
        "flow.priority",
    ),
    *dropped(_SIMULATION, "flow.running", "flow.expect"),
    *approximated(
        "asked before every action instead of at once: the event in the time that the run can "
        "have lasted, holds not counted for the trigger's own event and, in a flow that an order "
        "can start, for orders",
        "flow.exit_on",
    ),
    *exact("a split before every action", "flow.exit_when"),
    *dropped("measured in Dittofeed's own reports, not by this goal", "flow.goal"),
    *exact("exported as not started like every journey: leave it so", "flow.enabled"),
]
_TRIGGERS = [
    *exact("entry by the event, a run for each order, cart, product or customer", "trigger.event"),
    *approximated(
        "a split, after the trigger, on the count of the events with the properties that `where` "
        "asks for",
        "trigger.event.at_least",
        "trigger.event.within",
    ),
    *approximated(
        "splits in front of the first step, after which those turned away count as entered",
        "trigger.where",
    ),
    *approximated(
        "entry by the segment; who is in it when the journey is started enters at once",
        "trigger.enters",
    ),
    *approximated(
        "entry by a segment: the latest order became so old within the last day of 24 hours",
        "trigger.inactive_for",
    ),
    *approximated(
        "a duration: a delay after the order, then a split on whether there was another; else "
        "entry by a trait that the shop sets while the customer is about to run out",
        "trigger.replenishment",
    ),
    *approximated(
        "a date of the customer: a delay until the date in a trait; of a day that comes every "
        "year, the next one, which the shop sets",
        "trigger.date",
    ),
    *approximated("the offset of the delay, in seconds", "trigger.date.before"),
    *approximated("the offset of the delay, in seconds", "trigger.date.after"),
    *refused(
        "Dittofeed starts journeys by an event or a segment, not by a schedule",
        _NO_FLOW,
        "trigger.every",
    ),
    *approximated("entry by a segment on the trait `points`", "trigger.points_reach"),
    *approximated(
        "entry by an event that the shop's programme sends so long before",
        "trigger.points_expiring",
        "trigger.offer_expiring",
    ),
    *approximated(
        "entry by the event `tier_changed`, which the shop's programme sends; a split on its "
        "direction and tier",
        "trigger.tier_changed",
        "trigger.tier_changed.to",
    ),
]
_STEPS = [
    *exact("id of the node", "step.id"),
    *exact("a message node with its template", "step.send"),
    *approximated(
        "waits for the window's first minute in the customer's zone: who comes within the window "
        "waits for the next day",
        "step.send.at",
    ),
    *approximated(
        "the code in the message: the shared one, or the customer's own from a trait that the "
        "shop fills",
        "step.send.offer",
    ),
    *dropped(_SIMULATION, "step.send.expect"),
    *approximated(
        "one message after the other, each after a wait for a sign that the one before has "
        "reached its reader; in a flow that an event starts the wait lasts its whole time",
        "step.send.ladder",
        "step.send.reached",
    ),
    *refused(
        "Dittofeed keeps no place in a rotation",
        "only the first message is sent",
        "step.send.rotation",
    ),
    *approximated("a delay in seconds: a day is 24 hours of them", "step.wait"),
    *approximated(
        "in a flow that a segment starts: a wait for the event with a time-out. In one that an "
        "event starts: a delay as long as the time-out, then a split on whether the event came",
        "step.wait.event",
        "step.wait.happened",
        "step.wait.timed_out",
    ),
    *approximated("counts as far back as the run can have begun", "step.wait.since"),
    *approximated(
        "the next such time in the customer's zone; a weekday that is today means the next one",
        "step.wait.time",
    ),
    *exact("a split on a segment; what is unknown goes to no", "step.if", "step.if.then"),
    *exact("the no side of the split", "step.if.else"),
    *exact("splits one after the other, the first that holds", "step.branch", "step.branch.else"),
    *approximated(
        "random cohorts: drawn anew at each entry, so that a customer may change arms",
        "step.split",
        "step.split.variants",
    ),
    *dropped(_SIMULATION, "step.split.experiment"),
    *approximated(
        "a webhook to the system that tells people what to do, whose address you fill in",
        "step.task",
        "step.task.owner",
        "step.task.due",
    ),
    *dropped(_SIMULATION, "step.task.cost"),
    *exact("the journey ends", "step.exit"),
    *approximated(
        "a webhook to the system that gives it, whose address you fill in",
        "step.grant",
        "step.grant.points",
        "step.grant.credit",
    ),
    *approximated(
        "a webhook to Dittofeed's own interface; segments follow some minutes later",
        "step.update",
        "step.update.tag",
        "step.update.untag",
        "step.update.field",
        "step.update.suppress",
    ),
    *approximated(
        "a webhook to the system that keeps the outside audience, with when to take out again",
        "step.audience",
    ),
    *exact("a webhook; an address of the environment becomes a secret", "step.call"),
    *refused(
        "a Dittofeed journey has one entry and cannot start another",
        "the step is left out and the run goes on",
        "step.start",
    ),
]
_OBJECTS = [
    *exact("a segment where it starts a flow, else part of the segments asked", "audience.where"),
    *refused(
        "Dittofeed keeps no advertising audiences",
        "the audience is not kept in step",
        "audience.sync",
    ),
    *approximated(
        _MADE_IN_SHOP,
        "offer.percent_off",
        "offer.amount_off",
        "offer.free_shipping",
        "offer.gift",
        "offer.credit",
        "offer.points",
        "offer.minimum",
        "offer.for",
        "offer.limit",
        "offer.product",
        "offer.once_per_customer",
    ),
    *approximated(
        "the expiry that the shop gives the code; the message names the day counted from its "
        "sending",
        "offer.valid",
    ),
    *approximated(
        "unique: a trait with the customer's own code, which the shop fills; else the shared one",
        "offer.code",
    ),
    *dropped(_SIMULATION, "offer.cost"),
    *refused(
        "Dittofeed cannot take a code back when another replaces it",
        "both codes stay valid",
        "offer.replaces",
    ),
    *exact("the kind of message node", "message.channel"),
    *exact("marketing gets subscription group, caps, holdout and footer", "message.kind"),
    *exact("subject with our variables as Dittofeed's", "message.subject"),
    *exact("a hidden text at the top of the page", "message.preview"),
    *exact("Markdown as HTML, or as text", "message.body"),
]
_CONDITIONS = [
    *exact(
        "trees of tests; where they read the event of the run, several splits",
        "condition.and",
        "condition.or",
        "condition.not",
    ),
    *exact("by the fact that is read", "condition.compare", "condition.in-set"),
    *exact("by the fact that is read", "condition.between", "condition.is-known", "condition.has"),
    *exact("the event was performed in the last seconds", "condition.happened"),
    *exact("the audience's condition inside the segment", "condition.in-audience"),
    *approximated("e-mail: opened or clicked in the last days", "condition.engaged"),
    *approximated("sent instead of delivered", "condition.received"),
    *approximated(
        "the event `product_ordered` with this product or category, one for each line of an "
        "order, which the shop sends",
        "condition.bought",
    ),
    *exact("the node behind the entry was passed", "condition.entered"),
    *exact("left the channel's subscription group", "condition.unsubscribed"),
    *refused(
        "Dittofeed does not know it",
        _TRAIT,
        "condition.in-top",
        "condition.order-has",
        "condition.in-flow",
        "condition.holds",
    ),
]
_FACTS = [
    *exact("how often the event order_placed came", "fact.orders"),
    *approximated(
        "orders in the last N days of 24 hours instead of local days",
        "fact.days_since_last_order",
    ),
    *approximated(
        "a trait of the same name, which the shop keeps",
        "fact.revenue",
        "fact.aov",
        "fact.days_since_first_order",
        "fact.days_as_customer",
        "fact.tier",
        "fact.points",
        "fact.channel",
        "fact.marketplace",
        "fact.country",
        "fact.zone",
        "fact.birthday",
        "fact.own",
    ),
    *approximated("a trait for each tag, `tag_vip`, true or false", "fact.tags"),
    *exact("has said yes to the channel's subscription group", "fact.consent"),
    *exact(_QUOTED, "fact.trigger"),
    *refused(
        "Dittofeed does not compute it",
        _TRAIT,
        "fact.probability_alive",
        "fact.expected_orders",
        "fact.rfm",
        "fact.rfm.r",
        "fact.rfm.f",
        "fact.rfm.m",
        "fact.lifecycle",
    ),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
]
_EVENTS = [
    *approximated("Dittofeed's event DFEmailOpened, of any e-mail", "event.message_opened"),
    *approximated("Dittofeed's event DFEmailClicked, of any e-mail", "event.link_clicked"),
    *approximated("Dittofeed's event of leaving any subscription group", "event.unsubscribed"),
    *exact("an event of this name, which the shop sends", "event.*"),
]
_CHANNELS = [
    *exact("an e-mail", "channel.email"),
    *exact("an SMS", "channel.sms"),
    *exact("a mobile push", "channel.push"),
    *approximated(_WEBHOOK, "channel.*"),
]
_VARIABLES = [
    *exact(
        "Dittofeed's own user property",
        "variable.first_name",
        "variable.last_name",
        "variable.email",
    ),
    *exact(
        "the playbook's own text",
        "variable.sender.name",
        "variable.sender.email",
        "variable.sender.url",
        "variable.sender_address",
        "variable.sender.address",
    ),
    *exact("{% unsubscribe_url %}", "variable.unsubscribe_url"),
    *approximated("a trait that the shop fills, or the shared code", "variable.offer.code"),
    *approximated("the day counted from the sending of this message", "variable.offer.valid_until"),
    *approximated("a user property of a trait, which the shop keeps", "variable.customer"),
    *exact(f"a user property of the run: {_QUOTED}", "variable.*"),
]
CAPABILITIES: Final = table(
    [
        *_PLAYBOOK,
        *_GUARDRAILS,
        *_FLOW,
        *_TRIGGERS,
        *_STEPS,
        *_OBJECTS,
        *_CONDITIONS,
        *_FACTS,
        *_EVENTS,
        *_CHANNELS,
        *_VARIABLES,
    ]
)
