"""Who takes part in programmes: joined, left, referred, delivered."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_runtime.estimate import Estimate
from playbook_runtime.output.figures import figure, interval_of_level, places_for, width
from playbook_runtime.output.projection_rows import Row
from playbook_runtime.projection import Projection


def programmes_table(projection: Projection) -> list[Row]:
    """Return a row for each count; nothing without a programme of such."""
    if not projection.programmes:
        return []
    head = ("programmes", "with playbook", "80% interval", "unproven too", "80% interval")
    return [
        Row(head, strong=True),
        *(
            Row((one.label, *_cells(one.with_playbook), *_cells(one.with_unproven)))
            for one in projection.programmes
        ),
    ]


def programmes_reading(projection: Projection) -> Iterator[str]:
    """Yield why the two columns differ."""
    if any(one.with_playbook != one.with_unproven for one in projection.programmes):
        yield (
            "Programmes: counted over the horizon, as futures with their luck. Who joins or"
            " subscribes by a judgement alone, and who comes by a referral, is among the unproven"
            " effects only."
        )


def _cells(one: Estimate) -> tuple[str, str]:
    places = places_for(width(one), one.mean, 1 if 0 < one.mean < 10 else 0)
    return figure(one.mean, places), interval_of_level(one, 0) if width(one) else ""
