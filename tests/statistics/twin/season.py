"""Operational time: how far the season has come by a moment, and when it has come so far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from playbook_runtime.launch import Launch


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one local midnight to the next, in seconds since the start and in operational ones."""

    moment: float
    length: float
    passed: float
    passing: float


@dataclass(frozen=True, slots=True)
class Season:
    """The stretches of the horizon, one after the other; none where all days are alike."""

    stretches: tuple[Stretch, ...]

    def _at(self, seconds: float) -> Stretch:
        return [one for one in self.stretches if one.moment <= seconds][-1]

    def operational(self, seconds: float) -> float:
        """Return the operational seconds after so many seconds since the start."""
        if not self.stretches:
            return seconds
        one = self._at(seconds)
        return one.passed + (seconds - one.moment) / one.length * one.passing

    def elapsed(self, passed: float) -> float:
        """Return the seconds after which so many operational seconds have passed."""
        if not self.stretches:
            return passed
        one = [one for one in self.stretches if one.passed <= passed][-1]
        share = (passed - one.passed) / one.passing
        return math.inf if share >= 1.0 else one.moment + share * one.length

    def pace(self, seconds: float) -> float:
        """Return how fast operational time goes."""
        if not self.stretches:
            return 1.0
        one = self._at(seconds)
        return one.passing / one.length


def season(launch: Launch) -> Season:
    """Return the season of a launch."""
    midnights = zip(launch.season.moments, launch.season.passed, strict=True)
    return Season(
        tuple(
            Stretch(moment, later - moment, passed, further - passed)
            for (moment, passed), (later, further) in pairwise(midnights)
        )
    )
