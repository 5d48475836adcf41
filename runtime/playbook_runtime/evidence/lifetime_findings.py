"""What `revive` and `dropout` cannot do where the purchase model lets nobody leave at once."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, hint
from playbook_compiler.effects import Effect
from playbook_compiler.model import Playbook
from playbook_compiler.steps import Send, Step, children

RULE = "one-time-buyers-stay"
# Below this weight the model hardly counts in the mixture.
LEAST_WEIGHT = 0.05


def lifetime_findings(playbook: Playbook, weight_of_staying: float) -> Iterator[Diagnostic]:
    """Yield a hint for every `revive` and `dropout` of a flow that is on.

    `weight_of_staying` is the Akaike weight of the models in which the first order tosses no coin
    (m = 0, such as BG/NBD): there, customers with one order are never gone.
    """
    if weight_of_staying < LEAST_WEIGHT:
        return
    for flow in playbook.flows.values():
        if not flow.enabled:
            continue
        effects = [flow.expect]
        effects += [one.expect for one in _all_steps(flow.steps) if isinstance(one, Send)]
        for effect in effects:
            if effect is not None:
                yield from _of(effect, weight_of_staying)


def _of(effect: Effect, weight: float) -> Iterator[Diagnostic]:
    for key, does in (("revive", "brings none of them back"), ("dropout", "keeps none of them")):
        if getattr(effect, key) is not None:
            yield hint(
                RULE,
                f"in {weight:.0%} of the draws customers who bought once have not left, so that"
                f" `{key}` {does} there",
                effect.origin.span(key),
                caption="works on repeat customers only, in these draws",
                help="for one-time buyers, say `added_orders`: it counts everyone who gets the"
                " message",
            )


def _all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for _, inner in children(step):
            yield from _all_steps(inner)
