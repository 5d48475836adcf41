"""What the language has and this version does not compile or simulate yet: one table.

Nothing that an author writes is ignored in silence. When a later version learns something, its
line here goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, Severity, shown
from playbook_compiler.document import Document
from playbook_compiler.model import VISITS, Flow, Playbook
from playbook_compiler.records import Record
from playbook_compiler.source import Span
from playbook_compiler.steps import Send, Split, Step, UntilTime, Wait, children

REFUSED_SECTIONS = {
    "use": "shipped tactics are not compiled yet, and leaving them out would change the result",
}
UNSIMULATED_SECTIONS = (
    "matrix",
    "marketplaces",
    "products",
    "programmes",
    "checklists",
    "evidence",
)
UNSIMULATED_STEPS = ("grant", "update", "audience", "call", "start")
UNSIMULATED_TRIGGERS = (
    "enters",
    "replenishment",
    "date",
    "every",
    "points_reach",
    "points_expiring",
    "offer_expiring",
    "tier_changed",
)
UNSIMULATED_TRIGGER_KEYS = ("at_least", "within")
UNSIMULATED_EFFECTS = ("dropout", "revive", "basket", "repaid")
_STILL = "read, kept in the plan, but not checked or simulated in this version"


def unsupported(playbook: Playbook, documents: Iterable[Document]) -> list[Diagnostic]:
    """Return a finding for everything in a playbook that this version does not carry out.

    `documents` are those that the playbook was read from.
    """
    found = []
    for document in documents:
        assert isinstance(document.data, dict)
        for name in document.data:
            span = document.key_span((name,))
            if name in REFUSED_SECTIONS:
                found.append(
                    Diagnostic(
                        "not-yet-supported",
                        Severity.ERROR,
                        f"`{name}`: {REFUSED_SECTIONS[name]}",
                        span,
                        caption="not in this version",
                        help="write its flows, messages and offers in full",
                    )
                )
            elif name in UNSIMULATED_SECTIONS:
                found.append(_unsimulated(f"`{name}`", span))
    for audience in playbook.audiences.values():
        if audience.sync:
            found.append(_unsimulated(f"`sync: {audience.sync}`", audience.origin.key_span("sync")))
    for flow in playbook.flows.values():
        found.extend(_of_flow(flow))
    return found


def unused_keys(playbook: Playbook) -> tuple[str, ...]:
    """Return the keys that are kept in the plan and that neither checks of meaning nor the
    simulation go by yet, each once, in alphabetical order."""
    return tuple(sorted({name for name, _ in _unused(playbook)}))


def _unused(playbook: Playbook) -> Iterator[tuple[str, Span]]:
    """Yield each such key with its place."""
    for record, names in (
        (playbook, ("stage", "stages", "require")),
        (playbook.economics, ("acquisition", "monthly_budget", "interest_rate")),
    ):
        for name in names:
            if record is not None and record.origin.has(name):
                yield name, record.origin.key_span(name)
    if VISITS in playbook.assume:
        yield f"assume.{VISITS}", playbook.origin.key_span("assume", VISITS)
    for flow in playbook.flows.values():
        for name in ("stages", "goal"):
            if flow.origin.has(name):
                yield f"flows.{name}", flow.origin.key_span(name)
        for step in _all(flow.steps):
            if isinstance(step, Split) and step.experiment is not None:
                yield "experiment", step.origin.key_span("experiment")


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for _, inner in children(step):
            yield from _all(inner)


def kept(playbook: Playbook) -> Iterator[Diagnostic]:
    """Yield one hint for all unused keys, at the first of them, and what counts otherwise."""
    first: dict[str, Span] = {}
    for name, span in sorted(_unused(playbook), key=lambda one: one[1]):
        first.setdefault(name, span)
    if first:
        names = ", ".join(f"`{name}`" for name in sorted(first))
        places = list(first.values())
        yield Diagnostic(
            "not-yet-simulated",
            Severity.HINT,
            f"{names}: read and kept in the plan, but nothing goes by it in this version",
            places[0],
            caption="not simulated yet",
            labels=tuple(Label(span, "nor this") for span in places[1:]),
        )
    economics = playbook.economics
    if economics is not None and economics.gross_margin.by_category:
        place = economics.origin.key_span("gross_margin")
        yield _unsimulated("a margin by category (the default counts for all)", place)
    for flow in playbook.flows.values():
        if flow.running is not None:
            place = flow.origin.key_span("running")
            yield _unsimulated("`running` (the flow counts as new)", place)


def _of_flow(flow: Flow) -> Iterator[Diagnostic]:
    trigger = flow.trigger
    if trigger.kind in UNSIMULATED_TRIGGERS:
        yield _unsimulated(f"the trigger `{trigger.kind}`", trigger.origin.key_span(trigger.kind))
    yield from _keys(trigger, UNSIMULATED_TRIGGER_KEYS, "of a trigger")
    if flow.expect is not None:
        yield from _keys(flow.expect, UNSIMULATED_EFFECTS, "of an effect")
    yield from _of_steps(flow.steps)


def _of_steps(steps: tuple[Step, ...]) -> Iterator[Diagnostic]:
    for step in steps:
        place = step.origin.key_span(step.kind)
        if step.kind in UNSIMULATED_STEPS:
            yield _unsimulated(f"the step `{step.kind}`", place)
        if isinstance(step, Wait) and isinstance(step.wait, UntilTime):
            yield _unsimulated("a wait until a time or weekday", place)
        if isinstance(step, Send):
            if step.send.order != "one":
                yield _unsimulated(f"a {step.send.order} of messages", place)
            if step.expect is not None:
                yield from _keys(step.expect, UNSIMULATED_EFFECTS, "of an effect")
        for _, inner in children(step):
            yield from _of_steps(inner)


def _keys(record: Record, names: tuple[str, ...], of: str) -> Iterator[Diagnostic]:
    for name in names:
        if record.origin.has(name):
            yield _unsimulated(f"`{name}` {of}", record.origin.key_span(name))


def _unsimulated(what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "not-yet-simulated",
        Severity.WARNING,
        f"{shown(what)} is {_STILL}",
        span,
        caption="not simulated yet",
    )
