"""Effects of messages on buying: what is active, which candidates become orders, what is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playbook_compiler.units import DAY_SECONDS
from playbook_runtime.launch import ADDED, BASKET, RATE, Slot

WEEK_SECONDS = 7 * DAY_SECONDS


@dataclass(slots=True)
class ActiveEffect:
    """One effect that has begun. `size` is e (factor less one) or h (orders a day), fatigue
    counted in; `peak` is the factor less one without fatigue. `clock` runs over its candidates."""

    slot: Slot
    entry: int
    size: float
    peak: float
    end: int
    clock: float

    @property
    def stream(self) -> str:
        """The name of its candidates' stream."""
        return f"{self.slot.form}/{self.slot.flow}/{self.slot.step}"

    @property
    def value_stream(self) -> str:
        """The name of its orders' value stream."""
        return f"value/{self.slot.flow}/{self.slot.step}/{self.slot.form}"


def fatigue(sends: Sequence[int], window: int, now: int, phi: Sequence[float], more: int) -> float:
    """Return phi for an effect that begins now; `sends` are the marketing messages so far, `more`
    how many are counted besides."""
    since = now - max(WEEK_SECONDS, window)
    recent = more + sum(1 for sent in sends if sent > since)
    return phi[min(recent, 5) - 1]


def begun(slot: Slot, amount: float, entry: int, now: int, phi: float) -> ActiveEffect:
    """Return an effect that begins now; `amount` is mu, or orders per 1,000."""
    if slot.form in (RATE, BASKET):
        peak = amount - 1.0
    else:
        peak = amount / 1000.0 / (slot.window_seconds / float(DAY_SECONDS))
    size = peak * phi if peak > 0.0 else peak
    return ActiveEffect(slot, entry, size, peak, now + slot.window_seconds, 0.0)


def _of(form: str, effects: Sequence[ActiveEffect], now: int) -> list[ActiveEffect]:
    return [one for one in effects if one.slot.form == form and now < one.end]


def total(form: str, effects: Sequence[ActiveEffect], now: int) -> float:
    """Return the sum of the active effects of a form, in the order in which they began."""
    added = 0.0
    for one in _of(form, effects, now):
        added += one.size
    return added


def net(form: str, effects: Sequence[ActiveEffect], now: int) -> float:
    """Return what holds: the sum, no more than the largest unless one of them adds."""
    active = _of(form, effects, now)
    added = total(form, effects, now)
    if not active or form == ADDED or any(one.slot.add for one in active):
        return added
    return min(added, max(one.peak for one in active)) if added > 0.0 else added


def accepted_share(form: str, effects: Sequence[ActiveEffect], now: int) -> float:
    """Return the share of candidates that become orders: what holds over what was sent out."""
    active = _of(form, effects, now)
    positive = 0.0
    for one in active:
        if one.size > 0.0:
            positive += one.size
    return max(0.0, net(form, effects, now)) / positive


def cancelled_share(rate_sum: float, added_sum: float, per_day: float) -> float:
    """Return the share of baseline orders that are lost under the active effects."""
    by_rate = min(1.0, max(0.0, -rate_sum))
    by_added = min(1.0, max(0.0, -added_sum) / per_day) if added_sum < 0.0 else 0.0
    return 1.0 - (1.0 - by_rate) * (1.0 - by_added)
