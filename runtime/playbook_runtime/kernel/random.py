"""The counter-based generator and the samplers on it (docs/reference/simulation-kernel.md).

Philox 4x64-10: Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
Gamma: Marsaglia & Tsang 2000, "A simple method for generating gamma variables".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.scratch import DRAW_ID, PERSON_ID, SEED_ID

M0 = np.uint64(0xD2E7470EE14C6C93)
M1 = np.uint64(0xCA5A826395121157)
W0 = np.uint64(0x9E3779B97F4A7C15)
W1 = np.uint64(0xBB67AE8584CAA73B)
ELEVEN = np.uint64(11)
UNIT = 2.0**-53
DAY = 86400.0
ZERO = np.uint64(0)
ONE = np.uint64(1)


@intrinsic
def _high(typing_context: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of a product of two 64-bit numbers."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), code


@compiled
def _word(number):
    """Return a signed number as 64 bits."""
    return np.uint64(number)


@compiled
def _signed(word):
    """Return 64 bits as a signed number."""
    return np.int64(word)


if config.DISABLE_JIT:

    def _signed(word: Any) -> Any:
        """The same in plain Python."""
        return (int(word) + (1 << 63)) % (1 << 64) - (1 << 63)

    def _word(number: Any) -> Any:
        """The same in plain Python."""
        return np.uint64(int(number) % (1 << 64))

    def _high(a: Any, b: Any) -> Any:
        """The same in plain Python."""
        return np.uint64(int(a) * int(b) >> 64)


@compiled
def philox(key0, key1, c0, c1, c2, c3):
    """Return the four words of one block."""
    for _ in range(10):
        high0 = _high(M0, c0)
        low0 = M0 * c0
        high1 = _high(M1, c2)
        low1 = M1 * c2
        c0 = high1 ^ c1 ^ key0
        c1 = low1
        c2 = high0 ^ c3 ^ key1
        c3 = low0
        key0 += W0
        key1 += W1
    return c0, c1, c2, c3


@compiled
def unit(word):
    """Return a word as a number strictly between 0 and 1."""
    return (np.float64(word >> ELEVEN) + 0.5) * UNIT


@compiled
def uniform(s, stream, counter):
    """Return the first uniform of the block at attempt 0, for the draw and person of memory s."""
    seed, draw, person = _word(s[SEED_ID]), _word(s[DRAW_ID]), _word(s[PERSON_ID])
    return unit(philox(seed, draw, person, _word(stream), _word(counter), ZERO)[0])


@compiled
def uniform_at(s, stream, counter, attempt):
    """Return the first uniform of the block at an attempt."""
    seed, draw, person = _word(s[SEED_ID]), _word(s[DRAW_ID]), _word(s[PERSON_ID])
    block = philox(seed, draw, person, _word(stream), _word(counter), _word(attempt))
    return unit(block[0])


@compiled
def three_uniforms(s, stream, counter):
    """Return the first three uniforms of a block."""
    seed, draw, person = _word(s[SEED_ID]), _word(s[DRAW_ID]), _word(s[PERSON_ID])
    w0, w1, w2, _ = philox(seed, draw, person, _word(stream), _word(counter), ZERO)
    return unit(w0), unit(w1), unit(w2)


@compiled
def second_uniform(s, stream, counter):
    """Return the second uniform of the same block as `uniform`."""
    seed, draw, person = _word(s[SEED_ID]), _word(s[DRAW_ID]), _word(s[PERSON_ID])
    return unit(philox(seed, draw, person, _word(stream), _word(counter), ZERO)[1])


@compiled
def sticky_uniform(s, stream):
    """Return a uniform that depends on the person and the stream alone."""
    return unit(philox(ZERO, ZERO, _word(s[PERSON_ID]), _word(stream), ZERO, ZERO)[0])


@compiled
def sticky_word(s, stream, counter):
    """Return a word, as a signed number, that depends on person, stream and counter alone."""
    return _signed(philox(ZERO, ZERO, _word(s[PERSON_ID]), _word(stream), _word(counter), ZERO)[0])


@compiled
def gamma(s, stream, counter, shape):
    """Return a draw from Gamma(shape, rate 1)."""
    seed, draw, person = _word(s[SEED_ID]), _word(s[DRAW_ID]), _word(s[PERSON_ID])
    a = shape + 1.0 if shape < 1.0 else shape
    d = a - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    attempt = ZERO
    while True:
        w0, w1, w2, w3 = philox(seed, draw, person, _word(stream), _word(counter), attempt)
        attempt += ONE
        v1 = 2.0 * unit(w0) - 1.0
        v2 = 2.0 * unit(w1) - 1.0
        r = v1 * v1 + v2 * v2
        if not 0.0 < r < 1.0:
            continue
        z = v1 * math.sqrt(-2.0 * math.log(r) / r)
        t = 1.0 + c * z
        if not t > 0.0:
            continue
        v = t * t * t
        if math.log(unit(w2)) < 0.5 * z * z + d - d * v + d * math.log(v):
            value = d * v
            if shape < 1.0:
                value *= math.exp(math.log(unit(w3)) / shape)
            return value


@compiled
def beta(s, stream_a, stream_b, a, b):
    """Return a draw from Beta(a, b) as A / (A + B) of two gammas."""
    first = gamma(s, stream_a, 0, a)
    second = gamma(s, stream_b, 0, b)
    total = first + second
    if total > 0.0:
        return first / total
    return a / (a + b)
