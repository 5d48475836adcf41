"""The random numbers of one customer in one draw, every one named by its stream and counter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from tests.statistics.twin.philox import philox

from playbook_runtime.launch import stream

Uniforms = tuple[float, float, float, float]

_stream = lru_cache(maxsize=None)(stream)


@dataclass(frozen=True, slots=True)
class Randomness:
    """A customer's random numbers; `draw` is the draw's number. Each is a function of the stream's
    name and the natural counter, so that asking twice, or in another order, changes nothing."""

    seed: int
    draw: int
    customer: int

    def uniforms(self, name: str, counter: int = 0, attempt: int = 0) -> Uniforms:
        """Return the four uniforms of a block, each inside (0, 1)."""
        words = philox((self.customer, _stream(name), counter, attempt), (self.seed, self.draw))
        u0, u1, u2, u3 = (((word >> 11) + 0.5) / 2.0**53 for word in words)
        return u0, u1, u2, u3

    def uniform(self, name: str, counter: int = 0) -> float:
        """Return the first uniform of a block."""
        return self.uniforms(name, counter)[0]

    def exponential(self, name: str, counter: int, attempt: int = 0) -> float:
        """Return a standard exponential."""
        return -math.log(self.uniforms(name, counter, attempt)[0])

    def gamma(self, name: str, shape: float, counter: int = 0) -> float:
        """Return a gamma of unit scale (Marsaglia and Tsang 2000), as the page spells it out."""
        boosted = shape + 1.0 if shape < 1.0 else shape
        d = boosted - 1.0 / 3.0
        c = 1.0 / math.sqrt(9.0 * d)
        attempt = -1
        while True:
            attempt += 1
            u0, u1, u2, u3 = self.uniforms(name, counter, attempt)
            v1 = 2.0 * u0 - 1.0
            v2 = 2.0 * u1 - 1.0
            s = v1 * v1 + v2 * v2
            if not 0.0 < s < 1.0:
                continue
            z = v1 * math.sqrt(-2.0 * math.log(s) / s)
            t = 1.0 + c * z
            if not t > 0.0:
                continue
            v = t * t * t
            if math.log(u2) < 0.5 * z * z + d - d * v + d * math.log(v):
                value = d * v
                return value * math.exp(math.log(u3) / shape) if shape < 1.0 else value


def sticky(customer: int) -> Randomness:
    """Return the random numbers that depend on the customer alone, in no draw and under no seed."""
    return Randomness(0, 0, customer)
