"""Messages as files to copy from, and the items that say so."""

from __future__ import annotations

from playbook_compiler.export.bundle import file_name
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import everything
from playbook_compiler.export.wording import Wording, variation, word
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Message
from playbook_compiler.source import Span
from playbook_compiler.spoken.steps import messages_sent
from playbook_compiler.targets.manual.items import Item, Section
from playbook_compiler.targets.manual.template import DIALECT
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with the offer that it carries, "" for none, and what it says."""

    message: Message
    offer: str
    wording: Wording

    @property
    def name(self) -> str:
        """The name of the pair: `come-back+twenty`."""
        return variation(self.message.id, self.offer)

    @property
    def text_file(self) -> str:
        """The file of the plain text."""
        return f"messages/{file_name(self.name)}.txt"

    @property
    def html_file(self) -> str:
        """The file of the page, of e-mails."""
        return f"messages/{file_name(self.name)}.html"

    def files(self) -> dict[str, bytes]:
        """Return the files to copy from."""
        found = {self.text_file: self.wording.text.encode()}
        if self.wording.html:
            found[self.html_file] = self.wording.html.encode()
        return found


def letters(graph: TriggerGraph, lowering: Lowering) -> tuple[Letter, ...]:
    """Return every message with each offer that a flow sends it with; those never sent, too."""
    playbook = graph.playbook
    pairs = [pair for flow in playbook.flows.values() for pair in messages_sent(flow.steps)]
    sent = {message for message, _ in pairs}
    pairs += [(name, "") for name in playbook.messages if name not in sent]
    return tuple(
        Letter(
            playbook.messages[message],
            offer,
            word(
                playbook,
                DIALECT,
                lowering,
                playbook.messages[message],
                playbook.offers.get(offer),
                everything,  # a person sees whether the mark can be filled in
            ),
        )
        for message, offer in sorted(set(pairs))
    )


def messages(several: tuple[Letter, ...]) -> Section:
    """Return an item for each message, with its subject and its files."""
    items: list[Item] = []
    for letter in several:
        message, wording = letter.message, letter.wording
        span = message.origin.key_span()
        kind = f"{message.kind} message by {message.channel}"
        files = " and ".join(letter.files())
        carried = f', with the offer "{letter.offer}"' if letter.offer else ""
        items.append(
            Item(f'Create "{letter.name}", a {kind}{carried}: {files}', span, file=letter.text_file)
        )
        if wording.subject:
            items.append(Item(f"Subject: {wording.subject}", _at(message, "subject"), depth=1))
        if wording.preview:
            items.append(Item(f"Preview line: {wording.preview}", _at(message, "preview"), depth=1))
        if not message.body:
            items.append(Item("It has no text yet: write it", span, depth=1))
        if wording.filled:
            marks = ", ".join(f"[{name}]" for name, _ in wording.filled)
            items.append(Item(f"Replace the marks by the engine's own: {marks}", span, depth=1))
        if message.kind == "marketing" and message.channel == "email":
            items.append(Item("Replace [unsubscribe link] by the engine's own", span, depth=1))
    return Section(
        "Messages",
        tuple(items),
        intro="The texts are in files. A mark in brackets is for the engine's own variable. One "
        "that a flow cannot fill in (an order's number where no order started it) takes its "
        "default or is left out.",
    )


def _at(message: Message, key: str) -> Span:
    return message.origin.key_span(key) if message.origin.has(key) else message.origin.key_span()
