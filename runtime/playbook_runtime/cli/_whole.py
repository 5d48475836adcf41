"""A whole number on the command line, between bounds that are named when it is not."""

from __future__ import annotations

from typing import Any

import click


class Whole(click.IntRange):
    """Reads a whole number; says in a sentence which ones there are."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that `value` is."""
        try:
            number: int = super().convert(value, param, ctx)
        except click.BadParameter:
            bounds = f"of at least {self.min:,}"
            if self.max is not None:
                bounds = f"from {self.min:,} to {self.max:,}"
            self.fail(f"expected a whole number {bounds}, found {str(value)!r}", param, ctx)
        return number
