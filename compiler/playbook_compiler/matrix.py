"""Where the product matrix is cut: how often is frequent, how much is valuable (F3)."""

from __future__ import annotations

from typing import Final

from playbook_compiler.programme_units import LIMIT
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Money, Rate
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import MONEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Record):
    """The two cuts of the product matrix: shops on the frequent side lean on retention."""

    frequent: Rate | None = key(
        LIMIT, "Bought at least so often is frequent: 3 per 1y.", default=None
    )
    valuable: Money | None = key(MONEY, "Orders of at least this are valuable.", default=None)


MATRIX: Final = RecordOf(Matrix, "the product matrix")
