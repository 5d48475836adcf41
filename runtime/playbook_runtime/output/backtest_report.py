"""What a backtest says, whatever it is shown as."""

from __future__ import annotations

from datetime import date

from playbook_compiler.values import dataclass
from playbook_runtime.behaviour.backtest import Backtest


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What `playbook backtest` has to say. `horizon_days` is what was asked for: the stretches that
    could be held back may be shorter. `told` are sentences on season and last month."""

    sanity_line: str
    rows: int
    orders: int
    customers: int
    quarantined: int
    until: date
    horizon_days: int
    seed: int
    draws: int
    told: tuple[str, ...]
    tested: Backtest
