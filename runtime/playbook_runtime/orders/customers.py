"""The optional customers file: consent by channel, birthday, zone, country, acquisition channel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.diagnostics import Diagnostic, shown, warning
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.orders.amounts import quoted
from playbook_runtime.orders.header import key_of
from playbook_runtime.orders.model import NO_CODE, UNKNOWN_CONSENT, Labels, SideReading
from playbook_runtime.orders.options import OrderOptions
from playbook_runtime.orders.prepare import cell, tidy
from playbook_runtime.orders.reader import workspace
from playbook_runtime.orders.reasons import (
    ACCEPTED,
    BAD_CONSENT,
    CUSTOMER_CONFLICT,
    EMPTY_ROW,
    IDENTICAL,
    MISSING_CUSTOMER,
)
from playbook_runtime.orders.rejects import set_aside
from playbook_runtime.orders.side import (
    CUSTOMER_ALIASES,
    key_sql,
    keys_by_hash,
    quarantined,
    required_key,
    side_options,
    side_reading,
)
from playbook_runtime.orders.table import Layout, OpenTable, open_table
from playbook_runtime.orders.zones import zone_table

_YES: Final = "('yes', 'y', 'true', '1', 'subscribed', 'opt-in', 'opted in')"
_NO: Final = "('no', 'n', 'false', '0', 'unsubscribed', 'never_subscribed', 'opt-out')"
_UNKNOWN: Final = "('', 'unknown', 'null', 'none', 'n/a')"
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    **CUSTOMER_ALIASES,
    "birthday": ("birthday", "birth_date", "date_of_birth", "birthdate"),
    "zone": ("zone", "timezone", "time_zone"),
    "country": ("country", "country_code"),
    "channel": ("channel", "acquisition_channel", "source"),
    "consent_email": (
        "consent_email",
        "email_consent",
        "accepts_marketing",
        "accepts_email_marketing",
    ),
    "consent_sms": ("consent_sms", "sms_consent", "accepts_sms_marketing"),
}
_MARKS: Final[tuple[str, ...]] = ("zone", "country", "channel")


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """One element a customer (N), ascending by `customer_hash`; keys and hashes as in Orders.

    `consent`: by channel int8, 1 yes, 0 no, -1 unknown; `birthday` int16 month * 100 + day, 0 where
    unknown; `zone` (IANA names only), `country`, `channel` are None where there is no such column.
    """

    customer_key: npt.NDArray[np.object_]
    customer_hash: npt.NDArray[np.uint64]
    consent: Mapping[str, npt.NDArray[np.int8]]
    birthday: npt.NDArray[np.int16]
    zone: Labels | None
    country: Labels | None
    channel: Labels | None
    reading: SideReading

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.customer_hash)


def read_customers(
    path: Path, options: OrderOptions, key: str | None = None
) -> tuple[Customers | None, list[Diagnostic]]:
    """Read a customers file. `key` is `reading.key` of the orders it belongs to, if there are some.

    Diagnostics carry physical lines, never an e-mail, name or customer id.
    """

    def layout(names: tuple[str, ...]) -> tuple[Layout | None, list[Diagnostic]]:
        return Layout(
            {**_ALIASES, **_consent_columns(names)}, (required_key(key),), own_map=False
        ), []

    with workspace() as space:
        used = side_options(space, path, options)
        table, found = open_table(space, path, used, layout)
        if table is None:
            return None, found
        connection = space.connection
        tidy(connection, table.columns)
        channels = sorted(name for name in table.columns if name.startswith("consent_"))
        connection.execute(f"CREATE TABLE person AS {_person_sql(table, channels, key)}")
        connection.execute(f"CREATE TABLE verdict AS {_VERDICT}")
        rows = table.raw.rows + len(table.raw.rejected)
        rejects, more = set_aside(table, quarantined(connection, "verdict"), rows, used)
        found += more
        if rejects is None:
            return None, found
        customers, more = _customers(connection, table, channels)
        return customers, found + more


def _consent_columns(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return `consent_<channel>` fields for every such column, whatever the channel."""
    taken = {key_of(name) for accepted in _ALIASES.values() for name in accepted}
    return {
        name.strip().lower(): (name,)
        for name in names
        if name.strip().lower().startswith("consent_") and key_of(name) not in taken
    }


