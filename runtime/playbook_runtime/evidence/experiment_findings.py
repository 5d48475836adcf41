"""What is wrong with the `evidence:` of a playbook: ids and effects that only the library knows."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.experiments import ShopExperiment
from playbook_compiler.model import Playbook
from playbook_runtime.evidence import library


def experiment_findings(playbook: Playbook) -> Iterator[Diagnostic]:
    """Yield an error for every experiment whose effect the library does not have; without numpy."""
    for experiment in playbook.evidence.values():
        found = library.find(experiment.effect)
        if found is None or not found.is_effect:
            yield _unknown(experiment)


def _unknown(experiment: ShopExperiment) -> Diagnostic:
    known = library.usable_ids()
    guess = nearest(experiment.effect, known)
    return error(
        "unknown-evidence",
        f"`{shown(experiment.effect)}` is no effect of the evidence library",
        experiment.origin.span("effect"),
        caption="an experiment updates an effect that the library has",
        help=f"did you mean `{guess}`?" if guess else f"known: {', '.join(known)}",
    )
