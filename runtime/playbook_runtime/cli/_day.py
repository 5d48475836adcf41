"""A day on the command line, written as 2026-10-31."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import click


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """Reads a day; says how to write one, and when there is no such day."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day that `value` is."""
        if isinstance(value, date):
            return value
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            self.fail(f"{value!r}: write the day as 2026-10-31", param, ctx)
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is no day of the calendar", param, ctx)


DAY = Day()
