"""Flows as items: what to create, its rules, its steps; how to try it; what to switch on last."""

from __future__ import annotations

from playbook_compiler.export.bundle import file_name
from playbook_compiler.export.wording import variation
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Flow, Playbook
from playbook_compiler.spoken.flows import Line, outline, rules
from playbook_compiler.spoken.lengths import length
from playbook_compiler.steps import Send
from playbook_compiler.targets.manual.items import Item, Section
from playbook_compiler.targets.manual.letters import Letter
from playbook_compiler.vocabulary import STAGES


def flows(graph: TriggerGraph) -> Section:
    """Return a part for each flow."""
    playbook = graph.playbook
    return Section(
        "Flows",
        parts=tuple(_flow(flow, playbook) for flow in playbook.flows.values()),
        intro="Step 3.1.2 is the second step on the first way out of step 3: the numbers are those "
        "of the document that the export markdown writes.",
    )


def _flow(flow: Flow, playbook: Playbook) -> Section:
    about = " ".join(part for part in (flow.strategy and f"{flow.strategy}.", flow.about) if part)
    first = Item(f'Create the flow "{flow.id}" and leave it off', flow.origin.key_span())
    said = (Item(f"{one.label}: {one.text}", one.span, 1) for one in rules(flow, playbook))
    steps = (_step(line) for line in outline(flow, playbook))
    return Section(flow.id, (first, *said, *steps), intro=about)


def _step(line: Line) -> Item:
    depth = len(line.number)
    if line.step is None:
        return Item(f"{line.shown_number} {line.text}", line.span, depth, is_way=True)
    text, file = f"Step {line.shown_number}: {line.text}", ""
    if isinstance(line.step, Send):
        names = [file_name(variation(one, line.step.offer)) for one in line.step.send.messages]
        files = [f"messages/{name}.txt" for name in names]
        text, file = f"{text} (texts: {', '.join(files)})", files[0]
    return Item(text, line.span, depth, file=file)


def trial(graph: TriggerGraph, letters: tuple[Letter, ...]) -> Section:
    """Return what to try before anything is switched on."""
    playbook = graph.playbook
    items = [
        Item(
            f'Send "{letter.name}" to yourself: no mark in brackets is left, names are filled in, '
            "links work",
            letter.message.origin.key_span(),
            file=letter.text_file,
        )
        for letter in letters
    ]
    for flow in playbook.flows.values():
        ways = [line for line in outline(flow, playbook) if line.step is None]
        each = f", on each of its {len(ways)} ways" if ways else ""
        span = flow.origin.key_span()
        items.append(Item(f'Go through the flow "{flow.id}" with a test customer{each}', span))
        for event in flow.exit_on or ():
            text = f'Let "{event}" happen to the test customer: nothing more is sent'
            items.append(Item(text, span, depth=1))
    rules = playbook.guardrails
    if rules is not None and rules.frequency:
        span = rules.origin.key_span("frequency")
        items.append(Item("Send a test customer more than the limit: the rest is held back", span))
    if rules is not None and rules.holdout.fraction > 0:
        span = rules.origin.key_span("holdout")
        items.append(Item("Look at a customer who is held out: no marketing is planned", span))
    return Section("Try it", tuple(items))


def launch(graph: TriggerGraph) -> Section:
    """Return the order in which flows are switched on, those that go first at the front."""
    playbook = graph.playbook
    items = []
    for flow in sorted(playbook.flows.values(), key=lambda one: -one.priority):
        span = flow.origin.key_span()
        if not flow.enabled:
            items.append(Item(f'Leave "{flow.id}" off: the playbook pauses it', span))
            continue
        when = "" if flow.stages == STAGES else f", in the stages {', '.join(flow.stages)} only"
        items.append(Item(f'Switch on "{flow.id}"{when}', span))
        if flow.existing is not None and flow.existing.over is not None:
            text = "Let those in who meet the trigger already, spread evenly over "
            items.append(Item(f"{text}{length(flow.existing.over)}", span, depth=1))
    return Section(
        "Switch on, last of all",
        tuple(items),
        intro="One flow after the other, a day apart, so that you see what each does.",
    )
