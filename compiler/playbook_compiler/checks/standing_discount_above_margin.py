"""A standing discount of a programme that takes more than an order leaves."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._discounts import margin_of, room
from playbook_compiler.checks._programmes import rewards, rights
from playbook_compiler.conditions import Compare, Condition
from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.source import Span
from playbook_compiler.units import Share

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find subscription discounts, rights and rewards beyond the margin, less what is kept."""
    playbook = graph.playbook
    for what, share, span, on in _discounts(playbook):
        margin = margin_of(playbook, on)
        free = room(playbook, margin.share) if margin is not None else None
        if margin is not None and free is not None and share.fraction > free.fraction:
            yield warning(
                RULE,
                f"{what} takes {share} off, and an order has {free} to give away",
                span,
                caption=f"expected no more than {free} of an order",
                help="give less, or something that costs less than it is worth",
                labels=(
                    Label(margin.span, f"the margin of {margin.of}" if margin.of else "the margin"),
                ),
            )


def _discounts(playbook: Playbook) -> Iterator[tuple[str, Share, Span, str]]:
    """Yield the discounts with their words and places, and the category that they are bound to."""
    programmes = playbook.programmes
    subscription = programmes.subscription if programmes is not None else None
    if subscription is not None and subscription.discount is not None:
        on = _category(subscription.products)
        yield "the subscription", subscription.discount, subscription.origin.span("discount"), on
    for right in rights(playbook):
        if right.percent_off is not None:
            yield "this right", right.percent_off, right.origin.span("percent_off"), ""
    for what, reward in rewards(playbook):
        if reward.percent_off is not None:
            span = reward.origin.span("percent_off")
            yield f"the reward for {what}", reward.percent_off, span, ""


def _category(products: Condition | None) -> str:
    """Return the one category, or product, that a condition on an order's line asks for."""
    if isinstance(products, Compare) and products.operator == "=":
        return str(products.value)
    return ""
