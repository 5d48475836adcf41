"""What BPMN can say: one row a construct. The docs page and `export --list` are made from it.

`exact` of a step or trigger means: SpiffWorkflow runs the process, and sends what a replay of the
playbook sends, at the same second (tests/contracts/test_bpmn_replay.py). Where the application that
holds the engine has to answer for what one process cannot know, the row says approximated.
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
_PROGRAMMES = "a process of one run keeps no accounts: points, levels and fees need a system"
_OFFER = "named in the send task, its terms in the message's file: the shop makes and honours it"
_ASKED = "a variable that the application sets to true, false or None"

_PLAYBOOK = [
    *exact("the version of the language, which the export has read", "playbook.playbook"),
    *exact("in the names of the processes", "playbook.name"),
    *exact("in the texts of the messages", "playbook.sender"),
    *exact("what it brings in is exported where it belongs", "playbook.include"),
    *exact("variables of the same names, None where not known", "playbook.facts"),
    *exact("messages of the same names, which the application sends", "playbook.events"),
    *approximated(
        "`after`, `until` and `local_time` use each customer's zone: where it is not known, let "
        "them use this one",
        "playbook.timezone",
    ),
    *exact("amounts are whole minor units of it", "playbook.currency"),
    *dropped(_READER, "playbook.checklists", "playbook.checks"),
    *dropped(
        "an export starts nothing: a person deploys the flows of the stage",
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
    *approximated(
        "every send asks the variable `marketplace_allows`, which the application sets by these "
        "rules",
        "playbook.marketplaces",
    ),
    *programmes_elsewhere(_PROGRAMMES),
]
_GUARDRAILS = [
    *approximated(
        "every marketing send asks `room_at(channel)`: one process does not see what others sent",
        "guardrails.frequency",
    ),
    *approximated(
        "a timer until there is room, then all questions again; the delay counts from the moment "
        "at which the caps are found full",
        "guardrails.when_capped",
    ),
    *exact(
        "a gateway on `local_time` and a timer until they end, then all questions again",
        "guardrails.quiet_hours",
    ),
    *exact("every marketing send asks the variable of its channel", "guardrails.consent"),
    *dropped("checked when the playbook is compiled", "guardrails.discounts"),
    *approximated(
        "every marketing send asks the variable `held_out`, which the application draws once for "
        "each customer: others than in the simulation",
        "guardrails.holdout",
    ),
]
_FLOW = [
    *dropped(_READER, "flow.strategy"),
    *exact("documentation of the process", "flow.about"),
    *approximated("not known to the engine: deploy the flow in these stages", "flow.stages"),
    *exact("condition of the gateway at entry", "flow.audience"),
    *approximated(
        "a gateway at entry asks `may_enter`, which the application answers by this rule: a "
        "process sees no other runs",
        "flow.entry",
    ),
    *approximated(
        "the application starts processes for those of the first day, or does not", "flow.existing"
    ),
    *dropped(
        "engines know no order among processes: of two messages due at one instant either may be "
        "first",
        "flow.priority",
    ),
    *dropped(_SIMULATION, "flow.running", "flow.expect"),
    *exact("the steps are a sub-process that this message ends at once", "flow.exit_on"),
    *exact("a gateway before every action", "flow.exit_when"),
    *dropped("measured by you, not by the engine", "flow.goal"),
    *exact("a flow that is off is not executable", "flow.enabled"),
]
_TRIGGERS = [
    *exact("message start event", "trigger.event"),
    *approximated(
        "a gateway asks how often the event came, which the application counts",
        "trigger.event.at_least",
        "trigger.event.within",
    ),
    *exact("condition of a gateway behind the start event", "trigger.where"),
    *exact(
        "conditional start event; the application looks whenever facts change and at midnight",
        "trigger.enters",
    ),
    *exact(
        "a process starts with each order and goes on when so much time has passed; a new order "
        "ends it",
        "trigger.inactive_for",
    ),
    *exact("as inactivity; `typical interval` and `product` approximated", "trigger.replenishment"),
    *approximated(
        "timer start event on `next_day(...)`: the application starts one process a customer, and "
        "the next when that is over",
        "trigger.date",
        "trigger.date.before",
        "trigger.date.after",
    ),
    *approximated(
        "timer start event on `next_time(...)`: the application starts one process a customer, and "
        "the next when that is over",
        "trigger.every",
    ),
    *approximated(
        "message start event: the system that keeps them sends the message",
        "trigger.points_reach",
        "trigger.points_expiring",
        "trigger.offer_expiring",
        "trigger.tier_changed",
        "trigger.tier_changed.to",
    ),
]
_STEPS = [
    *exact("in the id of its shape", "step.id"),
    *exact("send task; its message names channel, text and offer", "step.send"),
    *exact(
        "a gateway on `local_time` and a timer until the window opens, asked once", "step.send.at"
    ),
    *exact("in the name of the message that is thrown", "step.send.offer"),
    *dropped(_SIMULATION, "step.send.expect"),
    *exact(
        "a send task for each message; where one is held back or not reached in time the next "
        "follows",
        "step.send.ladder",
        "step.send.reached",
    ),
    *exact(
        "a gateway on a variable that the service task `next-turn` counts", "step.send.rotation"
    ),
    *exact(
        "timer: hours as ISO 8601 duration, days and months by `after`, the customer's calendar",
        "step.wait",
    ),
    *exact("event-based gateway: a message or a timer", "step.wait.event"),
    *exact("the way of the message", "step.wait.happened"),
    *exact("the way of the timer", "step.wait.timed_out"),
    *exact(
        "a gateway asks first whether it came since `acted_at` or `entered_at`", "step.wait.since"
    ),
    *exact("timer on `until`", "step.wait.time"),
    *exact("exclusive gateway; what is unknown takes the default", "step.if", "step.if.then"),
    *exact("default of the gateway", "step.if.else", "step.branch.else"),
    *exact("exclusive gateway whose conditions exclude each other", "step.branch"),
    *approximated(
        "exclusive gateway on the customer's bucket of this split, drawn by a hash: always the "
        "same arm, but not the arm of the simulation",
        "step.split",
        "step.split.variants",
    ),
    *dropped(_SIMULATION, "step.split.experiment"),
    *exact(
        "service task `task`: it hands the work to people, and the run goes on",
        "step.task",
        "step.task.owner",
        "step.task.due",
    ),
    *dropped(_SIMULATION, "step.task.cost"),
    *exact("the path leads to the end event", "step.exit"),
    *exact("service task `grant`", "step.grant"),
    *approximated(
        "service task `grant`: the system that keeps them adds them",
        "step.grant.points",
        "step.grant.credit",
    ),
    *exact("service task `update`: the application changes the fact", "step.update"),
    *exact(
        "service task `update`",
        "step.update.tag",
        "step.update.untag",
        "step.update.suppress",
        "step.update.field",
    ),
    *approximated(
        "service task `audience`: the application takes the customer out again", "step.audience"
    ),
    *exact("service task `call`, with the address and fields", "step.call"),
    *exact("throws a message, for which the other process has a second start event", "step.start"),
]
_OBJECTS = [
    *exact("written out in every expression that names it", "audience.where"),
    *refused(
        "no process keeps an advertising audience in step",
        "keep the audience in step by another system",
        "audience.sync",
    ),
    *approximated(
        _OFFER,
        "offer.percent_off",
        "offer.amount_off",
        "offer.free_shipping",
        "offer.gift",
        "offer.credit",
        "offer.points",
        "offer.minimum",
        "offer.limit",
        "offer.product",
        "offer.valid",
        "offer.code",
        "offer.replaces",
    ),
    *approximated(
        "every send asks whether the customer had a code and holds it still: two variables",
        "offer.once_per_customer",
    ),
    *exact("every send asks the audience's condition", "offer.for"),
    *dropped(_SIMULATION, "offer.cost"),
    *exact("in the name of the message that is thrown", "message.channel"),
    *exact("marketing asks for consent, holdout and caps; transactional does not", "message.kind"),
    *exact("Liquid, in the message's file", "message.subject", "message.preview"),
    *exact("Markdown as HTML and as text, in the message's file", "message.body"),
]
_CONDITIONS = [
    *exact(
        "Python expressions that are true exactly where the condition is; unknown is not",
        "condition.and",
        "condition.or",
        "condition.not",
        "condition.compare",
        "condition.in-set",
        "condition.between",
        "condition.is-known",
        "condition.has",
    ),
    *exact("the audience's condition, written out", "condition.in-audience"),
    *approximated(
        _ASKED,
        "condition.in-top",
        "condition.order-has",
        "condition.bought",
        "condition.engaged",
        "condition.happened",
        "condition.received",
        "condition.in-flow",
        "condition.entered",
        "condition.holds",
        "condition.unsubscribed",
    ),
]
_FACTS = [
    *exact(
        "a variable of the same name, which the application keeps",
        "fact.orders",
        "fact.revenue",
        "fact.aov",
        "fact.days_since_first_order",
        "fact.days_since_last_order",
        "fact.days_as_customer",
        "fact.channel",
        "fact.marketplace",
        "fact.country",
        "fact.zone",
        "fact.birthday",
        "fact.tags",
        "fact.consent",
        "fact.own",
    ),
    *exact("a variable that comes with the start message", "fact.trigger"),
    *approximated(
        "a variable that the application has to work out",
        "fact.probability_alive",
        "fact.expected_orders",
        "fact.rfm",
        "fact.rfm.r",
        "fact.rfm.f",
        "fact.rfm.m",
        "fact.lifecycle",
        "fact.tier",
        "fact.points",
    ),
    *dropped("read by the stages only", "fact.orders_per_month", "fact.customers"),
]
_REST = [
    *exact("message of this name, which the application sends to the right runs", "event.*"),
    *exact("in the name of the message that is thrown: the application sends it", "channel.*"),
    *exact("filled in, in Liquid, by whoever sends the message", "variable.*"),
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
        *_REST,
    ]
)
