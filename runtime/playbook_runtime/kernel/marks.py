"""Marks of orders: their category and marketplace, as the customer's own orders had them.

An order is like one of the customer's own of the history, or like one of the shop's: the more of
his own there are, the rather (the posterior mean of a Dirichlet prior at the shop's shares).
"""

from __future__ import annotations

import math

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.random import three_uniforms
from playbook_runtime.kernel.tables import NEVER, UNKNOWN, YES

ANY = 3


@compiled
def drawn_mark(p, f, s, stream, counter):
    """Return the mark of an order; -1 where orders have none."""
    marks = p[at.MARKS]
    if marks == 0:
        return -1
    u, place, shop = three_uniforms(s, stream, counter)
    own = float(s[m.OWN_ORDERS])
    if u < own / (own + f[p[at.MARK_STRENGTH]]):
        left = math.floor(place * own)
        for mark in range(marks):
            left -= s[s[m.OWN_BY_MARK] + mark]
            if left < 0:
                return mark
    for mark in range(marks):
        if shop < f[p[at.MARK_SHARE] + mark]:
            return mark
    return marks - 1


@compiled
def note_mark(s, mark, moment):
    """Remember the mark of an order of the world with."""
    s[m.LAST_MARK] = mark
    s[m.SENT_SINCE] = 0
    if mark >= 0:
        s[s[m.LAST_BY_MARK] + mark] = moment


@compiled
def margin_of(p, mark):
    """Return the margin of an order, less the payment's share, in ppm."""
    return p[at.MARGIN_PPM] if mark < 0 else p[p[at.MARK_MARGIN] + mark]


@compiled
def mark_asked(s, which):
    """Return the mark that a condition asks for: of the run's order or the latest, -1 unknown."""
    if which != code.OF_LATEST and s[m.ABOUT] >= 0:
        return s[s[m.PLACED] + s[m.ABOUT] * m.PLACED_WIDTH + m.MARK]
    return -1 if which == code.OF_RUN else s[m.LAST_MARK]


@compiled
def answer_of(p, first, mark):
    """Return what a test says of a mark."""
    return UNKNOWN if mark < 0 else p[p[at.ANSWERS] + first + mark]


@compiled
def last_bought(p, s, first):
    """Return the latest moment of an order of the marks that a test names, or NEVER."""
    latest = NEVER
    for mark in range(p[at.MARKS]):
        if p[p[at.ANSWERS] + first + mark] == YES:
            latest = max(latest, s[s[m.LAST_BY_MARK] + mark])
    return latest


@compiled
def fits(p, offer, mark):
    """Return whether an offer may be used on an order of a mark."""
    first = p[p[at.OFFER_MARKS] + offer]
    return first < 0 or answer_of(p, first, mark) == YES


@compiled
def market_forbids(p, s, offer, marketing, moment):
    """Return whether the marketplace where the customer buys forbids a message now."""
    mark = mark_asked(s, code.OF_RUN_OR_LATEST)
    market = p[p[at.MARK_MARKET] + mark] if mark >= 0 else -1
    if market < 0:
        return False
    kinds = p[p[at.MARKET_KINDS] + market]
    if kinds != ANY and kinds != (1 if marketing else 2):  # noqa: PLR1714
        return True
    if offer >= 0 and not p[p[at.MARKET_OFFERS] + market]:
        return True
    limit = p[p[at.MARKET_LIMIT] + market]
    if limit < 0:
        return False
    window = p[p[at.MARKET_WINDOW] + market]
    if window < 0:
        return s[m.SENT_SINCE] >= limit
    return limit == 0 or s[s[m.LATEST_SENDS] + limit - 1] > moment - window


@compiled
def note_send(p, s, moment):
    """Remember a message for the limits of marketplaces."""
    s[m.SENT_SINCE] += 1
    first = s[m.LATEST_SENDS]
    for cell in range(first + p[at.MARKET_SENDS] - 1, first, -1):
        s[cell] = s[cell - 1]
    if p[at.MARKET_SENDS]:
        s[first] = moment
