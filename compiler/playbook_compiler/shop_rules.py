"""What must hold of products, checklists and the shop's own experiments."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.fixes import respelled
from playbook_compiler.model import Playbook
from playbook_compiler.reading import did_you_mean


def broken_lists(playbook: Playbook) -> Iterator[Diagnostic]:
    """Yield a finding for everything in these sections that contradicts itself."""
    yield from _margins(playbook)
    yield from _checklists(playbook)
    yield from _experiments(playbook)


def _margins(playbook: Playbook) -> Iterator[Diagnostic]:
    """Find margins of categories that no product has, where the products say theirs."""
    categories = {one.category for one in playbook.products.values() if one.category}
    economics = playbook.economics
    if not categories or economics is None:
        return
    for name in economics.gross_margin.by_category:
        if name not in categories:
            yield error(
                "unknown-category",
                f"no product is of the category `{shown(name)}`",
                economics.origin.key_span("gross_margin", name),
                caption="not a category of this playbook's products",
                help=did_you_mean(name, categories)
                or f"known: {', '.join(shown(one) for one in sorted(categories)[:8])}",
                fix=respelled(
                    economics.origin.document.source,
                    economics.origin.key_span("gross_margin", name),
                    name,
                    categories,
                ),
            )


def _checklists(playbook: Playbook) -> Iterator[Diagnostic]:
    for items in playbook.checklists.values():
        for item in items:
            if item.done_by is None and not item.owner:
                yield error(
                    "missing-key",
                    f"nobody sees to `{shown(item.item)}`",
                    item.origin.span(),
                    caption="add `owner:`, or `done_by:` where the playbook does it",
                    help="for example owner: warehouse, or done_by: flow thank-you",
                )


def _experiments(playbook: Playbook) -> Iterator[Diagnostic]:
    for experiment in playbook.evidence.values():
        for name, arm in (("control", experiment.control), ("treated", experiment.treated)):
            if arm.buyers > arm.customers:
                yield error(
                    "out-of-range",
                    f"{arm.buyers:,} of {arm.customers:,} customers cannot have bought",
                    arm.origin.span("buyers"),
                    caption=f"expected no more than {arm.customers:,}",
                    help=f"count buyers in `{name}`, not their orders",
                )
        if experiment.within.is_zero:
            yield error(
                "out-of-range",
                "nobody buys within no time",
                experiment.origin.span("within"),
                caption="expected a time such as 14d",
            )
