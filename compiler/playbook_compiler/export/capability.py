"""What a target can say: one row for every construct of the language, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.export.constructs import constructs
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.values import dataclass, replace

if TYPE_CHECKING:
    from playbook_compiler.export.bundle import ExportBundle


class Support(StrEnum):
    """How far a target says what the playbook says.

    `dropped` is what the engine has no use for (a goal, an assumption) and what `--allow-lossy`
    let go; `refused` stops the export.
    """

    EXACT = "exact"
    APPROXIMATED = "approximated"
    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Capability:
    """One row: how a construct is said, how nearly, or why not.

    `lossy` is, of a refused construct, what `--allow-lossy` makes of it.
    """

    construct: str
    support: Support
    how: str
    lossy: str = ""


class Target(Protocol):
    """An engine that playbooks are exported to."""

    @property
    def name(self) -> str:
        """The word on the command line."""

    @property
    def title(self) -> str:
        """The name that people know."""

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """Return a row for every construct of the language."""

    def export(
        self, graph: TriggerGraph, *, allow_lossy: bool = False
    ) -> tuple[ExportBundle | None, list[Diagnostic]]:
        """Return what to send, or findings at the lines that the target cannot say."""


def table(rows: Iterable[Capability]) -> dict[str, Capability]:
    """Return rows by construct, in the order of the language.

    A row for `fact.*` speaks for every construct of that beginning which has no row of its own, the
    longest beginning first. A construct with two rows, and a row for no construct, are mistakes.
    """
    named: dict[str, Capability] = {}
    for row in rows:
        assert row.construct not in named, f"two rows for {row.construct}"
        named[row.construct] = row
    beginnings = sorted((name for name in named if name.endswith(".*")), key=len, reverse=True)
    found: dict[str, Capability] = {}
    for construct in constructs():
        for name in (construct, *(one for one in beginnings if construct.startswith(one[:-1]))):
            if name in named:
                found[construct] = replace(named[name], construct=construct)
                break
    idle = set(named) - set(found) - set(beginnings)
    assert not idle, f"rows for no construct: {sorted(idle)}"
    return found


def exact(how: str, *constructs: str) -> list[Capability]:
    """Return rows of constructs that a target says as they are."""
    return [Capability(one, Support.EXACT, how) for one in constructs]


def approximated(how: str, *constructs: str) -> list[Capability]:
    """Return rows of constructs that a target says nearly."""
    return [Capability(one, Support.APPROXIMATED, how) for one in constructs]


def dropped(how: str, *constructs: str) -> list[Capability]:
    """Return rows of constructs that a target has no use for."""
    return [Capability(one, Support.DROPPED, how) for one in constructs]


def refused(why: str, lossy: str, *constructs: str) -> list[Capability]:
    """Return rows of constructs that a target cannot say, and what `--allow-lossy` does."""
    return [Capability(one, Support.REFUSED, why, lossy) for one in constructs]
