"""Marketing in a channel that the law protects, without a rule on consent."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._flows import is_marketing, sends
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
PROTECTED = {"email": "opt-in", "sms": "double-opt-in", "chat": "opt-in", "phone": "opt-in"}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find channels with marketing whose consent rule is `none`, or is not said at all.

    E-mail may leave it out: the product then takes opt-in, and `assumed-consent` says so.
    """
    guardrails = graph.playbook.guardrails
    rules = guardrails.consent if guardrails is not None else {}
    seen: set[str] = set()
    for sent in sends(graph):
        channel = sent.message.channel
        rule = rules.get(channel)
        if not is_marketing(sent) or channel not in PROTECTED or channel in seen:
            continue
        if rule not in (None, "none") or (rule is None and channel == "email"):
            continue
        seen.add(channel)
        here = sent.message.origin
        place = here.span("channel") if here.has("channel") else here.key_span()
        write = f"write `guardrails: {{consent: {{{channel}: {PROTECTED[channel]}}}}}`"
        if rule is None or guardrails is None:
            yield error(
                RULE,
                f"`{sent.message.id}` is marketing by {channel}, and no rule says what consent it"
                " needs",
                place,
                caption="needs the customer's consent",
                help=write,
            )
        else:
            yield error(
                RULE,
                f"marketing by {channel} needs the customer's consent, and this asks for none",
                guardrails.origin.span("consent", channel),
                caption=f"expected {PROTECTED[channel]}",
                help=write,
                labels=(Label(place, "this message would go to everyone"),),
            )
