"""What `--sweep` asks for: a parameter and its values, as in `split=0..100:10`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from playbook_compiler.values import dataclass

SPLIT, BUDGET, HOLDOUT = "split", "monthly_budget", "holdout"
# What may be swept, with the largest value; a split is the share for winning customers.
PARAMETERS: Final = {SPLIT: Decimal(100), BUDGET: None, HOLDOUT: Decimal(90)}
MOST_POINTS: Final = 101
_FORM: Final = re.compile(r"(\w+)=(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?%?")
_STEPS: Final = 10  # where no step is given


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """A parameter and its values, ascending; shares in per cent, money in major units."""

    parameter: str
    values: tuple[Decimal, ...]


def parse_sweep(text: str) -> SweepRequest | str:
    """Read `split=0..100`, `monthly_budget=2000..8000:1000`; else what is wrong with it."""
    names = ", ".join(PARAMETERS)
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return f"expected one of {names} with its ends, such as split=0..100 or split=0..100:5"
    name, *numbers = match.groups()
    if name not in PARAMETERS:
        return f"expected one of {names}, found {name!r}"
    low, high = Decimal(numbers[0]), Decimal(numbers[1])
    most = PARAMETERS[name]
    if low >= high:
        return f"expected the smaller end first, found {low}..{high}"
    if most is not None and high > most:
        return f"expected no more than {most}, found {high}"
    step = Decimal(numbers[2]) if numbers[2] else (high - low) / _STEPS
    if step <= 0:
        return "expected a step above 0"
    count = int((high - low) / step)
    if count + 1 > MOST_POINTS:
        return f"expected at most {MOST_POINTS} values, found {count + 1:,}: take a larger step"
    values = {low + step * place for place in range(count + 1)} | {high}
    return SweepRequest(name, tuple(sorted(values)))
