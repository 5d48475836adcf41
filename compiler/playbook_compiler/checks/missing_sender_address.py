"""A marketing e-mail that does not say where its sender lives, which law demands in every one."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._texts import said_to_all
from playbook_compiler.diagnostics import Diagnostic, Label, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.template import parse_template, variables

RULE = name_of(__name__)
ADDRESS = ("sender_address", "sender.address")


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find marketing e-mails whose text has neither the variable nor the sender's address."""
    sender = graph.playbook.sender
    address = " ".join(sender.address.split()) if sender is not None else ""
    for message in graph.playbook.messages.values():
        if message.channel != "email" or message.kind != "marketing" or not message.body:
            continue
        template, _ = parse_template(message.body)
        if template is None:
            continue
        said = [place for place in variables(template) if place[0] in ADDRESS]
        if said and not address:
            yield error(
                RULE,
                f"the marketing e-mail `{message.id}` says the sender's address, and there is none",
                message.body_span(said[0][1], said[0][2]),
                caption="would be empty",
                help='add it: `sender: {..., address: "Teeweg 1, 10115 Berlin"}`',
                labels=() if sender is None else (Label(sender.origin.span(), "no `address`"),),
            )
        elif address and address in " ".join(message.body.split()):
            continue
        elif said and not said_to_all(template, message.body) & set(ADDRESS):
            yield error(
                RULE,
                f"not everyone who gets the marketing e-mail `{message.id}` reads where its sender"
                " lives",
                message.body_span(said[-1][1], said[-1][2]),
                caption="only some see this",
                help="put it outside of any `{% if %}` and comment, at the end of the text",
            )
        elif not said:
            yield error(
                RULE,
                f"the marketing e-mail `{message.id}` does not say where its sender lives",
                message.origin.key_span(),
                caption="its text has no postal address",
                help="end the text with `{{ sender_address }}`; `sender.address` fills it in",
            )
