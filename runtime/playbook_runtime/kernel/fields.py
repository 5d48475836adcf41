"""Where each table stands in the packed program, and how programs, people and draws are packed.

A compiled function that takes named tuples of arrays counts a reference for every array at every
call, which was half of the running time; it takes flat arrays for free. So the program is one int64
and one float64 array: the first cells say where each table begins (or are the value itself), and
`p[p[FLOW_ON] + flow]` reads table FLOW_ON. 64-bit stream numbers are kept as their int64 bits.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from playbook_runtime.kernel.instructions import Program
from playbook_runtime.kernel.tables import F64, I64, Draws, People, Zones

_FLOAT_TABLES: Final = ("condition_number", "channel_share", "source_rate")
_TABLES: Final = tuple(name for name in Program._fields if name not in (*_FLOAT_TABLES, "holdout"))
_NAMES: Final = (*_TABLES, *Zones._fields, *(f"{name}_count" for name in ("sources", "offers", "caps", "thresholds", "flows", "channels", "events")))
