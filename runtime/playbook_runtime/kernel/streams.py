"""The numbers of the kernel's own random streams."""

from __future__ import annotations

from playbook_runtime.launch import stream


def _stream(name: str) -> int:
    """Return a stream's number as the int64 of the same bits, as the packed tables hold them."""
    number = stream(name)
    return number - 2**64 if number >= 2**63 else number


ALIVE = _stream("alive")
LAMBDA = _stream("lambda")
DROPOUT_A = _stream("dropout-a")
DROPOUT_B = _stream("dropout-b")
SPEND = _stream("spend")
ARRIVAL = _stream("arrival")
PHASE = _stream("phase")
GAP = _stream("gap")
COIN = _stream("coin")
COIN_BEFORE = _stream("coin-before")
VALUE = _stream("value")
CANCEL = _stream("cancel")
MARK = _stream("mark")
JOIN = _stream("membership/join")
RENEW = _stream("membership/renew")
LATER_GAP = _stream("points/gap")
LATER_COIN = _stream("points/coin")
LATER_VALUE = _stream("points/value")
TAKES_PART = _stream("loyalty/member")
REDEEMER = _stream("points/redeemer")
REFERRAL = _stream("referral")
FRIEND = _stream("referral/friend")
FRIEND_KEY = _stream("referral/key")
HOLDOUT = _stream("holdout")
