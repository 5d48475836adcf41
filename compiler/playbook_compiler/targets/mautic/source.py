"""What brings contacts into a campaign: one segment for each flow.

Mautic starts nothing on an event. Where contact fields tell who belongs into a flow, the segment
has filters, and whoever ceases to match leaves the campaign. Else it is filled from outside: the
shop puts a contact in at the event and takes him out where the run ends.
"""

from __future__ import annotations

from playbook_compiler.facts import ValueType
from playbook_compiler.model import Flow
from playbook_compiler.steps import Step, UntilEvent, UntilTime, Wait, children
from playbook_compiler.targets.mautic import terms
from playbook_compiler.targets.mautic.conditions import (
    audience_condition,
    happened,
    satisfied,
    segment_groups,
)
from playbook_compiler.targets.mautic.logic import (
    BOOLEAN,
    DATE,
    NUMBER,
    Filter,
    Formula,
    all_of,
    any_of,
    opposite,
)
from playbook_compiler.targets.mautic.state import Export, Segment
from playbook_compiler.triggers import (
    BIRTHDAY,
    FIRST_ORDER,
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    PointsReach,
)
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass

# A segment names every day of a run that a yearly date begins: beyond, nobody could read it.
LONGEST_RUN = 31
ORDER_PLACED = "order_placed"


@dataclass(frozen=True, slots=True)
class Source:
    """A flow's segment. `outside`: it is filled and emptied by the shop."""

    segment: str
    outside: bool


def segment_name(flow: str) -> str:
    """Return the stable name of the segment that feeds a flow's campaign."""
    return f"{flow}/start"


def source_of(export: Export, flow: Flow) -> Source:
    """Make the segment that feeds a flow's campaign."""
    trigger, node = flow.trigger, f"{flow.id}/trigger"
    span = trigger.origin.key_span(trigger.kind)
    label = f"{export.playbook.name}: {flow.id}"
    formula = _formula(export, flow)
    if formula is None:
        what = _in_words(flow)
        leave = ", ".join(flow.exit_on or ())
        note = f"put the contact in when {what}"
        if leave:
            note += f"; take him out at {leave}"
        export.lowering.need("segment", terms.shown(label), note)
        if f"trigger.{trigger.kind}" not in ("trigger.event",):
            export.lowering.note(
                f"trigger.{trigger.kind}", node, span, f"a segment that the shop fills: {note}"
            )
        name = export.segment(Segment(segment_name(flow.id), label, f"playbook: {note}"))
        return Source(name, outside=True)
    days = run_days(flow)
    # An order makes the last one young: that alone ends an inactivity.
    by_itself = (ORDER_PLACED,) if isinstance(trigger, Inactivity) else ()
    leaves = [event for event in flow.exit_on or () if event not in by_itself]
    recent = [happened(event, Duration(days=days), export) for event in leaves]
    whole = all_of(formula, *(opposite(one) for one in recent))
    groups = segment_groups(whole, f"flow {flow.id}", export)
    if is_left_out(flow):
        absent = Filter(existing_field(export, flow), BOOLEAN, "!=", "1")
        groups = tuple((*group, absent) for group in groups)
    description = f"playbook: {_in_words(flow)}"
    name = export.segment(Segment(segment_name(flow.id), label, description, groups))
    return Source(name, outside=not groups)


def is_left_out(flow: Flow) -> bool:
    """Return whether a field has to keep out those who meet the trigger on the first day."""
    skips = flow.existing is None or flow.existing.over is None
    return skips and isinstance(flow.trigger, EntersAudience | PointsReach)


def existing_field(export: Export, flow: Flow) -> str:
    """Return the field that says who met the trigger on the first day."""
    note = (
        f"yes for everybody whom the flow {flow.id} finds there on its first day, set before the "
        "campaign is published; no as soon as the customer meets the trigger no longer"
    )
    return export.fields.of(f"existing_{flow.id}", BOOLEAN, note)


