"""What changed without a change of its own: it uses something that did.

Changes spread through audiences, offers and other definitions as far as they are used; from flow
to flow they spread by one step, to the flows that it starts and those that start it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from playbook_compiler.diff_entities import FLOW, GUARDRAIL, MARKETPLACE, SETTING, Entity, Key
from playbook_compiler.diff_references import (
    ALL_PRODUCTS,
    CATEGORY,
    PRODUCT,
    Use,
    uses_of,
    uses_of_flow,
)
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.steps import Start, Step, children
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is affected: it uses `through`, which is, or rests on, the changed `cause`.

    `steps` are those that use it, none where the whole does; `starts_this` tells a flow that starts
    the affected one. Of several causes behind one `through`, this is the nearest. `span` is where
    it is used first.
    """

    cause: Key
    through: Key
    span: Span
    steps: tuple[str, ...] = ()
    starts_this: bool = False


def affected(
    graphs: tuple[TriggerGraph | None, TriggerGraph | None],
    sides: tuple[Mapping[Key, Entity], Mapping[Key, Entity]],
    changed: Set[Key],
) -> dict[Key, tuple[Reason, ...]]:
    """Return what is indirectly modified, with every reason, each changed or used thing once."""
    old, new = sides
    graph = graphs[1]
    if graph is None or not changed:
        return {}
    both = {**old, **new}  # a removed guardrail bound the flows too
    staying = [key for key in new if key in old and key not in changed]
    rules = sorted(key for key in both if key[0] in (GUARDRAIL, MARKETPLACE))
    uses = {key: tuple(_uses(new[key], graph, both, rules)) for key in staying}
    causes = _causes(uses, changed, sides)
    started_by = _starters(old, new, changed)
    found: dict[Key, tuple[Reason, ...]] = {}
    for key in staying:
        reasons = {
            (through, ""): _reason(causes[through], through, used)
            for through, used in _by_key(uses[key]).items()
            if through in causes and (through[0] != FLOW or through in changed)
        }
        for starter, span in started_by.get(key, ()):
            reasons[starter, "starts"] = Reason(starter, starter, span, starts_this=True)
        if reasons:
            found[key] = tuple(reasons[name] for name in sorted(reasons))
    return found


def _by_key(uses: Iterable[Use]) -> dict[Key, list[Use]]:
    found: dict[Key, list[Use]] = {}
    for use in uses:
        found.setdefault(use.key, []).append(use)
    return found


def _reason(cause: Key, through: Key, used: Sequence[Use]) -> Reason:
    steps = dict.fromkeys(use.step for use in used if use.step)
    return Reason(cause, through, used[0].span, tuple(steps))


def _uses(
    entity: Entity, graph: TriggerGraph, known: Mapping[Key, Entity], rules: Sequence[Key]
) -> Iterator[Use]:
    if entity.kind == FLOW:
        yield from uses_of_flow(entity.value, graph, known, rules)
    elif entity.kind != SETTING:
        yield from (use for use in uses_of(entity, known) if use.key != entity.key)


def _causes(
    uses: Mapping[Key, tuple[Use, ...]],
    changed: Set[Key],
    sides: Iterable[Mapping[Key, Entity]],
) -> dict[Key, Key]:
    """Return the nearest change behind everything that changed or uses a change, flows excepted.

    Breadth first from the changes over who uses what, so that its cost is linear in the uses.
    """
    causes = {key: key for key in sorted(changed)}
    products = [key for key in causes if key[0] == PRODUCT]
    for key in products:
        causes.setdefault(ALL_PRODUCTS, key)
        for side in sides:
            if key in side:
                causes.setdefault((CATEGORY, _category(side[key])), key)
    users: dict[Key, list[Key]] = {}
    for key, used in uses.items():
        if key[0] != FLOW:
            for use in used:
                users.setdefault(use.key, []).append(key)
    queue = deque(causes)
    while queue:
        here = queue.popleft()
        for user in users.get(here, ()):
            if user not in causes:
                causes[user] = causes[here]
                queue.append(user)
    return causes


def _category(product: Entity) -> str:
    return str(getattr(product.value, "category", ""))


def _starters(
    old: Mapping[Key, Entity], new: Mapping[Key, Entity], changed: Set[Key]
) -> dict[Key, list[tuple[Key, Span]]]:
    """Return the changed flows that start, or started, each flow."""
    found: dict[Key, dict[Key, Span]] = {}
    for side in (new, old):
        for key in sorted(changed):
            if key[0] == FLOW and key in side:
                for step in _starts(side[key].value.steps):
                    span = step.origin.key_span(step.kind)
                    found.setdefault((FLOW, step.start), {}).setdefault(key, span)
    return {flow: sorted(starters.items()) for flow, starters in found.items()}


def _starts(steps: tuple[Step, ...]) -> Iterator[Start]:
    for step in steps:
        if isinstance(step, Start):
            yield step
        for _, inner in children(step):
            yield from _starts(inner)
