"""A message that is sent because it was opened or clicked: reading it sends it again."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import enters_without_limit, sends
from playbook_compiler.conditions import Compare, Not, all_of
from playbook_compiler.conditions_analysis import is_impossible
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.facts import Nature
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.triggers import EventTrigger

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find flows that an opened or clicked message starts and that send the same message.

    Found where the trigger names the message and a customer may enter twice, or where the trigger
    lets the message pass and entry has no limit.
    """
    for sent in sends(graph):
        trigger, flow = sent.flow.trigger, sent.flow
        if not isinstance(trigger, EventTrigger):
            continue
        fields = graph.playbook.catalogue.trigger_facts(trigger.event)
        nature = graph.playbook.catalogue.events[trigger.event].nature
        if nature is not Nature.AFTER_MESSAGE or "trigger.message" not in fields:
            continue
        this = Compare(fields["trigger.message"], "=", sent.message.id)
        channel = Compare(fields["trigger.channel"], "=", sent.message.channel)
        where = [] if trigger.where is None else [trigger.where]
        passes = not is_impossible(all_of([*where, this, channel]))
        named = bool(where) and passes and is_impossible(all_of([*where, Not(this)]))
        limited = not enters_without_limit(flow)
        once = flow.entry is not None and flow.entry.rule == "once"
        if (named and not once) or (passes and not limited):
            yield error(
                RULE,
                f"`{sent.message.id}` starts the flow that sends it: reading it sends it again",
                sent.node.origin.span("send"),
                caption="the message that the trigger waits for",
                help=(
                    "send another message, let the trigger name others"
                    f" (`where: trigger.message != {sent.message.id}`), or write `entry: once`"
                ),
                labels=(Label(trigger.origin.span("event"), "starts when it is read"),),
            )
