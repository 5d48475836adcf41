"""What the language has and this version's kernel does not simulate: one table, for `simulate`.

Nothing that an author writes is ignored in silence: `playbook simulate` says each of these at its
line. When the kernel learns something, its line here goes.
"""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.conditions import InTop, nodes
from playbook_compiler.diagnostics import Diagnostic, Label, hint, in_order, warning
from playbook_compiler.lower import lower
from playbook_compiler.model import Flow, Offer, Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Grant, Split, Start, Step, children
from playbook_compiler.triggers import (
    BIRTHDAY,
    FIRST_ORDER,
    DateTrigger,
    EntersAudience,
    Trigger,
)
from playbook_runtime.condition_code import CodeList, names_of
from playbook_runtime.heard import (
    channels_of,
    conditions_of,
    events_of,
    made_by_programmes,
    programmes_of,
    subscription_of,
    told_of,
)
from playbook_runtime.launch import OTHER, Mark
from playbook_runtime.population import can_answer
from playbook_runtime.program_subscription import asks_for_more

RULE = "not-yet-simulated"
# What a programme starts.
BY_PROGRAMME = {"points_reach": "points", "points_expiring": "points", "tier_changed": "tiers"}
OFFERS = {
    "limit": "it is issued without a limit",
}
NO_POINTS = "there is no points programme"


def unsimulated(playbook: Playbook) -> list[Diagnostic]:
    """Return a warning for everything in a playbook that the projection is made without, and one
    hint for all settings that it does not go by."""
    found = [*_sections(playbook), *_kept(playbook)]
    programmes = programmes_of(playbook)
    for audience in playbook.audiences.values():
        if audience.sync:
            place = audience.origin.key_span("sync")
            found.append(_told(f"`sync: {audience.sync}`", "nothing is kept in step", place))
    for offer in playbook.offers.values():
        found.extend(_of_offer(playbook, offer, points="points" in programmes))
    unread = unread_audiences(playbook)
    for flow in playbook.flows.values():
        found.extend(_of_flow(flow, unread, programmes))
    return in_order(found)


def unread_audiences(playbook: Playbook) -> frozenset[str]:
    """Return the audiences that flows start on entering and whose condition reads what is not
    simulated."""
    named = {
        flow.trigger.enters
        for flow in playbook.flows.values()
        if isinstance(flow.trigger, EntersAudience)
    }
    if not named:
        return frozenset()
    graph, _ = lower(playbook)
    assert graph is not None, "a resolved playbook has a graph"
    conditions = tuple(conditions_of(graph))
    leaves = [leaf for condition in conditions for leaf in nodes(condition)]
    names = names_of(
        playbook,
        channels=channels_of(graph, conditions),
        events=events_of(graph, conditions),
        statics=[str(leaf) for leaf in leaves if can_answer(leaf)],
        told=told_of(graph),
        cuts={str(leaf): 0.0 for leaf in leaves if isinstance(leaf, InTop)},
        duration=lambda length: 0,
        marks=(Mark(OTHER, OTHER),),
    )
    unread = set()
    for name in sorted(named):
        code = CodeList(names)
        code.add(playbook.audiences[name].where)
        if code.findings:
            unread.add(name)
    return frozenset(unread)


def unused_keys(playbook: Playbook) -> tuple[str, ...]:
    """Return the settings that the simulation does not go by, each once, in alphabetical order."""
    return tuple(sorted({name for name, _ in _unused(playbook)}))


def _sections(playbook: Playbook) -> Iterator[Diagnostic]:
    subscription = subscription_of(playbook)
    if subscription is None or subscription.products is None:
        return
    if asks_for_more(subscription.products):
        what = "what `products` of the subscription asks of orders beside their category"
        place = subscription.origin.key_span("products")
        yield _told(what, "it is not known of any order", place)


