"""The playbook as a document for people: flows in words and as pictures, tables of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.inert import markdown, markdown_code, markdown_line
from playbook_compiler.model import Audience, Flow, Message, Offer
from playbook_compiler.spoken.flows import outline, rules
from playbook_compiler.spoken.records import Said, keys_told
from playbook_compiler.spoken.sections import section
from playbook_compiler.spoken.steps import messages_sent
from playbook_compiler.spoken.triggers import trigger_words
from playbook_compiler.views.mermaid import chart

# Sections that are told as key and value, in the order of the document.
_REST = {
    "sender": "Sender",
    "guardrails": "Guardrails",
    "marketplaces": "Marketplaces",
    "programmes": "Programmes",
    "facts": "Own facts",
    "events": "Own events",
    "products": "Products",
    "stages": "Stages of the business",
    "checklists": "Checklists",
    "economics": "Economics",
    "matrix": "Frequent and valuable",
    "assume": "Assumptions",
    "require": "Requirements",
    "evidence": "Own experiments",
}


def render(graph: TriggerGraph) -> str:
    """Return the playbook as Markdown, as GitHub and GitLab show it."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: TriggerGraph) -> Iterator[str]:
    playbook = graph.playbook
    yield f"# {markdown(playbook.name)}"
    yield ""
    yield f"Amounts are in {playbook.currency}. The shop's days begin in {playbook.timezone}."
    yield f"Stage of the business: {playbook.stage}."
    yield ""
    yield "## Flows"
    yield ""
    yield from _table(
        ("flow", "starts when", "messages", "offers"),
        (_flow_row(flow) for flow in playbook.flows.values()),
    )
    for flow in playbook.flows.values():
        yield from _flow(graph, flow)
    yield from _named("Audiences", "audience", playbook.audiences.values(), playbook.currency)
    yield from _named("Offers", "offer", playbook.offers.values(), playbook.currency)
    if playbook.messages:
        yield from ("", "## Messages")
        for message in playbook.messages.values():
            yield from _message(message)
    for name, heading in _REST.items():
        rows = [(_label(one), markdown(one.text)) for one in section(playbook, name)]
        if rows:
            yield from ("", f"## {heading}", "")
            yield from _table(("key", "value"), rows)


def _flow_row(flow: Flow) -> tuple[str, ...]:
    sent = messages_sent(flow.steps)
    offers = dict.fromkeys(offer for _, offer in sent if offer)
    messages = dict.fromkeys(message for message, _ in sent)
    return (
        markdown_code(flow.id),
        markdown(trigger_words(flow.trigger)),
        ", ".join(map(markdown_code, messages)),
        ", ".join(map(markdown_code, offers)),
    )


def _flow(graph: TriggerGraph, flow: Flow) -> Iterator[str]:
    playbook = graph.playbook
    yield from ("", f"## Flow {markdown_code(flow.id)}")
    about = " ".join(part for part in (flow.strategy and f"{flow.strategy}.", flow.about) if part)
    if about:
        yield from ("", markdown_line(about))
    yield ""
    yield from _table(
        ("rule", "what it says"),
        ((markdown(one.label), markdown(one.text)) for one in rules(flow, playbook)),
    )
    yield ""
    lines = []
    for line in outline(flow, playbook):
        depth = "&emsp;" * (len(line.number) - 1)
        text = markdown(line.text)
        lines.append((f"{depth}{line.shown_number}", text if line.step else f"*{text}*"))
    yield from _table(("step", "what happens"), lines)
    yield from ("", "```mermaid", chart(graph, (flow.id,)).rstrip("\n"), "```")


def _named(
    heading: str, noun: str, several: Iterable[Audience | Offer], currency: str
) -> Iterator[str]:
    rows = [
        (
            markdown_code(one.id),
            "<br>".join(f"{_label(key)}: {markdown(key.text)}" for key in keys_told(one, currency)),
        )
        for one in several
    ]
    if rows:
        yield from ("", f"## {heading}", "")
        yield from _table((noun, "what it is"), rows)


def _message(message: Message) -> Iterator[str]:
    yield from ("", f"### {markdown_code(message.id)}", "")
    yield f"{message.kind.capitalize()}, {markdown(message.channel)}."
    for label, text in (("Subject", message.subject), ("Preview", message.preview)):
        if text:
            yield from ("", f"{label}: {markdown(text)}")
    if message.body:
        yield ""
        yield from (
            f"> {markdown_line(line)}<br>".rstrip() for line in message.body.strip().splitlines()
        )


def _label(one: Said) -> str:
    return markdown(one.label)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
