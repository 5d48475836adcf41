"""A table of contact pressure: the most messages a month, and flows that write on the same day."""

from __future__ import annotations

from playbook_compiler.contact import MARKETING, FlowContact, contact
from playbook_compiler.graph import TriggerGraph


def render(graph: TriggerGraph) -> str:
    """Return the contact pressure of the flows as plain text."""
    found = contact(graph)
    if not found.flows:
        return "No flow sends anything.\n"
    lines = [
        "The most that one customer can get, by the playbook alone. What customers do in fact,",
        "only a simulation or a replay can count.",
        "",
    ]
    rows = [("flow", "messages", "a month at most")]
    rows += [(one.flow.id, one.kind, _bound(one)) for one in found.flows]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines += [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines += ["", _total(found.fixed, found.open_ended), _caps(found.capped)]
    if found.overlaps:
        lines += ["", "Flows that can write to the same customer on the same day:"]
        lines += [f"  {one.first.id} and {one.second.id}: {one.why}" for one in found.overlaps]
    return "\n".join(lines) + "\n"


def _bound(one: FlowContact) -> str:
    if one.runs is None:
        return f"{one.in_month} for each {one.each}"
    if one.runs == 1:
        return str(one.in_month)
    return f"{one.bound} ({one.in_month} in each of {one.runs} runs)"


def _total(fixed: int, open_ended: tuple[FlowContact, ...]) -> str:
    each: dict[str, int] = {}
    for one in open_ended:
        each[one.each] = each.get(one.each, 0) + one.in_month
    more = "".join(f", and {count} more for each {what}" for what, count in sorted(each.items()))
    return f"All {MARKETING} together: {fixed}{more}."


def _caps(capped: int | None) -> str:
    if capped is None:
        return "No frequency cap on all channels together limits it."
    return f"The frequency caps let at most {capped} of them through in a month."
