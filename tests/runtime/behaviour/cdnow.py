"""The CDNOW orders that ship inside the `lifetimes` package (a test-only dependency)."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np

from playbook_runtime.history import History, history_of

EPOCH = date(1970, 1, 1).toordinal()
CALIBRATION_END = date(1997, 9, 30).toordinal() - EPOCH
WEEK = 7.0
HOLDOUT_WEEKS = 39.0


@cache
def orders(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (days, customers, values in cents) of "sample" or "master", a row an order.

    Identical rows are separate orders: the files have no order id, and dropping one breaks the
    published Gamma-Gamma figures.
    """
    text = (files("lifetimes") / "datasets" / f"CDNOW_{name}.txt").read_text()
    rows = [line.split() for line in text.splitlines() if line.strip()]
    if name == "sample":  # its first column is the customer's number in the master
        rows = [row[1:] for row in rows]
    rows = [row for row in rows if row[0].isdigit()]
    days = [date(int(row[1][:4]), int(row[1][4:6]), int(row[1][6:])).toordinal() for row in rows]
    return (
        np.array(days, dtype=np.int32) - np.int32(EPOCH),
        np.array([int(row[0]) for row in rows], dtype=np.uint64),
        np.array([round(float(row[3]) * 100) for row in rows], dtype=np.int64),
    )


@cache
def calibration(name: str) -> History:
    """Return the history up to 1997-09-30."""
    return history_of(*orders(name), CALIBRATION_END)


@cache
def holdout_purchases(name: str) -> np.ndarray:
    """Return each customer's purchases in the 39 weeks after the calibration period."""
    return history_of(*orders(name)).purchases - calibration(name).purchases
