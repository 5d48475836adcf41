"""What Resend can say: one row a construct. The docs page and `export --list` are made from it."""

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
_READER = "a word for the reader: it stays in the playbook"
_SIMULATION = "for the simulation: it stays in the playbook"
_OWN_EVENT = "an event of the flow's own, `playbook.FLOW.start`, which the shop sends when it is so"
_STAND_IN = "it is read from a contact property that the shop fills"
_SHOP = "made in the shop; Resend only shows the code"
_PROPERTY = "a property of the contact, which the shop keeps up to date"

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *exact("all objects carry it in their names", "playbook.name"),
    *exact("sender and reply address of every e-mail; address under marketing", "playbook.sender"),
    *exact("what it brings in is exported where it belongs", "playbook.include", "playbook.use"),
    *approximated(_PROPERTY, "playbook.facts"),
    *exact("events of the same name, which the shop sends", "playbook.events"),
    *dropped("Resend knows lengths of time only, no time of day", "playbook.timezone"),
    *approximated("amounts are plain numbers: send them in this currency", "playbook.currency"),
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
    *dropped("Resend has no catalogue", "playbook.products"),
    *refused(
        "Resend does not know a marketplace's rules",
        "the rules are left out: make no contacts of marketplace customers",
        "playbook.marketplaces",
    ),
    *programmes_elsewhere("Resend has no points, tiers or memberships"),
]
_GUARDRAILS = [
    *refused(
        "Resend counts no messages of a contact",
        "marketing goes out without caps",
        "guardrails.frequency",
        "guardrails.when_capped",
    ),
    *refused(
        "Resend knows no time of day",
        "messages go out when they are due, at night too",
        "guardrails.quiet_hours",
    ),
    *approximated(
        "every marketing e-mail asks whether the contact has unsubscribed; make a contact, or "
        "subscribe it, only once it has agreed",
        "guardrails.consent",
    ),
    *dropped("checked when the playbook is compiled", "guardrails.discounts"),
    *approximated(
        "the shop draws it once for each customer, into the contact property `playbook_holdout`; "
        "every marketing e-mail and list asks for it, updates do not",
        "guardrails.holdout",
    ),
]
_FLOW = [
    *dropped(_READER, "flow.strategy", "flow.about"),
    *approximated("not checked by Resend: switch the flow on in these stages only", "flow.stages"),
    *exact("a condition behind the trigger", "flow.audience"),
    *approximated(
        "once: a contact property that the flow sets itself. After a time: the shop sends the "
        "flow's own event no sooner",
        "flow.entry",
    ),
    *approximated(
        "the shop sends the flow's own event for those who meet the trigger already, spread over "
        "the time",
        "flow.existing",
    ),
    *dropped("Resend has no order among automations", "flow.priority"),
    *dropped(_SIMULATION, "flow.running", "flow.expect"),
    *approximated(
        "every wait of a set length is a wait for this event, too, which ends the run; several "
        "events are one, `playbook.FLOW.exit`, which the shop sends. Not heard while the run waits "
        "for another event",
        "flow.exit_on",
    ),
    *approximated("a condition in front of every e-mail; other steps do not ask", "flow.exit_when"),
    *dropped("Resend measures opens and clicks, not goals", "flow.goal"),
    *exact("exported switched off like every flow: leave it so", "flow.enabled"),
]
_TRIGGERS = [
    *exact("the event of the same name, which the shop sends", "trigger.event"),
    *exact("a condition behind the trigger", "trigger.where"),
    *approximated(_OWN_EVENT, "trigger.*"),
]
_STEPS = [
    *exact("key of the step", "step.id"),
    *exact("send_email with its template", "step.send"),
    *refused("Resend knows no time of day", "it goes out when it is due", "step.send.at"),
    *approximated(
        "the code in the letter, from a contact property where each has an own one",
        "step.send.offer",
    ),
    *dropped(_SIMULATION, "step.send.expect"),
    *refused(
        "Resend sends e-mail only and does not say whether it has reached its reader",
        "only the first message is sent",
        "step.send.ladder",
        "step.send.reached",
    ),
    *refused("Resend keeps no place in a rotation", "only the first is sent", "step.send.rotation"),
    *approximated(
        "a delay in days of 24 hours, a month 30.4375 of them; longer than 30 days in parts",
        "step.wait",
    ),
    *approximated(
        "wait_for_event with its time-out, longer than 30 days in parts; events count from this "
        "step on, not since the action before it",
        "step.wait.event",
    ),
    *exact("the ways out of it", "step.wait.happened", "step.wait.timed_out"),
    *approximated("events count from this step on, not since entry", "step.wait.since"),
    *refused("Resend knows no time of day", "the run goes on at once", "step.wait.time"),
    *exact("a condition; what is unknown goes to no", "step.if", "step.if.then", "step.if.else"),
    *exact("conditions one after the other", "step.branch", "step.branch.else"),
    *approximated(
        "the shop draws an arm once for each customer, into a contact property; conditions ask "
        "for it",
        "step.split",
        "step.split.variants",
    ),
    *dropped(_SIMULATION, "step.split.experiment"),
    *exact("the way ends", "step.exit"),
    *refused("Resend gives nothing to a customer", _LEFT_OUT, "step.grant", "step.grant.*"),
    *exact("contact_update", "step.update"),
    *approximated(
        "contact_update of a contact property",
        "step.update.tag",
        "step.update.untag",
        "step.update.field",
    ),
    *approximated("contact_update: unsubscribed from all marketing", "step.update.suppress"),
    *exact("add_to_segment", "step.audience"),
    *refused("Resend gives people no tasks", _LEFT_OUT, "step.task", "step.task.*"),
    *refused("an automation of Resend calls nobody", _LEFT_OUT, "step.call"),
    *refused("an automation of Resend starts no other", _LEFT_OUT, "step.start"),
]
_OBJECTS = [
    *exact("part of the conditions that name it", "audience.where"),
    *refused(
        "Resend keeps no advertising audience in step",
        "set it up outside by hand",
        "audience.sync",
    ),
    *approximated(_SHOP, "offer.*"),
    *dropped(_SIMULATION, "offer.cost"),
    *approximated(
        "unique: a contact property that the shop fills; else the shared code stands in the text",
        "offer.code",
    ),
    *exact("send_email", "message.channel"),
    *exact("marketing asks for the subscription and gets a footer", "message.kind"),
    *exact("with our variables as Resend's", "message.subject"),
    *exact("a hidden text at the top of the page", "message.preview"),
    *exact("Markdown as HTML and as text", "message.body"),
]
_CONDITIONS = [
    *exact(
        "a rule tree; opposites by the opposite operator",
        "condition.and",
        "condition.or",
        "condition.not",
    ),
    *exact(
        "rules on the fact's property, if it has a value",
        "condition.compare",
        "condition.in-set",
        "condition.between",
        "condition.is-known",
    ),
    *approximated("a property for each member: `tags_vip` is yes or no", "condition.has"),
    *exact("the audience's own condition in its place", "condition.in-audience"),
    *exact("the contact is unsubscribed", "condition.unsubscribed"),
    *refused(
        "Resend reads fields of the event and of the contact only",
        _STAND_IN,
        "condition.in-top",
        "condition.order-has",
        "condition.bought",
        "condition.engaged",
        "condition.happened",
        "condition.received",
        "condition.in-flow",
        "condition.entered",
        "condition.holds",
    ),
]
_REST = [
    *approximated(_PROPERTY, "fact.*"),
    *approximated("whether the contact has unsubscribed; e-mail only", "fact.consent"),
    *approximated("a field of the event, which the shop sends", "fact.trigger"),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
    *approximated("the shop sends it under this name, for the customer's contact", "event.*"),
    *exact("send_email", "channel.email"),
    *refused(
        "Resend sends e-mail only",
        "the message is left out and the run goes on",
        "channel.*",
    ),
    *exact("field of the contact", "variable.first_name", "variable.last_name", "variable.email"),
    *exact(
        "the playbook's own text",
        "variable.sender.name",
        "variable.sender.email",
        "variable.sender.url",
        "variable.sender_address",
        "variable.sender.address",
    ),
    *exact("{{{RESEND_UNSUBSCRIBE_URL}}}", "variable.unsubscribe_url"),
    *approximated("the shared code, or a contact property", "variable.offer.code"),
    *approximated(
        "a contact property into which the shop writes the last day, as it should read",
        "variable.offer.valid_until",
    ),
    *approximated(_PROPERTY, "variable.customer"),
    *approximated("a field of the event, which the shop sends", "variable.*"),
]
CAPABILITIES: Final = table(
    [*_PLAYBOOK, *_GUARDRAILS, *_FLOW, *_TRIGGERS, *_STEPS, *_OBJECTS, *_CONDITIONS, *_REST]
)
