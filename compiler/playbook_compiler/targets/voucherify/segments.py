"""Customer segments: audiences, and the other conditions that rules ask."""

from __future__ import annotations

from playbook_compiler.conditions import Condition, InAudience
from playbook_compiler.export.bundle import ref
from playbook_compiler.export.capability import Support
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.source import Span
from playbook_compiler.targets.voucherify import fields, naming
from playbook_compiler.targets.voucherify.conditions import Scope, lower_condition
from playbook_compiler.targets.voucherify.fields import EVERYBODY, Groups
from playbook_compiler.targets.voucherify.state import Export

# The vendor's most, less what levels, members and newcomers take.
SEGMENTS_MOST = 100 - 12
UNUSED = "no offer or programme asks for it, and Voucherify cannot tell who is in it"
TIER, MEMBER = "tier", "member"


def audience_segments(export: Export, name: str) -> tuple[str, ...] | None:
    """Return placeholders of the segments whose members an audience is; None means everybody.

    Nobody is an empty tuple, noted as a refusal.
    """
    if name not in export.segments:
        audience = export.playbook.audiences[name]
        span = audience.origin.key_span("where")
        scope = Scope(export.playbook, export.lowering, name)
        found = lower_condition(audience.where, scope)
        export.segments[name] = _made(export, name, f"audience {name}", found)
        if export.segments[name] == ():
            _note_none(export, found, "audience.where", name, span)
        export.lowering.note("audience.where", name, span)
    return export.segments[name]


def condition_segments(
    export: Export, name: str, label: str, condition: Condition, construct: str, told: str
) -> tuple[str, ...] | None:
    """Return placeholders of the segments of a condition that stands outside an audience.

    `name` is theirs, `told` the one in the report.
    """
    if isinstance(condition, InAudience):
        return audience_segments(export, condition.audience)
    if name not in export.segments:
        found = lower_condition(condition, Scope(export.playbook, export.lowering, told))
        export.segments[name] = _made(export, name, label, found)
        if export.segments[name] == ():
            owner = construct.split(".")[1]
            _note_none(export, found, construct, owner, condition.span)
    return export.segments[name]


def other_audiences(export: Export) -> None:
    """Make the segments of those audiences that nothing asks for and that can be said whole."""
    for name, audience in export.playbook.audiences.items():
        if name in export.segments:
            continue
        lowering = export.lowering
        trial = Lowering(lowering.title, lowering.capabilities, allow_lossy=False)
        groups = lower_condition(audience.where, Scope(export.playbook, trial, name))
        if trial.findings or not 0 < len(groups) <= _room(export) or groups == EVERYBODY:
            lowering.leave_out("audience", name, UNUSED)
        else:
            audience_segments(export, name)


def level_segment(export: Export, level: str) -> str:
    """Return the segment of customers who have at least a level, by their metadata."""
    name = f"level.{level}"
    if not export.has("segment", name):
        tiers = export.playbook.programmes and export.playbook.programmes.tiers
        assert tiers, "a level belongs to a programme of tiers"
        above = tiers.in_order[tiers.in_order.index(level) :]
        note = "the customer's level, kept up to date by the shop from Voucherify's tier events"
        export.lowering.need("property", TIER, note)
        groups = fields.one(f"metadata.{TIER}", "$in", *above)
        _segment(export, name, f"level {level} and above", groups)
    return ref("segment", name)


def member_segment(export: Export) -> str:
    """Return the segment of those who have bought the membership, by their metadata."""
    name = "programme.members"
    if not export.has("segment", name):
        _segment(export, name, "members", fields.one(f"metadata.{MEMBER}", "$is", True))
    return ref("segment", name)


def newcomer_segment(export: Export) -> str:
    """Return the segment of those who have not ordered yet."""
    groups = fields.one(fields.ORDERS, "$less_than", 1)
    return _segment(export, "programme.newcomers", "newcomers", groups)


def need_membership(export: Export) -> None:
    """Ask the shop to keep who is a member."""
    note = "true while the customer's paid membership or its trial lasts, kept by the shop"
    export.lowering.need("property", MEMBER, note)


def _note_none(export: Export, groups: Groups, construct: str, name: str, span: Span) -> None:
    why = "nobody meets the condition: Voucherify's segments need a test that somebody passes"
    if groups:
        why = f"Voucherify takes {SEGMENTS_MOST} segments beside those of programmes"
    lossy = "what is only for them is left out"
    export.lowering.note(construct, name, span, why, Support.REFUSED, lossy)


def _room(export: Export) -> int:
    """Return how many more segments the project takes."""
    made = sum(1 for one in export.requests.values() if one.kind == "segment")
    return SEGMENTS_MOST - made


def _made(export: Export, name: str, label: str, groups: Groups) -> tuple[str, ...] | None:
    if groups == EVERYBODY:
        return None
    if not groups or len(groups) > _room(export):
        return ()
    if fields.as_filter(groups) is not None:
        return (_segment(export, name, label, groups),)
    return tuple(
        _segment(export, f"{name}.{number}", f"{label} ({number} of {len(groups)})", (group,))
        for number, group in enumerate(groups, 1)
    )


def _segment(export: Export, name: str, label: str, groups: Groups) -> str:
    filter_ = fields.as_filter(groups)
    assert filter_ is not None, "the groups were made for one segment"
    title = export.title(naming.inert(label))
    return export.make("segment", name, {"name": title, "type": "passive", "filter": filter_})
