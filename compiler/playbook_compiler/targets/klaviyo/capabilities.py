"""What Klaviyo can say: one row a construct. The docs page and `export --list` are made from it.

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

_LEFT_OUT = "the step is left out and the run goes on"
_NO_FLOW = "the whole flow is left out"
_PROPERTY = "it is read from a profile property that the shop fills"
_BLANK = "it is left out of the text"
_READER = "a word for the reader: it stays in the playbook"
_SIMULATION = "for the simulation: it stays in the playbook"
_INTEGRATION = "a field of the event that started the flow, as Shopify's integration sends it"
_PROGRAMMES = "Klaviyo has no points, tiers or memberships of its own"

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *exact("all objects carry it in their names", "playbook.name"),
    *exact("sender and reply address of every e-mail; address under marketing", "playbook.sender"),
    *exact("what it brings in is exported where it belongs", "playbook.include"),
    *exact("conditions read them as profile properties of the same name", "playbook.facts"),
    *exact("metrics of the same name, which the shop sends", "playbook.events"),
    *approximated(
        "delays use the customer's zone as Klaviyo knows it, else the account's: set the account "
        "to this zone",
        "playbook.timezone",
    ),
    *approximated("Klaviyo sums orders in the account's currency: set it", "playbook.currency"),
    *dropped(_READER, "playbook.checklists", "playbook.checks"),
    *dropped(
        "nothing is switched on by an export: a person starts the flows of the stage",
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
    *dropped("Klaviyo has the shop's own catalogue", "playbook.products"),
    *dropped("resolved before the export", "playbook.use"),
    *refused(
        "Klaviyo does not know a marketplace's rules",
        "the rules are left out: keep marketplace customers out of the account",
        "playbook.marketplaces",
    ),
    *programmes_elsewhere(_PROGRAMMES),
]
_GUARDRAILS = [
    *approximated(
        "Smart Sending on every marketing message: the account's own window, one message in it; a "
        "message that finds it closed is skipped",
        "guardrails.frequency",
        "guardrails.when_capped",
    ),
    *approximated(
        "SMS: Klaviyo's own quiet hours. E-mail and push: after every wait in days at the end of "
        "the quiet hours of its last day, whatever hour it began (Klaviyo then counts calendar "
        "days), and where a segment or a date starts the flow; straight after an event, or a wait "
        "in hours, they may go out at any hour",
        "guardrails.quiet_hours",
    ),
    *exact("a filter on every marketing message", "guardrails.consent"),
    *dropped("checked when the playbook is compiled", "guardrails.discounts"),
    *approximated(
        "the first flow that a customer meets draws whole percent by Klaviyo's random sample and "
        "keeps the result in the profile property `playbook_holdout`; every flow with marketing "
        "reads it, and one that only calls, lists or sets tasks. What stands beside marketing is "
        "held back with it, updates too; beside transactional messages it is not. The customers "
        "drawn differ from the simulation's",
        "guardrails.holdout",
    ),
]
_FLOW = [
    *dropped(_READER, "flow.strategy", "flow.about"),
    *approximated("not checked by Klaviyo: switch the flow on in these stages only", "flow.stages"),
    *exact("a split in front of the first step", "flow.audience"),
    *exact(
        "re-entry criteria of the flow; where a split turns people away, or a wait comes first, "
        "the day of the entry in a profile property that the flow writes itself",
        "flow.entry",
    ),
    *approximated(
        "Klaviyo brings in nobody who already meets the trigger: back-populate by hand, in parts",
        "flow.existing",
    ),
    *dropped(
        "Klaviyo has no order among flows: two messages due at one instant both go out, or Smart "
        "Sending skips the second",
        "flow.priority",
    ),
    *dropped(_SIMULATION, "flow.running", "flow.expect"),
    *approximated(
        "profile filter of the flow, checked before every action instead of at once", "flow.exit_on"
    ),
    *exact("profile filter of the flow, checked before every action", "flow.exit_when"),
    *dropped("measured by Klaviyo's own attribution, not by this goal", "flow.goal"),
    *exact("exported as a draft like every flow: leave it so", "flow.enabled"),
]
_TRIGGERS = [
    *exact("metric trigger", "trigger.event"),
    *approximated(
        "a split on the metric's count after the trigger, of events that meet the trigger's filter",
        "trigger.event.at_least",
    ),
    *approximated("the time in which the metric is counted", "trigger.event.within"),
    *exact(
        "fields of the event: filter of the trigger; the customer: a split in front of the first "
        "step",
        "trigger.where",
    ),
    *approximated(
        "segment trigger; fires on entering the segment. Who has left it by then gets no further "
        "message: Klaviyo looks again at every sending",
        "trigger.enters",
    ),
    *approximated(
        "a segment (ordered ever, but not in the last N days of 24 hours) that triggers the flow; "
        "who orders leaves it and gets no further message, whatever `exit_on` says",
        "trigger.inactive_for",
    ),
    *approximated(
        "a duration: metric Placed Order and a delay, ended by another order; Klaviyo's own "
        "prediction of the next order (`typical interval`) and `product` start no flow",
        "trigger.replenishment",
    ),
    *approximated(
        "a date of the profile, which the shop fills, at 00:00 of the profile's day; a day of the "
        "calendar for everybody starts no flow",
        "trigger.date",
    ),
    *exact("days before the date", "trigger.date.before"),
    *exact("a delay in front of the first step", "trigger.date.after"),
    *refused(
        "Klaviyo's flows know no schedule: that is a campaign",
        _NO_FLOW,
        "trigger.every",
    ),
    *refused(
        "Klaviyo keeps no points, levels or open offers that could start a flow",
        _NO_FLOW,
        "trigger.points_reach",
        "trigger.points_expiring",
        "trigger.offer_expiring",
        "trigger.tier_changed",
        "trigger.tier_changed.to",
    ),
]
_STEPS = [
    *exact("temporary id of the action", "step.id"),
    *exact("a send action with its template, as a draft", "step.send"),
    *approximated(
        "waits for the window's first minute in the customer's zone: who comes within the window "
        "waits for the next day",
        "step.send.at",
    ),
    *approximated(
        "the coupon's code in the message: the discount itself is made in the shop, its codes "
        "uploaded to Klaviyo",
        "step.send.offer",
    ),
    *dropped(_SIMULATION, "step.send.expect"),
    *approximated(
        "a message, a delay as long as it has to reach its reader, a split on the metric of its "
        "sign, then the next message: those it reached go on when the delay is over",
        "step.send.ladder",
    ),
    *approximated(
        "delivered: Received; opened, clicked: Opened or Clicked of the channel (a text message "
        "cannot be opened, a push not be clicked: the nearest sign); any message's, not this one's",
        "step.send.reached",
    ),
    *exact(
        "a split on a profile property that holds whose turn it is, and changes it",
        "step.send.rotation",
    ),
    *exact("time delay in days, hours or minutes", "step.wait"),
    *approximated(
        "a delay as long as the time-out, then a split on whether the metric was recorded in it: "
        "those whose event came go on when the delay is over",
        "step.wait.event",
        "step.wait.happened",
        "step.wait.timed_out",
    ),
    *exact("the split counts since the flow's start", "step.wait.since"),
    *exact("wait until a time or weekday", "step.wait.time"),
    *exact("conditional split; what is unknown goes to no", "step.if", "step.if.then"),
    *exact("the no side of the split", "step.if.else"),
    *exact("multi-branch split, the first that holds", "step.branch", "step.branch.else"),
    *approximated(
        "random samples in whole percent, one after the other: drawn anew at each entry, so a "
        "customer may change arms",
        "step.split",
        "step.split.variants",
    ),
    *dropped(_SIMULATION, "step.split.experiment"),
    *approximated(
        "an internal alert by e-mail to the owner, whose address you fill in",
        "step.task",
        "step.task.owner",
        "step.task.due",
    ),
    *dropped(_SIMULATION, "step.task.cost"),
    *exact("the path ends", "step.exit"),
    *refused("Klaviyo gives codes in messages only", _LEFT_OUT, "step.grant", "step.grant.*"),
    *exact("a change of the profile", "step.update"),
    *exact("the list property `tags`", "step.update.tag", "step.update.untag"),
    *exact("the custom profile property", "step.update.field"),
    *refused(
        "a Klaviyo flow cannot withdraw a consent",
        _LEFT_OUT,
        "step.update.suppress",
    ),
    *approximated(
        "the list property `playbook_lists`: make a segment of it and sync that", "step.audience"
    ),
    *approximated(
        "a webhook, a POST of JSON with the customer's address and the fields, texts "
        "percent-encoded",
        "step.call",
    ),
    *refused("a Klaviyo flow cannot start another", _LEFT_OUT, "step.start"),
]
_OBJECTS = [
    *exact("a segment, where a flow needs it", "audience.where"),
    *refused(
        "advertising audiences are kept in step by the integration, not by the API",
        "set up the integration for the segment by hand",
        "audience.sync",
    ),
    *approximated(
        "made in the shop with this benefit; Klaviyo holds its codes",
        "offer.percent_off",
        "offer.amount_off",
        "offer.free_shipping",
        "offer.gift",
        "offer.minimum",
        "offer.for",
        "offer.limit",
        "offer.product",
    ),
    *approximated(
        "the expiry that the codes are uploaded with; the message names the day counted from its "
        "sending",
        "offer.valid",
    ),
    *approximated(
        "unique: a coupon whose codes you upload; else the shared code stands in the message",
        "offer.code",
    ),
    *approximated(
        "Klaviyo gives a profile one code a message; a second run gives another",
        "offer.once_per_customer",
    ),
    *dropped(_SIMULATION, "offer.cost"),
    *refused(
        "Klaviyo cannot take a code back when another replaces it",
        "both codes stay valid",
        "offer.replaces",
    ),
    *refused(
        "Klaviyo holds no credit or points",
        "messages that carry the offer go out without it",
        "offer.credit",
        "offer.points",
    ),
    *exact("the kind of action", "message.channel"),
    *exact("the transactional flag; marketing gets consent filter and footer", "message.kind"),
    *exact("subject with our variables as Klaviyo's", "message.subject", "message.preview"),
    *exact("Markdown as HTML and as text", "message.body"),
]
_CONDITIONS = [
    *exact(
        "groups of which all hold, of tests of which one does",
        "condition.and",
        "condition.or",
        "condition.not",
    ),
    *exact("by the fact that is read", "condition.compare", "condition.in-set"),
    *exact("by the fact that is read", "condition.between", "condition.is-known", "condition.has"),
    *exact("the metric was recorded in the last days or hours", "condition.happened"),
    *exact("membership in the segment", "condition.in-audience"),
    *approximated(
        "e-mail: opened or clicked; sms: clicked; push: opened, in the last days",
        "condition.engaged",
    ),
    *approximated("the metric of delivered messages of the channel", "condition.received"),
    *approximated(
        "the metric Ordered Product with this SKU or category, as the integration sends it",
        "condition.bought",
    ),
    *exact("marketing consent: unsubscribed (e-mail and SMS)", "condition.unsubscribed"),
    *refused(
        "Klaviyo does not know it",
        _PROPERTY,
        "condition.in-top",
        "condition.order-has",
        "condition.in-flow",
        "condition.entered",
        "condition.holds",
    ),
]
_FACTS = [
    *exact("count of Placed Order over all time", "fact.orders"),
    *exact("sum of Placed Order over all time", "fact.revenue"),
    *approximated("Klaviyo's own average order value", "fact.aov"),
    *approximated(
        "orders in the last N days of 24 hours instead of local days",
        "fact.days_since_last_order",
        "fact.days_since_first_order",
    ),
    *approximated(
        "a custom profile property of the same name, which the shop fills",
        "fact.channel",
        "fact.marketplace",
        "fact.country",
        "fact.zone",
        "fact.tags",
        "fact.own",
    ),
    *exact("marketing consent of the channel", "fact.consent"),
    *approximated("a field of the event that started the flow", "fact.trigger"),
    *refused(
        "Klaviyo does not compute it",
        _PROPERTY,
        "fact.days_as_customer",
        "fact.probability_alive",
        "fact.expected_orders",
        "fact.rfm",
        "fact.rfm.r",
        "fact.rfm.f",
        "fact.rfm.m",
        "fact.lifecycle",
        "fact.tier",
        "fact.points",
        "fact.birthday",
    ),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
]
_EVENTS = [
    *exact("metric Placed Order", "event.order_placed"),
    *exact("metric Fulfilled Order", "event.order_shipped"),
    *exact("metric Viewed Product", "event.product_browsed"),
    *approximated("metric Subscribed to Email Marketing", "event.sign_up"),
    *approximated("metric Created Account, sent by the shop", "event.account_created"),
    *approximated("metric Placed Order: integrations send paid orders", "event.order_paid"),
    *approximated("metric Marked Out for Delivery (Shopify)", "event.out_for_delivery"),
    *approximated("metric Delivered Shipment (Shopify)", "event.order_delivered"),
    *approximated("metric Refunded Order stands for the return", "event.order_returned"),
    *approximated("metric Started Checkout, then an hour without an order", "event.cart_abandoned"),
    *approximated("metric Added to Wishlist, sent by the shop", "event.wish_listed"),
    *approximated("metric Submitted Review, sent by the review app", "event.review_left"),
    *approximated("metric Gave Feedback, sent by the survey app", "event.feedback_given"),
    *approximated("metric Opened Email, of any e-mail", "event.message_opened"),
    *approximated("metric Clicked Email, of any e-mail", "event.link_clicked"),
    *approximated("metric Unsubscribed from Email Marketing", "event.unsubscribed"),
    *approximated(
        "a metric of this name, which the shop sends",
        "event.own",
        "event.offer_redeemed",
        "event.points_earned",
        "event.points_redeemed",
        "event.points_expiring",
        "event.tier_changed",
        "event.referred",
        "event.subscription_renewed",
        "event.subscription_cancelled",
        "event.support_case_opened",
        "event.support_case_closed",
    ),
]
_CHANNELS = [
    *exact("send-email, send-sms, send-mobile-push", "channel.email", "channel.sms"),
    *exact("send-mobile-push; needs Klaviyo's kit in the app", "channel.push"),
    *refused(
        "Klaviyo's flows send e-mail, SMS and push only",
        "the message is left out and the run goes on",
        "channel.in_app",
        "channel.post",
        "channel.ads",
        "channel.community",
        "channel.chat",
        "channel.phone",
        "channel.own",
    ),
]
_VARIABLES = [
    *exact("profile field", "variable.first_name", "variable.last_name", "variable.email"),
    *exact(
        "the playbook's own text",
        "variable.sender.name",
        "variable.sender.email",
        "variable.sender.url",
    ),
    *exact(
        "the playbook's address, else the account's",
        "variable.sender_address",
        "variable.sender.address",
    ),
    *exact("{% unsubscribe_link %}", "variable.unsubscribe_url"),
    *exact("{% coupon_code %}, or the shared code", "variable.offer.code"),
    *approximated("the day counted from the sending of this message", "variable.offer.valid_until"),
    *approximated("a custom profile property, which the shop fills", "variable.customer"),
    *approximated("a field of the event, which the shop sends", "variable.trigger"),
    *approximated(
        _INTEGRATION,
        "variable.order.id",
        "variable.order.total",
        "variable.order.tracking_url",
        "variable.order.status_url",
        "variable.product.sku",
        "variable.product.category",
        "variable.product.name",
        "variable.product.price",
        "variable.product.url",
        "variable.product.image_url",
        "variable.cart.total",
        "variable.cart.url",
    ),
    *refused(
        "Klaviyo has no such value in an event",
        _BLANK,
        "variable.order.discount",
        "variable.order.nth",
        "variable.order.marketplace",
        "variable.order.ordered_at",
        "variable.cart.id",
    ),
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
