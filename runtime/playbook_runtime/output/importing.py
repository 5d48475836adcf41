"""What came in with an import and what did not, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from playbook_compiler.diagnostics import shown
from playbook_compiler.importing.imported import Imported, Note, Outcome

WIDTH = 90
# So many places of one kind are shown; import.json has all of them.
SHOWN_LIMIT = 25
_HEADINGS = {
    Outcome.LEFT: "Not in the playbook:",
    Outcome.CHANGED: "In the playbook, but not quite the same:",
    Outcome.ASSUMED: "Not told by the input; the playbook says the likely thing:",
}


def import_summary(imported: Imported, folder: str) -> str:
    """Return what came in, what did not and why, and the next step."""
    return "\n".join(_lines(imported, folder)) + "\n"


def _lines(imported: Imported, folder: str) -> Iterator[str]:
    counted = [
        f"{count} {name if count != 1 else name.removesuffix('s')}"
        for name, count in imported.counts().items()
        if count
    ]
    yield f"Wrote {', '.join(counted) or 'an empty playbook'} to {folder}."
    for outcome, heading in _HEADINGS.items():
        notes = imported.of(outcome)
        if notes:
            yield ""
            yield heading
            yield from _grouped(notes)
    yield ""
    if imported.notes:
        yield f"All of this stands in {folder}/import.json."
    yield f"Next: playbook check {folder}"


def _grouped(notes: Iterable[Note]) -> Iterator[str]:
    """Return one paragraph for each thing with one reason: where, what, why and what to do."""
    groups: dict[tuple[str, str, str], list[Note]] = {}
    for note in notes:
        groups.setdefault((note.what, note.why, note.advice), []).append(note)
    for number, ((what, why, advice), places) in enumerate(groups.items()):
        if number == SHOWN_LIMIT:
            yield f"  and {len(groups) - SHOWN_LIMIT} more, in import.json"
            return
        more = f" (and {len(places) - 1} more places)" if len(places) > 1 else ""
        yield f"  {shown(what)}{more}"
        yield from (f"      {line}" for line in wrap(shown(f"{why}."), WIDTH))
        if advice:
            yield from (f"      {line}" for line in wrap(shown(f"To do: {advice}."), WIDTH))
        yield f"      at {shown(places[0].path)}"
