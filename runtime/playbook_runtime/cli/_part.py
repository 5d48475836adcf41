"""A part of a whole on the command line, written as 5%."""

from __future__ import annotations

import click

from playbook_compiler.units import parse_share

LEAST, MOST = 0.1, 50.0


class PartValue(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """Reads `5%` into 0.05; says how to write one."""

    name = "N%"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the part that `value` is."""
        if isinstance(value, float):
            return value
        share = parse_share(str(value))
        if isinstance(share, str):
            self.fail(share, param, ctx)
        part = float(share.fraction)
        if not LEAST <= 100 * part <= MOST:
            self.fail(f"expected between {LEAST:g}% and {MOST:g}%, found {value}", param, ctx)
        return part
