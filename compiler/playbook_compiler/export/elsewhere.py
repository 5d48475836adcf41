"""Programmes, for engines of messages and steps: another engine runs them.

A playbook with flows and programmes goes to two engines, and neither export is a loss of the other.
So programmes are no error here (decision 0054); they stand in the report and among what a person
has to see to before anything is switched on. What a flow needs of them is told at its own line.
"""

from __future__ import annotations

from playbook_compiler.export.capability import Capability, dropped
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.model import Playbook
from playbook_compiler.programmes import PROGRAMME_NAMES


def programmes_elsewhere(why: str) -> list[Capability]:
    """Return the rows of programmes; `why` says what the engine has not."""
    how = f"{why}; a loyalty engine runs them, or the shop"
    return dropped(how, "playbook.programmes", "programme.*")


def note_programmes(lowering: Lowering, playbook: Playbook) -> None:
    """Note that each programme of a playbook is to be set up in another engine."""
    for name in PROGRAMME_NAMES:
        if getattr(playbook.programmes, name, None) is not None:
            note = (
                f"{lowering.title} does not run it: set it up in a loyalty engine"
                " (`playbook export voucherify`) or by hand (`playbook export manual`)"
            )
            lowering.need("programme", name, note)
