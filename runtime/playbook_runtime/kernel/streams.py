"""The numbers of the kernel's own random streams."""

from __future__ import annotations

import numpy as np

from playbook_runtime.launch import stream


def _stream(name: str) -> np.uint64:
    return np.uint64(stream(name))


ALIVE = _stream("alive")
LAMBDA = _stream("lambda")
DROPOUT_A = _stream("dropout-a")
DROPOUT_B = _stream("dropout-b")
SPEND = _stream("spend")
ARRIVAL = _stream("arrival")
GAP = _stream("gap")
COIN = _stream("coin")
VALUE = _stream("value")
CANCEL = _stream("cancel")
HOLDOUT = _stream("holdout")
UNSUBSCRIBE = _stream("unsubscribe")
