"""What the files say of who customers are: country, zone, channel of acquisition."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from playbook_runtime.observed import Observed
from playbook_runtime.orders.model import Labels


def static_fact(data: Observed, name: str) -> npt.NDArray[np.object_]:
    """Return the text of a fact for each customer of the history, empty where unknown.

    `name` is country, zone or channel. The customers file is believed before the orders; of these
    the first one of a customer tells the channel.
    """
    found = np.full(len(data.history), "", dtype=object)
    if name == "channel" and data.orders.channel is not None:
        known = data.orders.day <= data.as_of_day
        rows = data.order_rows(data.orders.order_customer_hash[known])
        texts = _texts(data.orders.channel)[known]
        found[rows[::-1]] = texts[::-1]  # the first order wins: orders stand in order of time
    labels = getattr(data.customers, name) if data.customers is not None else None
    if labels is not None and data.customers is not None:
        rows = data.order_rows(data.customers.customer_hash)
        texts = _texts(labels)
        use = (rows >= 0) & (texts != "")
        found[rows[use]] = texts[use]
    return found


def _texts(labels: Labels) -> npt.NDArray[np.object_]:
    names = np.array([*labels.names, ""], dtype=object)
    return names[labels.codes]
