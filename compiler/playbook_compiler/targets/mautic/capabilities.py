"""What Mautic can say: one row a construct. The docs page and `export --list` are made from it.

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
_FIELD = "a contact field of its own, which the shop keeps up to date"
_YES_NO = "a yes/no field for the whole test, which the shop keeps up to date"
_FILLED = "a segment that the shop fills: it puts the contact in at this moment"
_BENEFIT = "made in the shop with this benefit; the shop writes the customer's code into a field"
_QUOTED = "a contact field in which the shop keeps the value of the latest event"
_OTHER = "a call of your service for this channel, whose address you fill in"
_WAIT = (
    "below an e-mail, message_opened and link_clicked are a decision, which acts at once; "
    "else a delay as long as the time-out, then a look at the day of the latest event: those "
    "whose event came go on when the delay is over"
)
_PROGRAMMES = "Mautic has points, but no programme: nothing is earned, redeemed or lost by itself"

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *exact("all objects carry it in their names", "playbook.name"),
    *approximated(
        "the name of the sender; the address it mails from is a setting of the account",
        "playbook.sender",
    ),
    *exact("what it brings in is exported where it belongs", "playbook.include"),
    *approximated(f"each is {_FIELD}", "playbook.facts"),
    *approximated("each is a date field: the day of the latest such event", "playbook.events"),
    *approximated(
        "hours are those of the contact's zone, else of the account's: set it",
        "playbook.timezone",
    ),
    *approximated("amounts in fields are in this currency", "playbook.currency"),
    *dropped(_READER, "playbook.checklists", "playbook.checks"),
    *dropped(
        "nothing is switched on by an export: a person publishes the campaigns of the stage",
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
    *dropped("Mautic knows no products", "playbook.products"),
    *dropped("resolved before the export", "playbook.use"),
    *refused(
        "Mautic does not know a marketplace's rules",
        "the rules are left out: keep marketplace customers out of the account",
        "playbook.marketplaces",
    ),
    *programmes_elsewhere(_PROGRAMMES),
]
_GUARDRAILS = [
    *approximated(
        "the account's frequency rule, which you set (for these e-mails Mautic keeps it from "
        "version 7.2 on): it counts calendar days, weeks or months and sends a message that finds "
        "no room later",
        "guardrails.frequency",
        "guardrails.when_capped",
    ),
    *approximated(
        "restricted hours of each message, in the contact's zone, else the account's; hours that "
        "run over midnight end before it",
        "guardrails.quiet_hours",
    ),
    *approximated(
        "Mautic, from version 7.2 on, writes to everybody who is not on Do Not Contact: put those "
        "there who have not consented. Earlier versions send these e-mails to all",
        "guardrails.consent",
    ),
    *dropped("checked when the playbook is compiled", "guardrails.discounts"),
    *approximated(
        "a yes/no field that the shop draws once for each contact; asked at the start of a flow, "
        "or, where held-out customers get something of it (transactional messages, updates, other "
        "flows), before each marketing message, gift, task, list and call",
        "guardrails.holdout",
    ),
]
_FLOW = [
    *dropped(_READER, "flow.strategy", "flow.about"),
    *approximated(
        "not checked by Mautic: publish the campaign in these stages only", "flow.stages"
    ),
    *approximated(
        "a condition in front of the first event; those turned away are members of the campaign",
        "flow.audience",
    ),
    *approximated(
        "once, unless you allow contacts to restart the campaign; Mautic counts no days between "
        "two entries",
        "flow.entry",
    ),
    *approximated(
        "audiences and points: a filter keeps those out whose field says that they were there on "
        "the first day, which you set before you publish. Inactivity and dates: who came to it "
        "during the length of a run enters. With `over`: everybody at once",
        "flow.existing",
    ),
    *dropped(
        "Mautic has no order among campaigns: two messages due at one instant both go out",
        "flow.priority",
    ),
    *dropped(_SIMULATION, "flow.running", "flow.expect"),
    *approximated(
        "who had the event leaves the flow's segment, and with it the campaign", "flow.exit_on"
    ),
    *approximated(
        "a condition before every action, `yes` of which ends the path; of several tests as fresh "
        "as Mautic's last rebuilding of a segment",
        "flow.exit_when",
    ),
    *dropped("Mautic measures no goals", "flow.goal"),
    *exact("exported unpublished like every campaign: leave it so", "flow.enabled"),
]
_TRIGGERS = [
    *approximated(_FILLED, "trigger.event", "trigger.event.at_least", "trigger.event.within"),
    *approximated(
        "a condition in front of the first event; where it reads the event, the shop asks it",
        "trigger.where",
    ),
    *approximated(
        "a segment with the audience's filters; who ceases to belong to it leaves the campaign",
        "trigger.enters",
    ),
    *approximated(
        "a segment of those whose last order is so many days old; an order ends the run, whether "
        "or not `exit_on` names it",
        "trigger.inactive_for",
    ),
    *approximated(
        "birthdays and days that a contact field holds: a segment with filters; other days, and "
        "runs longer than a month: a segment that you fill on the day",
        "trigger.date",
        "trigger.date.before",
        "trigger.date.after",
    ),
    *approximated("a segment of those with so many of Mautic's points", "trigger.points_reach"),
    *approximated(
        _FILLED,
        "trigger.replenishment",
        "trigger.every",
        "trigger.points_expiring",
        "trigger.offer_expiring",
        "trigger.tier_changed",
        "trigger.tier_changed.to",
    ),
]
_STEPS = [
    *exact("in the description of the event, and its stable id", "step.id"),
    *exact("an action that sends the message", "step.send"),
    *approximated(
        "restricted hours of the action outside the quiet hours, in the contact's zone; hours that "
        "run over midnight end before it",
        "step.send.at",
    ),
    *approximated(
        "the message names the customer's code from a contact field; the shop makes the discount "
        "and writes the code",
        "step.send.offer",
    ),
    *dropped(_SIMULATION, "step.send.expect"),
    *approximated(
        "one after the other: who is on Do Not Contact for the channel goes on to the next, and "
        "below an e-mail who has not opened or clicked in time; Mautic waits for no delivery",
        "step.send.ladder",
        "step.send.reached",
    ),
    *exact("conditions on a tag that remembers whose turn it is", "step.send.rotation"),
    *exact("the delay of the event that follows", "step.wait"),
    *approximated(_WAIT, "step.wait.event", "step.wait.happened", "step.wait.timed_out"),
    *approximated(
        "it looks back to entry, on the longest way; below an e-mail the decision counts from the "
        "e-mail on",
        "step.wait.since",
    ),
    *exact("restricted hours and weekdays of the event that follows", "step.wait.time"),
    *approximated(
        "a condition; what is unknown goes to no. Several tests go through a segment, as fresh as "
        "Mautic's last rebuilding of it",
        "step.if",
        "step.if.then",
        "step.if.else",
        "step.branch",
        "step.branch.else",
    ),
    *approximated(
        "conditions on a number from 0 to below 100 in a contact field, which the shop draws once "
        "for each contact; without it, the last arm",
        "step.split",
        "step.split.variants",
    ),
    *dropped(_SIMULATION, "step.split.experiment"),
    *approximated(
        "a tag: contacts with it are the owner's list, who takes the tag away when it is done",
        "step.task",
        "step.task.owner",
        "step.task.due",
    ),
    *dropped(_SIMULATION, "step.task.cost"),
    *exact("the path ends", "step.exit"),
    *approximated(
        "a call of the shop, whose address you fill in", "step.grant", "step.grant.credit"
    ),
    *approximated("Mautic's own points", "step.grant.points"),
    *exact("an action on the contact", "step.update"),
    *exact("the contact's tags", "step.update.tag", "step.update.untag"),
    *exact("Do Not Contact for the channel", "step.update.suppress"),
    *exact("the contact field of the fact", "step.update.field"),
    *exact("a segment without filters", "step.audience"),
    *exact("a webhook with the contact's number and address", "step.call"),
    *approximated("the contact is put into the segment of that flow", "step.start"),
]
_OBJECTS = [
    *exact("filters of the segments and conditions that refer to it", "audience.where"),
    *refused(
        "Mautic keeps no advertising audience in step",
        "connect a segment to the advertising service by hand",
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
        "unique: a contact field that the shop fills; else the shared code stands in the message",
        "offer.code",
    ),
    *dropped(_SIMULATION, "offer.cost"),
    *exact("the kind of action", "message.channel"),
    *approximated(
        "Mautic, from version 7.2 on, writes to nobody on Do Not Contact: let transactional "
        "e-mails go out to them by the switch of the e-mail",
        "message.kind",
    ),
    *exact("subject with our variables as tokens", "message.subject", "message.preview"),
    *exact("Markdown as HTML and as text; a token has no conditions", "message.body"),
]
_CONDITIONS = [
    *exact(
        "filters of a segment, of which all hold in some group",
        "condition.and",
        "condition.or",
        "condition.not",
        "condition.in-audience",
    ),
    *exact(
        "by the fact that is read",
        "condition.compare",
        "condition.in-set",
        "condition.between",
        "condition.is-known",
        "condition.has",
    ),
    *approximated(
        "the day of the latest such event, in a field that the shop keeps up to date; whole days",
        "condition.happened",
    ),
    *approximated(
        "e-mail: read in the last days, as Mautic counts them; other channels: a yes/no field",
        "condition.engaged",
    ),
    *approximated(
        "e-mail of any kind: sent in the last days; single messages and other channels: a yes/no "
        "field",
        "condition.received",
    ),
    *exact("Do Not Contact because the contact unsubscribed", "condition.unsubscribed"),
    *approximated(
        _YES_NO,
        "condition.in-top",
        "condition.order-has",
        "condition.bought",
        "condition.in-flow",
        "condition.entered",
        "condition.holds",
    ),
]
_FACTS = [
    *approximated(
        "the day it counts from, in a date field that the shop keeps up to date",
        "fact.days_since_last_order",
        "fact.days_since_first_order",
        "fact.days_as_customer",
    ),
    *approximated("Mautic's own points", "fact.points"),
    *approximated(
        "the contact's tags, asked by the campaign; in the segment of a flow a yes/no field",
        "fact.tags",
    ),
    *approximated("not on Do Not Contact for the channel", "fact.consent"),
    *approximated(
        f"{_FIELD}; tests of a yearly day are {_YES_NO}",
        "fact.birthday",
    ),
    *approximated(_QUOTED, "fact.trigger"),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
    *approximated(_FIELD, "fact.*"),
]
_EVENTS = [
    *approximated(
        "below an e-mail: the decision on it; else the reading of any e-mail",
        "event.message_opened",
    ),
    *approximated(
        "below an e-mail: the decision on it; else a date field that the shop keeps up to date, of "
        "any message",
        "event.link_clicked",
    ),
    *approximated(
        "as a trigger or exit: the shop fills the flow's segment; else a date field, the day of "
        "the latest such event",
        "event.*",
    ),
]
_CHANNELS = [
    *exact("e-mail", "channel.email"),
    *approximated(
        "an action without a message: make it in Mautic from the text, and choose it",
        "channel.sms",
        "channel.push",
    ),
    *approximated(_OTHER, "channel.*"),
]
_VARIABLES = [
    *exact("contact field", "variable.first_name", "variable.last_name", "variable.email"),
    *exact("the playbook's own text", "variable.sender.name", "variable.sender.url"),
    *approximated(
        "the playbook's own text; Mautic's import takes e-mail addresses out of all texts",
        "variable.sender.email",
    ),
    *exact("the playbook's address", "variable.sender_address", "variable.sender.address"),
    *exact("{unsubscribe_url}", "variable.unsubscribe_url"),
    *approximated(
        "a contact field into which the shop writes the customer's code, or the shared code",
        "variable.offer.code",
    ),
    *approximated(
        "a contact field into which the shop writes the last day", "variable.offer.valid_until"
    ),
    *approximated(_FIELD, "variable.customer"),
    *approximated(_QUOTED, "variable.*"),
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
