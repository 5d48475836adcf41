"""Shares of a split out of samples that are drawn one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from playbook_compiler.importing.names import is_id

_EMPTY_ARMS = ("none", "control", "others", "rest")


def shares_of(percents: Sequence[int]) -> list[Decimal]:
    """Return the arms' shares: whole percents where these give the same samples again."""
    exact: list[Decimal] = []
    left = Decimal(1)
    for percent in percents:
        exact.append(left * percent / 100)
        left -= exact[-1]
    exact.append(left)
    rounded = [one.quantize(Decimal("0.01"), ROUND_HALF_EVEN) for one in exact[:-1]]
    rounded.append(1 - sum(rounded, Decimal(0)))
    whole = [rounded, *_near(rounded)]
    return next((one for one in whole if _samples(one) == list(percents)), exact)


def _near(shares: list[Decimal]) -> list[list[Decimal]]:
    """Return shares of which one gave a percent to another."""
    found = []
    step = Decimal("0.01")
    for giving in range(len(shares)):
        for taking in range(len(shares)):
            if giving != taking:
                other = list(shares)
                other[giving] -= step
                other[taking] += step
                found.append(other)
    return found


def _samples(shares: Sequence[Decimal]) -> list[int] | None:
    """Return the samples that the exporter draws for shares."""
    if any(one <= 0 for one in shares):
        return None
    found, left = [], Decimal(1)
    for share in shares[:-1]:
        found.append(int((100 * share / left).quantize(Decimal(1), ROUND_HALF_EVEN)))
        left -= share
    return found


def variant_names(split: str, arms: Sequence[Sequence[str]]) -> list[str]:
    """Return the arms' names: those that stand in the ids of their steps, others made to fit.

    `arms` are the ids of the actions that each arm leads to, near ones first.

    Arms are ordered by name, so that a made name stands between those of its neighbours.
    """
    names: list[str] = []
    for ids in arms:
        inside = next((one for one in ids if one.startswith(f"{split}.")), "")
        name = inside.removeprefix(f"{split}.").partition(".")[0]
        names.append(name if is_id(name) and name not in names else "")
    if not any(names):
        letters = "abcdefghijklmnopqrstuvwxyz"
        return [_lettered(letters, number) for number in range(len(names))]
    for number, name in enumerate(names):
        if not name:
            before = names[number - 1] if number else ""
            after = next((one for one in names[number + 1 :] if one), "")
            names[number] = _between(before, after, names)
    return names


def _lettered(letters: str, number: int) -> str:
    return letters[number] if number < len(letters) else f"z{number:04}"


def _between(before: str, after: str, taken: Sequence[str]) -> str:
    made = [
        *_EMPTY_ARMS,
        f"{before}-2" if before else "a",
        *(f"{before or 'a'}-{n}" for n in range(3, 99)),
    ]
    fitting = (
        one for one in made if before < one and (not after or one < after) and one not in taken
    )
    return next(fitting, f"{before}-other")
