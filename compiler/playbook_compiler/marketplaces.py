"""What marketplaces let a shop send to their buyers (F10), held by every send.

A marketplace that is named here without a rule forbids nothing. Buyers of a marketplace are those
whose fact `marketplace` is its name.
"""

from __future__ import annotations

from typing import Final

from playbook_compiler.kinds import ListOf, MapOf, Word
from playbook_compiler.programme_units import LIMIT
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Rate
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import FLAG

KINDS: Final = ("marketing", "transactional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketplace(Record):
    """The rules of one marketplace for mails to its buyers."""

    id: str
    at_most: Rate | None = key(
        LIMIT, "Messages to one buyer: 1 per order, or 3 per 30d.", default=None
    )
    kinds: tuple[str, ...] = key(
        ListOf(Word(KINDS, "a kind of message"), single=True, least=1),
        "The kinds of message that it allows.",
        default=KINDS,
    )
    offers: bool = key(FLAG, "Whether a message may carry an offer.", default=True)


MARKETPLACES: Final = MapOf(RecordOf(Marketplace, "a marketplace's rules"), noun="marketplace")
