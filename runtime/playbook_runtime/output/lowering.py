"""What became of a playbook on its way to a target, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.bundle import Entry, ExportBundle
from playbook_compiler.export.capability import Support, Target
from playbook_compiler.export.matrix import MARKS, MEANINGS, by_part, mark

WIDTH = 90
_HEADINGS = {
    Support.APPROXIMATED: "Approximated:",
    Support.DROPPED: "Left out:",
}


def lowering_summary(bundle: ExportBundle) -> str:
    """Return the counts, then what is approximated or left out with its places, then what a
    person must fill in."""
    return "\n".join(_lines(bundle)) + "\n"


def _lines(bundle: ExportBundle) -> Iterator[str]:
    counts = bundle.lowering.counts()
    yield ", ".join(f"{counts[support]} {support.value}" for support in Support if counts[support])
    for support, heading in _HEADINGS.items():
        entries = bundle.lowering.of(support)
        if entries:
            yield ""
            yield heading
            yield from _grouped(entries)
    if bundle.lookups:
        yield ""
        yield "To fill in before they can be switched on:"
        for one in bundle.lookups:
            note = f": {one.note}" if one.note else ""
            yield f"  {one.kind} `{shown(one.name)}`{shown(note)}"


def _grouped(entries: Iterable[Entry]) -> Iterator[str]:
    """Return one paragraph for each way of saying something: the first place, what, and how."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.how, []).append(entry)
    for how, places in groups.items():
        first = places[0].span
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        constructs = ", ".join(dict.fromkeys(_word_of(entry.construct) for entry in places))
        yield f"  {shown(first.file)}:{first.line}:{first.column}{more}: {constructs}"
        yield from (f"      {shown(line)}" for line in wrap(how, WIDTH))


def _word_of(construct: str) -> str:
    """Return a construct as its author wrote it: `currency`, `entry` of a flow, step `wait`."""
    kind, _, name = construct.partition(".")
    if kind == "playbook":
        return f"`{name}`"
    return f"{kind} `{name}`" if name else f"`{kind}`"


def matrix(targets: Mapping[str, Target]) -> str:
    """Return what all targets can say: a mark for each construct, a column for each target."""
    return "\n".join(_matrix(targets)) + "\n"


def _matrix(targets: Mapping[str, Target]) -> Iterator[str]:
    for support, sign in MARKS.items():
        yield f"{sign}  {support.value}: {MEANINGS[support]}"
    yield "`playbook export --list TARGET` says of one target how."
    width = max(len(name) for _, names in by_part() for name in names) + 2
    yield ""
    for number, name in enumerate(targets):
        yield " " * width + "| " * number + name
    for heading, names in by_part():
        yield f"\n{heading}"
        for name in names:
            marks = " ".join(mark(target, name) for target in targets.values())
            yield f"{name.ljust(width)}{marks}"


def capability_list(target: Target) -> str:
    """Return what one target can say: the support of each construct, and how."""
    return "\n".join(_capability_list(target)) + "\n"


def _capability_list(target: Target) -> Iterator[str]:
    rows = target.capabilities
    width = max(len(name) for name in rows) + 2
    kinds = max(len(support.value) for support in Support) + 2
    for heading, names in by_part():
        yield f"\n{heading}"
        for name in names:
            row = rows[name]
            more = f"; with --allow-lossy: {row.lossy}" if row.lossy else ""
            lines = wrap(f"{row.how}{more}", WIDTH - width, break_on_hyphens=False)
            yield f"{name.ljust(width)}{row.support.value.ljust(kinds)}{lines[0]}"
            yield from (" " * (width + kinds) + line for line in lines[1:])
