"""What is wrong with the `expect:` of a playbook: what the library, not the grammar, knows."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.effects import Effect
from playbook_compiler.fixes import respelled
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Send, Step, children
from playbook_runtime.evidence import library
from playbook_runtime.evidence.counted_twice import counted_twice
from playbook_runtime.evidence.effects import figures, out_of_bounds
from playbook_runtime.evidence.experiment_findings import experiment_findings
from playbook_runtime.evidence.model import Grade
from playbook_runtime.evidence.risk_findings import risk_findings


def effect_findings(playbook: Playbook) -> list[Diagnostic]:
    """Return an error for every `expect:` that no prior can be made of, and every experiment on an
    effect that the library does not have; a hint where the library's rule on targets is broken.
    Light, without numpy."""
    found: list[Diagnostic] = []
    for flow in playbook.flows.values():
        sends = [one.expect for one in _all_steps(flow.steps) if isinstance(one, Send)]
        for effect in (flow.expect, *sends):
            if effect is not None:
                found.extend(_of_effect(effect))
                found.extend(counted_twice(effect, flow.expect))
    found.extend(experiment_findings(playbook))
    found.extend(risk_findings(playbook))
    return found


def _all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for _, inner in children(step):
            yield from _all_steps(inner)


def _of_effect(effect: Effect) -> Iterator[Diagnostic]:
    written = [form for form, interval in figures(effect) if interval is not None]
    if effect.source:
        yield from _of_source(effect)
        if written:
            yield error(
                "expect-twice",
                f"`library: {shown(effect.source)}` and figures of your own tell the effect twice",
                effect.origin.span(),
                caption="one of them",
                help="keep the figures, and say `evidence: ...` for where they come from",
            )
    for form, interval in figures(effect):
        complaint = out_of_bounds(form, interval) if interval is not None else ""
        if complaint:
            yield error(
                "bad-range",
                f"`{form}: {interval}`: {complaint}",
                effect.origin.span(str(form)),
                caption=complaint,
            )


def _of_source(effect: Effect) -> Iterator[Diagnostic]:
    found = library.find(effect.source)
    if found is not None and found.is_effect:
        return
    # `expect: email.lapsed` stands at the effect's own place, `{library: ...}` under its key.
    span = effect.origin.span("library")
    if found is None:
        guess = nearest(effect.source, library.usable_ids())
        yield error(
            "unknown-evidence",
            f"unknown evidence `{shown(effect.source)}`",
            span,
            caption="not an effect of the evidence library",
            help=f"did you mean `{guess}`?"
            if guess
            else f"known: {', '.join(library.usable_ids())}",
            fix=respelled(effect.origin.document.source, span, effect.source, library.usable_ids()),
        )
        return
    why = (
        "a vendor's claim without method: it is quoted, never used as an effect"
        if found.claim_only and found.grade is Grade.D
        else f"about {found.effect}: that is no effect of a message on buying"
    )
    yield error(
        "unusable-evidence",
        f"`{found.id}` is {why}",
        span,
        caption="cannot be expected of a message",
        help="write your own range, for example {added_orders: 1..6 per 1000, within: 14d}",
    )
