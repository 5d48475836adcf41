"""The option --trace of `playbook simulate`: one customer's life, event by event."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from playbook_compiler.diagnostics import Diagnostic
    from playbook_compiler.graph import TriggerGraph
    from playbook_runtime.observed import Observed
    from playbook_runtime.settings import Settings


def show_life(
    ctx: click.Context,
    graph: TriggerGraph,
    data: Observed,
    settings: Settings,
    customer: str,
    draw: int,
    output_format: str,
    show: Callable[[list[Diagnostic]], None],
) -> None:
    """Print the life of a customer in one draw. Raises BadParameter where there is no such customer
    or draw; other customers' ids are not told."""
    from playbook_runtime.lives import customer_row, life_of
    from playbook_runtime.output.life_json import life_json
    from playbook_runtime.output.life_text import life_text

    if draw >= settings.draws:
        raise click.BadParameter(
            f"{draw}: there are draws 0 to {settings.draws - 1}; --draws makes more",
            param_hint="'--draw'",
        )
    if customer_row(data, customer) is None:
        key = data.orders.reading.key
        column = data.orders.reading.columns.get(key, key)
        raise click.BadParameter(
            f"no customer of this id has an order up to {data.as_of}; write it as it stands in the"
            f" column `{column}` of the orders",
            param_hint="'--trace'",
        )
    life, found = life_of(graph, data, settings, customer, draw)
    show(found)
    if life is None:
        ctx.exit(1)
    text = life_json(life) if output_format == "json" else life_text(life)
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
