"""The evidence library, and what a playbook rests on, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from playbook_runtime.evidence import library
from playbook_runtime.evidence.account import EvidenceAccount
from playbook_runtime.evidence.model import GRADES, Evidence, Form
from playbook_runtime.evidence.words import effect_words, headline_words
from playbook_runtime.output.evidence_words import (
    EVERY_MESSAGE,
    believed,
    by_reason,
    experiment_words,
    grade_counts,
    rests_on,
    step_words,
)

WIDTH = 100
GRADES_HELP = "`playbook evidence` alone says what the grades mean, and lists the library."
MORE = "`playbook evidence PATH` shows which of these a playbook rests on."


def library_text() -> str:
    """Return the library: every effect with its interval, grade and source."""
    effects = [found for found in library.LIBRARY if found.is_effect]
    others = [found for found in library.LIBRARY if found.prior is not None and not found.is_effect]
    rules = [found for found in library.LIBRARY if found.form is Form.CHECK]
    claims = [found for found in library.LIBRARY if found.claim_only]
    lines = ["The evidence library", "", "Grades"]
    lines += [f"  {grade:<8} {words}" for grade, words in GRADES.items()]
    lines += ["", "Effects that `expect:` can name (intervals hold 80%)", *_entries(effects)]
    lines += ["", "Other figures that a projection rests on", *_entries(others)]
    lines += ["", "Rules, not numbers", *_entries(rules)]
    lines += ["", "Claims, quoted and never used as an effect"]
    lines += [f'  {one.id}: "{one.effect}" ({one.source}, grade {one.grade})' for one in claims]
    lines += ["", MORE]
    return "\n".join(lines) + "\n"


def account_text(account: EvidenceAccount) -> str:
    """Return what a playbook rests on: its effects by flow, the shop's experiments, the gaps."""
    lines = [f"{account.playbook}: what its effects rest on (intervals hold 80%)", ""]
    lines += [grade_counts(account), GRADES_HELP, *_uses(account)]
    lines += ["", "Every marketing message"]
    for name in EVERY_MESSAGE:
        found = library.entry(name)
        told = f"{found.effect}: {believed(found)} (grade {found.grade}, {found.source})"
        lines += _wrapped(told, 2)
    if account.experiments:
        lines += ["", "Your experiments"]
        for one in account.experiments:
            lines.append(f"  {one.experiment.id}")
            for words in experiment_words(one):
                lines += _wrapped(words)
    gaps = by_reason(account.unsupported)
    if gaps:
        lines += ["", "No effect is counted for"]
        for why, steps in gaps:
            lines += _wrapped(f"{', '.join(steps)}: {why}", 2)
    if account.off:
        lines += ["", f"Switched off, and left out here: {', '.join(account.off)}"]
    return "\n".join(lines) + "\n"


def _entries(entries: list[Evidence]) -> Iterator[str]:
    width = max(len(found.id) for found in entries)
    for found in entries:
        yield f"  {found.id:<{width}}  {f'grade {found.grade}':<10}  {believed(found)}".rstrip()
        yield from _wrapped(found.effect)
        study = f"; in the study: {found.in_sample}" if found.in_sample else ""
        yield from _wrapped(f"{found.source}{study}")


def _uses(account: EvidenceAccount) -> Iterator[str]:
    """Yield the effects by flow; steps on which the same effect is at work stand together."""
    for flow, members in groupby(account.uses, key=lambda use: use.flow):
        yield ""
        yield flow
        steps: dict[tuple[str, str], list[str]] = {}
        for use in members:
            words = (
                effect_words(use.prior),
                f"grade {use.prior.grade}; {rests_on(use)}; {headline_words(use.prior)}",
            )
            steps.setdefault(words, []).append(step_words(use.step))
        for words, named in steps.items():
            yield from _wrapped(", ".join(named), 2)
            for line in words:
                yield from _wrapped(line)


def _wrapped(text: str, indent: int = 4) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
