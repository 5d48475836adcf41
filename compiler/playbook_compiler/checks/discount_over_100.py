"""A discount of more than the price: the shop would pay customers to take its goods."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._discounts import depth, discount_span
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find percentages over 100%, and amounts off that exceed the least order they are used on."""
    for offer in graph.playbook.offers.values():
        taken = depth(offer)
        if taken is None or taken.fraction <= 1:
            continue
        whole = "the whole price" if offer.percent_off is not None else "the least order"
        yield error(
            RULE,
            f"the offer `{offer.id}` takes {taken} off, more than {whole}",
            discount_span(offer),
            caption="expected no more than 100%",
            help=(
                "write the share that is taken off: 20% off is `percent_off: 20%`"
                if offer.percent_off is not None
                else f"raise `minimum`, well above {offer.amount_off}"
            ),
        )
