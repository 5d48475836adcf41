"""What a playbook rests on as Markdown, for a pull request or a wiki; the library as its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playbook_runtime.evidence.account import EvidenceAccount
from playbook_runtime.evidence.reference import page
from playbook_runtime.evidence.words import effect_words, headline_words
from playbook_runtime.output.evidence_words import (
    by_reason,
    experiment_words,
    grade_counts,
    rests_on,
    step_words,
)

HEADS = ("flow", "step", "what it changes (80% interval)", "grade", "in the headline", "rests on")
EXPERIMENT_HEADS = ("experiment", "counted", "effect", "used")


def library_markdown() -> str:
    """Return the library as the reference page has it."""
    return page()


def account_markdown(account: EvidenceAccount) -> str:
    """Return what a playbook rests on as tables."""
    lines = [f"## {_plain(account.playbook)}: what its effects rest on", "", grade_counts(account)]
    rows = [
        (
            use.flow,
            step_words(use.step),
            effect_words(use.prior),
            str(use.prior.grade),
            headline_words(use.prior),
            rests_on(use),
        )
        for use in account.uses
    ]
    lines += _table(HEADS, rows)
    experiments = [(one.experiment.id, *experiment_words(one)) for one in account.experiments]
    lines += _table(EXPERIMENT_HEADS, experiments)
    gaps = [(", ".join(steps), why) for why, steps in by_reason(account.unsupported)]
    lines += _table(("no effect is counted for", "why"), gaps)
    if account.off:
        lines += ["", f"Switched off, and left out here: {', '.join(account.off)}"]
    return "\n".join(lines) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(_plain(cell) for cell in row)} |"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is: on one line, its signs escaped."""
    line = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in line)
