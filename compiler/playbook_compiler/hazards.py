"""What no authored text may contain, YAML or Markdown: secrets, and templates that never end."""

from __future__ import annotations

import re
from itertools import islice

from playbook_compiler.characters import REPORTED_LIMIT
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.redact import secrets_in
from playbook_compiler.source import SourceFile

TEMPLATE_TURNS_LIMIT = 1_000

# Every repetition is bounded: these run over files that strangers wrote.
_GAP = r"\s{1,9}"
_LOOP = re.compile(
    r"\{%-?\s{0,9}(?:(?P<end>endfor|endtablerow)\b"
    rf"|(?:for|tablerow){_GAP}\w{{1,99}}(?:\s{{0,9}},\s{{0,9}}\w{{1,99}})?{_GAP}in{_GAP}"
    r"(?:\(\s{0,9}(?P<low>-?\d+)\s{0,9}\.\.\s{0,9}(?P<high>-?\d+)\s{0,9}\)"
    r"|range\((?P<range>[-\d,\s]{1,99})\))?)"
)


def hazards(source: SourceFile) -> list[Diagnostic]:
    """Return an error for each secret and each endless template loop, comments included.

    The first twenty of each kind: a file of nothing else is not worth more.
    """
    return [*secrets(source), *template_loops(source)]


def secrets(source: SourceFile) -> list[Diagnostic]:
    """Return an error for each stretch that looks like an API key; its value is in none of them."""
    return [
        error(
            "secret-in-file",
            f"this looks like a {secret.kind}, and whoever reads the file can use it",
            source.span_at(secret.start, secret.end),
            caption="a secret does not belong in a file (its value is not printed)",
            help=(
                f"take it out, put it in the environment variable {secret.variable}, and make a new"
                " one: whatever was once saved in git stays there"
            ),
        )
        for secret in islice(secrets_in(source.text), REPORTED_LIMIT)
    ]


def template_loops(source: SourceFile) -> list[Diagnostic]:
    """Return an error for each template loop of more than 1,000 turns, nested ones multiplied.

    Only loops over numbers written out are counted; a loop over a list counts as one turn.
    """
    if "{%" not in source.text:
        return []
    found: list[Diagnostic] = []
    nested: list[int] = []  # the turns of each open loop, times those of the loops around it
    for match in _LOOP.finditer(source.text):
        if match["end"]:
            if nested:
                nested.pop()
            continue
        around = nested[-1] if nested else 1
        turns = around * _turns(match)
        nested.append(turns if turns <= TEMPLATE_TURNS_LIMIT else around)
        if turns > TEMPLATE_TURNS_LIMIT and len(found) < REPORTED_LIMIT:
            found.append(
                error(
                    "template-loop",
                    f"template loops are limited to {TEMPLATE_TURNS_LIMIT:,} turns",
                    source.span_at(match.start(), match.end()),
                    caption="this loop takes more",
                    help="loop over the products or lines that the message is about",
                )
            )
    return found


def _turns(match: re.Match[str]) -> int:
    """Return how often a loop over written-out numbers turns; 1 where that can't be told."""
    if match["range"] is not None:
        bounds = [_bound(part.strip()) for part in match["range"].split(",") if part.strip()]
        low, high = (bounds[0], bounds[1]) if len(bounds) > 1 else (0, (bounds or [1])[0])
        step = abs(bounds[2]) if len(bounds) > 2 and bounds[2] else 1
        return max(1, abs(high - low) // step)
    if match["low"] is None:
        return 1
    return max(1, _bound(match["high"]) - _bound(match["low"]) + 1)


def _bound(digits: str) -> int:
    """Return a written number, cut where it is absurd: Python refuses to read 5,000 digits."""
    digits = digits.replace(" ", "")
    try:
        return int(digits[:12])
    except ValueError:
        return 0
