"""What stands before a flow's first step: trigger, re-entry, who may enter, what ends a run."""

from __future__ import annotations

from typing import Any

from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.model import Flow
from playbook_compiler.steps import Wait
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.targets.klaviyo.conditions import lower_condition
from playbook_compiler.targets.klaviyo.dates import date_trigger, without_word
from playbook_compiler.targets.klaviyo.formula import TRUE, Formula, Groups, as_filter, both
from playbook_compiler.targets.klaviyo.scope import Scope
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.triggers import (
    DateTrigger,
    EntersAudience,
    EventTrigger,
    Inactivity,
    Replenishment,
)
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass, replace

ABANDONED_AFTER = Duration(seconds=3600)


@dataclass(frozen=True, slots=True)
class Head:
    """A flow without its steps: `gate` is asked once at entry, `stay` before every action.

    `entered` is the profile property that holds the day of the last entry, where Klaviyo's own
    re-entry criteria would count those whom the gate turns away; else empty. `unless_ordered`: an
    abandoned cart that has become an order in the meantime is none.
    """

    trigger: dict[str, Any]
    gate: Groups
    stay: Groups
    reentry: dict[str, Any]
    abandoned_after: Duration | None
    entered: str
    unless_ordered: bool


def lower_head(export: Export, flow: Flow, scope: Scope) -> Head | None:
    """Return the flow's head, or None where Klaviyo has no such trigger."""
    trigger, lowering = flow.trigger, export.lowering
    node = f"{flow.id}/trigger"
    how, support, lossy = without_word(trigger)
    span = trigger.origin.key_span(trigger.kind)
    if not lowering.note(f"trigger.{trigger.kind}", node, span, how, support, lossy):
        return None
    made: dict[str, Any]
    gate: list[Formula] = []
    abandoned: Duration | None = None
    match trigger:
        case EventTrigger(event=event):
            metric = terms.event_metric(event)
            made = {"type": "metric", "id": tests.metric_id(lowering, metric.name)}
            _note_event(export, event, node, flow)
            abandoned = _abandoned(flow, event)
        case Inactivity(inactive_for=duration):
            made = {"type": "segment", "id": _inactive(export, flow, duration)}
        case EntersAudience(enters=audience):
            export.audiences.add(audience)
            made = {"type": "segment", "id": ref("segment", audience)}
        case DateTrigger():
            found = date_trigger(export, flow, trigger)
            if found is None:
                return None
            made = found
        case Replenishment(replenishment=Duration()):
            made = {"type": "metric", "id": tests.metric_id(lowering, terms.PLACED_ORDER)}
        case _:
            raise AssertionError(f"a trigger with a row and no lowering: {trigger.kind}")
    groups: Groups = ()
    if trigger.where is not None:
        lowering.note("trigger.where", node, trigger.origin.key_span("where"))
        groups = lower_condition(trigger.where, scope).true.yes
    own = tuple(group for group in groups if all(one["type"] == "metric-property" for one in group))
    rest = tuple(group for group in groups if group not in own)
    if own and group_has_tests(own):
        made["trigger_filter"] = as_filter(own)
    else:
        own, rest = (), groups
    if isinstance(trigger, EventTrigger) and trigger.at_least > 1:
        gate.append(_at_least(export, flow, trigger, own))
    if flow.audience is not None:
        lowering.note("flow.audience", flow.id, flow.origin.key_span("audience"))
        gate.append(lower_condition(flow.audience, scope).true)
    entered, again = _entered(export, flow, asked=bool(rest or gate))
    entering = both(TRUE, *gate, *again)
    return Head(
        made,
        rest + entering.yes,
        _stay(export, flow, scope),
        _reentry(export, flow, own_mark=bool(entered)),
        abandoned,
        entered,
        made_of_a_cart(flow),
    )


def made_of_a_cart(flow: Flow) -> bool:
    """Return whether the flow begins with an abandoned cart and would not end with an order."""
    trigger = flow.trigger
    cart = isinstance(trigger, EventTrigger) and trigger.event == "cart_abandoned"
    return cart and "order_placed" not in (flow.exit_on or ())


def _entered(export: Export, flow: Flow, *, asked: bool) -> tuple[str, list[Formula]]:
    """Return the property that holds the last entry, and the test that it is long enough ago.

    Klaviyo's re-entry criteria count everybody whom the trigger brings, so that an own mark is
    needed where a gate turns people away, and where the run only begins after a wait.
    """
    entry = flow.entry
    if entry is None or entry.rule == "always":
        return "", []
    if not asked and not isinstance(flow.trigger, Replenishment):
        return "", []
    name = f"{terms.ENTERED}{flow.id}"
    property_ = tests.custom(name)
    if entry.again_after is None:
        test = tests.is_set(property_)
        how, support = f"the first entry stands in the profile property `{name}`", Support.EXACT
    else:
        days = round(entry.again_after.nominal_days)
        if days < 1:
            return "", []
        test = tests.on_a_day_of_the_last(property_, days)
        how = f"the day of the last entry, {days} whole days, in the profile property `{name}`"
        support = Support.APPROXIMATED
    export.lowering.need("property", name, "the day of the last entry; the flow writes it itself")
    export.lowering.note("flow.entry", flow.id, _span(flow, "entry"), how, support)
    return name, [test.opposite()]


