"""What is wrong with the `evidence:` of a playbook: ids and effects that only the library knows."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.experiments import ShopExperiment
from playbook_compiler.model import Playbook
from playbook_runtime.evidence import library
from playbook_runtime.evidence.model import Evidence
from playbook_runtime.evidence.updating import COUNTED_BY_BUYERS


def experiment_findings(playbook: Playbook) -> Iterator[Diagnostic]:
    """Yield an error for every experiment whose effect the library does not have, or of which
    counts of buyers do not tell; without numpy."""
    for experiment in playbook.evidence.values():
        found = library.find(experiment.effect)
        if found is None or not found.is_effect:
            yield _unknown(experiment)
        elif found.form not in COUNTED_BY_BUYERS:
            yield _uncounted(experiment, found)


def _unknown(experiment: ShopExperiment) -> Diagnostic:
    known = countable_ids()
    guess = nearest(experiment.effect, known)
    return error(
        "unknown-evidence",
        f"`{shown(experiment.effect)}` is no effect of the evidence library",
        experiment.origin.span("effect"),
        caption="an experiment updates an effect that the library has",
        help=f"did you mean `{guess}`?" if guess else f"known: {', '.join(known)}",
    )


def _uncounted(experiment: ShopExperiment, found: Evidence) -> Diagnostic:
    return error(
        "unusable-evidence",
        f"how many bought does not tell of `{found.id}`, the {found.effect}",
        experiment.origin.span("effect"),
        caption="an experiment counts buyers",
        help=f"write what you measured where it is used: `expect: {{{found.form}: ...}}`",
    )


def countable_ids() -> tuple[str, ...]:
    """Return the effects that an experiment can update, in the order of the library."""
    return tuple(
        found.id for found in library.LIBRARY if found.is_effect and found.form in COUNTED_BY_BUYERS
    )
