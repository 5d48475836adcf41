"""What became of a playbook on its way to a target, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from textwrap import wrap

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.bundle import Entry, ExportBundle
from playbook_compiler.export.capability import Capability, Support, Target

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
        yield "To fill in before the flows can be pushed or switched on:"
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
    """Return what each target can say, one line a construct, as aligned columns."""
    constructs = list(
        dict.fromkeys(name for target in targets.values() for name in target.capabilities)
    )
    rows = [("construct", *targets)]
    for name in constructs:
        rows.append((name, *(_word(target.capabilities, name) for target in targets.values())))
    widths = [max(len(cell) for cell in column) for column in zip_longest(*rows, fillvalue="")]
    lines = []
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines)


def _word(capabilities: Mapping[str, Capability], construct: str) -> str:
    row = capabilities.get(construct)
    return Support.REFUSED.value if row is None else row.support.value
