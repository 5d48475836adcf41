"""What stands before the first step of a flow: waits, the audience, the holdout."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.export.capability import Support
from playbook_compiler.targets.klaviyo import actions
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo.actions import Action
from playbook_compiler.targets.klaviyo.body import Body, delay_actions
from playbook_compiler.targets.klaviyo.dates import first_wait
from playbook_compiler.targets.klaviyo.forks import decide
from playbook_compiler.targets.klaviyo.head import Head
from playbook_compiler.targets.klaviyo.state import Export
from playbook_compiler.targets.klaviyo.terms import HOLDOUT, PLACED_ORDER
from playbook_compiler.triggers import DateTrigger, EventTrigger

# What a customer who is held out does not get, besides messages.
HELD_BACK = ("task", "audience", "call")


def lower_front(
    body: Body, head: Head, first: str | None, kinds: set[str]
) -> tuple[list[Action], str | None]:
    """Return what stands before the first step (waits, audience, holdout), and the entry."""
    export, flow = body.export, body.flow
    front: list[Action] = []
    entry = first
    holdout = export.guardrails.holdout.fraction if export.guardrails is not None else Decimal(0)
    acts = any(node.kind in HELD_BACK for node in export.graph.of_flow(flow.id))
    if first is not None and holdout > 0 and ("marketing" in kinds or (acts and not kinds)):
        drawn, entry = _holdout(export, holdout, first, gate=not body.held_out_here)
        front = drawn + front
    if first is not None and head.entered:
        today = [actions.operation(head.entered, "date", "today")]
        front = [actions.update("trigger~entered", entry, today), *front]
        entry = "trigger~entered"
    if first is not None:
        gate, entry = decide("trigger~audience", head.gate, entry, None)
        front = gate + front
    quiet_end = export.quiet_end
    length = first_wait(flow.trigger)
    held = body.hold_until is not None and length is not None and not length.seconds
    sudden = not isinstance(flow.trigger, EventTrigger) and not held
    if sudden and quiet_end and entry and "marketing" in kinds:
        # Nobody has just done something: a segment can change in the middle of the night.
        front = [actions.until_time("trigger~hours", entry, quiet_end), *front]
        entry = "trigger~hours"
    if head.unless_ordered and entry is not None:
        ordered = tests.happened(export.lowering, PLACED_ORDER, tests.SINCE_FLOW_START)
        front = [actions.conditional("trigger~ordered", ordered.yes, None, entry), *front]
        entry = "trigger~ordered"
    if head.abandoned_after is not None and entry is not None:
        id_ = "trigger~abandoned"
        minutes = head.abandoned_after.seconds // 60
        front = [actions.delay(id_, entry, "minutes", minutes), *front]
        entry = id_
    if length is not None and entry is not None:
        delay, how, support = delay_actions(body, length, "trigger~wait", entry)
        if isinstance(flow.trigger, DateTrigger):
            node, span = f"{flow.id}/trigger", flow.trigger.origin.key_span("after")
            export.lowering.note("trigger.date.after", node, span, how, support)
        front = [*delay, *front]
        entry = delay[0]["temporary_id"] if delay else entry
    return front, entry


def _holdout(export: Export, share: Decimal, first: str, *, gate: bool) -> tuple[list[Action], str]:
    """Return the draw of the holdout: once for a customer, kept in a profile property."""
    percent = int((100 * share).quantize(Decimal(1), ROUND_HALF_EVEN))
    guardrails = export.guardrails
    assert guardrails is not None
    if not 0 < percent < 100:
        how = f"{percent}%: Klaviyo samples 1 to 99 whole percent"
        export.lowering.note(
            "guardrails.holdout",
            "guardrails",
            guardrails.origin.key_span("holdout"),
            how,
            Support.REFUSED,
            "nobody is held out",
        )
        return [], first
    export.lowering.need(
        "property", HOLDOUT, "true for the holdout; drawn by the flows themselves, do not edit"
    )
    known = tests.is_set(tests.custom(HOLDOUT)).yes
    held = ((actions.is_true(HOLDOUT),),)
    check = "trigger~holdout-held" if gate else first
    made = [
        actions.conditional("trigger~holdout-drawn", known, check, "trigger~holdout-draw"),
        actions.random_split(
            "trigger~holdout-draw", percent, "trigger~holdout-in", "trigger~holdout-out"
        ),
        actions.set_property("trigger~holdout-in", None if gate else first, HOLDOUT, True),
        actions.set_property("trigger~holdout-out", first, HOLDOUT, False),
    ]
    if gate:
        made.append(actions.conditional("trigger~holdout-held", held, None, first))
    return made, "trigger~holdout-drawn"
