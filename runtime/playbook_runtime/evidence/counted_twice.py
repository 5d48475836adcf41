"""One experiment that stands for two effects on the same customers: the same orders, twice.

An experiment counts orders. Told as a factor on the rate of buying (`purchase_rate`), as orders per
thousand (`added_orders`) or as customers who came back (`revive`) they are the same orders.
"""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, error, shown
from playbook_compiler.effects import Effect
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.evidence import library
from playbook_runtime.evidence.model import Form

RULE = "effect-counted-twice"
ORDERS = {
    Form.ADDED_ORDERS: "added_orders",
    Form.PURCHASE_RATE: "purchase_rate",
    Form.PURCHASE_PROBABILITY: "purchase_rate",
    Form.REVIVE: "revive",
}


@dataclass(frozen=True, slots=True)
class _Told:
    """One telling of the orders of an experiment, and where it stands."""

    experiment: str
    key: str
    span: Span


def counted_twice(effect: Effect, of_flow: Effect | None) -> Iterator[Diagnostic]:
    """Yield an error where the orders of one experiment are told twice: within an `expect:`, or in
    that of a message and, otherwise, in that of its flow (`of_flow`; `effect` itself for it)."""
    own = _told(effect)
    for place, one in enumerate(own):
        for other in own[:place]:
            if one.experiment == other.experiment:
                yield _error(one, other)
    if of_flow is None or of_flow is effect:
        return
    for one in own:
        for other in _told(of_flow):
            if one.experiment == other.experiment and one.key != other.key:
                yield _error(one, other)


def experiment_of(evidence_id: str) -> str:
    """Return the experiment behind an id: `.rate` and `.added` are two tellings of one."""
    for ending in (".rate", ".added"):
        if evidence_id.endswith(ending):
            return evidence_id.removesuffix(ending)
    return evidence_id


def _told(effect: Effect) -> tuple[_Told, ...]:
    if effect.source:
        found = library.find(effect.source)
        if found is None or found.form not in ORDERS:
            return ()
        span = effect.origin.span("library")
        return (_Told(experiment_of(found.id), ORDERS[found.form], span),)
    if not effect.evidence:
        return ()
    return tuple(
        _Told(experiment_of(effect.evidence), key, effect.origin.span(key))
        for key in ("added_orders", "purchase_rate", "revive")
        if getattr(effect, key) is not None
    )


def _error(one: _Told, other: _Told) -> Diagnostic:
    return error(
        RULE,
        f"one experiment, `{shown(one.experiment)}`, cannot stand for both `{one.key}` and"
        f" `{other.key}`: the same orders would be counted twice",
        one.span,
        caption=f"the same evidence as `{other.key}`",
        labels=(Label(other.span, f"`{other.key}` stands here"),),
        help="keep `added_orders`, which counts everyone mailed, alive or not",
    )
