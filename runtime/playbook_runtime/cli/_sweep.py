"""The value of `--sweep`, and what `simulate` does where it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from playbook_runtime.sweep_request import SweepRequest, parse_sweep

if TYPE_CHECKING:
    from playbook_compiler.diagnostics import Diagnostic
    from playbook_compiler.graph import TriggerGraph
    from playbook_runtime.observed import Observed
    from playbook_runtime.settings import Settings
    from playbook_runtime.sweep import Sweep
    from playbook_runtime.world_runs import Progress


class SweepValue(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """Reads `split=0..100:10` into a SweepRequest."""

    name = "parameter=from..to[:step]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> SweepRequest:
        """Return the request, or fail with what is wrong."""
        if isinstance(value, SweepRequest):
            return value
        found = parse_sweep(str(value))
        if isinstance(found, str):
            self.fail(found, param, ctx)
        return found


def sweep_of(
    graph: TriggerGraph,
    data: Observed,
    settings: Settings,
    request: SweepRequest,
    progress: Progress | None,
) -> tuple[Sweep | None, list[Diagnostic]]:
    """Return the sweep, and all that was found on the way."""
    from playbook_runtime.launching import launched
    from playbook_runtime.sweep import swept

    ready, found = launched(graph, data, settings)
    if ready is None:
        return None, found
    sweep, more = swept(graph, data.as_of.isoformat(), ready, settings, request, progress)
    return sweep, [*found, *more]
