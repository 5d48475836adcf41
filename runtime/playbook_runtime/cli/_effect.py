"""What `playbook diff` does where orders are given: both sides on them, and the difference."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from playbook_compiler.diagnostics import Diagnostic, has_errors
from playbook_compiler.diff import Entry
from playbook_compiler.driver import Compiled
from playbook_runtime.checked import as_wanted
from playbook_runtime.cli._command_line import command_line
from playbook_runtime.cli._findings import show_findings
from playbook_runtime.cli._progress import progress_bar
from playbook_runtime.cli.order_options import refuse_quarantine, refuse_wrong_options
from playbook_runtime.kernel.run import CircleError, RunawayError
from playbook_runtime.orders.options import OrderInput
from playbook_runtime.paired import Request, changed_flows, projected_change
from playbook_runtime.read_data import read_data
from playbook_runtime.revisions import RevisionError
from playbook_runtime.settings import Settings

if TYPE_CHECKING:
    from playbook_runtime.observed import Observed
    from playbook_runtime.projected_change import ProjectedChange


def effect_of(
    ctx: click.Context,
    sides: tuple[Compiled | None, Compiled | None],
    entries: Iterable[Entry],
    orders: Path,
    order_input: OrderInput,
    settings: Settings,
) -> ProjectedChange | None:
    """Return what the change does to the projection; None where orders or a side allow none, which
    is then said on standard error. Raises RevisionError for two sides that nothing can compare."""
    quiet = bool(ctx.obj and ctx.obj["quiet"])
    there = [one for one in sides if one is not None]
    refuse_quarantine(order_input, orders, [file.path for one in there for file in one.sources])
    _refuse_two_currencies(sides)
    data: dict[str, Observed] = {}
    for side in reversed(there):
        assert side.graph is not None
        playbook = side.graph.playbook
        if playbook.timezone in data:
            continue
        read, found = read_data(playbook, orders, order_input, settings.as_of)
        refuse_wrong_options(found, order_input)
        if not _shown(found, side, quiet) or read is None:
            return None
        data[playbook.timezone] = read
    some = next(iter(data.values()))
    old, new = (
        (None, some)
        if one is None or one.graph is None
        else (one.graph, data[one.graph.playbook.timezone])
        for one in sides
    )
    request = Request(settings, changed_flows(entries), command_line(ctx))
    try:
        with progress_bar(quiet) as progress:
            effect, found = projected_change(old, new, request, progress)
    except (RunawayError, CircleError) as problem:
        raise RevisionError(
            "one of the two sides sends or orders without end, so that nothing can be projected",
            "`playbook simulate` on either of them says where",
        ) from problem
    return effect if _shown(found, there[-1], quiet) else None


def _shown(found: Iterable[Diagnostic], side: Compiled, quiet: bool) -> bool:
    """Show findings of a side, and return whether there is no error among them."""
    told = as_wanted(found, side)
    show_findings([one for one in told if one.is_error or not quiet], side.sources, sys.stderr)
    return not has_errors(told)


def _refuse_two_currencies(sides: Iterable[Compiled | None]) -> None:
    named = [one.graph.playbook.currency for one in sides if one is not None and one.graph]
    if len(set(named)) > 1:
        raise RevisionError(
            f"the two sides count in {' and '.join(named)}, and nothing here knows a rate",
            "leave --orders out: the changes themselves are shown without it",
        )
