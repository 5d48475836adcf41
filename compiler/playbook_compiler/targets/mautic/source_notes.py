"""What the report says of how contacts come into a campaign and leave it."""

from __future__ import annotations

from playbook_compiler.export.capability import Support
from playbook_compiler.model import Flow
from playbook_compiler.own_order import of_its_order
from playbook_compiler.source import Span
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.source import (
    Source,
    existing_field,
    is_left_out,
    run_days,
)
from playbook_compiler.targets.mautic.state import Export


def note_entry(export: Export, flow: Flow) -> None:
    """Note that a contact takes part once at a time, whether or not the author wrote a rule."""
    if flow.entry is None or flow.entry.rule == "once":
        return
    how = (
        f"{export.lowering.capabilities['flow.entry'].how}; while a contact takes part, a second "
        "start of the flow (another order, another cart) starts nothing"
    )
    span = _span(flow, "entry")
    export.lowering.note("flow.entry", flow.id, span, how, Support.APPROXIMATED)


def note_existing(export: Export, flow: Flow, source: Source) -> None:
    """Note what becomes of those who meet the trigger on the first day."""
    over = flow.existing.over if flow.existing is not None else None
    lowering, setting = export.lowering, f"first day of {flow.id}"
    support = Support.APPROXIMATED
    if source.outside and over is None:
        if not flow.origin.has("existing"):
            return
        how, support = "the shop puts in only those to whom it happens", Support.EXACT
    elif source.outside:
        how = f"the shop puts in those who meet the trigger already, spread over {over}"
        lowering.need("setting", setting, how)
    elif over is not None:
        how = "everybody who meets the trigger enters at once when the campaign is published"
        note = f"publish the campaign when you can write to all of them at once, not over {over}"
        lowering.need("setting", setting, note)
    elif is_left_out(flow):
        alias = existing_field(export, flow)
        how = (
            f"a filter keeps those out whose field `{alias}` says yes: set it for everybody who is "
            "in the flow's segment before you publish the campaign, or all of them enter"
        )
        note = (
            f"before you publish the campaign, export the contacts of the segment "
            f"`{terms.shown(f'{export.playbook.name}: {flow.id}')}`, and import them with the "
            f"field `{alias}` set to yes: they leave the segment, and only later ones enter"
        )
        lowering.need("setting", setting, note)
    else:
        how = (
            f"who met the trigger in the last {run_days(flow)} days (as long as a run lasts) "
            "enters when the campaign is published; others do not"
        )
    lowering.note("flow.existing", flow.id, _span(flow, "existing"), how, support)


def _span(flow: Flow, key: str) -> Span:
    """Return where a key of a flow stands, or the trigger from which it follows."""
    if flow.origin.has(key):
        return flow.origin.key_span(key)
    return flow.trigger.origin.key_span(flow.trigger.kind)


def note_leaving(export: Export, flow: Flow, source: Source) -> None:
    """Note how the events that end a run end it."""
    if not flow.exit_on:
        return
    days = run_days(flow)
    how = (
        "the shop takes the contact out of the flow's segment, and Mautic out of the campaign"
        if source.outside
        else f"who had the event in the last {days} days (as long as a run lasts) is not in the "
        "flow's segment: he leaves the campaign, and does not enter it so soon after"
    )
    if any(of_its_order(export.playbook, flow, event) for event in flow.exit_on):
        how += "; that of any order ends the run, not only of the order that started the flow"
    if any(event in terms.DECISIONS for event in flow.exit_on):
        how += "; that of any message ends the run"
    span = flow.origin.key_span("exit_on") if flow.origin.has("exit_on") else flow.origin.key_span()
    export.lowering.note("flow.exit_on", flow.id, span, how, Support.APPROXIMATED)
