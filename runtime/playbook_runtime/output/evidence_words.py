"""The evidence library and what a playbook rests on, in the words that all its forms share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from playbook_compiler.diagnostics import shown
from playbook_runtime.counted import count_of
from playbook_runtime.evidence import library
from playbook_runtime.evidence.account import (
    ALL_ENTRANTS,
    DEFAULT,
    OWN,
    EvidenceAccount,
    OwnExperiment,
    Unsupported,
    Use,
)
from playbook_runtime.evidence.model import Evidence, Form, Multipliers, Normal
from playbook_runtime.evidence.reference import believed_text, interval_text, prior_text
from playbook_runtime.evidence.updating import counts_text

EVERYONE = "(all who enter)"
EVERY_MESSAGE = (library.UNSUBSCRIBE_ID, library.FATIGUE_ID)


def believed(found: Evidence) -> str:
    """Return an entry's 80% interval, or its row of numbers; empty for what is no number."""
    if found.prior is None:
        return ""
    if isinstance(found.prior, Multipliers):
        return prior_text(found)
    interval = believed_text(found)
    if isinstance(found.prior, Normal) and found.form is Form.ELASTICITY:
        return f"{interval} % per % of price"
    return interval


def step_words(step: str) -> str:
    """Return a step's id, or who an effect is on that no step has."""
    return EVERYONE if step == ALL_ENTRANTS else step


def rests_on(use: Use) -> str:
    """Return where an effect comes from: the library's, chosen or by default, or the author's."""
    if use.origin == OWN:
        evidence = use.prior.evidence_id
        return f"your figures, by {shown(evidence)}" if evidence else "your figures, no source"
    named = use.prior.evidence_id
    told = f"library: {named}" if use.origin == DEFAULT else f"library: {named}, as you chose"
    return f"{told}, with {' and '.join(use.experiments)}" if use.experiments else told


def experiment_words(one: OwnExperiment) -> tuple[str, ...]:
    """Return an experiment in sentences: its counts, what it changed, and where that is used."""
    experiment = one.experiment
    before, after = (interval_text(prior) for prior in (one.before, one.after))
    changed = f"{experiment.effect}: {before} before, {after} now (grade {one.after.grade})"
    if not one.used_by:
        used = f"not used: nothing here rests on {experiment.effect}"
    else:
        used = f"used by {', '.join(one.used_by)}"
    return counts_text(experiment), changed, used


def unproven(account: EvidenceAccount) -> tuple[Use, ...]:
    """Return the effects that the headline leaves out."""
    return tuple(use for use in account.uses if not use.prior.in_headline)


def grade_counts(account: EvidenceAccount) -> str:
    """Return how many effects are of which grade, in the order of grades."""
    grades = [str(use.prior.grade) for use in account.uses]
    if not grades:
        return "No message here has an effect."
    counts = ", ".join(f"{grades.count(grade)} {grade}" for grade in sorted(set(grades)))
    left = len(unproven(account))
    told = f"{count_of(len(grades), 'effect')} by grade: {counts}."
    return f"{told} The headline leaves out {left}." if left else told


def by_reason(unsupported: Iterable[Unsupported]) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return why nothing is known of messages, with the messages, in alphabetical order."""
    ordered = sorted(unsupported, key=lambda one: one.why)
    return tuple(
        (why, tuple(f"{one.flow}/{one.step}" for one in group))
        for why, group in groupby(ordered, key=lambda one: one.why)
    )
