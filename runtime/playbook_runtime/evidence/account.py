"""What the numbers of a playbook rest on: the effect of every message and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playbook_compiler.effects import Effect
from playbook_compiler.experiments import ShopExperiment
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.model import Playbook
from playbook_compiler.source import Span
from playbook_compiler.steps import Grant, Send
from playbook_compiler.values import dataclass
from playbook_runtime.evidence import library
from playbook_runtime.evidence.effects import (
    EffectPrior,
    authored,
    default_redemption,
    from_library,
)
from playbook_runtime.evidence.model import Evidence, Form
from playbook_runtime.evidence.sends import SendEffects, send_effects
from playbook_runtime.evidence.updating import shop_rows

# Where an effect comes from: figures in `expect:`, an id in `expect:`, or nothing was written.
OWN, NAMED, DEFAULT = "own figures", "named", "default"
ALL_ENTRANTS = ""


@dataclass(frozen=True, slots=True)
class Use:
    """An effect at work: at a step of a flow, or (`step` empty) on all who enter it.

    `origin` is one of OWN, NAMED, DEFAULT; `experiments` are the shop's own that updated it.
    """

    flow: str
    step: str
    span: Span
    origin: str
    prior: EffectPrior
    experiments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A message of which no effect is known, and why."""

    flow: str
    step: str
    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class OwnExperiment:
    """An experiment of the shop: the effect before and after all experiments on it, and where that
    effect is at work (`flow/step`, or the flow); nowhere means that nothing rests on it."""

    experiment: ShopExperiment
    before: EffectPrior
    after: EffectPrior
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceAccount:
    """What rests on what, in the order of flows and steps. `off` are flows that are switched off,
    and left out."""

    playbook: str
    uses: tuple[Use, ...]
    unsupported: tuple[Unsupported, ...]
    experiments: tuple[OwnExperiment, ...]
    off: tuple[str, ...]


def evidence_account(graph: TriggerGraph) -> EvidenceAccount:
    """Return what the effects of a checked playbook rest on; light, without numpy."""
    playbook = graph.playbook
    updates = _updates(playbook)
    rows = shop_rows(playbook)
    by_flow: dict[str, list[SendEffects]] = {}
    for send in send_effects(graph):
        by_flow.setdefault(send.flow, []).append(send)
    uses: list[Use] = []
    unsupported: list[Unsupported] = []
    off = tuple(flow.id for flow in playbook.flows.values() if not flow.enabled)
    for flow in playbook.flows.values():
        if flow.id in off:
            continue
        if flow.expect is not None:
            span = flow.expect.origin.span()
            for prior in authored(flow.expect, rows):
                uses.append(_use(flow.id, ALL_ENTRANTS, span, flow.expect, prior, updates))
        for send in by_flow.get(flow.id, ()):
            uses += _of_send(graph, send, updates)
            if not _on_buying(send) and not _on_buying_of(flow.expect, rows):
                unsupported.append(_unsupported(graph, send))
        uses += _of_grants(graph, flow.id)
    return EvidenceAccount(
        playbook.name,
        tuple(uses),
        tuple(unsupported),
        tuple(_experiments(playbook, rows, uses)),
        off,
    )


def _updates(playbook: Playbook) -> Mapping[str, tuple[str, ...]]:
    """Return the ids of experiments by the effect that they update."""
    found: dict[str, tuple[str, ...]] = {}
    for experiment in sorted(playbook.evidence.values(), key=lambda one: one.id):
        found[experiment.effect] = (*found.get(experiment.effect, ()), experiment.id)
    return found


def _use(
    flow: str,
    step: str,
    span: Span,
    effect: Effect | None,
    prior: EffectPrior,
    updates: Mapping[str, tuple[str, ...]],
) -> Use:
    """Return a use of a prior that `effect` says, or that stands in for it (`effect` None)."""
    if effect is None:
        return Use(flow, step, span, DEFAULT, prior, updates.get(prior.evidence_id, ()))
    if effect.source:
        return Use(flow, step, span, NAMED, prior, updates.get(prior.evidence_id, ()))
    return Use(flow, step, span, OWN, prior, ())


def _of_send(
    graph: TriggerGraph, send: SendEffects, updates: Mapping[str, tuple[str, ...]]
) -> Iterator[Use]:
    what = graph.nodes[send.node].what
    assert isinstance(what, Send)
    span = what.origin.span()
    for prior in send.priors:
        by_library = bool(send.evidence_id) and prior.evidence_id == send.evidence_id
        effect = None if by_library and prior.form is not Form.REDEMPTION else what.expect
        yield _use(send.flow, send.step, span, effect, prior, updates)
    if what.offer and not _says_redemption(graph, send):
        yield _use(send.flow, send.step, span, None, default_redemption(), updates)


def _says_redemption(graph: TriggerGraph, send: SendEffects) -> bool:
    of_flow = graph.playbook.flows[send.flow].expect
    return any(prior.form is Form.REDEMPTION for prior in send.priors) or (
        of_flow is not None and _tells_redemption(of_flow)
    )


def _tells_redemption(effect: Effect) -> bool:
    return any(prior.form is Form.REDEMPTION for prior in authored(effect))


def _of_grants(graph: TriggerGraph, flow: str) -> Iterator[Use]:
    """Yield the redemption of offers that are given without a message."""
    of_flow = graph.playbook.flows[flow].expect
    if of_flow is not None and _tells_redemption(of_flow):
        return
    for node in graph.of_flow(flow):
        if isinstance(node.what, Grant) and node.what.grant.offer:
            span = node.what.origin.span()
            yield _use(flow, node.step_id, span, None, default_redemption(), {})


def _on_buying(send: SendEffects) -> bool:
    return any(prior.form is not Form.REDEMPTION for prior in send.priors)


def _on_buying_of(effect: Effect | None, rows: Mapping[str, Evidence]) -> bool:
    return effect is not None and any(
        prior.form is not Form.REDEMPTION for prior in authored(effect, rows)
    )


def _unsupported(graph: TriggerGraph, send: SendEffects) -> Unsupported:
    what = graph.nodes[send.node].what
    assert isinstance(what, Send)
    message = graph.playbook.messages.get(what.send.messages[0])
    if message is not None and message.kind != "marketing":
        why = f"a {message.kind} message, of which no sales are expected"
    elif message is not None and message.channel != "email":
        why = f"no study of messages by {message.channel}"
    elif send.authored:
        why = "its `expect` says nothing of buying"
    else:
        why = "no study of such a message"
    return Unsupported(send.flow, send.step, what.origin.span(), why)


def _experiments(
    playbook: Playbook, rows: Mapping[str, Evidence], uses: list[Use]
) -> Iterator[OwnExperiment]:
    for experiment in playbook.evidence.values():
        places = [
            f"{use.flow}/{use.step}" if use.step else use.flow
            for use in uses
            if experiment.id in use.experiments
        ]
        yield OwnExperiment(
            experiment,
            from_library(library.entry(experiment.effect)),
            from_library(rows[experiment.effect]),
            tuple(dict.fromkeys(places)),
        )