def _person_sql(table: OpenTable, channels: list[str], key: str | None) -> str:
    columns = table.columns
    consents, bad = [], []
    for channel in channels:
        text = f"lower({cell(columns, channel)})"
        consents.append(
            f"CAST(CASE WHEN {text} IN {_YES} THEN 1 WHEN {text} IN {_NO} THEN 0 "
            f'ELSE {UNKNOWN_CONSENT} END AS TINYINT) AS "{channel}"'
        )
        bad.append(f"{text} NOT IN {_YES} AND {text} NOT IN {_NO} AND {text} NOT IN {_UNKNOWN}")
    marks = ", ".join(f"{cell(columns, name)} AS {name}" for name in _MARKS)
    everything = ", ".join(f"c{i}" for i in range(len(table.raw.names)))
    is_bad = f"WHEN {' OR '.join(bad)} THEN {BAD_CONSENT.code} " if bad else ""
    person = key_sql(columns, key)
    return (
        f"SELECT rowid AS row, {person} AS key, {marks}, "
        f"{_birthday_sql(cell(columns, 'birthday'))} AS birthday, "
        f"{''.join(consent + ', ' for consent in consents)}hash({everything}) AS print, "
        f"CASE WHEN trim(concat({everything})) = '' THEN {EMPTY_ROW.code} "
        f"WHEN {person} = '' THEN {MISSING_CUSTOMER.code} {is_bad}ELSE 0 END AS reason FROM raw"
    )


def _birthday_sql(text: str) -> str:
    """Return SQL for month * 100 + day of `1990-03-09`, `--03-09` or `03-09`; else 0."""
    found = (
        f"regexp_extract({text}, {quoted('^(?:[0-9]{4}-|--)?([0-9]{2}-[0-9]{2})(?:$|[T ])')}, 1)"
    )
    day = f"TRY_CAST('2000-' || {found} AS DATE)"  # a leap year: 29 February is a birthday
    return f"CAST(coalesce(month({day}) * 100 + day({day}), 0) AS SMALLINT)"


_VERDICT: Final = f"""
    SELECT row, CAST(CASE WHEN reason > 0 THEN reason
      WHEN min(print) OVER (PARTITION BY key) <> max(print) OVER (PARTITION BY key)
      THEN {CUSTOMER_CONFLICT.code}
      WHEN row > min(row) OVER (PARTITION BY key) THEN {IDENTICAL.code} ELSE 0 END
      AS UTINYINT) AS reason
    FROM person"""


def _customers(
    connection: Any, table: OpenTable, channels: list[str]
) -> tuple[Customers, list[Diagnostic]]:
    selected = ", ".join(["key", "birthday", *_MARKS, *(f'"{channel}"' for channel in channels)])
    found = connection.execute(
        f"SELECT {selected} FROM person JOIN verdict USING (row) "
        f"WHERE verdict.reason = {ACCEPTED.code} ORDER BY row"
    ).fetchnumpy()
    keys, hashes, rank = keys_by_hash(found["key"])
    order = np.argsort(rank)
    labels: dict[str, Labels] = {}
    for name in _MARKS:
        if name in table.columns:
            labels[name] = _labels(np.asarray(found[name], np.object_)[order])
    diagnostics: list[Diagnostic] = []
    if "zone" in labels:
        labels["zone"], diagnostics = _known_zones(labels["zone"], table)
    customers = Customers(
        customer_key=keys,
        customer_hash=hashes,
        consent={
            channel.removeprefix("consent_"): np.asarray(found[channel], np.int8)[order]
            for channel in channels
        },
        birthday=np.asarray(found["birthday"], np.int16)[order],
        zone=labels.get("zone"),
        country=labels.get("country"),
        channel=labels.get("channel"),
        reading=side_reading(connection, table, "verdict"),
    )
    return customers, diagnostics


def _labels(texts: npt.NDArray[np.object_]) -> Labels:
    names = tuple(sorted({text for text in texts.tolist() if text}))
    codes = {name: code for code, name in enumerate(names)}
    return Labels(np.array([codes.get(text, NO_CODE) for text in texts], np.int32), names)


def _known_zones(zones: Labels, table: OpenTable) -> tuple[Labels, list[Diagnostic]]:
    """Return zones with the names that are no IANA zone made unknown, and a warning for them."""
    unknown = [name for name in zones.names if zone_table(name) is None]
    if not unknown:
        return zones, []
    known = tuple(name for name in zones.names if name not in unknown)
    recoded = np.array(
        [known.index(name) if name in known else NO_CODE for name in zones.names] + [NO_CODE],
        np.int32,
    )
    span = Span(table.guarded.given, table.first_line, 1, table.first_line, 1)
    message = f"not IANA time zones, read as unknown: {shown(', '.join(unknown))}"
    return Labels(recoded[zones.codes], known), [warning("unknown-timezone", message, span)]
