"""A send window that lies wholly within the quiet hours: the message never goes out in it."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._clock import minutes, of_window
from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find windows that quiet hours cover; transactional e-mail is exempt from them."""
    guardrails = graph.playbook.guardrails
    quiet = guardrails.quiet_hours if guardrails is not None else None
    if quiet is None:
        return
    silent = minutes(quiet.start, quiet.end)
    seen: set[str] = set()
    for sent in sends(graph):
        exempt = not is_marketing(sent) and sent.message.channel == "email"
        if sent.step.at is None or exempt or sent.node.id in seen:
            continue
        if of_window(sent.step.at) <= silent:
            seen.add(sent.node.id)
            yield warning(
                RULE,
                f"the window {sent.step.at} is quiet: the message waits until {quiet.end}",
                sent.node.origin.span("at"),
                caption="nothing is sent at these hours",
                help=f"choose a window after {quiet.end}, or shorten the quiet hours",
                labels=(Label(quiet.origin.span(), "the quiet hours"),),
            )
