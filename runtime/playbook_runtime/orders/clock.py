"""Wall clocks of a file to UTC seconds and the shop's days, for whole columns."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from playbook_compiler.values import dataclass
from playbook_runtime.orders.dates import SECONDS_A_DAY
from playbook_runtime.orders.zones import ZoneTable, local_days, to_utc

NAIVE: Final = -(10**6)  # stands for "no offset written" among offsets in seconds

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """UTC seconds (int64) and days since 1970-01-01 (int32), and which cells need a word.

    `mixed`: naive beside times with offset; `folded`: happen twice; `missing`: never happen.
    """

    utc: Ints
    day: npt.NDArray[np.int32]
    mixed: Bools
    folded: Bools
    missing: Bools


def clock(local: Ints, offset: Ints, timed: Bools, zone: ZoneTable | None) -> Clock:
    """Return the clock of local seconds with written offsets (NAIVE: none).

    Without a zone the written date is the shop's day and naive times are UTC. A naive time keeps
    its written day; one with an offset is put on the zone's calendar.
    """
    naive = offset == NAIVE
    day = (local // SECONDS_A_DAY).astype(np.int32)
    mixed = naive & timed & bool(np.any(~naive))
    utc = np.where(naive, local, local - offset)
    folded, missing = np.zeros(len(local), np.bool_), np.zeros(len(local), np.bool_)
    if zone is not None:
        converted = to_utc(local[naive], zone)
        utc[naive] = converted.utc
        folded[naive], missing[naive] = converted.folded, converted.missing
        day[~naive] = local_days(utc[~naive], zone)
    return Clock(utc, day, mixed, folded & timed, missing & timed)
