"""A programme that is unusual for the stage: it costs work before enough customers come back."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, Label, warning
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.programmes import PROGRAMME_NAMES
from playbook_compiler.reading import Origin
from playbook_compiler.vocabulary import STAGES

RULE = name_of(__name__)
# The guide on stages (F1): loyalty and referral from `stable` on. A subscription sells goods that
# are used up and needs no loyalty, so it may come with the first retention flows.
USUAL_FROM = dict.fromkeys(PROGRAMME_NAMES, "stable") | {"subscription": "growth"}


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find programmes before the stage in which they are usual, where the stage is stated."""
    playbook = graph.playbook
    if playbook.programmes is None or playbook.stage not in STAGES:
        return
    for name in PROGRAMME_NAMES:
        programme, usual = getattr(playbook.programmes, name), USUAL_FROM[name]
        if programme is None or STAGES.index(playbook.stage) >= STAGES.index(usual):
            continue
        origin: Origin = programme.origin
        yield warning(
            RULE,
            f"`{name}` is unusual in the stage {playbook.stage}: few customers come back yet",
            origin.key_span(),
            caption=f"usual from {usual} on",
            help="leave it out until then, and keep to the first flows",
            labels=(Label(playbook.origin.span("stage"), "the stage"),),
        )