def run_days(flow: Flow) -> int:
    """Return how many whole days a run lasts at most."""
    return int(-(-_longest(flow.steps) // 1)) + 1


def _longest(steps: tuple[Step, ...]) -> float:
    total = 0.0
    for step in steps:
        match step:
            case Wait(wait=Duration() as wait):
                total += float(wait.nominal_days)
            case Wait(wait=UntilEvent(at_most=at_most)):
                total += float(at_most.nominal_days)
            case Wait(wait=UntilTime()):
                total += 7
        total += max((_longest(inner) for _, inner in children(step)), default=0.0)
    return total


def _formula(export: Export, flow: Flow) -> Formula | None:
    """Return who belongs into the flow by his contact fields; None: they do not tell."""
    match flow.trigger:
        case EntersAudience(enters=audience):
            found = satisfied(audience_condition(export, audience), export, audience)
            return found if any(segment_groups(found, audience, export)) else None
        case Inactivity(inactive_for=duration):
            _note_days(export, flow, "inactive_for", duration)
            return _inactive(export, flow, max(1, round(duration.nominal_days)))
        case PointsReach(points_reach=points):
            return Filter("points", NUMBER, "gte", str(points))
        case DateTrigger(before=before, after=after):
            dated = _dated(export, flow, flow.trigger)
            for key, shift in (("before", before), ("after", after)):
                if dated is not None and shift is not None:
                    _note_days(export, flow, key, shift)
            return dated
        case _:
            return None


def _inactive(export: Export, flow: Flow, days: int) -> Formula:
    """Return those whose last order is so old; without `existing`, those only who came to it during
    the length of a run, so that the launch does not bring in everybody."""
    note = "the day of the customer's last order"
    alias = export.fields.of(terms.LAST_ORDER, DATE, note)
    old = Filter(alias, DATE, "lte", f"-{days} days")
    if flow.existing is not None and flow.existing.over is not None:
        return old
    return all_of(old, Filter(alias, DATE, "gte", f"-{days + run_days(flow)} days"))


def _dated(export: Export, flow: Flow, trigger: DateTrigger) -> Formula | None:
    """Return those whose day has come, for as long as a run lasts."""
    if not isinstance(trigger.date, str):
        return None
    shift = 0
    if trigger.before is not None:
        shift = round(trigger.before.nominal_days)
    if trigger.after is not None:
        shift = -round(trigger.after.nominal_days)
    days = run_days(flow)
    fact = export.playbook.catalogue.facts.get(trigger.date)
    name = trigger.date
    alias = export.fields.of(name, DATE, f"`{name}`, kept up to date by the shop")
    if fact is not None and fact.type is ValueType.DATE:
        last, first = relative(shift), relative(shift - days)
        return all_of(Filter(alias, DATE, "lte", last), Filter(alias, DATE, "gte", first))
    if days > LONGEST_RUN:
        return None
    came = any_of(*(Filter(alias, DATE, "=", anniversary(shift - day)) for day in range(days + 1)))
    if name == FIRST_ORDER:
        # The first anniversary is a year after the order, not the day of it.
        return all_of(came, Filter(alias, DATE, "lte", "-300 days"))
    return came


def _note_days(export: Export, flow: Flow, key: str, duration: Duration) -> None:
    """Note a length of time that is not one in whole days."""
    if duration.nominal_days == round(duration.nominal_days):
        return
    trigger = flow.trigger
    construct = f"trigger.{trigger.kind}"
    if key != trigger.kind:
        construct += f".{key}"
    days = (
        max(1, round(duration.nominal_days))
        if key == trigger.kind
        else round(duration.nominal_days)
    )
    how = f"{export.lowering.capabilities[construct].how}; {duration} are {days} whole days"
    export.lowering.note(construct, f"{flow.id}/trigger", trigger.origin.key_span(key), how)


def relative(days: int) -> str:
    """Return the filter value of a day that is so many days ahead."""
    return "today" if days == 0 else f"{days:+d} days"


def anniversary(days: int) -> str:
    """Return the filter value of a yearly day that is so many days ahead."""
    return BIRTHDAY if days == 0 else f"{BIRTHDAY} {days:+d} days"


def _in_words(flow: Flow) -> str:
    """Return in words who belongs into the flow."""
    trigger = flow.trigger
    match trigger:
        case EventTrigger(event=event, at_least=at_least, within=within):
            words = f"`{event}` happens"
            if at_least > 1:
                words += f" {at_least} times within {within}"
        case _:
            value = getattr(trigger, trigger.kind)
            words = f"the trigger `{trigger.kind}: {value}` fires"
            for key in ("before", "after", "to"):
                if getattr(trigger, key, None):
                    words += f", {key} {getattr(trigger, key)}"
    if trigger.where is not None:
        words += f" and {trigger.where}"
    return words
