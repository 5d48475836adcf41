"""What the playbook requires of the projection, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_runtime.projection import Judged, Projection


def required(projection: Projection) -> Iterator[str]:
    """Yield a heading with the count, and each requirement with its place and what was found."""
    told = projection.requirements
    if not told:
        return
    met = sum(one.verdict == "met" for one in told)
    yield f"Required: {met} of {len(told)} met."
    for one in told:
        yield f"    {one.verdict}: {one.text} ({one.file}:{one.line}){found_words(one, projection)}"


def found_words(one: Judged, projection: Projection) -> str:
    """Return `; projected 12.40, by the draws 11.90 ... 12.90` in the unit of the limit."""
    if one.value is None or one.low is None or one.high is None:
        return f"; {one.why}" if one.why else ""
    words = number_words(one, projection.decimals)
    return f"; projected {words}"


def number_words(one: Judged, decimals: int) -> str:
    """Return value and bounds, money in major units, shares in per cent."""
    assert one.value is not None and one.low is not None and one.high is not None
    factor, unit = {"money": (10.0**-decimals, ""), "share": (100.0, " %")}.get(one.unit, (1.0, ""))
    value, low, high = (f"{number * factor:,.4g}" for number in (one.value, one.low, one.high))
    return f"{value}{unit}" + (f" (draws: {low} ... {high}{unit})" if low != high else "")
