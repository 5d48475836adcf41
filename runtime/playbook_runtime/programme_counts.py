"""Who joined, left and was referred, and what a subscription delivered, over the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playbook_compiler.model import Playbook
from playbook_runtime.estimate import Estimate
from playbook_runtime.heard import has_membership, has_referral, subscription_of
from playbook_runtime.kernel.layout import WITH, World, world_column
from playbook_runtime.kernel.tables import I64
from playbook_runtime.projection import ProgrammeCount

_MEMBERSHIP: Final = (
    ("membership_joined", "members who joined", World.JOINED),
    ("membership_left", "members who left", World.LEFT),
)
_REFERRAL: Final = (("referred", "friends who were referred", World.REFERRED),)
_SUBSCRIPTION: Final = (
    ("subscriptions_begun", "subscriptions begun", World.SUBSCRIBED),
    ("subscriptions_ended", "subscriptions ended", World.SUBSCRIPTIONS_ENDED),
    ("deliveries", "deliveries of subscriptions", World.DELIVERIES),
)


def programme_counts(
    playbook: Playbook, headline: I64, unproven: I64
) -> tuple[ProgrammeCount, ...]:
    """Return what is counted of the playbook's programmes in the world with, by the counts of the
    headline and by those with unproven effects."""
    return tuple(
        ProgrammeCount(
            name,
            label,
            *(
                Estimate.of(one[:, world_column(WITH, what)].tolist())
                for one in (headline, unproven)
            ),
        )
        for name, label, what in _counted(playbook)
    )


def _counted(playbook: Playbook) -> Iterator[tuple[str, str, World]]:
    if has_membership(playbook):
        yield from _MEMBERSHIP
    if has_referral(playbook):
        yield from _REFERRAL
    if subscription_of(playbook) is not None:
        yield from _SUBSCRIPTION
