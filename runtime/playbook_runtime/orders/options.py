"""What the command line says about the input files: the same flags on every command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from playbook_compiler.values import dataclass, field

NO_MAP: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OrderOptions:
    """How to read an orders, customers or events file. What is None is found out or refused.

    `map` names the column of a field (`{"customer_id": "Kunde"}`); `source` forces a platform;
    `skip_lines` counts the physical lines before the header; `date_format` is written with
    DD, MM, YYYY, HH, mm, ss or with strptime's % codes; `currency` is an ISO 4217 code and, where
    the file has a currency column, keeps its rows only; `timezone` is an IANA zone, the shop's;
    `max_rejects` is the number of rows that may be set aside (None: 20, or 1% if that is more);
    `quarantine` is the file to write them to (None: `<file>.quarantine.csv` in the current folder).
    """

    map: Mapping[str, str] = field(default_factory=lambda: NO_MAP)
    source: str | None = None
    encoding: str | None = None
    skip_lines: int = 0
    date_format: str | None = None
    currency: str | None = None
    timezone: str | None = None
    max_rejects: int | None = None
    quarantine: Path | None = None


@dataclass(frozen=True, slots=True)
class OrderInput:
    """How to read, and the optional files beside the orders."""

    options: OrderOptions
    customers: Path | None
    events: Path | None
