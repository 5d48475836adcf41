"""A length of time to project on the command line: 12mo, 90d."""

from __future__ import annotations

import click

from playbook_compiler.units import Duration, parse_duration

LONGEST_DAYS = 366 * 5


def horizon_of(text: str) -> Duration:
    """Return the horizon that was asked for; BadParameter where it is none."""
    length = parse_duration(text)
    if not isinstance(length, Duration) or length.seconds or length.is_zero:
        raise click.BadParameter(
            f"expected days, weeks, months or years such as 12mo or 90d, found {text!r}",
            param_hint="'--horizon'",
        )
    if not 1 <= length.nominal_days <= LONGEST_DAYS:
        raise click.BadParameter("expected between a day and five years", param_hint="'--horizon'")
    return length
