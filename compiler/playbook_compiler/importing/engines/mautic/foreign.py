"""What people set in Mautic and a playbook has no word for: listed, with what to do by hand."""

from __future__ import annotations

from collections.abc import Set

from playbook_compiler.importing.engines.mautic.mails import title_of
from playbook_compiler.importing.engines.mautic.reading import Row, listed
from playbook_compiler.importing.imported import Notes


def note_mails(notes: Notes, data: Row, path: str, sent: Set[str]) -> None:
    """List the e-mails of a campaign that do not come in; `sent` are the numbers of the others."""
    for number, row in enumerate(listed(data, "email")):
        place, what = f"{path}/email/{number}", f"the e-mail `{title_of(row)}`"
        if str(row.get("id")) not in sent:
            notes.left(
                place, what, "nothing that came in sends it",
                "write a message and a step that sends it",
            )  # fmt: skip