def group_has_tests(groups: Groups) -> bool:
    """Return whether every group has a test that can hold."""
    return all(groups)


def _at_least(export: Export, flow: Flow, trigger: EventTrigger, own: Groups) -> Formula:
    """Return the test that the event came so often, those alone that meet the trigger's filter."""
    lowering, node = export.lowering, f"{flow.id}/trigger"
    how, support = "", None
    filters: tuple[dict[str, Any], ...] = ()
    if own and all(len(group) == 1 for group in own):
        filters = tuple({"property": test["field"], "filter": test["filter"]} for (test,) in own)
    elif trigger.where is not None:
        how = "a split on the metric's count after the trigger, which counts events that do not "
        how, support = how + "meet `where`, too", Support.APPROXIMATED
    span = trigger.origin.key_span("at_least")
    lowering.note("trigger.event.at_least", node, span, how, support)
    frame = tests.ALL_TIME
    if trigger.within is not None:
        lowering.note("trigger.event.within", node, trigger.origin.key_span("within"))
        frame = tests.relative(trigger.within)
    metric = terms.event_metric(trigger.event).name
    often = trigger.at_least
    return tests.metric(lowering, metric, "greater-than-or-equal", often, frame, filters=filters)


def _abandoned(flow: Flow, event: str) -> Duration | None:
    """Return the time after which a checkout is abandoned, unless the first step waits longer."""
    if event != "cart_abandoned":
        return None
    first = flow.steps[0] if flow.steps and not made_of_a_cart(flow) else None
    match first:
        case Wait(wait=Duration() as wait) if wait.nominal_days >= ABANDONED_AFTER.nominal_days:
            return None
    return ABANDONED_AFTER


def _inactive(export: Export, flow: Flow, duration: Duration) -> str:
    """Make the segment of those whose last order is so old, and return its placeholder."""
    name = f"{flow.id}.inactive"
    days = max(1, round(duration.nominal_days))
    recent = tests.happened(export.lowering, terms.PLACED_ORDER, tests.in_the_last_days(days))
    ever = tests.happened(export.lowering, terms.PLACED_ORDER, tests.ALL_TIME)
    export.segments[name] = (
        f"inactive for {duration} ({flow.id})",
        both(recent.opposite(), ever).yes,
    )
    return ref("segment", name)


def _stay(export: Export, flow: Flow, scope: Scope) -> Groups:
    """Return what must hold before every action: no exit event, no exit condition."""
    lowering = export.lowering
    parts = []
    if flow.exit_on:
        how = ""
        if set(flow.exit_on) & set(terms.OF_AN_ORDER):
            how = lowering.capabilities["flow.exit_on"].how + "; events of any order"
        lowering.note("flow.exit_on", flow.id, _span(flow, "exit_on"), how)
    for event in flow.exit_on or ():
        _note_event(export, event, flow.id, flow)
        metric = terms.event_metric(event).name
        parts.append(tests.happened(lowering, metric, tests.SINCE_FLOW_START).opposite())
    if isinstance(flow.trigger, Replenishment):
        ordered = tests.happened(lowering, terms.PLACED_ORDER, tests.SINCE_FLOW_START)
        parts.append(ordered.opposite())
    if flow.exit_when is not None:
        lowering.note("flow.exit_when", flow.id, flow.origin.key_span("exit_when"))
        asked = replace(scope, reads_event=False)  # a profile filter knows no event
        parts.append(lower_condition(flow.exit_when, asked).true.opposite())
    return both(TRUE, *parts).yes


def _reentry(export: Export, flow: Flow, *, own_mark: bool) -> dict[str, Any]:
    """Return the re-entry criteria: `alltime` with 1 never again, with 0 at once."""
    entry = flow.entry
    if own_mark:
        return {"duration": 0, "unit": "alltime"}
    how, support = "", None
    if entry is not None and entry.again_after is not None:
        frame = tests.relative(entry.again_after)
        found = {"duration": frame["quantity"], "unit": frame["unit"]}
        if entry.again_after.months or (entry.again_after.days and entry.again_after.seconds):
            how = f"re-entry after {frame['quantity']} {frame['unit']}s"
            support = Support.APPROXIMATED
    else:
        once = entry is not None and entry.rule != "always"
        found = {"duration": int(once), "unit": "alltime"}
    export.lowering.note("flow.entry", flow.id, _span(flow, "entry"), how, support)
    return found


def note_existing(export: Export, flow: Flow) -> None:
    """Note `existing: skip`, which is what Klaviyo does by itself."""
    existing = flow.existing
    if flow.origin.has("existing") and (existing is None or existing.over is None):
        how = "Klaviyo brings in nobody who already meets the trigger"
        span = flow.origin.key_span("existing")
        export.lowering.note("flow.existing", flow.id, span, how, Support.EXACT)


def _note_event(export: Export, event: str, name: str, flow: Flow) -> None:
    own = f"event.{event}" not in export.lowering.capabilities
    construct = "event.own" if own else f"event.{event}"
    key = "trigger" if name.endswith("/trigger") else "exit_on"
    export.lowering.note(construct, name, _span(flow, key))


def _span(flow: Flow, key: str) -> Any:
    return flow.origin.key_span(key) if flow.origin.has(key) else flow.origin.key_span()
