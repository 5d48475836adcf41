"""What the report says of a flow's start: how an event starts it, and who is there already."""

from __future__ import annotations

from playbook_compiler.export.capability import Support
from playbook_compiler.model import Flow
from playbook_compiler.targets.dittofeed.starts import starts_by_event
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.triggers import EventTrigger, Inactivity

_NOBODY = "Dittofeed brings in nobody to whom it happened before the journey was started"
_ONE_DAY = "the segment is one day wide: the start brings in those of the last day, all at once"


def note_start(export: Export, flow: Flow, seconds: int) -> None:
    """Note how an event starts the journey, and the seconds that the first step waits for it."""
    construct = f"trigger.{flow.trigger.kind}"
    span = flow.trigger.origin.key_span(flow.trigger.kind)
    how, support = export.lowering.capabilities[construct].how, None
    if seconds:
        how += f"; after {seconds // 60} minutes, in which segments come to know of it"
        support = Support.APPROXIMATED
    export.lowering.note(construct, f"{flow.id}/trigger", span, how, support)


def note_existing(export: Export, flow: Flow) -> None:
    """Note what becomes of those who meet the trigger when the journey is started."""
    if not flow.origin.has("existing"):
        return
    skipped = flow.existing is None or flow.existing.over is None
    how, support = "", Support.APPROXIMATED
    if starts_by_event(flow.trigger):
        how, support = _NOBODY, Support.EXACT if skipped else Support.DROPPED
    elif isinstance(flow.trigger, EventTrigger | Inactivity):
        how = _ONE_DAY if skipped else f"{_ONE_DAY}; nobody from before comes in, at no time"
        support = Support.APPROXIMATED if skipped else Support.DROPPED
    if how:
        span = flow.origin.key_span("existing")
        export.lowering.note("flow.existing", flow.id, span, how, support)
