"""Operational time: how far the season has come by a moment, and when it has come so far."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import attrgetter

from playbook_runtime.launch import Launch, OperationalClock

_MOMENT, _PASSED = attrgetter("moment"), attrgetter("passed")


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
        assert self.stretches[0].moment <= seconds
        return self.stretches[bisect_right(self.stretches, seconds, key=_MOMENT) - 1]

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
        assert self.stretches[0].passed <= passed
        one = self.stretches[bisect_right(self.stretches, passed, key=_PASSED) - 1]
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
    return _season(launch.season)


@cache
def _season(clock: OperationalClock) -> Season:
    midnights = zip(clock.moments, clock.passed, strict=True)
    return Season(
        tuple(
            Stretch(moment, later - moment, passed, further - passed)
            for (moment, passed), (later, further) in pairwise(midnights)
        )
    )
