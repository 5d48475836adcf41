"""An offer of nothing: 0% off, or an amount of 0."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)
EXAMPLES = {
    "percent_off": "percent_off: 10%",
    "amount_off": "amount_off: 5.00",
    "credit": "credit: 5.00",
}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find offers whose percentage, amount or credit is 0."""
    for offer in graph.playbook.offers.values():
        sizes = {
            "percent_off": offer.percent_off and offer.percent_off.fraction,
            "amount_off": offer.amount_off and offer.amount_off.amount,
            "credit": offer.credit and offer.credit.amount,
        }
        for name, size in sizes.items():
            if offer.origin.has(name) and not size:
                yield warning(
                    RULE,
                    f"the offer `{offer.id}` gives nothing",
                    offer.origin.span(name),
                    caption="expected more than 0",
                    help=f"write how much, such as `{name}: {EXAMPLES[name]}`, or remove the offer",
                )
