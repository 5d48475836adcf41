"""What n8n can say: one row a construct. The docs page and `export --list` are made from it.

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

_READER = "a word for the reader: it stays in the playbook"
_SIMULATION = "for the simulation: it stays in the playbook"
_RECORD = "read from the customer's record, which the shop's service answers with"
_SHOP = "a call of the shop's service, which carries it out"
_DUE = "asked every hour: the shop's service answers who is due"
_BENEFIT = "made by the shop's service, which answers with the customer's code"
_FIELD = "a field of the event that the shop calls with"
_PROGRAMMES = "n8n has no points, tiers or memberships"

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *exact("all workflows carry it in their names", "playbook.name"),
    *exact("sender and reply address of every e-mail; address under marketing", "playbook.sender"),
    *exact("what it brings in is exported where it belongs", "playbook.include"),
    *exact("the zone of the workflows, and of customers whose own is unknown", "playbook.timezone"),
    *approximated("the shop's service counts amounts in it", "playbook.currency"),
    *approximated(_RECORD, "playbook.facts"),
    *approximated(
        "the shop calls the workflow at the event, or answers when it happened last",
        "playbook.events",
    ),
    *dropped(_READER, "playbook.checklists", "playbook.checks"),
    *dropped(
        "nothing is switched on by an export: a person activates the workflows of the stage",
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
    *dropped("the shop has its own catalogue", "playbook.products"),
    *dropped("resolved before the export", "playbook.use"),
    *refused(
        "n8n does not know a marketplace's rules",
        "the rules are left out: the shop calls for no marketplace customers",
        "playbook.marketplaces",
    ),
    *programmes_elsewhere(_PROGRAMMES),
]
_GUARDRAILS = [
    *approximated(
        "counted before every marketing message from what the shop's service remembers as sent",
        "guardrails.frequency",
    ),
    *approximated("a message that finds no room is skipped", "guardrails.when_capped"),
    *approximated(
        "held to their end in the customer's zone, the shop's where it is unknown",
        "guardrails.quiet_hours",
    ),
    *approximated(
        "asked before every marketing message: the customer's record names the channels, after a "
        "confirmation where double opt-in is asked for",
        "guardrails.consent",
    ),
    *dropped("checked when the playbook is compiled", "guardrails.discounts"),
    *approximated(
        "by a number made of the customer's id, asked at the entry, or before each marketing "
        "message of a flow with transactional ones. The customers held out differ from the "
        "simulation's",
        "guardrails.holdout",
    ),
]
_FLOW = [
    *dropped(_READER, "flow.strategy", "flow.about"),
    *approximated("not checked by n8n: activate the workflow in these stages only", "flow.stages"),
    *exact("asked at the entry", "flow.audience"),
    *approximated(
        "asked at the entry: the shop's service remembers when the customer entered last",
        "flow.entry",
    ),
    *approximated(
        "the shop's service decides whom it calls for, and who is due on the first day",
        "flow.existing",
    ),
    *dropped("n8n has no order among workflows", "flow.priority"),
    *dropped(_SIMULATION, "flow.running", "flow.expect"),
    *approximated("asked before every action instead of acting at once", "flow.exit_on"),
    *exact("asked before every action", "flow.exit_when"),
    *dropped("n8n measures no goals", "flow.goal"),
    *exact("exported inactive like every workflow: leave it so", "flow.enabled"),
]
_TRIGGERS = [
    *exact("a webhook that the shop calls", "trigger.event"),
    *approximated(
        "counted by the shop, before it calls", "trigger.event.at_least", "trigger.event.within"
    ),
    *exact("asked at the entry", "trigger.where"),
    *approximated(
        "a schedule in the shop's zone; the shop's service answers whom it concerns",
        "trigger.every",
    ),
    *approximated(
        _DUE,
        "trigger.enters",
        "trigger.inactive_for",
        "trigger.replenishment",
        "trigger.date",
        "trigger.date.before",
        "trigger.date.after",
        "trigger.points_reach",
        "trigger.points_expiring",
        "trigger.offer_expiring",
        "trigger.tier_changed",
        "trigger.tier_changed.to",
    ),
]
_STEPS = [
    *exact("the name of the node", "step.id"),
    *exact("the customer is asked for, the message worded and sent", "step.send"),
    *exact("held to the window in the customer's zone", "step.send.at"),
    *approximated(
        "the shop's service is asked for the customer's code; the shop makes the discount",
        "step.send.offer",
    ),
    *dropped(_SIMULATION, "step.send.expect"),
    *approximated(
        "one after the other: whom a message may not go to gets the next, and who has not opened "
        "or clicked in time; what was handed over counts as delivered",
        "step.send.ladder",
        "step.send.reached",
    ),
    *approximated("the shop's service counts the turns", "step.send.rotation"),
    *exact("a wait; days and months are those of the customer's zone", "step.wait"),
    *approximated(
        "a wait for a call, with a time-out: the shop's service is told the address to call when "
        "the event happens",
        "step.wait.event",
        "step.wait.happened",
        "step.wait.timed_out",
    ),
    *approximated(
        "told to the shop's service, which calls at once where the event has happened",
        "step.wait.since",
    ),
    *exact("a wait until the moment in the customer's zone", "step.wait.time"),
    *exact(
        "the customer is asked for; what is unknown goes to no",
        "step.if",
        "step.if.then",
        "step.if.else",
    ),
    *exact("the first way that holds", "step.branch", "step.branch.else"),
    *approximated(
        "by a number made of the customer's id: a customer always falls into the same arm. The "
        "customers in an arm differ from the simulation's",
        "step.split",
        "step.split.variants",
    ),
    *dropped(_SIMULATION, "step.split.experiment"),
    *dropped(_SIMULATION, "step.task.cost"),
    *exact("the path ends", "step.exit"),
    *exact("a call, with the customer's id and the fields", "step.call"),
    *exact("a call of the flow's workflow", "step.start"),
    *approximated(
        _SHOP,
        "step.grant",
        "step.grant.points",
        "step.grant.credit",
        "step.update",
        "step.update.tag",
        "step.update.untag",
        "step.update.suppress",
        "step.update.field",
        "step.audience",
        "step.task",
        "step.task.owner",
        "step.task.due",
    ),
]
_OBJECTS = [
    *exact("its condition, wherever it is referred to", "audience.where"),
    *refused(
        "n8n keeps no advertising audience in step",
        "let the shop's service keep it in step",
        "audience.sync",
    ),
    *approximated(
        _BENEFIT,
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
        "offer.valid",
        "offer.once_per_customer",
        "offer.replaces",
    ),
    *approximated(
        "unique: the shop's service answers with it; else the shared code stands in the message",
        "offer.code",
    ),
    *dropped(_SIMULATION, "offer.cost"),
    *exact("which service is called", "message.channel"),
    *exact("marketing is asked for consent, caps and holdout", "message.kind"),
    *exact("worded when it is sent", "message.subject", "message.preview"),
    *exact("Markdown as HTML and as text, worded when it is sent", "message.body"),
]
_CONDITIONS = [
    *exact(
        "three-valued, as in the playbook",
        "condition.and",
        "condition.or",
        "condition.not",
        "condition.compare",
        "condition.in-set",
        "condition.between",
        "condition.is-known",
        "condition.has",
        "condition.in-audience",
    ),
    *approximated(
        "when it happened last, as the shop's service answers",
        "condition.happened",
    ),
    *approximated("as the shop's service answers", "condition.unsubscribed"),
    *approximated(
        "true, false or unknown, as the shop's service answers for these words", "condition.*"
    ),
]
_FACTS = [
    *exact(_FIELD, "fact.trigger"),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
    *approximated(_RECORD, "fact.*"),
]
_EVENTS = [
    *approximated("the shop calls at the event, or answers when it happened last", "event.*"),
]
_CHANNELS = [
    *exact("an SMTP account", "channel.email"),
    *approximated("a call of your service for this channel", "channel.*"),
]
_VARIABLES = [
    *approximated(_RECORD, "variable.first_name", "variable.last_name", "variable.email"),
    *exact(
        "the playbook's own text",
        "variable.sender.name",
        "variable.sender.email",
        "variable.sender.url",
        "variable.sender_address",
        "variable.sender.address",
    ),
    *approximated("an address in the customer's record", "variable.unsubscribe_url"),
    *approximated("the shop's service is asked for it, or the shared code", "variable.offer.code"),
    *approximated("the shop's service is asked for it", "variable.offer.valid_until"),
    *approximated(_RECORD, "variable.customer"),
    *exact(_FIELD, "variable.trigger"),
    *exact(_FIELD, "variable.*"),
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