def _unused(playbook: Playbook) -> Iterator[tuple[str, Span]]:
    """Yield each setting that nothing goes by, with its place."""
    for event in sorted(made_by_programmes(playbook) & playbook.assume.keys()):
        if playbook.origin.has("assume", event):
            yield f"assume.{event}", playbook.origin.key_span("assume", event)
    for flow in playbook.flows.values():
        if flow.origin.has("goal"):
            yield "flows.goal", flow.origin.key_span("goal")
        for step in _all(flow.steps):
            experiment = step.experiment if isinstance(step, Split) else None
            if experiment is not None and experiment.smallest_effect is None:
                yield "experiment", step.origin.key_span("experiment")


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for _, inner in children(step):
            yield from _all(inner)


def _kept(playbook: Playbook) -> Iterator[Diagnostic]:
    first: dict[str, Span] = {}
    for name, span in sorted(_unused(playbook), key=lambda one: one[1]):
        first.setdefault(name, span)
    if first:
        names = ", ".join(f"`{name}`" for name in sorted(first))
        places = list(first.values())
        yield hint(
            RULE,
            f"{names}: kept in the plan, but the projection does not go by it in this version",
            places[0],
            caption="not simulated yet",
            labels=tuple(Label(span, "nor this") for span in places[1:]),
        )


def _of_offer(playbook: Playbook, offer: Offer, *, points: bool) -> Iterator[Diagnostic]:
    if offer.points is not None and not points:
        what = f"`points` of the offer `{offer.id}`"
        yield _told(what, NO_POINTS, offer.origin.key_span("points"))
    product = playbook.products.get(offer.product)
    if offer.product and (product is None or not product.category):
        place = offer.origin.key_span("product")
        yield _told(f"`product` of the offer `{offer.id}`", "it may be used on any order", place)
    for key, instead in OFFERS.items():
        if offer.origin.has(key):
            yield _told(f"`{key}` of the offer `{offer.id}`", instead, offer.origin.key_span(key))


def _of_flow(
    flow: Flow, unread: frozenset[str], programmes: frozenset[str]
) -> Iterator[Diagnostic]:
    if not flow.enabled:
        return
    trigger = flow.trigger
    if (what := _unknown_trigger(trigger, unread, programmes)) is not None:
        yield _told(what, "the flow never starts by it", trigger.origin.key_span(trigger.kind))
    if trigger.origin.has("at_least"):
        what = "what `at_least` counts before the first day"
        instead = "counting begins with the projection"
        yield _told(what, instead, trigger.origin.key_span("at_least"))
    for step in _all(flow.steps):
        yield from _of_step(step, points="points" in programmes)


def _of_step(step: Step, *, points: bool) -> Iterator[Diagnostic]:
    if isinstance(step, Grant) and step.grant.points is not None and not points:
        yield _told("a grant of points", NO_POINTS, step.origin.key_span(step.kind))


def flows_that_start(playbook: Playbook) -> frozenset[str]:
    """Return the flows that are on and start in the simulation: by their trigger, or by a step of
    another that does."""
    unread = unread_audiences(playbook)
    found = {
        flow.id
        for flow in playbook.flows.values()
        if flow.enabled and _unknown_trigger(flow.trigger, unread, programmes_of(playbook)) is None
    }
    open_ones = sorted(found)
    while open_ones:
        for step in _all(playbook.flows[open_ones.pop()].steps):
            other = playbook.flows[step.start] if isinstance(step, Start) else None
            if other is not None and other.enabled and other.id not in found:
                found.add(other.id)
                open_ones.append(other.id)
    return frozenset(found)


def _unknown_trigger(
    trigger: Trigger, unread: frozenset[str], programmes: frozenset[str]
) -> str | None:
    """Return what of a trigger is not simulated, None where all of it is. `unread` are audiences
    of which nobody can tell who belongs to them."""
    needed = BY_PROGRAMME.get(trigger.kind)
    if needed is not None and needed not in programmes:
        return f"the trigger `{trigger.kind}`"
    match trigger:
        case EntersAudience(enters=audience) if audience in unread:
            return f"who comes to belong to `{audience}`"
        case DateTrigger(date=str() as name) if name not in (BIRTHDAY, FIRST_ORDER):
            return f"the day `{name}` of each customer, which the files do not tell,"
    return None


def _told(what: str, instead: str, span: Span) -> Diagnostic:
    return warning(
        RULE, f"{what} is not simulated yet: {instead}", span, caption="not simulated yet"
    )
