"""A flow in words: its rules, and its steps as a numbered outline."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.model import Flow, Playbook
from playbook_compiler.source import Span
from playbook_compiler.spoken.conditions import condition_words
from playbook_compiler.spoken.lengths import length
from playbook_compiler.spoken.steps import step_words, way_words
from playbook_compiler.spoken.triggers import trigger_words
from playbook_compiler.steps import Step, UntilEvent, Wait, children
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a flow: `Who may enter`, in words, and where it is written."""

    label: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an outline. `number` is (3, 1, 2) for the second step on the first way of 3.

    `step` is None for the line that names a way.
    """

    number: tuple[int, ...]
    text: str
    span: Span
    step: Step | None

    @property
    def shown_number(self) -> str:
        """The number as people read it: `3.1.2`."""
        return ".".join(str(part) for part in self.number)


def rules(flow: Flow, playbook: Playbook) -> Iterator[Rule]:
    """Return what decides who enters, who leaves and when, with the defaults that are filled in."""
    currency, trigger = playbook.currency, flow.trigger
    yield Rule("Starts when", trigger_words(trigger), trigger.origin.key_span(trigger.kind))
    if trigger.where is not None:
        where = condition_words(trigger.where, currency)
        yield Rule("Only if", where, trigger.origin.key_span("where"))
    if flow.audience is not None:
        words = condition_words(flow.audience, currency)
        yield Rule("Who may enter", words, flow.origin.key_span("audience"))
    if flow.entry is not None:
        again = flow.entry.again_after
        words = {
            "once": "once in a lifetime",
            "always": "each time",
        }.get(flow.entry.rule, f"again {length(again)} after the last entry" if again else "")
        yield Rule("How often", words, _at(flow, "entry"))
    if flow.existing is not None:
        over = flow.existing.over
        words = f"enter too, spread evenly over {length(over)}" if over else "do not enter"
        yield Rule("Those who meet this on the first day", words, _at(flow, "existing"))
    if flow.exit_on:
        yield Rule("Ends at once when one of these happens", ", ".join(flow.exit_on),
                   _at(flow, "exit_on"))  # fmt: skip
    if flow.exit_when is not None:
        words = f"{condition_words(flow.exit_when, currency)} (looked at before each action)"
        yield Rule("Ends when", words, flow.origin.key_span("exit_when"))
    yield Rule(
        "Priority", f"{flow.priority} (higher goes first at the same instant)",
        _at(flow, "priority"),
    )  # fmt: skip
    if flow.goal is not None:
        words = f'"{flow.goal.event}" within {length(flow.goal.within)} of entry'
        yield Rule("Goal (measured only)", words, _at(flow, "goal"))
    yield Rule("Stages of the business", ", ".join(flow.stages), _at(flow, "stages"))
    if flow.running is not None:
        yield Rule("Runs already", str(flow.running), flow.origin.key_span("running"))
    if not flow.enabled:
        yield Rule("Paused", "the playbook keeps it off", flow.origin.key_span("enabled"))


def outline(flow: Flow, playbook: Playbook) -> Iterator[Line]:
    """Return a line for each step and each way out of it, in their order."""
    yield from _lines(flow.steps, (), playbook)


def _lines(steps: tuple[Step, ...], above: tuple[int, ...], playbook: Playbook) -> Iterator[Line]:
    for number, step in enumerate(steps, 1):
        here = (*above, number)
        span = step.origin.key_span(step.kind)
        yield Line(here, step_words(step, playbook), span, step)
        if isinstance(step, Wait) and not isinstance(step.wait, UntilEvent):
            continue
        ways = children(step)
        if isinstance(step, Wait) and not any(inner for _, inner in ways):
            continue
        for order, (way, inner) in enumerate(ways, 1):
            words = way_words(step, way, playbook)
            empty = "" if inner else " go on with the next step"
            yield Line((*here, order), f"{words}:{empty}", span, None)
            yield from _lines(inner, (*here, order), playbook)


def _at(flow: Flow, name: str) -> Span:
    return flow.origin.key_span(name) if flow.origin.has(name) else flow.origin.key_span()
